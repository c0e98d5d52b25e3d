"""Which part of the genetic algorithm makes others better at equal evaluations: ``python -m benchmarks.parts``.

The paper's algorithm gets one part after another as pymoo, DEAP and PyGAD have them, on the Large problems, and then
each one's parts together; the libraries themselves run beside it where they are installed.
"""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.peers import PEERS
from benchmarks.runner import Record, installed, run_missing, run_program
from cmo_kit.base.arrays import Keys
from cmo_kit.base.csvfile import write_csv
from cmo_kit.base.limits import Progress
from cmo_kit.base.values import plain
from cmo_kit.codings.operators import tournament_selection
from cmo_kit.core.genetic import Generation
from cmo_kit.core.instance import Instance
from cmo_kit.core.operators import Selection, roulette_selection, uniform_crossover
from cmo_kit.library import load_instance, notebooks_folder
from cmo_kit.methods.registry import solve

EVALUATIONS, POPULATION, SEEDS = 30_000, 300, 3
PROBLEMS = tuple(f"large-{k}" for k in range(1, 6))
FILE = notebooks_folder() / "data/operators/parts.csv"
COLUMNS = ("label", "instance", "seed", "total_tardiness")


class Survivors:
    """The best of parents and children together live on, instead of the children (``mu + lambda``).

    A callback keeps them, and a crossover mates them, whatever parents it is handed.
    """

    def __init__(self, select: Selection) -> None:
        self.select, self.keys, self.tardiness = select, np.empty((0, 0)), np.empty(0)

    def on_generation(self, generation: Generation) -> None:
        """Keep the best of those until now and the new ones."""
        e, n = generation.population.shape
        keys = np.concatenate([self.keys.reshape(-1, n), generation.population])
        tardiness = np.concatenate([self.tardiness, generation.tardiness])
        best = np.argsort(tardiness, kind="stable")[:e]
        self.keys, self.tardiness = keys[best], tardiness[best]

    def crossover(self, parents: Keys, probability: float, rng: np.random.Generator) -> Keys:
        """The paper's crossover of survivors."""
        return uniform_crossover(self.keys[self.select(self.tardiness, len(parents), rng)], probability, rng)


def surviving(select: Selection) -> dict[str, Any]:
    """The parts that let the best of parents and children live on."""
    kept = Survivors(select)
    return {"crossover": kept.crossover, "on_generation": kept.on_generation, "elitism": "none"}


THREE = partial(tournament_selection, size=3)
#: What is exchanged -> the parts, made anew for every run.
PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "the paper's": dict,
    "elitism: none": lambda: {"elitism": "none"},
    "mutation: of every child": lambda: {"mutation_probability": 1.0},
    "crossover: two-point": lambda: {"crossover": "two_point"},
    "selection: rank": lambda: {"selection": "rank"},
    "selection: better of two": lambda: {"selection": "tournament"},
    "selection: best of three": lambda: {"selection": THREE},
    "survivors: parents too": lambda: surviving(roulette_selection),
    "all of DEAP's": lambda: {"selection": THREE, "elitism": "none"},
    "all of PyGAD's": lambda: {"selection": THREE, "mutation_probability": 1.0},
    "all of pymoo's but mutation": lambda: surviving(tournament_selection),
}


def with_parts(label: str, instance: Instance, seed: int) -> float:
    """Total tardiness of the paper's algorithm with other parts."""
    limits: dict[str, Any] = {"evaluations": EVALUATIONS, "seconds": None, "patience": None}
    found = solve(instance, "ga", seed, population_size=POPULATION, **limits, **PARTS[label]())
    return float(found.total_tardiness or 0.0)


def of_library(name: str, instance: Instance, seed: int) -> float:
    """Total tardiness of a library's own algorithm."""
    return PEERS[name][1](instance, POPULATION, EVALUATIONS, seed).least


def made(run: Callable[[str, Instance, int], float], label: str, name: str, seed: int, progress: Progress) -> Record:
    """One run as a row."""
    total = run(label, load_instance(name), seed)
    return {"label": label, "instance": name, "seed": seed, "total_tardiness": plain(total)}


def main() -> int:
    """Make all runs and write them; of the libraries, which take long, one on each problem."""
    present = [name for name in ("pymoo GA", "DEAP", "PyGAD") if installed(PEERS[name][0])]
    kinds = [(with_parts, PARTS, SEEDS), (of_library, present, 1)]
    runs = {
        (label, name, seed): partial(made, run, label, name, seed)
        for run, labels, seeds in kinds for label in labels for name in PROBLEMS for seed in range(1, seeds + 1)
    }  # fmt: skip
    write_csv(FILE, COLUMNS, list(run_missing("parts", runs).values()))
    print(f"written to {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(run_program("parts", main))
