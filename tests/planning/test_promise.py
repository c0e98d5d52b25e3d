"""The promise to a new client, held to an enumeration of all schedules."""

import math
from unittest.mock import Mock

import numpy as np
import pytest

from cmo_kit import CleaningTimes, InputError, Instance, Order, Schedule, check_schedule, decode, load_instance, solve
from cmo_kit.planning import accept, promise, with_order
from cmo_kit.planning.new_order import alike
from tests.helpers.enumeration import completions, continuations, in_order, numbers, tardiness_of
from tests.helpers.strategies import tiny_instance
from tests.helpers.thorough import THOROUGH

pytestmark = pytest.mark.slow


def without_last(instance: Instance) -> Instance:
    document = instance.to_dict()
    document["orders"] = document["orders"][:-1]
    if "setup_times" in document:
        document["setup_times"] = [row[:-1] for row in document["setup_times"][:-1]]
    else:
        document["cleaning_times"] = {key: rows[:-1] for key, rows in document["cleaning_times"].items()}
    if "initial_setup_times" in document:
        document["initial_setup_times"] = document["initial_setup_times"][:-1]
    return Instance.from_dict(document | {"name": "others"})


def earliest(extended: Instance, plan: Schedule, frozen: float) -> float:
    """The least completion of the last order over all schedules that keep deadlines and what has begun."""
    old, given = completions(numbers(plan.instance), in_order(plan)), numbers(extended)
    deadlines = {i: max(extended.orders[i].due_date, time) for i, time in old.items()}
    new, best = len(extended.orders) - 1, math.inf
    for sites, begun in continuations(plan, frozen, extended):
        complete = completions(given, sites, begun, frozen)
        if all(complete[i] <= time + 1e-9 for i, time in deadlines.items()):
            best = min(best, complete[new])
    return best


@pytest.mark.parametrize("share", [0.0, 0.4])
@pytest.mark.parametrize("seed", range(200 if THOROUGH else 20))
def test_the_two_numbers_hold_the_earliest_day_between_them(seed: int, share: float) -> None:
    extended = tiny_instance(seed)
    plan = solve(without_last(extended), "expert").schedule
    frozen = math.floor(share * float(plan.order_completions.max()))
    name = extended.orders[-1].id
    found = promise(plan, extended, name, frozen, evaluations=2000, cases=200)
    right = math.ceil(earliest(extended, plan, frozen) - 1e-9)
    assert found.not_before <= right
    assert found.day == right  # the search finds the best of so few schedules
    assert check_schedule(extended, found.schedule) == []


def test_most_tiny_promises_are_certain() -> None:
    certain = total = 0
    for seed in range(30):
        extended = tiny_instance(seed)
        if extended.integral:
            plan = solve(without_last(extended), "expert").schedule
            found = promise(plan, extended, extended.orders[-1].id, evaluations=2000, cases=200)
            total, certain = total + 1, certain + found.certain
    assert certain >= 0.8 * total


@pytest.fixture(scope="module")
def case() -> tuple[Schedule, Instance]:
    instance = load_instance("tiny-pipeline")
    plan = solve(instance, "search", evaluations=2000).schedule
    return plan, with_order(instance, Order("new", 2, 9, (2, 2, 2)), (0, 6, 5), (0, 1, 0))


def test_nobody_else_becomes_later(case: tuple[Schedule, Instance]) -> None:
    plan, extended = case
    found = promise(plan, extended, "new", evaluations=2000)
    for i, order in enumerate(plan.instance.orders):
        limit = max(order.due_date, plan.order_completions[i])
        assert found.deadlines[order.id] == limit
        assert found.schedule.order_completions[i] <= limit
    assert found.schedule.order_completions[3] <= found.day
    assert found.gap == found.day - found.not_before >= 0


def test_what_has_begun_stays(case: tuple[Schedule, Instance]) -> None:
    plan, extended = case
    frozen = float(sorted(np.concatenate(plan.starts))[2]) + 1
    found = promise(plan, extended, "new", frozen, evaluations=2000)
    for l, starts in enumerate(plan.starts):
        stay = int((starts < frozen).sum())
        np.testing.assert_array_equal(found.schedule.batch_orders[l][:stay], plan.batch_orders[l][:stay])
        np.testing.assert_array_equal(found.schedule.starts[l][:stay], starts[:stay])
        assert 3 not in found.schedule.batch_orders[l][:stay]
    assert found.frozen_until == frozen


