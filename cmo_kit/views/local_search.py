"""Pictures of searches that change one schedule: its neighbours, what an annealing accepts, and where a walk leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from cmo_kit.views.layout import SERIES_COLOURS
from cmo_kit.views.style import drawable, finish, new_axes, series_look
from cmo_kit.views.words import enumeration, rounded

MOST_POINTS = 2000


@drawable
def plot_neighbours(changes: Mapping[str, ArrayLike], time_unit: str = "day", ax: Axes | None = None) -> Axes:
    """Draw every neighbour of a schedule as a mark: by how much its total tardiness differs, a row for each kind.

    Parameters
    ----------
    changes : mapping from a kind of move to differences (n,), in time units; below 0 is better
    time_unit : str
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax, 1.2 + 0.8 * len(changes))
    for row, values in enumerate(changes.values()):
        x = np.sort(np.asarray(values, dtype=np.float64))
        y = row + 0.6 * ((np.arange(len(x)) * 0.618) % 1 - 0.5)  # spread evenly, without chance
        for chosen, colour, marker in ((x >= 0, SERIES_COLOURS[3], "."), (x < 0, SERIES_COLOURS[1], "v")):
            ax.plot(x[chosen], y[chosen], marker, color=colour, markersize=5, alpha=0.7)
    ax.axvline(0, color="0.3", linewidth=1)
    labels = [f"{kind}\n{int((np.asarray(values) < 0).sum())} better" for kind, values in changes.items()]
    ax.set_yticks(range(len(labels)), labels)
    ax.invert_yaxis()
    ax.set_xlabel(f"total tardiness of the neighbour less that of the schedule ({time_unit}s); triangles are better")
    return finish(ax, "right", "top", title="Every neighbour of the schedule")


def alt_text_neighbours(changes: Mapping[str, ArrayLike], time_unit: str = "day") -> str:
    """The picture in words: per kind how many neighbours are better, equal and worse, and the best and worst."""
    parts = []
    for kind, given in changes.items():
        values = np.asarray(given, dtype=np.float64)
        if not len(values):
            parts.append(f"{kind}: no neighbour")
            continue
        counts = f"{(values < 0).sum()} better, {(values == 0).sum()} equal, {(values > 0).sum()} worse"
        parts.append(f"{kind}: {len(values)} neighbours, {counts}, from {values.min():+g} to {values.max():+g}")
    return f"Neighbours of a schedule by the change of total tardiness in {time_unit}s. {'; '.join(parts)}."


@drawable
def plot_acceptance(
    temperatures: Sequence[float], worst: float = 30, time_unit: str = "day", ax: Axes | None = None
) -> Axes:
    """Draw exp(-d / t), with which an annealing accepts what is worse by ``d``, for some temperatures ``t``."""
    ax = new_axes(ax, 3.6)
    d = np.linspace(0, worst, 200)
    for k, t in enumerate(temperatures):
        ax.plot(d, np.exp(-d / t), linewidth=2, label=f"temperature {t:g}", **series_look(k))
    ax.set_xlabel(f"how much worse the neighbour is ({time_unit}s)")
    ax.set_ylabel("probability of acceptance")
    ax.set_ylim(0, 1.02)
    ax.legend(frameon=False, handlelength=4)
    return finish(ax, "right", "top", title="How often something worse is accepted")


def alt_text_acceptance(temperatures: Sequence[float], worst: float = 30, time_unit: str = "day") -> str:
    """The picture in words: per temperature the probability in the middle and at the end."""
    parts = [
        f"at temperature {t:g} {np.exp(-worst / 6 / t):.1%} for {worst / 6:g} {time_unit}s worse and "
        f"{np.exp(-worst / t):.1%} for {worst:g}"
        for t in temperatures
    ]
    return f"Probability of acceptance falls from 1: {enumeration(parts)}."


@drawable
def plot_walks(walks: Mapping[str, ArrayLike], time_unit: str = "day", ax: Axes | None = None) -> Axes:
    """Draw the total tardiness of the schedule on which each walk stands, after every evaluation."""
    ax = new_axes(ax, 4.0)
    for k, (label, values) in enumerate(walks.items()):
        y = np.asarray(values, dtype=np.float64)
        shown = np.unique(np.linspace(0, len(y) - 1, MOST_POINTS).round().astype(int))
        ax.plot(shown + 1, y[shown], linewidth=1.4, label=label, **series_look(k))
    ax.set_xlabel("evaluated schedules")
    ax.set_ylabel(f"total tardiness where the walk stands ({time_unit}s)")
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False, handlelength=4)
    return finish(ax, "right", "top", title="Walks from schedule to schedule")


def alt_text_walks(walks: Mapping[str, ArrayLike], time_unit: str = "day") -> str:
    """The picture in words: per walk where it begins, its highest and lowest place, and its end."""
    parts = []
    for label, given in walks.items():
        y = np.asarray(given, dtype=np.float64)
        first, most, least, last = map(rounded, (y[0], y.max(), y.min(), y[-1]))
        parts.append(f"{label} begins at {first}, is at most {most}, at least {least}, and ends at {last}")
    return f"Total tardiness along walks, in {time_unit}s. {'; '.join(parts)}."
