"""How close the generator's problems come to the paper's: ``python -m benchmarks.calibration``.

The Expert Heuristic (batch by batch) and the genetic algorithm run on generated problems, and their
mean tardiness is held against Table 4's means of five. Exit code 1 where a mean is further off than it may be.
"""

import sys
from functools import partial
from statistics import fmean, stdev

from benchmarks.runner import Record, keep_document, run_missing, run_program, stamp
from cmo_kit.base.text import text_table
from cmo_kit.core.generate import generate_instance
from cmo_kit.course.dispatching import EXPERT_TOLERANCE, GA_TOLERANCE, by_rule, ga_total, line_for
from cmo_kit.library import notebooks_folder
from cmo_kit.study.results.published import TABLE_4_MEANS

#: Set -> problems for the Expert (within 5 %) and for the genetic algorithm (within 15 %).
PROBLEMS = {"small": (2000, 60), "medium": (2000, 20), "large": (2000, 10)}
FILE = notebooks_folder() / "data/calibration.json"
TOLERANCES = {"Expert": EXPERT_TOLERANCE, "GA": GA_TOLERANCE}


def expert_total(test_set: str, seed: int) -> float:
    """Total tardiness of the Expert, batch by batch, on a generated problem."""
    return by_rule(generate_instance(test_set, seed), "batch by batch").total_tardiness


def total(test_set: str, method: str, seed: int, progress: object) -> Record:
    """One run."""
    return {"total": (expert_total if method == "Expert" else ga_total)(test_set, seed)}


def calibrate() -> int:
    """Measure, keep the means, print the table; the exit code says whether all of them are close enough."""
    lines, means = [], {}
    for test_set, counts in PROBLEMS.items():
        for method, count, printed in zip(TOLERANCES, counts, TABLE_4_MEANS[test_set][1:3], strict=True):
            runs = {f"problem {seed}": partial(total, test_set, method, seed) for seed in range(1, count + 1)}
            found = run_missing(f"calibration: {test_set}, {method}", runs)
            if totals := [record["total"] for record in found.values()]:
                lines.append(line_for(test_set, method, totals, printed, TOLERANCES[method]))
                spread = {"mean": fmean(totals), "standard_deviation": stdev(totals)}
                means[f"{test_set}, {method}"] = {"problems": len(totals)} | spread
    keep_document(FILE, stamp() | {"means": means})
    headers = ["set, method", "problems", "mean", "standard deviation", "printed mean", "off by", "close"]
    print(text_table(headers, lines))
    return 0 if all(line[-1] == "yes" for line in lines) else 1


if __name__ == "__main__":
    sys.exit(run_program("calibration", calibrate))
