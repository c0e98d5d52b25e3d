"""Compiled pricing of one order: its cheapest patterns at given prices.

Imported on first use only, because it needs numba. Prices arrive as curves, shape (K, T + 1), that
never fall; every order reads its own two price lists off them: ``start_price[s]`` is ``psi_i(s)`` and
``end_price[e]`` is ``phi_i(e)`` of :mod:`cmo_kit.bounds.prices`. All numbers are multiples of
``1 / resolution`` and exact.
"""

import numpy as np

from cmo_kit.bounds.prices import Integers, Prices, Pricing
from cmo_kit.fast.compiled import stored

#: The price of what cannot be: above every price, which stays below 2^53 to be exact, and so far below the largest
#: float that as many of them as an order has batches can be added.
NEVER = 1e300


@stored
def price_lists(
    problem: Pricing,
    curves: Prices,
    i: int,
    low: int,
    high: int,
    start_price: Prices,
    end_price: Prices,
    curve: Integers,
) -> None:
    """Fill the price lists of order ``i`` for last starts in ``low..high``; ``curve[e]`` is where the minimum lies."""
    steps = problem.steps
    first = max(0, low - (problem.batches[i] - 1) * problem.own_gap[i])
    for s in range(first, high + 1):
        start_price[s] = curves[problem.member[i], min(s + problem.offset[i], steps)]
    for e in range(low, high + 1):
        end_price[e] = curves[0, steps]
        curve[e] = 0
        for k in range(curves.shape[0]):
            ahead = e + problem.reach[i, k]
            if ahead < steps and curves[k, ahead] < end_price[e]:
                end_price[e] = curves[k, ahead]
                curve[e] = k


@stored
def share_out(depth: int, most: int, run: Prices, best: Prices, choice: Integers) -> None:
    """Cheapest way to make ``m`` batches out of runs at prices ``run[q]``, for all ``m <= most``.

    With ``depth`` 0 any number of runs is allowed and row 0 of ``best`` and ``choice`` holds the result,
    otherwise row ``k`` is for at most ``k`` runs, ``k < depth``. ``choice`` is a run in the cheapest way, 0 if
    row ``k - 1`` is as cheap.
    """
    if depth == 0:
        for m in range(1, most + 1):
            best[0, m] = NEVER
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
def profile(
    problem: Pricing,
    i: int,
    low: int,
    high: int,
    split: bool,
    start_price: Prices,
    end_price: Prices,
    work: Prices,
    choice: Integers,
    whole: Prices,
    parts: Prices,
) -> None:
    """For every last start ``F`` in ``low..high`` the cheapest pattern of one run, and of more.

    ``whole[F]`` and ``parts[F]`` are price plus weighted lateness. A pattern of more runs has one that
    ends exactly at ``F``; the rest is shared out among runs that end at ``F`` or before, whose best
    prices fall as ``F`` grows.
    """
    Q, gap, ready = problem.batches[i], problem.own_gap[i], problem.ready[i]
    depth = problem.depth[i]
    run, exact, best = work[0], work[1], work[2:]
    run[:] = NEVER
    best[:, 1:] = NEVER
    best[:, 0] = 0.0
    for F in range(0 if split else low, high + 1):
        late = problem.weight[i] * max(0, F - problem.due[i])
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
            share_out(depth, Q - 1, run, best, choice)
        rest = best[max(0, depth - 1)]
        parts[F] = NEVER
        for q in range(1, Q):
            parts[F] = min(parts[F], exact[q] + rest[Q - q] + late)


@stored
def trace_runs(
    problem: Pricing,
    i: int,
    F: int,
    start_price: Prices,
    end_price: Prices,
    work: Prices,
    choice: Integers,
    runs: Integers,
) -> int:
    """The runs (batches, last start) of the cheapest pattern of several runs that ends at ``F``; how many."""
    Q, gap, depth = problem.batches[i], problem.own_gap[i], problem.depth[i]
    run, best = work[0], work[2:]
    run[:] = NEVER
    best[:, 1:] = NEVER
    best[:, 0] = 0.0
    where = np.zeros(Q + 1, np.int64)
    for e in range(F + 1):
        for q in range(1, Q):
            start = e - (q - 1) * gap
            if start >= problem.ready[i] and end_price[e] - start_price[start] < run[q]:
                run[q] = end_price[e] - start_price[start]
                where[q] = e
    share_out(depth, Q - 1, run, best, choice)
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
        if depth > 0:
            row -= 1
    return count
