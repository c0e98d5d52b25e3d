"""Mean tardiness of an order against the batches before it: points by set, and the line through them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from cmo_kit.views.style import BLUE, INK, VERMILLION, finish, new_axes

MARKS = (("o", VERMILLION), ("s", BLUE))


def plot_slack_fit(
    points: Mapping[str, Mapping[str, tuple[float, float]]], gap: float, slack: float, ax: Axes | None = None
) -> Axes:
    """Draw ``gap * x - slack`` with the points of one or two sources.

    Parameters
    ----------
    points : mapping from a source to a mapping from a set to (batches before, mean tardiness of an order)
        The line belongs to the first source.
    gap, slack : float
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax, 4.4)
    right = 1.1 * max(x for sets in points.values() for x, _ in sets.values())
    x = np.array([0.0, right])
    ax.plot(x, gap * x - slack, color=INK, linewidth=1.2, linestyle="--", gid="line",
            label=f"{gap:.2f} days a batch, less {slack:.1f} days of slack")  # fmt: skip
    for (source, sets), (marker, colour) in zip(points.items(), MARKS, strict=False):
        xs, ys = zip(*sets.values(), strict=True)
        ax.plot(xs, ys, marker=marker, color=colour, linestyle="none", markersize=8, label=source, gid=source,
                fillstyle="none" if marker == "s" else "full")  # fmt: skip
        if marker == "o":
            for name, (px, py) in sets.items():
                ax.annotate(name, (px, py), (10, -12), textcoords="offset points", fontsize=9)
    ax.axhline(0, color="0.7", linewidth=0.8)
    ax.plot([0], [-slack], marker="D", color=INK, markersize=5, gid="slack")
    ax.annotate("less the mean slack", (0, -slack), (10, -4), textcoords="offset points", fontsize=9)
    ax.set_xlim(-0.02 * right, right)
    ax.set_xlabel("batches before a batch on its Site, on average: T / 2L")
    ax.set_ylabel("mean tardiness of an order, days")
    ax.set_title("The Expert's mean tardiness lies on a line", loc="left", fontsize=11)
    ax.legend(frameon=False, loc="upper left")
    return finish(ax, "right", "top")


def alt_text_slack_fit(points: Mapping[str, Mapping[str, tuple[float, float]]], gap: float, slack: float) -> str:
    """The picture in words: every point, and the line."""
    parts = [
        f"{source}: {', '.join(f'{name} {y:.1f} days at {x:g}' for name, (x, y) in sets.items())}"
        for source, sets in points.items()
    ]
    return (
        f"Mean tardiness of an order against the batches before a batch on its Site. {'; '.join(parts)}. "
        f"Line: {gap:.2f} days a batch less {slack:.1f} days."
    )
