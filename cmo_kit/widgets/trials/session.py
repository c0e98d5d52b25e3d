"""Runs of the genetic algorithm that can be paused, stepped and stopped, kept side by side, and written as code."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.arrays import Keys
from cmo_kit.base.errors import InputError, raised
from cmo_kit.codings.encode import encode
from cmo_kit.core.genetic import Generation
from cmo_kit.core.instance import Instance
from cmo_kit.formats.history import HistoryRow
from cmo_kit.methods.parts import NAMED
from cmo_kit.methods.registry import solve
from cmo_kit.methods.result import Result

#: The parts to choose from, the paper's first.
PARTS = {field: tuple(names) for field, names in NAMED.items()}
#: What a run does when nothing is chosen.
DEFAULTS: dict[str, Any] = {name: names[0] for name, names in PARTS.items()} | {
    "crossover_probability": 0.9, "mutation_probability": 0.5, "w": 1.0, "patience": 100,
}  # fmt: skip
RANDOM = "random keys"
#: What the first population begins with: the paper's random keys alone, or one schedule of a rule among them.
STARTS = (RANDOM, "expert", "expert_orders", "atcs")
LIMITS = ("evaluations", "generations", "seconds")
MOST_RUNS = 20  # kept for comparison; older ones are forgotten
FOREVER = 1e9  # seconds: the laboratory counts those of work itself, because a pause is none


@dataclass(frozen=True)
class Setup:
    """What a run is made of.

    ``parameters`` are those of :func:`cmo_kit.solve`, ``limit`` is one of :data:`LIMITS` and its value; ``own`` says
    that the instance is somebody's own, which code cannot load by its name.
    """

    instance: Instance
    parameters: Mapping[str, Any]
    seed: int = 1
    limit: tuple[str, float] = ("evaluations", 10_000)
    start: str = RANDOM
    own: bool = False

    @property
    def different(self) -> dict[str, Any]:
        """The parameters that are not the default."""
        return {key: value for key, value in self.parameters.items() if value != DEFAULTS.get(key, ...)}

    def solve(self, on_generation: Callable[[Generation], object]) -> Result:
        """Run it; the limit in seconds is the session's to keep."""
        parameters = self.different | ({} if self.limit[0] == "seconds" else dict([self.limit]))
        if self.start != RANDOM:
            begin = solve(self.instance, self.start).schedule
            assert begin is not None  # rules always have one
            parameters["initial"] = encode(begin)
        return solve(self.instance, "ga", self.seed, FOREVER, on_generation=on_generation, **parameters)

    def code(self, generations: int | None = None) -> str:
        """Lines of Python that do the same; ``generations`` is where a run ended before its limit."""
        limit = self.limit if generations is None else ("generations", generations)
        arguments = {"seed": self.seed, **dict([limit]), **self.different}
        words = ["instance", '"ga"', *(f"{key}={value!r}" for key, value in arguments.items())]
        lines = ["from cmo_kit import load_instance, solve"]
        if self.start != RANDOM:
            lines.append("from cmo_kit.codings.encode import encode")
            words.append(f'initial=encode(solve(instance, "{self.start}").schedule)')
        loaded = "...  # your own" if self.own else f"load_instance({self.instance.name!r})"
        lines += ["", f"instance = {loaded}", f"solve({', '.join(words)})"]
        return "\n".join(lines)


@dataclass(eq=False)
class Run:
    """A run and what is known of it: rows of its history, and of the latest generation the tardiness (e,)."""

    number: int
    setup: Setup
    rows: list[HistoryRow] = field(default_factory=list)
    tardiness: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    best: Keys | None = None
    result: Result | None = None
    trouble: str = ""
    ended: bool = False
    worked: float = 0.0  # seconds, without pauses

    @property
    def generation(self) -> int:
        """The number of the latest generation, -1 before the first."""
        return len(self.rows) - 1

    @property
    def total(self) -> float:
        """Least total tardiness so far; infinite before the first generation."""
        return self.rows[-1][0] if self.rows else math.inf

    @property
    def code(self) -> str:
        """Lines of Python that repeat the run exactly, up to where it is now."""
        cut = self.setup.limit[0] == "seconds" or not self.ended or (self.result and self.result.status == "stopped")
        return self.setup.code(self.generation if cut and self.rows else None)


