"""The nearest published method, rebuilt: annealing and a genetic algorithm on permutations.

Kim, Song & Jeong 2020 compare six annealings and six genetic algorithms, two encodings with three decodings each, on
identical parallel machines with split jobs and setups. The details are not openly published, so this is a
reconstruction: the codings are those of :mod:`cmo_kit.codings.sequences`, and the algorithms are textbook ones. What
they reach says how methods of this kind do, not how the published ones did.
"""

import math
from functools import cache

import numpy as np

from cmo_kit.base.arrays import Integers
from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Limits, Progress
from cmo_kit.base.values import check_integer, check_number
from cmo_kit.codings.operators import tournament_selection
from cmo_kit.codings.sequences import Sequences
from cmo_kit.core.instance import Instance, Order
from cmo_kit.core.outcome import Outcome

#: How long an annealing without any limit runs, which cools down by the share of its limit that is used.
SECONDS = 10.0
#: So many evaluations pass between two calls of an annealing's progress.
TOLD = 100


def neighbour(sequence: Integers, rng: np.random.Generator) -> Integers:
    """The sequence with two items exchanged or, as often, with one item moved elsewhere."""
    a, b = rng.integers(len(sequence), size=2).tolist()
    other = sequence.copy()
    if rng.random() < 0.5:
        other[a], other[b] = sequence[b], sequence[a]
    elif a < b:
        other[a:b], other[b] = sequence[a + 1 : b + 1], sequence[a]
    else:
        other[b + 1 : a + 1], other[b] = sequence[b:a], sequence[a]
    return other


def order_crossover(first: Integers, second: Integers, rng: np.random.Generator) -> Integers:
    """A child with a random stretch of the first parent in its place, and the rest as the second parent has it."""
    begin, end = np.sort(rng.integers(len(first) + 1, size=2))
    kept = first[begin:end]
    taken = np.zeros(len(first), np.bool_)
    taken[kept] = True
    rest = second[~taken[second]]
    return np.concatenate([rest[:begin], kept, rest[begin:]])


def sequence_sa(
    instance: Instance,
    rng: np.random.Generator,
    *,
    seconds: float | None = None,
    evaluations: int | None = None,
    progress: Progress | None = None,
    encoding: str = "orders",
    decoding: str = "whole",
    parts: int = 2,
    start_temperature: float = 1.0,
    end_temperature: float = 0.02,
) -> Outcome:
    """Annealing on a permutation, from the orders by due date.

    Parameters
    ----------
    instance : Instance
    rng : numpy.random.Generator
    seconds, evaluations : optional
        Limits, by whose use the temperature falls geometrically; 10 seconds without any.
    progress : callable, optional
        Called now and then with (best, evaluations, seconds).
    encoding : {"orders", "batches"}
    decoding : {"whole", "batches", "even"}
    parts : int
        As in :class:`~cmo_kit.codings.sequences.Sequences`.
    start_temperature, end_temperature : float
        In units of the mean gap between two orders, times the mean weight.

    Returns
    -------
    Outcome

    Raises
    ------
    InputError
        For a parameter that breaks its rule.

    Examples
    --------
    >>> sequence_sa(load_instance("fig3"), np.random.default_rng(1), evaluations=500).schedule.total_tardiness  # days
    9.0
    """
    limits = Limits(SECONDS if seconds is None and evaluations is None else seconds, evaluations)
    for name, value in (("start_temperature", start_temperature), ("end_temperature", end_temperature)):
        if check_number(value, name) <= 0:
            raise InputError(f"{name} is {value}; it must be above 0")
    coding = Sequences(instance, encoding, decoding, parts)
    unit = float(instance.g.mean() * instance.w.mean()) or 1.0
    now = best = coding.by_due_date()
    total = least = coding.total_tardiness(now)
    spent, status = 1, "feasible"
    limits.round_ends(least)
    try:
        while not limits.reached(spent):
            other = neighbour(now, rng)
            value = coding.total_tardiness(other)
            spent += 1
            temperature = unit * start_temperature * (end_temperature / start_temperature) ** limits.used(spent)
            if value <= total or rng.random() < math.exp((total - value) / temperature):
                now, total = other, value
            if value < least:
                best, least = other, value
            limits.round_ends(least)
            if progress is not None and spent % TOLD == 0:
                progress(least, spent, limits.elapsed)
    except KeyboardInterrupt:
        status = "stopped"
    return Outcome(coding.schedule(best), "optimal" if least == 0 else status, spent)


def sequence_ga(
    instance: Instance,
    rng: np.random.Generator,
    *,
    seconds: float | None = 3600,
    evaluations: int | None = None,
    progress: Progress | None = None,
    encoding: str = "orders",
    decoding: str = "whole",
    parts: int = 2,
    population_size: int = 100,
    crossover_probability: float = 0.9,
    mutation_probability: float = 0.5,
    patience: int | None = 100,
) -> Outcome:
    """A genetic algorithm on permutations: the better of two, order crossover, neighbours as mutants; the best stays.

    Parameters
    ----------
    instance : Instance
    rng : numpy.random.Generator
    seconds, evaluations, patience : optional
        Limits; ``patience`` counts generations without improvement.
    progress : callable, optional
        Called after every generation with (best, evaluations, seconds).
    encoding : {"orders", "batches"}
    decoding : {"whole", "batches", "even"}
    parts : int
        As in :class:`~cmo_kit.codings.sequences.Sequences`.
    population_size : int
        At least 2.
    crossover_probability, mutation_probability : float
        Of a child, which is otherwise a copy of its first parent.

    Returns
    -------
    Outcome

    Raises
    ------
    InputError
        For a parameter that breaks its rule.

    Examples
    --------
    >>> sequence_ga(load_instance("fig3"), np.random.default_rng(1), evaluations=500).schedule.total_tardiness  # days
    9.0
    """
    limits = Limits(seconds, evaluations, patience)
    check_integer(population_size, "population_size", 2, 1_000_000)
    check_number(crossover_probability, "crossover_probability", 0, 1)
    check_number(mutation_probability, "mutation_probability", 0, 1)
    coding = Sequences(instance, encoding, decoding, parts)
    population = [rng.permutation(coding.length) for _ in range(population_size)]
    best, least, spent, status = population[0], np.inf, 0, "feasible"
    try:
        while True:
            population = population[: limits.left(spent)]
            totals = np.array([coding.total_tardiness(sequence) for sequence in population])
            spent += len(population)
            k = int(totals.argmin())
            if totals[k] < least:
                best, least = population[k], float(totals[k])
            worst = int(totals.argmax())
            population[worst], totals[worst] = best, least
            limits.round_ends(least)
            if progress is not None:
                progress(least, spent, limits.elapsed)
            if limits.reached(spent):
                break
            pairs = tournament_selection(totals, 2 * population_size, rng).reshape(-1, 2).tolist()
            crossed, changed = rng.random((2, population_size)) < [[crossover_probability], [mutation_probability]]
            population = [
                order_crossover(population[a], population[b], rng) if cross else population[a]
                for (a, b), cross in zip(pairs, crossed, strict=True)
            ]
            population = [
                neighbour(one, rng) if change else one for one, change in zip(population, changed, strict=True)
            ]
    except KeyboardInterrupt:
        status = "stopped"
    return Outcome(coding.schedule(best), "optimal" if least == 0 else status, spent)


@cache
def warm_up() -> None:
    """Load, or compile, what both methods need, so that no clock has to count it."""
    instance = Instance("warm", 1, (Order("1", 1, 0, (1,)),), ((0,),), operations=("one",))
    Sequences(instance, "orders", "whole", 1).schedule(np.zeros(1, np.int64))
