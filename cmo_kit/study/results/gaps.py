"""How far from optimal: proven lower bounds, and the gap of every method to them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cmo_kit.base.csvfile import Row, read_csv
from cmo_kit.base.text import NOT_AVAILABLE
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.library import instance_names, instances_folder, load_instance
from cmo_kit.methods.registry import solve
from cmo_kit.study.results.tables import labels_of, mean_over_seeds, problems_of

BEST_KNOWN = "best_known.csv"
COLUMNS = ("instance", "best", "lower_bound", "status", "method", "schedule", "date", "seconds", "certificate")


def best_bounds(
    rows: Sequence[Row], known: Iterable[Mapping[str, Any]], instances: Mapping[str, Instance]
) -> list[dict[str, Any]]:
    """The greatest lower bound for each problem, and where it comes from.

    ``rows`` are a study's runs, ``instances`` its problems by name, and ``known`` the rows of the best values known
    that come with the kit: such a bound counts only where the problem is the kit's own.
    """
    bounds: dict[str, tuple[float, str]] = {}
    for row in rows:
        if row["lower_bound"] > bounds.get(row["instance"], (0.0, ""))[0]:
            bounds[row["instance"]] = (row["lower_bound"], f"the runs: {row['label']}")
    for best in known:
        name, bound = best["instance"], float(best["lower_bound"] or 0)
        ours = name in instances and instances[name].name == name and is_shipped(instances[name])
        if ours and bound > bounds.get(name, (0.0, ""))[0]:
            bounds[name] = (bound, "the best values known")
    found = ((name, bounds.get(name)) for name in problems_of(rows))
    return [{"instance": name, "lower_bound": bound[0], "source": bound[1]} for name, bound in found if bound]


def read_best_known(folder: Path) -> dict[str, dict[str, str]]:
    """The rows of a folder's ``best_known.csv`` by instance, as texts; empty where nothing is known.

    Raises :class:`InputError` when the table cannot be read.
    """
    rows = read_csv(folder / BEST_KNOWN, ("instance",), (), ("best", "lower_bound"))
    return {row["instance"]: {key: "" if cell is None else str(cell) for key, cell in row.items()} for row in rows}


def is_shipped(instance: Instance) -> bool:
    """Whether the instance is the one that comes with the kit under its name."""
    return instance.name in instance_names() and load_instance(instance.name).digest == instance.digest


def known_of(instance: Instance) -> dict[str, str] | None:
    """The row of the best values known for this very problem; None where the kit has none."""
    return read_best_known(instances_folder()).get(instance.name) if is_shipped(instance) else None


def good_schedule(instance: Instance, moves: int = 200_000) -> Schedule:
    """The best schedule known where the kit has one, else what a short ``search`` finds."""
    if (row := known_of(instance)) is not None:
        return Schedule.load(instances_folder() / row["schedule"], instance)
    found = solve(instance, "search", evaluations=moves).schedule
    assert found is not None
    return found


def gap_table(rows: Sequence[Row], bounds: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Lower bound by problem and, for each method, how far its mean lies above it, as a share of the mean."""
    labels = labels_of(rows)
    ours = mean_over_seeds(rows, "total_tardiness")
    lines = []
    for row in bounds:
        bound, by_label = row["lower_bound"], ours[row["instance"]]
        cells = []
        for label in labels:
            total = by_label.get(label)
            cells.append(NOT_AVAILABLE if total is None else f"{100 * (total - bound) / total if total else 0:.1f} %")
        lines.append([row["instance"], f"{bound:.10g}", *cells])
    return ["problem", "lower bound", *labels], lines
