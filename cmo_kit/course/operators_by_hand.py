"""The genetic operators on one chromosome or one pair, with what happened to each gene."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.base.arrays import Keys
from cmo_kit.base.language import spoken
from cmo_kit.core.chromosome import decode, random_keys
from cmo_kit.core.instance import Instance
from cmo_kit.core.operators import one_gene_mutation, uniform_crossover
from cmo_kit.core.schedule import Run, Schedule
from cmo_kit.views.paper import example_keys


@dataclass(frozen=True)
class MutationEffects:
    """What became of a chromosome in so many single mutations; ``same`` counts unchanged schedules."""

    same: int
    as_good: int
    better: int
    worse: int

    @property
    def tries(self) -> int:
        """How many mutations were made."""
        return self.same + self.as_good + self.better + self.worse

    @property
    def sentence(self) -> str:
        """The counts in words."""
        return spoken(
            f"of {self.tries} mutations {self.same} leave the schedule as it is, {self.as_good} change it at equal "
            f"tardiness, {self.better} make it better, {self.worse} worse"
        )


def example_population(instance: Instance, size: int, seed: int) -> Keys:
    """Figure 3's chromosome, or what stands for it on other instances, and random ones; shape (size, n)."""
    population = random_keys(instance, size, np.random.default_rng(seed)).round(2)
    population[0] = example_keys(instance, seed=seed)
    return population


def tardiness_of(instance: Instance, population: Keys) -> NDArray[np.float64]:
    """Total tardiness of every chromosome by the readable decoder; shape (e,)."""
    return np.array([decode(instance, keys).total_tardiness for keys in population])


def cross_pair(first: ArrayLike, second: ArrayLike, seed: int) -> tuple[Keys, NDArray[np.bool_]]:
    """Cross two parents for certain: the children (2, n), and which genes (n,) each has of the parent of its number."""
    parents = np.array([first, second], dtype=np.float64)
    children = uniform_crossover(parents.copy(), 1.0, np.random.default_rng(seed))
    return children, np.asarray(children[0] == parents[0])


def mutate_once(keys: ArrayLike, seed: int) -> tuple[Keys, int]:
    """Replace one random gene for certain; the new chromosome and the gene."""
    before = np.asarray(keys, dtype=np.float64)
    after = before[None].copy()
    one_gene_mutation(after, 1.0, np.random.default_rng(seed))
    return after[0], int(np.flatnonzero(after[0] != before)[0])


def mutation_effects(instance: Instance, keys: ArrayLike, tries: int, seed: int) -> MutationEffects:
    """Mutate one gene of the same chromosome again and again, and count what becomes of its schedule.

    Sites are identical: schedules that differ by an exchange of Sites only are the same.
    """
    children = np.tile(np.asarray(keys, dtype=np.float64), (tries, 1))
    one_gene_mutation(children, 1.0, np.random.default_rng(seed))
    before = decode(instance, keys)
    counts = {"same": 0, "as_good": 0, "better": 0, "worse": 0}
    for child in children:
        after = decode(instance, child)
        change = after.total_tardiness - before.total_tardiness
        effect = "better" if change < 0 else "worse" if change > 0 else "as_good"
        counts["same" if without_names(after) == without_names(before) else effect] += 1
    return MutationEffects(**counts)


def without_names(schedule: Schedule) -> list[tuple[Run, ...]]:
    """The Sites' lists of runs in an order that does not depend on the numbers of the Sites."""
    return sorted(schedule.sites)
