"""Gantt charts by Site, as batches or as the operations of every batch (a chart of the kind of Figure 1)."""

from __future__ import annotations

import os

import numpy as np
from matplotlib.axes import Axes

from cmo_kit.core.conditions import worst_overlap
from cmo_kit.core.instance import CleaningTimes
from cmo_kit.core.schedule import Schedule
from cmo_kit.planning.calendar import Calendar
from cmo_kit.views.due_dates import arrange_due_dates, draw_calendar, draw_due_dates
from cmo_kit.views.gantt_bars import Layout, batches_of, draw_batches, draw_operations, label_runs, names_fit
from cmo_kit.views.style import (
    FAINT,
    INK,
    axes_inches,
    duration,
    enumeration,
    figure_of,
    finish,
    new_axes,
    runs_text,
    save_figure,
    sentence,
    tardiness_text,
    tardy_orders_text,
    time_label,
)

MOST_INCHES = 100  # of height, whatever the number of Sites


def plot_gantt(schedule: Schedule, ax: Axes | None = None, operations: bool = False) -> Axes:
    """Draw a schedule by Site, with due dates, tardy orders and, where the instance has them, calendar dates.

    Parameters
    ----------
    schedule : Schedule
    ax : matplotlib.axes.Axes, optional
        A new figure if None.
    operations : bool
        False: one bar a batch, from ``s_{l,t}`` to ``c_{l,t}``; batches that overlap in time lie in lanes.
        True: one lane for each of the ``O`` operations of a Site, one bar an operation, and the cleaning
        between batches where the instance gives cleaning times.

    Returns
    -------
    matplotlib.axes.Axes
        Bars have gids ``batch-l-t`` or ``operation-l-t-o``, due dates ``due-i``, counted from 0. Where bars are
        too narrow for their names, runs have labels instead, as many as have room.
    """
    instance, batches = schedule.instance, batches_of(schedule)
    wide = ax is None
    ax = new_axes(ax, 4.0)
    end = max((batch.end for batch in batches), default=0.0)
    right = (max(end, float(instance.D.max())) or 1.0) * 1.04
    ax.set_xlim(-0.005 * right, right)
    per_unit = axes_inches(ax) / (1.005 * right)
    lanes = len(instance.operations) if operations else max((batch.lane + 1 for batch in batches), default=1)
    named = names_fit(schedule, batches, per_unit, operations)
    labels = 0 if named else 1
    height = lanes + labels + 0.6
    layout = Layout(tuple(l * height + labels for l in range(len(schedule.sites))), lanes, labels, per_unit)
    lane_inches = float(np.clip(6.0 / layout.bottom, 0.13, 0.3))
    due = arrange_due_dates(schedule, per_unit, 0.18 / lane_inches)
    if wide:
        figure_of(ax).set_figheight(min(lane_inches * (layout.bottom + due.height) + 1.3, MOST_INCHES))

    draw = draw_operations if operations else draw_batches
    draw(ax, schedule, batches, layout, named)
    if labels:
        label_runs(ax, schedule, layout)
    for top, site in zip(layout.tops, schedule.sites, strict=True):
        ax.axhline(top - labels - 0.3, color=FAINT, linewidth=0.8, zorder=0)
        if not site:
            ax.text(0.01 * right, top + lanes / 2, "empty", va="center", style="italic", color=INK, fontsize=9)
    draw_due_dates(ax, schedule, due, layout.bottom)
    ax.set_ylim(layout.bottom, -due.height - 0.3)
    _label_sites(ax, schedule, layout, operations, due.height)
    ax.set_xlabel(f"{time_label(instance)}\n{_key(schedule, operations)}", fontsize=9)
    origin = f" ({schedule.method})" if schedule.method else ""
    ax.set_title(f"{instance.name}{origin}: {tardiness_text(schedule)}", loc="left", fontsize=11)
    draw_calendar(ax, instance)
    return finish(ax, "left", "right", "top")


def _label_sites(ax: Axes, schedule: Schedule, layout: Layout, operations: bool, due_height: float) -> None:
    ticks, labels = [-due_height / 2], ["due dates"]
    every = operations and layout.bottom <= 40
    for l, top in enumerate(layout.tops):
        if every:
            names = [f"Site {l + 1}: {name}" if o == 0 else name for o, name in enumerate(schedule.instance.operations)]
            ticks += [top + o + 0.5 for o in range(layout.lanes)]
            labels += names
        else:
            ticks.append(top + layout.lanes / 2)
            labels.append(f"Site {l + 1}")
    ax.set_yticks(ticks, labels, fontsize=9)
    ax.tick_params(axis="y", length=0)


def _key(schedule: Schedule, operations: bool) -> str:
    instance = schedule.instance
    parts = ["▽ due date"]
    if schedule.tardiness.any():
        parts += ["▼ due date of a tardy order", "thick edge: batch that completes a tardy order"]
    if operations and isinstance(instance.setup, CleaningTimes):
        parts.append("grey: cleaning")
    lines = ["  ·  ".join(parts)]
    if worst_overlap(instance.p, instance.b):
        lines.append("setup times are shorter than the operations need: operations overlap on their equipment")
    return "\n".join(lines)


def alt_text_gantt(schedule: Schedule, dates: bool = False) -> str:
    """The chart in words: size, total tardiness, tardy orders, due dates, runs.

    Parameters
    ----------
    schedule : Schedule
    dates : bool
        Calendar dates instead of days, as on the chart's upper edge; an order is due on the morning of its date.

    Raises
    ------
    InputError
        With ``dates``, when the instance has no start date or does not count in days.
    """
    instance = schedule.instance
    count = sum(len(starts) for starts in schedule.starts)
    end = max((float(c.max()) for c in schedule.completions if len(c)), default=0.0)
    complete, due = f"after {duration(end, instance.time_unit)}", [f"{order.due_date:.6g}" for order in instance.orders]
    if dates:
        calendar = Calendar.of(instance)
        complete = f"on {calendar.ready(end)}, begun on {calendar.start}"
        due = [str(calendar.ready(order.due_date)) for order in instance.orders]
    named = enumeration([f"{order.id} {when}" for order, when in zip(instance.orders, due, strict=True)])
    return (
        f"Gantt chart of {instance.name}: {count} batches of {len(instance.orders)} orders on {instance.sites} Sites, "
        f"complete {complete}. {sentence(tardiness_text(schedule))} "
        f"{tardy_orders_text(schedule)} Due dates: {named}. {runs_text(schedule)}"
    )


def save_gantt(schedule: Schedule, path: str | os.PathLike[str]) -> None:
    """Draw a schedule into a PNG, SVG or PDF file, as its ending says: whole or not at all.

    Raises
    ------
    InputError
        For another ending, or when the file cannot be written.
    """
    save_figure(figure_of(plot_gantt(schedule)), path)
