"""How total tardiness is spread over several groups of schedules, such as children of equal parents."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from cmo_kit.views.style import INK, VERMILLION, finish, new_axes, order_style

BINS = 80


def plot_children(
    groups: Mapping[str, NDArray[np.float64]], parent: float, unit: str = "day", ax: Axes | None = None
) -> Axes:
    """Draw a histogram for each group, one above the other on one axis, each as high as its row.

    Parameters
    ----------
    groups : mapping from a name to total tardiness (e,)
    parent : float
        The parents' total tardiness, drawn as a line.
    unit : str
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax, 1.4 + 0.75 * len(groups))
    everything = np.concatenate([*groups.values(), [parent]])
    low, high = float(everything.min()), float(everything.max())
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    for row, (name, values) in enumerate(groups.items()):
        counts, _ = np.histogram(values, edges)
        look = order_style(row)
        ax.bar(edges[:-1], 0.65 * counts / max(1, counts.max()), width=np.diff(edges), bottom=len(groups) - 1 - row,
               align="edge", color=look.colour, hatch=look.hatch, edgecolor=INK, linewidth=0.4,
               gid=f"group-{row}")  # fmt: skip
        ax.text(high, len(groups) - 0.25 - row, f"{name}: mean {values.mean():.0f}", ha="right", fontsize=9)
    ax.axvline(parent, color=VERMILLION, linewidth=1.5, gid="parent")
    ax.annotate(f"parents: {parent:g}", (parent, len(groups)), (5, 0), textcoords="offset points", fontsize=9,
                va="top", color=VERMILLION)  # fmt: skip
    ax.set_ylim(0, len(groups) + 0.05)
    ax.set_yticks([])
    ax.set_xlabel(f"total tardiness of the child, {unit}s")
    ax.set_title("Children of two codes of one schedule (each histogram scaled to its row)", loc="left", fontsize=11)
    return finish(ax, "left", "right", "top")


def alt_text_children(groups: Mapping[str, NDArray[np.float64]], parent: float, unit: str = "day") -> str:
    """The picture in words: range and mean by group."""
    parts = [
        f"{name}: {values.min():.6g} to {values.max():.6g}, mean {values.mean():.1f}" for name, values in groups.items()
    ]
    return f"Total tardiness in {unit}s of children of parents with {parent:g}. {'; '.join(parts)}."
