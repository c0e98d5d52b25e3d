"""What the tests of studies share: plans, the command, tables without times."""

import contextlib
import csv
import io
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from cmo_kit.cli import main
from cmo_kit.formats.history import History

#: What differs from run to run although nothing went wrong.
UNSTABLE = {"seconds", "finished", "host"}


def falling(*best: float) -> History:
    """A history whose best falls like this, ten evaluations and half a second a generation."""
    values, count = np.array(best), np.arange(1, len(best) + 1)
    return History(values, values, values, 10 * count, 0.5 * count, count)


def write_plan(folder: Path, runs: str, instances: str = '["small-1"]', head: str = "") -> Path:
    """A plan file without a report."""
    path = folder / "plan.toml"
    path.write_text(f'name = "own"\nreport = false\n{head}\n[instances]\nnames = {instances}\n{runs}', encoding="utf-8")
    return path


def command(plan: Path, out: Path, *options: str) -> list[str]:
    """The command line of a study."""
    return [sys.executable, "-m", "cmo_kit", "run", str(plan), "--out", str(out), *options]


def run(plan: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a study to its end, as its own process would; its runs are processes all the same."""
    arguments, said, errors = command(plan, out, *options), io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(errors):
        code = main(arguments[3:])
    return subprocess.CompletedProcess(arguments, code, said.getvalue(), errors.getvalue())


def run_alone(plan: Path, out: Path, *options: str, **others: Any) -> subprocess.CompletedProcess[str]:
    """Run a study to its end in a process of its own."""
    return subprocess.run(command(plan, out, *options), capture_output=True, text=True, timeout=240, **others)


def begin(plan: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    """Begin a study in a process of its own."""
    pipe = subprocess.PIPE
    return subprocess.Popen(command(plan, out, *options), stdout=pipe, stderr=pipe, text=True, start_new_session=True)


def wait_for(happened: Callable[[], Any], what: str, seconds: float = 120) -> Any:
    """Wait until something is there, and return it."""
    end = time.perf_counter() + seconds
    while not (found := happened()):
        assert time.perf_counter() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.05)
    return found


def results(out: Path) -> dict[str, int]:
    """The runs that have a result, and when it was written."""
    return {path.parent.name: path.stat().st_mtime_ns for path in (out / "runs").glob("*/result.json")}


def runs_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The processes in which a study's runs happen: forked by the server that the study has started."""
    try:
        servers = psutil.Process(process.pid).children()
        return [child for server in servers for child in server.children()]
    except psutil.Error:
        return []


def everything_below(pid: int) -> list[psutil.Process]:
    """All processes that a process has started, by whatever way."""
    return psutil.Process(pid).children(recursive=True)


def table(out: Path, name: str = "table.csv") -> list[dict[str, str]]:
    """A collected table without what differs from run to run."""
    with open(out / name, encoding="utf-8", newline="") as file:
        return [{key: value for key, value in row.items() if key not in UNSTABLE} for row in csv.DictReader(file)]
