"""The list scheduling of :mod:`cmo_kit.codings.compact`, compiled: the same numbers to the last bit."""

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.arrays import Integers, Times, Words
from cmo_kit.codings.compact import check_compact, parts_of
from cmo_kit.core.instance import Instance
from cmo_kit.fast.compiled import compiled
from cmo_kit.fast.exact import mix


@compiled
def share_most(begin: Times, chosen: Integers, share: Integers, wanted: int, batches: int, gap: float) -> int:
    """Give out, in one go, batches that would go to the same Sites one by one; how many.

    All batches that could start before some level come before all others. The level is found by bisection; two
    batches a Site stay out, so that rounding cannot reverse an order.
    """
    if batches < 8 * wanted or gap <= 0.0:
        return 0
    low = begin[chosen[0]]
    high = low + batches * gap
    for _ in range(40):
        level = 0.5 * (low + high)
        room = 0
        for k in range(wanted):
            if level >= begin[chosen[k]]:
                room += int((level - begin[chosen[k]]) / gap) + 1
        if room <= batches:
            low = level
        else:
            high = level
    given = 0
    for k in range(wanted):
        if low >= begin[chosen[k]]:
            share[k] = max(0, int((low - begin[chosen[k]]) / gap) - 1)
            given += share[k]
    return given


@compiled
def place_orders(
    gap: Times,
    opening: Times,
    batches: Integers,
    sites: int,
    sequence: Integers,
    parts: Integers,
    latest: Times,
    runs: Integers,
    record: bool,
    codes: Words,
) -> int:
    """Schedule the orders in sequence; ``latest`` (I,) receives the start of each order's last batch.

    ``codes`` (L,) receives a number for the runs of each Site.

    With ``record``, ``runs`` (sum min(L, Q_i, parts_i), 3) receives (Site, order, batches) rows in the order
    in which they are placed. The result is the number of rows.
    """
    last = np.full(sites, -1)
    time = np.zeros(sites)
    begin = np.zeros(sites)
    chosen = np.zeros(sites, dtype=np.int64)
    share = np.zeros(sites, dtype=np.int64)
    taken = np.zeros(sites, dtype=np.bool_)
    rows = 0
    codes[:] = 0
    for i in sequence:
        own = gap[i, i]
        for l in range(sites):
            begin[l] = opening[i] if last[l] < 0 else time[l] + gap[last[l], i]
        wanted = min(parts[i], sites)
        for k in range(wanted):
            first = -1
            for l in range(sites):
                if not taken[l] and (first < 0 or begin[l] < begin[first]):
                    first = l
            taken[first] = True
            chosen[k] = first
            share[k] = 0
        if wanted == 1:
            share[0] = batches[i]
        else:
            for _ in range(batches[i] - share_most(begin, chosen, share, wanted, batches[i], own)):
                best, least = 0, np.inf
                for k in range(wanted):
                    start = begin[chosen[k]] + share[k] * own
                    if start < least:
                        best, least = k, start
                share[best] += 1
        latest[i] = -np.inf
        for k in range(wanted):
            l = chosen[k]
            taken[l] = False
            if share[k] > 0:
                last[l] = i
                time[l] = begin[l] + (share[k] - 1) * own
                latest[i] = max(latest[i], time[l])
                codes[l] = mix(mix(codes[l] + np.uint64(i + 1)) + np.uint64(share[k]))
                if record:
                    runs[rows, 0], runs[rows, 1], runs[rows, 2] = l, i, share[k]
                rows += 1
    return rows


@compiled
def total_of(latest: Times, tail: Times, due: Times, weight: Times) -> float:
    """Total tardiness, weighted, from the starts of the orders' last batches (I,)."""
    total = 0.0
    for i in range(latest.size):
        total += weight[i] * max(0.0, latest[i] + tail[i] - due[i])
    return total


@compiled
def evaluate_sequences(
    gap: Times,
    opening: Times,
    batches: Integers,
    tail: Times,
    due: Times,
    weight: Times,
    sites: int,
    sequences: Integers,
    parts: Integers,
    totals: Times,
    fingerprints: Words,
) -> None:
    """Total tardiness and fingerprints (e,) of several sequences (e, I) with their parts (e, I)."""
    latest = np.zeros(batches.size)
    nothing = np.zeros((0, 3), dtype=np.int64)
    codes = np.zeros(sites, dtype=np.uint64)
    for e in range(totals.size):
        place_orders(gap, opening, batches, sites, sequences[e], parts[e], latest, nothing, False, codes)
        totals[e] = total_of(latest, tail, due, weight)
        fingerprints[e] = 0
        for l in range(sites):
            fingerprints[e] += mix(codes[l])


def list_schedule_fast(instance: Instance, sequence: Integers, parts: Integers) -> list[list[tuple[int, int]]]:
    """What :func:`cmo_kit.codings.compact.list_schedule` returns."""
    runs = np.zeros((int(np.minimum(np.minimum(instance.Q, instance.sites), parts).sum()), 3), dtype=np.int64)
    latest = np.zeros(len(instance.orders))
    codes = np.zeros(instance.sites, dtype=np.uint64)
    rows = place_orders(
        instance.g,
        instance.sigma,
        instance.Q,
        instance.sites,
        sequence.astype(np.int64),
        parts.astype(np.int64),
        latest,
        runs,
        True,
        codes,
    )
    sites: list[list[tuple[int, int]]] = [[] for _ in range(instance.sites)]
    for l, i, count in runs[:rows].tolist():
        sites[l].append((i, count))
    return sites


def evaluate_lists(instance: Instance, sequences: Integers, parts: Integers) -> tuple[Times, Words]:
    """Total tardiness and fingerprints of several sequences, shape (e, I), with their numbers of Sites.

    Schedules that differ only in the numbering of the Sites have the same fingerprint, others (up to a tiny
    chance) different ones; both results have shape (e,).
    """
    totals, fingerprints = np.zeros(len(sequences)), np.zeros(len(sequences), dtype=np.uint64)
    evaluate_sequences(
        instance.g,
        instance.sigma,
        instance.Q,
        instance.tails,
        instance.D,
        instance.w,
        instance.sites,
        np.ascontiguousarray(sequences, dtype=np.int64),
        np.ascontiguousarray(parts, dtype=np.int64),
        totals,
        fingerprints,
    )
    return totals, fingerprints


def evaluate_compact(instance: Instance, population: NDArray[np.float64]) -> tuple[Times, Words]:
    """Total tardiness and fingerprints of compact chromosomes, shape (e, 2 I); two arrays of shape (e,)."""
    values = np.atleast_2d(check_compact(instance, population))
    count = len(instance.orders)
    sequences = np.argsort(values[:, :count], axis=1, kind="stable")
    return evaluate_lists(instance, sequences, parts_of(instance, values[:, count:]))
