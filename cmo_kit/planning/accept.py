"""What accepting a new order by its due date costs the others."""

from dataclasses import dataclass

from cmo_kit.base.arrays import Times
from cmo_kit.base.values import check_integer, check_number
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.planning.new_order import check_extension, open_part, repaired


@dataclass(frozen=True)
class OrderChange:
    """One order before and after: its tardiness in time units; ``before`` is None for the new order."""

    order: str
    before: float | None
    after: float


@dataclass(frozen=True)
class Acceptance:
    """The plan without the new order beside one with it; tardiness is in time units.

    Both plans are the best found, so the difference is what *these* plans cost; ``lower_bound`` is proved: no plan
    with the new order that keeps what has begun has less total tardiness (weighted where the orders are, the new order
    included). ``completions`` and ``tardiness`` (I,) are those of the orders in the new plan, in which nothing new
    begins before the day; ``after`` is drawn as early as its Sites allow, which may be earlier.

    Examples
    --------
    >>> from cmo_kit.planning import accept, with_order
    >>> plan = solve(load_instance("fig1"), "expert").schedule
    >>> extended = with_order(plan.instance, Order("D", 1, 20, (2, 4, 2)), change=(1, 4, 4))
    >>> accept(plan, extended, "D", evaluations=5000).changes()[-1]
    OrderChange(order='D', before=None, after=0.0)
    """

    order: str
    before: Schedule
    after: Schedule
    lower_bound: float
    completions: Times
    tardiness: Times

    @property
    def others_before(self) -> float:
        """Total tardiness, weighted, of the other orders in the present plan."""
        return self.before.total_tardiness

    @property
    def others_after(self) -> float:
        """Total tardiness, weighted, of the other orders in the plan with the new one."""
        return float(self.after.instance.w @ self.tardiness) - self.own_after

    @property
    def own_after(self) -> float:
        """Tardiness, weighted, of the new order."""
        i = self.after.instance.order_index[self.order]
        return float(self.after.instance.w[i] * self.tardiness[i])

    @property
    def cost(self) -> float:
        """By how much the others' total tardiness grows from one plan to the other."""
        return self.others_after - self.others_before

    def changes(self) -> list[OrderChange]:
        """Every order's tardiness, unweighted, before and after; the new order last."""
        old = dict(zip(self.before.instance.order_index, self.before.tardiness.tolist(), strict=True))
        new = dict(zip(self.after.instance.order_index, self.tardiness.tolist(), strict=True))
        rows = [OrderChange(name, old.get(name), tau) for name, tau in new.items()]
        return sorted(rows, key=lambda row: row.before is None)


def accept(
    plan: Schedule, extended: Instance, order: str, evaluations: int = 400_000, seed: int = 1, frozen_until: float = 0
) -> Acceptance:
    """Plan anew with the new order, due on its due date, and compare tardiness, in time units.

    Parameters
    ----------
    plan, extended, order
        As in :func:`~cmo_kit.planning.promise.promise`.
    evaluations : int
        Moves that the search may try.
    seed : int
    frozen_until : float
        Time before which batches that have begun keep their places, and nothing else starts.

    Returns
    -------
    Acceptance

    Raises
    ------
    InputError
        When ``extended`` is not the plan's problem with ``order`` added, or a value breaks a rule.

    Examples
    --------
    >>> from cmo_kit.planning import with_order
    >>> plan = solve(load_instance("fig1"), "expert").schedule
    >>> extended = with_order(plan.instance, Order("D", 1, 20, (2, 4, 2)), change=(1, 4, 4))
    >>> accept(plan, extended, "D", evaluations=5000).cost
    3.0
    """
    import numpy as np

    from cmo_kit.bounds import lower_bound
    from cmo_kit.search import search

    check_extension(plan, extended, order)
    check_number(frozen_until, "frozen_until")
    check_integer(evaluations, "evaluations", 1)
    seed = check_integer(seed, "seed", 0)
    part = open_part(plan, extended, frozen_until, late_openings=True)
    asked = part.asked()
    outcome = search(asked, np.random.default_rng(seed), evaluations=evaluations)
    if outcome.status == "stopped":
        raise KeyboardInterrupt
    assert outcome.schedule is not None
    found = repaired([[(run.order, run.batches) for run in site] for site in outcome.schedule.sites], part.fixed)
    candidates = [Schedule(asked, sites) for sites in (found, *(each.sites for each in part.appended(order)))]
    best = min(candidates, key=lambda schedule: schedule.total_tardiness)
    total, begun = part.total_ticks(best), part.total_ticks(best) - best.total_tardiness
    proofs = [lower_bound(asked, None, best.total_tardiness)]  # beyond what has begun, which no plan can change
    if part.fixed:  # what holds for every plan also holds for those that keep it, and may be more
        proofs.append(lower_bound(extended, None, total / extended.per_unit))
    if any(proof.stopped for proof in proofs):
        raise KeyboardInterrupt
    bound = max((begun + proofs[0].lower_bound) / extended.per_unit, proofs[-1].lower_bound if part.fixed else 0.0)
    per_time = extended.time_ticks.per_unit
    return Acceptance(order, plan, part.restored(best, None), bound, part.completions(best) / per_time,
                      part.tardiness(best) / per_time)  # fmt: skip
