"""Chapter 4: fitness and wheel, crossover, mutation, when a run ends, and what the paper leaves open."""

import re
from collections import Counter
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from cmo_kit.core.chromosome import decode
from cmo_kit.core.instance import Instance
from cmo_kit.course.exercises.readings import chosen, hold, hold_function, hold_keys, run_total, separating
from cmo_kit.course.exercises.verdict import Wrong, asked, entries, exercise, number, numbers
from cmo_kit.course.operators_by_hand import without_names
from cmo_kit.library import load_instance
from cmo_kit.views.paper import FIGURE_3_KEYS

#: Exercise 04.1.
TOTALS, W = (12, 20, 8, 20), 4


@exercise("04.1")
def shares(mine: Any) -> str:
    """Shares of the wheel by equation (16)."""
    fitness = np.array([W + max(TOTALS) - total for total in TOTALS])
    low = np.array(TOTALS, dtype=float)

    def share(values: Any) -> list[float]:
        return [float(value) / float(np.sum(values)) for value in values]

    hold(
        mine,
        share(fitness),
        {
            "you leave out w: then the worst has no share at all, and could never be a parent": share(fitness - W),
            "those are the fitnesses; a share is a fitness divided by the sum of all": fitness.tolist(),
            "you share the wheel by tardiness itself, so the worst gets most": share(low),
            "you subtract from the best instead of the worst: (16) has max T": share(W + np.abs(low - low.min())),
            "all the same would be right for a very large w only": [0.25] * 4,
            "those are per cents; four shares add up to 1": [100 * value for value in share(fitness)],
        },
        "F = w + max T - T for each, then divide by the sum of the four",
        lambda first, second: np.allclose(numbers(first, "what you give", 4), second, rtol=0.004),  # three decimals
    )
    return "the worst keeps a sector because w is above 0"


def wheel(fitness: Any, u: float) -> int:
    """The sector in which a spin ends."""
    edges = list(accumulate(fitness))
    return next(k for k, edge in enumerate(edges) if u * edges[-1] < edge)


@exercise("04.2")
def spin(mine: Any) -> str:
    """A spin of the wheel."""

    def first(fitness: Any, test: Any) -> int:
        return next((k for k, value in enumerate(fitness) if test(value)), len(fitness) - 1)

    readings = {
        "your function compares u with sums of fitnesses; u goes from 0 to 1, the sums to their total":
            lambda f, u: first(list(accumulate(f)), lambda edge: u < edge),
        "your function compares with single fitnesses; a sector ends at the sum of all up to it":
            lambda f, u: first(f, lambda value: u * sum(f) < value),
        "your function takes the fittest every time; a wheel gives the others a chance":
            lambda f, u: int(np.argmax(f)),
        "your function gives everybody the same sector": lambda f, u: int(u * len(f)),
        "your function returns the sector behind the one that is hit; indices count from 0":
            lambda f, u: wheel(f, u) + 1,
        "your function goes round the wheel backwards; for u near 0 the first sector is hit":
            lambda f, u: len(f) - 1 - wheel(f[::-1], u),
    }  # fmt: skip
    rng = np.random.default_rng(42)

    def draw() -> tuple[list[int], float]:
        return rng.integers(1, 20, int(rng.integers(2, 7))).tolist(), float(rng.random())

    cases = [*separating(draw, [wheel, *readings.values()]), ([3], 0.5), ([1, 1], 0.0), ([1, 1], 0.5)]
    cases += [([2, 2, 4], 0.25), *(draw() for _ in range(60))]
    hold_function(mine, cases, wheel, readings, returns="It must be an index.")
    return "spun e times, the wheel gives the parents of a generation"


@exercise("04.3")
def crossover(mine: Any) -> str:
    """Uniform crossover with complementary children, by its properties over many pairs."""
    rng, n, pairs = np.random.default_rng(43), 12, 300
    first, second = np.round(rng.random(n), 3), np.round(rng.random(n), 3) + 1
    kept = []
    for _ in range(pairs):
        one, other = (numbers(child, "a child", n) for child in entries(asked(mine, first, second, rng), count=2))
        for name, child in (("first", one), ("second", other)):
            if not all(key in (a, b) for key, a, b in zip(child, first, second, strict=True)):
                raise Wrong(
                    f"the {name} child has a key that neither parent has at that gene; keys are handed on, not mixed"
                )
        mine_first = np.array(one) < 1
        if (mine_first == (np.array(other) < 1)).any():
            if (mine_first == (np.array(other) < 1)).all():
                raise Wrong("both children are the same; what one does not take, the other takes")
            raise Wrong("your children are not complementary: at some genes both take the same parent's key")
        kept.append(mine_first)
    switches = np.mean([sum(a != b for a, b in pairwise(row)) for row in kept])
    share = np.array(kept).mean(axis=0)
    if len({tuple(row) for row in kept}) == 1:
        raise Wrong("every pair is crossed in the same way; the coins must come from rng")
    if switches < 2:
        raise Wrong(
            "whole pieces are handed on: that is a crossover with one cut, or one coin for all; uniform crossover has "
            "a coin for each gene"
        )
    if abs(share.mean() - 0.5) > 0.06 or (np.abs(share - 0.5) > 0.2).any():
        raise Wrong(
            f"the first child has {100 * share.mean():.0f} % of its genes from the first parent; a fair coin gives 50"
        )
    _repeatable(mine, first, second)
    return "a coin for each gene, two children, nothing lost and nothing new"


