"""The Expert Heuristic in both rules."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from cmo_kit import Instance, Order, check_schedule, load_instance, solve
from cmo_kit.codings.initial import atcs_runs
from cmo_kit.core.expert import dispatch
from tests.helpers.enumeration import numbers
from tests.helpers.strategies import draws_of, instances, make_instance

#: Due dates 9, 5, 7; gaps are 2 + setup; tails 3.
HAND = Instance(
    name="hand",
    sites=2,
    orders=(Order("a", 2, 9, (2, 1)), Order("b", 3, 5, (2, 1)), Order("c", 1, 7, (2, 1))),
    setup=((0, 4, 4), (4, 0, 3), (4, 4, 0)),
    operations=("x", "y"),
)


def test_batch_by_batch_worked_out_by_hand() -> None:
    """Order b: Sites 1, 2, 1 (starts 0, 0, 2); c on Site 2 at 5, not 1 at 7; a on Site 1 at 8, then 10."""
    assert dispatch(HAND, whole_orders=False) == [[(1, 2), (0, 2)], [(1, 1), (2, 1)]]
    schedule = solve(HAND, "expert").schedule
    assert [list(times) for times in schedule.starts] == [[0, 2, 8, 10], [0, 5]]
    assert schedule.tardiness.tolist() == [4, 0, 1]


def test_whole_orders_worked_out_by_hand() -> None:
    """Order b opens Site 1, c Site 2; a starts first behind c, at 6 and not at 10."""
    assert dispatch(HAND, whole_orders=True) == [[(1, 3)], [(2, 1), (0, 2)]]
    schedule = solve(HAND, "expert_orders").schedule
    assert [list(times) for times in schedule.starts] == [[0, 2, 4], [0, 6, 8]]
    assert schedule.tardiness.tolist() == [2, 2, 0]


def test_ties_go_to_the_lower_order_and_the_lower_site() -> None:
    orders = tuple(Order(name, 1, 5, (1, 1)) for name in "abcd")
    instance = Instance("ties", 3, orders, tuple((0,) * 4 for _ in range(4)), ("x", "y"))
    for rule in (False, True):
        assert dispatch(instance, rule) == [[(0, 1), (3, 1)], [(1, 1)], [(2, 1)]]


def tenth(numbers: Any) -> Any:
    """Lists of numbers, divided by 10."""
    return [tenth(each) for each in numbers] if isinstance(numbers, list) else numbers / 10


@pytest.mark.parametrize("seed", range(30))
def test_tenths_are_a_tenth_of_whole_numbers(seed: int) -> None:
    """Sums of tenths are not what they say in doubles: the problem in tenths of a day has the same ties."""
    whole = make_instance(draws_of(np.random.default_rng(seed)), "given", orders=6, batches=14, sites=2, due=(0, 20))
    document = whole.to_dict()
    for order in document["orders"]:
        order |= {key: tenth(order[key]) for key in ("due_date", "processing_times")}
    document |= {key: tenth(document[key]) for key in ("setup_times", "initial_setup_times") if key in document}
    rules = [[dispatch(each, False), dispatch(each, True), *atcs_runs(each)]
             for each in (whole, Instance.from_dict(document))]  # fmt: skip
    assert rules[0] == rules[1]


def test_many_equal_due_dates_keep_the_order_of_the_instance() -> None:
    """Ties are by index also among so many orders that a fast sort would shuffle them."""
    orders = tuple(Order(str(i), 1, 5 + i % 2, (1, 1)) for i in range(100))
    instance = Instance("many", 1, orders, tuple((0,) * 100 for _ in range(100)), ("x", "y"))
    assert dispatch(instance, whole_orders=False) == [[(i, 1) for i in [*range(0, 100, 2), *range(1, 100, 2)]]]


def test_initial_setups_decide_where_an_order_opens() -> None:
    document = HAND.to_dict() | {"initial_setup_times": [0, 0, 9]}
    assert dispatch(Instance.from_dict(document), whole_orders=True) == [[(1, 3), (2, 1)], [(0, 2)]]


def by_simulation(instance: Instance, whole: bool) -> list[list[tuple[int, float]]]:
    """The same rule, batch by batch with a clock for every Site: (order, start) per batch."""
    given = numbers(instance)
    sites: list[list[tuple[int, float]]] = [[] for _ in range(given.sites)]

    def start_on(site: list[tuple[int, float]], i: int) -> float:
        return site[-1][1] + given.gap[site[-1][0]][i] if site else given.opening[i]

    for i in sorted(range(len(given.due)), key=lambda i: (given.due[i], i)):
        left = given.batches[i]
        while left:
            first = min(range(given.sites), key=lambda l: (start_on(sites[l], i), l))
            for _ in range(left if whole else 1):
                sites[first].append((i, start_on(sites[first], i)))
                left -= 1
    return sites


@given(instances())
@pytest.mark.parametrize(("method", "whole"), [("expert", False), ("expert_orders", True)])
def test_both_rules_agree_with_a_simulation(method: str, whole: bool, instance: Instance) -> None:
    result = solve(instance, method)
    expected = by_simulation(instance, whole)
    schedule = result.schedule
    assert [list(orders) for orders in schedule.batch_orders] == [[i for i, _ in site] for site in expected]
    for times, site in zip(schedule.starts, expected, strict=True):
        np.testing.assert_allclose(times, [start for _, start in site])
    assert check_schedule(instance, schedule) == []
    assert result.status == ("optimal" if result.total_tardiness == 0 else "feasible")


@pytest.mark.parametrize("name", ["small-1", "medium-1", "large-1"])
def test_whole_orders_beat_batches_where_setups_are_long(name: str) -> None:
    instance = load_instance(name)
    batches, orders = (solve(instance, method).total_tardiness for method in ("expert", "expert_orders"))
    assert orders < 0.6 * batches


def test_chance_and_limits_do_not_matter() -> None:
    results = [solve(HAND, "expert", seed=seed, seconds=seconds) for seed, seconds in ((1, None), (2, 0), (3, 5))]
    assert all(result.schedule == results[0].schedule for result in results)
    assert {result.evaluations for result in results} == {1}
