"""Random schedules of random problems of every kind, for ways of evaluating them that must agree."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit import CleaningTimes, Instance
from tests.helpers.enumeration import Sites, cut, merged
from tests.helpers.strategies import KINDS, draws_of, make_instance

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
    draw, unit = draws_of(rng), int(rng.choice(UNITS))
    orders = draw(5, 7) if larger else int(rng.choice([1, 2, 2, 3, 3, 3, 4, 4]))
    first_day = 1000 if rng.random() < 0.15 else 0
    instance = make_instance(
        draw, kind, orders=orders, batches=14 if larger else 8, sites=int(rng.choice([1, 2, 2, 3, 4])), unit=unit,
        due=(first_day, first_day + 30),
    )  # fmt: skip
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
