"""``python -m benchmarks``: measure the decoders, print a table, keep the numbers as JSON."""

import argparse
import datetime
from pathlib import Path
from typing import Any

from benchmarks.decoding import POPULATIONS, measure_growth, measure_set
from benchmarks.environment import describe, use_one_processor
from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.signals import measurement
from cmo_kit.study.results.bench_report import growth_table, table


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--out", default="results/bench.json", help="where the numbers go")
    parser.add_argument("--repeats", type=int, default=41, help="samples of each rival; the median counts")
    arguments = parser.parse_args()
    use_one_processor()
    measured: dict[str, Any] = {"date": datetime.date.today().isoformat(), "environment": describe()}
    measured["sets"] = {}
    with ProgressLine("bench") as line:
        for test_set in POPULATIONS:
            line.write(f"bench: {test_set}")
            measured["sets"][test_set] = measure_set(test_set, arguments.repeats)
        line.write("bench: longer chromosomes")
        measured["growth"] = measure_growth(max(3, arguments.repeats // 4))
    print(table(measured), growth_table(measured), sep="\n\n")
    Path(arguments.out).parent.mkdir(parents=True, exist_ok=True)
    write_json(arguments.out, measured)
    print(f"written to {arguments.out}")


if __name__ == "__main__":
    measurement("bench", main)
