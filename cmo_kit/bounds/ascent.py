"""The ascent: prices that make the bound as large as possible.

The bound is a concave, piecewise linear function of the curves. A supergradient says where the chosen
runs crowd a Site: prices rise there and fall where Sites idle. The curves are written as

    Pi_k(t) = sum_{tau < t} hire_tau + premium_k(t)        (premium 0 at T)

with a daily hire that all classes share, which spreads a local change over all later times as the
multipliers of a capacity constraint do, and a premium per class. Steps have Polyak's length towards a
target value; directions keep a part of the one before (deflected subgradient, Camerini, Fratta and
Maffioli 1975, doi:10.1007/BFb0120697). Without progress for a while the step is shortened and the
ascent returns to the best prices.

Imported on first use only, because it needs numba. Compiled code works in short chunks, so that a clock or the user
can stop it at any moment.
"""

import math
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cmo_kit.base.limits import Limits
from cmo_kit.bounds.patterns import NEVER, Priced, nothing_priced, price_all
from cmo_kit.bounds.relaxation import Domain, Multipliers, Prices, Pricing, Relaxation
from cmo_kit.fast.compiled import stored

#: How much of the last direction stays in the next. On the five Small and the five Medium problems prices alone prove
#: in all 769 and 5067 days with 0, 777 and 5079 with 0.5, 779 and 5085 with 0.9, 780 and 5086 with 0.95.
DEFLECTION = 0.9
#: What a step keeps of its length after rounds without progress. With 0.5 the same problems are proved to 779 and 5084
#: days, in two thirds of the time.
SHORTEN = 0.7
#: A squared length below which a direction is what is left of former ones: what Sites have too much is whole numbers.
LEAST_NORM = 1e-6
#: An ascent whose step factor has shrunk to this gains nothing more.
LEAST_STEP = 1e-3
#: How long compiled code may work between two looks at the clock, about.
CHUNK_SECONDS = 0.05
#: After so many rounds what was chosen before counts less, by this factor. Rounds and not seconds are counted, so
#: that a proof by cases is the same on any machine.
WINDOW, FADING = 100, 0.7
#: The numbers of :attr:`Ascent.progress`.
STEP, STALLED, BEST = 0, 1, 2


class Ascent(NamedTuple):
    """Where an ascent is; its arrays are changed in place.

    ``now`` and ``best`` are the prices of the next round and those of the best bound so far. ``direction`` (K + 1, T)
    is that of the last step: row 0 for the hire, the others for the premiums. ``progress`` (3,) holds the factor of the
    step length, rounds without progress, and the best bound. ``visits`` (I, end + 1) and ``parts_visits`` (I,) count
    how often each last start was chosen, and patterns of several runs.
    """

    now: Multipliers
    best: Multipliers
    direction: Prices
    progress: Prices
    visits: Prices
    parts_visits: Prices

    @property
    def bound(self) -> float:
        """The best bound so far."""
        return float(self.progress[BEST])


def first_multipliers(relaxation: Relaxation) -> Multipliers:
    """Where the ascent begins: hires read off a rough sequence on one fast machine.

    All Sites together are taken as one machine ``L`` times as fast, on which an order takes its batches' own
    gaps and one setup, divided by ``L``. Orders are sequenced greedily: among those not yet placed, the one
    that would be tardy and has most weight per time, else the one with the least slack. If ``F_i`` is when
    order ``i`` ends there, one more day of work before time ``t`` would cost ``sum of W_i`` over the tardy orders
    with ``F_i > t``; the ``L`` Sites share that as hire for day ``t``.
    """
    pricing = relaxation.pricing
    setup = np.minimum(pricing.reach.min(axis=1), pricing.steps) - pricing.offset
    length = np.maximum(1e-9, ((pricing.batches - 1) * pricing.own_gap + np.maximum(setup, 0)) / pricing.sites)
    left = np.ones(len(length), dtype=bool)
    hire = np.zeros(pricing.steps)
    now = 0.0
    for _ in range(len(length)):
        slack = np.maximum(0.0, pricing.due - now - length)
        urgency = (pricing.weight + 1e-9) / length * np.exp(-slack / (2 * length.mean() + 1e-9))
        i = int(np.argmax(np.where(left, urgency, -1.0)))
        left[i] = False
        now += length[i]
        if now > pricing.due[i]:
            hire[: min(int(now) + 1, pricing.steps)] += pricing.weight[i] / pricing.sites
    return Multipliers(hire, np.zeros((pricing.reach.shape[1], pricing.steps)))


@stored
def assemble(problem: Pricing, multipliers: Multipliers, highest: float, curves: Prices) -> None:
    """Curves from hire and premiums: rounded, between 0 and ``highest``, never falling, equal at ``T``."""
    hire, premium, steps = multipliers.hire, multipliers.premium, problem.steps
    for k in range(len(premium)):
        total = 0.0
        for t in range(steps):
            curves[k, t] = total + premium[k, t]
            total += hire[t]
        curves[k, steps] = total
        for t in range(steps, -1, -1):
            value = np.rint(curves[k, t] * problem.resolution) / problem.resolution
            curves[k, t] = min(max(value, 0.0), highest)
            if t < steps:
                curves[k, t] = min(curves[k, t], curves[k, t + 1])


@stored
def price(problem: Pricing, multipliers: Multipliers, domain: Domain) -> tuple[float, Priced]:
    """The bound at given multipliers, exact, and all that the prices say."""
    priced = nothing_priced(problem)
    assemble(problem, multipliers, problem.weight.sum() * (problem.end + 1), priced.curves)
    return price_all(problem, domain, priced), priced


