"""What a method returns, whatever the method: schedule, objective, bounds, status, effort."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.language import spoken
from cmo_kit.base.text import NOT_AVAILABLE, beginning_html
from cmo_kit.base.values import check_integer, check_keys, check_number, check_object, check_text, plain, shown
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.formats.document import check_format, read_document
from cmo_kit.formats.history import History
from cmo_kit.formats.schedule import check_document

__all__ = ["History", "Result"]

FORMAT = "cmo-result/1"
STATUSES = ("optimal", "feasible", "stopped", "no_solution", "too_large")
FIELDS = (
    "format", "instance", "method", "seed", "parameters", "total_tardiness", "lower_bound", "one_run_lower_bound",
    "status", "seconds", "evaluations",
)  # fmt: skip


@dataclass(frozen=True)
class Result:
    """A solved instance: what ``cmo-kit solve`` reports and result files hold (``cmo-result/1``).

    Parameters
    ----------
    instance, method, seed, parameters
        Names, and what the method was given.
    total_tardiness : float or None
        Equation (1) in time units (times weights), recomputed from the schedule; None without one.
    lower_bound : float
        Holds for every schedule that [P] allows; 0 where nothing is proved.
    status : str
        ``optimal``, ``feasible``, ``stopped``, ``no_solution`` or ``too_large``.
    seconds, evaluations
        Wall clock of the method, and schedules evaluated.
    one_run_lower_bound : float or None
        Holds for schedules with one run per order and Site; None if unknown.
    schedule : Schedule or None
        None after :meth:`from_dict` without an instance; ``schedule_document`` then holds it as the file has it.
    schedule_document : mapping or None
    history : History or None
        Of a method that works by generations.
    details : mapping
        What only this method knows.

    Examples
    --------
    >>> result = solve(load_instance("tiny-on-time"), "expert_orders")
    >>> result.total_tardiness, result.gap, result.schedule.sites
    (0.0, 0.0, ((Run(order='3', batches=1), Run(order='1', batches=2)), (Run(order='2', batches=2),)))
    """

    instance: str
    method: str
    seed: int | None
    parameters: Mapping[str, Any]
    total_tardiness: float | None
    lower_bound: float
    status: str
    seconds: float
    evaluations: int
    one_run_lower_bound: float | None = None
    schedule: Schedule | None = None
    schedule_document: Mapping[str, Any] | None = None
    history: History | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        """``(total tardiness - lower bound) / total tardiness``, 0 for a schedule without tardiness."""
        if self.total_tardiness is None:
            return None
        return (self.total_tardiness - self.lower_bound) / self.total_tardiness if self.total_tardiness > 0 else 0.0

    def summary(self, time_unit: str = "day") -> str:
        """One or two sentences for people."""
        head = spoken(f"{self.instance}, {self.method}, seed {self.seed}")
        if self.total_tardiness is None:
            counts = {key: value for key, value in self.details.items() if isinstance(value, int) and key != "keys"}
            size = "".join(f", {value:,} {key.replace('_', ' ')}" for key, value in counts.items())
            reason = {"too_large": f"the model was not built: it is too large{size}", "stopped": "stopped"}
            return spoken(f"{head}: no schedule ({reason.get(self.status, 'the limit came first')}{self._overrun()})")
        text = spoken(f"{head}: total tardiness {self.total_tardiness:.10g} {time_unit}s")
        if self.status == "optimal":
            text += ", proved optimal"
        elif self.lower_bound > 0:
            text += spoken(f", at least {self.lower_bound:.10g} for any schedule")
        effort = f", {self.evaluations:,} evaluations" if self.evaluations > 1 else ""
        trouble = f"; {self.details['trouble']}" if "trouble" in self.details else ""
        return text + f" ({spoken(self.status)}{spoken(effort)}, {self.seconds:.2f} s{self._overrun()})" + trouble

    def _overrun(self) -> str:
        """Why the run took clearly longer than it was given, where it did."""
        limit = self.parameters.get("seconds")
        if not isinstance(limit, int | float) or self.seconds < 1.05 * limit + 1:
            return ""
        why = "what was under way was finished first"
        if self.method in ("milp", "run_milp"):
            why = "the solver looks at its clock between its steps only, and is interrupted when it does not"
        return spoken(f"; it took {self.seconds:.0f} s where {limit:g} were given: {why}")

    def __repr__(self) -> str:
        total = None if self.total_tardiness is None else f"{self.total_tardiness:.10g}"
        return f"Result({self.instance!r}, {self.method!r}, seed={self.seed}, total_tardiness={total}, {self.status!r})"

    def _repr_html_(self) -> str:
        """What a notebook shows; not the seconds, which are others each time."""
        facts = {"seed": self.seed, "total tardiness": self.total_tardiness, "lower bound": self.lower_bound,
                 "status": self.status, "evaluations": self.evaluations} | dict(self.parameters)  # fmt: skip
        facts |= {"trouble": self.details["trouble"]} if "trouble" in self.details else {}
        cells = [
            NOT_AVAILABLE if v is None else f"{v:.10g}" if isinstance(v, float) else str(v) for v in facts.values()
        ]
        lines = [list(line) for line in zip(facts, cells, strict=True)]
        return beginning_html(("of the run", "value"), lines, f"{self.instance}, {self.method}")

    def to_dict(self, schedule: bool = True) -> dict[str, Any]:
        """The result as its file holds it; ``schedule=False`` leaves the schedule out."""
        document: dict[str, Any] = {"format": FORMAT}
        for name in FIELDS[1:]:
            value = getattr(self, name)
            document[name] = plain(value) if isinstance(value, float) else value
        document["parameters"] = dict(self.parameters)
        if schedule:
            document["schedule"] = self.schedule.to_dict() if self.schedule is not None else self.schedule_document
        return document

    @classmethod
    def from_dict(cls, document: Mapping[str, Any], instance: Instance | None = None) -> "Result":
        """The result that ``document`` holds; with ``instance``, its schedule too.

        Raises
        ------
        InputError
            One sentence that names the field, the value and the rule.
        """
        check_keys(document, "the result", FIELDS, ("schedule",))
        check_format(document, FORMAT)
        for name in ("instance", "method"):
            check_text(document[name], name)
        if document["seed"] is not None:
            check_integer(document["seed"], "seed", 0)
        check_object(document["parameters"], "parameters")
        for name in ("total_tardiness", "one_run_lower_bound"):
            if document[name] is not None:
                check_number(document[name], name)
        for name in ("lower_bound", "seconds"):
            check_number(document[name], name)
        check_integer(document["evaluations"], "evaluations", 0)
        if document["status"] not in STATUSES:
            raise InputError(f"status is {shown(document['status'])}; it must be one of {', '.join(STATUSES)}")
        schedule_document = document.get("schedule")
        if schedule_document is not None:
            check_document(schedule_document)
        values = {name: document[name] for name in FIELDS[1:]}
        schedule = Schedule.from_dict(schedule_document, instance) if instance and schedule_document else None
        return cls(**values, schedule=schedule, schedule_document=schedule_document)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the result as JSON, whole or not at all."""
        write_json(path, self.to_dict())

    @classmethod
    def load(cls, path: str | os.PathLike[str], instance: Instance | None = None) -> "Result":
        """Read a result file; raises :class:`InputError` with the file's name in front."""
        return read_document(path, cls.from_dict, instance)