class Session:
    """A laboratory without its page: the runs that there were, and one or two that are under way.

    Each run works in a thread of its own, with its own generator. Two that run side by side have common random
    numbers, their seed, and go generation by generation, neither ahead of the other.

    Notes
    -----
    All methods return at once; ``changed`` is a condition that is notified whenever there is something new to show.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.runs: list[Run] = []
        self.current: tuple[Run, ...] = ()
        self.version = 0  # grows with everything that there is to show
        self._allowed = math.inf  # the last generation that may be made now
        self._stopping = False

    @property
    def state(self) -> str:
        """``ready``, ``running``, or ``paused``; a run that still makes the generation that was allowed is running."""
        working = [run for run in self.current if not run.ended]
        if not working:
            return "ready"
        return "paused" if all(run.generation >= self._allowed for run in working) else "running"

    def begin(self, setups: Sequence[Setup], last: float = math.inf) -> None:
        """Begin a run of each setup; they wait after generation ``last``. Runs that are under way are stopped."""
        self.stop()
        self.wait()
        first = 1 + max((run.number for run in self.runs), default=0)
        with self.changed:
            self.current = tuple(Run(first + k, setup) for k, setup in enumerate(setups))
            self.runs = [*self.runs, *self.current][-MOST_RUNS:]
            self._stopping = False
            self._allow(last)
        for run in self.current:
            threading.Thread(target=self._work, args=(run,), daemon=True).start()

    def go_on(self) -> None:
        """Let the runs go on to their end."""
        self._allow(math.inf)

    def step(self) -> None:
        """Let the runs make one generation and wait: of runs that were going on, a pause."""
        self._allow(1 + max((run.generation for run in self.current), default=-1))

    def stop(self) -> None:
        """End the runs after the generation that they are making now; what they have found is kept."""
        with self.changed:
            self._stopping = True
            self._tell()

    def forget(self) -> None:
        """Drop the runs that have ended."""
        with self.changed:
            self.runs = [run for run in self.runs if not run.ended]
            self.current = tuple(run for run in self.current if not run.ended)
            self._tell()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until no run works any more, or all are paused; False when the seconds are over first."""
        with self.changed:
            return self.changed.wait_for(
                lambda: self.state == "ready" or (self.state == "paused" and not self._stopping), seconds
            )

    def _allow(self, last: float) -> None:
        with self.changed:
            self._allowed = last
            self._tell()

    def _tell(self) -> None:
        self.version += 1
        self.changed.notify_all()

    def _work(self, run: Run) -> None:
        try:
            run.result = run.setup.solve(partial(self._look, run, [time.perf_counter()]))
            run.trouble = run.result.details.get("trouble", "")
        except Exception as error:  # whatever it was, the page says it, and the next run can begin
            run.trouble = str(error) if isinstance(error, InputError) else raised("the run", error)
        finally:
            with self.changed:
                run.ended = True
                self._tell()

    def _look(self, run: Run, since: list[float], generation: Generation) -> bool:
        """Keep what a generation tells, and wait for leave to go on; true ends the run."""
        run.worked += time.perf_counter() - since[0]
        with self.changed:
            run.rows.append(generation.row)
            run.tardiness, run.best = generation.tardiness.copy(), generation.best
            self._tell()
            self.changed.wait_for(lambda: self._stopping or self._may_go_on(run))
        since[0] = time.perf_counter()
        limit, value = run.setup.limit
        return self._stopping or (limit == "seconds" and run.worked >= value)

    def _may_go_on(self, run: Run) -> bool:
        others = (other.generation for other in self.current if not other.ended)
        return run.generation < self._allowed and run.generation <= min(others)
