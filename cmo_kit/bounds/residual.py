"""Proving by cases with the best prices of every case: what :mod:`branch` does, guided by a linear program.

Most patterns are closed by the first prices (theorem 4 of :mod:`cmo_kit.bounds.verify`); over what is left the
program of :mod:`master` is small. The case with the least bound is divided next, so that the least bound of all open
cases is proved at any moment. How to divide it :mod:`trials` find out.
"""

import heapq
import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from cmo_kit.base.limits import Limits
from cmo_kit.bounds.ascent import price
from cmo_kit.bounds.branch import Node, Tree, close, restrict
from cmo_kit.bounds.master import Master, Solved, price_at
from cmo_kit.bounds.patterns import Priced
from cmo_kit.bounds.relaxation import Domain, Multipliers, Prices, Relaxation
from cmo_kit.bounds.trials import Trials
from cmo_kit.bounds.whole import Run, whole_runs

#: A share of the open last starts: where so many are closed, a case is solved again.
MUCH_CLOSED = 0.05
#: How many of the latest curves are tried on a case before its program is solved.
LATEST = 6
#: How much dearer than its order's cheapest a pattern may be to be one of the first columns, of the room that is left.
FIRST_SHARE = 0.5


class Case(NamedTuple):
    """An open case: what is proved for it, its node, curves near its best, what is open, HiGHS's start, its depth."""

    bound: float
    number: int
    near: Prices
    domain: Domain
    basis: Any
    depth: int


#: Given the runs of a whole solution, a goal below the schedule that they are, if they are a better one.
Meet = Callable[[list[Run]], float | None]


class Search:
    """A proof in progress that the optimum exceeds ``beat``, in grid objective units without ``always``.

    ``tree`` holds its curves and cases, ``proved`` the least bound of an open case, ``beat`` + 1 when there is none.
    ``refuted`` is the share of the cases that are: half of it for each case of the root, and so on. ``left`` counts the
    last starts that the first prices leave open. A case whose program has a whole solution is a better schedule:
    ``meet`` may take it, and ``beat`` falls; what is refuted stays so.
    """

    def __init__(self, relaxation: Relaxation, multipliers: Multipliers, beat: float, meet: Meet | None = None) -> None:
        self.relaxation, self.master, self.meet = relaxation, Master(relaxation), meet
        self.tree, self.refuted = Tree(beat, [], [Node()]), 0.0
        self.latest: list[int] = []
        self.trials = Trials()
        domain = Domain.all_of(relaxation)
        bound, priced = price(relaxation.pricing, multipliers, domain)
        self._apply(self.tree.nodes[0], priced)
        close(priced, domain, beat - bound)
        self.left = int(domain.whole.sum() + domain.parts.sum())
        self.master.add_below(priced, domain, priced.least + max(0.0, FIRST_SHARE * (beat - bound)) + 1e-3)
        self.open, self.undivided = [Case(bound, 0, priced.curves, domain, None, 0)], math.inf
        self.proved = bound

    def prove(self, limits: Limits, note: Callable[["Search"], None]) -> None:
        """Divide the case with the least bound until none is open, the seconds are over or it is of no use."""
        while self.open and self.open[0].bound < self.undivided and limits.seconds_left > 0:
            self._treat(heapq.heappop(self.open), limits, partial(note, self))
            least = min(self.open[0].bound if self.open else math.inf, self.undivided)
            self.proved = max(self.proved, min(least, self.tree.beat + 1))
            note(self)

    def _apply(self, node: Node, priced: Priced) -> None:
        """Take curves into the tree and apply them at a node."""
        node.apply.append(len(self.tree.curves))
        self.tree.curves.append(priced.curves)

    def _treat(self, case: Case, limits: Limits, tell: Callable[[], object]) -> None:
        """Refute a case, or divide it."""
        node, beat, domain = self.tree.nodes[case.number], self.tree.beat, case.domain
        for number in reversed(self.latest):
            if price_at(self.relaxation.pricing, self.tree.curves[number], domain)[0] > beat:
                node.apply.append(number)
                self.refuted += 0.5**case.depth
                return
        if case.basis is not None:
            self.master.resume(case.basis)
        bound, near, much = case.bound, case.near, True
        solved: Solved | None = None
        while much:
            solved = self.master.solve(domain, beat, limits, near=near, tell=tell)
            if solved is None:  # HiGHS is of no help, or the seconds are over
                self.undivided = min(self.undivided, bound)
                return
            bound, near = max(bound, solved.bound), solved.priced.curves
            self._apply(node, solved.priced)
            closed = 0 if bound > beat else close(solved.priced, domain, beat - solved.bound)
            if bound > beat or not (domain.whole | domain.parts).any(axis=1).all():
                self.latest = [*self.latest[1 - LATEST :], node.apply[-1]]
                self.refuted += 0.5**case.depth
                return
            much = closed > MUCH_CLOSED * (domain.whole.sum() + domain.parts.sum())
        assert solved is not None
        self.master.allow(domain)
        division = self.trials.choose(self.master, domain, solved, beat, limits)
        if division is None:
            lower = self.meet(whole_runs(self.master, solved)) if self.meet else None
            if lower is None:
                self.undivided = min(self.undivided, bound)
            else:
                self.tree.beat = lower
                heapq.heappush(self.open, case._replace(bound=bound))
            return
        basis, first = self.master.basis(), len(self.tree.nodes)
        self.tree.nodes += [Node(), Node()]
        node.rule, node.order, node.at, node.number = division.rule, division.order, division.at, division.number
        node.cases = (first, first + 1)
        for second, number in enumerate(node.cases):
            rest = restrict(domain, node, bool(second))
            heapq.heappush(self.open, Case(bound, number, near, rest, basis, case.depth + 1))
