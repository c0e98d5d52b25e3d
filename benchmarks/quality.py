"""``python -m benchmarks.quality``: how good `search` is, and what a formulation is worth, on a quiet machine.

Parts: ``above`` the best known, on the fifteen problems; ``published``, on other people's; ``ratio`` to the paper's
genetic algorithm, on generated ones; ``huge``, a problem of a thousand orders; ``rivals``, CP-SAT and PyJobShop;
``models`` beside each other. Every run is stored when it ends: what is done is not done again with the same
settings, and Ctrl-C loses one run at most.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pyjobshop_model import pyjobshop
from benchmarks.runner import Record, finished, installed, keep_document, run_missing, run_program, stamp
from cmo_kit.base.csvfile import read_csv
from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_json, write_json
from cmo_kit.base.limits import Progress
from cmo_kit.base.output import Parser
from cmo_kit.base.process import OVER_MEMORY, OVERTIME, last_line, run_process
from cmo_kit.base.values import plain
from cmo_kit.bounds import lower_bound
from cmo_kit.check import check_schedule
from cmo_kit.core.generate import SETS, generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.library import load_instance
from cmo_kit.methods.registry import solve
from cmo_kit.study.results.quality import best_known, quality_tables
from cmo_kit.study.results.speed import models_table

FORMAT = "cmo-quality/1"
#: Problems of the literature with the values printed of them; ``before_zero`` is what due dates before 0, which are 0
#: here, add to every schedule.
PUBLISHED = Path(__file__).parent / "published"
VALUES = ("instance", "what", "source"), ("value", "before_zero")
PROBLEMS = [f"{test_set}-{seed}" for test_set in SETS for seed in range(1, 6)]
#: The generator's seeds of the comparison begin here, far from those of the fifteen problems.
FIRST_SEED = 1001
#: What loading the compiled code and the end of a run may take, and building a model, in seconds.
MARGIN, BUILDING = 120.0, 300.0
#: Bytes of a run past which it is given up: without a limit it would take others down with it.
MEMORY = 8.0 * 2**30
#: Name -> (module that must be installed, method, its parameters).
RIVALS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "CP-SAT": ("ortools", "cpsat", {}),
    "CP-SAT, no hint": ("ortools", "cpsat", {"hint": "none"}),
    "PyJobShop": ("pyjobshop", "pyjobshop", {}),
}
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
#: How long the bound may try to show that some order is late, in seconds.
BOUND_SECONDS = 5.0
#: The runs of a part by name.
Runs = dict[str, Callable[[Progress], Record]]
#: What the process of a run does: instance, method, seconds, parameters, and where its answer goes.
Work = Callable[[Instance, str, float, dict[str, Any], Path], None]


class Store:
    """The file of all parts; each has its settings, its environment and its runs.

    Parameters
    ----------
    path : Path
        What stands there is gone on with.

    Raises
    ------
    InputError
        When another file stands there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document: dict[str, Any] = read_json(path) if path.exists() else {"format": FORMAT}
        if not isinstance(self.document, dict) or self.document.get("format") != FORMAT:
            raise InputError(f"{path}: the file is none of this command's; its format must be {FORMAT!r}")

    def measure(self, name: str, settings: Mapping[str, Any], runs: Runs) -> None:
        """Do the runs of a part that are not done under its settings; others start anew, and the old file is kept."""
        part, plainly = self.document.get(name), json.loads(json.dumps(settings))
        if part is None or part["settings"] != plainly:
            if part is not None and part["runs"]:
                write_json(self.path.with_suffix(".before.json"), self.document)
            part = self.document[name] = {"settings": plainly} | stamp() | {"runs": {}}
        kept: dict[str, Record] = part["runs"]

        def keep(run: str, record: Record) -> None:
            kept[run] = record
            keep_document(self.path, self.document)

        run_missing(name, runs, set(kept), keep)


