"""What one set of price curves says, for verification only: the definitions, order by order, in integers."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.bounds.verify_facts import Facts, integers, require

Integers = NDArray[np.int64]
#: A price that no pattern has, and the least sum that is refused, so that adding a few never overflows 64 bits.
INFINITE = 1 << 60
LARGEST = 1 << 56
#: Of a price curve, and of all tables of one set, which would not fit an ordinary machine's memory.
MOST_STEPS, MOST_ENTRIES = 10_000_000, 25_000_000


class PriceSet:
    """One set of price curves, checked, and what it says of every order."""

    def __init__(self, facts: Facts, part: Mapping[str, Any], increments: Any) -> None:
        self.facts, self.one_run = facts, part["runs"] == "one"
        (self.scale,) = integers([part["resolution"]], "resolution", LARGEST)
        require(self.scale > 0, "resolution is 0")
        rows = np.array(increments)
        require(rows.ndim == 2 and rows.dtype == np.int64, "the price curves are no equal lists of integers")
        curves = np.cumsum(rows, axis=1)
        member = integers(part["classes"], "classes", len(curves))
        offset = integers(part["offsets"], "offsets", MOST_STEPS)
        require(len(member) == len(offset) == len(facts.Q), "the curves do not fit the orders")
        # sums are below 0 where they pass 64 bits
        require(bool((rows >= 0).all() and (curves >= 0).all()), "a price curve falls")
        require(bool((curves[:, -1] == curves[0, -1]).all()), "the price curves end at different heights")
        self.T, self.V = curves.shape[1] - 1, int(curves[0, -1])
        self.end = self.T + max((quantity - 1) * facts.G[i][i] for i, quantity in enumerate(facts.Q))
        require(max(facts.ready) <= self.T, "the price curves are too short")
        entries = (self.end + self._reach()) * max(len(facts.Q), *facts.Q)
        require(entries <= MOST_ENTRIES, "the price curves have too many steps for this machine")
        require(
            max(self.V * (max(facts.Q) + facts.L), max(facts.W) * self.end * self.scale) < LARGEST,
            "prices are too large",
        )
        self.psi = [self._at(curves[member[j]], np.arange(self.end + 1) + offset[j]) for j in range(len(facts.Q))]
        self.ahead = [
            self._at(curves[member[j]], np.arange(self.end + 1 + self._reach()) + offset[j])
            for j in range(len(facts.Q))
        ]

    def _reach(self) -> int:
        return max(max(row) for row in self.facts.G)

    def _at(self, curve: Integers, times: Integers) -> Integers:
        values: Integers = curve[np.minimum(times, self.T)]
        return values

    def last_start_prices(self, i: int) -> Integers:
        """``phi_i(e)`` for ``e`` in ``0..end``, by its definition."""
        phi = np.full(self.end + 1, self.V)
        for j in range(len(self.facts.Q)):
            if j != i:
                gap = self.facts.G[i][j]
                phi = np.minimum(phi, self.ahead[j][gap : gap + self.end + 1])
        return phi

    def profiles(self, i: int) -> tuple[Integers, Integers]:
        """Price plus lateness of the cheapest pattern of one run, and of more, for every last start."""
        facts, Q, G = self.facts, self.facts.Q[i], self.facts.G[i][i]
        phi, ends = self.last_start_prices(i), np.arange(self.end + 1)
        late = facts.W[i] * self.scale * np.maximum(0, ends - facts.d[i])
        exact = [np.full(self.end + 1, INFINITE)]
        for q in range(1, Q + 1):
            start = ends - (q - 1) * G
            cost = np.where(start >= facts.ready[i], phi - self.psi[i][np.maximum(start, 0)], INFINITE)
            exact.append(cost)
        one = np.minimum(exact[Q] + late, INFINITE)
        several = np.full(self.end + 1, INFINITE)
        limit = min(facts.L, Q) if self.one_run else Q
        if limit == 1:
            return one, several
        up_to = [np.minimum.accumulate(cost) for cost in exact]
        rest = self._rest(up_to, Q, limit if limit < Q and limit <= 3 else None)
        for q in range(1, Q):
            several = np.minimum(several, exact[q] + rest[Q - q] + late)
        return one, np.minimum(several, INFINITE)

    def _rest(self, up_to: list[Integers], Q: int, limit: int | None) -> list[Integers]:
        """Cheapest way to make ``m`` batches in runs that end in time, at most ``limit - 1`` runs if given."""
        nothing = [np.zeros(self.end + 1, dtype=np.int64)]
        if limit is None:
            for m in range(1, Q):
                options = [up_to[q] + nothing[m - q] for q in range(1, m + 1)]
                nothing.append(np.minimum(np.minimum.reduce(options), INFINITE))
            return nothing
        rows = nothing + [np.full(self.end + 1, INFINITE) for _ in range(1, Q)]
        for _ in range(limit - 1):
            rows = [
                np.minimum.reduce([rows[m], *(np.minimum(up_to[q] + rows[m - q], INFINITE) for q in range(1, m + 1))])
                for m in range(Q)
            ]
        return rows

    def bound(self, tables: list[tuple[Integers, Integers]], whole: Any, parts: Any) -> tuple[Fraction | None, Any]:
        """The theorem's sum over the patterns that are open, None if an order has none; and the least prices."""
        least = []
        for (one, several), open_one, open_parts in zip(tables, whole, parts, strict=True):
            options = np.minimum(np.where(open_one, one, INFINITE), np.where(open_parts, several, INFINITE))
            value = int(options.min())
            if value >= INFINITE:
                return None, None
            least.append(value)
        return Fraction(sum(least) - self.facts.L * self.V, self.scale), least
