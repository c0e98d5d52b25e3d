"""What a plan will do and about how long that takes, from a short pilot."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cmo_kit.core.instance import Instance
from cmo_kit.methods.registry import solve
from cmo_kit.study.plan.plan_file import Plan
from cmo_kit.study.plan.task import Task

#: Seconds that all pilots may take together, and one of them at most.
ALL_PILOTS, ONE_PILOT = 40.0, 1.0
#: What a run costs beside its method, in seconds: a process; for a notebook also a kernel that loads the kit.
BESIDE = {"function": 0.05, "notebook": 6.0}


@dataclass(frozen=True)
class Estimate:
    """Seconds that a run takes: at least ``low``, and no more than ``high``, which may be infinite."""

    low: float
    high: float

    def __str__(self) -> str:
        if self.high == math.inf:
            return f"at least {duration(self.low)}"
        if self.high - self.low <= 0.1 * self.high:
            return f"about {duration(self.high)}"
        return f"{duration(self.low)} to {duration(self.high)}"


def duration(seconds: float) -> str:
    """``0.3 s``, ``45 s``, ``12 min``, ``3.5 h``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def estimates(plan: Plan, tasks: Sequence[Task]) -> dict[str, Estimate]:
    """An estimate by the hash of the run.

    Runs that differ only in their seed and in the problem of one size share a pilot on the problem with the
    most batches. Methods without chance and short runs are timed to their end.
    """
    groups: dict[tuple[object, ...], list[Task]] = {}
    for task in tasks:
        instance = plan.instances[task.instance]
        size = (len(instance.orders), instance.sites)
        budget, parameters = (task.seconds, task.evaluations, task.limit), repr(sorted(task.parameters.items()))
        groups.setdefault((task.method, task.source, parameters, budget, size), []).append(task)
    allowed = min(ONE_PILOT, ALL_PILOTS / max(1, len(groups)))
    found: dict[str, Estimate] = {}
    for members in groups.values():
        task = max(members, key=lambda task: plan.instances[task.instance].total_batches)
        estimate = pilot(task, plan.instances[task.instance], allowed, plan.methods.get((task.method, task.source)))
        low, high = (min(value + BESIDE[task.kind], task.limit) for value in (estimate.low, estimate.high))
        bounded = Estimate(low, math.inf if estimate.high == math.inf else high)
        found |= dict.fromkeys((member.hash for member in members), bounded)
    return found


def pilot(task: Task, instance: Instance, allowed: float, method: str | None = None) -> Estimate:
    """Run a task for ``allowed`` seconds and say from that how long it takes.

    A run that ends by itself within that time is known. One with a budget in evaluations takes no longer than
    that many take at the pace of the pilot, one with a budget in seconds no longer than these; either may be
    over sooner, by patience or a proof. Of any other run all that is known is that it takes longer than the pilot.
    """
    own = task.seconds if task.seconds is not None else math.inf
    result = solve(instance, method or task.method, task.seed, min(allowed, own), task.evaluations, **task.parameters)
    if result.seconds < 0.9 * allowed or own <= allowed:
        return Estimate(result.seconds, result.seconds)
    high = own
    if task.evaluations is not None and result.evaluations:
        high = min(high, result.seconds * task.evaluations / result.evaluations)
    return Estimate(min(result.seconds, high), high)


def total(found: Mapping[str, Estimate], tasks: Sequence[Task], workers: int) -> str:
    """One sentence on all runs together."""
    if not tasks:
        return "nothing is left to be run"
    lows = [found[task.hash].low for task in tasks]
    highs = [found[task.hash].high for task in tasks]
    whole = Estimate(*(max(sum(values) / workers, max(values)) for values in (lows, highs)))
    text = f"{len(tasks)} runs on {workers} workers: {whole}"
    if unbounded := sum(high == math.inf for high in highs):
        text += f"; {unbounded} of them have no budget and count with what a short pilot took: the whole takes longer"
    elif not str(whole).startswith("about"):
        text += ", as patience or proofs end runs before their budgets do"
    return text
