"""What the solvers of run-level models share: a schedule to begin with, waiting, and the honest report at the end."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cmo_kit.base.cbc import SolverAnswer
from cmo_kit.base.limits import Limits, Progress
from cmo_kit.codings.initial import atcs
from cmo_kit.core.expert import dispatch
from cmo_kit.core.instance import Instance
from cmo_kit.core.milp import certified, claim
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule, from_indices

#: How long a solver is left alone between two looks for a Ctrl-C.
POLL_SECONDS = 0.1
#: Schedules to begin with; all have one run per order and Site.
HINTS = ("atcs", "edd_orders", "none")


def hinted(instance: Instance, hint: str) -> Schedule | None:
    """The schedule that ``hint``, one of :data:`HINTS`, names."""
    if hint == "none":
        return None
    if hint == "edd_orders":
        return from_indices(instance, dispatch(instance, whole_orders=True))
    return atcs(instance, np.random.default_rng(0)).schedule


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
