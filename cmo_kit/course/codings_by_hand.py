"""Two chromosomes of one schedule: how to draw them, what becomes of their children, what a population inherits."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.arrays import Keys
from cmo_kit.base.errors import InputError
from cmo_kit.base.text import text_table
from cmo_kit.codings.encode import canonical
from cmo_kit.codings.kernels import recode
from cmo_kit.core.chromosome import SITE_CHANGE
from cmo_kit.core.genetic import Generation, genetic_algorithm
from cmo_kit.core.instance import Instance
from cmo_kit.core.operators import uniform_crossover
from cmo_kit.core.schedule import Schedule
from cmo_kit.fast import compiled_evaluation


def site_word(runs: Sequence[tuple[int, int]], rng: np.random.Generator) -> list[int]:
    """Orders of the batches of one Site in a random sequence that the merge rule turns into ``runs``.

    All such sequences are equally likely. The last run is laid down first; every earlier run opens what
    stands there already, and its other batches fall anywhere behind.
    """
    word: list[int] = []
    for i, batches in reversed(runs):
        inside = set(rng.choice(len(word) + batches - 1, size=batches - 1, replace=False).tolist())
        rest = iter(word)
        word = [i, *(i if place in inside else next(rest) for place in range(len(word) + batches - 1))]
    return word


def random_code(schedule: Schedule, rng: np.random.Generator, renumber: bool = False) -> Keys:
    """A random chromosome of ``schedule``, like one of uniform keys that happens to decode to it; shape (n,).

    The schedule has one run per order and Site. With ``renumber`` its Sites are numbered at random first: the same
    plan, as Sites are identical.
    """
    instance = schedule.instance
    sites = [[(instance.order_index[run.order], run.batches) for run in site] for site in schedule.sites]
    if renumber:
        sites = [sites[l] for l in rng.permutation(len(sites))]
    word = site_word(sites[0], rng)
    for runs in sites[1:]:
        word += [SITE_CHANGE, *site_word(runs, rng)]
    keys = np.empty(instance.key_count)
    values, symbols, genes = np.sort(rng.random(instance.key_count)), np.array(word), instance.gene_orders
    for symbol in set(word):
        keys[rng.permutation(np.flatnonzero(genes == symbol))] = values[symbols == symbol]
    return keys


@dataclass(frozen=True)
class Children:
    """What became of the children of pairs of codes: tardiness (e,), and which have their parents' schedule (e,)."""

    tardiness: NDArray[np.float64]
    same: NDArray[np.bool_]

    @property
    def sentence(self) -> str:
        """The facts in words."""
        return (
            f"{100 * self.same.mean():.1f} % are the same schedule, total tardiness {self.tardiness.min():.6g} to "
            f"{self.tardiness.max():.6g}, mean {self.tardiness.mean():.1f}"
        )


#: Names of the ways to write two parents of one schedule -> (Sites renumbered, canonical, Sites sorted).
WAYS = {
    "two random codes": (False, False, False),
    "their canonical codes": (False, True, False),
    "two random codes, Sites renumbered": (True, False, False),
    "their canonical codes, Sites renumbered": (True, True, False),
    "their canonical codes, Sites sorted": (True, True, True),
}


def children_of(schedule: Schedule, way: str, pairs: int, seed: int) -> Children:
    """Draw pairs of codes of one schedule, write them in one of the :data:`WAYS`, and cross each pair for certain.

    Two children come from each pair. Schedules that differ only in the numbering of Sites are the same.
    """
    renumber, rewrite, sort_sites = WAYS[way]
    rng = np.random.default_rng(seed)
    parents = np.array([random_code(schedule, rng, renumber) for _ in range(2 * pairs)])
    if rewrite:
        parents = canonical(schedule.instance, parents, sort_sites)
    return evaluated(schedule, uniform_crossover(parents.copy(), 1.0, rng))


