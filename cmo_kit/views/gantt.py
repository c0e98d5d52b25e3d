"""Gantt charts by Site, as batches or as the operations of every batch (a chart of the kind of Figure 1)."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cmo_kit.base.errors import InputError
from cmo_kit.base.language import spoken
from cmo_kit.base.values import check_list, check_number, shown
from cmo_kit.core.instance import CleaningTimes, Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.methods.names import method_name
from cmo_kit.planning.calendar import Calendar
from cmo_kit.views.labels import key_columns, order_labels
from cmo_kit.views.layout import (
    RED_TEXT,
    VERMILLION,
    Batch,
    GanttLayout,
    batches_of,
    completes_late,
    latest_end,
    order_style,
    packed_rows,
)
from cmo_kit.views.operations import cleaning_row, operation_intervals
from cmo_kit.views.style import (
    FAINT,
    HALO,
    INK,
    LINE_STYLES,
    axes_inches,
    bold_text,
    drawable,
    figure_of,
    finish,
    new_axes,
    save_figure,
    text_inches,
)
from cmo_kit.views.words import (
    LONGEST_OPERATION,
    MOST_COLUMNS,
    duration,
    enumeration,
    rounded,
    runs_text,
    sentence,
    shortened,
    tardiness_text,
    tardy_orders_text,
    time_label,
)

MOST_INCHES = 100  # of height, whatever the number of Sites
BATCH_SIZE, RUN_SIZE = 8.0, 7.0  # points
MOST_PAST = 0.25  # of the time axis, for due dates before 0
FEW_ORDERS = 6  # up to here every due date runs down through the whole chart
MOST_ROWS = 10  # of due dates
MOST_RUN_ROWS = 3  # of labels above a Site
KEY_SIZE = 7.0  # points
CALENDAR_STEPS = (1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 1820, 3640, 18200, 91000)  # days; most are whole weeks


@dataclass(frozen=True)
class _Chart(GanttLayout):
    """A chart in time units and lanes, on paper; bars are ``named``, or where there is no room for it, runs are."""

    inches: float = 1.0  # per time unit
    named: bool = True
    labels: Sequence[str] = ()  # of the orders
    ends: tuple[float, float] = (-np.inf, np.inf)  # of the time axis

    @property
    def bottom(self) -> float:
        """Where the last Site ends."""
        return self.end + 0.4

    def name(self, batch: Batch) -> str:
        """What stands in the bar of a batch: ``A2`` or, where its order's label ends in a digit, ``1-2``."""
        label = self.labels[batch.order]
        return f"{label}-{batch.number}" if label[-1].isdigit() else f"{label}{batch.number}"

    def middle(self, start: float, end: float) -> float:
        """The middle of what is to be seen of a bar."""
        return (max(start, self.ends[0]) + min(end, self.ends[1])) / 2

    def has_room(self, text: str, start: float, end: float) -> bool:
        """Whether a text is not wider than what is to be seen of a bar."""
        seen = min(end, self.ends[1]) - max(start, self.ends[0])
        return text_inches(text, BATCH_SIZE) < seen * self.inches


class _RunLabel(NamedTuple):
    """The label above a run, and its row from the Site upwards."""

    site: int
    start: float
    row: int
    text: str
    late: bool


