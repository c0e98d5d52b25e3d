"""A schedule: on every Site a sequence of runs, with times that follow by left-shifting.

For given sequences it is never worse to start every batch as early as equation (6) allows, because
total tardiness never falls when a completion grows; so a schedule *is* its lists of runs.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.text import beginning_html
from cmo_kit.core.instance import Instance
from cmo_kit.formats.schedule import Run, ScheduleData

__all__ = ["Run", "Schedule", "from_indices"]


class Schedule(ScheduleData[Instance]):
    """Runs per Site and all that follows from them by equations (1) and (6) to (9), in time units.

    Parameters
    ----------
    instance : Instance
    sites : iterable of L iterables of (order id, batches)
        In processing order. An order may stand in several runs of a Site, and orders may lack batches: the
        independent checker says so, not this class.
    method, seed, stated_total_tardiness : optional
        Where the schedule comes from, and what its file claims, in time units; only the checker looks at that.

    Raises
    ------
    InputError
        For an unknown order, a run without a batch, or another number of Sites than ``L``.

    Examples
    --------
    >>> plan = Schedule(load_instance("tiny-one-site"), [[("2", 1), ("3", 2), ("1", 2)]])
    >>> plan.order_completions, plan.total_tardiness
    (array([29.,  5., 18.]), 17.0)
    """

    def changed(self, sites: Mapping[int, Iterable[tuple[str, int]]]) -> Self:
        """The schedule with other runs on the Sites that are named, from 0; only those are timed anew."""
        other = super().changed(sites)
        known = zip(self._site_times, self.sites, other.sites, strict=True)
        other.__dict__["_site_times"] = tuple(times if new is old else self._times_of(new) for times, old, new in known)
        return other

    @cached_property
    def _site_times(self) -> tuple[tuple[list[float], dict[int, float]], ...]:
        return tuple(map(self._times_of, self.sites))

    def _times_of(self, site: Iterable[Run]) -> tuple[list[float], dict[int, float]]:
        """On one Site, by equations (6) to (8), in ticks: when runs start, and orders, by index, are complete."""
        gap, tail, index = self.instance.whole.g.item, self.instance.whole.tails.item, self.instance.order_index
        starts, ends = list[float](), dict[int, float]()
        before, time = -1, 0.0
        for order, batches in site:
            i = index[order]
            time += self.instance.whole.sigma.item(i) if before < 0 else gap(before, i)
            starts.append(time)
            time += (batches - 1) * gap(i, i)
            ends[i] = max(ends.get(i, -np.inf), time + tail(i))
            before = i
        return starts, ends

    @cached_property
    def run_starts(self) -> tuple[tuple[float, ...], ...]:
        """Per Site, when the first batch of each run starts, in time units."""
        return tuple(tuple(s / self.instance.time_ticks.per_unit for s in starts) for starts, _ in self._site_times)

    @cached_property
    def starts(self) -> tuple[NDArray[np.float64], ...]:
        """``s_{l,t}``: per Site one array over its batches, in time units."""
        return tuple(s / self.instance.time_ticks.per_unit for s in self._batch_ticks)

    @cached_property
    def completions(self) -> tuple[NDArray[np.float64], ...]:
        """``c_{l,t}`` by equation (8): per Site one array over its batches, in time units."""
        tails, orders = self.instance.whole.tails, self.batch_orders
        ends = [s + tails[i] for s, i in zip(self._batch_ticks, orders, strict=True)]
        return tuple(end / self.instance.time_ticks.per_unit for end in ends)

    @cached_property
    def _batch_ticks(self) -> list[NDArray[np.float64]]:
        own, index = self.instance.whole.g.diagonal(), self.instance.order_index
        found = []
        for site, (starts, _) in zip(self.sites, self._site_times, strict=True):
            runs = [s + np.arange(run.batches) * own[index[run.order]] for run, s in zip(site, starts, strict=True)]
            found.append(np.concatenate([np.zeros(0), *runs]))
        return found

    @cached_property
    def batch_orders(self) -> tuple[NDArray[np.int64], ...]:
        """Per Site one array over its batches: the index of the order that each belongs to."""
        index = self.instance.order_index
        orders = [[index[run.order] for run in site for _ in range(run.batches)] for site in self.sites]
        return tuple(np.array(site, dtype=np.int64) for site in orders)

    @cached_property
    def _order_ticks(self) -> list[float]:
        latest = [-np.inf] * len(self.instance.orders)
        for _, ends in self._site_times:
            for i, end in ends.items():
                latest[i] = max(latest[i], end)
        return latest

    @cached_property
    def order_completions(self) -> NDArray[np.float64]:
        """``C_i``, the completion of each order's last batch; shape (I,), time units, ``-inf`` without any batch."""
        return np.array(self._order_ticks) / self.instance.time_ticks.per_unit

    @cached_property
    def tardiness(self) -> NDArray[np.float64]:
        """``tau_i = max(0, C_i - D_i)`` by equation (9), unweighted; shape (I,), time units."""
        return np.maximum(0.0, np.array(self._order_ticks) - self.instance.whole.D) / self.instance.time_ticks.per_unit

    @cached_property
    def total_ticks(self) -> float:
        """Equation (1), ``sum_i w_i tau_i`` with weights, in ticks; added in the order of the instance."""
        total = 0.0  # a plain loop: compiled code adds in the same order and must agree to the last bit
        whole = self.instance.whole
        for weight, due, end in zip(whole.w.tolist(), whole.D.tolist(), self._order_ticks, strict=True):
            total += weight * max(0.0, end - due)
        return total

    @cached_property
    def total_tardiness(self) -> float:
        """:attr:`total_ticks` in time units."""
        return self.total_ticks / self.instance.per_unit

    def _repr_html_(self) -> str:
        """What a notebook shows: a line for each run, Site by Site."""
        lines = []
        for l, (site, starts, ends) in enumerate(zip(self.sites, self.run_starts, self.completions, strict=True), 1):
            lasts = ends[np.cumsum([run.batches for run in site], dtype=np.int64) - 1]
            runs = zip(site, starts, lasts, strict=True)
            lines += [[f"{l}", run.order, f"{run.batches}", f"{s:.10g}", f"{end:.10g}"] for run, s, end in runs]
        total = f"total tardiness {self.total_tardiness:.10g} {self.instance.time_unit}s"
        return beginning_html(("Site", "order", "batches", "from", "until"), lines, f"{self.instance.name}: {total}")


def from_indices(
    instance: Instance, sites: Sequence[Sequence[tuple[int, int]]], method: str | None = None, seed: int | None = None
) -> Schedule:
    """A schedule of runs that name orders by their index, as algorithms hold it.

    ``sites`` are L sequences of (order index from 0, batches); ``instance, method, seed`` are :class:`Schedule`'s.

    Returns
    -------
    Schedule

    Examples
    --------
    >>> from_indices(load_instance("tiny-one-site"), [[(1, 1), (0, 2), (2, 2)]]).total_tardiness  # days
    11.0
    """
    named = [[(instance.orders[i].id, int(batches)) for i, batches in site] for site in sites]
    return Schedule(instance, named, method, seed)