def test_a_day_after_everything_leaves_the_plan_as_it_is(case: tuple[Schedule, Instance]) -> None:
    """When all has begun, the promise counts from the day itself: two batches, one a Site, complete 6 days on."""
    plan, extended = case
    found = promise(plan, extended, "new", 100, evaluations=2000)
    assert (found.day, found.not_before) == (106, 106)
    assert [site[: len(old)] for site, old in zip(found.schedule.sites, plan.sites, strict=True)] == list(plan.sites)


def test_an_order_named_like_a_fixed_one_is_kept_apart() -> None:
    orders = (Order("fixed 1", 2, 9, (2, 2, 2)), Order("b", 1, 9, (2, 2, 2)))
    instance = Instance("named", 1, orders, CleaningTimes(((0, 0, 0),) * 2, ((0, 4, 4),) * 2))
    plan = Schedule(instance, [[("fixed 1", 2), ("b", 1)]])
    extended = with_order(instance, Order("new", 1, 0, (2, 2, 2)), (0, 4, 4))
    found = promise(plan, extended, "new", 1, evaluations=500)
    assert found.schedule.sites[0][0].order == "fixed 1"
    assert check_schedule(extended, found.schedule) == []


def test_the_same_seed_gives_the_same_promise(case: tuple[Schedule, Instance]) -> None:
    plan, extended = case
    first, second = (promise(plan, extended, "new", evaluations=2000, seed=5) for _ in range(2))
    assert first == second


def test_accepting_says_what_it_costs(case: tuple[Schedule, Instance]) -> None:
    plan, extended = case
    found = accept(plan, extended, "new", evaluations=2000)
    rows = {row.order: row for row in found.changes()}
    assert found.others_before == plan.total_tardiness == sum(row.before or 0 for row in rows.values())
    assert found.others_after == sum(row.after for name, row in rows.items() if name != "new")
    assert found.own_after == rows["new"].after
    assert rows["new"].before is None
    assert found.cost == found.others_after - found.others_before
    assert found.lower_bound <= found.others_after + found.own_after
    assert check_schedule(extended, found.after) == []


@pytest.mark.parametrize("share", [0.0, 0.4])
@pytest.mark.parametrize("seed", range(100 if THOROUGH else 15))
def test_accepting_keeps_what_has_begun(seed: int, share: float) -> None:
    """Its total is the least of all schedules that do, and its bound is no more; nothing is drawn into the past."""
    extended = tiny_instance(seed)
    others = without_last(extended)
    plan = decode(others, np.random.default_rng(seed).random(others.key_count))
    frozen = math.floor(share * float(plan.order_completions.max()))
    found = accept(plan, extended, extended.orders[-1].id, evaluations=20_000, frozen_until=frozen)
    given = numbers(extended)
    kept = continuations(plan, frozen, extended)
    least = min(tardiness_of(given, sites, begun, frozen) for sites, begun in kept)
    total = found.others_after + found.own_after
    assert found.lower_bound <= least + 1e-9 and abs(total - least) <= 1e-9
    if share:
        assert found.completions[-1] >= frozen


def test_accepting_is_never_worse_than_appending() -> None:
    instance = load_instance("small-1")
    plan = solve(instance, "search", evaluations=100_000).schedule
    extended = with_order(instance, Order("new", 1, 400, (2, 2, 2)), (0, 6, 5))
    assert accept(plan, extended, "new", evaluations=1).cost == 0


def changed(extended: Instance, **values: object) -> Instance:
    return Instance.from_dict(extended.to_dict() | values)


def test_another_problem_is_refused(case: tuple[Schedule, Instance]) -> None:
    plan, extended = case
    with pytest.raises(InputError, match="order is 'other'; 'tiny-pipeline\\+new' has no such order"):
        promise(plan, extended, "other")
    with pytest.raises(InputError, match="must have the orders of the plan, unchanged, and '1' besides"):
        promise(plan, extended, "1")
    with pytest.raises(InputError, match="must have the Sites and setup times of the plan's problem"):
        promise(plan, changed(extended, sites=3), "new")
    cleaning = extended.to_dict()["cleaning_times"]
    cleaning["change"][0][1] += 30
    with pytest.raises(InputError, match="must have the Sites and setup times"):
        promise(plan, changed(extended, cleaning_times=cleaning), "new")
    lacking = Schedule(plan.instance, [plan.sites[0], []])
    with pytest.raises(InputError, match=r"the plan must be feasible: Order .* too few"):
        promise(lacking, extended, "new")


