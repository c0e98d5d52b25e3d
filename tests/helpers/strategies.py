"""Random problems of every kind and keys with every kind of tie, for hypothesis and for seeded loops."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import numpy as np
from numpy.typing import NDArray

from cmo_kit import CleaningTimes, Instance, Order, generate_instance

KINDS = ("pipeline", "given", "two-valued", "zero setups", "random")
#: Draws an integer between two ends, both included; hypothesis shrinks it towards the first.
Draw = Callable[[int, int], int]
#: No solver gets anywhere with [P] of it in a second.
LIMITED = generate_instance("small", 1, orders=8, sites=2, batches=[2, 2], due_date=[5, 20])


def draws_of(rng: np.random.Generator) -> Draw:
    """Integers from a generator."""
    return lambda low, high: int(rng.integers(low, high, endpoint=True))


def make_instance(
    draw: Draw,
    kind: str,
    *,
    orders: int,
    batches: int,
    sites: int,
    unit: int = 1,
    due: tuple[int, int] = (0, 30),
    operations: tuple[int, int] = (1, 4),
    name: str = "drawn",
) -> Instance:
    """A problem with setups of a kind; at times with twins, weights, initial setups, one due date for all.

    ``batches`` are the most in all; times are multiples of 1/``unit``. The kinds are :data:`KINDS`; ``generator``, a
    pipeline with processing times like Table 2's; and ``washing``, setups that are there or not.
    """

    def times(length: int, least: int, greatest: int) -> tuple[float, ...]:
        drawn = [draw(least * unit, greatest * unit) for _ in range(length)]
        return tuple(time / unit for time in drawn) if unit > 1 else tuple(drawn)

    def rarely() -> bool:
        return draw(0, 2) == 2

    Q, spare = [1] * orders, batches - orders if draw(0, 4) else 0
    for i in range(orders):
        Q[i] += draw(0, spare)
        spare -= Q[i] - 1
    steps = 3 if kind == "generator" else draw(*operations)
    processing = [times(steps, 0, 6) for _ in range(orders)]
    setup: CleaningTimes | tuple[tuple[float, ...], ...]
    if kind in ("pipeline", "generator"):
        if kind == "generator":
            processing = [times(1, 1, 3) + times(1, 2, 3) + times(1, 1, 2) for _ in range(orders)]
        setup = CleaningTimes(*(tuple(times(steps, 0, most) for _ in range(orders)) for most in (2, 9)))
    elif kind == "two-valued":
        same, other = sorted(times(2, 0, 12))
        setup = tuple(tuple(same if i == j else other for j in range(orders)) for i in range(orders))
    elif kind == "given":
        rows = [times(orders, 2, 4) for _ in range(orders)]
        setup = tuple(tuple(0 if i == j else time for j, time in enumerate(row)) for i, row in enumerate(rows))
    elif kind == "washing":
        setup = tuple(tuple(12 * draw(0, 1) for _ in range(orders)) for _ in range(orders))
    else:
        setup = tuple(times(orders, 0, 0 if kind == "zero setups" else 12) for _ in range(orders))
    days = times(orders, *due)
    if rarely():
        processing[1:2] = processing[:1] * (orders > 1)
    if rarely():
        days = days[:1] * orders
    # Two places: a seed's thirds were drawn so, and programs that attack the kit name their problems by seed.
    weights = [round(weight, 2) for weight in times(orders, 0, 3)] if rarely() else [1] * orders
    return Instance(
        name=name,
        sites=sites,
        orders=tuple(
            Order(f"o{i}", Q[i], days[i], processing[i], weights[i] if orders > 1 else weights[i] or 1)
            for i in range(orders)
        ),
        setup=setup,
        operations=tuple(f"operation {o + 1}" for o in range(steps)),
        initial_setup_times=times(orders, 0, 15) if rarely() else None,
    )


@st.composite
def instances(
    draw: st.DrawFn,
    *,
    maximum_orders: int = 5,
    maximum_batches: int = 4,
    maximum_sites: int = 5,
    kinds: tuple[str, ...] = KINDS,
) -> Instance:
    """A problem of some orders with ``maximum_batches`` each on average, in days or halves, on one Site or too many."""

    def whole(low: int, high: int) -> int:
        return draw(st.integers(low, high))

    orders, kind = whole(1, maximum_orders), draw(st.sampled_from(kinds))
    most = orders * maximum_batches
    return make_instance(
        whole, kind, orders=orders, batches=most, sites=whole(1, maximum_sites), unit=whole(1, 2), due=(0, 40)
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
    positive.
    """
    draw = draws_of(np.random.default_rng(seed))
    sites, due = (1, 2, 2, 3)[draw(0, 3)], (2, (16, 26)[draw(0, 1)])
    return make_instance(
        draw, KINDS[seed % len(KINDS)], orders=draw(2, 3), batches=5 if sites < 3 else 4, sites=sites,
        unit=(1, 1, 1, 2)[draw(0, 3)], due=due, operations=(3, 3), name=f"random-{seed}",
    )  # fmt: skip


def late_instance(seed: int) -> Instance:
    """A tiny problem of which some orders, or all, are late already; in tenths for some seeds."""
    rng, instance = np.random.default_rng([seed, 7]), tiny_instance(seed)
    past = rng.choice([0, 5, 40, 1000], len(instance.orders)) + (0.1 if seed % 4 == 0 else 0)
    orders = (replace(o, due_date=round(o.due_date - float(t), 6)) for o, t in zip(instance.orders, past, strict=True))
    return replace(instance, orders=tuple(orders))


def with_times(
    instance: Instance, change: Callable[[float], float], weight: Callable[[float], float] = lambda value: value
) -> Instance:
    """The same problem with all its times changed, and its weights too."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: changed(entry) for key, entry in value.items()}
        return [changed(entry) for entry in value] if isinstance(value, list) else change(value)

    document = instance.to_dict()
    for order in document["orders"]:
        order |= {name: changed(order[name]) for name in ("due_date", "processing_times")}
        order["weight"] = weight(order.get("weight", 1))
    tables = {"setup_times", "cleaning_times", "initial_setup_times"} & set(document)
    return Instance.from_dict(document | {name: changed(document[name]) for name in tables})
