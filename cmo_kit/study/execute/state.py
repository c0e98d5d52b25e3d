"""How a study stands, in numbers and in one line."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
