"""Commands started again and again by one process that has loaded all they need, and that adopts what they leave."""

import ctypes
import faulthandler
import gc
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

import psutil

from cmo_kit import load_instance
from cmo_kit.bounds.bound import warm_up
from cmo_kit.course.classroom.referee import PR_SET_CHILD_SUBREAPER
from cmo_kit.methods.registry import prepared

SERVE = "serve"
LOADED = (
    "matplotlib.backends.backend_agg", "pulp", "cmo_kit.cli.run_command",
    *(f"cmo_kit.views.{name}" for name in ("display", "gantt")),
    *(f"cmo_kit.course.classroom.{name}" for name in ("board", "build", "grade", "gradebook", "tournament")),
)  # fmt: skip


class Starter:
    """Starts commands from one process, :func:`serve`."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([sys.executable, "-m", "tools.faults", SERVE], stdin=pipe, stdout=pipe)
        assert self.process.stdin is not None and self.process.stdout is not None
        self.requests, self.answers = self.process.stdin, self.process.stdout

    def start(self, arguments: list[str], place: Path, out: Path, err: Path, temporary: Path) -> int:
        """Start a command in ``place``; returns its process id once it has begun."""
        paths = {"folder": place, "out": out, "err": err, "temporary": temporary}
        request = {"arguments": arguments, **{name: str(path) for name, path in paths.items()}}
        self.requests.write(json.dumps(request).encode() + b"\n")
        self.requests.flush()
        pid = int(self.answers.readline())
        while not err.exists() or not err.read_bytes().startswith(b"begun\n"):
            time.sleep(0.001)
        return pid

    def ended(self, seconds: float) -> bool:
        """Whether the command ends within so many seconds."""
        return bool(select.select([self.answers], [], [], seconds)[0])

    def code(self) -> int:
        """The exit code of the command, which has ended; negative for a signal."""
        return int(self.answers.readline())

    def left(self) -> list[psutil.Process]:
        """What the command has started and left alive, however it was detached."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        return [process for process in found if _alive(process)]

    def close(self) -> None:
        """End the starter."""
        self.requests.close()
        self.process.wait()


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def serve() -> None:
    """Fork a command for every line of JSON with its arguments, folder, and places for output and temporary files.

    The answers are the process id, and in the end the exit code. What a command leaves running becomes a child of this
    process (on Linux). Returns in the command, which says "begun" on its standard error, has the streams, session and
    environment of a command just started, and ends as any process does: it leaves by its last line.
    """
    for name in LOADED:
        import_module(name)
    for method in ("ga", "search", "brkga", "atcs"):
        prepared(method, load_instance("fig3"))
    warm_up()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    gc.freeze()  # the memory stays shared between the commands
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        if (pid := os.fork()) == 0:
            os.setsid()
            os.chdir(request["folder"])
            os.environ["TMPDIR"] = request["temporary"]
            tempfile.tempdir = None
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            for number, name in ((1, "out"), (2, "err")):
                os.dup2(os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), number)
            faulthandler.enable()
            signal.signal(signal.SIGINT, signal.default_int_handler)
            sys.argv = ["cmo-kit", *request["arguments"]]
            print("begun", file=sys.stderr, flush=True)
            return
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
    raise SystemExit(0)
