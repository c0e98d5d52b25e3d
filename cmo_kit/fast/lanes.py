"""Decoding sixteen chromosomes side by side: the fast decoder itself.

Every step does the same to all sixteen, whatever their keys, so each is made of whole-vector
operations: count and compare instead of sorting genes, a sorting network instead of insertion.
Only the walk along a Site's runs, which leads every chromosome elsewhere, goes lane by lane.

Keys become whole numbers of 25 bits or so, which leaves room for the order's index in one 32-bit
word. Rounding keeps their order but may make two keys equal that are not. Wherever equal numbers
decide something, the chromosome is marked as doubtful and decoded again by
:mod:`cmo_kit.fast.exact`; so the numbers are core's, ties included.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.fast.compiled import compiled
from cmo_kit.fast.exact import mix
from cmo_kit.fast.tables import LANES, Tables, Workspace
from cmo_kit.fast.vectors import least, load, most, spread, store, to_float, where_zero, whole_keys

ZERO, ONE, EMPTY, SIGN = np.uint32(0), np.uint32(1), np.uint32(0xFFFFFFFF), np.uint32(31)
NEVER = -np.inf

Keys = NDArray[np.float64]


@compiled
def read_changes(population: Keys, row: int, gene: int, scale: float, sites: int, work: Workspace) -> Any:
    """Put the Site-change keys into ``work.changes``, ascending; returns 0 in lanes with a wrong key."""
    valid = spread(ONE)
    for k in range(sites - 1):
        key, right = whole_keys(population, row, gene + k, scale)
        valid = least(valid, right)
        store(work.changes, k, key)
    for k in range(1, sites - 1):
        for place in range(k, 0, -1):
            below, above = load(work.changes, place - 1), load(work.changes, place)
            store(work.changes, place - 1, least(below, above))
            store(work.changes, place, most(below, above))
    return valid


@compiled
def read_order(population: Keys, row: int, first: int, batches: int, scale: float, work: Workspace) -> Any:
    """Put the keys of one order's batches into ``work.keys``; returns their least and 0 in lanes with a wrong key."""
    valid, low = spread(ONE), spread(EMPTY)
    for batch in range(batches):
        key, right = whole_keys(population, row, first + batch, scale)
        valid = least(valid, right)
        low = least(low, key)
        store(work.keys, batch, key)
    return low, valid


@compiled
def fill_cells(i: int, batches: int, low: Any, bits: int, sites: int, same: float, work: Workspace) -> Any:
    """Count order ``i``'s batches on every Site and find the least key there.

    Of the keys in ``work.keys`` those below a Site change are counted and the least at or above it is
    kept; the difference ``key - change`` of unsigned numbers serves both: its highest bit says "below",
    and whatever is below becomes very large. A cell is the least key, then the order's index; a Site
    without the order is EMPTY. ``work.starts`` is the time from the run's first to its last start.

    Returns
    -------
    vector
        0 in lanes where a batch's key equals a Site change's.
    """
    zero, one, empty, sign = spread(ZERO), spread(ONE), spread(EMPTY), spread(SIGN)
    order, shift, gap, never = spread(np.uint32(i)), spread(np.uint32(bits)), spread(same), spread(NEVER)
    distinct, below = empty, zero
    for l in range(sites):
        before, here = below, low
        if l < sites - 1:
            change, below, nearest = load(work.changes, l), zero, empty
            for batch in range(batches):
                difference = load(work.keys, batch) - change
                below = below + (difference >> sign)
                nearest = least(nearest, difference)
            distinct = least(distinct, nearest)
            low = nearest + change
        else:
            below = spread(np.uint32(batches))
        count, cell = below - before, i * sites + l
        store(work.cells, cell, where_zero(count, empty, (here << shift) | order))
        store(work.counts, cell, count)
        store(work.starts, cell, where_zero(count, never, to_float(count - one) * gap))
        store(work.runs, l, load(work.runs, l) + where_zero(count, zero, one))
    return distinct


@compiled
def sort_cells(sites: int, work: Workspace) -> None:
    """Sort every Site's cells, the empty ones last; one network serves all Sites and chromosomes."""
    for comparison in range(len(work.network)):
        a, b = work.network[comparison, 0] * sites, work.network[comparison, 1] * sites
        for l in range(sites):
            lower, higher = load(work.cells, a + l), load(work.cells, b + l)
            store(work.cells, a + l, least(lower, higher))
            store(work.cells, b + l, most(lower, higher))