def _repeatable(function: Any, *given: Any) -> None:
    """Refuse a function that takes chance from elsewhere than its generator."""
    results = [repr(np.asarray(asked(function, *given, np.random.default_rng(7))).tolist()) for _ in range(3)]
    if len(set(results)) > 1:
        raise Wrong(
            "the same state of rng gives other results: all chance must come from rng, or no run can be repeated"
        )


@exercise("04.4")
def mutation(mine: Any) -> str:
    """One gene gets a new uniform key, by its properties over many mutations."""
    rng, n, tries = np.random.default_rng(44), 6, 1500
    keys = np.linspace(0.05, 0.95, n)
    genes, values, moved = [], [], []
    for _ in range(tries):
        after = np.array(numbers(asked(mine, keys, rng, returns="It must be the new chromosome."), count=n))
        changed = np.flatnonzero(after != keys)
        if len(changed) == 2 and sorted(after.tolist()) == sorted(keys.tolist()):
            raise Wrong("you exchange two keys; insertion gives one gene a new key")
        moved.append(len(changed))
        if len(changed) == 1:
            genes.append(int(changed[0]))
            values.append(float(after[changed[0]]))
        if ((after < 0) | (after > 1)).any():
            raise Wrong("a new key lies outside 0 to 1")
    if max(moved) == 0:
        raise Wrong("nothing changes; exactly one gene must get a new key")
    if max(moved) > 1:
        raise Wrong(f"up to {max(moved)} genes change at once; one gene is chosen, the others stay")
    if moved.count(0) > 3:
        raise Wrong(
            "sometimes nothing changes; your function is called for a chromosome that is to be mutated for certain"
        )
    counts = Counter(genes)
    if min(counts[gene] for gene in range(n)) < tries / n * 0.7:
        raise Wrong(
            "some genes are changed much more often than others; each must have the same chance, the last one too"
        )
    step = np.abs(np.array(values) - keys[genes])
    if abs(np.mean(values) - 0.5) > 0.04 or abs(np.std(values) - 12**-0.5) > 0.02 or np.mean(step) < 0.25:
        raise Wrong("the new key is not uniform between 0 and 1, whatever it was before")
    _repeatable(mine, keys)
    return "one new key: a batch moves along the sorted row, or a Site change does"


@cache
def effects(instance: Instance, keys: tuple[float, ...]) -> dict[str, float]:
    """The exact chances that one new uniform key leaves the schedule, its tardiness, betters or worsens it.

    Only where a key falls among the others counts, so each gene is tried once in each interval between them.
    """
    before = decode(instance, keys)
    chances = dict.fromkeys(("same", "as good", "better", "worse"), 0.0)
    for gene in range(len(keys)):
        edges = [0.0, *sorted(keys[:gene] + keys[gene + 1 :]), 1.0]
        for low, high in pairwise(edges):
            after = decode(instance, [*keys[:gene], (low + high) / 2, *keys[gene + 1 :]])
            change = after.total_tardiness - before.total_tardiness
            name = "better" if change < 0 else "worse" if change > 0 else "as good"
            same = without_names(after) == without_names(before)
            chances["same" if same else name] += (high - low) / len(keys)
    return chances


@exercise("04.5")
def neutral(mine: Any) -> str:
    """How often a mutation of Figure 3's chromosome changes nothing, held against exact chances."""
    exact = effects(load_instance("fig3"), tuple(FIGURE_3_KEYS))
    hold_keys(mine, "same schedule", "better", "conclusion")
    for name, key in (("same schedule", "same"), ("better", "better")):
        share = number(mine[name], name)
        if share > 1:
            raise Wrong(f"{name} is {share:g}; give the share of all mutations, between 0 and 1")
        if name == "same schedule" and abs(share - exact["same"] - exact["as good"]) < 0.03 < exact["as good"]:
            raise Wrong("you count equal tardiness; another schedule may have the same total, compare schedules")
        if name == "better" and abs(share - exact["better"] - exact["as good"] - exact["same"]) < 0.03:
            raise Wrong("better: you count what is no worse; a neutral mutation betters nothing")
        if abs(share - exact[key]) > 0.035:
            raise Wrong(f"{name} is {share:.3f}; 3,000 single mutations of Figure 3's chromosome give another share")
    if mine["conclusion"] != ("less than half" if exact["same"] < 0.5 else "more than half"):
        raise Wrong("the conclusion does not follow from your share of neutral mutations")
    return f"exactly, {100 * exact['same']:.1f} % change nothing: an evaluation spent on an old schedule"


