"""``cmo-kit import`` and ``cmo-kit export``: from an order list to an instance, from a plan to calendar dates."""

from pathlib import Path

from cmo_kit.base.values import check_integer
from cmo_kit.core.schedule import Schedule
from cmo_kit.library import load_instance
from cmo_kit.planning.calendar import Calendar
from cmo_kit.planning.export import export_plan
from cmo_kit.planning.orders_csv import read_orders


def import_command(path: str, sites: int, start: str, name: str | None, out: str) -> int:
    """Read an order list, write the instance, and say what it holds; returns the exit code."""
    check_integer(sites, "--sites", 1)
    instance = read_orders(path, sites, start, name)
    instance.save(out)
    latest = Calendar.of(instance).ready(float(instance.D.max()))
    size = f"{len(instance.orders)} orders, {instance.total_batches} batches, {instance.sites} Sites"
    print(f"{out}: {instance.name}, {size}, from {instance.start_date}, the last due on {latest}")
    return 0


def export_command(instance_name: str, schedule_path: str, out: str) -> int:
    """Write a plan with calendar dates into a folder and name the files; returns the exit code."""
    schedule = Schedule.load(schedule_path, load_instance(instance_name))
    paths = export_plan(schedule, out)
    print(f"{Path(out)}: {', '.join(path.name for path in paths)}")
    return 0
