"""Proving by cases with the best prices of every case: what :mod:`branch` does, guided by a linear program.

Most patterns are closed by the first prices (theorem 4 of :mod:`cmo_kit.bounds.verify`); over what is left the
program of :mod:`master` is small. The case with the least bound is divided next, so that the least bound of all open
cases is proved at any moment. How to divide it is tried out: the order and the time for which both cases come out
dearest after a few steps of the simplex method (strong branching; Applegate, Bixby, Chvatal and Cook 1995).
"""

import heapq
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from cmo_kit.base.limits import Limits
from cmo_kit.bounds.ascent import price
from cmo_kit.bounds.branch import HOW, PART, WHEN, Node, Tree, close, restrict
from cmo_kit.bounds.master import Master, Solved, price_at
from cmo_kit.bounds.patterns import Priced
from cmo_kit.bounds.relaxation import Domain, Multipliers, Relaxation

#: How many divisions are tried out, and how many in a row may be no better than the best so far.
TRIED, IN_VAIN = 8, 5
#: Steps of the simplex method for each trial.
TRIAL_STEPS = 300
#: A share of the open last starts: where so many are closed, a case is solved again.
MUCH_CLOSED = 0.05
#: How many of the latest curves are tried on a case before its program is solved.
LATEST = 6
#: How much dearer than its order's cheapest a pattern may be to be one of the first columns, of the room that is left.
FIRST_SHARE = 0.5
#: What a division by the first batches of an order counts beside one by its last start.
PART_WEIGHT = 0.2
#: What is less than this of a pattern is none of it.
TRACE = 1e-7


class Case(NamedTuple):
    """An open case: what is proved for it, its node, what is open, where HiGHS may begin, and how deep it lies."""

    bound: float
    number: int
    domain: Domain
    basis: Any
    depth: int


def divisions(master: Master, solved: Solved) -> list[Node]:
    """How the case could be divided, the most undecided orders first.

    For an order and a time the score is (share at or before) x (share after) x (distance of their means), as in
    :func:`~cmo_kit.bounds.branch.choose`; and so for the first so many batches of an order in several runs.
    """
    found: list[tuple[float, Node]] = []
    used = np.flatnonzero(solved.share > TRACE)
    for i in range(master.orders):
        mine = used[master.order[used] == i]
        if not len(mine):  # the clock stopped HiGHS before the order was made
            continue
        share = solved.share[mine] / max(TRACE, solved.share[mine].sum())
        several = float(share[~master.single[mine]].sum())
        Q = int(master.pricing.batches[i])
        counted = master.pricing.depth[i] > 0  # with a cut that limit would go, and with it a part of the bound
        for m in range(1 if several > TRACE and not counted else Q, Q + 1):
            times = np.array([made_at(master.runs[n], m) for n in mine])
            ends, places = np.unique(times, return_inverse=True)
            mass = np.bincount(places, weights=share)
            before, moment = np.cumsum(mass)[:-1], np.cumsum(mass * ends)
            after = 1 - before
            scores = before * after * ((moment[-1] - moment[:-1]) / np.maximum(after, TRACE) - moment[:-1] / before)
            best = np.argsort(-scores, kind="stable")[: 2 if m == Q else 1]
            rule, weight = (WHEN, 1.0) if m == Q else (PART, PART_WEIGHT)
            found += [(weight * float(scores[n]), Node(rule=rule, order=i, at=int(ends[n]), batches=m)) for n in best]
        if 0.01 < several < 0.99:
            found.append((20 * several * (1 - several), Node(rule=HOW, order=i)))
    return [node for _, node in sorted(found, key=lambda pair: -pair[0])]


def made_at(runs: list[tuple[int, int]], batches: int) -> int:
    """When a pattern has so many batches in runs that have ended."""
    for q, end in sorted(runs, key=lambda run: run[1]):
        batches -= q
        if batches <= 0:
            return end
    raise AssertionError("a pattern has all batches of its order")


