"""[P] by hand: what CBC takes for a schedule when equations are left out, and how large the model becomes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.cbc import run_cbc
from cmo_kit.base.language import spoken
from cmo_kit.base.text import text_table
from cmo_kit.check import Violation, check_schedule
from cmo_kit.core.generate import SETS
from cmo_kit.core.instance import Instance
from cmo_kit.core.model import ModelP, runs_of
from cmo_kit.core.schedule import Schedule
from cmo_kit.library import load_instance
from cmo_kit.models.model_size import model_size


class ClaimedSchedule(Schedule):
    """A schedule with the times that a solver claims, right or not, in place of those that follow from its runs."""

    def __init__(
        self,
        instance: Instance,
        sites: Sequence[Sequence[tuple[str, int]]],
        starts: Sequence[NDArray[np.float64]],
        completions: Sequence[NDArray[np.float64]],
        tardiness: NDArray[np.float64],
    ) -> None:
        super().__init__(instance, sites)
        self.starts = tuple(starts)
        self.completions = tuple(completions)
        self.tardiness = tardiness
        self.total_tardiness = float(sum(instance.w * tardiness))

    @property
    def possible(self) -> Schedule:
        """The same runs at the times that the pipeline allows."""
        return Schedule(self.instance, self.sites)


@dataclass(frozen=True)
class Without:
    """What came of [P] without these equations; ``spurious`` counts gammas at 1 without their two batches."""

    equations: tuple[int, ...]
    status: str
    claimed: float | None
    schedule: ClaimedSchedule | None
    spurious: int

    @property
    def violations(self) -> list[Violation]:
        """What the checker finds; times that are merely later than necessary are allowed."""
        if self.schedule is None:
            return []
        found = check_schedule(self.schedule.instance, self.schedule)
        return [violation for violation in found if not _later(violation, self.schedule)]

    @property
    def words(self) -> list[str]:
        """What the checker says against the schedule, one sentence for each violation."""
        return [violation.message for violation in self.violations]

    def report(self, most: int = 3) -> str:
        """What CBC claims and what the checker says, at most so many sentences of it."""
        names = ", ".join(f"({number})" for number in self.equations)
        head = f"without {names}" if names else "[P] as it is"
        if self.schedule is None or self.claimed is None:
            return spoken(f"{head}: {self.status}")
        lines = [f"{head}: CBC claims total tardiness {self.claimed:g} ({self.status})"]
        for l, (site, starts) in enumerate(zip(self.schedule.sites, self.schedule.starts, strict=True), start=1):
            orders = [run.order for run in site for _ in range(run.batches)]
            batches = [spoken(f"order {order} at {start:g}") for order, start in zip(orders, starts, strict=True)]
            lines.append(f"  Site {l}: {', '.join(batches) or spoken('empty')}")
        words = self.words or ["no violation"]
        lines += [f"  checker: {spoken(word)}" for word in words[:most]]
        if len(words) > most:
            lines.append(f"  checker: and {len(words) - most} more.")
        return spoken("\n".join(lines))


def _later(violation: Violation, schedule: ClaimedSchedule) -> bool:
    """Whether a time is claimed to be later than possible, which [P] allows where it costs nothing."""
    if violation.rule not in ("start", "completion") or violation.site is None or violation.position is None:
        return False
    l, t = violation.site - 1, violation.position - 1
    claimed, possible = (getattr(found, f"{violation.rule}s") for found in (schedule, schedule.possible))
    return bool(claimed[l][t] > possible[l][t])


def without(instance: Instance, *equations: int, seconds: float = 60) -> Without:
    """Solve [P] without these equations, among (2) to (10) and (13), and keep what the solver claims."""
    model = ModelP(instance, without=equations)
    answer = run_cbc(model.problem, seconds)
    if answer.objective is None:
        return Without(equations, answer.status, None, None, 0)
    claimed = round(answer.objective, 6)
    return Without(equations, answer.status, claimed, claimed_schedule(model), spurious_gammas(model))


def claimed_schedule(model: ModelP) -> ClaimedSchedule:
    """Runs, times and tardiness as the solved model's variables have them."""
    places = [
        [(i - 1, l, t) for t in model.positions for i in model.orders if _value(model.z[i, l, t]) > 0.5]
        for l in model.sites
    ]
    names = [order.id for order in model.instance.orders]
    sites = [[(names[i], batches) for i, batches in runs_of([place[0] for place in site])] for site in places]

    def times(variables: dict[tuple[int, int], object]) -> list[NDArray[np.float64]]:
        return [np.array([_value(variables[l, t]) for _, l, t in site]) for site in places]

    tardiness = np.array([_value(model.tau[i]) for i in model.orders])
    return ClaimedSchedule(model.instance, sites, times(model.s), times(model.c), tardiness)


def spurious_gammas(model: ModelP) -> int:
    """How many gammas are 1 although their two batches do not follow one another there."""
    return sum(
        _value(gamma) > 0.5 and _value(model.z[i, l, t]) + _value(model.z[j, l, t + 1]) < 1.5
        for (i, j, l, t), gamma in model.gamma.items()
    )


def _value(variable: object) -> float:
    """A variable's value without the solver's rounding; 0 for one that stands in no equation."""
    value = variable.value()  # type: ignore[attr-defined]
    return 0.0 if value is None else round(float(value), 6)


def big_v_table(instance: Instance, values: Collection[float], seconds: float = 60) -> list[str]:
    """For each ``V`` what CBC calls optimal; the smallest valid one first."""
    lines = []
    for value in (None, *values):
        answer = run_cbc(ModelP(instance, big_v=value).problem, seconds)
        name = "smallest valid V" if value is None else f"V = {value:.0e}".replace("e+0", "e").replace("e+", "e")
        claimed = "no schedule" if answer.objective is None else f"total tardiness {answer.objective:.3g}"
        lines.append(spoken(f"{name:<18} CBC says {answer.status}: {claimed}"))
    return lines


def expected_gammas(test_set: str) -> float:
    """``I I L (T - 1)`` with the mean of ``T``, as gammas are linear in it."""
    row = SETS[test_set]
    T = row.orders * fmean(row.batches)
    return row.orders**2 * row.sites * (T - 1)


def expected_table() -> str:
    """Orders, Sites, mean batches and mean number of gammas by set."""
    lines = [
        [name, str(row.orders), str(row.sites), f"{row.orders * fmean(row.batches):g}", f"{expected_gammas(name):,.0f}"]
        for name, row in SETS.items()
    ]
    return text_table([*map(spoken, ("set", "I", "L", "mean T", "mean gammas"))], lines)


def shipped_table() -> str:
    """Variables, constraints, nonzeros and estimated memory by set: least to greatest of the shipped problems."""
    lines = []
    for name in SETS:
        sizes = [model_size(load_instance(f"{name}-{k}")) for k in range(1, 6)]
        counts = [(s.variables / 1e6, s.constraints / 1e6, s.nonzeros / 1e6, s.memory / 1e9) for s in sizes]
        lines.append([name, *(f"{min(c):,.1f} to {max(c):,.1f}" for c in zip(*counts, strict=True))])
    headers = ["set", "variables (10^6)", "constraints (10^6)", "nonzeros (10^6)", "PuLP and CBC (GB)"]
    return text_table([*map(spoken, headers)], lines)
