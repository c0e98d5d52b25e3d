"""What every method returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cmo_kit.core.schedule import Schedule
from cmo_kit.formats.history import History


@dataclass(frozen=True)
class Outcome:
    """What a method itself reports; :func:`cmo_kit.solve` makes a :class:`Result` of it.

    Parameters
    ----------
    schedule, history : optional
    status : str
        ``optimal`` only where proven, ``feasible`` when a limit ended the run, ``stopped`` when the user did,
        ``no_solution`` when a limit came before any schedule, ``too_large`` when the method refused before it began.
    evaluations : int
        Schedules evaluated; 0 where a solver counts none.
    lower_bound, one_run_lower_bound : float
        No schedule, and none with one run per order and Site, has less total tardiness, time units.
    details : mapping
        What only this method knows.

    Examples
    --------
    >>> Outcome(None, "no_solution").lower_bound
    0.0
    """

    schedule: Schedule | None
    status: str
    evaluations: int = 0
    lower_bound: float = 0.0
    one_run_lower_bound: float | None = None
    history: History | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
