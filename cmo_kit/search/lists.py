"""Annealing on list schedules: a sequence of the orders and on how many Sites each may run.

This space is small and its moves are large: an order goes somewhere else with all its batches, on all its
Sites at once. Annealing on runs needs many moves for that, so it begins with what this finds.
"""

import numpy as np

from cmo_kit.base.arrays import Integers, Words
from cmo_kit.codings.initial import sites_grid
from cmo_kit.codings.kernels import (
    ListProblem,
    evaluate_lists,
    list_problem,
    list_schedule_fast,
    place_orders,
    total_of,
)
from cmo_kit.core.instance import Instance
from cmo_kit.fast.compiled import compiled
from cmo_kit.search.chain import Chain, mean_gap
from cmo_kit.search.randomness import below, make_words, tolerance, uniform
from cmo_kit.search.state import Records, Sites, setups_differ

STEP = 16  # the temperature falls in steps of so many moves
PERIOD = 100  # moves for each order from one kick to the next
NOW = np.dtype([("moves", "i8"), ("total", "f8"), ("best", "f8")])


@compiled
def change_list(sequence: Integers, parts: Integers, most: Integers, words: Words) -> None:
    """Change a list at random: another place for an order, two orders exchanged, another number of Sites."""
    n = sequence.size
    kind = uniform(words)
    a = below(words, n)
    i = sequence[a]
    if kind < 0.7 and n > 1:
        b = below(words, n)
        if n > 16 and uniform(words) < 0.7:
            b = min(max(a + below(words, 17) - 8, 0), n - 1)
        if kind < 0.4:
            step = 1 if b > a else -1
            for k in range(a, b, step):
                sequence[k] = sequence[k + step]
            sequence[b] = i
        else:
            sequence[a] = sequence[b]
            sequence[b] = i
    elif kind < 0.9:
        parts[i] = min(max(parts[i] + (1 if uniform(words) < 0.5 else -1), 1), most[i])
    else:
        parts[i] = 1 + below(words, most[i])


@compiled
def anneal_lists(
    problem: ListProblem,
    most: Integers,
    lists: Integers,
    now: Records,
    words: Words,
    moves: int,
    done: int,
    first: float,
    rate: float,
) -> None:
    """Try ``moves`` moves as :func:`cmo_kit.search.runs.anneal` does.

    The rows of ``lists`` (6, I) are the sequence and the parts as they stand, as they are tried, and at their
    best; ``now`` (1,) counts moves and holds the totals; ``most`` (I,) are the most Sites of each order.
    """
    latest = np.zeros(most.size)
    codes = np.zeros(problem.sites, dtype=np.uint64)
    nothing = np.zeros((0, 3), dtype=np.int64)
    temperature = first
    for move in range(done, done + moves):
        if move == done or move % STEP == 0:
            temperature = first * np.exp(rate * (move - move % STEP))
        now[0].moves += 1
        lists[2:4] = lists[0:2]
        change_list(lists[2], lists[3], most, words)
        place_orders(problem, lists[2], lists[3], latest, nothing, codes)
        total = total_of(problem, latest)
        if total - now[0].total > tolerance(temperature, words):
            continue
        lists[0:2] = lists[2:4]
        now[0].total = total
        if total < now[0].best:
            now[0].best = total
            lists[4:6] = lists[0:2]
            if total <= 0.0:
                return


class ListChain(Chain):
    """A list schedule, its random numbers, and the best list it has met; ``sites`` of the Sites are used."""

    def __init__(
        self,
        instance: Instance,
        sequence: Integers,
        parts: Integers,
        total: float,
        sites: int,
        seed: np.random.SeedSequence,
    ) -> None:
        self.instance, self.problem = instance, list_problem(instance, sites)
        self.most = np.minimum(instance.Q, sites)
        self.lists = np.array([sequence, parts] * 3)
        self.now = np.zeros(1, dtype=NOW).view(np.recarray)
        self.now["total"] = self.now["best"] = total
        self.words = make_words(seed)
        self.period = PERIOD * len(instance.orders)
        own = float(((instance.Q - 1) * np.diag(instance.g)).mean())
        self.unit = mean_gap(instance) + own * (float(instance.w.mean()) or 1.0)
        if not setups_differ(instance):  # measured: see the rules of `search`
            self.unit /= 3.0

    def best_runs(self) -> Sites:
        """The best list schedule's runs on the Sites that are used."""
        return list_schedule_fast(self.instance, self.lists[4], self.lists[5])[: self.problem.sites]

    def _go_back(self) -> None:
        self.lists[0:2], self.now["total"] = self.lists[4:6], self.best

    def _anneal(self, moves: int, done: int, first: float, rate: float) -> None:
        anneal_lists(self.problem, self.most, self.lists, self.now, self.words, moves, done, first * self.unit, rate)


def starting_list(instance: Instance) -> tuple[Integers, Integers, float]:
    """The best of a few list schedules by due date: every order on at most 1, 2, 4, ... or all Sites.

    Without setups the last one is about right, with long ones the first. Returns the sequence (I,) of order indices,
    the numbers of Sites (I,), and its total tardiness.
    """
    sequence = np.argsort(instance.D, kind="stable")
    most = np.minimum(instance.Q, instance.sites)
    parts = np.minimum(np.array(sites_grid(instance))[:, None], most[None, :])
    totals = evaluate_lists(instance, np.tile(sequence, (len(parts), 1)), parts)[0]
    best = int(np.argmin(totals))
    return sequence, parts[best], float(totals[best])
