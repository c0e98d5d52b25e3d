"""The problem on a grid of integers, so that a bound can be computed without any rounding error.

Theorem 1 of :mod:`cmo_kit.bounds.verify` allows any length ``u`` of a step, any factor of the weights and any slack.
Here they are chosen such that little is lost: nothing where all times are multiples of ``u``. Floats add and subtract
multiples of 1/1024 (integers, halves, ...) without error, and the slack is 0; all other times carry rounding errors
of the arithmetic that made them (0.1 + 0.2 is not 0.3), which the slack must cover.
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
#: Fractions of a time unit that people use (halves, hours of a day, minutes of an hour, decimals).
DENOMINATORS = (1, 2, 4, 5, 8, 10, 20, 24, 60, 100, 1000)
#: Where the single-machine bound, which may have any number of steps, must round, it rounds this finely.
FINEST_STEPS = 10**9
#: Of an integer weight at most, so that weighted sums of prices stay exact in float64.
WEIGHT_BITS = 16
#: Floats add multiples of ``1 / PARTS`` below ``LARGEST_EXACT`` without rounding.
PARTS, LARGEST_EXACT = 1024, 2**40


@dataclass(frozen=True)
class Grid:
    """An instance in integer steps.

    Parameters
    ----------
    sites : int
    batches, due, weight, opening : (I,) integer arrays
        ``Q_i``; ``d_i`` on the last start, in steps; ``W_i``; initial setups in steps.
    gap : (I, I) integer array
        ``G_ij`` in steps.
    unit, factor : Fraction
        Time units in a step; what the weights were multiplied with.
    slack, loss : Fraction
        By how much times were moved before rounding, and what that may have cost.
    whole : bool
        Whether the grid loses nothing, so that the instance's optimum is an integer number of grid objective units.
    """

    sites: int
    batches: Integers
    gap: Integers
    due: Integers
    weight: Integers
    opening: Integers
    unit: Fraction
    factor: Fraction
    slack: Fraction
    loss: Fraction
    whole: bool

    def objective(self, value: Fraction, integral: bool) -> float:
        """A lower bound in the instance's objective from one on the grid, never rounded up in error."""
        own = max(Fraction(0), value * self.unit / self.factor - self.loss)
        if integral:
            return float(math.ceil(own))
        nearest = float(own)
        return nearest if Fraction(nearest) <= own else math.nextafter(nearest, -math.inf)


def to_grid(instance: Instance, steps: float = MAX_STEPS) -> Grid:
    """The instance on the coarsest grid that loses nothing, if a schedule has at most about ``steps`` steps on it.

    Otherwise the grid has about so many steps and shortens times.
    """
    gaps, opening, due = instance.g, instance.sigma, instance.D - instance.tails
    largest = max(1.0, float(gaps.max()), float(opening.max()), float(np.abs(due).max()))
    sure = all(_adds_exactly(times) for times in (instance.p, instance.D, gaps, opening))
    slack = Fraction(0) if sure else Fraction(1e-12 * largest)
    span = float((instance.Q * gaps.max(axis=1)).sum() / instance.sites + 2 * gaps.max() + opening.max())
    unit = _common_step(np.concatenate([gaps.ravel(), opening, due]), slack)
    exact = unit is not None and span <= steps * unit
    if unit is None or not exact:
        unit = Fraction(max(span, 1e-9)).limit_denominator(10**9) / int(min(steps, FINEST_STEPS))
    factor, weight, same = _weights(instance)
    total = sum(Fraction(float(w)) for w in instance.w)
    return Grid(
        sites=instance.sites,
        batches=np.array(instance.Q, dtype=np.int64),
        gap=_rounded(gaps, unit, slack, up=False),
        due=_rounded(due, unit, slack, up=True),
        weight=weight,
        opening=_rounded(opening, unit, slack, up=False),
        unit=unit,
        factor=factor,
        slack=slack,
        loss=slack * (instance.total_batches + 1) * total,
        whole=sure and exact and same,
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


def _adds_exactly(times: NDArray[np.float64]) -> bool:
    """Whether sums and differences of such times are free of rounding errors."""
    scaled = times * PARTS
    return bool((np.abs(times) < LARGEST_EXACT).all() and (scaled == np.rint(scaled)).all())


def _common_step(times: NDArray[np.float64], slack: Fraction) -> Fraction | None:
    """The greatest step of which all times are multiples (within ``slack``), or None."""
    values = np.unique(times)
    for denominator in DENOMINATORS:
        scaled = np.rint(values * denominator)
        if np.abs(scaled).max() < 2**53 and (np.abs(scaled / denominator - values) <= float(slack)).all():
            return Fraction(max(1, int(np.gcd.reduce(scaled.astype(np.int64)))), denominator)
    return None


def _rounded(times: NDArray[np.float64], unit: Fraction, slack: Fraction, up: bool) -> Integers:
    """Times in steps: rounded down after adding ``slack``, or up after subtracting it; exact arithmetic."""
    values, places = np.unique(times, return_inverse=True)
    steps = [
        math.ceil((Fraction(float(v)) - slack) / unit) if up else math.floor((Fraction(float(v)) + slack) / unit)
        for v in values
    ]
    return np.array(steps, dtype=np.int64)[places].reshape(times.shape)


def _weights(instance: Instance) -> tuple[Fraction, Integers, bool]:
    """The factor, integer weights, and whether they are the instance's own times the factor.

    They are multiples of the weights' greatest common divisor; if that is too small, fractions of the greatest
    weight in ``2**-WEIGHT_BITS``, rounded down.
    """
    w = [Fraction(float(value)) for value in instance.w]
    greatest = max(w)
    if greatest == 0:
        return Fraction(1), np.zeros(len(w), dtype=np.int64), True
    parts = math.lcm(*(value.denominator for value in w))
    factor = Fraction(parts, math.gcd(*(int(value * parts) for value in w)))
    if greatest * factor >= 2**WEIGHT_BITS:
        factor = 2**WEIGHT_BITS / greatest
    kept = [math.floor(value * factor) for value in w]
    return factor, np.array(kept, dtype=np.int64), kept == [value * factor for value in w]
