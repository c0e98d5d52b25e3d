"""How total tardiness falls while methods run, with the spread over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown
from cmo_kit.formats.history import History
from cmo_kit.views.style import drawable, finish, new_axes, series_look
from cmo_kit.views.words import enumeration, rounded

MOST_POINTS = 400


@drawable
def plot_convergence(
    histories_by_label: Mapping[str, Sequence[History]],
    x: Literal["evaluations", "seconds"] = "evaluations",
    ax: Axes | None = None,
    time_unit: str = "",
) -> Axes:
    """Draw the best total tardiness so far: per label the median over seeds and a band from least to greatest.

    Parameters
    ----------
    histories_by_label : mapping from a label to histories, one for each seed
        Total tardiness is in time units. A run that has ended keeps its last value.
    x : {"evaluations", "seconds"}
    ax : matplotlib.axes.Axes, optional
    time_unit : str
        That of the instance; empty where the histories are of instances with different ones.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        For another ``x``, or a label without any history that has a row.

    Examples
    --------
    >>> runs = [solve(load_instance("fig3"), seed=seed, generations=5, population_size=20).history for seed in (1, 2)]
    >>> plot_convergence({"GA": runs}).get_xlabel()
    'evaluated schedules'
    """
    if x not in ("evaluations", "seconds"):
        raise InputError(f"x is {shown(x)}; it must be 'evaluations' or 'seconds'")
    ax = new_axes(ax, 4.2)
    end = max((float(getattr(h, x)[-1]) for hs in histories_by_label.values() for h in hs if len(h.best)), default=1.0)
    for k, (label, histories) in enumerate(histories_by_label.items()):
        grid, values = spread(label, histories, x, end)
        look, runs = series_look(k), f" ({len(values)} runs)" if len(values) > 1 else ""
        if len(values) > 1:
            ax.fill_between(grid, values.min(axis=0), values.max(axis=0), step="post", alpha=0.22, color=look["color"],
                            linewidth=0, gid=f"band-{k}")  # fmt: skip
        ax.step(grid, np.median(values, axis=0), where="post", linewidth=2, label=f"{label}{runs}",
                gid=f"median-{k}", **look)  # fmt: skip
    ax.set_ylim(bottom=0)
    ax.set_xlabel("evaluated schedules" if x == "evaluations" else "seconds")
    ax.set_ylabel(f"best total tardiness so far, {time_unit}s" if time_unit else "best total tardiness so far")
    ax.grid(axis="y", color="0.9")
    if histories_by_label:
        ax.legend(frameon=False, handlelength=4)
    return finish(ax, "right", "top", title="Convergence: median over seeds, band from least to greatest")


def spread(
    label: str, histories: Sequence[History], x: str, end: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The best so far of every run at common points; shapes (n,) and (runs, n)."""
    runs = [history for history in histories if len(history.best)]
    if not runs:
        raise InputError(f"the histories of {shown(label)} are empty; there must be one with at least one row")
    begin = max(float(getattr(run, x)[0]) for run in runs)
    points = np.unique(np.concatenate([np.asarray(getattr(run, x), dtype=np.float64) for run in runs] + [[end]]))
    points = points[points >= begin]
    if len(points) > MOST_POINTS:
        points = np.unique(points[np.linspace(0, len(points) - 1, MOST_POINTS).round().astype(int)])
    values = [run.best[np.searchsorted(getattr(run, x), points, side="right") - 1] for run in runs]
    return points, np.array(values, dtype=np.float64)


def alt_text_convergence(
    histories_by_label: Mapping[str, Sequence[History]],
    x: Literal["evaluations", "seconds"] = "evaluations",
    time_unit: str = "",
) -> str:
    """The picture in words: per label the first and the final best, median and range over seeds.

    Parameters
    ----------
    histories_by_label, x, time_unit
        As in :func:`plot_convergence`.

    Returns
    -------
    str

    Examples
    --------
    >>> runs = [solve(load_instance("fig3"), seed=seed, generations=5, population_size=20).history for seed in (1, 2)]
    >>> print(alt_text_convergence({"GA": runs}))
    Best total tardiness so far against evaluations: GA falls from 18 to 15 (median of 2; final values 12 to 18).
    """
    parts = []
    for label, histories in histories_by_label.items():
        first, last = ([float(h.best[place]) for h in histories if len(h.best)] for place in (0, -1))
        if last:
            parts.append(
                f"{label} falls from {rounded(np.median(first))} to {rounded(np.median(last))} "
                f"(median of {len(last)}; final values {rounded(min(last))} to {rounded(max(last))})"
            )
    if time_unit:
        return f"Best total tardiness so far, in {time_unit}s, against {x}: {enumeration(parts)}."
    return f"Best total tardiness so far against {x}: {enumeration(parts)}."
