"""The operators of the genetic algorithm (Section 4.2), each on a whole population at once.

A population is an array of shape (e, n): ``e`` chromosomes of ``n`` keys; its total tardiness, shape (e,), counts time
units. What the paper names beside them, and what courses compare, is in :mod:`cmo_kit.codings.operators`.
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
    """Equation (16): ``F_g^k = w + max_s T_g^s - T_g^k``.

    Parameters
    ----------
    tardiness : (e,) array
    w : float
        Above 0, so that every fitness is; the paper does not give its value.

    Returns
    -------
    (e,) array

    Examples
    --------
    >>> fitness(np.array([3.0, 7.0, 5.0]), w=1)
    array([5., 1., 3.])
    """
    fitnesses: NDArray[np.float64] = w + (tardiness.max() - tardiness)  # w last: rounding then cannot swallow it all
    return fitnesses


def roulette_wheel(weights: NDArray[np.float64], spins: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Spin a wheel whose sectors are as wide as their weights (Section 4.2), ``spins`` times.

    Parameters
    ----------
    weights : (e,) array
        None below 0, their sum above it.
    rng : numpy.random.Generator

    Returns
    -------
    (spins,) array
        The indices that are hit.

    Examples
    --------
    >>> roulette_wheel(np.array([0.0, 2.0, 0.0]), 3, np.random.default_rng(1))
    array([1, 1, 1])
    """
    edges = np.cumsum(weights)
    hit: NDArray[np.int64] = np.searchsorted(edges, rng.random(spins) * edges[-1], side="right")
    np.minimum(hit, len(weights) - 1, out=hit)  # a spin may round up to the last edge
    return hit


def roulette_selection(tardiness: Tardiness, spins: int, rng: np.random.Generator, w: float = 1) -> NDArray[np.int64]:
    """The paper's selection: :func:`roulette_wheel` with ``spins`` and ``rng`` on the fitness, equation (16).

    Parameters
    ----------
    tardiness, w
        As for :func:`fitness`.

    Returns
    -------
    (spins,) array
        Indices of chromosomes.

    Examples
    --------
    >>> roulette_selection(np.array([0.0, 1e9]), 3, np.random.default_rng(1))
    array([0, 0, 0])
    """
    return roulette_wheel(fitness(tardiness, w), spins, rng)


def crossed(parents: Keys, probability: float, rng: np.random.Generator, draw: Draw) -> Keys:
    """Pair the parents in their order and exchange the genes that ``draw`` marks; the children take their memory.

    With ``probability`` a pair makes two complementary children, otherwise the children are copies. A last parent
    without a partner pairs with the first one, and one of the two children is dropped.
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
    """The paper's crossover: each gene of a pair's first child comes from either parent at random.

    Parameters
    ----------
    parents : (e, n) array
        Overwritten. With ``probability`` a pair is crossed, else copied, as :func:`crossed` says; ``rng`` draws.

    Returns
    -------
    (e, n) array
        The children, two complementary ones a pair.

    Examples
    --------
    >>> uniform_crossover(np.array([[0.1, 0.2, 0.3, 0.4], [0.6, 0.7, 0.8, 0.9]]), 1, np.random.default_rng(5))
    array([[0.1, 0.7, 0.3, 0.9],
           [0.6, 0.2, 0.8, 0.4]])
    """

    def any_genes(pairs: int, n: int, rng: np.random.Generator) -> Marks:
        bits = rng.integers(0, 256, size=(pairs, (n + 7) // 8), dtype=np.uint8)
        return np.unpackbits(~bits, axis=1, count=n)

    return crossed(parents, probability, rng, any_genes)


def one_gene_mutation(children: Keys, probability: float, rng: np.random.Generator) -> None:
    """Insertion mutation, as the paper's is read here: one random gene of a child gets a new uniform key.

    Parameters
    ----------
    children : (e, n) array
        Changed in place, each with ``probability``; ``rng`` draws.

    Examples
    --------
    >>> children = np.full((1, 4), 0.5)
    >>> one_gene_mutation(children, 1, np.random.default_rng(1))
    >>> int((children != 0.5).sum())
    1
    """
    e, n = children.shape
    rows = np.flatnonzero(rng.random(e) < probability)
    children[rows, rng.integers(n, size=len(rows))] = rng.random(len(rows))


def worst_child(tardiness: Tardiness, rng: np.random.Generator) -> int:
    """The child that gives way to the best chromosome so far (Section 4.3): the first of the greatest tardiness.

    Returns
    -------
    int
        Its index in ``tardiness`` (e,); ``rng`` is not used.

    Examples
    --------
    >>> worst_child(np.array([3.0, 7.0, 5.0]), np.random.default_rng(1))
    1
    """
    return int(tardiness.argmax())


def nothing(*arguments: object) -> None:
    """Do nothing: what stands where a run has no repair or nobody who looks on."""
