"""Proving that no schedule costs less than a goal: a tree over when orders end.

Theorem 4 of :mod:`cmo_kit.bounds.verify` says what prices close to an order, supposing that the optimum is at most
``beat``. With fewer patterns open the prices can rise further, and so on, until the supposition is refuted or one
order is chosen and two cases are made of it: its last start is at ``t`` or before, or after ``t``; or it is made in
one run, or in more; or so many of its batches are in runs that end at ``t`` or before, or fewer. With
:mod:`cmo_kit.bounds.residual` there are also cases of all orders together: at most so many have their last start at
``t`` or before, or more; so many runs their first. Each case is treated in the same way. Every conclusion rests on some
price curves; :class:`Tree` keeps those curves and the cases, and that is all a verifier needs to draw the conclusions
again.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cmo_kit.base.limits import Limits
from cmo_kit.bounds.ascent import Ascent, ascend, price
from cmo_kit.bounds.patterns import Priced
from cmo_kit.bounds.relaxation import FAR, Domain, Multipliers, Prices, Relaxation

WHEN, HOW, PART, ENDED, BEGUN = "last start", "runs", "batches", "orders ended", "runs begun"
#: What is counted of all orders together.
COUNTED = (ENDED, BEGUN)
#: Of one ascent in a case: rounds at most, and rounds without progress before steps are shortened.
ROUNDS, PATIENCE = 2000, 60
#: How often a case is priced and climbed before it is divided.
PASSES = 4


@dataclass
class Node:
    """A case: the price curves to apply in turn, then either nothing or two further cases.

    ``order`` and ``at`` say what the cases are: with ``rule`` :data:`WHEN` the last start of ``order`` is at
    most ``at`` in the first and later in the second; with :data:`HOW` the order is made in one run in
    the first and in several in the second; with :data:`PART` at least ``number`` batches are in runs that end at
    most at ``at`` in the first, and fewer in the second; with :data:`ENDED`, whatever ``order`` says, at most
    ``number`` orders have their last start at ``at`` or before in the first, and more in the second; with
    :data:`BEGUN` so many runs have their first start then or before.
    """

    apply: list[int] = field(default_factory=list)
    rule: str | None = None
    order: int = 0
    at: int = 0
    cases: tuple[int, int] | None = None
    number: int = 0

    def to_list(self) -> list[Any]:
        """Plain data for JSON: the curves' numbers, then, for a node with cases, rule, order, at, cases (, number)."""
        if self.cases is None:
            return [self.apply]
        number = [self.number] if self.rule in (PART, *COUNTED) else []
        return [self.apply, self.rule, self.order, self.at, *self.cases, *number]


@dataclass
class Tree:
    """A proof that the optimum exceeds ``beat`` (in grid objective units, without ``always``): node 0 is the root."""

    beat: float
    curves: list[Prices]
    nodes: list[Node]


def close(priced: Priced, domain: Domain, room: float) -> int:
    """Close every last start that costs over ``room`` more than its order's cheapest; how many were closed."""
    most = room + priced.least[:, None]
    whole, parts = domain.whole & (priced.whole <= most), domain.parts & (priced.parts <= most)
    closed = int(domain.whole.sum() - whole.sum() + domain.parts.sum() - parts.sum())
    domain.whole[:], domain.parts[:] = whole, parts
    return closed


def restrict(domain: Domain, node: Node, second: bool) -> Domain:
    """The domain of one of the two cases of ``node``."""
    result, i = domain.copy(), node.order
    if node.rule in COUNTED:
        few, most = result.counted[COUNTED.index(node.rule), :, node.at]
        limits = (max(few, node.number + 1), most) if second else (few, min(most, node.number))
        result.counted[COUNTED.index(node.rule), :, node.at] = limits
        return result
    if node.rule == HOW:
        (result.whole if second else result.parts)[i] = False
        return result
    closed = slice(None, node.at + 1) if second else slice(node.at + 1, None)
    result.whole[i, closed] = False
    if second or node.rule == WHEN:
        result.parts[i, closed] = False
    if node.rule == PART:
        allowed = (0, node.number - 1) if second else (node.number, FAR)
        result = result._replace(cuts=np.vstack([domain.cuts, [(i, node.at, *allowed)]]))
    return result


