"""Methods beside each other: mean total tardiness with intervals, on one or more budgets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from cmo_kit.views.log_axis import plain_log_axis
from cmo_kit.views.style import BLUE, GREEN, INK, VERMILLION, finish, new_axes

#: Mean, and the ends of its interval.
Interval = tuple[float, float, float]
LOOKS = ((BLUE, "o"), (VERMILLION, "s"), (GREEN, "^"))


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
        At most three budgets; an interval may reach to infinity.
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
        errors[~np.isfinite(errors)] = 0
        ax.errorbar(means, rows, xerr=errors, color=colour, marker=marker, linestyle="none", markersize=5, capsize=3,
                    linewidth=1.4, label=f"equal {budget}", gid=f"budget-{budget}")  # fmt: skip
    for k, (name, value) in enumerate((name, value) for name, value in references.items() if value > 0):
        ax.axvline(value, color=INK, linewidth=1, linestyle=("-", "--", ":")[k % 3], label=f"{name}: {value:g}",
                   gid=f"reference-{name}")  # fmt: skip
    plain_log_axis(ax, (1.0, 2.0, 3.0, 5.0))
    ax.set_yticks(range(len(methods)), methods)
    ax.set_ylim(len(methods) - 0.4, -0.6)
    ax.set_xlabel(f"mean total tardiness, {unit}s (logarithmic), with 95 % interval")
    ax.set_title(title, loc="left", fontsize=11)
    ax.grid(axis="x", color="0.92")
    ax.set_axisbelow(True)
    ax.legend(fontsize=9, loc="lower right", framealpha=0.95)
    return finish(ax, "right", "top")


def alt_text_intervals(
    budgets: Mapping[str, Mapping[str, Interval]], title: str, references: Mapping[str, float], unit: str = "day"
) -> str:
    """The picture in words: every mean by budget, and the references."""
    parts = [
        f"equal {budget}: " + ", ".join(f"{method} {mean:.1f}" for method, (mean, _, _) in by_method.items())
        for budget, by_method in budgets.items()
    ]
    lines = ", ".join(f"{name} {value:g}" for name, value in references.items())
    return f"{title}. Mean total tardiness in {unit}s with intervals; {'; '.join(parts)}. For comparison: {lines}."
