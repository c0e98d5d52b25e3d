"""Recompute a bound from its certificate, with nothing taken from the code that found it.

Whoever doubts a bound reads this file and the theorem in :mod:`cmo_kit.beyond.bounds.prices`. It uses Python's
integers and fractions and numpy's 64-bit integers, so there is no rounding. Speed does not matter here:
prices follow the definitions order by order, and whole arrays of last starts are treated at once.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.beyond.bounds.verify_machine import orders_alone, single_machine
from cmo_kit.core.errors import InputError
from cmo_kit.core.instance import Instance

Integers = NDArray[np.int64]
INFINITE = 1 << 60
LARGEST = 1 << 56
TOLERANCE = 1e-9


class Facts:
    """The instance on the grid that a certificate names: floors, ceilings and nothing else."""

    def __init__(self, instance: Instance, part: Mapping[str, Any]) -> None:
        unit, factor, slack = (Fraction(*part[name]) for name in ("unit", "factor", "slack"))
        _require(unit > 0 and factor > 0 and slack >= 0, "unit and factor must be positive and slack not negative")
        exact = [[Fraction(float(value)) for value in row] for row in instance.g]
        self.G = [[(value + slack) // unit for value in row] for row in exact]
        self.sigma = [(Fraction(float(value)) + slack) // unit for value in instance.sigma]
        self.d = [-((slack - Fraction(float(value))) // unit) for value in instance.D - instance.tails]
        self.W = [int(Fraction(float(value)) * factor) for value in instance.w]
        self.Q, self.L = [int(value) for value in instance.Q], instance.sites
        self.unit, self.factor = unit, factor
        self.loss = slack * (sum(self.Q) + 1) * sum(Fraction(float(value)) for value in instance.w)
        aligned = all(value % unit == 0 for row in exact for value in row) and all(
            Fraction(float(value)) % unit == 0 for value in [*instance.sigma, *(instance.D - instance.tails)]
        )
        self.whole = instance.integral and aligned and factor == 1 and slack == 0
        n = range(len(self.Q))
        self.ready = list(self.sigma)
        for _ in n:  # every round allows one more order ahead
            self.ready = [min([self.ready[j], *(self.ready[i] + self.G[i][j] for i in n if i != j)]) for j in n]

    def objective(self, value: Fraction) -> Fraction:
        """A bound in grid units as one on the instance's total tardiness."""
        whole = Fraction(math.ceil(value)) if self.whole else value
        return max(Fraction(0), whole * self.unit / self.factor - self.loss)


