"""What is run to see how good `search` is: against best known, the paper's algorithm, the experts, other solvers."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.quality_numbers import best_known
from benchmarks.quality_store import Part, Record
from benchmarks.watched import Watched, run_watched
from cmo_kit.base.limits import Progress
from cmo_kit.base.values import plain
from cmo_kit.check import check_schedule
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.library import load_instance
from cmo_kit.methods.registry import solve
from cmo_kit.methods.result import Result

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


def finished(instance: Instance, result: Result) -> Schedule:
    """The schedule of a run that came to its own end, checked; an interrupted run interrupts the measurement."""
    if result.status == "stopped":
        raise KeyboardInterrupt
    schedule = result.schedule
    assert schedule is not None
    wrong = check_schedule(instance, schedule)
    if wrong:
        raise RuntimeError(f"{instance.name}, {result.method}: {wrong[0].message}")
    return schedule


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
    return [name for name, (module, *_) in RIVALS.items() if find_spec(module) is not None]


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
