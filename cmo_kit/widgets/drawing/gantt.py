"""Gantt charts as SVG: Sites, time axis and due dates around bars, and a whole chart whose batches can be picked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import ceil
from typing import NamedTuple

import numpy as np

from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.views.layout import (
    CHOSEN,
    MOST_LANES,
    RED_TEXT,
    VERMILLION,
    Batch,
    GanttLayout,
    batches_of,
    completes_late,
    latest_end,
    order_label,
    packed_rows,
)
from cmo_kit.views.words import rounded, runs_text, sentence, tardiness_text, tardy_orders_text, time_label
from cmo_kit.widgets.drawing.markup import (
    FAINT,
    INK,
    WIDE,
    fitted,
    label,
    order_fill,
    order_patterns,
    picture,
    tag,
    text_pixels,
    words,
)

LEFT, MARGIN = 76.0, 24.0  # beside a time axis
ROW, MOST_ROWS = 17.0, 3  # of due dates: height of a row, and how many have words
MOST_NAMED = 12  # orders, whose days of tardiness stand beside their bars


@dataclass(frozen=True)
class Chart(GanttLayout):
    """A chart in pixels of the picture.

    ``due_rows`` are those of the orders' due dates, ``last`` is the time at the right end; the lanes of a Site have
    a band of height ``band`` above them, and room of ``between`` below. ``width`` is that of the whole picture.
    """

    due_rows: tuple[int, ...] = ()
    last: float = 1.0
    band: float = 22
    between: float = 6
    width: float = WIDE

    @property
    def right(self) -> float:
        """Where the axis ends."""
        return self.width - MARGIN

    @property
    def bottom(self) -> float:
        """Where the axis stands."""
        return self.end + self.between

    @property
    def height(self) -> float:
        """Of the whole picture."""
        return self.bottom + 24

    def bar_box(self, batch: Batch) -> tuple[float, float, float, float]:
        """Left, top, width and height of a batch; the shortest one can still be seen."""
        x, y, width, height = self.box(batch.site, batch.lane, batch.start, batch.end)
        return x, y, max(width, 2.0), height


def chart_of(
    schedule: Schedule, last: float = 0, lanes: int = 1, band: float = 22, between: float = 6, width: float = WIDE
) -> Chart:
    """Arrange a chart of at least so many lanes on each Site, with room for times up to ``last`` at least."""
    batches, due = tuple(batches_of(schedule)), schedule.instance.D
    said = [text_pixels(_due_text(schedule, i), 12) for i in range(len(due))]
    # Due dates and the last tardiness have their words behind them.
    axis_long = width - MARGIN - LEFT
    behind = [float(time) * axis_long / (width - LEFT - 12 - room) for time, room in zip(due, said, strict=True)]
    end = max(1.03 * max(last, latest_end(schedule)), 1.08 * float(due.max()), *behind) or 1.0
    each = tuple(max([lanes, *(b.lane + 1 for b in batches if b.site == l)]) for l in range(len(schedule.sites)))
    per_unit, lane = axis_long / end, max(10.0, min(22.0, 42 / lanes))
    lengths = [(18 + room) / per_unit for room in said]
    # What is past stands at 0; its words say when.
    rows = tuple(packed_rows(np.maximum(0.0, due).tolist(), lengths, MOST_ROWS))
    tops = list(accumulate((band + count * lane + between for count in each), initial=ROW * (1 + max(rows)) + between))
    return Chart(schedule, batches, tuple(top + band for top in tops[:-1]), each, lane, 1, LEFT, per_unit, rows, end,
                 band, between, width)  # fmt: skip


def most_lanes(instance: Instance) -> int:
    """How many batches can overlap on a Site at most: as many as may start while one is in its tail."""
    least = float(instance.g.min())
    return min(MOST_LANES, max(1, ceil(float(instance.tails.max()) / least - 1e-9))) if least > 0 else MOST_LANES


def background(chart: Chart) -> list[str]:
    """Patterns, axis and names of the Sites, to be drawn before the bars."""
    schedule = chart.schedule
    parts = [order_patterns(range(len(schedule.instance.orders)))]
    parts.append(axis(chart.last, chart.bottom, time_label(schedule.instance), LEFT, chart.right))
    for l in range(len(schedule.sites)):
        y = chart.tops[l]
        parts.append(tag("line", x1=LEFT, y1=y - chart.band, x2=chart.right, y2=y - chart.band, stroke=FAINT))
        parts.append(label(LEFT - 10, y + chart.deep(l) / 2, f"Site {l + 1}", anchor="end", font_weight="bold"))
    return parts


def empty_sites(chart: Chart) -> list[str]:
    """The word ``empty`` on every Site without a run."""
    return [
        label(LEFT + 8, chart.tops[l] + chart.lane / 2, "empty", 12, "start", fill="#595959")
        for l, site in enumerate(chart.schedule.sites)
        if not site
    ]


def foreground(chart: Chart) -> list[str]:
    """Due dates above the Sites, with lines through the bars: to be drawn after these."""
    schedule, instance = chart.schedule, chart.schedule.instance
    lines, marks = [], []
    for i, row in enumerate(chart.due_rows):
        x, y, tardy = chart.x(max(0.0, instance.D[i])), 9 + ROW * row, schedule.tardiness[i] > 0
        lines.append(tag("line", x1=x, x2=x, y1=y + 5, y2=chart.bottom, stroke=INK, stroke_dasharray="1 4",
                         pointer_events="none"))  # fmt: skip
        mark = tag("path", d=f"M{x - 6:.2f} {y - 5:.2f}h12l-6 10z", fill=VERMILLION if tardy else "#fff", stroke=INK)
        text, weight = _due_text(schedule, i), "bold" if tardy else "normal"
        told = label(x + 9, y, text, 12, "start", font_weight=weight) if row < MOST_ROWS else ""
        marks.append(tag("g", tag("title", words(text)), mark, told))
    return lines + marks


def _due_text(schedule: Schedule, i: int) -> str:
    return f"{fitted(order_label(schedule.instance.orders[i].id), 90)} due {rounded(schedule.instance.D[i])}"


def axis(end: float, y: float, text: str, left: float = LEFT, right: float = WIDE - MARGIN, most: int = 12) -> str:
    """A time axis at ``y`` from 0 to ``end``, with ``most`` or fewer ticks at round numbers; its name is at its end."""
    steps = (factor * 10.0**power for power in range(-3, 7) for factor in (1, 2, 5))
    step = next((size for size in steps if end / size <= most), end)
    parts = [tag("line", x1=left, x2=right, y1=y, y2=y, stroke=INK)]
    name = right - text_pixels(text, 12) - 10  # where it begins; a number there would be under it
    free = -np.inf  # where the number before ends
    for time in np.arange(0, end, step).tolist():
        x, half = left + (right - left) * time / end, text_pixels(rounded(time), 12) / 2
        parts.append(tag("line", x1=x, x2=x, y1=y, y2=y + 6, stroke=INK))
        if time == 0 or (free < x - half and x < name):
            parts.append(label(x, y + 14, rounded(time), 12))
            free = x + half
    return "".join(parts) + label(right, y + 14, text, 12, "end")


def bar(chart: Chart, batch: Batch, name: str, rectangle: Mapping[str, object], inside: str = "") -> str:
    """One batch, named where there is room; ``rectangle`` changes its attributes, ``inside`` lies under the name."""
    x, y, width, height = chart.bar_box(batch)
    box = tag("rect", **({"x": x, "y": y, "width": width, "height": height, "fill": order_fill(batch.order),
                          "stroke": INK, "stroke_width": 0.8} | dict(rectangle)))  # fmt: skip
    roomy = width > text_pixels(name, 12) + 6 and height > 11
    middle = x + width / 2, y + height / 2
    return box + inside + (label(*middle, name, 12, font_weight="bold") if roomy else "")


class Look(NamedTuple):
    """What a picture adds to a batch: attributes that make it touchable, a mark for the chosen one, a pale fill."""

    attributes: Mapping[str, object]
    chosen: bool = False
    hollow: bool = False


def draw_gantt(
    schedule: Schedule, look: Callable[[Batch], Look], last: float = 0, width: float = WIDE, lanes: int = 1
) -> str:
    """One bar a batch, from ``s_{l,t}`` to ``c_{l,t}``; batches that overlap in time lie in lanes.

    Parameters
    ----------
    schedule : Schedule
    look : callable
        The :class:`Look` of a batch.
    last : float
        A time up to which the axis goes at least, so that it can stand still while bars move.
    width : float
        Of the picture.
    lanes : int
        How many lanes a Site has at least, so that it can stay as high as it is; more lanes are lower.
    """
    chart = chart_of(schedule, last, lanes, band=4, between=4, width=width)
    parts = [*background(chart), *empty_sites(chart)]
    parts += [_looking_bar(chart, batch, look(batch)) for batch in chart.batches]
    parts += foreground(chart)
    if len(schedule.instance.orders) <= MOST_NAMED:
        parts += [_days_late(chart, batch) for batch in chart.batches if completes_late(schedule, batch)]
    said = f"{sentence(tardiness_text(schedule))} {tardy_orders_text(schedule)} {runs_text(schedule)}"
    return picture(width, chart.height, f"Gantt chart of {schedule.instance.name}", said, *parts)


def _looking_bar(chart: Chart, batch: Batch, look: Look) -> str:
    x, y, width, height = chart.bar_box(batch)
    mark = tag("rect", fill="none", stroke=CHOSEN, stroke_width=3.5, x=x + 1, y=y + 1, width=max(width - 2, 1.0),
               height=height - 2)  # fmt: skip
    pale = {"fill_opacity": 0.3, "stroke_dasharray": "3 3"} if look.hollow else {}
    name = order_label(chart.schedule.instance.orders[batch.order].id)
    return tag(
        "g", bar(chart, batch, name, {"stroke_width": 1.0} | pale, mark if look.chosen else ""), **look.attributes
    )


def _days_late(chart: Chart, batch: Batch) -> str:
    """How late the batch makes its order, behind its bar; drawn after all bars, or the next one would cover it."""
    x, y, width, height = chart.bar_box(batch)
    text = f"+{rounded(chart.schedule.tardiness[batch.order])}"
    return label(x + width + 3, y + height / 2, text, 12, "start", fill=RED_TEXT, font_weight="bold",
                 pointer_events="none")  # fmt: skip
