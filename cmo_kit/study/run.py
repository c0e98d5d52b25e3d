"""Run a plan: every run once, in any executor, resumable at any moment."""

import contextlib
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from cmo_kit.core.errors import InputError
from cmo_kit.core.jsonfile import read_json, write_json
from cmo_kit.progress import ProgressLine
from cmo_kit.study.plan import Plan
from cmo_kit.study.supervise import Ending, supervise
from cmo_kit.study.task import FAILURE, RESULT, Task, file_name, read_run

MAXIMUM_REBUILDS = 3


@dataclass
class StudyState:
    """How a study stands; ``best`` is the least total tardiness per instance so far."""

    total: int
    done: int = 0
    skipped: int = 0
    running: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    best: dict[str, float] = field(default_factory=dict)
    stopped: bool = False

    @property
    def left(self) -> int:
        """Runs neither done nor failed nor running."""
        return self.total - self.done - self.skipped - len(self.failures) - self.running


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
    with _locked(place):
        paths = _write_instances(plan, place)
        state = StudyState(len(plan.tasks))
        waiting = []
        for task in plan.tasks:
            folder = place / "runs" / task.folder
            known = _known(task, folder, retry_failed)
            if known is None:
                waiting.append(task)
            elif known:
                state.failures[task.hash] = known
            else:
                state.skipped += 1
                _note_best(state, folder)
        _execute(state, waiting, place, paths, workers, make_executor, stream)
    return state


def _known(task: Task, folder: Path, retry_failed: bool) -> str | None:
    """Empty if the run is done, its reason if it failed and stays so, None if it is to be run."""
    if (folder / RESULT).exists():
        with contextlib.suppress(InputError):
            read_run(folder, task.hash)
            return ""
    if (folder / FAILURE).exists() and not retry_failed:
        with contextlib.suppress(InputError, KeyError, TypeError):
            failure = read_json(folder / FAILURE)
            if failure["hash"] == task.hash:
                return str(failure["reason"])
    return None


def _write_instances(plan: Plan, place: Path) -> dict[str, str]:
    folder = place / "instances"
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for instance in plan.instances.values():
        path = folder / f"{file_name(instance.name)}-{instance.digest[:8]}.json"
        if not path.exists():
            instance.save(path)
        paths[instance.name] = str(path.resolve())
    return paths


def _prepare(task: Task, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in (FAILURE, RESULT):
        (folder / name).unlink(missing_ok=True)
    write_json(folder / "task.json", task.to_dict())


def _execute(
    state: StudyState,
    waiting: list[Task],
    place: Path,
    paths: dict[str, str],
    workers: int,
    make_executor: Callable[[], Executor] | None,
    stream: TextIO | None,
) -> None:
    if not waiting:
        return
    stop = threading.Event() if make_executor is None else None
    make = make_executor or (lambda: ThreadPoolExecutor(max_workers=workers))
    executor = make()
    rebuilds = 0
    pending: dict[Future[Ending], Task] = {}
    queue = list(reversed(waiting))
    began = time.perf_counter()
    with ProgressLine("study", stream=stream or sys.stderr) as line:
        try:
            while queue or pending:
                while queue and len(pending) < 4 * workers:
                    task = queue.pop()
                    folder = place / "runs" / task.folder
                    try:
                        _prepare(task, folder)
                        future = executor.submit(
                            supervise, str(folder.resolve()), paths[task.instance], task.hash, task.limit, stop
                        )
                    except (InputError, OSError) as error:
                        state.failures[task.hash] = f"its folder cannot be written ({error})"
                        continue
                    except BrokenExecutor:
                        queue.append(task)
                        break
                    pending[future] = task
                finished, _ = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
                broken = bool(queue) and not pending
                for future in finished:
                    task = pending.pop(future)
                    lost = future.exception()
                    if isinstance(lost, BrokenExecutor) and rebuilds < MAXIMUM_REBUILDS:
                        queue.append(task)
                        broken = True
                    elif lost is not None:
                        state.failures[task.hash] = f"its worker was lost ({type(lost).__name__})"
                    else:
                        _note(state, task, future.result(), place)
                if broken and rebuilds < MAXIMUM_REBUILDS:
                    rebuilds += 1
                    executor = make()
                elif broken:
                    for task in queue:
                        state.failures[task.hash] = "the executor broke again and again"
                    queue.clear()
                state.running = min(workers, len(pending))
                _show(line, state, time.perf_counter() - began)
        except KeyboardInterrupt:
            state.stopped = True
            if stop is not None:
                stop.set()
        finally:
            executor.shutdown(wait=stop is not None, cancel_futures=True)
            state.running = 0
        _show(line, state, time.perf_counter() - began, last=True)


def _note(state: StudyState, task: Task, ending: Ending, place: Path) -> None:
    if ending.reason is None:
        state.done += 1
        _note_best(state, place / "runs" / task.folder)
    else:
        state.failures[task.hash] = ending.reason


def _note_best(state: StudyState, folder: Path) -> None:
    with contextlib.suppress(InputError):
        row = read_run(folder)
        if (total := row.get("total_tardiness")) is not None:
            state.best[row["instance"]] = min(total, state.best.get(row["instance"], math.inf))


def _show(line: ProgressLine, state: StudyState, elapsed: float, last: bool = False) -> None:
    finished = state.done + len(state.failures)
    unfinished = state.left + state.running
    text = (
        f"{state.done + state.skipped} done, {state.running} running, {len(state.failures)} failed, {state.left} left"
    )
    if unfinished and state.done:
        text += f", about {elapsed / finished * unfinished:.0f} s to go"
    if state.best:
        name, best = min(state.best.items(), key=lambda item: item[1])
        text += f"; best so far {best:.10g} ({name})"
    if last:
        line.finish(f"study: {text}")
    else:
        line.say(f"study: {text}")


@contextlib.contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Keep a second process out of the study's folder; the lock goes with the process."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        handle = open(place / ".lock", "w", encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        raise InputError(f"{place}: the folder cannot be used ({error.strerror})") from None
    with handle:
        try:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # no such lock on this platform
            pass
        except OSError:
            raise InputError(f"{place}: another process is using the folder; wait for it or choose another") from None
        yield
