"""Starts the command again and again from one process that has loaded all it needs, for :mod:`tools.faults`.

A request is a line of JSON on standard input: arguments, folder, environment, files for output and errors. The
answers are the process id of the command, which says "begun" on its standard error, and in the end its exit code,
negative for a signal. The command itself ends as any process does: it leaves by its last line.
"""

import faulthandler
import gc
import json
import os
import signal
import sys
import tempfile
from typing import Any

import matplotlib.backends.backend_agg
import pulp

import cmo_kit
import cmo_kit.cli
import cmo_kit.cli.run_command
import cmo_kit.views.gantt
from cmo_kit.bounds.bound import warm_up
from cmo_kit.methods.registry import prepared


def load() -> None:
    """Import and compile what the commands use."""
    assert matplotlib.backends.backend_agg and pulp
    for method in ("ga", "search", "brkga", "atcs"):
        prepared(method, cmo_kit.load_instance("fig3"))
    warm_up()
    gc.freeze()  # the memory stays shared between the commands


def serve() -> list[str]:
    """Fork a command for every request; in the command's process, its arguments."""
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            return become(request)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    raise SystemExit(0)


def become(request: dict[str, Any]) -> list[str]:
    """Have the streams, the folder, the session and the environment of a command just started."""
    os.setsid()
    os.chdir(request["folder"])
    os.environ.update(request["environment"])
    tempfile.tempdir = None
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), number)
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return ["cmo-kit", *request["arguments"]]


if __name__ == "__main__":
    load()
    sys.argv = serve()
    print("begun", file=sys.stderr, flush=True)
    sys.exit(cmo_kit.cli.main())
