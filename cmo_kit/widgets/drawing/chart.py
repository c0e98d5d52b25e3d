"""Where things stand in a Gantt chart as SVG, and what stands around its bars: Sites, time axis, due dates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cmo_kit.core.schedule import Schedule
from cmo_kit.views.gantt_bars import Batch, batches_of
from cmo_kit.views.style import VERMILLION, time_label
from cmo_kit.widgets.drawing.svg import FAINT, INK, label, order_patterns, tag

WIDTH, LEFT, RIGHT = 940.0, 92.0, 916.0  # of a picture, and of its time axis
ROW = 18.0  # height of a row of due dates


@dataclass(frozen=True)
class Chart:
    """Where things stand in a chart of ``schedule``; lengths in pixels of the picture.

    Attributes
    ----------
    schedule : Schedule
    batches : tuple of Batch
        The bars; those that overlap in time lie in different lanes of their Site.
    last : float
        The time at the right end.
    due_height : float
        Of the rows of due dates, above all Sites.
    lanes : tuple of L ints
        How many each Site has.
    lane, band, between : float
        Heights: of a lane, of the band above the lanes of a Site, and between a Site and the next one's band.
    """

    schedule: Schedule
    batches: tuple[Batch, ...]
    last: float
    due_height: float
    lanes: tuple[int, ...]
    lane: float
    band: float
    between: float

    @property
    def per_unit(self) -> float:
        """Pixels a time unit."""
        return (RIGHT - LEFT) / self.last

    def x(self, time: float) -> float:
        """Where a time stands."""
        return LEFT + self.per_unit * float(time)

    def top(self, l: int) -> float:
        """Where the lanes of a Site begin, under its band."""
        above = sum(self.band + self.deep(k) + self.between for k in range(l))
        return self.due_height + self.between + above + self.band

    def deep(self, l: int) -> float:
        """How high the lanes of a Site are together."""
        return self.lanes[l] * self.lane

    @property
    def bottom(self) -> float:
        """Where the axis stands."""
        last = len(self.lanes) - 1
        return self.top(last) + self.deep(last) + self.between

    @property
    def height(self) -> float:
        """Of the whole picture."""
        return self.bottom + 42


def latest_end(schedule: Schedule) -> float:
    """When the last batch of a schedule is complete; 0 without any."""
    return max((batch.end for batch in batches_of(schedule)), default=0.0)


def chart_of(
    schedule: Schedule, last: float = 0, lanes: int = 1, lane: float = 22, band: float = 22, between: float = 6
) -> Chart:
    """Arrange a chart of at least so many lanes on each Site, with room for times up to ``last`` at least."""
    batches = tuple(batches_of(schedule))
    # The last due date and the last tardiness have their words behind them.
    end = max(1.03 * max(last, latest_end(schedule)), 1.08 * float(schedule.instance.D.max())) or 1.0
    each = [max([lanes, *(b.lane + 1 for b in batches if b.site == l)]) for l in range(len(schedule.sites))]
    height = ROW * (1 + max(_due_rows(schedule, (RIGHT - LEFT) / end)))
    return Chart(schedule, batches, end, height, tuple(each), lane, band, between)


def background(chart: Chart) -> list[str]:
    """Patterns, axis and names of the Sites, to be drawn before the bars."""
    schedule = chart.schedule
    parts = [order_patterns(range(len(schedule.instance.orders)))]
    parts.append(axis(chart.last, chart.bottom, time_label(schedule.instance)))
    for l in range(len(schedule.sites)):
        y = chart.top(l)
        parts.append(tag("line", x1=LEFT, y1=y - chart.band, x2=RIGHT, y2=y - chart.band, stroke=FAINT))
        parts.append(label(LEFT - 10, y + chart.deep(l) / 2, f"Site {l + 1}", anchor="end", font_weight="bold"))
    return parts


def empty_sites(chart: Chart) -> list[str]:
    """The word ``empty`` on every Site without a run."""
    return [
        label(LEFT + 8, chart.top(l) + chart.lane / 2, "empty", 12, "start", fill="#595959")
        for l, site in enumerate(chart.schedule.sites)
        if not site
    ]


def foreground(chart: Chart) -> list[str]:
    """Due dates above the Sites, with lines through the bars: to be drawn after these."""
    schedule, instance = chart.schedule, chart.schedule.instance
    lines, marks = [], []
    for i, row in enumerate(_due_rows(schedule, chart.per_unit)):
        x, y, tardy = chart.x(instance.D[i]), 10 + ROW * row, schedule.tardiness[i] > 0
        lines.append(tag("line", x1=x, x2=x, y1=y + 5, y2=chart.bottom, stroke=INK, stroke_dasharray="1 4",
                         pointer_events="none"))  # fmt: skip
        marks.append(
            tag("path", d=f"M{x - 6:.2f} {y - 5:.2f}h12l-6 10z", fill=VERMILLION if tardy else "#fff", stroke=INK)
            + label(x + 9, y, _due_text(schedule, i), 12, "start", font_weight="bold" if tardy else "normal")
        )
    return lines + marks


def axis(end: float, y: float, text: str, left: float = LEFT, right: float = RIGHT, most: int = 12) -> str:
    """A time axis at ``y`` from 0 to ``end``, with ``most`` or fewer ticks at round numbers."""
    steps = (factor * 10.0**power for power in range(-3, 7) for factor in (1, 2, 5))
    step = next((size for size in steps if end / size <= most), end)
    parts = [tag("line", x1=left, x2=right, y1=y, y2=y, stroke=INK)]
    for time in np.arange(0, end, step).tolist():
        x = left + (right - left) * time / end
        parts.append(tag("line", x1=x, x2=x, y1=y, y2=y + 6, stroke=INK) + label(x, y + 14, f"{time:g}", 12))
    return "".join(parts) + label((left + right) / 2, y + 31, text, 12)


def _due_text(schedule: Schedule, i: int) -> str:
    return f"{schedule.instance.orders[i].id} due {schedule.instance.D[i]:.6g}"


def _due_rows(schedule: Schedule, per_unit: float) -> list[int]:
    """The row of each order's due date, from above, so that their words do not touch."""
    rows, ends = [0] * len(schedule.instance.orders), list[float]()
    for i in np.argsort(schedule.instance.D, kind="stable").tolist():
        x = float(schedule.instance.D[i]) * per_unit
        rows[i] = next((k for k, end in enumerate(ends) if end < x - 8), len(ends))
        ends[rows[i] : rows[i] + 1] = [x + 10 + 7.2 * len(_due_text(schedule, i))]
    return rows
