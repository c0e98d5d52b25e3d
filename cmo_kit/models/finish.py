"""What the run-level models share: the schedule they begin with, and the honest report at the end."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from cmo_kit.base.cbc import SolverAnswer
from cmo_kit.codings.initial import atcs
from cmo_kit.core.expert import dispatch
from cmo_kit.core.instance import Instance
from cmo_kit.core.milp import certified
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule, from_indices

#: Schedules to begin with; all have one run per order and Site.
HINTS = ("atcs", "edd_orders", "none")


def hinted(instance: Instance, hint: str) -> Schedule | None:
    """The schedule that ``hint``, one of :data:`HINTS`, names."""
    if hint == "none":
        return None
    if hint == "edd_orders":
        return from_indices(instance, dispatch(instance, whole_orders=True))
    return atcs(instance, np.random.default_rng(0)).schedule


def better(first: Schedule | None, second: Schedule | None) -> Schedule | None:
    """The schedule with less total tardiness; the first where they are equal."""
    if first is None or second is None:
        return first or second
    return second if second.total_tardiness < first.total_tardiness else first


def reported(
    instance: Instance, answer: SolverAnswer, schedule: Schedule | None, details: Mapping[str, Any]
) -> Outcome:
    """The outcome that a solver's answer and the recomputed objective support.

    What the solver proves holds for one run per order and Site. Where the one-run condition holds that is a
    proof for every schedule; where it fails the status stays ``feasible`` and ``lower_bound`` 0, unless nothing
    is late.
    """
    status, bound = certified(answer, schedule, instance)
    if status != "optimal" and schedule is not None and bound >= schedule.total_tardiness:
        status, bound = "optimal", schedule.total_tardiness
    enough = instance.one_run_failure is None or bool(schedule is not None and schedule.total_tardiness == 0)
    if status == "optimal" and not enough:
        status = "feasible"
    if answer.stopped and status != "optimal":
        status = "stopped"
    whole = bound if enough and math.isfinite(bound) else 0.0
    return Outcome(schedule, status, 0, lower_bound=whole, one_run_lower_bound=bound, details=dict(details))
