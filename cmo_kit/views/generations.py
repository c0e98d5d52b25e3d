"""A run of the genetic algorithm by generation: best, mean and worst, and how many schedules differ."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from cmo_kit.base.errors import InputError
from cmo_kit.formats.history import History
from cmo_kit.views.style import BLUE, INK, LINE_STYLES, PURPLE, VERMILLION, WIDTH, finish


def plot_generations(history: History) -> Figure:
    """Draw tardiness above and the number of distinct schedules below, generation by generation.

    Raises
    ------
    InputError
        For a history without a row.
    """
    if not len(history.best):
        raise InputError("the history is empty; it must have at least one generation")
    figure = Figure(figsize=(WIDTH, 5.0), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    looks = (("worst", "0.45"), ("mean", VERMILLION), ("best", BLUE))
    for k, (name, colour) in enumerate(looks):
        label = f"{name} so far" if name == "best" else f"{name} of the population"
        upper.plot(getattr(history, name), color=colour, linestyle=LINE_STYLES[2 - k], label=label,
                   linewidth=2 if name == "best" else 1.2, gid=name)  # fmt: skip
    upper.set_ylim(bottom=0)
    upper.set_ylabel("total tardiness")
    upper.legend(frameon=False, handlelength=4)
    lower.plot(history.distinct, color=PURPLE, linewidth=1.5, gid="distinct")
    lower.set_ylim(0, 1.1 * float(np.max(history.distinct)))
    lower.set_ylabel("distinct\nschedules")
    lower.set_xlabel("generation", color=INK)
    upper.set_title("A run by generation", loc="left", fontsize=11)
    for ax in (upper, lower):
        ax.grid(axis="y", color="0.9")
        finish(ax, "right", "top")
    return figure


def alt_text_generations(history: History) -> str:
    """The picture in words: where the lines begin and end."""
    first, last = (
        f"best {history.best[g]:.6g}, mean {history.mean[g]:.6g}, worst {history.worst[g]:.6g}, "
        f"{int(history.distinct[g])} distinct schedules"
        for g in (0, -1)
    )
    return f"A run of {len(history.best) - 1} generations after the first population: {first}; at the end {last}."
