"""Watch over one run in a process of its own.

An executor cannot kill a task that hangs, and a process that is killed takes its pool with it. So each
task of an executor only has one process started, waits for it, and says how it ended.
"""

import contextlib
import shutil
import signal
import threading
import time
from pathlib import Path

from cmo_kit.base.errors import InputError
from cmo_kit.base.lifeline import kill_tree
from cmo_kit.study.execute.processes import Server, give_back, take_server
from cmo_kit.study.execute.record import LOG, TEMPORARY, read_run

STOPPED = "the study was stopped"


def supervise(
    folder: str, instance_path: str, expected: str, limit: float, stop: threading.Event | None = None
) -> str | None:
    """Run the task of a folder in a process of its own and say how it ended.

    Parameters
    ----------
    folder, instance_path : str
        The run's folder, with ``task.json``; the file of its instance.
    expected : str
        The hash that the result must have.
    limit : float
        Seconds after which its process is killed.
    stop : threading.Event, optional
        When set, the process is killed and the run counts as not done.

    Returns
    -------
    str or None
        Why there is no valid result; None when it is there. Never raises for what the run does.
    """
    if stop is not None and stop.is_set():
        return STOPPED
    try:
        server = take_server()
        pid = server.start(folder, instance_path)
    except OSError as error:
        return f"its process could not be started ({error})"
    killed = _watch(server, pid, limit, stop)
    code = server.code()
    if code is None:
        server.close()
    else:
        give_back(server)
    _clear(Path(folder))
    return _reason(code, killed, folder, expected)


def _watch(server: Server, pid: int, limit: float, stop: threading.Event | None) -> str | None:
    """Wait until the run's process ends; why it was killed, None if it was not."""
    began = time.perf_counter()
    killed = None
    while not server.ended(0.2):
        if stop is not None and stop.is_set():
            killed = STOPPED
        elif time.perf_counter() - began > limit:
            killed = f"it ran past its limit of {limit:g} s and was killed"
        if killed is not None:
            kill_tree(pid)
            break
    return killed


def _clear(folder: Path) -> None:
    """Remove what a run that was killed could not."""
    shutil.rmtree(folder / TEMPORARY, ignore_errors=True)
    with contextlib.suppress(OSError):
        for half in folder.glob(".*.tmp"):
            half.unlink(missing_ok=True)


def _reason(code: int | None, killed: str | None, folder: str, expected: str) -> str | None:
    """Why there is no valid result; None where there is one, however the process ended after writing it."""
    try:
        read_run(folder, expected)
        return None
    except InputError as error:
        damage = str(error)
    if killed is not None:
        return killed
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"its process was killed by {signal.Signals(-code).name}"
    if code == 0:
        return f"it left no valid result ({damage})"
    return last_line(Path(folder) / LOG) or f"its process ended ({'unknown how' if code is None else f'code {code}'})"


def last_line(path: Path) -> str:
    """The last line of a log that says something."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "".join(c for c in lines[-1] if c.isprintable())[:300] if lines else ""
