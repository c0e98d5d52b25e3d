"""Where the annealing begins, and how hot."""

import numpy as np

from cmo_kit.beyond.compact_kernel import list_schedule_fast, sequence_tardiness
from cmo_kit.core.instance import Instance

Runs = list[list[tuple[int, int]]]


def starting_runs(instance: Instance) -> Runs:
    """The best of a few list schedules by due date: every order on at most 1, 2, 4, ... or all Sites.

    Without setups the last one is about right, with long ones the first.

    Returns
    -------
    list of min(L, T) lists of (order index, batches)
        More Sites than there are batches are left out.
    """
    sites = min(instance.sites, instance.total_batches)
    sequence = np.argsort(instance.D, kind="stable")
    most = np.minimum(instance.Q, sites)
    choices = [1]
    while choices[-1] < most.max():
        choices.append(min(2 * choices[-1], int(most.max())))
    parts = np.minimum(np.array(choices)[:, None], most[None, :])
    totals = sequence_tardiness(instance, np.tile(sequence, (len(choices), 1)), parts)
    return list_schedule_fast(instance, sequence, parts[int(np.argmin(totals))])[:sites]


def temperatures(instance: Instance, start: float, end: float) -> tuple[float, float]:
    """The first and last temperatures in weighted time units.

    ``start`` counts in units of a mean order's time on a Site, setup included; ``end`` in units of the mean
    gap between two orders; both times the mean weight.
    """
    own = np.diag(instance.g)
    count = len(own)
    gap = (instance.g.sum() - own.sum()) / (count * (count - 1)) if count > 1 else own[0]
    weight = float(instance.w.mean()) or 1.0
    hot = start * float(gap + ((instance.Q - 1) * own).mean()) * weight or 1.0
    cold = end * float(gap) * weight or hot / 1000
    return max(hot, cold), cold
