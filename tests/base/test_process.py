"""Processes of single runs: how they end, what they take with them, and that none is left behind."""

import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest

from cmo_kit.base.errors import InputError
from cmo_kit.base.process import OVER_MEMORY, OVERTIME, STOPPED, kill_tree, last_line, run_process
from tests.helpers.study_help import everything_below, wait_for


def fail(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("function", "arguments", "code", "said"),
    [
        (sys.exit, (3,), 3, ""),
        (math.factorial, (-1,), 1, "ValueError: factorial() not defined for negative values"),
        (os.kill, (0, signal.SIGKILL), -signal.SIGKILL, ""),
        (print, ("done\n",), 0, "done"),
        (fail, (ValueError("first\n\nlast\n"),), 1, "ValueError: last"),
        (fail, (MemoryError(),), 1, "MemoryError:"),
        (fail, (InputError("one sentence"),), 1, "one sentence"),
    ],
    ids=["code", "error", "killed", "fine", "lines", "nothing", "sentence"],
)
def test_an_ending_is_told_by_its_code_and_log(
    function: object, arguments: tuple[object, ...], code: int, said: str, tmp_path: Path
) -> None:
    """A process group of its own, or the third of these would end more than itself."""
    ending = run_process(function, arguments, tmp_path / "log")
    assert (ending.code, ending.killed, last_line(tmp_path / "log")) == (code, "", said)


def test_a_run_past_a_limit_is_killed(tmp_path: Path) -> None:
    assert run_process(time.sleep, (300,), tmp_path / "log", limit=0.3).killed == OVERTIME
    ending = run_process(time.sleep, (300,), tmp_path / "log", memory=1e6)
    assert ending.killed == OVER_MEMORY and ending.peak_bytes > 1e6


def test_a_run_that_is_stopped_ends_or_never_begins(tmp_path: Path) -> None:
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    assert run_process(time.sleep, (300,), tmp_path / "log", stop=stop).killed == STOPPED
    assert run_process(time.sleep, (300,), tmp_path / "none", stop=stop).killed == STOPPED
    assert not (tmp_path / "none").exists()


def test_a_script_is_not_run_again_and_its_runs_end_with_it(tmp_path: Path) -> None:
    """A script without a guard, killed: its server, its run and what that has started are gone, and so are files."""
    script = tmp_path / "script.py"
    script.write_text(
        "import subprocess, sys\n"
        "from pathlib import Path\n"
        "from cmo_kit.base.process import run_process\n"
        "print('once', flush=True)\n"
        "sleep = ([sys.executable, '-c', 'import time; time.sleep(300)'],)\n"
        "run_process(subprocess.call, sleep, Path(sys.argv[1]))\n",
        encoding="utf-8",
    )
    temporary = Path(tempfile.mkdtemp())  # short: a socket is made in it
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "log")],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(temporary)},
    )
    below = wait_for(lambda: len(found := everything_below(process.pid)) == 4 and found, "the run's own process")
    assert list(temporary.iterdir()) != []
    process.kill()
    assert process.communicate(timeout=60)[0] == "once\n"
    assert psutil.wait_procs(below, timeout=60)[1] == []
    assert list(temporary.iterdir()) == []
    temporary.rmdir()


def test_a_tree_is_killed_with_its_sessions(tmp_path: Path) -> None:
    """What a run starts in a session of its own, as solvers and kernels are, ends with it, and before the kill does.

    Giving back half a gigabyte takes a process some hundredths of a second, in which it is dying and not yet dead.
    """
    program = (
        "import subprocess, sys, time\n"
        "sleep = 'held = bytearray(2**29); print(1, flush=True); import time; time.sleep(300)'\n"
        "subprocess.Popen([sys.executable, '-c', sleep], start_new_session=True)\n"
        "time.sleep(300)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "1\n"
    below = everything_below(process.pid)
    assert len(below) == 1
    kill_tree(process.pid)
    assert [found for found in below if found.is_running() and found.status() != psutil.STATUS_ZOMBIE] == []
    process.communicate(timeout=20)
