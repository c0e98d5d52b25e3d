"""What a plan will do and about how long that takes, from a short pilot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cmo_kit.core.instance import Instance
from cmo_kit.methods import solve
from cmo_kit.study.plan import Plan
from cmo_kit.study.task import Task

#: Seconds that all pilots may take together, and one of them at most.
ALL_PILOTS, ONE_PILOT = 40.0, 1.0
#: What a run costs beside its method, in seconds: a process; for a notebook also a kernel that loads the kit.
BESIDE = {"function": 0.05, "notebook": 6.0}


@dataclass(frozen=True)
class Estimate:
    """Seconds of one run; ``word`` is empty where they are about right, else ``at least`` or ``at most``."""

    seconds: float
    word: str = ""

    def __str__(self) -> str:
        return f"{self.word or 'about'} {duration(self.seconds)}"


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
        budget = (task.seconds, task.evaluations, task.limit)
        groups.setdefault((task.method, repr(sorted(task.parameters.items())), budget, size), []).append(task)
    allowed = min(ONE_PILOT, ALL_PILOTS / max(1, len(groups)))
    found: dict[str, Estimate] = {}
    for members in groups.values():
        task = max(members, key=lambda task: plan.instances[task.instance].total_batches)
        estimate = pilot(task, plan.instances[task.instance], allowed)
        seconds = min(estimate.seconds + BESIDE[task.kind], task.limit)
        found |= {member.hash: Estimate(seconds, estimate.word) for member in members}
    return found


def pilot(task: Task, instance: Instance, allowed: float) -> Estimate:
    """Run a task for ``allowed`` seconds and say from that how long it takes.

    A run that ends by itself within that time is known. One with a budget in evaluations takes that many at the
    pace of the pilot, unless its patience ends it sooner. One with a budget in seconds takes at most
    that. Of any other run all that is known is that it takes longer than the pilot did.
    """
    own = task.seconds if task.seconds is not None else float("inf")
    result = solve(instance, task.method, task.seed, min(allowed, own), task.evaluations, **task.parameters)
    if result.seconds < 0.9 * allowed:
        return Estimate(result.seconds)
    if task.evaluations is not None and result.evaluations:
        scaled = result.seconds * task.evaluations / result.evaluations
        return Estimate(min(scaled, own), "at most")
    if task.seconds is not None:
        return Estimate(task.seconds, "at most")
    return Estimate(result.seconds, "at least")


def total(found: Mapping[str, Estimate], tasks: Sequence[Task], workers: int) -> str:
    """One sentence on all runs together."""
    if not tasks:
        return "nothing is left to be run"
    busy = sum(found[task.hash].seconds for task in tasks)
    longest = max(found[task.hash].seconds for task in tasks)
    words = {found[task.hash].word for task in tasks} - {""}
    open_ended = sum(found[task.hash].word == "at least" for task in tasks)
    text = f"{len(tasks)} runs on {workers} workers: "
    text += f"{words.pop() if len(words) == 1 else 'about'} {duration(max(busy / workers, longest))}"
    if open_ended:
        text += (
            f"; {open_ended} of them end by their method's patience and not by a budget, and count with no more "
            "than what a short pilot took: the whole takes longer"
        )
    return text
