"""``python -m benchmarks.scale``: what grows how, from Large to ten times Large (1,000 orders on 50 Sites).

The paper's genetic algorithm, `search` and the bound get the same seconds on a problem of each size, each in a process
of its own. Every run is stored when it ends; what is done is not done again with the same settings.
"""

import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.__main__ import GROWTH
from benchmarks.quality import FIRST_SEED, MARGIN, MEMORY, Runs, Store, run_watched
from benchmarks.runner import Record, run_program
from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.limits import Progress
from cmo_kit.base.output import Parser
from cmo_kit.bounds import lower_bound
from cmo_kit.bounds.bound import warm_up
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.methods.registry import prepared, solve
from cmo_kit.study.results.speed import scale_table

METHODS = ("ga", "search", "bound")
#: The bound's share of its seconds for a schedule that steers it.
STEERING = 0.1


def problem(size: str) -> Instance:
    """The problem of a size."""
    orders, sites = GROWTH[size]
    return generate_instance("large", FIRST_SEED, orders=orders, sites=sites)


def perform(instance: Instance, method: str, seconds: float, parameters: dict[str, Any], path: Path) -> None:
    """Be the process of a run; the bound's answer has the schedule that steered it."""
    if method == "bound":
        found = solve(instance, "search", 1, STEERING * seconds, **parameters)
        began = time.perf_counter()
        bound = lower_bound(instance, (1 - STEERING) * seconds, found.total_tardiness)
        elapsed, more = time.perf_counter() - began, {"lower_bound": bound.lower_bound}
    else:
        found = solve(instance, method, 1, seconds, **parameters)
        elapsed, more = found.seconds, {"evaluations": found.evaluations}
    document = None if found.schedule is None else found.schedule.to_dict()
    write_json(path, {"status": found.status, "seconds": elapsed, "schedule": document, "more": more})


def measured(size: str, method: str, seconds: float, workers: int, progress: Progress) -> Record:
    """One run, with the size of its problem."""
    instance = problem(size)
    parameters = {} if method == "ga" else {"workers": workers}
    facts = {"size": size, "method": method, "orders": len(instance.orders), "sites": instance.sites}
    record = run_watched(instance, method, seconds, seconds + MARGIN, MEMORY, perform, **parameters)
    return facts | {"batches": instance.total_batches} | record


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 2 for bad input, 130 after Ctrl-C, with what is done so far printed."""
    parser = Parser(prog="python -m benchmarks.scale", description=__doc__)
    add = parser.add_argument
    add("--sizes", nargs="+", choices=GROWTH, default=list(GROWTH), help="of Large (default: all)")
    add("--seconds", type=float, default=600, help="of each run (default: 600)")
    add("--workers", type=int, default=1, help="of search, as of the rest (default: 1)")
    add("--out", type=Path, default=Path("results/scale.json"), help="where the numbers go")
    options = parser.parse_args(arguments)

    def work() -> None:
        store = Store(options.out)
        runs: Runs = {
            f"{size}, {method}": partial(measured, size, method, options.seconds, options.workers)
            for size in options.sizes
            for method in METHODS
        }
        for method in ("ga", "search"):  # compiled here, where no limit ends that
            prepared(method, problem(options.sizes[0]))
        warm_up()
        try:
            store.measure("scale", {"seconds": options.seconds, "workers": options.workers, "memory": MEMORY}, runs)
        finally:
            if store.document.get("scale", {}).get("runs"):
                print(scale_table(store.document["scale"]))

    return run_program("scale", work)


if __name__ == "__main__":
    from benchmarks.scale import main as main_of_module  # a process of its own looks for `perform` in a module

    sys.exit(main_of_module())
