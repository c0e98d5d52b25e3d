"""The geometry of a Gantt chart, for pictures that put more than bars on it."""

from __future__ import annotations

from dataclasses import dataclass

from cmo_kit.core.schedule import Schedule
from cmo_kit.views.gantt_bars import Batch, batches_of
from cmo_kit.views.style import VERMILLION, time_label
from cmo_kit.widgets.gantt_svg import LEFT, RIGHT, axis, due_dates
from cmo_kit.widgets.svg import FAINT, INK, label, order_fill, order_patterns, tag

LANE = 22.0
BAND = 22.0  # above the lanes of a Site


@dataclass(frozen=True)
class Chart:
    """Where things stand in a chart of ``schedule``; lengths in pixels of the picture.

    ``batches`` are the bars, ``last`` is the time at the right end, ``first_site`` where the upper Site
    begins and ``lanes`` how many each Site has.
    """

    schedule: Schedule
    batches: tuple[Batch, ...]
    last: float
    first_site: float
    lanes: tuple[int, ...]

    @property
    def per_unit(self) -> float:
        """Pixels a time unit."""
        return (RIGHT - LEFT) / self.last

    def x(self, time: float) -> float:
        """Where a time stands."""
        return LEFT + self.per_unit * float(time)

    def top(self, l: int) -> float:
        """Where the lanes of a Site begin, under its band."""
        return self.first_site + sum(BAND + self.deep(k) + 6 for k in range(l)) + BAND

    def deep(self, l: int) -> float:
        """How high the lanes of a Site are together."""
        return self.lanes[l] * LANE

    @property
    def bottom(self) -> float:
        """Where the axis stands."""
        last = len(self.lanes) - 1
        return self.top(last) + self.deep(last) + 6

    @property
    def height(self) -> float:
        """Of the whole picture."""
        return self.bottom + 42


def chart_of(schedule: Schedule, last: float = 0, lanes: int = 1) -> Chart:
    """Arrange a chart of at least so many lanes on each Site, with room for times up to ``last`` at least."""
    batches = tuple(batches_of(schedule))
    latest = max([last, *(batch.end for batch in batches)])
    end = max(1.03 * latest, 1.08 * float(schedule.instance.D.max())) or 1.0  # the last due date has its name beside it
    due_height = due_dates(schedule, (RIGHT - LEFT) / end)[1]
    each = [max([lanes, *(b.lane + 1 for b in batches if b.site == l)]) for l in range(len(schedule.sites))]
    return Chart(schedule, batches, end, due_height + 6, tuple(each))


def background(chart: Chart) -> list[str]:
    """Patterns, axis and names of the Sites."""
    schedule = chart.schedule
    parts = [order_patterns(range(len(schedule.instance.orders)))]
    parts.append(axis(chart.last, chart.per_unit, chart.bottom, time_label(schedule.instance)))
    for l in range(len(schedule.sites)):
        y = chart.top(l)
        parts.append(tag("line", x1=LEFT, y1=y - BAND, x2=RIGHT, y2=y - BAND, stroke=FAINT))
        parts.append(label(LEFT - 10, y + chart.deep(l) / 2, f"Site {l + 1}", anchor="end", font_weight="bold"))
    return parts


def foreground(chart: Chart) -> list[str]:
    """Due dates, with lines through the bars."""
    (marks, feet), _ = due_dates(chart.schedule, chart.per_unit)
    lines = [tag("line", x1=x, x2=x, y1=y, y2=chart.bottom, stroke=INK, stroke_dasharray="1 4",
                 pointer_events="none") for x, y in feet]  # fmt: skip
    return lines + marks


def bar(chart: Chart, batch: Batch, **edge: object) -> str:
    """One batch, with its name where there is room; ``edge`` changes its rectangle."""
    x, y = chart.x(batch.start), chart.top(batch.site) + batch.lane * LANE
    width, name = max(chart.x(batch.end) - x, 2.0), batch_name(chart.schedule, batch)
    box = tag("rect", **({"x": x, "y": y + 1, "width": width, "height": LANE - 2, "fill": order_fill(batch.order),
                          "stroke": INK, "stroke_width": 0.8} | edge))  # fmt: skip
    return box + (label(x + width / 2, y + LANE / 2, name, 12, font_weight="bold") if width > 8 * len(name) + 6 else "")


def batch_name(schedule: Schedule, batch: Batch) -> str:
    """``A2`` or, where the order's name ends in a digit, ``1-2``."""
    name = schedule.instance.orders[batch.order].id
    return f"{name}-{batch.number}" if name[-1].isdigit() else f"{name}{batch.number}"


def late_edge(chart: Chart, batch: Batch) -> dict[str, object]:
    """The thick edge of a batch that completes a tardy order."""
    schedule = chart.schedule
    late = schedule.tardiness[batch.order] > 0 and batch.end >= schedule.order_completions[batch.order]
    return {"stroke": VERMILLION, "stroke_width": 3} if late else {}
