"""The compiled decoder against the readable one: the same numbers, to the last bit."""

import subprocess
import sys

import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from cmo_kit.core.chromosome import decode
from cmo_kit.core.instance import Instance, Order
from cmo_kit.fast import FastDecoder

MAXIMUM_ORDERS = 6


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """Small problems with every corner: one Site, one batch, weights, initial setups, fractions of days."""
    orders = draw(st.integers(1, MAXIMUM_ORDERS))
    if draw(st.booleans()):
        time: st.SearchStrategy[float] = st.integers(0, 20)
    else:
        time = st.one_of(st.floats(0, 30), st.sampled_from([0.1, 0.2, 0.3, 1 / 3]))
    operations = draw(st.integers(1, 3))

    def times(count: int) -> tuple[float, ...]:
        return tuple(draw(st.lists(time, min_size=count, max_size=count)))

    def order(index: int) -> Order:
        weight = draw(st.sampled_from([1, 1, 2, 0, 0.1, 1.7]))
        return Order(str(index), draw(st.integers(1, 5)), draw(time), times(operations), weight)

    return Instance(
        name="drawn",
        sites=draw(st.integers(1, 5)),
        orders=tuple(order(index) for index in range(orders)),
        setup=tuple(times(orders) for _ in range(orders)),
        operations=tuple(f"operation {o}" for o in range(operations)),
        initial_setup_times=times(orders) if draw(st.booleans()) else None,
    )


@st.composite
def problems(draw: st.DrawFn) -> tuple[Instance, np.ndarray]:
    """An instance and a population whose keys tie often, or never, or lie next to each other."""
    instance = draw(instances())
    e = draw(st.sampled_from([1, 2, 3, 15, 16, 17, 33]))
    shape = (e, instance.key_count)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(["uniform", "uniform", "quantised", "corners", "neighbours", "mixed"]))
    keys = rng.random(shape)
    if kind == "quantised":
        keys = rng.integers(0, 5, shape) / 4
    elif kind == "corners":
        keys = rng.choice([0.0, -0.0, 1.0, 5e-324, np.nextafter(1, 0)], shape)
    elif kind == "neighbours":
        keys = 0.5 + rng.integers(0, 4, shape) * 2.0**-53
    elif kind == "mixed":
        keys = np.where(rng.random(shape) < 0.1, rng.choice([0.0, 0.5, 1.0], shape), keys)
    return instance, keys


def relabelled(instance: Instance, keys: np.ndarray) -> tuple[object, ...]:
    """The decoded schedule without the numbering of its Sites."""
    return tuple(sorted(decode(instance, keys).sites))


@settings(deadline=None, max_examples=150)
@given(problems())
def test_total_tardiness_is_core_s_to_the_last_bit(problem: tuple[Instance, np.ndarray]) -> None:
    """Compiled and readable decoder agree exactly, whatever the instance and the keys."""
    instance, population = problem
    expected = [decode(instance, keys).total_tardiness for keys in population]
    np.testing.assert_array_equal(FastDecoder(instance).total_tardiness(population), expected)


@settings(deadline=None, max_examples=80)
@given(problems())
def test_fingerprints_are_equal_exactly_for_equal_schedules(problem: tuple[Instance, np.ndarray]) -> None:
    """Two chromosomes have one fingerprint if and only if their schedules differ by the numbering of Sites alone."""
    instance, population = problem
    fingerprints = FastDecoder(instance).evaluate(population)[1]
    schedules = [relabelled(instance, keys) for keys in population]
    by_schedule: dict[object, int] = {}
    for schedule, fingerprint in zip(schedules, fingerprints.tolist(), strict=True):
        assert by_schedule.setdefault(schedule, fingerprint) == fingerprint
    assert len(set(by_schedule.values())) == len(by_schedule)


def test_import_loads_no_compiler() -> None:
    """Importing the part and preparing a decoder leaves numba alone until the first population."""
    program = "import sys, cmo_kit.fast; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