def run_watched(
    instance: Instance, method: str, seconds: float, limit: float, memory: float, work: Work | None = None,
    **parameters: Any
) -> Record:  # fmt: skip
    """Run a method, or ``pyjobshop``, for ``seconds`` in a process of its own, and check its schedule.

    ``work`` is :func:`perform`, or another function like it, whose answer may have ``more`` to be kept.

    The process, with all that it starts, is killed after ``limit`` seconds of wall clock, loading and building
    included, and above ``memory`` bytes.

    Returns
    -------
    dict
        ``total_tardiness``, or None and the ``reason``; ``seconds`` are the method's where it ended by itself,
        otherwise those of the process; ``peak_bytes`` is the greatest resident memory seen.
    """
    with tempfile.TemporaryDirectory(prefix="cmo-kit-") as name:
        path, log = Path(name) / "answer.json", Path(name) / "errors.txt"
        request = (instance, method, seconds, parameters, path)
        ending = run_process(work or perform, request, log, limit=limit, memory=memory)
        killed = {OVER_MEMORY: f"it took over {memory / 2**30:g} GiB", OVERTIME: f"it ran past {limit:g} s"}
        reason = killed.get(ending.killed, "")
        if not reason and ending.code != 0:
            reason = last_line(log) or f"its process ended with code {ending.code}"
        answer: Record = {"schedule": None, "seconds": ending.seconds} if reason else read_json(path)
    total = None
    if answer["schedule"] is not None:
        schedule = Schedule.from_dict(answer["schedule"], instance)
        if wrong := check_schedule(instance, schedule):
            reason = f"its schedule is wrong: {wrong[0].message}"
        else:
            total = plain(schedule.total_tardiness)
    elif not reason:
        reason = f"it ended with none ({answer['status']})"
    told = {"reason": reason, "seconds": answer["seconds"], "peak_bytes": ending.peak_bytes}
    more: Record = answer.get("more", {})
    return {"total_tardiness": total} | told | more


def perform(instance: Instance, method: str, seconds: float, parameters: dict[str, Any], path: Path) -> None:
    """Be the process of a run."""
    began = time.perf_counter()
    if method == "pyjobshop":
        found: Any = pyjobshop(instance, np.random.default_rng(1), seconds=seconds, **parameters)
    else:
        found = solve(instance, method, 1, seconds, **parameters)
    elapsed = getattr(found, "seconds", time.perf_counter() - began)
    document = None if found.schedule is None else found.schedule.to_dict()
    write_json(path, {"status": found.status, "seconds": elapsed, "schedule": document})


def above_part(options: argparse.Namespace) -> tuple[dict[str, Any], Runs]:
    """`search` with several limits and seeds on problems whose best schedule is known."""
    return searches(options, {name: load_instance(name) for name in options.instances})


def published_part(options: argparse.Namespace) -> tuple[dict[str, Any], Runs]:
    """`search` on problems of one operation that others have published, beside the values that they print."""
    values = {row["instance"]: row for row in read_csv(PUBLISHED / "values.csv", *VALUES)}
    settings, runs = searches(options, {name: Instance.load(PUBLISHED / f"{name}.json") for name in values})
    return settings | {"values": values}, runs


def searches(options: argparse.Namespace, loaded: Mapping[str, Instance]) -> tuple[dict[str, Any], Runs]:
    """Settings and runs of `search` on problems, with every limit and seed.

    A schedule that betters the table of the best known is saved in the folder ``better``, from where it can be taken.
    """

    def run(instance: Instance, limit: float, seed: int, progress: Progress) -> Record:
        result = solve(instance, "search", seed, limit, progress=progress, workers=options.workers)
        schedule = finished(instance, result)
        total = plain(schedule.total_tardiness)
        known = best_known().get(instance.name)
        if known is not None and total < known:
            better = options.out.parent / "better"
            better.mkdir(parents=True, exist_ok=True)
            schedule.save(better / f"{instance.name}-{total}.json")
        return {
            "instance": instance.name,
            "limit": limit,
            "seed": seed,
            "total_tardiness": total,
            "seconds": result.seconds,
            "moves": result.evaluations,
        }

    runs: Runs = {
        f"{name} {limit:g} s seed {seed}": partial(run, instance, limit, seed)
        for seed in range(1, options.seeds + 1)
        for name, instance in loaded.items()
        for limit in options.seconds
    }
    digests = {name: instance.digest for name, instance in loaded.items()}
    settings = {name: getattr(options, name) for name in ("seconds", "seeds", "workers")}
    return settings | {"instances": digests}, runs


