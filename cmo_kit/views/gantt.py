"""Gantt charts by Site, as batches or as the operations of every batch (a chart of the kind of Figure 1)."""

from __future__ import annotations

import os
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cmo_kit.core.instance import CleaningTimes
from cmo_kit.core.pipeline import overlaps
from cmo_kit.core.schedule import Schedule
from cmo_kit.views.due_dates import arrange_due_dates, draw_calendar, draw_due_dates
from cmo_kit.views.style import (
    FAINT,
    HALO,
    INK,
    VERMILLION,
    axes_inches,
    duration,
    enumeration,
    figure_of,
    finish,
    new_axes,
    order_style,
    runs_text,
    save_figure,
    sentence,
    tardiness_text,
    tardy_orders_text,
    text_inches,
    time_label,
)

MOST_LANES = 6  # of one Site, when batches overlap like a pipeline
MOST_INCHES = 100  # of height, whatever the number of Sites
BATCH_SIZE, RUN_SIZE = 8.0, 7.0  # points


class Batch(NamedTuple):
    """One batch: where it stands, its order (index), its number within the order, its times, its lane on the Site."""

    site: int
    position: int
    order: int
    number: int
    start: float
    end: float
    lane: int


class Layout(NamedTuple):
    """Where things stand: y grows downwards and counts lanes; ``labels`` is 1 where runs have a label lane."""

    tops: tuple[float, ...]
    lanes: int
    labels: int
    per_unit: float

    @property
    def bottom(self) -> float:
        """Where the last Site ends."""
        return self.tops[-1] + self.lanes + 0.4


def batches_of(schedule: Schedule) -> list[Batch]:
    """Every batch, Site by Site; batches of an order are numbered from 1 by start, then by Site.

    A batch takes the first lane of its Site that is free, of six at most.
    """
    found = []
    for l, starts in enumerate(schedule.starts):
        ends: list[float] = []  # per lane
        for t, s in enumerate(starts):
            i, s, c = int(schedule.batch_orders[l][t]), float(s), float(schedule.completions[l][t])
            lane = next((k for k, end in enumerate(ends) if end <= s + 1e-9), len(ends))
            if lane == MOST_LANES:
                lane = int(np.argmin(ends))
            ends[lane : lane + 1] = [c]
            found.append((s, l, t, i, c, lane))
    counts: dict[int, int] = {}
    numbered = []
    for s, l, t, i, c, lane in sorted(found):
        counts[i] = counts.get(i, 0) + 1
        numbered.append(Batch(l, t, i, counts[i], s, c, lane))
    return sorted(numbered)


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
    named = _names_fit(schedule, batches, per_unit, operations)
    labels = 0 if named else 1
    height = lanes + labels + 0.6
    layout = Layout(tuple(l * height + labels for l in range(len(schedule.sites))), lanes, labels, per_unit)
    lane_inches = float(np.clip(6.0 / layout.bottom, 0.13, 0.3))
    due = arrange_due_dates(schedule, per_unit, 0.18 / lane_inches)
    if wide:
        figure_of(ax).set_figheight(min(lane_inches * (layout.bottom + due.height) + 1.3, MOST_INCHES))

    draw = _draw_operations if operations else _draw_batches
    draw(ax, schedule, batches, layout, named)
    if labels:
        _label_runs(ax, schedule, layout)
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


def _names_fit(schedule: Schedule, batches: list[Batch], per_unit: float, operations: bool) -> bool:
    """Whether most bars are wide enough for the names of their batches."""
    share = 0.3 if operations else 1.0  # an operation's bar is about a third of its batch
    wide = [
        text_inches(_batch_name(schedule, batch), BATCH_SIZE) < share * (batch.end - batch.start) * per_unit
        for batch in batches
    ]
    return sum(wide) >= 0.6 * len(wide)


def _draw_batches(ax: Axes, schedule: Schedule, batches: list[Batch], layout: Layout, named: bool) -> None:
    for batch in batches:
        y, gid = layout.tops[batch.site] + batch.lane, f"batch-{batch.site}-{batch.position}"
        _bar(ax, layout, batch.order, batch.start, batch.end, y, gid)
        if named:
            _text(ax, (batch.start + batch.end) / 2, y + 0.47, _batch_name(schedule, batch), BATCH_SIZE)
        if _completes(schedule, batch):
            _outline(ax, layout, batch, batch.start, y)
            if named:
                late = f" +{schedule.tardiness[batch.order]:.6g}"
                _text(ax, batch.end, y + 0.47, late, BATCH_SIZE, VERMILLION, "left")


