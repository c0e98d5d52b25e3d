"""Check the tests themselves: they must notice small changes of the code (a mutation check).

``python -m tools.mutation COUNT [SEED]`` draws changes of the last commit: a line, each as likely as any other that
admits a change, then a kind of change possible there, then one of that kind. It makes them one at a time in a copy,
runs the tests, those closest to the change first, until one fails, and says which changes no test noticed. In the end
the tests that caught something run once more on unchanged code, where they must pass. What is done is kept, so a run
can be resumed.
"""

import argparse
import ast
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.runner import run_program
from cmo_kit.base.process import run_process
from tools.mutation.changes import Change, applied, possible, written

ROOT = Path(__file__).resolve().parents[2]
#: The rooms of the package that compute, plan and grade.
ROOMS = ("base", "formats", "core", "check.py", "methods", "fast", "models", "codings", "search", "bounds",
         "planning", "study", "course")  # fmt: skip
HANG = 300  # seconds after which one test hangs; the slowest takes a tenth of that on an idle core
MOST_SECONDS = 1200  # of all tests for one change
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)

Record = dict[str, Any]


def draw(seed: int, count: int, copy: Path) -> list[Change]:
    """``count`` changes on different lines of the rooms that compute."""
    package = copy / "cmo_kit"
    files = [path for room in ROOMS for path in (sorted((package / room).rglob("*.py")) or [package / room])]
    found = {path: possible(path.read_bytes()) for path in files}
    lines = [(path, line) for path in files for line in sorted(found[path])]
    dice = random.Random(seed)
    drawn = []
    for path, line in sorted(dice.sample(lines, count)):
        choices = found[path][line]
        kind = dice.choice(sorted({choice[0] for choice in choices}))
        choice = dice.choice([choice for choice in choices if choice[0] == kind])
        drawn.append(written(path.relative_to(copy).as_posix(), path.read_bytes(), choice))
    return drawn


def modules_named(path: Path, root: Path) -> set[Path]:
    """The files of the package in ``root`` that the file at ``path`` imports anywhere, also inside functions."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    places = [root / name.replace(".", "/") for name in names if name.startswith("cmo_kit")]
    return {file for place in places for file in (place.with_suffix(".py"), place / "__init__.py") if file.exists()}


def distances(target: Path, root: Path) -> dict[Path, int]:
    """By how many imports each file of the package that depends on ``target`` leads to it."""
    imports = {path: modules_named(path, root) for path in (root / "cmo_kit").rglob("*.py")}
    known, edge = {target: 0}, {target}
    while edge:
        edge = {path for path in imports if path not in known and imports[path] & edge}
        known |= {path: max(known.values()) + 1 for path in edge}
    return known


def ordered(change: Change, copy: Path) -> list[str]:
    """All test files but those that need a browser, the most closely related to the change first."""
    target = copy / change.path
    away = distances(target, copy)

    def rank(path: Path) -> tuple[int, int, str]:
        near = min((away.get(module, 99) for module in modules_named(path, copy)), default=99)
        speaks_of_it = re.search(rf"\b{change.inside}\b", path.read_text(encoding="utf-8")) is not None
        related = 2 * speaks_of_it + 3 * (target.stem in path.stem) + 3 * (near == 0)
        related += 2 * (path.parent.name in target.parts)  # the tests of a room stand in a folder of its name
        return -related, near, path.name

    files = [path for path in (copy / "tests").rglob("test_*.py") if "ui" not in path.parts]
    return [path.relative_to(copy).as_posix() for path in sorted(files, key=rank)]


def pytest(copy: Path, log: Path, seconds: float, arguments: list[str]) -> int | None:
    """The exit code of pytest on ``copy``, None when the time is up. Whatever it started ends with it."""
    options = ["-q", "-p", "no:cacheprovider", "-o", f"faulthandler_timeout={HANG}"]
    command = [sys.executable, "-m", "pytest", *options, "-o", "faulthandler_exit_on_timeout=true", *arguments]
    call = partial(subprocess.call, command, cwd=copy, env=os.environ | {"PYTHONPATH": str(copy)})
    return run_process(call, (), log, limit=seconds).code


def machine_code(modules: Iterable[Path]) -> list[Path]:
    """The files in which numba keeps what it compiled of ``modules``."""
    return [path for module in modules for path in (module.parent / "__pycache__").glob(f"{module.stem}.*.nb?")]


def try_change(change: Change, clean: Path, log: Path) -> Record:
    """What the tests say about one change, and which of them says it."""
    copy = clean.parent / "changed"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(clean, copy, symlinks=True)
    path = copy / change.path
    stamp = path.stat()
    path.write_bytes(applied(change, path.read_bytes()))
    # One second on, Python compiles the file anew; machine code made since stays newer than all sources, as the
    # package wants it, and what may contain the changed line is dropped here.
    os.utime(path, (stamp.st_atime + 1, stamp.st_mtime + 1))
    touched = distances(path, copy)
    for stored in machine_code(touched):
        stored.unlink()
    code = pytest(copy, log, MOST_SECONDS, ["-x", *ordered(change, clean)])
    for stored in machine_code(set((copy / "cmo_kit").rglob("*.py")) - touched.keys()):  # serves the next changes too
        place = clean / stored.relative_to(copy)
        place.parent.mkdir(exist_ok=True)
        shutil.copy2(stored, place)
    said = log.read_text(errors="replace")
    if code is None or code < 0:
        return {"status": "out of time", "test": ""}
    if "Timeout (0:" in said:
        return {"status": "hung", "test": " ".join(re.findall(r'"[^"]*(tests/[\w/]+\.py)"', said)[-1:])}
    if code:
        return {"status": "caught", "test": (FAILED.findall(said) or [f"exit code {code}"])[-1]}
    return {"status": "survived", "test": ""}


def main() -> int:
    """Try the changes that have no result yet, and list those that no test caught; 1 when there is one."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__.partition("\n")[0])
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    given = parser.parse_args()
    count, seed = given.count, given.seed
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the copy is removed then too
    output = ROOT / "results" / "mutation" / f"{seed}-{count}"
    output.mkdir(parents=True, exist_ok=True)
    stored, records = output / "results.jsonl", list[Record]()
    known = [json.loads(line) for line in stored.read_text("utf-8").splitlines()] if stored.exists() else []
    with tempfile.TemporaryDirectory(prefix="cmo-mutation-") as folder:
        clean = Path(folder) / "clean"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clean)], check=True)
        for number, change in enumerate(draw(seed, count, clean)):
            record = next((one for one in known if one.items() >= asdict(change).items()), None)
            if record is None:
                began = time.monotonic()
                record = {**try_change(change, clean, output / f"{number}.log"), **asdict(change)}
                with stored.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(record, ensure_ascii=False) + "\n")
                print(f"{number}: {record['status']} {record['test']} ({time.monotonic() - began:.0f} s)", flush=True)
            records.append(record)
        catchers, log = sorted({record["test"] for record in records}), output / "unchanged.log"
        pytest(clean, log, 7200, [name for name in catchers if "::" in name] or ["--version"])
        failed = FAILED.findall(log.read_text(errors="replace"))
    remaining = [record for record in records if record["test"] in ("", *failed)]
    print(f"{len(records) - len(remaining)} of {len(records)} caught")
    for record in remaining:
        print("{status}: {path}:{line} ({kind}) {before!r} -> {after!r} {test}".format(**record))
    return 1 if remaining else 0


if __name__ == "__main__":
    sys.exit(run_program("mutation", main))
