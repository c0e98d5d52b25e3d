"""The paper's Table 4 as data, and the index that its methods are compared by.

The printed numbers are kept as printed; where they are computed from others, tests recompute them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedRow:
    """One problem of Table 4: total tardiness in days, printed RDI, seconds of the genetic algorithm."""

    cplex: float | None
    expert: float
    ga: float
    cplex_rdi: float | None
    expert_rdi: float
    ga_rdi: float
    ga_seconds: float


TABLE_4: Mapping[str, PublishedRow] = {
    "small-1": PublishedRow(1333, 1508, 215, 0.865, 1, 0, 91.938),
    "small-2": PublishedRow(953, 1287, 25, 0.735, 1, 0, 74.003),
    "small-3": PublishedRow(2516, 1211, 195, 1, 0.438, 0, 68.246),
    "small-4": PublishedRow(3906, 1864, 539, 1, 0.394, 0, 59.323),
    "small-5": PublishedRow(6540, 1342, 380, 1, 0.156, 0, 128.821),
    "medium-1": PublishedRow(16333, 7740, 2671, 1, 0.371, 0, 1190.445),
    "medium-2": PublishedRow(11481, 6415, 1602, 1, 0.487, 0, 1072.210),
    "medium-3": PublishedRow(17770, 8767, 3213, 1, 0.381, 0, 915.666),
    "medium-4": PublishedRow(17291, 8690, 2287, 1, 0.426, 0, 1211.674),
    "medium-5": PublishedRow(13200, 7833, 2745, 1, 0.486, 0, 812.349),
    "large-1": PublishedRow(None, 38556, 24615, None, 1, 0, 3600),
    "large-2": PublishedRow(None, 36476, 24107, None, 1, 0, 3600),
    "large-3": PublishedRow(None, 35129, 22080, None, 1, 0, 3600),
    "large-4": PublishedRow(None, 40847, 26230, None, 1, 0, 3600),
    "large-5": PublishedRow(None, 37132, 21145, None, 1, 0, 3600),
}

#: The averages that Table 4 prints for each set: CPLEX, Expert, GA, RDI of CPLEX and of the Expert, seconds.
TABLE_4_MEANS: Mapping[str, tuple[float | None, float, float, float | None, float, float]] = {
    "small": (3049.6, 1442.4, 270.8, 0.920, 0.597, 84.466),
    "medium": (15215, 7889, 2503.6, 1, 0.431, 1040.469),
    "large": (None, 37628, 23635.4, None, 1, 3600),
}


def relative_deviation_index(values: Sequence[float | None]) -> list[float | None]:
    """RDI of the methods compared on one problem: ``(T - best) / (worst - best)``.

    The paper prints no formula ("relative delay index"); this usual one reproduces its column. The index
    depends on the worst competitor: adding a bad method brings all others nearer to 0, and it says
    nothing about the distance to the optimum. Without a difference all are 0. The values are total tardinesses, None
    where a method found no schedule: there the index, otherwise in 0..1, is None too.
    """
    known = [value for value in values if value is not None]
    best, worst = min(known, default=0.0), max(known, default=0.0)
    spread = worst - best
    return [None if value is None else (value - best) / spread if spread > 0 else 0.0 for value in values]