def _draw_operations(ax: Axes, schedule: Schedule, batches: list[Batch], layout: Layout, named: bool) -> None:
    instance = schedule.instance
    cleaning = instance.setup if isinstance(instance.setup, CleaningTimes) else None
    by_place = {(batch.site, batch.position): batch for batch in batches}
    for interval in schedule.intervals():
        l, t, o = interval.site, interval.position, interval.operation
        batch, y = by_place[l, t], layout.tops[l] + o
        _bar(ax, layout, batch.order, interval.start, interval.end, y, f"operation-{l}-{t}-{o}")
        if o == len(instance.operations) - 1 and _completes(schedule, batch):
            _outline(ax, layout, batch, interval.start, y)
        name = _batch_name(schedule, batch)
        if named and text_inches(name, BATCH_SIZE) < (interval.end - interval.start) * layout.per_unit:
            _text(ax, (interval.start + interval.end) / 2, y + 0.47, name, BATCH_SIZE)
        following = by_place.get((l, t + 1))
        if cleaning is not None and following is not None:
            table = cleaning.same_order if following.order == batch.order else cleaning.change
            if table[batch.order][o] > 0:
                ax.add_patch(Rectangle((interval.end, y + 0.32), table[batch.order][o], 0.3, facecolor="0.78",
                                       edgecolor="0.45", linewidth=0.4, hatch="||||" if named else None,
                                       gid=f"cleaning-{l}-{t}-{o}"))  # fmt: skip


def _label_runs(ax: Axes, schedule: Schedule, layout: Layout) -> None:
    """One label above each run, dropped where it would touch the one before."""
    index = schedule.instance.order_index
    for l, site in enumerate(schedule.sites):
        free, t = -np.inf, 0
        for run in site:
            i, start = index[run.order], float(schedule.starts[l][t])
            t += run.batches
            late = schedule.tardiness[i] > 0 and schedule.completions[l][t - 1] >= schedule.order_completions[i]
            if start >= free:
                y = layout.tops[l] - 0.45
                _text(ax, start, y, run.order, RUN_SIZE, VERMILLION if late else "black", "left")
                free = start + (text_inches(run.order, RUN_SIZE) + 0.05) / layout.per_unit


def _completes(schedule: Schedule, batch: Batch) -> bool:
    """Whether a batch completes a tardy order."""
    i = batch.order
    return bool(schedule.tardiness[i] > 0 and batch.end >= schedule.order_completions[i])


def _batch_name(schedule: Schedule, batch: Batch) -> str:
    name = schedule.instance.orders[batch.order].id
    return f"{name}-{batch.number}" if name[-1].isdigit() else f"{name}{batch.number}"


def _bar(ax: Axes, layout: Layout, order: int, start: float, end: float, y: float, gid: str) -> None:
    colour, hatch = order_style(order)
    narrow = (end - start) * layout.per_unit < 0.09
    if narrow:
        hatch = ""  # it would hide the colour
    ax.add_patch(Rectangle((start, y + 0.06), end - start, 0.88, facecolor=colour, hatch=hatch, edgecolor=INK,
                           linewidth=0.3 if narrow else 0.6, zorder=3, gid=gid))  # fmt: skip


def _outline(ax: Axes, layout: Layout, batch: Batch, start: float, y: float) -> None:
    """The thick edge of a batch that completes a tardy order."""
    ax.add_patch(Rectangle((start, y + 0.06), batch.end - start, 0.88, facecolor="none", edgecolor=VERMILLION,
                           linewidth=1.6 if layout.labels else 2.6, zorder=4, gid=f"tardy-{batch.order}"))  # fmt: skip


def _text(ax: Axes, x: float, y: float, text: str, size: float, colour: str = "black", align: str = "center") -> None:
    ax.text(x, y, text, ha=align, va="center", fontsize=size, color=colour, weight="bold", path_effects=HALO, zorder=5)


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
    if overlaps(instance.p, instance.b):
        lines.append("setup times are shorter than the operations need: operations overlap on their equipment")
    return "\n".join(lines)


def alt_text_gantt(schedule: Schedule) -> str:
    """The chart in words: size, total tardiness, tardy orders, due dates, runs."""
    instance = schedule.instance
    count = sum(len(starts) for starts in schedule.starts)
    end = max((float(c.max()) for c in schedule.completions if len(c)), default=0.0)
    due = enumeration([f"{order.id} {order.due_date:.6g}" for order in instance.orders])
    return (
        f"Gantt chart of {instance.name}: {count} batches of {len(instance.orders)} orders on {instance.sites} Sites, "
        f"complete after {duration(end, instance.time_unit)}. {sentence(tardiness_text(schedule))} "
        f"{tardy_orders_text(schedule)} Due dates: {due}. {runs_text(schedule)}"
    )


def save_gantt(schedule: Schedule, path: str | os.PathLike[str]) -> None:
    """Draw a schedule into a PNG, SVG or PDF file, as its ending says: whole or not at all.

    Raises
    ------
    InputError
        For another ending, or when the file cannot be written.
    """
    save_figure(figure_of(plot_gantt(schedule)), path)
