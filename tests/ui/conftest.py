"""Chromium, Voila and JupyterLab for the tests that touch pictures; skipped where Chromium is absent."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlparse

import pytest

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "results" / "ui"  # kept for people to look at, not committed
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TOKEN = "local-test"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test; without a browser each one says why it does not run."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.ui)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed (make ui-deps)"))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(command: list[str], port: int, folder: Path) -> Iterator[None]:
    """A server in a process of its own with nobody's settings, up when its port answers, gone afterwards."""
    own = {name: str(folder / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env={**os.environ, **own}, stdout=log, stderr=log)
        try:
            limit = time.monotonic() + 60
            while time.monotonic() < limit and server.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            else:
                pytest.fail((folder / "server.log").read_text(errors="replace")[-3000:])
            yield
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@pytest.fixture(scope="module")
def voila_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app as ``make app`` serves it."""
    port = free_port()
    command = [sys.executable, "-m", "cmo_kit.widgets.app", "--port", str(port)]
    with serving(command, port, tmp_path_factory.mktemp("voila")):
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture(scope="module")
def lab_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab on a copy of the notebooks, with the options of ``make lab``."""
    port, folder = free_port(), tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"),
        *("--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", *lab_options(), "notebooks"),
    ]
    with serving(command, port, folder):
        yield f"http://127.0.0.1:{port}/lab/tree/{{name}}?token={TOKEN}&reset"


def lab_options() -> list[str]:
    """The options that ``make lab`` gives so that JupyterLab asks no other machine for news and updates."""
    line = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith("LAB_OPTIONS"))
    return line.split(":=")[1].replace("$(CURDIR)", str(ROOT)).split()


class Watched:
    """A page that reaches this machine only, and what it did that it should not."""

    def __init__(self, context) -> None:
        self.foreign: list[str] = []
        self.errors: list[str] = []
        context.route("**/*", self.guard)
        self.page = context.new_page()
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def guard(self, route) -> None:
        """Let only requests to this machine through."""
        address = urlparse(route.request.url)
        if address.hostname == "127.0.0.1" or address.scheme in ("data", "blob"):
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    """One page for all tests of a module; Playwright must not outlive it, for its event loop would disturb others."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = chromium.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
        context.set_default_timeout(30_000)
        yield Watched(context)
        chromium.close()


@pytest.fixture
def page(watched: Watched, request: pytest.FixtureRequest):
    """The module's page; after the test a screenshot is kept, and no error and no foreign request may stand."""
    yield watched.page
    PICTURES.mkdir(parents=True, exist_ok=True)
    watched.page.screenshot(path=PICTURES / f"{request.path.stem}-{request.node.name}.png")
    assert watched.foreign == []
    assert watched.errors == []
