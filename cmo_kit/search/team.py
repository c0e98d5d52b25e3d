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
#: The first of several rounds takes this share of the rest; the others share what it leaves.
FIRST_ROUND = 0.6
#: The other rounds begin at this part of the first round's temperature.
REHEAT = 0.2


class Stage(NamedTuple):
    """An annealing of all chains: its share of the seconds and of the moves, its temperatures in the chains' units."""

    seconds: float
    moves: float
    first: float
    last: float
    lists: bool = False
    anew: bool = False  # the chains go on from their lists' schedules once more, not from the best of all


def stages(
    rounds: int, lists: float, start: float, end: float, anew: int = 1, share: tuple[float, float] = LISTS
) -> list[Stage]:
    """A stage on lists, then rounds on runs; the temperatures are in the chains' units.

    Lists take their ``share`` of seconds and of moves. The first round is made ``anew`` times, in equal parts.
    """
    parts = [1.0] if rounds == 1 else [FIRST_ROUND] + [(1 - FIRST_ROUND) / (rounds - 1)] * (rounds - 1)
    plan = [Stage(*share, lists, min(lists, end), lists=True)]
    for number, part in enumerate(parts):
        heat, times = (start, anew) if number == 0 else (REHEAT * start, 1)
        stage = Stage((1 - share[0]) * part / times, (1 - share[1]) * part / times, max(heat, end), end)
        plan += [stage] + [stage._replace(anew=True)] * (times - 1)
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
            for stage in stages:
                self._begin(stage)
                chains = self.list_chains if stage.lists else self.run_chains
                for group in range(groups):
                    members = chains[group * self.workers : (group + 1) * self.workers]
                    begin += span * stage.seconds / groups
                    self._together(pool, [partial(self._until, chain, begin, stage) for chain in members])
                self._hand_over(stage, [MEASURED] * len(self.run_chains))

    def _until(self, chain: Chain, deadline: float, stage: Stage) -> None:
        chain.anneal_until(deadline, stage.first, stage.last, lambda: self._interrupted or self.best.best <= 0.0)

    def run_moves(self, moves: int, stages: Sequence[Stage], seconds: float | None = None) -> None:
        """Try ``moves`` moves in all, or fewer when ``seconds`` have passed since the team was made."""
        if seconds is not None:
            self.deadline = self.began + seconds
        count = len(self.run_chains)
        left = [moves // count + (k < moves % count) for k in range(count)]
        budgets = list(left)
        with ThreadPoolExecutor(self.workers) as pool:
            for stage in stages:
                self._begin(stage)
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
                measured = [min(MEASURED, rest // 20) if stage.lists else 0 for rest in left]
                left = [rest - spent for rest, spent in zip(left, measured, strict=True)]
                self._hand_over(stage, measured)

    def _moves(self, chain: Chain, done: int, length: int, stage: Stage) -> None:
        rate = float(np.log(stage.last / stage.first)) / length
        chain.anneal_moves(done, min(LAP, length - done), rate, stage.first, lambda: self._interrupted or self._late())

    def _late(self) -> bool:
        return time.perf_counter() >= self.deadline

    def _begin(self, stage: Stage) -> None:
        """Take the chains back to their lists' schedules where the stage says so; their best ones are kept."""
        if stage.anew:
            for chain, own in zip(self.run_chains, self.list_chains, strict=True):
                chain.restart(own.best_runs())

    def _hand_over(self, stage: Stage, measured: Sequence[int]) -> None:
        """After lists every chain goes on from its own and measures; after runs all go on from the best of all."""
        best: Sites = self.best.best_runs()
        for chain, own, moves in zip(self.run_chains, self.list_chains, measured, strict=True):
            chain.restart(own.best_runs() if stage.lists else best)
            if stage.lists:
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
