"""A logarithmic axis with plain numbers: formulas are switched off in all pictures."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator


def plain_log_axis(ax: Axes, multiples: Sequence[float]) -> None:
    """Make the x axis logarithmic, with ticks at these multiples of the powers of ten."""
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=tuple(multiples), numticks=30))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    ax.xaxis.set_minor_locator(NullLocator())
