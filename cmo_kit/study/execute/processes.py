"""The servers that a process has at hand for its runs, and the processes that these fork."""

import json
import os
import select
import subprocess
import sys
import tempfile
import threading
from typing import IO

#: One kernel thread and one BLAS thread for each run: runs are what fills the cores.
PINNED = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


class Server:
    """A running :mod:`cmo_kit.study.execute.server`; it serves one run at a time."""

    def __init__(self) -> None:
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the server)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cmo_kit.study.execute.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=os.environ | PINNED,
            start_new_session=True,  # Ctrl-C is for the process that the user started
        )

    @property
    def pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        """Where requests go and where answers come from."""
        assert self.process.stdin is not None and self.process.stdout is not None
        return self.process.stdin, self.process.stdout

    def start(self, folder: str, instance_path: str) -> int:
        """Fork a process for a run; returns its id.

        Raises
        ------
        OSError
            When the server is gone; the sentence says what it last said.
        """
        requests, answers = self.pipes
        requests.write(json.dumps([folder, instance_path]).encode() + b"\n")
        requests.flush()
        line = answers.readline()
        if not line:
            self.close()
            self.errors.seek(0)
            said = self.errors.read().decode(errors="replace").strip().splitlines()
            raise OSError(said[-1] if said else f"exit code {self.process.returncode}")
        return int(line)

    def ended(self, timeout: float) -> bool:
        """Whether the run's process ended within ``timeout`` seconds."""
        return bool(select.select([self.pipes[1]], [], [], timeout)[0])

    def code(self) -> int | None:
        """The exit code of the run's process, negative for a signal; None when the server went with it."""
        line = self.pipes[1].readline()
        return int(line) if line else None

    def close(self) -> None:
        """End the server, and a run with it."""
        for pipe in self.pipes:
            pipe.close()
        self.process.wait()


_idle: list[Server] = []
_lock = threading.Lock()


def take_server() -> Server:
    """An idle server, or a new one."""
    with _lock:
        while _idle:
            server = _idle.pop()
            if server.process.poll() is None:
                return server
    return Server()


def give_back(server: Server) -> None:
    """Keep a server for the next run."""
    with _lock:
        _idle.append(server)


def close_servers() -> None:
    """End all idle servers."""
    with _lock:
        while _idle:
            _idle.pop().close()