def try_out(master: Master, domain: Domain, solved: Solved, beat: float, limits: Limits) -> Node | None:
    """The division whose two cases are dearest, as far as a few steps tell; None where the solution is whole."""
    nodes, basis, is_open = divisions(master, solved), master.basis(), master.is_open(domain)
    room, best, most, in_vain = beat - solved.objective + 0.01, None, -1.0, 0
    for node in nodes[:TRIED]:
        gains = []
        for second in (False, True):
            closed = np.flatnonzero(is_open & ~master.is_open(restrict(domain, node, second)))
            master.limit(closed, np.zeros(len(closed), dtype=bool))
            master.resume(basis)
            master.run(limits, TRIAL_STEPS)
            value = float(master.highs.getInfo().objective_function_value)
            gains.append(min(room, max(1e-3, value - solved.objective)))
            master.limit(closed, np.ones(len(closed), dtype=bool))
        in_vain += 1
        if gains[0] * gains[1] > most:
            best, most, in_vain = node, gains[0] * gains[1], 0
        if in_vain == IN_VAIN:
            break
    master.resume(basis)
    return best


class Search:
    """A proof in progress that the optimum exceeds ``beat``, in grid objective units without ``always``.

    ``tree`` holds its curves and cases, ``proved`` the least bound of an open case, ``beat`` + 1 when there is none.
    ``refuted`` is the share of the cases that are: half of it for each case of the root, and so on. ``left`` counts the
    last starts that the first prices leave open.
    """

    def __init__(self, relaxation: Relaxation, multipliers: Multipliers, beat: float) -> None:
        self.relaxation, self.master = relaxation, Master(relaxation)
        self.tree, self.refuted = Tree(beat, [], [Node()]), 0.0
        self.latest: list[int] = []
        domain = Domain.all_of(relaxation)
        bound, priced = price(relaxation.pricing, multipliers, domain)
        self._apply(self.tree.nodes[0], priced)
        close(priced, domain, beat - bound)
        self.left = int(domain.whole.sum() + domain.parts.sum())
        self.master.add_below(priced, domain, priced.least + max(0.0, FIRST_SHARE * (beat - bound)) + 1e-3)
        self.open, self.undivided = [Case(bound, 0, domain, None, 0)], math.inf
        self.proved = bound

    def prove(self, limits: Limits, note: Callable[["Search"], None]) -> None:
        """Divide the case with the least bound until none is open, the seconds are over or it is of no use."""
        while self.open and self.open[0].bound < self.undivided and limits.seconds_left > 0:
            self._treat(heapq.heappop(self.open), limits)
            least = min(self.open[0].bound if self.open else math.inf, self.undivided)
            self.proved = max(self.proved, min(least, self.tree.beat + 1))
            note(self)

    def _apply(self, node: Node, priced: Priced) -> None:
        """Take curves into the tree and apply them at a node."""
        node.apply.append(len(self.tree.curves))
        self.tree.curves.append(priced.curves)

    def _treat(self, case: Case, limits: Limits) -> None:
        """Refute a case, or divide it."""
        node, beat, domain = self.tree.nodes[case.number], self.tree.beat, case.domain
        for number in reversed(self.latest):
            if price_at(self.relaxation.pricing, self.tree.curves[number], domain)[0] > beat:
                node.apply.append(number)
                self.refuted += 0.5**case.depth
                return
        if case.basis is not None:
            self.master.resume(case.basis)
        bound, much = case.bound, True
        solved: Solved | None = None
        while much:
            solved = self.master.solve(domain, beat, limits)
            if solved is None:  # HiGHS is of no help, or the seconds are over
                self.undivided = min(self.undivided, bound)
                return
            bound = max(bound, solved.bound)
            self._apply(node, solved.priced)
            closed = 0 if bound > beat else close(solved.priced, domain, beat - solved.bound)
            if bound > beat or not (domain.whole | domain.parts).any(axis=1).all():
                self.latest = [*self.latest[1 - LATEST :], node.apply[-1]]
                self.refuted += 0.5**case.depth
                return
            much = closed > MUCH_CLOSED * (domain.whole.sum() + domain.parts.sum())
        assert solved is not None
        self.master.allow(domain)
        division = try_out(self.master, domain, solved, beat, limits)
        if division is None:
            self.undivided = min(self.undivided, bound)
            return
        basis, first = self.master.basis(), len(self.tree.nodes)
        self.tree.nodes += [Node(), Node()]
        node.rule, node.order, node.at, node.batches = division.rule, division.order, division.at, division.batches
        node.cases = (first, first + 1)
        for second, number in enumerate(node.cases):
            rest = restrict(domain, node, bool(second))
            heapq.heappush(self.open, Case(bound, number, rest, basis, case.depth + 1))
