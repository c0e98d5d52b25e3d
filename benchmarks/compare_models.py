"""``python -m benchmarks.compare_models``: what a formulation is worth.

Random problems with 7 orders (or fewer, where [P] gets to proofs) of 1 to 3 batches on 2 Sites. So few orders can all
be on time with the generator's due dates, so these are cut to 100, 90, 80, ... percent, rounded down, until the kit's
lower bound proves that every schedule has an order late. Each model gets the same seconds on the same problems; the
times are wall clock and include building the model, and a run that proves nothing counts as the limit.
"""

import argparse
import datetime
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.values import plain
from cmo_kit.bounds import lower_bound
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.core.milp import milp
from cmo_kit.core.outcome import Outcome
from cmo_kit.models.cpsat import cpsat
from cmo_kit.models.run_milp import run_milp

Rng = np.random.Generator

#: How long the bound may try to show that some order is late, in seconds.
BOUND_SECONDS = 5.0

#: Name -> (what must be installed, one run with a limit in seconds).
MODELS: dict[str, tuple[str | None, Callable[[Instance, Rng, float], Outcome]]] = {
    "[P], CBC": (None, lambda instance, rng, limit: milp(instance, rng, seconds=limit)),
    "runs, CBC": (None, lambda instance, rng, limit: run_milp(instance, rng, seconds=limit)),
    "runs with big-M, CBC": (
        None,
        lambda instance, rng, limit: run_milp(instance, rng, seconds=limit, timing="big-M"),
    ),
    "runs, CBC, no hint": (None, lambda instance, rng, limit: run_milp(instance, rng, seconds=limit, hint="none")),
    "runs, HiGHS": ("highspy", lambda instance, rng, limit: run_milp(instance, rng, seconds=limit, solver="highs")),
    "runs with big-M, HiGHS": (
        "highspy",
        lambda instance, rng, limit: run_milp(instance, rng, seconds=limit, solver="highs", timing="big-M"),
    ),
    "runs, HiGHS, no hint": (
        "highspy",
        lambda instance, rng, limit: run_milp(instance, rng, seconds=limit, solver="highs", hint="none"),
    ),
    "CP-SAT": ("ortools", lambda instance, rng, limit: cpsat(instance, rng, seconds=limit)),
    "CP-SAT, no hint": ("ortools", lambda instance, rng, limit: cpsat(instance, rng, seconds=limit, hint="none")),
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


def measure(seed: int, orders: int, names: list[str], limit: float) -> dict[str, Any]:
    """Every model's run on one problem."""
    instance, percent = tightened(seed, orders)
    runs = {}
    for name in names:
        began = time.perf_counter()
        outcome = MODELS[name][1](instance, np.random.default_rng(seed), limit)
        seconds = time.perf_counter() - began
        total = None if outcome.schedule is None else plain(outcome.schedule.total_tardiness)
        runs[name] = {
            "status": outcome.status,
            "total_tardiness": total,
            "lower_bound": plain(outcome.lower_bound),
            "seconds": seconds,
        }
    return {"seed": seed, "due_dates_percent": percent, "batches": instance.total_batches, "runs": runs}


def mean_seconds(problems: list[dict[str, Any]], name: str, limit: float) -> float:
    """Geometric mean of a model's seconds, a run without proof at the limit."""
    runs = [problem["runs"][name] for problem in problems]
    return statistics.geometric_mean(
        [max(run["seconds"], 1e-3) if run["status"] == "optimal" else limit for run in runs]
    )


def speedup(problems: list[dict[str, Any]], slow: str, fast: str) -> float | None:
    """Geometric mean of ``slow``'s seconds in those of ``fast``, where both have a proof; None if nowhere."""
    pairs = [(problem["runs"][slow], problem["runs"][fast]) for problem in problems]
    ratios = [a["seconds"] / b["seconds"] for a, b in pairs if a["status"] == b["status"] == "optimal"]
    return statistics.geometric_mean(ratios) if ratios else None


def table(document: dict[str, Any]) -> str:
    """Proofs and times as text."""
    problems, limit, names = document["problems"], document["limit_seconds"], document["models"]
    lines = [
        f"{len(problems)} problems of {document['orders']} orders, at most {limit:g} s each",
        f"{'model':<24}{'proved':>8}{'seconds':>10}{'[P] takes':>12}",
    ]
    for name in names:
        proved = sum(problem["runs"][name]["status"] == "optimal" for problem in problems)
        ratio = speedup(problems, names[0], name)
        times = "" if ratio is None else f"{ratio:.1f}x"
        lines.append(f"{name:<24}{proved:>8}{mean_seconds(problems, name, limit):>10.2f}{times:>12}")
    lines.append("seconds: geometric mean, no proof counts as the limit; last column: where both have a proof")
    return "\n".join(lines)


def main() -> int:
    """Measure seed by seed, write after each, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare_models", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="limit of each run (default: 300)")
    parser.add_argument("--seeds", type=int, nargs=2, default=(1, 20), metavar=("FIRST", "LAST"), help="default: 1 20")
    parser.add_argument("--orders", type=int, default=7, help="orders of each problem (default: 7)")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS), help="default: all installed")
    parser.add_argument("--out", default="results/compare-models.json", help="where the numbers go")
    arguments = parser.parse_args()
    names = [name for name in arguments.models if (part := MODELS[name][0]) is None or find_spec(part)]
    for name in set(arguments.models) - set(names):
        print(f"{name} is left out: {MODELS[name][0]} is not installed", file=sys.stderr)
    tightened(1)  # compiles
    document: dict[str, Any] = {
        "date": datetime.date.today().isoformat(),
        "machine": platform.machine(),
        "limit_seconds": arguments.seconds,
        "orders": arguments.orders,
        "models": names,
        "problems": [],
    }
    Path(arguments.out).parent.mkdir(parents=True, exist_ok=True)
    for seed in range(arguments.seeds[0], arguments.seeds[1] + 1):
        problem = measure(seed, arguments.orders, names, arguments.seconds)
        document["problems"].append(problem)
        shown = "; ".join(f"{name} {run['status']} {run['seconds']:.1f} s" for name, run in problem["runs"].items())
        print(f"seed {seed}, due dates at {problem['due_dates_percent']} %: {shown}", file=sys.stderr, flush=True)
        write_json(arguments.out, document)
    print(table(document))
    return 0


if __name__ == "__main__":
    sys.exit(main())
