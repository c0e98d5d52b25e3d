"""Annealing on runs from one stream of random numbers."""

import numpy as np

from cmo_kit.core.instance import Instance
from cmo_kit.search.anneal import anneal
from cmo_kit.search.evaluate import evaluate_all, keep_best
from cmo_kit.search.pace import Walk
from cmo_kit.search.randomness import make_words
from cmo_kit.search.state import Sites, Times, make_state, runs_of, set_runs


class Chain(Walk):
    """A state, its random numbers, and the best schedule it has met.

    Parameters
    ----------
    instance : Instance
    start : list of lists of (order index, batches)
        Runs per Site; only these Sites are used.
    sequence : numpy.random.SeedSequence
    shares : (8,) array
        How often each kind of move is tried, adding up to 1.
    """

    def __init__(self, instance: Instance, start: Sites, sequence: np.random.SeedSequence, shares: Times) -> None:
        self.state = make_state(instance, start)
        self.now = self.state.now
        self.words = make_words(sequence)
        self.cumulated = np.cumsum(shares)
        self.cumulated[-1] = 2.0  # rounding must not leave a gap below 1
        self.restart(start)

    def restart(self, start: Sites) -> None:
        """Go on from another schedule; the best so far is kept."""
        state = self.state
        set_runs(state, start)
        evaluate_all(state.gap, state.orders, state.sites, state.parts, state.runs, state.now)
        self._settle()

    def best_runs(self) -> Sites:
        """The best schedule's runs per Site."""
        return runs_of(self.state.best_runs, self.state.best_length)

    def _anneal(self, moves: int, done: int, first: float, rate: float) -> None:
        anneal(*self.state, self.words, self.cumulated, moves, done, first, rate)

    def _settle(self) -> None:
        state = self.state
        keep_best(state.sites, state.runs, state.now, state.best_runs, state.best_length)
