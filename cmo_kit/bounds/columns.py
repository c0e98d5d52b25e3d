"""Compiled: the runs of cheapest patterns of several runs, which the linear program takes as columns.

Imported on first use only, because it needs numba.
"""

import numpy as np

from cmo_kit.bounds.grid import Integers
from cmo_kit.bounds.patterns import price_lists, read_cuts, trace_runs, workspace
from cmo_kit.bounds.relaxation import Prices, Pricing
from cmo_kit.fast.compiled import stored


@stored
def split_runs(
    problem: Pricing, curves: Prices, cuts: Integers, orders: Integers, ends: Integers
) -> tuple[Integers, Integers]:
    """The cheapest pattern of several runs of each of ``orders`` (n,) whose last start is at its ``ends`` (n,).

    Returns how many runs each has, (n,), and the runs, (n, most batches, 2), as batches and last start. There must be
    such a pattern.
    """
    space = workspace(problem)
    counts, runs = np.zeros(len(orders), np.int64), np.zeros((len(orders), *space.runs.shape), np.int64)
    for n in range(len(orders)):
        price_lists(problem, curves, orders[n], 0, ends[n], space)
        depth = read_cuts(problem, orders[n], cuts, space)
        counts[n] = trace_runs(problem, orders[n], depth, ends[n], space)
        runs[n] = space.runs
    return counts, runs
