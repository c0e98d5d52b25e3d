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
from typing import Any, NamedTuple

from benchmarks.environment import keep_document, stamp
from benchmarks.runner import Record, command, finished, installed, run_missing
from benchmarks.watched import Watched, run_watched
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
PARTS = ("above", "ratio", "huge", "rivals")
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


class Part(NamedTuple):
    """A measurement: its name, all that its runs depend on, and the runs by name."""

    name: str
    settings: Mapping[str, Any]
    runs: Mapping[str, Callable[[Progress], Record]]


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

    def begin(self, part: Part) -> dict[str, Record]:
        """The runs that are done under the part's settings; other settings start anew, and the old file is kept."""
        settings = json.loads(json.dumps(part.settings))
        kept = self.document.get(part.name)
        if kept is not None and kept["settings"] == settings:
            return dict(kept["runs"])
        if kept is not None and kept["runs"]:
            write_json(self.path.with_suffix(".before.json"), self.document)
        self.document[part.name] = {"settings": settings} | stamp() | {"runs": {}}
        return {}

    def measure(self, part: Part) -> None:
        """Do the runs of a part that are not done yet."""
        done = self.begin(part)

        def keep(name: str, record: Record) -> None:
            self.document[part.name]["runs"][name] = record
            keep_document(self.path, self.document)

        run_missing(part.name, part.runs, done, keep)


def above_part(instances: Sequence[str], seconds: Sequence[float], seeds: int, workers: int, better: Path) -> Part:
    """`search` with several limits and seeds on problems whose best schedule is known.

    A schedule that betters the table is saved in the folder ``better``, from where the table can take it.
    """
    loaded = {name: load_instance(name) for name in instances}

    def run(instance: Instance, limit: float, seed: int, progress: Progress) -> Record:
        result = solve(instance, "search", seed, limit, progress=progress, workers=workers)
        schedule = finished(instance, result)
        known = best_known().get(instance.name)
        if known is not None and schedule.total_tardiness < known:
            better.mkdir(parents=True, exist_ok=True)
            schedule.save(better / f"{instance.name}-{plain(schedule.total_tardiness)}.json")
        return {
            "instance": instance.name,
            "limit": limit,
            "seed": seed,
            "total_tardiness": plain(schedule.total_tardiness),
            "seconds": result.seconds,
            "moves": result.evaluations,
        }

    runs: dict[str, Callable[[Progress], Record]] = {
        f"{name} {limit:g} s seed {seed}": partial(run, instance, limit, seed)
        for seed in range(1, seeds + 1)
        for name, instance in loaded.items()
        for limit in seconds
    }
    digests = {name: instance.digest for name, instance in loaded.items()}
    settings = {"seconds": seconds, "seeds": seeds, "workers": workers, "instances": digests}
    return Part("above", settings, runs)


def ratio_part(problems: Mapping[str, int], seconds: float, workers: int) -> Part:
    """`search` and the paper's genetic algorithm, which ends by its own rule, on problems that neither was tuned on.

    Parameters
    ----------
    problems : mapping
        How many of each set; their seeds count from :data:`FIRST_SEED`.
    """

    def run(test_set: str, seed: int, progress: Progress) -> Record:
        instance = generate_instance(test_set, seed)
        found = solve(instance, "search", 1, seconds, progress=progress, workers=workers)
        total = finished(instance, found).total_tardiness
        paper = solve(instance, "ga", 1, progress=progress)
        return {
            "set": test_set,
            "seed": seed,
            "search": plain(total),
            "ga": plain(finished(instance, paper).total_tardiness),
            "search_seconds": found.seconds,
            "ga_seconds": paper.seconds,
        }

    runs = {
        f"{test_set}-{seed}": partial(run, test_set, seed)
        for test_set, count in problems.items()
        for seed in range(FIRST_SEED, FIRST_SEED + count)
    }
    return Part("ratio", {"problems": dict(problems), "seconds": seconds, "workers": workers}, runs)


def record_of(ended: Watched) -> Record:
    """A watched run as it is stored."""
    return {
        "total_tardiness": None if ended.schedule is None else plain(ended.schedule.total_tardiness),
        "reason": ended.reason,
        "seconds": ended.seconds,
        "peak_bytes": ended.peak_bytes,
    }


