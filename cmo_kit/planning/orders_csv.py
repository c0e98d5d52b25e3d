"""An order list from a CSV file or a workbook (.xlsx): one line an order.

The header names the columns, in any sequence, in any case, with blanks or underscores::

    order,batches,due_date,seed_culture,main_culture,purification,
    same_seed_culture,same_main_culture,same_purification,
    change_seed_culture,change_main_culture,change_purification,weight

(on one line). ``order``: a client's or product's name, each once. ``batches``: an integer of at least 1. ``due_date``:
``2027-03-31``; all batches are wanted on that morning (see :mod:`cmo_kit.planning.calendar`), which may be past.
``seed_culture`` and the other operations: processing times in days. ``change_...``: days of cleaning after that
operation before a batch of *another* order (Section III of the paper). ``same_...`` (optional, 0 without it): the same
before a batch of the *same* order. ``weight`` (optional, 1 without it): what a day of delay counts. An empty cell
counts as no value.
"""

import datetime
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from cmo_kit.base.errors import InputError, ListError
from cmo_kit.base.listfile import Complaints, ListRow, read_list
from cmo_kit.base.sheet import AS_THE_FILE_SAYS, Layout
from cmo_kit.core.instance import CleaningTimes, Instance, Order
from cmo_kit.formats.instance import DEFAULT_OPERATIONS, MAXIMUM_ORDERS
from cmo_kit.planning.calendar import Calendar, check_date_format, parse_date, read_date


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
    layout: Layout = AS_THE_FILE_SAYS,
    note: Callable[[str], None] = lambda sentence: None,
) -> Instance:
    """Read an order list as a problem to schedule.

    Parameters
    ----------
    path : path
        A CSV file or a workbook with the header that stands at the top of this module.
    sites : int
        ``L``, the number of identical Sites.
    start : str or datetime.date
        The date of day 0, on which every Site is free.
    name : str, optional
        The instance's name; the file's without its ending if None.
    operations : sequence of str
        The operations; blanks in their names are underscores in the header.
    layout : Layout
        How the list is written, where the file does not say so itself; complaints name its fields as the command line
        does.
    note : function, optional
        It gets a sentence about each thing that was left out.

    Returns
    -------
    Instance
        With ``start_date``, cleaning times, and due dates in days after the start, negative for what is late already.

    Raises
    ------
    InputError
        All that is wrong with the list, up to twenty sentences: file, line, column, value and rule, one a line.

    Examples
    --------
    >>> from cmo_kit.library import notebooks_folder
    >>> read_orders(notebooks_folder() / "data" / "orders" / "orders.csv", sites=2, start="2027-01-04")
    Instance('orders': 11 orders, 64 batches, 2 Sites)
    """
    calendar = Calendar(parse_date(str(start), "start"))
    check_date_format(layout.date_format)
    names = _column_names(operations)
    complaints = Complaints()
    hear, first = complaints.hear, dict[str, int]()  # the line of each name
    try:
        rows = read_list(path, *columns(operations), "order", MAXIMUM_ORDERS, layout, note)
        orders = []
        for row in rows:
            client = hear(row.text, "order")
            if client is not None and first.setdefault(client, row.line) != row.line:
                again = row.wrong("order", f"must be unique, and line {first[client]} has it already")
                complaints.sentences.append(str(again))
            batches, due = hear(row.count, "batches"), hear(_due, row, calendar, layout.date_format)
            times = tuple(hear(_time, row, operation, True) for operation in names)
            orders.append(Order(client, batches, due, times, hear(row.number, "weight") if row.has("weight") else 1))
        same, change = (
            tuple(tuple(hear(_time, row, f"{kind}_{part}", kind == "change") for part in names) for row in rows)
            for kind in ("same", "change")
        )
        complaints.end()
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
        sentences = getattr(error, "sentences", (str(error),))
        front = f"{path}: "  # which a file that cannot be read has already
        raise ListError([front + sentence.removeprefix(front) for sentence in sentences]) from None


def _column_names(operations: Sequence[str]) -> list[str]:
    return [re.sub(r"\s+", "_", name.strip()) for name in operations]


def _due(row: ListRow, calendar: Calendar, form: str | None) -> int:
    cell = row.cell("due_date")
    try:
        return calendar.day(read_date(cell, form, calendar.start))
    except ValueError:
        pass
    if isinstance(cell, datetime.datetime):
        raise row.wrong("due_date", "has a time of day; --date-format '%Y-%m-%d %H:%M' reads the date of such cells")
    if form is not None:
        raise row.wrong("due_date", f"must be a date as --date-format says, {form}, or with the year first")
    say = "--date-format says how others are written: dmy, mdy, excel, day, or a pattern such as '%d.%m.%Y %H:%M'"
    raise row.wrong("due_date", f"must be a date such as 2027-03-31 (year-month-day); {say}")


def _time(row: ListRow, column: str, required: bool) -> float:
    return row.number(column) if required or row.has(column) else 0
