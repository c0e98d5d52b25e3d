"""What a population of the paper's algorithm inherits: runs with and without crossover, on codes of both kinds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from cmo_kit.codings.recoding import recoding_evaluation
from cmo_kit.core.genetic import Evaluate, genetic_algorithm
from cmo_kit.core.instance import Instance
from cmo_kit.fast import compiled_evaluation
from cmo_kit.study.results.tables import text_table

Keys = NDArray[np.float64]
CODES: dict[str, Callable[[Instance], Evaluate]] = {
    "as they are": compiled_evaluation,
    "canonical": recoding_evaluation,
}


@dataclass(frozen=True)
class Inherited:
    """Total tardiness by seed, and the mean share of genes with equal keys in two members of the last population."""

    totals: tuple[float, ...]
    common: float


def run_with(instance: Instance, codes: str, crossover: float, evaluations: int, seeds: Sequence[int]) -> Inherited:
    """Run the paper's algorithm with a crossover probability on codes of one kind of :data:`CODES`."""
    evaluate = CODES[codes](instance)
    totals, common = [], []
    for seed in seeds:
        last: list[Keys] = []

        def remember(population: Keys, last: list[Keys] = last) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
            result = evaluate(population)
            last[:] = [population]
            return result

        outcome = genetic_algorithm(
            instance,
            np.random.default_rng(seed),
            evaluate=remember,
            evaluations=evaluations,
            patience=None,
            crossover_probability=crossover,
        )
        assert outcome.schedule is not None
        totals.append(outcome.schedule.total_tardiness)
        common.append(common_keys(last[0]))
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