def ending(best: Any, patience: int) -> int:
    """The generation after which a run ends."""
    for g in range(patience, len(best)):
        if best[g] == best[g - patience]:
            return g
    return len(best) - 1


@exercise("04.6")
def patience(mine: Any) -> str:
    """When a run ends by patience."""

    def in_all(best: Any, patience: int) -> int:
        idle = 0
        for g in range(1, len(best)):
            idle += best[g] == best[g - 1]
            if idle == patience:
                return g
        return len(best) - 1

    readings = {
        "your function counts all generations without improvement; an improvement must start the count anew": in_all,
        "your function ends one generation too late": lambda best, patience: ending(best, patience + 1),
        "your function ends one generation too early": lambda best, patience: ending(best, max(1, patience - 1)),
        "your function ends at the first generation without improvement, however patient it is":
            lambda best, patience: ending(best, 1),
        "your function names the last improvement; the run goes on for `patience` generations behind it":
            lambda best, patience: ending(best, patience) - patience,
        "your function never ends the run before its last generation": lambda best, patience: len(best) - 1,
    }  # fmt: skip
    rng = np.random.default_rng(46)

    def draw() -> tuple[list[int], int]:
        drops = rng.integers(0, 5, int(rng.integers(4, 20))) * (rng.random() < rng.random())
        drops = drops * (rng.random(len(drops)) < 0.5)
        return (100 - np.cumsum(drops)).tolist(), int(rng.integers(1, 5))

    cases = [*separating(draw, [ending, *readings.values()]), ([5], 1), ([5, 5], 1), *(draw() for _ in range(30))]
    hold_function(mine, cases, ending, readings, returns="It must be the number of a generation.")
    return "a run that patience ends has stopped improving for a while, which is not convergence"


@exercise("04.7")
def loop(mine: Any) -> str:
    """The boxes of the flow chart in their sequence."""
    letters = re.sub("[ ,;-]", "", "".join(map(str, entries(list(mine) if isinstance(mine, str) else mine)))).upper()
    if sorted(letters) != sorted("ABCDEF"):
        raise Wrong("each of the letters A to F must stand once")
    start = letters.index("E")
    ring = letters[start:] + letters[:start]
    if letters[0] != "E":
        raise Wrong("a new population knows nothing of its tardiness; what must be done with it first?")
    rules = (
        ("EA", "the best so far takes its place before the end is tested: E finds it, A saves it"),
        ("AF", "with the best in its place the run asks whether it is over"),
        ("FB", "if it goes on, parents are chosen next: fitness is known now"),
        ("BD", "first crossover, then mutation: children are made of parents before they are changed"),
        ("DC", "first crossover, then mutation: children are made of parents before they are changed"),
    )
    for pair, why in rules:
        if pair not in ring:
            raise Wrong(why)
    return "the only box that looks at schedules is the first; all others handle keys"


@exercise("04.8")
def left_open(mine: Any) -> str:
    """What the paper states and what it leaves open."""
    why = {
        "a": "equation (16) has the constant, and no sentence gives its value",
        "b": "Table 3 gives it",
        "c": "Table 3 says 0.5 and not whether a chromosome or each gene has it",
        "d": "no sentence says whether children replace all their parents or the best survives",
        "e": "Table 3 gives 100, 200 and 300",
        "f": "the wheel is described, what meets whom is not",
        "g": "Table 3 gives 100 generations without improvement",
    }
    right = {key: "open" if key in "acdf" else "stated" for key in why}
    chosen(mine, right, ("open", "stated"), why)
    return "what is open must be named and tried, or a reproduction proves nothing"


def _runs(way: str) -> list[float]:
    """Total tardiness of the three runs of exercise 04.9."""
    problem = load_instance("small-1")
    return [run_total(problem, "ga", seed=seed, evaluations=4000, elitism=way) for seed in (1, 2, 3)]


@exercise("04.9")
def elitism(mine: Any) -> str:
    """With and without elitism, three seeds each."""
    ways = ("none", "replace_worst")
    hold_keys(mine, *ways, "conclusion")
    for way in ways:
        given = numbers(mine[way], way, 3)
        runs = _runs(way)
        if given != runs:
            other = "replace_worst" if way == "none" else "none"
            if given == _runs(other):
                raise Wrong(f"{way}: those are the runs with elitism={other!r}")
            if sorted(given) == sorted(runs):
                raise Wrong(f"{way}: those are the right totals in another sequence; seeds 1, 2, 3")
            raise Wrong(f"{way}: small-1 with seeds 1, 2, 3, 4000 evaluations and elitism={way!r} gives other totals")
    if mine["conclusion"] != "replace_worst":
        raise Wrong("which of the two is smaller, seed by seed?")
    return "without elitism the best is soon lost again; three seeds are enough to see so large a difference"
