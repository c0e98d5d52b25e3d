"""Chance in compiled code: random numbers, and which moves an annealing makes.

The generator is xorshift64* of Vigna (doi:10.1145/2845077). Its state is an array of one 64-bit word, never zero,
seeded from numpy's SeedSequence.
"""

import numpy as np

from cmo_kit.base.arrays import Words
from cmo_kit.fast.compiled import kernel_part

_12, _25, _27, _11 = np.uint64(12), np.uint64(25), np.uint64(27), np.uint64(11)
_MULTIPLIER = np.uint64(2685821657736338717)
_UNIT = 2.0**-53


def make_words(sequence: np.random.SeedSequence) -> Words:
    """The generator's state for a seed sequence; shape (1,)."""
    return np.maximum(sequence.generate_state(1, np.uint64), np.uint64(1))


@kernel_part
def uniform(words: Words) -> float:
    """A number in [0, 1) with 53 random bits."""
    x = words[0]
    x ^= x >> _12
    x ^= x << _25
    x ^= x >> _27
    words[0] = x
    return float((x * _MULTIPLIER) >> _11) * _UNIT


@kernel_part
def below(words: Words, n: int) -> int:
    """An integer in 0..n-1."""
    return int(uniform(words) * n)


@kernel_part
def tolerance(temperature: float, words: Words) -> float:
    """How much worse the next move may be: an annealing makes it if it changes total tardiness by no more.

    The number is exponential with mean ``temperature``, so that a change of ``d > 0`` is made with probability
    ``exp(-d / temperature)`` (Kirkpatrick, Gelatt & Vecchi 1983, doi:10.1126/science.220.4598.671). To draw it first
    allows to stop evaluating a move that is worse than that.
    """
    return float(-temperature * np.log(1.0 - uniform(words)))
