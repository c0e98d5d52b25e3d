"""Two methods on the same problems: paired differences, a bootstrap interval, and what may be concluded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.csvfile import Row
from cmo_kit.study.results.statistics import SEED, percentile_interval, resampled_means
from cmo_kit.study.results.tables import labels_of, problems_of, sets_of

RESAMPLES = 5000


@dataclass(frozen=True)
class Comparison:
    """Total tardiness of ``first`` less that of ``second``: mean over problems, and a bootstrap interval of it."""

    name: str
    first: str
    second: str
    problems: int
    seeds: int
    difference: float
    low: float
    high: float

    def sentence(self) -> str:
        """What may be concluded."""
        head = (
            f"{self.name}: {self.first} against {self.second}: {self.difference:+,.1f} days a problem, "
            f"95 % interval {self.low:+,.1f} to {self.high:+,.1f} ({self.problems} problems"
        )
        head += f", up to {self.seeds} seeds)" if self.seeds > 1 else ")"
        if self.problems < 2:
            return f"{head}. One problem says nothing about others."
        if self.high < 0:
            return f"{head}. On problems like these {self.first} is better."
        if self.low > 0:
            return f"{head}. On problems like these {self.second} is better."
        return f"{head}. The interval holds 0: these runs do not tell which is better."


def compare(rows: Sequence[Row], first: str, second: str, name: str) -> Comparison | None:
    """Compare two labels on all problems on which every run of both has a schedule; None without any.

    The interval is a percentile interval over resamples of problems and, within each problem, of seeds:
    both are samples, and a difference that hangs on one problem or one seed must not look certain. With
    the few problems of a set such an interval is rather too short than too long.
    """
    samples = [(_totals(rows, problem, first), _totals(rows, problem, second)) for problem in problems_of(rows)]
    pairs = [(a, b) for a, b in samples if len(a) and len(b)]
    if not pairs:
        return None
    rng = np.random.default_rng(SEED)
    drawn = np.column_stack([resampled_means(a, RESAMPLES, rng) - resampled_means(b, RESAMPLES, rng) for a, b in pairs])
    chosen = rng.integers(len(pairs), size=drawn.shape)
    low, high = percentile_interval(np.take_along_axis(drawn, chosen, axis=1).mean(axis=1))
    difference = float(np.mean([a.mean() - b.mean() for a, b in pairs]))
    seeds = max(len(sample) for pair in pairs for sample in pair)
    return Comparison(name, first, second, len(pairs), seeds, difference, low, high)


def _totals(rows: Sequence[Row], problem: str, label: str) -> NDArray[np.float64]:
    """Total tardiness of all runs of a label on a problem; empty when a run has none."""
    found = [row["total_tardiness"] for row in rows if row["instance"] == problem and row["label"] == label]
    return np.array([] if None in found else found, dtype=np.float64)


def comparisons(rows: Sequence[Row]) -> list[Comparison]:
    """The genetic algorithm, or else the first method, against all others, set by set."""
    labels = labels_of(rows)
    first = next((row["label"] for row in rows if row["method"] == "ga"), labels[0])
    found = []
    for name, problems in sets_of(problems_of(rows)).items():
        inside = [row for row in rows if row["instance"] in problems]
        found += [compare(inside, first, other, name) for other in labels if other != first]
    return [comparison for comparison in found if comparison is not None]


def comparison_sentences(rows: Sequence[Row]) -> str:
    """All comparisons in words, one line each."""
    return (
        "\n".join(comparison.sentence() for comparison in comparisons(rows)) or "There are no two methods to compare."
    )
