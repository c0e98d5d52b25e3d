"""Chapter 7: RDI and its weakness, intervals of paired differences, and what runs allow to conclude."""

from itertools import product
from statistics import fmean, stdev
from typing import Any

import numpy as np

from cmo_kit.course.exercises.readings import chosen, equal_lists, hold, hold_function, hold_keys
from cmo_kit.course.exercises.verdict import Wrong, close, exercise, number, numbers
from cmo_kit.study.results.collect import load_study
from cmo_kit.study.results.statistics import STUDENT, summary


def rdi_of(totals: Any) -> list[float]:
    """The relative delay index of each."""
    best, worst = min(totals), max(totals)
    return [0.0 if worst == best else (total - best) / (worst - best) for total in totals]


@exercise("07.1")
def rdi(mine: Any) -> str:
    """A function for RDI."""
    readings = {
        "your function gives the gap to the best, in its shares; RDI divides by worst less best":
            lambda t: [(x - min(t)) / min(t) if min(t) else 0.0 for x in t],
        "your function divides by the worst; RDI divides by worst less best":
            lambda t: [(x - min(t)) / max(t) if max(t) else 0.0 for x in t],
        "your function gives the best 1; it must have 0 and the worst 1": lambda t: [1 - x for x in rdi_of(t)],
        "your function divides by the worst and forgets to subtract the best":
            lambda t: [x / max(t) if max(t) else 0.0 for x in t],
    }  # fmt: skip
    cases = [([100, 150, 200],), ([1442, 270, 271],), ([5, 5],), ([0, 0, 0],), ([0, 7],), ([3],), ([9, 4, 6, 4],)]
    hold_function(mine, cases, rdi_of, readings, equal_lists, "It must be a list.")
    return "0 for the best, 1 for the worst, and nothing about how good the best is"


@exercise("07.2")
def hidden_behind(mine: Any) -> str:
    """A total that makes another method look good."""
    value = number(mine)
    found = rdi_of([100, 150, 200, value])[1]
    if value < 0:
        raise Wrong("total tardiness is never below 0")
    if value < 200:
        raise Wrong("the method that joins is not the worst; RDI of B is moved by the worst and the best only")
    if found > 0.05 + 1e-9:
        raise Wrong(f"with {value:g}, B has RDI (150 - 100) / ({value:g} - 100) = {found:.3f}, which is above 0.05")
    return f"B has RDI {found:.3f} now without having changed: a bad competitor flatters all others"


@exercise("07.3")
def interval(mine: Any) -> str:
    """A paired interval by Student's t."""

    def around(first: Any, second: Any, t: float, deviation: Any, root: bool = True) -> list[float]:
        differences = [a - b for a, b in zip(first, second, strict=True)]
        half = t * deviation(differences) / len(differences) ** (0.5 if root else 1)
        return [fmean(differences) - half, fmean(differences) + half]

    def unpaired(first: Any, second: Any, t: float) -> list[float]:
        half = t * (stdev(first) ** 2 / len(first) + stdev(second) ** 2 / len(second)) ** 0.5
        return [fmean(first) - fmean(second) - half, fmean(first) - fmean(second) + half]

    readings = {
        "your interval treats the two lists as unrelated; each problem gives one difference": unpaired,
        "divide the deviation by the root of n: a mean varies less than a single difference":
            lambda a, b, t: around(a, b, t, lambda d: stdev(d) * len(d) ** 0.5),
        "you divide by n; the error of a mean falls with the root of n": lambda a, b, t: around(a, b, t, stdev, False),
        "your deviation divides by n; a sample's divides by n - 1":
            lambda a, b, t: around(a, b, t, lambda d: float(np.std(d))),
        "you take 1.96; for few problems Student's t is larger": lambda a, b, t: around(a, b, 1.96, stdev),
        "your differences are second less first": lambda a, b, t: around(b, a, t, stdev),
        "the lower end comes first": lambda a, b, t: around(a, b, t, stdev)[::-1],
    }  # fmt: skip
    rng = np.random.default_rng(73)
    cases = [([1834.0, 1255.0, 1100.0], [210.0, 300.0, 90.0], STUDENT[1]), ([5.0, 9.0], [4.0, 4.0], STUDENT[0])]
    for n in (4, 5, 8):
        level = rng.integers(100, 900, n)
        pair = ((level + rng.integers(-40, 40, n)).astype(float).tolist() for _ in range(2))
        cases.append((*pair, STUDENT[n - 2]))
    hold_function(mine, cases, lambda a, b, t: around(a, b, t, stdev), readings, equal_lists, "It must be (low, high).")
    return "what problems have in common cancels, which is why pairs say more than two means"


