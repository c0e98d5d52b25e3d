"""Total tardiness of whole populations, compiled: the numbers of :mod:`cmo_kit.core`, to the last bit."""

from collections.abc import Callable
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.core.chromosome import check_keys_of
from cmo_kit.core.instance import Instance
from cmo_kit.fast.tables import tables

Evaluation = Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.uint64]]]


class FastDecoder:
    """The decoder of Section 4.1 for one instance, prepared once and called often.

    Parameters
    ----------
    instance : Instance
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._tables = tables(instance)

    def total_tardiness(self, population: ArrayLike) -> NDArray[np.float64]:
        """Equation (1) of every chromosome.

        Parameters
        ----------
        population : (e, n) keys in 0..1

        Returns
        -------
        (e,) float64, time units; exactly ``decode(instance, keys).total_tardiness``.
        """
        return self.evaluate(population)[0]

    def evaluate(self, population: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
        """Total tardiness and fingerprint of every chromosome.

        Two schedules that differ only in the numbering of the Sites have the same fingerprint; two
        others have different ones (up to a chance of about 1 in 2^64), so ``len(np.unique(...))`` counts
        the distinct schedules of a population.

        Returns
        -------
        tuple of (e,) float64 and (e,) uint64
        """
        from cmo_kit.fast.exact import decode_exact

        keys = np.ascontiguousarray(check_keys_of(self.instance, population))
        e = len(keys)
        tardiness, fingerprints = np.empty(e), np.empty(e, np.uint64)
        decode_exact(keys, np.arange(e), self.instance.sites, self._tables, tardiness, fingerprints)
        return tardiness, fingerprints


_prepared: WeakKeyDictionary[Instance, FastDecoder] = WeakKeyDictionary()


def decoder_of(instance: Instance) -> FastDecoder:
    """The decoder of ``instance``, prepared at the first call and kept as long as the instance lives."""
    decoder = _prepared.get(instance)
    if decoder is None:
        decoder = _prepared[instance] = FastDecoder(instance)
    return decoder


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
    """
    values = check_keys_of(instance, keys)
    found = decoder_of(instance).total_tardiness(np.atleast_2d(values))
    return float(found[0]) if values.ndim == 1 else found


def compiled_evaluation(instance: Instance) -> Evaluation:
    """How the genetic algorithm evaluates a population, compiled and warm.

    Returns
    -------
    function of an (e, n) population, which returns total tardiness (e,) and fingerprints (e,)
    """
    decoder = FastDecoder(instance)
    decoder.evaluate(np.zeros((1, instance.key_count)))
    return decoder.evaluate
