"""Driving the compiled ascent: in short chunks, so that a clock or the user can stop it at any moment."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cmo_kit.bounds.prices import Allowed, Integers, Prices, Relaxation

#: How long compiled code may work between two looks at the clock, about.
CHUNK_SECONDS = 0.05
#: After so many rounds what was chosen before counts less, by this factor. Rounds and not seconds are counted, so
#: that a proof by cases is the same on any machine.
WINDOW, FADING = 100, 0.7


class Clock:
    """A stopwatch with a limit; ``over()`` is the only question that anything here asks of time."""

    def __init__(self, seconds: float | None) -> None:
        self.begin = time.perf_counter()
        self.limit = seconds

    def seconds(self) -> float:
        """Wall-clock seconds since the clock was made."""
        return time.perf_counter() - self.begin

    def over(self) -> bool:
        """Whether the limit is reached."""
        return self.limit is not None and self.seconds() >= self.limit


@dataclass
class Domain:
    """The last starts that are still open, for patterns of one run (``whole``) and of more (``parts``)."""

    whole: Allowed
    parts: Allowed

    def copy(self) -> "Domain":
        """An independent copy."""
        return Domain(self.whole.copy(), self.parts.copy())

    @classmethod
    def all_of(cls, relaxation: Relaxation) -> "Domain":
        """Everything open, but no several runs where an order has but one batch or may have but one run."""
        pricing = relaxation.pricing
        shape = (len(pricing.batches), pricing.end + 1)
        parts = np.ones(shape, dtype=np.bool_)
        parts[pricing.depth == 1] = False
        return cls(np.ones(shape, dtype=np.bool_), parts)


@dataclass
class Multipliers:
    """Hire (T,) and premiums (K, T): the prices in the form in which the ascent moves them."""

    hire: Prices
    premium: Prices

    def copy(self) -> "Multipliers":
        """An independent copy."""
        return Multipliers(self.hire.copy(), self.premium.copy())


@dataclass
class Priced:
    """Everything that prices say: the bound, the curves, per order the profiles and the least price."""

    bound: float
    curves: Prices
    whole: Prices
    parts: Prices
    least: Prices
    last_start: Integers


@dataclass
class Climbed:
    """Where an ascent ended: the best bound, its prices, and how often each last start was chosen."""

    bound: float
    multipliers: Multipliers
    visits: Prices
    parts_visits: Prices


def price(relaxation: Relaxation, multipliers: Multipliers, domain: Domain) -> Priced:
    """The bound at given multipliers, exact."""
    from cmo_kit.bounds.climb import bound_at

    pricing, count = relaxation.pricing, relaxation.classes.number
    shape = domain.whole.shape
    result = Priced(
        0.0,
        np.zeros((count, pricing.steps + 1)),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape[0]),
        np.zeros(shape[0], dtype=np.int64),
    )
    result.bound = bound_at(
        pricing,
        multipliers.hire,
        multipliers.premium,
        domain.whole,
        domain.parts,
        result.curves,
        result.whole,
        result.parts,
        result.least,
        result.last_start,
    )
    return result


def ascend(
    relaxation: Relaxation,
    start: Multipliers,
    domain: Domain,
    target: float | None,
    enough: float,
    clock: Clock,
    rounds: int,
    patience: int,
    step: float = 1.0,
    report: Callable[[float, Multipliers], None] | None = None,
) -> Climbed:
    """Raise the bound from ``start`` until the step is tiny, ``rounds`` are made or the clock is over.

    Parameters
    ----------
    target : float, optional
        What Polyak steps aim at; without one, a little above the best bound so far.
    enough : float
        A bound above this ends the ascent.
    report : callable, optional
        Called with the best bound and its multipliers after every chunk.
    """
    from cmo_kit.bounds.climb import BEST, LEAST_STEP, STEP, climb

    pricing, count = relaxation.pricing, relaxation.classes.number
    now, best = start.copy(), start.copy()
    memory = np.zeros((count + 1, pricing.steps))
    state = np.array([step, 0.0, -np.inf, 0.0])
    visits, parts_visits = np.zeros(domain.whole.shape), np.zeros(len(domain.whole))
    made, chunk = 0, 1
    while made < rounds and state[STEP] > LEAST_STEP and not clock.over():
        begin = time.perf_counter()
        wanted = min(chunk, rounds - made, WINDOW - made % WINDOW)
        done = climb(
            pricing,
            domain.whole,
            domain.parts,
            now.hire,
            now.premium,
            best.hire,
            best.premium,
            memory,
            state,
            math.inf if target is None else target,
            enough,
            wanted,
            patience,
            visits,
            parts_visits,
        )
        made += done
        if report:
            report(float(state[BEST]), best)
        if state[BEST] > enough or done < wanted:
            break
        spent = max(time.perf_counter() - begin, 1e-6)
        chunk = max(1, int(done * min(4.0, CHUNK_SECONDS / spent)))
        if made % WINDOW == 0:
            visits *= FADING
            parts_visits *= FADING
    return Climbed(float(state[BEST]), best, visits, parts_visits)
