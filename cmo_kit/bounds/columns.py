"""Compiled: the runs of cheapest patterns of several runs, which the linear program takes as columns.

Imported on first use only, because it needs numba.
"""

import numpy as np

from cmo_kit.bounds.grid import Integers
from cmo_kit.bounds.patterns import Workspace, price_lists, trace_runs
from cmo_kit.bounds.relaxation import Prices, Pricing
from cmo_kit.fast.compiled import stored


@stored
def split_runs(problem: Pricing, curves: Prices, orders: Integers, ends: Integers) -> tuple[Integers, Integers]:
    """The cheapest pattern of several runs of each of ``orders`` (n,) whose last start is at its ``ends`` (n,).

    Returns how many runs each has, (n,), and the runs, (n, most batches, 2), as batches and last start. There must be
    such a pattern.
    """
    most, end = problem.batches.max() + 1, problem.end + 1
    space = Workspace(
        np.zeros(end),
        np.zeros(end),
        np.zeros(end, np.int64),
        np.zeros(most),
        np.zeros(most),
        np.zeros((4, most)),
        np.zeros((4, most), np.int64),
        np.zeros((most, 2), np.int64),
    )
    counts, runs = np.zeros(len(orders), np.int64), np.zeros((len(orders), most, 2), np.int64)
    for n in range(len(orders)):
        price_lists(problem, curves, orders[n], 0, ends[n], space)
        counts[n] = trace_runs(problem, orders[n], ends[n], space)
        runs[n] = space.runs
    return counts, runs
