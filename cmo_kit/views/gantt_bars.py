"""The bars of a Gantt chart: batches or operations, cleaning, thick edges, names."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cmo_kit.core.instance import CleaningTimes
from cmo_kit.core.schedule import Schedule
from cmo_kit.views.style import HALO, INK, VERMILLION, order_style, text_inches

MOST_LANES = 6  # of one Site, when batches overlap like a pipeline
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


def names_fit(schedule: Schedule, batches: list[Batch], per_unit: float, operations: bool) -> bool:
    """Whether most bars are wide enough for the names of their batches."""
    share = 0.3 if operations else 1.0  # an operation's bar is about a third of its batch
    wide = [
        text_inches(_batch_name(schedule, batch), BATCH_SIZE) < share * (batch.end - batch.start) * per_unit
        for batch in batches
    ]
    return sum(wide) >= 0.6 * len(wide)


def draw_batches(ax: Axes, schedule: Schedule, batches: list[Batch], layout: Layout, named: bool) -> None:
    """One bar a batch; ``named`` ones have their names, and lateness beside them."""
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


def draw_operations(ax: Axes, schedule: Schedule, batches: list[Batch], layout: Layout, named: bool) -> None:
    """One bar an operation, with the cleaning between batches in grey."""
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


def label_runs(ax: Axes, schedule: Schedule, layout: Layout) -> None:
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
