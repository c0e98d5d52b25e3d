"""The best prices of a case exactly: a linear program over patterns, solved by column generation.

The ascent comes near the best prices of :mod:`cmo_kit.bounds.relaxation`; the linear program whose dual they are has
them. A column is a pattern of an order. A row says that every order takes one pattern, or that what arrives at (class,
time) leaves or waits: a run takes a Site where it starts and sends it to one class, ahead of its last start; ``L``
Sites enter at time 0. Further rows count, for every time, the orders whose last start and the runs whose first start is
then or before. The rows' duals are the price curves, up to the height at which they end, and the tolls. Only columns
that may pay are in the program: pricing every order at the present duals finds those that are missing, and proves,
exactly, the bound that the duals are worth (Lagrangian bound; Lubbecke and Desrosiers 2005,
doi:10.1287/opre.1050.0234).

HiGHS solves the program, in floating point. It is a guide: all that is concluded is concluded from curves on the grid.
"""

import math
from collections.abc import Callable
from copy import copy
from typing import Any, NamedTuple

import numpy as np

from cmo_kit.base.errors import need
from cmo_kit.base.limits import Limits
from cmo_kit.bounds.columns import split_runs
from cmo_kit.bounds.grid import Integers
from cmo_kit.bounds.patterns import NEVER, Priced, nothing_priced, price_all
from cmo_kit.bounds.relaxation import Allowed, Domain, Prices, Pricing, Relaxation

NO_HIGHS = "this proof needs the extra 'highs', which is not installed: pip install 'cmo-kit[highs]'"
#: Rows up to which the program is of use; a price curve for each order and step may be far more.
MOST_ROWS = 6000
#: Columns that an order gets in one round of pricing: of one run as many as there are, of several the cheapest.
SPLITS_A_ROUND = 4
#: Duals within this, in grid objective units, are the best for all purposes.
CLOSE = 1e-3
#: What is kept of the best prices so far where columns are looked for between them and the program's.
KEPT = 0.8
#: Of the simplex method, between two looks at the clock.
CHUNK, FOREVER = 2000, 1 << 31
#: Of HiGHS. The dual simplex method begins from a given basis so often that exact weights of edges would cost too much.
OPTIONS = {"threads": 1, "presolve": "off", "solver": "simplex", "simplex_dual_edge_weight_strategy": 1}


class Solved(NamedTuple):
    """What the linear program says of a case.

    ``objective`` is its value, infinite if it was given up, and ``share`` how much of each column it takes. ``bound``
    is what the best of its rounded curves prove, ``priced`` all that these say.
    """

    objective: float
    share: Prices
    bound: float
    priced: Priced


def price_at(pricing: Pricing, curves: Prices, domain: Domain) -> tuple[float, Priced]:
    """The bound at given curves, exact, and all that they say."""
    priced = nothing_priced(pricing)
    priced.curves[:] = curves
    return price_all(pricing, domain, priced), priced


