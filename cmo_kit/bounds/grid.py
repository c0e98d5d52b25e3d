"""The problem on a grid of integers, so that a bound can be computed without any rounding error.

Theorem 1 of :mod:`cmo_kit.bounds.verify` allows any length ``u`` of a step and any factor of the weights. Here they are
chosen such that little is lost: nothing where the ticks of the instance are multiples of few enough steps.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from cmo_kit.core.instance import Instance

Integers = NDArray[np.int64]
#: Steps of a schedule, about: pricing takes time in proportion to them.
MAX_STEPS = 6000
#: Of an integer weight at most, so that weighted sums of prices stay exact in float64.
WEIGHT_BITS = 16


@dataclass(frozen=True)
class Grid:
    """An instance in integer steps.

    ``batches`` ``Q_i`` and ``weight`` ``W_i`` have shape (I,), like ``opening``, the initial setups, and ``due``, the
    ``d_i`` on the last start: Python's integers, for a due date may be further away than 64 bits reach. ``gap`` (I, I)
    is ``G_ij``; all times are in steps. ``unit`` is a step in time units, ``factor`` what the weights were multiplied
    with, and ``worth`` a grid unit of total tardiness in ticks.
    """

    sites: int
    batches: Integers
    gap: Integers
    due: tuple[int, ...]
    weight: Integers
    opening: Integers
    unit: Fraction
    factor: Fraction
    worth: Fraction

    def objective(self, value: Fraction) -> Fraction:
        """A lower bound on the instance's total tardiness, in ticks, from one on the grid's."""
        return max(0, math.ceil(value)) * self.worth


def to_grid(instance: Instance, steps: float = MAX_STEPS) -> Grid:
    """The instance on the coarsest grid that loses nothing, if a schedule has at most about ``steps`` steps on it.

    Otherwise the grid has about so many steps and shortens times.
    """
    whole, per_unit = instance.whole, instance.time_ticks.per_unit
    gaps, opening = whole.g.astype(np.int64), whole.sigma.astype(np.int64)
    due = np.array([int(end) - int(tail) for end, tail in zip(whole.D, whole.tails, strict=True)])
    span = float((whole.Q * whole.g.max(axis=1)).sum() / whole.sites + 2 * whole.g.max() + whole.sigma.max())
    unit = Fraction(max(1, int(np.gcd.reduce(np.concatenate([gaps.ravel(), opening, due])))))
    if span > steps * unit:
        unit = Fraction(span).limit_denominator(10**9) / int(steps)
    factor, weight = _weights([Fraction(value) for value in whole.w.tolist()])
    return Grid(
        sites=whole.sites,
        batches=np.array(whole.Q, dtype=np.int64),
        gap=np.array(_in_steps(gaps, unit, up=False), dtype=np.int64).reshape(gaps.shape),
        due=tuple(_in_steps(due, unit, up=True)),
        weight=weight,
        opening=np.array(_in_steps(opening, unit, up=False), dtype=np.int64),
        unit=unit / per_unit,
        factor=factor * instance.weight_ticks.per_unit,
        worth=unit / factor,
    )


def ready_times(gap: Integers, opening: Integers) -> Integers:
    """The earliest possible start of a batch of each order, ``ready_j``; shape (I,), in steps.

    Shortest paths from the opening of a Site (Dijkstra 1959, doi:10.1007/BF01386390): with long initial setups a chain
    of other orders may lead to ``j`` sooner than ``sigma_j``.
    """
    ready, open_orders = opening.astype(np.int64), np.ones(len(gap), dtype=bool)
    for _ in range(len(gap)):
        i = int(np.argmin(np.where(open_orders, ready, np.iinfo(np.int64).max)))
        open_orders[i] = False
        ready = np.where(open_orders, np.minimum(ready, ready[i] + gap[i]), ready)
    return ready


def _in_steps(ticks: Integers, unit: Fraction, up: bool) -> list[int]:
    """Times in steps, rounded down or up, in one list."""
    values, places = np.unique(ticks, return_inverse=True)
    steps = [math.ceil(value / unit) if up else math.floor(value / unit) for value in values.tolist()]
    return [steps[place] for place in places.ravel().tolist()]


def _weights(w: list[Fraction]) -> tuple[Fraction, Integers]:
    """The factor and the integer weights, of weights in ticks.

    They are multiples of the weights' greatest common divisor; if that is too small, fractions of the greatest
    weight in ``2**-WEIGHT_BITS``, rounded down.
    """
    greatest = max(w)
    parts = math.lcm(*(value.denominator for value in w))
    factor = Fraction(parts, math.gcd(*(int(value * parts) for value in w)) or 1)
    if greatest * factor >= 2**WEIGHT_BITS:
        factor = 2**WEIGHT_BITS / greatest
    return factor, np.array([math.floor(value * factor) for value in w], dtype=np.int64)
