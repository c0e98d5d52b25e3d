"""Make changes one at a time in a copy of the repository and run the tests until one fails."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict
from pathlib import Path

import psutil
from changes import Change, applied
from order import ordered

HANG = 240  # seconds after which one test hangs; the slowest takes a tenth of that on an idle core
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+(?: \S+\])?)", re.MULTILINE)


def suite(copy: Path) -> list[str]:
    """All test files but those that need a browser."""
    files = (path.relative_to(copy) for path in (copy / "tests").rglob("test_*.py"))
    return sorted(path.as_posix() for path in files if "ui" not in path.parts)


def pytest(copy: Path, log: Path, seconds: float, arguments: list[str]) -> int | None:
    """Run pytest on ``copy``; its exit code, None when the time is up. Whatever it started ends with it."""
    environment = os.environ | {"PYTHONPATH": str(copy), "CMO_MUTATION": str(copy)}
    options = ["-q", "-p", "no:cacheprovider", "-o", f"faulthandler_timeout={HANG}"]
    options += ["-o", "faulthandler_exit_on_timeout=true"]
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command, cwd=copy, env=environment, stdout=stream, stderr=stream, start_new_session=True
        )
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return None
        finally:
            for other in psutil.process_iter():
                try:
                    if other.environ().get("CMO_MUTATION") == str(copy) and other.pid != os.getpid():
                        other.kill()
                except psutil.Error:
                    continue


def make_copy(root: Path, folder: Path) -> Path:
    """A clone of the last commit that uses the same virtual environment."""
    clean = folder / "clean"
    subprocess.run(["git", "clone", "--quiet", str(root), str(clean)], check=True)
    (clean / ".venv").symlink_to(root / ".venv")
    return clean


def first_run(clean: Path, output: Path) -> dict[str, float]:
    """Seconds of each test file on unchanged code, all of which must pass; compiles what is kept on disk too."""
    stored = output / "seconds.json"
    if not stored.exists():
        report = output / "first.xml"
        if pytest(
            clean, output / "first.log", 7200, [f"--junitxml={report}", "-o", "junit_family=xunit1", *suite(clean)]
        ):
            raise SystemExit(f"the tests fail without any change: see {output / 'first.log'}")
        seconds: dict[str, float] = {}
        for case in ElementTree.parse(report).iter("testcase"):
            seconds[case.attrib["file"]] = seconds.get(case.attrib["file"], 0) + float(case.attrib["time"])
        stored.write_text(json.dumps(seconds, indent=1))
    return json.loads(stored.read_text())


def try_change(change: Change, clean: Path, log: Path, seconds: dict[str, float], limit: float) -> dict[str, object]:
    """What the tests say about one change, and which of them says it."""
    copy = clean.parent / "changed"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(clean, copy, symlinks=True)
    path = copy / change.path
    path.write_bytes(applied(change, path.read_bytes()))
    if change.path.split("/")[1] in {"fast", "beyond"}:  # compiled code may contain the changed line
        for index in copy.rglob("*.nbi"):
            index.unlink()
    log.unlink(missing_ok=True)
    files, unsteady, start = ordered(change, copy, suite(copy), seconds), [], time.monotonic()
    while True:
        left = limit - (time.monotonic() - start)
        excluded = [f"--deselect={name}" for name in unsteady]
        code = pytest(copy, log, left, ["-x", *excluded, *files])
        said = log.read_text(errors="replace")
        names = FAILED.findall(said)
        if code == 0:
            return {"status": "survived", "test": "", "unsteady": unsteady}
        if code is None:
            return {"status": "out of time", "test": "", "unsteady": unsteady}
        if "Timeout (0:" in said:
            return {"status": "hung", "test": said[said.rindex("Timeout (0:") :][-300:], "unsteady": unsteady}
        if not names or "::" not in names[-1] or pytest(copy, log, HANG, [names[-1]]) != 0:
            return {"status": "caught", "test": names[-1] if names else f"exit code {code}", "unsteady": unsteady}
        unsteady.append(names[-1])  # it passes alone: the machine was busy, so it says nothing about the change


def run(root: Path, changes: list[Change], output: Path, only: list[int], limit: float) -> int:
    """Try the changes that have no result yet, or those of ``only``, and list those that no test caught."""
    output.mkdir(parents=True, exist_ok=True)
    stored = output / "results.jsonl"
    results = {}
    if stored.exists():
        results = {record["number"]: record for record in map(json.loads, stored.read_text().splitlines())}
    todo = only or [number for number in range(len(changes)) if number not in results]
    with tempfile.TemporaryDirectory(prefix="cmo-mutation-") as folder:
        clean = make_copy(root, Path(folder)) if todo else root
        for number in todo:  # so that a list from another source is refused at once
            applied(changes[number], (clean / changes[number].path).read_bytes())
        seconds = first_run(clean, output) if todo else {}
        for number in todo:
            start = time.monotonic()
            result = try_change(changes[number], clean, output / f"{number}.log", seconds, limit)
            spent = round(time.monotonic() - start, 1)
            results[number] = {"number": number, **result, "seconds": spent, **asdict(changes[number])}
            with stored.open("a") as stream:
                stream.write(json.dumps(results[number], ensure_ascii=False) + "\n")
            print(f"{number}: {result['status']} {result['test']} ({spent} s)", flush=True)
    open_ones = [record for record in results.values() if record["status"] in {"survived", "out of time"}]
    print(f"{len(results) - len(open_ones)} of {len(results)} caught")
    for record in sorted(open_ones, key=lambda record: record["number"]):
        print("{number}: {status}: {path}:{line} ({kind}) {before!r} -> {after!r}".format(**record))
    return 1 if open_ones else 0
