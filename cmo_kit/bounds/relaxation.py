"""The relaxation: orders choose their runs one by one, at prices for the time of Sites.

A schedule is a set of runs. Orders meet only on the Sites, where a run of ``j`` behind one of ``i`` starts at least
``G_ij`` after the last start of ``i``. That coupling is replaced by prices, as theorem 3 of
:mod:`cmo_kit.bounds.verify` states and proves: a first start at ``s`` is worth ``psi_j(s)``, a last start at ``e``
costs ``phi_i(e)``, and every order takes its cheapest pattern of runs.

**Curves.** Two orders whose columns of the gap matrix differ by a constant, ``G_ij = G_ik + c`` for all ``i``, are
alike to whatever stands before them, ``c`` steps apart; they share a curve, ``psi_j(t) = Pi_k(t + u_j)``. Any
grouping into classes and any offsets ``u_j`` give a valid bound: good ones give a strong bound with few curves. With
one class only the offsets matter. They come from the dual of the assignment problem

    max sum_i (alpha_i + beta_i)    with    alpha_i + beta_j <= G_ij  for  i != j,

and ``u_j = max beta - beta_j``: the assignment's optimum is what all setups cost at least when every order is
followed by another one, and the dual shares it out between predecessor and successor.

**What it is the dual of.** The best prices give the linear relaxation of a network flow model: nodes are (order or
class of orders, time), ``L`` units flow from run to run or wait, and every order buys exactly one pattern. With a
single curve this is the capacity constraint "at most ``L`` runs at any time"; for Sites without splitting see Pessoa,
Uchoa, Poggi de Aragao and Rodrigues 2010, doi:10.1007/s12532-010-0019-z. That an order's lateness is the greatest of
its runs', and that every further run costs a setup, holds exactly inside a pattern; only the sequence on Sites is
relaxed.

**Numbers.** All prices are multiples of ``2**-bits`` and no sum exceeds ``2**53`` such multiples, where float64 is
exact: the compiled code adds floats and makes no rounding error. With the weights' sum ``W`` no price exceeds ``H = W
(end + 1)``, every run pays at most that, and lateness adds at most ``H`` and what orders cost that are late even at
start 0; where this is more than ``H`` it stays out of the sums (``always``). So ``N`` batches on ``L`` Sites keep
all sums within ``(N + L + 2) H``.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit.bounds.grid import Grid, Integers, ready_times
from cmo_kit.bounds.verify import MOST_ENTRIES, MOST_STEPS

Prices = NDArray[np.float64]
Allowed = NDArray[np.bool_]
NO_CUTS: Integers = np.zeros((0, 4), dtype=np.int64)
NOT_COUNTED: Integers = np.zeros((2, 2, 0), dtype=np.int64)
#: Steps that no horizon reaches, and whose sums fit 64 bits.
FAR = 1 << 40
#: Binary places of the prices of an ascent, and of those of a linear program, which are the best but for rounding.
BITS, FINE_BITS = 10, 16
#: Orders up to which the cubic assignment is solved; above, mean gaps give offsets as valid, if not as good.
LARGEST_ASSIGNMENT = 400
#: Up to so many runs of an order a limit is kept, at the cost of one pass over the batches for each run; above, any
#: number is allowed, which makes the minimum hardly ever smaller, and finding it faster.
COUNTED_RUNS = 3
#: Steps of reading all price lists (orders x curves x ``end``) and of pricing all orders once. Where there would be
#: more of the first, all orders share one curve; where of the second, there is no bound by prices.
MOST_CURVE_STEPS = 20_000_000
MOST_PRICING_STEPS = 400_000_000


class Pricing(NamedTuple):
    """What the compiled code needs to know, as arrays over orders; times in steps.

    ``depth`` is the number of runs allowed to an order, 0 for any number; ``member`` is its class, of ``K``, ``offset``
    its ``u_j``, ``reach``, (I, K), how far ahead its last start looks on each curve. ``steps`` is ``T``, ``end`` the
    last value of ``F``; ``resolution`` is ``2**bits``.
    """

    batches: Integers
    own_gap: Integers
    due: Integers
    weight: NDArray[np.float64]
    ready: Integers
    depth: Integers
    member: Integers
    offset: Integers
    reach: Integers
    sites: int
    steps: int
    end: int
    resolution: float


@dataclass(frozen=True)
class Relaxation:
    """A grid problem prepared for pricing; to what prices prove ``always`` is to be added, in grid objective units."""

    grid: Grid
    one_run: bool
    pricing: Pricing
    always: int


class Domain(NamedTuple):
    """The last starts, (I, end + 1), that are open to patterns of one run (``whole``) and of more (``parts``).

    The latter obey ``cuts``, whose rows (order, time, least, most) say how many batches of an order are in runs that
    end at a time or before. ``counted`` (2, 2, T) holds for every time the fewest and the most orders whose last start
    is then or before, and the fewest and the most runs whose first start is.
    """

    whole: Allowed
    parts: Allowed
    cuts: Integers = NO_CUTS
    counted: Integers = NOT_COUNTED

    def copy(self) -> "Domain":
        """An independent copy."""
        return Domain(self.whole.copy(), self.parts.copy(), self.cuts, self.counted.copy())

    @classmethod
    def all_of(cls, relaxation: Relaxation) -> "Domain":
        """Everything open, but no several runs where an order has but one batch or may have but one run."""
        pricing = relaxation.pricing
        shape = (len(pricing.batches), pricing.end + 1)
        parts = np.ones(shape, dtype=np.bool_)
        parts[pricing.depth == 1] = False
        counted = np.zeros((2, 2, pricing.steps), dtype=np.int64)
        counted[:, 1] = [[len(pricing.batches)], [pricing.batches.sum()]]
        return cls(np.ones(shape, dtype=np.bool_), parts, NO_CUTS, counted)


class Multipliers(NamedTuple):
    """Hire (T,) and premiums (K, T): the prices in the form in which the ascent moves them."""

    hire: Prices
    premium: Prices

    def copy(self) -> "Multipliers":
        """An independent copy."""
        return Multipliers(self.hire.copy(), self.premium.copy())


def relax(grid: Grid, one_run: bool, most_bits: int = BITS) -> Relaxation | None:
    """Prepare the bound, or None where pricing once would take minutes (very long orders), or no verifier would do it.

    With ``one_run`` only schedules with one run per order and Site must be bounded. Prices have ``most_bits`` binary
    places, or as many as sums of them leave.
    """
    gap, batches = grid.gap, grid.batches
    own = np.diag(gap).astype(np.int64)
    ready = ready_times(gap, grid.opening)
    away = gap + np.diag(np.full(len(gap), gap.max(initial=0) + 1))
    load = int(((batches - 1) * np.minimum(own, away.min(axis=1)) + away.min(axis=1)).sum()) // grid.sites
    steps = load + int(2 * gap.max()) + int(ready.max()) + 1
    longest = int(((batches - 1) * own).max())
    end = steps + longest
    limit = np.minimum(batches, grid.sites) if one_run else batches
    depth = np.where((limit > COUNTED_RUNS) | ((limit == batches) & (limit > 1)), 0, limit)
    effort = end * int((np.where(depth == 1, 1, batches * batches) + len(gap)).sum())
    if effort > MOST_PRICING_STEPS:
        return None
    most = max(1, int(MOST_CURVE_STEPS // (len(gap) * end)))
    classes = successor_classes(gap, most)
    highest = int(grid.weight.sum()) * (end + 1)
    bits = min(most_bits, 53 - (highest * (int(batches.sum()) + grid.sites + 2)).bit_length())
    entries = (end + int(gap.max())) * max(len(gap), int(batches.max()))
    if bits < 0 or entries > MOST_ENTRIES or classes.offset.max() >= MOST_STEPS:
        return None
    always = sum(weight * max(0, -due) for weight, due in zip(grid.weight.tolist(), grid.due, strict=True))
    always, earliest = (0, -highest) if always <= highest else (always, 0)
    pricing = Pricing(
        batches=batches,
        own_gap=own,
        due=np.array([min(max(due, earliest), end + 1) for due in grid.due], dtype=np.int64),
        weight=grid.weight.astype(np.float64),
        ready=ready,
        depth=depth,
        member=classes.member.astype(np.int64),
        offset=classes.offset.astype(np.int64),
        reach=reach(gap, classes),
        sites=grid.sites,
        steps=steps,
        end=end,
        resolution=float(2**bits),
    )
    return Relaxation(grid, one_run, pricing, always)


class Classes(NamedTuple):
    """``member`` (I,): the class of each order; ``offset`` (I,): ``u_j >= 0`` in steps; ``number``: of classes."""

    member: Integers
    offset: Integers
    number: int


def assignment_duals(gap: Integers) -> tuple[Integers, Integers]:
    """Optimal ``alpha, beta`` of the assignment problem without its diagonal (Hungarian method).

    Rows enter one by one; each is matched along a shortest augmenting path over reduced costs,
    which keep non-negative (Kuhn 1955, doi:10.1002/nav.3800020109). Cubic in the number of orders.
    """
    n = len(gap)
    cost = gap.astype(np.int64).copy()
    np.fill_diagonal(cost, int(gap.max(initial=0)) * (n + 1) + 1)
    alpha, beta = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    row_of = np.full(n, -1)
    for row in range(n):
        distance, reached_from = np.full(n, FAR), np.full(n, -1)
        done = np.zeros(n, dtype=bool)
        column, current, length = -1, row, 0
        while True:
            through = length + cost[current] - alpha[current] - beta
            better = ~done & (through < distance)
            distance[better], reached_from[better] = through[better], column
            column = int(np.argmin(np.where(done, FAR, distance)))
            length, current = int(distance[column]), int(row_of[column])
            if current < 0:
                break
            done[column] = True
        alpha[row] += length
        matched = np.flatnonzero(done)
        alpha[row_of[matched]] += length - distance[matched]
        beta[matched] -= length - distance[matched]
        while column >= 0:
            before = int(reached_from[column])
            row_of[column] = row if before < 0 else row_of[before]
            column = before
    return alpha, beta


def successor_offsets(gap: Integers) -> Integers:
    """``u_j >= 0``: how much later than the nearest successor a run of ``j`` may follow, in steps; shape (I,)."""
    if len(gap) < 2:
        return np.zeros(len(gap), dtype=np.int64)
    small = len(gap) <= LARGEST_ASSIGNMENT
    beta = assignment_duals(gap)[1] if small else gap.mean(axis=0).astype(np.int64)
    offsets: Integers = beta.max() - beta
    return offsets


def successor_classes(gap: Integers, most: int) -> Classes:
    """Orders with columns of one shape in one class; a single class when there would be more than ``most``.

    The diagonal does not count, because a run is never followed by another run of its own order.
    """
    offset = successor_offsets(gap)
    n = len(gap)
    member = np.full(n, -1)
    heads: list[int] = []
    for j in range(n):
        for k, head in enumerate(heads):
            rows = np.ones(n, dtype=bool)
            rows[[j, head]] = False
            difference = (gap[:, head] - gap[:, j])[rows]
            if not len(difference) or difference.min() == difference.max():
                member[j] = k
                if len(difference):
                    offset[j] = offset[head] + difference[0]
                break
        else:
            if len(heads) == most:
                return Classes(np.zeros(n, dtype=np.int64), successor_offsets(gap), 1)
            member[j] = len(heads)
            heads.append(j)
    return Classes(member, offset - offset.min(), len(heads))


def reach(gap: Integers, classes: Classes) -> Integers:
    """``m_ik``: how far ahead a last start of order ``i`` looks on curve ``k``; shape (I, K), in steps.

    ``m_ik = min G_ij + u_j`` over the orders ``j != i`` of class ``k``; :data:`FAR` where there is none.
    """
    table = (gap + classes.offset).astype(np.int64)
    np.fill_diagonal(table, FAR)
    result = np.full((len(gap), classes.number), FAR)
    for k in range(classes.number):
        inside = table[:, classes.member == k]
        result[:, k] = inside.min(axis=1) if inside.size else FAR
    return result
