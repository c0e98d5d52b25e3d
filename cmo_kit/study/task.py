"""One run of a study: what identifies it, and the result file that says it is done."""

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cmo_kit
from cmo_kit.core.errors import InputError
from cmo_kit.core.instance import Instance
from cmo_kit.core.jsonfile import check_integer, check_keys, check_number, check_text, read_json, shown, write_json
from cmo_kit.core.result import STATUSES, Result

FORMAT = "cmo-run/1"
RESULT, SOLUTION, HISTORY, FAILURE, NOTEBOOK = (
    "result.json",
    "solution.json",
    "history.json",
    "failure.json",
    "notebook.ipynb",
)


def file_name(text: str) -> str:
    """``text`` as part of a file name: nothing in it that a path could mean, and not long."""
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in text)[:60]


@dataclass(frozen=True)
class Task:
    """One run: an instance, a method with its parameters, a seed, a budget.

    ``instance`` is a name and ``digest`` its problem's; ``kind`` is ``function`` or ``notebook``; ``limit`` is the
    time in seconds after which the run counts as hung. The label and the limit do not identify a run.
    """

    instance: str
    digest: str
    method: str
    label: str
    seed: int
    seconds: float | None = None
    evaluations: int | None = None
    kind: str = "function"
    limit: float = 7200
    parameters: Mapping[str, Any] = field(default_factory=dict)
    version: str = cmo_kit.__version__

    @property
    def hash(self) -> str:
        """What makes two runs the same run, as 16 hexadecimal digits."""
        identity = {key: value for key, value in asdict(self).items() if key not in ("label", "limit")}
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def folder(self) -> str:
        """Name of the run's folder: readable, unique, and free of anything that a path could mean."""
        return f"{file_name(f'{self.instance}-{self.method}')}-{self.seed}-{self.hash}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Task":
        """The task that :meth:`to_dict` wrote."""
        return cls(**document)


def flat_result(task: Task, result: Result, instance: Instance) -> dict[str, Any]:
    """All that identifies and describes a run, as one flat object."""
    document = result.to_dict(schedule=False)
    parameters = document.pop("parameters")
    return {
        "format": FORMAT,
        "hash": task.hash,
        "kind": task.kind,
        "label": task.label,
        **{key: value for key, value in document.items() if key != "format"},
        "digest": instance.digest,
        "orders": len(instance.orders),
        "sites": instance.sites,
        "batches": instance.total_batches,
        **{f"parameters.{key}": value for key, value in parameters.items()},
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": cmo_kit.__version__,
        "python": platform.python_version(),
        "cpu": cpu_name(),
        "host": platform.node(),
    }


def save_run(task: Task, result: Result, instance: Instance, folder: str | os.PathLike[str]) -> None:
    """Write solution, history and, last, the result that says the run is done; each whole or not at all."""
    place = Path(folder)
    if result.history is not None:
        write_json(place / HISTORY, result.history.to_dict())
    result.save(place / SOLUTION)
    write_json(place / RESULT, flat_result(task, result, instance))


def read_run(folder: str | os.PathLike[str], expected: str | None = None) -> dict[str, Any]:
    """The flat result of a run.

    Raises
    ------
    InputError
        When the file is absent, damaged, or of another run than ``expected``.
    """
    path = Path(folder) / RESULT
    document = read_json(path)
    if not isinstance(document, Mapping):
        raise InputError(f"{path}: the result is {shown(document)}; it must be an object")
    required = ("format", "hash", "label", "instance", "method", "seed", "status", "seconds", "evaluations", "digest")
    check_keys(document, str(path), required, tuple(document))
    if document["format"] != FORMAT:
        raise InputError(f"{path}: format is {shown(document['format'])}; it must be {FORMAT!r}")
    for key in ("hash", "label", "instance", "method", "digest"):
        check_text(document[key], f"{path}: {key}")
    check_number(document["seconds"], f"{path}: seconds")
    check_integer(document["evaluations"], f"{path}: evaluations", 0)
    if document["status"] not in STATUSES:
        raise InputError(f"{path}: status is {shown(document['status'])}; it must be one of {', '.join(STATUSES)}")
    if document.get("total_tardiness") is not None:
        check_number(document["total_tardiness"], f"{path}: total_tardiness")
    if expected is not None and document["hash"] != expected:
        raise InputError(f"{path}: hash is {shown(document['hash'])}; it must be {expected!r}")
    return dict(document)


def cpu_name() -> str:
    """The processor's name as the system gives it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
