"""Which stored results are older than the code: ``python -m tools.stale`` prints a line for each; 1 if there is any.

A set depends on the syntax trees, without docstrings, types and messages of errors, of the modules that its methods
import from the kit, on its problems and its parameters. ``--store SET`` enters with what the results were made that
stand in ``notebooks/data``. The commit is the last one from before the oldest run (where runs have only their day, from
that day): what was made while code changed, or with code that was not committed yet, stays stale. Where a change can
have changed no number, :mod:`tools.made_again` shows it on a sample.
"""

import ast
import csv
import hashlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from benchmarks.quality import PROBLEMS
from benchmarks.runner import run_program, today
from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_json, write_json
from cmo_kit.base.output import Parser
from cmo_kit.core.instance import Instance
from cmo_kit.methods.registry import METHODS
from cmo_kit.study.plan.plan_file import make_plan

ROOT = Path(__file__).parents[1]
DATA, MADE = ROOT / "notebooks/data", ROOT / "notebooks/data/made.json"
#: They take no part in what methods find: one calls them by name, one reads problems, each of which has its digest.
APART = ("cmo_kit.methods.registry", "cmo_kit.base.jsonfile")
COMPILED = ("cmo_kit.fast", "cmo_kit.fast.operators")
STUDIES = {"quick": "run"} | {name: name for name in ("table4", "table3", "operators", "model-p")}
GA, CPSAT, QUALITY = "cmo_kit.methods.genetic", "cmo_kit.models.cpsat", "benchmarks.quality"
GENERATE = "cmo_kit.core.generate"
MODELS = (CPSAT, "cmo_kit.models.run_milp", "cmo_kit.methods.milp", "cmo_kit.bounds", QUALITY)
#: A set's file, how it is renewed, its methods' modules and the measurement's own, its problems; a study has a plan.
SETS: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    name: (f"{name}/table.csv", f"make {target}", (), ()) for name, target in STUDIES.items()
} | {
    "parts": ("operators/parts.csv", "make parts", (*COMPILED, GA, "benchmarks.parts", "benchmarks.peers"),
              tuple(PROBLEMS[-5:])),
    "beyond": ("beyond/runs.csv", "make beyond ANEW=everything", ("cmo_kit.methods.ideas", "benchmarks.beyond",
               "cmo_kit.study.results.gap_measurement"), ("small-1", "small-2", "medium-1", "large-1")),
    "quality": ("beyond/search-quality.json", "make bench-search bench-rivals", (*COMPILED, GA, CPSAT, QUALITY,
                "cmo_kit.search", "cmo_kit.core.expert", GENERATE, "benchmarks.pyjobshop_model"), tuple(PROBLEMS)),
    "models-5": ("beyond/models-5-orders.json",
                 "python -m benchmarks.quality models --orders 5 --seconds 100 --model-seeds 1 8", MODELS, ()),
    "models-7": ("beyond/models-7-orders.json", "python -m benchmarks.quality models", MODELS, ()),
    "scale": ("scale.json", "make scale", (*COMPILED, GA, "cmo_kit.search", "cmo_kit.bounds", GENERATE, QUALITY,
              "benchmarks.scale"), ()),
    "calibration": ("calibration.json", "make calibrate",
                    (*COMPILED, GA, "cmo_kit.core.expert", GENERATE, "benchmarks.calibration"), ()),
    "decoder": ("decoder-speed.json", "make bench", ("cmo_kit.fast", GENERATE, "benchmarks.decoder_rivals",
                "benchmarks.__main__"), ()),
}  # fmt: skip


