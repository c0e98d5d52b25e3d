"""Compiled pricing of all orders: the bound at given prices, and how it would change with them.

Imported on first use only, because it needs numba; numbers as in :mod:`cmo_kit.bounds.patterns`.
"""

import numpy as np

from cmo_kit.bounds.patterns import NEVER, price_lists, profile, trace_runs
from cmo_kit.bounds.prices import Allowed, Integers, Prices, Pricing
from cmo_kit.fast.compiled import stored


@stored
def price_all(
    problem: Pricing,
    curves: Prices,
    whole_allowed: Allowed,
    parts_allowed: Allowed,
    whole: Prices,
    parts: Prices,
    least: Prices,
    last_start: Integers,
    in_parts: Allowed,
    flow: Prices,
) -> float:
    """The bound at given prices, each order choosing its cheapest allowed pattern.

    Parameters
    ----------
    whole_allowed, parts_allowed : (I, end + 1) arrays of bool
        Which last starts are open to patterns of one run, and of more.
    whole, parts, least, last_start, in_parts : output, (I, end + 1) twice, (I,) three times
        Profiles; the least price of each order; where it is attained; whether by several runs.
    flow : output, (K, T + 1)
        Runs that leave minus runs that take a Site on each curve: the supergradient of the bound.
    """
    steps = problem.steps
    longest = problem.batches.max()
    start_price, end_price = np.zeros(problem.end + 1), np.zeros(problem.end + 1)
    curve = np.zeros(problem.end + 1, np.int64)
    work, choice = np.zeros((6, longest + 1)), np.zeros((4, longest + 1), np.int64)
    runs = np.zeros((longest + 1, 2), np.int64)
    flow[:] = 0.0
    total = 0.0
    for i in range(len(problem.batches)):
        low, high, split = problem.end + 1, -1, False
        for F in range(problem.end + 1):
            if whole_allowed[i, F] or parts_allowed[i, F]:
                low, high = min(low, F), F
                split = split or parts_allowed[i, F]
        least[i], last_start[i], in_parts[i] = NEVER, -1, False
        price_lists(problem, curves, i, 0 if split else low, high, start_price, end_price, curve)
        profile(problem, i, low, high, split, start_price, end_price, work, choice, whole[i], parts[i])
        for F in range(low, high + 1):
            if whole_allowed[i, F] and whole[i, F] < least[i]:
                least[i], last_start[i], in_parts[i] = whole[i, F], F, False
            if split and parts_allowed[i, F] and parts[i, F] < least[i]:
                least[i], last_start[i], in_parts[i] = parts[i, F], F, True
        if least[i] >= NEVER / 2:
            return NEVER
        total += least[i]
        count = 1
        runs[0, 0], runs[0, 1] = problem.batches[i], last_start[i]
        if in_parts[i]:
            count = trace_runs(problem, i, last_start[i], start_price, end_price, work, choice, runs)
        for n in range(count):
            e = runs[n, 1]
            start = e - (runs[n, 0] - 1) * problem.own_gap[i]
            flow[problem.member[i], min(start + problem.offset[i], steps)] -= 1
            flow[curve[e], min(e + problem.reach[i, curve[e]], steps)] += 1
    refund: float = problem.sites * curves[0, steps]
    return total - refund
