"""The bound: orders choose their runs one by one at prices for the time of Sites.

**What is relaxed.** A schedule is a set of runs, ``q`` batches of one order whose last batch starts at
``e`` and whose first starts at ``s = e - (q - 1) G_ii``. Orders meet only on the Sites, where a run of
``j`` behind one of ``i`` needs ``s >= e + G_ij``. That coupling is replaced by prices.

**Prices.** For every order ``j`` let ``psi_j(s)`` be a number for a first start at ``s``, where
``0 <= psi_j(s) <= V`` and ``psi_j`` never falls with ``s``. For a last start define

    phi_i(e) = min( V,  min_{j != i} psi_j(e + G_ij) ).

A run pays ``phi_i(e) - psi_i(s)``: what the Site is worth when the run leaves it, less what it was
worth when the run took it.

**Theorem.** For every schedule ``sum_i W_i max(0, F_i - d_i)``, where ``F_i`` is the last start of order
``i``, is at least

    LB = sum_i min over patterns of ( W_i max(0, F - d_i) + sum over runs (phi_i(e) - psi_i(s)) )  -  L V,

where a pattern of order ``i`` is any multiset of runs with ``Q_i`` batches together, the first starts
being no earlier than an order can start at all, and ``F`` the last of its last starts.

*Proof.* Take a left-shifted schedule and one Site with runs ``1, 2, ..., n`` in sequence, each as long as
possible, so that neighbours are of different orders. The prices that its runs pay add up to

    phi(e_n) + sum_{k<n} ( phi(e_k) - psi(s_{k+1}) ) - psi(s_1).

The first term is at most ``V``. In the sum, ``s_{k+1} >= e_k + G``, so ``psi(s_{k+1}) >= psi(e_k + G) >=
phi(e_k)`` by monotonicity and by the definition of ``phi``: no bracket is positive. The last term is
not positive. So a Site collects at most ``V`` and all Sites at most ``L V``: the schedule costs at least
as much as it would with prices paid and ``L V`` refunded. The runs of each order form one of its
patterns, so the minimum over patterns is no more. QED.

**How many runs.** Any number of runs is allowed in general. Where some optimal schedule has one run per
order and Site (:mod:`cmo_kit.core.conditions`), patterns of more than ``min(L, Q_i)`` runs need not be
looked at. Here that limit is kept up to :data:`COUNTED_RUNS` runs; above, any number is allowed, which
only makes the minimum smaller, hardly ever in fact, and finding it faster.

**When an order can start.** A first batch of ``j`` opens a Site at ``sigma_j`` or later, or stands behind a run of
some other order, at ``ready_i + G_ij`` or later. So it starts at ``ready_j`` or later, the length of a shortest
path from the opening of the Site: with long initial setups a chain of other orders may lead to ``j`` sooner
than ``sigma_j``.

**How late.** All curves are constant, ``V``, from step ``T`` on, so a run that starts at ``T`` or later is
free, and waiting longer only adds tardiness. With ``end = T + max_i (Q_i - 1) G_ii`` a pattern that
ends later than ``end`` is no better than the same pattern with all its runs that end later moved to ``end``.
So ``F`` runs over ``0..end``, and ``F = end`` stands for all later ones as well.

**What it is the dual of.** The best prices give the linear relaxation of a network flow model: nodes
are (order or class of orders, time), ``L`` units flow from run to run or wait, and every order buys
exactly one pattern. With a single curve this is the capacity constraint "at most ``L`` runs at any time";
for Sites without splitting see Pessoa, Uchoa, Poggi de Aragao and Rodrigues 2010,
doi:10.1007/s12532-010-0019-z. That an order's lateness is the greatest of its runs', and that every
further run costs a setup, holds exactly inside a pattern; only the sequence on Sites is relaxed.

**Numbers.** All prices are multiples of ``2**-bits`` and all sums stay far below ``2**52`` such multiples,
where float64 is exact: the compiled code adds floats and makes no rounding error.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit.bounds.classes import Classes, reach, successor_classes
from cmo_kit.bounds.grid import Grid

Integers = NDArray[np.int64]
Prices = NDArray[np.float64]
Allowed = NDArray[np.bool_]
#: Up to so many runs of an order a limit is kept; it costs one pass over the batches for each run.
COUNTED_RUNS = 3
#: Steps of reading all price lists (orders x curves x ``end``) and of pricing all orders once. Where there would be
#: more of the first, all orders share one curve; where of the second, there is no bound by prices.
MOST_CURVE_STEPS = 20_000_000
MOST_PRICING_STEPS = 400_000_000


class Pricing(NamedTuple):
    """What the compiled code needs to know, as arrays over orders; times in steps.

    ``depth`` is the number of runs allowed to an order, 0 for any number; ``reach`` is (I, K).
    ``steps`` is ``T``, ``end`` the last value of ``F``; ``resolution`` is ``2**bits``.
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
    """A grid problem prepared for pricing."""

    grid: Grid
    classes: Classes
    one_run: bool
    pricing: Pricing


def ready_times(gap: Integers, opening: Integers) -> Integers:
    """The earliest possible start of a batch of each order, ``ready_j``; shape (I,), in steps.

    Shortest paths from the opening of a Site (Dijkstra 1959, doi:10.1007/BF01386390).
    """
    ready, open_orders = opening.astype(np.int64), np.ones(len(gap), dtype=bool)
    for _ in range(len(gap)):
        i = int(np.argmin(np.where(open_orders, ready, np.iinfo(np.int64).max)))
        open_orders[i] = False
        ready = np.where(open_orders, np.minimum(ready, ready[i] + gap[i]), ready)
    return ready


def run_depths(batches: Integers, sites: int, one_run: bool) -> Integers:
    """The number of runs that a pattern may have, 0 for any number; shape (I,)."""
    limit = np.minimum(batches, sites) if one_run else batches
    depths: Integers = np.where((limit > COUNTED_RUNS) | ((limit == batches) & (limit > 1)), 0, limit)
    return depths


def relax(grid: Grid, one_run: bool) -> Relaxation | None:
    """Prepare the bound, or None where pricing once would take minutes (very long orders).

    Parameters
    ----------
    grid : Grid
    one_run : bool
        Whether only schedules with one run per order and Site must be bounded.
    """
    gap, batches = grid.gap, grid.batches
    own = np.diag(gap).astype(np.int64)
    ready = ready_times(gap, grid.opening)
    away = gap + np.diag(np.full(len(gap), gap.max(initial=0) + 1))
    load = int(((batches - 1) * np.minimum(own, away.min(axis=1)) + away.min(axis=1)).sum()) // grid.sites
    steps = load + int(2 * gap.max()) + int(ready.max()) + 1
    longest = int(((batches - 1) * own).max())
    end = steps + longest
    depth = run_depths(batches, grid.sites, one_run)
    effort = end * int((np.where(depth == 1, 1, batches * batches) + len(gap)).sum())
    if effort > MOST_PRICING_STEPS:
        return None
    most = max(1, int(MOST_CURVE_STEPS // (len(gap) * end)))
    classes = successor_classes(gap, most)
    total = float(grid.weight.sum()) * (end + 1) * 4 * (grid.sites + 1)
    bits = min(10, 51 - math.ceil(math.log2(max(total, 2.0))))
    if bits < 0:
        return None
    pricing = Pricing(
        batches=batches,
        own_gap=own,
        due=grid.due,
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
    return Relaxation(grid, classes, one_run, pricing)
