"""Schedules to begin with: the expert's two rules, and an index rule that looks at setups, seconds on Large problems.

The apparent tardiness cost with setups (ATCS; Lee & Pinedo 1997, doi:10.1016/S0377-2217(95)00376-2) ranks
the orders whenever a Site is free. Here an order takes up to ``parts`` Sites at once, so its time on
each is the time of its share of the batches.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.limits import Limits, Progress
from cmo_kit.codings.compact import list_schedule, parts_keys
from cmo_kit.codings.encode import encode
from cmo_kit.core.expert import dispatch
from cmo_kit.core.instance import Instance
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule, from_indices

Runs = list[list[tuple[int, int]]]

#: How far ahead a due date counts, and how much a setup does; trying a grid and keeping the best schedule is
#: the advice of Pfund, Fowler, Gadkari & Chen 2008 (doi:10.1016/j.cie.2007.08.011).
K1 = (0.5, 1.0, 2.0, 4.0, 8.0)
K2 = (0.1, 0.5, 1.0, 2.0)


def atcs_sequence(instance: Instance, k1: float, k2: float, parts: int) -> NDArray[np.int64]:
    """The sequence in which ATCS starts the orders, each on at most ``parts`` Sites.

    At time ``t`` behind order ``i`` the order with the greatest index is next,

        w_j / x_j  exp(-max(0, D_j - tail_j - t - g_ij - (q_j - 1) g_jj) / (k1 x))
                   exp(-max(0, g_ij - g_ii) / (k2 y)),

    with ``q_j = ceil(Q_j / parts)`` batches on a Site, ``x_j = q_j g_jj``, and ``x`` and ``y`` the means of all
    ``x_j`` and of the setups ``max(0, g_ij - g_ii)``. Equal indices: the lower order.
    """
    g, sigma = instance.whole.g, instance.whole.sigma  # in ticks, so that ties are ties
    own = np.diag(g)
    wide = np.minimum(np.minimum(parts, instance.sites), instance.Q)
    share = -(-instance.Q // wide)
    setup = np.maximum(0.0, g - own[:, None])
    tiny = max(float(g.max()), 1.0) * 1e-6
    work = np.maximum(share * own, tiny)
    mean_work, mean_setup = float(work.mean()), max(float(setup.mean()), tiny)
    due = np.rint(instance.D * instance.time_ticks.per_unit)
    latest = due - instance.whole.tails - (share - 1) * own
    left = np.ones(len(own), dtype=bool)
    last = np.full(instance.sites, -1)
    free = np.zeros(instance.sites)
    sequence = []
    for _ in range(len(own)):
        l = int(np.argmin(free))
        if last[l] < 0:
            gap = before = sigma
        else:
            gap, before = g[last[l]], setup[last[l]]
        slack = np.maximum(0.0, latest - free[l] - gap)
        index = np.log(np.maximum(instance.w, 1e-9) / work) - slack / (k1 * mean_work) - before / (k2 * mean_setup)
        j = int(np.argmax(np.where(left, index, -np.inf)))
        left[j] = False
        sequence.append(j)
        taken = np.argsort(free, kind="stable")[: wide[j]]
        free[taken] += np.where(last[taken] < 0, sigma[j], g[last[taken], j]) + (share[j] - 1) * own[j]
        last[taken] = j
    return np.array(sequence, dtype=np.int64)


def sites_grid(instance: Instance) -> list[int]:
    """1, 2, 4, ... and as many Sites as the largest order can use."""
    most = min(instance.sites, int(instance.Q.max()))
    return [2**k for k in range(most.bit_length()) if 2**k < most] + [most]


def atcs_runs(instance: Instance) -> Iterator[Runs]:
    """The list schedules that ATCS gives over the whole grid of ``k1``, ``k2`` and ``parts``."""
    for parts, k1, k2 in product(sites_grid(instance), K1, K2):
        sequence = atcs_sequence(instance, k1, k2, parts)
        yield list_schedule(instance, sequence, np.minimum(parts, instance.Q))


def atcs(
    instance: Instance,
    rng: np.random.Generator,
    *,
    seconds: float | None = None,
    evaluations: int | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """The best list schedule over the grid of :func:`atcs_runs`: a dispatching rule that looks at setups.

    Parameters
    ----------
    instance : Instance
    rng : numpy.random.Generator
        Not used: nothing is random.
    seconds, evaluations : optional
        Limits that end the grid early; an evaluation is one schedule, and the first grid point is always tried.
    progress : callable, optional
        Called after every schedule with (best, evaluations, seconds).

    Returns
    -------
    Outcome

    Examples
    --------
    >>> atcs(load_instance("small-1"), np.random.default_rng(1)).schedule.total_tardiness  # days
    333.0
    """
    limits = Limits(seconds, evaluations)
    best: Schedule | None = None
    spent, status = 0, "feasible"
    try:
        for runs in atcs_runs(instance):
            spent += 1
            schedule = from_indices(instance, runs)
            if best is None or schedule.total_tardiness < best.total_tardiness:
                best = schedule
            limits.round_ends(best.total_tardiness)
            if progress is not None:
                progress(best.total_tardiness, spent, limits.elapsed)
            if limits.reached(spent):
                break
    except KeyboardInterrupt:
        status = "stopped"
    if best is None:
        return Outcome(None, "stopped")
    return Outcome(best, "optimal" if best.total_tardiness == 0 else status, evaluations=spent)


def initial_schedules(instance: Instance) -> dict[str, Schedule]:
    """The three ideas by name: ``edd_batches``, ``edd_orders`` and ``atcs``."""
    made = atcs(instance, np.random.default_rng(0))
    if made.status == "stopped" or made.schedule is None:
        raise KeyboardInterrupt
    return {
        "edd_batches": from_indices(instance, dispatch(instance, whole_orders=False)),
        "edd_orders": from_indices(instance, dispatch(instance, whole_orders=True)),
        "atcs": made.schedule,
    }


def initial_keys(instance: Instance) -> NDArray[np.float64]:
    """Their canonical keys, best first, for a genetic algorithm to begin with; shape (3, n)."""
    ranked = sorted(initial_schedules(instance).values(), key=lambda schedule: schedule.total_tardiness)
    return np.array([encode(schedule) for schedule in ranked])


def initial_compact_keys(instance: Instance) -> NDArray[np.float64]:
    """Compact chromosomes of EDD and ATCS sequences on 1, 2, 4, ... Sites; shape (k, 2 I)."""
    count = len(instance.orders)
    ranks = (np.arange(count) + 0.5) / count
    codes = []
    for parts in sites_grid(instance):
        for sequence in (np.argsort(instance.D, kind="stable"), atcs_sequence(instance, 2.0, 0.5, parts)):
            keys = np.empty(2 * count)
            keys[sequence] = ranks
            keys[count:] = parts_keys(instance, np.full(count, parts))
            codes.append(keys)
    return np.array(codes)