@exercise("07.4")
def coverage(mine: Any) -> str:
    """How often two kinds of interval from five numbers hold the true mean."""
    hold_keys(mine, "bootstrap", "student", "conclusion")
    samples = np.random.default_rng(74).normal(size=(2000, 5))  # those of the exercise
    draws = np.array([np.bincount(drawn, minlength=5) for drawn in product(range(5), repeat=5)])
    below = (samples @ draws.T <= 0).sum(axis=1)  # which is quicker than to sort the means
    held = (below > 0.025 * 3125) & (below < 0.975 * 3125)

    def share_held(t: float, ddof: int = 1) -> float:
        half = t * samples.std(axis=1, ddof=ddof) / 5**0.5
        return float((np.abs(samples.mean(axis=1)) <= half).mean())

    right = {"bootstrap": float(held.mean()), "student": share_held(STUDENT[3])}
    mistakes = {
        "student: your deviation divides by n; a sample's divides by n - 1": share_held(STUDENT[3], 0),
        "student: that is the factor of the normal distribution, 1.96": share_held(1.96),
    }
    for name, value in right.items():
        share = number(mine[name], name)
        if share > 1:
            raise Wrong(f"{name} is {share:g}; give the share of samples, between 0 and 1")
        if close(share, value):
            continue
        if abs(share - 1 + value) <= 0.015:
            raise Wrong(f"{name}: you count the intervals that miss the mean; give those that hold it")
        for sentence, mistaken in mistakes.items():
            if name == "student" and close(share, mistaken):
                raise Wrong(sentence)
        if name == "bootstrap" and abs(share - 0.95) < 0.02:
            raise Wrong("bootstrap: 0.95 is what it promises; draw anew and count what it keeps")
        if name == "bootstrap" and abs(share - value) <= 0.015:
            raise Wrong("bootstrap: near, but with some draws the share depends on chance; take all 3,125 ways to draw")
        raise Wrong(f"{name} is {share:.4f}; these samples have another share")
    if mine["conclusion"] != "student":
        raise Wrong("which of the two keeps its promise of 95 % with five numbers?")
    return "five numbers hardly show how far they spread; the factor t makes up for that, drawing anew does not"


@exercise("07.5")
def comparable(mine: Any) -> str:
    """What may be held against the printed table."""
    why = {
        "a": "both are means of problems from sources with equal means; that is what the generator was made for",
        "b": "small-1 and S1 are different problems that share a name",
        "c": "both ran on the same problem",
        "d": "other machines, another language, other problems: seconds say how long one waits, not who is faster",
        "e": "RDI depends on the worst of the methods, and ours are not theirs, nor are the problems",
    }
    chosen(mine, {key: "may" if key in "ac" else "may not" for key in why}, ("may", "may not"), why)
    return "means of a set against means of a set, and runs against runs on the same problem"


@exercise("07.6")
def verdicts(mine: Any) -> str:
    """What runs say about claims."""
    reproduced, not_so, open_ = "reproduced", "not reproduced", "cannot be tested"
    why = {
        "a": "all five differences go the way of the claim, and the interval leaves out 0",
        "b": "the claim is about all five, and the runs are on the same kind of problem; two go the other way",
        "c": "another solver's runs say nothing about the one that is meant",
        "d": "the run was ended by patience, which is neither convergence nor its absence",
        "e": "another machine's seconds say nothing about the one that is meant",
    }
    right = {"a": reproduced, "b": not_so, "c": open_, "d": open_, "e": open_}
    chosen(mine, right, (reproduced, not_so, open_), why)
    return "a verdict is never stronger than what was run"


@exercise("07.7")
def paired(mine: Any) -> str:
    """The stored study: two methods on five problems."""
    hold_keys(mine, "differences", "low", "high", "conclusion")
    rows = load_study().rows
    totals: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        totals.setdefault(str(row["instance"]), {}).setdefault(str(row["method"]), []).append(row["total_tardiness"])
    names = sorted(totals)
    differences = [fmean(totals[name]["ga"]) - fmean(totals[name]["expert_orders"]) for name in names]
    first_seed = [totals[name]["ga"][0] - totals[name]["expert_orders"][0] for name in names]
    hold(sorted(numbers(mine["differences"], "differences")), sorted(differences), {
        "differences: take the genetic algorithm less whole orders": sorted(-d for d in differences),
        "differences: you take one seed; a problem gives one number, the mean over its seeds": sorted(first_seed),
    }, "differences: one for each problem, the mean of ga less that of expert_orders", equal_lists)  # fmt: skip
    found = summary(differences)
    for name, end in (("low", found.low), ("high", found.high)):
        if not close(number(mine[name], name), end):
            raise Wrong(f"{name}: mean of the differences, less or plus t = {STUDENT[len(names) - 2]} standard errors")
    right = "cannot tell" if found.low <= 0 <= found.high else "ga" if found.high < 0 else "expert_orders"
    if mine["conclusion"] != right:
        raise Wrong("what does it mean that the interval leaves out 0, or holds it?")
    return "a paired comparison, its interval, and a conclusion that is no stronger"
