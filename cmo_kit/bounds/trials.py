"""How to divide a case: every way in which the program's solution is undecided, and trials that find the best of them.

A way is tried by a few steps of the simplex method in both of its cases; the one whose two cases are dearest is taken
(strong branching; Applegate, Bixby, Chvatal and Cook 1995). What was gained before says which to try first
(pseudo-costs; Achterberg, Koch and Martin 2005, doi:10.1016/j.orl.2004.04.002).
"""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from cmo_kit.base.limits import Limits
from cmo_kit.bounds.branch import COUNTED, ENDED, HOW, PART, WHEN, Node, restrict
from cmo_kit.bounds.master import Master, Solved
from cmo_kit.bounds.relaxation import Domain, Prices

#: How many ways are tried, and how many in a row may be no better than the best so far.
TRIED, IN_VAIN = 60, 20
#: Steps of the simplex method for each case that is tried.
STEPS = 300
#: What is less than this of a pattern is none of it; what is nearer than this to a whole number is whole.
TRACE, NEAR = 1e-7, 0.01
#: Of trials: how many the mean of a rule counts for, how much more is hoped of what was never tried, the least share.
PRIOR, HOPE, LEAST_SHARE = 0.5, 1.5, 0.05
#: The least that a case gains, in grid objective units: otherwise ways of which one case gains nothing would be alike.
LEAST_GAIN = 1e-3


class Division(NamedTuple):
    """A way to divide a case, and how much of the solution has to move for the first case and for the second."""

    node: Node
    first: float
    second: float


def by_orders(master: Master, solved: Solved, limited: bool = False) -> list[Division]:
    """How a case could be divided by one order: by its last start, by its first batches, by its number of runs.

    Of an order's times the one with the greatest (share at or before) x (share after) x (distance of their means), as
    in :func:`~cmo_kit.bounds.branch.choose`, or two; and so for the first so many batches of an order in several runs.
    Orders whose runs are limited are divided by their first batches only with ``limited``: with such a cut the limit
    goes, and with it a part of the bound.
    """
    found: list[Division] = []
    used = np.flatnonzero(solved.share > TRACE)
    for i in range(master.orders):
        mine = used[master.order[used] == i]
        if not len(mine):  # the clock stopped HiGHS before the order was made
            continue
        share = solved.share[mine] / max(TRACE, solved.share[mine].sum())
        several = float(share[~master.single[mine]].sum())
        Q = int(master.pricing.batches[i])
        parted = several > TRACE and (limited or not master.pricing.depth[i] > 0)
        for m in range(1 if parted else Q, Q + 1):
            times = np.array([made_at(master.runs[n], m) for n in mine])
            ends, places = np.unique(times, return_inverse=True)
            mass = np.bincount(places, weights=share)
            before, moment = np.cumsum(mass)[:-1], np.cumsum(mass * ends)
            after = 1 - before
            scores = before * after * ((moment[-1] - moment[:-1]) / np.maximum(after, TRACE) - moment[:-1] / before)
            for n in np.argsort(-scores, kind="stable")[: 2 if m == Q else 1]:
                node = Node(rule=WHEN if m == Q else PART, order=i, at=int(ends[n]), number=m)
                found.append(Division(node, float(after[n]), float(before[n])))
        if NEAR < several < 1 - NEAR:
            found.append(Division(Node(rule=HOW, order=i), several, 1 - several))
    return found


