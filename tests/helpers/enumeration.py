"""Exhaustive enumeration in plain arithmetic: what solver, decoder and checker are held to.

It reads the numbers that an instance's file holds and shares nothing with the kit's own schedule,
decoder, checker or model: lists, sums and maxima only, compiled by numba where there are many schedules.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from math import lcm
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from cmo_kit import Instance, Schedule

SITE_CHANGE = -1
Sites = tuple[tuple[int, ...], ...]
Array = np.ndarray


class Numbers(NamedTuple):
    """An instance as bare numbers; ``gap[i][j]`` is the least time from the start of i to that of j behind it."""

    sites: int
    batches: list[int]
    due: list[float]
    weight: list[float]
    duration: list[float]
    gap: list[list[float]]
    opening: list[float]


class Optimum(NamedTuple):
    """The least total tardiness and every way to reach it (per Site the order of each batch)."""

    value: float
    winners: set[Sites]


def numbers(instance: Instance, read: Callable[[Any], Any] = lambda document: document) -> Numbers:
    """The numbers of ``instance`` as its file has them, or as ``read`` makes them of its document."""
    document = read(instance.to_dict())
    orders = document["orders"]
    times = [order["processing_times"] for order in orders]
    count = len(orders)
    return Numbers(
        document["sites"],
        [order["batches"] for order in orders],
        [order["due_date"] for order in orders],
        [order.get("weight", 1) for order in orders],
        [sum(row) for row in times],
        [[_gap(document, times, i, j) for j in range(count)] for i in range(count)],
        document.get("initial_setup_times", [0] * count),
    )


def as_typed(value: float) -> Fraction:
    """A number as the fraction of few parts, or of a day's seconds, or else the decimal, whose nearest double it is."""
    fractions = Fraction(value).limit_denominator(120), Fraction(round(value * 86_400), 86_400)
    return next((fraction for fraction in fractions if float(fraction) == value), Fraction(repr(value)))


