"""``python -m benchmarks.peers``: the kit's genetic algorithm against those of pymoo, DEAP and PyGAD.

Same instances, population sizes and numbers of evaluations; all evaluate populations with the kit's compiled decoder,
so what differs is the algorithm around it. Every rival runs by the advice of its own documentation, with uniform
crossover, the paper's probabilities where it has such a parameter, and none of the checks that it can do without.
Seconds are those of the whole run.
"""

import argparse
import array
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module, metadata
from typing import Any

import numpy as np

from benchmarks.runner import installed, keep_document, run_missing, run_program, stamp, use_one_processor
from cmo_kit.base.arrays import Keys
from cmo_kit.base.errors import InputError
from cmo_kit.base.text import text_table
from cmo_kit.core.generate import SETS, generate_instance
from cmo_kit.core.genetic import default_population_size
from cmo_kit.core.instance import Instance
from cmo_kit.fast import FastDecoder
from cmo_kit.methods.registry import solve

CROSSOVER, MUTATION = 0.9, 0.5


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
        num_generations=evaluations // e - 1, num_parents_mating=e, sol_per_pop=e, num_genes=instance.key_count,
        fitness_func=fitness, fitness_batch_size=e, init_range_low=0.0, init_range_high=1.0, random_seed=seed,
        parent_selection_type="tournament", keep_elitism=1, crossover_type="uniform", crossover_probability=CROSSOVER,
        mutation_type="random", mutation_by_replacement=True, mutation_num_genes=1, random_mutation_min_val=0.0,
        random_mutation_max_val=1.0, suppress_warnings=True,
    ).run()  # fmt: skip
    return counted


#: Name -> (what must be installed, one run).
PEERS: dict[str, tuple[str | None, Callable[[Instance, int, int, int], Counted]]] = {
    "kit": (None, run_kit),
    "pymoo GA": ("pymoo", run_pymoo),
    "pymoo BRKGA": ("pymoo", run_pymoo_brkga),
    "DEAP": ("deap", run_deap),
    "PyGAD": ("pygad", run_pygad),
}


def measure(test_set: str, generations: int, repeats: int, progress: object) -> dict[str, Any]:
    """Evaluations per second and tardiness of every installed rival; they take turns, seed by seed."""
    instance = generate_instance(test_set, seed=1)
    e = default_population_size(instance)
    runs = {name: run for name, (module, run) in PEERS.items() if installed(module)}
    rates: dict[str, list[float]] = {name: [] for name in runs}
    reached: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run(instance, e, 2 * e, 0)  # loads and compiles
    for seed in range(1, repeats + 1):
        for name, run in runs.items():
            began = time.process_time()
            counted = run(instance, e, generations * e, seed)
            rates[name].append(counted.evaluations / (time.process_time() - began))
            reached[name].append(counted.least)
    rate = {name: statistics.median(values) for name, values in rates.items()}
    rivals = {
        name: {
            "evaluations_per_second": rate[name],
            "kit_is_times_as_fast": rate["kit"] / rate[name],
            "mean_total_tardiness": statistics.fmean(reached[name]),
        }
        for name in runs
    }
    return {"population": e, "evaluations": generations * e, "rivals": rivals}


def table(measured: dict[str, Any]) -> str:
    """The measured numbers as text."""
    rows = [
        [test_set, name, f"{rival['evaluations_per_second']:,.0f}", f"{rival['kit_is_times_as_fast']:.1f}x",
         f"{rival['mean_total_tardiness']:,.0f}"]
        for test_set, entry in measured["sets"].items() for name, rival in entry["rivals"].items()
    ]  # fmt: skip
    environment = f"{measured['environment']['processor']} ({measured['environment']['compiled_for']}); one processor"
    notes = [environment, "pymoo's check for duplicate chromosomes is off"]
    return "\n".join([*notes, text_table(["set", "rival", "evaluations/s", "kit is", "mean tardiness"], rows)])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; 2 when no rival is installed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--out", default="results/bench-peers.json", help="where the numbers go")
    parser.add_argument("--generations", type=int, default=100, help="evaluations, in populations")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each rival, each with its own seed")
    options = parser.parse_args(arguments)
    needed = sorted({module for module, _ in PEERS.values() if module is not None})
    present = [module for module in needed if installed(module)]

    def work() -> None:
        if not present:
            raise InputError("no rival is installed; they come with the extra 'peers': pip install 'cmo-kit[peers]'")
        use_one_processor()
        runs = {name: partial(measure, name, options.generations, options.repeats) for name in SETS}
        sets = run_missing("peers", runs)
        measured = stamp() | {"versions": {module: metadata.version(module) for module in present}, "sets": sets}
        print(table(measured))
        keep_document(options.out, measured)
        print(f"written to {options.out}")

    return run_program("peers", work)


if __name__ == "__main__":
    sys.exit(main())
