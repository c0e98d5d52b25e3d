"""One run of a rival library's genetic algorithm, by the advice of its own documentation.

Every rival gets the compiled evaluation of whole populations, uniform crossover, the paper's
probabilities where it has such a parameter, and none of the checks that it can do without.
"""

import array
import random
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.core.instance import Instance
from cmo_kit.fast import FastDecoder
from cmo_kit.methods.registry import solve

CROSSOVER, MUTATION = 0.9, 0.5

Keys = NDArray[np.float64]


class Counted:
    """Total tardiness of populations through the compiled decoder; keeps the least one."""

    def __init__(self, instance: Instance) -> None:
        self.decoder, self.least, self.evaluations = FastDecoder(instance), np.inf, 0

    def __call__(self, population: Keys) -> Keys:
        """(e, n) keys to (e,) time units."""
        tardiness = self.decoder.total_tardiness(population)
        self.least, self.evaluations = min(self.least, float(tardiness.min())), self.evaluations + len(population)
        return tardiness


def run_kit(instance: Instance, e: int, evaluations: int, seed: int) -> Counted:
    """The kit's own genetic algorithm, which also counts distinct schedules in every generation."""
    counted = Counted(instance)
    result = solve(instance, "ga", seed=seed, evaluations=evaluations, population_size=e, patience=None, seconds=None)
    counted.least, counted.evaluations = float(result.total_tardiness or 0.0), result.evaluations
    return counted


def _pymoo(instance: Instance, evaluations: int, seed: int, algorithm: Any) -> Counted:
    problem: Any = import_module("pymoo.core.problem").Problem
    counted = Counted(instance)

    class Keyed(problem):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(n_var=instance.key_count, n_obj=1, xl=0.0, xu=1.0)

        def _evaluate(self, x: Keys, out: dict[str, Any], *args: object, **kwargs: object) -> None:
            out["F"] = counted(x)[:, None]

    import_module("pymoo.optimize").minimize(
        Keyed(), algorithm, ("n_eval", evaluations), seed=seed, verbose=False, copy_algorithm=False
    )
    return counted


def run_pymoo(instance: Instance, e: int, evaluations: int, seed: int) -> Counted:
    """Pymoo's GA with its default mutation; its check for duplicate chromosomes is off."""
    crossover = import_module("pymoo.operators.crossover.ux").UniformCrossover(prob=CROSSOVER)
    algorithm = import_module("pymoo.algorithms.soo.nonconvex.ga").GA(
        pop_size=e, crossover=crossover, eliminate_duplicates=False
    )
    return _pymoo(instance, evaluations, seed, algorithm)


def run_pymoo_brkga(instance: Instance, e: int, evaluations: int, seed: int) -> Counted:
    """Pymoo's BRKGA: 20 % elite, 70 % children, 10 % mutants; its check for duplicates is off."""
    elites, mutants = e // 5, e // 10
    algorithm = import_module("pymoo.algorithms.soo.nonconvex.brkga").BRKGA(
        n_elites=elites, n_offsprings=e - elites - mutants, n_mutants=mutants, bias=0.7, eliminate_duplicates=False
    )
    return _pymoo(instance, evaluations, seed, algorithm)


def run_deap(instance: Instance, e: int, evaluations: int, seed: int) -> Counted:
    """DEAP's loop ``eaSimple``, with array individuals and one evaluation of all children together."""
    base, creator, tools = (import_module(f"deap.{name}") for name in ("base", "creator", "tools"))
    vary = import_module("deap.algorithms").varAnd
    if not hasattr(creator, "Keys"):
        creator.create("Least", base.Fitness, weights=(-1.0,))
        creator.create("Keys", array.array, typecode="d", fitness=creator.Least)

    def new_gene(individual: Any) -> tuple[Any]:
        individual[random.randrange(len(individual))] = random.random()
        return (individual,)

    toolbox = base.Toolbox()
    toolbox.register("individual", tools.initRepeat, creator.Keys, random.random, instance.key_count)
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)
    toolbox.register("mate", tools.cxUniform, indpb=0.5)
    toolbox.register("mutate", new_gene)
    toolbox.register("select", tools.selTournament, tournsize=3)
    random.seed(seed)
    counted, population = Counted(instance), toolbox.population(n=e)
    while True:
        changed = [individual for individual in population if not individual.fitness.valid]
        for individual, value in zip(changed, counted(np.array(changed)).tolist(), strict=True):
            individual.fitness.values = (value,)
        if counted.evaluations + e > evaluations:
            return counted
        population = vary(toolbox.select(population, e), toolbox, CROSSOVER, MUTATION)


def run_pygad(instance: Instance, e: int, evaluations: int, seed: int) -> Counted:
    """PyGAD with batch fitness; it maximises, so total tardiness is negated."""
    counted = Counted(instance)

    def fitness(algorithm: Any, solutions: Keys, indices: Any) -> list[float]:
        values: list[float] = (-counted(np.asarray(solutions, dtype=np.float64))).tolist()
        return values

    import_module("pygad").GA(
        num_generations=evaluations // e - 1,
        num_parents_mating=e,
        sol_per_pop=e,
        num_genes=instance.key_count,
        fitness_func=fitness,
        fitness_batch_size=e,
        init_range_low=0.0,
        init_range_high=1.0,
        parent_selection_type="tournament",
        keep_elitism=1,
        crossover_type="uniform",
        crossover_probability=CROSSOVER,
        mutation_type="random",
        mutation_by_replacement=True,
        mutation_num_genes=1,
        random_mutation_min_val=0.0,
        random_mutation_max_val=1.0,
        random_seed=seed,
        suppress_warnings=True,
    ).run()
    return counted
