"""The date that can be promised to a new client without making anybody else later.

Two numbers answer: a day that *can* be promised, because a schedule keeps it, and a day *before which none can*,
because a proof refutes it. Where they meet, the date is the earliest possible one; between them nobody knows.
The schedule comes from a heuristic (:func:`cmo_kit.search.search`); the proof from lower bounds that hold for
every schedule that [P] allows, asked about deadlines:

*Price curves.* Let every other order's delay beyond its deadline count ``w > 0`` a day, and let the new order be due
on day ``t``. If total tardiness is proved to be at least ``B > 0``, no day before ``t + B`` can be promised: a schedule
that keeps all deadlines and completes the new order by ``d`` would have a total tardiness of at most
``max(0, d - t)``. So the next question is about day ``ceil(t + B)``.

*Cases.* Where the prices prove no more, a tree of cases (:mod:`cmo_kit.bounds.branch`) may still refute that
total tardiness is 0 on day ``t``; then ``t`` is out and ``t + 1`` is next. All is counted in ticks, so that 0 is 0.

A day is the instance's time unit throughout.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from cmo_kit.base.limits import Limits
from cmo_kit.base.values import check_integer, check_number
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.planning.new_order import Remaining, check_extension, remaining

#: Searches that the budget is shared among; the last two look for one day less than the best so far.
SEARCHES, DAY_LESS = 5, 2
#: What a day beyond a deadline counts in the first searches: enough to be avoided, not so much as to stop them moving.
SEARCH_WEIGHT = 20
#: The same in the bounds: any weight proves, and this one proves much.
PROOF_WEIGHT = 4


@dataclass(frozen=True)
class Promise:
    """What can be promised to a new order while nobody else becomes later.

    Parameters
    ----------
    order : str
        The new order's id.
    day : int
        ``schedule`` completes the order by this day. Achievable; not always the earliest.
    not_before : int
        Proved: no schedule that keeps all deadlines completes the order before this day.
    schedule : Schedule
        Of the problem with the new order; the checker finds nothing wrong with it.
    deadlines : mapping
        ``max(D_i, C_i)`` of every other order with an open batch, by id, in days.
    frozen_until : float
        Batches that start before this day stand where the plan has them.
    how : str
        How ``not_before`` was proved, in words.
    undecided : str
        What is neither shown nor refuted, and why; empty where ``day`` is certain.

    Examples
    --------
    >>> from cmo_kit.planning import promise, with_order
    >>> plan = solve(load_instance("fig1"), "expert").schedule
    >>> extended = with_order(plan.instance, Order("D", 1, 0, (2, 4, 2)), change=(1, 4, 4))
    >>> answer = promise(plan, extended, "D", evaluations=5000, cases=0)
    >>> answer.not_before, answer.day, answer.certain
    (34, 34, True)
    """

    order: str
    day: int
    not_before: int
    schedule: Schedule
    deadlines: Mapping[str, float]
    frozen_until: float
    how: str
    undecided: str = ""

    @property
    def gap(self) -> int:
        """Days between what is shown and what is proved."""
        return self.day - self.not_before

    @property
    def certain(self) -> bool:
        """Whether ``day`` is proved to be the earliest one."""
        return self.gap == 0


def promise(
    plan: Schedule,
    extended: Instance,
    order: str,
    frozen_until: float = 0,
    evaluations: int = 1_000_000,
    cases: int = 2000,
    seed: int = 1,
    seconds: float | None = None,
) -> Promise:
    """The earliest day, as far as is known, that can be promised to a new order.

    Every other order stays within ``max(D_i, C_i)``, where ``C_i`` is its completion in ``plan``: who is in time
    stays in time, who is late becomes no later.

    Parameters
    ----------
    plan : Schedule
        The plan that the others have now.
    extended : Instance
        Its problem with one order more (:func:`~cmo_kit.planning.new_order.with_order`); that order's due date plays no
        part.
    order : str
        The new order's id.
    frozen_until : float
        Day before which batches that have begun keep their places; nothing else starts before it. The schedule is
        drawn as early as its Sites allow: where a Site stands idle on that day, later batches on it may be shown
        earlier than the promise counts on.
    evaluations : int
        Moves that the searches may try in all; the same number and seed give the same schedule.
    cases : int
        Cases that one proof may have; 0 proves with price curves alone.
    seed : int
    seconds : float, optional
        Wall clock of it all, counted after the compiled code is loaded: half of them for the searches, the rest for the
        proof. With them the answer depends on the machine; it is right, and may leave more days undecided.

    Returns
    -------
    Promise

    Raises
    ------
    InputError
        When ``extended`` is not the plan's problem with ``order`` added, or a value breaks a rule.

    Examples
    --------
    >>> from cmo_kit.planning import with_order
    >>> plan = solve(load_instance("fig1"), "expert").schedule
    >>> extended = with_order(plan.instance, Order("D", 1, 0, (2, 4, 2)), change=(1, 4, 4))
    >>> promise(plan, extended, "D", evaluations=5000, cases=0).day
    34
    """
    check_extension(plan, extended, order)
    check_number(frozen_until, "frozen_until")
    check_integer(evaluations, "evaluations", SEARCHES)
    check_integer(cases, "cases", 0)
    check_integer(seed, "seed", 0)
    if seconds is not None:
        check_number(seconds, "seconds")
        from cmo_kit.bounds.bound import warm_up as load_bounds
        from cmo_kit.search.method import warm_up as load_search

        load_search()
        load_bounds()
    limits = Limits(seconds)
    open_problem = remaining(plan, extended, order, frozen_until)
    rng = np.random.default_rng(seed)
    day, found = _earliest_found(open_problem, evaluations // SEARCHES, rng, Limits(seconds and seconds / 2))
    proof = not_before(open_problem, day, cases, limits)
    complete = dict(zip(plan.instance.order_index, plan.order_completions.tolist(), strict=True))
    deadlines = {
        known.id: max(known.due_date, complete[known.id])
        for known in extended.orders
        if known.id in open_problem.deadlines
    }
    undecided = ""
    if proof.day < day:
        unit = plan.instance.time_unit
        undecided = f"{unit}s {proof.day} to {day - 1} are neither shown nor refuted: {proof.ended}"
    schedule = open_problem.part.restored(found, "promise")
    return Promise(order, day, proof.day, schedule, deadlines, frozen_until, proof.how, undecided)


def _earliest_found(
    problem: Remaining, evaluations: int, rng: np.random.Generator, limits: Limits
) -> tuple[int, Schedule]:
    """The least day found, and the schedule that shows it."""
    from cmo_kit.search import search

    best = min(problem.part.appended(problem.order), key=problem.day_of)
    for number in range(SEARCHES):
        less = problem.day_of(best) - 1
        last = number >= SEARCHES - DAY_LESS and less >= problem.first_day
        asked = problem.at(less) if last else problem.at(None, SEARCH_WEIGHT)
        seconds = None if limits.seconds is None else max(0.0, limits.seconds_left) / (SEARCHES - number)
        outcome = search(asked, rng, evaluations=evaluations, seconds=seconds)
        if outcome.status == "stopped":
            raise KeyboardInterrupt
        assert outcome.schedule is not None
        candidate = Schedule(problem.instance, outcome.schedule.sites)
        if problem.keeps(candidate) and problem.day_of(candidate) < problem.day_of(best):
            whole = problem.part.restored(candidate, None)
            if not check_schedule(problem.part.problem, whole):
                best = candidate
    return problem.day_of(best), best


@dataclass(frozen=True)
class Proof:
    """The earliest day that is not refuted, how the earlier ones were, and what ended the proof, both in words."""

    day: int
    how: str
    ended: str


def not_before(problem: Remaining, promised: int, cases: int, limits: Limits | None = None) -> Proof:
    """The earliest day that is not refuted, looking no further than ``promised``, which is known to be possible.

    A tree may have so many ``cases``, 0 for price curves alone; the seconds of ``limits`` end the proof.
    """
    from cmo_kit.bounds.ascent import first_multipliers
    from cmo_kit.bounds.branch import refute
    from cmo_kit.bounds.prover import Prover

    limits = limits or Limits()

    def prover(asked: Instance) -> Prover:
        made = Prover(asked, None if limits.seconds is None else max(0.0, limits.seconds_left))
        made.prove(cases=False)
        return made

    day = problem.first_day
    while day < promised and limits.seconds_left > 0:
        bound = prover(problem.at(day, PROOF_WEIGHT)).bound(certified=False).lower_bound
        further = math.ceil((day * problem.per_unit + Fraction(bound)) / problem.per_unit)
        if further <= day:
            break
        day = further
    used, ended = 0, "no cases were allowed" if not cases else ""
    while day < promised and cases:
        asked = prover(problem.at(day))
        if not asked.regimes:
            ended = "the problem is too large for such a proof"
            break
        regime = asked.regimes[0]  # the one that holds for every schedule, split runs included
        multipliers = regime.multipliers or first_multipliers(regime.relaxation)
        left = None if limits.seconds is None else max(0.0, limits.seconds_left)
        tree = refute(regime.relaxation, multipliers, 0.0, Limits(left), cases)
        if tree is None:
            ended = f"the limit of {cases} cases came first, or they do not tell"
            break
        day, used = day + 1, used + len(tree.nodes)
    if limits.seconds_left <= 0:
        ended = "the seconds were over"
    how = "price curves" + (f" and a proof by {used} cases" if used else "")
    return Proof(min(day, promised), how, ended)