def exact_numbers(instance: Instance) -> Numbers:
    """The numbers of ``instance``, times and weights as exact fractions."""

    def exact(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: exact(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [exact(entry) for entry in value]
        return as_typed(value) if isinstance(value, float) else value

    return numbers(instance, exact)


def exact_optima(instance: Instance) -> tuple[Fraction, Fraction]:
    """The optimum of the numbers as they were typed, and that with one run per order and Site; both exact."""
    given = exact_numbers(instance)
    times = [*given.due, *given.duration, *given.opening, *(gap for row in given.gap for gap in row)]
    unit, parts = (lcm(*(Fraction(value).denominator for value in values)) for values in (times, given.weight))
    whole = given._replace(
        sites=min(given.sites, sum(given.batches)),  # on no more Sites there is a batch
        due=[int(time * unit) for time in given.due],
        weight=[int(weight * parts) for weight in given.weight],
        duration=[int(time * unit) for time in given.duration],
        gap=[[int(time * unit) for time in row] for row in given.gap],
        opening=[int(time * unit) for time in given.opening],
    )
    latest = max(whole.opening) + sum(Q * max(row) for Q, row in zip(whole.batches, whole.gap, strict=True))
    if (latest + max(whole.duration) + max(map(abs, whole.due))) * sum(whole.weight) < 2**53:  # doubles add exactly
        labels = np.repeat(np.arange(len(whole.batches) + 1), [*whole.batches, whole.sites - 1])
        both = _least(
            labels, *(np.array(row, np.float64) for row in (whole[5], whole[4], whole[2], whole[3], whole[6]))
        )
    else:
        found = {cut(sequence) for sequence in arrangements(whole.batches, whole.sites - 1)}
        both = [min(tardiness_of(whole, sites) for sites in each) for each in (found, set(map(merged, found)))]
    return Fraction(int(both[0]), unit * parts), Fraction(int(both[1]), unit * parts)


@njit(cache=True)
def _least(labels: Array, gap: Array, duration: Array, due: Array, weight: Array, opening: Array) -> Any:
    """Both optima, compiled; ``labels``, ascending, holds the order of every batch and I for every Site change.

    All its distinct permutations are visited in lexicographic order.
    """
    count, n = len(due), len(labels)
    best, best_one = np.inf, np.inf
    latest, seen = np.zeros(count), np.zeros(count, np.int64)
    while True:
        latest[:] = -1.0
        seen[:] = -1
        site, before, start, one = 0, -1, 0.0, True
        for i in labels:
            if i == count:
                site, before = site + 1, -1
                continue
            start = opening[i] if before < 0 else start + gap[before, i]
            if i != before and seen[i] == site:
                one = False
            seen[i], before = site, i
            latest[i] = max(latest[i], start + duration[i])
        total = 0.0
        for i in range(count):
            total += weight[i] * max(0.0, latest[i] - due[i])
        best = min(best, total)
        if one:
            best_one = min(best_one, total)
        k = n - 2
        while k >= 0 and labels[k] >= labels[k + 1]:
            k -= 1
        if k < 0:
            return best, best_one
        m = n - 1
        while labels[m] <= labels[k]:
            m -= 1
        labels[k], labels[m] = labels[m], labels[k]
        labels[k + 1 :] = labels[k + 1 :][::-1].copy()


def _gap(document: dict[str, Any], times: list[list[float]], i: int, j: int) -> float:
    if "setup_times" in document:
        return times[i][0] + document["setup_times"][i][j]
    cleaning = document["cleaning_times"]["same_order" if i == j else "change"][i]
    needed = []
    for o in range(len(times[i])):
        free_again = sum(times[i][: o + 1]) + cleaning[o]
        arrival = sum(times[j][:o])
        needed.append(free_again - arrival)
    return max(needed)


def arrangements(batches: Sequence[int], changes: int) -> Iterator[tuple[int, ...]]:
    """All distinct sequences of the orders' batches and ``changes`` Site changes (-1)."""
    left = {SITE_CHANGE: changes, **dict(enumerate(batches))}

    def extend(prefix: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if not any(left.values()):
            yield prefix
            return
        for symbol in left:
            if left[symbol]:
                left[symbol] -= 1
                yield from extend((*prefix, symbol))
                left[symbol] += 1

    return extend(())


def cut(sequence: Sequence[int]) -> Sites:
    """A sequence cut into Sites at its Site changes."""
    sites: list[tuple[int, ...]] = [()]
    for symbol in sequence:
        if symbol == SITE_CHANGE:
            sites.append(())
        else:
            sites[-1] += (symbol,)
    return tuple(sites)


def merged(sites: Sites) -> Sites:
    """Every Site with the batches of an order moved to the order's first batch there (Section 4.1)."""
    return tuple(tuple(i for i in dict.fromkeys(site) for _ in range(site.count(i))) for site in sites)


def runs(site: Sequence[int]) -> list[tuple[int, int]]:
    """Consecutive batches of one order as (order index, batches)."""
    return [(i, len(list(group))) for i, group in groupby(site)]


def in_order(schedule: Schedule) -> Sites:
    """Per Site the order of every batch of a schedule."""
    return tuple(tuple(int(i) for i in orders) for orders in schedule.batch_orders)


def completions(
    given: Numbers, sites: Sites, begun: Sequence[int] | None = None, frozen: float = 0.0
) -> dict[int, float]:
    """Per order its completion, every batch as early as it can be.

    All but the first ``begun[l]`` batches of a Site wait for ``frozen``.
    """
    complete: dict[int, float] = {}
    for l, site in enumerate(sites):
        start, last, stay = 0.0, None, len(site) if begun is None else begun[l]
        for position, i in enumerate(site):
            start = given.opening[i] if last is None else start + given.gap[last][i]
            if position >= stay:
                start = max(start, frozen)
            last, complete[i] = i, max(complete.get(i, 0), start + given.duration[i])
    return complete


def tardiness_of(given: Numbers, sites: Sites, begun: Sequence[int] | None = None, frozen: float = 0.0) -> float:
    """Weighted total tardiness of per-Site sequences, timed as :func:`completions` does."""
    complete = completions(given, sites, begun, frozen)
    return sum(given.weight[i] * max(0, time - given.due[i]) for i, time in complete.items())


def last_starts(given: Numbers, sites: Sites) -> list[float]:
    """The latest start of a batch of each order, every batch as early as it can be."""
    complete = completions(given, sites)
    return [complete[i] - duration for i, duration in enumerate(given.duration)]


def continuations(plan: Schedule, frozen: float, instance: Instance) -> Iterator[tuple[Sites, list[int]]]:
    """All sequences of batches that begin as a plan does before ``frozen``, and how many of a Site have begun."""
    begun = [int((starts < frozen - 1e-9).sum()) for starts in plan.starts]
    fronts = [site[:stay] for site, stay in zip(in_order(plan), begun, strict=True)]
    for sequence in arrangements([order.batches for order in instance.orders], instance.sites - 1):
        sites = cut(sequence)
        if all(site[: len(front)] == front for site, front in zip(sites, fronts, strict=True)):
            yield sites, begun


def optimum(instance: Instance, merge: bool = False) -> Optimum:
    """The optimum over all sequences: as [P] allows them, or with runs merged as the decoder does."""
    given = numbers(instance)
    best, winners = float("inf"), set()
    seen: set[Sites] = set()
    for sequence in arrangements(given.batches, given.sites - 1):
        sites = merged(cut(sequence)) if merge else cut(sequence)
        if sites in seen:
            continue
        seen.add(sites)
        value = tardiness_of(given, sites)
        if value < best:
            best, winners = value, {sites}
        elif value == best:
            winners.add(sites)
    return Optimum(best, winners)
