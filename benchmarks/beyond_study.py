"""The measurements of notebook 08: ``python -m benchmarks.beyond_study``, about half an hour.

Every idea runs on every instance, on equal evaluations and on equal seconds, ten seeds each; then search and
proof close the gap on one problem. A run enters ``runs.csv`` as soon as it is done; what the table holds is not
run again, so a stopped command goes on where it was. Runs on equal evaluations are the same on every
machine; for runs on equal seconds nothing else should be at work, and ``--anew`` measures them again.
"""

import argparse
import datetime
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.progress import ProgressLine
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import Instance
from cmo_kit.library import load_instance, notebooks_folder
from cmo_kit.study.execute.record import cpu_name
from cmo_kit.study.ideas.closing import measure_gap
from cmo_kit.study.ideas.idea_runs import Task, key_of, read_runs, tasks, write_runs
from cmo_kit.study.ideas.ideas import load_compiled, run_idea

FOLDER = notebooks_folder() / "data" / "beyond"
INSTANCES = ("small-1", "medium-1", "large-1")
GAP_INSTANCE, SEARCH_SECONDS, BOUND_SECONDS = "small-2", 10.0, 60.0
INTERRUPTED = 130


def run(task: Task, instance: Instance) -> dict[str, Any]:
    """Make one run; its row.

    ``busy`` is the share of the seconds in which the processor worked for this run and not for others.

    Raises
    ------
    KeyboardInterrupt
        Where the user ended the run: a part of a run is no row.
    """
    began, worked = time.perf_counter(), time.process_time()
    outcome = run_idea(task.idea, instance, task.seed, task.limits)
    elapsed, worked = time.perf_counter() - began, time.process_time() - worked
    if outcome.status == "stopped" or outcome.schedule is None:
        raise KeyboardInterrupt
    violations = check_schedule(instance, outcome.schedule)
    assert not violations, violations
    return {
        "instance": task.instance,
        "idea": task.idea,
        "budget": task.budget,
        "limit": task.limit,
        "seed": task.seed,
        "total_tardiness": outcome.schedule.total_tardiness,
        "evaluations": outcome.evaluations,
        "seconds": round(elapsed, 3),
        "busy": round(worked / elapsed, 3) if task.budget == "seconds" else None,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "processor": cpu_name(),
    }


def run_missing(path: Path, instances: Sequence[Instance], seeds: int, share: float) -> None:
    """Make the runs that the table at ``path`` has not, and enter each as it is done.

    Raises
    ------
    InputError
        Where the table holds runs with another budget on one of the instances: means must not mix them.
    """
    rows = read_runs(path)
    done = {key_of(row) for row in rows}
    wanted = list(tasks(instances, seeds, share))
    limits = {(task.instance, task.budget): task.limit for task in wanted}
    for task in done:
        limit = limits.get((task.instance, task.budget), task.limit)
        if task.limit != limit:
            raise InputError(f"{path} has runs on {task.instance} of {task.limit:g} {task.budget}; they must be "
                             f"{limit:g} like the others: choose another --out, or --anew everything")  # fmt: skip
    missing = [task for task in wanted if task not in done]
    by_name = {instance.name: instance for instance in instances}
    with ProgressLine("beyond") as line:
        if missing:
            line.write("beyond: loading compiled code")
            for instance in instances:
                load_compiled(instance)
        for number, task in enumerate(missing, start=len(wanted) - len(missing) + 1):
            line.say(f"beyond: run {number} of {len(wanted)}, {task.idea} on {task.instance}, seed {task.seed}")
            rows.append(run(task, by_name[task.instance]))
            write_runs(path, rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is missing; exit code 2 for bad input, 130 after an interrupt."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beyond_study", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder of the results")
    parser.add_argument("--instances", nargs="+", default=INSTANCES, help="names or paths")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--share", type=float, default=1.0, help="of the budgets, for a quick look: 0.02")
    parser.add_argument("--anew", choices=("nothing", "seconds", "everything"), default="nothing",
                        help="forget these runs first")  # fmt: skip
    options = parser.parse_args(arguments)
    path, gap_path = options.out / "runs.csv", options.out / "gap.json"
    try:
        instances = [load_instance(name) for name in options.instances]
        options.out.mkdir(parents=True, exist_ok=True)
        if options.anew != "nothing":
            kept = [row for row in read_runs(path) if options.anew == "seconds" and row["budget"] != "seconds"]
            write_runs(path, kept)
            gap_path.unlink(missing_ok=True)
        run_missing(path, instances, options.seeds, options.share)
        if not gap_path.exists():
            share = options.share
            history = measure_gap(load_instance(GAP_INSTANCE), share * SEARCH_SECONDS, share * BOUND_SECONDS)
            write_json(gap_path, history.to_dict())
    except InputError as error:
        print(f"beyond: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"beyond: stopped; {path} keeps the runs that are done", file=sys.stderr)
        return INTERRUPTED
    print(f"{path}: {len(read_runs(path))} runs; {gap_path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
