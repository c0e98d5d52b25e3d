"""One trial: a command in a folder of its own, its signals, and what is wrong with what it leaves."""

import contextlib
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tools.faults.commands import Command
from tools.faults.start import Starter

#: Seconds that a command has to end in after its last signal, and all that it has started after it.
PATIENCE_SECONDS, PROCESSES_SECONDS = 60.0, 10.0
#: What nobody should read on a screen.
BAD_WORDS = ("Traceback", "Exception ignored", "Error", "Warning", "Task was destroyed", "resource_tracker")
#: A folder that was locked keeps the file, which is empty.
LOCK = ".lock"


@dataclass
class Trial:
    """One command in a folder of its own, and what came of it."""

    command: Command
    arguments: list[str]
    signals: list[tuple[float, int]]  # seconds after the first line, or after the signal before; which
    folder: Path
    code: int | None = None
    sent: int = 0
    seconds: float = 0.0  # from the first signal to the end
    out: str = ""
    err: str = ""
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """All that is needed to see it again."""
        told = ", ".join(f"{signal.Signals(number).name} after {after:.3f} s" for after, number in self.signals)
        words = " ".join((*self.command.words, *self.arguments))
        return f"{words}: {told}: code {self.code}: {'; '.join(self.wrong)}"


def perform(starter: Starter, trial: Trial, number: int) -> None:
    """Start the command, send its signals, and judge what it leaves; ``number`` is the trial's."""
    place, temporary, out, err = (trial.folder / name for name in ("here", "tmp", "out", "err"))
    place.mkdir()
    temporary.mkdir()
    trial.command.prepare(place, trial.arguments, number)
    before = set(place.rglob("*"))
    with watching(trial.command, place) as seen:
        pid = starter.start([*trial.command.words, *trial.arguments], place, out, err, temporary)
        began = 0.0
        for after, signum in trial.signals:
            if not starter.ended(after):
                began = began or time.perf_counter()
                trial.sent += send(pid, signum)
        if not starter.ended(PATIENCE_SECONDS):
            trial.wrong.append(f"it had not ended {PATIENCE_SECONDS:g} s after the last signal")
            os.kill(pid, signal.SIGABRT)  # the fault handler says where it was
        trial.code = starter.code()
        trial.seconds = time.perf_counter() - began if began else 0.0
        no_processes(starter, trial)
    trial.out, trial.err = (path.read_text("utf-8", "replace") for path in (out, err))
    judge_words(trial)
    judge_files(trial, place, temporary, before, seen)


def send(pid: int, signum: int) -> bool:
    """Send a signal, Ctrl-C to all that share a terminal with the command; whether it was still there."""
    try:
        (os.killpg if signum == signal.SIGINT else os.kill)(pid, signum)
    except ProcessLookupError:  # it has ended meanwhile
        return False
    return True


def no_processes(starter: Starter, trial: Trial) -> None:
    """Nothing that the command has started lives on."""
    end = time.perf_counter() + PROCESSES_SECONDS
    while left := starter.left():
        if time.perf_counter() > end:
            trial.wrong.append(f"left alive: {[' '.join(process.cmdline())[:80] for process in left]}")
            for process in left:
                process.kill()
            return
        time.sleep(0.05)


@contextlib.contextmanager
def watching(command: Command, place: Path) -> Iterator[dict[Path, set[bytes]]]:
    """Read what the command writes again and again, as somebody else might, and keep every content of every file."""
    over, seen = threading.Event(), defaultdict[Path, set[bytes]](set)

    def look() -> None:
        times = dict[Path, int]()
        while not over.wait(0.01):
            written: set[Path] = set()
            with contextlib.suppress(OSError):  # a folder is gone while it is listed
                written = command.written(place)
            for path in written:
                with contextlib.suppress(OSError):  # it is a folder, or gone
                    if times.get(path) != (time_ns := path.stat().st_mtime_ns):
                        times[path] = time_ns
                        seen[path].add(path.read_bytes())

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def judge_words(trial: Trial) -> None:
    """Exit code, and what was printed."""
    told = {128 + number for _, number in trial.signals[: trial.sent]}
    told |= {1} if "no schedule" in trial.out else {0}
    if trial.code not in told:
        trial.wrong.append(f"the code is {trial.code}")
    for word in BAD_WORDS:
        if word in trial.err + trial.out:
            trial.wrong.append(f"{word!r} in what it printed")
    if trial.code == 0 and not trial.out.strip():
        trial.wrong.append("the code is 0 and nothing was printed")


def judge_files(trial: Trial, place: Path, temporary: Path, before: set[Path], seen: dict[Path, set[bytes]]) -> None:
    """Nothing is there that does not belong there, and every file was whole whenever it was read."""
    written = trial.command.written(place)
    odd = {path for path in set(place.rglob("*")) - before - written if path.name != LOCK}
    for name, left in (("the folder", odd), ("TMPDIR", set(temporary.rglob("*")))):
        if left:
            trial.wrong.append(f"left in {name}: {sorted(path.name for path in left)[:5]}")
    for path in written:
        if path.is_file():
            seen[path].add(path.read_bytes())
    for path, content in ((path, content) for path, contents in seen.items() for content in contents):
        try:
            trial.command.whole(str(path.relative_to(place)), content, trial.arguments)
        except ValueError as error:
            trial.wrong.append(f"{path.name} was read with {len(content)} bytes: {error}")
    try:
        trial.command.ended(place, trial.arguments, trial.code or 0)
    except ValueError as error:
        trial.wrong.append(str(error))
