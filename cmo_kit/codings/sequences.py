"""Permutations of orders or of batches, and three ways to make a schedule of one.

A reconstruction of the codings of Kim, Song & Jeong 2020 (International Journal of Production Research 58(6),
1628-1643): two encodings with three decodings each, whose details are not openly published.

A sequence is read as pieces: an order with all its batches or, of batches, neighbours of one order together. Each piece
in turn goes where it can start first, equal starts to the lower Site, and is never moved again:

- ``whole``: undivided, to one Site;
- ``batches``: batch by batch, each to the Site where that batch can start first;
- ``even``: to the ``parts`` Sites where it could start first, in shares that differ by one batch at most, the greater
  ones on the Sites that start first.
"""

from typing import NamedTuple

import numpy as np

from cmo_kit.base.arrays import Integers, Times
from cmo_kit.base.values import check_choice, check_integer
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule, from_indices
from cmo_kit.fast.compiled import compiled

ENCODINGS = ("orders", "batches")
DECODINGS = ("whole", "batches", "even")


class Tables(NamedTuple):
    """What placing reads: of the items (n,) order and batches; of the orders gaps, initial setups, dates; in ticks."""

    order: Integers
    batches: Integers
    sites: int
    g: Times
    sigma: Times
    tails: Times
    due: Times
    weight: Times


@compiled
def place(sequence: Integers, single: bool, parts: int, tables: Tables, placed: Integers) -> tuple[int, float]:
    """Place the pieces of a sequence, each on up to ``parts`` Sites; ``single`` batches are pieces of their own.

    Writes (Site, order, batches) to the rows of ``placed``; returns how many rows these are, and the total tardiness.
    """
    g, count, at = tables.g, 0, 0
    free, before = np.zeros(tables.sites), np.full(tables.sites, -1)  # the last start on each Site, and of which order
    starts, last = np.empty(tables.sites), np.zeros(len(g))
    while at < len(sequence):
        i, left = tables.order[sequence[at]], 0
        while at < len(sequence) and tables.order[sequence[at]] == i:
            left += tables.batches[sequence[at]]
            at += 1
        while left > 0:
            batches = 1 if single else left
            left -= batches
            for l in range(tables.sites):
                starts[l] = tables.sigma[i] if before[l] < 0 else free[l] + g[before[l], i]
            chosen = min(parts, batches, tables.sites)
            for k in range(chosen):
                l = int(starts.argmin())
                share = batches // chosen + (1 if k < batches % chosen else 0)
                free[l], before[l] = starts[l] + (share - 1) * g[i, i], i
                last[i] = max(last[i], free[l])
                placed[count, 0], placed[count, 1], placed[count, 2] = l, i, share
                starts[l] = np.inf
                count += 1
    total = 0.0
    for i in range(len(g)):
        total += tables.weight[i] * max(0.0, last[i] + tables.tails[i] - tables.due[i])
    return count, total


class Sequences:
    """One of the codings for one instance. A sequence is a permutation of ``length`` items, shape (length,).

    Parameters
    ----------
    instance : Instance
    encoding : {"orders", "batches"}
        What the items are: the orders, or all batches in the sequence of their orders.
    decoding : {"whole", "batches", "even"}
    parts : int
        On how many Sites ``even`` splits a piece.

    Raises
    ------
    InputError
        For a parameter that breaks its rule.
    """

    def __init__(self, instance: Instance, encoding: str, decoding: str, parts: int) -> None:
        check_choice(encoding, "encoding", ENCODINGS)
        check_choice(decoding, "decoding", DECODINGS)
        check_integer(parts, "parts", 1)
        self.instance, self.single, self.parts = instance, decoding == "batches", parts if decoding == "even" else 1
        items = np.arange(len(instance.Q))
        order = np.repeat(items, instance.Q) if encoding == "batches" else items
        batches = np.ones_like(order) if encoding == "batches" else instance.Q.copy()  # of one type for numba
        whole, self.length = instance.whole, len(order)
        self._tables = Tables(order, batches, whole.sites, whole.g, whole.sigma, whole.tails, whole.D, whole.w)
        self._placed = np.empty((instance.total_batches, 3), np.int64)

    def by_due_date(self) -> Integers:
        """The sequence of the items by the due dates of their orders."""
        return np.argsort(self.instance.D[self._tables.order], kind="stable")

    def total_tardiness(self, sequence: Integers) -> float:
        """Equation (1) of the schedule of a sequence, in time units."""
        return self._place(sequence)[1] / self.instance.per_unit

    def schedule(self, sequence: Integers) -> Schedule:
        """The schedule of a sequence."""
        sites: list[list[tuple[int, int]]] = [[] for _ in range(self.instance.sites)]
        for l, i, batches in self._placed[: self._place(sequence)[0]].tolist():
            joined = sites[l].pop()[1] if sites[l] and sites[l][-1][0] == i else 0
            sites[l].append((i, joined + batches))
        return from_indices(self.instance, sites)

    def _place(self, sequence: Integers) -> tuple[int, float]:
        return place(sequence, self.single, self.parts, self._tables, self._placed)
