"""The bars of a Gantt chart as SVG, and a whole chart whose batches can be picked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from cmo_kit.core.schedule import Schedule
from cmo_kit.views.gantt_bars import Batch
from cmo_kit.views.style import VERMILLION, runs_text, sentence, tardiness_text, tardy_orders_text
from cmo_kit.widgets.drawing.chart import WIDTH, Chart, background, chart_of, empty_sites, foreground
from cmo_kit.widgets.drawing.svg import INK, label, order_fill, picture, tag

MOST_NAMED = 12  # orders, whose days of tardiness stand beside their bars


class Look(NamedTuple):
    """What a picture adds to a batch: attributes that make it touchable, a mark for the chosen one, a pale fill."""

    attributes: Mapping[str, object]
    chosen: bool = False
    hollow: bool = False


def bar(chart: Chart, batch: Batch, name: str, rectangle: Mapping[str, object], inside: str = "") -> str:
    """One batch, named where there is room; ``rectangle`` changes its attributes, ``inside`` lies under the name."""
    x, y, width, height = bar_box(chart, batch)
    box = tag("rect", **({"x": x, "y": y, "width": width, "height": height, "fill": order_fill(batch.order),
                          "stroke": INK, "stroke_width": 0.8} | dict(rectangle)))  # fmt: skip
    roomy = width > 8 * len(name) + 6
    middle = x + width / 2, y + height / 2
    return box + inside + (label(*middle, name, 12, font_weight="bold") if roomy else "")


def bar_box(chart: Chart, batch: Batch) -> tuple[float, float, float, float]:
    """Left, top, width and height of a bar; the shortest batch can still be seen."""
    x, y = chart.x(batch.start), chart.top(batch.site) + batch.lane * chart.lane
    return x, y + 1, max(chart.x(batch.end) - x, 2.0), chart.lane - 2


def batch_name(schedule: Schedule, batch: Batch) -> str:
    """``A2`` or, where the order's name ends in a digit, ``1-2``."""
    name = schedule.instance.orders[batch.order].id
    return f"{name}-{batch.number}" if name[-1].isdigit() else f"{name}{batch.number}"


def completes_late(schedule: Schedule, batch: Batch) -> bool:
    """Whether a batch is the one that completes a tardy order."""
    return bool(schedule.tardiness[batch.order] > 0 and batch.end >= schedule.order_completions[batch.order])


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
    x, y, width, height = bar_box(chart, batch)
    mark = tag("rect", fill="none", stroke=VERMILLION, stroke_width=3.5, x=x + 3, y=y + 3, width=max(width - 6, 1.0),
               height=height - 6)  # fmt: skip
    pale = {"fill_opacity": 0.3, "stroke_dasharray": "3 3"} if look.hollow else {}
    name = chart.schedule.instance.orders[batch.order].id
    return tag(
        "g", bar(chart, batch, name, {"stroke_width": 1.0} | pale, mark if look.chosen else ""), **look.attributes
    )


def _days_late(chart: Chart, batch: Batch) -> str:
    """How late the batch makes its order, behind its bar; drawn after all bars, or the next one would cover it."""
    x, y, width, height = bar_box(chart, batch)
    text = f"+{chart.schedule.tardiness[batch.order]:.6g}"
    return label(x + width + 3, y + height / 2, text, 12, "start", fill="#a03000", font_weight="bold",
                 pointer_events="none")  # fmt: skip
