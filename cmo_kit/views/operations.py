"""When operations are, what each asks of the gap between two batches, and who decides: without matplotlib."""

from __future__ import annotations

from typing import NamedTuple

from cmo_kit.base.errors import InputError
from cmo_kit.base.language import spoken
from cmo_kit.base.values import shown
from cmo_kit.core.instance import CleaningTimes, Instance
from cmo_kit.core.pipeline import operation_ends, operation_starts
from cmo_kit.core.schedule import Schedule
from cmo_kit.views.words import duration, enumeration, rounded, sentence


class OperationInterval(NamedTuple):
    """One operation of one batch: ``[start, end)`` in time units on its Site's equipment.

    ``site``, ``position`` (of the batch on its Site) and ``operation`` count from 0; ``order`` is an id.
    """

    site: int
    position: int
    order: str
    operation: int
    start: float
    end: float


def operation_intervals(schedule: Schedule) -> list[OperationInterval]:
    """Every operation of every batch with its interval, Site by Site."""
    instance = schedule.instance
    begin, end = operation_starts(instance.p), operation_ends(instance.p)
    return [
        OperationInterval(l, t, instance.orders[i].id, o, float(s + begin[i, o]), float(s + end[i, o]))
        for l, (starts, orders) in enumerate(zip(schedule.starts, schedule.batch_orders, strict=True))
        for t, (s, i) in enumerate(zip(starts, orders, strict=True))
        for o in range(instance.p.shape[1])
    ]


class OperationGap(NamedTuple):
    """What one operation asks of the gap between two batches.

    ``free`` is when its equipment is clean again, counted from the start of the first batch; ``reached`` is how long
    the second batch takes to get there; ``gap`` is their difference, and ``decides`` says whether no other is larger.
    """

    operation: str
    cleaning: float
    free: float
    reached: float
    gap: float
    decides: bool

    def needs(self, gap: float) -> str:
        """What stands beside the operation where the gap between the batches is ``gap``."""
        spare = "decides" if self.decides else f"{rounded(gap - self.gap)} to spare"
        return spoken(f"needs {rounded(self.gap)}: {spoken(spare)}")


def operation_gaps(instance: Instance, first: str, second: str) -> list[OperationGap]:
    """The least gap that each operation allows between a batch of ``first`` and one of ``second`` behind it.

    ``sum_{m<=o} p_im + k_oij - sum_{m<o} p_jm`` for every operation ``o``; ``g_ij`` is the largest.
    Where the instance gives setup times and no cleaning times, cleaning counts as 0 and only the
    processing times speak; then no operation decides unless it needs the whole given gap.

    Parameters
    ----------
    instance : Instance
    first, second : str
        Ids of orders; the same id twice for two batches of one order.

    Returns
    -------
    list of O OperationGap
        In time units; see equation (6).

    Raises
    ------
    InputError
        For an unknown order.

    Examples
    --------
    >>> [(gap.operation, gap.gap, gap.decides) for gap in operation_gaps(load_instance("fig1"), "A", "B")]
    [('seed culture', 4.0, False), ('main culture', 10.0, True), ('purification', 9.0, False)]
    """
    i, j = order_index(instance, first), order_index(instance, second)
    ends, starts, cleaning = (
        operation_ends(instance.p)[i],
        operation_starts(instance.p)[j],
        cleaning_row(instance, i, j),
    )
    gap, found = float(instance.g[i, j]), []
    for o, operation in enumerate(instance.operations):
        free, reached = float(ends[o]) + cleaning[o], float(starts[o])
        needed = free - reached
        found.append(OperationGap(operation, cleaning[o], free, reached, needed, abs(needed - gap) <= 1e-9 * (1 + gap)))
    return found


def cleaning_row(instance: Instance, i: int, j: int) -> tuple[float, ...]:
    """``k_oij`` of every operation; 0 where the instance gives setup times and no cleaning times."""
    if not isinstance(instance.setup, CleaningTimes):
        return (0.0,) * len(instance.operations)
    return tuple(map(float, (instance.setup.same_order if i == j else instance.setup.change)[i]))


def order_index(instance: Instance, order: object) -> int:
    """The place of an order; raises :class:`InputError` where there is none."""
    if not isinstance(order, str) or order not in instance.order_index:
        raise InputError(f"the order is {shown(order)}; the instance has no such order")
    return instance.order_index[order]


def deciding_text(gaps: list[OperationGap]) -> str:
    """Which operations decide the gap, in words."""
    deciding = [entry.operation for entry in gaps if entry.decides]
    decide = f"{enumeration(deciding)} decide{'' if len(deciding) > 1 else 's'}" if deciding else "no operation decides"
    return spoken(decide)


def alt_text_pipeline(instance: Instance, first: str, second: str) -> str:
    """The picture in words: gap and setup by equation (6), what each operation needs, and which one decides.

    Parameters
    ----------
    instance : Instance
    first, second : str
        Ids of orders.

    Returns
    -------
    str
        Times with the instance's unit.

    Raises
    ------
    InputError
        For an unknown order.

    Examples
    --------
    >>> print(alt_text_pipeline(load_instance("fig1"), "A", "B"))
    A batch of order B behind a batch of order A on one Site: it starts 10 days later (the gap), 7 days ...
    """
    gaps, unit = operation_gaps(instance, first, second), instance.time_unit
    i, j = order_index(instance, first), order_index(instance, second)
    needs = enumeration([f"{entry.operation} needs {duration(entry.gap, unit)}" for entry in gaps])
    return (
        f"A batch of order {second} behind a batch of order {first} on one Site: it starts "
        f"{duration(float(instance.g[i, j]), unit)} later (the gap), {duration(float(instance.b[i, j]), unit)} "
        f"after the end of {instance.operations[0]} (the setup time). {sentence(f'{needs}; {deciding_text(gaps)}')}"
    )
