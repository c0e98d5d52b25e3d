"""Numbers beside one another: methods with intervals, codings by their redundancy, calibration by its points."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from cmo_kit.views.layout import SERIES_COLOURS
from cmo_kit.views.style import HALO, INK, drawable, finish, new_axes, plain_log_axis
from cmo_kit.views.words import power_of_ten, rounded

#: Mean, and the ends of its interval.
Interval = tuple[float, float, float]
LOOKS = tuple(zip(SERIES_COLOURS, "os^", strict=False))
SOURCES = (("o", SERIES_COLOURS[1]), ("s", SERIES_COLOURS[0]))


@drawable
def plot_intervals(
    budgets: Mapping[str, Mapping[str, Interval]],
    title: str,
    references: Mapping[str, float],
    unit: str = "day",
    ax: Axes | None = None,
) -> Axes:
    """Draw a row for each method and in it a mark with its interval for each budget.

    Parameters
    ----------
    budgets : mapping from a budget to a mapping from a method to mean, low and high
        At most three budgets; the interval of a single run, without ends, is not drawn but told. A mean of 0 stands
        at the left end of the logarithmic axis.
    title : str
    references : mapping from a name to a total tardiness
        Drawn as vertical lines; a value of 0 has no place on the logarithmic axis and is left out.
    unit : str
    ax : matplotlib.axes.Axes, optional
    """
    methods = list(dict.fromkeys(method for by_method in budgets.values() for method in by_method))
    ax = new_axes(ax, 1.6 + 0.36 * len(methods))
    for k, ((budget, by_method), (colour, marker)) in enumerate(zip(budgets.items(), LOOKS, strict=False)):
        shift = 0.26 * (k - (len(budgets) - 1) / 2)
        rows = np.array([methods.index(method) for method in by_method]) + shift
        means, lows, highs = (np.array(column, dtype=float) for column in zip(*by_method.values(), strict=True))
        errors = np.array([means - np.maximum(lows, 0), highs - means])
        errors[:, np.isinf(highs)] = np.nan
        ax.errorbar(means, rows, xerr=errors, color=colour, marker=marker, linestyle="none", markersize=5, capsize=3,
                    linewidth=1.4, label=f"equal {budget}", gid=f"budget-{budget}")  # fmt: skip
        for row, mean, high in zip(rows, means, highs, strict=True):
            place = ax.transData if mean > 0 else ax.get_yaxis_transform()
            if mean == 0:
                ax.plot([0], [row], transform=place, color=colour, marker=marker, markersize=5, clip_on=False)
            told = [text for text, so in (("0", mean == 0), ("no interval: one run", np.isinf(high))) if so]
            ax.annotate("  ·  ".join(told), (mean, row), (8, 0), place, "offset points", va="center", fontsize=8,
                        color=colour, path_effects=HALO)  # fmt: skip
    for k, (name, value) in enumerate((name, value) for name, value in references.items() if value > 0):
        ax.axvline(value, color=INK, linewidth=1, linestyle=("-", "--", ":")[k % 3], label=f"{name}: {rounded(value)}",
                   gid=f"reference-{name}")  # fmt: skip
    plain_log_axis(ax, (1.0, 2.0, 3.0, 5.0))
    ax.set_yticks(range(len(methods)), methods)
    ax.set_ylim(len(methods) - 0.4, -0.6)
    ax.set_xlabel(f"mean total tardiness, {unit}s (logarithmic), with 95 % interval")
    ax.grid(axis="x", color="0.92")
    ax.set_axisbelow(True)
    ax.legend(fontsize=9, loc="lower right", framealpha=0.95)
    return finish(ax, "right", "top", title=title)


def alt_text_intervals(
    budgets: Mapping[str, Mapping[str, Interval]], title: str, references: Mapping[str, float], unit: str = "day"
) -> str:
    """The picture in words: every mean by budget, and the references."""
    parts = [
        f"equal {budget}: "
        + ", ".join(
            f"{name} {mean:.1f}{' (one run)' * int(np.isinf(high))}" for name, (mean, _, high) in by_method.items()
        )
        for budget, by_method in budgets.items()
    ]
    lines = ", ".join(f"{name} {rounded(value)}" for name, value in references.items())
    return f"{title}. Mean total tardiness in {unit}s with intervals; {'; '.join(parts)}. For comparison: {lines}."


@drawable
def plot_redundancy(exponents: Mapping[str, tuple[float, float]], ax: Axes | None = None) -> Axes:
    """Draw, for each instance, the powers of ten of key orders and of schedules as two bars.

    Parameters
    ----------
    exponents : mapping from a name to (log10 of key orders, log10 of schedules)
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax, 1.2 + 0.8 * len(exponents))
    rows = np.arange(len(exponents))
    bars = (("orders of the keys", 0, "0.85", "///"), ("schedules", 1, "0.5", ""))
    for label, side, colour, hatch in bars:
        values = [pair[side] for pair in exponents.values()]
        places = rows + 0.4 * side
        ax.barh(places, values, 0.36, color=colour, hatch=hatch, edgecolor=INK, label=label, gid=label)
        for place, value in zip(places, values, strict=True):
            ax.annotate(
                power_of_ten(value), (value, place), (5, 0), textcoords="offset points", va="center", fontsize=9
            )
    ax.set_yticks(rows + 0.2, list(exponents))
    ax.set_ylim(len(exponents) - 0.2, -0.4)
    ax.set_xlim(0, 1.12 * max(pair[0] for pair in exponents.values()))
    ax.set_xlabel("power of ten")
    ax.legend(frameon=False, loc="upper right")
    return finish(ax, "right", "top", title="Far more orders of the keys than schedules")


def alt_text_redundancy(exponents: Mapping[str, tuple[float, float]]) -> str:
    """The picture in words: both powers of ten by instance."""
    parts = [f"{name} 10^{keys:.1f} for 10^{plans:.1f}" for name, (keys, plans) in exponents.items()]
    return f"Orders of the keys for different schedules: {'; '.join(parts)}."


@drawable
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
    for (source, sets), (marker, colour) in zip(points.items(), SOURCES, strict=False):
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
    ax.legend(frameon=False, loc="upper left")
    return finish(ax, "right", "top", title="The Expert's mean tardiness lies on a line")


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
