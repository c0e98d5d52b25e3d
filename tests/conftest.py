"""Settings that all tests share."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from hypothesis import HealthCheck, settings

from cmo_kit.base.process import close_server
from tests.helpers.servers import ROOT, app_command, free_port, lab_command, serving
from tests.helpers.thorough import THOROUGH

os.environ["LANGUAGE"] = "en"  # whatever the language of whoever runs them

# A shell that starts the tests in the background ignores Ctrl-C for them, and tests of interrupts would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run, on machines of any speed.
slow = [HealthCheck.too_slow]
settings.register_profile(
    "deterministic", derandomize=True, deadline=None, max_examples=40, database=None, suppress_health_check=slow
)
settings.register_profile("thorough", deadline=None, max_examples=2000, database=None, suppress_health_check=slow)
settings.load_profile("thorough" if THOROUGH else "deterministic")


#: The rooms with the longest modules, so that no worker is left alone with one in the end. Browser tests take longest
#: and mostly wait; notebooks wait for their kernels.
FIRST = ("ui", "notebooks", "project", "study", "course", "tools", "views", "core", "benchmarks", "fast", "bounds")
#: Who shares what takes long to begin: on one worker there is one JupyterLab, one app, one Chromium, one set of slides
#: and of pictures with names that are scripts.
SERVED = ("tests/ui/", "tests/cli/test_servers.py", "tests/course/test_pack.py", "tests/widgets/test_hostile_names.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Rooms with long modules come first."""
    rooms = {room: place for place, room in enumerate(FIRST)}
    items.sort(key=lambda item: rooms.get(item.path.parent.name, len(FIRST)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out whole modules, and those that share servers and slides to one worker."""
    from xdist.scheduler import LoadScopeScheduling

    class Modules(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "ui" if nodeid.startswith(SERVED) else nodeid.split("::", 1)[0]

    return Modules(config, log) if config.getoption("dist") == "loadscope" else None


@pytest.fixture(scope="module", autouse=True)
def own_processes() -> Iterator[None]:
    """A module's runs are forked from a server that has loaded what they need, which that of another module has not."""
    yield
    close_server()


@pytest.fixture(scope="session")
def voila_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app as ``make app`` serves it: the address that it prints, with its token."""
    with serving(app_command(free_port()), tmp_path_factory.mktemp("voila")) as address:
        yield address


@pytest.fixture(scope="session")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the notebooks, in a folder of its own; what a test adds to it has a name of its own."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    return folder


@pytest.fixture(scope="session")
def lab_address(lab_folder: Path) -> Iterator[str]:
    """JupyterLab on that copy, as ``make lab`` starts it: the address that it prints, with its token."""
    with serving(lab_command(free_port()), lab_folder) as address:
        yield address


@pytest.fixture(scope="session")
def lab_url(lab_address: str) -> str:
    """The address of a notebook in JupyterLab by its name, with the token."""
    place = urlparse(lab_address)
    return f"http://{place.netloc}/lab/tree/notebooks/{{name}}?{place.query}&reset"