@stored
def aim_for(problem: Pricing, best: float, target: float) -> float:
    """What a Polyak step aims at: the target where it is credible, else a little above the best bound so far."""
    scale = problem.weight.sum()
    share, least = (0.03, 0.05) if np.isinf(target) else (0.25, 1.0)
    credible = best + max(share * abs(best), least * scale)
    return float(max(min(target, credible), best + 0.01 * scale))


@stored
def settle(problem: Pricing, multipliers: Multipliers) -> None:
    """Take back what the monotone curves do not show, so that hidden premiums do not pile up."""
    hire, premium = multipliers.hire, multipliers.premium
    total = hire.sum()
    for k in range(len(premium)):
        ceiling = total
        below = total
        for t in range(problem.steps - 1, -1, -1):
            below -= hire[t]
            ceiling = min(ceiling, max(0.0, below + premium[k, t]))
            premium[k, t] = ceiling - below


@stored
def climb(
    problem: Pricing, domain: Domain, ascent: Ascent, target: float, enough: float, rounds: int, patience: int
) -> int:
    """Make up to ``rounds`` steps, fewer where nothing more is to gain; returns how many were made.

    ``target`` and ``enough`` are what Polyak steps aim at, infinite if unknown, and a bound that needs no more ascent.
    """
    now, best, direction, progress, visits, parts_visits = ascent
    hire, premium = now
    count, steps = premium.shape
    priced = nothing_priced(problem)
    last_start, in_parts, flow = priced.last_start, priced.in_parts, priced.flow
    highest = problem.weight.sum() * (problem.end + 1)
    for done in range(rounds):
        assemble(problem, now, highest, priced.curves)
        value = price_all(problem, domain, priced)
        if value > progress[BEST]:
            if value > progress[BEST] + 1e-4 * max(1.0, 1e-3 * abs(value)):
                progress[STALLED] = 0
            progress[BEST] = value
            best.hire[:] = hire
            best.premium[:] = premium
        else:
            progress[STALLED] += 1
        if value >= NEVER / 2 or value > enough:
            return done + 1
        for i in range(len(last_start)):
            visits[i, last_start[i]] += 1
            parts_visits[i] += in_parts[i]
        if progress[STALLED] > patience:
            progress[STEP] *= SHORTEN
            progress[STALLED] = 0
            hire[:] = best.hire
            premium[:] = best.premium
            if progress[STEP] <= LEAST_STEP:  # here and not between two calls, which a clock spaces
                return done + 1
            continue
        total = 0.0
        for k in range(count):
            total += flow[k, steps]
        norm = 0.0
        flat = True
        for t in range(steps - 1, -1, -1):
            crowd = total - problem.sites
            direction[0, t] = crowd + DEFLECTION * direction[0, t]
            flat = flat and (crowd == 0.0 or (crowd < 0.0 and hire[t] == 0.0))
            if hire[t] > 0.0 or direction[0, t] > 0.0:
                norm += direction[0, t] ** 2
            for k in range(count):
                total += flow[k, t]
                if count > 1:
                    flat = flat and flow[k, t] == 0.0
                    direction[k + 1, t] = flow[k, t] + DEFLECTION * direction[k + 1, t]
                    norm += direction[k + 1, t] ** 2
        if flat or norm < LEAST_NORM:  # no direction leads up: these prices are the best
            progress[STEP] = 0.0
            return done + 1
        length = progress[STEP] * (aim_for(problem, progress[BEST], target) - value) / norm
        for t in range(steps):
            hire[t] = min(max(0.0, hire[t] + length * direction[0, t]), highest)
            for k in range(count):
                premium[k, t] = min(max(-highest, premium[k, t] + length * direction[k + 1, t]), highest)
        if count > 1:
            settle(problem, now)
    return rounds


def ascend(
    relaxation: Relaxation,
    start: Multipliers,
    domain: Domain,
    target: float | None,
    enough: float,
    limits: Limits,
    rounds: int,
    patience: int,
    report: Callable[[Ascent], None] | None = None,
) -> Ascent:
    """Raise the bound from ``start`` until the step is tiny, ``rounds`` are made or the seconds are over.

    Polyak steps aim at ``target`` or, without one, a little above the best bound so far; a bound above ``enough`` ends
    the ascent. After ``patience`` rounds without progress steps are shortened. ``report`` gets the state after every
    chunk.
    """
    direction = np.zeros((len(start.premium) + 1, relaxation.pricing.steps))
    progress = np.array([1.0, 0.0, -np.inf])
    visits, parts_visits = np.zeros(domain.whole.shape), np.zeros(len(domain.whole))
    ascent = Ascent(start.copy(), start.copy(), direction, progress, visits, parts_visits)
    aim = math.inf if target is None else target
    made, chunk = 0, 1
    while made < rounds and progress[STEP] > LEAST_STEP and limits.seconds_left > 0:
        begin = time.perf_counter()
        wanted = min(chunk, rounds - made, WINDOW - made % WINDOW)
        done = climb(relaxation.pricing, domain, ascent, aim, enough, wanted, patience)
        made += done
        if report:
            report(ascent)
        if ascent.bound > enough or done < wanted:
            break
        spent = max(time.perf_counter() - begin, 1e-6)
        chunk = max(1, int(done * min(4.0, CHUNK_SECONDS / spent)))
        if made % WINDOW == 0:
            visits *= FADING
            parts_visits *= FADING
    return ascent