class PriceSet:
    """One set of price curves, checked, and what it says of every order."""

    def __init__(self, facts: Facts, part: Mapping[str, Any], increments: Any) -> None:
        self.facts, self.scale, self.one_run = facts, int(part["resolution"]), part["runs"] == "one"
        curves = np.cumsum(np.array(increments, dtype=np.int64), axis=1)
        rows = np.array(increments, dtype=np.int64)
        member, offset = part["classes"], part["offsets"]
        _require(curves.ndim == 2 and len(member) == len(offset) == len(facts.Q), "the curves do not fit the orders")
        _require(all(0 <= k < len(curves) for k in member), "a class has no curve")
        _require(all(u >= 0 for u in offset), "an offset is negative")
        _require(bool((rows >= 0).all()), "a price curve falls")
        _require(bool((curves[:, -1] == curves[0, -1]).all()), "the price curves end at different heights")
        self.T, self.V = curves.shape[1] - 1, int(curves[0, -1])
        self.end = self.T + max((quantity - 1) * facts.G[i][i] for i, quantity in enumerate(facts.Q))
        _require(max(facts.ready) <= self.T, "the price curves are too short")
        _require(
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


def _walk_tree(facts: Facts, part: Mapping[str, Any]) -> Fraction:
    """Draw the conclusions of a tree again: the goal, or the least bound of a case that is not refuted."""
    beat = Fraction(*part["beat"])
    nodes, sets = part["nodes"], part["curves"]
    proven = beat + 1 if facts.whole else beat
    shape = None
    stack: list[tuple[int, Any, Any]] = [(0, None, None)]
    seen = 0
    while stack:
        number, whole, parts = stack.pop()
        node = nodes[number]
        seen += 1
        _require(seen <= len(nodes), "the tree's cases run in a circle")
        refuted, best = False, Fraction(0)
        for which in node[0]:
            prices = PriceSet(facts, part, sets[which])
            if shape is None:
                shape = (len(facts.Q), prices.end + 1)
                whole, parts = np.ones(shape, dtype=bool), np.ones(shape, dtype=bool)
            _require(shape == (len(facts.Q), prices.end + 1), "price curves of one tree have different lengths")
            tables = [prices.profiles(i) for i in range(len(facts.Q))]
            bound, least = prices.bound(tables, whole, parts)
            if bound is None or bound > beat:
                refuted = True
                break
            best = max(best, bound)
            for i, (one, several) in enumerate(tables):
                room = math.floor((beat - bound) * prices.scale) + least[i]
                whole[i] &= one <= room
                parts[i] &= several <= room
            if not (whole | parts).any(axis=1).all():
                refuted = True
                break
        if refuted:
            continue
        if len(node) == 1:
            proven = min(proven, best)
            continue
        _, rule, order, at, first, second = node
        if shape is None:
            return Fraction(0)
        for case, later in ((first, False), (second, True)):
            w, p = whole.copy(), parts.copy()
            if rule == "runs":
                (w if later else p)[order] = False
            else:
                closed = slice(0, at + 1) if later else slice(at + 1, None)
                w[order, closed] = False
                p[order, closed] = False
            stack.append((case, w, p))
    return proven


def _value(instance: Instance, part: Mapping[str, Any]) -> float:
    """The bound that one part of a certificate proves, in the instance's objective."""
    facts = Facts(instance, part)
    if part["kind"] == "machine":
        value = max(orders_alone(facts.G, facts.Q, facts.d, facts.W, facts.ready, facts.L), Fraction(0))
        if len(set(facts.W)) == 1 and len(facts.Q) <= 150:
            tardiness = single_machine(facts.G, facts.Q, facts.d, facts.L)
            value = max(value, Fraction(facts.W[0] * (tardiness or 0), facts.L))
    elif part["kind"] == "prices":
        _require(len(part["curves"]) == 1, "a part of kind prices has one set of curves")
        prices = PriceSet(facts, part, part["curves"][0])
        everything = np.ones((len(facts.Q), prices.end + 1), dtype=bool)
        found, _ = prices.bound([prices.profiles(i) for i in range(len(facts.Q))], everything, everything)
        value = found if found is not None else Fraction(0)
    else:
        _require(part["kind"] == "tree", f"kind is {part['kind']!r:.40}; it must be machine, prices or tree")
        value = _walk_tree(facts, part)
    own = facts.objective(value)
    if instance.integral:
        return float(math.ceil(own))
    nearest = float(own)
    return nearest if Fraction(nearest) <= own else math.nextafter(nearest, -math.inf)


def verify(instance: Instance, certificate: Mapping[str, Any]) -> tuple[float, float]:
    """Recompute the bounds that ``certificate`` proves for ``instance``.

    Returns
    -------
    lower_bound, one_run_lower_bound : float
        As proved, for any schedule and for one run per order and Site.

    Raises
    ------
    InputError
        When the certificate is for another instance, is malformed, or proves less than it claims.
    """
    try:
        _require(certificate["format"] == "cmo-bound/1", "format is not 'cmo-bound/1'")
        _require(certificate["digest"] == instance.digest, "the certificate is for another instance")
        any_runs, one_run = 0.0, 0.0
        enough = instance.one_run_failure is None
        for part in certificate["parts"]:
            value = _value(instance, part)
            if part["runs"] == "any" or enough:
                any_runs = max(any_runs, value)
            if part["runs"] == "one":
                one_run = max(one_run, value)
        one_run = max(one_run, any_runs)
        for name, proved in (("lower_bound", any_runs), ("one_run_lower_bound", one_run)):
            claimed = certificate[name]
            room = 0.0 if instance.integral else TOLERANCE * max(1.0, abs(claimed))
            _require(proved >= claimed - room, f"{name} {claimed:.12g} is claimed, but only {proved:.12g} is proved")
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the certificate is malformed: {type(error).__name__} {error}") from None
    return any_runs, one_run


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise InputError(sentence)
