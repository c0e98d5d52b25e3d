"""The operators of Section 4.2: they touch what they should and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmo_kit.core.operators import (
    NAMED,
    each_gene_mutation,
    fitness,
    one_gene_mutation,
    roulette_wheel,
    uniform_crossover,
)

sizes = st.integers(1, 9)
lengths = st.integers(1, 20)
seeds = st.integers(0, 2**32 - 1)


def numbered(e: int, n: int) -> np.ndarray:
    """A population in which every gene is different, so that its origin can be read off."""
    return np.arange(e * n, dtype=float).reshape(e, n)


# Equation (16).


def test_fitness_is_equation_16() -> None:
    assert fitness(np.array([3.0, 10.0, 0.0]), 1).tolist() == [8, 1, 11]
    assert fitness(np.array([3.0, 10.0, 0.0]), 0.5).tolist() == [7.5, 0.5, 10.5]


@pytest.mark.parametrize("tardiness", [[0.0, 0.0], [5.0] * 3, [1e20, 1e20], [1e17, 3.0], [0.0]])
def test_fitness_is_above_zero(tardiness: list[float]) -> None:
    assert (fitness(np.array(tardiness), 1) >= 1).all()


def spread(weights: np.ndarray, spins: int, seed: int) -> float:
    """How far the wheel's frequencies are from its sectors: Pearson's statistic, in its standard deviations."""
    hits = np.bincount(roulette_wheel(weights, spins, np.random.default_rng(seed)), minlength=len(weights))
    expected = spins * weights / weights.sum()
    statistic = ((hits - expected) ** 2 / expected).sum()
    freedom = len(weights) - 1
    return (statistic - freedom) / (2 * freedom) ** 0.5


@pytest.mark.parametrize(
    "tardiness", [[0, 10, 50, 90, 100], [7, 7, 7], list(range(30)), [1000] + [999] * 9], ids=lambda t: f"{len(t)}"
)
def test_roulette_frequencies_match_equation_16(tardiness: list[float]) -> None:
    weights = fitness(np.array(tardiness, dtype=float), 1)
    assert spread(weights, 200_000, seed=16) < 4


def test_the_frequency_test_notices_a_wrong_wheel() -> None:
    """The same statistic is far off when the sectors are another fitness: the test above can fail."""
    rng, weights = np.random.default_rng(16), fitness(np.arange(5.0), 1)
    hits = np.bincount(roulette_wheel(weights, 200_000, rng), minlength=5)
    other = fitness(np.arange(5.0), 1.5)
    expected = 200_000 * other / other.sum()
    assert (((hits - expected) ** 2 / expected).sum() - 4) / 8**0.5 > 40


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=20), st.integers(1, 50), seeds)
def test_the_wheel_is_spun_as_often_as_asked(weights: list[float], spins: int, seed: int) -> None:
    hits = roulette_wheel(np.array(weights), spins, np.random.default_rng(seed))
    assert hits.shape == (spins,)
    assert hits.min() >= 0
    assert hits.max() < len(weights)
    np.testing.assert_array_equal(hits, roulette_wheel(np.array(weights), spins, np.random.default_rng(seed)))


# Crossover.


@given(sizes, lengths, seeds, st.sampled_from([0.0, 0.3, 0.9, 1.0]))
def test_crossover_exchanges_genes_within_pairs_only(e: int, n: int, seed: int, probability: float) -> None:
    """At every gene the two children of a pair hold the two parents' values, in one order or the other."""
    parents = numbered(e, n)
    children = uniform_crossover(parents.copy(), probability, np.random.default_rng(seed))
    assert children.shape == parents.shape
    for k in range(0, e - 1, 2):
        np.testing.assert_array_equal(np.sort(children[k : k + 2], axis=0), parents[k : k + 2])
    if e % 2:
        from_last, from_first = children[-1] == parents[-1], children[-1] == parents[0]
        assert (from_last | from_first).all()


@given(sizes, lengths, seeds)
def test_crossover_with_probability_0_copies(e: int, n: int, seed: int) -> None:
    parents = numbered(e, n)
    np.testing.assert_array_equal(uniform_crossover(parents.copy(), 0.0, np.random.default_rng(seed)), parents)


def test_crossover_takes_each_gene_from_either_parent_evenly() -> None:
    parents = np.array([[0.0] * 50, [1.0] * 50] * 2000)
    first = uniform_crossover(parents, 1.0, np.random.default_rng(1))[0::2]
    assert np.abs(first.mean(axis=0) - 0.5).max() < 4.5 * 0.5 / 2000**0.5
    assert np.abs(np.corrcoef(first[:, :8].T) - np.eye(8)).max() < 0.1  # genes are drawn one by one


def test_crossover_happens_with_its_probability() -> None:
    parents = np.array([[0.0] * 64, [1.0] * 64] * 4000)
    first = uniform_crossover(parents, 0.9, np.random.default_rng(2))[0::2]
    assert abs((first != 0).any(axis=1).mean() - 0.9) < 4 * (0.09 / 4000) ** 0.5


def test_an_odd_population_pairs_its_last_with_its_first() -> None:
    """The last parent's partner is the first one, and one child of the two is dropped."""
    parents = numbered(5, 40)
    child = uniform_crossover(parents, 1.0, np.random.default_rng(3))[4]
    assert set((child // 40).astype(int)) == {0, 4}


def test_a_single_chromosome_crosses_with_itself() -> None:
    parents = numbered(1, 7)
    np.testing.assert_array_equal(uniform_crossover(parents.copy(), 1.0, np.random.default_rng(4)), parents)


# Mutation.


@given(sizes, lengths, seeds, st.sampled_from(sorted(NAMED["mutation"])))
def test_mutation_with_probability_0_touches_nothing(e: int, n: int, seed: int, mutation: str) -> None:
    children = numbered(e, n)
    NAMED["mutation"][mutation](children, 0.0, np.random.default_rng(seed))
    np.testing.assert_array_equal(children, numbered(e, n))


@given(sizes, lengths, seeds)
def test_mutation_with_probability_1_replaces_one_gene_of_each(e: int, n: int, seed: int) -> None:
    children = numbered(e, n) + 5  # no gene is a key, so a new one stands out
    one_gene_mutation(children, 1.0, np.random.default_rng(seed))
    touched = children != numbered(e, n) + 5
    assert (touched.sum(axis=1) == 1).all()
    assert ((children[touched] >= 0) & (children[touched] < 1)).all()


@given(sizes, lengths, seeds)
def test_mutation_of_every_gene_with_probability_1_replaces_all(e: int, n: int, seed: int) -> None:
    children = numbered(e, n) + 5
    each_gene_mutation(children, 1.0, np.random.default_rng(seed))
    assert ((children >= 0) & (children < 1)).all()


@pytest.mark.parametrize(("mutation", "trials"), [("one_gene", 4000), ("each_gene", 4000 * 10)])
def test_mutation_happens_with_its_probability(mutation: str, trials: int) -> None:
    children = np.full((4000, 10), 5.0)
    NAMED["mutation"][mutation](children, 0.5, np.random.default_rng(5))
    assert abs((children < 1).sum() / trials - 0.5) < 4 * 0.5 / trials**0.5


def test_every_gene_is_mutated_as_often() -> None:
    children = np.full((20_000, 8), 5.0)
    one_gene_mutation(children, 1.0, np.random.default_rng(6))
    assert np.abs((children < 1).mean(axis=0) - 1 / 8).max() < 4 * (7 / 64 / 20_000) ** 0.5
