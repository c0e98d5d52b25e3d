"""A small Gantt chart as SVG whose batches can be picked: bars by Site, a time axis, due dates."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cmo_kit.core.schedule import Schedule
from cmo_kit.views.gantt_bars import Batch, batches_of
from cmo_kit.views.style import VERMILLION, runs_text, sentence, tardiness_text, tardy_orders_text, time_label
from cmo_kit.widgets.svg import FAINT, INK, label, order_fill, order_patterns, picture, tag

WIDTH, LEFT, RIGHT = 940.0, 92.0, 916.0
LANE = 24.0
MOST_NAMED = 12  # orders, whose days of tardiness stand beside their bars

#: What a caller adds to a bar: attributes of its group, whether it is chosen, whether it is hollow.
Look = tuple[dict[str, object], bool, bool]


def draw_gantt(schedule: Schedule, look: Callable[[Batch], Look], right: float | None = None) -> str:
    """One bar a batch, from ``s_{l,t}`` to ``c_{l,t}``; batches that overlap in time lie in lanes.

    Parameters
    ----------
    schedule : Schedule
    look : callable
        Of a batch: the attributes that make it touchable, whether it is chosen, whether it is hollow.
    right : float, optional
        Where the time axis ends at least, in time units; so that it can stand still while bars move.
    """
    instance, batches = schedule.instance, batches_of(schedule)
    end = max([float(instance.D.max()), right or 0.0, *(batch.end for batch in batches)]) * 1.02 or 1.0
    per_unit = (RIGHT - LEFT) / end
    lanes = [max((batch.lane + 1 for batch in batches if batch.site == l), default=1) for l in range(instance.sites)]
    due, due_height = due_dates(schedule, per_unit)
    tops = [due_height + 8 + LANE * sum(lanes[:l]) + 8 * l for l in range(instance.sites)]
    bottom = tops[-1] + LANE * lanes[-1] + 4
    parts = [order_patterns(range(len(instance.orders))), axis(end, per_unit, bottom, time_label(instance))]
    for l, (top, lane) in enumerate(zip(tops, lanes, strict=True)):
        parts.append(tag("line", x1=LEFT, x2=RIGHT, y1=top - 4, y2=top - 4, stroke=FAINT))
        parts.append(label(LEFT - 10, top + LANE * lane / 2, f"Site {l + 1}", anchor="end", font_weight="bold"))
        if not schedule.sites[l]:
            parts.append(label(LEFT + 8, top + LANE / 2, "empty", 12, "start", fill="#595959"))
    parts += [_bar(schedule, batch, tops[batch.site] + LANE * batch.lane, per_unit, look(batch)) for batch in batches]
    parts += [tag("line", x1=x, x2=x, y1=y, y2=bottom, stroke=INK, stroke_dasharray="1 4") for x, y in due[1]]
    said = f"{sentence(tardiness_text(schedule))} {tardy_orders_text(schedule)} {runs_text(schedule)}"
    return picture(WIDTH, bottom + 42, f"Gantt chart of {instance.name}", said, *parts, *due[0])


def _bar(schedule: Schedule, batch: Batch, y: float, per_unit: float, look: Look) -> str:
    attributes, chosen, hollow = look
    i = batch.order
    tardy = schedule.tardiness[i] > 0 and batch.end >= schedule.order_completions[i]
    x, width = LEFT + batch.start * per_unit, max((batch.end - batch.start) * per_unit, 2.0)
    box = {"x": x, "y": y + 1, "width": width, "height": LANE - 2}
    edge = {"stroke_width": 1.0, "stroke": INK, "stroke_dasharray": "3 3" if hollow else None}
    name = schedule.instance.orders[i].id
    late = f"+{schedule.tardiness[i]:.6g}" if tardy and len(schedule.instance.orders) <= MOST_NAMED else ""
    inner = {"x": x + 3, "y": y + 4, "width": max(width - 6, 1.0), "height": LANE - 8}
    return tag(
        "g",
        tag("rect", fill=order_fill(i), fill_opacity=0.3 if hollow else None, **box, **edge),
        tag("rect", fill="none", stroke=VERMILLION, stroke_width=3.5, **inner) if chosen else "",
        label(x + width / 2, y + LANE / 2, name, 12, font_weight="bold") if width > 8 * len(name) + 6 else "",
        label(x + width + 3, y + LANE / 2, late, 12, "start", fill="#a03000", font_weight="bold") if late else "",
        **attributes,
    )


def axis(end: float, per_unit: float, y: float, text: str) -> str:
    """The time axis at ``y`` with ticks at round numbers up to ``end``."""
    step = next((size for size in _steps() if end / size <= 12), end)
    ticks = "".join(
        tag("line", x1=LEFT + t * per_unit, x2=LEFT + t * per_unit, y1=y, y2=y + 6, stroke=INK)
        + label(LEFT + t * per_unit, y + 14, f"{t:g}", 12)
        for t in np.arange(0, end, step).tolist()
    )
    return tag("line", x1=LEFT, x2=RIGHT, y1=y, y2=y, stroke=INK) + ticks + label((LEFT + RIGHT) / 2, y + 31, text, 12)


def _steps() -> list[float]:
    """Round distances of ticks, ascending."""
    return [factor * 10.0**power for power in range(-2, 7) for factor in (1, 2, 5)]


def due_dates(schedule: Schedule, per_unit: float) -> tuple[tuple[list[str], list[tuple[float, float]]], float]:
    """Triangles with names in rows that do not touch, the upper ends of their lines, and the height of all rows."""
    instance = schedule.instance
    ends: list[float] = []
    marks, feet = [], []
    for i in np.argsort(instance.D, kind="stable").tolist():
        x, text = LEFT + float(instance.D[i]) * per_unit, f"{instance.orders[i].id} due {instance.D[i]:.6g}"
        row = next((k for k, end in enumerate(ends) if end < x - 8), len(ends))
        ends[row : row + 1] = [x + 10 + 7.2 * len(text)]
        y, tardy = 10 + 18.0 * row, schedule.tardiness[i] > 0
        marks.append(
            tag("path", d=f"M{x - 6:.2f} {y - 5:.2f}h12l-6 10z", fill=VERMILLION if tardy else "#fff", stroke=INK)
            + label(x + 9, y, text, 12, "start", font_weight="bold" if tardy else "normal")
        )
        feet.append((x, y + 5))
    return (marks, feet), 18.0 * len(ends)
