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
    method = "ga"
    label = "GA"                          # optional: the name in tables; the method by default
    seeds = 10                            # 1..10, or a list, or { entropy = 7, count = 10 }; 1 by default
    seconds = 3600                        # optional budgets
    evaluations = 100000
    instances = ["small-*"]               # optional: only these of the study's instances
    parameters = { population_size = [50, 100] }      # lists make a grid
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import TOO_DEEP, check_depth, read_text
from cmo_kit.base.values import (
    check_choice,
    check_count,
    check_flag,
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
from cmo_kit.study.plan.entries import MAXIMUM_RUNS, check_short, matching, seeds_of, tasks_of
from cmo_kit.study.plan.task import Task

#: A plan is written by hand; one of a million bytes is another file. Its lines are short: see :func:`_parsed`.
MAXIMUM_BYTES = 1024 * 1024
MAXIMUM_DOTS = 200
#: A study holds all its problems at once, each with its table of setup times: 8 bytes times these, 400 MB.
MAXIMUM_INSTANCES = 1000
MAXIMUM_SETUPS = 50_000_000
#: A name is a part of folders' names, which systems limit to 255 bytes.
MAXIMUM_NAME = 100


@dataclass(frozen=True)
class Plan:
    """A validated study: its instances and its runs, each once."""

    name: str
    title: str
    instances: Mapping[str, Instance]
    tasks: Sequence[Task]
    report: bool


def load_plan(path: str | os.PathLike[str]) -> Plan:
    """Read and validate a plan.

    Raises
    ------
    InputError
        One sentence: the plan's path, and the field, value and rule.
    """
    text = read_text(path, MAXIMUM_BYTES)
    try:
        return make_plan(_parsed(text), Path(path).parent)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _parsed(text: str) -> dict[str, Any]:
    """The plan's TOML; the standard reader takes time in proportion to the square of a key's parts."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > MAXIMUM_DOTS:
            raise InputError(f"line {number} has {line.count('.')} dots; there may be at most {MAXIMUM_DOTS}")
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
    name = check_short(document["name"], "name", MAXIMUM_NAME)
    if not all(c.isalnum() or c in "-_" for c in name):
        raise InputError(f"name is {shown(name)}; it must be made of letters, digits, - and _")
    kind = check_choice(document.get("kind", "function"), "kind", ("function", "notebook"))
    limit = check_number(document.get("limit", 7200), "limit", 1)
    instances = _instances(document["instances"], folder)
    tasks: dict[str, Task] = {}
    listed = 0
    for index, entry in enumerate(check_list(document["runs"], "runs")):
        found = tasks_of(entry, f"runs[{index}]", instances, kind, limit)
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
    return Plan(name, title, instances, tuple(tasks.values()), report)


def _instances(document: object, folder: Path) -> dict[str, Instance]:
    entries = check_keys(document, "instances", (), ("names", "files", "generate"))
    absent = "no instance of the kit has such a name"
    names = matching(entries.get("names", []), "instances.names", instance_names(), absent)
    paths = [
        check_short(path, f"instances.files[{index}]")
        for index, path in enumerate(check_list(entries.get("files", []), "instances.files"))
    ]
    check_count(len(paths), "instances.files", MAXIMUM_INSTANCES)
    found = [load_instance(name) for name in names]
    found += [Instance.load(folder / path) for path in dict.fromkeys(paths)]
    for index, entry in enumerate(check_list(entries.get("generate", []), "instances.generate")):
        field = f"instances.generate[{index}]"
        call = check_keys(entry, field, ("set", "seeds"), ("changes",))
        changes = check_object(call.get("changes", {}), f"{field}.changes")
        seeds = seeds_of(call["seeds"], f"{field}.seeds")
        check_count(len(found) + len(seeds), "instances", MAXIMUM_INSTANCES)
        for seed in seeds:
            found.append(generate_instance(call["set"], seed, **changes))
            if sum(len(instance.orders) ** 2 for instance in found) > MAXIMUM_SETUPS:
                raise InputError(f"{field} brings the study to over {MAXIMUM_SETUPS} setup times; that is the most")
    named: dict[str, Instance] = {}
    for instance in found:
        other = named.setdefault(instance.name, instance)
        if other.digest != instance.digest:
            raise InputError(f"instances has two different problems named {shown(instance.name)}; names must be unique")
    if not named:
        raise InputError("instances names none; there must be at least one")
    return named
