"""The single-machine bound: all Sites together as one machine, ``L`` times as fast.

Theorem 2 of :mod:`cmo_kit.bounds.verify` says that ``L`` times the tardiness is at least that of one job per order on
one machine. That problem is solved exactly by Lawler's decomposition (1977, doi:10.1016/S0167-5060(08)70742-8):
number the jobs by due date and let ``j`` be the longest. In some optimal sequence the jobs ahead of ``j`` are those
up to a number ``k >= j``, ``j`` excluded, and ``k`` may be taken such that the next due date is after the completion
of ``j``. The jobs before and after ``j`` are smaller problems of the same kind. Weights break this argument; then
each order is bounded alone.
"""

from fractions import Fraction

import numpy as np

from cmo_kit.bounds.grid import Grid, ready_times

#: Subproblems of the decomposition, and orders, beyond which the single machine is given up for its memory and time.
MOST_STATES = 100_000
LARGEST_MACHINE = 150


def work_and_due(grid: Grid) -> tuple[list[int], list[int]]:
    """``P_i`` and ``L d_i + Delta`` of the single machine."""
    others = grid.gap.copy()
    np.fill_diagonal(others, np.iinfo(np.int64).max)
    behind_last = others.min(axis=1) if len(others) > 1 else np.diag(grid.gap)
    least = np.minimum(behind_last, np.diag(grid.gap))
    work = (grid.batches - 1) * least + behind_last
    most = np.minimum(grid.batches - 1, grid.sites)
    delta = int(np.sort(np.concatenate([behind_last, np.repeat(least, most)]))[::-1][: grid.sites].sum())
    return [int(value) for value in work], [grid.sites * value + delta for value in grid.due]


def single_machine_tardiness(lengths: list[int], due_dates: list[int]) -> int | None:
    """The least total tardiness of jobs on one machine; None if it would take too many states."""
    order = sorted(range(len(lengths)), key=lambda i: (due_dates[i], lengths[i]))
    p, d = [lengths[i] for i in order], [due_dates[i] for i in order]
    known: dict[tuple[tuple[int, ...], int], int] = {}

    def least(jobs: tuple[int, ...], start: int) -> int:
        if not jobs:
            return 0
        if len(jobs) == 1:
            return max(0, start + p[jobs[0]] - d[jobs[0]])
        key = (jobs, start)
        if key in known:
            return known[key]
        if len(known) > MOST_STATES:
            raise MemoryError
        j = max(range(len(jobs)), key=lambda n: (p[jobs[n]], n))
        end = start + sum(p[i] for i in jobs[: j + 1])
        best = -1
        for k in range(j, len(jobs)):
            if k > j:
                end += p[jobs[k]]
            if k + 1 < len(jobs) and d[jobs[k + 1]] <= end:
                continue
            value = max(0, end - d[jobs[j]])
            if best < 0 or value < best:
                value += least(jobs[:j] + jobs[j + 1 : k + 1], start)
            if best < 0 or value < best:
                value += least(jobs[k + 1 :], end)
                best = value if best < 0 else min(best, value)
        known[key] = best
        return best

    try:
        return least(tuple(range(len(p))), 0)
    except MemoryError:
        return None


def alone_bound(grid: Grid) -> Fraction:
    """What the orders cost if each had all Sites for itself; grid objective units, weights allowed."""
    start = ready_times(grid.gap, grid.opening) + (-(-grid.batches // grid.sites) - 1) * grid.gap.min(axis=1)
    orders = zip(grid.weight.tolist(), start.tolist(), grid.due, strict=True)
    return Fraction(sum(weight * max(0, begin - due) for weight, begin, due in orders))


def machine_bound(grid: Grid) -> Fraction:
    """The better of the single-machine bound and of the orders alone; grid objective units."""
    bound = alone_bound(grid)
    if (grid.weight == grid.weight[0]).all() and len(grid.batches) <= LARGEST_MACHINE:
        tardiness = single_machine_tardiness(*work_and_due(grid))
        if tardiness is not None:
            bound = max(bound, Fraction(tardiness * int(grid.weight[0]), grid.sites))
    return bound
