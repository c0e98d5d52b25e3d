"""Proving that no schedule costs less than a goal: a tree over when orders end.

Suppose that the optimum is at most ``beat``. At given prices, an order that is made to end at ``F`` raises the
bound by the difference between its cheapest pattern that ends at ``F`` and its cheapest one; where the
bound then exceeds ``beat``, ``F`` is closed to the order. With fewer patterns open the prices can rise
further, and so on. When the bound itself exceeds ``beat``, or an order has nowhere left to end, the
supposition is refuted. Otherwise one order is chosen and two cases are made of it: its last start is at
``t`` or before, or after ``t``; or it is made in one run, or in more. Each case is treated in the same way.

Every conclusion rests on some price curves; :class:`Tree` keeps those curves and the cases, and that is
all a verifier needs to draw the conclusions again.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cmo_kit.bounds.ascent import Climbed, Clock, Domain, Multipliers, Priced, ascend, price
from cmo_kit.bounds.prices import Prices, Relaxation

WHEN, HOW = "last start", "runs"
#: Of one ascent in a case: rounds at most, and rounds without progress before steps are shortened.
ROUNDS, PATIENCE = 2000, 60
#: How often a case is priced and climbed before it is divided.
PASSES = 4


@dataclass
class Node:
    """A case: the price curves to apply in turn, then either nothing or two further cases.

    ``order`` and ``at`` say what the cases are: with ``rule`` :data:`WHEN` the last start of ``order`` is at
    most ``at`` in the first and later in the second; with :data:`HOW` the order is made in one run in
    the first and in several in the second.
    """

    apply: list[int] = field(default_factory=list)
    rule: str | None = None
    order: int = -1
    at: int = 0
    cases: tuple[int, int] | None = None

    def to_list(self) -> list[Any]:
        """Plain data for JSON: the curves' numbers, then, for a node with cases, rule, order, at, cases."""
        return [self.apply] if self.cases is None else [self.apply, self.rule, self.order, self.at, *self.cases]


@dataclass
class Tree:
    """A proof that the optimum exceeds ``beat`` (in grid objective units): node 0 is the root."""

    beat: float
    curves: list[Prices]
    nodes: list[Node]


def close(priced: Priced, domain: Domain, beat: float) -> int:
    """Close every last start that would lift the bound above ``beat``; how many were closed."""
    room = beat - priced.bound + priced.least[:, None]
    whole, parts = domain.whole & (priced.whole <= room), domain.parts & (priced.parts <= room)
    closed = int(domain.whole.sum() - whole.sum() + domain.parts.sum() - parts.sum())
    domain.whole[:], domain.parts[:] = whole, parts
    return closed


def restrict(domain: Domain, node: Node, second: bool) -> Domain:
    """The domain of one of the two cases of ``node``."""
    result, i = domain.copy(), node.order
    if node.rule == HOW:
        (result.whole if second else result.parts)[i] = False
    else:
        closed = slice(None, node.at + 1) if second else slice(node.at + 1, None)
        result.whole[i, closed] = False
        result.parts[i, closed] = False
    return result


def choose(domain: Domain, climbed: Climbed, node: Node) -> bool:
    """Choose the order and the cases by which the relaxation is most undecided; False if nothing is left.

    The share of ascent rounds in which an order ended at ``F`` approximates an optimal solution of the
    linear relaxation. The order whose last start is most scattered is parted at the point where (share
    at or before) x (share after) x (distance of their means) is greatest.
    """
    open_ends = domain.whole | domain.parts
    total = climbed.visits.sum(axis=1)
    share = np.where(open_ends, climbed.visits, 0.0) / np.maximum(total, 1e-9)[:, None]
    times = np.arange(share.shape[1])
    mass = np.cumsum(share, axis=1)
    moment = np.cumsum(share * times, axis=1)
    after = mass[:, -1:] - mass
    mean_before = moment / np.maximum(mass, 1e-9)
    mean_after = (moment[:, -1:] - moment) / np.maximum(after, 1e-9)
    score = np.where((mass > 1e-6) & (after > 1e-6), mass * after * (mean_after - mean_before), 0.0)
    i, t = divmod(int(np.argmax(score)), score.shape[1])
    both = domain.whole.any(axis=1) & domain.parts.any(axis=1)
    several = climbed.parts_visits / np.maximum(total, 1e-9)
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
    relaxation: Relaxation,
    domain: Domain,
    start: Multipliers,
    beat: float,
    tree: Tree,
    node: Node,
    clock: Clock,
    rounds: int = ROUNDS,
) -> Climbed | None:
    """Close what can be closed in one case; None if the case is refuted."""
    climbed = None
    multipliers = start
    best = -np.inf
    for turn in range(PASSES):
        priced = price(relaxation, multipliers, domain)
        bound = priced.bound
        closed = 0
        if bound > beat or (closed := close(priced, domain, beat)):
            node.apply.append(len(tree.curves))
            tree.curves.append(priced.curves)
        if bound > beat or not (domain.whole | domain.parts).any(axis=1).all():
            return None
        if turn and (closed < 0.1 * (domain.whole.sum() + domain.parts.sum()) or bound < best + 1e-3):
            break
        best = bound
        climbed = ascend(relaxation, multipliers, domain, beat + 1, beat, clock, rounds, PATIENCE, 1.0)
        multipliers = climbed.multipliers
    return climbed


def refute(
    relaxation: Relaxation, start: Multipliers, beat: float, clock: Clock, most_nodes: int = 1_000_000
) -> Tree | None:
    """A tree that proves the optimum to exceed ``beat``, or None when time or nodes ran out or it does not."""
    tree = Tree(beat, [], [Node()])
    stack = [(0, Domain.all_of(relaxation), start)]
    while stack:
        if clock.over() or len(tree.nodes) > most_nodes:
            return None
        number, domain, multipliers = stack.pop()
        node = tree.nodes[number]
        climbed = treat(relaxation, domain, multipliers, beat, tree, node, clock)
        if climbed is None:
            continue
        if not choose(domain, climbed, node):
            return None
        node.cases = (len(tree.nodes), len(tree.nodes) + 1)
        for second, child in enumerate(node.cases):
            tree.nodes.append(Node())
            stack.append((child, restrict(domain, node, bool(second)), climbed.multipliers))
    return tree
