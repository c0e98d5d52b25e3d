"""How close the generator's problems come to the paper's: ``python -m benchmarks.calibration``.

The Expert Heuristic (batch by batch) and the genetic algorithm run on generated problems, and their
mean tardiness is held against Table 4's means of five. Exit code 1 where a mean is further off than it may be.
"""

from collections.abc import Sequence
from statistics import fmean, stdev

from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.signals import measurement
from cmo_kit.core.expert import dispatch
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.schedule import from_indices
from cmo_kit.methods.registry import solve
from cmo_kit.study.results.published import TABLE_4_MEANS
from cmo_kit.study.results.tables import text_table

#: Set -> problems for the Expert (within 5 %) and for the genetic algorithm (within 15 %).
PROBLEMS = {"small": (2000, 60), "medium": (2000, 20), "large": (2000, 0)}
EXPERT_TOLERANCE, GA_TOLERANCE = 0.05, 0.15


def expert_total(test_set: str, seed: int) -> float:
    """Total tardiness of the Expert, batch by batch, on a generated problem."""
    instance = generate_instance(test_set, seed)
    return from_indices(instance, dispatch(instance, whole_orders=False)).total_tardiness


def ga_total(test_set: str, seed: int) -> float:
    """Total tardiness of the genetic algorithm with Table 3's parameters on a generated problem."""
    total = solve(generate_instance(test_set, seed), "ga", seed=seed).total_tardiness
    assert total is not None
    return total


def line_for(test_set: str, method: str, totals: Sequence[float], printed: float, tolerance: float) -> list[str]:
    """One line of the table."""
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


def main() -> int:
    """Measure, print the table, and say by the exit code whether all means are close enough."""
    lines = []
    with ProgressLine("calibration") as progress:
        for test_set, (experts, gas) in PROBLEMS.items():
            _, printed_expert, printed_ga, *_ = TABLE_4_MEANS[test_set]
            totals = []
            for seed in range(1, experts + 1):
                totals.append(expert_total(test_set, seed))
                progress.say(f"calibration: {test_set}, Expert, problem {seed} of {experts}")
            lines.append(line_for(test_set, "Expert", totals, printed_expert, EXPERT_TOLERANCE))
            if gas:
                totals = []
                for seed in range(1, gas + 1):
                    totals.append(ga_total(test_set, seed))
                    progress.say(f"calibration: {test_set}, GA, problem {seed} of {gas}")
                lines.append(line_for(test_set, "GA", totals, printed_ga, GA_TOLERANCE))
    headers = ["set, method", "problems", "mean", "standard deviation", "printed mean", "off by", "close"]
    print(text_table(headers, lines))
    return 0 if all(line[-1] == "yes" for line in lines) else 1


if __name__ == "__main__":
    measurement("calibration", main)
