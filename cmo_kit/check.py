"""The independent checker: it says whether a schedule is feasible and states what is right.

It knows the instance's own data and nothing of the decoder, of :class:`Schedule`'s arithmetic, or of
the derived setup times: it walks every Site batch by batch in exact fractions. Where the instance
has cleaning times, it places every operation on its equipment and lets the next batch begin as
soon as no equipment is still taken or being cleaned; only where setup times are given does it use them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import accumulate
from typing import Any

from cmo_kit.core.instance import CleaningTimes, Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.formats.schedule import check_document

RELATIVE_TOLERANCE = Fraction(1, 10**6)


@dataclass(frozen=True)
class Violation:
    """One broken rule.

    ``site`` and ``position`` (of the run; of the batch for the rules about times) count from 1 and are None
    where the rule is not about a place; ``order`` is an id or None; ``amount`` says by how much, in the unit
    of the rule (Sites, batches or time units); ``message`` is one sentence.

    Examples
    --------
    >>> instance = load_instance("tiny-one-site")
    >>> (violation,) = check_schedule(instance, Schedule(instance, [[("2", 1), ("3", 2), ("1", 1)]]))
    >>> violation.rule, violation.order, violation.amount
    ('batches', '1', 1.0)
    """

    site: int | None
    position: int | None
    order: str | None
    rule: str
    amount: float
    message: str


def check_schedule(instance: Instance, schedule: Schedule | Mapping[str, Any]) -> list[Violation]:
    """List every violation of a schedule of [P] (Section III), computed in a way of its own.

    Parameters
    ----------
    instance : Instance
    schedule : Schedule or mapping
        A schedule, whose starts, completions and tardiness are checked too, or the contents of a schedule
        file, which may name what the instance does not have.

    Returns
    -------
    list of Violation
        Empty: the schedule is feasible and its stated objective is right within ``1e-6 max(1, |x|)``.
        Rules: ``instance``, ``sites``, ``order``, ``batches``, ``start``, ``completion``, ``tardiness``, ``objective``.

    Raises
    ------
    InputError
        When a mapping does not have the form of a schedule file.

    Examples
    --------
    >>> instance = load_instance("tiny-one-site")
    >>> check_schedule(instance, Schedule(instance, [[("2", 1), ("3", 2), ("1", 2)]]))
    []
    >>> print(check_schedule(instance, Schedule(instance, [[("2", 1), ("1", 2)]]))[0].message)
    Order 3 has 0 batches scheduled and asks for 2: 2 too few.
    """
    if isinstance(schedule, Schedule):
        sites = [[(run.order, run.batches) for run in site] for site in schedule.sites]
        name, stated = schedule.instance.name, schedule.stated_total_tardiness
    else:
        document = check_document(schedule)
        sites = [[(run["order"], run["batches"]) for run in site] for site in document["sites"]]
        name, stated = document["instance"], document.get("total_tardiness")
    found: list[Violation] = []
    if name != instance.name:
        found.append(_violation("instance", 1, f"The schedule is for instance {name!r}, not for {instance.name!r}."))
    found += _check_counts(instance, sites)
    read = _reader(instance)
    starts, completions = _times(instance, sites, read)
    taus = _tardiness(instance, completions, read)
    total = _total(instance, taus)
    if isinstance(schedule, Schedule):
        if {order.id for order in schedule.instance.orders} == {order.id for order in instance.orders}:
            found += _check_times(instance, schedule, starts, completions, taus)
        found += _check_objective("computed", schedule.total_tardiness, total)
    if stated is not None:
        found += _check_objective("stated", stated, total)
    return found


def recompute(instance: Instance, sites: Sites) -> tuple[list[dict[str, Fraction]], Fraction]:
    """Recompute what a left-shifted schedule of these runs gives, exactly and without the decoder's arithmetic.

    Parameters
    ----------
    instance : Instance
    sites : list of L lists of (order id, batches)

    Returns
    -------
    completions : list of L dicts
        Per Site, by order id, when the last batch of the order there is complete, in time units.
    total_tardiness : Fraction
        Equation (1) with weights.
    """
    read = _reader(instance)
    completions = _times(instance, sites, read)[1]
    total = _total(instance, _tardiness(instance, completions, read))
    return [dict(sorted(site, key=lambda one: one[1])) for site in completions], total


Sites = list[list[tuple[str, int]]]
Read = Callable[[float], Fraction]
#: Per Site one (order id, time) for each batch of an order that the instance has.
BatchTimes = list[list[tuple[str, Fraction]]]


def _reader(instance: Instance) -> Read:
    """How a time is read: as the decimal that it is written as, rounded to the instance's step if it is finer."""
    per_unit = instance.time_ticks.per_unit

    @cache
    def read(time: float) -> Fraction:
        return Fraction(round(Fraction(repr(float(time))) * per_unit), per_unit)

    return read


def _violation(rule: str, amount: float, message: str, site: int | None = None, position: int | None = None,
               order: str | None = None) -> Violation:  # fmt: skip
    return Violation(site, position, order, rule, float(amount), message)


