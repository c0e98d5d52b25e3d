"""Runs of the ideas, kept in one table as they are made, and what the table says."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from cmo_kit.base.csvfile import write_csv
from cmo_kit.base.errors import InputError
from cmo_kit.base.values import plain
from cmo_kit.core.genetic import default_population_size
from cmo_kit.core.instance import Instance
from cmo_kit.study.ideas.ideas import IDEAS, Budget
from cmo_kit.study.results.tables import text_table

COLUMNS = ("instance", "idea", "budget", "limit", "seed", "total_tardiness", "evaluations", "seconds", "busy", "date",
           "processor")  # fmt: skip
#: How a column is read; ``busy`` is known for runs on equal seconds only.
READ: dict[str, Callable[[str], Any]] = {
    "limit": float,
    "seed": int,
    "total_tardiness": float,
    "evaluations": int,
    "seconds": float,
    "busy": lambda text: float(text) if text else None,
}
GENERATIONS = 500
#: Seconds of a run by the paper's population, that is for Small, Medium and Large.
SECONDS = {100: 0.5, 200: 1.0, 300: 2.0}

#: Student's t for 95 % intervals of a mean, by degrees of freedom from 1 to 30.
STUDENT = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Task:
    """One run to make; ``limit`` counts what ``budget`` names, ``evaluations`` or ``seconds``."""

    instance: str
    idea: str
    budget: str
    limit: float
    seed: int

    @property
    def limits(self) -> Budget:
        """The limit as the ideas take it."""
        return Budget(self.limit, None) if self.budget == "seconds" else Budget(None, int(self.limit))


def budgets(instance: Instance, share: float = 1.0) -> dict[str, float]:
    """Equal evaluations (500 generations of the paper's population) and equal seconds, or a share of both."""
    population = default_population_size(instance)
    return {"evaluations": max(1, round(share * GENERATIONS * population)), "seconds": share * SECONDS[population]}


def tasks(instances: Sequence[Instance], seeds: int, share: float = 1.0) -> Iterator[Task]:
    """All runs, seed by seed, so that a study that was stopped has compared all ideas on the first seeds."""
    for seed in range(1, seeds + 1):
        for instance in instances:
            for budget, limit in budgets(instance, share).items():
                for idea in IDEAS:
                    yield Task(instance.name, idea, budget, limit, seed)


def read_runs(path: Path) -> list[dict[str, Any]]:
    """The rows of a table of runs; none where there is no table.

    Raises
    ------
    InputError
        Where the table has other columns, or a number is none.
    """
    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise InputError(f"{path}: the columns are {reader.fieldnames}; they must be {', '.join(COLUMNS)}")
        try:
            return [{key: READ.get(key, str)(value) for key, value in row.items()} for row in reader]
        except ValueError as error:
            raise InputError(f"{path}: a row holds what is no number ({error})") from None


def write_runs(path: Path, rows: Sequence[Row]) -> None:
    """Write the table, whole or not at all."""
    plainly = [{key: plain(value) if isinstance(value, float) else value for key, value in row.items()} for row in rows]
    write_csv(path, COLUMNS, plainly)


def key_of(row: Row) -> Task:
    """Which run a row is."""
    return Task(row["instance"], row["idea"], row["budget"], row["limit"], row["seed"])


@dataclass(frozen=True)
class Summary:
    """Mean total tardiness of some runs, and its 95 % interval by Student's t; infinite from one run."""

    runs: int
    mean: float
    low: float
    high: float


def summary(totals: Sequence[float]) -> Summary:
    """The mean of at least one number with its interval, which takes the numbers as independent."""
    mean, half = fmean(totals), _half(totals)
    return Summary(len(totals), mean, mean - half, mean + half)


def _half(totals: Sequence[float]) -> float:
    """Half the length of the interval."""
    count = len(totals)
    return float("inf") if count < 2 else STUDENT[min(count - 1, 30) - 1] * stdev(totals) / count**0.5


def totals_of(rows: Iterable[Row], instance: str, budget: str) -> dict[str, list[float]]:
    """Total tardiness of the runs on an instance by idea, in the order of :data:`IDEAS`."""
    chosen = [row for row in rows if row["instance"] == instance and row["budget"] == budget]
    found = {idea: [row["total_tardiness"] for row in chosen if row["idea"] == idea] for idea in IDEAS}
    return {idea: totals for idea, totals in found.items() if totals}


def summaries(rows: Iterable[Row], instance: str, budget: str) -> dict[str, Summary]:
    """Mean and interval by idea."""
    return {idea: summary(totals) for idea, totals in totals_of(rows, instance, budget).items()}


def difference(first: Sequence[float], second: Sequence[float]) -> Summary:
    """Mean of ``first`` less mean of ``second``, with an interval that is rather too long than too short.

    The runs are not paired: a seed gives different ideas different chances. The variances add up, and the
    degrees of freedom are those of the smaller sample.
    """
    mean, runs = fmean(first) - fmean(second), min(len(first), len(second))
    if runs < 2:
        return Summary(runs, mean, float("-inf"), float("inf"))
    spread = (stdev(first) ** 2 / len(first) + stdev(second) ** 2 / len(second)) ** 0.5
    half = STUDENT[min(runs - 1, 30) - 1] * spread
    return Summary(runs, mean, mean - half, mean + half)


def ideas_table(rows: Sequence[Row], instance: str, budget: str, best: float) -> str:
    """Mean, interval, per cent above the best known, and the verdict against the first idea."""
    by_idea = totals_of(rows, instance, budget)
    base = next(iter(by_idea.values()), [])
    lines = []
    for idea, totals in by_idea.items():
        s, d = summary(totals), difference(totals, base)
        verdict = "better" if d.high < 0 else "worse" if d.low > 0 else "cannot tell"
        lines.append([
            idea,
            f"{s.mean:,.1f}",
            f"{s.low:,.1f} to {s.high:,.1f}",
            f"{100 * (s.mean / best - 1):.1f} %" if best > 0 else "",
            "" if totals is base else f"{d.mean:+,.1f} ({d.low:+,.1f} to {d.high:+,.1f})",
            "" if totals is base else verdict,
        ])  # fmt: skip
    headers = ["idea", "mean", "95 % interval", "above best known", "less the paper's GA", "verdict"]
    return text_table(headers, lines)
