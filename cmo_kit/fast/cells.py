"""The first half of the fast decoder: which runs stand on every Site, and in which order.

A cell belongs to one order on one Site. It is one 32-bit word: the least key that the order has there,
as a whole number of up to 31 bits, with the order's index in the lowest bits; so sorting a Site's
cells sorts its runs. Rounding keeps the order of keys but may make two equal that are not. Where a
batch's whole key equals a Site change's, the chromosome is marked as doubtful and decoded again by
:mod:`cmo_kit.fast.exact`; where two runs of one Site tie, the keys themselves decide.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.fast.compiled import part
from cmo_kit.fast.tables import Tables, Workspace
from cmo_kit.fast.vectors import least, load, most, spread, store, to_float, where_zero, whole_keys

ZERO, ONE, EMPTY, SIGN = np.uint32(0), np.uint32(1), np.uint32(0xFFFFFFFF), np.uint32(31)
NEVER = -np.inf
#: The greatest whole key; with any order's index in its low bits it stays below EMPTY.
SCALE = 2.0**31 - 2

Keys = NDArray[np.float64]


@part
def sort_rows(array: NDArray[Any], length: int, width: int) -> None:
    """Sort ``width`` interleaved lists of ``length`` rows in every lane.

    A sorting network makes the same comparisons whatever it sorts, so one serves all lanes and
    lists at once: Batcher's, with about n (log2 n)^2 / 4 comparisons. The loops are those of the merge
    exchange, algorithm 5.2.2M in Knuth, The Art of Computer Programming, volume 3.
    """
    top = 1
    while 2 * top < length:
        top *= 2
    p = top
    while p > 0:
        q, r, d = top, 0, p
        while True:
            for begin in range(r, length - d, 2 * p):
                for a in range(begin * width, min(begin + p, length - d) * width):
                    lower, higher = load(array, a), load(array, a + d * width)
                    store(array, a, least(lower, higher))
                    store(array, a + d * width, most(lower, higher))
            if q == p:
                break
            q, r, d = q // 2, p, q - p
        p //= 2


@part
def read_changes(population: Keys, row: int, gene: int, sites: int, work: Workspace) -> Any:
    """Put the Site changes' whole keys into ``work.changes``, ascending; returns 0 in lanes with a wrong key."""
    valid = spread(ONE)
    for k in range(sites - 1):
        key, right = whole_keys(population, row, gene + k, SCALE)
        valid = least(valid, right)
        store(work.changes, k, key)
    sort_rows(work.changes, sites - 1, 1)
    return valid


@part
def read_order(population: Keys, row: int, i: int, tables: Tables, work: Workspace) -> Any:
    """Put one order's whole keys into ``work.keys`` and the least into ``work.low``; returns as above."""
    valid, low = spread(ONE), spread(EMPTY)
    for gene in range(tables.first[i], tables.first[i + 1]):
        key, right = whole_keys(population, row, gene, SCALE)
        valid = least(valid, right)
        low = least(low, key)
        store(work.keys, gene, key)
    store(work.low, i, low)
    store(work.below, i, spread(ZERO))
    store(work.last, i, spread(NEVER))
    return valid


@part
def fill_cells(i: int, l0: int, width: int, sites: int, bits: int, tables: Tables, work: Workspace) -> Any:
    """Count order ``i``'s batches on the Sites from ``l0`` and find the least key on each.

    Of the order's keys those below a Site change are counted and the least at or above it is kept; the
    difference ``key - change`` of unsigned numbers serves both: its highest bit says "below", and
    whatever is below becomes very large. A cell is the least key with the order's index in its lowest
    bits; a Site without the order is EMPTY. ``work.starts`` is the time from the run's first to its last start.

    Returns
    -------
    vector
        0 in lanes where a batch's whole key equals a Site change's.
    """
    zero, one, empty, sign = spread(ZERO), spread(ONE), spread(EMPTY), spread(SIGN)
    order, shift = spread(np.uint32(i)), spread(np.uint32(bits))
    gap, never = spread(tables.same[i]), spread(NEVER)
    first, last = tables.first[i], tables.first[i + 1]
    distinct, below, low = empty, load(work.below, i), load(work.low, i)
    for l in range(l0, l0 + width):
        before, here = below, low
        if l < sites - 1:
            change, below, nearest = load(work.changes, l), zero, empty
            for gene in range(first, last):
                difference = load(work.keys, gene) - change
                below = below + (difference >> sign)
                nearest = least(nearest, difference)
            distinct = least(distinct, nearest)
            low = nearest + change
        else:
            below = spread(np.uint32(last - first))
        count, cell = below - before, i * width + l - l0
        store(work.cells, cell, where_zero(count, empty, ((here >> shift) << shift) | order))
        store(work.counts, cell, count)
        store(work.starts, cell, where_zero(count, never, to_float(count - one) * gap))
        store(work.runs, l, load(work.runs, l) + where_zero(count, zero, one))
    store(work.below, i, below)
    store(work.low, i, low)
    return distinct


@part
def distinct_cells(orders: int, width: int, bits: int, work: Workspace) -> Any:
    """0 in lanes where two orders on one Site have equal least keys."""
    zero, one, empty, shift = spread(ZERO), spread(ONE), spread(EMPTY), spread(np.uint32(bits))
    distinct = empty
    for t in range(width, orders * width):
        lower, higher = load(work.cells, t - width), load(work.cells, t)
        both_empty = where_zero(lower ^ empty, one, zero)
        distinct = least(distinct, ((lower ^ higher) >> shift) | both_empty)
    return distinct


@part
def exact_key(keys: Keys, i: np.int64, change: np.int64, tables: Tables) -> float:
    """The least key of order ``i`` on the Site that begins behind the whole key ``change``."""
    found = np.inf
    for gene in range(tables.first[i], tables.first[i + 1]):
        if np.int64(keys[gene] * SCALE) > change:
            found = min(found, keys[gene])
    return found


@part
def settle_ties(keys: Keys, lane: int, l0: int, width: int, bits: int, tables: Tables, work: Workspace) -> None:
    """Put cells that tie as whole numbers in the order of their keys; equal keys stay in index order."""
    mask = (1 << bits) - 1
    for l in range(l0, l0 + width):
        change = np.int64(work.changes[l - 1, lane]) if l > 0 else np.int64(-1)
        for t in range(1, work.runs[l, lane]):
            for place in range(t, 0, -1):
                a, b = (place - 1) * width + l - l0, place * width + l - l0
                lower, higher = np.int64(work.cells[a, lane]), np.int64(work.cells[b, lane])
                if (lower ^ higher) >> bits != 0:
                    break
                if exact_key(keys, lower & mask, change, tables) <= exact_key(keys, higher & mask, change, tables):
                    break
                work.cells[a, lane], work.cells[b, lane] = higher, lower
