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
from cmo_kit.views.due_dates import draw_calendar, draw_due_dates
from cmo_kit.views.style import (
    FAINT,
    HALO,
    INK,
    VERMILLION,
    axes_inches,
    duration,
    enumeration,
    figure_of,
    new_axes,
    order_style,
    runs_text,
    save_figure,
    tardiness_text,
    tardy_orders_text,
    text_inches,
    time_label,
)

MOST_LANES = 6  # of one Site, when batches overlap like a pipeline


class Batch(NamedTuple):
    """One bar: where it stands, its order (index), its number within the order, and its times."""

    site: int
    position: int
    order: int
    number: int
    start: float
    end: float


def batches_of(schedule: Schedule) -> list[Batch]:
    """Every batch, Site by Site; batches of an order are numbered from 1 by start, then by Site."""
    found = [
        (float(s), l, t, int(i), float(c))
        for l in range(len(schedule.sites))
        for t, (s, i, c) in enumerate(
            zip(schedule.starts[l], schedule.batch_orders[l], schedule.completions[l], strict=True)
        )
    ]
    counts: dict[int, int] = {}
    numbered = []
    for s, l, t, i, c in sorted(found):
        counts[i] = counts.get(i, 0) + 1
        numbered.append(Batch(l, t, i, counts[i], s, c))
    return sorted(numbered)


def lane_count(schedule: Schedule) -> int:
    """How many lanes a Site needs so that no two of its batches lie on one another, at most six."""
    most = 1
    for starts, completions in zip(schedule.starts, schedule.completions, strict=True):
        for t, s in enumerate(starts):
            most = max(most, int((completions[:t] > s + 1e-9).sum()) + 1)
    return min(most, MOST_LANES)


def plot_gantt(schedule: Schedule, ax: Axes | None = None, operations: bool = False) -> Axes:
    """Draw a schedule by Site, with due dates, tardy orders and, where the instance has them, calendar dates.

    Parameters
    ----------
    schedule : Schedule
    ax : matplotlib.axes.Axes, optional
        A new figure if None.
    operations : bool
        False: one bar a batch, from ``s_{l,t}`` to ``c_{l,t}``; batches that overlap in time step down.
        True: one lane for each of the ``O`` operations of a Site, one bar an operation, and the cleaning
        between batches where the instance gives cleaning times.

    Returns
    -------
    matplotlib.axes.Axes
        Bars have gids ``batch-l-t`` or ``operation-l-t-o``, due dates ``due-i``, counted from 0.
    """
    instance = schedule.instance
    lanes = len(instance.operations) if operations else lane_count(schedule)
    rows = len(schedule.sites) * (lanes + 0.6)
    lane_inches = float(np.clip(6.5 / max(rows, 1), 0.12, 0.3))
    ax = new_axes(ax, rows * lane_inches + 1.9)
    end = max((float(c.max()) for c in schedule.completions if len(c)), default=0.0)
    right = max(end, float(instance.D.max()), 1e-9) * 1.02
    ax.set_xlim(-0.005 * right, right)
    per_unit = axes_inches(ax) / (1.005 * right)  # inches
    tops = [l * (lanes + 0.6) for l in range(len(schedule.sites))]

    if operations:
        _draw_operations(ax, schedule, tops, per_unit)
    else:
        _draw_batches(ax, schedule, tops, lanes, per_unit)
    for l, site in enumerate(schedule.sites):
        ax.axhline(tops[l] + lanes + 0.3, color=FAINT, linewidth=0.8, zorder=0)
        if not site:
            ax.text(0.01 * right, tops[l] + lanes / 2, "empty", va="center", style="italic", color=INK)
    due_rows = draw_due_dates(ax, schedule, rows, per_unit)
    ax.set_ylim(rows - 0.2, -due_rows)
    _label_sites(ax, schedule, tops, lanes, operations, due_rows)
    ax.set_xlabel(f"{time_label(instance)}\n{_key(schedule, operations)}", fontsize=9)
    origin = f" ({schedule.method})" if schedule.method else ""
    ax.set_title(f"{instance.name}{origin}: {tardiness_text(schedule)}", loc="left", fontsize=11)
    draw_calendar(ax, instance)
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    return ax


def _draw_batches(ax: Axes, schedule: Schedule, tops: list[float], lanes: int, per_unit: float) -> None:
    instance = schedule.instance
    batches = batches_of(schedule)
    size = 8.0
    fitting = [text_inches(f"{instance.orders[b.order].id}{b.number}", size) < (b.end - b.start) * per_unit - 0.04
               for b in batches]  # fmt: skip
    single = sum(fitting) >= 0.8 * len(fitting)  # else one label a run
    for batch in batches:
        y = tops[batch.site] + batch.position % lanes
        gid = f"batch-{batch.site}-{batch.position}"
        _bar(ax, schedule, batch.order, batch.start, batch.end, y, gid, last=_completes(schedule, batch))
        if single:
            _text(ax, (batch.start + batch.end) / 2, y + 0.47, _batch_name(schedule, batch), size)
        if _completes(schedule, batch) and single:
            late = f"+{schedule.tardiness[batch.order]:.6g}"
            ax.text(batch.end, y + 0.5, f" {late}", va="center", fontsize=size, weight="bold", color=VERMILLION,
                    path_effects=HALO, zorder=6)  # fmt: skip
    if not single:
        _label_runs(ax, schedule, tops, lanes, per_unit)


