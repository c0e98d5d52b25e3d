"""A collected study, read again: what reports are made of."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cmo_kit.check import check_schedule
from cmo_kit.base.errors import InputError
from cmo_kit.core.instance import Instance
from cmo_kit.base.jsonfile import read_json
from cmo_kit.formats.history import History
from cmo_kit.core.schedule import Schedule
from cmo_kit.library import notebooks_folder
from cmo_kit.study.results.collect import BEST, BOUNDS, CONVERGENCE, FAILURES, TABLE
from cmo_kit.base.csvfile import Row, read_csv
from cmo_kit.study.results.tables import problems_of, sets_of
from cmo_kit.study.plan.task import file_name

EXAMPLE = "data/quick"


@dataclass(frozen=True)
class Study:
    """The tables of a study and the folder that they came from."""

    folder: Path
    rows: Sequence[Row]
    failures: Sequence[Row]
    convergence: Sequence[Row]
    bounds: Sequence[Row]

    @property
    def processors(self) -> list[str]:
        """The processors that the runs happened on."""
        return list(dict.fromkeys(str(row.get("cpu")) for row in self.rows))

    def rows_by_set(self) -> dict[str, list[Row]]:
        """The runs of every set of problems."""
        sets = sets_of(problems_of(self.rows))
        return {name: [row for row in self.rows if row["instance"] in found] for name, found in sets.items()}

    def instance(self, name: str) -> Instance:
        """A problem of the study, as the study ran it.

        Raises
        ------
        InputError
            When the study has no such problem.
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
        return self.folder / BEST / f"{file_name(name)}.json"

    def curves_by_problem(self) -> dict[str, dict[str, list[History]]]:
        """Histories by method and set, then by problem: ``label, set`` -> problem -> runs."""
        points: dict[tuple[str, str, int], list[Row]] = {}
        for row in self.convergence:
            points.setdefault((row["label"], row["instance"], row["seed"]), []).append(row)
        curves: dict[str, dict[str, list[History]]] = {}
        for (label, instance, _), found in points.items():
            best = np.array([row["best"] for row in found], dtype=float)
            history = History(
                best=best,
                mean=best,
                worst=best,
                evaluations=np.array([row["evaluations"] for row in found]),
                seconds=np.array([row["seconds"] for row in found], dtype=float),
                distinct=np.zeros(len(found), dtype=np.int64),
            )
            name = f"{label}, {instance.rsplit('-', 1)[0]}"
            curves.setdefault(name, {}).setdefault(instance, []).append(history)
        return curves


def load_study(folder: str | os.PathLike[str] = "") -> Study:
    """Read a study's collected tables; without a folder, the small study that comes with the notebooks.

    Raises
    ------
    InputError
        When the tables are not there or cannot be read.
    """
    place = Path(folder) if folder else notebooks_folder() / EXAMPLE
    runs = read_csv(
        place / TABLE,
        ("label", "instance", "method", "status", "digest"),
        ("seed", "lower_bound", "seconds", "evaluations"),
        ("total_tardiness",),
    )
    failures = read_csv(place / FAILURES, ("label", "instance", "folder", "reason"), ("seed",))
    points = read_csv(place / CONVERGENCE, ("label", "instance"), ("seed", "evaluations", "seconds", "best"))
    bounds = read_csv(place / BOUNDS, ("instance", "source"), ("lower_bound",))
    if not runs:
        raise InputError(f"{place / TABLE}: the table has no rows; a report needs at least one run")
    return Study(place, runs, failures, points, bounds)
