"""The paper's operators compiled: from the same generator the same parents, children and keys, to the last bit.

:mod:`cmo_kit.core.operators` says what they do and is what they are tested against.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from cmo_kit.base.arrays import Integers, Keys, Words
from cmo_kit.core import operators as readable
from cmo_kit.core.operators import Tardiness
from cmo_kit.fast.compiled import compiled
from cmo_kit.fast.decoder import COMPILING
from cmo_kit.fast.draws import Source, below, bits_32, source_of, uniform

Rng = np.random.Generator


@compiled
def spin_wheel(tardiness: Tardiness, w: float, hits: Integers, source: Source) -> None:
    """Spin the wheel of equation (16) for every entry of ``hits``."""
    edges, edge, greatest = np.empty(len(tardiness)), 0.0, tardiness.max()
    for k in range(len(tardiness)):
        edge += w + (greatest - tardiness[k])
        edges[k] = edge
    for k in range(len(hits)):
        spun = uniform(source) * edge
        low, high = 0, len(edges) - 1  # a spin may round up to the last edge
        while low < high:
            middle = (low + high) // 2
            if edges[middle] <= spun:
                low = middle + 1
            else:
                high = middle
        hits[k] = low


@compiled
def exchange_genes(parents: Words, probability: float, source: Source) -> None:
    """Exchange the keys, as words, of the pairs of an even number of parents; a bit 0 exchanges a gene."""
    pairs, n = len(parents) // 2, parents.shape[1]
    width = (n + 7) // 8  # bytes of a pair
    drawn = np.empty((pairs * width + 3) // 4, np.uint32)
    for k in range(len(drawn)):
        drawn[k] = bits_32(source)
    exchanged = np.empty(8 * width, np.uint64)  # all bits of a word, or none: without a branch it is done in vectors
    for pair in range(pairs):
        if uniform(source) >= probability:
            continue
        for byte in range(width):
            at = pair * width + byte
            bits = drawn[at // 4] >> np.uint32(at % 4 * 8)
            for k in range(8):
                exchanged[8 * byte + k] = np.uint64(bits >> np.uint32(7 - k) & np.uint32(1)) - np.uint64(1)
        first, second = parents[2 * pair], parents[2 * pair + 1]
        for k in range(n):
            difference = (first[k] ^ second[k]) & exchanged[k]
            first[k] ^= difference
            second[k] ^= difference


@compiled
def renew_genes(children: Keys, probability: float, source: Source) -> None:
    """With ``probability`` give one random gene of a child a new key."""
    e, n = children.shape
    rows, keys, count = np.empty(e, np.int64), np.empty(e), 0
    for k in range(e):
        if uniform(source) < probability:
            rows[count] = k
            count += 1
    for k in range(count):  # all keys are drawn before the genes
        keys[k] = uniform(source)
    for k in range(count):
        children[rows[k], below(source, n)] = keys[k]


def roulette_selection(tardiness: Tardiness, spins: int, rng: Rng, w: float = 1) -> Integers:
    """Spin the wheel whose sectors are as wide as the fitness, equation (16)."""
    hits = np.empty(spins, np.int64)
    with rng.bit_generator.lock:
        spin_wheel(tardiness, float(w), hits, source_of(rng.bit_generator))
    return hits


def uniform_crossover(parents: Keys, probability: float, rng: Rng) -> Keys:
    """Each gene of a pair's first child comes from either parent at random."""
    e = len(parents)
    if e % 2:
        parents = np.concatenate([parents, parents[:1]])
    with rng.bit_generator.lock:
        exchange_genes(parents.view(np.uint64), float(probability), source_of(rng.bit_generator))
    return parents[:e]


def one_gene_mutation(children: Keys, probability: float, rng: Rng) -> None:
    """With ``probability`` one random gene of a child gets a new uniform key, in place."""
    with rng.bit_generator.lock:
        renew_genes(children, float(probability), source_of(rng.bit_generator))


def compiled_operators() -> dict[Callable[..., Any], Callable[..., Any]]:
    """Readable operators and what stands for them, compiled and warm; none where numba runs as plain Python."""
    if not COMPILING:
        return {}
    rng = np.random.default_rng(0)
    keys = np.zeros((2, 2))
    roulette_selection(keys[0], 2, rng)
    one_gene_mutation(uniform_crossover(keys, 1, rng), 1, rng)
    return {
        readable.roulette_selection: roulette_selection,
        readable.uniform_crossover: uniform_crossover,
        readable.one_gene_mutation: one_gene_mutation,
    }
