"""What all measurements share: how they run, what is stored beside their numbers, and how their commands end."""

import datetime
import os
import platform
import sys
from collections.abc import Callable, Container, Hashable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.limits import Progress
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.signals import INTERRUPTED
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import Instance
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule
from cmo_kit.methods.result import Result
from cmo_kit.study.execute.record import cpu_name

Record = dict[str, Any]
Key = TypeVar("Key", bound=Hashable)


def run_missing(
    title: str,
    runs: Mapping[Key, Callable[[Progress], Record]],
    done: Container[Key] = (),
    keep: Callable[[Key, Record], None] = lambda name, record: None,
) -> dict[Key, Record]:
    """Make the runs whose names are not among those ``done``; Ctrl-C loses the one that is under way, no other.

    Parameters
    ----------
    title : str
        Stands before the name of a run in the line that says how it goes.
    runs : mapping
        In this sequence; each is called with a progress callback.
    done : container
    keep : callable
        Stores what a run gave, before the next one begins.

    Returns
    -------
    dict
        What each run that was made gave.
    """
    left = [name for name in runs if name not in done]
    records = {}
    with ProgressLine(title) as line:
        for number, name in enumerate(left, start=1):
            line.title = f"{title}, {name} ({number} of {len(left)})"
            line.say(line.title)
            records[name] = runs[name](line)
            keep(name, records[name])
    return records


def finished(instance: Instance, found: Result | Outcome) -> Schedule:
    """The schedule of a run that came to its own end, checked; one that Ctrl-C ended interrupts the measurement."""
    if found.status == "stopped":
        raise KeyboardInterrupt
    if found.schedule is None:
        raise RuntimeError(f"{instance.name}: there is no schedule ({found.status})")
    wrong = check_schedule(instance, found.schedule)
    if wrong:
        raise RuntimeError(f"{instance.name}, {found.schedule.method}: {wrong[0].message}")
    return found.schedule


def installed(module: str | None) -> bool:
    """Whether what a rival needs, if anything, can be imported."""
    return module is None or find_spec(module) is not None


def run_program(name: str, work: Callable[[], int | None]) -> int:
    """The exit code of a program: 2 for bad input and 130 after Ctrl-C, with one line each and no traceback."""
    try:
        return work() or 0
    except InputError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{name}: stopped", file=sys.stderr)
        return INTERRUPTED


def today() -> str:
    """The day, as it is written beside what was measured."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def stamp() -> Record:
    """The facts that belong beside every measured number: the ``date``, and the ``environment``."""
    import llvmlite.binding  # type: ignore[import-untyped]
    import numba

    umath = import_module("numpy._core._multiarray_umath")
    present = getattr(umath, "__cpu_features__", {})
    environment = {
        "processor": cpu_name(),
        "compiled_for": llvmlite.binding.get_host_cpu_name(),
        "numpy_dispatches_to": [name for name in getattr(umath, "__cpu_dispatch__", []) if present.get(name)],
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
    }
    return {"date": today(), "environment": environment}


def keep_document(path: str | Path, document: Record) -> None:
    """Write measured numbers as JSON, and make the folders above them."""
    make_folder(Path(path).parent)
    write_json(path, document)


def use_one_processor() -> None:
    """Keep this process on one processor, where the system lets it choose: moving costs warm caches."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
