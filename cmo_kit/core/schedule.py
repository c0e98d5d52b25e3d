"""A schedule: on every Site a sequence of runs, with times that follow by left-shifting.

For given sequences it is never worse to start every batch as early as equation (6) allows, because
total tardiness never falls when a completion grows; so a schedule *is* its lists of runs.
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.text import beginning_html
from cmo_kit.base.values import check_integer, shown
from cmo_kit.core.instance import Instance
from cmo_kit.core.pipeline import operation_ends, operation_starts
from cmo_kit.formats.document import read_document
from cmo_kit.formats.schedule import check_batches, check_size, schedule_arguments, schedule_document


class Run(NamedTuple):
    """Consecutive batches of one order, by its id, on one Site.

    Examples
    --------
    >>> Schedule(load_instance("tiny-one-site"), [[("2", 1), ("3", 2), ("1", 2)]]).sites[0][1]
    Run(order='3', batches=2)
    """

    order: str
    batches: int


class OperationInterval(NamedTuple):
    """One operation of one batch, for Gantt charts: ``[start, end)`` in time units on its Site's equipment.

    ``site``, ``position`` (of the batch on its Site) and ``operation`` count from 0; ``order`` is an id.
    """

    site: int
    position: int
    order: str
    operation: int
    start: float
    end: float


class Schedule:
    """Runs per Site and all that follows from them by equations (1) and (6) to (9), in time units.

    Parameters
    ----------
    instance : Instance
    sites : iterable of L iterables of (order id, batches)
        In processing order; an empty Site is an empty list. An order may stand in several runs of
        a Site, and orders may lack batches: the independent checker says so, not this class.
    method, seed : optional
        Where the schedule comes from.
    stated_total_tardiness : float, optional
        The objective that a file claims, in time units; only the checker looks at it.

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

    def __init__(
        self,
        instance: Instance,
        sites: Iterable[Iterable[tuple[str, int]]],
        method: str | None = None,
        seed: int | None = None,
        stated_total_tardiness: float | None = None,
    ) -> None:
        self.instance = instance
        self.sites: tuple[tuple[Run, ...], ...] = tuple(tuple(Run(*run) for run in site) for site in sites)
        self.method, self.seed = method, seed
        self.stated_total_tardiness = stated_total_tardiness
        if len(self.sites) != instance.sites:
            raise InputError(f"sites has {len(self.sites)} entries; it must have {instance.sites}, one for each Site")
        for l, site in enumerate(self.sites):
            self._check(l, site)
        check_size(run.batches for site in self.sites for run in site)

    def _check(self, l: int, site: Iterable[Run], known: Iterable[Run] = ()) -> None:
        """Refuse runs that break a rule; those that are ``known``, the very same, were checked before."""
        checked = set(map(id, known))
        for position, run in enumerate(site):
            if id(run) in checked:
                continue
            if not isinstance(run.order, str) or run.order not in self.instance.order_index:
                field = f"sites[{l}][{position}].order"
                raise InputError(f"{field} is {shown(run.order)}; the instance has no such order")
            check_batches(run.batches, f"sites[{l}][{position}].batches")

    def changed(self, sites: Mapping[int, Iterable[tuple[str, int]]]) -> "Schedule":
        """The schedule with other runs on the Sites that are named, from 0; only those are computed anew.

        Raises
        ------
        InputError
            For a Site that is not there, an unknown order, or a run without a batch.
        """
        made = {l: tuple(run if isinstance(run, Run) else Run(*run) for run in runs) for l, runs in sites.items()}
        moved = Counter[str]()
        for l, site in made.items():
            check_integer(l, "the Site", 0, len(self.sites) - 1)
            self._check(l, site, self.sites[l])
            for sign, runs in ((1, site), (-1, self.sites[l])):
                for order, batches in runs:
                    moved[order] += sign * batches
        other = object.__new__(type(self))
        other.instance, other.method, other.seed, other.stated_total_tardiness = self.instance, None, None, None
        other.sites = tuple(made.get(l, site) for l, site in enumerate(self.sites))
        known = enumerate(self._site_ends)
        other.__dict__["_site_ends"] = tuple(self._ends_of(made[l]) if l in made else ends for l, ends in known)
        if not any(moved.values()):
            other.__dict__["lacking"] = self.lacking
        return other

    @cached_property
    def run_ticks(self) -> tuple[tuple[int, ...], ...]:
        """Per Site, when the first batch of each run starts (equations (6) and (7)), in ticks of the instance.

        A run of ``q`` batches of order ``i`` that begins at ``s`` has its k-th batch at
        ``s + (k-1) g_ii``; the next run, of ``j``, begins at ``(s + (q-1) g_ii) + g_ij``.
        """
        g, sigma, index = self.instance.whole.g, self.instance.whole.sigma, self.instance.order_index
        starts = []
        for site in self.sites:
            times = [int(sigma[index[run.order]]) for run in site[:1]]
            for run, following in pairwise(site):
                i, j = index[run.order], index[following.order]
                times.append(times[-1] + (run.batches - 1) * int(g[i, i]) + int(g[i, j]))
            starts.append(tuple(times))
        return tuple(starts)

    @cached_property
    def run_starts(self) -> tuple[tuple[float, ...], ...]:
        """Per Site, when the first batch of each run starts, in time units."""
        return tuple(tuple(s / self.instance.time_ticks.per_unit for s in times) for times in self.run_ticks)

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
        for site, times in zip(self.sites, self.run_ticks, strict=True):
            runs = [s + np.arange(run.batches) * own[index[run.order]] for run, s in zip(site, times, strict=True)]
            found.append(np.concatenate([np.zeros(0), *runs]))
        return found

    @cached_property
    def batch_orders(self) -> tuple[NDArray[np.int64], ...]:
        """Per Site one array over its batches: the index of the order that each belongs to."""
        index = self.instance.order_index
        orders = [[index[run.order] for run in site for _ in range(run.batches)] for site in self.sites]
        return tuple(np.array(site, dtype=np.int64) for site in orders)

    @cached_property
    def _site_ends(self) -> tuple[dict[int, float], ...]:
        """Per Site, by the index of an order, when its last batch there is complete; in ticks."""
        return tuple(self._ends_of(site) for site in self.sites)

    def _ends_of(self, site: Iterable[Run]) -> dict[int, float]:
        """As :attr:`run_ticks` adds up, on one Site."""
        gap, tail, index = self.instance.whole.g.item, self.instance.whole.tails.item, self.instance.order_index
        ends: dict[int, float] = {}
        before, time = -1, 0.0
        for order, batches in site:
            i = index[order]
            time += self.instance.whole.sigma.item(i) if before < 0 else gap(before, i)
            time += (batches - 1) * gap(i, i)
            ends[i] = max(ends.get(i, -np.inf), time + tail(i))
            before = i
        return ends

    @cached_property
    def _order_ticks(self) -> list[float]:
        latest = [-np.inf] * len(self.instance.orders)
        for ends in self._site_ends:
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

    @cached_property
    def lacking(self) -> dict[str, int]:
        """How many batches an order, by its id, lacks, or has too many if below 0; without an entry it has all."""
        placed = np.bincount(np.concatenate(self.batch_orders), minlength=len(self.instance.orders))
        missing = (self.instance.Q - placed).tolist()
        return {order.id: n for order, n in zip(self.instance.orders, missing, strict=True) if n}

    def intervals(self) -> list[OperationInterval]:
        """Every operation of every batch with its interval, Site by Site."""
        begin, end = operation_starts(self.instance.p), operation_ends(self.instance.p)
        return [
            OperationInterval(l, t, self.instance.orders[i].id, o, float(s + begin[i, o]), float(s + end[i, o]))
            for l, (starts, orders) in enumerate(zip(self.starts, self.batch_orders, strict=True))
            for t, (s, i) in enumerate(zip(starts, orders, strict=True))
            for o in range(self.instance.p.shape[1])
        ]

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Schedule) and self.sites == other.sites and self.instance.digest == other.instance.digest
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Schedule({self.instance.name!r}, total_tardiness={self.total_tardiness:g})"

    def _repr_html_(self) -> str:
        """What a notebook shows: a line for each run, Site by Site."""
        lines = []
        for l, (site, starts, ends) in enumerate(zip(self.sites, self.run_starts, self.completions, strict=True), 1):
            last = -1
            for run, start in zip(site, starts, strict=True):
                last += run.batches
                lines.append([f"{l}", run.order, f"{run.batches}", f"{start:.10g}", f"{ends[last]:.10g}"])
        total = f"total tardiness {self.total_tardiness:.10g} {self.instance.time_unit}s"
        return beginning_html(("Site", "order", "batches", "from", "until"), lines, f"{self.instance.name}: {total}")

    def to_dict(self) -> dict[str, Any]:
        """The schedule as its file holds it, with its objective."""
        return schedule_document(self.instance.name, self.method, self.seed, self.total_tardiness, self.sites)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any], instance: Instance) -> "Schedule":
        """The schedule that ``document`` describes for ``instance``; raises :class:`InputError`."""
        return cls(instance, **schedule_arguments(document, instance.name))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the schedule as JSON, whole or not at all."""
        write_json(path, self.to_dict())

    @classmethod
    def load(cls, path: str | os.PathLike[str], instance: Instance) -> "Schedule":
        """Read a schedule file of ``instance``; raises :class:`InputError` with the file's name in front."""
        return read_document(path, cls.from_dict, instance)


def from_indices(
    instance: Instance, sites: Sequence[Sequence[tuple[int, int]]], method: str | None = None, seed: int | None = None
) -> Schedule:
    """A schedule of runs that name orders by their index, as algorithms hold it.

    Parameters
    ----------
    instance : Instance
    sites : L sequences of (order index, batches) pairs
        The runs of each Site in processing order; indices begin with 0.
    method : str, optional
    seed : int, optional
        What the schedule says of where it comes from.

    Returns
    -------
    Schedule

    Raises
    ------
    InputError
        For runs that are not all batches of all orders.

    Examples
    --------
    >>> from_indices(load_instance("tiny-one-site"), [[(1, 1), (0, 2), (2, 2)]]).total_tardiness  # days
    11.0
    """
    named = [[(instance.orders[i].id, int(batches)) for i, batches in site] for site in sites]
    return Schedule(instance, named, method, seed)
