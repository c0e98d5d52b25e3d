"""The operators of Section 4.2: they touch what they should and nothing else."""

from functools import partial
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmo_kit import load_instance, solve
from cmo_kit.codings.operators import (
    each_gene_mutation,
    exchange_mutation,
    one_point_crossover,
    rank_selection,
    tournament_selection,
    two_point_crossover,
)
from cmo_kit.core.operators import fitness, one_gene_mutation, roulette_selection, roulette_wheel, uniform_crossover
from cmo_kit.methods.parts import NAMED

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


def distance(hits: np.ndarray, weights: np.ndarray) -> float:
    """How far frequencies are from shares as ``weights``: Pearson's statistic, in its standard deviations."""
    counts = np.bincount(hits, minlength=len(weights))
    expected = len(hits) * weights / weights.sum()
    statistic = ((counts - expected) ** 2 / expected).sum()
    freedom = len(weights) - 1
    return (statistic - freedom) / (2 * freedom) ** 0.5


def spread(weights: np.ndarray, spins: int, seed: int) -> float:
    return distance(roulette_wheel(weights, spins, np.random.default_rng(seed)), weights)


@pytest.mark.parametrize(
    "tardiness", [[0, 10, 50, 90, 100], [7, 7, 7], list(range(30)), [1000] + [999] * 9], ids=lambda t: f"{len(t)}"
)
def test_roulette_frequencies_match_equation_16(tardiness: list[float]) -> None:
    weights = fitness(np.array(tardiness, dtype=float), 1)
    assert spread(weights, 200_000, seed=16) < 4


def test_the_frequency_test_notices_a_wrong_wheel() -> None:
    """The same statistic is far off when the sectors are another fitness: the test above can fail."""
    hits = roulette_wheel(fitness(np.arange(5.0), 1), 200_000, np.random.default_rng(16))
    assert distance(hits, fitness(np.arange(5.0), 1.5)) > 40


#: Total tardiness with equals among the best, the middle and the worst, and what each selection makes of it.
TARDINESS = np.array([50.0, 10, 90, 10, 50, 50, 0, 90])
RANKS = np.array([4, 6.5, 1.5, 6.5, 4, 4, 8, 1.5])


def winning(size: int) -> np.ndarray:
    """The probability that a chromosome wins a tournament: all are no better, and not all are worse; equals alike."""
    no_better = (TARDINESS[None] >= TARDINESS[:, None]).mean(axis=1)
    worse = (TARDINESS[None] > TARDINESS[:, None]).mean(axis=1)
    return (no_better**size - worse**size) / (TARDINESS[None] == TARDINESS[:, None]).sum(axis=1)


@pytest.mark.parametrize(
    ("select", "shares"),
    [
        (roulette_selection, 91 - TARDINESS),
        (rank_selection, RANKS),
        (tournament_selection, winning(2)),
        (partial(tournament_selection, size=1), np.ones(8)),
        (partial(tournament_selection, size=5), winning(5)),
    ],
    ids=["roulette", "rank", "two", "one", "five"],
)
def test_selection_has_the_shares_of_its_definition(select: Any, shares: np.ndarray) -> None:
    assert winning(2).sum() == pytest.approx(1)
    hits = select(TARDINESS, 200_000, np.random.default_rng(15))
    assert hits.shape == (200_000,)
    assert distance(hits, shares) < 4
    others = (91 - TARDINESS, RANKS, winning(2), np.ones(8), winning(5), np.argsort(np.argsort(-TARDINESS)) + 1.0)
    assert sum(distance(hits, other) > 40 for other in others) == 5


@given(st.lists(st.sampled_from([0.0, 1, 2.5, 1e9]), min_size=1, max_size=9), st.integers(1, 20), seeds)
def test_every_selection_gives_as_many_parents_as_asked(tardiness: list[float], count: int, seed: int) -> None:
    for select in NAMED["selection"].values():
        parents = select(np.array(tardiness), count, np.random.default_rng(seed))
        assert parents.shape == (count,)
        assert set(parents.tolist()) <= set(range(len(tardiness)))


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=20), st.integers(1, 50), seeds)
def test_the_wheel_is_spun_as_often_as_asked(weights: list[float], spins: int, seed: int) -> None:
    hits = roulette_wheel(np.array(weights), spins, np.random.default_rng(seed))
    assert hits.shape == (spins,)
    assert hits.min() >= 0
    assert hits.max() < len(weights)
    np.testing.assert_array_equal(hits, roulette_wheel(np.array(weights), spins, np.random.default_rng(seed)))


# Crossover.


crossovers = st.sampled_from(sorted(NAMED["crossover"]))


@given(sizes, lengths, seeds, st.sampled_from([0.0, 0.3, 0.9, 1.0]), crossovers)
def test_crossover_exchanges_genes_within_pairs_only(e: int, n: int, seed: int, probability: float, name: str) -> None:
    """At every gene the two children of a pair hold the two parents' values, in one order or the other."""
    parents = numbered(e, n)
    children = NAMED["crossover"][name](parents.copy(), probability, np.random.default_rng(seed))
    assert children.shape == parents.shape
    for k in range(0, e - 1, 2):
        np.testing.assert_array_equal(np.sort(children[k : k + 2], axis=0), parents[k : k + 2])
    if e % 2:
        from_last, from_first = children[-1] == parents[-1], children[-1] == parents[0]
        assert (from_last | from_first).all()


