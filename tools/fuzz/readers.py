"""What is attacked: every reader of the kit, with good files to begin from and what an accepted file must be good for.

A reader is called with the path of a damaged file in a folder of its own. It returns for a file that is
accepted and usable, raises :class:`InputError` for one that is refused, and anything else is a bug.
"""

import contextlib
import csv
import gzip
import io
import json
import lzma
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from cmo_kit import Instance, Schedule, check_schedule, decode, load_instance, solve
from cmo_kit.base.errors import MOST_SENTENCES, InputError, MissingPartError
from cmo_kit.base.jsonfile import read_json
from cmo_kit.bounds.certificate import read_certificate
from cmo_kit.bounds.verify import verify
from cmo_kit.cli import main
from cmo_kit.formats.history import History
from cmo_kit.library import instances_folder, notebooks_folder
from cmo_kit.planning import Calendar, export_plan, read_orders
from cmo_kit.planning.export import workbook_bytes
from cmo_kit.study.execute.record import save_run
from cmo_kit.study.execute.run_study import survey
from cmo_kit.study.plan.plan_file import Plan, load_plan
from cmo_kit.study.results.collect import collect, load_study
from tools.fuzz import course

TINY = ("fig1", "fig3", *sorted(path.stem for path in instances_folder().glob("tiny-*.json")))
#: Batches times operations up to which an accepted problem is solved and its schedule is checked.
MOST_WORK = 50_000
#: What no proof may exceed: the optimum, and the optimum with one run per order and Site.
OPTIMA = {
    "tiny-halves": (4, 4),
    "tiny-initial-setups": (9, 9),
    "tiny-large-order": (6, 6),
    "tiny-split-pipeline": (0, 3),
}


@dataclass(frozen=True)
class Reader:
    """A reader, the good files for it, and how many of a hundred cases it gets."""

    name: str
    read: Callable[[Path], None]
    share: int
    seeds: list[tuple[str, bytes]] = field(default_factory=list)


def use(instance: Instance) -> None:
    """An accepted problem is solved, its schedule is right, and its file comes back."""
    assert Instance.from_dict(json.loads(json.dumps(instance.to_dict()))).digest == instance.digest
    instance.remarks()
    if instance.total_batches * len(instance.operations) <= MOST_WORK:
        schedule = solve(instance, "expert").schedule
        assert schedule is not None
        assert check_schedule(instance, schedule) == []
        assert check_schedule(instance, json.loads(json.dumps(schedule.to_dict()))) == []


def instance(path: Path) -> None:
    """An instance file."""
    loaded = load_instance(path)
    use(loaded)
    loaded.save(path.with_suffix(".saved"))


def schedule(path: Path) -> None:
    """A schedule file, for the problem that the case is named after."""
    problem = load_instance(path.stem)
    violations = check_schedule(problem, read_json(path))
    assert all("\n" not in violation.message for violation in violations)
    loaded = Schedule.load(path, problem)
    assert loaded.total_tardiness >= 0
    assert [len(starts) for starts in loaded.starts] == [sum(run.batches for run in site) for site in loaded.sites]


def keys(path: Path) -> None:
    """A chromosome for Figure 3."""
    problem = load_instance("fig3")
    assert check_schedule(problem, decode(problem, read_json(path))) == []


def plan(path: Path) -> None:
    """A study's plan."""
    loaded = load_plan(path)
    assert all("/" not in task.folder and len(task.folder) < 200 for task in loaded.tasks)


def orders(path: Path) -> None:
    """An order list: it becomes a problem, and its plan has dates."""
    problem = read_orders(path, 3, "2027-01-04")
    use(problem)
    assert Calendar.of(problem).ready(float(problem.D.max()))
    found = solve(problem, "expert_orders").schedule
    assert found is not None
    for table in export_plan(found, path.parent / "plan")[:2]:
        for mark in ",;\t":  # whatever country's spreadsheet opens it
            with open(table, encoding="utf-8-sig", newline="") as file:
                cells = [cell.lstrip() for row in csv.reader(file, delimiter=mark) for cell in row]
            assert not any(cell[:1] in tuple("=+-@＝＋－＠") for cell in cells if cell)


def certificate(path: Path) -> None:
    """A certificate, packed or not: what it proves is true."""
    problem = load_instance(path.stem)
    if path.suffix == ".json":
        path = path.with_suffix(".gz")
        path.write_bytes(gzip.compress(path.with_suffix(".json").read_bytes(), 1))
    document = read_certificate(path)
    if isinstance(document, dict):  # claims are held against what is proved; here the proof itself is on trial
        document |= {"lower_bound": 0, "one_run_lower_bound": 0}
    proved = verify(problem, document)
    assert all(value <= most for value, most in zip(proved, OPTIMA[path.stem], strict=True)), f"proved {proved}"


