"""From stored runs to percentages and ratios; nothing here is ever stored, because the best known changes."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from cmo_kit.library import instances_folder
from cmo_kit.study.results.gaps import read_best_known

RESAMPLES, LEVEL, SEED = 10_000, 0.95, 20240
Records = Sequence[Mapping[str, Any]]


def best_known() -> dict[str, float]:
    """Total tardiness of the best schedule known, by instance."""
    return {name: float(row["best"]) for name, row in read_best_known(instances_folder()).items() if row["best"]}


def percent_above(total: float, best: float | None) -> float | None:
    """How far a total is above the best known, in percent; below 0 where it betters it.

    None where there is no percentage: nothing is known, or the best is 0 and the total is not.
    """
    if best is None or (best == 0 and total > 0):
        return None
    return 100.0 * (total - best) / best if best else 0.0


class Above(NamedTuple):
    """A problem's runs with one limit: mean and worst percentage above the best known, and how many have none."""

    mean: float | None
    worst: float | None
    undefined: int
    runs: int


def above(records: Records, instance: str, limit: float, best: float | None) -> Above:
    """All seeds of a problem with one limit in seconds; None where no run has a percentage."""
    totals = [
        record["total_tardiness"] for record in records if record["instance"] == instance and record["limit"] == limit
    ]
    found = [percent for total in totals if (percent := percent_above(total, best)) is not None]
    mean, worst = (sum(found) / len(found), max(found)) if found else (None, None)
    return Above(mean, worst, len(totals) - len(found), len(totals))


class Ratio(NamedTuple):
    """`search` over the genetic algorithm on a set of problems.

    ``mean`` is the mean of the ratios, with a bootstrap interval ``low`` to ``high``; ``of_means`` is the ratio of the
    mean totals. All are over the ``problems`` on which the genetic algorithm left some tardiness; on the ``zeros`` it
    left none, and there the ratio is undefined: ``search_at_zeros`` is the mean total of `search` on those.
    """

    problems: int
    mean: float | None
    low: float | None
    high: float | None
    of_means: float | None
    zeros: int
    search_at_zeros: float | None


def ratio(records: Records) -> Ratio:
    """Both kinds of ratio for the runs of one set."""
    pairs = np.array([(record["search"], record["ga"]) for record in records], dtype=float).reshape(-1, 2)
    positive = pairs[:, 1] > 0
    ours, theirs = pairs[positive].T
    zeros = int((~positive).sum())
    at_zeros = float(pairs[~positive, 0].mean()) if zeros else None
    if not len(ours):
        return Ratio(0, None, None, None, None, zeros, at_zeros)
    ratios = ours / theirs
    drawn = np.random.default_rng(SEED).integers(len(ratios), size=(RESAMPLES, len(ratios)))
    low, high = np.quantile(ratios[drawn].mean(axis=1), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    of_means = float(ours.mean() / theirs.mean())
    return Ratio(len(ratios), float(ratios.mean()), float(low), float(high), of_means, zeros, at_zeros)


def beaten(records: Records, rivals: Records, rival: str) -> dict[str, tuple[float, list[float]]]:
    """Where a rival is below some run of `search`: problem -> (the rival's total, the totals of `search`).

    Parameters
    ----------
    records, rivals : sequences of mappings
        Runs of `search` with one limit; runs of rivals.
    """
    found = {}
    for run in rivals:
        totals = [record["total_tardiness"] for record in records if record["instance"] == run["instance"]]
        reached = run["total_tardiness"]
        if run["rival"] == rival and reached is not None and totals and reached < max(totals):
            found[run["instance"]] = (reached, totals)
    return found
