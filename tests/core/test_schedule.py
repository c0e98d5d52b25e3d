"""Schedules: times by left-shifting, tardiness, files."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmo_kit import CleaningTimes, InputError, Instance, Order, Run, Schedule, check_schedule, decode, load_instance
from tests.helpers.enumeration import numbers, tardiness_of
from tests.helpers.strategies import instances, problems


@pytest.fixture
def hand() -> Instance:
    """Gaps a-a 3, a-b 9, b-a 7, b-b 4; tails 6 and 7; weights 1 and 2; openings 1 and 2."""
    return Instance(
        name="hand",
        sites=2,
        orders=(Order("a", 3, 10, (2, 3, 1)), Order("b", 2, 8, (1, 2, 4), 2)),
        setup=CleaningTimes(((1, 0, 0), (1, 0, 0)), ((1, 5, 4), (1, 6, 3))),
        initial_setup_times=(1, 2),
    )


def test_times_worked_out_by_hand(hand: Instance) -> None:
    """Starts by equations (6) and (7), completions by (8), tardiness by (9), the weighted sum by (1)."""
    schedule = Schedule(hand, [[("a", 2), ("b", 1), ("a", 1)], [("b", 1)]])
    assert [list(times) for times in schedule.starts] == [[1, 4, 13, 20], [2]]
    assert [list(times) for times in schedule.completions] == [[7, 10, 20, 26], [9]]
    assert [list(orders) for orders in schedule.batch_orders] == [[0, 0, 1, 0], [1]]
    assert schedule.run_starts == ((1, 13, 20), (2,))
    assert schedule.order_completions.tolist() == [26, 20]
    assert schedule.tardiness.tolist() == [16, 12]
    assert schedule.total_tardiness == 16 + 2 * 12


def test_an_order_without_batches_is_not_tardy(hand: Instance) -> None:
    """Missing batches are the checker's business: the order has no completion and no tardiness."""
    schedule = Schedule(hand, [[], [("a", 3)]])
    assert schedule.order_completions.tolist() == [13, -np.inf]
    assert schedule.tardiness.tolist() == [3, 0]
    assert [times.shape for times in schedule.starts] == [(0,), (3,)]
    assert [violation.rule for violation in check_schedule(hand, schedule)] == ["batches"]


@given(st.data(), instances())
def test_any_runs_have_the_times_of_plain_arithmetic(data: st.DataObject, instance: Instance) -> None:
    batches = [i for i, order in enumerate(instance.orders) for _ in range(order.batches)]
    sequence = data.draw(st.permutations(batches))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(batches)), min_size=instance.sites - 1,
                                     max_size=instance.sites - 1)))  # fmt: skip
    edges = [0, *cuts, len(batches)]
    sites = tuple(tuple(sequence[a:b]) for a, b in itertools.pairwise(edges))
    schedule = Schedule(instance, [[(instance.orders[i].id, 1) for i in site] for site in sites])
    assert schedule.total_tardiness == pytest.approx(tardiness_of(numbers(instance), sites), rel=1e-12, abs=1e-9)
    assert check_schedule(instance, schedule) == []


def test_equal_neighbours_as_one_run_or_two_have_the_same_times(hand: Instance) -> None:
    one, two = Schedule(hand, [[("a", 3)], [("b", 2)]]), Schedule(hand, [[("a", 1), ("a", 2)], [("b", 1), ("b", 1)]])
    for first, second in zip(one.starts, two.starts, strict=True):
        np.testing.assert_array_equal(first, second)
    assert one.total_tardiness == two.total_tardiness


@given(problems())
def test_a_schedule_survives_its_file(problem: tuple[Instance, np.ndarray]) -> None:
    instance, keys = problem
    schedule = decode(instance, keys)
    schedule.method, schedule.seed = "ga", 3
    document = json.loads(json.dumps(schedule.to_dict()))
    again = Schedule.from_dict(document, instance)
    assert again == schedule
    assert (again.method, again.seed) == ("ga", 3)
    assert again.stated_total_tardiness == schedule.total_tardiness == document["total_tardiness"]
    assert again.to_dict() == document


def test_saving_and_loading(hand: Instance, tmp_path: object) -> None:
    schedule = Schedule(hand, [[("a", 3)], [("b", 2)]])
    path = tmp_path / "schedule.json"  # type: ignore[operator]
    schedule.save(path)
    assert Schedule.load(path, hand) == schedule
    with pytest.raises(InputError, match=r"schedule\.json: instance is 'hand'; this schedule is read for 'fig3'"):
        Schedule.load(path, load_instance("fig3"))


def test_schedules_differ_by_runs_and_by_instance(hand: Instance) -> None:
    first = Schedule(hand, [[("a", 3)], [("b", 2)]])
    assert first == Schedule(hand, [[("a", 3)], [("b", 2)]], method="other", seed=9)
    assert first != Schedule(hand, [[("b", 2)], [("a", 3)]])
    assert first != Schedule(Instance.from_dict(hand.to_dict() | {"name": "else"}), [[("a", 3)], [("b", 2)]])
    assert first.sites[0] == (Run("a", 3),)
    assert first != "schedule"


@pytest.mark.parametrize(
    ("sites", "words"),
    [
        ([[("a", 3)]], "sites has 1 entries; it must have 2"),
        ([[("a", 3)], [("b", 2)], []], "sites has 3 entries"),
        ([[("a", 3)], [("c", 2)]], r"sites\[1\]\[0\].order is 'c'; the instance has no such order"),
        ([[("a", 3)], [(1, 2)]], r"sites\[1\]\[0\].order is 1"),
        ([[("a", 3), ("b", 0)], []], r"sites\[0\]\[1\].batches is 0; it must be at least 1"),
        ([[("a", True)], []], "batches is True; it must be an integer"),
        ([[("a", 1.5)], []], "batches is 1.5; it must be an integer"),
    ],
)
def test_wrong_runs_are_refused(hand: Instance, sites: list, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Schedule(hand, sites)
