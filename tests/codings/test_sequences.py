"""Sequences of orders or batches and their decodings, and the two methods on them."""

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmo_kit import InputError, Instance, Order, check_schedule, load_instance, solve
from cmo_kit.codings.published import neighbour, order_crossover, warm_up
from cmo_kit.codings.sequences import DECODINGS, ENCODINGS, Sequences, place
from tests.helpers.enumeration import optimum
from tests.helpers.strategies import instances, tiny_instance

CODINGS = list(product(ENCODINGS, DECODINGS))
METHODS = ("sequence_sa", "sequence_ga")


def pair() -> Instance:
    """A has four batches and B one, on two Sites; a batch waits 2 days for its like and 3 for the other."""
    orders = (Order("A", 4, 5, (2,)), Order("B", 1, 0, (2,)))
    return Instance("pair", 2, orders, ((0, 1), (1, 0)), operations=("one",))


@pytest.mark.parametrize(
    ("encoding", "decoding", "sequence", "sites"),
    [
        ("orders", "whole", [1, 0], [[("B", 1)], [("A", 4)]]),
        # A's first batch starts at 0 on the free Site, the second there at 2, the third at 3 behind B, the last at 4.
        ("orders", "batches", [1, 0], [[("B", 1), ("A", 1)], [("A", 3)]]),
        ("orders", "even", [1, 0], [[("B", 1), ("A", 2)], [("A", 2)]]),
        # A A B A A: the second piece of A starts at 3 behind B; behind its like it would at 4.
        ("batches", "whole", [0, 1, 4, 2, 3], [[("A", 2)], [("B", 1), ("A", 2)]]),
        ("batches", "batches", [0, 4, 1, 2, 3], [[("A", 3)], [("B", 1), ("A", 1)]]),
        ("batches", "even", [0, 4, 1, 2, 3], [[("A", 3)], [("B", 1), ("A", 1)]]),
    ],
)
def test_decodings_by_hand(encoding: str, decoding: str, sequence: list[int], sites: Any) -> None:
    schedule = Sequences(pair(), encoding, decoding, 2).schedule(np.array(sequence))
    assert [[tuple(run) for run in site] for site in schedule.sites] == sites


def test_a_sequence_that_starts_with_batches_is_by_due_date() -> None:
    assert Sequences(pair(), "batches", "whole", 1).by_due_date().tolist() == [4, 0, 1, 2, 3]


def test_due_dates_beyond_every_schedule_are_in_their_order_too() -> None:
    """In ticks they are one: nothing can be late for them."""
    orders = tuple(Order(str(D), 1, D, (0.5,)) for D in (900, 100, 1))
    instance = Instance("late", 1, orders, ((0,) * 3,) * 3, ("x",))
    assert Sequences(instance, "orders", "whole", 1).by_due_date().tolist() == [2, 1, 0]


