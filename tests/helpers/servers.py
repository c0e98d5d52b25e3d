"""What the tests of served pages share: a server in a process of its own, and the address that it prints."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120  # until a server must be up, on a machine that does other things too


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def app_command(port: int) -> list[str]:
    """What ``make app`` starts."""
    return [sys.executable, "-m", "cmo_kit.widgets.serve.app", "--port", str(port)]


def lab_command(port: int) -> list[str]:
    """What ``make lab`` starts, with its options as they stand in the Makefile, and without a browser."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    line = next(line for line in text.splitlines() if line.startswith("LAB_OPTIONS"))
    options = shlex.split(line.split(":=")[1].replace("$(CURDIR)", str(ROOT)))
    fixed = ["--no-browser", f"--port={port}", "--ServerApp.port_retries=0"]
    return [sys.executable, "-m", "jupyterlab", *options, *fixed]


@contextmanager
def serving(command: list[str], folder: Path) -> Iterator[str]:
    """A server with nobody's settings, gone afterwards; yields the address that it prints, token and all."""
    own = {name: str(folder / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    others = {name: value for name, value in os.environ.items() if name != "JUPYTER_TOKEN"}
    log = folder / "server.log"
    with log.open("wb") as file:
        server = subprocess.Popen(command, cwd=folder, env={**others, **own}, stdout=file, stderr=file)
        try:
            yield _printed_address(server, log)
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _printed_address(server: "subprocess.Popen[bytes]", log: Path) -> str:
    """The address in the server's log, once its port answers."""
    limit = time.monotonic() + SECONDS
    while time.monotonic() < limit and server.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/\S*\?token=\S+", log.read_text(errors="replace")):
            with suppress(OSError), socket.create_connection(("127.0.0.1", int(found.group(1))), 1):
                return found.group()
        time.sleep(0.1)
    raise AssertionError(f"no address was printed:\n{log.read_text(errors='replace')[-3000:]}")
