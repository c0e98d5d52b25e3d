"""Numbers and sizes at the limits: refused with the rule, or right."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cmo_kit import CleaningTimes, InputError, Instance, Order, Schedule, check_schedule, generate_instance, solve
from cmo_kit.base.values import shown
from cmo_kit.formats.history import History
from cmo_kit.formats.instance import MAXIMUM_BATCHES, MAXIMUM_OPERATIONS, MAXIMUM_ORDERS, MAXIMUM_SITES

EXACT, CLOSE = 2**53 - 1, 2**33


def chain(time: float, due: float, batches: int = 1, **others: Any) -> Instance:
    """Two orders on one Site that take ``time`` a batch, and a setup of 1 between them."""
    orders = tuple(Order(name, batches, due, (time,)) for name in "ab")
    return Instance("chain", 1, orders, ((0, 1), (1, 0)), ("make",), **others)


def assert_right(instance: Instance) -> None:
    for method in ("expert", "expert_orders"):
        schedule = solve(instance, method).schedule
        assert check_schedule(instance, schedule) == []


@pytest.mark.parametrize("late", [0, 1, 7])
def test_whole_times_are_exact_up_to_the_limit(late: int) -> None:
    """Nearly 2^53 days, and a due date a few days before: the tardiness is right to the day."""
    time = EXACT // 4
    instance = chain(time, 2 * time + 1 - late)
    assert_right(instance)
    schedule = solve(instance, "expert").schedule
    assert schedule.total_tardiness == late


@pytest.mark.parametrize("time", [EXACT // 2 + 2, EXACT + 1, 2**62, 2**63, 2**64, 10**40, 1e300])
def test_whole_times_beyond_are_refused(time: float) -> None:
    """Where a day more or less is lost in float64, or an integer of 64 bits would overflow."""
    with pytest.raises(InputError, match=r"the times are so large that .* at most 9007199254740991"):
        chain(time, 5)


def test_other_times_are_right_to_a_millionth_up_to_a_lower_limit() -> None:
    """A tenth of a day is no float: what is lost grows with the sums, and stops at 2^33 days."""
    assert_right(chain(CLOSE // 4 + 0.1, Fraction(CLOSE // 2).numerator + 1))
    with pytest.raises(InputError, match="at most 8589934592"):
        chain(CLOSE // 2 + 0.1, 5)


@pytest.mark.parametrize("value", [EXACT + 1, 2**63, 10**40, 1e300])
def test_due_dates_have_the_limit_of_times(value: float) -> None:
    with pytest.raises(InputError, match=r"orders\[0\]\.due_date is .*; it must be at most"):
        chain(1, value)
    assert_right(chain(1, EXACT))


@pytest.mark.parametrize("weight", [1.1e12, 1e300, 10**400])
def test_weights_have_a_limit(weight: float) -> None:
    instance = chain(EXACT // 4, 0)
    assert_right(replace(instance, orders=tuple(replace(order, weight=1e12) for order in instance.orders)))
    with pytest.raises(InputError, match=r"orders\[0\]\.weight is"):
        replace(instance, orders=tuple(replace(order, weight=weight) for order in instance.orders))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("place", ["due_date", "weight", "processing_times"])
def test_no_number_of_an_order_is_nan_or_infinite(place: str, value: float) -> None:
    order = replace(Order("a", 1, 5, (1,)), **{place: (value,) if place == "processing_times" else value})
    with pytest.raises(InputError, match=rf"orders\[0\]\.{place}.* is -?(nan|inf); it must be finite"):
        Instance("x", 1, (order,), ((0,),), ("make",))


@pytest.mark.parametrize("value", [1e-13, 1e-320, 5e-324])
def test_numbers_that_vanish_in_products_are_refused(value: float) -> None:
    with pytest.raises(InputError, match=r"processing_times\[0\] is .*; it must be 0 or at least 1e-12"):
        chain(value, 5)
    with pytest.raises(InputError, match=r"due_date is .*; it must be 0 or at least 1e-12"):
        chain(1, value)
    assert_right(chain(1e-12, 1e-12))


def test_minus_zero_is_zero() -> None:
    assert chain(1, -0.0).digest == chain(1, 0).digest
    assert "-0" not in json.dumps(chain(1, -0.0).to_dict())


# Sizes.


def sized(orders: int = 1, batches: int = 1, sites: int = 1, operations: int = 1) -> Instance:
    """A problem of a size, all of whose times are 1 and whose cleaning takes none."""
    rows = ((0,) * operations,) * orders
    made = tuple(Order(str(i), batches, 1, (1,) * operations) for i in range(orders))
    return Instance("sized", sites, made, CleaningTimes(rows, rows), tuple(map(str, range(operations))))


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ({"orders": MAXIMUM_ORDERS + 1}, "orders has 2001 entries; it may have at most 2000"),
        ({"operations": MAXIMUM_OPERATIONS + 1}, "operations has 101 entries; it may have at most 100"),
        ({"batches": MAXIMUM_BATCHES + 1}, r"orders\[0\].batches is 100001; it must be at most 100000"),
        ({"batches": 10**9}, "it must be at most 100000"),
        ({"batches": 10**4299}, "it must be at most 100000"),
        ({"orders": 11, "batches": MAXIMUM_BATCHES // 10}, "110000 batches in all; there may be at most 100000"),
        ({"sites": MAXIMUM_SITES + 1}, "sites is 10001; it must be at most 10000"),
        ({"sites": 10**9}, "sites is 1000000000; it must be at most 10000"),
    ],
)
def test_sizes_beyond_an_ordinary_machine_are_refused(size: dict[str, int], words: str) -> None:
    with pytest.raises(InputError, match=words):
        sized(**size)


@pytest.mark.parametrize(
    "size", [{"orders": 600, "operations": 5}, {"batches": 4_000, "sites": 1000}, {"sites": 10_000}]
)
def test_large_problems_are_solved_and_checked(size: dict[str, int]) -> None:
    assert_right(sized(**size))


def test_integers_without_end_have_a_sentence() -> None:
    """Python refuses to write an integer of more than 4300 digits; a complaint about one must not."""
    assert shown(10**5000) == "a number of thousands of digits"
    with pytest.raises(InputError, match="thousands of digits; it must be at most"):
        sized(batches=10**5000)
    with pytest.raises(InputError, match="thousands of digits; it must be finite"):
        chain(10**5000, 5)


def test_generated_problems_have_the_same_limits() -> None:
    with pytest.raises(InputError, match="orders is 2001; it must be at most 2000"):
        generate_instance("small", 1, orders=2001)
    with pytest.raises(InputError, match="sites is 1000000000; it must be at most 10000"):
        generate_instance("small", 1, sites=10**9)
    with pytest.raises(InputError, match=r"batches\[0\] is 1000000000|it must be at most 100000"):
        generate_instance("small", 1, batches=(10**9, 10**9))


# Schedules.


def test_schedules_of_too_many_batches_are_refused() -> None:
    instance = sized(orders=2)
    document = {"format": "cmo-schedule/1", "instance": "sized", "sites": [[{"order": "0", "batches": 100_000}] * 3]}
    with pytest.raises(InputError, match="sites have 300000 batches in all; there may be at most 200000"):
        check_schedule(instance, document)
    with pytest.raises(InputError, match="sites have 300000 batches in all"):
        Schedule(instance, [[("0", 100_000)] * 3])
    with pytest.raises(InputError, match="sites has 10001 entries; it may have at most 10000"):
        check_schedule(instance, document | {"sites": [[]] * 10_001})


def test_a_schedule_of_many_batches_too_many_is_still_told() -> None:
    document = {"format": "cmo-schedule/1", "instance": "sized", "sites": [[{"order": "0", "batches": 100_000}]]}
    assert "99999 too many" in " ".join(violation.message for violation in check_schedule(sized(), document))


# Texts and histories.


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\x00", "\x1b[31mred", "a\tb", "a\x85b"])
@pytest.mark.parametrize("field", ["name", "time_unit", "source"])
def test_texts_stand_on_one_line_and_steer_no_terminal(field: str, text: str) -> None:
    """Names are printed, and written into tables and pictures."""
    with pytest.raises(InputError, match=f"{field} is .*; it must be text on one line, without control characters"):
        replace(chain(1, 5), **{field: text})


@pytest.mark.parametrize("parameters", [{"a": "\ud800"}, {"a": float("nan")}, {"a": {1, 2}}, {"\udfff": 1}])
def test_what_a_generator_was_given_can_be_written(parameters: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"generator\.parameters is .*; it must be what JSON and UTF-8 can hold"):
        chain(1, 5, generator={"parameters": parameters, "seed": 1})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("best", 5),
        ("best", None),
        ("best", [[]]),
        ("evaluations", [1e300]),
        ("distinct", [2**63]),
        ("seconds", []),
        ("evaluations", [20.7]),
    ],
)
def test_histories_are_refused_field_by_field(field: str, value: object) -> None:
    good = {name: [1] for name in ("best", "mean", "worst", "evaluations", "seconds", "distinct")}
    assert len(History.from_dict(good).best) == 1
    with pytest.raises(InputError, match=field):
        History.from_dict(good | {field: value})