def _label_runs(ax: Axes, schedule: Schedule, tops: list[float], lanes: int, per_unit: float) -> None:
    """One label a run, dropped where it would touch the one before."""
    size, index = 7.0, schedule.instance.order_index
    for l, site in enumerate(schedule.sites):
        free, t = -np.inf, 0
        for run in site:
            i = index[run.order]
            start, end = float(schedule.starts[l][t]), float(schedule.completions[l][t + run.batches - 1])
            t += run.batches
            late = end >= schedule.order_completions[i] and schedule.tardiness[i] > 0
            half = text_inches(run.order, size) / per_unit / 2
            middle = (start + end) / 2
            if middle - half > free:
                _text(ax, middle, tops[l] + lanes / 2, run.order, size, VERMILLION if late else "black")
                free = middle + half


def _draw_operations(ax: Axes, schedule: Schedule, tops: list[float], per_unit: float) -> None:
    instance = schedule.instance
    cleaning = instance.setup if isinstance(instance.setup, CleaningTimes) else None
    by_place = {(batch.site, batch.position): batch for batch in batches_of(schedule)}
    last_operation = len(instance.operations) - 1
    for interval in schedule.intervals():
        l, t, o = interval.site, interval.position, interval.operation
        batch, y = by_place[l, t], tops[l] + o
        late = _completes(schedule, batch) and o == last_operation
        _bar(ax, schedule, batch.order, interval.start, interval.end, y, f"operation-{l}-{t}-{o}", late)
        name = f"{instance.orders[batch.order].id}{batch.number}"
        if text_inches(name, 7.5) < (interval.end - interval.start) * per_unit - 0.02:
            _text(ax, (interval.start + interval.end) / 2, y + 0.47, name, 7.5)
        following = by_place.get((l, t + 1))
        if cleaning is not None and following is not None:
            table = cleaning.same_order if following.order == batch.order else cleaning.change
            width = table[batch.order][o]
            if width > 0:
                ax.add_patch(Rectangle((interval.end, y + 0.3), width, 0.35, facecolor="0.78", edgecolor="0.45",
                                       linewidth=0.4, hatch="||||", gid=f"cleaning-{l}-{t}-{o}"))  # fmt: skip


def _completes(schedule: Schedule, batch: Batch) -> bool:
    """Whether a batch completes a tardy order."""
    i = batch.order
    return bool(schedule.tardiness[i] > 0 and batch.end >= schedule.order_completions[i])


def _batch_name(schedule: Schedule, batch: Batch) -> str:
    name = schedule.instance.orders[batch.order].id
    return f"{name}-{batch.number}" if name[-1].isdigit() else f"{name}{batch.number}"


def _bar(ax: Axes, schedule: Schedule, order: int, start: float, end: float, y: float, gid: str, last: bool) -> None:
    style = order_style(order)
    ax.add_patch(
        Rectangle(
            (start, y + 0.06),
            end - start,
            0.88,
            facecolor=style.colour,
            hatch=style.hatch,
            edgecolor=VERMILLION if last else INK,
            linewidth=2.2 if last else 0.5,
            zorder=4 if last else 3,
            gid=gid,
        )
    )


def _text(ax: Axes, x: float, y: float, text: str, size: float, colour: str = "black") -> None:
    ax.text(x, y, text, ha="center", va="center", fontsize=size, color=colour, weight="bold", path_effects=HALO,
            zorder=5)  # fmt: skip


def _label_sites(
    ax: Axes, schedule: Schedule, tops: list[float], lanes: int, operations: bool, due_rows: float
) -> None:
    ticks, labels = [-due_rows / 2], ["due dates"]
    for l, top in enumerate(tops):
        if operations:
            names = [f"Site {l + 1}: {name}" if o == 0 else name for o, name in enumerate(schedule.instance.operations)]
            ticks += [top + o + 0.5 for o in range(lanes)]
            labels += names
        else:
            ticks.append(top + lanes / 2)
            labels.append(f"Site {l + 1}")
    ax.set_yticks(ticks, labels, fontsize=9)
    ax.tick_params(axis="y", length=0)


def _key(schedule: Schedule, operations: bool) -> str:
    instance = schedule.instance
    parts = ["▽ due date"]
    if schedule.tardiness.any():
        parts += ["▼ due date of a tardy order", "thick red edge: batch that completes a tardy order"]
    if operations and isinstance(instance.setup, CleaningTimes):
        parts.append("grey: cleaning")
    if overlaps(instance.p, instance.b):
        parts.append("setup times are too short for the operations: they overlap")
    return "  ·  ".join(parts)


def alt_text_gantt(schedule: Schedule) -> str:
    """The chart in words: size, total tardiness, tardy orders, due dates, runs."""
    instance = schedule.instance
    count = sum(len(starts) for starts in schedule.starts)
    end = max((float(c.max()) for c in schedule.completions if len(c)), default=0.0)
    due = enumeration([f"{order.id} {order.due_date:.6g}" for order in instance.orders])
    tardiness = tardiness_text(schedule)
    return (
        f"Gantt chart of {instance.name}: {count} batches of {len(instance.orders)} orders on {instance.sites} Sites, "
        f"complete after {duration(end, instance.time_unit)}. {tardiness[0].upper()}{tardiness[1:]}. "
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
