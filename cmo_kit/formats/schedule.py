"""A schedule as plain data, the rules that it keeps, and its file format ``cmo-schedule/1``."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Generic, NamedTuple, Self, TypeVar

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.values import (
    check_count,
    check_integer,
    check_keys,
    check_list,
    check_number,
    check_text,
    plain,
    shown,
)
from cmo_kit.formats.document import check_format, read_document
from cmo_kit.formats.instance import MAXIMUM_BATCHES, MAXIMUM_SITES, InstanceData

FORMAT = "cmo-schedule/1"
#: A schedule may have too many batches, and the checker says so; but it times them one by one.
MAXIMUM_SCHEDULED = 2 * MAXIMUM_BATCHES


Problem = TypeVar("Problem", bound=InstanceData)


def check_batches(batches: object, field: str) -> None:
    """Refuse a run without a batch, or with more than an instance may have."""
    check_integer(batches, field, 1, MAXIMUM_BATCHES)


def check_size(batches: Iterable[int]) -> None:
    """Refuse runs that have more than :data:`MAXIMUM_SCHEDULED` batches in all."""
    total = sum(batches)
    if total > MAXIMUM_SCHEDULED:
        raise InputError(f"sites have {total} batches in all; there may be at most {MAXIMUM_SCHEDULED}")


def check_document(document: object) -> Mapping[str, Any]:
    """Check the form of a schedule file, not what it schedules: that is the checker's part.

    Raises
    ------
    InputError
        For a missing or unknown key and a value of the wrong kind.
    """
    found = check_keys(document, "the schedule", ("format", "instance", "sites"), ("method", "seed", "total_tardiness"))
    check_format(found, FORMAT)
    check_text(found["instance"], "instance")
    if found.get("method") is not None:
        check_text(found["method"], "method")
    if found.get("seed") is not None:
        check_integer(found["seed"], "seed", 0)
    if "total_tardiness" in found:
        check_number(found["total_tardiness"], "total_tardiness")
    check_count(len(check_list(found["sites"], "sites")), "sites", MAXIMUM_SITES)
    for l, site in enumerate(found["sites"]):
        for position, run in enumerate(check_list(site, f"sites[{l}]")):
            field = f"sites[{l}][{position}]"
            check_keys(run, field, ("order", "batches"))
            check_text(run["order"], f"{field}.order")
            check_batches(run["batches"], f"{field}.batches")
    check_size(run["batches"] for site in found["sites"] for run in site)
    return found


class Run(NamedTuple):
    """Consecutive batches of one order, by its id, on one Site.

    Examples
    --------
    >>> Schedule(load_instance("tiny-one-site"), [[("2", 1), ("3", 2), ("1", 2)]]).sites[0][1]
    Run(order='3', batches=2)
    """

    order: str
    batches: int


class ScheduleData(Generic[Problem]):
    """What a schedule file holds, checked when made; what extends it knows the ``total_tardiness``.

    Raises
    ------
    InputError
        One sentence that names the field, the value and the rule.
    """

    def __init__(
        self,
        instance: Problem,
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

    def changed(self, sites: Mapping[int, Iterable[tuple[str, int]]]) -> Self:
        """The schedule with other runs on the Sites that are named, from 0.

        Raises :class:`InputError` for a Site that is not there, an unknown order, or a run without a batch.
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
        if not any(moved.values()):
            other.__dict__["lacking"] = self.lacking
        return other

    @cached_property
    def lacking(self) -> dict[str, int]:
        """How many batches an order, by its id, lacks, or has too many if below 0; without an entry it has all."""
        missing = {order.id: order.batches for order in self.instance.orders}
        for site in self.sites:
            for order, batches in site:
                missing[order] -= batches
        return {order: n for order, n in missing.items() if n}

    @cached_property
    def total_tardiness(self) -> float:
        """Equation (1), in time units."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ScheduleData):
            return False
        return self.sites == other.sites and self.instance.digest == other.instance.digest

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.instance.name!r}, total_tardiness={self.total_tardiness:g})"

    def to_dict(self) -> dict[str, Any]:
        """The schedule as its file holds it, with its objective."""
        origin = {key: value for key, value in (("method", self.method), ("seed", self.seed)) if value is not None}
        runs = [[{"order": order, "batches": int(batches)} for order, batches in site] for site in self.sites]
        total = plain(self.total_tardiness)
        return {"format": FORMAT, "instance": self.instance.name, **origin, "total_tardiness": total, "sites": runs}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any], instance: Problem) -> Self:
        """The schedule that ``document`` describes for ``instance``; raises :class:`InputError`."""
        found = check_document(document)
        if found["instance"] != instance.name:
            raise InputError(
                f"instance is {shown(found['instance'])}; this schedule is read for {shown(instance.name)}"
            )
        sites = [[(run["order"], run["batches"]) for run in site] for site in found["sites"]]
        return cls(instance, sites, found.get("method"), found.get("seed"), found.get("total_tardiness"))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the schedule as JSON, whole or not at all."""
        write_json(path, self.to_dict())

    @classmethod
    def load(cls, path: str | os.PathLike[str], instance: Problem) -> Self:
        """Read a schedule file of ``instance``; raises :class:`InputError` with the file's name in front."""
        return read_document(path, cls.from_dict, instance)
