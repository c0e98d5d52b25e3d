"""Decoding one chromosome at a time, right for all keys: the compiled reference of the fast decoder.

The keys are never sorted as a whole. The Site of a batch is the number of Site changes below its key;
an order's run on a Site begins at the least of its keys there and is as long as their number; so
only the runs of a Site are sorted. Equal keys: a batch precedes a Site change (the comparison below
is strict) and of two orders the lower index comes first (runs are entered in index order and the sort
is stable).
"""

import numpy as np
from numpy.typing import NDArray

from cmo_kit.fast.compiled import compiled, inlined
from cmo_kit.fast.tables import Tables

MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
SHIFT_1, SHIFT_2, SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)


@inlined
def mix(x: np.uint64) -> np.uint64:
    """Scatter the bits of ``x``: a bijection of 64-bit numbers without visible structure (splitmix64)."""
    x = (x ^ (x >> SHIFT_1)) * MIX_1
    x = (x ^ (x >> SHIFT_2)) * MIX_2
    return np.uint64(x ^ (x >> SHIFT_3))


@compiled
def sort_changes(keys: NDArray[np.float64], first: int, changes: NDArray[np.float64]) -> None:
    """Copy the Site-change keys ``keys[first:]`` to ``changes`` (L - 1,), ascending."""
    for k in range(len(changes)):
        key, place = keys[first + k], k
        while place > 0 and changes[place - 1] > key:
            changes[place] = changes[place - 1]
            place -= 1
        changes[place] = key


@compiled
def sort_runs(length: int, least: NDArray[np.float64], order: NDArray[np.int32], batches: NDArray[np.int32]) -> None:
    """Sort the first ``length`` runs of a Site by least key; stable."""
    for t in range(1, length):
        key, i, q, place = least[t], order[t], batches[t], t
        while place > 0 and least[place - 1] > key:
            least[place], order[place], batches[place] = least[place - 1], order[place - 1], batches[place - 1]
            place -= 1
        least[place], order[place], batches[place] = key, i, q


@compiled
def decode_exact(
    population: NDArray[np.float64],
    rows: NDArray[np.int64],
    tables: Tables,
    tardiness: NDArray[np.float64],
    fingerprints: NDArray[np.uint64],
) -> None:
    """Total tardiness and fingerprint of the chromosomes ``rows`` of a population (e, n).

    ``tardiness`` and ``fingerprints`` (e,) are written at ``rows``: equation (1), in the tables' unit, and a hash of
    the runs with Sites interchangeable.
    """
    orders, sites = len(tables.same), tables.sites
    changes = np.empty(sites - 1)
    least, order = np.empty((sites, orders)), np.empty((sites, orders), np.int32)
    batches, length = np.empty((sites, orders), np.int32), np.empty(sites, np.int64)
    last_start = np.empty(orders)
    for row in rows:
        keys = population[row]
        sort_changes(keys, tables.first[orders], changes)
        length[:] = 0
        for i in range(orders):
            for gene in range(tables.first[i], tables.first[i + 1]):
                key = keys[gene]
                l = 0
                for change in changes:
                    l += change < key
                t = length[l] - 1
                if t >= 0 and order[l, t] == i:
                    batches[l, t] += 1
                    least[l, t] = min(least[l, t], key)
                else:
                    least[l, t + 1], order[l, t + 1], batches[l, t + 1] = key, i, 1
                    length[l] = t + 2
            last_start[i] = -np.inf
        fingerprint = np.uint64(0)
        for l in range(sites):
            sort_runs(length[l], least[l], order[l], batches[l])
            start, site, before = 0.0, np.uint64(0), np.int64(orders)  # the last row of g opens a Site
            for t in range(length[l]):
                j, q = order[l, t], batches[l, t]
                start = start + tables.g[before, j] + (q - 1) * tables.same[j]  # of the last batch, equation (6)
                last_start[j] = max(last_start[j], start)
                site += tables.before[before] * (tables.here[j] * np.uint64(q))
                before = np.int64(j)
            fingerprint += mix(site)
        total = 0.0
        for i in range(orders):  # in the order of the instance, as Schedule.total_tardiness adds
            total += tables.weight[i] * max(0.0, last_start[i] + tables.tails[i] - tables.due[i])
        tardiness[row], fingerprints[row] = total, fingerprint
