"""An order list from a file, a plan in calendar dates, and the promise to a new client."""

from cmo_kit.base.sheet import Layout
from cmo_kit.planning.accept import Acceptance, accept
from cmo_kit.planning.calendar import Calendar
from cmo_kit.planning.export import client_rows, export_plan, run_rows, save_plan_csv
from cmo_kit.planning.new_order import with_order
from cmo_kit.planning.orders_csv import read_orders
from cmo_kit.planning.promise import Promise, promise
from cmo_kit.planning.replan import Replanned, replan

__all__ = [
    "Acceptance",
    "Calendar",
    "Layout",
    "Promise",
    "Replanned",
    "accept",
    "client_rows",
    "export_plan",
    "promise",
    "read_orders",
    "replan",
    "run_rows",
    "save_plan_csv",
    "with_order",
]
