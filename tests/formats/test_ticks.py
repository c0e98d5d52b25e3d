"""Times are decimals: no schedule is late by a rounding error, at any scale."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmo_kit import CleaningTimes, Instance, Order, check_schedule, load_instance, total_tardiness
from cmo_kit.core.chromosome import decode
from cmo_kit.formats.ticks import MOST_TICKS, Ticks, ticks_of


@given(st.integers(0, 9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_the_step_is_the_coarsest_that_divides_all(decimals: int, counts: list[int]) -> None:
    values = np.array([float(Fraction(count, 10**decimals)) for count in counts])
    per_unit, exact = ticks_of(values, 1.0)
    assert exact
    right = [Fraction(count, 10**decimals) for count in counts]
    assert Ticks(per_unit, True).whole(values).tolist() == [value * per_unit for value in right]
    if decimals <= 2:  # with fewer ticks some value is not
        assert per_unit == np.lcm.reduce([value.denominator for value in right])


@pytest.mark.parametrize(("value", "per_unit"), [(0.5, 2), (0.25, 4), (0.1, 10), (7.0, 1), (0.125, 8), (1 / 3, 3),
                          (5 / 24, 24), (1 / 1440, 1440), (1e-12, 10**12)])  # fmt: skip
def test_known_steps(value: float, per_unit: int) -> None:
    assert ticks_of(np.array([3.0, value]), 5.0) == (per_unit, True)


def test_what_is_too_fine_is_rounded_and_says_so() -> None:
    """Pi beside long times takes the smallest power of ten that doubles still count exactly."""
    ticks = ticks_of(np.array([np.pi, 1e6]), 1e6)
    assert ticks == (10**9, False)
    assert 1e6 * ticks.per_unit <= MOST_TICKS < 1e7 * ticks.per_unit


def test_an_instance_in_ticks_is_whole_and_whole_numbers_stay_as_they_are() -> None:
    small = load_instance("small-1")
    assert small.whole is small
    halves = load_instance("tiny-halves")
    assert not halves.integral
    assert halves.whole.integral
    np.testing.assert_array_equal(halves.whole.g, 2 * halves.g)
    never = Instance("never", 1, (Order("a", 1, 1e15, (0.1,)), Order("b", 1, 3, (0.2,))), ((0, 0), (0, 0)), ("only",))
    assert never.time_ticks == (10, True)
    assert float(never.whole.D.max()) < 100


def test_weights_that_are_too_fine_stay_as_they_are() -> None:
    """0.7 added up is 2.0999999999999996, which no step holds beside long times: days stay exact all the same."""
    orders = tuple(Order(str(k), 1, 1, (0.5, 40), w) for k, w in enumerate([0.7, 0.7 * 3, 1e12]))
    instance = Instance("x", 1, orders, ((0, 0, 0),) * 3, ("o", "p"))
    assert instance.time_ticks == (2, True)
    assert instance.weight_ticks == (1, False)
    assert instance.whole.w.tolist() == instance.w.tolist()


def test_weights_are_held_against_the_greatest_tardiness_not_the_horizon() -> None:
    """An order that is overdue by billions of days is later than any schedule is long."""
    orders = (Order("a", 1, -8e9, (1,), 0.123456789), Order("b", 1, 1, (4,)))
    assert Instance("x", 1, orders, ((0, 0),) * 2, ("o",)).weight_ticks == (1, False)


def test_a_cleaning_time_counts_too() -> None:
    cleaning = CleaningTimes(((0, 0),) * 2, ((0.5, 0),) * 2)
    instance = Instance("x", 1, (Order("a", 1, 3, (1, 9)), Order("b", 1, 3, (1, 9))), cleaning, ("o", "p"))
    assert not instance.integral


scales = st.sampled_from([Fraction(1, 10**6), Fraction(1, 10), Fraction(1), Fraction(864001, 10), Fraction(10**6)])


@given(st.data(), scales, st.integers(1, 4), st.integers(1, 3))
def test_decimals_are_added_without_an_error(data: st.DataObject, scale: Fraction, orders: int, sites: int) -> None:
    def times(count: int) -> tuple[float, ...]:
        return tuple(float(scale * data.draw(st.integers(0, 60))) for _ in range(count))

    made = tuple(Order(str(i), data.draw(st.integers(1, 3)), times(1)[0], times(2)) for i in range(orders))
    instance = Instance("x", sites, made, tuple(times(orders) for _ in range(orders)), ("o", "p"))
    keys = np.array([data.draw(st.floats(0, 1)) for _ in range(instance.key_count)])
    schedule = decode(instance, keys)
    exact = Fraction(0)
    read = lambda x: Fraction(repr(float(x)))  # noqa: E731
    last = {order.id: Fraction(-(10**30)) for order in made}
    for site in schedule.sites:
        start, before = Fraction(0), None
        for i in [int(run.order) for run in site for _ in range(run.batches)]:
            start += 0 if before is None else read(made[before].processing_times[0]) + read(instance.setup[before][i])
            last[str(i)] = max(last[str(i)], start + sum(map(read, made[i].processing_times)))
            before = i
    exact = sum((max(Fraction(0), last[order.id] - read(order.due_date)) for order in made), Fraction(0))
    assert schedule.total_tardiness == float(exact)
    assert total_tardiness(instance, keys) == float(exact)
    assert check_schedule(instance, schedule) == []
