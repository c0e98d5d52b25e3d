"""The rules that an instance keeps, each broken with one sentence naming field, value and rule."""

import datetime
import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import (
    check_count,
    check_integer,
    check_keys,
    check_list,
    check_number,
    check_object,
    check_text,
    shown,
)
from cmo_kit.formats.order import CleaningTimes

if TYPE_CHECKING:
    from cmo_kit.core.instance import Instance

# A hundred times what the paper calls Large, and what an ordinary machine holds: setup times are a square table, and
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


def check(instance: "Instance") -> None:
    """Raise :class:`InputError` for the first field that breaks a rule."""
    check_text(instance.name, "name")
    check_text(instance.time_unit, "time_unit")
    check_integer(instance.sites, "sites", 1, MAXIMUM_SITES)
    operations = check_list(instance.operations, "operations")
    if not operations:
        raise InputError("operations is []; there must be at least one operation")
    check_count(len(operations), "operations", MAXIMUM_OPERATIONS)
    for index, name in enumerate(operations):
        check_text(name, f"operations[{index}]")
    _check_orders(instance, len(operations))
    _check_setup(instance, len(operations))
    if instance.initial_setup_times is not None:
        _check_times(instance.initial_setup_times, "initial_setup_times", len(instance.orders), "one for each order")
    if instance.start_date is not None:
        _check_date(instance.start_date, "start_date")
    if instance.source is not None:
        check_text(instance.source, "source")
    if instance.generator is not None:
        _check_generator(instance.generator)


def _check_orders(instance: "Instance", operations: int) -> None:
    if not check_list(instance.orders, "orders"):
        raise InputError("orders is []; there must be at least one order")
    check_count(len(instance.orders), "orders", MAXIMUM_ORDERS)
    first: dict[str, int] = {}
    for index, order in enumerate(instance.orders):
        field = f"orders[{index}]"
        check_text(order.id, f"{field}.id")
        if order.id in first:
            raise InputError(
                f"{field}.id is {shown(order.id)}; orders[{first[order.id]}] has it already, and ids must be unique"
            )
        first[order.id] = index
        check_integer(order.batches, f"{field}.batches", 1, MAXIMUM_BATCHES)
        _check_quantity(order.due_date, f"{field}.due_date", LARGEST_WHOLE)
        _check_quantity(order.weight, f"{field}.weight", MAXIMUM_WEIGHT)
        _check_times(order.processing_times, f"{field}.processing_times", operations, "one for each operation")
    total = sum(order.batches for order in instance.orders)
    if total > MAXIMUM_BATCHES:
        raise InputError(f"orders have {shown(total)} batches in all; there may be at most {MAXIMUM_BATCHES}")


def _check_setup(instance: "Instance", operations: int) -> None:
    count = len(instance.orders)
    if isinstance(instance.setup, CleaningTimes):
        for key in ("same_order", "change"):
            field = f"cleaning_times.{key}"
            for index, row in enumerate(
                check_list(getattr(instance.setup, key), field, count, "one row for each order")
            ):
                _check_times(row, f"{field}[{index}]", operations, "one for each operation")
    else:
        for index, row in enumerate(check_list(instance.setup, "setup_times", count, "one row for each order")):
            _check_times(row, f"setup_times[{index}]", count, "one for each order")


def _check_times(times: Sequence[Any], field: str, length: int, each: str) -> None:
    for index, time in enumerate(check_list(times, field, length, each)):
        _check_quantity(time, f"{field}[{index}]", math.inf)


def _check_quantity(value: object, field: str, maximum: float) -> None:
    if 0 < check_number(value, field, 0, maximum) < SMALLEST:
        raise InputError(f"{field} is {shown(value)}; it must be 0 or at least {SMALLEST:g}")


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
