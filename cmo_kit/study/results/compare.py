"""Two methods on the same problems: paired differences, an interval of their mean, and what may be concluded."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from cmo_kit.base.csvfile import Row
from cmo_kit.study.results.statistics import LEVEL, summary
from cmo_kit.study.results.tables import labels_of, problems_of, sets_of

#: With fewer problems all may go one way by chance more often than in one of twenty studies: 2 / 2^5 is 0.0625.
ENOUGH = 6


@dataclass(frozen=True)
class Comparison:
    """Total tardiness of ``first`` less that of ``second``: mean over problems, and its interval by Student's t.

    ``below`` counts the problems on which the mean of ``first`` is below that of ``second``; ``unit`` is that of time.
    """

    name: str
    first: str
    second: str
    problems: int
    runs: int
    below: int
    difference: float
    low: float
    high: float
    unit: str = "day"

    def sentence(self) -> str:
        """What may be concluded."""
        head = (
            f"{self.name}: {self.first} against {self.second}: {self.difference:+,.1f} {self.unit}s a problem, "
            f"95 % interval {self.low:+,.1f} to {self.high:+,.1f} ({self.problems} problems"
        )
        head += f", up to {self.runs} runs on each)" if self.runs > 1 else ")"
        if self.problems < 2:
            return f"{head}. One problem says nothing about others."
        head += f"; {self.first} is below on {self.below} of {self.problems}."
        if self.low <= 0 <= self.high:
            return f"{head} The interval holds 0: these runs do not tell which is better."
        better = self.first if self.high < 0 else self.second
        return f"{head} On these {self.problems} problems {better} is better on average."


def compare(rows: Sequence[Row], first: str, second: str, name: str, unit: str = "day") -> Comparison | None:
    """Compare two labels on all problems on which every run of both has a schedule; None without any.

    Each problem gives one difference, of the means over its seeds: so a problem counts once, however many seeds it
    has, and what the seeds leave uncertain is in the spread of the differences. The interval is Student's t: for the
    few problems of a set a bootstrap of percentiles is too short (a test counts how often each holds the mean).
    """
    samples = [(_totals(rows, problem, first), _totals(rows, problem, second)) for problem in problems_of(rows)]
    pairs = [(a, b) for a, b in samples if a and b]
    if not pairs:
        return None
    differences = [fmean(a) - fmean(b) for a, b in pairs]
    found, runs = summary(differences), max(len(sample) for pair in pairs for sample in pair)
    below = sum(difference < 0 for difference in differences)
    return Comparison(name, first, second, len(pairs), runs, below, found.mean, found.low, found.high, unit)


def _totals(rows: Sequence[Row], problem: str, label: str) -> list[float]:
    """Total tardiness of all runs of a label on a problem; empty when a run has none."""
    found = [row["total_tardiness"] for row in rows if row["instance"] == problem and row["label"] == label]
    return [] if None in found else found


def comparisons(rows: Sequence[Row], unit: str = "day") -> list[Comparison]:
    """The genetic algorithm, or else the first method, against all others, set by set."""
    labels = labels_of(rows)
    first = next((row["label"] for row in rows if row["method"] == "ga"), labels[0])
    found = []
    for name, problems in sets_of(problems_of(rows)).items():
        inside = [row for row in rows if row["instance"] in problems]
        found += [compare(inside, first, other, name, unit) for other in labels if other != first]
    return [comparison for comparison in found if comparison is not None]


def comparison_sentences(rows: Sequence[Row], unit: str = "day") -> str:
    """All comparisons in words, one line each; and what they rest on, where the problems are few."""
    found = comparisons(rows, unit)
    lines = [comparison.sentence() for comparison in found]
    few = [comparison.problems for comparison in found if 1 < comparison.problems < ENOUGH]
    if few:
        chance = 100 * 2 / 2 ** max(few)
        lines.append(
            f"The intervals take differences between problems as normal. Without that assumption {max(few)} problems "
            f"cannot reach {100 * LEVEL:.0f} %: that all go one way happens by chance in {chance:.3g} of 100 studies."
        )
    return "\n".join(lines) or "There are no two methods to compare."
