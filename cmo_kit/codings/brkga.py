"""A biased random-key genetic algorithm on the paper's chromosome or on the compact one.

After Goncalves & Resende 2011 (doi:10.1007/s10732-010-9143-1). Each generation keeps an elite unchanged,
adds a few new random chromosomes (mutants), and fills up with children of one elite and one other parent;
each key comes from the elite parent with a probability above one half. The paper's algorithm has no
elite, no mutants, and takes each key from either parent alike.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.arrays import Keys
from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Limits, Progress
from cmo_kit.base.values import check_choice, check_flag, check_integer, check_number
from cmo_kit.codings.coding import CODINGS, Coding, make_coding
from cmo_kit.core.genetic import default_population_size
from cmo_kit.core.instance import Instance
from cmo_kit.core.outcome import Outcome
from cmo_kit.formats.history import History, HistoryRow


def next_generation(ranked: Keys, elite: int, mutants: int, bias: float, rng: np.random.Generator) -> Keys:
    """Mutants, then children, to stand behind the elite.

    Parameters
    ----------
    ranked : (e, n) array
        The population, best first; its first ``elite`` rows are the elite.

    Returns
    -------
    (e - elite, n) array
    """
    e, n = ranked.shape
    children = e - elite - mutants
    first = ranked[rng.integers(elite, size=children)]
    second = ranked[rng.integers(elite, e, size=children)]
    crossed = np.where(rng.random((children, n)) < bias, first, second)
    return np.concatenate([rng.random((mutants, n)), crossed])


def brkga(
    instance: Instance,
    rng: np.random.Generator,
    *,
    seconds: float | None = 3600,
    evaluations: int | None = None,
    progress: Progress | None = None,
    coding: str = "compact",
    population_size: int | None = None,
    elite: float = 0.2,
    mutants: float = 0.15,
    bias: float = 0.7,
    seeded: bool = False,
    canonical_elite: bool = False,
    patience: int | None = 100,
    generations: int | None = None,
    target: float = 0,
) -> Outcome:
    """Run a biased random-key genetic algorithm.

    Parameters
    ----------
    instance : Instance
    rng : numpy.random.Generator
    seconds, evaluations, generations, patience, target : optional
        Ends, as for the paper's algorithm; an evaluation is one decoding.
    progress : callable, optional
        Called after every generation with (best, evaluations, seconds).
    coding : {"compact", "batches"}
        Two keys per order (:mod:`cmo_kit.codings.compact`), or the paper's chromosome.
    population_size : int, optional
        At least 4; the paper's 100, 200 or 300 by default.
    elite, mutants : float
        Parts of the population; at least one chromosome is elite and at least two are not.
    bias : float
        Probability that a key comes from the elite parent, 0.5 to 1.
    seeded : bool
        Begin with the schedules of :mod:`cmo_kit.codings.initial` in front of random keys.
    canonical_elite : bool
        Rewrite every new elite chromosome of the paper's coding as its schedule's canonical code.

    Returns
    -------
    Outcome
        With the history by generation, the initial population first.

    Raises
    ------
    InputError
        For a parameter that breaks its rule.
    """
    limits = Limits(seconds, evaluations, patience, target)
    e = default_population_size(instance) if population_size is None else population_size
    e = check_integer(e, "population_size", 4, 1_000_000)
    check_choice(coding, "coding", CODINGS)
    check_number(elite, "elite", 0, 1)
    check_number(mutants, "mutants", 0, 1)
    check_number(bias, "bias", 0.5, 1)
    if generations is not None:
        check_integer(generations, "generations", 0)
    if check_flag(canonical_elite, "canonical_elite") and coding != "batches":
        raise InputError("canonical_elite is true; it must be false with the compact coding, which has no other codes")
    kept = min(max(1, round(elite * e)), e - 2)
    new = min(round(mutants * e), e - kept)
    code = make_coding(instance, coding)
    population = rng.random((e, code.length))
    if check_flag(seeded, "seeded"):
        given = code.initial()[:e]
        population[: len(given)] = given

    repair = None
    if canonical_elite:
        from cmo_kit.codings.kernels import recode

        repair = partial(recode, instance)
    run = Run(code, limits, progress, kept, repair)
    status = "feasible"
    try:
        ranked, tardiness, schedules = run.rank(*run.evaluate(population))
        while not (limits.reached(run.spent) or (generations is not None and len(run.rows) > generations)):
            others = run.evaluate(next_generation(ranked, kept, new, bias, rng))
            ranked, tardiness, schedules = run.rank(
                np.concatenate([ranked[:kept], others[0]]),
                np.concatenate([tardiness[:kept], others[1]]),
                np.concatenate([schedules[:kept], others[2]]),
            )
    except KeyboardInterrupt:
        status = "stopped"
    best = run.best if run.best is not None else population[0]
    schedule = code.decode(best)
    return Outcome(
        schedule,
        "optimal" if schedule.total_tardiness == 0 else status,
        evaluations=run.spent,
        history=History.from_rows(run.rows),
        details={"keys": best, "population_size": e},
    )


class Evaluated(NamedTuple):
    """Chromosomes (e, n), their total tardiness (e,), and one number per schedule (e,)."""

    keys: Keys
    tardiness: NDArray[np.float64]
    schedules: NDArray[np.uint64]


class Run:
    """What one run counts and keeps; ``repair`` rewrites new elite chromosomes in place."""

    def __init__(
        self,
        code: Coding,
        limits: Limits,
        progress: Progress | None,
        elite: int,
        repair: Callable[[Keys], None] | None,
    ) -> None:
        self.code, self.limits, self.progress, self.elite, self.repair = code, limits, progress, elite, repair
        self.spent = 0
        self.best: Keys | None = None
        self.least = np.inf
        self.rows: list[HistoryRow] = []

    def evaluate(self, keys: Keys) -> Evaluated:
        """Evaluate as many of the chromosomes, in their order, as the budget allows."""
        keys = keys[: self.limits.left(self.spent)]
        evaluated = Evaluated(keys, *self.code.evaluate(keys))
        self.spent += len(keys)
        return evaluated

    def rank(self, keys: Keys, tardiness: NDArray[np.float64], schedules: NDArray[np.uint64]) -> Evaluated:
        """Sort by tardiness, equals in their order, and take note of the generation."""
        order = np.argsort(tardiness, kind="stable")
        keys, tardiness, schedules = keys[order], tardiness[order], schedules[order]
        if tardiness[0] < self.least:
            self.best, self.least = keys[0].copy(), float(tardiness[0])
        if self.repair is not None:
            fresh = np.flatnonzero(order[: self.elite] >= (self.elite if self.rows else 0))
            codes = keys[fresh]
            self.repair(codes)
            keys[fresh] = codes
        elapsed, distinct = self.limits.elapsed, len(np.unique(schedules))
        self.rows.append((self.least, tardiness.mean(), tardiness.max(), self.spent, elapsed, distinct))
        self.limits.round_ends(self.least)
        if self.progress is not None:
            self.progress(self.least, self.spent, elapsed)
        return Evaluated(keys, tardiness, schedules)
