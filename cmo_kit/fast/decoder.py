"""Total tardiness of whole populations, compiled: the numbers of :mod:`cmo_kit.core`, to the last bit."""

import os
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.core.chromosome import check_keys_of
from cmo_kit.core.genetic import Evaluate
from cmo_kit.core.instance import Instance
from cmo_kit.fast.tables import LANES, make_tables, make_workspace

Decoded = tuple[NDArray[np.float64], NDArray[np.uint64], NDArray[np.bool_]]

#: Below this size of a population, decoding one at a time is faster than filling the lanes with copies.
FEWEST_SIDE_BY_SIDE = 4
#: Without its compiler numba runs the kernels as Python, which has no vectors.
COMPILING = os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0")


class FastDecoder:
    """The decoder of Section 4.1 for one instance, prepared once and called often.

    Parameters
    ----------
    instance : Instance

    Examples
    --------
    >>> instance = load_instance("tiny-one-site")
    >>> tardiness, fingerprints = FastDecoder(instance).evaluate(np.random.default_rng(1).random((1000, 5)))
    >>> float(tardiness.min()), len(np.unique(fingerprints))  # 1000 chromosomes, few different schedules
    (11.0, 6)
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._tables = make_tables(instance.whole)  # in ticks, in which sums are exact
        self._work = make_workspace(self._tables)
        self._lock = Lock()  # compiled code lets other threads run, and there is one workspace

    def total_tardiness(self, population: ArrayLike) -> NDArray[np.float64]:
        """Equation (1) of every chromosome of a population (e, n), as :func:`total_tardiness` below gives it."""
        return self._evaluate(population, False)[0]

    def evaluate(self, population: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
        """Total tardiness, (e,) float64, and fingerprint, (e,) uint64, of every chromosome; errors as above.

        Two schedules that differ only in the numbering of the Sites have the same fingerprint; two
        others have different ones (up to a chance of about 1 in 2^60), so ``len(np.unique(...))`` counts
        the distinct schedules of a population.
        """
        return self._evaluate(population, True)

    def doubtful(self, population: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which chromosomes the fast path leaves to the exact one, because rounded keys tie; shape (e,)."""
        if not COMPILING or len(population) < LANES:
            return np.ones(len(population), np.bool_)
        return self._decode_lanes(np.ascontiguousarray(population), False)[2]

    def _evaluate(
        self, population: ArrayLike, with_fingerprints: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
        keys = np.ascontiguousarray(population, dtype=np.float64)
        if keys.ndim != 2 or keys.shape[1] != self.instance.key_count:
            keys = np.atleast_2d(check_keys_of(self.instance, population))
        e = len(keys)
        if e >= FEWEST_SIDE_BY_SIDE and COMPILING:
            if e < LANES:
                keys = np.concatenate([keys, np.broadcast_to(keys[-1], (LANES - e, keys.shape[1]))])
            tardiness, fingerprints, doubtful = self._decode_lanes(keys, with_fingerprints)
            rows = np.flatnonzero(doubtful)
        else:
            check_keys_of(self.instance, keys)
            tardiness, fingerprints, rows = np.empty(e), np.empty(e, np.uint64), np.arange(e)
        if len(rows):
            from cmo_kit.fast.exact import decode_exact

            decode_exact(keys, rows, self._tables, tardiness, fingerprints)
        if self.instance.per_unit != 1:
            tardiness /= self.instance.per_unit
        return tardiness[:e], fingerprints[:e]

    def _decode_lanes(self, keys: NDArray[np.float64], with_fingerprints: bool) -> Decoded:
        """Decode at least ``LANES`` chromosomes side by side; raises :class:`InputError` for a wrong key."""
        from cmo_kit.fast.lanes import decode_lanes

        e = len(keys)
        decoded = np.empty(e), np.empty(e, np.uint64), np.empty(e, np.bool_)
        with self._lock:
            valid = decode_lanes(keys, self._tables, self._work, with_fingerprints, *decoded)
        if not valid:
            check_keys_of(self.instance, keys)  # says which key is wrong
        return decoded


@lru_cache(maxsize=8)
def decoder_of(instance: Instance) -> FastDecoder:
    """The decoder of ``instance``, prepared at the first call and kept for the next ones."""
    return FastDecoder(instance)


def total_tardiness(instance: Instance, keys: ArrayLike) -> float | NDArray[np.float64]:
    """Equation (1) of one chromosome, or of every chromosome of a population.

    Parameters
    ----------
    instance : Instance
    keys : (n,) or (e, n) array of finite numbers in 0..1

    Returns
    -------
    float or (e,) float64, time units; exactly ``decode(instance, keys).total_tardiness``.

    Raises
    ------
    InputError
        For a wrong length or a key outside 0..1.

    Examples
    --------
    >>> fig3 = load_instance("fig3")
    >>> total_tardiness(fig3, np.linspace(0, 1, fig3.key_count))
    97.0
    >>> total_tardiness(fig3, np.random.default_rng(1).random((3, fig3.key_count)))
    array([20., 74., 47.])
    """
    values = check_keys_of(instance, keys)
    found = decoder_of(instance).total_tardiness(np.atleast_2d(values))
    return float(found[0]) if values.ndim == 1 else found


def compiled_evaluation(instance: Instance) -> Evaluate:
    """How the genetic algorithm evaluates a population (e, n) of an ``instance``, compiled and warm.

    Returns
    -------
    callable
        From an (e, n) array of keys to total tardiness, (e,) float64 in time units, and fingerprints of the schedules,
        (e,) uint64; see :meth:`FastDecoder.evaluate`.

    Examples
    --------
    >>> evaluate = compiled_evaluation(load_instance("fig3"))
    >>> tardiness, schedules = evaluate(np.random.default_rng(1).random((100, 13)))
    >>> float(tardiness.min()), schedules.shape
    (14.0, (100,))
    """
    decoder = FastDecoder(instance)
    decoder.evaluate(np.zeros((LANES, instance.key_count)))
    return decoder.evaluate
