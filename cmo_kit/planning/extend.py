"""One more order in a problem, and whether two problems differ by one order only."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import CleaningTimes, Instance, Order
from cmo_kit.core.schedule import Schedule


def with_order(
    instance: Instance, order: Order, change: Sequence[float], same_order: Sequence[float] | None = None
) -> Instance:
    """The problem with one order more, at the end.

    Parameters
    ----------
    instance : Instance
        With cleaning times and without initial setup times; others are extended by hand.
    order : Order
    change : sequence of O times
        Cleaning after each operation of the new order before a batch of another order.
    same_order : sequence of O times, optional
        The same before a batch of the new order; 0 if None.

    Raises
    ------
    InputError
        Where the instance gives setup times, or a value breaks a rule of :class:`Instance`.
    """
    if not isinstance(instance.setup, CleaningTimes) or instance.initial_setup_times is not None:
        raise InputError(
            f"instance {instance.name!r} gives setup times; with_order needs cleaning times: make the Instance yourself"
        )
    same = (0,) * len(instance.operations) if same_order is None else tuple(same_order)
    setup = CleaningTimes((*instance.setup.same_order, same), (*instance.setup.change, tuple(change)))
    return replace(
        instance, name=f"{instance.name}+{order.id}", orders=(*instance.orders, order), setup=setup, generator=None
    )


def check_extension(plan: Schedule, extended: Instance, order: str) -> None:
    """Check that ``extended`` is the problem of ``plan`` with ``order`` added, and that the plan is feasible.

    Raises
    ------
    InputError
        For an unknown order, another difference between the two problems, or a violation of the plan.
    """
    if order not in extended.order_index:
        raise InputError(f"order is {shown(order)}; {extended.name!r} has no such order")
    old = plan.instance
    expected = [known for known in extended.orders if known.id != order]
    if sorted(expected, key=lambda known: known.id) != sorted(old.orders, key=lambda known: known.id):
        raise InputError(f"{extended.name!r} must have the orders of the plan, unchanged, and {order!r} besides")
    places = [extended.order_index[known.id] for known in old.orders]
    same = np.array_equal(extended.g[np.ix_(places, places)], old.g) and np.array_equal(
        extended.sigma[places], old.sigma
    )
    if not same or extended.sites != old.sites:
        raise InputError(f"{extended.name!r} must have the Sites and setup times of the plan's problem {old.name!r}")
    violations = check_schedule(old, plan)
    if violations:
        raise InputError(f"the plan must be feasible: {violations[0].message}")
