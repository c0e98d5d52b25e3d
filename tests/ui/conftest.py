"""Chromium, Voila and JupyterLab for the tests that touch pictures; skipped where Chromium is absent."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Locator

from tests.helpers.servers import ROOT, app_command, free_port, lab_command, serving
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


@pytest.fixture(scope="module")
def voila_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app as ``make app`` serves it: the address that it prints, with its token."""
    with serving(app_command(free_port()), tmp_path_factory.mktemp("voila")) as address:
        yield address


@pytest.fixture(scope="module")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the notebooks, in a folder of its own."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    return folder


@pytest.fixture(scope="module")
def lab_url(lab_folder: Path) -> Iterator[str]:
    """JupyterLab on it, as ``make lab`` starts it: the address of a notebook by its name, with the token."""
    with serving(lab_command(free_port()), lab_folder) as address:
        place = urlparse(address)
        yield f"http://{place.netloc}/lab/tree/notebooks/{{name}}?{place.query}&reset"


class Watched:
    """A page that reaches this machine only, and what it did that it should not."""

    def __init__(self, context) -> None:
        self.foreign: list[str] = []
        self.errors: list[str] = []
        context.route("**/*", self.guard)
        self.page = context.new_page()
        self.page.on("console", lambda message: self.note(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.note(str(error)))

    def note(self, error: str) -> None:
        """Keep an error, but for what anywidget says of a model that took two seconds, as on a busy machine."""
        if "Failed to initialize model" not in error:
            self.errors.append(error)

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


@pytest.fixture
def explorer(page, voila_url: str) -> Callable[[str], Locator]:
    """What shows the picture with a label, alive on its page of the app."""
    return lambda label: open_explorer(page, voila_url, label)