@drawable
def plot_gantt(
    schedule: Schedule, ax: Axes | None = None, operations: bool = False, window: tuple[float, float] | None = None
) -> Axes:
    """Draw a schedule by Site (Figure 1), with due dates, tardy orders and the calendar dates that the instance has.

    Parameters
    ----------
    schedule : Schedule
    ax : matplotlib.axes.Axes, optional
        A new figure if None.
    operations : bool
        False: one bar a batch, from ``s_{l,t}`` to ``c_{l,t}``; batches that overlap in time lie in lanes.
        True: one lane for each of the ``O`` operations of a Site, one bar an operation, and the cleaning
        between batches where the instance gives cleaning times.
    window : (float, float), optional
        Show only what happens between these two times, in time units; from beginning to end if None.

    Returns
    -------
    matplotlib.axes.Axes
        Bars have gids ``batch-l-t`` or ``operation-l-t-o``, due dates ``due-i``, counted from 0. Where bars are
        too narrow for their names, runs have labels instead, as many as have room. Orders with long ids, or with
        names where there are many, have labels that a key below the chart explains.

    Raises
    ------
    InputError
        When the window does not begin before it ends.

    Examples
    --------
    >>> ax = plot_gantt(solve(load_instance("fig1"), "expert").schedule)
    >>> sum((bar.get_gid() or "").startswith("batch-") for bar in ax.patches)
    8
    """
    instance, sites = schedule.instance, len(schedule.sites)
    wide = ax is None
    ax = new_axes(ax, 4.0)
    left, right, past = _ends(schedule, window)
    ax.set_xlim(left, right)
    inches = axes_inches(ax) / (right - left)
    batches = tuple(b for b in batches_of(schedule) if window is None or (b.end > left and b.start < right))
    lanes = len(instance.operations) if operations else max((batch.lane + 1 for batch in batches), default=1)
    labels, key = order_labels(instance)
    chart = _Chart(schedule, batches, (0,), (lanes,), inches=inches, labels=labels, ends=(left, right))
    named = _names_fit(chart, operations)
    runs = [] if named else _run_labels(chart)
    band = max((run.row + 1 for run in runs), default=0)
    tops = tuple(l * (lanes + band + 0.6) + band for l in range(sites))
    chart = replace(chart, tops=tops, lanes=(lanes,) * sites, named=named)
    lane_inches = float(np.clip(6.0 / chart.bottom, 0.13, 0.3))
    due = _arrange_due_dates(chart, 0.18 / lane_inches, past)
    present = {batch.order for batch in batches}.union(due.orders)
    width = int(axes_inches(ax) / text_inches("x", KEY_SIZE))
    keys = key_columns([line for i, line in key.items() if i in present], width)
    if wide:
        height = lane_inches * (chart.bottom + due.height) + 1.3 + max(map(len, keys), default=0) * KEY_SIZE * 1.5 / 72
        figure_of(ax).set_figheight(min(height, MOST_INCHES))

    (_draw_operations if operations else _draw_batches)(ax, chart)
    for run in runs:
        bold_text(ax, max(run.start, left), tops[run.site] - 0.45 - run.row, run.text, RUN_SIZE,
                  color=RED_TEXT if run.late else "black", ha="left")  # fmt: skip
    for top, site in zip(tops, schedule.sites, strict=True):
        ax.axhline(top - band - 0.3, color=FAINT, linewidth=0.8, zorder=0)
        if not site:
            ax.text(left + 0.01 * (right - left), top + lanes / 2, "empty", va="center", style="italic", color=INK,
                    fontsize=9)  # fmt: skip
    _draw_due_dates(ax, chart, due)
    ax.set_ylim(chart.bottom, -due.height - 0.3)
    _label_sites(ax, chart, operations, due.height)
    ax.set_xlabel(f"{time_label(instance)}\n{_legend(schedule, operations)}", fontsize=9)
    for k, lines in enumerate(keys):
        below = ("axes fraction", ax.xaxis.label)
        ax.annotate("\n".join(lines), (k / len(keys), 0), (0, -6), xycoords=below, textcoords="offset points",
                    va="top", fontsize=KEY_SIZE, linespacing=1.3, annotation_clip=False, gid=f"key-{k}")  # fmt: skip
    _draw_calendar(ax, instance)
    origin = f" ({spoken(method_name(schedule.method))})" if schedule.method else ""
    title = f"{shortened(instance.name, 40)}{origin}: {tardiness_text(schedule)}"
    return finish(ax, "left", "right", "top", title=title)


def _ends(schedule: Schedule, window: tuple[float, float] | None) -> tuple[float, float, float]:
    """Where the time axis begins and ends, and where due dates stand that are before all that is seen."""
    if window is not None:
        begin, end = (check_number(value, "window", -np.inf) for value in check_list(window, "window", 2, "times"))
        if not begin < end:
            raise InputError(f"window is {shown([begin, end])}; it must begin before it ends")
        return begin, end, begin
    due = schedule.instance.D
    right = (max(latest_end(schedule), float(due.max())) or 1.0) * 1.04
    past = max(min(0.0, float(due.min())), -MOST_PAST * right)
    return 1.02 * past - 0.005 * right, right, past


