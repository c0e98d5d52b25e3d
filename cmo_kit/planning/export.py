"""A plan as files that others read: CSV or a workbook with calendar dates, and the kit's own JSON.

CSV begins with UTF-8's mark, by which a spreadsheet that opens it by double click knows its letters. In the dialect
``comma`` numbers have points; in ``semicolon`` columns are divided by semicolons and numbers have commas, as where
people write 2,5. A spreadsheet may still take a name such as 00123 or 3-1 for a number or a date: in a workbook it
stays text.
"""

import datetime
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cmo_kit.base.csvfile import NO_FORMULA, csv_text, is_formula
from cmo_kit.base.errors import InputError, need
from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import write_bytes, write_text
from cmo_kit.base.values import check_choice, plain, shown
from cmo_kit.core.schedule import Schedule
from cmo_kit.planning.calendar import Calendar

RUN_COLUMNS = ("site", "position", "order", "batches", "first_start", "last_start", "ready")
MARK = "\ufeff"
DIALECTS = {"comma": ",", "semicolon": ";"}
NO_EXCEL = "a workbook needs the extra 'excel': pip install 'cmo-kit[excel]'; or leave it out, CSV needs nothing"
CLIENT_COLUMNS = ("order", "batches", "due_date", "ready", "days_late", "sites")


def run_rows(schedule: Schedule) -> list[tuple[object, ...]]:
    """One row a run, in the sequence of each Site, with dates.

    Returns
    -------
    list of tuple
        The cells of ``RUN_COLUMNS``: Site and position from 1, order, batches, ``first_start`` and ``last_start``, on
        which the first and the last batch of the run begin, and ``ready``, on whose morning all batches are complete.

    Raises
    ------
    InputError
        When the instance has no start date.

    Examples
    --------
    >>> plan = solve(load_instance("fig1"), "expert").schedule
    >>> site, position, order, batches, first_start, last_start, ready = run_rows(plan)[0]
    >>> order, batches, str(first_start), str(ready)
    ('A', 2, '2027-01-04', '2027-01-20')
    """
    calendar = Calendar.of(schedule.instance)
    rows: list[tuple[object, ...]] = []
    for l, site in enumerate(schedule.sites):
        at = 0
        for position, run in enumerate(site, start=1):
            starts = schedule.starts[l][at : at + run.batches]
            at += run.batches
            end = float(schedule.completions[l][at - 1])
            dates = calendar.date(float(starts[0])), calendar.date(float(starts[-1])), calendar.ready(end)
            rows.append((l + 1, position, run.order, run.batches, *dates))
    return rows


def client_rows(schedule: Schedule) -> list[tuple[object, ...]]:
    """One row an order, by due date, with dates; the Sites that work on it, with blanks between.

    Returns
    -------
    list of tuple
        The cells of ``CLIENT_COLUMNS``: order, batches, due date, ready, days late, Sites.

    Raises
    ------
    InputError
        When the instance has no start date, or an order not all of its batches.

    Examples
    --------
    >>> rows = client_rows(solve(load_instance("fig1"), "expert").schedule)
    >>> [(order, days_late, sites) for order, batches, due, ready, days_late, sites in rows]
    [('A', 0, '1 2'), ('C', 0, '2'), ('B', 3, '1 2')]
    """
    instance = schedule.instance
    calendar = Calendar.of(instance)
    if schedule.lacking:
        name, lacking = next(iter(schedule.lacking.items()))
        all_of_them = instance.orders[instance.order_index[name]].batches
        raise InputError(
            f"order {name} has {all_of_them - lacking} of its {all_of_them} batches in the schedule; "
            "every order must have all of its own"
        )
    rows: list[tuple[object, ...]] = []
    ends = schedule.order_completions.tolist()
    for i in sorted(range(len(instance.orders)), key=lambda i: (instance.D[i], i)):
        order = instance.orders[i]
        sites = [str(l) for l, site in enumerate(schedule.sites, start=1) if any(run.order == order.id for run in site)]
        late = plain(float(schedule.tardiness[i]))
        dates = calendar.ready(order.due_date), calendar.ready(ends[i])
        rows.append((order.id, order.batches, *dates, late, " ".join(sites)))
    return rows


