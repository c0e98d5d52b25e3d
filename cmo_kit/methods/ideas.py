"""The paper's wishes as methods: each idea is the paper's genetic algorithm with one thing exchanged.

The paper ends by naming a more efficient chromosome and good initial solutions as ways out. The ideas here
switch them on one by one; the biased random-key algorithm and ``search`` are what one may do next. All
run to the end of their limits, ``seconds`` or ``evaluations``: nothing stops for lack of progress.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Limits
from cmo_kit.base.values import shown
from cmo_kit.codings.brkga import brkga
from cmo_kit.codings.compact import decode_compact
from cmo_kit.codings.initial import K1, K2, initial_compact_keys, initial_keys, sites_grid
from cmo_kit.codings.kernels import evaluate_compact, recode
from cmo_kit.core.genetic import default_population_size
from cmo_kit.core.instance import Instance, Order
from cmo_kit.core.outcome import Outcome
from cmo_kit.fast import compiled_evaluation
from cmo_kit.fast.operators import compiled_operators
from cmo_kit.methods.genetic import genetic_algorithm
from cmo_kit.search import search, warm_up

Rng = np.random.Generator
Limit = float | None


def paper(instance: Instance, rng: Rng, **others: Any) -> Outcome:
    """The paper's algorithm as it is, but for ``others`` of its parameters."""
    return genetic_algorithm(
        instance,
        rng,
        evaluate=compiled_evaluation(instance),
        compiled_operators=compiled_operators(),
        patience=None,
        **others,
    )


def paper_initial(instance: Instance, rng: Rng, *, seconds: Limit = None, evaluations: int | None = None) -> Outcome:
    """The paper's algorithm begins with three good schedules; making them counts."""
    clock = Limits(seconds)
    initial = initial_keys(instance)
    spent = len(K1) * len(K2) * len(sites_grid(instance)) + 2  # the grid of ATCS and the two rules by due date
    left = None if evaluations is None else max(1, evaluations - spent)
    outcome = paper(instance, rng, initial=initial, seconds=max(0.0, clock.seconds_left), evaluations=left)
    return replace(outcome, evaluations=outcome.evaluations + spent)


def paper_canonical(instance: Instance, rng: Rng, **limits: Any) -> Outcome:
    """The paper's algorithm rewrites every chromosome as the canonical code of its schedule."""
    return paper(instance, rng, repair=partial(recode, instance), **limits)


def paper_compact(
    instance: Instance, rng: Rng, *, seeded: bool = False, seconds: Limit = None, evaluations: int | None = None
) -> Outcome:
    """The paper's algorithm on two keys per order; ``seeded`` begins with good schedules.

    The algorithm sees nothing of an instance but the length of its chromosome, so a stand-in with as many
    keys as the compact chromosome runs it unchanged.
    """
    length = 2 * len(instance.orders)
    orders = tuple(Order(str(k), 1, 0, (0,)) for k in range(length))
    stand_in = Instance("stand-in", 1, orders, ((0,) * length,) * length, operations=("none",))
    clock = Limits(seconds)
    initial = initial_compact_keys(instance) if seeded else None
    return genetic_algorithm(
        stand_in,
        rng,
        evaluate=partial(evaluate_compact, instance),
        decode=lambda _, keys: decode_compact(instance, keys),
        compiled_operators=compiled_operators(),
        patience=None,
        initial=initial,
        population_size=default_population_size(instance),
        seconds=max(0.0, clock.seconds_left),
        evaluations=evaluations,
    )


#: Name -> method, in the order in which the pictures show them. An evaluation of ``search``, with its one thread, is
#: a tried move, which looks at one or two Sites only.
IDEAS: dict[str, Callable[..., Outcome]] = {
    "paper's GA": paper,
    "GA, initial solutions": paper_initial,
    "GA, canonical codes": paper_canonical,
    "GA, compact": paper_compact,
    "GA, compact, initial solutions": partial(paper_compact, seeded=True),
    "BRKGA": partial(brkga, patience=None, coding="batches"),
    "BRKGA, canonical elite": partial(brkga, patience=None, coding="batches", canonical_elite=True),
    "BRKGA, compact": partial(brkga, patience=None, coding="compact"),
    "BRKGA, compact, initial solutions": partial(brkga, patience=None, coding="compact", seeded=True),
    "search": partial(search, chains=1, workers=1),
}


def run_idea(
    name: str, instance: Instance, seed: int, seconds: float | None = None, evaluations: int | None = None
) -> Outcome:
    """Run an idea for ``seconds`` of wall clock, or for so many evaluations, with which the seed decides everything.

    Raises
    ------
    InputError
        For an unknown name, or without any limit.
    """
    if name not in IDEAS:
        raise InputError(f"the idea is {shown(name)}; it must be one of {', '.join(IDEAS)}")
    if seconds is None and evaluations is None:
        raise InputError("the run has no end; it must have a limit in seconds or evaluations")
    return IDEAS[name](instance, np.random.default_rng(seed), seconds=seconds, evaluations=evaluations)


def load_compiled(instance: Instance) -> None:
    """Load, or compile, all that the ideas need, so that no clock has to count it."""
    warm_up()
    for name in IDEAS:
        if name != "search":
            run_idea(name, instance, 0, evaluations=100)
