"""Watch over one run in a process of its own.

An executor cannot kill a task that hangs, and a process that is killed takes its pool with it. So each
task of an executor only starts one child process, waits for it, and says how it ended.
"""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, Protocol

from cmo_kit.core.errors import InputError
from cmo_kit.core.jsonfile import write_json
from cmo_kit.study.task import FAILURE, read_run

LOG = "log.txt"
#: One kernel thread and one BLAS thread for each run: runs are what fills the cores.
PINNED = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Ending:
    """How a run ended: ``reason`` is None when its result is there."""

    hash: str
    reason: str | None
    seconds: float


class Child(Protocol):
    """What is asked of a child process."""

    pid: int | None

    def ended(self, timeout: float) -> bool:
        """Whether it ended within ``timeout`` seconds."""

    def code(self) -> int | None:
        """Its exit code; negative for a signal."""


class ForkedChild:
    """Forked from a server that has everything loaded: a run starts in hundredths of a second."""

    def __init__(self, folder: str, instance_path: str) -> None:
        context = _fork_server()
        self.process = context.Process(target=_forked, args=(folder, instance_path))
        self.process.start()
        self.pid: int | None = self.process.pid

    def ended(self, timeout: float) -> bool:
        """See :class:`Child`."""
        wait([self.process.sentinel], timeout)
        return not self.process.is_alive()

    def code(self) -> int | None:
        """See :class:`Child`."""
        return self.process.exitcode


class SpawnedChild:
    """A fresh interpreter, for workers that may not fork (a Dask worker's processes are daemons)."""

    def __init__(self, folder: str, instance_path: str) -> None:
        command = [sys.executable, "-m", "cmo_kit.study.child", folder, instance_path]
        with contextlib.suppress(OSError):
            (Path(folder) / LOG).unlink(missing_ok=True)
        with open(Path(folder) / LOG, "wb") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | PINNED,
                start_new_session=True,
            )
        self.pid: int | None = self.process.pid

    def ended(self, timeout: float) -> bool:
        """See :class:`Child`."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout)
        return self.process.poll() is not None

    def code(self) -> int | None:
        """See :class:`Child`."""
        return self.process.returncode


_server_lock = threading.Lock()


def _fork_server() -> ForkServerContext:
    """The server that runs are forked from, with numba and the kernels loaded."""
    context = multiprocessing.get_context("forkserver")
    with _server_lock:
        os.environ.update(PINNED)
        context.set_forkserver_preload(["cmo_kit.study.warm"])
    return context


def _forked(folder: str, instance_path: str) -> None:
    """Become the child: a session of its own, output to the log."""
    from cmo_kit.study import child

    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    log = os.open(Path(folder) / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os._exit(child.main([folder, instance_path]))


def supervise(
    folder: str, instance_path: str, expected: str, limit: float, stop: threading.Event | None = None
) -> Ending:
    """Run the task of a folder in a child process and say how it ended.

    Parameters
    ----------
    folder, instance_path : str
        The run's folder, with ``task.json``; the file of its instance.
    expected : str
        The hash that the result must have.
    limit : float
        Seconds after which the child is killed.
    stop : threading.Event, optional
        When set, the child is killed and the run counts as not done.

    Returns
    -------
    Ending
        Never raises for what the child does.
    """
    began = time.perf_counter()
    reason: str | None
    try:
        child: Child = (
            SpawnedChild(folder, instance_path)
            if multiprocessing.current_process().daemon
            else ForkedChild(folder, instance_path)
        )
    except (OSError, EOFError) as error:
        return Ending(expected, f"the process could not be started ({error})", time.perf_counter() - began)
    reason = _watch(child, began, limit, stop)
    if reason is None:
        reason = _reason(child.code(), folder, expected)
    if reason is not None and not (stop is not None and stop.is_set()):
        with contextlib.suppress(InputError):  # a full disk must not end the study
            write_json(Path(folder) / FAILURE, {"hash": expected, "reason": reason})
    return Ending(expected, reason, time.perf_counter() - began)


def _watch(child: Child, began: float, limit: float, stop: threading.Event | None) -> str | None:
    while not child.ended(0.2):
        if stop is not None and stop.is_set():
            _kill(child)
            return "the study was stopped"
        if time.perf_counter() - began > limit:
            _kill(child)
            return f"it ran past its limit of {limit:g} s and was killed"
    return None


def _kill(child: Child) -> None:
    """Kill the child and all that it has started."""
    if child.pid is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(child.pid, signal.SIGKILL)
    child.ended(10)


def _reason(code: int | None, folder: str, expected: str) -> str | None:
    """Why there is no valid result, or None where there is one."""
    if code == 0:
        try:
            read_run(folder, expected)
        except InputError as error:
            return f"it left no valid result ({error})"
        return None
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"its process was killed by {signal.Signals(-code).name}"
    return last_line(Path(folder) / LOG) or f"its process ended with exit code {code}"


def last_line(path: Path) -> str:
    """The last line of a log that says something."""
    try:
        text: str = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    lines: list[Any] = [line.strip() for line in text.splitlines() if line.strip()]
    return str(lines[-1])[:300] if lines else ""