def by_counts(master: Master, domain: Domain, solved: Solved) -> list[Division]:
    """How it could be divided by how many orders have ended, or runs begun, where that is no whole number.

    Both cases must be narrower than what ``domain`` says: a solution may break that where HiGHS finds no better.
    """
    found, used = list[Division](), np.flatnonzero(solved.share > TRACE)
    for rule, (fewest, most) in zip(COUNTED, domain.counted, strict=True):
        happens = np.zeros(master.steps + 1)
        for n in used:
            starts = master.first_starts(int(master.order[n]), master.runs[n])
            times = [int(master.last[n])] if rule == ENDED else starts
            np.add.at(happens, np.minimum(times, master.steps), solved.share[n])
        until = happens.cumsum()[:-1]
        whole, left = np.floor(until), until % 1
        undecided = (left > NEAR) & (left < 1 - NEAR) & (whole >= fewest) & (whole < most)
        for t in np.flatnonzero((happens[:-1] > TRACE) & undecided).tolist():
            found.append(Division(Node(rule=rule, at=t, number=int(whole[t])), float(left[t]), float(1 - left[t])))
    return found


def made_at(runs: list[tuple[int, int]], batches: int) -> int:
    """When a pattern has so many batches in runs that have ended."""
    for q, end in sorted(runs, key=lambda run: run[1]):
        batches -= q
        if batches <= 0:
            return end
    raise AssertionError("a pattern has all batches of its order")


class Trials:
    """What dividing cases has gained so far, and what to divide next.

    ``gained`` holds, for each rule and order or time, and for each rule (with -1), the sums of what the first and the
    second case gained per share that had to move, and the number of trials.
    """

    def __init__(self) -> None:
        self.gained: dict[tuple[str | None, int], Prices] = {}

    def choose(self, master: Master, domain: Domain, solved: Solved, beat: float, limits: Limits) -> Node | None:
        """The division whose two cases are dearest, as far as trials tell; None where the solution is whole.

        The first case is tried by ``master``, the second at the same time by a copy of it.
        """
        ways = [*by_counts(master, domain, solved), *by_orders(master, solved)] or by_orders(
            master, solved, limited=True
        )
        ways.sort(key=lambda way: -self.promise(way))
        basis, is_open, room = master.basis(), master.is_open(domain), beat - solved.objective + LEAST_GAIN

        def gain(program: Master, node: Node, second: bool) -> float:
            case = restrict(domain, node, second)
            closed = np.flatnonzero(is_open & ~program.is_open(case))
            program.limit(closed, np.zeros(len(closed), dtype=bool))
            program.count(case)
            program.resume(basis)
            program.run(limits, STEPS)
            value = program.value
            program.limit(closed, np.ones(len(closed), dtype=bool))
            program.count(domain)
            return min(room, max(LEAST_GAIN, value - solved.objective))

        best, most, in_vain = None, 0.0, 0
        with ThreadPoolExecutor(1) as other:
            twin = master.twin()
            for way in ways[:TRIED]:
                later = other.submit(gain, twin, way.node, True)
                first, second = gain(master, way.node, False), later.result()
                self.learn(way, first, second)
                in_vain += 1
                if first * second > most:
                    best, most, in_vain = way.node, first * second, 0
                if in_vain == IN_VAIN or limits.seconds_left <= 0:
                    break
        master.resume(basis)
        return best

    def promise(self, way: Division) -> float:
        """What a division may gain, by trials of its kind."""
        mean = self.gained.get((way.node.rule, -1), np.ones(3))
        own = self.gained.get(self._key(way.node), np.zeros(3))
        first, second, _ = (own + PRIOR * mean / mean[2]) / (own[2] + PRIOR)
        hope = 1.0 if own[2] else HOPE
        return float(hope * max(LEAST_GAIN, first * way.first) * max(LEAST_GAIN, second * way.second))

    def learn(self, way: Division, first: float, second: float) -> None:
        """Take in what both cases of a division gained."""
        gains = np.array([first / max(way.first, LEAST_SHARE), second / max(way.second, LEAST_SHARE), 1.0])
        for key in (self._key(way.node), (way.node.rule, -1)):
            self.gained[key] = self.gained.get(key, np.zeros(3)) + gains

    def _key(self, node: Node) -> tuple[str | None, int]:
        return node.rule, node.at if node.rule in COUNTED else node.order
