"""A walk whose work is cut into pieces, short enough to stop between any two, without changing what it does."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from cmo_kit.core.instance import Instance
from cmo_kit.search.state import Records, Sites

PIECE_SECONDS = 0.02  # between two looks at the clock
FIRST_PIECE, LARGEST_PIECE = 50, 1_000_000  # moves
#: How many moves make a kick, and a temperature at which each of them is made whatever it costs.
KICK, HOT = 6, 1e9


def mean_gap(instance: Instance) -> float:
    """Mean time between the starts of two orders on a Site, times the mean weight; above 0."""
    own, count = np.diag(instance.g), len(instance.orders)
    gap = float(instance.g.sum() - own.sum()) / (count * (count - 1)) if count > 1 else float(own[0])
    return (gap or 1.0) * (float(instance.w.mean()) or 1.0)


class Chain(ABC):
    """A walk that can be worked on bit by bit; its kernel counts ``moves`` and keeps ``best`` in ``now`` (1,)."""

    now: Records
    unit = 1.0  # of temperatures: how much worse moves make a schedule here, about
    period = 1  # moves from one kick to the next
    _piece = FIRST_PIECE

    @property
    def best(self) -> float:
        """Total tardiness of the best schedule so far, up to rounding."""
        return float(self.now["best"][0])

    @property
    def moves(self) -> int:
        """Moves tried so far."""
        return int(self.now["moves"][0])

    @abstractmethod
    def best_runs(self) -> Sites:
        """The best schedule's runs per Site, as (order index, batches)."""

    @abstractmethod
    def _anneal(self, moves: int, done: int, first: float, rate: float) -> None:
        """Try ``moves`` moves; the temperature after ``n`` is ``first exp(rate n)`` units, ``done`` lie behind."""

    @abstractmethod
    def _go_back(self) -> None:
        """Go on from the best schedule so far."""

    def _settle(self) -> None:  # noqa: B027 (most chains have nothing to do)
        """Called at the end of a stretch of pieces."""

    def anneal_moves(self, done: int, moves: int, rate: float, first: float, stopped: Callable[[], bool]) -> None:
        """Try ``moves`` moves, with temperatures as above; how the work is cut into pieces changes nothing."""
        end = done + moves
        while done < end and not stopped() and self.best > 0.0:
            piece = min(self._piece, end - done)
            self._run(piece, done, first, rate)
            done += piece
        self._settle()

    def anneal_until(self, deadline: float, first: float, last: float, stopped: Callable[[], bool]) -> None:
        """Anneal until ``time.perf_counter()`` reaches ``deadline``, from temperature ``first`` to ``last``."""
        began = time.perf_counter()
        while (now := time.perf_counter()) < deadline and not stopped() and self.best > 0.0:
            passed = (now - began) / (deadline - began)
            self._run(self._piece, 0, first * float(np.exp(passed * np.log(last / first))), 0.0)
        self._settle()

    def kick_moves(self, done: int, moves: int, cold: float, stopped: Callable[[], bool]) -> None:
        """Try ``moves`` moves, ``done`` lie behind: an iterated local search, cut into pieces as an annealing is.

        Every :attr:`period` the best schedule gets a kick of :data:`KICK` random moves, and then moves at temperature
        ``cold`` (Lourenço, Martin & Stützle 2003, Handbook of Metaheuristics, chapter 11).
        """
        end = done + moves
        while done < end and not stopped() and self.best > 0.0:
            done += self._kicked(done % self.period, end - done, cold)
        self._settle()

    def kick_until(self, deadline: float, cold: float, stopped: Callable[[], bool]) -> None:
        """Kick as :meth:`kick_moves` does until ``time.perf_counter()`` reaches ``deadline``."""
        since = 0
        while time.perf_counter() < deadline and not stopped() and self.best > 0.0:
            since = (since + self._kicked(since, self.period, cold)) % self.period
        self._settle()

    def _kicked(self, since: int, most: int, cold: float) -> int:
        """Go on by a piece, ``since`` moves after the last kick began; how many moves, ``most`` at most."""
        if since == 0:
            self._go_back()
        if since < KICK:
            moves = min(KICK - since, most)
            self._anneal(moves, 0, HOT, 0.0)
        else:
            moves = min(self._piece, self.period - since, most)
            self._run(moves, 0, cold, 0.0)
        return moves

    def _run(self, moves: int, done: int, first: float, rate: float) -> None:
        began = time.perf_counter()
        self._anneal(moves, done, first, rate)
        ratio = PIECE_SECONDS / max(1e-9, time.perf_counter() - began)
        self._piece = max(1, min(LARGEST_PIECE, int(moves * min(2.0, ratio))))
