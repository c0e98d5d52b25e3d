"""Several chains at the same time, in stages: lists first, then rounds on runs; how long each stage is, and how hot."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from typing import NamedTuple

import numpy as np

from cmo_kit.base.arrays import Times
from cmo_kit.base.limits import Progress
from cmo_kit.base.signals import signals_wait
from cmo_kit.core.instance import Instance
from cmo_kit.search.chain import Chain
from cmo_kit.search.lists import ListChain, starting_list
from cmo_kit.search.runs import RunChain
from cmo_kit.search.state import MEASURED, Sites

REPORT_SECONDS = 0.2
#: Moves after which the chains wait for each other, so that a chain that is done ends the others at the same move
#: whatever the threads.
LAP = 250_000
#: The stage on list schedules: a share of the seconds, and of the moves, which take longer there. And where the setup
#: before an order does not depend on it.
LISTS, LISTS_ALIKE = (0.1, 0.03), (0.5, 0.2)
#: The first of several rounds takes this share of the rest, or the second where kicks follow; the others share what it
#: leaves.
FIRST_ROUND, BEFORE_KICKS = 0.6, 0.1
#: The other rounds begin at this part of the first round's temperature.
REHEAT = 0.2


class Stage(NamedTuple):
    """An annealing of all chains: its share of the seconds and of the moves, its temperatures in the chains' units.

    With ``kicks`` the temperature is the last one, and kicks make the schedules worse instead.
    """

    seconds: float
    moves: float
    first: float
    last: float
    lists: bool = False
    kicks: bool = False


def stages(rounds: int, lists: float, start: float, end: float, kicks: bool = False) -> list[Stage]:
    """A stage on lists, then rounds on runs; the temperatures are in the chains' units.

    With ``kicks`` the first annealings are short, and kicks follow: in most of the time for lists, and in all rounds
    but the first.
    """
    (seconds, moves), first = (LISTS_ALIKE, BEFORE_KICKS) if kicks else (LISTS, FIRST_ROUND)
    plan = [
        Stage(seconds * part, moves * part, lists, min(lists, end), lists=True, kicks=kicked)
        for part, kicked in (((first, False), (1 - first, True)) if kicks else ((1.0, False),))
    ]
    parts = [1.0] if rounds == 1 else [first] + [(1 - first) / (rounds - 1)] * (rounds - 1)
    for number, part in enumerate(parts):
        heat = start if number == 0 else REHEAT * start
        plan.append(Stage((1 - seconds) * part, (1 - moves) * part, max(heat, end), end, kicks=kicks and number > 0))
    return plan


class Team:
    """Chains with streams of random numbers of their own, worked on by threads.

    The streams depend on ``rng`` and the number of chains alone, so with a budget of moves the result is
    the same for any number of threads.
    """

    def __init__(
        self,
        instance: Instance,
        rng: np.random.Generator,
        chains: int,
        workers: int,
        shares: Times,
        progress: Progress | None = None,
    ) -> None:
        seeds = np.random.SeedSequence(rng.integers(0, 2**32, size=4).tolist()).spawn(2 * chains)
        sites = min(instance.sites, instance.total_batches)  # more would stay empty
        start = starting_list(instance)
        self.list_chains = [ListChain(instance, *start, sites, seed) for seed in seeds[:chains]]
        runs = self.list_chains[0].best_runs()
        self.run_chains = [RunChain(instance, runs, seed, shares) for seed in seeds[chains:]]
        self.workers = workers
        self.progress = progress
        self.began = time.perf_counter()
        self.deadline = np.inf
        self._interrupted = False

    @property
    def best(self) -> Chain:
        """The chain with the best schedule, the first of equals."""
        return min([*self.run_chains, *self.list_chains], key=lambda chain: chain.best)

    @property
    def moves(self) -> int:
        """Moves tried by all chains."""
        return sum(chain.moves for chain in [*self.run_chains, *self.list_chains])

    def run_seconds(self, seconds: float, stages: Sequence[Stage]) -> None:
        """Anneal until ``seconds`` have passed since the team was made."""
        self.deadline = self.began + seconds
        begin = time.perf_counter()
        span = self.deadline - begin
        groups = -(-len(self.run_chains) // self.workers)
        with ThreadPoolExecutor(self.workers) as pool:
            for number, stage in enumerate(stages):
                if number > 0 and not stage.lists:
                    self._hand_over(stages[number - 1], [MEASURED] * len(self.run_chains))
                chains = self.list_chains if stage.lists else self.run_chains
                for group in range(groups):
                    members = chains[group * self.workers : (group + 1) * self.workers]
                    begin += span * stage.seconds / groups
                    self._together(pool, [partial(self._until, chain, begin, stage) for chain in members])

    def _until(self, chain: Chain, deadline: float, stage: Stage) -> None:
        def stopped() -> bool:
            return self._interrupted or self.best.best <= 0.0

        if stage.kicks:
            chain.kick_until(deadline, stage.last, stopped)
        else:
            chain.anneal_until(deadline, stage.first, stage.last, stopped)

    def run_moves(self, moves: int, stages: Sequence[Stage], seconds: float | None = None) -> None:
        """Try ``moves`` moves in all, or fewer when ``seconds`` have passed since the team was made."""
        if seconds is not None:
            self.deadline = self.began + seconds
        count = len(self.run_chains)
        left = [moves // count + (k < moves % count) for k in range(count)]
        budgets = list(left)
        with ThreadPoolExecutor(self.workers) as pool:
            for number, stage in enumerate(stages):
                if number > 0 and not stage.lists:
                    measured = [min(MEASURED, rest // 20) if stages[number - 1].lists else 0 for rest in left]
                    left = [rest - spent for rest, spent in zip(left, measured, strict=True)]
                    self._hand_over(stages[number - 1], measured)
                last = stage is stages[-1]
                lengths = [
                    rest if last else min(rest, int(budget * stage.moves))
                    for rest, budget in zip(left, budgets, strict=True)
                ]
                left = [rest - length for rest, length in zip(left, lengths, strict=True)]
                for done in range(0, max(lengths), LAP):
                    chains = self.list_chains if stage.lists else self.run_chains
                    tasks = [
                        partial(self._moves, chain, done, length, stage)
                        for chain, length in zip(chains, lengths, strict=True)
                        if length > done
                    ]
                    self._together(pool, tasks)
                    if self.best.best <= 0.0 or self._late():
                        return

    def _moves(self, chain: Chain, done: int, length: int, stage: Stage) -> None:
        def stopped() -> bool:
            return self._interrupted or self._late()

        moves = min(LAP, length - done)
        if stage.kicks:
            chain.kick_moves(done, moves, stage.last, stopped)
        else:
            chain.anneal_moves(done, moves, float(np.log(stage.last / stage.first)) / length, stage.first, stopped)

    def _late(self) -> bool:
        return time.perf_counter() >= self.deadline

    def _hand_over(self, done: Stage, measured: Sequence[int]) -> None:
        """After lists every chain goes on from its own and measures; after runs all go on from the best of all."""
        best: Sites = self.best.best_runs()
        for chain, own, moves in zip(self.run_chains, self.list_chains, measured, strict=True):
            chain.restart(own.best_runs() if done.lists else best)
            if done.lists:
                chain.set_unit(moves)

    def _together(self, pool: ThreadPoolExecutor, tasks: Sequence[Callable[[], None]]) -> None:
        """Work on all tasks; report now and then; an interrupt lets them end at their next look at the flag."""
        try:
            with signals_wait():  # a pool that is interrupted in its own work may wait for itself for ever
                futures = [pool.submit(task) for task in tasks]
            pending = set(futures)
            while pending:
                with signals_wait():
                    pending = wait(pending, timeout=REPORT_SECONDS)[1]
                if self.progress is not None:
                    self.progress(self.best.best, self.moves, time.perf_counter() - self.began)
        except BaseException:
            self._interrupted = True
            raise
        for future in futures:
            future.result()
