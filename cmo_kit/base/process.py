"""Runs in processes of their own: begun in hundredths of a second, killed alone, and never left behind.

A fork server (:mod:`multiprocessing`) loads once what all runs need and forks a process for each, where a fresh
interpreter would load compiled code for seconds; and a run that crashes takes nothing with it. Where a system cannot
fork, every run gets a fresh interpreter. No run outlives the process that asked for it: the server, when it has lost
that process, kills what it has forked, and each run watches that process itself.
"""

import atexit
import contextlib
import json
import math
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import psutil

from cmo_kit.base.errors import InputError
from cmo_kit.base.signals import SIGNALS, signals_wait

FORKS = "forkserver" in multiprocessing.get_all_start_methods()
#: How often a run is looked at, in seconds; more often where its memory is limited, which it may take quickly.
LOOK_SECONDS, MEMORY_LOOK_SECONDS = 0.2, 0.05
#: Seconds in which what was killed is gone; only what hangs in the system itself, on a lost disk say, takes longer.
GONE_SECONDS = 10.0
#: One kernel thread and one BLAS thread for each process: processes are what fills the cores.
PINNED = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
#: Why a run was killed.
STOPPED, OVERTIME, OVER_MEMORY = "stopped", "overtime", "over memory"
#: The variable of the environment in which a server finds how to prepare itself.
PREPARATION = "CMO_KIT_PREPARATION"
#: What the standard library says of a run whose server is gone.
LOST = 255


class Preparation(NamedTuple):
    """What a server does before it forks: set variables, then call ``function``, a ``module:name``, with texts."""

    environment: dict[str, str]
    function: str
    arguments: tuple[str, ...] = ()


class Ending(NamedTuple):
    """How a run ended: ``killed`` says why it had to be, and is empty where it ended by itself.

    ``code`` is the exit code, negative for a signal, None where nobody knows it; ``peak_bytes`` the greatest resident
    memory seen, where it was limited.
    """

    code: int | None
    killed: str
    seconds: float
    peak_bytes: int


def run_process(
    function: Callable[..., int | None],
    arguments: tuple[Any, ...],
    log: Path,
    *,
    limit: float = math.inf,
    memory: float = math.inf,
    stop: threading.Event | None = None,
    preparation: Preparation | None = None,
    temporary: Path | None = None,
) -> Ending:
    """Call ``function`` in a process of its own and wait for its end; an interrupt ends the process too.

    Parameters
    ----------
    function : callable
        Returns the exit code, or nothing for 0; what it raises is one line of the log, and code 1. It and its arguments
        can be pickled, and it is not of the script that is running.
    arguments : tuple
    log : Path
        A file that takes what the process prints.
    limit, memory : float
        Seconds of wall clock, and bytes of the process and all that it has started, past which it is killed.
    stop : threading.Event, optional
        When set, the process is killed, or not even started.
    preparation : Preparation, optional
        For the server, if none is running yet.
    temporary : Path, optional
        A folder that takes the temporary files of the process; who calls removes it, whatever a killed run left there.

    Raises
    ------
    OSError
        When there can be no process, or no log.
    """
    began, killed, peak = time.perf_counter(), "", 0
    stop = stop or threading.Event()
    code: int | None = None
    process: BaseProcess | None = None
    try:
        with signals_wait():  # interrupted while it starts, it would be left behind
            process = _start((str(log), temporary and str(temporary), function, arguments), stop, preparation)
        if process is None:
            return Ending(None, STOPPED, 0.0, 0)
        limited = memory < math.inf
        while not killed and not wait([process.sentinel], MEMORY_LOOK_SECONDS if limited else LOOK_SECONDS):
            if limited:
                peak = max(peak, resident_bytes(process.pid))
            if stop.is_set():
                killed = STOPPED
            elif peak > memory:
                killed = OVER_MEMORY
            elif time.perf_counter() - began > limit:
                killed = OVERTIME
        if not killed and stop.is_set():
            killed = STOPPED  # with its server
    finally:
        if process is not None:
            with signals_wait():
                code = _end(process)
    return Ending(code, killed, time.perf_counter() - began, peak)


#: The standard library looks at all of its processes whenever it starts one, and not from several threads at once.
_lock = threading.Lock()
#: Folders of the standard library's, with the process that made each: one that was forked from it has them too.
_made_here: set[tuple[int, str]] = set()


def _start(arguments: tuple[Any, ...], stop: threading.Event, preparation: Preparation | None) -> BaseProcess | None:
    """Start :func:`_perform` with ``arguments``, the first of which is the log; None where the run was stopped."""
    with _lock:  # what waits here is not started when the first one waited for a server in vain
        if stop.is_set():
            return None
        open(arguments[0], "wb").close()  # refused here, where somebody can be told
        context: Any = multiprocessing.get_context("forkserver" if FORKS else "spawn")
        process: BaseProcess = context.Process(target=_perform, args=arguments, daemon=True)
        with _ready_to_start(preparation):
            try:
                process.start()
            except EOFError:
                raise OSError("the server of processes has ended") from None
        return process


