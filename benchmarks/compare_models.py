"""``python -m benchmarks.compare_models``: what a formulation is worth.

Random problems with 7 orders (or fewer, where [P] gets to proofs) of 1 to 3 batches on 2 Sites. So few orders can all
be on time with the generator's due dates, so these are cut to 100, 90, 80, ... percent, rounded down, until the kit's
lower bound proves that every schedule has an order late. Each model gets the same seconds on the same problems; the
times are wall clock and include building the model, and a run that proves nothing counts as the limit.
"""

import argparse
import platform
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from benchmarks.runner import Record, installed, keep_document, run_missing, run_program, today
from cmo_kit.base.limits import Progress
from cmo_kit.base.values import plain
from cmo_kit.bounds import lower_bound
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.methods.registry import solve
from cmo_kit.study.results.speed import models_table

#: How long the bound may try to show that some order is late, in seconds.
BOUND_SECONDS = 5.0

#: Name -> what must be installed, method, its parameters.
MODELS: dict[str, tuple[str | None, str, dict[str, Any]]] = {
    "[P], CBC": (None, "milp", {}),
    "runs, CBC": (None, "run_milp", {}),
    "runs with big-M, CBC": (None, "run_milp", {"timing": "big-M"}),
    "runs, CBC, no hint": (None, "run_milp", {"hint": "none"}),
    "runs, HiGHS": ("highspy", "run_milp", {"solver": "highs"}),
    "runs with big-M, HiGHS": ("highspy", "run_milp", {"solver": "highs", "timing": "big-M"}),
    "runs, HiGHS, no hint": ("highspy", "run_milp", {"solver": "highs", "hint": "none"}),
    "CP-SAT": ("ortools", "cpsat", {}),
    "CP-SAT, no hint": ("ortools", "cpsat", {"hint": "none"}),
}


def tightened(seed: int, orders: int = 7) -> tuple[Instance, int]:
    """A problem of the comparison and the percentage of its due dates that is left.

    At 0 percent every batch is late, because no processing time is 0, so some percentage is always found.
    """
    drawn = generate_instance("small", seed, orders=orders, sites=2, batches=[1, 3])
    for percent in range(100, -1, -10):
        cut = tuple(replace(order, due_date=order.due_date * percent // 100) for order in drawn.orders)
        instance = replace(drawn, name=f"tight-{orders}-{seed}", orders=cut, generator=None)
        if percent == 0 or lower_bound(instance, seconds=BOUND_SECONDS).lower_bound > 0:
            break
    return instance, percent


def measure(seed: int, orders: int, names: Sequence[str], limit: float, progress: Progress) -> Record:
    """Every model's run on one problem."""
    instance, percent = tightened(seed, orders)
    runs = {}
    for name in names:
        _, method, parameters = MODELS[name]
        found = solve(instance, method, seed, limit, progress=progress, **parameters)
        if found.status == "stopped":
            raise KeyboardInterrupt
        total = None if found.total_tardiness is None else plain(found.total_tardiness)
        runs[name] = {"status": found.status, "total_tardiness": total, "lower_bound": plain(found.lower_bound),
                      "seconds": found.seconds}  # fmt: skip
    return {"seed": seed, "due_dates_percent": percent, "batches": instance.total_batches, "runs": runs}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure seed by seed, write after each, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare_models", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="limit of each run (default: 300)")
    parser.add_argument("--seeds", type=int, nargs=2, default=(1, 20), metavar=("FIRST", "LAST"), help="default: 1 20")
    parser.add_argument("--orders", type=int, default=7, help="orders of each problem (default: 7)")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS), help="default: all installed")
    parser.add_argument("--out", default="results/compare-models.json", help="where the numbers go")
    options = parser.parse_args(arguments)
    names = [name for name in options.models if installed(MODELS[name][0])]
    for name in set(options.models) - set(names):
        print(f"{name} is left out: {MODELS[name][0]} is not installed", file=sys.stderr)
    problems: list[Record] = []
    document = {"date": today(), "machine": platform.machine(), "limit_seconds": options.seconds,
                "orders": options.orders, "models": names, "problems": problems}  # fmt: skip

    def keep(name: str, problem: Record) -> None:
        problems.append(problem)
        shown = "; ".join(f"{name} {run['status']} {run['seconds']:.1f} s" for name, run in problem["runs"].items())
        print(f"{name}, due dates at {problem['due_dates_percent']} %: {shown}", file=sys.stderr, flush=True)
        keep_document(options.out, document)

    def work() -> None:
        tightened(1)  # compiles
        seeds = range(options.seeds[0], options.seeds[1] + 1)
        runs = {f"seed {k}": partial(measure, k, options.orders, names, options.seconds) for k in seeds}
        run_missing("compare_models", runs, keep=keep)
        print(models_table(document))

    return run_program("compare_models", work)


if __name__ == "__main__":
    sys.exit(main())
