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

import numpy as np

from cmo_kit.base.arrays import Integers, Times
from cmo_kit.base.values import check_choice, check_integer
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule, from_indices
from cmo_kit.fast.compiled import compiled

ENCODINGS = ("orders", "batches")
DECODINGS = ("whole", "batches", "even")


@compiled
def place(pieces: Integers, sites: int, parts: int, g: Times, sigma: Times, last: Times, placed: Integers) -> int:
    """Place pieces, rows (order, batches), on ``sites`` Sites, each on up to ``parts`` of them.

    ``g`` (I, I) and ``sigma`` (I,) are gaps and initial setups. Writes every order's last start to ``last`` (I,), and
    (Site, order, batches) to the rows of ``placed``; returns how many rows these are.
    """
    free, before = np.zeros(sites), np.full(sites, -1)  # the last start on each Site, and of which order
    starts, count = np.empty(sites), 0
    last[:] = 0
    for i, batches in pieces:
        for l in range(sites):
            starts[l] = sigma[i] if before[l] < 0 else free[l] + g[before[l], i]
        chosen = min(parts, batches, sites)
        for k in range(chosen):
            l = int(starts.argmin())
            share = batches // chosen + (1 if k < batches % chosen else 0)
            free[l], before[l] = starts[l] + (share - 1) * g[i, i], i
            last[i] = max(last[i], free[l])
            placed[count, 0], placed[count, 1], placed[count, 2] = l, i, share
            starts[l] = np.inf
            count += 1
    return count


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
        self.order = np.repeat(items, instance.Q) if encoding == "batches" else items
        self.batches = np.ones_like(self.order) if encoding == "batches" else instance.Q
        self.length = len(self.order)
        self._last = np.empty(len(items))
        self._placed = np.empty((instance.total_batches, 3), np.int64)

    def by_due_date(self) -> Integers:
        """The sequence of the items by the due dates of their orders."""
        return np.argsort(self.instance.D[self.order], kind="stable")

    def pieces(self, sequence: Integers) -> Integers:
        """The pieces of a sequence as rows (order, batches)."""
        order, batches = self.order[sequence], self.batches[sequence]
        if self.single:
            order = np.repeat(order, batches)
            return np.column_stack([order, np.ones_like(order)])
        first = np.flatnonzero(np.diff(order, prepend=-1))
        return np.column_stack([order[first], np.add.reduceat(batches, first)])

    def total_tardiness(self, sequence: Integers) -> float:
        """Equation (1) of the schedule of a sequence, in time units."""
        self._place(sequence)
        whole = self.instance.whole
        late = whole.w * np.maximum(0.0, self._last + whole.tails - whole.D)
        return float(sum(late.tolist())) / self.instance.per_unit  # added one after the other, as in Schedule

    def schedule(self, sequence: Integers) -> Schedule:
        """The schedule of a sequence."""
        sites: list[list[tuple[int, int]]] = [[] for _ in range(self.instance.sites)]
        for l, i, batches in self._placed[: self._place(sequence)].tolist():
            joined = sites[l].pop()[1] if sites[l] and sites[l][-1][0] == i else 0
            sites[l].append((i, joined + batches))
        return from_indices(self.instance, sites)

    def _place(self, sequence: Integers) -> int:
        whole = self.instance.whole
        tables = whole.sites, self.parts, whole.g, whole.sigma, self._last, self._placed
        return place(self.pieces(sequence), *tables)
