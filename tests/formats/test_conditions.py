"""When one run per order and Site is enough, and what else a reader is told of an instance."""

import pytest
from hypothesis import given

from cmo_kit import Instance, Order, Schedule, check_schedule, load_instance
from tests.helpers.enumeration import optimum
from tests.helpers.strategies import instances


@given(instances(maximum_orders=4))
def test_the_one_run_condition_is_tested_triple_by_triple(instance: Instance) -> None:
    """The condition fails exactly where one of its inequalities does, and the worst amount is reported."""
    b, sigma, orders = instance.b, instance.sigma, range(len(instance.orders))
    amounts = [0.0]
    for i in orders:
        for y in orders:
            if y == i or instance.Q[i] == 1:
                continue
            amounts.append(b[i, i] - b[i, y])
            amounts.append(sigma[y] + b[i, i] - sigma[i] - b[i, y])
            amounts += [b[x, y] + b[i, i] - b[x, i] - b[i, y] for x in orders if x != i]
    failure = instance.one_run_failure
    if max(amounts) <= 0:
        assert failure is None
    else:
        assert failure.amount == pytest.approx(max(amounts))


@given(instances(maximum_orders=4, maximum_batches=1))
def test_an_order_of_one_batch_needs_one_run(instance: Instance) -> None:
    """Whatever the setups: nothing is said of two runs, and what is proved for one run is proved."""
    assert instance.one_run_failure is None


def test_a_single_order_always_needs_one_run() -> None:
    assert Instance("one", 1, (Order("a", 3, 1, (1, 1, 1)),), ((5,),)).one_run_failure is None


@pytest.mark.parametrize(
    ("name", "free", "one_run"),
    [("tiny-split-pipeline", 0, 3), ("tiny-split-opening", 0, 2), ("tiny-split-washing", 1, 3)],
)
def test_counterexamples_fail_the_condition(name: str, free: float, one_run: float) -> None:
    """From a physical pipeline, with initial setups, with washing: splitting saves what enumeration says."""
    instance = load_instance(name)
    assert instance.one_run_failure is not None
    assert (optimum(instance).value, optimum(instance, merge=True).value) == (free, one_run)
    assert any(text.startswith("One run per order and Site may not be enough") for text in instance.remarks())


def test_the_pipeline_counterexample_is_physical() -> None:
    """Its gaps are those worked out by hand, same-order setups are the least of their rows, and nothing overlaps."""
    instance = load_instance("tiny-split-pipeline")
    assert instance.g.tolist() == [[13, 15, 20], [13, 12, 14], [12, 8, 7]]
    failure = instance.one_run_failure
    assert (failure.x, failure.i, failure.y, failure.amount) == (0, 1, 2, 3)
    assert not any("overlap" in text for text in instance.remarks())
    g = instance.g
    assert all(g[x, y] <= g[x, i] + g[i, y] for x in range(3) for y in range(3) for i in range(3))


def test_without_its_initial_setups_the_opening_counterexample_holds() -> None:
    document = load_instance("tiny-split-opening").to_dict()
    del document["initial_setup_times"]
    assert Instance.from_dict(document).one_run_failure is None


def test_a_failure_of_the_one_run_condition_is_found_beside_huge_numbers() -> None:
    """Three days that a second run saves are told beside a change that nobody wants, which takes millions of years."""
    never = 3_100_000_000.5
    setups = ((6, 8, 13, 20), (2, 1, 3, 16), (6, 2, 1, 17), (never, never, never, 0))
    orders = (
        Order("1", 1, 24, (7, 11, 5)),
        Order("2", 2, 50, (11, 1, 1)),
        Order("3", 1, 47, (6, 5, 1)),
        Order("4", 1, 100.5, (0.5, 0, 0)),
    )
    instance = Instance("x", 1, orders, setups)
    split = Schedule(instance, [[("1", 1), ("2", 1), ("3", 1), ("2", 1), ("4", 1)]])
    assert split.total_tardiness == 0
    assert check_schedule(instance, split) == []
    assert instance.one_run_failure == (1, 0, 2, 3)


def test_short_setup_times_are_remarked_with_the_worst_place() -> None:
    """Setup times too short for the operations are accepted, and the worst overlap is named with its amount."""
    instance = Instance(
        "short", 1, (Order("a", 1, 9, (1, 4, 2)), Order("b", 1, 9, (2, 3, 1))), ((3, 3), (0, 2)), ("x", "y", "z")
    )
    # b before a: y of b ends at 5, y of a would begin at 2 + 1 = 3; a before a: gap 4, y ends 5, begins 5.
    (overlap, *_) = instance.remarks()
    assert "batch of order a behind one of order b begins y up to 2 days before" in overlap


def test_an_order_of_one_batch_has_none_behind_itself() -> None:
    """Where each order has one batch the diagonal of the setup times, often left at 0, says nothing."""
    assert not any("overlap" in text for text in load_instance("tiny-single-batches").remarks())


def test_a_sound_instance_has_no_remarks() -> None:
    assert load_instance("small-1").remarks() == []
