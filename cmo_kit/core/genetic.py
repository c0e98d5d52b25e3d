"""The genetic algorithm of Sections 4.2 and 4.3 (Figure 2, Table 3)."""

import hashlib
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Limits, Progress, check_choice
from cmo_kit.base.values import check_integer, check_number
from cmo_kit.core.chromosome import check_keys_of, decode, decode_sites, random_keys
from cmo_kit.core.instance import Instance
from cmo_kit.core.operators import Keys, fitness, insertion_mutation, roulette_wheel, uniform_crossover
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule, from_indices
from cmo_kit.formats.history import History, HistoryRow

#: From a population (e, n) to total tardiness (e,) and to one number per schedule (e,), the same
#: number exactly for the same schedule, Sites being identical.
Evaluate = Callable[[Keys], tuple[NDArray[np.float64], NDArray[np.uint64]]]

ELITISM = ("replace_worst", "replace_random", "none")
MUTATION = ("one_gene", "each_gene")


def default_population_size(instance: Instance) -> int:
    """Table 3's 100, 200 and 300, chosen by the length of the chromosome for an instance of one's own.

    The longest Small chromosome has 152 keys and the longest Medium one 504.
    """
    return 100 if instance.key_count <= 152 else 200 if instance.key_count <= 504 else 300


def readable_evaluation(instance: Instance) -> Evaluate:
    """Evaluate with the readable decoder; the compiled one gives the same numbers."""

    def fingerprint(schedule: Schedule) -> int:
        text = repr(sorted(schedule.sites)).encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")

    def evaluate(population: Keys) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
        schedules = [from_indices(instance, decode_sites(instance, keys)) for keys in population]
        tardiness = np.array([schedule.total_tardiness for schedule in schedules])
        return tardiness, np.array([fingerprint(schedule) for schedule in schedules], dtype=np.uint64)

    return evaluate


def genetic_algorithm(
    instance: Instance,
    rng: np.random.Generator,
    *,
    seconds: float | None = 3600,
    evaluations: int | None = None,
    progress: Progress | None = None,
    evaluate: Evaluate | None = None,
    initial: ArrayLike | None = None,
    population_size: int | None = None,
    crossover_probability: float = 0.9,
    mutation_probability: float = 0.5,
    mutation: str = "one_gene",
    elitism: str = "replace_worst",
    w: float = 1,
    patience: int | None = 100,
    generations: int | None = None,
    target: float = 0,
) -> Outcome:
    """Run the paper's genetic algorithm.

    Parameters
    ----------
    instance : Instance
    rng : numpy.random.Generator
        The only source of chance; the same state gives the same run.
    seconds, evaluations, generations, patience, target : optional
        Ends: wall clock, decodings, generations, generations without improvement (Table 3: 100),
        total tardiness reached. The paper's run ends by patience or after 3600 s. An evaluation limit
        that does not fill the last generation shortens it.
    progress : callable, optional
        Called after every generation with (best, evaluations, seconds).
    evaluate : callable, optional
        How a population is evaluated; the readable decoder by default.
    initial : (k, n) array, optional
        Chromosomes to begin with, in front of random ones. The paper begins with random keys only.
    population_size : int, optional
        ``e``; Table 3's 100, 200 or 300 by the length of the chromosome.
    crossover_probability, mutation_probability : float
        Table 3: 0.9 and 0.5.
    mutation : {"one_gene", "each_gene"}
        Whose probability the mutation probability is: a chromosome's, one gene of which then gets a
        new key, or each gene's. The paper leaves it open.
    elitism : {"replace_worst", "replace_random", "none"}
        Children replace their parents; then the best chromosome so far takes the place of the worst
        child, of a random one, or of none. The paper leaves it open.
    w : float
        The constant of equation (16), above 0; the paper leaves its value open.

    Returns
    -------
    Outcome
        With the best schedule met, and the history by generation (the initial population is the
        first row). After Ctrl-C it is what stood until then, with status ``stopped``.

    Raises
    ------
    InputError
        For a parameter that breaks its rule.
    """
    limits = Limits(seconds, evaluations, patience, target)
    e = default_population_size(instance) if population_size is None else population_size
    check_integer(e, "population_size", 1, 1_000_000)
    check_number(crossover_probability, "crossover_probability", 0, 1)
    check_number(mutation_probability, "mutation_probability", 0, 1)
    check_choice(mutation, "mutation", MUTATION)
    check_choice(elitism, "elitism", ELITISM)
    if check_number(w, "w") <= 0:
        raise InputError(f"w is {w}; it must be above 0, so that every fitness is (equation (16))")
    if generations is not None:
        check_integer(generations, "generations", 0)
    evaluate = evaluate or readable_evaluation(instance)

    population = random_keys(instance, e, rng)
    if initial is not None:
        given = np.atleast_2d(check_keys_of(instance, initial))[:e]
        population[: len(given)] = given
    incumbent, least, spent, status = population[0].copy(), np.inf, 0, "feasible"
    rows: list[HistoryRow] = []

    try:
        population = population[: limits.left(spent)]
        tardiness, schedules = evaluate(population)
        while True:
            spent += len(population)
            k = int(tardiness.argmin())
            if tardiness[k] < least:
                incumbent, least = population[k].copy(), float(tardiness[k])
                same_schedule = schedules[k]
            if elitism != "none" and rows:
                worst = int(tardiness.argmax()) if elitism == "replace_worst" else int(rng.integers(len(population)))
                population[worst], tardiness[worst], schedules[worst] = incumbent, least, same_schedule
            rows.append(
                (
                    least,
                    tardiness.sum() / len(tardiness),
                    tardiness.max(),
                    spent,
                    limits.elapsed,
                    len(set(schedules.tolist())),
                )
            )
            limits.round_ends(least)
            if progress is not None:
                progress(least, spent, limits.elapsed)
            if limits.reached(spent) or (generations is not None and len(rows) > generations):
                break
            parents = population.take(roulette_wheel(fitness(tardiness, w), e, rng), axis=0)
            children = uniform_crossover(parents, crossover_probability, rng)
            insertion_mutation(children, mutation_probability, mutation == "each_gene", rng)
            population = children[: limits.left(spent)]
            tardiness, schedules = evaluate(population)
    except KeyboardInterrupt:
        status = "stopped"

    schedule = decode(instance, incumbent)
    return Outcome(
        schedule=schedule,
        status="optimal" if schedule.total_tardiness == 0 else status,
        evaluations=spent,
        history=History.from_rows(rows),
        details={"keys": incumbent, "population_size": e},
    )
