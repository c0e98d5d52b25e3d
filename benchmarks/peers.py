"""``python -m benchmarks.peers``: the kit's genetic algorithm against those of pymoo, DEAP and PyGAD.

Same instances, population sizes and numbers of evaluations; all evaluate populations with the kit's
compiled decoder, so what differs is the algorithm around it. Seconds are those of the whole run.
"""

import argparse
import datetime
import statistics
import sys
import time
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks import peer_runs
from benchmarks.decoding import POPULATIONS
from benchmarks.environment import describe, use_one_processor
from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.signals import measurement
from cmo_kit.core.generate import generate_instance

#: Name -> (what must be installed, one run).
PEERS = {
    "kit": (None, peer_runs.run_kit),
    "pymoo GA": ("pymoo", peer_runs.run_pymoo),
    "pymoo BRKGA": ("pymoo", peer_runs.run_pymoo_brkga),
    "DEAP": ("deap", peer_runs.run_deap),
    "PyGAD": ("pygad", peer_runs.run_pygad),
}


def installed(module: str | None) -> bool:
    """Whether a rival's library can be imported."""
    return module is None or find_spec(module) is not None


def measure(test_set: str, generations: int, repeats: int) -> dict[str, Any]:
    """Evaluations per second and tardiness of every installed rival; they take turns, seed by seed."""
    instance, e = generate_instance(test_set, seed=1), POPULATIONS[test_set]
    runs = {name: run for name, (module, run) in PEERS.items() if installed(module)}
    rates: dict[str, list[float]] = {name: [] for name in runs}
    reached: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run(instance, e, 2 * e, 0)  # loads and compiles
    for seed in range(1, repeats + 1):
        for name, run in runs.items():
            began = time.process_time()
            counted = run(instance, e, generations * e, seed)
            rates[name].append(counted.evaluations / (time.process_time() - began))
            reached[name].append(counted.least)
    return {
        "population": e,
        "evaluations": generations * e,
        "rivals": {
            name: {
                "evaluations_per_second": statistics.median(rates[name]),
                "kit_is_times_as_fast": statistics.median(rates["kit"]) / statistics.median(rates[name]),
                "mean_total_tardiness": statistics.fmean(reached[name]),
            }
            for name in runs
        },
    }


def table(measured: dict[str, Any]) -> str:
    """The measured numbers as text."""
    lines = [f"{measured['environment']['processor']} ({measured['environment']['compiled_for']}); one processor"]
    lines.append("pymoo's check for duplicate chromosomes is off")
    lines.append(f"{'set':<8}{'rival':<14}{'evaluations/s':>14}{'kit is':>10}{'mean tardiness':>16}")
    for test_set, entry in measured["sets"].items():
        for name, rival in entry["rivals"].items():
            lines.append(
                f"{test_set:<8}{name:<14}{rival['evaluations_per_second']:>14,.0f}"
                f"{rival['kit_is_times_as_fast']:>9.1f}x{rival['mean_total_tardiness']:>16,.0f}"
            )
    return "\n".join(lines)


def main() -> int:
    """Measure, print, write; 2 when no rival is installed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--out", default="results/bench-peers.json", help="where the numbers go")
    parser.add_argument("--generations", type=int, default=100, help="evaluations, in populations")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each rival, each with its own seed")
    arguments = parser.parse_args()
    needed = sorted({module for module, _ in PEERS.values() if module is not None})
    missing = [module for module in needed if not installed(module)]
    if missing:
        advice = "install the extra 'peers' (pip install 'cmo-kit[peers]') to compare with them"
        print(f"not installed: {', '.join(missing)}; {advice}", file=sys.stderr)
        if missing == needed:
            return 2
    use_one_processor()
    measured: dict[str, Any] = {"date": datetime.date.today().isoformat(), "environment": describe()}
    measured["versions"] = {module: metadata.version(module) for module in needed if module not in missing}
    measured["sets"] = {}
    with ProgressLine("bench.peers") as line:
        for name in POPULATIONS:
            line.write(f"bench.peers: {name}")
            measured["sets"][name] = measure(name, arguments.generations, arguments.repeats)
    print(table(measured))
    Path(arguments.out).parent.mkdir(parents=True, exist_ok=True)
    write_json(arguments.out, measured)
    print(f"written to {arguments.out}")
    return 0


if __name__ == "__main__":
    measurement("bench.peers", main)