@pytest.mark.parametrize(("name", "value"), [("frozen_until", -1), ("evaluations", 4), ("cases", -1), ("seed", 0.5)])
def test_values_outside_their_rule_are_refused(case: tuple[Schedule, Instance], name: str, value: float) -> None:
    plan, extended = case
    with pytest.raises(InputError, match=name):
        promise(plan, extended, "new", **{name: value})  # type: ignore[arg-type]


def test_with_order_needs_cleaning_times() -> None:
    with pytest.raises(InputError, match="needs cleaning times"):
        with_order(load_instance("tiny-ties"), Order("new", 1, 9, (1, 1, 1)), (0, 1, 1))


def test_sites_keep_the_numbers_they_have_in_the_plan() -> None:
    """Sites are identical, so those of a promise are numbered by the planned sequences that they follow longest."""
    planned = [[], [("b", 1), ("c", 2)], [("a", 1)]]
    assert alike([[("a", 1)], [("b", 1), ("c", 1)], []], planned) == [2, 1, 0]
    assert alike([[("b", 1)], [("b", 1), ("c", 2), ("new", 1)], [("d", 1)]], planned) == [0, 1, 2]


DECIMALS = Instance(
    "decimals",
    1,
    (Order("a", 2, 5, (0.1, 0.2)), Order("b", 2, 5, (0.2, 0.1))),
    CleaningTimes(((0, 0),) * 2, ((0, 0),) * 2),
    operations=("one", "two"),
)


@pytest.mark.parametrize("frozen", [0, 0.05, 0.1, 0.2, 0.3, 0.45])
def test_decimals_are_what_they_say(frozen: float) -> None:
    plan = Schedule(DECIMALS, [[("a", 2), ("b", 2)]])
    extended = with_order(DECIMALS, Order("new", 1, 9, (0.2, 0.2)), (0, 0))
    found = promise(plan, extended, "new", frozen, evaluations=1000)
    assert (found.day, found.not_before, found.undecided) == (1, 1, "")
    assert check_schedule(extended, found.schedule) == []
    assert set(found.deadlines) <= {"a", "b"}


def test_a_promise_ends_with_its_seconds_and_says_what_is_open() -> None:
    plan = solve(load_instance("small-1"), "expert").schedule
    extended = with_order(plan.instance, Order("new", 3, 100, (2, 2, 2)), (0, 6, 5))
    found = promise(plan, extended, "new", 20, seconds=0)
    assert check_schedule(extended, found.schedule) == []
    assert found.not_before <= found.day
    if found.gap:
        assert (
            found.undecided
            == f"days {found.not_before} to {found.day - 1} are neither shown nor refuted: the seconds were over"
        )
    with pytest.raises(InputError, match="seconds is -1; it must be at least 0"):
        promise(plan, extended, "new", seconds=-1)


def test_what_a_limit_in_cases_leaves_open_is_told() -> None:
    told = set()
    for seed in range(20):
        extended = tiny_instance(seed)
        plan = solve(without_last(extended), "expert").schedule
        found = promise(plan, extended, extended.orders[-1].id, evaluations=500, cases=0)
        assert bool(found.undecided) == bool(found.gap)
        told.add(found.undecided.partition(": ")[2])
    assert told == {"", "no cases were allowed"}


@pytest.mark.parametrize("part", ["search", "lower_bound"])
def test_ctrl_c_ends_a_promise_and_a_cost(
    case: tuple[Schedule, Instance], part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Search and proof end with what they have, and the next search or proof would begin."""
    plan, extended = case
    name = extended.orders[-1].id
    room = "search" if part == "search" else "bounds"
    monkeypatch.setattr(f"cmo_kit.{room}.{part}", Mock(return_value=Mock(status="stopped", stopped=True)))
    with pytest.raises(KeyboardInterrupt):
        accept(plan, extended, name, evaluations=5000)
    if part == "search":
        with pytest.raises(KeyboardInterrupt):
            promise(plan, extended, name, evaluations=5000, cases=0)