@contextlib.contextmanager
def _ready_to_start(preparation: Preparation | None) -> Iterator[None]:
    """Have the standard library start a process as this module needs it."""
    ours = multiprocessing.current_process()
    with contextlib.ExitStack() as afterwards:
        afterwards.callback(setattr, ours, "daemon", ours.daemon)
        ours.daemon = False  # such as a Dask worker, which otherwise could not start any
        afterwards.callback(sys.modules.__setitem__, "__main__", sys.modules["__main__"])
        sys.modules["__main__"] = ModuleType("__main__")  # a script is not run once more in each of its processes
        if FORKS:
            from multiprocessing import resource_tracker, util

            multiprocessing.set_forkserver_preload([__name__])
            afterwards.callback(os.environ.pop, PREPARATION)
            inherited = "tempdir" in ours._config  # type: ignore[attr-defined]
            temporary = util.get_temp_dir()
            if not inherited:
                _made_here.add((os.getpid(), temporary))
            own = (os.getpid(), temporary) in _made_here  # another process still needs what it has made
            os.environ[PREPARATION] = json.dumps([temporary if own else None, preparation])
            resource_tracker.ensure_running()  # once it runs, the next line stays in force
            before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # until the server has left the terminal
            afterwards.callback(signal.pthread_sigmask, signal.SIG_SETMASK, before)
        yield


def _end(process: BaseProcess) -> int | None:
    """Have a process ended, killed where it still runs; its exit code."""
    pid = process.pid
    assert pid is not None
    if not wait([process.sentinel], 0):
        kill_tree(pid)
    wait([process.sentinel])
    with _lock:
        process.join()
        code = process.exitcode
        process.close()
    if code == LOST:
        kill_tree(pid)  # it goes on without its server
        return None
    return code


def close_server() -> None:
    """End the server, and with it all that it has forked."""
    if not FORKS:
        return
    from multiprocessing.forkserver import _forkserver

    if (pid := _forkserver._forkserver_pid) is not None:  # type: ignore[attr-defined]
        kill_tree(pid)  # at once, whatever it is loading: a thread that waits for it holds the lock
        with _lock:
            _forkserver._stop()  # type: ignore[attr-defined]


def kill_tree(pid: int, root: bool = True) -> None:
    """Kill a process and all that it has started, solvers and kernels in sessions of their own included.

    Returns when they are gone: one that is killed while it writes still ends what the system is doing for it, such as
    renaming a file. Without ``root`` the process itself goes on.
    """
    victims: list[psutil.Process] = []
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        if root:
            with contextlib.suppress(psutil.Error):
                process.suspend()  # so that it starts nothing while its children are counted
        victims = [*process.children(recursive=True), *([process] if root else [])]
    for victim in victims:
        with contextlib.suppress(psutil.Error):
            victim.kill()
    until = time.monotonic() + GONE_SECONDS
    while any(map(_lives, victims)) and time.monotonic() < until:
        time.sleep(0.002)


def _lives(process: psutil.Process) -> bool:
    """Whether a process still does anything; what has ended may wait for its parent to hear of it."""
    with contextlib.suppress(psutil.Error):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def resident_bytes(pid: int | None) -> int:
    """Resident memory of a process and all that it has started, in bytes; 0 when it is gone."""
    total = 0
    with contextlib.suppress(psutil.Error):  # one has ended meanwhile; the next look counts the rest
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            total += process.memory_info().rss
    return total


def last_line(log: Path) -> str:
    """The last line of a log that says something."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "".join(c for c in lines[-1] if c.isprintable())[:300] if lines else ""


# In the processes: that of a run, and the server


def _perform(log: str, temporary: str | None, function: Callable[..., int | None], arguments: tuple[Any, ...]) -> None:
    """Be the process of a run."""
    _leave_terminal()
    _end_with_parent()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    handle = os.open(log, os.O_WRONLY | os.O_APPEND)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(handle, number)
        setattr(sys, name, open(number, "w", encoding="utf-8", errors="backslashreplace", buffering=1))  # noqa: SIM115
    if temporary is not None:
        os.environ["TMPDIR"] = tempfile.tempdir = temporary
    try:
        code = function(*arguments)
    except InputError as error:
        sys.exit(str(error))
    except Exception as error:  # whatever it is, whoever asked for the run records it and goes on
        lines = [line for line in str(error).splitlines() if line.strip()]
        sys.exit(f"{type(error).__name__}: {lines[-1] if lines else ''}")
    sys.exit(code)


def _leave_terminal() -> None:
    """Take no part in Ctrl-C, which is for the process that the user started, nor in signals that came meanwhile."""
    if hasattr(os, "setsid"):
        with contextlib.suppress(OSError):  # it leads a session already
            os.setsid()
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # drops what has come
        signal.signal(number, signal.SIG_DFL)
    if FORKS:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def _end_with_parent() -> None:
    """End, with all that this process has started, as soon as the process does that asked for the run."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    if FORKS:
        from multiprocessing.forkserver import _forkserver

        # The server would take a run for one that it works for, and not end before it.
        os.close(_forkserver._forkserver_alive_fd)  # type: ignore[attr-defined]
        _forkserver._forkserver_alive_fd = None  # type: ignore[attr-defined]

    def watch() -> None:
        parent.join()
        kill_tree(os.getpid(), root=False)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _serve() -> None:
    """Be the server, before it forks."""
    temporary, preparation = json.loads(os.environ.pop(PREPARATION))
    _leave_terminal()
    atexit.register(_end_server, os.getpid(), os.getppid(), temporary)
    if preparation is not None:
        environment, function, arguments = preparation
        os.environ.update(environment)
        module, name = function.split(":")
        with contextlib.suppress(Exception):  # a run that needs what is broken here will say so itself
            getattr(import_module(module), name)(*arguments)


def _end_server(pid: int, parent: int, temporary: str | None) -> None:
    if os.getpid() == pid:  # and not in a run
        kill_tree(pid, root=False)
        with contextlib.suppress(psutil.Error):
            psutil.Process(parent).wait(1)  # its files are closed a moment before it is gone
        if os.getppid() != parent and temporary is not None:  # it was killed and could not remove its own
            shutil.rmtree(temporary, ignore_errors=True)


if PREPARATION in os.environ and sys.orig_argv[-1].startswith("from multiprocessing.forkserver import main"):
    _serve()