def study(path: Path) -> None:
    """A results folder in which one file, named by the case, is damaged: the study goes on and can be read."""
    folder = path.parent / "study"
    shutil.copytree(TEMPLATE.folder, folder)
    target = folder / path.name.replace("+", "/")
    target.write_bytes(path.read_bytes())
    state, waiting = survey(TEMPLATE.plan, folder, False)
    assert len(waiting) + state.skipped + len(state.failures) == len(TEMPLATE.plan.tasks)
    if "/" not in str(target.relative_to(folder)):  # a collected table: read as it is
        read_all(folder)
    collect(TEMPLATE.plan, folder, state.failures)
    if state.skipped:
        read_all(folder)


def read_all(folder: Path) -> None:
    """All that a report takes from a study."""
    found = load_study(folder)
    found.rows_by_set()
    found.curves_by_problem()
    found.check_best()


#: Command lines that work, but for what they write.
GOOD: tuple[tuple[str, ...], ...] = (
    ("solve", "tiny-ties", "--method", "expert", "--seed", "7", "--seconds", "1", "--out", "out.json", "--json"),
    ("solve", "fig3", "--method", "expert_orders", "--gantt", "out.svg"),
    ("check", "tiny-ties", "schedule.json"),
    ("decode", "fig3", "--keys", "keys.json", "--explain", "--json", "--out", "out.json"),
    ("generate", "small", "--seed", "6", "--out", "out.json", "--set", "orders=3", "--set", "due_date=[1, 9]"),
    ("import", "orders.csv", "--sites", "3", "--start", "2027-01-04", "--name", "mine", "--out", "out.json"),
    ("import", "orders.csv", "--sites", "3", "--start", "2027/1/4", "--delimiter", "comma", "--decimal", ".",
     "--encoding", "utf-8", "--date-format", "ymd", "--map", "order=order", "--ignore-other", "--out", "out.json"),
    ("export", "dated.json", "dated-schedule.json", "--dialect", "semicolon", "--out", "plan"),
    ("solve", "tiny-ties", "--method", "atcs", "--from", "schedule.json", "--frozen-until", "3", "--out", "out.json"),
    ("run", "plan.toml", "--dry-run", "--workers", "2", "--out", "study", "--retry-failed"),
)  # fmt: skip
PLAN = 'name = "own"\nreport = false\n[instances]\nnames = ["fig3"]\n[[runs]]\nmethod = "expert"\n'


def prepare(folder: Path) -> None:
    """The good files that the command lines name, and some that are none."""
    keys = json.dumps([k / 13 for k in range(13)])
    for name, text in (("keys.json", keys), ("plan.toml", PLAN)):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "orders.csv").write_bytes((notebooks_folder() / "data" / "orders" / "orders.csv").read_bytes())
    (folder / "schedule.json").write_bytes((instances_folder() / "schedules" / "tiny-ties.json").read_bytes())
    for name, source in (("dated.json", "tiny-ties.json"), ("dated-schedule.json", "schedules/tiny-ties.json")):
        document = json.loads((instances_folder() / source).read_text(encoding="utf-8"))
        more = {"start_date": "2027-01-04"} if "orders" in document else {}
        (folder / name).write_text(json.dumps(document | more), encoding="utf-8")
    (folder / "folder").mkdir()


def arguments(path: Path) -> None:
    """A command line, in a folder deep enough that ``..`` stays inside."""
    words = json.loads(path.read_bytes())
    deep = path.parent / "a" / "b" / "c"
    deep.mkdir(parents=True)
    prepare(deep)
    out, err, before = io.StringIO(), io.StringIO(), os.getcwd()
    os.chdir(deep)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main(words)
            except SystemExit as left:
                code = int(left.code or 0)
    finally:
        os.chdir(before)
    assert code in (0, 1, 2), f"exit code {code}"
    if code == 2:
        assert 1 <= len(err.getvalue().splitlines()) <= MOST_SENTENCES, err.getvalue()[-500:]
        assert out.getvalue() == "", out.getvalue()[-500:]
        raise InputError(err.getvalue().strip())


