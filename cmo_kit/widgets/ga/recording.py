"""A run of the paper's genetic algorithm, recorded: every generation, how it came from the one before, and its genes.

The run is :func:`cmo_kit.core.genetic.genetic_algorithm` itself, with the paper's operators; each keeps what it did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.arrays import Keys
from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_integer
from cmo_kit.core.genetic import Generation, genetic_algorithm
from cmo_kit.core.instance import Instance
from cmo_kit.core.operators import one_gene_mutation, uniform_crossover, worst_child
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
class RecordedGeneration:
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
    generations: tuple[RecordedGeneration, ...]
    outcome: Outcome

    @property
    def size(self) -> int:
        """``e``, chromosomes in a population."""
        return len(self.generations[0].keys)


class _Recorder:
    """The paper's operators, each of which keeps what it did, and the generations that came of it."""

    exchanged: NDArray[np.bool_]
    crossed: Keys
    mutated: NDArray[np.int64]
    children: Keys
    best_child = 0

    def __init__(self) -> None:
        self.generations: list[RecordedGeneration] = []

    def crossover(self, parents: Keys, probability: float, rng: np.random.Generator) -> Keys:
        self.crossed = uniform_crossover(parents.copy(), probability, rng)
        self.exchanged = self.crossed != parents
        return self.crossed.copy()

    def mutation(self, children: Keys, probability: float, rng: np.random.Generator) -> None:
        one_gene_mutation(children, probability, rng)
        new = children != self.crossed
        self.mutated = np.where(new.any(axis=1), new.argmax(axis=1), -1).astype(np.int64)
        self.children = children.copy()

    def replacement(self, tardiness: NDArray[np.float64], rng: np.random.Generator) -> int:
        self.best_child = int(tardiness.argmin())  # before the best so far takes the place of another
        return worst_child(tardiness, rng)

    def on_generation(self, now: Generation) -> None:
        making, met = None, (0, int(now.tardiness.argmin()))
        if now.parents is not None:
            making = Making(now.parents, self.exchanged, self.crossed, self.mutated, self.children)
            before = self.generations[-1]
            better = now.best_tardiness < before.best_tardiness
            met = (now.number, self.best_child) if better else (before.best_generation, before.best_child)
        self.generations.append(
            RecordedGeneration(now.population.copy(), now.tardiness.copy(), now.replaced, now.best, now.best_tardiness,
                               *met, making)
        )  # fmt: skip


def record(instance: Instance, seed: int, population_size: int, generations: int) -> Recording:
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
    recorder = _Recorder()
    outcome = genetic_algorithm(
        instance, np.random.default_rng(seed), seconds=None, patience=None, generations=generations,
        population_size=population_size, crossover_probability=CROSSOVER, mutation_probability=MUTATION, w=W,
        crossover=recorder.crossover, mutation=recorder.mutation, elitism=recorder.replacement,
        on_generation=recorder.on_generation,
    )  # fmt: skip
    return Recording(instance, seed, tuple(recorder.generations), outcome)


@dataclass(frozen=True)
class Ancestry:
    """The way of one gene's key through a run.

    ``generation`` and ``chromosome`` are where the key first appeared: in the first population (``mutation``
    False), or by a mutation. ``path`` holds for every generation from there to that in which the final best was
    met the chromosome that carried it.
    """

    gene: int
    key: float
    generation: int
    chromosome: int
    mutation: bool
    path: tuple[int, ...]

    def carrier(self, generation: int) -> int | None:
        """The chromosome on the way to the final best that carries the key in a generation, None outside the way."""
        at = generation - self.generation
        return self.path[at] if 0 <= at < len(self.path) else None


def ancestry(recording: Recording) -> tuple[Ancestry, ...]:
    """Follow every gene of the final best chromosome back to its origin, one entry a gene."""
    last = recording.generations[-1]
    return tuple(_follow(recording, gene, last.best_generation, last.best_child) for gene in range(len(last.best)))


def _follow(recording: Recording, gene: int, g: int, k: int) -> Ancestry:
    """Walk from child ``k`` of generation ``g`` to the place where its key of ``gene`` was drawn."""
    key, path = float(recording.generations[g].best[gene]), [k]
    while (making := recording.generations[g].making) is not None and making.mutated[k] != gene:
        place = making.partner(k) if making.exchanged[k, gene] else k
        g, parent = g - 1, int(making.parents[place])
        g, k = _unreplaced(recording, g, parent, path)
        path.append(k)
    return Ancestry(gene, key, g, k, making is not None, tuple(reversed(path)))


def _unreplaced(recording: Recording, g: int, parent: int, path: list[int]) -> tuple[int, int]:
    """Where a parent was made; one in the place of the worst is the best so far and comes from an earlier generation.

    The places where it was carried are added to ``path``.
    """
    here = recording.generations[g]
    if parent != here.replaced:
        return g, parent
    while g > here.best_generation:
        assert here.replaced is not None
        path.append(here.replaced)
        g -= 1
        here = recording.generations[g]
    return g, here.best_child
