"""The one way in which all measurements run: what is stored is left out, and each run is stored when it ends."""

import sys
from collections.abc import Callable, Container, Hashable, Mapping
from importlib.util import find_spec
from typing import Any, TypeVar

from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Progress
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.signals import INTERRUPTED
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import Instance
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule
from cmo_kit.methods.result import Result

Record = dict[str, Any]
Key = TypeVar("Key", bound=Hashable)


def run_missing(
    title: str,
    runs: Mapping[Key, Callable[[Progress], Record]],
    done: Container[Key],
    keep: Callable[[Key, Record], None],
) -> None:
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
    """
    left = [name for name in runs if name not in done]
    with ProgressLine(title) as line:
        for number, name in enumerate(left, start=1):
            line.title = f"{title}, {name} ({number} of {len(left)})"
            line.say(line.title)
            keep(name, runs[name](line))


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


def command(name: str, work: Callable[[], int | None]) -> int:
    """The exit code of a measurement's command: 2 for bad input and 130 after Ctrl-C, with one line each."""
    try:
        return work() or 0
    except InputError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{name}: stopped; what is done is kept", file=sys.stderr)
        return INTERRUPTED