def huge_part(orders: int, sites: int, seconds: float, workers: int, memory: float) -> Part:
    """`search` on a problem of another size, in a process of its own, and both rules of the expert."""

    def run(progress: Progress) -> Record:
        instance = generate_instance("large", FIRST_SEED, orders=orders, sites=sites)
        rules = {
            method: plain(finished(instance, solve(instance, method)).total_tardiness)
            for method in ("expert", "expert_orders")
        }
        limit = seconds + MARGIN
        return rules | record_of(run_watched(instance, "search", 1, seconds, limit, memory, workers=workers))

    settings = {"orders": orders, "sites": sites, "seconds": seconds, "workers": workers, "memory": memory}
    return Part("huge", settings, {f"{orders} orders, {sites} Sites": run})


def installed_rivals() -> list[str]:
    """Names of the rivals that can run here."""
    return [name for name, (module, *_) in RIVALS.items() if installed(module)]


def rivals_part(
    instances: Sequence[str], rivals: Sequence[str], seconds: float, workers: int, memory: float, building: float
) -> Part:
    """Every rival once on every problem, in a process of its own.

    Parameters
    ----------
    rivals : sequence of str
        Names in :data:`RIVALS`, installed.
    seconds : float
        For each; PyJobShop gets them for its solver alone.
    memory : float
        Bytes above which a rival is given up.
    building : float
        Seconds that a rival may take besides, to build its model.
    """
    modules = sorted({RIVALS[name][0] for name in installed_rivals()})
    loaded = {name: load_instance(name) for name in instances}

    def run(instance: Instance, rival: str, progress: Progress) -> Record:
        _, method, parameters = RIVALS[rival]
        limit = seconds + building
        ended = run_watched(instance, method, 1, seconds, limit, memory, workers=workers, **parameters)
        return {"instance": instance.name, "rival": rival} | record_of(ended)

    runs = {f"{name}, {rival}": partial(run, instance, rival) for name, instance in loaded.items() for rival in rivals}
    settings = {
        "seconds": seconds,
        "building": building,
        "workers": workers,
        "memory": memory,
        "versions": {module: metadata.version(module) for module in modules},
        "instances": {name: instance.digest for name, instance in loaded.items()},
    }
    return Part("rivals", settings, runs)


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
    made.add_argument(
        "--rivals", nargs="+", choices=RIVALS, metavar="NAME", help=f"of {', '.join(RIVALS)} (default: all)"
    )
    made.add_argument("--rival-seconds", type=float, default=60.0, help="rivals: limit of each (default: 60)")
    made.add_argument("--building", type=float, default=300.0, help="rivals: seconds besides, to build a model")
    made.add_argument("--memory", type=float, default=8.0, help="huge and rivals: GiB, then given up (default: 8)")
    return made


def part_of(name: str, options: argparse.Namespace) -> Part:
    """A part with the settings that the command line names."""
    workers, memory = options.workers, options.memory * 2**30
    if name == "above":
        better = options.out.parent / "better"
        return above_part(options.instances, options.seconds, options.seeds, workers, better)
    if name == "ratio":
        return ratio_part(dict(zip(SETS, options.problems, strict=True)), options.ratio_seconds, workers)
    if name == "huge":
        orders, sites = options.huge_size
        return huge_part(orders, sites, options.huge_seconds, workers, memory)
    rivals = [name for name in installed_rivals() if name in (options.rivals or RIVALS)]
    return rivals_part(options.instances, rivals, options.rival_seconds, workers, memory, options.building)


def check(options: argparse.Namespace) -> None:
    """Refuse what no run could use; raises :class:`InputError`."""
    for name in options.parts:
        if name not in PARTS:
            raise InputError(f"the part is {name!r}; it must be one of {', '.join(PARTS)}")
    check_integer(options.workers, "--workers", 1)
    check_integer(options.seeds, "--seeds", 1)
    for field in ("seconds", "problems"):
        for value in getattr(options, field):
            check_number(value, f"--{field}")
    for field in ("ratio_seconds", "huge_seconds", "rival_seconds", "building", "memory"):
        check_number(getattr(options, field), f"--{field.replace('_', '-')}")
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
            for name in [] if options.show else options.parts or PARTS[:-1]:
                store.measure(part_of(name, options))
        except KeyboardInterrupt:
            print(quality_tables(store.document))
            raise
        print(quality_tables(store.document))

    return command("quality", work)


if __name__ == "__main__":
    sys.exit(main())
