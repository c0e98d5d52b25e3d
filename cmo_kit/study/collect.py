"""From the runs' folders to the tables that a report reads."""

import csv
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cmo_kit.core.errors import InputError
from cmo_kit.core.jsonfile import read_json, write_json, write_text
from cmo_kit.core.result import History
from cmo_kit.study.plan import Plan
from cmo_kit.study.task import HISTORY, SOLUTION, file_name, read_run

Row = dict[str, Any]
TABLE, CONVERGENCE, FAILURES, BEST = "table.csv", "convergence.csv", "failures.csv", "best"
CONVERGENCE_POINTS = 60


def collect(plan: Plan, out: str | os.PathLike[str], failures: Mapping[str, str]) -> list[Row]:
    """Write ``table.csv``, ``convergence.csv``, ``failures.csv`` and the best schedules; return the rows.

    A row is a run, in the order of the plan, whatever the order in which they were done.
    """
    place = Path(out)
    rows, lines = [], []
    best: dict[str, tuple[float, Path]] = {}
    for task in plan.tasks:
        folder = place / "runs" / task.folder
        try:
            row = read_run(folder, task.hash)
        except InputError:
            continue
        row["label"] = task.label
        rows.append(row)
        lines += _thinned(folder, task.label, task.instance, task.seed)
        total = row.get("total_tardiness")
        if total is not None and (task.instance not in best or total < best[task.instance][0]):
            best[task.instance] = (total, folder)
    fields = list(dict.fromkeys(key for row in rows for key in row))
    write_csv(place / TABLE, fields, rows)
    write_csv(place / CONVERGENCE, ("label", "instance", "seed", "evaluations", "seconds", "best"), lines)
    failed = [task for task in plan.tasks if task.hash in failures]
    reasons = [
        {"label": t.label, "instance": t.instance, "seed": t.seed, "folder": t.folder, "reason": failures[t.hash]}
        for t in failed
    ]
    write_csv(place / FAILURES, ("label", "instance", "seed", "folder", "reason"), reasons)
    (place / BEST).mkdir(exist_ok=True)
    for name, (_, folder) in best.items():
        schedule = read_json(folder / SOLUTION)["schedule"]
        write_json(place / BEST / f"{file_name(name)}.json", schedule)
    return rows


def _thinned(folder: Path, label: str, instance: str, seed: int) -> list[Row]:
    """A run's history at a few dozen points, evenly spread over the logarithm of its length."""
    try:
        history = History.from_dict(read_json(folder / HISTORY))
    except InputError:
        return []
    count = len(history.best)
    if not count:
        return []
    points = np.unique(np.geomspace(1, count, CONVERGENCE_POINTS).round().astype(int)) - 1
    return [
        {
            "label": label,
            "instance": instance,
            "seed": seed,
            "evaluations": int(history.evaluations[k]),
            "seconds": round(float(history.seconds[k]), 6),
            "best": float(history.best[k]),
        }
        for k in points
    ]


def write_csv(path: Path, fields: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as CSV, whole or not at all."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fields, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def read_csv(path: str | os.PathLike[str]) -> list[Row]:
    """Rows of a CSV file, with numbers as numbers and nothing as None.

    Raises
    ------
    InputError
        When the file cannot be read.
    """
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return [{key: _value(text) for key, text in row.items()} for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: the table cannot be read ({error})") from None


def _value(text: str | None) -> Any:
    if not text:
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
