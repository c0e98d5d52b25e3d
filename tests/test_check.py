"""The checker: one hand-made case for every rule, and wrong arithmetic that it must catch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cmo_kit import CleaningTimes, Instance, Order, Schedule, Violation, check_schedule

HAND = Instance(
    name="hand",
    sites=2,
    orders=(Order("a", 3, 10, (2, 3, 1)), Order("b", 2, 8, (1, 2, 4), 2)),
    setup=CleaningTimes(((1, 0, 0), (1, 0, 0)), ((1, 5, 4), (1, 6, 3))),
    initial_setup_times=(1, 2),
)
# Starts 1, 4, 13, 20 and 2; completions 7, 10, 20, 26 and 9; tardiness 16 and 12; weighted total 40.
RUNS = [[("a", 2), ("b", 1), ("a", 1)], [("b", 1)]]


def document(sites: list[list[tuple[str, int]]] = RUNS, **changes: Any) -> dict[str, Any]:
    runs = [[{"order": order, "batches": batches} for order, batches in site] for site in sites]
    return {"format": "cmo-schedule/1", "instance": "hand", "sites": runs} | changes


def facts(violations: list[Violation]) -> list[tuple[object, ...]]:
    return [(v.rule, v.site, v.position, v.order, v.amount) for v in violations]


def test_a_right_schedule_has_no_violation() -> None:
    assert check_schedule(HAND, document(total_tardiness=40)) == []
    assert check_schedule(HAND, document()) == []
    assert check_schedule(HAND, Schedule(HAND, RUNS, stated_total_tardiness=40)) == []


@pytest.mark.parametrize(
    ("file", "expected", "words"),
    [
        (document(instance="other"), ("instance", None, None, None, 1), "for instance 'other', not for 'hand'"),
        (document([*RUNS, [], []]), ("sites", None, None, None, 2), "has 4 Sites; the instance has 2"),
        (document([[("a", 3), ("b", 2)]]), ("sites", None, None, None, 1), "has 1 Sites"),
        (document([RUNS[0], [("b", 1), ("c", 4)]]), ("order", 2, 2, "c", 4), "Site 2, run 2: .* no order 'c'"),
        (document([RUNS[0], [("b", 3)]]), ("batches", None, None, "b", 2), "Order b has 4 .* asks for 2: 2 too many"),
        (document([RUNS[0][:2], RUNS[1]]), ("batches", None, None, "a", 1), "Order a has 2 .* asks for 3: 1 too few"),
        (document([[], RUNS[1] * 2]), ("batches", None, None, "a", 3), "Order a has 0 .* 3 too few"),
        (document(total_tardiness=41), ("objective", None, None, None, 1), "stated total tardiness is 41; .* be 40"),
        (document(total_tardiness=0), ("objective", None, None, None, 40), "is 0; it must be 40"),
        (document(total_tardiness=28), ("objective", None, None, None, 12), "is 28; it must be 40"),
    ],
)
def test_every_rule_about_a_file_is_hit(file: dict[str, Any], expected: tuple[object, ...], words: str) -> None:
    violations = check_schedule(HAND, file)
    assert facts(violations) == [expected]
    assert pytest.approx(0) != violations[0].amount
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(violations[0].message)


def test_every_batch_of_a_great_surplus_is_timed() -> None:
    """What is stated of a schedule that breaks a rule is not called wrong besides."""
    sites = [[("a", 3), ("b", 20_000)], []]
    stated = Schedule(HAND, sites).total_tardiness
    (violation,) = check_schedule(HAND, document(sites, total_tardiness=stated))
    assert violation.rule == "batches"


def test_all_violations_are_listed_at_once() -> None:
    file = document([[("a", 1), ("x", 2)], [("y", 1)], [("b", 5)]], instance="else", total_tardiness=1)
    # One batch of a ends at 1 + 6; b's fifth batch starts at 2 + 4 * 4 and ends at 25: tardy by 17, weight 2.
    assert facts(check_schedule(HAND, file)) == [
        ("instance", None, None, None, 1),
        ("sites", None, None, None, 1),
        ("order", 1, 2, "x", 2),
        ("order", 2, 1, "y", 1),
        ("batches", None, None, "a", 2),
        ("batches", None, None, "b", 3),
        ("objective", None, None, None, 33),
    ]


@pytest.mark.parametrize(
    ("stated", "right"), [(40 + 3.9e-5, True), (40 - 3.9e-5, True), (40 + 4.1e-5, False), (40 - 4.1e-5, False)]
)
def test_the_objective_has_a_relative_tolerance(stated: float, right: bool) -> None:
    assert (check_schedule(HAND, document(total_tardiness=stated)) == []) == right


@pytest.mark.parametrize(("stated", "right"), [(9e-7, True), (1.1e-6, False)])
def test_small_objectives_have_an_absolute_tolerance(stated: float, right: bool) -> None:
    early = Instance("hand", 1, (Order("a", 1, 100, (1,)),), ((0,),), ("mix",))
    assert (check_schedule(early, document([[("a", 1)]], total_tardiness=stated)) == []) == right


# Wrong arithmetic of the schedule itself.


def wrong(monkeypatch: pytest.MonkeyPatch, name: str, change: Callable[[Any], Any]) -> Schedule:
    value = change(getattr(Schedule(HAND, RUNS), name))
    monkeypatch.setattr(Schedule, name, property(lambda self: value))
    return Schedule(HAND, RUNS)


@pytest.mark.parametrize(
    ("name", "change", "expected", "words"),
    [
        ("starts", lambda s: (np.array([1, 4, 10.5, 20]), s[1]), [("start", 1, 3, "b", 2.5)],
         "Site 1, batch 3 of order b: start 10.5 is before 13."),
        # a batch that waits without need, although times follow by left-shifting
        ("starts", lambda s: (s[0], np.array([3.0])), [("start", 2, 1, "b", 1)], "is after 2"),
        ("completions", lambda c: (c[0] + [0, 0, 0, 1], c[1]), [("completion", 1, 4, "a", 1)], ""),
        ("completions", lambda c: (c[0][:2], np.zeros(0)),
         [("completion", 1, None, None, 2), ("completion", 2, None, None, 1)], ""),  # not a shorter comparison
        ("tardiness", lambda tau: tau - [0, 2], [("tardiness", None, None, "b", 2)], ""),
        ("total_tardiness", lambda total: 28.0, [("objective", None, None, None, 12)],
         "computed total tardiness is 28"),  # without weights
    ],
)  # fmt: skip
def test_wrong_arithmetic_is_caught_at_its_place(
    name: str, change: Callable[[Any], Any], expected: list[object], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    violations = check_schedule(HAND, wrong(monkeypatch, name, change))
    assert facts(violations) == expected
    assert words in violations[0].message


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_times_that_are_no_numbers_are_caught(monkeypatch: pytest.MonkeyPatch, value: float) -> None:
    schedule = wrong(monkeypatch, "starts", lambda s: (s[0], np.array([value])))
    assert ("start", 2, 1, "b", np.inf) in facts(check_schedule(HAND, schedule))
    monkeypatch.undo()
    stated = Schedule(HAND, RUNS, stated_total_tardiness=value)
    assert facts(check_schedule(HAND, stated)) == [("objective", None, None, None, np.inf)]


def test_a_schedule_of_another_instance_is_named_and_checked_by_its_runs() -> None:
    other = Instance("other", 1, (Order("x", 1, 1, (1,)),), ((0,),), ("mix",))
    rules = [violation.rule for violation in check_schedule(HAND, Schedule(other, [[("x", 1)]]))]
    assert rules == ["instance", "sites", "order", "batches", "batches"]


def test_a_schedule_of_a_changed_instance_is_caught_by_its_times() -> None:
    data = HAND.to_dict()
    data["orders"][0]["processing_times"][1] = 4
    rules = {violation.rule for violation in check_schedule(HAND, Schedule(Instance.from_dict(data), RUNS))}
    assert rules == {"start", "completion", "tardiness", "objective"}


def test_the_checker_does_not_use_the_derived_setup_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """With cleaning times it places operations on equipment: wrong derived gaps are caught, not repeated."""
    other = Instance.from_dict(HAND.to_dict())
    other.__dict__["g"] = np.array([[3.0, 8.0], [7.0, 4.0]])  # a to b needs 9
    violations = check_schedule(other, Schedule(other, RUNS))
    assert facts(violations)[0] == ("start", 1, 3, "b", 1)


def test_given_setup_times_are_taken_as_given() -> None:
    """With setup times in the file the next batch starts after the first operation and the setup, overlap or not."""
    orders = (Order("a", 1, 0, (1, 9)), Order("b", 1, 0, (2, 1)))
    given = Instance("hand", 1, orders, ((0, 3), (0, 0)), ("x", "y"))
    assert check_schedule(given, document([[("a", 1), ("b", 1)]], total_tardiness=10 + 1 + 3 + 3)) == []
