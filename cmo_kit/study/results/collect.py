"""A study's tables: collected from the folders of its runs, and read again by what makes reports of them."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cmo_kit.base.csvfile import Row, read_csv, write_csv
from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import read_json, write_json
from cmo_kit.base.values import check_number
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.formats.history import History
from cmo_kit.library import instances_folder, notebooks_folder
from cmo_kit.methods.names import method_name
from cmo_kit.study.execute.record import CURVE, SOLUTION, read_run
from cmo_kit.study.plan.plan_file import Plan
from cmo_kit.study.plan.task import file_name
from cmo_kit.study.results.gaps import best_bounds, read_best_known
from cmo_kit.study.results.grid import Grid, by_methods, find_grids
from cmo_kit.study.results.tables import problems_of, sets_of

TABLE, CONVERGENCE, FAILURES, BOUNDS = "table.csv", "convergence.csv", "failures.csv", "bounds.csv"
BEST = "best"
#: What a run's convergence is told in.
COURSE = ("evaluations", "seconds", "best")
#: The small study that comes with the notebooks.
EXAMPLE = "data/quick"


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
            curve, head = read_json(folder / CURVE), {"label": task.label, "instance": task.instance, "seed": task.seed}
            rising = zip(*(curve[column] for column in COURSE), strict=True)
            points += [head | dict(zip(COURSE, point, strict=True)) for point in rising]
        total = row["total_tardiness"]
        if total is not None and (task.instance not in best or total < best[task.instance][0]):
            best[task.instance] = (total, folder)
    fields = list(dict.fromkeys(key for row in rows for key in row if key != "host" and not key.endswith("_sha256")))
    write_csv(place / TABLE, fields, rows)
    write_csv(place / CONVERGENCE, ("label", "instance", "seed", *COURSE), points)
    write_bounds(place, rows, plan.instances)
    reasons = [
        {"label": t.label, "instance": t.instance, "seed": t.seed, "folder": t.folder, "reason": failures[t.hash]}
        for t in plan.tasks
        if t.hash in failures
    ]
    write_csv(place / FAILURES, ("label", "instance", "seed", "folder", "reason"), reasons)
    make_folder(place / BEST)
    files = best_files(problems_of(rows))
    for name, (_, folder) in best.items():
        write_json(place / BEST / files[name], read_json(folder / SOLUTION)["schedule"])
    return rows


def best_files(problems: Iterable[str]) -> dict[str, str]:
    """The file of each problem's best schedule; a number tells apart problems whose names are alike in a path."""
    times: Counter[str] = Counter()
    files = {}
    for problem in problems:
        stem = file_name(problem)
        times[stem] += 1
        files[problem] = f"{stem}.json" if times[stem] == 1 else f"{stem}-{times[stem]}.json"
    return files


def write_bounds(place: Path, rows: Sequence[Row], instances: Mapping[str, Instance]) -> None:
    """Write the best bounds for a study's problems, from its runs and from the best values known today."""
    bounds = best_bounds(rows, read_best_known(instances_folder()).values(), instances)
    write_csv(place / BOUNDS, ("instance", "lower_bound", "source"), bounds)