def safe_csv_text(columns: Sequence[str], rows: Sequence[Sequence[object]], dialect: str = "comma") -> str:
    """A CSV file's text for spreadsheets in a dialect of :data:`DIALECTS`: UTF-8's mark, a header, one line a row.

    Raises :class:`InputError` for text that a spreadsheet would take for a formula; an order list with such a name is
    not read either.
    """
    check_choice(dialect, "dialect", tuple(DIALECTS))
    check_names(rows)
    cells = [[_local(cell, dialect) for cell in row] for row in rows]
    return MARK + csv_text(columns, cells, DIALECTS[dialect])


def check_names(rows: Sequence[Sequence[object]]) -> None:
    """Refuse text that a spreadsheet of some country would take for a formula."""
    for row in rows:
        for cell in row:
            if isinstance(cell, str) and is_formula(cell):
                raise InputError(f"the name {shown(cell)} {NO_FORMULA}; rename it before it is exported")


def _local(cell: object, dialect: str) -> object:
    return str(cell).replace(".", ",") if isinstance(cell, float) and dialect == "semicolon" else cell


def save_plan_csv(schedule: Schedule, path: str | os.PathLike[str], dialect: str = "comma") -> None:
    """Write one line a run with dates, whole or not at all.

    Parameters
    ----------
    schedule : Schedule
    path : path
    dialect : str
        ``comma`` or ``semicolon``, as for :func:`export_plan`.

    Raises
    ------
    InputError
        As :func:`export_plan`.

    Examples
    --------
    >>> save_plan_csv(solve(load_instance("fig1"), "expert").schedule, "plan.csv")
    >>> print(open("plan.csv", encoding="utf-8-sig").readline().strip())
    site,position,order,batches,first_start,last_start,ready
    """
    write_text(path, safe_csv_text(RUN_COLUMNS, run_rows(schedule), dialect))


def workbook_bytes(sheets: Mapping[str, tuple[Sequence[str], Sequence[Sequence[object]]]]) -> bytes:
    """A workbook (.xlsx) with a sheet of columns and rows under each name; text is text, whatever it looks like.

    Raises :class:`MissingPartError` without the extra ``excel``, and :class:`InputError` for text that a spreadsheet
    would take for a formula, where a sheet is saved as CSV again.
    """
    openpyxl: Any = need("openpyxl", NO_EXCEL)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, (columns, rows) in sheets.items():
        check_names(rows)
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for i, row in enumerate([columns, *rows], start=1):
            for j, value in enumerate(row, start=1):
                cell = sheet.cell(i, j)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type, cell.number_format = "s", "@"
                elif isinstance(value, datetime.date):
                    cell.number_format = "yyyy-mm-dd"
        for letter, *column in zip("ABCDEFGHIJ", columns, *rows, strict=False):
            sheet.column_dimensions[letter].width = min(60, 2 + max(len(str(value)) for value in column))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def export_plan(
    schedule: Schedule, folder: str | os.PathLike[str], dialect: str = "comma", workbook: bool = False
) -> list[Path]:
    """Write a plan into a folder, which is made if need be: each file whole or not at all.

    Parameters
    ----------
    schedule : Schedule
    folder : path
    dialect : str
        Of the CSV files: ``comma`` or ``semicolon``, with decimal commas.
    workbook : bool
        Write ``plan.xlsx`` with the same two tables too; needs the extra ``excel``.

    Returns
    -------
    list of Path
        ``plan.csv`` (one line a run), ``clients.csv`` (one line an order), ``instance.json``, ``schedule.json``, and
        ``plan.xlsx`` if it was asked for.

    Raises
    ------
    InputError
        When the instance has no start date, an order not all of its batches, or a name that is a spreadsheet's formula,
        and when a file cannot be written.

    Examples
    --------
    >>> [path.name for path in export_plan(solve(load_instance("fig1"), "expert").schedule, "plan")]
    ['plan.csv', 'clients.csv', 'instance.json', 'schedule.json']
    """
    place = Path(folder)
    tables = {"plan": (RUN_COLUMNS, run_rows(schedule)), "clients": (CLIENT_COLUMNS, client_rows(schedule))}
    texts = {f"{name}.csv": safe_csv_text(*table, dialect) for name, table in tables.items()}  # before any is written
    book = workbook_bytes(tables) if workbook else None
    make_folder(place)
    for name, text in texts.items():
        write_text(place / name, text)
    paths = [*(place / name for name in texts), place / "instance.json", place / "schedule.json"]
    schedule.instance.save(paths[2])
    schedule.save(paths[3])
    if book is not None:
        paths.append(place / "plan.xlsx")
        write_bytes(paths[-1], book)
    return paths