def _names_fit(chart: _Chart, operations: bool) -> bool:
    """Whether most bars are wide enough for the names of their batches."""
    share = 0.3 if operations else 1.0  # an operation's bar is about a third of its batch
    wide = [
        text_inches(chart.name(batch), BATCH_SIZE) < share * (batch.end - batch.start) * chart.inches
        for batch in chart.batches
    ]
    return sum(wide) >= 0.6 * len(wide)


def _run_labels(chart: _Chart) -> list[_RunLabel]:
    """One label above each run, in rows in which none touches another; those that have room in no row are left out."""
    schedule, index = chart.schedule, chart.schedule.instance.order_index
    by_place = {(batch.site, batch.position): batch for batch in batches_of(schedule)}
    labels = []
    for l, site in enumerate(schedule.sites):
        found, t = [], 0
        for run in site:
            i, start = index[run.order], float(schedule.starts[l][t])
            t += run.batches
            last = by_place[l, t - 1]
            if start < chart.ends[1] and last.end > chart.ends[0]:
                found.append((max(start, chart.ends[0]), chart.labels[i], completes_late(schedule, last)))
        lengths = [(text_inches(text, RUN_SIZE) + 0.05) / chart.inches for _, text, _ in found]
        rows = packed_rows([start for start, _, _ in found], lengths, MOST_RUN_ROWS)
        labels += [_RunLabel(l, start, row, text, late) for row, (start, text, late) in zip(rows, found, strict=True)
                   if row < MOST_RUN_ROWS]  # fmt: skip
    return labels


def _draw_batches(ax: Axes, chart: _Chart) -> None:
    """One bar a batch; ``named`` ones have their names, and lateness beside them."""
    for batch in chart.batches:
        y = chart.tops[batch.site] + batch.lane + 0.47
        _bar(ax, chart, batch, batch.lane, batch.start, batch.end, f"batch-{batch.site}-{batch.position}")
        cut = batch.start < chart.ends[0] or batch.end > chart.ends[1]
        if chart.named and (not cut or chart.has_room(chart.name(batch), batch.start, batch.end)):
            bold_text(ax, chart.middle(batch.start, batch.end), y, chart.name(batch), BATCH_SIZE)
        if completes_late(chart.schedule, batch):
            _outline(ax, chart, batch, batch.lane, batch.start)
            if chart.named and batch.end <= chart.ends[1]:
                late = f" +{rounded(chart.schedule.tardiness[batch.order])}"
                bold_text(ax, batch.end, y, late, BATCH_SIZE, color=RED_TEXT, ha="left")


def _draw_operations(ax: Axes, chart: _Chart) -> None:
    """One bar an operation, with the cleaning between batches in grey."""
    schedule, instance = chart.schedule, chart.schedule.instance
    by_place = {(batch.site, batch.position): batch for batch in chart.batches}
    for interval in operation_intervals(schedule):
        l, t, o = interval.site, interval.position, interval.operation
        if (l, t) not in by_place:
            continue
        batch, y = by_place[l, t], chart.tops[l] + o
        _bar(ax, chart, batch, o, interval.start, interval.end, f"operation-{l}-{t}-{o}")
        if o == len(instance.operations) - 1 and completes_late(schedule, batch):
            _outline(ax, chart, batch, o, interval.start)
        if chart.named and chart.has_room(chart.name(batch), interval.start, interval.end):
            bold_text(ax, chart.middle(interval.start, interval.end), y + 0.47, chart.name(batch), BATCH_SIZE)
        following = by_place.get((l, t + 1))
        if following is not None and (time := cleaning_row(instance, batch.order, following.order)[o]) > 0:
            ax.add_patch(Rectangle((interval.end, y + 0.32), time, 0.3, facecolor="0.78", edgecolor="0.45",
                                   linewidth=0.4, hatch="||||" if chart.named else None,
                                   gid=f"cleaning-{l}-{t}-{o}"))  # fmt: skip


