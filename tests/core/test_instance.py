"""Instances: files in and out, the symbols of Table 1, the pipeline, dates and names."""

import copy
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cmo_kit import CleaningTimes, InputError, Instance, Order, Schedule, decode, instance_names, load_instance
from cmo_kit.base.jsonfile import read_json
from cmo_kit.base.values import plain
from cmo_kit.library import instances_folder
from tests.helpers.refused import refused
from tests.helpers.strategies import instances, problems


def two_orders(**changes: object) -> Instance:
    values: dict[str, object] = {
        "name": "two",
        "sites": 2,
        "orders": (Order("a", 2, 10, (2, 3, 1)), Order("b", 1, 8, (1, 2, 4))),
        "setup": CleaningTimes(((1, 0, 0), (1, 0, 0)), ((1, 5, 4), (1, 6, 3))),
    }
    return Instance(**(values | changes))  # type: ignore[arg-type]


# Files.


@given(instances())
def test_an_instance_survives_its_file(instance: Instance) -> None:
    again = Instance.from_dict(json.loads(json.dumps(instance.to_dict())))
    assert again.to_dict() == instance.to_dict()
    assert again.digest == instance.digest
    for name in ("Q", "D", "w", "p", "b", "g", "tails", "sigma"):
        np.testing.assert_array_equal(getattr(again, name), getattr(instance, name))


@pytest.mark.parametrize("name", ["fig1", "tiny-halves", "tiny-weights", "small-3"])
def test_files_hold_what_was_saved(name: str, tmp_path: Path) -> None:
    instance = load_instance(name)
    instance.save(tmp_path / "instance.json")
    assert Instance.load(tmp_path / "instance.json").digest == instance.digest
    assert read_json(tmp_path / "instance.json") == instance.to_dict()
    assert (tmp_path / "instance.json").read_bytes() == (instances_folder() / f"{name}.json").read_bytes()


def test_integers_stay_integers(tmp_path: Path) -> None:
    two_orders(orders=(Order("a", 2, 10.0, (2.0, 3.5, 1)), Order("b", 1, 8, (1, 2, 4)))).save(tmp_path / "two.json")
    text = (tmp_path / "two.json").read_text(encoding="utf-8")
    assert '"due_date": 10, "processing_times": [2, 3.5, 1]' in text


def test_arrays_are_taken_for_lists() -> None:
    """Of times and of setup times, as somebody computes them; the instance holds plain numbers all the same."""
    plain_one = two_orders(setup=((0, 1.5), (1, 0)), initial_setup_times=(1, 2))
    orders = tuple(Order(o.id, o.batches, o.due_date, np.array(o.processing_times)) for o in plain_one.orders)
    of_arrays = two_orders(orders=orders, setup=np.array([[0, 1.5], [1, 0]]), initial_setup_times=np.array([1, 2]))
    assert of_arrays.digest == plain_one.digest
    table = CleaningTimes(np.array([[1, 0, 0]] * 2), np.array([[1, 5, 4], [1, 6, 3]]))
    assert two_orders(setup=table).digest == two_orders().digest
    with refused("setup_times[0][0] is 'a'; it must be a number"):
        two_orders(setup=np.array([["a", "b"], ["c", "d"]]))


@pytest.mark.parametrize("order", [("a", 2, 10, (2, 3, 1)), {"id": "a"}, np.array([[1], [2]])])
def test_an_order_that_is_none_is_one_sentence(order: object) -> None:
    with pytest.raises(InputError, match=r"^orders\[0\] is [^\n]*; it must be an Order$"):
        two_orders(orders=(order,))


@pytest.mark.parametrize("name", instance_names())
def test_shipped_files_bear_their_names(name: str) -> None:
    instance = load_instance(name)
    assert instance.name == name
    assert instance.source


def test_all_optional_fields_survive() -> None:
    document = {
        "format": "cmo-instance/1",
        "name": "Zürich №1",
        "time_unit": "hour",
        "sites": 1,
        "operations": ["mix"],
        "orders": [{"id": "ä b", "batches": 2, "due_date": 3.5, "processing_times": [1], "weight": 0.25}],
        "setup_times": [[0.5]],
        "initial_setup_times": [2],
        "start_date": "2027-01-04",
        "source": "by hand",
        "generator": {"parameters": {"set": "none", "deep": [1, {"x": None}]}, "seed": 3},
    }
    assert Instance.from_dict(document).to_dict() == document


def test_defaults_are_written_out_or_left_out() -> None:
    document = two_orders().to_dict()
    assert set(document) == {"format", "name", "time_unit", "sites", "operations", "orders", "cleaning_times"}
    assert document["operations"] == ["seed culture", "main culture", "purification"]
    assert "weight" not in document["orders"][0]
    assert two_orders().w.tolist() == [1, 1]
    assert two_orders().sigma.tolist() == [0, 0]


def test_the_digest_sees_numbers_and_not_their_spelling() -> None:
    base = two_orders()
    same = two_orders(orders=(Order("a", 2, 10.0, (2.0, 3, 1)), Order("b", 1, 8, (1, 2, 4), 1.0)))
    assert same.digest == base.digest
    others = [two_orders(sites=3), two_orders(name="other"), two_orders(initial_setup_times=(0, 1))]
    assert len({base.digest, *(other.digest for other in others)}) == 4


