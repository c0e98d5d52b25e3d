"""Run a plan: every run once, in any executor, resumable at any moment."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import locked, make_folder, refuse_links
from cmo_kit.base.jsonfile import read_json, read_text, write_json, write_text
from cmo_kit.base.process import close_server
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.signals import signals_wait
from cmo_kit.base.values import check_keys, check_text
from cmo_kit.methods.own import file_and_function, method_source
from cmo_kit.study.execute.one_run import NOT_DONE, supervise
from cmo_kit.study.execute.record import FAILURE, RESULT, TASK, read_run
from cmo_kit.study.plan.plan_file import Plan
from cmo_kit.study.plan.task import Task, called_in, file_name

MAXIMUM_REBUILDS = 3
#: What an executor says when it is lost itself, and with it no run in particular.
BROKEN = (BrokenExecutor, CancelledError, OSError, RuntimeError)


@dataclass
class StudyState:
    """Counts of a study's runs; ``best`` is the least total tardiness per instance so far.

    ``failures`` holds a reason by the hash of the run. ``stopped`` is set after Ctrl-C; ``trouble`` says why the
    study could not go on although nobody stopped it.
    """

    total: int
    done: int = 0
    skipped: int = 0
    running: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    best: dict[str, float] = field(default_factory=dict)
    stopped: bool = False
    trouble: str = ""
    failed_now: int = 0
    began: float = field(default_factory=time.perf_counter)

    @property
    def left(self) -> int:
        """Runs neither done nor failed nor running."""
        return self.total - self.done - self.skipped - len(self.failures) - self.running

    def note_result(self, row: Mapping[str, Any], skipped: bool = False) -> None:
        """Count a run that has a result."""
        if skipped:
            self.skipped += 1
        else:
            self.done += 1
        total = row["total_tardiness"]
        if total is not None:
            self.best[row["instance"]] = min(total, self.best.get(row["instance"], total))

    def note_failure(self, key: str, reason: str) -> None:
        """Count a run that failed now."""
        self.failures[key] = reason
        self.failed_now += 1

    def line(self) -> str:
        """Done, running, failed, left, time left, best so far."""
        text = (
            f"study: {self.done + self.skipped} done, {self.running} running, "
            f"{len(self.failures)} failed, {self.left} left"
        )
        finished = self.done + self.failed_now
        unfinished = self.left + self.running
        if unfinished and finished:
            text += f", about {(time.perf_counter() - self.began) / finished * unfinished:.0f} s to go"
        if self.best:
            listed = ", ".join(f"{name} {best:.10g}" for name, best in list(self.best.items())[-3:])
            text += f"; best so far {listed}" + (", ..." if len(self.best) > 3 else "")
        return text


def run_study(
    plan: Plan,
    out: str | os.PathLike[str],
    workers: int = 2,
    make_executor: Callable[[], Executor] | None = None,
    retry_failed: bool = False,
    stream: TextIO | None = None,
    trouble: Callable[[], str] = str,
) -> StudyState:
    """Do all runs of a plan that are not done yet; what is done in the folder ``out`` stays and is not repeated.

    Parameters
    ----------
    plan : Plan
    out : path
        The folder of the study.
    workers : int
        So many runs are done at once.
    make_executor : callable, optional
        Makes any ``concurrent.futures.Executor``, by default threads, each watching a process; it is called again if
        the executor breaks. Its workers must see ``out`` under the same path.
    retry_failed : bool
        Run again what failed before.
    stream : text stream, optional
        For the progress line; standard error by default.
    trouble : callable
        Says in a sentence why no run can end any more, and is empty while some can; it is asked all the time. Then the
        study ends, and what is not done is left.

    Returns
    -------
    StudyState
        ``stopped`` after Ctrl-C: what was done until then is kept.

    Raises
    ------
    InputError
        When the folder cannot be used, or another process is using it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from cmo_kit.study.plan.plan_file import load_plan
    >>> text = '''name = "one"
    ... instances = { names = ["tiny-one-site"] }
    ... runs = [{ method = "expert" }]'''
    >>> _ = Path("one.toml").write_text(text)
    >>> state = run_study(load_plan("one.toml"), "results/one")
    >>> state.done
    1
    """
    place = Path(out)
    refuse_links(place)
    with locked(place):
        instances, folder = {}, make_folder(place / "instances").resolve()
        for instance in plan.instances.values():  # as the study means it, beside the runs
            instances[instance.name] = str(folder / f"{file_name(instance.name)}-{instance.digest[:8]}.json")
            instance.save(instances[instance.name])
        _keep_methods(plan, place)
        state, waiting = survey(plan, place, retry_failed)
        if waiting:
            stop = threading.Event() if make_executor is None else None
            make = make_executor or (lambda: ThreadPoolExecutor(max_workers=workers))
            try:
                with ProgressLine("study", stream=stream or sys.stderr) as line:
                    Dispatch(state, waiting, place, instances, workers, make, stop, trouble).run(line)
            except KeyboardInterrupt:  # once more, or behind the last run: what is done is told all the same
                state.stopped = True
    return state


def _keep_methods(plan: Plan, place: Path) -> None:
    """Copy the files of methods of one's own, so that the study goes on when they are edited or gone."""
    for (method, source), called in plan.methods.items():
        origin, copy = file_and_function(called), file_and_function(called_in(place, method, source))
        if origin is not None and copy is not None and not copy[0].exists():
            if method_source(called) != source:
                raise InputError(f"{origin[0]} has changed since the plan was read")
            make_folder(copy[0].parent)
            write_text(copy[0], read_text(origin[0]))


