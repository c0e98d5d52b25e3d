"""How far from optimal: proven lower bounds, and the gap of every method to them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.core.instance import Instance
from cmo_kit.base.values import shown
from cmo_kit.library import instance_names, load_instance
from cmo_kit.base.csvfile import read_csv
from cmo_kit.study.results.tables import NOT_AVAILABLE, labels_of, mean_over_seeds, problems_of

Row = Mapping[str, Any]
BEST_KNOWN = "best_known.csv"
COLUMNS = ("instance", "best", "lower_bound", "status", "method", "schedule", "date", "seconds", "certificate")


def best_bounds(rows: Sequence[Row], known: Iterable[Row], instances: Mapping[str, Instance]) -> list[dict[str, Any]]:
    """The greatest lower bound for each problem, and where it comes from.

    Parameters
    ----------
    rows : sequence
        A study's runs.
    known : iterable
        The rows of the best values known that come with the kit.
    instances : mapping
        The study's problems by name; a known bound counts only where the problem is the kit's own.
    """
    bounds: dict[str, tuple[float, str]] = {}
    for row in rows:
        if row["lower_bound"] > bounds.get(row["instance"], (0.0, ""))[0]:
            bounds[row["instance"]] = (row["lower_bound"], f"the runs: {row['label']}")
    shipped = set(instance_names())
    for row in known:
        name, bound = row["instance"], float(row["lower_bound"] or 0)
        same = name in instances and name in shipped and load_instance(name).digest == instances[name].digest
        if same and bound > bounds.get(name, (0.0, ""))[0]:
            bounds[name] = (bound, "the best values known")
    found = ((name, bounds.get(name)) for name in problems_of(rows))
    return [{"instance": name, "lower_bound": best[0], "source": best[1]} for name, best in found if best]


def read_best_known(folder: Path) -> dict[str, dict[str, str]]:
    """The rows of a folder's ``best_known.csv`` by instance, as texts; empty where nothing is known.

    Raises
    ------
    InputError
        When the table cannot be read, names an instance twice, or names a file outside the folder.
    """
    path, found = folder / BEST_KNOWN, {}
    for row in read_csv(path, ("instance",), (), ("best", "lower_bound")):
        name = row["instance"]
        if name in found or tuple(row) != COLUMNS:
            raise InputError(f"{path}: {shown(name)} must stand there once, in the columns {', '.join(COLUMNS)}")
        found[name] = {key: "" if value is None else str(value) for key, value in row.items()}
        for key in ("schedule", "certificate"):
            parts = Path(found[name][key])
            if parts.is_absolute() or ".." in parts.parts:
                raise InputError(f"{path}: {key} of {name} is {shown(str(parts))}; it must be a file of the folder")
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
