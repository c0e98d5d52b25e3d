"""An instance as plain data, the rules that it keeps, and its file format ``cmo-instance/1``."""

import datetime
import hashlib
import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.text import beginning_html
from cmo_kit.base.values import (
    check_count,
    check_integer,
    check_keys,
    check_list,
    check_number,
    check_object,
    check_text,
    plain,
    shown,
)
from cmo_kit.formats.document import check_format, read_document

FORMAT = "cmo-instance/1"
DEFAULT_OPERATIONS = ("seed culture", "main culture", "purification")

# Far more than what the paper calls Large, and what an ordinary machine holds: setup times are a square table, and
# whether one run is enough takes time in proportion to the cube of the orders.
MAXIMUM_ORDERS = 2_000
MAXIMUM_BATCHES = 100_000
MAXIMUM_SITES = 10_000
MAXIMUM_OPERATIONS = 100
#: Times add up to no more than this: whole ones are exact in float64 so far, others to about a millionth.
LARGEST_WHOLE, LARGEST = 2**53 - 1, 2**33
#: What is not 0 is at least so much: products of smaller numbers vanish.
SMALLEST = 1e-12
#: Delays cost no more than this times their length, so that no sum of them overflows.
MAXIMUM_WEIGHT = 1e12

Times = tuple[float, ...]


@dataclass(frozen=True)
class Order:
    """One client order ``i`` of Table 1; :class:`InstanceData` checks the values.

    Parameters
    ----------
    id : str
    batches : int
        ``Q_i``.
    due_date : float
        ``D_i``, time units; below 0 it is past: the order is late already.
    processing_times : tuple of O floats
        ``p_io``, one for each operation, time units.
    weight : float
        ``w_i``.

    Examples
    --------
    >>> Order("A", batches=2, due_date=9, processing_times=(2, 3, 1))
    Order(id='A', batches=2, due_date=9, processing_times=(2, 3, 1), weight=1)
    """

    id: str
    batches: int
    due_date: float
    processing_times: Times
    weight: float = 1


@dataclass(frozen=True)
class CleaningTimes:
    """Cleaning after each operation of a batch (Section III): per order a row of ``O`` times, in time units.

    ``same_order`` is before a batch of the same order, ``change`` before one of any other.

    Examples
    --------
    >>> load_instance("fig1").setup.change[0]  # days after each operation of A, before another order
    (1, 4, 5)
    """

    same_order: tuple[Times, ...]
    change: tuple[Times, ...]


