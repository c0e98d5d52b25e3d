"""The fast decoder for long chromosomes: sort the keys, but in buckets, sixteen of them side by side.

Counting the Site changes below every key (:mod:`cmo_kit.fast.lanes`) costs time in proportion to their number, and
with many Sites an order has hardly two batches on one of them, so nearly all keys must be sorted anyway. Here the
line from 0 to 1 is cut into so many equal buckets that about eight keys fall into each; one pass puts them there,
a sorting network sorts sixteen buckets at once, and what follows is the walk of Section 4.1. So a key costs
nearly the same whatever the number of keys and Sites.

A key becomes one 64-bit word, its place within the bucket as a whole number above its order's index. Where two words
tie in all but the order, and where a bucket overflows, the chromosome is marked as doubtful.
"""

import numpy as np
from numpy.typing import NDArray

from cmo_kit.fast.cells import sort_rows
from cmo_kit.fast.compiled import compiled
from cmo_kit.fast.exact import mix
from cmo_kit.fast.tables import BUCKETS, EMPTY_WORD, LANES, MOST, SPARE, VECTORS, Buckets, Tables
from cmo_kit.fast.vectors import spread, store

#: Sorted words that are copied without a question; MOST is a multiple of it.
STRIDE = SPARE
ZERO, ONE = np.uint64(0), np.uint64(1)
STEP, GROUP_SIZE, ROOM = np.uint64(BUCKETS), np.uint64(BUCKETS * MOST), np.uint64(MOST)


@compiled
def read_keys(keys: NDArray[np.float64], work: Buckets) -> bool:
    """Put the whole keys into ``work.line``; returns whether all keys are numbers from 0 to 1."""
    valid = True
    for k in range(len(keys)):
        key = keys[k]
        valid &= (key >= 0.0) & (key <= 1.0)
        work.line[k] = np.uint64(np.int64(key * work.scale))
    return valid


@compiled
def sort_keys(n: int, work: Buckets) -> bool:
    """Replace the whole keys in ``work.line`` by their words, ascending; returns False where a bucket overflows.

    Buckets take turns in the rows of their group: bucket ``b`` of it has its t-th word at ``t * BUCKETS + b``.
    """
    words, counts = work.words.reshape(work.words.size), work.counts
    shift, bits = np.uint64(work.shift), np.uint64(work.bits)
    mask = (ONE << shift) - ONE
    counts[:] = 0
    overflow = False
    for k in range(n):
        whole = work.line[k]
        bucket = whole >> shift
        t = np.uint64(counts[bucket])
        counts[bucket] = t + ONE
        if t < ROOM:
            place = bucket // STEP * GROUP_SIZE + t * STEP + bucket % STEP
            words[place] = (whole & mask) << bits | np.uint64(work.order_of[k])
        else:
            overflow = True
    end, empty = ZERO, spread(EMPTY_WORD)
    for group in range(len(counts) // BUCKETS):
        longest = 0
        for b in range(BUCKETS):
            longest = max(longest, int(counts[group * BUCKETS + b]))
        longest = min(longest, MOST)
        first = group * MOST * VECTORS
        sort_rows(work.words[first : first + MOST * VECTORS], longest, VECTORS)
        if not overflow:
            for b in range(BUCKETS):
                place, length, t = np.uint64(first * LANES + b), np.uint64(counts[group * BUCKETS + b]), ZERO
                while t < length:  # several at a time: what is copied too much, the next bucket overwrites
                    for further in range(STRIDE):
                        work.line[end + t + np.uint64(further)] = words[place + np.uint64(further) * STEP]
                    place += STEP * np.uint64(STRIDE)
                    t += np.uint64(STRIDE)
                end += length
        for row in range(first, first + longest * VECTORS):
            store(work.words, row, empty)
    return not overflow


@compiled
def find_runs(n: int, orders: int, work: Buckets) -> tuple[np.uint64, bool]:
    """Step 2 of Section 4.1: the runs of ``work.line``; returns their number and whether all keys differ.

    Every key writes to its run, a new one or not: a branch that nobody can foresee would cost more.
    """
    bits, change = np.uint64(work.bits), np.uint64(orders)
    mask = (ONE << bits) - ONE
    work.run_of[:] = 0
    work.orders[0] = change
    end = begin = ONE  # run 0 opens the first Site
    tie, before = False, EMPTY_WORD
    for k in range(n):
        word = work.line[k]
        i, key = word & mask, word >> bits
        tie |= key == before
        before = key
        if i == change:
            work.orders[end] = change
            end += ONE
            begin = end
            continue
        run = np.uint64(work.run_of[i])
        fresh = ZERO - np.uint64(run < begin)  # all ones or all zeros
        run ^= (run ^ end) & fresh
        work.run_of[i] = run
        work.orders[run] = i
        work.batches[run] = (np.uint64(work.batches[run]) & ~fresh) + ONE
        end -= fresh
    return end, not tie


@compiled
def add_up(runs: np.uint64, tables: Tables, work: Buckets, with_fingerprint: bool) -> tuple[float, np.uint64]:
    """Equation (1), in time units, of the runs found, and their fingerprint if it is wanted.

    The gaps are looked up first, in a loop without anything else, as the table may be too long for the nearest cache.
    """
    orders = len(tables.same)
    change = np.uint64(orders)
    before = np.uint64(orders)
    for t in range(1, runs):
        i = np.uint64(work.orders[t])
        work.gaps[t] = tables.g[before, i if i != change else ZERO]
        before = i
    work.last[:] = -np.inf
    start, fingerprint, site, before = 0.0, np.uint64(0), np.uint64(0), change
    for t in range(1, runs):
        i = np.uint64(work.orders[t])
        if i == change:
            fingerprint += mix(site)
            start, site = 0.0, ZERO
        else:
            q = np.uint64(work.batches[t])
            start = start + work.gaps[t] + (np.float64(q) - 1.0) * tables.same[i]  # of the last batch, equation (6)
            last = work.last[i]
            work.last[i] = last if last > start else start
            if with_fingerprint:
                site += tables.before[before] * (tables.here[i] * q)
        before = i
    total = 0.0
    for j in range(orders):  # in the order of the instance, as Schedule.total_tardiness adds
        total += tables.weight[j] * max(0.0, work.last[j] + tables.tails[j] - tables.due[j])
    return total, fingerprint + mix(site)


@compiled
def decode_buckets(
    population: NDArray[np.float64],
    begin: int,
    end: int,
    tables: Tables,
    work: Buckets,
    with_fingerprints: bool,
    tardiness: NDArray[np.float64],
    fingerprints: NDArray[np.uint64],
    doubtful: NDArray[np.bool_],
) -> bool:
    """Decode the chromosomes ``begin`` to ``end - 1`` of a population; as :func:`cmo_kit.fast.lanes.decode_lanes`."""
    n, orders = population.shape[1], len(tables.same)
    for row in range(begin, end):
        if not read_keys(population[row], work):
            return False
        doubtful[row] = True
        if sort_keys(n, work):
            runs, distinct = find_runs(n, orders, work)
            if distinct:
                tardiness[row], fingerprints[row] = add_up(runs, tables, work, with_fingerprints)
                doubtful[row] = False
    return True
