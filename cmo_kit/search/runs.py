"""Annealing on runs, in pieces that can be stopped between any two."""

import numpy as np

from cmo_kit.base.arrays import Times
from cmo_kit.core.instance import Instance
from cmo_kit.fast.compiled import kernel
from cmo_kit.search.chain import Chain, mean_gap
from cmo_kit.search.evaluate import accept_draft, add_up, evaluate_all, evaluate_draft, keep_best
from cmo_kit.search.moves import draft_move
from cmo_kit.search.randomness import tolerance
from cmo_kit.search.state import Sites, State, make_state, runs_of, set_runs

STEP = 64  # the temperature falls in steps of so many moves
PERIOD = 600  # moves for each order from one kick to the next
TYPICAL_RISE = 0.05  # the quantile of moves' rises that is the unit of temperatures
REFRESH = 4096  # the running total is added up anew after so many moves, against rounding


@kernel
def anneal(state: State, moves: int, done: int, first: float, rate: float) -> None:
    """Try ``moves`` moves; the temperature after ``n`` moves is ``first exp(rate n)``, ``done`` moves lie behind.

    When the last schedule is the best so far, it is not yet copied. At an infinite temperature no move is made, and
    ``state.rises`` get by how much each makes the schedule worse.
    """
    temperature = first
    for move in range(done, done + moves):
        if move == done or move % STEP == 0:
            temperature = first * np.exp(rate * (move - move % STEP))
        state.now[0].moves += 1
        if state.now[0].moves % REFRESH == 0:
            add_up(state)
        limit = np.inf if first == np.inf else tolerance(temperature, state.words)
        state.now[0].limit = limit
        if not draft_move(state):
            continue
        change = evaluate_draft(state, limit)
        if first == np.inf:
            state.rises[move - done] = change
        if change > limit or first == np.inf:
            continue
        if change > 0.0 and state.now[0].total < state.now[0].best:  # copied when it is left, not on the way down
            keep_best(state)
        accept_draft(state, change)
        if state.now[0].total <= 1e-9:
            add_up(state)
            if state.now[0].total <= 0.0:
                keep_best(state)
                return


class RunChain(Chain):
    """A schedule, its random numbers, and the best schedule it has met; parameters as of :func:`make_state`."""

    def __init__(self, instance: Instance, start: Sites, sequence: np.random.SeedSequence, shares: Times) -> None:
        self.state = make_state(instance, start, sequence, shares)
        self.now = self.state.now
        self.unit = mean_gap(instance)
        self.period = PERIOD * len(instance.orders)
        self.restart(start)

    def restart(self, start: Sites) -> None:
        """Go on from another schedule; the best so far is kept."""
        set_runs(self.state, start)
        evaluate_all(self.state)
        self._settle()

    def best_runs(self) -> Sites:
        """The best schedule's runs per Site."""
        return runs_of(self.state.best_runs, self.state.best_length)

    def set_unit(self, moves: int) -> None:
        """Measure the unit of temperatures by ``moves`` moves, MEASURED at most: a twentieth of all rises is below it.

        Annealing decides about those moves. The quantile is some days on the paper's problems, half an order's time
        where the orders of one Site differ by their setups, and some hundredths of it where there are no setups.
        """
        self.state.rises[:] = 0.0
        anneal(self.state, moves, 0, np.inf, 0.0)
        rises = self.state.rises[self.state.rises > 0.0]
        if rises.size > 0:
            self.unit = float(np.quantile(rises, TYPICAL_RISE))

    def _anneal(self, moves: int, done: int, first: float, rate: float) -> None:
        anneal(self.state, moves, done, first * self.unit, rate)

    def _go_back(self) -> None:
        self._settle()
        self.restart(self.best_runs())

    def _settle(self) -> None:
        keep_best(self.state)
