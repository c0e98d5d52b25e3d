"""The paper's wishes as methods: each idea is the paper's genetic algorithm with one thing exchanged.

The paper ends by naming a more efficient chromosome and good initial solutions as ways out. The ideas here
switch them on one by one; the biased random-key algorithm and ``search`` are what one may do next. All
run to the end of their budget: nothing stops for lack of progress.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown
from cmo_kit.codings.brkga import brkga
from cmo_kit.codings.initial import K1, K2, initial_keys, sites_grid
from cmo_kit.codings.variants import initial_compact_keys, make_coding
from cmo_kit.core.genetic import default_population_size, genetic_algorithm
from cmo_kit.core.instance import Instance, Order
from cmo_kit.core.outcome import Outcome
from cmo_kit.fast import compiled_evaluation
from cmo_kit.search import search, warm_up


@dataclass(frozen=True)
class Budget:
    """What a run may spend: wall-clock seconds, or evaluated schedules; None is no limit."""

    seconds: float | None
    evaluations: int | None

    def less(self, seconds: float, evaluations: int) -> dict[str, Any]:
        """The limits of a method after something has been spent; at least one evaluation is left."""
        left = None if self.evaluations is None else max(1, self.evaluations - evaluations)
        return {"seconds": None if self.seconds is None else max(0.0, self.seconds - seconds), "evaluations": left}


def paper(instance: Instance, rng: np.random.Generator, budget: Budget) -> Outcome:
    """The paper's algorithm as it is."""
    evaluate = compiled_evaluation(instance)
    return genetic_algorithm(instance, rng, evaluate=evaluate, patience=None, **budget.less(0, 0))


def paper_initial(instance: Instance, rng: np.random.Generator, budget: Budget) -> Outcome:
    """The paper's algorithm begins with three good schedules; making them counts."""
    evaluate = compiled_evaluation(instance)
    began = time.perf_counter()
    initial = initial_keys(instance)
    spent = len(K1) * len(K2) * len(sites_grid(instance)) + 2  # the grid of ATCS and the two rules by due date
    left = budget.less(time.perf_counter() - began, spent)
    outcome = genetic_algorithm(instance, rng, evaluate=evaluate, patience=None, initial=initial, **left)
    return replace(outcome, evaluations=outcome.evaluations + spent)


def paper_canonical(instance: Instance, rng: np.random.Generator, budget: Budget) -> Outcome:
    """The paper's algorithm rewrites every chromosome as the canonical code of its schedule."""
    from cmo_kit.codings.recoding import recoding_evaluation

    evaluate = recoding_evaluation(instance)
    return genetic_algorithm(instance, rng, evaluate=evaluate, patience=None, **budget.less(0, 0))


def paper_compact(instance: Instance, rng: np.random.Generator, budget: Budget, seeded: bool = False) -> Outcome:
    """The paper's algorithm on two keys per order; ``seeded`` begins with good schedules.

    The algorithm sees nothing of an instance but the length of its chromosome, so a stand-in with as many
    keys as the compact chromosome runs it unchanged.
    """
    coding = make_coding(instance, "compact")
    orders = tuple(Order(str(k), 1, 0, (0,)) for k in range(coding.length))
    stand_in = Instance("stand-in", 1, orders, ((0,) * coding.length,) * coding.length, operations=("none",))
    began = time.perf_counter()
    outcome = genetic_algorithm(
        stand_in,
        rng,
        evaluate=coding.evaluate,
        patience=None,
        initial=initial_compact_keys(instance) if seeded else None,
        population_size=default_population_size(instance),
        **budget.less(time.perf_counter() - began, 0),
    )
    return replace(outcome, schedule=coding.decode(outcome.details["keys"]))


def biased(instance: Instance, rng: np.random.Generator, budget: Budget, **parameters: Any) -> Outcome:
    """The biased random-key algorithm."""
    return brkga(instance, rng, patience=None, **parameters, **budget.less(0, 0))


def annealing(instance: Instance, rng: np.random.Generator, budget: Budget) -> Outcome:
    """``search`` with one thread; an evaluation is a tried move, which looks at one or two Sites only."""
    return search(instance, rng, chains=1, workers=1, **budget.less(0, 0))


#: Name -> method, in the order in which the pictures show them.
IDEAS: dict[str, Callable[[Instance, np.random.Generator, Budget], Outcome]] = {
    "paper's GA": paper,
    "GA, initial solutions": paper_initial,
    "GA, canonical codes": paper_canonical,
    "GA, compact": paper_compact,
    "GA, compact, initial solutions": partial(paper_compact, seeded=True),
    "BRKGA": partial(biased, coding="batches"),
    "BRKGA, canonical elite": partial(biased, coding="batches", canonical_elite=True),
    "BRKGA, compact": partial(biased, coding="compact"),
    "BRKGA, compact, initial solutions": partial(biased, coding="compact", seeded=True),
    "search": annealing,
}


def run_idea(name: str, instance: Instance, seed: int, budget: Budget) -> Outcome:
    """Run an idea; with a budget of evaluations alone, the seed decides everything.

    Raises
    ------
    InputError
        For an unknown name, or a budget without any limit.
    """
    if name not in IDEAS:
        raise InputError(f"the idea is {shown(name)}; it must be one of {', '.join(IDEAS)}")
    if budget.seconds is None and budget.evaluations is None:
        raise InputError("the budget is empty; it must limit seconds or evaluations")
    return IDEAS[name](instance, np.random.default_rng(seed), budget)


def load_compiled(instance: Instance) -> None:
    """Load, or compile, all that the ideas need, so that no clock has to count it."""
    warm_up()
    for name in IDEAS:
        if name != "search":
            run_idea(name, instance, 0, Budget(None, 100))