@dataclass(frozen=True)
class Study:
    """The tables of a study and the folder that they came from; a grid of parameters stands as one method.

    Parameters
    ----------
    folder : Path
    rows, failures, convergence, bounds : sequence of mapping
        The lines of ``table.csv`` (one a run), ``failures.csv``, ``convergence.csv`` and ``bounds.csv`` by column;
        total tardiness and bounds are in time units.
    grids : sequence of Grid
        The labels that are settings of one method.

    Examples
    --------
    >>> from cmo_kit.study.results.collect import load_study
    >>> study = load_study()
    >>> {name: len(rows) for name, rows in study.rows_by_set().items()}
    {'small': 30}
    >>> study.check_best()
    '5 best schedules checked: no violation'
    """

    folder: Path
    rows: Sequence[Row]
    failures: Sequence[Row]
    convergence: Sequence[Row]
    bounds: Sequence[Row]
    grids: Sequence[Grid] = ()

    @property
    def processors(self) -> list[str]:
        """The processors that the runs happened on."""
        return list(dict.fromkeys(str(row.get("cpu")) for row in self.rows))

    def rows_by_set(self) -> dict[str, list[Row]]:
        """The runs of every set of problems."""
        sets = sets_of(problems_of(self.rows))
        return {name: [row for row in self.rows if row["instance"] in found] for name, found in sets.items()}

    @property
    def time_unit(self) -> str:
        """What all its problems count time in, or ``time unit`` where they differ."""
        units = {self.instance(name).time_unit for name in problems_of(self.rows)}
        return units.pop() if len(units) == 1 else "time unit"

    def instance(self, name: str) -> Instance:
        """A problem of the study, as the study ran it.

        Raises :class:`InputError` when the study has no such problem.
        """
        digests = {row["digest"] for row in self.rows if row["instance"] == name}
        for path in sorted((self.folder / "instances").glob("*.json")):
            instance = Instance.load(path)
            if instance.name == name and instance.digest in digests:
                return instance
        raise InputError(f"the study in {self.folder} has no problem {name!r}")

    def best_schedule(self, name: str) -> Schedule:
        """The schedule of least total tardiness that any run found for a problem."""
        return Schedule.load(self.best_path(name), self.instance(name))

    def check_best(self) -> str:
        """What the independent checker says of the best schedules, one line a violation."""
        lines = []
        problems = [name for name in problems_of(self.rows) if self.best_path(name).exists()]
        for name in problems:
            document = read_json(self.best_path(name))
            lines += [f"{name}: {violation.message}" for violation in check_schedule(self.instance(name), document)]
        return "\n".join(lines) or f"{len(problems)} best schedules checked: no violation"

    def best_path(self, name: str) -> Path:
        """The file of a problem's best schedule; absent when no run found one."""
        return self.folder / BEST / self._best_files.get(name, f"{file_name(name)}.json")

    @cached_property
    def _best_files(self) -> dict[str, str]:
        return best_files(problems_of(self.rows))

    def curves_by_problem(self) -> dict[str, dict[str, list[History]]]:
        """Histories by method and set, then by problem: ``label, set`` -> problem -> runs."""
        points: dict[tuple[str, str, int], list[Row]] = {}
        for row in self.convergence:
            points.setdefault((row["label"], row["instance"], row["seed"]), []).append(row)
        curves: dict[str, dict[str, list[History]]] = {}
        names = {label: grid.name for grid in self.grids for label in grid.settings}
        for (label, instance, _), found in points.items():
            rows = [(*[row["best"]] * 3, row["evaluations"], row["seconds"], 0) for row in found]
            name = f"{names.get(label, method_name(label))}, {instance.rsplit('-', 1)[0]}"
            curves.setdefault(name, {}).setdefault(instance, []).append(History.from_rows(rows))
        return curves


def load_study(folder: str | os.PathLike[str] = "") -> Study:
    """Read a study's collected tables.

    Parameters
    ----------
    folder : path, optional
        The study's; without it the small study that comes with the notebooks.

    Returns
    -------
    Study

    Raises
    ------
    InputError
        When the tables are not there or cannot be read.

    Examples
    --------
    >>> study = load_study()
    >>> len(study.rows), sorted({row["label"] for row in study.rows})
    (30, ['Expert, batch by batch', 'Expert, whole orders', 'GA', '[P] with CBC'])
    """
    place = Path(folder) if folder else notebooks_folder() / EXAMPLE
    runs = read_csv(
        place / TABLE,
        ("label", "instance", "method", "status", "digest"),
        ("seed", "lower_bound", "seconds", "evaluations"),
        ("total_tardiness",),
    )
    failures = read_csv(place / FAILURES, ("label", "instance", "folder", "reason"), ("seed",))
    points = read_csv(place / CONVERGENCE, ("label", "instance"), ("seed", *COURSE))
    for number, row in enumerate(points, start=1):  # a history counts in 64 bits
        check_number(row["evaluations"], f"{place / CONVERGENCE}: row {number}: evaluations", 0, 2.0**62)
    bounds = read_csv(place / BOUNDS, ("instance", "source"), ("lower_bound",))
    if not runs:
        raise InputError(f"{place / TABLE}: the table has no rows; a report needs at least one run")
    grids = find_grids(runs)
    return Study(place, by_methods(runs, grids), failures, points, bounds, grids)
