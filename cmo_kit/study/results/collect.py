"""From the runs' folders to the tables that a report reads."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import read_json, write_json
from cmo_kit.library import instances_folder
from cmo_kit.base.csvfile import Row, write_csv
from cmo_kit.study.results.gaps import best_bounds, read_best_known
from cmo_kit.study.plan.plan_file import Plan
from cmo_kit.study.execute.record import CURVE, SOLUTION, read_run
from cmo_kit.study.plan.task import Task, file_name

TABLE, CONVERGENCE, FAILURES, BOUNDS = "table.csv", "convergence.csv", "failures.csv", "bounds.csv"
BEST = "best"


def collect(plan: Plan, out: str | os.PathLike[str], failures: Mapping[str, str]) -> list[Row]:
    """Write the tables (runs, convergence, bounds, failures) and the best schedules; return the rows of the first.

    A row is a run, in the order of the plan, whatever the order in which they were done. The best schedule of an
    instance is the first of least total tardiness.
    """
    place = Path(out)
    rows, points = [], []
    best: dict[str, tuple[float, Path]] = {}
    for task in plan.tasks:
        folder = place / "runs" / task.folder
        try:
            row = read_run(folder, task.hash, files=("solution_sha256", "curve_sha256"))
        except InputError:
            continue
        row["label"] = task.label
        rows.append(row)
        if "curve_sha256" in row:
            points += _points(task, read_json(folder / CURVE))
        total = row["total_tardiness"]
        if total is not None and (task.instance not in best or total < best[task.instance][0]):
            best[task.instance] = (total, folder)
    fields = list(dict.fromkeys(key for row in rows for key in row if key != "host" and not key.endswith("_sha256")))
    write_csv(place / TABLE, fields, rows)
    write_csv(place / CONVERGENCE, ("label", "instance", "seed", "evaluations", "seconds", "best"), points)
    bounds = best_bounds(rows, read_best_known(instances_folder()).values(), plan.instances)
    write_csv(place / BOUNDS, ("instance", "lower_bound", "source"), bounds)
    reasons = [
        {"label": t.label, "instance": t.instance, "seed": t.seed, "folder": t.folder, "reason": failures[t.hash]}
        for t in plan.tasks
        if t.hash in failures
    ]
    write_csv(place / FAILURES, ("label", "instance", "seed", "folder", "reason"), reasons)
    make_folder(place / BEST)
    for name, (_, folder) in best.items():
        write_json(place / BEST / f"{file_name(name)}.json", read_json(folder / SOLUTION)["schedule"])
    return rows


def _points(task: Task, curve: Mapping[str, Sequence[float]]) -> list[Row]:
    """The points of a run's convergence as rows."""
    columns = zip(curve["evaluations"], curve["seconds"], curve["best"], strict=True)
    head = {"label": task.label, "instance": task.instance, "seed": task.seed}
    return [head | {"evaluations": e, "seconds": s, "best": best} for e, s, best in columns]