def ratio_part(options: argparse.Namespace) -> tuple[dict[str, Any], Runs]:
    """`search` and the paper's genetic algorithm, which ends by its own rule, on problems that neither was tuned on."""

    def run(test_set: str, seed: int, progress: Progress) -> Record:
        instance = generate_instance(test_set, seed)
        record: Record = {"set": test_set, "seed": seed}
        limits = {"search": {"seconds": options.seconds[0], "workers": options.workers}, "ga": {}}
        for method, parameters in limits.items():
            result = solve(instance, method, 1, progress=progress, **parameters)
            record[method] = plain(finished(instance, result).total_tardiness)
            record[f"{method}_seconds"] = result.seconds
        return record

    problems = dict(zip(SETS, options.problems, strict=True))
    runs: Runs = {
        f"{test_set}-{seed}": partial(run, test_set, seed)
        for test_set, count in problems.items()
        for seed in range(FIRST_SEED, FIRST_SEED + count)
    }
    return {"problems": problems, "seconds": options.seconds[0], "workers": options.workers}, runs


def huge_part(options: argparse.Namespace) -> tuple[dict[str, Any], Runs]:
    """`search` on a problem of another size, in a process of its own, and both rules of the expert."""
    (orders, sites), seconds = options.huge_size, options.seconds[0]

    def run(progress: Progress) -> Record:
        instance = generate_instance("large", FIRST_SEED, orders=orders, sites=sites)
        rules = {
            method: plain(finished(instance, solve(instance, method)).total_tardiness)
            for method in ("expert", "expert_orders")
        }
        return rules | run_watched(instance, "search", seconds, seconds + MARGIN, MEMORY, workers=options.workers)

    settings = {"orders": orders, "sites": sites, "seconds": seconds, "workers": options.workers, "memory": MEMORY}
    return settings, {f"{orders} orders, {sites} Sites": run}


def rivals_part(options: argparse.Namespace) -> tuple[dict[str, Any], Runs]:
    """Every rival once on every problem, in a process of its own; PyJobShop's seconds are for its solver alone."""
    rivals = [name for name, (module, *_) in RIVALS.items() if installed(module)]
    if not rivals:
        raise InputError("no rival is installed; they come with the extras 'cpsat' and 'peers'")
    loaded = {name: load_instance(name) for name in options.instances}
    seconds = options.seconds[0]

    def run(instance: Instance, rival: str, progress: Progress) -> Record:
        _, method, parameters = RIVALS[rival]
        limit = seconds + BUILDING
        record = run_watched(instance, method, seconds, limit, MEMORY, workers=options.workers, **parameters)
        return {"instance": instance.name, "rival": rival} | record

    runs: Runs = {f"{name}, {rival}": partial(run, loaded[name], rival) for name in loaded for rival in rivals}
    settings = {
        "seconds": seconds,
        "building": BUILDING,
        "workers": options.workers,
        "memory": MEMORY,
        "versions": {module: metadata.version(module) for module in sorted({RIVALS[name][0] for name in rivals})},
        "instances": {name: instance.digest for name, instance in loaded.items()},
    }
    return settings, runs


