"""An order list from a CSV file: one line an order.

The header names the columns, in any sequence::

    order,batches,due_date,seed_culture,main_culture,purification,
    same_seed_culture,same_main_culture,same_purification,
    change_seed_culture,change_main_culture,change_purification,weight

(on one line). ``order``: a client's or product's name, each once. ``batches``: an integer of at least 1. ``due_date``:
``2027-03-31``; all batches are wanted on that morning (see :mod:`cmo_kit.planning.calendar`). ``seed_culture`` and the
other operations: processing times in days. ``change_...``: days of cleaning after that operation before a batch of
*another* order (Section III of the paper). ``same_...`` (optional, 0 without it): the same before a batch of the
*same* order. ``weight`` (optional, 1 without it): what a day of delay counts. An empty cell counts as no value.
"""

import datetime
import os
import re
from collections.abc import Sequence
from pathlib import Path

from cmo_kit.base.csvfile import TextRow, read_list
from cmo_kit.base.errors import InputError
from cmo_kit.core.instance import CleaningTimes, Instance, Order
from cmo_kit.formats.instance import DEFAULT_OPERATIONS, MAXIMUM_ORDERS
from cmo_kit.planning.calendar import Calendar, parse_date


def columns(operations: Sequence[str] = DEFAULT_OPERATIONS) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The required and the optional columns of an order list."""
    names = _column_names(operations)
    required = ("order", "batches", "due_date", *names, *(f"change_{name}" for name in names))
    return required, (*(f"same_{name}" for name in names), "weight")


def read_orders(
    path: str | os.PathLike[str],
    sites: int,
    start: str | datetime.date,
    name: str | None = None,
    operations: Sequence[str] = DEFAULT_OPERATIONS,
) -> Instance:
    """Read an order list as a problem to schedule.

    Parameters
    ----------
    path : path
        A CSV file with the header that stands at the top of this module.
    sites : int
        ``L``, the number of identical Sites.
    start : str or datetime.date
        The date of day 0, on which every Site is free.
    name : str, optional
        The instance's name; the file's without its ending if None.
    operations : sequence of str
        The operations; blanks in their names are underscores in the header.

    Returns
    -------
    Instance
        With ``start_date``, cleaning times, and due dates in days after the start.

    Raises
    ------
    InputError
        One sentence with file, line, column, value and rule.
    """
    calendar = Calendar(parse_date(str(start), "start"))
    names = _column_names(operations)
    rows = read_list(path, *columns(operations), "order", MAXIMUM_ORDERS)
    first: dict[str, int] = {}
    orders = []
    try:
        for row in rows:
            order = _order(row, calendar, names)
            if order.id in first:
                raise row.wrong("order", f"must be unique, and line {first[order.id]} has it already")
            first[order.id] = row.line
            orders.append(order)
        same, change = (
            tuple(tuple(_time(row, f"{kind}_{name}", kind == "change") for name in names) for row in rows)
            for kind in ("same", "change")
        )
        return Instance(
            name=Path(path).stem if name is None else name,
            sites=sites,
            orders=tuple(orders),
            setup=CleaningTimes(same, change),
            operations=tuple(operations),
            start_date=calendar.start.isoformat(),
            source=f"order list {Path(path).name}",
        )
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _column_names(operations: Sequence[str]) -> list[str]:
    return [re.sub(r"\s+", "_", name.strip()) for name in operations]


def _order(row: TextRow, calendar: Calendar, names: Sequence[str]) -> Order:
    try:
        due = calendar.day(parse_date(row.cells["due_date"], "due_date"))
    except InputError:
        raise row.wrong("due_date", "must be a date such as 2027-03-31 (year-month-day)") from None
    if due < 0:
        raise row.wrong("due_date", f"must not be before the start date {calendar.start}")
    weight = row.number("weight") if row.has("weight") else 1
    times = tuple(_time(row, name, True) for name in names)
    return Order(row.text("order"), row.count("batches"), due, times, weight)


def _time(row: TextRow, column: str, required: bool) -> float:
    return row.number(column) if required or row.has(column) else 0
