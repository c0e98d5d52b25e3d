"""Chromium for the tests that touch pictures; skipped where it is absent."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import BrowserContext, Locator

from tests.helpers.servers import ROOT
from tests.ui.ui_help import open_explorer

PICTURES = ROOT / "results" / "ui"  # kept for people to look at, not committed
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.ui)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without a browser a test says why it does not run; where one must be there, it fails."""
    if CHROMIUM is None:
        missing = pytest.fail if os.environ.get("CMO_KIT_BROWSER") == "required" else pytest.skip
        missing("Chromium is not installed (make ui-deps)")


class Watched:
    """A page, and what it did that it should not: errors, and requests to other machines."""

    def __init__(self, context: BrowserContext) -> None:
        self.foreign: list[str] = []
        self.errors: list[str] = []
        self.page = context.new_page()
        self.page.on("request", lambda request: self.meet(request.url))
        self.page.on("console", lambda message: self.note(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.note(str(error)))

    def note(self, error: str) -> None:
        """Keep an error, but for what anywidget says of a model that took two seconds, as on a busy machine."""
        if "Failed to initialize model" not in error:
            self.errors.append(error)

    def meet(self, url: str) -> None:
        """Keep a request to another machine, whose name Chromium is told not to find."""
        address = urlparse(url)
        if address.hostname != "127.0.0.1" and address.scheme not in ("data", "blob", "file"):
            self.foreign.append(url)


@pytest.fixture(scope="package")
def context() -> Iterator[BrowserContext]:
    """One browser for this folder; Playwright must not outlive it, for its event loop would disturb others."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        made = chromium.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
        made.set_default_timeout(30_000)
        yield made
        chromium.close()


@pytest.fixture(scope="module")
def watched(context: BrowserContext) -> Iterator[Watched]:
    """One page for all tests of a module."""
    made = Watched(context)
    yield made
    made.page.close()


@pytest.fixture
def page(watched: Watched, request: pytest.FixtureRequest):
    """The module's page, on which no error and no foreign request may stand; make ui-test keeps a screenshot."""
    yield watched.page
    if "PYTEST_XDIST_WORKER" not in os.environ:
        watched.page.screenshot(path=PICTURES / f"{request.path.stem}-{request.node.name}.png")
    assert watched.foreign == []
    assert watched.errors == []


@pytest.fixture
def explorer(page, voila_url: str) -> Callable[[str], Locator]:
    """What shows the picture with a label, alive on its page of the app."""
    return lambda label: open_explorer(page, voila_url, label)
