"""The entries of a plan: each names a method, seeds, budgets and parameters, and stands for many runs."""

import math
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from itertools import product

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_integer, check_keys, check_list, check_number, check_text, shown
from cmo_kit.core.instance import Instance
from cmo_kit.methods.registry import method_parameters
from cmo_kit.study.plan.task import Task

MAXIMUM_RUNS = 100_000
#: Seeds are part of folders' names.
MAXIMUM_SEED = 2**64 - 1
#: Of a name, a glob or a path, which messages tell in full.
MAXIMUM_CHARACTERS = 500


def seeds_of(value: object, field: str) -> list[int]:
    """Seeds as a count, a list, or drawn from an entropy by ``numpy.random.SeedSequence``."""
    if isinstance(value, Mapping):
        call = check_keys(value, field, ("entropy", "count"))
        count = check_integer(call["count"], f"{field}.count", 1, MAXIMUM_RUNS)
        sequence = np.random.SeedSequence(check_integer(call["entropy"], f"{field}.entropy", 0))
        return [int(child.generate_state(1)[0]) for child in sequence.spawn(count)]
    if isinstance(value, list):
        seeds = [check_integer(seed, f"{field}[{index}]", 0, MAXIMUM_SEED) for index, seed in enumerate(value)]
        if not seeds:
            raise InputError(f"{field} is []; there must be at least one seed")
        return seeds
    return list(range(1, check_integer(value, field, 1, MAXIMUM_RUNS) + 1))


def tasks_of(entry: object, field: str, instances: Mapping[str, Instance], kind: str, limit: float) -> list[Task]:
    """The runs of one entry: its instances x its seeds x every combination of the parameters that it lists."""
    optional = ("label", "seeds", "seconds", "evaluations", "instances", "parameters")
    run = check_keys(entry, field, ("method",), optional)
    try:
        known = method_parameters(run["method"])
    except InputError as error:
        raise InputError(f"{field}.method: {error}") from None
    label = check_text(run.get("label", run["method"]), f"{field}.label")
    seeds = seeds_of(run.get("seeds", 1), f"{field}.seeds")
    seconds = None if "seconds" not in run else check_number(run["seconds"], f"{field}.seconds")
    evaluations = None if "evaluations" not in run else check_integer(run["evaluations"], f"{field}.evaluations", 1)
    absent = "it matches none of the study's instances"
    chosen = matching(run.get("instances", ["*"]), f"{field}.instances", instances, absent)
    given = check_keys(run.get("parameters", {}), f"{field}.parameters", (), known)
    grid = [_values(value, f"{field}.parameters.{key}") for key, value in given.items()]
    varied = [key for key, value in given.items() if isinstance(value, list)]
    if len(chosen) * len(seeds) * math.prod(map(len, grid)) > MAXIMUM_RUNS:
        raise InputError(f"{field} stands for over {MAXIMUM_RUNS} runs; that is the most")
    tasks = []
    for values in product(*grid):
        parameters = dict(zip(given, values, strict=True))
        suffix = "".join(f", {key}={parameters[key]}" for key in varied)
        tasks += [
            Task(
                instance=name,
                digest=instances[name].digest,
                method=run["method"],
                label=label + suffix,
                seed=seed,
                seconds=seconds,
                evaluations=evaluations,
                kind=kind,
                limit=limit,
                parameters=parameters,
            )
            for name in chosen
            for seed in seeds
        ]
    return tasks


def _values(value: object, field: str) -> list[object]:
    """The values of a parameter: each a text, a finite number, a truth value, or a list of such."""
    values = value if isinstance(value, list) else [value]
    if not values:
        raise InputError(f"{field} is []; there must be at least one value")
    for entry in values:
        for single in entry if isinstance(entry, list) else [entry]:
            if isinstance(single, float):
                check_number(single, field, -math.inf)
            elif isinstance(single, str):
                check_text(single, field)
            elif not isinstance(single, int):
                raise InputError(f"{field} is {shown(single)}; it must be a text, a number, or true or false")
    return values


def check_short(value: object, field: str, maximum: int = MAXIMUM_CHARACTERS) -> str:
    """``value`` as a text of at most ``maximum`` characters."""
    text = check_text(value, field)
    if len(text) > maximum:
        raise InputError(f"{field} is {shown(text)}; it may have at most {maximum} characters")
    return text


def matching(patterns: object, field: str, names: Collection[str], absent: str) -> list[str]:
    """The names that globs stand for, each once, in the sequence of the globs; ``absent`` says that there is none."""
    chosen: dict[str, None] = {}
    for index, pattern in enumerate(check_list(patterns, field)):
        check_short(pattern, f"{field}[{index}]")
        found = [name for name in names if fnmatchcase(name, pattern)]
        if not found:
            raise InputError(f"{field}[{index}] is {shown(pattern)}; {absent}")
        chosen |= dict.fromkeys(found)
    return list(chosen)
