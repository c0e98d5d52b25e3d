"""The second half of the fast decoder: sixteen chromosomes side by side, from keys to tardiness.

Every step does the same to all sixteen, whatever their keys, so each is made of whole-vector
operations: count and compare instead of sorting genes, a sorting network instead of insertion.
Only the walk along a Site's runs, which leads every chromosome elsewhere, goes lane by lane.
"""

import numpy as np
from numpy.typing import NDArray

from cmo_kit.fast.cells import (
    EMPTY,
    ONE,
    ZERO,
    Keys,
    distinct_cells,
    fill_cells,
    read_changes,
    read_order,
    settle_ties,
    sort_rows,
)
from cmo_kit.fast.compiled import compiled, part
from cmo_kit.fast.exact import mix
from cmo_kit.fast.tables import LANES, Tables, Workspace
from cmo_kit.fast.vectors import get, least, load, most, put, spread, store


@part
def walk(
    l: int, place: int, lane: int, width: int, bits: int, tables: Tables, work: Workspace, with_fingerprint: bool
) -> np.uint64:
    """Replace each run's duration in ``work.starts`` by the start of its last batch, equation (6).

    Returns
    -------
    uint64
        The hash of the Site's runs, as in :mod:`cmo_kit.fast.exact`, if it is wanted.
    """
    mask = (1 << bits) - 1
    start, site, before = 0.0, np.uint64(0), np.int64(len(tables.same))  # the last row of g opens a Site
    for t in range(np.int64(get(work.runs, l, lane))):
        j = np.int64(get(work.cells, t * width + place, lane)) & mask
        cell = j * width + place
        start = start + tables.g[before, j] + get(work.starts, cell, lane)
        put(work.starts, cell, lane, start)
        if with_fingerprint:
            site += tables.before[before] * (tables.here[j] * np.uint64(get(work.counts, cell, lane)))
        before = j
    return mix(site)


@part
def keep_last(width: int, orders: int, work: Workspace) -> None:
    """Keep each order's latest start in ``work.last``."""
    for i in range(orders):
        last = load(work.last, i)
        for cell in range(i * width, i * width + width):
            last = most(last, load(work.starts, cell))
        store(work.last, i, last)


@part
def add_tardiness(tables: Tables, work: Workspace) -> None:
    """Put equation (1) into ``work.total``, added in the order of the instance as core does."""
    zero = spread(0.0)
    total = zero
    for i in range(len(tables.same)):
        late = most(zero, load(work.last, i) + spread(tables.tails[i]) - spread(tables.due[i]))
        total = total + spread(tables.weight[i]) * late
    store(work.total, 0, total)


@compiled
def decode_lanes(
    population: Keys,
    begin: int,
    end: int,
    sites: int,
    block: int,
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
    sites, block, bits : ``L``, how many Sites are decoded together, the bits of an order's index
    tables, work : see :class:`Tables` and :class:`Workspace`
    tardiness, fingerprints, doubtful : (e,)
        Written: equation (1) in time units, the schedule's hash, and whether both must be found again
        because the whole keys of a batch and a Site change tie.

    Returns
    -------
    bool
        Whether every key is a number from 0 to 1; if not, what was written means nothing.
    """
    orders = len(tables.same)
    all_valid = spread(ONE)
    for group in range(begin, end, LANES):
        row = min(group, end - LANES)  # the last group may decode some chromosomes twice
        all_valid = least(all_valid, read_changes(population, row, tables.first[orders], sites, work))
        for l in range(sites):
            store(work.runs, l, spread(ZERO))
        fingerprints[row : row + LANES] = 0
        distinct = spread(EMPTY)
        for l0 in range(0, sites, block):
            width = min(block, sites - l0)
            for i in range(orders):
                if l0 == 0:
                    all_valid = least(all_valid, read_order(population, row, i, tables, work))
                distinct = least(distinct, fill_cells(i, l0, width, sites, bits, tables, work))
            sort_rows(work.cells, orders, width)
            store(work.flags, 0, distinct_cells(orders, width, bits, work))
            for lane in range(LANES):
                if work.flags[0, lane] == ZERO:
                    settle_ties(population[row + lane], lane, l0, width, bits, tables, work)
            for l in range(l0, l0 + width):
                for lane in range(LANES):
                    site = walk(l, l - l0, lane, width, bits, tables, work, with_fingerprints)
                    fingerprints[row + lane] += site
            keep_last(width, orders, work)
        add_tardiness(tables, work)
        store(work.flags, 0, distinct)
        for lane in range(LANES):
            tardiness[row + lane] = work.total[0, lane]
            doubtful[row + lane] = work.flags[0, lane] == ZERO
    store(work.flags, 0, all_valid)
    return bool(work.flags[0].min() > ZERO)
