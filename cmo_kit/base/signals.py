"""What Ctrl-C and its like do to a command, whenever they come.

While a command begins there is nothing to lose: its process ends at once, whatever it is importing or
compiling. A run that is under way is interrupted, by ``KeyboardInterrupt``, and gives what it has. From then on
results are written: a signal waits for the next run, and without one it comes too late to change anything.

Outside the command line, in a notebook for one, signals are Python's own affair and nothing here has an effect.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from enum import Enum
from typing import Any

#: Ctrl-C, ``kill``, and a terminal that is closed.
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
#: A signal within so many seconds of another is the same wish: fingers are impatient, and a process is at times told
#: by itself and once more together with its group.
AGAIN = 2.0
#: What a command returns that was interrupted; :func:`exit_code` says which signal it was.
INTERRUPTED = 130


class Interrupted(KeyboardInterrupt):
    """Ctrl-C and its like. Once a plain one has passed through code from a string, as some imports have, Python ends
    the process by SIGINT, whatever its exit code.
    """


class Phase(Enum):
    """Where a command stands."""

    BEGINNING, RUNNING, WRITING = range(3)


class _State:
    """What the handler knows; there is one, as there is one process."""

    def __init__(self) -> None:
        self.phase = Phase.BEGINNING
        self.own = False  # whether the process is the command's own, and may be ended
        self.number, self.at = int(signal.SIGINT), -AGAIN
        self.pending = False
        self.waiting_blocks = 0

    def answer(self, number: int, frame: Any) -> None:
        """Handle a signal: always in the main thread, between any two instructions of it."""
        now = time.monotonic()
        if now - self.at < AGAIN:
            return
        self.number, self.at = number, now
        self.pending = True
        self.act()

    def act(self) -> None:
        """Do what the signal asks for, if this is the time for it."""
        if not self.pending or self.waiting_blocks or self.phase is Phase.WRITING:
            return
        self.pending = False
        if self.phase is Phase.BEGINNING and self.own:
            with contextlib.suppress(OSError):
                os.write(2, b"cmo-kit: stopped before there was anything to write\n")
            os._exit(exit_code())  # an exception could end up anywhere in the imports
        raise Interrupted


_state = _State()


@contextlib.contextmanager
def signals_handled(own: bool) -> Iterator[None]:
    """Answer signals in a command; those that are ignored, as ``nohup`` has them, stay so.

    Parameters
    ----------
    own : bool
        Whether the process ends with the command: it then ignores all signals that come after it.
    """
    _state.__init__()  # type: ignore[misc]
    _state.own = own
    before: dict[int, Any] = {}
    with contextlib.suppress(ValueError):  # only the main thread may set a handler
        for number in SIGNALS:
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                before[number] = signal.signal(number, _state.answer)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if own else handler)


@contextlib.contextmanager
def signals_interrupt() -> Iterator[None]:
    """Let signals interrupt the block; what follows it is not interrupted."""
    _state.phase = Phase.RUNNING
    try:
        _state.act()
        yield
    finally:
        _state.phase = Phase.WRITING


@contextlib.contextmanager
def signals_wait_for_next_run() -> Iterator[None]:
    """Put together what a run has found: a signal waits for the next run, so that this one is not lost."""
    before, _state.phase = _state.phase, Phase.WRITING
    try:
        yield
    finally:
        _state.phase = before


@contextlib.contextmanager
def signals_wait() -> Iterator[None]:
    """Have signals wait until the block has ended: nothing in it is left half-done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _state.waiting_blocks += 1
    try:
        yield
    finally:
        _state.waiting_blocks -= 1
        _state.act()


def exit_code() -> int:
    """What a shell says of a process that the last signal ended: 130 after Ctrl-C, 143 after ``kill``."""
    return 128 + _state.number
