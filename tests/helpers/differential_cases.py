"""Random schedules of random problems of every kind, for ways of evaluating them that must agree."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit import CleaningTimes, Instance, Order
from tests.helpers.enumeration import Sites, cut, merged

KINDS = ("pipeline", "two-valued", "given", "zero", "random")
#: Times are multiples of 1/UNITS: whole, halves, quarters, and tenths, which binary numbers cannot hold.
UNITS = (1, 1, 1, 2, 4, 10)
#: Every so many problems one is larger.
LARGER = 20


class Case(NamedTuple):
    """A schedule: per Site the order of every batch; ``keys`` decode to it, and are None where none can.

    All times and weights of the instance become integers when multiplied by ``unit``; ``traits`` say what is
    special.
    """

    instance: Instance
    sites: Sites
    keys: NDArray[np.float64] | None
    unit: int
    traits: tuple[str, ...]


def random_case(seed: int, number: int, split: bool = False) -> Case:
    """The schedule with this number among those of a seed; with ``split`` some order has two runs on a Site."""
    rng = np.random.default_rng([seed, number, split])
    while True:
        instance, unit = random_instance(rng, KINDS[number % len(KINDS)], number % LARGER == LARGER - 1)
        keys = random_keys(rng, instance)
        # by hand and not by the kit: sort, cut at the Site changes, bring the batches of an order together
        genes = [i for i, Q in enumerate(instance.Q.tolist()) for _ in range(Q)] + [-1] * (instance.sites - 1)
        sites = cut([genes[gene] for gene in sorted(range(len(genes)), key=lambda gene: (keys[gene], gene))])
        if not split:
            sites = merged(sites)
            return Case(instance, sites, keys, unit, traits(instance, sites, unit))
        if sites != merged(sites):
            return Case(instance, sites, None, unit, traits(instance, sites, unit))


def random_instance(rng: np.random.Generator, kind: str, larger: bool) -> tuple[Instance, int]:
    """A problem with setups of a kind, and its unit; small, so that [P] is solved in a moment."""
    count = int(rng.integers(5, 8)) if larger else int(rng.choice([1, 2, 2, 3, 3, 3, 4, 4]))
    most, unit = (14 if larger else 8), int(rng.choice(UNITS))
    Q = np.ones(count, dtype=int)
    if rng.random() < 0.8:
        Q += rng.multinomial(int(rng.integers(0, most - count + 1)), np.full(count, 1 / count))

    def times(shape: tuple[int, ...], least: int, greatest: int) -> list:
        drawn = rng.integers(least * unit, greatest * unit, shape, endpoint=True)
        return (drawn / unit if unit > 1 else drawn).tolist()

    operations = int(rng.integers(1, 5))
    processing = times((count, operations), 0, 6)
    setup: CleaningTimes | tuple[tuple[float, ...], ...]
    if kind == "pipeline":
        same, change = times((count, operations), 0, 2), times((count, operations), 0, 9)
        setup = CleaningTimes(tuple(map(tuple, same)), tuple(map(tuple, change)))
    elif kind == "two-valued":
        low, high = sorted(times((2,), 0, 9))
        setup = tuple(tuple(low if i == j else high for j in range(count)) for i in range(count))
    elif kind == "given":
        rows = times((count, count), 2, 4)
        setup = tuple(tuple(0 if i == j else time for j, time in enumerate(row)) for i, row in enumerate(rows))
    else:
        setup = tuple(map(tuple, times((count, count), 0, 0 if kind == "zero" else 12)))
    due = times((count,), 0, 30)
    if rng.random() < 0.15:
        due = [time + 1000 for time in due]
    if rng.random() < 0.3:  # twins, and all due on one day
        processing, due = [processing[0]] * count, [due[0]] * count
    weights = (rng.integers(0, 4 * unit, count) / unit).tolist() if rng.random() < 0.35 else [1] * count
    initial = tuple(times((count,), 0, 15)) if rng.random() < 0.35 else None
    instance = Instance(
        name="drawn",
        sites=int(rng.choice([1, 2, 2, 3, 4])),
        orders=tuple(
            Order(f"o{i}", int(Q[i]), due[i], tuple(processing[i]), weights[i] or 1 if count == 1 else weights[i])
            for i in range(count)
        ),
        setup=setup,
        operations=tuple(f"operation {o + 1}" for o in range(operations)),
        initial_setup_times=initial,
    )
    return instance, unit


def random_keys(rng: np.random.Generator, instance: Instance) -> NDArray[np.float64]:
    """Keys of one chromosome: anywhere, tied, or all batches on the last Site or on the first one."""
    keys, kind = rng.random(instance.key_count), rng.random()
    if kind < 0.2:
        keys = rng.integers(0, 4, instance.key_count) / 3
    elif kind < 0.3:
        keys[instance.total_batches :] = float(rng.integers(0, 2))
    return keys


def traits(instance: Instance, sites: Sites, unit: int) -> tuple[str, ...]:
    """What is special about a schedule and its problem."""
    due = instance.D.tolist()
    found = {
        "pipeline gaps": isinstance(instance.setup, CleaningTimes),
        "gaps of 0": bool((instance.g == 0).any()),
        "fractions": unit > 1,
        "weights": instance.weighted,
        "weights of 0": bool((instance.w == 0).any()),
        "initial setups": instance.initial_setup_times is not None,
        "equal due dates": len(set(due)) < len(due),
        "an empty Site": not all(sites),
        "one Site": instance.sites == 1,
        "one batch each": bool((instance.Q == 1).all()),
        "one order": len(due) == 1,
        "due dates beyond everything": min(due) >= 1000,
        "one run is not enough": instance.one_run_failure is not None,
        "larger": len(due) > 4,
    }
    return tuple(name for name, there in found.items() if there)
