"""How many orders of the keys there are for how many schedules, as digits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from cmo_kit.views.style import BLUE, INK, ORANGE, finish, new_axes


def plot_redundancy(exponents: Mapping[str, tuple[float, float]], ax: Axes | None = None) -> Axes:
    """Draw, for each instance, the powers of ten of key orders and of schedules as two bars.

    Parameters
    ----------
    exponents : mapping from a name to (log10 of key orders, log10 of schedules)
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax, 1.2 + 0.8 * len(exponents))
    rows = np.arange(len(exponents))
    bars = (("orders of the keys", 0, ORANGE, "///"), ("schedules", 1, BLUE, ""))
    for label, side, colour, hatch in bars:
        values = [pair[side] for pair in exponents.values()]
        places = rows + 0.4 * side
        ax.barh(places, values, 0.36, color=colour, hatch=hatch, edgecolor=INK, label=label, gid=label)
        for place, value in zip(places, values, strict=True):
            ax.annotate(f"10^{value:.0f}", (value, place), (5, 0), textcoords="offset points", va="center", fontsize=9)
    ax.set_yticks(rows + 0.2, list(exponents))
    ax.set_ylim(len(exponents) - 0.2, -0.4)
    ax.set_xlim(0, 1.12 * max(pair[0] for pair in exponents.values()))
    ax.set_xlabel("power of ten")
    ax.set_title("Far more orders of the keys than schedules", loc="left", fontsize=11)
    ax.legend(frameon=False, loc="upper right")
    return finish(ax, "right", "top")


def alt_text_redundancy(exponents: Mapping[str, tuple[float, float]]) -> str:
    """The picture in words: both powers of ten by instance."""
    parts = [f"{name} 10^{keys:.1f} for 10^{plans:.1f}" for name, (keys, plans) in exponents.items()]
    return f"Orders of the keys for different schedules: {'; '.join(parts)}."
