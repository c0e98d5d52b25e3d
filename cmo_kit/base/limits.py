"""When an iterative method ends, and what it may use: the limits that all of them share."""

import math
import os
import time
from collections.abc import Callable

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_integer, check_number

#: Called with (best total tardiness, evaluations, seconds) as a run goes on.
Progress = Callable[[float, int, float], None]


def usable_cores() -> int:
    """How many cores this process may use; fewer than the machine has where a container or a queue says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Limits:
    """Seconds of wall clock, evaluations, a target, rounds without improvement.

    Parameters
    ----------
    seconds, evaluations, patience, target, generations : optional
        None means no such limit. ``patience`` counts rounds (the generations of a genetic algorithm)
        in which the best did not improve; ``generations`` counts all but the first, the initial population. A total
        tardiness at or below ``target`` ends the run.

    Raises
    ------
    InputError
        For a negative or non-finite limit.
    """

    def __init__(
        self,
        seconds: float | None = None,
        evaluations: int | None = None,
        patience: int | None = None,
        target: float | None = None,
        generations: int | None = None,
    ) -> None:
        self.seconds = None if seconds is None else check_number(seconds, "seconds")
        self.evaluations = None if evaluations is None else check_integer(evaluations, "evaluations", 1)
        self.patience = None if patience is None else check_integer(patience, "patience", 1)
        self.target = 0.0 if target is None else check_number(target, "target")
        self.generations = None if generations is None else check_integer(generations, "generations", 0)
        self.began = time.perf_counter()
        self.best = float("inf")
        self.rounds, self.rounds_without_improvement = 0, 0

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.perf_counter() - self.began

    @property
    def seconds_left(self) -> float:
        """Seconds until the limit, below 0 past it; without one as good as for ever, as solvers want a number."""
        return 1e9 if self.seconds is None else self.seconds - self.elapsed

    def tick(self) -> None:
        """Raise ``TimeoutError`` past the limit in seconds: for work that cannot look at the clock itself."""
        if self.seconds_left < 0:
            raise TimeoutError

    def round_ends(self, best: float) -> None:
        """Count a round; ``best`` is the least total tardiness known after it."""
        self.rounds_without_improvement = 0 if best < self.best else self.rounds_without_improvement + 1
        self.best = min(self.best, best)
        self.rounds += 1

    def left(self, evaluations: int) -> int | None:
        """How many evaluations may still be spent, None without such a limit."""
        return None if self.evaluations is None else self.evaluations - evaluations

    def used(self, evaluations: int) -> float:
        """The share of the limits that is used, 0 to 1: of evaluations or seconds the one nearer its end."""
        return min(1.0, max(evaluations / (self.evaluations or math.inf), self.elapsed / (self.seconds or math.inf)))

    def reached(self, evaluations: int) -> bool:
        """Whether any limit ends the run now."""
        return (
            self.best <= self.target
            or (self.patience is not None and self.rounds_without_improvement >= self.patience)
            or (self.generations is not None and self.rounds > self.generations)
            or (self.evaluations is not None and evaluations >= self.evaluations)
            or (self.seconds is not None and self.elapsed >= self.seconds)
        )


def no_evaluations(evaluations: int | None, method: str) -> None:
    """Refuse a limit in evaluations for a method that counts none: raises :class:`InputError`."""
    if evaluations is not None:
        raise InputError(f"evaluations is {evaluations}; method {method} counts none, so it must not be given")
