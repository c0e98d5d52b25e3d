"""The operators of the genetic algorithm (Section 4.2), each on a whole population at once.

A population is an array of shape (e, n): ``e`` chromosomes of ``n`` keys. What the paper uses stands first, then what
it names beside it and what courses compare; :data:`NAMED` says their names.
"""

from collections.abc import Callable
from typing import Any

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


def rank_selection(tardiness: Tardiness, spins: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Spin a wheel on ranks: 1 for the worst chromosome up to ``e`` for the best; equals share their mean rank."""
    ranked = np.sort(tardiness)
    better, no_worse = (np.searchsorted(ranked, tardiness, side) for side in ("left", "right"))
    return roulette_wheel(len(tardiness) - (better + no_worse - 1) / 2, spins, rng)


def tournament_selection(
    tardiness: Tardiness, tournaments: int, rng: np.random.Generator, size: int = 2
) -> NDArray[np.int64]:
    """Of ``size`` chromosomes drawn with replacement the one with the least total tardiness; the first of equals."""
    drawn = rng.integers(len(tardiness), size=(tournaments, size))
    winners: NDArray[np.int64] = drawn[np.arange(tournaments), tardiness[drawn].argmin(axis=1)]
    return winners


def _crossed(parents: Keys, probability: float, rng: np.random.Generator, draw: Draw) -> Keys:
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
    """Each gene of a pair's first child comes from either parent at random; :func:`_crossed` says the rest."""

    def any_genes(pairs: int, n: int, rng: np.random.Generator) -> Marks:
        bits = rng.integers(0, 256, size=(pairs, (n + 7) // 8), dtype=np.uint8)
        return np.unpackbits(~bits, axis=1, count=n)

    return _crossed(parents, probability, rng, any_genes)


def one_point_crossover(parents: Keys, probability: float, rng: np.random.Generator) -> Keys:
    """A pair exchanges what stands behind one of the ``n - 1`` places between genes, all alike."""
    return _crossed(parents, probability, rng, _behind_a_cut)


def two_point_crossover(parents: Keys, probability: float, rng: np.random.Generator) -> Keys:
    """A pair exchanges what stands between two different places between genes, all pairs of places alike.

    Two genes have one place between them only, and it is the one cut.
    """

    def between_cuts(pairs: int, n: int, rng: np.random.Generator) -> Marks:
        if n < 3:
            return _behind_a_cut(pairs, n, rng)
        first, second = rng.integers(1, n, size=(pairs, 1)), rng.integers(1, n - 1, size=(pairs, 1))
        second += second >= first
        genes = np.arange(n)
        return ((genes >= first) ^ (genes >= second)).view(np.uint8)

    return _crossed(parents, probability, rng, between_cuts)


def _behind_a_cut(pairs: int, n: int, rng: np.random.Generator) -> Marks:
    return (np.arange(n) >= rng.integers(1, max(n, 2), size=(pairs, 1))).view(np.uint8)


def one_gene_mutation(children: Keys, probability: float, rng: np.random.Generator) -> None:
    """Insertion mutation: with ``probability`` one random gene of a child gets a new uniform key, in place."""
    e, n = children.shape
    rows = np.flatnonzero(rng.random(e) < probability)
    children[rows, rng.integers(n, size=len(rows))] = rng.random(len(rows))


def each_gene_mutation(children: Keys, probability: float, rng: np.random.Generator) -> None:
    """Insertion mutation, read the other way: each gene gets a new uniform key with ``probability``, in place."""
    chosen = rng.random(children.shape) < probability
    children[chosen] = rng.random(int(chosen.sum()))


def exchange_mutation(children: Keys, probability: float, rng: np.random.Generator) -> None:
    """Exchange mutation: with ``probability`` two different random genes of a child swap their keys, in place."""
    e, n = children.shape
    rows = np.flatnonzero(rng.random(e) < probability)
    first = rng.integers(n, size=len(rows))
    second = (first + rng.integers(1, max(n, 2), size=len(rows))) % n
    children[rows, first], children[rows, second] = children[rows, second], children[rows, first]


def worst_child(tardiness: Tardiness, rng: np.random.Generator) -> int:
    """The child with the greatest total tardiness, the first of equals."""
    return int(tardiness.argmax())


def random_child(tardiness: Tardiness, rng: np.random.Generator) -> int:
    """Any child."""
    return int(rng.integers(len(tardiness)))


def nothing(*arguments: object) -> None:
    """Do nothing: what stands where a run has no repair or nobody who looks on."""


#: The parts that have names. The paper gives a probability of mutation and says that a random gene is replaced, and
#: leaves open whose probability it is; it keeps the best chromosome and leaves open in whose place.
NAMED: dict[str, dict[str, Any]] = {
    "selection": {"roulette": roulette_selection, "tournament": tournament_selection, "rank": rank_selection},
    "crossover": {"uniform": uniform_crossover, "one_point": one_point_crossover, "two_point": two_point_crossover},
    "mutation": {"one_gene": one_gene_mutation, "each_gene": each_gene_mutation, "exchange": exchange_mutation},
    "elitism": {"replace_worst": worst_child, "replace_random": random_child, "none": None},
}
