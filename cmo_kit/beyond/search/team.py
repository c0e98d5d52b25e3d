"""Several chains at the same time, in rounds: after each, all go on from the best schedule of all."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

import numpy as np

from cmo_kit.beyond.search.chain import Chain
from cmo_kit.beyond.search.start import Runs
from cmo_kit.beyond.search.state import Times
from cmo_kit.core.instance import Instance
from cmo_kit.core.stopping import Progress

REPORT_SECONDS = 0.2
LAP = 250_000
#: The first of several rounds takes this share of the budget; the others share the rest.
FIRST_SHARE = 0.6
#: They begin at this part of the first temperature.
REHEAT = 0.2


def round_plan(rounds: int) -> list[tuple[float, float]]:
    """Per round its share of the budget and its first temperature as a part of the very first one."""
    if rounds == 1:
        return [(1.0, 1.0)]
    return [(FIRST_SHARE, 1.0)] + [((1 - FIRST_SHARE) / (rounds - 1), REHEAT)] * (rounds - 1)


class Team:
    """Chains with streams of random numbers of their own, worked on by threads.

    The streams depend on ``rng`` and the number of chains alone, so with a budget of moves the result is
    the same for any number of threads.
    """

    def __init__(
        self,
        instance: Instance,
        start: Runs,
        rng: np.random.Generator,
        chains: int,
        workers: int,
        shares: Times,
        progress: Progress | None = None,
    ) -> None:
        sequences = np.random.SeedSequence(rng.integers(0, 2**32, size=4).tolist()).spawn(chains)
        self.chains = [Chain(instance, start, sequence, shares) for sequence in sequences]
        self.workers = workers
        self.progress = progress
        self.began = time.perf_counter()
        self.deadline = np.inf
        self._interrupted = False

    @property
    def best(self) -> Chain:
        """The chain with the best schedule, the first of equals."""
        return min(self.chains, key=lambda chain: chain.best)

    @property
    def moves(self) -> int:
        """Moves tried by all chains."""
        return sum(chain.moves for chain in self.chains)

    def run_seconds(self, seconds: float, rounds: int, hot: float, cold: float) -> None:
        """Anneal until ``seconds`` have passed since the team was made."""
        self.deadline = self.began + seconds
        begin = time.perf_counter()
        span = self.deadline - begin
        with ThreadPoolExecutor(self.workers) as pool:
            for share, heat in round_plan(rounds):
                groups = -(-len(self.chains) // self.workers)
                for group in range(groups):
                    members = self.chains[group * self.workers : (group + 1) * self.workers]
                    begin += span * share / groups
                    until = partial(self._until, begin, max(hot * heat, cold), cold)
                    self._together(pool, [partial(until, chain) for chain in members])
                self._share_best()

    def _until(self, deadline: float, first: float, last: float, chain: Chain) -> None:
        chain.anneal_until(deadline, first, last, lambda: self._interrupted or self.best.best <= 0.0)

    def run_moves(self, moves: int, rounds: int, hot: float, cold: float, seconds: float | None = None) -> None:
        """Try ``moves`` moves in all, or fewer when ``seconds`` have passed since the team was made."""
        if seconds is not None:
            self.deadline = self.began + seconds
        budgets = [moves // len(self.chains) + (k < moves % len(self.chains)) for k in range(len(self.chains))]
        with ThreadPoolExecutor(self.workers) as pool:
            passed = 0.0
            for share, heat in round_plan(rounds):
                spans = [(int(budget * passed), int(budget * min(1.0, passed + share))) for budget in budgets]
                passed += share
                if passed > 1 - 1e-9:
                    spans = [(begin, budget) for (begin, _), budget in zip(spans, budgets, strict=True)]
                lengths = [end - begin for begin, end in spans]
                for lap in range(0, max(lengths), LAP):
                    tasks = []
                    for chain, length in zip(self.chains, lengths, strict=True):
                        rate = float(np.log(cold / max(hot * heat, cold))) / max(1, length)
                        size = min(LAP, length - lap)
                        tasks.append(partial(self._moves, chain, lap, size, rate, max(hot * heat, cold)))
                    self._together(pool, tasks)
                    if self.best.best <= 0.0 or self._late():
                        return
                self._share_best()

    def _moves(self, chain: Chain, done: int, moves: int, rate: float, first: float) -> None:
        chain.anneal_moves(done, moves, rate, first, lambda: self._interrupted or self._late())

    def _late(self) -> bool:
        return time.perf_counter() >= self.deadline

    def _share_best(self) -> None:
        runs = self.best.best_runs()
        for chain in self.chains:
            chain.restart(runs)

    def _together(self, pool: ThreadPoolExecutor, tasks: Sequence[Callable[[], None]]) -> None:
        """Work on all tasks; report now and then; an interrupt lets them end at their next look at the flag."""
        futures = [pool.submit(task) for task in tasks]
        try:
            pending = set(futures)
            while pending:
                pending = wait(pending, timeout=REPORT_SECONDS)[1]
                if self.progress is not None:
                    self.progress(self.best.best, self.moves, time.perf_counter() - self.began)
        except BaseException:
            self._interrupted = True
            raise
        for future in futures:
            future.result()
