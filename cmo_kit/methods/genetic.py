"""The genetic algorithm with parts by name or of one's own, which are checked: what ``"ga"`` is for :func:`solve`."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cmo_kit.base.arrays import Keys
from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Progress
from cmo_kit.core import chromosome, genetic
from cmo_kit.core.genetic import Decode, Evaluate, Generation
from cmo_kit.core.instance import Instance
from cmo_kit.core.operators import Crossover, Mutation, Replacement, Selection, uniform_crossover
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule
from cmo_kit.methods.parts import part


def genetic_algorithm(
    instance: Instance, rng: np.random.Generator, *, seconds: float | None = 3600, evaluations: int | None = None,
    progress: Progress | None = None, evaluate: Evaluate | None = None,
    compiled_operators: Mapping[Callable[..., Any], Callable[..., Any]] = MappingProxyType({}),
    initial: ArrayLike | None = None, population_size: int | None = None, crossover_probability: float = 0.9,
    mutation_probability: float = 0.5, selection: str | Selection | None = None,
    crossover: str | Crossover = uniform_crossover, mutation: str | Mutation = "one_gene",
    elitism: str | Replacement = "replace_worst", w: float = 1, decode: Decode = chromosome.decode,
    repair: Callable[[Keys], None] | None = None, on_generation: Callable[[Generation], object] | None = None,
    patience: int | None = 100, generations: int | None = None, target: float = 0,
) -> Outcome:  # fmt: skip
    """Run the paper's genetic algorithm (Sections 4.2 and 4.3), or one with other parts.

    Parameters
    ----------
    instance, rng, seconds, evaluations, generations, patience, target, progress, on_generation
        As :func:`cmo_kit.core.genetic.genetic_algorithm` explains them, and so are those that follow.
    initial, population_size, crossover_probability, mutation_probability, w, evaluate, decode, repair
        What a function gives that is handed over is checked when it is used first.
    compiled_operators : mapping
        What stands for the kit's own operators, by the operator (:mod:`cmo_kit.fast.operators`): it changes nothing but
        the time that a run takes.
    selection : {"roulette", "tournament", "rank"} or callable
        The paper's wheel on equation (16), the better of two drawn chromosomes, or a wheel on ranks.
    crossover : {"uniform", "one_point", "two_point"} or callable
        The paper's, or those that it names as usual beside it (:mod:`cmo_kit.codings.operators`).
    mutation : {"one_gene", "each_gene", "exchange"} or callable
        Whose probability the mutation probability is: a chromosome's, one gene of which then gets a
        new key, or each gene's. The paper leaves it open. Or two genes of a chromosome swap their keys.
    elitism : {"replace_worst", "replace_random", "none"} or callable
        Children replace their parents; then the best chromosome so far takes the place of the worst
        child, of a random one, or of none. The paper leaves it open.

    Returns
    -------
    Outcome
        When a function of one's own raises, what stood until then, with status ``stopped``, and ``trouble`` in
        ``details`` says in a sentence what happened.

    Raises
    ------
    InputError
        For a parameter that breaks its rule, and a function of one's own that breaks it when it is used first.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> genetic_algorithm(load_instance("fig3"), rng, generations=9, mutation="each_gene").schedule.total_tardiness
    12.0
    """
    troubles = list[str]()
    own = partial(part, troubles=troubles)
    selection = "roulette" if selection is None else selection
    chosen = own(selection, "selection"), own(crossover, "crossover"), own(mutation, "mutation")
    select, cross, mutate = (compiled_operators.get(operator, operator) for operator in chosen)
    decode, least = own(decode, "decode"), np.inf
    evaluated = own(evaluate, "evaluate") if evaluate else genetic.readable_evaluation(instance, decode)

    def watched(population: Keys) -> Any:
        nonlocal least
        tardiness, schedules = evaluated(population)
        if least == np.inf and (other := _another_schedule(decode(instance, population[0]), tardiness[0])):
            raise InputError(other)
        least = min(least, float(tardiness.min()))
        return tardiness, schedules

    outcome = genetic.genetic_algorithm(
        instance, rng, seconds=seconds, evaluations=evaluations, progress=progress and own(progress, "progress"),
        evaluate=watched, initial=initial, population_size=population_size,
        crossover_probability=crossover_probability, mutation_probability=mutation_probability,
        selection=partial(select, w=w) if selection == "roulette" else select, crossover=cross, mutation=mutate,
        elitism=own(elitism, "elitism"), w=w, decode=decode, repair=repair and own(repair, "repair"),
        on_generation=on_generation and own(on_generation, "on_generation"),
        patience=patience, generations=generations, target=target,
    )  # fmt: skip
    assert outcome.schedule is not None  # decode always makes one
    if least < np.inf and (other := _another_schedule(outcome.schedule, least)):
        troubles.append(other)
    return replace(outcome, details={**outcome.details, "trouble": troubles[0]}) if troubles else outcome


def _another_schedule(schedule: Schedule, tardiness: float) -> str:
    """A sentence where the schedule of a chromosome is not the one that was evaluated; empty where it is."""
    if np.isclose(schedule.total_tardiness, tardiness, rtol=1e-9, atol=1e-9):
        return ""
    return (
        f"evaluate gives {tardiness:.10g} for a chromosome whose schedule by decode has "
        f"{schedule.total_tardiness:.10g}; evaluate and decode must belong together"
    )
