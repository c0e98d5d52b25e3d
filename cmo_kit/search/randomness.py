"""Random numbers for compiled code: the xorshift64* generator of Vigna (doi:10.1145/2845077).

Its state is an array of one 64-bit word, never zero, seeded from numpy's SeedSequence.
"""

import numpy as np
from numpy.typing import NDArray

from cmo_kit.fast.compiled import compiled

Words = NDArray[np.uint64]

_12, _25, _27, _11 = np.uint64(12), np.uint64(25), np.uint64(27), np.uint64(11)
_MULTIPLIER = np.uint64(2685821657736338717)
_UNIT = 2.0**-53


def make_words(sequence: np.random.SeedSequence) -> Words:
    """The generator's state for a seed sequence; shape (1,)."""
    return np.maximum(sequence.generate_state(1, np.uint64), np.uint64(1))


@compiled
def uniform(words: Words) -> float:
    """A number in [0, 1) with 53 random bits."""
    x = words[0]
    x ^= x >> _12
    x ^= x << _25
    x ^= x >> _27
    words[0] = x
    return float((x * _MULTIPLIER) >> _11) * _UNIT


@compiled
def below(words: Words, n: int) -> int:
    """An integer in 0..n-1."""
    return int(uniform(words) * n)