@given(sizes, lengths, seeds, crossovers)
def test_crossover_with_probability_0_copies(e: int, n: int, seed: int, name: str) -> None:
    parents = numbered(e, n)
    children = NAMED["crossover"][name](parents.copy(), 0.0, np.random.default_rng(seed))
    np.testing.assert_array_equal(children, parents)


def cuts(crossover: Any, n: int, pairs: int = 10_000) -> list[tuple[int, ...]]:
    """Behind which genes the first children of so many pairs change from one parent to the other."""
    parents = np.array([[0.0] * n, [1.0] * n] * pairs)
    first = crossover(parents, 1.0, np.random.default_rng(9))[0::2]
    return [tuple((np.flatnonzero(np.diff(row)) + 1).tolist()) for row in first]


@pytest.mark.parametrize(("crossover", "count"), [(one_point_crossover, 1), (two_point_crossover, 2)])
def test_cuts_are_uniform(crossover: Any, count: int) -> None:
    places = list(combinations(range(1, 7), count))
    hits = np.array([places.index(cut) for cut in cuts(crossover, 7)])
    assert distance(hits, np.ones(len(places))) < 4
    slanted = np.ones(len(places))
    slanted[-1] = 0.8  # the last place forgotten now and then is noticed
    assert distance(hits, slanted) > 4


def test_short_chromosomes_are_cut_where_they_can_be() -> None:
    for crossover in (one_point_crossover, two_point_crossover):
        assert set(cuts(crossover, 2, 50)) == {(1,)}
        assert set(cuts(crossover, 1, 50)) == {()}


@pytest.mark.parametrize("name", ["one_point", "two_point"])
def test_cut_crossover_happens_with_its_probability(name: str) -> None:
    parents = np.array([[0.0] * 64, [1.0] * 64] * 4000)
    first = NAMED["crossover"][name](parents, 0.7, np.random.default_rng(2))[0::2]
    assert abs((first != 0).any(axis=1).mean() - 0.7) < 4 * (0.21 / 4000) ** 0.5


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


@given(sizes, lengths, seeds, st.sampled_from([0.3, 1.0]))
def test_exchange_mutation_keeps_every_chromosome_s_keys(e: int, n: int, seed: int, probability: float) -> None:
    """Two genes swap or none do: the multiset of keys stays, and with probability 1 no child with two genes does."""
    children = numbered(e, n)
    exchange_mutation(children, probability, np.random.default_rng(seed))
    np.testing.assert_array_equal(np.sort(children, axis=1), numbered(e, n))
    touched = (children != numbered(e, n)).sum(axis=1)
    assert set(touched.tolist()) <= ({0, 2} if probability < 1 else {2 if n > 1 else 0})


def test_every_pair_of_genes_is_exchanged_as_often() -> None:
    children = np.tile(np.arange(5.0), (30_000, 1))
    exchange_mutation(children, 0.6, np.random.default_rng(7))
    touched = [tuple(np.flatnonzero(row).tolist()) for row in children != np.arange(5)]
    pairs = list(combinations(range(5), 2))
    hits = np.array([pairs.index(pair) for pair in touched if pair])
    assert abs(len(hits) / 30_000 - 0.6) < 4 * (0.24 / 30_000) ** 0.5
    assert distance(hits, np.ones(10)) < 4
    assert distance(hits, np.array([0.8] + [1.0] * 9)) > 4


@pytest.mark.parametrize(("mutation", "trials"), [("one_gene", 4000), ("each_gene", 4000 * 10)])
def test_mutation_happens_with_its_probability(mutation: str, trials: int) -> None:
    children = np.full((4000, 10), 5.0)
    NAMED["mutation"][mutation](children, 0.5, np.random.default_rng(5))
    assert abs((children < 1).sum() / trials - 0.5) < 4 * 0.5 / trials**0.5


def test_every_gene_is_mutated_as_often() -> None:
    children = np.full((20_000, 8), 5.0)
    one_gene_mutation(children, 1.0, np.random.default_rng(6))
    assert np.abs((children < 1).mean(axis=0) - 1 / 8).max() < 4 * (7 / 64 / 20_000) ** 0.5


# By name.


@pytest.mark.parametrize(
    "names", list(product(*(NAMED[field] for field in ("selection", "crossover", "mutation")))), ids="-".join
)
def test_every_combination_runs_by_name(names: tuple[str, str, str]) -> None:
    chosen = dict(zip(("selection", "crossover", "mutation"), names, strict=True))
    result = solve(load_instance("fig3"), "ga", 3, evaluations=300, population_size=20, **chosen)
    assert {key: result.parameters[key] for key in chosen} == chosen
    assert result.schedule is not None and result.history is not None
    assert result.schedule.total_tardiness == result.history.best[-1]
    plain = solve(load_instance("fig3"), "ga", 3, evaluations=300, population_size=20)
    assert "selection" not in plain.parameters and "crossover" not in plain.parameters
    alike = result.history.mean.tolist() == plain.history.mean.tolist()
    assert alike == (names == ("roulette", "uniform", "one_gene"))
