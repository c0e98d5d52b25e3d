"""Gantt charts as SVG: Sites, time axis and due dates around bars, and a whole chart whose batches can be picked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from cmo_kit.core.schedule import Schedule
from cmo_kit.views.layout import (
    VERMILLION,
    Batch,
    GanttLayout,
    batches_of,
    completes_late,
    latest_end,
    packed_rows,
)
from cmo_kit.views.words import runs_text, sentence, tardiness_text, tardy_orders_text, time_label
from cmo_kit.widgets.drawing.markup import FAINT, INK, label, order_fill, order_patterns, picture, tag

WIDTH, LEFT, RIGHT = 940.0, 92.0, 916.0  # of a picture, and of its time axis
ROW = 18.0  # height of a row of due dates
MOST_NAMED = 12  # orders, whose days of tardiness stand beside their bars


@dataclass(frozen=True)
class Chart(GanttLayout):
    """A chart in pixels of the picture.

    ``due_rows`` are those of the orders' due dates, ``last`` is the time at the right end; the lanes of a Site have
    a band of height ``band`` above them, and room of ``between`` below.
    """

    due_rows: tuple[int, ...] = ()
    last: float = 1.0
    band: float = 22
    between: float = 6

    @property
    def bottom(self) -> float:
        """Where the axis stands."""
        return self.end + self.between

    @property
    def height(self) -> float:
        """Of the whole picture."""
        return self.bottom + 42

    def bar_box(self, batch: Batch) -> tuple[float, float, float, float]:
        """Left, top, width and height of a batch; the shortest one can still be seen."""
        x, y, width, height = self.box(batch.site, batch.lane, batch.start, batch.end)
        return x, y, max(width, 2.0), height


def chart_of(
    schedule: Schedule, last: float = 0, lanes: int = 1, lane: float = 22, band: float = 22, between: float = 6
) -> Chart:
    """Arrange a chart of at least so many lanes on each Site, with room for times up to ``last`` at least."""
    batches, due = tuple(batches_of(schedule)), schedule.instance.D
    # The last due date and the last tardiness have their words behind them.
    end = max(1.03 * max(last, latest_end(schedule)), 1.08 * float(due.max())) or 1.0
    each = tuple(max([lanes, *(b.lane + 1 for b in batches if b.site == l)]) for l in range(len(schedule.sites)))
    per_unit = (RIGHT - LEFT) / end
    lengths = [(18 + 7.2 * len(_due_text(schedule, i))) / per_unit for i in range(len(due))]
    rows = tuple(packed_rows(np.maximum(0.0, due).tolist(), lengths))  # what is past stands at 0; its words say when
    tops = list(accumulate((band + count * lane + between for count in each), initial=ROW * (1 + max(rows)) + between))
    return Chart(schedule, batches, tuple(top + band for top in tops[:-1]), each, lane, 1, LEFT, per_unit, rows, end,
                 band, between)  # fmt: skip


def background(chart: Chart) -> list[str]:
    """Patterns, axis and names of the Sites, to be drawn before the bars."""
    schedule = chart.schedule
    parts = [order_patterns(range(len(schedule.instance.orders)))]
    parts.append(axis(chart.last, chart.bottom, time_label(schedule.instance)))
    for l in range(len(schedule.sites)):
        y = chart.tops[l]
        parts.append(tag("line", x1=LEFT, y1=y - chart.band, x2=RIGHT, y2=y - chart.band, stroke=FAINT))
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
        x, y, tardy = chart.x(max(0.0, instance.D[i])), 10 + ROW * row, schedule.tardiness[i] > 0
        lines.append(tag("line", x1=x, x2=x, y1=y + 5, y2=chart.bottom, stroke=INK, stroke_dasharray="1 4",
                         pointer_events="none"))  # fmt: skip
        marks.append(
            tag("path", d=f"M{x - 6:.2f} {y - 5:.2f}h12l-6 10z", fill=VERMILLION if tardy else "#fff", stroke=INK)
            + label(x + 9, y, _due_text(schedule, i), 12, "start", font_weight="bold" if tardy else "normal")
        )
    return lines + marks


def _due_text(schedule: Schedule, i: int) -> str:
    return f"{schedule.instance.orders[i].id} due {schedule.instance.D[i]:.6g}"


def axis(end: float, y: float, text: str, left: float = LEFT, right: float = RIGHT, most: int = 12) -> str:
    """A time axis at ``y`` from 0 to ``end``, with ``most`` or fewer ticks at round numbers."""
    steps = (factor * 10.0**power for power in range(-3, 7) for factor in (1, 2, 5))
    step = next((size for size in steps if end / size <= most), end)
    parts = [tag("line", x1=left, x2=right, y1=y, y2=y, stroke=INK)]
    for time in np.arange(0, end, step).tolist():
        x = left + (right - left) * time / end
        parts.append(tag("line", x1=x, x2=x, y1=y, y2=y + 6, stroke=INK) + label(x, y + 14, f"{time:g}", 12))
    return "".join(parts) + label((left + right) / 2, y + 31, text, 12)


def bar(chart: Chart, batch: Batch, name: str, rectangle: Mapping[str, object], inside: str = "") -> str:
    """One batch, named where there is room; ``rectangle`` changes its attributes, ``inside`` lies under the name."""
    x, y, width, height = chart.bar_box(batch)
    box = tag("rect", **({"x": x, "y": y, "width": width, "height": height, "fill": order_fill(batch.order),
                          "stroke": INK, "stroke_width": 0.8} | dict(rectangle)))  # fmt: skip
    roomy = width > 8 * len(name) + 6
    middle = x + width / 2, y + height / 2
    return box + inside + (label(*middle, name, 12, font_weight="bold") if roomy else "")


class Look(NamedTuple):
    """What a picture adds to a batch: attributes that make it touchable, a mark for the chosen one, a pale fill."""

    attributes: Mapping[str, object]
    chosen: bool = False
    hollow: bool = False


def draw_gantt(schedule: Schedule, look: Callable[[Batch], Look], last: float = 0) -> str:
    """One bar a batch, from ``s_{l,t}`` to ``c_{l,t}``; batches that overlap in time lie in lanes.

    Parameters
    ----------
    schedule : Schedule
    look : callable
        The :class:`Look` of a batch.
    last : float
        A time up to which the axis goes at least, so that it can stand still while bars move.
    """
    chart = chart_of(schedule, last, lane=24, band=4, between=4)
    parts = [*background(chart), *empty_sites(chart)]
    parts += [_looking_bar(chart, batch, look(batch)) for batch in chart.batches]
    parts += foreground(chart)
    if len(schedule.instance.orders) <= MOST_NAMED:
        parts += [_days_late(chart, batch) for batch in chart.batches if completes_late(schedule, batch)]
    said = f"{sentence(tardiness_text(schedule))} {tardy_orders_text(schedule)} {runs_text(schedule)}"
    return picture(WIDTH, chart.height, f"Gantt chart of {schedule.instance.name}", said, *parts)


def _looking_bar(chart: Chart, batch: Batch, look: Look) -> str:
    x, y, width, height = chart.bar_box(batch)
    mark = tag("rect", fill="none", stroke=VERMILLION, stroke_width=3.5, x=x + 3, y=y + 3, width=max(width - 6, 1.0),
               height=height - 6)  # fmt: skip
    pale = {"fill_opacity": 0.3, "stroke_dasharray": "3 3"} if look.hollow else {}
    name = chart.schedule.instance.orders[batch.order].id
    return tag(
        "g", bar(chart, batch, name, {"stroke_width": 1.0} | pale, mark if look.chosen else ""), **look.attributes
    )


def _days_late(chart: Chart, batch: Batch) -> str:
    """How late the batch makes its order, behind its bar; drawn after all bars, or the next one would cover it."""
    x, y, width, height = chart.bar_box(batch)
    text = f"+{chart.schedule.tardiness[batch.order]:.6g}"
    return label(x + width + 3, y + height / 2, text, 12, "start", fill="#a03000", font_weight="bold",
                 pointer_events="none")  # fmt: skip