@dataclass(frozen=True, eq=False)
class InstanceData:
    """What an instance file holds; checked when made, never changed afterwards.

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
    setup: tuple[Times, ...] | CleaningTimes
    operations: tuple[str, ...] = DEFAULT_OPERATIONS
    time_unit: str = "day"
    initial_setup_times: Times | None = None
    start_date: str | None = None
    source: str | None = None
    generator: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        check_text(self.name, "name")
        check_text(self.time_unit, "time_unit")
        check_integer(self.sites, "sites", 1, MAXIMUM_SITES)
        operations = check_list(self.operations, "operations")
        if not operations:
            raise InputError("operations is []; there must be at least one operation")
        check_count(len(operations), "operations", MAXIMUM_OPERATIONS)
        for index, name in enumerate(operations):
            check_text(name, f"operations[{index}]")
        _check_orders(self.orders, len(operations))
        _check_setup(self.setup, len(self.orders), len(operations))
        if self.initial_setup_times is not None:
            _check_times(self.initial_setup_times, "initial_setup_times", len(self.orders), "one for each order")
        if self.start_date is not None:
            _check_date(self.start_date, "start_date")
        if self.source is not None:
            check_text(self.source, "source")
        if self.generator is not None:
            _check_generator(self.generator)
        for key in ("sites", "operations", "orders", "setup", "initial_setup_times"):
            object.__setattr__(self, key, _own(getattr(self, key)))

    def __getstate__(self) -> dict[str, Any]:
        """What a copy, or another process, gets: not the arrays made of it, which would come out writable."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}: {self.size})"

    def _repr_html_(self) -> str:
        """What a notebook shows: a line for each order."""
        weights = ["weight"] if self.weighted else []
        lines = []
        for order in self.orders:
            times = (order.due_date, *(order.weight for _ in weights), *order.processing_times)
            lines.append([order.id, str(order.batches), *(f"{value:.10g}" for value in times)])
        heads = ["order", "batches", "due", *weights, *self.operations]
        return beginning_html(heads, lines, f"{self.name}: {self.size}; times in {self.time_unit}s")

    @property
    def size(self) -> str:
        """How large it is, in words."""
        return f"{len(self.orders)} orders, {self.total_batches} batches, {self.sites} Sites"

    def to_dict(self) -> dict[str, Any]:
        """The instance as its file holds it; integers stay integers."""
        document: dict[str, Any] = {
            "format": FORMAT,
            "name": self.name,
            "time_unit": self.time_unit,
            "sites": self.sites,
            "operations": list(self.operations),
            "orders": [
                {
                    "id": order.id,
                    "batches": order.batches,
                    "due_date": plain(order.due_date),
                    "processing_times": [plain(time) for time in order.processing_times],
                    **({} if order.weight == 1 else {"weight": plain(order.weight)}),
                }
                for order in self.orders
            ],
        }
        if isinstance(self.setup, CleaningTimes):
            document["cleaning_times"] = {key: _rows(getattr(self.setup, key)) for key in ("same_order", "change")}
        else:
            document["setup_times"] = _rows(self.setup)
        if self.initial_setup_times is not None:
            document["initial_setup_times"] = [plain(time) for time in self.initial_setup_times]
        for key in ("start_date", "source", "generator"):
            if (value := getattr(self, key)) is not None:
                document[key] = value
        return document

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """The instance that ``document`` describes; raises :class:`InputError` naming field, value and rule."""
        rest = ("time_unit", "operations", "initial_setup_times", "start_date", "source", "generator")
        required = ("format", "name", "sites", "orders")
        check_keys(document, "the instance", required, ("setup_times", "cleaning_times", *rest))
        check_format(document, FORMAT)
        if ("setup_times" in document) == ("cleaning_times" in document):
            raise InputError("the instance must have exactly one of setup_times and cleaning_times")
        orders = []
        for index, order in enumerate(check_list(document["orders"], "orders")):
            check_keys(order, f"orders[{index}]", ("id", "batches", "due_date", "processing_times"), ("weight",))
            times = check_list(order["processing_times"], f"orders[{index}].processing_times")
            orders.append(Order(order["id"], order["batches"], order["due_date"], tuple(times), order.get("weight", 1)))
        setup: tuple[Times, ...] | CleaningTimes
        if "cleaning_times" in document:
            keys = ("same_order", "change")
            cleaning = check_keys(document["cleaning_times"], "cleaning_times", keys)
            setup = CleaningTimes(*(_matrix(cleaning[key], f"cleaning_times.{key}") for key in keys))
        else:
            setup = _matrix(document["setup_times"], "setup_times")
        given = {key: document[key] for key in rest if key in document}
        for key in ("operations", "initial_setup_times"):
            if key in given:
                given[key] = tuple(check_list(given[key], key))
        return cls(name=document["name"], sites=document["sites"], orders=tuple(orders), setup=setup, **given)

    @cached_property
    def total_batches(self) -> int:
        """``T = sum_i Q_i``."""
        return sum(order.batches for order in self.orders)

    @cached_property
    def order_index(self) -> dict[str, int]:
        """From an order's id to its index."""
        return {order.id: index for index, order in enumerate(self.orders)}

    @cached_property
    def weighted(self) -> bool:
        """Whether any weight is not 1."""
        return any(order.weight != 1 for order in self.orders)

    @cached_property
    def key_count(self) -> int:
        """Length of a chromosome, ``sum_i Q_i + L - 1`` (the paper prints the sum to L: a misprint for I)."""
        return self.total_batches + self.sites - 1

    @cached_property
    def given_times(self) -> NDArray[np.float64]:
        """Every time that the instance holds, cleaning times and due dates included; in time units."""
        rows = [*(order.processing_times for order in self.orders), [order.due_date for order in self.orders]]
        rows += [*self.setup.same_order, *self.setup.change] if isinstance(self.setup, CleaningTimes) else self.setup
        return np.concatenate([np.array(row, dtype=np.float64) for row in [*rows, self.initial_setup_times or ()]])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the instance as JSON, whole or not at all."""
        write_json(path, self.to_dict())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read an instance file; raises :class:`InputError` with the file's name in front."""
        return read_document(path, cls.from_dict)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical file contents: two equal problems have equal digests."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()


