"""Recompute a bound from its certificate, with nothing taken from the code that found it.

Whoever doubts a bound reads this file and the theorem in :mod:`cmo_kit.bounds.prices`. It uses Python's
integers and fractions and numpy's 64-bit integers, so there is no rounding. Speed does not matter here:
prices follow the definitions order by order, and whole arrays of last starts are treated at once.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_number
from cmo_kit.bounds.verify_facts import Facts, fraction, integers, require
from cmo_kit.bounds.verify_machine import orders_alone, single_machine
from cmo_kit.bounds.verify_prices import PriceSet
from cmo_kit.core.instance import Instance

#: Relative, for claims of instances with fractions, which are rounded to floats.
TOLERANCE = 1e-9
#: Orders up to which the single machine counts; stated here again, not taken from the code that found the bound.
LARGEST_MACHINE = 150
#: Each takes its time; a bound has one part for each way to prove it and each kind of runs.
MOST_PARTS = 16


def _walk_tree(facts: Facts, part: Mapping[str, Any]) -> Fraction:
    """Draw the conclusions of a tree again: the goal, or the least bound of a case that is not refuted."""
    beat = fraction(part["beat"], "beat")
    nodes, sets = part["nodes"], part["curves"]
    proven = Fraction(math.floor(beat) + 1) if facts.whole else beat  # the least whole number above it
    shape = None
    stack: list[tuple[int, Any, Any]] = [(0, None, None)]
    seen = 0
    while stack:
        number, whole, parts = stack.pop()
        node = nodes[number]
        seen += 1
        require(seen <= len(nodes), "the tree's cases run in a circle")
        refuted, best = False, Fraction(0)
        for which in integers(node[0], "a node's curves", len(sets)):
            prices = PriceSet(facts, part, sets[which])
            if shape is None:
                shape = (len(facts.Q), prices.end + 1)
                whole, parts = np.ones(shape, dtype=bool), np.ones(shape, dtype=bool)
            require(shape == (len(facts.Q), prices.end + 1), "price curves of one tree have different lengths")
            tables = [prices.profiles(i) for i in range(len(facts.Q))]
            bound, least = prices.bound(tables, whole, parts)
            if bound is None or bound > beat:
                refuted = True
                break
            best = max(best, bound)
            for i, (one, several) in enumerate(tables):
                room = math.floor((beat - bound) * prices.scale) + least[i]
                whole[i] &= one <= room
                parts[i] &= several <= room
            if not (whole | parts).any(axis=1).all():
                refuted = True
                break
        if refuted:
            continue
        if len(node) == 1:
            proven = min(proven, best)
            continue
        _, rule, order, at, first, second = node
        if shape is None:
            return Fraction(0)
        integers([order], "a node's order", len(facts.Q))
        integers([first, second], "a node's cases", len(nodes))
        require(type(at) is int, "a node's time is no integer")
        for case, later in ((first, False), (second, True)):
            w, p = whole.copy(), parts.copy()
            if rule == "runs":
                (w if later else p)[order] = False
            else:
                closed = slice(0, at + 1) if later else slice(at + 1, None)
                w[order, closed] = False
                p[order, closed] = False
            stack.append((case, w, p))
    return proven


def _value(instance: Instance, part: Mapping[str, Any]) -> float:
    """The bound that one part of a certificate proves, in the instance's objective."""
    facts = Facts(instance, part)
    if part["kind"] == "machine":
        value = max(orders_alone(facts.G, facts.Q, facts.d, facts.W, facts.ready, facts.L), Fraction(0))
        if len(set(facts.W)) == 1 and len(facts.Q) <= LARGEST_MACHINE:
            tardiness = single_machine(facts.G, facts.Q, facts.d, facts.L)
            value = max(value, Fraction(facts.W[0] * (tardiness or 0), facts.L))
    elif part["kind"] == "prices":
        require(len(part["curves"]) == 1, "a part of kind prices has one set of curves")
        prices = PriceSet(facts, part, part["curves"][0])
        everything = np.ones((len(facts.Q), prices.end + 1), dtype=bool)
        found, _ = prices.bound([prices.profiles(i) for i in range(len(facts.Q))], everything, everything)
        value = found if found is not None else Fraction(0)
    else:
        require(part["kind"] == "tree", f"kind is {part['kind']!r:.40}; it must be machine, prices or tree")
        value = _walk_tree(facts, part)
    own = facts.objective(value)
    if instance.integral:
        return float(math.ceil(own))
    nearest = float(own)
    return nearest if Fraction(nearest) <= own else math.nextafter(nearest, -math.inf)


def verify(instance: Instance, certificate: Mapping[str, Any]) -> tuple[float, float]:
    """Recompute the bounds that ``certificate`` proves for ``instance``.

    Returns
    -------
    lower_bound, one_run_lower_bound : float
        As proved, for any schedule and for one run per order and Site.

    Raises
    ------
    InputError
        When the certificate is for another instance, is malformed, or proves less than it claims.
    """
    try:
        require(certificate["format"] == "cmo-bound/1", "format is not 'cmo-bound/1'")
        require(certificate["digest"] == instance.digest, "the certificate is for another instance")
        any_runs, one_run = 0.0, 0.0
        enough = instance.one_run_failure is None
        require(len(certificate["parts"]) <= MOST_PARTS, f"the certificate has over {MOST_PARTS} parts")
        for part in certificate["parts"]:
            value = _value(instance, part)
            if part["runs"] == "any" or enough:
                any_runs = max(any_runs, value)
            if part["runs"] == "one":
                one_run = max(one_run, value)
        one_run = max(one_run, any_runs)
        for name, proved in (("lower_bound", any_runs), ("one_run_lower_bound", one_run)):
            claimed = check_number(certificate[name], name)
            room = 0.0 if instance.integral else TOLERANCE * max(1.0, abs(claimed))
            require(proved >= claimed - room, f"{name} {claimed:.12g} is claimed, but only {proved:.12g} is proved")
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the certificate is malformed: {type(error).__name__} {error}") from None
    return any_runs, one_run