def _bar(ax: Axes, chart: _Chart, batch: Batch, lane: int, start: float, end: float, gid: str) -> None:
    colour, hatch = order_style(batch.order)
    x, y, width, height = chart.box(batch.site, lane, start, end)
    narrow = width * chart.inches < 0.09
    if narrow:
        hatch = ""  # it would hide the colour
    ax.add_patch(Rectangle((x, y), width, height, facecolor=colour, hatch=hatch, edgecolor=INK,
                           linewidth=0.3 if narrow else 0.6, zorder=3, gid=gid))  # fmt: skip


def _outline(ax: Axes, chart: _Chart, batch: Batch, lane: int, start: float) -> None:
    """The thick edge of a batch that completes a tardy order."""
    x, y, width, height = chart.box(batch.site, lane, start, batch.end)
    ax.add_patch(Rectangle((x, y), width, height, facecolor="none", edgecolor=VERMILLION,
                           linewidth=2.6 if chart.named else 1.6, zorder=4, gid=f"tardy-{batch.order}"))  # fmt: skip


def _label_sites(ax: Axes, chart: _Chart, operations: bool, due_height: float) -> None:
    ticks, labels = [-due_height / 2], ["due dates"]
    every = operations and chart.bottom <= 40
    for l, lanes in enumerate(chart.lanes):
        if every:
            ticks += [chart.tops[l] + o + 0.5 for o in range(lanes)]
            names = [shortened(spoken(name), LONGEST_OPERATION) for name in chart.schedule.instance.operations]
            labels += [f"Site {l + 1}: {name}" if o == 0 else name for o, name in enumerate(names)]
        else:
            ticks.append(chart.tops[l] + lanes / 2)
            labels.append(f"Site {l + 1}")
    ax.set_yticks(ticks, labels, fontsize=9)
    ax.tick_params(axis="y", length=0)


def _legend(schedule: Schedule, operations: bool) -> str:
    instance = schedule.instance
    parts = ["▽ due date"]
    if schedule.tardiness.any():
        parts += ["▼ due date of a tardy order", "thick edge: batch that completes a tardy order"]
    if operations and isinstance(instance.setup, CleaningTimes):
        parts.append("grey: cleaning")
    lines = ["  ·  ".join(parts)]
    if instance.worst_overlap:
        lines.append("setup times are shorter than the operations need: operations overlap on their equipment")
    return "\n".join(lines)


class _DueDates(NamedTuple):
    """Rows of due dates above the Sites; ``MOST_ROWS`` where a label has no room. Heights count lanes."""

    orders: list[int]
    places: list[float]
    rows: list[int]
    labels: list[str]
    pitch: float
    height: float
    mark: float  # time units
    size: float  # points


def _arrange_due_dates(chart: _Chart, pitch: float, past: float) -> _DueDates:
    """Spread the labels of due dates over rows, ``pitch`` apart, so that none lies on another."""
    schedule = chart.schedule
    due, many = schedule.instance.D, len(schedule.instance.orders)
    size = 8.0 if many <= 40 else 6.5
    labels = list(chart.labels)
    if many <= FEW_ORDERS:
        late = [spoken(f", {rounded(tau)} late") if tau > 0 else "" for tau in schedule.tardiness]
        labels = [f"due {name}{words}" for name, words in zip(labels, late, strict=True)]
    left, right = chart.ends
    orders = [i for i in range(many) if left <= max(due[i], past) < right and (due[i] >= left or past > left)]
    places = np.maximum(due, past)[orders].tolist()
    lengths = [(text_inches(labels[i], size) + 0.14) / chart.inches for i in orders]
    rows = packed_rows(places, lengths, MOST_ROWS)
    height = pitch * (1 + max(rows, default=0)) + 0.3
    return _DueDates(orders, places, rows, [labels[i] for i in orders], pitch, height, 0.07 / chart.inches, size)


