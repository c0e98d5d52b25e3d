"""Make changes one at a time in a copy of the repository and run the tests until one fails.

Every change first meets the test files closest to it; what they do not catch meets all others in a second round.
In the end the tests that caught something run once more on unchanged code, where they must pass.
"""

import compileall
import contextlib
import importlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from tools.mutation.changes import Change, applied
from tools.mutation.order import distances, ordered

HANG = 300  # seconds after which one test hangs; the slowest takes a tenth of that on an idle core
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
NEAR = "near tests pass"
OPEN = {NEAR, "survived", "out of time"}

Record = dict[str, Any]


def preload() -> None:
    """Import what every test needs but the package itself, once for all: pytest runs in forks of this process."""
    for name in ("hypothesis", "matplotlib.figure", "nbformat", "numpy", "pulp", "pytest"):
        importlib.import_module(name)
    importlib.import_module("numba").njit(lambda: 0)()


def pytest_here(copy: Path, log: Path, arguments: list[str]) -> None:
    """Run pytest on ``copy`` in this process and exit with its code."""
    os.setpgid(0, 0)
    with log.open("wb") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    os.chdir(copy)
    os.environ |= {"PYTHONPATH": str(copy), "CMO_MUTATION": str(copy)}
    sys.path[0] = str(copy)
    options = ["-q", "-p", "no:cacheprovider", "-o", f"faulthandler_timeout={HANG}"]
    options += ["-o", "faulthandler_exit_on_timeout=true"]
    sys.exit(int(importlib.import_module("pytest").main([*options, *arguments])))


def pytest(copy: Path, log: Path, seconds: float, arguments: list[str]) -> int | None:
    """The exit code of pytest on ``copy``, None when the time is up. Whatever it started ends with it."""
    process = multiprocessing.get_context("fork").Process(target=pytest_here, args=(copy, log, arguments))
    process.start()
    try:
        process.join(seconds)
        return process.exitcode
    finally:
        if process.exitcode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.join()
        for other in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if other.environ().get("CMO_MUTATION") == str(copy):
                    other.kill()


def make_copy(root: Path, clean: Path, commit: str) -> None:
    """Clone the repository as it was at ``commit``; take over the virtual environment."""
    subprocess.run(["git", "clone", "--quiet", str(root), str(clean)], check=True)
    subprocess.run(["git", "-C", str(clean), "checkout", "--quiet", commit], check=True)
    (clean / ".venv").symlink_to(root / ".venv")
    compileall.compile_dir(clean / "cmo_kit", quiet=1)


def machine_code(modules: Iterable[Path]) -> list[Path]:
    """The files in which numba keeps what it compiled of ``modules``."""
    return [path for module in modules for path in (module.parent / "__pycache__").glob(f"{module.stem}.*.nb?")]


def try_change(change: Change, clean: Path, log: Path, tests: list[str], limit: float) -> Record:
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
    package = copy / "cmo_kit"
    touched = distances(path, package)
    for stored in machine_code(touched):
        stored.unlink()
    code = pytest(copy, log, limit, ["-x", *tests])
    for stored in machine_code(set(package.rglob("*.py")) - touched.keys()):  # serves the next changes too
        place = clean / stored.relative_to(copy)
        place.parent.mkdir(exist_ok=True)
        shutil.copy2(stored, place)
    said = log.read_text(errors="replace")
    names = FAILED.findall(said)
    if code is None:
        return {"status": "out of time", "test": ""}
    if "Timeout (0:" in said:
        return {"status": "hung", "test": " ".join(re.findall(r'"[^"]*(tests/test_\w+\.py)"', said)[-1:])}
    if code:
        return {"status": "caught", "test": names[-1] if names else f"exit code {code}"}
    return {"status": "survived", "test": ""}


def unsteady(clean: Path, log: Path, tests: list[str]) -> set[str]:
    """Those of ``tests`` that fail on unchanged code, and so say nothing."""
    if tests and pytest(clean, log, 7200, tests) != 0:
        return {name for name in FAILED.findall(log.read_text(errors="replace")) if name in tests}
    return set()


@dataclass(frozen=True)
class Plan:
    """How to run: the changes to try anew (none: all without a result), and against which tests.

    The first round asks the ``near`` closest test files, or what ``tests`` names for the number of a change; without
    ``far`` there is no second round with all other files. ``limit`` is the longest time for one change in one
    round, in seconds.
    """

    commit: str
    only: list[int]
    tests: dict[str, list[str]]
    near: int
    far: bool
    limit: float


def run(root: Path, changes: list[Change], output: Path, plan: Plan) -> int:
    """Try changes, and list those that no test caught."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the copy is removed then too
    output.mkdir(parents=True, exist_ok=True)
    stored = output / "results.jsonl"
    results: dict[int, Record] = {}
    if stored.exists():
        results = {record["number"]: record for record in map(json.loads, stored.read_text().splitlines())}
    numbers = plan.only or list(range(len(changes)))
    results = {number: record for number, record in results.items() if number not in plan.only}

    def note(number: int, result: Record, seconds: float) -> None:
        results[number] = {"number": number, **result, "seconds": round(seconds, 1), **asdict(changes[number])}
        with stored.open("a") as stream:
            stream.write(json.dumps(results[number], ensure_ascii=False) + "\n")
        print(f"{number}: {result['status']} {result['test']} ({seconds:.0f} s)", flush=True)

    with tempfile.TemporaryDirectory(prefix="cmo-mutation-") as folder:
        clean = Path(folder) / "clean"
        make_copy(root, clean, plan.commit)
        preload()
        for number in numbers:  # so that a list from another source is refused at once
            applied(changes[number], (clean / changes[number].path).read_bytes())
        for far in [False, True][: 1 + plan.far]:
            for number in numbers:
                if results.get(number, {"status": None})["status"] == (NEAR if far else None):
                    start = time.monotonic()
                    files = ordered(changes[number], clean)
                    tests = files[plan.near :] if far else plan.tests.get(str(number), files[: plan.near])
                    result = try_change(changes[number], clean, output / f"{number}.log", tests, plan.limit)
                    if result["status"] == "survived" and not far:
                        result["status"] = NEAR
                    note(number, result, time.monotonic() - start)
        catchers = sorted({results[n]["test"] for n in numbers if n in results and "::" in results[n]["test"]})
        doubted = unsteady(clean, output / "unchanged.log", catchers)
    for number, record in sorted(results.items()):
        if record["test"] in doubted:
            note(number, {"status": "survived", "test": ""}, 0)
    remaining = [record for _, record in sorted(results.items()) if record["status"] in OPEN]
    print(f"{len(results) - len(remaining)} of {len(results)} caught")
    for record in remaining:
        print("{number}: {status}: {path}:{line} ({kind}) {before!r} -> {after!r}".format(**record))
    return 1 if remaining else 0
