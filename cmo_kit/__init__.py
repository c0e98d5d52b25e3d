"""Teaching and analysis kit for scheduling client orders on the identical Sites of a contract manufacturer.

It implements Kim, Kim and Kim (2024), "A Genetic Algorithm for Production Scheduling of
Biopharmaceutical Contract Manufacturing Products", and goes on from there.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cmo_kit.base.errors import InputError
    from cmo_kit.base.language import speak
    from cmo_kit.bounds import verify
    from cmo_kit.check import Violation, check_schedule
    from cmo_kit.core.chromosome import decode
    from cmo_kit.core.generate import generate_instance
    from cmo_kit.core.instance import CleaningTimes, Instance, Order
    from cmo_kit.core.schedule import Run, Schedule
    from cmo_kit.core.trace import Trace, trace_decode
    from cmo_kit.fast import total_tardiness
    from cmo_kit.formats.history import History
    from cmo_kit.library import instance_names, load_instance
    from cmo_kit.methods.budget import Budget, BudgetSpent
    from cmo_kit.methods.registry import solve
    from cmo_kit.methods.result import Result

__version__ = "0.2.0"

__all__ = [
    "Budget",
    "BudgetSpent",
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
    "speak",
    "total_tardiness",
    "trace_decode",
    "verify",
]


#: Where the public names are; each is loaded when it is first asked for, so that a command that begins answers Ctrl-C.
_PLACES = {
    "cmo_kit.check": ("Violation", "check_schedule"),
    "cmo_kit.bounds": ("verify",),
    "cmo_kit.core.chromosome": ("decode",),
    "cmo_kit.core.trace": ("Trace", "trace_decode"),
    "cmo_kit.base.errors": ("InputError",),
    "cmo_kit.base.language": ("speak",),
    "cmo_kit.core.generate": ("generate_instance",),
    "cmo_kit.core.instance": ("CleaningTimes", "Instance", "Order"),
    "cmo_kit.formats.history": ("History",),
    "cmo_kit.methods.budget": ("Budget", "BudgetSpent"),
    "cmo_kit.methods.result": ("Result",),
    "cmo_kit.core.schedule": ("Run", "Schedule"),
    "cmo_kit.fast": ("total_tardiness",),
    "cmo_kit.library": ("instance_names", "load_instance"),
    "cmo_kit.methods.registry": ("solve",),
}
#: The rooms that users look into; they are there without an import of their own.
_ROOMS = ("bounds", "check", "codings", "core", "course", "fast", "formats", "library", "methods", "models", "planning",
          "search", "study", "views", "widgets")  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted((*__all__, *_ROOMS, "__version__"))
