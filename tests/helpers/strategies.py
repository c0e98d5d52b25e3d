"""Random problems of every kind and keys with every kind of tie, for hypothesis and for seeded loops."""

import hypothesis.strategies as st
import numpy as np
from numpy.typing import NDArray

from cmo_kit import CleaningTimes, Instance, Order

KINDS = ("pipeline", "given", "two-valued", "zero setups", "random")


@st.composite
def instances(
    draw: st.DrawFn,
    *,
    maximum_orders: int = 5,
    maximum_batches: int = 4,
    maximum_sites: int = 5,
    kinds: tuple[str, ...] = KINDS,
    halves: bool | None = None,
) -> Instance:
    """A problem: setups given or from the pipeline, weights, initial setups, halves of days, one Site or too many."""
    count = draw(st.integers(1, maximum_orders))
    operations = draw(st.integers(1, 4))
    unit = 2 if (draw(st.booleans()) if halves is None else halves) else 1

    def times(length: int, largest: int) -> tuple[float, ...]:
        drawn = draw(st.lists(st.integers(0, largest * unit), min_size=length, max_size=length))
        return tuple(time / unit for time in drawn) if unit > 1 else tuple(drawn)

    processing = [times(operations, 9) for _ in range(count)]
    kind = draw(st.sampled_from(kinds))
    setup: CleaningTimes | tuple[tuple[float, ...], ...]
    if kind == "pipeline":
        tables = [tuple(times(operations, largest) for _ in range(count)) for largest in (3, 12)]
        setup = CleaningTimes(*tables)
    elif kind == "two-valued":
        same, other = sorted(times(2, 12))
        setup = tuple(tuple(same if i == j else other for j in range(count)) for i in range(count))
    elif kind == "zero setups":
        setup = tuple((0,) * count for _ in range(count))
    else:
        setup = tuple(times(count, 12 if kind == "random" else 4) for _ in range(count))
    weights = draw(st.sampled_from([(1,), (1,), (1, 2, 3), (0, 0.5, 4)]))
    return Instance(
        name="drawn",
        sites=draw(st.integers(1, maximum_sites)),
        orders=tuple(
            Order(
                f"o{i}",
                draw(st.integers(1, maximum_batches)),
                times(1, 40)[0],
                processing[i],
                draw(st.sampled_from(weights)),
            )
            for i in range(count)
        ),
        setup=setup,
        operations=tuple(f"operation {o + 1}" for o in range(operations)),
        initial_setup_times=times(count, 15) if draw(st.booleans()) else None,
    )


@st.composite
def keys_for(draw: st.DrawFn, instance: Instance) -> NDArray[np.float64]:
    """Keys of one chromosome: random, tied, at the ends of 0..1, all equal, Site changes first or last."""
    n, batches = instance.key_count, instance.total_batches
    kind = draw(st.sampled_from(["random", "quantised", "ends", "equal", "changes first", "changes last"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    keys = rng.random(n)
    if kind == "quantised":
        keys = rng.integers(0, 4, n) / 3
    elif kind == "ends":
        keys = rng.integers(0, 2, n).astype(float)
    elif kind == "equal":
        keys = np.full(n, draw(st.sampled_from([0.0, 0.5, 1.0])))
    elif kind == "changes first":
        keys[:batches], keys[batches:] = 0.5 + keys[:batches] / 2, 0.0
    elif kind == "changes last":
        keys[:batches], keys[batches:] = keys[:batches] / 2, 1.0
    return keys


@st.composite
def problems(draw: st.DrawFn, **limits: object) -> tuple[Instance, NDArray[np.float64]]:
    """An instance and one chromosome of it."""
    instance = draw(instances(**limits))  # type: ignore[arg-type]
    return instance, draw(keys_for(instance))


def tiny_instance(seed: int) -> Instance:
    """A problem so small that all its schedules can be listed; the kinds take turns with the seed.

    Two or three orders, at most five batches, one to three Sites; due dates early enough that most optima are
    positive. Every second instance has weights or initial setups, and every fifth one has setups
    without any structure, for which splitting an order can pay.
    """
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 4))
    sites = int(rng.choice([1, 2, 2, 3]))
    most = 5 if sites < 3 else 4
    batches = [1] * count
    for _ in range(int(rng.integers(0, most - count + 1))):
        batches[int(rng.integers(count))] += 1
    kind = KINDS[seed % len(KINDS)]
    unit = 0.5 if rng.random() < 0.25 else 1

    def times(shape: tuple[int, ...], low: int, high: int) -> list:
        drawn = rng.integers(low, high, shape, endpoint=True)
        return (drawn * unit if unit != 1 else drawn).tolist()

    processing = times((count, 3), 0, 5)
    if rng.random() < 0.3:
        processing[1] = processing[0]
    setup: CleaningTimes | tuple[tuple[float, ...], ...]
    if kind == "pipeline":
        same, change = times((count, 3), 0, 2), times((count, 3), 0, 9)
        setup = CleaningTimes(tuple(map(tuple, same)), tuple(map(tuple, change)))
    elif kind == "two-valued":
        low, high = sorted(times((2,), 0, 9))
        setup = tuple(tuple(low if i == j else high for j in range(count)) for i in range(count))
    elif kind == "zero setups":
        setup = tuple((0,) * count for _ in range(count))
    elif kind == "given":
        setup = tuple(tuple(0 if i == j else time for j, time in enumerate(row))
                      for i, row in enumerate(times((count, count), 2, 4)))  # fmt: skip
    else:
        setup = tuple(map(tuple, times((count, count), 0, 12)))
    due = times((count,), 2, 26 if rng.random() < 0.5 else 16)
    if rng.random() < 0.3:
        due[1] = due[0]
    weights = rng.integers(0, 4, count).tolist() if rng.random() < 0.3 else [1] * count
    initial = tuple(times((count,), 0, 12)) if rng.random() < 0.3 else None
    return Instance(
        name=f"random-{seed}",
        sites=sites,
        orders=tuple(Order(str(i + 1), batches[i], due[i], tuple(processing[i]), weights[i]) for i in range(count)),
        setup=setup,
        initial_setup_times=initial,
    )
