"""Run a plan: every run once, in any executor, resumable at any moment."""

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_json
from cmo_kit.base.lock import locked, refuse_links
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.signals import signals_wait
from cmo_kit.base.values import check_keys, check_text
from cmo_kit.study.execute.dispatch import Dispatch
from cmo_kit.study.execute.processes import close_servers
from cmo_kit.study.execute.record import FAILURE, RESULT, read_run
from cmo_kit.study.execute.state import StudyState
from cmo_kit.study.plan.plan import Plan
from cmo_kit.study.plan.task import Task, file_name


def run_study(
    plan: Plan,
    out: str | os.PathLike[str],
    workers: int = 2,
    make_executor: Callable[[], Executor] | None = None,
    retry_failed: bool = False,
    stream: TextIO | None = None,
) -> StudyState:
    """Do all runs of a plan that are not done yet.

    Parameters
    ----------
    plan : Plan
    out : path
        The study's folder; what is done there stays and is not repeated.
    workers : int
        How many runs at once.
    make_executor : callable, optional
        Makes any ``concurrent.futures.Executor``; by default threads, each watching a process. It is called
        again if the executor breaks. Its workers must see ``out`` under the same path.
    retry_failed : bool
        Run again what failed before.
    stream : text file, optional
        Where the progress line goes; standard error by default.

    Returns
    -------
    StudyState
        ``stopped`` after Ctrl-C: what was done until then is kept.

    Raises
    ------
    InputError
        When the folder cannot be used, or another process is using it.
    """
    place = Path(out)
    refuse_links(place)
    with locked(place):
        instances = _write_instances(plan, place)
        state, waiting = survey(plan, place, retry_failed)
        if waiting:
            stop = threading.Event() if make_executor is None else None
            make = make_executor or (lambda: ThreadPoolExecutor(max_workers=workers))
            try:
                try:
                    with ProgressLine("study", stream=stream or sys.stderr) as line:
                        Dispatch(state, waiting, place, instances, workers, make, stop).run(line)
                finally:
                    with signals_wait():
                        close_servers()
            except KeyboardInterrupt:  # once more, or behind the last run: what is done is told all the same
                state.stopped = True
    return state


def survey(plan: Plan, place: Path, retry_failed: bool) -> tuple[StudyState, list[Task]]:
    """How the study stands before anything is run, and which runs wait."""
    state, waiting = StudyState(len(plan.tasks)), []
    for task in plan.tasks:
        folder = place / "runs" / task.folder
        if os.path.exists(folder / RESULT):
            with contextlib.suppress(InputError):
                state.note_result(read_run(folder, task.hash), skipped=True)
                continue
        reason = None if retry_failed else known_failure(task, folder)
        if reason is not None:
            state.failures[task.hash] = reason
        else:
            waiting.append(task)
    return state, waiting


def known_failure(task: Task, folder: Path) -> str | None:
    """Why a run failed before, None if it did not."""
    if os.path.exists(folder / FAILURE):
        with contextlib.suppress(InputError):
            failure = check_keys(read_json(folder / FAILURE), FAILURE, ("hash", "reason"))
            if failure["hash"] == task.hash:
                return check_text(failure["reason"], "reason")
    return None


def _write_instances(plan: Plan, place: Path) -> dict[str, str]:
    """Every instance as the study means it, beside the runs; name -> path."""
    folder = place / "instances"
    paths = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: the folder cannot be used ({error.strerror})") from None
    for instance in plan.instances.values():
        path = folder / f"{file_name(instance.name)}-{instance.digest[:8]}.json"
        instance.save(path)
        paths[instance.name] = str(path.resolve())
    return paths
