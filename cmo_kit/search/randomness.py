"""Chance in compiled code: random numbers, and which moves an annealing makes.

The generator is xorshift64* of Vigna (doi:10.1145/2845077). Its state is an array of one 64-bit word, never zero,
seeded from numpy's SeedSequence.
"""

import numpy as np

from cmo_kit.base.arrays import Words
from cmo_kit.fast.compiled import inlined

_12, _25, _27, _11 = np.uint64(12), np.uint64(25), np.uint64(27), np.uint64(11)
_MULTIPLIER = np.uint64(2685821657736338717)
_UNIT = 2.0**-53

HOPELESS = 40.0  # at so many temperatures the probability is below 1e-17, and no random number is drawn


def make_words(sequence: np.random.SeedSequence) -> Words:
    """The generator's state for a seed sequence; shape (1,)."""
    return np.maximum(sequence.generate_state(1, np.uint64), np.uint64(1))


@inlined
def uniform(words: Words) -> float:
    """A number in [0, 1) with 53 random bits."""
    x = words[0]
    x ^= x >> _12
    x ^= x << _25
    x ^= x >> _27
    words[0] = x
    return float((x * _MULTIPLIER) >> _11) * _UNIT


@inlined
def below(words: Words, n: int) -> int:
    """An integer in 0..n-1."""
    return int(uniform(words) * n)


@inlined
def accepts(change: float, temperature: float, words: Words) -> bool:
    """Whether an annealing makes a move that changes total tardiness by ``change``.

    Always when it does not rise, otherwise with probability ``exp(-change / temperature)`` (Kirkpatrick, Gelatt &
    Vecchi 1983, doi:10.1126/science.220.4598.671).
    """
    if change <= 0.0:
        return True
    return change <= HOPELESS * temperature and uniform(words) < np.exp(-change / temperature)
