"""Studies that vary parameters: the settings of a run are one method, and each parameter has an effect."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.csvfile import Row
from cmo_kit.base.text import NOT_AVAILABLE
from cmo_kit.methods.names import method_name
from cmo_kit.study.results.tables import mean_over_seeds

PREFIX = "parameters."


@dataclass(frozen=True)
class Grid:
    """The settings of one run of a plan whose parameters have several values.

    Attributes
    ----------
    name : str
        What all of them are called together.
    settings : mapping from a label to its values by parameter
    rows : sequence
        Their runs.
    """

    name: str
    settings: Mapping[str, Mapping[str, str]]
    rows: Sequence[Row]

    @cached_property
    def values(self) -> dict[str, list[str]]:
        """The values of every parameter, numbers in ascending order."""
        found: dict[str, dict[str, None]] = {}
        for setting in self.settings.values():
            for key, value in setting.items():
                found.setdefault(key, {})[value] = None
        return {key: sorted(values, key=_rank) for key, values in found.items()}

    @cached_property
    def totals(self) -> tuple[list[str], NDArray[np.float64]]:
        """The problems on which all runs have a schedule, and the mean over seeds there; shape (settings, problems)."""
        means = mean_over_seeds(self.rows, "total_tardiness")
        whole = [p for p, by_label in means.items() if all(by_label.get(s) is not None for s in self.settings)]
        table = [[means[problem][setting] for problem in whole] for setting in self.settings]
        return whole, np.array(table, dtype=np.float64).reshape(len(self.settings), len(whole))

    @cached_property
    def relative(self) -> NDArray[np.float64]:
        """Per cent above the mean of all settings on the same problem; shape (settings, problems)."""
        totals = self.totals[1]
        mean = totals.mean(axis=0, keepdims=True)
        per_cent: NDArray[np.float64] = 100 * (np.divide(totals, mean, out=np.ones_like(totals), where=mean > 0) - 1)
        return per_cent

    def chosen(self, **values: str) -> NDArray[np.bool_]:
        """Which settings have these values; shape (settings,)."""
        pairs = values.items()
        return np.array([all(setting[key] == value for key, value in pairs) for setting in self.settings.values()])

    def mean(self, **values: str) -> float:
        """Per cent above the mean of all settings, averaged over the settings that have these values and problems."""
        return float(self.relative[self.chosen(**values)].mean())

    def strongest(self) -> tuple[str, str] | None:
        """The two parameters that matter most: whose values' means lie furthest apart; None if there is only one."""
        apart = {key: np.ptp([self.mean(**{key: value}) for value in values]) for key, values in self.values.items()}
        return max(combinations(self.values, 2), key=lambda pair: apart[pair[0]] + apart[pair[1]], default=None)


def _rank(value: str) -> tuple[bool, float, str]:
    """Numbers first and by size, then words in their order."""
    try:
        return False, float(value), ""
    except ValueError:
        return True, 0.0, value


def find_grids(rows: Sequence[Row]) -> list[Grid]:
    """The grids of a study, read from labels such as ``GA, population_size=50, w=1`` and the parameters' columns."""
    keys = {key.removeprefix(PREFIX) for row in rows for key in row if key.startswith(PREFIX)}
    parts = re.compile(", (?=(?:" + "|".join(map(re.escape, sorted(keys, key=len, reverse=True))) + ")=)")
    families: dict[tuple[str, str, tuple[str, ...]], dict[str, dict[str, str]]] = {}
    for label, method in dict.fromkeys((row["label"], row["method"]) for row in rows):
        base, *given = parts.split(label) if keys else [label]
        setting = dict(part.split("=", 1) for part in given)
        families.setdefault((base, method, tuple(setting)), {})[label] = setting
    bases = [base for base, _, _ in families]
    grids = []
    for (base, method, varied), settings in families.items():
        if varied and len(settings) > 1:
            name = method_name(base) if bases.count(base) == 1 else f"{method_name(base)}: {', '.join(varied)}"
            runs = [row for row in rows if row["label"] in settings and row["method"] == method]
            grids.append(Grid(name, settings, runs))
    return grids


def by_methods(rows: Sequence[Row], grids: Sequence[Grid]) -> list[Row]:
    """The rows with the names that people use, and a grid as one method; ``grid`` says whether a row is of one."""
    names = {label: grid.name for grid in grids for label in grid.settings}
    return [
        row | {"label": names.get(row["label"], method_name(row["label"])), "grid": row["label"] in names}
        for row in rows
    ]


def effects_table(grid: Grid) -> tuple[list[str], list[list[str]]]:
    """What each value of each parameter does, with the other parameters averaged."""
    problems, totals = grid.totals
    lines = []
    for key, values in grid.values.items():
        for value in values:
            chosen = grid.chosen(**{key: value})
            found = grid.relative[chosen]
            cells = [NOT_AVAILABLE] * 3
            if problems:
                spread = f"{found.min():+.1f} % to {found.max():+.1f} %"
                cells = [f"{totals[chosen].mean():,.1f}", f"{found.mean():+.1f} %", spread]
            lines.append([f"{key} = {value}", str(int(chosen.sum())), *cells])
    return ["parameter", "settings", "mean total tardiness", "beside all settings", "least to greatest"], lines


def best_settings(grid: Grid, most: int = 5) -> tuple[list[str], list[list[str]]]:
    """The settings of least mean, with a column for each parameter."""
    problems, totals = grid.totals
    settings = list(grid.settings.values())
    order = np.argsort(grid.relative.mean(axis=1), kind="stable")[: most if problems else 0].tolist()
    lines: list[list[Any]] = [
        [str(rank), *settings[k].values(), f"{totals[k].mean():,.1f}", f"{grid.relative[k].mean():+.1f} %"]
        for rank, k in enumerate(order, start=1)
    ]
    return ["rank", *grid.values, "mean total tardiness", "beside all settings"], lines
