"""Hand the runs of a study to an executor, a few at a time, and take in how they end."""

import contextlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from pathlib import Path

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.signals import signals_wait
from cmo_kit.study.execute.record import FAILURE, RESULT, TASK, read_run
from cmo_kit.study.execute.state import StudyState
from cmo_kit.study.execute.supervise import STOPPED, supervise
from cmo_kit.study.plan.task import Task

MAXIMUM_REBUILDS = 3
#: What an executor says when it is lost itself, and with it no run in particular.
BROKEN = (BrokenExecutor, CancelledError, OSError, RuntimeError)


class Dispatch:
    """The runs of a study that are under way.

    Parameters
    ----------
    state : StudyState
        Kept up to date.
    waiting : sequence of Task
    place : Path
        The study's folder.
    instances : mapping
        Name -> path of the instance's file.
    workers : int
        How many runs the executor does at once.
    make_executor : callable
        Called again, a few times, when the executor breaks.
    stop : threading.Event, optional
        What local runs watch; runs on a cluster have none.
    """

    def __init__(
        self,
        state: StudyState,
        waiting: Sequence[Task],
        place: Path,
        instances: dict[str, str],
        workers: int,
        make_executor: Callable[[], Executor],
        stop: threading.Event | None,
    ) -> None:
        self.state, self.place, self.instances, self.workers = state, place, instances, workers
        self.make_executor, self.stop = make_executor, stop
        self.queue = list(reversed(waiting))
        self.pending: dict[Future[str | None], Task] = {}
        self.executor = make_executor()
        self.rebuilds = 0

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
            arguments = (str(folder.resolve()), self.instances[task.instance], task.hash, task.limit, self.stop)
            try:
                future = self.executor.submit(supervise, *arguments)
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
        except BROKEN:
            self.queue.append(task)
            return False
        except Exception as error:  # such as a Dask task whose workers died again and again
            reason = f"its worker was lost ({type(error).__name__})"
        if reason is None:
            self.state.note_result(read_run(folder, task.hash, files=()))
        elif reason != STOPPED:
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
        if self.stop is not None:
            self.stop.set()
        for future in self.pending:
            future.cancel()
        self.executor.shutdown(wait=self.stop is not None)
        for future in [future for future in self.pending if future.done() and not future.cancelled()]:
            self.take(future)
        self.state.running = 0