@pytest.mark.parametrize(("value", "kind"), [(3, int), (3.0, int), (3.5, float), (1e300, int), (0.0, int)])
def test_plain_numbers_are_integers_where_they_can_be(value: float, kind: type) -> None:
    assert type(plain(value)) is kind
    assert plain(value) == value


# Symbols.


def test_the_symbols_of_table_1() -> None:
    instance = two_orders()
    assert instance.Q.tolist() == [2, 1]
    assert instance.D.tolist() == [10, 8]
    assert instance.tails.tolist() == [6, 7]
    assert (instance.total_batches, instance.key_count) == (3, 4)
    assert instance.gene_orders.tolist() == [0, 0, 1, -1]
    # a behind a: 2+1, 5-2, 6-5 -> 3; b behind a: 2+1-0, 5+5-1, 6+4-3 -> 9
    # a behind b: 1+1, 3+6-2, 7+3-5 -> 7; b behind b: 1+1, 3-1, 7-3 -> 4
    assert instance.g.tolist() == [[3, 9], [7, 4]]
    assert instance.b.tolist() == [[1, 7], [6, 3]]
    assert instance.integral
    for name in ("Q", "D", "w", "p", "b", "g", "tails", "sigma"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(instance, name)[0] = 1


def earliest_by_simulation(instance: Instance, i: int, j: int) -> float:
    """The least start of a batch of j behind one of i, found by moving it until no equipment is shared."""
    document = instance.to_dict()
    times = [order["processing_times"] for order in document["orders"]]
    cleaning = document["cleaning_times"]["same_order" if i == j else "change"][i]
    step = 0.5
    blocked, clock = [], 0.0
    for o, time in enumerate(times[i]):
        blocked.append(clock + time + cleaning[o])  # until then the equipment is taken or being cleaned
        clock += time
    start = -100.0
    while True:
        clock = start
        arrivals = []
        for time in times[j]:
            arrivals.append(clock)
            clock += time
        if all(arrival >= free for arrival, free in zip(arrivals, blocked, strict=True)):
            return start
        start += step


@given(instances(kinds=("pipeline",), maximum_orders=3))
def test_gaps_are_what_the_equipment_allows(instance: Instance) -> None:
    for i in range(len(instance.orders)):
        for j in range(len(instance.orders)):
            assert instance.g[i, j] == earliest_by_simulation(instance, i, j)


@given(instances(kinds=("pipeline",)))
def test_derived_setup_times_are_never_negative(instance: Instance) -> None:
    same, change = np.array(instance.setup.same_order), np.array(instance.setup.change)
    first = np.repeat(change[:, :1], len(instance.orders), axis=1)
    np.fill_diagonal(first, same[:, 0])
    assert (instance.b >= first).all()
    assert instance.remarks() == [text for text in instance.remarks() if "overlap" not in text]


@given(problems())
def test_the_horizon_bounds_every_completion(problem: tuple[Instance, NDArray[np.float64]]) -> None:
    """It is the end of all batches on one Site, each followed by its longest gap."""
    instance, keys = problem
    worst = instance.sigma.max() + (instance.Q * instance.g.max(axis=1)).sum() + instance.tails.max()
    assert instance.horizon == worst
    one_site = Schedule(instance, [[(o.id, o.batches) for o in instance.orders], *[[]] * (instance.sites - 1)])
    for schedule in (decode(instance, keys), one_site):
        assert schedule.order_completions.max() <= instance.horizon * (1 + 1e-12)


# Dates and names.


def test_what_was_handed_over_may_change_afterwards() -> None:
    rows, operations = [[0, 4], [3, 0]], ["x", "y", "z"]
    instance = two_orders(setup=rows, operations=operations)
    document = instance.to_dict()
    rows[0][1], operations[0] = 99, "w"
    assert instance.to_dict() == document


def test_names_are_listed_by_number() -> None:
    names = instance_names()
    assert names.index("small-2") < names.index("small-5")
    assert {"fig1", "fig3", "small-1", "medium-5", "large-3"} <= set(names)


@pytest.mark.parametrize("name", ["", "absent", "small-0", 5, None, "no/such.json"])
def test_unknown_names_are_refused(name: object) -> None:
    with refused():
        load_instance(name)


@given(st.floats(1e303, 1.7e308))
def test_times_that_overflow_are_refused_without_a_warning(time: float) -> None:
    with np.errstate(all="raise"), pytest.raises(InputError, match="finite number"):
        two_orders(
            setup=((0, time), (time, 0)), orders=(Order("a", 99_000, 1, (time, 0, 0)), Order("b", 999, 1, (0, 0, 0)))
        )


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda instance: pickle.loads(pickle.dumps(instance))])
def test_a_copy_s_arrays_cannot_be_changed_either(copied: Callable[[Instance], Instance]) -> None:
    """Nor are they of another kind, for which all kernels would be compiled once more."""
    instance = load_instance("fig3")
    made = [instance.g, instance.whole.D, instance.tails]
    other = copied(instance)
    assert other.to_dict() == instance.to_dict() and other.digest == instance.digest
    for ours, theirs in zip(made, (other.g, other.whole.D, other.tails), strict=True):
        assert not theirs.flags.writeable and theirs.tolist() == ours.tolist()
