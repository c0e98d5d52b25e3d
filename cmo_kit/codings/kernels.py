"""List schedules and canonical codes of whole populations, compiled: the same numbers to the last bit.

The readable ones are :func:`cmo_kit.codings.compact.list_schedule` and :func:`cmo_kit.codings.encode.canonical`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.arrays import Integers, Keys, Times, Words
from cmo_kit.codings.compact import check_compact, parts_of
from cmo_kit.core.instance import Instance
from cmo_kit.fast.compiled import compiled
from cmo_kit.fast.exact import mix


class ListProblem(NamedTuple):
    """Table 1's data as the kernels read them: ``gap`` (I, I), ``sites``, and the others (I,)."""

    gap: Times
    opening: Times
    batches: Integers
    tail: Times
    due: Times
    weight: Times
    sites: int


def list_problem(instance: Instance, sites: int) -> ListProblem:
    """The data of ``instance``, in whole ticks, with so many of its Sites."""
    whole = instance.whole
    return ListProblem(whole.g, whole.sigma, whole.Q, whole.tails, whole.D, whole.w, sites)


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
    problem: ListProblem, sequence: Integers, parts: Integers, latest: Times, runs: Integers, codes: Words
) -> int:
    """Schedule the orders in sequence; ``latest`` (I,) receives the start of each order's last batch.

    ``codes`` (L,) receives a number for the runs of each Site. ``runs``, (sum min(L, Q_i, parts_i), 3), or (0, 3)
    where they are not wanted, receives (Site, order, batches) rows in the order in which they are placed. The result
    is the number of rows.
    """
    gap, opening, batches, sites = problem.gap, problem.opening, problem.batches, problem.sites
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
                if rows < len(runs):
                    runs[rows, 0], runs[rows, 1], runs[rows, 2] = l, i, share[k]
                rows += 1
    return rows


@compiled
def total_of(problem: ListProblem, latest: Times) -> float:
    """Total tardiness, weighted, from the starts of the orders' last batches (I,)."""
    total = 0.0
    for i in range(latest.size):
        total += problem.weight[i] * max(0.0, latest[i] + problem.tail[i] - problem.due[i])
    return total


@compiled
def evaluate_sequences(
    problem: ListProblem, sequences: Integers, parts: Integers, totals: Times, fingerprints: Words
) -> None:
    """Total tardiness and fingerprints (e,) of several sequences (e, I) with their parts (e, I)."""
    latest = np.zeros(problem.batches.size)
    nothing = np.zeros((0, 3), dtype=np.int64)
    codes = np.zeros(problem.sites, dtype=np.uint64)
    for e in range(totals.size):
        place_orders(problem, sequences[e], parts[e], latest, nothing, codes)
        totals[e] = total_of(problem, latest)
        fingerprints[e] = 0
        for l in range(problem.sites):
            fingerprints[e] += mix(codes[l])


def list_schedule_fast(instance: Instance, sequence: Integers, parts: Integers) -> list[list[tuple[int, int]]]:
    """What :func:`cmo_kit.codings.compact.list_schedule` returns."""
    runs = np.zeros((int(np.minimum(np.minimum(instance.Q, instance.sites), parts).sum()), 3), dtype=np.int64)
    latest, codes = np.zeros(len(instance.orders)), np.zeros(instance.sites, dtype=np.uint64)
    problem = list_problem(instance, instance.sites)
    rows = place_orders(problem, sequence.astype(np.int64), parts.astype(np.int64), latest, runs, codes)
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
    whole, sites = [np.ascontiguousarray(array, dtype=np.int64) for array in (sequences, parts)], instance.sites
    evaluate_sequences(list_problem(instance, sites), whole[0], whole[1], totals, fingerprints)
    return totals if instance.per_unit == 1 else totals / instance.per_unit, fingerprints


def evaluate_compact(instance: Instance, population: NDArray[np.float64]) -> tuple[Times, Words]:
    """Total tardiness and fingerprints of compact chromosomes, shape (e, 2 I); two arrays of shape (e,)."""
    values = np.atleast_2d(check_compact(instance, population))
    count = len(instance.orders)
    sequences = np.argsort(values[:, :count], axis=1, kind="stable")
    return evaluate_lists(instance, sequences, parts_of(instance, values[:, count:]))


@compiled
def recode_rows(keys: Keys, gene_orders: Integers, first_gene: Integers, sites: int) -> None:
    """Replace every row of ``keys`` (e, n) by its canonical code.

    ``first_gene`` (I,) is the gene of each order's first batch. A batch is on the Site whose number is the
    number of Site-change keys below its own; runs stand in the order of their least keys. Equal keys go by gene.
    """
    e, n = keys.shape
    count, batches = first_gene.size, n - sites + 1
    for r in range(e):
        changes = keys[r, batches:]
        amount = np.zeros((sites, count), dtype=np.int64)
        least = np.zeros((sites, count))
        for gene in range(batches):
            key, i = keys[r, gene], gene_orders[gene]
            l = 0
            for change in changes:
                l += change < key
            if amount[l, i] == 0 or key < least[l, i]:
                least[l, i] = key
            amount[l, i] += 1
        following = first_gene.copy()
        place = 0
        for l in range(sites):
            if l > 0:
                keys[r, batches + l - 1] = (place + 0.5) / n
                place += 1
            present = np.flatnonzero(amount[l])
            for i in present[np.argsort(least[l][present], kind="mergesort")]:
                for _ in range(amount[l, i]):
                    keys[r, following[i]] = (place + 0.5) / n
                    following[i] += 1
                    place += 1


def recode(instance: Instance, keys: Keys) -> None:
    """Rewrite every chromosome of a population, shape (e, n), in place as the canonical code of its schedule."""
    genes = instance.gene_orders.astype(np.int64)
    recode_rows(keys, genes, np.cumsum(instance.Q) - instance.Q, instance.sites)
