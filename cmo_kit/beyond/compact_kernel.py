"""The list scheduling of :mod:`cmo_kit.beyond.compact`, compiled: the same numbers to the last bit."""

import numpy as np
from numpy.typing import NDArray

from cmo_kit.beyond.compact import check_compact, parts_of
from cmo_kit.core.instance import Instance
from cmo_kit.fast.compiled import compiled

Integers = NDArray[np.int64]
Times = NDArray[np.float64]


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
) -> int:
    """Schedule the orders in sequence; ``latest`` (I,) receives the start of each order's last batch.

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
            for _ in range(batches[i]):
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
                if record:
                    runs[rows, 0], runs[rows, 1], runs[rows, 2] = l, i, share[k]
                rows += 1
    return rows


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
) -> None:
    """Total tardiness of several sequences (e, I) with their parts (e, I), into ``totals`` (e,)."""
    latest = np.zeros(batches.size)
    nothing = np.zeros((0, 3), dtype=np.int64)
    for e in range(totals.size):
        place_orders(gap, opening, batches, sites, sequences[e], parts[e], latest, nothing, False)
        total = 0.0
        for i in range(batches.size):
            total += weight[i] * max(0.0, latest[i] + tail[i] - due[i])
        totals[e] = total


def list_schedule_fast(instance: Instance, sequence: Integers, parts: Integers) -> list[list[tuple[int, int]]]:
    """What :func:`cmo_kit.beyond.compact.list_schedule` returns."""
    runs = np.zeros((int(np.minimum(np.minimum(instance.Q, instance.sites), parts).sum()), 3), dtype=np.int64)
    latest = np.zeros(len(instance.orders))
    rows = place_orders(
        instance.g, instance.sigma, instance.Q, instance.sites, sequence.astype(np.int64), parts, latest, runs, True
    )
    sites: list[list[tuple[int, int]]] = [[] for _ in range(instance.sites)]
    for l, i, count in runs[:rows].tolist():
        sites[l].append((i, count))
    return sites


def sequence_tardiness(instance: Instance, sequences: Integers, parts: Integers) -> Times:
    """Total tardiness of several sequences, shape (e, I), with their numbers of Sites; shape (e,)."""
    totals = np.zeros(len(sequences))
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
    )
    return totals


def compact_tardiness(instance: Instance, population: NDArray[np.float64]) -> Times:
    """Total tardiness of compact chromosomes, shape (e, 2 I); shape (e,)."""
    values = np.atleast_2d(check_compact(instance, population))
    count = len(instance.orders)
    sequences = np.argsort(values[:, :count], axis=1, kind="stable")
    return sequence_tardiness(instance, sequences, parts_of(instance, values[:, count:]))
