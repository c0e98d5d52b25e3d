"""Plans: a study described in one small TOML file.

::

    name = "table4"                       # the results go to results/table4
    title = "Table 4 again"               # optional
    kind = "function"                     # or "notebook": every run is an executed copy of notebook 06
    limit = 7200                          # optional: seconds after which a run counts as hung
    report = true                         # optional: render notebook 07 at the end

    [instances]                           # at least one of the three
    names = ["small-*"]                   # names and globs of the instances that come with the kit
    files = ["mine.json"]                 # paths, relative to the plan
    generate = [{ set = "small", seeds = [11, 12], changes = { sites = 4 } }]

    [[runs]]
    method = "ga"                         # or one of your own beside the plan: "my_methods.py:tabu", one file
    label = "GA"                          # optional: the name in tables; else the method, and the solver of [P]
    seeds = 10                            # 1..10, or a list, or { entropy = 7, count = 10 }; 1 by default
    seconds = 3600                        # optional budgets
    evaluations = 100000
    instances = ["small-*"]               # optional: only these of the study's instances
    parameters = { population_size = [50, 100] }      # lists make a grid
"""

import math
import os
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError, about
from cmo_kit.base.jsonfile import MAXIMUM_DEPTH, TOO_DEEP, check_depth, read_text
from cmo_kit.base.values import (
    check_choice,
    check_count,
    check_flag,
    check_integer,
    check_keys,
    check_list,
    check_number,
    check_object,
    check_text,
    shown,
)
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.library import instance_names, load_instance
from cmo_kit.methods.names import default_label
from cmo_kit.methods.own import file_and_function, method_source
from cmo_kit.methods.registry import METHODS, method_parameters
from cmo_kit.study.plan.task import Task

#: A plan is written by hand; one of a million bytes is another file.
MAXIMUM_BYTES = 1024 * 1024
#: A study holds all its problems at once, each with its table of setup times: 8 bytes times these, 400 MB.
MAXIMUM_INSTANCES = 1000
MAXIMUM_SETUPS = 50_000_000
#: A name is a part of folders' names, which systems limit to 255 bytes.
MAXIMUM_NAME = 100
MAXIMUM_RUNS = 100_000
#: Seeds are part of folders' names.
MAXIMUM_SEED = 2**64 - 1


@dataclass(frozen=True)
class Plan:
    """A validated study: its instances and its runs, each once.

    ``methods`` says by the name and the source of a method of one's own how it is called from where the plan was read.
    """

    name: str
    title: str
    instances: Mapping[str, Instance]
    tasks: Sequence[Task]
    report: bool
    methods: Mapping[tuple[str, str], str] = field(default_factory=dict)


def load_plan(path: str | os.PathLike[str]) -> Plan:
    """Read and validate a plan.

    Parameters
    ----------
    path : path
        A TOML file, as the top of this module explains.

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        With one sentence: the plan's path, and the field, value and rule.

    Examples
    --------
    >>> from pathlib import Path
    >>> text = '''name = "few"
    ... instances = { names = ["tiny-*"] }
    ... runs = [{ method = "ga", seeds = 3 }]'''
    >>> _ = Path("few.toml").write_text(text)
    >>> len(load_plan("few.toml").tasks)
    60
    """
    text = read_text(path, MAXIMUM_BYTES)
    with about(path):
        return make_plan(_parsed(text), Path(path).parent)


def _parsed(text: str) -> dict[str, Any]:
    if any(line.partition("=")[0].count(".") > MAXIMUM_DEPTH for line in text.splitlines()):
        raise InputError(TOO_DEEP)  # which takes tomllib memory by the square
    try:
        document = tomllib.loads(text)
    except RecursionError:
        raise InputError(TOO_DEEP) from None
    except ValueError as error:  # an integer of thousands of digits too
        raise InputError(f"not TOML: {' '.join(str(error).split(';')[0].split())}") from None
    check_depth(document)
    return document


def make_plan(document: Mapping[str, Any], folder: Path) -> Plan:
    """The plan that ``document`` describes; paths in it are relative to ``folder``."""
    check_keys(document, "the plan", ("name", "instances", "runs"), ("title", "kind", "limit", "report"))
    name = check_text(document["name"], "name")
    if len(name) > MAXIMUM_NAME:
        raise InputError(f"name is {shown(name)}; it may have at most {MAXIMUM_NAME} characters")
    if not all(c.isalnum() or c in "-_" for c in name):
        raise InputError(f"name is {shown(name)}; it must be made of letters, digits, - and _")
    kind = check_choice(document.get("kind", "function"), "kind", ("function", "notebook"))
    limit = check_number(document.get("limit", 7200), "limit", 1)
    instances = _instances(document["instances"], folder)
    tasks: dict[str, Task] = {}
    methods: dict[tuple[str, str], str] = {}
    listed = 0
    for index, entry in enumerate(check_list(document["runs"], "runs")):
        found = _tasks(entry, f"runs[{index}]", instances, kind, limit, folder, methods)
        listed += len(found)
        if listed > MAXIMUM_RUNS:
            raise InputError(f"runs[{index}] brings the study to over {MAXIMUM_RUNS} runs; that is the most")
        for task in found:
            tasks.setdefault(task.hash, task)
    if not tasks:
        raise InputError("runs is []; there must be at least one run")
    places: dict[tuple[str, str, int], Task] = {}
    for task in tasks.values():
        other = places.setdefault((task.label, task.instance, task.seed), task)
        if other is not task:
            raise InputError(
                f"runs gives the label {shown(task.label)} to different runs on {task.instance} with seed {task.seed}; "
                "tables could not tell them apart"
            )
    report = check_flag(document.get("report", True), "report")
    title = check_text(document.get("title", name), "title")
    return Plan(name, title, instances, tuple(tasks.values()), report, methods)


