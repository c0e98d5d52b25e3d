"""Compiled pricing: the cheapest patterns of every order at given prices, and the bound that they add up to.

Imported on first use only, because it needs numba. Prices arrive as curves, shape (K + 2, T + 1): one for each class,
which never falls and off which every order reads its own two price lists, then the tolls on an order's last start and
on a run's first. All numbers are multiples of ``1 / resolution`` and exact.
"""

from typing import NamedTuple

import numpy as np

from cmo_kit.bounds.grid import Integers
from cmo_kit.bounds.relaxation import Allowed, Domain, Prices, Pricing
from cmo_kit.fast.compiled import stored

#: The price of what cannot be: above every price, which stays below 2^53 to be exact, and so far below the largest
#: float that as many of them as an order has batches can be added.
NEVER = 1e300


class Priced(NamedTuple):
    """What the pricing of all orders at the prices ``curves`` (K + 2, T + 1) leaves behind.

    ``whole`` and ``parts`` (I, end + 1) hold, per last start, price, toll and lateness of the cheapest pattern of one
    run, and of more; ``least``, ``last_start`` and ``in_parts`` (I,) the least price of each order, where it is
    attained, and whether by several runs. ``flow`` (K, T + 1) counts runs that leave minus runs that take a Site on
    each curve: the supergradient of the bound, without tolls.
    """

    curves: Prices
    whole: Prices
    parts: Prices
    least: Prices
    last_start: Integers
    in_parts: Allowed
    flow: Prices


class Workspace(NamedTuple):
    """Room for one order, which the next one takes over.

    ``start_price`` and ``end_price`` (end + 1,) are ``psi_i(s)`` and ``phi_i(e)``, whose minimum lies on ``curve`` (end
    + 1,). ``run`` and ``exact`` (Q + 1,) are the prices of the cheapest run of ``q`` batches that ends at ``F`` or
    before, and of one that ends at ``F``, ``where`` (Q + 1,) the last starts of the former; ``start``, ``best`` and
    ``choice`` are those of :func:`share_out`, and ``runs`` (Q + 1, 2) the runs (batches, last start) of a pattern.
    ``low`` and ``high`` (end + 1,) are the fewest and the most batches that cuts allow by a time.
    """

    start_price: Prices
    end_price: Prices
    curve: Integers
    run: Prices
    exact: Prices
    where: Integers
    start: Prices
    best: Prices
    choice: Integers
    runs: Integers
    low: Integers
    high: Integers


@stored
def workspace(problem: Pricing) -> Workspace:
    """Room for any order."""
    most, end = problem.batches.max() + 1, problem.end + 1
    return Workspace(
        np.zeros(end),
        np.zeros(end),
        np.zeros(end, np.int64),
        np.zeros(most),
        np.zeros(most),
        np.zeros(most, np.int64),
        np.zeros(most),
        np.zeros((4, most)),
        np.zeros((4, most), np.int64),
        np.zeros((most, 2), np.int64),
        np.zeros(end, np.int64),
        np.zeros(end, np.int64),
    )


@stored
def read_cuts(problem: Pricing, i: int, cuts: Integers, space: Workspace) -> int:
    """Fill ``low`` and ``high`` for order ``i``; its limit of runs, which orders with cuts do not have."""
    low, high = space.low, space.high
    depth: int = problem.depth[i]
    low[:] = 0
    high[:] = problem.batches[i]
    for n in range(len(cuts)):
        if cuts[n, 0] == i:
            at, depth = cuts[n, 1], 0
            low[at], high[at] = max(low[at], cuts[n, 2]), min(high[at], cuts[n, 3])
    return depth


@stored
def nothing_priced(problem: Pricing) -> Priced:
    """Empty arrays to price into."""
    n, curves = problem.reach.shape
    return Priced(
        np.zeros((curves + 2, problem.steps + 1)),
        np.zeros((n, problem.end + 1)),
        np.zeros((n, problem.end + 1)),
        np.zeros(n),
        np.zeros(n, np.int64),
        np.zeros(n, np.bool_),
        np.zeros((curves, problem.steps + 1)),
    )


