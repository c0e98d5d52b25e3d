"""Due dates above a Gantt chart, and calendar dates on its upper edge."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from matplotlib.axes import Axes

from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.views.style import HALO, INK, LINE_STYLES, VERMILLION, text_inches

FEW_ORDERS = 6  # up to here every due date runs down through the whole chart
MOST_ROWS = 6
CALENDAR_STEPS = (1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 1820, 3640, 18200, 91000)  # days; most are whole weeks


class DueDates(NamedTuple):
    """Rows of due dates: per order its row and whether its label has room; heights in lanes, lengths in time units."""

    rows: tuple[tuple[int, bool], ...]
    pitch: float
    height: float
    mark: float
    size: float


def arrange_due_dates(schedule: Schedule, per_unit: float, pitch: float) -> DueDates:
    """Spread the labels of due dates over rows so that none lies on another.

    Parameters
    ----------
    schedule : Schedule
    per_unit : float
        Inches per time unit.
    pitch : float
        From row to row, in lanes.
    """
    instance = schedule.instance
    size = 8.0 if len(instance.orders) <= 40 else 6.5
    few = len(instance.orders) <= FEW_ORDERS
    free: list[float] = []  # per row, where the next label may begin
    rows = [(0, False)] * len(instance.orders)
    for i in sorted(range(len(instance.orders)), key=lambda i: (instance.D[i], i)):
        x = float(instance.D[i])
        row = next((r for r, end in enumerate(free) if end <= x), None)
        if row is None and len(free) < MOST_ROWS:
            free.append(0.0)
            row = len(free) - 1
        if row is not None:
            free[row] = x + (text_inches(_label(schedule, i, few), size) + 0.14) / per_unit
        rows[i] = (MOST_ROWS, False) if row is None else (row, True)
    height = pitch * (1 + max(row for row, _ in rows)) + 0.3
    return DueDates(tuple(rows), pitch, height, 0.07 / per_unit, size)


def draw_due_dates(ax: Axes, schedule: Schedule, due: DueDates, bottom: float) -> None:
    """Mark the due date of every order above y = 0, tardy ones filled; of few orders down to ``bottom``, too."""
    instance = schedule.instance
    few = len(instance.orders) <= FEW_ORDERS
    for i, (row, room) in enumerate(due.rows):
        x, y, tardy = float(instance.D[i]), due.pitch * (row + 0.5) - due.height, bool(schedule.tardiness[i] > 0)
        colour = VERMILLION if tardy else INK
        if few:
            line, ink = LINE_STYLES[i % len(LINE_STYLES)], VERMILLION if tardy else "0.35"
            ax.plot([x, x], [y, bottom], color=ink, linestyle=line, linewidth=1.5, zorder=2, gid=f"due-{i}")
        ax.plot([x], [y], marker="v", markersize=5 if room else 3, linestyle="none", color=colour, zorder=5,
                markerfacecolor=colour if tardy else "white", gid=f"due-mark-{i}" if few else f"due-{i}")  # fmt: skip
        if room:
            ax.text(x + due.mark, y, _label(schedule, i, few), va="center", fontsize=due.size, color=colour,
                    weight="bold" if tardy else "normal", path_effects=HALO, zorder=5)  # fmt: skip


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
    begin, last = datetime.date.fromisoformat(instance.start_date), ax.get_xlim()[1]
    if last > (datetime.date.max - begin).days - 1:
        return
    step = next((step for step in CALENDAR_STEPS if last / step <= 8), CALENDAR_STEPS[-1])
    days = range(0, int(last) + 1, step)
    dates = [(begin + datetime.timedelta(days=day)).isoformat() for day in days]
    ax.secondary_xaxis("top").set_xticks(list(days), dates, fontsize=8)
