"""Enumeration, CBC on [P], the decoder over all key orders and the checker: four ways to one optimum."""

from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from cmo_kit import Instance, check_schedule, decode, instance_names, load_instance, solve, total_tardiness
from cmo_kit.core.schedule import from_indices
from tests.helpers.enumeration import (
    SITE_CHANGE,
    arrangements,
    cut,
    merged,
    numbers,
    optimum,
    runs,
    tardiness_of,
)
from tests.helpers.strategies import tiny_instance
from tests.helpers.thorough import THOROUGH, sample

pytestmark = pytest.mark.slow

RANDOM = sample(320)
TINY = [name for name in instance_names() if name.startswith("tiny-")]


def all_key_orders(instance: Instance) -> NDArray[np.float64]:
    n = instance.key_count
    return (np.array(list(permutations(range(n)))) + 0.5) / n


def assert_all_agree(instance: Instance, solver: bool = True) -> None:
    """Enumeration, [P], decoder and checker tell the same optimum, as far as each can reach it."""
    free, one_run = optimum(instance), optimum(instance, merge=True)
    if solver:
        result = solve(instance, "milp", seconds=120)
        assert result.status == "optimal", instance.name
        assert result.total_tardiness == pytest.approx(free.value, abs=1e-9), instance.name
        assert result.lower_bound == pytest.approx(free.value, abs=1e-9), instance.name
        assert check_schedule(instance, result.schedule) == []

    keys = all_key_orders(instance)
    tardiness = total_tardiness(instance, keys)
    best = decode(instance, keys[np.argmin(tardiness)])
    assert best.total_tardiness == np.min(tardiness) == pytest.approx(one_run.value, abs=1e-9), instance.name
    assert check_schedule(instance, best) == []

    if instance.one_run_failure is None:
        assert one_run.value == pytest.approx(free.value, abs=1e-9), instance.name
    else:
        assert free.value <= one_run.value, instance.name
    for found in (free, one_run):
        document = from_indices(instance, [runs(site) for site in min(found.winners)]).to_dict()
        assert check_schedule(instance, document | {"total_tardiness": found.value}) == []
        assert check_schedule(instance, document | {"total_tardiness": found.value + 0.01}) != []


@pytest.mark.parametrize("first", range(0, RANDOM, 20))
def test_enumeration_solver_decoder_and_checker_agree(first: int) -> None:
    for seed in range(first, first + 20):
        assert_all_agree(tiny_instance(seed), solver=seed % (2 if THOROUGH else 8) == 0)


@pytest.mark.parametrize("name", TINY)
def test_tiny_instances_have_one_optimum_by_all_four_ways(name: str) -> None:
    assert_all_agree(
        load_instance(name), solver=THOROUGH or name != "tiny-single-batches"
    )  # for which CBC takes seconds


@pytest.mark.parametrize("first", range(0, RANDOM, 80))
def test_every_key_order_decodes_to_what_plain_arithmetic_says(first: int) -> None:
    """All n! key orders give the enumerated schedule and its tardiness, and they reach every merged schedule."""
    for seed in range(first, first + 80, 4):
        instance = tiny_instance(seed)
        given, reached = numbers(instance), set()
        genes = instance.gene_orders.tolist()
        for keys in all_key_orders(instance):
            schedule = decode(instance, keys)
            sites = merged(cut([genes[gene] for gene in np.argsort(keys)]))
            assert [[(instance.order_index[run.order], run.batches) for run in site] for site in schedule.sites] == [
                runs(site) for site in sites
            ]
            assert schedule.total_tardiness == pytest.approx(tardiness_of(given, sites), abs=1e-9)
            reached.add(sites)
        assert reached == {merged(cut(sequence)) for sequence in arrangements(given.batches, given.sites - 1)}


def test_the_random_instances_cover_every_corner() -> None:
    count = dict.fromkeys(
        ("positive", "weights", "initial setups", "equal due dates", "several optima", "empty Site", "condition fails",
         "positive and empty Site", "fractions", "one Site", "cleaning times"), 0
    )  # fmt: skip
    strict = 0
    for seed in range(RANDOM):
        instance = tiny_instance(seed)
        free = optimum(instance)
        empty = any(() in sites for sites in free.winners)
        count["positive"] += free.value > 0
        count["weights"] += instance.weighted
        count["initial setups"] += instance.initial_setup_times is not None
        count["equal due dates"] += len(set(instance.D.tolist())) < len(instance.orders)
        count["several optima"] += len({tuple(sorted(sites)) for sites in free.winners}) > 1
        count["empty Site"] += empty
        count["positive and empty Site"] += empty and free.value > 0
        count["condition fails"] += instance.one_run_failure is not None
        count["fractions"] += not instance.integral
        count["one Site"] += instance.sites == 1
        count["cleaning times"] += "cleaning_times" in instance.to_dict()
        strict += free.value < optimum(instance, merge=True).value
    assert count["positive"] >= RANDOM / 2
    assert min(count.values()) >= RANDOM / 16, count
    assert strict >= RANDOM / 64  # splitting a run really pays now and then


def test_enumeration_lists_every_arrangement_once() -> None:
    found = list(arrangements([2, 2, 1], 2))
    assert len(found) == len(set(found)) == 7 * 6 * 5 * 4 * 3 * 2 // (2 * 2 * 2)
    assert all(sequence.count(SITE_CHANGE) == 2 and sequence.count(0) == 2 for sequence in found)


def test_merging_moves_batches_to_the_first_of_their_order() -> None:
    assert merged(cut([1, 0, 1, -1, -1, 2, 0, 2, 0])) == ((1, 1, 0), (), (2, 2, 0, 0))