@stored
def price_lists(problem: Pricing, curves: Prices, i: int, low: int, high: int, space: Workspace) -> None:
    """Fill the price lists of order ``i`` for last starts in ``low..high``."""
    steps, start_price, end_price, curve = problem.steps, space.start_price, space.end_price, space.curve
    entry_toll = curves[problem.reach.shape[1] + 1]
    first = max(0, low - (problem.batches[i] - 1) * problem.own_gap[i])
    for s in range(first, high + 1):
        start_price[s] = curves[problem.member[i], min(s + problem.offset[i], steps)] - entry_toll[min(s, steps)]
    for e in range(low, high + 1):
        end_price[e] = curves[0, steps]
        curve[e] = 0
        for k in range(problem.reach.shape[1]):
            ahead = e + problem.reach[i, k]
            if ahead < steps and curves[k, ahead] < end_price[e]:
                end_price[e] = curves[k, ahead]
                curve[e] = k


@stored
def share_out(depth: int, most: int, space: Workspace) -> None:
    """Cheapest way to make ``m`` batches out of runs at prices ``run[q]``, for all ``m <= most``.

    With ``depth`` 0 any number of runs is allowed and row 0 of ``best`` and ``choice`` holds the result,
    otherwise row ``k`` is for at most ``k`` runs, ``k < depth``. ``choice`` is a run in the cheapest way, 0 if
    row ``k - 1`` is as cheap, or in row 0 what was made before the last cut, ``start[m]``.
    """
    run, start, best, choice = space.run, space.start, space.best, space.choice
    if depth == 0:
        for m in range(1, most + 1):
            best[0, m] = start[m]
            choice[0, m] = 0
            for q in range(1, m + 1):
                value = run[q] + best[0, m - q]
                if value < best[0, m]:
                    best[0, m] = value
                    choice[0, m] = q
    for k in range(1, depth):
        for m in range(1, most + 1):
            best[k, m] = best[k - 1, m]
            choice[k, m] = 0
            for q in range(1, m + 1):
                value = run[q] + best[k - 1, m - q]
                if value < best[k, m]:
                    best[k, m] = value
                    choice[k, m] = q


@stored
def begin(space: Workspace) -> None:
    """Nothing is made yet."""
    space.run[:] = NEVER
    space.start[:] = NEVER
    space.best[:, 1:] = NEVER
    space.start[0] = 0.0
    space.best[:, 0] = 0.0


@stored
def cut_off(F: int, Q: int, space: Workspace) -> bool:
    """Keep of what is made at ``F`` only what a cut allows, and begin anew from there; False where there is no cut."""
    low, high = space.low[F], space.high[F]
    if low == 0 and high == Q:
        return False
    for m in range(Q):
        if m < low or m > high:
            space.best[0, m] = NEVER
        space.start[m] = space.best[0, m]
        space.run[m] = NEVER
    return True


@stored
def profile(
    problem: Pricing,
    i: int,
    low: int,
    high: int,
    split: bool,
    depth: int,
    toll: Prices,
    space: Workspace,
    whole: Prices,
    parts: Prices,
) -> None:
    """For every last start ``F`` in ``low..high`` the cheapest pattern of one run, and of more if ``split``.

    ``whole[F]`` and ``parts[F]`` are price, toll and weighted lateness. A pattern of more runs has one that
    ends exactly at ``F``; the rest is shared out among runs that end at ``F`` or before, whose best
    prices fall as ``F`` grows, but at cuts.
    """
    Q, gap, ready = problem.batches[i], problem.own_gap[i], problem.ready[i]
    start_price, end_price = space.start_price, space.end_price
    run, exact, best = space.run, space.exact, space.best
    begin(space)
    for F in range(0 if split else low, high + 1):
        late = problem.weight[i] * max(0, F - problem.due[i]) + toll[min(F, problem.steps)]
        start = F - (Q - 1) * gap
        whole[F] = end_price[F] - start_price[start] + late if start >= ready else NEVER
        if not split:
            continue
        cheaper = False
        for q in range(1, Q):
            start = F - (q - 1) * gap
            exact[q] = end_price[F] - start_price[start] if start >= ready else NEVER
            if exact[q] < run[q]:
                run[q] = exact[q]
                cheaper = True
        if cheaper:
            share_out(depth, Q - 1, space)
        rest = best[max(0, depth - 1)]
        parts[F] = NEVER
        for q in range(1, Q):
            parts[F] = min(parts[F], exact[q] + rest[Q - q] + late)
        cut_off(F, Q, space)


