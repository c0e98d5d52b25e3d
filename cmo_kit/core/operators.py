"""The operators of the genetic algorithm (Section 4.2), each on a whole population at once.

A population is an array of shape (e, n): ``e`` chromosomes of ``n`` keys. What the paper names beside them, and what
courses compare, is in :mod:`cmo_kit.codings.operators`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.arrays import Keys

Tardiness = NDArray[np.float64]
#: From total tardiness (e,) to the indices of so many parents.
Selection = Callable[[Tardiness, int, np.random.Generator], NDArray[np.int64]]
#: From parents (e, n), which may be overwritten, and a probability to children (e, n).
Crossover = Callable[[Keys, float, np.random.Generator], Keys]
#: Changes children (e, n) in place, with a probability.
Mutation = Callable[[Keys, float, np.random.Generator], None]
#: From the total tardiness (e,) of children to the one that gives way to the best chromosome so far.
Replacement = Callable[[Tardiness, np.random.Generator], int]
#: 1 where a pair of ``n`` genes exchanges them, else 0; shape (pairs, n).
Marks = NDArray[np.uint8]
Draw = Callable[[int, int, np.random.Generator], Marks]


def fitness(tardiness: Tardiness, w: float) -> NDArray[np.float64]:
    """Equation (16): ``F_g^k = w + max_s T_g^s - T_g^k``; shape (e,).

    ``w > 0`` keeps every fitness above zero; the paper does not give its value.
    """
    fitnesses: NDArray[np.float64] = w + (tardiness.max() - tardiness)  # w last: rounding then cannot swallow it all
    return fitnesses


def roulette_wheel(weights: NDArray[np.float64], spins: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Spin a wheel whose sectors are as wide as ``weights`` (e,); the indices hit, shape (spins,)."""
    edges = np.cumsum(weights)
    hit: NDArray[np.int64] = np.searchsorted(edges, rng.random(spins) * edges[-1], side="right")
    np.minimum(hit, len(weights) - 1, out=hit)  # a spin may round up to the last edge
    return hit


def roulette_selection(tardiness: Tardiness, spins: int, rng: np.random.Generator, w: float = 1) -> NDArray[np.int64]:
    """Spin the wheel whose sectors are as wide as the fitness, equation (16)."""
    return roulette_wheel(fitness(tardiness, w), spins, rng)


def crossed(parents: Keys, probability: float, rng: np.random.Generator, draw: Draw) -> Keys:
    """Pair the parents in their order and exchange the genes that ``draw`` marks; the children take their memory.

    With ``probability`` a pair makes two complementary children, otherwise the children are copies. A last parent
    without a partner pairs with the first one, and one of the two children is dropped.

    Parameters
    ----------
    parents : (e, n) array
        Overwritten.

    Returns
    -------
    (e, n) array
    """
    e, n = parents.shape
    if e % 2:
        parents = np.concatenate([parents, parents[:1]])
    pairs = len(parents) // 2
    exchanged = draw(pairs, n, rng)
    exchanged[rng.random(pairs) >= probability] = 0
    # Bits are exchanged in place: choosing values into new arrays costs several times as much.
    words = parents.view(np.uint64)
    first, second = words[0::2], words[1::2]
    difference = first ^ second
    difference *= exchanged
    first ^= difference
    second ^= difference
    return parents[:e]


def uniform_crossover(parents: Keys, probability: float, rng: np.random.Generator) -> Keys:
    """Each gene of a pair's first child comes from either parent at random; :func:`crossed` says the rest."""

    def any_genes(pairs: int, n: int, rng: np.random.Generator) -> Marks:
        bits = rng.integers(0, 256, size=(pairs, (n + 7) // 8), dtype=np.uint8)
        return np.unpackbits(~bits, axis=1, count=n)

    return crossed(parents, probability, rng, any_genes)


def one_gene_mutation(children: Keys, probability: float, rng: np.random.Generator) -> None:
    """Insertion mutation: with ``probability`` one random gene of a child gets a new uniform key, in place."""
    e, n = children.shape
    rows = np.flatnonzero(rng.random(e) < probability)
    children[rows, rng.integers(n, size=len(rows))] = rng.random(len(rows))


def worst_child(tardiness: Tardiness, rng: np.random.Generator) -> int:
    """The child with the greatest total tardiness, the first of equals."""
    return int(tardiness.argmax())


def nothing(*arguments: object) -> None:
    """Do nothing: what stands where a run has no repair or nobody who looks on."""
