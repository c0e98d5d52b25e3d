"""Chapter 6: runs that can be repeated, how steady a method is, and a notebook run from the command line."""

import shlex
from functools import cache
from statistics import fmean, stdev
from typing import Any

import numpy as np

from cmo_kit.course.exercises.readings import equal_lists, hold, hold_function, hold_keys, run_total
from cmo_kit.course.exercises.verdict import Wrong, close, exercise, number
from cmo_kit.library import load_instance

PYTHONS = (["python"], ["python3"], ["py"])
SMALL = tuple(f"small-{k}" for k in range(1, 6))


@cache
def total(name: str, method: str, seed: int, evaluations: int) -> float:
    """Total tardiness of a run."""
    return run_total(load_instance(name), method, seed=seed, evaluations=evaluations if method == "ga" else None)


@exercise("06.1")
def repeated(mine: Any) -> str:
    """Five seeds, and one of them again."""
    hold_keys(mine, "totals", "again", "conclusion")
    given = mine["totals"]
    if not isinstance(given, dict) or set(given) != {1, 2, 3, 4, 5}:
        raise Wrong("totals must be a dictionary from seed to total tardiness, for the seeds 1 to 5")
    right = {seed: total("small-1", "ga", seed, 2000) for seed in range(1, 6)}
    values = {seed: number(given[seed], f"the total of seed {seed}") for seed in right}
    if len(set(values.values())) == 1:
        raise Wrong("all five totals are the same: is the seed handed to solve?")
    for seed, value in right.items():
        if not close(values[seed], value):
            raise Wrong(f"seed {seed}: small-1, the genetic algorithm with 2000 evaluations, gives another total")
    if not close(number(mine["again"], "again"), right[3]):
        raise Wrong("again: the same seed, method and budget give the same run to the last digit; run seed 3 once more")
    if mine["conclusion"] != "the seed decides":
        raise Wrong("what differs between two runs with different totals, and what between two with the same?")
    return "instance, method, seed and evaluations are all that a run depends on"


@exercise("06.2")
def steadiness(mine: Any) -> str:
    """Best, mean and standard deviation of some runs."""
    readings = {
        "your standard deviation divides by n; a sample's divides by n - 1":
            lambda t: [min(t), fmean(t), float(np.std(t))],
        "that is the variance; take its root": lambda t: [min(t), fmean(t), stdev(t) ** 2],
        "that is the standard error of the mean; give the deviation of single runs":
            lambda t: [min(t), fmean(t), stdev(t) / len(t) ** 0.5],
        "the second number is the median; give the mean": lambda t: [min(t), float(np.median(t)), stdev(t)],
        "the best run has the least tardiness": lambda t: [max(t), fmean(t), stdev(t)],
        "the third number is the range; give the standard deviation": lambda t: [min(t), fmean(t), max(t) - min(t)],
    }  # fmt: skip
    cases = [([244.0, 310.0, 198.0, 251.0],), ([5.0, 9.0],), ([7, 7, 7, 8, 11],), ([0.0, 0.5, 12.0],)]
    hold_function(mine, cases, lambda t: [min(t), fmean(t), stdev(t)], readings, equal_lists, "Three numbers.")
    return "the mean says how good a method is, the deviation how much one run can deceive"


@exercise("06.3")
def ga_against_orders(mine: Any) -> str:
    """The genetic algorithm beside whole orders on five problems."""
    methods = ("ga", "expert_orders")
    hold_keys(mine, *methods, "wins", "conclusion")
    right = {method: [total(name, method, 1, 4000) for name in SMALL] for method in methods}
    for method in methods:
        other = methods[method == "ga"]
        hold(mine[method], right[method], {
            f"{method}: those are the totals of {other}": right[other],
            f"{method}: those are the right totals in another sequence; small-1 first": right[method][::-1],
        }, f"{method}: small-1 to small-5 with seed 1 and 4000 evaluations have other totals", equal_lists)  # fmt: skip
    wins = sum(a < b for a, b in zip(right["ga"], right["expert_orders"], strict=True))
    hold(mine["wins"], wins, {"wins: you count the problems on which whole orders are better": 5 - wins},
         "wins: on how many of the five has the genetic algorithm less tardiness?")  # fmt: skip
    if mine["conclusion"] != ("expert_orders" if wins < 3 else "ga"):
        raise Wrong("which of the two has less tardiness on most of these problems, with this budget?")
    return "a rule that any planner can follow is a rival to be named; another budget may say something else"


@exercise("06.4")
def papermill(mine: Any) -> str:
    """A command line for notebook 6."""
    if not isinstance(mine, str):
        raise Wrong("the answer must be a text, the command as you would type it")
    try:
        words = shlex.split(mine)
    except ValueError:
        raise Wrong("a quotation mark is not closed") from None
    words = words[2:] if words[:1] in PYTHONS and words[1:2] == ["-m"] else words
    if words[:1] != ["papermill"]:
        raise Wrong("the program is papermill")
    parameters, files, rest = dict[str, str](), list[str](), words[1:]
    while rest:
        word = rest.pop(0)
        if word in ("-p", "--parameters", "-r", "--parameters_raw"):
            if len(rest) < 2:
                raise Wrong(f"{word} takes a name and a value, with a blank between them")
            name, value = rest.pop(0), rest.pop(0)
            parameters[name] = value
        elif word.startswith("-"):
            raise Wrong(f"{word} is not needed; a parameter is given as -p NAME VALUE")
        else:
            files.append(word)
    if any("=" in name for name in parameters):
        raise Wrong("-p takes a name and a value, with a blank between them, no equals sign")
    if len(files) != 2 or not files[0].endswith("06_experiment.ipynb"):
        raise Wrong("first the notebook that is run, 06_experiment.ipynb, then the one that is written")
    if files[1].split("/")[-1] != "mine.ipynb":
        raise Wrong("the second notebook is the one that is written, mine.ipynb")
    known = {"test_set", "problem", "instance_name", "methods", "seeds", "limits", "settings", "results"}
    if set(parameters) - known:
        raise Wrong(f"the notebook has no parameter {min(set(parameters) - known)}; see its parameters cell")
    name = parameters.get("instance_name") or f"{parameters.get('test_set', 'small')}-{parameters.get('problem', '1')}"
    if name != "medium-3":
        raise Wrong(f"this runs on {name}; medium-3 is asked for, by test_set and problem or by instance_name")
    return "one notebook, a thousand runs: a study does nothing else"
