"""Teaching and analysis kit for scheduling client orders on the identical Sites of a contract manufacturer.

It implements Kim, Kim and Kim (2024), "A Genetic Algorithm for Production Scheduling of
Biopharmaceutical Contract Manufacturing Products", and goes on from there.
"""

from typing import TYPE_CHECKING, Any

from cmo_kit.check import Violation, check_schedule
from cmo_kit.core.chromosome import Trace, decode, trace_decode
from cmo_kit.core.errors import InputError
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import CleaningTimes, Instance, Order
from cmo_kit.core.result import History, Result
from cmo_kit.core.schedule import Run, Schedule
from cmo_kit.library import instance_names, load_instance
from cmo_kit.methods import solve

if TYPE_CHECKING:
    from cmo_kit.fast import total_tardiness

__version__ = "0.1.0"

__all__ = [
    "CleaningTimes",
    "History",
    "InputError",
    "Instance",
    "Order",
    "Result",
    "Run",
    "Schedule",
    "Trace",
    "Violation",
    "check_schedule",
    "decode",
    "generate_instance",
    "instance_names",
    "load_instance",
    "solve",
    "total_tardiness",
    "trace_decode",
]


def __getattr__(name: str) -> Any:
    if name == "total_tardiness":  # compiled: loaded when it is first asked for
        from cmo_kit.fast import total_tardiness

        return total_tardiness
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
