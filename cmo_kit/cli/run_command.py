"""``cmo-kit run``: plan, runs, tables, report, and the words that go with them."""

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import make_folder
from cmo_kit.base.output import say, tell
from cmo_kit.base.signals import INTERRUPTED, signals_interrupt
from cmo_kit.base.text import text_table
from cmo_kit.base.values import check_integer
from cmo_kit.cli.options import workers_of
from cmo_kit.study.execute.run_study import StudyState, run_study, survey
from cmo_kit.study.plan.plan_file import Plan, load_plan
from cmo_kit.study.report.report import render_in_process
from cmo_kit.study.results.collect import FAILURES, TABLE, collect
from cmo_kit.study.results.grid import by_methods, effects_table, find_grids
from cmo_kit.study.results.tables import table_4

if TYPE_CHECKING:
    from cmo_kit.study.execute.cluster import Cluster


def run_command(options: argparse.Namespace) -> int:
    """Run a plan; returns the exit code: 0, 1 if a run failed, 130 after Ctrl-C."""
    plan = load_plan(options.plan)
    workers = check_integer(workers_of(options), "--workers", 1, 1000)
    place = Path(options.out) if options.out is not None else Path("results") / plan.name
    if options.dry_run:
        return dry(plan, place, workers, options.retry_failed)
    tell(f"{plan.title}: {len(plan.tasks)} runs in {place}")
    with _cluster(options.dask, place) as found, signals_interrupt():
        make, workers, trouble = found or (None, workers, str)
        state = run_study(plan, place, workers, make, options.retry_failed, trouble=trouble)
    rows = collect(plan, place, state.failures)
    if rows:
        grids = find_grids(rows)
        say(text_table(*table_4(by_methods(rows, grids))))
        for grid in grids:
            say(f"\n{grid.name}: {len(grid.settings)} settings\n{text_table(*effects_table(grid))}")
    untold: InputError | None = None
    if rows and plan.report:
        try:
            tell("rendering the report ...")
            partial = " (partial)" if state.left or state.failures else ""
            with signals_interrupt():
                page = render_in_process(place, plan.title + partial)
            say(f"report: {page}")
        except KeyboardInterrupt:
            state.stopped = True
        except InputError as error:  # the runs are told of all the same
            untold = error
    say(f"table: {place / TABLE}")
    code = _ending(state, place)
    if untold is not None:
        raise untold
    return code


def _cluster(dask: str | None, place: Path) -> "contextlib.AbstractContextManager[Cluster | None]":
    """The cluster at an address; None for local processes."""
    if dask is None:
        return contextlib.nullcontext()
    from cmo_kit.study.execute.cluster import dask_cluster

    return dask_cluster(dask, make_folder(place).resolve())


def dry(plan: Plan, place: Path, workers: int, retry_failed: bool) -> int:
    """List the runs, and say from a short pilot how long they take; writes nothing."""
    from cmo_kit.study.plan.estimate import estimates, total

    state, waiting = survey(plan, place, retry_failed)
    tell("a short pilot ...")
    with signals_interrupt():
        found = estimates(plan, waiting)
    for task in plan.tasks:
        if task.hash in found:
            standing = str(found[task.hash])
        elif task.hash in state.failures:
            standing = f"failed before ({state.failures[task.hash]})"
        else:
            standing = "done"
        say(f"{task.instance}, {task.label}, seed {task.seed}: {standing}")
    say(f"{plan.title}: {total(found, waiting, workers)}")
    return 0


def _ending(state: StudyState, place: Path) -> int:
    if state.failures:
        reason = next(iter(state.failures.values()))
        tell(
            f"{len(state.failures)} runs failed (the first: {reason}); {place / FAILURES} lists them, "
            "--retry-failed runs them again"
        )
    if state.trouble:
        tell(f"{state.trouble}; {state.left} runs are left")
    if state.stopped:
        tell(f"stopped with {state.left} runs left; the same command goes on from here")
        return INTERRUPTED
    return 1 if state.failures or state.trouble else 0
