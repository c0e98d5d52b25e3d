"""The shortest certificate of a proof by cases: curves that are not needed go, and the others lose digits.

A search closes what it can in every case, and most of that was needed only to find the tree. Here curves of cases that
were divided are left out as long as all cases below are still refuted, and the curves of the others are rounded as
coarsely as their proof allows.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from cmo_kit.base.limits import Limits
from cmo_kit.bounds.branch import Node, Tree, close, restrict
from cmo_kit.bounds.master import on_grid, price_at
from cmo_kit.bounds.relaxation import Domain, Relaxation

#: Binary digits that curves may lose.
MOST_BITS = 14


class Replay:
    """Draws a tree's conclusions as the verifier does, by compiled code."""

    def __init__(self, relaxation: Relaxation, tree: Tree, least: float) -> None:
        self.relaxation, self.tree, self.least = relaxation, tree, least

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

    def domain_of(self, path: list[int]) -> Domain:
        """What is open in the last node of a path from the root, before its own curves."""
        domain = Domain.all_of(self.relaxation)
        for number, case in pairwise(path):
            node = self.tree.nodes[number]
            self.after(node, domain)
            domain = restrict(domain, node, case == node.cases[1] if node.cases else False)
        return domain

    def leaves(self) -> Iterator[tuple[int, Domain]]:
        """The cases that are not divided, each with what is open in it before its own curves."""
        stack = [(0, Domain.all_of(self.relaxation))]
        while stack:
            number, domain = stack.pop()
            node = self.tree.nodes[number]
            if node.cases is None:
                yield number, domain
                continue
            self.after(node, domain)
            stack += [(case, restrict(domain, node, bool(second))) for second, case in enumerate(node.cases)]


def shorten(relaxation: Relaxation, tree: Tree, least: float, limits: Limits) -> Tree:
    """A tree that proves ``least`` as ``tree`` does, with fewer curves and shorter ones, as far as the seconds go."""
    short = Tree(tree.beat, list(tree.curves), [replace(node, apply=list(node.apply)) for node in tree.nodes])
    paths, replay = {0: [0]}, Replay(relaxation, short, least)
    for number, node in enumerate(short.nodes):  # a node comes before its cases
        paths |= {case: [*paths[number], case] for case in node.cases or ()}
    for number, domain in replay.leaves():
        if not replay.after(short.nodes[number], domain.copy()):
            # never treated, or not to the end: what is proved for it comes from a case that it is part of
            above = [which for n in reversed(paths[number]) for which in short.nodes[n].apply]
            short.nodes[number].apply = next([n] for n in above if replay.after(Node([n]), domain.copy()))
    for number, node in reversed(list(enumerate(short.nodes))):
        for which in node.apply if node.cases else ():
            kept, node.apply = node.apply, [other for other in node.apply if other != which]
            needed = number == 0 and not node.apply  # the verifier learns from the root's curves how long they are
            if needed or limits.seconds_left <= 0 or not replay.holds(number, replay.domain_of(paths[number])):
                node.apply = kept
    leaves = dict(replay.leaves())
    inner = {which for node in short.nodes if node.cases for which in node.apply}
    for which in {which for n in leaves for which in short.nodes[n].apply} - inner:
        users = [n for n in leaves if which in short.nodes[n].apply]
        exact, finest, coarsest = short.curves[which], 0, MOST_BITS
        while finest < coarsest and limits.seconds_left > 0:  # bisection: coarser curves prove less, more or less
            bits = (finest + coarsest + 1) // 2
            rounded = on_grid(relaxation.pricing, exact, 2**bits)
            before, short.curves[which] = short.curves[which], rounded
            if all(replay.after(short.nodes[n], leaves[n].copy()) for n in users):
                finest = bits
            else:
                short.curves[which], coarsest = before, bits - 1
    used = sorted({which for node in short.nodes for which in node.apply})
    for node in short.nodes:
        node.apply = [used.index(which) for which in node.apply]
    return Tree(tree.beat, [short.curves[which] for which in used], short.nodes)
