"""A problem: client orders made of batches, identical Sites, setup times; the symbols are those of Table 1."""

import datetime
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_json, write_json
from cmo_kit.core import pipeline
from cmo_kit.core.conditions import OneRunFailure, one_run_failure
from cmo_kit.formats import instance_check, instance_format
from cmo_kit.formats.order import CleaningTimes, Order

__all__ = ["CleaningTimes", "Instance", "Order"]

DEFAULT_OPERATIONS = ("seed culture", "main culture", "purification")


@dataclass(frozen=True, eq=False)
class Instance:
    """A problem to schedule; checked when made, never changed afterwards.

    Parameters
    ----------
    name, time_unit : str
        ``time_unit`` is a noun in the singular, such as ``day``.
    sites : int
        ``L``, the number of identical Sites.
    orders : tuple of Order
        ``I`` orders; their ids are unique.
    setup : (I, I) nested tuple, or CleaningTimes
        Setup times ``b_ij`` (rows: from, columns: to), or the cleaning times to derive them from.
    operations : tuple of str
        The names of the ``O`` operations.
    initial_setup_times : tuple of I times, optional
        ``sigma_i``, the earliest start of a batch of order ``i`` that opens a Site; 0 by equation (7).
    start_date : str, optional
        ISO date of day 0, for pictures and tables only.
    source : str, optional
    generator : mapping, optional
        ``parameters`` and ``seed``, if the instance was generated.

    Raises
    ------
    InputError
        One sentence that names the field, the value and the rule.
    """

    name: str
    sites: int
    orders: tuple[Order, ...]
    setup: tuple[tuple[float, ...], ...] | CleaningTimes
    operations: tuple[str, ...] = DEFAULT_OPERATIONS
    time_unit: str = "day"
    initial_setup_times: tuple[float, ...] | None = None
    start_date: str | None = None
    source: str | None = None
    generator: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        instance_check.check(self)
        with np.errstate(over="ignore", invalid="ignore"):
            largest = float(self.horizon)
            most = instance_check.LARGEST_WHOLE if self.integral else instance_check.LARGEST
        if not largest <= most:
            raise InputError(
                f"the times are so large that total tardiness is not exact or overflows: one after another they take "
                f"{largest:g} {self.time_unit}s; that must be a finite number of at most {most}"
            )

    # Table 1's symbols as read-only arrays.

    @cached_property
    def Q(self) -> NDArray[np.int64]:
        """Batches ``Q_i`` of each order; shape (I,)."""
        return _fixed(np.array([order.batches for order in self.orders], dtype=np.int64))

    @cached_property
    def D(self) -> NDArray[np.float64]:
        """Due dates ``D_i``; shape (I,), time units."""
        return _fixed(np.array([order.due_date for order in self.orders], dtype=np.float64))

    @cached_property
    def w(self) -> NDArray[np.float64]:
        """Weights ``w_i``; shape (I,), 1 where the file gives none."""
        return _fixed(np.array([order.weight for order in self.orders], dtype=np.float64))

    @cached_property
    def p(self) -> NDArray[np.float64]:
        """Processing times ``p_io``; shape (I, O), time units."""
        return _fixed(np.array([order.processing_times for order in self.orders], dtype=np.float64))

    @cached_property
    def b(self) -> NDArray[np.float64]:
        """Setup times ``b_ij``, given, or ``g_ij - p_i1`` as equation (6) counts them; shape (I, I), time units."""
        if isinstance(self.setup, CleaningTimes):
            return _fixed(self.g - self.p[:, :1])
        return _fixed(np.array(self.setup, dtype=np.float64))

    @cached_property
    def g(self) -> NDArray[np.float64]:
        """Gaps ``g_ij = p_i1 + b_ij``, the least time from start to start on a Site, equation (6); shape (I, I)."""
        if isinstance(self.setup, CleaningTimes):
            same = np.array(self.setup.same_order, dtype=np.float64)
            change = np.array(self.setup.change, dtype=np.float64)
            return _fixed(pipeline.pipeline_gaps(self.p, same, change))
        return _fixed(self.p[:, :1] + self.b)

    @cached_property
    def tails(self) -> NDArray[np.float64]:
        """Time from start to completion of a batch, ``sum_o p_io``, equation (8); shape (I,), time units."""
        return _fixed(np.ascontiguousarray(pipeline.operation_ends(self.p)[:, -1]))  # as one operation's are, for numba

    @cached_property
    def sigma(self) -> NDArray[np.float64]:
        """Initial setup times ``sigma_i``; shape (I,), time units; zeros by equation (7) where none are given."""
        given = self.initial_setup_times
        return _fixed(np.zeros(len(self.orders)) if given is None else np.array(given, dtype=np.float64))

    @cached_property
    def total_batches(self) -> int:
        """``T = sum_i Q_i``."""
        return int(self.Q.sum())

    @cached_property
    def key_count(self) -> int:
        """Length of a chromosome, ``sum_i Q_i + L - 1`` (the paper prints the sum to L: a misprint for I)."""
        return self.total_batches + self.sites - 1

    @cached_property
    def gene_orders(self) -> NDArray[np.int64]:
        """The order (its index) that each gene stands for, -1 for a Site change; shape (key_count,)."""
        batches = np.repeat(np.arange(len(self.orders)), self.Q)
        return _fixed(np.concatenate([batches, np.full(self.sites - 1, -1)]))

    @cached_property
    def horizon(self) -> float:
        """No batch of a left-shifted schedule is complete after this time, in time units."""
        return float(self.sigma.max() + (self.Q * self.g.max(axis=1)).sum() + self.tails.max())

    @cached_property
    def order_index(self) -> dict[str, int]:
        """From an order's id to its index."""
        return {order.id: index for index, order in enumerate(self.orders)}

    @cached_property
    def weighted(self) -> bool:
        """Whether any weight is not 1."""
        return bool((self.w != 1).any())

    @cached_property
    def integral(self) -> bool:
        """Whether all times and weights are integers, so that total tardiness is one too."""
        return all(bool((values == np.rint(values)).all()) for values in (self.p, self.g, self.D, self.w, self.sigma))

    @cached_property
    def one_run_failure(self) -> OneRunFailure | None:
        """Where one run per order and Site may not be enough, or None (see :mod:`cmo_kit.core.conditions`)."""
        return one_run_failure(self.b, self.sigma)

    def remarks(self) -> list[str]:
        """What a reader should know before trusting a schedule: one sentence each."""
        found = []
        short = pipeline.worst_overlap(self.p, self.b)
        if short:
            found.append(
                f"Operations overlap: a batch of order {self.orders[short.j].id!r} behind one of order "
                f"{self.orders[short.i].id!r} begins {self.operations[short.o]} up to {short.amount:g} "
                f"{self.time_unit}s before it is free ({short.places} such places)."
            )
        failure = self.one_run_failure
        if failure:
            before = "at the opening of a Site" if failure.x is None else f"behind order {self.orders[failure.x].id!r}"
            found.append(
                f"One run per order and Site may not be enough: two runs of order {self.orders[failure.i].id!r}, "
                f"{before} and around order {self.orders[failure.y].id!r}, "
                f"can save {failure.amount:g} {self.time_unit}s of setup."
            )
        return found

    def to_dict(self) -> dict[str, Any]:
        """The instance as its file holds it; integers stay integers."""
        return instance_format.document_of(self)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Instance":
        """The instance that ``document`` describes; raises :class:`InputError` naming field, value and rule."""
        return cls(**instance_format.arguments_of(document))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the instance as JSON, whole or not at all."""
        write_json(path, self.to_dict())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Instance":
        """Read an instance file; raises :class:`InputError` with the file's name in front."""
        document = read_json(path)
        try:
            return cls.from_dict(document)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical file contents: two equal problems have equal digests."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    def date_of(self, time: float) -> datetime.date | None:
        """The calendar date of a time, if the instance has a start date, counts in days, and calendars go so far."""
        if self.start_date is None or self.time_unit != "day":
            return None
        try:
            return datetime.date.fromisoformat(self.start_date) + datetime.timedelta(days=float(time))
        except OverflowError:
            return None


def _fixed(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