class Template:
    """A finished study of three runs, made once; its files are the seeds."""

    def __init__(self) -> None:
        self.folder, self.plan = Path(), Plan("", "", {}, (), False)

    def make(self, place: Path) -> None:
        """Write it; two runs have histories, and one that failed has its reason."""
        text = 'name = "s"\n[instances]\nnames = ["fig3", "tiny-ties"]\n' + "".join(
            f'[[runs]]\nmethod = "{method}"\n' for method in ("expert", "expert_orders", "atcs")
        )
        (place / "plan.toml").write_text(text, encoding="utf-8")
        self.folder, self.plan = place / "template", load_plan(place / "plan.toml")
        history = History.from_rows([(9.0, 9.5, 10.0, 100, 0.1, 7), (8.0, 9.5, 10.0, 200, 0.2, 7)])
        for task in self.plan.tasks:
            folder = self.folder / "runs" / task.folder
            folder.mkdir(parents=True)
            (folder / "task.json").write_text(json.dumps(task.to_dict()), encoding="utf-8")
            problem = self.plan.instances[task.instance]
            if task.method == "atcs":
                (folder / "failure.json").write_text(json.dumps({"hash": task.hash, "reason": "it hung"}))
                continue
            save_run(task, replace(solve(problem, task.method), history=history), problem, folder)
            (self.folder / "instances").mkdir(exist_ok=True)
            problem.save(self.folder / "instances" / f"{problem.name}.json")
        state, _ = survey(self.plan, self.folder, False)
        collect(self.plan, self.folder, state.failures)


TEMPLATE = Template()


def files_below(folder: Path) -> list[tuple[str, bytes]]:
    """Every file, under its path with ``+`` for the separators."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(str(path.relative_to(folder)).replace("/", "+"), path.read_bytes()) for path in files]


def lists(text: str) -> list[tuple[str, bytes]]:
    """A list as several spreadsheets leave it: commas, semicolons and decimal commas, tabs in UTF-16, a workbook."""
    rows = list(csv.reader(io.StringIO(text)))
    commas = "".join(",".join(row) + "\n" for row in rows)
    semicolons = "sep=;\r\n" + "".join(";".join(row).replace(".", ",") + ";;\r\n" for row in rows)
    tabs = "\n".join("\t".join([str(k), *row]) for k, row in enumerate(rows))[1:]
    found = [("commas.csv", commas.encode()), ("semicolons.csv", semicolons.encode("utf-8-sig"))]
    found += [("tabs.txt", tabs.encode("utf-16")), ("bare.txt", tabs.encode("utf-16-le"))]
    with contextlib.suppress(MissingPartError):
        found.append(("book.xlsx", workbook_bytes({"list": (rows[0], rows[1:])})))
    return found


def readers(place: Path) -> list[Reader]:
    """All readers; ``place`` is an empty folder for what they share."""
    TEMPLATE.make(place)
    shipped, notebooks = instances_folder(), notebooks_folder()
    certificates = json.loads((Path(__file__).parent / "certificates.json").read_text(encoding="utf-8"))

    def files(*paths: Path) -> list[tuple[str, bytes]]:
        return [(path.name, path.read_bytes()) for path in paths]

    return [
        Reader("instance", instance, 24, files(*(shipped / f"{name}.json" for name in (*TINY, "small-1")))),
        Reader("schedule", schedule, 12, files(*sorted((shipped / "schedules").glob("tiny-*.json")))),
        Reader("keys", keys, 6, [("keys.json", json.dumps([k / 13 for k in range(13)]).encode())]),
        Reader("plan", plan, 12, [*files(*sorted((notebooks / "studies").glob("*.toml"))), ("all.toml", OWN_PLAN)]),
        Reader("orders", orders, 12, lists((notebooks / "data/orders/orders.csv").read_text(encoding="utf-8"))),
        Reader("certificate", certificate, 12, [(f"{n}.json", json.dumps(c).encode()) for n, c in certificates.items()]
               + [(f"{n}.gz", gzip.compress(json.dumps(c).encode(), mtime=0)) for n, c in certificates.items()]
               + [(f"{n}.xz", lzma.compress(json.dumps(c).encode())) for n, c in certificates.items()]),
        Reader("study", study, 10, files_below(TEMPLATE.folder)),
        Reader("roster", course.roster, 6, lists(course.ROSTER)),
        Reader("class", partial(course.class_folder, place), 8, files_below(course.class_of(place)[0])),
        Reader("submission", partial(course.submission, place), 6, course.handed_in(place)),
        Reader("method", course.method, 5, [("method.py", course.METHOD)]),
        Reader("ledger", course.ledger, 3, course.ledgers()),
        Reader("arguments", arguments, 8, [(f"{line[0]}.json", json.dumps(line).encode()) for line in GOOD]),
    ]  # fmt: skip


OWN_PLAN = b"""name = "own"
title = "Everything"
kind = "function"
limit = 60
report = false
[instances]
names = ["tiny-*", "fig3"]
files = ["absent.json"]
generate = [{ set = "small", seeds = [11, 12], changes = { sites = 4, orders = 3 } }]
[[runs]]
method = "ga"
label = "GA"
seeds = { entropy = 7, count = 3 }
seconds = 3.5
evaluations = 1000
instances = ["small-*"]
parameters = { population_size = [50, 100], elitism = "none", w = [1, 2.5] }
"""
