"""What the solvers of run-level models share: a schedule to begin with, waiting, and the honest report at the end."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cmo_kit.base.cbc import SolverAnswer, find_cbc, run_cbc
from cmo_kit.base.errors import need
from cmo_kit.base.limits import Limits, Progress
from cmo_kit.codings.initial import atcs
from cmo_kit.core.expert import dispatch
from cmo_kit.core.instance import Instance
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule, from_indices
from cmo_kit.models.highs import NO_HIGHS, run_highs

#: Of models that PuLP writes.
SOLVERS = ("cbc", "highs")
#: How long a solver is left alone between two looks for a Ctrl-C.
POLL_SECONDS = 0.1
#: Schedules to begin with; all have one run per order and Site.
HINTS = ("atcs", "edd_orders", "none")
#: The share of a solver's seconds that the schedule to begin with may take.
HINTING = 0.1


def hinted(instance: Instance, hint: str, seconds: float | None) -> Schedule | None:
    """The schedule that ``hint``, one of :data:`HINTS`, names, in a share of the solver's ``seconds``."""
    if hint == "none":
        return None
    if hint == "edd_orders":
        return from_indices(instance, dispatch(instance, whole_orders=True))
    made = atcs(instance, np.random.default_rng(0), seconds=None if seconds is None else HINTING * seconds)
    if made.status == "stopped":
        raise KeyboardInterrupt
    return made.schedule


def need_solver(solver: str) -> None:
    """Raise :class:`MissingPartError` where one of :data:`SOLVERS` is not installed."""
    if solver == "highs":
        need("highspy", NO_HIGHS)
    else:
        find_cbc()


def run_any(solver: str, problem: Any, seconds: float, progress: Progress | None, workers: int = 1,
            start: Mapping[str, int] | None = None) -> SolverAnswer:  # fmt: skip
    """Solve a PuLP problem with one of :data:`SOLVERS`; CBC takes one thread, whatever the ``workers``."""
    if solver == "highs":
        return run_highs(problem, seconds, progress, workers, start)
    return run_cbc(problem, seconds, progress, start)


def wait_for(done: Callable[[], bool], stop: Callable[[], None], best: Callable[[], float], progress: Progress | None,
             limits: Limits) -> bool:  # fmt: skip
    """Wait until the solver in another thread is ``done``, so that Ctrl-C arrives here; whether it did.

    ``done`` may take :data:`POLL_SECONDS` to answer. ``progress`` is called about every second with the ``best``
    objective so far; after Ctrl-C ``stop`` is called each time, as a solver that has not begun yet does not hear it,
    and then the solver ends with what it has.
    """
    stopped, shown = False, limits.elapsed
    while True:
        try:
            if stopped:
                stop()
            if done():
                return stopped
            if progress is not None and not stopped and limits.elapsed - shown >= 1:
                shown = limits.elapsed
                progress(best(), 0, shown)
        except KeyboardInterrupt:
            stopped = True


def certified(answer: SolverAnswer, schedule: Schedule | None, instance: Instance, error: float) -> tuple[str, float]:
    """Status and lower bound that the answer and the recomputed objective support together.

    ``answer`` counts in ticks of the instance, and its bound is too high by at most ``error``. Total tardiness is a
    whole number of ticks, so what is left is rounded up. It is recomputed from the batches, never read from the solver:
    a solver's tolerances may forgive some tardiness, and then its "optimal" is not one. Where times had to be rounded,
    the bound is that of the problem in ticks less all rounding, and nothing but 0 is optimal.
    """
    bound = 0
    if error < math.inf:
        bound = max(0, math.ceil(answer.lower_bound - error) - instance.rounding)
    stated = bound / instance.per_unit
    if schedule is None:
        return "no_solution", stated
    total = schedule.total_tardiness
    if total == 0 or (instance.rounding == 0 and bound >= schedule.total_ticks):
        return "optimal", total
    return "feasible", min(stated, total)


def claim(answer: SolverAnswer, per_unit: int) -> dict[str, str | float]:
    """What a solver says of itself, whether it is believed or not, with its bound in time units."""
    return {"solver_status": answer.status, "solver_bound": answer.lower_bound / per_unit}


def reported(instance: Instance, answer: SolverAnswer, error: float, found: Schedule | None, hint: Schedule | None,
             details: Mapping[str, Any]) -> Outcome:  # fmt: skip
    """The outcome that a solver's answer in ticks, its ``error`` and the recomputed objective support.

    The schedule is the one that the solver ``found``, or the hint where that is better.
    What the solver proves holds for one run per order and Site. Where the one-run condition holds that is a
    proof for every schedule; where it fails the status stays ``feasible`` and ``lower_bound`` 0, unless nothing
    is late.
    """
    schedule = min((one for one in (found, hint) if one is not None), key=lambda one: one.total_tardiness, default=None)
    status, bound = certified(answer, schedule, instance, error)
    enough = instance.one_run_failure is None or bool(schedule is not None and schedule.total_tardiness == 0)
    if status == "optimal" and not enough:
        status = "feasible"
    if answer.stopped and status != "optimal":
        status = "stopped"
    details = {**details, **claim(answer, instance.per_unit)}
    proved = bound if enough else 0.0
    return Outcome(schedule, status, 0, lower_bound=proved, one_run_lower_bound=bound, details=details)
