"""A plan made anew: what has begun stays, the rest is solved again, and never worse than the present plan.

With ``F`` the day until which the plan is frozen and ``c_i`` the completion of what has begun of order ``i``, its
tardiness is ``max(0, max(c_i, C_i) - D_i) = max(0, c_i - D_i) + max(0, C_i - max(c_i, D_i))`` for any completion
``C_i`` of the batches that are open. The first part stays; the second is an ordinary problem with other due dates,
counted from ``F``, in which every Site is opened by an order that stands for what has begun there (see
:mod:`cmo_kit.planning.new_order`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cmo_kit.base.limits import Progress
from cmo_kit.base.values import check_number
from cmo_kit.core.schedule import Schedule
from cmo_kit.methods.registry import solve
from cmo_kit.methods.result import Result
from cmo_kit.planning.new_order import check_plan, open_part, repaired


@dataclass(frozen=True)
class Replanned:
    """What came of it.

    ``result`` is the whole plan's; where anything has begun, its bound is 0 unless nobody is late, for what a method
    proves of the open part holds with what has begun only: ``best_of_open`` says whether nothing better exists then.
    ``kept`` batches have begun; ``early`` ones of the others are drawn before the day, because a schedule is drawn as
    early as its Sites allow, but begin on the day. The result's total tardiness counts that. The schedule's own total
    does not, and may be less; nor do its picture and dates that are exported from it.

    Examples
    --------
    >>> from cmo_kit.planning import replan
    >>> replanned = replan(solve(load_instance("fig3"), "expert").schedule, frozen_until=3, evaluations=2000)
    >>> replanned.kept, replanned.early
    (3, 0)
    """

    result: Result
    kept: int
    early: int
    best_of_open: bool


def replan(
    plan: Schedule,
    frozen_until: float = 0,
    method: str | Callable[..., Any] = "search",
    seed: int = 1,
    seconds: float | None = None,
    evaluations: int | None = None,
    progress: Progress | None = None,
    **parameters: Any,
) -> Replanned:
    """Solve again what a plan leaves open.

    Parameters
    ----------
    plan : Schedule
        The present plan; feasible.
    frozen_until : float
        In time units: batches that start before it keep Sites and places, and nothing else starts before it. A time
        between two of the problem's ticks, such as half a day where all times are whole days, counts as the later one.
    method, seed, seconds, evaluations, progress, **parameters
        As in :func:`~cmo_kit.methods.registry.solve`; ``progress`` counts the open part only.

    Returns
    -------
    Replanned
        With a total tardiness of at most the plan's; it counts everything open from ``frozen_until`` on.

    Raises
    ------
    InputError
        For a plan that is not feasible, a time at which all has begun, and values that break a rule.

    Examples
    --------
    >>> plan = solve(load_instance("fig3"), "expert").schedule
    >>> plan.total_tardiness, replan(plan, frozen_until=3, evaluations=2000).result.total_tardiness
    (7.0, 6.0)
    """
    check_number(frozen_until, "frozen_until")
    check_plan(plan)
    instance = plan.instance
    part = open_part(plan, instance, frozen_until, late_openings=True)
    asked = part.asked()
    found = solve(asked, method, seed, seconds, evaluations, progress, **parameters)
    better, total = plan, plan.total_tardiness
    if found.schedule is not None:
        sites = repaired([[(run.order, run.batches) for run in site] for site in found.schedule.sites], part.fixed)
        new, old = Schedule(asked, sites), Schedule(asked, part.opened(part.planned).sites)
        if new.total_tardiness < old.total_tardiness:
            better = part.restored(new, found.method)
            total = part.total_ticks(new) / instance.per_unit
    whole = not part.fixed
    best = found.status == "optimal" or total == 0
    status = "optimal" if total == 0 or (whole and best) else "stopped" if found.status == "stopped" else "feasible"
    scale = instance.per_unit
    result = replace(
        found,
        instance=instance.name,
        total_tardiness=total,
        lower_bound=total if status == "optimal" else found.lower_bound / scale if whole else 0.0,
        one_run_lower_bound=found.one_run_lower_bound and found.one_run_lower_bound / scale if whole else None,
        status=status,
        schedule=Schedule(instance, better.sites, found.method, seed),
        history=None,
        parameters={**found.parameters, "frozen_until": frozen_until},
    )
    begun = [sum(batches for _, batches in site) for site in part.begun]
    rest = [starts[stay:] for starts, stay in zip(better.starts, begun, strict=True)]
    early = sum(int((starts < frozen_until).sum()) for starts in rest) if part.fixed else 0
    return Replanned(result, sum(begun), early, best)
