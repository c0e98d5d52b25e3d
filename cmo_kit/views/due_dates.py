"""Due dates above a Gantt chart, and calendar dates on its upper edge."""

from __future__ import annotations

import datetime

import matplotlib.dates
from matplotlib.axes import Axes

from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.views.style import HALO, INK, LINE_STYLES, VERMILLION, order_style, text_inches

FEW_ORDERS = 6  # up to here every due date runs down through the whole chart
MOST_ROWS = 5


def draw_due_dates(ax: Axes, schedule: Schedule, bottom: float, per_unit: float) -> float:
    """Mark the due date of every order above y = 0; tardy ones are filled.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its y axis points down and its x axis is final.
    bottom : float
        Where the chart ends.
    per_unit : float
        Inches per time unit.

    Returns
    -------
    float
        The height taken, in lanes.
    """
    instance = schedule.instance
    size = 8.0 if len(instance.orders) <= 40 else 6.5
    few = len(instance.orders) <= FEW_ORDERS
    free: list[float] = []  # per row, where the next label may begin
    places: list[tuple[int, int | None]] = []
    for i in sorted(range(len(instance.orders)), key=lambda i: (instance.D[i], i)):
        x = float(instance.D[i])
        width = (text_inches(_label(schedule, i, few), size) + 0.16) / per_unit
        row = next((r for r, end in enumerate(free) if end <= x), None)
        if row is None and len(free) < MOST_ROWS:
            free.append(0.0)
            row = len(free) - 1
        if row is not None:
            free[row] = x + width
        places.append((i, row))
    height = 1.15 * max(len(free), 1)
    for i, row in places:
        x, tardy = float(instance.D[i]), bool(schedule.tardiness[i] > 0)
        y = -height + 1.15 * (row if row is not None else len(free) - 1) + 0.6
        colour = VERMILLION if tardy else INK
        if few:
            ax.plot([x, x], [y, bottom - 0.5], color=order_style(i).colour, linestyle=LINE_STYLES[i % 6], linewidth=1.6,
                    zorder=2, gid=f"due-{i}")  # fmt: skip
        ax.plot([x], [y], marker="v", markersize=5, color=colour, markerfacecolor=colour if tardy else "white",
                linestyle="none", zorder=5, gid=f"due-mark-{i}" if few else f"due-{i}")  # fmt: skip
        if row is not None:
            ax.text(x + 0.07 / per_unit, y, _label(schedule, i, few), va="center", fontsize=size, color=colour,
                    weight="bold" if tardy else "normal", path_effects=HALO, zorder=5, clip_on=False)  # fmt: skip
    return height


def _label(schedule: Schedule, i: int, few: bool) -> str:
    order = schedule.instance.orders[i]
    if not few:
        return order.id
    tau = schedule.tardiness[i]
    return f"due {order.id}, {tau:.6g} late" if tau > 0 else f"due {order.id}"


def draw_calendar(ax: Axes, instance: Instance) -> None:
    """Calendar dates on the upper edge, if the instance has a start date and counts in days."""
    if instance.start_date is None or instance.time_unit != "day":
        return
    begin = datetime.date.fromisoformat(instance.start_date)
    if ax.get_xlim()[1] > (datetime.date.max - begin).days - 1:
        return
    zero = float(matplotlib.dates.date2num(begin))
    calendar = ax.secondary_xaxis("top", functions=(lambda x: x + zero, lambda x: x - zero))
    locator = matplotlib.dates.AutoDateLocator(minticks=4, maxticks=9)
    calendar.xaxis.set_major_locator(locator)
    calendar.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%Y-%m-%d"))
    calendar.tick_params(labelsize=8)