def git(*words: str) -> str:
    """What git prints; nothing where it fails."""
    done = subprocess.run(("git", *words), cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def text_of(path: str, commit: str = "") -> str:
    """A file of the project, as it is or as it was; nothing without one."""
    if commit:
        return git("show", f"{commit}:{path}")
    return (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).is_file() else ""


def plain(node: object) -> Any:
    """What of a syntax tree can change a number, in a form that does not depend on the version of Python."""
    match node:
        case ast.Expr(ast.Constant(str())) | ast.If(ast.Name("TYPE_CHECKING")) | None | []:
            return None
        case ast.Raise():
            return "raise"
        case ast.AST():
            fields = {key: plain(value) for key, value in ast.iter_fields(node) if key not in ("annotation", "returns")}
            return type(node).__name__, {key: value for key, value in fields.items() if value}
        case list():
            return [entry for entry in map(plain, node) if entry]
    return repr(node)


def digest_of(value: object) -> str:
    """The digest of plain data."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


@cache
def examined(source: str) -> tuple[str, set[str]]:
    """The digest of a module, and what it may import from the kit, wherever in it."""
    tree, names = ast.parse(source), set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return digest_of(plain(tree)), {name for name in names if name.startswith("cmo_kit.")}


def parts_of(name: str, read: Callable[[str], str]) -> dict[str, str]:
    """All that a set depends on, with a digest each."""
    modules, problems, parts = *map(set, SETS[name][2:]), dict[str, str]()
    if plan := read(f"notebooks/studies/{name}.toml"):
        tasks = make_plan(tomllib.loads(plan), ROOT).tasks
        runs = [(t.instance, t.method, t.seed, t.seconds, t.evaluations, sorted(t.parameters.items())) for t in tasks]
        parts["its plan"] = digest_of(sorted(map(repr, runs)))
        named = {t.method for t in tasks} | {str(value) for t in tasks for value in t.parameters.values()}
        modules, problems = {*COMPILED, *(METHODS[one][0] for one in named & {*METHODS})}, {t.instance for t in tasks}
    for problem in problems:
        document = read(f"instances/{problem}.json")
        parts[problem] = Instance.from_dict(json.loads(document)).digest if document else ""
    while modules:
        module = modules.pop()
        place = module.replace(".", "/")
        source = read(f"{place}.py") or read(f"{place}/__init__.py")
        if source and module not in (*parts, *APART):
            parts[module], imported = examined(source)
            modules |= imported if module.startswith("cmo_kit.") else set()
    return parts


def runs_of(path: Path) -> Iterator[tuple[str, str]]:
    """When each run began, or the end of its day, and on which processor."""
    text = path.read_text(encoding="utf-8")
    records: list[Any] = list(csv.DictReader(text.splitlines())) if path.suffix == ".csv" else [json.loads(text)]
    for run in [*records, *(part for part in records[0].values() if isinstance(part, dict))]:
        if "finished" in run or "date" in run:
            began = datetime.fromisoformat(run.get("finished") or f"{run['date']}T23:59:59+00:00")
            began -= timedelta(seconds=float(run["seconds"])) if "finished" in run else timedelta()
            machine = run.get("cpu") or run.get("processor") or run.get("environment", {}).get("processor", "")
            yield began.isoformat(timespec="seconds"), machine


def store(name: str, commit: str) -> str:
    """Enter with what a set was made."""
    runs = sorted(runs_of(DATA / SETS[name][0]))
    found = git("rev-parse", commit) if commit or not runs else git("rev-list", "-1", f"--before={runs[0][0]}", "HEAD")
    if not found:
        raise InputError(f"{SETS[name][0]} does not say when it was made; name the commit with --commit")
    made = {"digest": digest_of(parts_of(name, partial(text_of, commit=found))), "commit": found[:12]}
    made["date"] = runs[0][0][:10] if runs else git("show", "-s", "--format=%cs", found)
    made["machine"] = ", ".join(sorted({each for _, each in runs if each})) or "not recorded"
    write_json(MADE, (read_json(MADE) if MADE.exists() else {}) | {name: made})
    return f"{name}: {made}"


def keep(names: Sequence[str], why: str, runs: int) -> Iterator[str]:
    """Enter that sets hold for the code as it is, as far as so many ``runs`` made again can show; which were stale."""
    entries = read_json(MADE)
    for name, made in ((name, entries[name]) for name in names):
        if made["digest"] != (now := digest_of(parts_of(name, text_of))):
            held = {"commit": git("rev-parse", "HEAD")[:12], "date": today(), "runs": runs, "why": why}
            entries[name] = made | {"digest": now, "held": held}
            yield name
    write_json(MADE, entries)


def stale() -> Iterator[str]:
    """A line for each stored set that is stale: since when, what changed, how it is renewed."""
    entries = read_json(MADE) if MADE.exists() else {}
    for name in (name for name in SETS if (DATA / SETS[name][0]).exists()):
        now, made = parts_of(name, text_of), entries.get(name)
        renew = f"{SETS[name][1]}; copy the results to notebooks/data; python -m tools.stale --store {name}"
        if made is None:
            yield f"{name}: stale: unknown, its digest was never stored. {renew}"
        elif made["digest"] != digest_of(now):
            held = made.get("held", made)["commit"]
            then = parts_of(name, partial(text_of, commit=held)) if git("log", "-1", held) else now
            changed = sorted(part for part in now | then if now.get(part) != then.get(part))
            few = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
            yield f"{name}: stale since {made['date']} ({made['commit']}): {few or 'something'} changed. {renew}"


def main() -> int:
    """Print what is stale, or enter with what a set was made."""
    parser = Parser(prog="python -m tools.stale", description=__doc__)
    parser.add_argument("--store", choices=SETS, help="enter with what this set was made")
    parser.add_argument("--commit", default="", help="with which it was made, where its runs do not say when")
    options = parser.parse_args()

    def work() -> int:
        lines = [store(options.store, options.commit)] if options.store else list(stale())
        print("\n".join(lines) or "no stored result is stale")
        return int(bool(lines) and not options.store)

    return run_program("stale", work)


if __name__ == "__main__":
    sys.exit(main())
