"""Make changes one at a time in a copy of the repository and run the tests until one fails.

Every change first meets the test files closest to it; what they do not catch meets all others in a second round.
In the end the tests that caught something run once more on unchanged code, where they must pass.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil
from changes import Change, applied
from order import feeds_compiled_code, ordered

HANG = 300  # seconds after which one test hangs; the slowest takes a tenth of that on an idle core
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
OPEN = {"near tests pass", "survived", "out of time"}

Record = dict[str, Any]


def pytest(copy: Path, log: Path, seconds: float, arguments: list[str]) -> int | None:
    """Run pytest on ``copy``; its exit code, None when the time is up. Whatever it started ends with it."""
    environment = os.environ | {"PYTHONPATH": str(copy), "CMO_MUTATION": str(copy)}
    options = ["-q", "-p", "no:cacheprovider", "-o", f"faulthandler_timeout={HANG}"]
    options += ["-o", "faulthandler_exit_on_timeout=true"]
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=copy, env=environment, stdout=stream, stderr=stream, process_group=0)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            for other in psutil.process_iter():
                try:
                    if other.environ().get("CMO_MUTATION") == str(copy):
                        other.kill()
                except psutil.Error:
                    continue


def make_copy(root: Path, clean: Path) -> None:
    """Clone the last commit; take over the virtual environment and, where the sources are the same, compiled code."""
    subprocess.run(["git", "clone", "--quiet", str(root), str(clean)], check=True)
    (clean / ".venv").symlink_to(root / ".venv")
    for path in clean.glob("cmo_kit/**/*.py"):
        twin = root / path.relative_to(clean)
        if twin.exists() and twin.read_bytes() == path.read_bytes():
            shutil.copystat(twin, path)
    for index in root.glob("cmo_kit/**/__pycache__/*.nb?"):
        place = clean / index.relative_to(root)
        place.parent.mkdir(exist_ok=True)
        shutil.copy2(index, place)


def try_change(change: Change, clean: Path, log: Path, tests: slice, limit: float) -> Record:
    """What the tests say about one change, and which of them says it."""
    copy = clean.parent / "changed"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(clean, copy, symlinks=True)
    path = copy / change.path
    stamp = path.stat()
    path.write_bytes(applied(change, path.read_bytes()))
    if feeds_compiled_code(path, copy / "cmo_kit"):
        for index in copy.rglob("*.nbi"):
            index.unlink()
    else:  # one second on Python compiles the file anew, while machine code stays newer than all its sources
        os.utime(path, (stamp.st_atime + 1, stamp.st_mtime + 1))
    code = pytest(copy, log, limit, ["-x", *ordered(change, copy)[tests]])
    said = log.read_text(errors="replace")
    names = FAILED.findall(said)
    if code is None:
        return {"status": "out of time", "test": ""}
    if "Timeout (0:" in said:
        return {"status": "hung", "test": " ".join(re.findall(r'"[^"]*(tests/test_\w+\.py)"', said)[-1:])}
    if code:
        return {"status": "caught", "test": names[-1] if names else f"exit code {code}"}
    return {"status": "survived" if tests.start else "near tests pass", "test": ""}


def unsteady(clean: Path, log: Path, tests: list[str]) -> set[str]:
    """Those of ``tests`` that fail on unchanged code, and so say nothing."""
    if tests and pytest(clean, log, 7200, tests) != 0:
        return {name for name in FAILED.findall(log.read_text(errors="replace")) if name in tests}
    return set()


def run(root: Path, changes: list[Change], output: Path, only: list[int], near: int, far: bool, limit: float) -> int:
    """Try the changes that have no result yet, or those of ``only``, and list those that no test caught.

    The first round asks the ``near`` closest test files; without ``far`` there is no second one. ``limit`` is the
    longest time for one change in one round, in seconds.
    """
    output.mkdir(parents=True, exist_ok=True)
    stored = output / "results.jsonl"
    results: dict[int, Record] = {}
    if stored.exists():
        results = {record["number"]: record for record in map(json.loads, stored.read_text().splitlines())}
    numbers = only or list(range(len(changes)))
    results = {number: record for number, record in results.items() if number not in only}

    def note(number: int, result: Record, seconds: float) -> None:
        results[number] = {"number": number, **result, "seconds": round(seconds, 1), **asdict(changes[number])}
        with stored.open("a") as stream:
            stream.write(json.dumps(results[number], ensure_ascii=False) + "\n")
        print(f"{number}: {result['status']} {result['test']} ({seconds:.0f} s)", flush=True)

    with tempfile.TemporaryDirectory(prefix="cmo-mutation-") as folder:
        clean = Path(folder) / "clean"
        make_copy(root, clean)
        for change in changes:  # so that a list from another source is refused at once
            applied(change, (clean / change.path).read_bytes())
        for tests in [slice(0, near), slice(near, None)][: 1 + far]:
            for number in numbers:
                if results.get(number, {"status": None})["status"] == ("near tests pass" if tests.start else None):
                    start = time.monotonic()
                    result = try_change(changes[number], clean, output / f"{number}.log", tests, limit)
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