def on_grid(pricing: Pricing, curves: Prices, parts: int = 1) -> Prices:
    """Curves that never fall and end at one height, and tolls, in multiples of so many parts of a grid unit.

    They may be higher than an ascent's: as high as sums of them stay exact (``Numbers`` in :mod:`relaxation`).
    """
    unit, late = parts / pricing.resolution, float(pricing.weight.sum()) * (pricing.end + 1)
    exact = 2**53 / pricing.resolution
    highest = (exact / 2 - 2 * late) / (pricing.batches.sum() + pricing.sites)
    dearest = exact / 16 / (pricing.batches.sum() * curves.shape[1])
    whole = np.rint(curves / unit)
    whole[:-2] = np.clip(whole[:-2], 0.0, highest // unit)
    whole[:-2, -1] = whole[:-2, -1].max()
    whole[:-2] = np.minimum.accumulate(whole[:-2, ::-1], axis=1)[:, ::-1]
    whole[-2:] = np.clip(whole[-2:], -(dearest // unit), dearest // unit)
    found: Prices = whole * unit
    return found


class Master:
    """The linear program of one relaxation, for one case after the other.

    ``order``, ``last`` and ``single`` say of each column which order it is of, when its last start is, and whether it
    is one run; ``runs`` holds its runs as (batches, last start).
    """

    def __init__(self, relaxation: Relaxation) -> None:
        self.highspy = need("highspy", NO_HIGHS)
        self.relaxation, self.pricing = relaxation, relaxation.pricing
        self.orders, self.curves = (int(number) for number in self.pricing.reach.shape)
        self.steps, self.highest = self.pricing.steps, float(self.pricing.weight.sum()) * (self.pricing.end + 1)
        self.order, self.last = np.zeros((2, 0), dtype=np.int64)
        self.single = np.zeros(0, dtype=bool)
        self.runs: list[list[tuple[int, int]]] = []
        self.known: set[tuple[int, ...]] = set()
        self.highs = self._solver()
        self._rows()

    def _solver(self) -> Any:
        """HiGHS without a program."""
        highs = self.highspy.Highs()
        highs.silent()
        for name, value in OPTIONS.items():
            highs.setOptionValue(name, value)
        return highs

    def _rows(self) -> None:
        """Rows, and the columns that are no patterns: waiting, Sites that enter, counts, and what is not made."""
        none: list[int] = []
        infinite = self.highspy.kHighsInf
        for _ in range(self.orders):
            self.highs.addRow(1.0, 1.0, 0, none, none)
        for _ in range(self.curves * self.steps):
            self.highs.addRow(0.0, 0.0, 0, none, none)
        self.highs.addRow(-infinite, float(self.pricing.sites), 0, none, none)
        for k in range(self.curves):
            for t in range(self.steps):
                row = self.row(k, t)
                entries = [row, row + 1] if t + 1 < self.steps else [row]
                self.highs.addCol(0.0, 0.0, infinite, len(entries), entries, [1.0, -1.0][: len(entries)])
            self.highs.addCol(0.0, 0.0, infinite, 2, [self.row(k, 0), self.entry], [-1.0, 1.0])
        for i in range(self.orders):
            self.highs.addCol(self.highest, 0.0, infinite, 1, [i], [1.0])
        for _ in range(2 * self.steps):
            self.highs.addRow(0.0, 0.0, 0, none, none)
        self.first_count = int(self.highs.getNumCol())
        for n in range(2):  # so many until t: so many until t - 1, and those at t
            for t in range(self.steps):
                row = self.count_row(n, t)
                entries = [row, row + 1] if t + 1 < self.steps else [row]
                self.highs.addCol(0.0, 0.0, infinite, len(entries), entries, [-1.0, 1.0][: len(entries)])
        for row in range(self.count_row(0, 0), self.count_row(2, 0)):  # a case may ask for more or fewer than there are
            for sign in (1.0, -1.0):
                self.highs.addCol(self.highest, 0.0, infinite, 1, [row], [sign])
        self.first = int(self.highs.getNumCol())

    def row(self, k: int, t: int) -> int:
        """The row of class ``k`` at time ``t``."""
        return self.orders + k * self.steps + t

    @property
    def entry(self) -> int:
        """The row of the Sites that enter."""
        return self.orders + self.curves * self.steps

    def count_row(self, n: int, t: int) -> int:
        """The row of the last starts of orders at ``t`` (``n`` 0), or of the first starts of runs (1)."""
        return self.entry + 1 + n * self.steps + t

    def first_starts(self, i: int, runs: list[tuple[int, int]]) -> list[int]:
        """When runs of order ``i`` start."""
        return [e - (q - 1) * int(self.pricing.own_gap[i]) for q, e in runs]

    def add(self, curves: Prices, orders: Integers, ends: Integers, counts: Integers, runs: Integers) -> int:
        """Add patterns as columns; how many were not there. A run sends its Site to where that costs least."""
        pricing, cost, start, place, value = self.pricing, list[float](), list[int](), list[int](), list[float]()
        kept = []
        for n, (i, end) in enumerate(zip(orders.tolist(), ends.tolist(), strict=True)):
            entries, key = {i: 1.0}, [i]
            if end < self.steps:
                entries[self.count_row(0, end)] = 1.0
            made = [(int(q), int(e)) for q, e in runs[n, : counts[n]]]
            for (q, e), first in zip(made, self.first_starts(i, made), strict=True):
                s = min(first + int(pricing.offset[i]), self.steps)
                ahead = np.minimum(e + pricing.reach[i], self.steps)
                k = int(np.argmin(curves[np.arange(self.curves), ahead]))
                for row, t, sign in (
                    (self.row(int(pricing.member[i]), s), s, 1.0),
                    (self.row(k, int(ahead[k])), ahead[k], -1.0),
                    (self.count_row(1, first), first, 1.0),
                ):
                    if t < self.steps:  # from T on Sites are worth the same to all, and nothing is counted
                        entries[row] = entries.get(row, 0.0) + sign
                key += [q, e, k]
            if tuple(key) in self.known:
                continue
            self.known.add(tuple(key))
            kept.append(n)
            self.runs.append(made)
            cost.append(float(pricing.weight[i]) * max(0, end - int(pricing.due[i])))
            start.append(len(place))
            entries = {row: entry for row, entry in entries.items() if entry}
            place += entries
            value += entries.values()
        new = len(kept)
        lower, upper = np.zeros(new), np.full(new, self.highspy.kHighsInf)
        self.highs.addCols(new, np.array(cost), lower, upper, len(place), np.array(start, dtype=np.int32),
                           np.array(place, dtype=np.int32), np.array(value))  # fmt: skip
        self.order, self.last = np.append(self.order, orders[kept]), np.append(self.last, ends[kept])
        self.single = np.append(self.single, counts[kept] == 1)
        return new

    def add_below(self, priced: Priced, domain: Domain, most: Prices) -> int:
        """Add what is open and costs less than ``most`` (I,); how many columns were not there."""
        orders, ends = np.nonzero(domain.whole & (priced.whole < most[:, None]))
        runs = np.stack([self.pricing.batches[orders], ends], axis=1)[:, None, :]
        new = self.add(priced.curves, orders, ends, np.ones_like(orders), runs) if len(orders) else 0
        pays = np.where(domain.parts & (priced.parts < most[:, None]), priced.parts, NEVER)
        cheap = np.argsort(pays, axis=1, kind="stable")[:, :SPLITS_A_ROUND]
        orders, ends = np.repeat(np.arange(self.orders), cheap.shape[1]), cheap.ravel()
        there = pays[orders, ends] < NEVER
        orders, ends = orders[there], ends[there]
        if len(orders):
            new += self.add(
                priced.curves, orders, ends, *split_runs(self.pricing, priced.curves, domain.cuts, orders, ends)
            )
        return new

    def twin(self) -> "Master":
        """The same program as it stands, to be solved beside this one in another thread."""
        found = copy(self)
        found.highs = self._solver()
        found.highs.passModel(self.highs.getModel())
        return found

    def is_open(self, domain: Domain) -> Allowed:
        """Which columns are open in a case."""
        found = np.where(self.single, domain.whole[self.order, self.last], domain.parts[self.order, self.last])
        for i, at, low, high in domain.cuts.tolist():
            for n in np.flatnonzero(found & (self.order == i) & ~self.single):
                found[n] = low <= sum(q for q, e in self.runs[n] if e <= at) <= high
        return found

    def allow(self, domain: Domain) -> None:
        """Open what is open in a case, and nothing else."""
        self.limit(np.arange(len(self.order)), self.is_open(domain))
        self.count(domain)

    def count(self, domain: Domain) -> None:
        """Let as many orders have ended, and as many runs begun, as a case says."""
        columns = np.arange(self.first_count, self.first_count + 2 * self.steps, dtype=np.int32)
        low, high = domain.counted.astype(np.float64).transpose(1, 0, 2).reshape(2, -1)
        self.highs.changeColsBounds(2 * self.steps, columns, low, high)

    def limit(self, columns: Integers, is_open: Allowed) -> None:
        """Open or close some of the columns."""
        if len(columns):
            upper = np.where(is_open, self.highspy.kHighsInf, 0.0)
            self.highs.changeColsBounds(
                len(columns), (columns + self.first).astype(np.int32), np.zeros(len(columns)), upper
            )

    def basis(self) -> Any:
        """Where the simplex method stands."""
        return self.highs.getBasis()

    def resume(self, basis: Any) -> None:
        """Go on from a basis, which may be older than some of the columns."""
        missing = self.highs.getNumCol() - len(basis.col_status)
        if missing:
            basis.col_status = [*basis.col_status, *[self.highspy.HighsBasisStatus.kLower] * missing]
        self.highs.setBasis(basis)

    def run(self, limits: Limits, iterations: int = FOREVER) -> float:
        """Solve the present program; its value, infinite where the iterations or the seconds were too few.

        HiGHS works in short chunks, so that a clock or the user can stop it.
        """
        highs, status, anew = self.highs, self.highspy.HighsModelStatus, False
        optimal = status.kOptimal
        while iterations > 0 and limits.seconds_left > 0:
            highs.setOptionValue("simplex_iteration_limit", min(iterations, CHUNK))
            highs.run()
            if highs.getModelStatus() == status.kIterationLimit:
                iterations -= CHUNK
            elif anew or highs.getModelStatus() == optimal:
                break
            else:  # from some bases HiGHS finds no way
                highs.clearSolver()
                anew = True
        return self.value if highs.getModelStatus() == optimal else math.inf

    @property
    def value(self) -> float:
        """What the present basis is worth: of one that is not optimal the dual simplex method knows no more."""
        return float(self.highs.getInfo().objective_function_value)

    def price_curves(self) -> tuple[Prices, Prices]:
        """The duals of the orders, (I,), the price curves and the tolls (K + 2, T + 1)."""
        duals = np.array(self.highs.getSolution().row_dual)
        curves = np.zeros((self.curves + 2, self.steps + 1))
        curves[:-2, :-1] = duals[self.orders : self.entry].reshape(self.curves, self.steps)
        curves[:-2] -= min(0.0, float(curves[:-2].min()))
        curves[-2:, :-1] = -duals[self.entry + 1 :].reshape(2, self.steps)
        return duals[: self.orders], on_grid(self.pricing, curves)

    def solve(
        self,
        domain: Domain,
        enough: float,
        limits: Limits,
        useless: float = -math.inf,
        near: Prices | None = None,
        tell: Callable[[], object] | None = None,
    ) -> Solved | None:
        """Add columns until the curves are the best for what is open, or prove more than ``enough``.

        None where HiGHS was of no help, or no curves prove more than ``useless``: the value falls with every column.
        With curves ``near`` the best ones columns are first looked for between the best so far and the program's own,
        which jump about as long as columns are missing (Wentges 1997, doi:10.1016/S0969-6016(97)00001-4). ``tell`` is
        called after each round: of a large problem the first program takes a minute.
        """
        self.allow(domain)
        bound, best = (-math.inf, None) if near is None else price_at(self.pricing, near, domain)
        reached: float | None = None
        while math.isfinite(objective := self.run(limits)):
            reached, new = objective, 0
            if objective < useless:
                return None
            levels, own = self.price_curves()
            for share in (KEPT, 0.0) if best is not None else (0.0,):
                curves, least = own, levels
                if share and best is not None:
                    curves = on_grid(self.pricing, share * best.curves + (1 - share) * own)
                    least = share * best.least + (1 - share) * levels
                value, priced = price_at(self.pricing, curves, domain)
                if value > bound:
                    bound, best = value, priced
                if bound > enough or objective - bound < CLOSE:
                    break
                if new := self.add_below(priced, domain, least - CLOSE / 10):
                    break
            if tell is not None:
                tell()
            if not new:
                break
        if best is None or reached is None:
            return None
        taken = np.array(self.highs.getSolution().col_value)[self.first :]
        return Solved(reached, taken if math.isfinite(objective) else 0.0 * taken, bound, best)
