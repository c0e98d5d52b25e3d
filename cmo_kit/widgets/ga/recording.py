"""A run of the paper's genetic algorithm, recorded: every generation, and how it came from the one before.

The run is :func:`cmo_kit.core.genetic.genetic_algorithm` itself. While it runs, only its populations and the
states of its random generator are kept; afterwards each generation is made once more from that state by the same
operators, one by one, so that it is seen what each of them did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.arrays import Keys
from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_integer
from cmo_kit.core.genetic import genetic_algorithm, readable_evaluation
from cmo_kit.core.instance import Instance
from cmo_kit.core.operators import fitness, one_gene_mutation, roulette_wheel, uniform_crossover
from cmo_kit.core.outcome import Outcome

MOST_KEYS = 2_000_000  # kept at once: 16 MB
CROSSOVER, MUTATION, W = 0.9, 0.5, 1.0  # Table 3, and the kit's reading of w


@dataclass(frozen=True)
class Making:
    """How a generation was made from the one before.

    ``parents`` (e,) are the chromosomes that the wheel hit, in its order; ``exchanged`` (e, n) says where a child
    has the other parent's gene; ``crossed`` are the children before mutation; ``mutated`` (e,) is the gene of each
    child that got a new key, -1 for none; ``children`` (e, n) are the result.
    """

    parents: NDArray[np.int64]
    exchanged: NDArray[np.bool_]
    crossed: Keys
    mutated: NDArray[np.int64]
    children: Keys

    def partner(self, child: int) -> int:
        """The place of the other parent of a child, in ``parents``; the last of an odd number pairs with the first."""
        other = child ^ 1
        return other if other < len(self.parents) else 0


@dataclass(frozen=True)
class Generation:
    """A population that is complete.

    ``keys`` (e, n) and ``tardiness`` (e,) hold after the best so far has taken the place of the worst child,
    ``replaced`` (None in the first generation). ``best`` (n,) is the best chromosome so far, met first as
    ``best_child`` of generation ``best_generation``. ``making`` is None in the first generation.
    """

    keys: Keys
    tardiness: NDArray[np.float64]
    replaced: int | None
    best: Keys
    best_tardiness: float
    best_generation: int
    best_child: int
    making: Making | None


@dataclass(frozen=True)
class Recording:
    """A whole run: its generations, the first population included, and its outcome."""

    instance: Instance
    seed: int
    generations: tuple[Generation, ...]
    outcome: Outcome

    @property
    def size(self) -> int:
        """``e``, chromosomes in a population."""
        return len(self.generations[0].keys)


def record(instance: Instance, seed: int = 1, population_size: int = 20, generations: int = 30) -> Recording:
    """Run the genetic algorithm with the parameters of Table 3 and keep every generation.

    Parameters
    ----------
    instance : Instance
    seed : int
        As in :func:`cmo_kit.solve`: the same seed gives the same run.
    population_size, generations : int
        At least 2 and 1. A run whose total tardiness becomes 0 ends earlier.

    Raises
    ------
    InputError
        For a parameter that breaks its rule, or a run with more than two million keys.
    """
    check_integer(seed, "seed", 0)
    check_integer(population_size, "population_size", 2)
    check_integer(generations, "generations", 1)
    keys = population_size * (generations + 1) * instance.key_count
    if keys > MOST_KEYS:
        raise InputError(f"the run has {keys} keys; a recording may hold {MOST_KEYS}")
    rng = np.random.default_rng(seed)
    populations: list[tuple[Keys, NDArray[np.float64]]] = []
    random_states: list[dict[str, Any]] = []
    evaluate = readable_evaluation(instance)

    def kept(population: Keys) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
        tardiness, schedules = evaluate(population)
        populations.append((population.copy(), tardiness.copy()))
        random_states.append(dict(rng.bit_generator.state))
        return tardiness, schedules

    outcome = genetic_algorithm(
        instance, rng, seconds=None, patience=None, evaluate=kept, population_size=population_size,
        crossover_probability=CROSSOVER, mutation_probability=MUTATION, mutation="one_gene", elitism="replace_worst",
        w=W, generations=generations,
    )  # fmt: skip
    found: list[Generation] = []
    for g, (population, tardiness) in enumerate(populations):
        making = making_of(found[-1], random_states[g - 1]) if found else None
        found.append(completed(population, tardiness, g, found[-1] if found else None, making))
    return Recording(instance, seed, tuple(found), outcome)


def completed(
    population: Keys, tardiness: NDArray[np.float64], g: int, before: Generation | None, making: Making | None
) -> Generation:
    """Generation ``g`` with the best so far in the place of its worst chromosome; the arrays are changed."""
    k = int(tardiness.argmin())
    if before is None or tardiness[k] < before.best_tardiness:
        best, least, born, child = population[k].copy(), float(tardiness[k]), g, k
    else:
        best, least, born, child = before.best, before.best_tardiness, before.best_generation, before.best_child
    replaced = None
    if before is not None:
        replaced = int(tardiness.argmax())
        population[replaced], tardiness[replaced] = best, least
    return Generation(population, tardiness, replaced, best, least, born, child, making)


def making_of(before: Generation, random_state: dict[str, Any]) -> Making:
    """Make the next generation once more, operator by operator, from the random generator's state at that moment."""
    rng = np.random.default_rng()
    rng.bit_generator.state = random_state
    e = len(before.keys)
    hit = roulette_wheel(fitness(before.tardiness, W), e, rng)
    parents = before.keys.take(hit, axis=0)
    crossed = uniform_crossover(parents.copy(), CROSSOVER, rng)
    children = crossed.copy()
    one_gene_mutation(children, MUTATION, rng)
    new = children != crossed
    mutated = np.where(new.any(axis=1), new.argmax(axis=1), -1)
    return Making(hit, crossed != parents, crossed, mutated.astype(np.int64), children)
