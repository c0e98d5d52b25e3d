"""Compiled ascent: prices that make the bound as large as possible.

The bound is a concave, piecewise linear function of the curves. A supergradient says where the chosen
runs crowd a Site: prices rise there and fall where Sites idle. The curves are written as

    Pi_k(t) = sum_{tau < t} hire_tau + premium_k(t)        (premium 0 at T)

with a daily hire that all classes share, which spreads a local change over all later times as the
multipliers of a capacity constraint do, and a premium per class. Steps have Polyak's length towards a
target value; directions keep a part of the one before (deflected subgradient, Camerini, Fratta and
Maffioli 1975, doi:10.1007/BFb0120697). Without progress for a while the step is shortened and the
ascent returns to the best prices.
"""

import numpy as np

from cmo_kit.bounds.kernels import price_all
from cmo_kit.bounds.patterns import NEVER
from cmo_kit.bounds.prices import Allowed, Integers, Prices, Pricing
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
STEP, STALLED, BEST, VALUE = 0, 1, 2, 3


@stored
def assemble(problem: Pricing, hire: Prices, premium: Prices, highest: float, curves: Prices) -> None:
    """Curves from hire and premiums: rounded, between 0 and ``highest``, never falling, equal at ``T``."""
    steps = problem.steps
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
def aim_for(problem: Pricing, best: float, target: float) -> float:
    """What a Polyak step aims at: the target where it is credible, else a little above the best bound so far."""
    scale = problem.weight.sum()
    share, least = (0.03, 0.05) if np.isinf(target) else (0.25, 1.0)
    credible = best + max(share * abs(best), least * scale)
    return float(max(min(target, credible), best + 0.01 * scale))


@stored
def climb(
    problem: Pricing,
    whole_allowed: Allowed,
    parts_allowed: Allowed,
    hire: Prices,
    premium: Prices,
    best_hire: Prices,
    best_premium: Prices,
    memory: Prices,
    state: Prices,
    target: float,
    enough: float,
    rounds: int,
    patience: int,
    visits: Prices,
    parts_visits: Prices,
) -> int:
    """Make up to ``rounds`` steps, fewer where nothing more is to gain; returns how many were made.

    Parameters
    ----------
    hire, premium, best_hire, best_premium : (T,), (K, T), changed in place
        Where the ascent is, and the best prices so far.
    memory : (K + 1, T), changed in place
        The direction: row 0 for the hire, the others for the premiums.
    state : (4,), changed in place
        Step length factor, rounds without progress, best bound, bound of the last round.
    target, enough : float
        What Polyak steps aim at, infinite if unknown; a bound that needs no more ascent.
    visits, parts_visits : (I, end + 1), (I,), changed in place
        How often each last start was chosen, and patterns of several runs.
    """
    count, steps, n = premium.shape[0], problem.steps, len(problem.batches)
    curves, flow = np.zeros((count, steps + 1)), np.zeros((count, steps + 1))
    whole, parts = np.zeros((n, problem.end + 1)), np.zeros((n, problem.end + 1))
    least, last_start, in_parts = np.zeros(n), np.zeros(n, np.int64), np.zeros(n, np.bool_)
    highest = problem.weight.sum() * (problem.end + 1)
    usage = np.zeros(steps)
    for done in range(rounds):
        assemble(problem, hire, premium, highest, curves)
        value = price_all(
            problem, curves, whole_allowed, parts_allowed, whole, parts, least, last_start, in_parts, flow
        )
        state[VALUE] = value
        if value > state[BEST]:
            if value > state[BEST] + 1e-4 * max(1.0, 1e-3 * abs(value)):
                state[STALLED] = 0
            state[BEST] = value
            best_hire[:] = hire
            best_premium[:] = premium
        else:
            state[STALLED] += 1
        if value >= NEVER / 2 or value > enough:
            return done + 1
        for i in range(n):
            visits[i, last_start[i]] += 1
            parts_visits[i] += in_parts[i]
        if state[STALLED] > patience:
            state[STEP] *= SHORTEN
            state[STALLED] = 0
            hire[:] = best_hire
            premium[:] = best_premium
            if state[STEP] <= LEAST_STEP:  # here and not between two calls, which a clock spaces
                return done + 1
            continue
        total = 0.0
        for k in range(count):
            total += flow[k, steps]
        norm = 0.0
        flat = True
        for t in range(steps - 1, -1, -1):
            usage[t] = total - problem.sites
            memory[0, t] = usage[t] + DEFLECTION * memory[0, t]
            flat = flat and (usage[t] == 0.0 or (usage[t] < 0.0 and hire[t] == 0.0))
            if hire[t] > 0.0 or memory[0, t] > 0.0:
                norm += memory[0, t] ** 2
            for k in range(count):
                total += flow[k, t]
                if count > 1:
                    flat = flat and flow[k, t] == 0.0
                    memory[k + 1, t] = flow[k, t] + DEFLECTION * memory[k + 1, t]
                    norm += memory[k + 1, t] ** 2
        if flat or norm < LEAST_NORM:  # no direction leads up: these prices are the best
            state[STEP] = 0.0
            return done + 1
        length = state[STEP] * (aim_for(problem, state[BEST], target) - value) / norm
        total = 0.0
        for t in range(steps):
            hire[t] = min(max(0.0, hire[t] + length * memory[0, t]), highest)
            for k in range(count):
                premium[k, t] = min(max(-highest, premium[k, t] + length * memory[k + 1, t]), highest)
        if count > 1:
            settle(problem, hire, premium)
    return rounds


@stored
def settle(problem: Pricing, hire: Prices, premium: Prices) -> None:
    """Take back what the monotone curves do not show, so that hidden premiums do not pile up."""
    total = hire.sum()
    for k in range(len(premium)):
        ceiling = total
        below = total
        for t in range(problem.steps - 1, -1, -1):
            below -= hire[t]
            ceiling = min(ceiling, max(0.0, below + premium[k, t]))
            premium[k, t] = ceiling - below


@stored
def bound_at(
    problem: Pricing,
    hire: Prices,
    premium: Prices,
    whole_allowed: Allowed,
    parts_allowed: Allowed,
    curves: Prices,
    whole: Prices,
    parts: Prices,
    least: Prices,
    last_start: Integers,
) -> float:
    """The bound at the prices of ``hire`` and ``premium``, with the curves and all profiles."""
    assemble(problem, hire, premium, problem.weight.sum() * (problem.end + 1), curves)
    in_parts, flow = np.zeros(len(problem.batches), np.bool_), np.zeros(curves.shape)
    value: float = price_all(
        problem, curves, whole_allowed, parts_allowed, whole, parts, least, last_start, in_parts, flow
    )
    return value
