"""Several processes of one's own at once: for problems that are proved and for methods that are run."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TypeVar

from cmo_kit.base.process import STOPPED, Ending, close_server, last_line
from cmo_kit.base.signals import signals_wait

Found = TypeVar("Found")


def in_parallel(
    jobs: Mapping[str, Callable[[threading.Event], Found]], workers: int, done: Callable[[str, Found], None]
) -> None:
    """Do all jobs, ``workers`` at once, and tell ``done`` of each that has ended, in whatever sequence.

    A job is called with an event that says, once set, that it has to end. An interrupt, or an error of a job or of
    ``done``, ends all of them and goes on to the caller.
    """
    stop = threading.Event()
    pool = ThreadPoolExecutor(max_workers=workers)
    pending: dict[Future[Found], str] = {}
    try:
        with signals_wait():
            pending = {pool.submit(job, stop): name for name, job in jobs.items()}
        while pending:
            finished, _ = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in finished:
                done(pending.pop(future), future.result())
    finally:
        with signals_wait():
            stop.set()
            for future in pending:
                future.cancel()
            if pending:
                close_server()  # and with it what runs
            pool.shutdown()


def told(ending: Ending, log: Path) -> str:
    """Why a process failed, in a few words."""
    return "it was stopped" if ending.killed == STOPPED else last_line(log) or f"code {ending.code}"
