"""What the process of one run does: read ``task.json`` in its folder, and leave the run's files there.

The exit code is 0 when the result file stands there; otherwise the last line on standard error says why not.
"""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_json
from cmo_kit.base.lock import locked
from cmo_kit.core.instance import Instance
from cmo_kit.formats.history import History
from cmo_kit.library import notebooks_folder
from cmo_kit.methods.registry import solve
from cmo_kit.methods.result import Result
from cmo_kit.study.execute.record import NOTEBOOK, TASK, TEMPORARY, read_run, save_run
from cmo_kit.study.plan.task import Task, file_name

EXPERIMENT = "06_experiment.ipynb"


def run_task(folder: Path, instance_path: Path) -> None:
    """Do what ``task.json`` asks for, unless it is done."""
    with locked(folder, wait=True):  # a worker that was given up may still be at it
        task = Task.from_dict(read_json(folder / TASK))
        with contextlib.suppress(InputError):
            read_run(folder, task.hash)
            return
        instance = Instance.load(instance_path)
        if instance.digest != task.digest:
            raise InputError(f"{instance_path}: the instance is not the one that the run was planned for")
        with temporary_files_in(folder / TEMPORARY):
            if task.kind == "notebook":
                result = run_notebook(task, instance, folder, instance_path)
            else:
                result = solve(instance, task.method, task.seed, task.seconds, task.evaluations, **task.parameters)
        if result.status == "stopped":
            raise InputError("the method was interrupted")
        save_run(task, result, instance, folder)


@contextlib.contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Have temporary files here: what a killed solver leaves behind is found and removed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder.resolve())
    try:
        yield
    finally:
        tempfile.tempdir = None
        del os.environ["TMPDIR"]
        shutil.rmtree(folder, ignore_errors=True)


def run_notebook(task: Task, instance: Instance, folder: Path, instance_path: Path) -> Result:
    """Run the experiment notebook by papermill and read the result that it wrote.

    Raises
    ------
    InputError
        For parameters that the notebook does not have; papermill itself would only warn.
    """
    limits = {key: value for key, value in (("seconds", task.seconds), ("evaluations", task.evaluations)) if value}
    parameters = {
        "instance_name": str(instance_path.resolve()),
        "methods": [task.method],
        "seeds": [task.seed],
        "limits": {task.method: limits} if limits else {},
        "settings": {task.method: dict(task.parameters)} if task.parameters else {},
        "results": str((folder / TEMPORARY).resolve()),
    }
    execute(notebooks_folder() / EXPERIMENT, folder / NOTEBOOK, parameters)
    written = folder / TEMPORARY / f"{file_name(instance.name)}-{task.method}-{task.seed}.json"
    result = Result.load(written, instance)
    history = written.with_suffix(".history.json")
    if history.exists():
        result = replace(result, history=History.from_dict(read_json(history)))
    return result


def execute(source: Path, target: Path, parameters: dict[str, Any]) -> None:
    """Run a notebook by papermill; an unknown parameter or an error in a cell raises."""
    import papermill

    known = papermill.inspect_notebook(str(source))
    for key in parameters:
        if key not in known:
            raise InputError(f"{source.name} has no parameter {key!r}; it has {', '.join(known)}")
    with quiet_kernels():
        papermill.execute_notebook(
            str(source), str(target), parameters=parameters, progress_bar=False, kernel_name="python3", log_output=False
        )


@contextlib.contextmanager
def quiet_kernels() -> Iterator[None]:
    """Kernels that say nothing of their own on standard error; what cells write is not touched."""
    with tempfile.TemporaryDirectory(prefix="cmo-kit-") as folder:
        profile = Path(folder) / "profile_default"
        profile.mkdir()
        (profile / "ipython_kernel_config.py").write_text("get_config().IPKernelApp.log_level = 40\n", encoding="utf-8")
        before = os.environ.get("IPYTHONDIR")
        os.environ["IPYTHONDIR"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["IPYTHONDIR"]
            else:
                os.environ["IPYTHONDIR"] = before


def main(folder: str, instance_path: str) -> int:
    """Do the run of a folder; returns the exit code."""
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
    try:
        run_task(Path(folder), Path(instance_path))
    except InputError as error:
        print(str(error), file=sys.stderr)
        return 1
    except Exception as error:  # whatever a run raises is recorded with its reason, and the study goes on
        lines = [line for line in str(error).splitlines() if line.strip()]
        print(f"{type(error).__name__}: {lines[-1] if lines else ''}", file=sys.stderr)
        return 1
    return 0
