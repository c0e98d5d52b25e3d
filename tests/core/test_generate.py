"""The generator: Table 2's sizes, its ranges, and the same files for the same seeds."""

from typing import Any

import numpy as np
import pytest

from cmo_kit import InputError, Instance, generate_instance, load_instance
from cmo_kit.core.generate import SETS

NAMES = [f"{test_set}-{seed}" for test_set in SETS for seed in range(1, 6)]


@pytest.mark.parametrize("name", NAMES)
def test_committed_files_are_what_the_generator_draws(name: str) -> None:
    test_set, _, seed = name.partition("-")
    assert load_instance(name).to_dict() == generate_instance(test_set, int(seed)).to_dict()


@pytest.mark.parametrize(
    ("test_set", "orders", "sites", "batches"), [("small", 30, 3, 5), ("medium", 50, 5, 10), ("large", 100, 10, 20)]
)
def test_sizes_are_table_2_s(test_set: str, orders: int, sites: int, batches: int) -> None:
    drawn = [generate_instance(test_set, seed) for seed in range(20)]
    assert {(len(instance.orders), instance.sites) for instance in drawn} == {(orders, sites)}
    assert set(np.concatenate([instance.Q for instance in drawn]).tolist()) == set(range(1, batches + 1))


def assert_uniform(drawn: np.ndarray, low: int, high: int) -> None:
    """All integers of a range come up, both ends included, each about as often, and no others."""
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == list(range(low, high + 1))
    assert np.abs(counts - len(drawn) / len(values)).max() < 5 * (len(drawn) / len(values)) ** 0.5


def test_times_fill_their_ranges_and_no_more() -> None:
    """Processing, cleaning and due dates are uniform integers of their ranges, and cleaning is Section III's."""
    drawn, parameters = [generate_instance("large", seed) for seed in range(30)], SETS["large"]
    processing = np.concatenate([instance.p for instance in drawn])
    same = np.concatenate([np.array(instance.setup.same_order) for instance in drawn])
    change = np.concatenate([np.array(instance.setup.change) for instance in drawn])
    for table, ranges in ((processing, parameters.processing), (same, parameters.same_order),
                          (change, parameters.change)):  # fmt: skip
        for o, (low, high) in enumerate(ranges):
            assert_uniform(table[:, o], low, high)
    assert_uniform(np.concatenate([instance.D for instance in drawn]), *parameters.due_date)
    assert_uniform(np.concatenate([instance.Q for instance in drawn]), *parameters.batches)
    assert (change >= same).all()
    assert (change[:, 0] == same[:, 0]).all()  # after seed culture it does not depend on the order
    assert all(instance.integral for instance in drawn)


def test_generated_instances_keep_the_one_run_condition() -> None:
    assert all(generate_instance("small", seed).one_run_failure is None for seed in range(50))


def test_changes_are_used_and_written_down() -> None:
    instance = generate_instance("small", 3, orders=4, sites=2, batches=(2, 2), due_date=(7, 7), name="own",
                                 processing=((5, 5),), same_order=((1, 1),), change=((2, 2),))  # fmt: skip
    assert (instance.name, len(instance.orders), instance.sites) == ("own", 4, 2)
    assert instance.Q.tolist() == [2] * 4
    assert instance.D.tolist() == [7] * 4
    assert instance.p.tolist() == [[5]] * 4
    assert instance.g.tolist() == [[6 if i == j else 7 for j in range(4)] for i in range(4)]
    assert instance.generator["seed"] == 3
    assert instance.generator["parameters"]["processing"] == [[5, 5]]
    assert Instance.from_dict(instance.to_dict()).digest == instance.digest


@pytest.mark.parametrize(
    ("arguments", "changes", "words"),
    [
        (("tiny", 1), {}, "the set is 'tiny'"),
        ((5, 1), {}, "the set is 5"),
        (("small", -1), {}, "seed is -1"),
        (("small", 1.0), {}, "seed is 1.0"),
        (("small", 1), {"colour": 1}, "'colour' is no parameter of the generator"),
        (("small", 1), {"orders": 0}, "orders is 0"),
        (("small", 1), {"sites": 0}, "sites is 0"),
        (("small", 1), {"batches": (0, 5)}, r"batches\[0\] is 0"),
        (("small", 1), {"batches": (5, 4)}, r"batches\[1\] is 4; it must be at least 5"),
        (("small", 1), {"batches": 5}, "batches is 5; it must be a list"),
        (("small", 1), {"batches": (1, 2, 3)}, "batches has 3 entries"),
        (("small", 1), {"due_date": (-1, 5)}, r"due_date\[0\] is -1"),
        (("small", 1), {"due_date": (1.5, 5)}, r"due_date\[0\] is 1.5"),
        (("small", 1), {"processing": ()}, "processing is empty"),
        (("small", 1), {"processing": 5}, "processing is 5; it must be a list"),
        (("small", 1), {"processing": ((1, 2),)}, "same_order has 3 entries; it must have 1"),
        (("small", 1), {"change": ((1, 2), (3, 2), (1, 1))}, r"change\[1\]\[1\] is 2"),
        (("small", 1), {"name": ""}, "name is ''"),
    ],
)
def test_bad_parameters_are_refused(arguments: tuple[Any, ...], changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        generate_instance(*arguments, **changes)