def tightened(seed: int, orders: int = 7) -> tuple[Instance, int]:
    """A problem on which somebody must be late, and the percentage of its due dates that is left.

    One to three batches an order on two Sites; the due dates are cut to 100, 90, 80, ... percent, rounded down, until
    the kit's lower bound proves it. At 0 percent every batch is late, because no processing time is 0.
    """
    drawn = generate_instance("small", seed, orders=orders, sites=2, batches=[1, 3])
    for percent in range(100, -1, -10):
        cut = tuple(replace(order, due_date=order.due_date * percent // 100) for order in drawn.orders)
        instance = replace(drawn, name=f"tight-{orders}-{seed}", orders=cut, generator=None)
        bound = lower_bound(instance, seconds=BOUND_SECONDS)
        if bound.stopped:
            raise KeyboardInterrupt
        if percent == 0 or bound.lower_bound > 0:
            break
    return instance, percent


def models_part(options: argparse.Namespace) -> tuple[dict[str, Any], Runs]:
    """Every installed model on the same problems, with the same seconds: those of wall clock, building included."""
    models = {name: (method, parameters) for name, (module, method, parameters) in MODELS.items() if installed(module)}
    tightened(1)  # compiles

    def run(seed: int, progress: Progress) -> Record:
        instance, percent = tightened(seed, options.orders)
        runs = {}
        for name, (method, parameters) in models.items():
            found = solve(instance, method, seed, options.seconds[0], progress=progress, **parameters)
            if found.status == "stopped":
                raise KeyboardInterrupt
            total = None if found.total_tardiness is None else plain(found.total_tardiness)
            runs[name] = {"status": found.status, "total_tardiness": total, "lower_bound": plain(found.lower_bound),
                          "seconds": found.seconds}  # fmt: skip
        return {"seed": seed, "due_dates_percent": percent, "batches": instance.total_batches, "runs": runs}

    first, last = options.model_seeds
    settings = {"limit_seconds": options.seconds[0], "orders": options.orders, "models": list(models)}
    return settings, {f"seed {seed}": partial(run, seed) for seed in range(first, last + 1)}


#: Name -> default limits of a run in seconds, and what gives all settings that the runs depend on, and the runs.
PARTS: dict[str, tuple[list[float], Callable[[argparse.Namespace], tuple[dict[str, Any], Runs]]]] = {
    "above": ([10.0, 2.0], above_part),
    "published": ([10.0], published_part),
    "ratio": ([2.0], ratio_part),
    "huge": ([60.0], huge_part),
    "rivals": ([60.0], rivals_part),
    "models": ([300.0], models_part),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 2 for bad input, 130 after Ctrl-C, with what is done so far printed."""
    parser = Parser(prog="python -m benchmarks.quality", description=__doc__)
    add = parser.add_argument
    add("parts", nargs="*", choices=[[], *PARTS], metavar="PART", help=f"of {', '.join(PARTS)}; if none, four")
    add("--show", action="store_true", help="measure nothing, print what is stored")
    add("--out", type=Path, default=Path("results/search-quality.json"), help="where the numbers go")
    add("--workers", type=int, default=2, help="of search and of each rival (default: 2)")
    add("--seconds", type=float, nargs="+", help="limit of a run, for above several (default: of each part its own)")
    add("--seeds", type=int, default=10, help="above: seeds, from 1 on (default: 10)")
    add("--instances", nargs="+", default=PROBLEMS, help="above and rivals (default: the fifteen)")
    add("--problems", type=int, nargs=3, default=[50, 50, 20], help="ratio: Small, Medium, Large")
    add("--huge-size", type=int, nargs=2, default=[1000, 50], metavar=("ORDERS", "SITES"))
    add("--orders", type=int, default=7, help="models: orders of each problem (default: 7)")
    add("--model-seeds", type=int, nargs=2, default=(1, 20), metavar=("FIRST", "LAST"), help="models (default: 1 20)")
    options = parser.parse_args(arguments)

    def work() -> None:
        store = Store(options.out)
        try:
            for name in [] if options.show else options.parts or list(PARTS)[:4]:
                default, settings_and_runs = PARTS[name]
                given = argparse.Namespace(**vars(options) | {"seconds": options.seconds or default})
                store.measure(name, *settings_and_runs(given))
        finally:
            print(quality_tables(store.document))
            if part := store.document.get("models"):
                document = part["settings"] | {"date": part["date"], "problems": list(part["runs"].values())}
                print(models_table(document))
                keep_document(options.out.with_name(f"models-{document['orders']}-orders.json"), document)

    return run_program("quality", work)


if __name__ == "__main__":
    from benchmarks.quality import main as main_of_module  # a process of its own looks for `perform` in a module

    sys.exit(main_of_module())