def evaluated(parent: Schedule, children: Keys) -> Children:
    """Tardiness of ``children`` (e, n), and which of them decode to ``parent``."""
    evaluate = compiled_evaluation(parent.instance)
    tardiness, schedules = evaluate(children)
    _, own = evaluate(random_code(parent, np.random.default_rng(0))[None])
    return Children(tardiness, schedules == own[0])


@dataclass(frozen=True)
class NearTwins:
    """Children of pairs of parents that differ in one key: how many are one of their parents, and how good they are.

    ``parents`` is the mean total tardiness of the parents, ``children`` that of their children; ``same`` is the share
    of the children that have the schedule of one of their own parents.
    """

    pairs: int
    parents: float
    children: float
    same: float


def near_twins(schedule: Schedule, rewrite: bool, pairs: int, seed: int) -> NearTwins:
    """Cross random codes of ``schedule`` with copies in which one key is new; with ``rewrite`` as canonical codes.

    Only pairs in which the new key makes another schedule count.
    """
    instance, rng = schedule.instance, np.random.default_rng(seed)
    evaluate = compiled_evaluation(instance)
    parents = np.array([random_code(schedule, rng) for _ in range(pairs)]).repeat(2, axis=0)
    parents[np.arange(1, 2 * pairs, 2), rng.integers(instance.key_count, size=pairs)] = rng.random(pairs)
    tardiness, schedules = evaluate(parents)
    different = (schedules[0::2] != schedules[1::2]).repeat(2)
    parents, tardiness, schedules = parents[different], tardiness[different], schedules[different]
    if not len(parents):
        raise InputError(f"no new key of {instance.name!r} makes another schedule; it must be possible")
    codes = canonical(instance, parents) if rewrite else parents
    became, of_children = evaluate(uniform_crossover(codes.copy(), 1.0, rng))
    same = (of_children.reshape(-1, 2, 1) == schedules.reshape(-1, 1, 2)).any(axis=2)
    return NearTwins(len(parents) // 2, float(tardiness.mean()), float(became.mean()), float(same.mean()))


#: Kinds of codes that the paper's algorithm may work on.
CODES = ("as they are", "canonical")


@dataclass(frozen=True)
class Inherited:
    """Total tardiness by seed, and the mean share of genes with equal keys in two members of the last population."""

    totals: tuple[float, ...]
    common: float


def run_with(instance: Instance, codes: str, crossover: float, evaluations: int, seeds: Sequence[int]) -> Inherited:
    """Run the paper's algorithm with a crossover probability on codes of one kind of :data:`CODES`."""
    repair = partial(recode, instance) if codes == "canonical" else None
    totals, common = [], []
    for seed in seeds:
        last: deque[Generation] = deque(maxlen=1)
        outcome = genetic_algorithm(
            instance,
            np.random.default_rng(seed),
            evaluate=compiled_evaluation(instance),
            evaluations=evaluations,
            patience=None,
            crossover_probability=crossover,
            repair=repair,
            on_generation=last.append,
        )
        assert outcome.schedule is not None
        totals.append(outcome.schedule.total_tardiness)
        common.append(common_keys(last[0].population))
    return Inherited(tuple(totals), fmean(common))


def common_keys(population: Keys) -> float:
    """Mean share of genes with equal keys over neighbours in a population (e, n); 1 for a single chromosome."""
    return float((population[1:] == population[:-1]).mean()) if len(population) > 1 else 1.0


def inheritance_table(instance: Instance, evaluations: int, seeds: Sequence[int]) -> str:
    """Codes of both kinds, without crossover and with the paper's: mean and range of total tardiness, common keys."""
    lines = []
    for codes in CODES:
        for crossover in (0.0, 0.9):
            found = run_with(instance, codes, crossover, evaluations, seeds)
            spread = f"{min(found.totals):g} to {max(found.totals):g}"
            lines.append([codes, f"{crossover:g}", f"{fmean(found.totals):.1f}", spread, f"{100 * found.common:.0f} %"])
    headers = ["codes", "crossover", "mean total tardiness", "least to greatest", "keys two members share"]
    return text_table(headers, lines)
