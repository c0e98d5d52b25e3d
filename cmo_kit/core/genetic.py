"""The genetic algorithm of Sections 4.2 and 4.3 (Figure 2, Table 3)."""

import hashlib
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.base.arrays import Keys, read_only
from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Limits, Progress
from cmo_kit.base.values import check_integer, check_number
from cmo_kit.core import chromosome
from cmo_kit.core.instance import Instance
from cmo_kit.core.operators import (
    Crossover,
    Mutation,
    Replacement,
    Selection,
    nothing,
    one_gene_mutation,
    roulette_selection,
    uniform_crossover,
    worst_child,
)
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule
from cmo_kit.formats.history import History, HistoryRow, history_row

#: From a population (e, n) to total tardiness (e,) and to one number per schedule (e,), the same
#: number exactly for the same schedule, Sites being identical.
Evaluate = Callable[[Keys], tuple[NDArray[np.float64], NDArray[np.uint64]]]
Decode = Callable[[Instance, Keys], Schedule]


class Generation(NamedTuple):
    """A complete generation, for a callback that looks on; the arrays are the run's own and cannot be written.

    ``population`` (e, n) and its ``tardiness`` (e,) hold after ``best`` (n,) has taken the place of child ``replaced``.
    ``parents`` (e,) are indices in the generation before; the first one, number 0, has none, and replaces none.
    """

    number: int
    population: Keys
    tardiness: NDArray[np.float64]
    parents: NDArray[np.int64] | None
    replaced: int | None
    best: Keys
    best_tardiness: float
    row: HistoryRow


def default_population_size(instance: Instance) -> int:
    """Table 3's 100, 200 and 300; the longest Small chromosome has 152 keys and the longest Medium one 504."""
    return 100 if instance.key_count <= 152 else 200 if instance.key_count <= 504 else 300


def readable_evaluation(instance: Instance, decode: Decode = chromosome.decode) -> Evaluate:
    """Evaluate with the readable decoder; the compiled one gives the same numbers."""

    def evaluate(population: Keys) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
        schedules = [decode(instance, keys) for keys in population]
        digests = [hashlib.blake2b(repr(sorted(one.sites)).encode(), digest_size=8).digest() for one in schedules]
        fingerprints = np.array([int.from_bytes(digest, "little") for digest in digests], dtype=np.uint64)
        return np.array([one.total_tardiness for one in schedules]), fingerprints

    return evaluate


def genetic_algorithm(
    instance: Instance, rng: np.random.Generator, *, seconds: float | None = 3600, evaluations: int | None = None,
    progress: Progress | None = None, evaluate: Evaluate | None = None, initial: ArrayLike | None = None,
    population_size: int | None = None, crossover_probability: float = 0.9, mutation_probability: float = 0.5,
    selection: Selection | None = None, crossover: Crossover = uniform_crossover,
    mutation: Mutation = one_gene_mutation, elitism: Replacement | None = worst_child, w: float = 1,
    decode: Decode = chromosome.decode, repair: Callable[[Keys], None] | None = None,
    on_generation: Callable[[Generation], object] | None = None,
    patience: int | None = 100, generations: int | None = None, target: float = 0,
) -> Outcome:  # fmt: skip
    """Run the genetic algorithm with the paper's parts, or with other functions of their kinds.

    Where the paper is silent and there is no parameter: parents pair in the order in which the wheel gave them, a pair
    has two complementary children, and the best chromosome so far takes its place before equation (16) is computed.

    Parameters
    ----------
    instance, rng
        The problem, and the only source of chance: its same state gives the same run.
    seconds, evaluations, generations, patience, target : optional
        Ends: wall clock, decodings, generations, generations without improvement (Table 3: 100),
        total tardiness reached. An evaluation limit that does not fill the last generation shortens it.
    progress, on_generation : callable, optional
        Called after every generation with (best, evaluations, seconds), and with a :class:`Generation`; the run
        ends when ``on_generation`` returns true.
    evaluate, decode : callable, optional
        They belong together; ``decode`` alone is enough.
    initial : (k, n) array, optional
        Chromosomes in front of the random ones that the paper begins with.
    population_size, crossover_probability, mutation_probability : optional
        Table 3: 100, 200 or 300 by the length of the chromosome, 0.9, 0.5.
    selection, crossover, mutation, elitism, repair : callable, optional
        Functions as :mod:`cmo_kit.core.operators` says (:mod:`cmo_kit.methods.genetic` also takes names, and checks
        what they give); ``elitism=None`` keeps the children, ``repair`` rewrites a population in place.
    w : float
        The constant of equation (16), above 0; the paper leaves its value open.

    Returns
    -------
    Outcome
        With the best schedule and the history by generation; after Ctrl-C what stood until then, ``stopped``.

    Raises
    ------
    InputError
        For a parameter that breaks its rule.

    Examples
    --------
    >>> found = genetic_algorithm(load_instance("fig3"), np.random.default_rng(1), population_size=20, generations=9)
    >>> found.schedule.total_tardiness, found.evaluations, found.status
    (11.0, 200, 'feasible')
    """
    limits = Limits(seconds, evaluations, patience, target, generations)
    e = default_population_size(instance) if population_size is None else population_size
    e = check_integer(e, "population_size", 1, 1_000_000)
    check_number(crossover_probability, "crossover_probability", 0, 1)
    check_number(mutation_probability, "mutation_probability", 0, 1)
    if check_number(w, "w") <= 0:
        raise InputError(f"w is {w}; it must be above 0, so that every fitness is (equation (16))")
    selection, repair, progress = selection or partial(roulette_selection, w=w), repair or nothing, progress or nothing
    evaluate = evaluate or readable_evaluation(instance, decode)
    population = chromosome.random_keys(instance, e, rng)
    if initial is not None:
        given = np.atleast_2d(chromosome.check_keys_of(instance, initial))[:e]
        population[: len(given)] = given
    best, least, spent, status = population[0].copy(), np.inf, 0, "feasible"
    parents, replaced, rows = None, None, list[HistoryRow]()

    try:
        for number in count():
            population = population[: limits.left(spent)]
            repair(population)
            tardiness, schedules = evaluate(population)
            spent += len(population)
            k = int(tardiness.argmin())
            if tardiness[k] < least:
                best, least, best_schedule = population[k].copy(), float(tardiness[k]), schedules[k]
            if elitism is not None and number > 0:
                replaced = elitism(tardiness, rng)
                population[replaced], tardiness[replaced], schedules[replaced] = best, least, best_schedule
            rows.append(history_row(least, tardiness, schedules, spent, limits.elapsed))
            limits.round_ends(least)
            progress(least, spent, limits.elapsed)
            if on_generation is not None:
                seen = read_only(population), read_only(tardiness)
                if on_generation(Generation(number, *seen, parents, replaced, read_only(best), least, rows[-1])):
                    status = "stopped"
                    break
            if limits.reached(spent):
                break
            parents = selection(tardiness, e, rng)
            population = crossover(population.take(parents, axis=0), crossover_probability, rng)
            mutation(population, mutation_probability, rng)
    except KeyboardInterrupt:
        status = "stopped"

    schedule = decode(instance, best)
    return Outcome(
        schedule=schedule,
        status="optimal" if schedule.total_tardiness == 0 else status,
        evaluations=spent,
        history=History.from_rows(rows),
        details={"keys": best, "population_size": e},
    )
