"""What pictures show and where, before anything draws it: matplotlib's views and the SVG of the widgets agree by this.

Colours and hatches of orders, names of genes and batches, the bars of a Gantt chart, labels packed into rows, the
sectors of the roulette wheel. Lengths are in the units of whoever draws: inches, lanes or pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.core.chromosome import SITE_CHANGE
from cmo_kit.core.instance import Instance
from cmo_kit.core.operators import fitness
from cmo_kit.core.schedule import Schedule

# A colour has one meaning: orders have the bright ones of Okabe and Ito's palette, and nothing else has them.
ORDER_COLOURS = ("#56B4E9", "#E69F00", "#009E73", "#F0E442", "#CC79A7", "#0072B2")
ORDER_HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---", "ooo")
VERMILLION = "#D55E00"  # tardiness, and what a still picture points at
RED_TEXT = "#a03000"  # of what is late: vermillion is too pale for letters on white, 3.9 : 1
CHOSEN = "#4B2A9B"  # what the reader has chosen, or can move
#: Methods, runs and whatever else is compared: dark, at least 4.5 : 1 on white, so that letters can have them too.
SERIES_COLOURS = ("#0F5F5C", "#882255", "#7F5200", "#5F6B7A", "#000000", "#4F5D00")
#: The two parents of a crossing.
PARENT_COLOURS, PARENT_HATCHES = ("#d0d0d0", "#a0a0a0"), ("", "///")
MOST_LANES = 6  # of one Site, when batches overlap like a pipeline


class OrderStyle(NamedTuple):
    """How an order looks, wherever it is drawn."""

    colour: str
    hatch: str


def order_style(index: int) -> OrderStyle:
    """Colour and hatch of the order with this index; both differ between neighbours, 42 pairs in all."""
    return OrderStyle(ORDER_COLOURS[index % len(ORDER_COLOURS)], ORDER_HATCHES[index % len(ORDER_HATCHES)])


def order_label(name: str) -> str:
    """An order's id as it stands in small boxes: ``o1`` for one that begins with a digit."""
    return f"o{name}" if name[0].isdigit() else name


def gene_label(instance: Instance, gene: int) -> str:
    """What stands in a gene's box: the order, or ``site`` for a Site change."""
    i = int(instance.gene_orders[gene])
    return "site" if i == SITE_CHANGE else order_label(instance.orders[i].id)


def numbered_gene_label(instance: Instance, gene: int) -> str:
    """A gene's label and its number: ``o1.2`` for batch 2 of order 1, ``site 2`` for Site change 2."""
    i = int(instance.gene_orders[gene])
    number = gene - int(np.argmax(instance.gene_orders == i)) + 1
    return f"{gene_label(instance, gene)}{' ' if i == SITE_CHANGE else '.'}{number}"


class Batch(NamedTuple):
    """One batch: where it stands, its order (index), its number within the order, its times, its lane on the Site."""

    site: int
    position: int
    order: int
    number: int
    start: float
    end: float
    lane: int


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


def completes(schedule: Schedule, batch: Batch) -> bool:
    """Whether a batch is one that completes its order."""
    return bool(batch.end >= schedule.order_completions[batch.order])


def completes_late(schedule: Schedule, batch: Batch) -> bool:
    """Whether a batch is one that completes a tardy order."""
    return bool(schedule.tardiness[batch.order] > 0 and completes(schedule, batch))


def latest_end(schedule: Schedule) -> float:
    """When the last batch of a schedule is complete; 0 without any."""
    return max((float(c.max()) for c in schedule.completions if len(c)), default=0.0)


