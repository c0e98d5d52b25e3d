"""The commands under attack, in one table: how each is called, what it writes, and what it must leave."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from cmo_kit import Instance, check_schedule, load_instance, solve
from cmo_kit.base.csvfile import read_csv
from cmo_kit.base.jsonfile import read_json
from cmo_kit.bounds import verify
from cmo_kit.study.execute.record import LOG, RESULT, TASK, TEMPORARY, read_run
from cmo_kit.study.plan.task import Task
from cmo_kit.study.results.collect import TABLE
from tools.faults.classes import BOARD, EARLIER_EVERY, GRADES, all_or_none, class_ended, class_given, given, old_or_new

PLAN = """name = "faults"
report = {report}
[instances]
names = ["fig3"]
[[runs]]
method = "expert"
seeds = 3
[[runs]]
method = "milp"
label = "short"
seconds = 0.3
[[runs]]
method = "{method}"
label = "other"
"""
#: The runs of the plan above; in every so many trials it has compiled methods, and renders its report: both take time.
RUNS, COMPILED_EVERY, REPORT_EVERY = 5, 10, 40
PNG_BEGIN, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"


@dataclass(frozen=True)
class Command:
    """A command, and what holds of the folder that it works in, whatever interrupts it.

    Parameters
    ----------
    words : tuple of str
        Its name.
    lasts : float
        Seconds by which it has nearly always ended on an idle machine.
    variants : list of list of str
        What follows its name.
    files : tuple of str
        Patterns of the folders and files that it writes.
    prepare : callable
        ``prepare(place, arguments, number)`` fills the folder ``place`` for the trial with this number.
    whole : callable
        ``whole(name, content, arguments)`` raises ValueError for a file that nobody should ever see.
    ended : callable
        ``ended(place, arguments, code)`` raises ValueError for a folder that no command should leave with this code.
    """

    words: tuple[str, ...]
    lasts: float
    variants: list[list[str]]
    files: tuple[str, ...]
    prepare: Callable[[Path, list[str], int], None]
    whole: Callable[[str, bytes, list[str]], None]
    ended: Callable[[Path, list[str], int], None]

    def written(self, place: Path) -> set[Path]:
        """What of its files and folders is there; not what is temporary."""
        return {
            path
            for pattern in self.files
            for path in place.glob(pattern)
            if not any(part.startswith(".") or part == TEMPORARY for part in path.relative_to(place).parts)
        }


# solve and bound


@cache
def instance_of(name: str) -> Instance:
    """Each instance is read once."""
    return load_instance(name)


def earlier_schedule(place: Path, arguments: list[str], number: int) -> None:
    """A schedule that was found earlier, in some trials."""
    if number % EARLIER_EVERY == 0:
        schedule = solve(instance_of(arguments[0]), "expert").schedule
        assert schedule is not None
        schedule.save(place / "out.json")


def whole_schedule(name: str, content: bytes, arguments: list[str]) -> None:
    """A picture has its end, a schedule is feasible."""
    if name.endswith(".png"):
        if not (content.startswith(PNG_BEGIN) and content.endswith(PNG_END)):
            raise ValueError("it is no whole picture")
    elif violations := check_schedule(instance_of(arguments[0]), json.loads(content)):
        raise ValueError(violations[0].message)


def whole_certificate(name: str, content: bytes, arguments: list[str]) -> None:
    """It proves its bound."""
    verify(instance_of(arguments[0]), json.loads(content))


def as_asked(place: Path, arguments: list[str], code: int) -> None:
    """With code 0 all files are there that were asked for."""
    missing = [name for name in arguments if name.startswith("out.") and not (place / name).exists()]
    if code == 0 and missing:
        raise ValueError(f"{missing} are not there although the code is 0")


# run


def study_plan(place: Path, arguments: list[str], number: int) -> None:
    """A plan of five runs."""
    method = "ga" if number % COMPILED_EVERY == 0 else "atcs"
    plan = PLAN.format(report=str((number + 1) % REPORT_EVERY == 0).lower(), method=method)
    (place / "plan.toml").write_text(plan, encoding="utf-8")


def whole_in_study(name: str, content: bytes, arguments: list[str]) -> None:
    """Documents and pages have their ends."""
    if name.endswith((".json", ".ipynb")):
        json.loads(content)
    elif not name.endswith(LOG) and not content.endswith(b"\n"):
        raise ValueError("its last line has no end")


def whole_study(place: Path, arguments: list[str], code: int) -> None:
    """Each result is that of its task, the table has a row for each, and with code 0 all runs are done."""
    study = place / "study"
    done = [path.parent for path in study.glob(f"runs/*/{RESULT}")]
    for folder in done:
        read_run(folder, Task(**read_json(folder / TASK)).hash)
    rows = read_csv(study / TABLE) if (study / TABLE).exists() else []
    if len(rows) != len(done):
        raise ValueError(f"{TABLE} has {len(rows)} rows where {len(done)} runs are done")
    if code == 0 and len(done) != RUNS:
        raise ValueError(f"{len(done)} of {RUNS} runs are done although the code is 0")


COMMANDS = {
    "solve": Command(
        ("solve",), 0.8,
        [
            ["small-1", "--method", "ga", "--set", "patience=null", "--seconds", "0.3", "--out", "out.json"],
            ["small-1", "--method", "search", "--seconds", "0.3", "--set", "workers=1", "--out", "out.json"],
            ["medium-1", "--method", "search", "--seconds", "0.3", "--set", "workers=2", "--out", "out.json"],
            ["fig3", "--method", "milp", "--seconds", "2", "--out", "out.json"],
            ["small-1", "--method", "brkga", "--seconds", "0.3", "--out", "out.json", "--json"],
            ["medium-1", "--method", "atcs", "--out", "out.json"],
            ["tiny-ties", "--method", "expert", "--out", "out.json", "--gantt", "out.png"],
        ],
        ("out.json", "out.png"), earlier_schedule, whole_schedule, as_asked,
    ),
    "run": Command(
        ("run",), 2.5,
        [["plan.toml", "--out", "study", "--workers", workers] for workers in ("1", "2")],
        ("study", "study/**/*"), study_plan, whole_in_study, whole_study,
    ),
    "bound": Command(
        ("bound",), 1.0,
        [
            ["small-1", "--seconds", "0.5", "--certificate", "out.json"],
            ["small-3", "--seconds", "0.5", "--json", "--certificate", "out.json"],
            ["small-2", "--seconds", "0.5", "--upper-bound", "400"],
        ],
        ("out.json",), lambda place, arguments, number: None, whole_certificate, as_asked,
    ),
    "grade": Command(
        ("course", "grade"), 4.0,
        [
            ["in", "--class", "class", "--out", "grades.csv", "--workers", "2"],
            ["in", "--class", "class", "--out", "grades.csv", "--isolation", "limits"],
        ],
        ("grades-feedback", *GRADES), partial(given, "grade", GRADES),
        partial(old_or_new, "grade"), partial(all_or_none, GRADES),
    ),
    "tournament": Command(
        ("course", "tournament"), 4.0,
        [
            ["bots", "--class", "class", "--out", "board", "--workers", "2"],
            ["bots", "--class", "class", "--out", "board", "--isolation", "limits"],
        ],
        ("board", *BOARD), partial(given, "tournament", BOARD),
        partial(old_or_new, "tournament"), partial(all_or_none, BOARD),
    ),
    "class": Command(
        ("course", "class"), 6.0,
        [
            ["roster.csv", "--key", "key", "--out", "class", "--band", "0", "1", "--hidden", "1", "--workers", workers]
            for workers in ("1", "2")
        ],
        ("class", "class/**/*"), class_given, partial(old_or_new, "class"), class_ended,
    ),
}  # fmt: skip
