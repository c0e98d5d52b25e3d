"""``cmo-kit run``: plan, runs, tables, report, and the words that go with them."""

import os
import sys
from pathlib import Path

from cmo_kit.core.jsonfile import check_integer
from cmo_kit.study.collect import FAILURES, TABLE, collect
from cmo_kit.study.plan import load_plan
from cmo_kit.study.report import render_report
from cmo_kit.study.run import StudyState, run_study
from cmo_kit.study.tables import table_4, text_table

INTERRUPTED = 130


def run_command(path: str, out: str | None, workers: int | None, retry_failed: bool) -> int:
    """Run the plan at ``path``; returns the exit code: 0, 1 if a run failed, 130 after Ctrl-C."""
    plan = load_plan(path)
    count = check_integer(workers if workers is not None else os.cpu_count() or 1, "--workers", 1, 1000)
    place = Path(out) if out is not None else Path("results") / plan.name
    print(f"{plan.title}: {len(plan.tasks)} runs in {place}", file=sys.stderr)
    state = run_study(plan, place, count, retry_failed=retry_failed)
    rows = collect(plan, place, state.failures)
    if rows:
        print(text_table(*table_4(rows)))
    if rows and plan.report:
        try:
            print("rendering the report ...", file=sys.stderr)
            print(f"report: {render_report(place, plan.title + (' (partial)' if state.stopped else ''))}")
        except KeyboardInterrupt:
            state.stopped = True
    print(f"table: {place / TABLE}")
    return _ending(state, place)


def _ending(state: StudyState, place: Path) -> int:
    if state.failures:
        reason = next(iter(state.failures.values()))
        print(
            f"{len(state.failures)} runs failed (the first: {reason}); {place / FAILURES} lists them, "
            "--retry-failed runs them again",
            file=sys.stderr,
        )
    if state.stopped:
        print(f"stopped with {state.left} runs left; the same command goes on from here", file=sys.stderr)
        return INTERRUPTED
    return 1 if state.failures else 0