def _draw_due_dates(ax: Axes, chart: _Chart, due: _DueDates) -> None:
    """Mark the due date of every order above y = 0, tardy ones filled; of few orders down through the chart, too."""
    few = len(chart.labels) <= FEW_ORDERS
    for i, x, row, label in zip(due.orders, due.places, due.rows, due.labels, strict=True):
        y = due.pitch * (row + 0.5) - due.height
        mark = "<" if float(chart.schedule.instance.D[i]) < x else "v"
        tardy, room = bool(chart.schedule.tardiness[i] > 0), row < MOST_ROWS
        colour = VERMILLION if tardy else INK
        if few:
            line, ink = LINE_STYLES[i % len(LINE_STYLES)], VERMILLION if tardy else "0.35"
            ax.plot([x, x], [y, chart.bottom], color=ink, linestyle=line, linewidth=1.5, zorder=2, gid=f"due-{i}")
        ax.plot([x], [y], marker=mark, markersize=5 if room else 3, linestyle="none", color=colour, zorder=5,
                markerfacecolor=colour if tardy else "white", gid=f"due-mark-{i}" if few else f"due-{i}")  # fmt: skip
        if room:
            ax.text(x + due.mark, y, label, va="center", fontsize=due.size, color=RED_TEXT if tardy else INK,
                    weight="bold" if tardy else "normal", path_effects=HALO, zorder=5)  # fmt: skip


def _draw_calendar(ax: Axes, instance: Instance) -> None:
    """Calendar dates on the upper edge, if the instance has a start date and counts in days."""
    if instance.start_date is None or instance.time_unit != "day":
        return
    begin, (first, last) = datetime.date.fromisoformat(instance.start_date), ax.get_xlim()
    if last > (datetime.date.max - begin).days - 1:
        return
    first = max(first, 0)
    step = next((step for step in CALENDAR_STEPS if (last - first) / step <= 8), CALENDAR_STEPS[-1])
    days = range(math.ceil(first / step) * step, int(last) + 1, step)
    dates = [(begin + datetime.timedelta(days=day)).isoformat() for day in days]
    ax.secondary_xaxis("top").set_xticks(list(days), dates, fontsize=8)


def alt_text_gantt(schedule: Schedule, dates: bool = False, window: tuple[float, float] | None = None) -> str:
    """The chart in words: size, total tardiness, tardy orders, due dates, runs.

    Parameters
    ----------
    schedule : Schedule
    dates : bool
        Calendar dates instead of days, as on the chart's upper edge; an order is due on the morning of its date.
    window : (float, float), optional
        What the chart shows of it, in time units.

    Returns
    -------
    str

    Raises
    ------
    InputError
        With ``dates``, when the instance has no start date or does not count in days.

    Examples
    --------
    >>> print(alt_text_gantt(solve(load_instance("tiny-one-site"), "expert").schedule))
    Gantt chart of tiny-one-site: 5 batches of 3 orders on 1 Site, complete after 29 days. Total tardiness ...
    """
    instance, end = schedule.instance, latest_end(schedule)
    count = sum(len(starts) for starts in schedule.starts)
    complete, due = f"after {duration(end, instance.time_unit)}", [rounded(order.due_date) for order in instance.orders]
    if dates:
        calendar = Calendar.of(instance)
        complete = f"on {calendar.ready(end)}, begun on {calendar.start}"
        due = [str(calendar.ready(order.due_date)) for order in instance.orders]
    names = [shortened(order.id, MOST_COLUMNS) for order in instance.orders]
    told = [f"order {name} on {when}" if dates else f"order {name} at {when}"
            for name, when in zip(names, due, strict=True)]  # fmt: skip
    part = ""
    if window is not None:
        part = f" The chart shows {rounded(window[0])} to {duration(window[1], instance.time_unit)}."
    head = spoken(
        f"Gantt chart of {instance.name}: {count} batches of {len(instance.orders)} orders on {instance.sites} "
        f"Site{'s' if instance.sites > 1 else ''}, complete {complete}."
    )
    late = f"{sentence(tardiness_text(schedule))} {tardy_orders_text(schedule)}"
    return " ".join((head, late, f"Due dates: {enumeration(told)}.", f"{runs_text(schedule)}{part}"))


def save_gantt(schedule: Schedule, path: str | os.PathLike[str]) -> None:
    """Draw a schedule into a PNG, SVG or PDF file, as its ending says: whole or not at all.

    Parameters
    ----------
    schedule : Schedule
    path : path

    Raises
    ------
    InputError
        For another ending, or when the file cannot be written.

    Examples
    --------
    >>> save_gantt(solve(load_instance("tiny-one-site"), "expert").schedule, "plan.svg")
    >>> open("plan.svg", encoding="utf-8").read(5)
    '<?xml'
    """
    save_figure(figure_of(plot_gantt(schedule)), path)