def _rows(matrix: tuple[Times, ...]) -> list[list[int | float]]:
    return [[plain(time) for time in row] for row in matrix]


def _matrix(value: object, field: str) -> tuple[Times, ...]:
    return tuple(tuple(check_list(row, f"{field}[{k}]")) for k, row in enumerate(check_list(value, field)))


def _own(value: Any) -> Any:
    """``value`` with Python's numbers and tuples in the place of numpy's: those have bounds, and no place in a file."""
    value = value.tolist() if isinstance(value, np.ndarray) else value
    if isinstance(value, Order | CleaningTimes):
        return replace(value, **{field.name: _own(getattr(value, field.name)) for field in fields(value)})
    if isinstance(value, list | tuple):
        return tuple(value) if set(map(type, value)) <= {int, float} else tuple(map(_own, value))
    if type(value) in (int, float) or not isinstance(value, Real):
        return value
    return int(value) if isinstance(value, Integral) else float(value)


def _check_orders(orders: Sequence[Order], operations: int) -> None:
    if not check_list(orders, "orders"):
        raise InputError("orders is []; there must be at least one order")
    check_count(len(orders), "orders", MAXIMUM_ORDERS)
    first: dict[str, int] = {}
    for index, order in enumerate(orders):
        field = f"orders[{index}]"
        if not isinstance(order, Order):
            raise InputError(f"{field} is {shown(order)}; it must be an Order")
        check_text(order.id, f"{field}.id")
        if order.id in first:
            raise InputError(
                f"{field}.id is {shown(order.id)}; orders[{first[order.id]}] has it already, and ids must be unique"
            )
        first[order.id] = index
        check_integer(order.batches, f"{field}.batches", 1, MAXIMUM_BATCHES)
        _check_quantity(order.due_date, f"{field}.due_date", -LARGEST_WHOLE, LARGEST_WHOLE)  # it may be past
        _check_quantity(order.weight, f"{field}.weight", maximum=MAXIMUM_WEIGHT)
        _check_times(order.processing_times, f"{field}.processing_times", operations, "one for each operation")
    total = sum(order.batches for order in orders)
    if total > MAXIMUM_BATCHES:
        raise InputError(f"orders have {shown(total)} batches in all; there may be at most {MAXIMUM_BATCHES}")


def _check_setup(setup: Sequence[Times] | CleaningTimes, orders: int, operations: int) -> None:
    tables, length, each = {"setup_times": setup}, orders, "one for each order"
    if isinstance(setup, CleaningTimes):
        tables = {"cleaning_times.same_order": setup.same_order, "cleaning_times.change": setup.change}
        length, each = operations, "one for each operation"
    for field, table in tables.items():
        for index, row in enumerate(check_list(table, field, orders, "one row for each order")):
            _check_times(row, f"{field}[{index}]", length, each)


def _check_times(times: Sequence[Any], field: str, length: int, each: str) -> None:
    for index, time in enumerate(check_list(times, field, length, each)):
        _check_quantity(time, f"{field}[{index}]")


def _check_quantity(value: object, field: str, minimum: float = 0, maximum: float = math.inf) -> None:
    if 0 < abs(check_number(value, field, minimum, maximum)) < SMALLEST:
        away = " away from it" if minimum < 0 else ""
        raise InputError(f"{field} is {shown(value)}; it must be 0 or at least {SMALLEST:g}{away}")


def _check_date(value: object, field: str) -> None:
    try:
        if not isinstance(value, str) or datetime.date.fromisoformat(value).isoformat() != value:
            raise ValueError  # such as '20270104', which is ISO too
    except ValueError:
        raise InputError(f"{field} is {shown(value)}; it must be a date such as '2027-01-04'") from None


def _check_generator(value: object) -> None:
    generator = check_keys(value, "generator", ("parameters", "seed"))
    parameters = check_object(generator["parameters"], "generator.parameters")
    try:
        json.dumps(dict(parameters), allow_nan=False, ensure_ascii=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError):
        raise InputError(
            f"generator.parameters is {shown(parameters)}; it must be what JSON and UTF-8 can hold"
        ) from None
    check_integer(generator["seed"], "generator.seed", 0)
