"""One annealing after another from one stream of random numbers: what each core does."""

import time
from collections.abc import Callable

import numpy as np

from cmo_kit.beyond.search.anneal import anneal
from cmo_kit.beyond.search.evaluate import evaluate_all, keep_best
from cmo_kit.beyond.search.randomness import make_words
from cmo_kit.beyond.search.state import Sites, Times, make_state, runs_of, set_runs
from cmo_kit.core.instance import Instance

PIECE_SECONDS = 0.02  # between two looks at the clock
FIRST_PIECE = 500


class Chain:
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
        self.words = make_words(sequence)
        self.cumulated = np.cumsum(shares)
        self.cumulated[-1] = 2.0  # rounding must not leave a gap below 1
        self._piece = FIRST_PIECE
        self.restart(start)

    def restart(self, start: Sites) -> None:
        """Go on from another schedule; the best so far is kept."""
        state = self.state
        set_runs(state, start)
        evaluate_all(state.gap, state.orders, state.sites, state.parts, state.runs, state.now)
        self._keep_best()

    def _keep_best(self) -> None:
        state = self.state
        keep_best(state.sites, state.runs, state.now, state.best_runs, state.best_length)

    @property
    def best(self) -> float:
        """Total tardiness of the best schedule, up to rounding."""
        return float(self.state.now["best"][0])

    @property
    def moves(self) -> int:
        """Moves tried so far."""
        return int(self.state.now["moves"][0])

    def best_runs(self) -> Sites:
        """The best schedule's runs per Site."""
        return runs_of(self.state.best_runs, self.state.best_length)

    def anneal_moves(self, done: int, moves: int, rate: float, first: float, stopped: Callable[[], bool]) -> None:
        """Try ``moves`` moves; the temperature after ``n`` moves is ``first exp(rate n)``, ``done`` lie behind.

        How the work is cut into pieces changes nothing.
        """
        end = done + moves
        while done < end and not stopped() and self.best > 0.0:
            piece = min(self._piece, end - done)
            self._run(piece, done, first, rate)
            done += piece
        self._keep_best()

    def anneal_until(self, deadline: float, first: float, last: float, stopped: Callable[[], bool]) -> None:
        """Anneal until ``time.perf_counter()`` reaches ``deadline``, from temperature ``first`` to ``last``."""
        began = time.perf_counter()
        while (now := time.perf_counter()) < deadline and not stopped() and self.best > 0.0:
            passed = (now - began) / (deadline - began)
            self._run(self._piece, 0, first * (last / first) ** passed, 0.0)
        self._keep_best()

    def _run(self, moves: int, done: int, first: float, rate: float) -> None:
        began = time.perf_counter()
        anneal(*self.state, self.words, self.cumulated, moves, done, first, rate)
        ratio = PIECE_SECONDS / max(1e-9, time.perf_counter() - began)
        self._piece = max(1, int(self._piece * min(2.0, max(0.25, ratio))))