def _check_counts(instance: Instance, sites: Sites) -> list[Violation]:
    found = []
    if len(sites) != instance.sites:
        text = f"The schedule has {len(sites)} Sites; the instance has {instance.sites}."
        found.append(_violation("sites", abs(len(sites) - instance.sites), text))
    scheduled = {order.id: 0 for order in instance.orders}
    for l, site in enumerate(sites, start=1):
        for position, (order, batches) in enumerate(site, start=1):
            if order in scheduled:
                scheduled[order] += batches
            else:
                text = f"Site {l}, run {position}: the instance has no order {order!r}."
                found.append(_violation("order", batches, text, l, position, order))
    for wanted in instance.orders:
        surplus = scheduled[wanted.id] - wanted.batches
        if surplus:
            text = (
                f"Order {wanted.id} has {scheduled[wanted.id]} batches scheduled and asks for {wanted.batches}: "
                f"{abs(surplus)} too {'many' if surplus > 0 else 'few'}."
            )
            found.append(_violation("batches", abs(surplus), text, order=wanted.id))
    return found


def _times(instance: Instance, sites: Sites, read: Read) -> tuple[BatchTimes, BatchTimes]:
    """Earliest start and completion of every batch; unknown orders take no time."""
    index = {order.id: i for i, order in enumerate(instance.orders)}
    times = [[read(time) for time in order.processing_times] for order in instance.orders]
    begins = [[Fraction(0), *accumulate(row)][:-1] for row in times]
    totals = [sum(row, Fraction(0)) for row in times]
    opening = [read(time) for time in instance.initial_setup_times or [0] * len(times)]
    starts: BatchTimes = []
    completions: BatchTimes = []
    for site in sites:
        starts.append([])
        completions.append([])
        last: int | None = None
        start = Fraction(0)
        for order, batches in site:
            if order not in index:
                continue
            j = index[order]
            for _ in range(batches):
                start = opening[j] if last is None else _next_start(instance, times, begins, start, last, j, read)
                starts[-1].append((order, start))
                completions[-1].append((order, start + totals[j]))
                last = j
    return starts, completions


def _next_start(
    instance: Instance, times: list[list[Fraction]], begins: list[list[Fraction]], start: Fraction, i: int, j: int,
    read: Read,
) -> Fraction:  # fmt: skip
    """Earliest start of a batch of ``j`` behind one of ``i`` that began at ``start``."""
    if not isinstance(instance.setup, CleaningTimes):
        return start + times[i][0] + read(instance.setup[i][j])
    cleaning = instance.setup.same_order[i] if i == j else instance.setup.change[i]
    free = [start + begins[i][o] + times[i][o] + read(cleaning[o]) for o in range(len(times[i]))]
    return max(free[o] - begins[j][o] for o in range(len(free)))


def _tardiness(instance: Instance, completions: BatchTimes, read: Read) -> list[Fraction]:
    last: dict[str, Fraction] = {}
    for site in completions:
        for order, time in site:
            last[order] = max(last.get(order, time), time)
    return [
        max(Fraction(0), last[order.id] - read(order.due_date)) if order.id in last else Fraction(0)
        for order in instance.orders
    ]


def _total(instance: Instance, taus: list[Fraction]) -> Fraction:
    weights = (Fraction(repr(float(order.weight))) for order in instance.orders)
    return sum((weight * tau for weight, tau in zip(weights, taus, strict=True)), Fraction(0))


def _error(value: float, right: Fraction) -> float:
    """How far ``value`` is from ``right``: 0 within the tolerance, infinite where it is no number."""
    if not math.isfinite(value):
        return math.inf
    error = abs(Fraction(value) - right)
    return float(error) if error > RELATIVE_TOLERANCE * max(Fraction(1), abs(right)) else 0.0


def _check_objective(kind: str, value: float, total: Fraction) -> list[Violation]:
    error = _error(value, total)
    if not error:
        return []
    text = f"The {kind} total tardiness is {value:.10g}; it must be {float(total):.10g}."
    return [_violation("objective", error, text)]


def _check_times(
    instance: Instance, schedule: Schedule, starts: BatchTimes, completions: BatchTimes, taus: list[Fraction]
) -> list[Violation]:
    found = []
    for rule, claimed, right in (("start", schedule.starts, starts), ("completion", schedule.completions, completions)):
        for l, (values, expected) in enumerate(zip(claimed, right, strict=False), start=1):
            if len(values) != len(expected):
                text = f"Site {l} has {len(values)} {rule} times for {len(expected)} batches."
                found.append(_violation(rule, abs(len(values) - len(expected)), text, l))
            for t, (value, (order, time)) in enumerate(zip(values, expected, strict=False), start=1):
                error = _error(float(value), time)
                if error:
                    side = "before" if value < time else "after"
                    text = f"Site {l}, batch {t} of order {order}: {rule} {value:.10g} is {side} {float(time):.10g}."
                    found.append(_violation(rule, error, text, l, t, order))
    claimed_taus = dict(zip(schedule.instance.order_index, schedule.tardiness, strict=True))
    for wanted, tau in zip(instance.orders, taus, strict=True):
        error = _error(float(claimed_taus[wanted.id]), tau)
        if error:
            text = f"Order {wanted.id} has tardiness {claimed_taus[wanted.id]:.10g}; it must be {float(tau):.10g}."
            found.append(_violation("tardiness", error, text, order=wanted.id))
    return found
