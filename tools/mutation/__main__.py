"""Check the tests themselves: they must notice small changes of the code (a mutation check).

``python -m tools.mutation COUNT SEED`` draws changes into a list: a line, each as likely as any other that admits a
change, then a kind of change possible there, then one of that kind. Then it makes them one at a time in a copy of the
last commit, runs the tests until one fails, and says which changes no test noticed. Every change first meets the test
files closest to it; what they do not catch meets all others in a second round. In the end the tests that caught
something run once more on unchanged code, where they must pass. What is done is kept beside the list, so a run can be
resumed.
"""

import ast
import contextlib
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
from pathlib import Path
from typing import Any

import psutil

from benchmarks.runner import run_program
from cmo_kit.base.jsonfile import write_text
from tools.mutation.changes import Change, applied, possible, written

ROOT = Path(__file__).resolve().parents[2]
#: The rooms of the package that compute.
ROOMS = ("base", "formats", "core", "check.py", "methods", "fast", "models", "codings", "search", "bounds", "study")
HANG = 300  # seconds after which one test hangs; the slowest takes a tenth of that on an idle core
FIRST_ROUND, MOST_SECONDS = 5, 480  # test files that every change meets at first; of one change in one round
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
NEAR = "near tests pass"
OPEN = {NEAR, "survived", "out of time"}

Record = dict[str, Any]


def draw(seed: int, count: int) -> list[Change]:
    """``count`` changes on different lines of the rooms that compute."""
    package = ROOT / "cmo_kit"
    files = [path for room in ROOMS for path in (sorted((package / room).rglob("*.py")) or [package / room])]
    sources = {path: path.read_bytes() for path in files}
    found = {path: possible(source) for path, source in sources.items()}
    lines = [(path, line) for path in files for line in sorted(found[path])]
    dice = random.Random(seed)
    drawn = []
    for path, line in sorted(dice.sample(lines, count)):
        choices = found[path][line]
        kind = dice.choice(sorted({choice[0] for choice in choices}))
        choice = dice.choice([choice for choice in choices if choice[0] == kind])
        drawn.append(written(path.relative_to(ROOT).as_posix(), sources[path], choice))
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
    environment = os.environ | {"PYTHONPATH": str(copy), "CMO_MUTATION": str(copy)}
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=copy, env=environment, stdout=stream, stderr=stream)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            for other in psutil.process_iter():
                with contextlib.suppress(psutil.Error):
                    if other.environ().get("CMO_MUTATION") == str(copy):
                        other.kill()
            process.wait()


def machine_code(modules: Iterable[Path]) -> list[Path]:
    """The files in which numba keeps what it compiled of ``modules``."""
    return [path for module in modules for path in (module.parent / "__pycache__").glob(f"{module.stem}.*.nb?")]


def try_change(change: Change, clean: Path, log: Path, tests: list[str]) -> Record:
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
    code = pytest(copy, log, MOST_SECONDS, ["-x", *tests])
    for stored in machine_code(set((copy / "cmo_kit").rglob("*.py")) - touched.keys()):  # serves the next changes too
        place = clean / stored.relative_to(copy)
        place.parent.mkdir(exist_ok=True)
        shutil.copy2(stored, place)
    said = log.read_text(errors="replace")
    if code is None:
        return {"status": "out of time", "test": ""}
    if "Timeout (0:" in said:
        return {"status": "hung", "test": " ".join(re.findall(r'"[^"]*(tests/[\w/]+\.py)"', said)[-1:])}
    if code:
        return {"status": "caught", "test": (FAILED.findall(said) or [f"exit code {code}"])[-1]}
    return {"status": "survived", "test": ""}


def unsteady(clean: Path, log: Path, tests: list[str]) -> set[str]:
    """Those of ``tests`` that fail on unchanged code, and so say nothing."""
    if tests and pytest(clean, log, 7200, tests) != 0:
        return {name for name in FAILED.findall(log.read_text(errors="replace")) if name in tests}
    return set()


def run(changes: list[Change], output: Path) -> int:
    """Try the changes that have no result yet, and list those that no test caught."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the copy is removed then too
    stored = output / "results.jsonl"
    lines = stored.read_text(encoding="utf-8").splitlines() if stored.exists() else []
    results: dict[int, Record] = {record["number"]: record for record in map(json.loads, lines)}

    def note(number: int, result: Record, seconds: float) -> None:
        results[number] = {"number": number, **result, "seconds": round(seconds, 1), **asdict(changes[number])}
        with stored.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(results[number], ensure_ascii=False) + "\n")
        print(f"{number}: {result['status']} {result['test']} ({seconds:.0f} s)", flush=True)

    with tempfile.TemporaryDirectory(prefix="cmo-mutation-") as folder:
        clean = Path(folder) / "clean"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clean)], check=True)
        for change in changes:  # so that a list from another source is refused at once
            applied(change, (clean / change.path).read_bytes())
        for far in (False, True):
            for number, change in enumerate(changes):
                if results.get(number, {"status": None})["status"] == (NEAR if far else None):
                    start, files = time.monotonic(), ordered(change, clean)
                    tests = files[FIRST_ROUND:] if far else files[:FIRST_ROUND]
                    result = try_change(change, clean, output / f"{number}.log", tests)
                    if result["status"] == "survived" and not far:
                        result["status"] = NEAR
                    note(number, result, time.monotonic() - start)
        catchers = sorted({record["test"] for record in results.values() if "::" in record["test"]})
        doubted = unsteady(clean, output / "unchanged.log", catchers)
    for number, record in sorted(results.items()):
        if record["test"] in doubted:
            note(number, {"status": "survived", "test": ""}, 0)
    remaining = [record for _, record in sorted(results.items()) if record["status"] in OPEN]
    print(f"{len(results) - len(remaining)} of {len(results)} caught")
    for record in remaining:
        print("{number}: {status}: {path}:{line} ({kind}) {before!r} -> {after!r}".format(**record))
    return 1 if remaining else 0


def main() -> int:
    """Draw the changes unless that was done before, and try them; 1 when one survives."""
    count, seed = (int(text) for text in sys.argv[1:])
    output = ROOT / "results" / "mutation" / f"{seed}-{count}"
    output.mkdir(parents=True, exist_ok=True)
    listed = output.with_suffix(".jsonl")
    if not listed.exists():
        lines = [json.dumps(asdict(change), ensure_ascii=False) for change in draw(seed, count)]
        write_text(listed, "\n".join(lines) + "\n")
    return run([Change(**json.loads(line)) for line in listed.read_text(encoding="utf-8").splitlines()], output)


if __name__ == "__main__":
    sys.exit(run_program("mutation", main))