def survey(plan: Plan, place: Path, retry_failed: bool) -> tuple[StudyState, list[Task]]:
    """How the study stands before anything is run, and which runs wait."""
    state, waiting = StudyState(len(plan.tasks)), []
    for task in plan.tasks:
        folder = place / "runs" / task.folder
        with contextlib.suppress(InputError):
            state.note_result(read_run(folder, task.hash), skipped=True)
            continue
        if not retry_failed and (reason := known_failure(task, folder)) is not None:
            state.failures[task.hash] = reason
        else:
            waiting.append(task)
    return state, waiting


def known_failure(task: Task, folder: Path) -> str | None:
    """Why a run failed before, None if it did not."""
    with contextlib.suppress(InputError):
        failure = check_keys(read_json(folder / FAILURE), FAILURE, ("hash", "reason"))
        if failure["hash"] == task.hash:
            return check_text(failure["reason"], "reason")
    return None


@dataclass
class Dispatch:
    """The runs of a study that are under way; it keeps ``state`` up to date.

    ``instances`` maps names to files; the executor does ``workers`` runs at once, and ``make_executor`` is called
    again, a few times, when it breaks; ``stop`` is what local runs watch, and None on a cluster; ``trouble`` says why
    no run can end any more, and nothing while some can.
    """

    state: StudyState
    waiting: Sequence[Task]
    place: Path
    instances: Mapping[str, str]
    workers: int
    make_executor: Callable[[], Executor]
    stop: threading.Event | None
    trouble: Callable[[], str] = str
    rebuilds: int = 0

    def __post_init__(self) -> None:
        """Take the first executor; nothing is under way yet."""
        self.queue = list(reversed(self.waiting))
        named = ["ga" if task.source else task.method for task in self.waiting if task.kind == "function"]
        self.methods = tuple(dict.fromkeys(named))
        self.pending: dict[Future[str | None], Task] = {}
        self.executor = self.make_executor()

    def run(self, line: ProgressLine) -> None:
        """Until all runs have ended, Ctrl-C, or no executor is to be had."""
        try:
            while (self.queue or self.pending) and not self.state.trouble:
                with signals_wait():  # an executor that is interrupted in its own work may wait for itself for ever
                    self.round()
                line.say(self.state.line())
        except KeyboardInterrupt:
            self.state.stopped = True
        finally:
            with signals_wait():
                self.end()
        line.finish(self.state.line())

    def round(self) -> None:
        """Hand out, wait a moment, and take in."""
        broken = not self.submit()
        finished, _ = wait(self.pending, timeout=0.5, return_when=FIRST_COMPLETED)
        for future in finished:
            broken |= not self.take(future)
        if broken:
            self.rebuild()
        self.state.running = min(self.workers, len(self.pending))
        if self.pending and not self.state.trouble:
            self.state.trouble = self.trouble()

    def submit(self) -> bool:
        """Keep the executor supplied; False when it is broken."""
        while self.queue and len(self.pending) < 2 * self.workers + 2:
            task = self.queue[-1]
            folder = self.place / "runs" / task.folder
            try:
                folder.mkdir(parents=True, exist_ok=True)
                for name in (FAILURE, RESULT):
                    (folder / name).unlink(missing_ok=True)
                write_json(folder / TASK, task.to_dict())
            except (InputError, OSError) as error:
                self.state.note_failure(task.hash, f"its folder cannot be written ({error})")
                self.queue.pop()
                continue
            files = str(folder.resolve()), self.instances[task.instance]
            try:
                future = self.executor.submit(supervise, *files, task.hash, task.limit, self.methods, self.stop)
            except BROKEN:
                return False
            self.pending[future] = self.queue.pop()
        return True

    def take(self, future: "Future[str | None]") -> bool:
        """Count a run that has ended; False, and the run waits again, when the executor broke under it."""
        task = self.pending.pop(future)
        folder = self.place / "runs" / task.folder
        try:
            reason = future.result()
            if reason is None:
                self.state.note_result(read_run(folder, task.hash, files=()))
                return True
        except BROKEN:
            self.queue.append(task)
            return False
        except InputError as error:  # such as a file that another machine has written, and this one does not see
            reason = f"its result cannot be read ({error})"
        except Exception as error:  # such as a Dask task whose workers died again and again
            reason = f"its worker was lost ({type(error).__name__})"
        if reason != NOT_DONE:
            with contextlib.suppress(InputError):  # a full disk must not end the study
                write_json(folder / FAILURE, {"hash": task.hash, "reason": reason})
            self.state.note_failure(task.hash, reason)
        return True

    def rebuild(self) -> None:
        """Take a new executor for a broken one; what it had not done waits again."""
        self.executor.shutdown(wait=False)
        self.queue += self.pending.values()
        self.pending.clear()
        self.rebuilds += 1
        if self.rebuilds > MAXIMUM_REBUILDS:
            self.state.trouble = "the executor broke again and again"
            return
        try:
            self.executor = self.make_executor()
        except (InputError, *BROKEN) as error:
            self.state.trouble = f"the executor broke ({error})"

    def end(self) -> None:
        """Leave nothing behind: local runs are told to stop, others at least lose their place."""
        for future in self.pending:
            future.cancel()
        if self.stop is not None:
            self.stop.set()
            close_server()  # and with it what runs, or waits for what it loads
        self.executor.shutdown(wait=self.stop is not None)
        for future in [future for future in self.pending if future.done() and not future.cancelled()]:
            self.take(future)
        self.state.running = 0
