"""When every operation of a batch uses its equipment."""

import itertools

import numpy as np
from hypothesis import given

from cmo_kit import CleaningTimes, Instance, Order, Schedule, decode
from cmo_kit.views.operations import operation_intervals
from tests.helpers.strategies import problems


def test_operations_follow_each_other_without_waiting() -> None:
    orders = (Order("a", 3, 10, (2, 3, 1)), Order("b", 2, 8, (1, 2, 4)))
    cleaning = CleaningTimes(((1, 0, 0), (1, 0, 0)), ((1, 5, 4), (1, 6, 3)))
    instance = Instance("hand", 2, orders, cleaning, initial_setup_times=(1, 2))
    schedule = Schedule(instance, [[("a", 1), ("b", 1)], [("b", 1), ("a", 2)]])
    intervals = operation_intervals(schedule)
    assert len(intervals) == 5 * 3
    assert intervals[:3] == [(0, 0, "a", 0, 1, 3), (0, 0, "a", 1, 3, 6), (0, 0, "a", 2, 6, 7)]
    for first, second in itertools.pairwise(intervals):
        if second.operation > 0:
            assert second.start == first.end
    for l, completions in enumerate(schedule.completions):
        assert [entry.end for entry in intervals if entry.site == l and entry.operation == 2] == list(completions)


@given(problems(kinds=("pipeline",)))
def test_operations_never_share_equipment(problem: tuple[Instance, np.ndarray]) -> None:
    instance, keys = problem
    cleaning = instance.setup
    by_equipment: dict[tuple[int, int], list[tuple[float, float, str]]] = {}
    for entry in operation_intervals(decode(instance, keys)):
        by_equipment.setdefault((entry.site, entry.operation), []).append((entry.start, entry.end, entry.order))
    for (_, operation), used in by_equipment.items():
        for (_, end, before), (start, _, behind) in itertools.pairwise(used):
            rows = cleaning.same_order if before == behind else cleaning.change
            assert start >= end + rows[instance.order_index[before]][operation]
