"""No process outlives the one that it works for."""

import contextlib
import os
import threading
from collections.abc import Callable

import psutil


def kill_tree(pid: int) -> None:
    """Kill a process and all that it has started, solvers and kernels in sessions of their own included."""
    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        with contextlib.suppress(psutil.Error):
            root.suspend()  # so that it starts nothing while its children are counted
        for process in [*root.children(recursive=True), root]:
            with contextlib.suppress(psutil.Error):
                process.kill()


def end_when(returns: Callable[[], object]) -> None:
    """Kill this process and all that it has started as soon as ``returns()`` does.

    It is called in a thread of its own and is to block as long as the process that we work for lives.
    """

    def watch() -> None:
        returns()
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                process.kill()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
