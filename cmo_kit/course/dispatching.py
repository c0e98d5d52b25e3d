"""The two rules of the Expert Heuristic side by side, and what Table 4 betrays of the data behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean, stdev
from typing import Any

import numpy as np

from cmo_kit.base.text import text_table
from cmo_kit.core.expert import dispatch
from cmo_kit.core.generate import SETS, generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule, from_indices
from cmo_kit.methods.registry import solve
from cmo_kit.study.results.published import TABLE_4_MEANS
from cmo_kit.views.load import site_loads

#: How far a mean over generated problems may lie from the printed one.
EXPERT_TOLERANCE, GA_TOLERANCE = 0.05, 0.15

RULES = {"batch by batch": False, "whole orders": True}


def by_rule(instance: Instance, rule: str) -> Schedule:
    """The schedule that a rule of :data:`RULES` makes."""
    return from_indices(instance, dispatch(instance, whole_orders=RULES[rule]))


def rule_table(instance: Instance) -> str:
    """Total tardiness, changes of order, the setup that they cost, and the last completion, by rule."""
    lines = []
    for rule in RULES:
        schedule = by_rule(instance, rule)
        loads = site_loads(schedule)
        lines.append([
            rule,
            f"{schedule.total_tardiness:g}",
            f"{(schedule.tardiness > 0).sum()} of {len(instance.orders)}",
            str(sum(load.changes for load in loads)),
            f"{sum(load.setup_change for load in loads):g}",
            f"{max(load.end for load in loads):g}",
        ])  # fmt: skip
    headers = ["rule", "total tardiness", "orders tardy", "changes of order", "setup at changes", "last completion"]
    return text_table(headers, lines)


@cache
def _sample(test_set: str, seed: int, **changes: Any) -> dict[str, Schedule]:
    """A generated problem scheduled by both rules; kept, as several cells of a notebook ask for it."""
    instance = generate_instance(test_set, seed, **changes)
    return {rule: by_rule(instance, rule) for rule in RULES}


def _as_tuples(value: Any) -> Any:
    """Lists in a value as tuples, by which a cache can find it again."""
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value


def rule_totals(test_set: str, problems: int, **changes: Any) -> dict[str, list[float]]:
    """Total tardiness by rule on problems with the seeds 1, 2, ..., with other generator parameters if given."""
    kept = {name: _as_tuples(value) for name, value in changes.items()}
    schedules = [_sample(test_set, seed, **kept) for seed in range(1, problems + 1)]
    return {rule: [by_name[rule].total_tardiness for by_name in schedules] for rule in RULES}


def mean_totals(test_set: str, problems: int, **changes: Any) -> dict[str, float]:
    """The means of :func:`rule_totals`."""
    return {rule: fmean(totals) for rule, totals in rule_totals(test_set, problems, **changes).items()}


def batches_before(test_set: str) -> float:
    """``T / 2 L``: how many batches stand before a batch on its Site, on average over a set of Table 2."""
    row = SETS[test_set]
    return row.orders * fmean(row.batches) / row.sites / 2


def printed_tardiness() -> dict[str, float]:
    """The Expert's mean tardiness of one order, by Table 4's means."""
    return {name: TABLE_4_MEANS[name][1] / SETS[name].orders for name in SETS}


@dataclass(frozen=True)
class SlackFit:
    """``mean tardiness of an order = gap * T / 2 L - slack``, fitted by least squares."""

    gap: float
    slack: float

    def tardiness(self, before: float) -> float:
        """The line at ``T / 2 L``."""
        return self.gap * before - self.slack


def fit_slack(before: Sequence[float], tardiness: Sequence[float]) -> SlackFit:
    """Gap and mean slack from at least two sets."""
    matrix = np.column_stack([before, -np.ones(len(before))])
    (gap, slack), *_ = np.linalg.lstsq(matrix, np.asarray(tardiness, dtype=np.float64), rcond=None)
    return SlackFit(float(gap), float(slack))


def fit_errors(before: Sequence[float], errors: Sequence[float]) -> tuple[float, float]:
    """Standard errors of the gap and the slack of :func:`fit_slack`, from those of the independent mean tardinesses."""
    matrix = np.column_stack([before, -np.ones(len(before))])
    gap, slack = np.sqrt(np.linalg.pinv(matrix) ** 2 @ np.asarray(errors, dtype=np.float64) ** 2)
    return float(gap), float(slack)


@dataclass(frozen=True)
class KnownTruth:
    """Means over generated problems scheduled batch by batch, of which we know everything."""

    tardiness: float
    lateness: float
    gap: float
    slack: float


def known_truth(test_set: str, problems: int) -> KnownTruth:
    """Mean tardiness and lateness of an order, mean time from start to start on a Site, mean ``D_i - sum_o p_io``."""
    rows = []
    for seed in range(1, problems + 1):
        schedule = _sample(test_set, seed)["batch by batch"]
        instance = schedule.instance
        gaps = np.concatenate([np.diff(starts) for starts in schedule.starts])
        late = schedule.order_completions - instance.D
        rows.append((schedule.tardiness.mean(), late.mean(), gaps.mean(), (instance.D - instance.tails).mean()))
    return KnownTruth(*(float(mean) for mean in np.mean(rows, axis=0)))


def ga_total(test_set: str, seed: int) -> float:
    """Total tardiness of the genetic algorithm with Table 3's parameters on a generated problem."""
    total = solve(generate_instance(test_set, seed), "ga", seed=seed).total_tardiness
    assert total is not None
    return total


def line_for(test_set: str, method: str, totals: Sequence[float], printed: float, tolerance: float) -> list[str]:
    """A line of the table of the calibration: the mean over generated problems against Table 4's mean of five."""
    mean = fmean(totals)
    off = mean / printed - 1
    return [
        f"{test_set}, {method}",
        str(len(totals)),
        f"{mean:.1f}",
        f"{stdev(totals):.1f}",
        f"{printed:.1f}",
        f"{100 * off:+.1f} %",
        "yes" if abs(off) <= tolerance else "NO",
    ]
