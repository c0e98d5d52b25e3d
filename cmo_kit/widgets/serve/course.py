"""JupyterLab on a folder of one's own with copies of the course: this machine only, with a token, as ``make lab``."""

import os
import subprocess
import sys
from pathlib import Path

#: Where a learner begins, inside the folder.
FIRST = "student/00_start_here.ipynb"


def lab_arguments(folder: Path) -> list[str]:
    """The command line for JupyterLab; its settings ask no other machine about news and newer versions."""
    return [
        sys.executable, "-m", "jupyterlab",
        "--ip=127.0.0.1",
        "--allow-root",  # in a container people are root
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        f"--LabApp.app_settings_dir={Path(__file__).resolve().parent / 'lab'}",
        "--LabApp.news_url=None",
        "--LabApp.custom_css=True",
        "--ServerApp.contents_manager_class=cmo_kit.widgets.serve.contents.Notebooks",
        r"--VoilaConfiguration.file_allowlist=\b\B",  # where Voila is installed it would serve pictures without a token
    ]  # fmt: skip


def serve_lab(folder: Path, port: int = 8888, browser: bool = True) -> int:
    """Serve until Ctrl-C, with ``cmo-kit`` on the path of the terminals; the server takes this process's place."""
    command = [*lab_arguments(folder), f"--port={port}", *([] if browser else ["--no-browser"])]
    path = os.pathsep.join(filter(None, [str(Path(sys.executable).parent), os.environ.get("PATH")]))
    environment = {**os.environ, "PATH": path}
    sys.stdout.flush()
    if os.name == "posix":
        os.execve(sys.executable, command, environment)
    return subprocess.call(command, env=environment)
