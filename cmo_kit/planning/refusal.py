"""Days before which no promise can be kept, with proof: the kit's lower bounds, asked about deadlines.

*Price curves.* Let every other order's delay beyond its deadline count ``w > 0`` a day, and let the new order be due
on day ``t``. If total tardiness is proved to be at least ``B > 0``, no day before ``t + B`` can be promised: a schedule
that keeps all deadlines and completes the new order by ``d`` would have a total tardiness of at most
``max(0, d - t)``. So the next question is about day ``ceil(t + B)``.

*Cases.* Where the prices prove no more, a tree of cases (:mod:`cmo_kit.bounds.branch`) may still refute that
total tardiness is 0 on day ``t``; then ``t`` is out and ``t + 1`` is next. It asks for integers, so that 0 is 0.
"""

import math
from typing import NamedTuple

from cmo_kit.base.limits import Limits
from cmo_kit.planning.remaining import Remaining

#: What a day beyond a deadline counts in the bounds: any weight proves, and this one proves much.
WEIGHT = 4


class Refusal(NamedTuple):
    """``day``: no day before it can be promised; ``how``: the proof in words."""

    day: int
    how: str


def not_before(remaining: Remaining, promised: int, cases: int) -> Refusal:
    """The earliest day that is not refuted, looking no further than ``promised``.

    Parameters
    ----------
    remaining : Remaining
    promised : int
        A day that is known to be possible.
    cases : int
        How many cases a tree may have; 0 for price curves alone.
    """
    from cmo_kit.bounds.ascent import first_multipliers
    from cmo_kit.bounds.branch import refute
    from cmo_kit.bounds.prover import Prover

    day = math.ceil(remaining.origin)
    while day < promised:
        prover = Prover(remaining.at(day, WEIGHT))
        prover.prove()
        further = math.ceil(day + prover.bound(certified=False).lower_bound)
        if further <= day:
            break
        day = further
    used = 0
    while day < promised and cases and remaining.at(day).integral:
        prover = Prover(remaining.at(day))
        prover.prove()
        if not prover.regimes:
            break
        regime = prover.regimes[0]  # the one that holds for every schedule, split runs included
        multipliers = regime.multipliers or first_multipliers(regime.relaxation)
        tree = refute(regime.relaxation, multipliers, 0.0, Limits(), cases)
        if tree is None:
            break
        day, used = day + 1, used + len(tree.nodes)
    how = "price curves" + (f" and a proof by {used} cases" if used else "")
    return Refusal(min(day, promised), how)
