"""The measurements of notebook 08: ``python -m benchmarks.beyond``, about half an hour.

Every idea runs on every instance, on equal evaluations and on equal seconds, ten seeds each; then search and
proof close the gap on one problem. A run enters ``runs.csv`` as soon as it is done; what the table holds is not
run again, so a stopped command goes on where it was. Runs on equal evaluations are the same on every
machine; for runs on equal seconds nothing else should be at work, and ``--anew`` measures them again.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.runner import Record, finished, run_missing, run_program, today
from cmo_kit.base.csvfile import write_csv
from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.limits import Progress
from cmo_kit.base.values import plain
from cmo_kit.core.genetic import default_population_size
from cmo_kit.core.instance import Instance
from cmo_kit.library import load_instance
from cmo_kit.methods.ideas import IDEAS, load_compiled, run_idea
from cmo_kit.study.execute.record import cpu_name
from cmo_kit.study.results.gap_measurement import measure_gap
from cmo_kit.study.results.ideas import read_runs, results_folder

COLUMNS = ("instance", "idea", "budget", "limit", "seed", "total_tardiness", "evaluations", "seconds", "busy", "date",
           "processor")  # fmt: skip
INSTANCES = ("small-1", "medium-1", "large-1")
GAP_INSTANCE, SEARCH_SECONDS, BOUND_SECONDS = "small-2", 10.0, 60.0
GENERATIONS = 500
#: Seconds of a run by the paper's population, that is for Small, Medium and Large.
SECONDS = {100: 0.5, 200: 1.0, 300: 2.0}


class IdeaRun(NamedTuple):
    """One run to make; ``limit`` counts what ``budget`` names, ``evaluations`` or ``seconds``."""

    instance: str
    idea: str
    budget: str
    limit: float
    seed: int

    def __str__(self) -> str:
        return f"{self.idea} on {self.instance}, seed {self.seed}"


def run_of(row: Mapping[str, Any]) -> IdeaRun:
    """Which run a row is."""
    return IdeaRun(*(row[field] for field in IdeaRun._fields))


def budgets(instance: Instance, share: float = 1.0) -> dict[str, float]:
    """Equal evaluations (500 generations of the paper's population) and equal seconds, or a share of both."""
    population = default_population_size(instance)
    return {"evaluations": max(1, round(share * GENERATIONS * population)), "seconds": share * SECONDS[population]}


def idea_runs(instances: Sequence[Instance], seeds: int, share: float = 1.0) -> Iterator[IdeaRun]:
    """All runs, seed by seed, so that a study that was stopped has compared all ideas on the first seeds."""
    for seed in range(1, seeds + 1):
        for instance in instances:
            for budget, limit in budgets(instance, share).items():
                for idea in IDEAS:
                    yield IdeaRun(instance.name, idea, budget, limit, seed)


def make_run(run: IdeaRun, instance: Instance, progress: Progress) -> Record:
    """Make one run; its row.

    ``busy`` is the share of the seconds in which the processor worked for this run and not for others.
    """
    limit = {run.budget: run.limit if run.budget == "seconds" else int(run.limit)}
    began, worked = time.perf_counter(), time.process_time()
    outcome = run_idea(run.idea, instance, run.seed, **limit)  # type: ignore[arg-type]
    elapsed, worked = time.perf_counter() - began, time.process_time() - worked
    return {
        **run._asdict(),
        "total_tardiness": finished(instance, outcome).total_tardiness,
        "evaluations": outcome.evaluations,
        "seconds": round(elapsed, 3),
        "busy": round(worked / elapsed, 3) if run.budget == "seconds" else None,
        "date": today(),
        "processor": cpu_name(),
    }


def write_runs(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the table, whole or not at all."""
    plainly = [{key: plain(value) if isinstance(value, float) else value for key, value in row.items()} for row in rows]
    write_csv(path, COLUMNS, plainly)


def measure(path: Path, instances: Sequence[Instance], seeds: int, share: float) -> None:
    """Make the runs that the table at ``path`` has not, and enter each as it is done.

    Raises
    ------
    InputError
        Where the table holds runs with another budget on one of the instances: means must not mix them.
    """
    rows = read_runs(path)
    done = {run_of(row) for row in rows}
    by_name = {instance.name: instance for instance in instances}
    runs = {run: partial(make_run, run, by_name[run.instance]) for run in idea_runs(instances, seeds, share)}
    limits = {(run.instance, run.budget): run.limit for run in runs}
    for run in done:
        limit = limits.get((run.instance, run.budget), run.limit)
        if run.limit != limit:
            raise InputError(f"{path} has runs on {run.instance} of {run.limit:g} {run.budget}; they must be "
                             f"{limit:g} like the others: choose another --out, or --anew everything")  # fmt: skip

    def keep(run: IdeaRun, row: Record) -> None:
        rows.append(row)
        write_runs(path, rows)

    if not done.issuperset(runs):
        for instance in instances:
            load_compiled(instance)
    run_missing("beyond", runs, done, keep)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is missing; exit code 2 for bad input, 130 after an interrupt."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beyond", description=__doc__)
    parser.add_argument("--out", type=Path, default=results_folder(), help="the folder of the results")
    parser.add_argument("--instances", nargs="+", default=INSTANCES, help="names or paths")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--share", type=float, default=1.0, help="of the budgets, for a quick look: 0.02")
    parser.add_argument("--anew", choices=("nothing", "seconds", "everything"), default="nothing",
                        help="forget these runs first")  # fmt: skip
    options = parser.parse_args(arguments)
    path, gap_path = options.out / "runs.csv", options.out / "gap.json"

    def work() -> None:
        instances = [load_instance(name) for name in options.instances]
        options.out.mkdir(parents=True, exist_ok=True)
        if options.anew != "nothing":
            kept = [row for row in read_runs(path) if options.anew == "seconds" and row["budget"] != "seconds"]
            write_runs(path, kept)
            gap_path.unlink(missing_ok=True)
        measure(path, instances, options.seeds, options.share)
        if not gap_path.exists():
            share = options.share
            history = measure_gap(load_instance(GAP_INSTANCE), share * SEARCH_SECONDS, share * BOUND_SECONDS)
            write_json(gap_path, history.to_dict())
        print(f"{path}: {len(read_runs(path))} runs; {gap_path}")

    return run_program("beyond", work)


if __name__ == "__main__":
    sys.exit(main())