@settings(deadline=None, max_examples=60)
@given(instances(), st.sampled_from(CODINGS), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_total_tardiness_is_the_schedule_s(instance: Instance, coding: tuple[str, str], parts: int, seed: int) -> None:
    sequences = Sequences(instance, *coding, parts)
    sequence = np.random.default_rng(seed).permutation(sequences.length)
    schedule = sequences.schedule(sequence)
    assert check_schedule(instance, schedule) == []
    assert sequences.total_tardiness(sequence) == schedule.total_tardiness
    if coding == ("orders", "even"):
        for order in instance.orders:
            shares = [run.batches for site in schedule.sites for run in site if run.order == order.id]
            assert len(shares) == min(parts, order.batches, instance.sites)
            assert max(shares) - min(shares) <= 1


@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_neighbours_and_children_are_permutations(length: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    first, second = rng.permutation(length), rng.permutation(length)
    before = first.copy()
    for made in (neighbour(first, rng), order_crossover(first, second, rng)):
        assert sorted(made.tolist()) == list(range(length))
    np.testing.assert_array_equal(first, before)
    np.testing.assert_array_equal(order_crossover(first, first, rng), first)


def moved(sequence: list[int], a: int, b: int) -> list[int]:
    rest = sequence[:a] + sequence[a + 1 :]
    return [*rest[:b], sequence[a], *rest[b:]]


def exchanged(sequence: list[int], a: int, b: int) -> list[int]:
    other = sequence.copy()
    other[a], other[b] = sequence[b], sequence[a]
    return other


def test_a_neighbour_is_an_exchange_or_as_often_a_move() -> None:
    """All of them occur. To exchange two items side by side is to move one of them, so these are counted apart."""
    rng, first = np.random.default_rng(1), [4, 0, 5, 2, 1, 3]
    places = list(product(range(6), repeat=2))
    exchanges = [exchanged(first, a, b) for a, b in places if abs(a - b) > 1]
    moves = [moved(first, a, b) for a, b in places if abs(a - b) > 1]
    either = [first, *(exchanged(first, a, a + 1) for a in range(5))]
    made = [neighbour(np.array(first), rng).tolist() for _ in range(4000)]
    assert all(made.count(one) > 20 for one in [*exchanges, *moves, *either])
    counts = [sum(one in kind for one in made) for kind in (exchanges, moves, either)]
    assert sum(counts) == 4000
    assert counts[0] == pytest.approx(4000 * 20 / 36 / 2, rel=0.1)
    assert counts[1] == pytest.approx(4000 * 20 / 36 / 2, rel=0.1)


def test_a_child_has_a_stretch_of_the_first_in_its_place_and_the_rest_as_the_second() -> None:
    """Every stretch occurs."""
    rng, first, second = np.random.default_rng(1), np.arange(8), np.array([7, 2, 0, 6, 1, 4, 3, 5])
    seen = set()
    for _ in range(500):
        child = order_crossover(first, second, rng)
        stretches = [
            (begin, end)
            for begin, end in combinations(range(9), 2)
            if (child[begin:end] == first[begin:end]).all()
            and [*child[:begin], *child[end:]] == [item for item in second if item not in first[begin:end]]
        ]
        assert stretches or (child == second).all()
        seen |= set(stretches)
    assert seen == set(combinations(range(9), 2))


@pytest.mark.parametrize("method", METHODS)
def test_no_method_is_below_the_optimum_and_each_finds_it_where_a_sequence_has_it(method: str) -> None:
    met = 0
    for seed, (encoding, decoding) in product(range(4), CODINGS):
        instance = tiny_instance(seed)
        least = optimum(instance).value
        result = solve(instance, method, 1, evaluations=200, encoding=encoding, decoding=decoding)
        assert result.schedule is not None and result.evaluations <= 200
        assert check_schedule(instance, result.schedule) == []
        assert result.total_tardiness >= least
        met += result.total_tardiness == least
    assert met >= 8


@pytest.mark.parametrize("method", METHODS)
def test_more_evaluations_help_and_limits_are_kept(method: str) -> None:
    small = load_instance("small-1")
    totals = [solve(small, method, 2, evaluations=count).total_tardiness for count in (150, 3000)]
    assert totals[1] < totals[0]
    seen: list[float] = []
    solve(small, method, 2, evaluations=450, progress=lambda best, spent, seconds: seen.append(best))
    assert len(seen) == (4 if method == "sequence_sa" else 5)
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"encoding": "sites"}, "encoding is 'sites'"),
        ({"decoding": "odd"}, "decoding is 'odd'"),
        ({"parts": 0}, "parts is 0"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_bad_parameters_are_refused(method: str, parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        solve(pair(), method, evaluations=10, **parameters)


@pytest.mark.parametrize(
    ("method", "field"),
    [("sequence_sa", "end_temperature"), ("sequence_sa", "start_temperature"), ("sequence_ga", "population_size")],
)
def test_bad_numbers_are_refused(method: str, field: str) -> None:
    with pytest.raises(InputError, match=f"{field} is 0"):
        solve(pair(), method, evaluations=10, **{field: 0})


def test_what_is_warm_serves_every_instance_and_coding() -> None:
    """No clock of a run counts compiling: one compiled version is enough."""
    warm_up()
    before = set(place.signatures)
    for instance, coding in product((pair(), tiny_instance(3), load_instance("tiny-halves")), CODINGS):
        sequences = Sequences(instance, *coding, 2)
        sequences.total_tardiness(sequences.by_due_date())
        sequences.total_tardiness(np.random.default_rng(1).permutation(sequences.length))
    assert set(place.signatures) == before and len(before) == 1
