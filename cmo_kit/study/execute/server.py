"""A process that has loaded what runs need and forks another one for every run.

A run so starts in hundredths of a second, where a fresh interpreter would load the compiled kernels for
seconds; and a run that crashes takes nothing with it. Requests come one at a time on standard input, as
``["folder", "instance path"]``. The answers on standard output are the process id at once and the exit code in the
end. When standard input ends, so does the run, and the server.
"""

import contextlib
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from cmo_kit.base.jsonfile import read_json
from cmo_kit.base.lifeline import end_when, kill_tree
from cmo_kit.core.generate import generate_instance
from cmo_kit.methods.registry import solve
from cmo_kit.study.execute import child
from cmo_kit.study.execute.record import LOG, TASK


def serve() -> None:
    """Fork a process for every request."""
    warmed: set[str] = set()
    while line := sys.stdin.buffer.readline():
        folder, instance_path = json.loads(line)
        with contextlib.suppress(Exception):  # a run that needs what is broken here will say so itself
            warm(read_json(Path(folder) / TASK), warmed)
        ours, theirs = socket.socketpair()  # either side notices when the other process ends
        pid = os.fork()
        if pid == 0:
            ours.close()
            _become_child(folder, instance_path, theirs)
        theirs.close()
        print(pid, flush=True)
        ready, _, _ = select.select([sys.stdin, ours], [], [])
        if ours not in ready:
            kill_tree(pid)
        _, status = os.waitpid(pid, 0)
        ours.close()
        print(os.waitstatus_to_exitcode(status), flush=True)


def warm(task: dict[str, Any], warmed: set[str]) -> None:
    """Load what runs of the task's method need, unless a notebook's own kernel is to do so."""
    if task["kind"] == "function" and task["method"] not in warmed:
        warmed.add(task["method"])
        solve(generate_instance("small", 0, orders=2), task["method"], evaluations=10)


def _become_child(folder: str, instance_path: str, server: socket.socket) -> NoReturn:
    """Do the run with its output in the log, and end; with the server, if that ends first."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        log = os.open(Path(folder) / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.dup2(log, 1)
        os.dup2(log, 2)
        end_when(lambda: server.recv(1))
        code = child.main(folder, instance_path)
        sys.stdout.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve()
