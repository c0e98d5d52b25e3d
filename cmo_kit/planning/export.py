"""A plan as files that others read: CSV with calendar dates, and the kit's own JSON."""

import os
from collections.abc import Sequence
from pathlib import Path

from cmo_kit.base.csvfile import FORMULA_MARKS, NO_FORMULA, csv_text
from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import write_text
from cmo_kit.base.values import plain, shown
from cmo_kit.core.schedule import Schedule
from cmo_kit.planning.calendar import Calendar

RUN_COLUMNS = ("site", "position", "order", "batches", "first_start", "last_start", "ready")
CLIENT_COLUMNS = ("order", "batches", "due_date", "ready", "days_late", "sites")


def run_rows(schedule: Schedule) -> list[tuple[object, ...]]:
    """One row a run, in the sequence of each Site: ``RUN_COLUMNS``, with dates.

    ``first_start`` and ``last_start`` are the dates on which the first and the last batch of the run begin; on the
    morning of ``ready`` all its batches are complete.

    Raises
    ------
    InputError
        When the instance has no start date.
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
    """One row an order, by due date: ``CLIENT_COLUMNS``, with dates; the Sites that work on it, with blanks between.

    Raises
    ------
    InputError
        When the instance has no start date, or an order no batch.
    """
    instance = schedule.instance
    calendar = Calendar.of(instance)
    rows: list[tuple[object, ...]] = []
    ends = schedule.order_completions.tolist()
    for i in sorted(range(len(instance.orders)), key=lambda i: (instance.D[i], i)):
        order = instance.orders[i]
        sites = [str(l) for l, site in enumerate(schedule.sites, start=1) if any(run.order == order.id for run in site)]
        if not sites:
            raise InputError(f"order {order.id!r} has no batch in the schedule; every order must have all of its own")
        late = plain(float(schedule.tardiness[i]))
        dates = calendar.ready(order.due_date), calendar.ready(ends[i])
        rows.append((order.id, order.batches, *dates, late, " ".join(sites)))
    return rows


def safe_csv_text(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A CSV file's text: a header, then one line a row.

    Raises
    ------
    InputError
        For text that a spreadsheet would take for a formula; an order list with such a name is not read either.
    """
    for row in rows:
        for cell in row:
            if isinstance(cell, str) and cell.strip().startswith(FORMULA_MARKS):
                raise InputError(f"the name {shown(cell)} {NO_FORMULA}; rename it before it is exported")
    return csv_text(columns, rows)


def save_plan_csv(schedule: Schedule, path: str | os.PathLike[str]) -> None:
    """Write one line a run with dates, whole or not at all."""
    write_text(path, safe_csv_text(RUN_COLUMNS, run_rows(schedule)))


def export_plan(schedule: Schedule, folder: str | os.PathLike[str]) -> list[Path]:
    """Write a plan into a folder, which is made if need be: each file whole or not at all.

    Returns
    -------
    list of Path
        ``plan.csv`` (one line a run), ``clients.csv`` (one line an order), ``instance.json`` and ``schedule.json``.

    Raises
    ------
    InputError
        When the instance has no start date, an order's name is a spreadsheet's formula, or a file cannot be written.
    """
    place = Path(folder)
    runs = safe_csv_text(RUN_COLUMNS, run_rows(schedule))  # before anything is written
    clients = safe_csv_text(CLIENT_COLUMNS, client_rows(schedule))
    make_folder(place)
    paths = [place / name for name in ("plan.csv", "clients.csv", "instance.json", "schedule.json")]
    write_text(paths[0], runs)
    write_text(paths[1], clients)
    schedule.instance.save(paths[2])
    schedule.save(paths[3])
    return paths