def choose(domain: Domain, ascent: Ascent, node: Node) -> bool:
    """Choose the order and the cases by which the relaxation is most undecided; False if nothing is left.

    The share of ascent rounds in which an order ended at ``F`` approximates an optimal solution of the
    linear relaxation. The order whose last start is most scattered is parted at the point where (share
    at or before) x (share after) x (distance of their means) is greatest.
    """
    open_ends = domain.whole | domain.parts
    total = ascent.visits.sum(axis=1)
    share = np.where(open_ends, ascent.visits, 0.0) / np.maximum(total, 1e-9)[:, None]
    times = np.arange(share.shape[1])
    mass = np.cumsum(share, axis=1)
    moment = np.cumsum(share * times, axis=1)
    after = mass[:, -1:] - mass
    mean_before = moment / np.maximum(mass, 1e-9)
    mean_after = (moment[:, -1:] - moment) / np.maximum(after, 1e-9)
    score = np.where((mass > 1e-6) & (after > 1e-6), mass * after * (mean_after - mean_before), 0.0)
    i, t = divmod(int(np.argmax(score)), score.shape[1])
    both = domain.whole.any(axis=1) & domain.parts.any(axis=1)
    several = ascent.parts_visits / np.maximum(total, 1e-9)
    undecided = np.where(both, several * (1 - several), 0.0)
    split = int(np.argmax(undecided))
    if undecided[split] > 0.1 and 20 * undecided[split] > score[i, t]:
        node.rule, node.order = HOW, split
        return True
    if score[i, t] <= 0:
        counts = open_ends.sum(axis=1)
        if counts.max() < 2:
            if not both.any():
                return False
            node.rule, node.order = HOW, int(np.argmax(both))
            return True
        i = int(np.argmax(counts))
        t = int(np.flatnonzero(open_ends[i])[counts[i] // 2 - 1])
    node.rule, node.order, node.at = WHEN, i, t
    return True


def treat(
    relaxation: Relaxation, domain: Domain, start: Multipliers, beat: float, tree: Tree, node: Node, limits: Limits
) -> Ascent | None:
    """Close what can be closed in one case; None if the case is refuted."""
    ascent, multipliers, best = None, start, -np.inf
    for turn in range(PASSES):
        bound, priced = price(relaxation.pricing, multipliers, domain)
        closed = 0
        if bound > beat or (closed := close(priced, domain, beat - bound)):
            node.apply.append(len(tree.curves))
            tree.curves.append(priced.curves)
        if bound > beat or not (domain.whole | domain.parts).any(axis=1).all():
            return None
        if turn and (closed < 0.1 * (domain.whole.sum() + domain.parts.sum()) or bound < best + 1e-3):
            break
        best = bound
        ascent = ascend(relaxation, multipliers, domain, beat + 1, beat, limits, ROUNDS, PATIENCE)
        multipliers = ascent.best
    return ascent


def refute(
    relaxation: Relaxation, start: Multipliers, beat: float, limits: Limits, most_nodes: int = 1_000_000
) -> Tree | None:
    """A tree that proves the optimum to exceed ``beat``, or None when time or nodes ran out or it does not."""
    tree = Tree(beat, [], [Node()])
    stack = [(0, Domain.all_of(relaxation), start)]
    while stack:
        if limits.seconds_left <= 0 or len(tree.nodes) > most_nodes:
            return None
        number, domain, multipliers = stack.pop()
        node = tree.nodes[number]
        ascent = treat(relaxation, domain, multipliers, beat, tree, node, limits)
        if ascent is None:
            continue
        if not choose(domain, ascent, node):
            return None
        node.cases = (len(tree.nodes), len(tree.nodes) + 1)
        for second, child in enumerate(node.cases):
            tree.nodes.append(Node())
            stack.append((child, restrict(domain, node, bool(second)), ascent.best))
    return tree