@compiled
def distinct_cells(orders: int, sites: int, bits: int, work: Workspace) -> Any:
    """0 in lanes where two orders on one Site have equal least keys."""
    zero, one, empty, shift = spread(ZERO), spread(ONE), spread(EMPTY), spread(np.uint32(bits))
    distinct = empty
    for t in range(sites, orders * sites):
        lower, higher = load(work.cells, t - sites), load(work.cells, t)
        both_empty = where_zero(lower ^ empty, one, zero)
        distinct = least(distinct, ((lower ^ higher) >> shift) | both_empty)
    return distinct


@compiled
def walk(bits: int, sites: int, tables: Tables, work: Workspace) -> None:
    """Replace each run's duration in ``work.starts`` by the start of its last batch, equation (6)."""
    orders = len(tables.same)
    mask = (1 << bits) - 1
    for l in range(sites):
        for lane in range(LANES):
            start, before = 0.0, np.int64(orders)  # the last row of g opens a Site
            for t in range(work.runs[l, lane]):
                j = np.int64(work.cells[t * sites + l, lane]) & mask
                start = start + tables.g[before, j] + work.starts[j * sites + l, lane]
                work.starts[j * sites + l, lane] = start
                before = j


@compiled
def add_tardiness(sites: int, tables: Tables, work: Workspace) -> Any:
    """Equation (1), added in the order of the instance as core does."""
    zero = spread(0.0)
    total = zero
    for i in range(len(tables.same)):
        last = load(work.starts, i * sites)
        for l in range(1, sites):
            last = most(last, load(work.starts, i * sites + l))
        late = most(zero, last + spread(tables.tails[i]) - spread(tables.due[i]))
        total = total + spread(tables.weight[i]) * late
    return total


@compiled
def fingerprint(lane: int, bits: int, sites: int, tables: Tables, work: Workspace) -> np.uint64:
    """The hash of one chromosome's runs, Sites being interchangeable, as in :mod:`cmo_kit.fast.exact`."""
    orders = len(tables.same)
    mask = (1 << bits) - 1
    total = np.uint64(0)
    for l in range(sites):
        site, before = np.uint64(0), np.int64(orders)
        for t in range(work.runs[l, lane]):
            j = np.int64(work.cells[t * sites + l, lane]) & mask
            site += tables.before[before] * (tables.here[j] * np.uint64(work.counts[j * sites + l, lane]))
            before = j
        total += mix(site)
    return total


@compiled
def decode_lanes(
    population: Keys,
    begin: int,
    end: int,
    sites: int,
    bits: int,
    tables: Tables,
    work: Workspace,
    with_fingerprints: bool,
    tardiness: NDArray[np.float64],
    fingerprints: NDArray[np.uint64],
    doubtful: NDArray[np.bool_],
) -> bool:
    """Decode the chromosomes ``begin`` to ``end - 1`` of a population, at least ``LANES`` of them.

    Parameters
    ----------
    population : (e, n) keys
    sites, bits : ``L`` and the bits of an order's index
    tables, work : see :class:`Tables` and :class:`Workspace`
    tardiness, fingerprints, doubtful : (e,)
        Written: equation (1) in time units, the schedule's hash, and whether both must be found again
        because rounded keys tie.

    Returns
    -------
    bool
        Whether every key is a number from 0 to 1; if not, what was written means nothing.
    """
    orders = len(tables.same)
    scale = 2.0 ** (32 - bits) - 2  # the greatest whole key is below EMPTY's
    all_valid = spread(ONE)
    for group in range(begin, end, LANES):
        row = min(group, end - LANES)  # the last group may decode some chromosomes twice
        valid = read_changes(population, row, tables.first[orders], scale, sites, work)
        for l in range(sites):
            store(work.runs, l, spread(ZERO))
        distinct = spread(EMPTY)
        for i in range(orders):
            first = tables.first[i]
            batches = tables.first[i + 1] - first
            low, right = read_order(population, row, first, batches, scale, work)
            valid = least(valid, right)
            distinct = least(distinct, fill_cells(i, batches, low, bits, sites, tables.same[i], work))
        sort_cells(sites, work)
        distinct = least(distinct, distinct_cells(orders, sites, bits, work))
        all_valid = least(all_valid, valid)
        walk(bits, sites, tables, work)
        store(work.total, 0, add_tardiness(sites, tables, work))
        store(work.flags, 0, distinct)
        for lane in range(LANES):
            tardiness[row + lane] = work.total[0, lane]
            doubtful[row + lane] = work.flags[0, lane] == ZERO
            if with_fingerprints:
                fingerprints[row + lane] = fingerprint(lane, bits, sites, tables, work)
    store(work.flags, 0, all_valid)
    return bool(work.flags[0].min() > ZERO)
