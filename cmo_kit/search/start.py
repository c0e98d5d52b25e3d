"""Where the annealing begins, and how hot."""

import numpy as np

from cmo_kit.codings.compact_kernel import evaluate_lists
from cmo_kit.core.instance import Instance
from cmo_kit.search.state import Integers


def starting_list(instance: Instance) -> tuple[Integers, Integers, float]:
    """The best of a few list schedules by due date: every order on at most 1, 2, 4, ... or all Sites.

    Without setups the last one is about right, with long ones the first.

    Returns
    -------
    sequence : (I,) order indices
    parts : (I,) numbers of Sites
    total : float
        Its total tardiness.
    """
    sequence = np.argsort(instance.D, kind="stable")
    most = np.minimum(instance.Q, instance.sites)
    choices = [1]
    while choices[-1] < most.max():
        choices.append(min(2 * choices[-1], int(most.max())))
    parts = np.minimum(np.array(choices)[:, None], most[None, :])
    totals = evaluate_lists(instance, np.tile(sequence, (len(choices), 1)), parts)[0]
    best = int(np.argmin(totals))
    return sequence, parts[best], float(totals[best])


def work_unit(instance: Instance) -> float:
    """A mean order's time on one Site, setup included, times the mean weight; never 0."""
    own = float(((instance.Q - 1) * np.diag(instance.g)).mean()) * _mean_weight(instance)
    return setup_unit(instance) + own


def setup_unit(instance: Instance) -> float:
    """The mean gap between two orders times the mean weight; never 0."""
    own = np.diag(instance.g)
    count = len(own)
    gap = float(instance.g.sum() - own.sum()) / (count * (count - 1)) if count > 1 else float(own[0])
    return (gap or 1.0) * _mean_weight(instance)


def _mean_weight(instance: Instance) -> float:
    return float(instance.w.mean()) or 1.0
