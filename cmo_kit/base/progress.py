"""One line that says how a run goes, in a terminal or in a log."""

import contextlib
import math
import os
import sys
import time
from types import TracebackType
from typing import TextIO

from cmo_kit.base.language import spoken


class ProgressLine:
    """A progress callback: call it with (best, evaluations, seconds).

    In a terminal the line is rewritten a few times a second, cut to its width; elsewhere, and in a terminal that
    cannot go back in a line, a line is written now and then. A stream that fails is left alone: that nobody can
    see how a run goes is no reason to end it. As a context manager it ends the line when the run does.
    """

    def __init__(self, title: str, seconds: float | None = None, stream: TextIO | None = None) -> None:
        self.title, self.limit = title, seconds
        self.stream = stream or sys.stderr
        self.terminal = self.stream.isatty() and os.environ.get("TERM") != "dumb"
        self.interval = 0.2 if self.terminal else 10.0
        self.shown_at = time.perf_counter()
        self.width = 0

    def __call__(self, best: float, evaluations: int, seconds: float) -> None:
        """Show the state if the last showing is long enough ago."""
        found = "nothing found yet" if math.isinf(best) else f"best {best:.10g}"
        spent = f", {evaluations:,} evaluations" if evaluations else ""
        limit = f" of {self.limit:g}" if self.limit else ""
        self.say(f"{self.title}: {spoken(found)}{spoken(spent)}, {seconds:.1f}{limit} s")

    def say(self, text: str) -> None:
        """Show ``text`` if the last showing is long enough ago."""
        now = time.perf_counter()
        if now - self.shown_at >= self.interval:
            self.shown_at = now
            self.write(text)

    def finish(self, text: str) -> None:
        """Show ``text`` as the last word, whole."""
        if self.terminal:
            self._put("\r" + text.ljust(self.width) + "\n")
            self.width = 0
        else:
            self.write(text)

    def write(self, text: str) -> None:
        """Show ``text`` now."""
        if self.terminal:
            text = text[: self._columns() - 1]  # in the last column the cursor would go to the next line
            self._put("\r" + text.ljust(self.width))
            self.width = len(text)
        else:
            self._put(text + "\n")

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self.stream.fileno()).columns or 80
        except (OSError, ValueError):
            return 80

    def _put(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self.stream.write(text)
            self.stream.flush()

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.terminal and self.width:
            self._put("\r" + " " * self.width + "\r")
