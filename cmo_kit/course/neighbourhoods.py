"""Neighbourhoods of a schedule, complete: every schedule that one move of runs makes of it.

A neighbourhood yields, for each neighbour, what then stands on the Sites that change, from 0, as
:meth:`~cmo_kit.core.schedule.Schedule.changed` and :meth:`~cmo_kit.methods.budget.Budget.change` take it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from cmo_kit.core.schedule import Run, Schedule

Change = dict[int, list[Run]]
Neighbourhood = Callable[[Schedule], Iterator[Change]]


def joined(site: Sequence[Run]) -> list[Run]:
    """Neighbouring runs of one order as one run."""
    runs: list[Run] = []
    for run in site:
        if runs and runs[-1].order == run.order:
            runs[-1] = Run(run.order, runs[-1].batches + run.batches)
        else:
            runs.append(run)
    return runs


def taken_out(site: Sequence[Run], k: int, batches: int | None = None) -> list[Run]:
    """The Site without its run ``k``, or with so many batches less in it."""
    left = 0 if batches is None else site[k].batches - batches
    return joined([*site[:k], *([Run(site[k].order, left)] if left else []), *site[k + 1 :]])


def put_in(site: Sequence[Run], place: int, run: Run) -> list[Run]:
    """The Site with one more run, before the one that stands at ``place``."""
    return joined([*site[:place], run, *site[place:]])


def moves(schedule: Schedule) -> Iterator[Change]:
    """Every run at every other place of every Site; with ``n`` runs that no taking out joins, ``n (n + L - 2)``."""
    for l, site in enumerate(schedule.sites):
        for k, run in enumerate(site):
            rest = taken_out(site, k)
            for to, other in enumerate(schedule.sites):
                target = rest if to == l else other
                for place in range(len(target) + 1):
                    if (to, place) != (l, k):
                        yield {l: rest, to: put_in(target, place, run)}


def swaps(schedule: Schedule) -> Iterator[Change]:
    """Every two runs of different orders exchanged; ``n (n - 1) / 2`` for ``n`` runs of as many orders."""
    places = [(l, k) for l, site in enumerate(schedule.sites) for k in range(len(site))]
    for (l, k), (to, place) in combinations(places, 2):
        one, other = schedule.sites[l][k], schedule.sites[to][place]
        if one.order != other.order:
            sites = {l: list(schedule.sites[l]), to: list(schedule.sites[to])}
            sites[l][k], sites[to][place] = other, one
            yield {site: joined(runs) for site, runs in sites.items()}


def splits(schedule: Schedule) -> Iterator[Change]:
    """Every part of every run, less than the whole, at every place of every other Site."""
    for l, site in enumerate(schedule.sites):
        for k, run in enumerate(site):
            for batches in range(1, run.batches):
                rest, part = taken_out(site, k, batches), Run(run.order, batches)
                for to, other in enumerate(schedule.sites):
                    if to != l:
                        for place in range(len(other) + 1):
                            yield {l: rest, to: put_in(other, place, part)}
