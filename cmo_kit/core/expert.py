"""The Expert Heuristic, which imitates how planners schedule; the paper does not give its rule (Section 5).

Both rules take the orders by earliest due date (EDD), ties by index, and prefer the lower Site among
equals. Batch by batch fits the tardiness that Table 4 prints for the expert; whole orders is far better.
"""

import numpy as np

from cmo_kit.base.limits import Progress
from cmo_kit.core.instance import Instance
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import from_indices


def dispatch(instance: Instance, whole_orders: bool) -> list[list[tuple[int, int]]]:
    """Give each batch, or each whole order, to the Site where it can start first: per Site (order index, batches)."""
    sites: list[list[tuple[int, int]]] = [[] for _ in range(instance.sites)]
    g, sigma = instance.whole.g, instance.whole.sigma  # in ticks, so that ties are ties
    last_start, last_order = np.zeros(instance.sites), np.full(instance.sites, -1)
    for i in np.argsort(instance.D, kind="stable").tolist():
        pieces = [int(instance.Q[i])] if whole_orders else [1] * int(instance.Q[i])
        for size in pieces:
            starts = np.where(last_order < 0, sigma[i], last_start + g[last_order, i])
            l = int(np.argmin(starts))
            last_start[l], last_order[l] = starts[l] + (size - 1) * g[i, i], i
            before = sites[l].pop()[1] if sites[l] and sites[l][-1][0] == i else 0
            sites[l].append((i, before + size))
    return sites


def _outcome(instance: Instance, whole_orders: bool) -> Outcome:
    schedule = from_indices(instance, dispatch(instance, whole_orders))
    return Outcome(schedule, "optimal" if schedule.total_tardiness == 0 else "feasible", evaluations=1)


def expert(
    instance: Instance, rng: np.random.Generator, *, seconds: float | None = None, evaluations: int | None = None,
    progress: Progress | None = None,
) -> Outcome:  # fmt: skip
    """Batch by batch: each batch in EDD order goes to the Site where it can start first (Section 5).

    It takes ``instance`` and, as every method does, ``rng, seconds, evaluations, progress``, of which it uses none.

    Returns
    -------
    Outcome
        ``optimal`` if nothing is late, otherwise ``feasible``.

    Examples
    --------
    >>> expert(load_instance("small-1"), np.random.default_rng(1)).schedule.total_tardiness  # days
    1834.0
    """
    return _outcome(instance, whole_orders=False)


def expert_orders(
    instance: Instance, rng: np.random.Generator, *, seconds: float | None = None, evaluations: int | None = None,
    progress: Progress | None = None,
) -> Outcome:  # fmt: skip
    """Whole orders: each order in EDD order goes, unsplit, to the Site that can start it first.

    It takes ``instance, rng, seconds, evaluations, progress`` as :func:`expert` does.

    Returns
    -------
    Outcome

    Examples
    --------
    >>> expert_orders(load_instance("small-1"), np.random.default_rng(1)).schedule.total_tardiness  # days
    383.0
    """
    return _outcome(instance, whole_orders=True)
