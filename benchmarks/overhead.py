"""What a study costs beside its runs, and how long collecting takes: ``python -m benchmarks.overhead``.

200 runs of one second each go through two workers, and 10,000 results are collected. Exit code 1 when the
overhead is over 10 % or the collection takes over 10 seconds.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.runner import run_program
from cmo_kit.base.jsonfile import write_json
from cmo_kit.methods.registry import solve
from cmo_kit.study.execute.record import TASK, save_run
from cmo_kit.study.execute.run_study import run_study
from cmo_kit.study.plan.plan_file import Plan, make_plan
from cmo_kit.study.results.collect import collect

RUNS, SECONDS, WORKERS, RESULTS = 200, 1.0, 2, 10_000
MOST_OVERHEAD, MOST_SECONDS = 0.10, 10.0


def plan_of(runs: int, parameters: dict[str, Any], **budget: float) -> Plan:
    """A study of the genetic algorithm with many seeds on one problem."""
    entry = {"method": "ga", "seeds": runs, "parameters": parameters, **budget}
    return make_plan({"name": "overhead", "instances": {"names": ["medium-1"]}, "runs": [entry]}, Path())


def overhead(folder: Path) -> float:
    """Wall time of the study, collection included, over the time that its runs alone would fill; less one."""
    plan = plan_of(RUNS, {"patience": 10**9}, seconds=SECONDS)
    began = time.perf_counter()
    state = run_study(plan, folder, WORKERS)
    rows = collect(plan, folder, state.failures)
    elapsed = time.perf_counter() - began
    assert len(rows) == RUNS, "every run must succeed, or there is nothing to measure"
    return elapsed * WORKERS / sum(float(row["seconds"]) for row in rows) - 1


def collection(folder: Path) -> float:
    """Seconds to collect results with histories of a thousand generations."""
    plan = plan_of(RESULTS, {"population_size": 10}, evaluations=10_000)
    instance = plan.instances["medium-1"]
    result = solve(instance, "ga", evaluations=10_000, population_size=10, patience=10**9)
    for task in plan.tasks:
        place = folder / "runs" / task.folder
        place.mkdir(parents=True)
        write_json(place / TASK, task.to_dict())
        save_run(task, result, instance, place)
    began = time.perf_counter()
    rows = collect(plan, folder, {})
    elapsed = time.perf_counter() - began
    assert len(rows) == RESULTS, "every result must be read"
    return elapsed


def main() -> int:
    """Measure both, print them, and say by the exit code whether they are small enough."""
    with tempfile.TemporaryDirectory(prefix="cmo-kit-") as folder:
        share = overhead(Path(folder) / "overhead")
        print(f"{RUNS} runs of {SECONDS:g} s on {WORKERS} workers: overhead {100 * share:.1f} %", flush=True)
        seconds = collection(Path(folder) / "collection")
        print(f"{RESULTS:,} results with 1,000 generations each collected in {seconds:.1f} s")
    return 0 if share <= MOST_OVERHEAD and seconds <= MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(run_program("overhead", main))