@stored
def share_out_at(problem: Pricing, i: int, depth: int, F: int, space: Workspace) -> int:
    """Share out among the runs that end at ``F`` or before; where the last cut before ``F`` is, -1 if nowhere."""
    Q, gap = problem.batches[i], problem.own_gap[i]
    start_price, end_price, run, where = space.start_price, space.end_price, space.run, space.where
    begin(space)
    cut = -1
    for e in range(F + 1):
        for q in range(1, Q):
            start = e - (q - 1) * gap
            if start >= problem.ready[i] and end_price[e] - start_price[start] < run[q]:
                run[q] = end_price[e] - start_price[start]
                where[q] = e
        if e == F or space.low[e] > 0 or space.high[e] < Q:
            share_out(depth, Q - 1, space)
        if e < F and cut_off(e, Q, space):
            cut = e
    return cut


@stored
def trace_runs(problem: Pricing, i: int, depth: int, F: int, space: Workspace) -> int:
    """Write the runs of the cheapest pattern of several runs that ends at ``F``; how many."""
    Q, gap = problem.batches[i], problem.own_gap[i]
    start_price, end_price, where = space.start_price, space.end_price, space.where
    best, choice, runs = space.best, space.choice, space.runs
    cut = share_out_at(problem, i, depth, F, space)
    row = max(0, depth - 1)
    least, last = NEVER, 1
    for q in range(1, Q):
        start = F - (q - 1) * gap
        if start >= problem.ready[i]:
            value = end_price[F] - start_price[start] + best[row, Q - q]
            if value < least:
                least, last = value, q
    runs[0, 0], runs[0, 1] = last, F
    count, left = 1, Q - last
    while left > 0:
        q = choice[row, left]
        if q > 0:
            runs[count, 0], runs[count, 1] = q, where[q]
            count += 1
            left -= q
        elif depth == 0:
            cut = share_out_at(problem, i, depth, cut, space)
        if depth > 0:
            row -= 1
    return count


@stored
def price_all(problem: Pricing, domain: Domain, priced: Priced) -> float:
    """The bound at the prices ``priced.curves``, each order choosing its cheapest open pattern; fills ``priced``."""
    whole_open, parts_open = domain.whole, domain.parts  # names once: in a loop each look into a tuple would cost time
    steps, curves, whole, parts = problem.steps, priced.curves, priced.whole, priced.parts
    toll = curves[problem.reach.shape[1]]
    least, last_start, in_parts, flow = priced.least, priced.last_start, priced.in_parts, priced.flow
    space = workspace(problem)
    runs, curve = space.runs, space.curve
    flow[:] = 0.0
    total = 0.0
    for i in range(len(problem.batches)):
        low, high, split = problem.end + 1, -1, False
        for F in range(problem.end + 1):
            if whole_open[i, F] or parts_open[i, F]:
                low, high = min(low, F), F
                split = split or parts_open[i, F]
        least[i], last_start[i], in_parts[i] = NEVER, -1, False
        price_lists(problem, curves, i, 0 if split else low, high, space)
        depth = read_cuts(problem, i, domain.cuts, space)
        profile(problem, i, low, high, split, depth, toll, space, whole[i], parts[i])
        for F in range(low, high + 1):
            if whole_open[i, F] and whole[i, F] < least[i]:
                least[i], last_start[i], in_parts[i] = whole[i, F], F, False
            if split and parts_open[i, F] and parts[i, F] < least[i]:
                least[i], last_start[i], in_parts[i] = parts[i, F], F, True
        if least[i] >= NEVER / 2:
            return NEVER
        total += least[i]
        count = 1
        runs[0, 0], runs[0, 1] = problem.batches[i], last_start[i]
        if in_parts[i]:
            count = trace_runs(problem, i, depth, last_start[i], space)
        for n in range(count):
            e = runs[n, 1]
            start = e - (runs[n, 0] - 1) * problem.own_gap[i]
            flow[problem.member[i], min(start + problem.offset[i], steps)] -= 1
            flow[curve[e], min(e + problem.reach[i, curve[e]], steps)] += 1
    refund: float = problem.sites * curves[0, steps]
    for n in range(2):
        tolls = curves[problem.reach.shape[1] + n]
        for t in range(steps):
            step = tolls[t] - tolls[t + 1]
            if step != 0.0:
                refund += step * domain.counted[n, 1 if step > 0.0 else 0, t]
    return total - refund
