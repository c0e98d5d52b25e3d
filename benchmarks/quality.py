"""``python -m benchmarks.quality``: how good `search` is, on a quiet machine.

Parts: ``above`` the best known, on the fifteen problems; ``ratio`` to the paper's genetic algorithm, on generated
ones; ``huge``, a problem of a thousand orders; ``rivals``, CP-SAT and PyJobShop. Every run is stored when it ends:
what is done is not done again with the same settings, and Ctrl-C loses one run at most.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.runner import Record, finished, installed, keep_document, run_missing, run_program, stamp
from benchmarks.watched import run_watched
from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_json, write_json
from cmo_kit.base.limits import Progress
from cmo_kit.base.values import check_integer, check_number, plain
from cmo_kit.core.generate import SETS, generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.library import load_instance
from cmo_kit.methods.registry import solve
from cmo_kit.study.results.quality import best_known, quality_tables

FORMAT = "cmo-quality/1"
PROBLEMS = [f"{test_set}-{seed}" for test_set in SETS for seed in range(1, 6)]
#: The generator's seeds of the comparison begin here, far from those of the fifteen problems.
FIRST_SEED = 1001
#: What loading the compiled code, and the end of a run, may take, in seconds.
MARGIN = 120.0
#: Name -> (module that must be installed, method, its parameters).
RIVALS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "CP-SAT": ("ortools", "cpsat", {}),
    "CP-SAT, no hint": ("ortools", "cpsat", {"hint": "none"}),
    "PyJobShop": ("pyjobshop", "pyjobshop", {}),
}
#: The runs of a part by name.
Runs = dict[str, Callable[[Progress], Record]]


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


def above_part(options: argparse.Namespace) -> tuple[dict[str, Any], Runs]:
    """`search` with several limits and seeds on problems whose best schedule is known.

    A schedule that betters the table is saved in the folder ``better``, from where the table can take it.
    """
    loaded = {name: load_instance(name) for name in options.instances}

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
        limits = {"search": {"seconds": options.ratio_seconds, "workers": options.workers}, "ga": {}}
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
    return {"problems": problems, "seconds": options.ratio_seconds, "workers": options.workers}, runs


def huge_part(options: argparse.Namespace) -> tuple[dict[str, Any], Runs]:
    """`search` on a problem of another size, in a process of its own, and both rules of the expert."""
    (orders, sites), seconds, memory = options.huge_size, options.huge_seconds, options.memory * 2**30

    def run(progress: Progress) -> Record:
        instance = generate_instance("large", FIRST_SEED, orders=orders, sites=sites)
        rules = {
            method: plain(finished(instance, solve(instance, method)).total_tardiness)
            for method in ("expert", "expert_orders")
        }
        return rules | run_watched(instance, "search", seconds, seconds + MARGIN, memory, workers=options.workers)

    settings = {"orders": orders, "sites": sites, "seconds": seconds, "workers": options.workers, "memory": memory}
    return settings, {f"{orders} orders, {sites} Sites": run}


def installed_rivals() -> list[str]:
    """Names of the rivals that can run here."""
    return [name for name, (module, *_) in RIVALS.items() if installed(module)]


def rivals_part(options: argparse.Namespace) -> tuple[dict[str, Any], Runs]:
    """Every rival once on every problem, in a process of its own; PyJobShop's seconds are for its solver alone."""
    rivals = [name for name in installed_rivals() if name in (options.rivals or RIVALS)]
    loaded = {name: load_instance(name) for name in options.instances}
    seconds, memory = options.rival_seconds, options.memory * 2**30

    def run(instance: Instance, rival: str, progress: Progress) -> Record:
        _, method, parameters = RIVALS[rival]
        limit = seconds + options.building
        record = run_watched(instance, method, seconds, limit, memory, workers=options.workers, **parameters)
        return {"instance": instance.name, "rival": rival} | record

    runs: Runs = {f"{name}, {rival}": partial(run, loaded[name], rival) for name in loaded for rival in rivals}
    modules = sorted({RIVALS[name][0] for name in installed_rivals()})
    settings = {
        "seconds": seconds,
        "building": options.building,
        "workers": options.workers,
        "memory": memory,
        "versions": {module: metadata.version(module) for module in modules},
        "instances": {name: instance.digest for name, instance in loaded.items()},
    }
    return settings, runs


#: Name -> its settings, all that its runs depend on, and its runs.
PARTS: dict[str, Callable[[argparse.Namespace], tuple[dict[str, Any], Runs]]] = {
    "above": above_part,
    "ratio": ratio_part,
    "huge": huge_part,
    "rivals": rivals_part,
}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    made.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all but rivals)")
    made.add_argument("--show", action="store_true", help="measure nothing, print what is stored")
    made.add_argument("--out", type=Path, default=Path("results/search-quality.json"), help="where the numbers go")
    made.add_argument("--workers", type=int, default=2, help="of search and of each rival (default: 2)")
    made.add_argument("--seconds", type=float, nargs="+", default=[10.0, 2.0], help="above: limits (default: 10 2)")
    made.add_argument("--seeds", type=int, default=10, help="above: seeds, from 1 on (default: 10)")
    made.add_argument("--instances", nargs="+", default=PROBLEMS, help="above and rivals (default: the fifteen)")
    made.add_argument("--ratio-seconds", type=float, default=2.0, help="ratio: limit of search (default: 2)")
    made.add_argument("--problems", type=int, nargs=3, default=[50, 50, 20], help="ratio: Small, Medium, Large")
    made.add_argument("--huge-seconds", type=float, default=60.0, help="huge: limit of search (default: 60)")
    made.add_argument("--huge-size", type=int, nargs=2, default=[1000, 50], metavar=("ORDERS", "SITES"))
    made.add_argument("--rivals", nargs="+", choices=RIVALS, metavar="NAME", help=f"of {', '.join(RIVALS)}")
    made.add_argument("--rival-seconds", type=float, default=60.0, help="rivals: limit of each (default: 60)")
    made.add_argument("--building", type=float, default=300.0, help="rivals: seconds besides, to build a model")
    made.add_argument("--memory", type=float, default=8.0, help="huge and rivals: GiB, then given up (default: 8)")
    return made


def check(options: argparse.Namespace) -> None:
    """Refuse what no run could use; raises :class:`InputError`."""
    for name in options.parts:
        if name not in PARTS:
            raise InputError(f"the part is {name!r}; it must be one of {', '.join(PARTS)}")
    for field in ("workers", "seeds"):
        check_integer(getattr(options, field), f"--{field}", 1)
    for field in ("seconds", "problems", "ratio_seconds", "huge_seconds", "rival_seconds", "building", "memory"):
        values = getattr(options, field)
        for value in values if isinstance(values, list) else [values]:
            check_number(value, f"--{field.replace('_', '-')}")
    if "rivals" in options.parts and not installed_rivals():
        modules = ", ".join(sorted({module for module, *_ in RIVALS.values()}))
        raise InputError(f"none of {modules} is installed; they come with the extras 'cpsat' and 'peers'")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 2 for bad input, 130 after Ctrl-C, with what is done so far printed."""
    options = parser().parse_args(arguments)

    def work() -> None:
        check(options)
        store = Store(options.out)
        try:
            for name in [] if options.show else options.parts or list(PARTS)[:-1]:
                store.measure(name, *PARTS[name](options))
        except KeyboardInterrupt:
            print(quality_tables(store.document))
            raise
        print(quality_tables(store.document))

    return run_program("quality", work)


if __name__ == "__main__":
    sys.exit(main())
