"""What a study has to say on the paper's claims: its runs by the part that their method plays in the paper."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cmo_kit.base.csvfile import Row
from cmo_kit.study.results.published import TABLE_4
from cmo_kit.study.results.stored import Study
from cmo_kit.study.results.tables import mean_over_seeds

YES, NO, OPEN = "reproduced", "not reproduced", "cannot be tested"


class Claim(NamedTuple):
    """A claim of the paper, the verdict, and the numbers behind it."""

    claim: str
    verdict: str
    numbers: str


@dataclass(frozen=True)
class Evidence:
    """The runs of a study by the part that their method plays in the paper."""

    study: Study

    def rows(self, method: str, test_set: str = "") -> list[Row]:
        """The runs of the first label with this method, on the problems of a set or on all of the paper's."""
        label = next((row["label"] for row in self.study.rows if row["method"] == method), None)
        return [
            row
            for row in self.study.rows
            if row["label"] == label and row["instance"] in TABLE_4 and row["instance"].startswith(test_set)
        ]

    def means(self, method: str, test_set: str = "") -> dict[str, float | None]:
        """Mean total tardiness by problem; None where a run has no schedule."""
        by_problem = mean_over_seeds(self.rows(method, test_set), "total_tardiness")
        return {problem: next(iter(found.values())) for problem, found in by_problem.items()}

    def triples(self, test_set: str = "") -> dict[str, tuple[float | None, float, float]]:
        """Problem -> [P], Expert, genetic algorithm, as in Table 4; problems with both of the latter."""
        milp, expert, ga = (self.means(method, test_set) for method in ("milp", "expert", "ga"))
        return {p: (milp.get(p), e, g) for p, g in ga.items() if g is not None and (e := expert.get(p)) is not None}


def totals(rows: Sequence[Row], problem: str) -> list[float]:
    """All total tardinesses that a study has for a problem."""
    return [row["total_tardiness"] for row in rows if row["instance"] == problem and row["total_tardiness"] is not None]


def saving(pairs: Iterable[tuple[float, float]]) -> float:
    """How far the mean of the second lies below the mean of the first, in per cent.

    Of the means, and not a mean of percentages: only so do Table 4's columns give the paper's 37.19 %.
    """
    first, second = zip(*pairs, strict=True)
    return 100 * (1 - float(sum(second)) / float(sum(first)))


def span(values: Iterable[float], digits: int = 1) -> str:
    """``least to greatest``."""
    found = sorted(values)
    return f"{found[0]:.{digits}f} to {found[-1]:.{digits}f}"
