"""What a study costs beside its runs, and how long collecting takes: ``python -m benchmarks.overhead``.

200 runs of one second each go through two workers, and 10,000 results are collected. With ``--cluster`` 5,000 such
runs go through a Dask cluster on this machine instead, one of whose workers is killed half way. Exit code 1 when the
overhead is over 10 %, the collection takes over 10 seconds, or a run is lost.
"""

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.runner import run_program
from cmo_kit.base.errors import need
from cmo_kit.base.jsonfile import write_json
from cmo_kit.methods.registry import solve
from cmo_kit.study.execute.cluster import dask_cluster
from cmo_kit.study.execute.record import RESULT, TASK, save_run
from cmo_kit.study.execute.run_study import run_study
from cmo_kit.study.plan.plan_file import Plan, make_plan
from cmo_kit.study.results.collect import collect

RUNS, SECONDS, WORKERS, RESULTS = 200, 1.0, 2, 10_000
MOST_OVERHEAD, MOST_SECONDS = 0.10, 10.0
CLUSTER_RUNS, CLUSTER_WORKERS, LOOK_SECONDS = 5000, 4, 1.0


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


def cluster_overhead(folder: Path) -> tuple[float, int]:
    """The overhead of a study on a Dask cluster that loses a worker when half is done, and how many runs have a result.

    Dask starts another worker in its place, so the cluster is as large as before but for a moment.
    """
    distributed = need("distributed", "--cluster needs the extra 'dask': pip install 'cmo-kit[dask]'")
    plan = plan_of(CLUSTER_RUNS, {"patience": 10**9}, seconds=SECONDS)
    folder.mkdir()
    ended = threading.Event()
    quiet = {"host": "127.0.0.1", "dashboard_address": None, "silence_logs": 50}
    with (
        distributed.LocalCluster(n_workers=CLUSTER_WORKERS, threads_per_worker=1, **quiet) as local,
        dask_cluster(local.scheduler_address, folder) as cluster,
    ):

        def kill() -> None:
            while not ended.wait(LOOK_SECONDS):
                if 2 * sum(1 for _ in folder.glob(f"runs/*/{RESULT}")) >= CLUSTER_RUNS:
                    os.kill(next(iter(local.workers.values())).process.process.pid, signal.SIGKILL)
                    return

        killing = threading.Thread(target=kill)
        killing.start()
        began = time.perf_counter()
        try:
            state = run_study(plan, folder, cluster.workers, cluster.make_executor, trouble=cluster.trouble)
            rows = collect(plan, folder, state.failures)
            elapsed = time.perf_counter() - began
        finally:
            ended.set()
            killing.join()
    assert state.done == len(rows) == len({row["seed"] for row in rows}), "no run may count twice"
    return elapsed * CLUSTER_WORKERS / sum(float(row["seconds"]) for row in rows) - 1, len(rows)


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


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and say by the exit code whether it is little enough."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overhead", description=__doc__)
    parser.add_argument("--cluster", action="store_true", help="measure a Dask cluster instead")
    on_cluster = parser.parse_args(arguments).cluster
    with tempfile.TemporaryDirectory(prefix="cmo-kit-") as folder:
        if on_cluster:
            share, count = cluster_overhead(Path(folder) / "cluster")
            where = f"{CLUSTER_WORKERS} workers of a Dask cluster, one killed"
            print(f"{count:,} of {CLUSTER_RUNS:,} runs of {SECONDS:g} s on {where}: overhead {100 * share:.1f} %")
            return 0 if share <= MOST_OVERHEAD and count == CLUSTER_RUNS else 1
        share = overhead(Path(folder) / "overhead")
        print(f"{RUNS} runs of {SECONDS:g} s on {WORKERS} workers: overhead {100 * share:.1f} %", flush=True)
        seconds = collection(Path(folder) / "collection")
        print(f"{RESULTS:,} results with 1,000 generations each collected in {seconds:.1f} s")
    return 0 if share <= MOST_OVERHEAD and seconds <= MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(run_program("overhead", main))
