"""The shortest certificate of a proof by cases: few sets of price curves, each with few digits.

A search closes what it can in every case, and most of that was needed only to find the tree. Here the curves of the
root stay, and every case that is not divided is refuted anew, by curves that refute another one or by the best that a
linear program finds for it, rounded as coarsely as the proof allows. Where nothing does, curves of the cases that it
is part of come back, the nearest first: with all of them the search's own do.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

from cmo_kit.base.limits import Limits
from cmo_kit.bounds.branch import Node, Tree, close, restrict
from cmo_kit.bounds.master import Master, on_grid, price_at
from cmo_kit.bounds.relaxation import Domain, Prices, Relaxation

#: Binary digits that curves may lose, and steps to one of them.
MOST_BITS, STEPS = 16, 4
#: How many of the latest curves are tried on a case.
LATEST = 32
#: How much dearer than its order's cheapest a pattern may be to be one of the first columns, in grid objective units.
FIRST_ROOM = 0.3


class Replay:
    """Draws a tree's conclusions as the verifier does, by compiled code."""

    def __init__(self, relaxation: Relaxation, tree: Tree, least: float) -> None:
        self.relaxation, self.tree, self.least = relaxation, tree, least
        self.paths = {0: [0]}
        for number, node in enumerate(tree.nodes):  # a node comes before its cases
            self.paths |= {case: [*self.paths[number], case] for case in node.cases or ()}

    def refutes(self, curves: Prices, domain: Domain) -> bool:
        """Whether curves refute a case that is not divided, or prove enough of it."""
        bound, _ = price_at(self.relaxation.pricing, curves, domain)
        return bound > self.tree.beat or bound >= self.least

    def after(self, node: Node, domain: Domain) -> bool:
        """Apply the curves of a node to ``domain``; whether they refute it or prove enough of it, if it is a leaf."""
        for number in node.apply:
            bound, priced = price_at(self.relaxation.pricing, self.tree.curves[number], domain)
            if bound > self.tree.beat or (node.cases is None and bound >= self.least):
                return True
            close(priced, domain, self.tree.beat - bound)
            if not (domain.whole | domain.parts).any(axis=1).all():
                return True
        return False

    def holds(self, number: int, domain: Domain) -> bool:
        """Whether all cases of a node are refuted, or prove ``least``; changes ``domain``."""
        node = self.tree.nodes[number]
        if self.after(node, domain):
            return True
        return node.cases is not None and all(
            self.holds(case, restrict(domain, node, bool(second))) for second, case in enumerate(node.cases)
        )

    def domain_of(self, number: int) -> Domain:
        """What is open in a case, before its own curves."""
        domain = Domain.all_of(self.relaxation)
        for above, case in pairwise(self.paths[number]):
            node = self.tree.nodes[above]
            self.after(node, domain)
            domain = restrict(domain, node, case == node.cases[1] if node.cases else False)
        return domain

    def leaves(self) -> Iterator[int]:
        """The cases that are not divided, neighbours one after the other."""
        stack = [0]
        while stack:
            number = stack.pop()
            cases = self.tree.nodes[number].cases
            stack += reversed(cases or ())
            if cases is None:
                yield number


def shorten(relaxation: Relaxation, tree: Tree, least: float, limits: Limits) -> Tree:
    """A tree that proves ``least`` as ``tree`` does, with fewer curves and shorter ones, as far as the seconds go."""
    short = Tree(tree.beat, list(tree.curves), [replace(node, apply=[]) for node in tree.nodes])
    if short.nodes[0].cases is not None:  # the verifier learns from the root's how long curves are
        short.nodes[0].apply = tree.nodes[0].apply[:1]
    replay, master, latest = Replay(relaxation, short, least), Master(relaxation), list[int]()
    for number in replay.leaves():
        node, above = short.nodes[number], replay.paths[number][-2::-1]
        own = tree.nodes[number].apply
        known = [*own, *(which for n in above for which in tree.nodes[n].apply)]
        while not node.apply:
            late = limits.seconds_left <= 0
            for n in above if late else ():
                short.nodes[n].apply = list(tree.nodes[n].apply)
            domain = replay.domain_of(number)
            refutes = partial(replay.refutes, domain=domain)
            tried = known if late else [*reversed(latest), *known]
            found = next((which for which in tried if refutes(short.curves[which])), None)
            if not late and found not in latest:
                enough = short.curves[found] if found is not None else _best(master, replay, known[0], domain, limits)
                if enough is not None and refutes(enough):
                    found = len(short.curves)
                    short.curves.append(_coarsest(relaxation, enough, refutes, limits))
            missing = next((n for n in above if short.nodes[n].apply != tree.nodes[n].apply), None)
            if found is not None:
                node.apply, latest = [found], [*(which for which in latest if which != found), found][-LATEST:]
            elif missing is None:
                node.apply = list(own)
            else:
                short.nodes[missing].apply = list(tree.nodes[missing].apply)
    for which in sorted({which for node in short.nodes if node.cases for which in node.apply}, reverse=True):
        users = [number for number, node in enumerate(short.nodes) if which in node.apply]

        def proves(curves: Prices, which: int = which, users: list[int] = users) -> bool:
            short.curves[which] = curves
            return all(replay.holds(number, replay.domain_of(number)) for number in users)

        short.curves[which] = _coarsest(relaxation, short.curves[which], proves, limits)
    used = sorted({which for node in short.nodes for which in node.apply})
    for node in short.nodes:
        node.apply = [used.index(which) for which in node.apply]
    return Tree(tree.beat, [short.curves[which] for which in used], short.nodes)


def _best(master: Master, replay: Replay, near: int, domain: Domain, limits: Limits) -> Prices | None:
    """The curves that prove most for a case, unless that is too little, the seconds are over or HiGHS is of no help."""
    _, priced = price_at(master.pricing, replay.tree.curves[near], domain)
    master.add_below(priced, domain, priced.least + FIRST_ROOM)
    solved = master.solve(domain, math.inf, limits, min(replay.tree.beat, replay.least))
    return None if solved is None else solved.priced.curves


def _coarsest(relaxation: Relaxation, exact: Prices, proves: Callable[[Prices], bool], limits: Limits) -> Prices:
    """Curves rounded as coarsely as what is proved with them allows, by bisection: coarser ones prove less."""
    found, finest, coarsest = exact, 0, MOST_BITS * STEPS
    while finest < coarsest and limits.seconds_left > 0:
        middle = (finest + coarsest + 1) // 2
        rounded = on_grid(relaxation.pricing, exact, round(2 ** (middle / STEPS)))
        if proves(rounded):
            found, finest = rounded, middle
        else:
            coarsest = middle - 1
    return found
