"""What a sample says of what it was drawn from: intervals of means by Student's t."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

LEVEL = 0.95
#: Student's t for 95 % intervals of a mean, by degrees of freedom from 1 to 30.
STUDENT = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """A mean, or a difference of means, of some runs, and its 95 % interval by Student's t; infinite from one run."""

    runs: int
    mean: float
    low: float
    high: float


def summary(sample: Sequence[float]) -> Summary:
    """The mean of at least one number with its interval, which takes the numbers as independent."""
    return _around(fmean(sample), len(sample), [sample])


def difference(first: Sequence[float], second: Sequence[float]) -> Summary:
    """Mean of ``first`` less mean of ``second``, with an interval that is rather too long than too short.

    The runs are not paired: a seed gives different ideas different chances. The variances add up, and the
    degrees of freedom are those of the smaller sample.
    """
    return _around(fmean(first) - fmean(second), min(len(first), len(second)), [first, second])


def _around(mean: float, runs: int, samples: Sequence[Sequence[float]]) -> Summary:
    """The interval around ``mean``, whose variance is the sum of those of the samples' means."""
    if runs < 2:
        return Summary(runs, mean, float("-inf"), float("inf"))
    half = STUDENT[min(runs - 1, 30) - 1] * sum(stdev(sample) ** 2 / len(sample) for sample in samples) ** 0.5
    return Summary(runs, mean, mean - half, mean + half)