def _instances(document: object, folder: Path) -> dict[str, Instance]:
    entries = check_keys(document, "instances", (), ("names", "files", "generate"))
    absent = "no instance of the kit has such a name"
    names = _matching(entries.get("names", []), "instances.names", instance_names(), absent)
    files = check_list(entries.get("files", []), "instances.files")
    check_count(len(files), "instances.files", MAXIMUM_INSTANCES)
    paths = [check_text(path, f"instances.files[{index}]") for index, path in enumerate(files)]
    found: list[Instance] = []

    def take(instance: Instance, field: str) -> None:
        found.append(instance)
        if sum(len(instance.orders) ** 2 for instance in found) > MAXIMUM_SETUPS:
            raise InputError(f"{field} brings the study to over {MAXIMUM_SETUPS} setup times; that is the most")

    for name in names:
        take(load_instance(name), "instances.names")
    for path in dict.fromkeys(paths):
        take(Instance.load(folder / path), "instances.files")
    for index, entry in enumerate(check_list(entries.get("generate", []), "instances.generate")):
        field = f"instances.generate[{index}]"
        call = check_keys(entry, field, ("set", "seeds"), ("changes",))
        changes = check_object(call.get("changes", {}), f"{field}.changes")
        for key in sorted({"test_set", "seed"} & changes.keys()):
            raise InputError(f"{field}.changes has {key!r}; set and seeds of the entry say that")
        seeds = _seeds(call["seeds"], f"{field}.seeds")
        check_count(len(found) + len(seeds), "instances", MAXIMUM_INSTANCES)
        for seed in seeds:
            take(generate_instance(call["set"], seed, **changes), field)
    named: dict[str, Instance] = {}
    for instance in found:
        other = named.setdefault(instance.name, instance)
        if other.digest != instance.digest:
            raise InputError(f"instances has two different problems named {shown(instance.name)}; names must be unique")
    if not named:
        raise InputError("instances names none; there must be at least one")
    return named


def _seeds(value: object, field: str) -> list[int]:
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


def _tasks(
    entry: object,
    field: str,
    instances: Mapping[str, Instance],
    kind: str,
    limit: float,
    folder: Path,
    methods: dict[tuple[str, str], str],
) -> list[Task]:
    """The runs of one entry: its instances x its seeds x every combination of the parameters that it lists."""
    optional = ("label", "seeds", "seconds", "evaluations", "instances", "parameters")
    run = check_keys(entry, field, ("method",), optional)
    method, source, called = run["method"], "", run["method"]
    with about(f"{field}.method"):
        if isinstance(method, str) and method not in METHODS:
            if place := file_and_function(method):
                method, called = f"{place[0].name}:{place[1]}", f"{folder / place[0]}:{place[1]}"
            source = method_source(called)
            methods[method, source] = called
        known = method_parameters(called)
    seeds = _seeds(run.get("seeds", 1), f"{field}.seeds")
    seconds = None if "seconds" not in run else check_number(run["seconds"], f"{field}.seconds")
    evaluations = None if "evaluations" not in run else check_integer(run["evaluations"], f"{field}.evaluations", 1)
    absent = "it matches none of the study's instances"
    chosen = _matching(run.get("instances", ["*"]), f"{field}.instances", instances, absent)
    given = check_keys(run.get("parameters", {}), f"{field}.parameters", (), known)
    label = check_text(run.get("label", default_label(method, given)), f"{field}.label")
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
                method=method,
                label=label + suffix,
                seed=seed,
                seconds=seconds,
                evaluations=evaluations,
                kind=kind,
                limit=limit,
                parameters=parameters,
                source=source,
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


def _matching(patterns: object, field: str, names: Collection[str], absent: str) -> list[str]:
    """The names that globs stand for, each once, in the sequence of the globs; ``absent`` says that there is none."""
    chosen: dict[str, None] = {}
    for index, pattern in enumerate(check_list(patterns, field)):
        check_text(pattern, f"{field}[{index}]")
        found = [name for name in names if fnmatchcase(name, pattern)]
        if not found:
            raise InputError(f"{field}[{index}] is {shown(pattern)}; {absent}")
        chosen |= dict.fromkeys(found)
    return list(chosen)
