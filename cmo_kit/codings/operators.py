"""Operators of genetic algorithms beside the paper's own: what it names as usual, and what courses compare."""

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.arrays import Keys
from cmo_kit.core.operators import Marks, Tardiness, crossed, roulette_wheel


def rank_selection(tardiness: Tardiness, spins: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Spin a wheel on ranks: 1 for the worst chromosome up to ``e`` for the best; equals share their mean rank.

    Parameters
    ----------
    tardiness : (e,) array
        Total tardiness of each chromosome, time units.
    spins : int
    rng : numpy.random.Generator

    Returns
    -------
    (spins,) array
        Indices of chromosomes.

    Examples
    --------
    >>> np.bincount(rank_selection(np.array([9.0, 5.0, 7.0]), 6000, np.random.default_rng(1))) // 100  # as 1 : 3 : 2
    array([10, 29, 20])
    """
    ranked = np.sort(tardiness)
    better, no_worse = (np.searchsorted(ranked, tardiness, side) for side in ("left", "right"))
    return roulette_wheel(len(tardiness) - (better + no_worse - 1) / 2, spins, rng)


def tournament_selection(
    tardiness: Tardiness, tournaments: int, rng: np.random.Generator, size: int = 2
) -> NDArray[np.int64]:
    """Of some chromosomes drawn with replacement the one with the least total tardiness; the first of equals.

    Parameters
    ----------
    tardiness : (e,) array
        Total tardiness of each chromosome, time units.
    tournaments : int
    rng : numpy.random.Generator
    size : int
        Chromosomes drawn for each tournament.

    Returns
    -------
    (tournaments,) array
        Indices of chromosomes.

    Examples
    --------
    >>> tournament_selection(np.array([9.0, 5.0, 7.0]), 3, np.random.default_rng(1), size=50)
    array([1, 1, 1])
    """
    drawn = rng.integers(len(tardiness), size=(tournaments, size))
    winners: NDArray[np.int64] = drawn[np.arange(tournaments), tardiness[drawn].argmin(axis=1)]
    return winners


def one_point_crossover(parents: Keys, probability: float, rng: np.random.Generator) -> Keys:
    """A pair exchanges what stands behind one of the ``n - 1`` places between genes, all alike.

    Parameters
    ----------
    parents : (e, n) array
        Overwritten.
    probability : float
        Of a pair to be crossed; otherwise its children are copies.
    rng : numpy.random.Generator

    Returns
    -------
    (e, n) array
        The children, two complementary ones a pair; a last parent without a partner pairs with the first one.

    Examples
    --------
    >>> one_point_crossover(np.array([[0.1, 0.2, 0.3], [0.7, 0.8, 0.9]]), 1, np.random.default_rng(1))
    array([[0.1, 0.8, 0.9],
           [0.7, 0.2, 0.3]])
    """
    return crossed(parents, probability, rng, _behind_a_cut)


def two_point_crossover(parents: Keys, probability: float, rng: np.random.Generator) -> Keys:
    """A pair exchanges what stands between two different places between genes, all pairs of places alike.

    Two genes have one place between them only, and it is the one cut.

    Parameters
    ----------
    parents : (e, n) array
        Overwritten.
    probability : float
        Of a pair to be crossed; otherwise its children are copies.
    rng : numpy.random.Generator

    Returns
    -------
    (e, n) array
        The children, two complementary ones a pair; a last parent without a partner pairs with the first one.

    Examples
    --------
    >>> two_point_crossover(np.array([[0.1, 0.2, 0.3, 0.4], [0.6, 0.7, 0.8, 0.9]]), 1, np.random.default_rng(1))
    array([[0.1, 0.2, 0.8, 0.4],
           [0.6, 0.7, 0.3, 0.9]])
    """

    def between_cuts(pairs: int, n: int, rng: np.random.Generator) -> Marks:
        if n < 3:
            return _behind_a_cut(pairs, n, rng)
        first, second = rng.integers(1, n, size=(pairs, 1)), rng.integers(1, n - 1, size=(pairs, 1))
        second += second >= first
        genes = np.arange(n)
        return ((genes >= first) ^ (genes >= second)).view(np.uint8)

    return crossed(parents, probability, rng, between_cuts)


def _behind_a_cut(pairs: int, n: int, rng: np.random.Generator) -> Marks:
    return (np.arange(n) >= rng.integers(1, max(n, 2), size=(pairs, 1))).view(np.uint8)


def each_gene_mutation(children: Keys, probability: float, rng: np.random.Generator) -> None:
    """Insertion mutation, read the other way: each gene gets a new uniform key.

    Parameters
    ----------
    children : (e, n) array
        Changed in place.
    probability : float
        Of a gene to be changed.
    rng : numpy.random.Generator

    Examples
    --------
    >>> children = np.full((1, 4), 0.5)
    >>> each_gene_mutation(children, 1, np.random.default_rng(1))
    >>> int((children != 0.5).sum())
    4
    """
    chosen = rng.random(children.shape) < probability
    children[chosen] = rng.random(int(chosen.sum()))


def exchange_mutation(children: Keys, probability: float, rng: np.random.Generator) -> None:
    """Exchange mutation: two different random genes of a child swap their keys.

    Parameters
    ----------
    children : (e, n) array
        Changed in place.
    probability : float
        Of a child to be changed.
    rng : numpy.random.Generator

    Examples
    --------
    >>> children = np.array([[0.1, 0.9]])
    >>> exchange_mutation(children, 1, np.random.default_rng(1))
    >>> children
    array([[0.9, 0.1]])
    """
    e, n = children.shape
    rows = np.flatnonzero(rng.random(e) < probability)
    first = rng.integers(n, size=len(rows))
    second = (first + rng.integers(1, max(n, 2), size=len(rows))) % n
    children[rows, first], children[rows, second] = children[rows, second], children[rows, first]


def random_child(tardiness: Tardiness, rng: np.random.Generator) -> int:
    """Any child.

    Parameters
    ----------
    tardiness : (e,) array
        Total tardiness of each child, time units.
    rng : numpy.random.Generator

    Returns
    -------
    int
        The index of the child that gives way to the best chromosome so far (Section 4.3).

    Examples
    --------
    >>> random_child(np.array([3.0]), np.random.default_rng(1))
    0
    """
    return int(rng.integers(len(tardiness)))
