"""The files of one run: written so that each is whole, read so that damage is noticed."""

import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import cmo_kit
from cmo_kit.base.errors import InputError, about
from cmo_kit.base.jsonfile import read_bytes, read_json, write_json, write_text
from cmo_kit.base.values import check_integer, check_keys, check_object, check_text, shown
from cmo_kit.core.instance import Instance
from cmo_kit.formats.history import History
from cmo_kit.methods.result import FIELDS, Result
from cmo_kit.methods.result import FORMAT as RESULT_FORMAT
from cmo_kit.study.plan.task import Task

FORMAT = "cmo-run/1"
TASK, RESULT, FAILURE, NOTEBOOK = "task.json", "result.json", "failure.json", "notebook.ipynb"
LOG, TEMPORARY = "log.txt", "temporary"
SOLUTION, CURVE, HISTORY = "solution.json", "curve.json", "history.json"
#: The files that a result vouches for: field of the result -> file.
VOUCHED = {"solution_sha256": SOLUTION, "curve_sha256": CURVE, "history_sha256": HISTORY}
CURVE_POINTS = 40
#: Of a history, which has some fifty bytes for each of its generations.
MAXIMUM_FILE = 256 * 1024 * 1024


def save_run(task: Task, result: Result, instance: Instance, folder: str | os.PathLike[str]) -> None:
    """Write solution, curve and history and, last, the result that says the run is done."""
    place = Path(folder)
    for name in (RESULT, *VOUCHED.values()):
        (place / name).unlink(missing_ok=True)
    result.save(place / SOLUTION)
    if result.history is not None and len(result.history.best):
        for name, columns in ((CURVE, thinned(result.history)), (HISTORY, result.history.to_dict())):
            write_text(place / name, json.dumps(columns, allow_nan=False) + "\n")  # laid out it would take its time
    digests = {field: file_digest(place / name) for field, name in VOUCHED.items() if (place / name).exists()}
    write_json(place / RESULT, flat_result(task, result, instance) | digests)


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
        **{f"parameters.{key}": _flat(value) for key, value in parameters.items()},
        **{key: value for key, value in result.details.items() if key in ("solver_status", "solver_bound")},
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": cmo_kit.__version__,
        "python": platform.python_version(),
        "cpu": cpu_name(),
        "host": platform.node(),
    }


def _flat(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | tuple | Mapping) else value


def thinned(history: History) -> dict[str, list[float]]:
    """A history at a few dozen points, evenly spread over the logarithm of its length.

    Reports read this and not the history: that keeps the collection of thousands of runs short.
    """
    points = np.unique(np.geomspace(1, len(history.best), CURVE_POINTS).round().astype(int)) - 1
    return {
        "evaluations": [int(value) for value in history.evaluations[points]],
        "seconds": [round(float(value), 6) for value in history.seconds[points]],
        "best": [float(value) for value in history.best[points]],
    }


def read_run(folder: str | os.PathLike[str], expected: str, files: Sequence[str] = tuple(VOUCHED)) -> dict[str, Any]:
    """The flat result of a run, and with it the certainty that its files are as they were written.

    ``expected`` is the hash of the task; ``files`` says which of the fields in :data:`VOUCHED` are held against their
    files. Raises :class:`InputError` when a file is absent, damaged, or of another run.
    """
    path = Path(folder) / RESULT
    document = check_object(read_json(path), f"{path}: the result")
    for key, value in document.items():
        _check_cell(value, f"{path}: {shown(key)}")
    of_result = {"one_run_lower_bound": None, **document, "format": RESULT_FORMAT, "parameters": {}}
    check_keys(document, str(path), ("format", "hash", "label", "seed", "digest", "solution_sha256"), document)
    for key, value in (("format", FORMAT), ("hash", expected)):
        if document[key] != value:
            raise InputError(f"{path}: {key} is {shown(document[key])}; it must be {value!r}")
    for key in ("label", "digest"):
        check_text(document[key], f"{path}: {key}")
    check_integer(document["seed"], f"{path}: seed", 0)
    with about(path):
        Result.from_dict({key: value for key, value in of_result.items() if key in FIELDS})
    for field in files:
        if field in document and file_digest(Path(folder) / VOUCHED[field]) != document[field]:
            raise InputError(f"{Path(folder) / VOUCHED[field]}: the file is not the one that the run wrote")
    return dict(document)


def _check_cell(value: object, field: str) -> None:
    """Refuse what is no cell of a table: texts, numbers, truth values and nothing are."""
    if isinstance(value, str) and value:
        check_text(value, field)
    elif not isinstance(value, str | int | float | None):
        raise InputError(f"{field} is {shown(value)}; it must be a text, a number, true, false or null")


def file_digest(path: Path) -> str:
    """SHA-256 of a file, empty if it cannot be read."""
    try:
        return hashlib.sha256(read_bytes(path, MAXIMUM_FILE)).hexdigest()
    except InputError:
        return ""


def cpu_name() -> str:
    """The processor's name as the system gives it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
