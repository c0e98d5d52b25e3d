"""Edits of a schedule that is built by hand: add, move, split, merge and remove runs, one pure function each.

A schedule is its Sites' runs, as :class:`cmo_kit.core.schedule.Schedule` holds them. A *gap* is a place where
a run may be put: gap ``k`` of a Site lies before run ``k``, the last one behind all runs. Sites, runs and gaps
count from 0. An edit that cannot be made is an :class:`InputError` with a sentence for the reader.
"""

from typing import NamedTuple

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_integer, shown
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Run, Schedule

Sites = tuple[tuple[Run, ...], ...]


class Place(NamedTuple):
    """A run of a Site, or a gap between runs, both counted from 0."""

    site: int
    position: int


def empty_sites(instance: Instance) -> Sites:
    """The Sites before anything is placed."""
    return ((),) * instance.sites


def left_to_place(instance: Instance, sites: Sites) -> dict[str, int]:
    """How many batches of each order stand on no Site yet, by order id in the order of the instance."""
    return dict.fromkeys(instance.order_index, 0) | Schedule(instance, sites).lacking


def run_at(sites: Sites, place: Place) -> Run:
    """The run that stands there."""
    check_integer(place.site, "site", 0, len(sites) - 1)
    if not 0 <= place.position < len(sites[place.site]):
        count = len(sites[place.site])
        raise InputError(f"run is {place.position}; Site {place.site + 1} has {count} runs, counted from 0")
    return sites[place.site][place.position]


def add(instance: Instance, sites: Sites, gap: Place, order: str, batches: int) -> Sites:
    """Put ``batches`` batches of an order into a gap, as a run of their own."""
    left = left_to_place(instance, sites)
    if order not in left:
        raise InputError(f"order is {shown(order)}; the instance has no such order")
    if left[order] == 0:
        raise InputError(f"order {order} has no batch left to place; it asks for no more")
    check_integer(batches, f"batches of order {order}", 1, left[order])
    return _put(sites, gap, Run(order, batches))


def remove(sites: Sites, place: Place) -> Sites:
    """Take a run off its Site; its batches are left to place again."""
    run_at(sites, place)
    return _replaced(sites, place, ())


def move(sites: Sites, source: Place, gap: Place) -> Sites:
    """Move a run into a gap; gaps are counted as they are before the move."""
    run = run_at(sites, source)
    longer = _put(sites, gap, run)
    pushed = gap.site == source.site and gap.position <= source.position
    return remove(longer, Place(source.site, source.position + pushed))


def split(sites: Sites, place: Place, batches: int) -> Sites:
    """Cut a run in two: the first ``batches`` batches, and the others as a run behind them."""
    run = run_at(sites, place)
    if run.batches == 1:
        raise InputError(f"the run of order {run.order} has 1 batch; a run that is split must have at least 2")
    check_integer(batches, f"batches of the first part of order {run.order}", 1, run.batches - 1)
    return _replaced(sites, place, (Run(run.order, batches), Run(run.order, run.batches - batches)))


def merge(sites: Sites, source: Place, target: Place) -> Sites:
    """Let all batches of one run join another run of the same order, wherever it stands."""
    run, other = run_at(sites, source), run_at(sites, target)
    if source == target:
        raise InputError(f"the run of order {run.order} cannot be merged with itself; choose another run")
    if run.order != other.order:
        raise InputError(f"runs of orders {run.order} and {other.order} cannot be merged; a run has one order")
    joined = _replaced(sites, target, (Run(run.order, run.batches + other.batches),))
    return remove(joined, source)


def _put(sites: Sites, gap: Place, run: Run) -> Sites:
    check_integer(gap.site, "site", 0, len(sites) - 1)
    check_integer(gap.position, f"gap of Site {gap.site + 1}", 0, len(sites[gap.site]))
    return _replaced(sites, gap, (run,), 0)


def _replaced(sites: Sites, place: Place, runs: tuple[Run, ...], count: int = 1) -> Sites:
    """With ``runs`` instead of the ``count`` runs from a place on."""
    l, t = place
    site = (*sites[l][:t], *runs, *sites[l][t + count :])
    return (*sites[:l], site, *sites[l + 1 :])
