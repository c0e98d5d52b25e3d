"""What accepting a new order by its due date costs the others."""

from dataclasses import dataclass

from cmo_kit.base.values import check_integer
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.planning.new_order import check_extension, remaining


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
    with the new order has less total tardiness (weighted where the orders are, the new order included).

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

    @property
    def others_before(self) -> float:
        """Total tardiness, weighted, of the other orders in the present plan."""
        return self.before.total_tardiness

    @property
    def others_after(self) -> float:
        """Total tardiness, weighted, of the other orders in the plan with the new one."""
        return self.after.total_tardiness - self.own_after

    @property
    def own_after(self) -> float:
        """Tardiness, weighted, of the new order."""
        i = self.after.instance.order_index[self.order]
        return float(self.after.instance.w[i] * self.after.tardiness[i])

    @property
    def cost(self) -> float:
        """By how much the others' total tardiness grows from one plan to the other."""
        return self.others_after - self.others_before

    def changes(self) -> list[OrderChange]:
        """Every order's tardiness, unweighted, before and after; the new order last."""
        old, new = (
            dict(zip(plan.instance.order_index, plan.tardiness.tolist(), strict=True))
            for plan in (self.before, self.after)
        )
        rows = [OrderChange(name, old.get(name), tau) for name, tau in new.items()]
        return sorted(rows, key=lambda row: row.before is None)


def accept(plan: Schedule, extended: Instance, order: str, evaluations: int = 400_000, seed: int = 1) -> Acceptance:
    """Plan anew with the new order, due on its due date, and compare tardiness, in time units.

    Parameters
    ----------
    plan, extended, order
        As in :func:`~cmo_kit.planning.promise.promise`.
    evaluations : int
        Moves that the search may try.
    seed : int

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
    check_integer(evaluations, "evaluations", 1)
    seed = check_integer(seed, "seed", 0)
    outcome = search(extended, np.random.default_rng(seed), evaluations=evaluations)
    if outcome.status == "stopped":
        raise KeyboardInterrupt
    assert outcome.schedule is not None
    behind = [Schedule(extended, found.sites) for found in remaining(plan, extended, order).appended()]
    after = min([outcome.schedule, *behind], key=lambda schedule: schedule.total_tardiness)
    proof = lower_bound(extended, None, after.total_tardiness)
    if proof.stopped:
        raise KeyboardInterrupt
    return Acceptance(order, plan, after, proof.lower_bound)
