"""One run of a study: watched over here, done in a process of its own.

An executor cannot kill a task that hangs, and a process that is killed takes its pool with it. So each task of an
executor only has one process started, waits for it, and says how it ended. That process reads ``task.json`` in the
run's folder and leaves the run's files there; without a result its last line on standard error says why.
"""

import contextlib
import os
import shutil
import signal
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import locked
from cmo_kit.base.jsonfile import read_json
from cmo_kit.base.process import OVERTIME, PINNED, STOPPED, Ending, Preparation, last_line, run_process
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.formats.history import History
from cmo_kit.library import notebooks_folder
from cmo_kit.methods.own import method_source
from cmo_kit.methods.registry import solve
from cmo_kit.methods.result import Result
from cmo_kit.study.execute.notebook import execute
from cmo_kit.study.execute.record import LOG, NOTEBOOK, SOLUTION, TASK, TEMPORARY, read_run, save_run
from cmo_kit.study.plan.task import Task, called_in, file_name

EXPERIMENT = "06_experiment.ipynb"
NOT_DONE = "the study was stopped"


def supervise(folder: str, instance_path: str, expected: str, limit: float, methods: Sequence[str],
              stop: threading.Event | None = None) -> str | None:  # fmt: skip
    """Run the task of ``folder`` in a process of its own: None when its result is there, else why there is none.

    ``expected`` is the hash that the result must have, ``limit`` the seconds after which the process is killed.
    ``methods``, those of all runs, are loaded before processes are forked. When ``stop`` is set, the process is killed
    and the run counts as not done. Never raises for what the run does.
    """
    if stop is not None and stop.is_set():
        return NOT_DONE
    place = Path(folder)
    temporary = place / TEMPORARY
    preparation = Preparation(PINNED, f"{__name__}:load_methods", tuple(methods))
    try:
        temporary.mkdir(exist_ok=True)
        ending = run_process(
            perform, (folder, instance_path), place / LOG, limit=limit, stop=stop,
            preparation=preparation, temporary=temporary.resolve(),
        )  # fmt: skip
    except OSError as error:
        stopped = stop is not None and stop.is_set()
        return NOT_DONE if stopped else f"its process could not be started ({error})"
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        with contextlib.suppress(OSError):
            for half in place.glob(".*.tmp"):
                half.unlink(missing_ok=True)
    return _reason(ending, limit, place, expected)


def _reason(ending: Ending, limit: float, folder: Path, expected: str) -> str | None:
    """Why there is no valid result; None where there is one, however the process ended after writing it."""
    try:
        read_run(folder, expected)
        return None
    except InputError as error:
        damage = str(error)
    if ending.killed == STOPPED:
        return NOT_DONE
    if ending.killed == OVERTIME:
        return f"it ran past its limit of {limit:g} s and was killed"
    if ending.code is not None and ending.code < 0:
        with contextlib.suppress(ValueError):
            return f"its process was killed by {signal.Signals(-ending.code).name}"
    if ending.code == 0:
        return f"it left no valid result ({damage})"
    how = "unknown how" if ending.code is None else f"code {ending.code}"
    return last_line(folder / LOG) or f"its process ended ({how})"


def load_methods(*methods: str) -> None:
    """Load what runs of the methods need."""
    for method in methods:
        with contextlib.suppress(Exception):  # a run that needs what is broken here will say so itself
            solve(generate_instance("small", 0, orders=2), method, evaluations=10)


def perform(folder: str, instance_path: str) -> None:
    """Do what ``task.json`` in a folder asks for, in this process, unless it is done."""
    place = Path(folder)
    with locked(place, wait=True):  # a worker that was given up may still be at it
        task = Task(**read_json(place / TASK))
        with contextlib.suppress(InputError):
            read_run(place, task.hash)
            return
        instance = Instance.load(instance_path)
        if instance.digest != task.digest:
            raise InputError(f"{instance_path}: the instance is not the one that the run was planned for")
        method = called_in(place.parent.parent, task.method, task.source)
        if task.source and method_source(method) != task.source:
            raise InputError(f"method {task.method} is not the one that the run was planned for")
        if task.kind == "notebook":
            result = run_notebook(task, method, instance, place, Path(instance_path))
        else:
            result = solve(instance, method, task.seed, task.seconds, task.evaluations, **task.parameters)
        if "trouble" in result.details:
            result.save(place / SOLUTION)  # what was found is kept, though it is no result of the study
            raise InputError(result.details["trouble"])
        if result.status == "stopped":
            raise InputError("the method was interrupted")
        save_run(task, result, instance, place)


def run_notebook(task: Task, method: str, instance: Instance, folder: Path, instance_path: Path) -> Result:
    """Run the experiment notebook and read the result that it wrote."""
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
    given = {"seconds": task.seconds, "evaluations": task.evaluations}
    limits = {key: value for key, value in given.items() if value is not None}
    parameters = {
        "instance_name": str(instance_path.resolve()),
        "methods": [method],
        "seeds": [task.seed],
        "limits": {method: limits} if limits else {},
        "settings": {method: dict(task.parameters)} if task.parameters else {},
        "results": str((folder / TEMPORARY).resolve()),
    }
    execute(notebooks_folder() / EXPERIMENT, folder / NOTEBOOK, parameters)
    written = folder / TEMPORARY / f"{file_name(instance.name)}-{file_name(task.method)}-{task.seed}.json"
    result = Result.load(written, instance)
    history = written.with_suffix(".history.json")
    if history.exists():
        result = replace(result, history=History.from_dict(read_json(history)))
    return result