@dataclass(frozen=True)
class GanttLayout:
    """Where the Sites and bars of a Gantt chart stand; y grows downwards.

    Attributes
    ----------
    schedule : Schedule
    batches : tuple of Batch
        The bars; those that overlap in time lie in different lanes of their Site.
    tops, lanes : tuples of L floats and L ints
        Where the lanes of each Site begin, and how many it has.
    lane, inset : float
        How high a lane is, and what a bar leaves free of it, above and below.
    left, per_unit : float
        Where time 0 stands, and how long a time unit is.
    """

    schedule: Schedule
    batches: tuple[Batch, ...]
    tops: tuple[float, ...]
    lanes: tuple[int, ...]
    lane: float = 1
    inset: float = 0.06
    left: float = 0.0
    per_unit: float = 1.0

    def x(self, time: float) -> float:
        """Where a time stands."""
        return self.left + self.per_unit * float(time)

    def deep(self, l: int) -> float:
        """How high the lanes of a Site are together."""
        return self.lanes[l] * self.lane

    @property
    def end(self) -> float:
        """Where the lanes of the last Site end."""
        return self.tops[-1] + self.deep(-1)

    def box(self, site: int, lane: int, start: float, end: float) -> tuple[float, float, float, float]:
        """Left, top, width and height of a bar."""
        x, y = self.x(start), self.tops[site] + lane * self.lane
        return x, y + self.inset, self.x(end) - x, self.lane - 2 * self.inset


def packed_rows(begins: Sequence[float], lengths: Sequence[float], most: int | None = None) -> list[int]:
    """Put labels into rows so that none lies on another, from left to right each into the first row that is free.

    Parameters
    ----------
    begins, lengths : sequences of n floats
        Where each label begins, and how much room it needs.
    most : int, optional
        How many rows there may be.

    Returns
    -------
    list of n ints
        Rows from 0; ``most`` for a label that has room in none.
    """
    rows, ends = [0] * len(begins), list[float]()
    for k in np.argsort(np.asarray(begins), kind="stable").tolist():
        rows[k] = next((row for row, end in enumerate(ends) if end <= begins[k]), len(ends))
        if rows[k] != most:
            ends[rows[k] : rows[k] + 1] = [begins[k] + lengths[k]]
    return rows


def packed_rings(turns: Sequence[float], length: float) -> list[int]:
    """Put labels around a wheel into rings so that none lies on another, nor the last of a ring on its first.

    Parameters
    ----------
    turns : sequence of n floats
        Where the middle of each label stands, in turns from the top, ascending.
    length : float
        How much of a turn a label needs.

    Returns
    -------
    list of n ints
        Rings from 0, the innermost.
    """
    rings, ends = [], list[tuple[float, float]]()  # the first and the last label of each ring
    for turn in turns:
        free = (ring for ring, (first, last) in enumerate(ends) if last + length <= turn <= first + 1 - length)
        rings.append(ring := next(free, len(ends)))
        ends[ring : ring + 1] = [(ends[ring][0] if ring < len(ends) else turn, turn)]
    return rings


def around(place: int, room: int, count: int) -> range:
    """As many of ``count`` places as have room, ``place`` in their middle where it is not near an end."""
    begin = min(max(place - room // 2, 0), count - room)
    return range(begin, begin + room)


def wheel_shares(tardiness: ArrayLike, w: float = 1) -> NDArray[np.float64]:
    """Each chromosome's share of the roulette wheel, ``F / sum F`` with ``F = w + max T - T``; shape (e,).

    Raises
    ------
    InputError
        For an empty population or ``w`` not above 0.
    """
    values = np.asarray(tardiness, dtype=np.float64)
    if values.ndim != 1 or not len(values):
        raise InputError(f"tardiness has shape {values.shape}; it must hold one number for each chromosome")
    if not w > 0:
        raise InputError(f"w is {w}; it must be above 0, so that every fitness is (equation (16))")
    weights = fitness(values, w)
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


class Sector(NamedTuple):
    """A chromosome's sector of the wheel, in turns from the top and clockwise."""

    begin: float
    middle: float
    end: float
    share: float


def wheel_sectors(tardiness: ArrayLike, w: float = 1) -> list[Sector]:
    """The wheel: one sector a chromosome, as wide as its share; raises as :func:`wheel_shares` does."""
    shares = wheel_shares(tardiness, w)
    ends = np.cumsum(shares)
    return [Sector(*map(float, values)) for values in zip(ends - shares, ends - shares / 2, ends, shares, strict=True)]
