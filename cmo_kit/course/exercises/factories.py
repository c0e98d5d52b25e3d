"""Chapter 15: a translation and what it loses, another objective, a condition, and a claim measured elsewhere."""

import random
from collections.abc import Callable
from functools import cache
from itertools import product
from operator import eq
from typing import Any

from cmo_kit.core.instance import Instance
from cmo_kit.course.exercises.readings import chosen, hold, hold_function, hold_keys, run_total, separating
from cmo_kit.course.exercises.verdict import Wrong, entries, exercise, numbers, whole
from cmo_kit.course.other_factories import parts_problem
from cmo_kit.library import load_instance


@exercise("15.1")
def bakery(mine: Any) -> str:
    """A bakery in the paper's words."""
    words = ("order", "batch", "Site", "operations", "setup time", "due date")
    losses = ("splitting", "the client with two breads", "that brushing depends on the sequence")
    if not isinstance(mine, dict) or set(mine) != {*"abcde", "lost"}:
        raise Wrong("the answer must be a dictionary with the keys a, b, c, d, e, lost")
    right = {"a": "Site", "b": "batch", "c": "operations", "d": "setup time", "e": "order"}
    why = {
        "a": "it is where a tray goes through all its steps; there are several, all alike",
        "b": "it is the unit that is made again and again, and overlaps the next one",
        "c": "they are the steps of one tray, in their sequence",
        "d": "it is time between two kinds that nobody bakes in",
        "e": "it has a due date, and may be made on several ovens",
    }
    chosen({name: mine[name] for name in right}, right, words, why)
    reasons = dict.fromkeys(losses, "the model has that: orders are split, and b depends on the sequence")
    chosen({"lost": mine["lost"]}, {"lost": losses[1]}, losses, {"lost": reasons[losses[0]]})
    return "the words are easy; the objective is what a translation loses first"


def _products(completion: Any, due: Any, together: Callable[..., float] = max, late: Any = None) -> float:
    late = late or (lambda end, day: max(0, end - day))
    ends = {name: [end for part, end in completion.items() if part[1:] == name] for name in due}
    return float(sum(late(together(ends[name]), day) for name, day in due.items()))


@exercise("15.2")
def late_by_product(mine: Any) -> str:
    """Total tardiness of products."""
    readings: dict[str, Callable[..., float]] = {
        "your function counts every part that is late; a product is late once":
            lambda c, d: sum(max(0, end - d[part[1:]]) for part, end in c.items()),
        "your function takes the first of a product's parts; it waits for the last":
            lambda c, d: _products(c, d, together=min),
        "your function takes the mean of a product's parts; it waits for the last":
            lambda c, d: _products(c, d, together=lambda ends: sum(ends) / len(ends)),
        "your function lets early products make up for late ones":
            lambda c, d: _products(c, d, late=lambda e, b: e - b),
        "your function counts late products; give by how much they are late":
            lambda c, d: _products(c, d, late=lambda e, b: e > b),
        "your function gives the latest product only; add them up":
            lambda c, d: max(max(0, end - d[part[1:]]) for part, end in c.items()),
        "your function measures both sides; an early product costs nothing":
            lambda c, d: _products(c, d, late=lambda e, b: abs(e - b)),
    }  # fmt: skip
    chance = random.Random(152)

    def draw() -> tuple[dict[str, int], dict[str, int]]:
        parts = [f"{part}{name}" for name in "123" for part in "FLG" if part == "F" or chance.random() < 0.7]
        chance.shuffle(parts)
        return {part: chance.randrange(30) for part in parts}, {name: chance.randrange(30) for name in "123"}

    cases = [*separating(draw, [_products, *readings.values()]), *(draw() for _ in range(20))]
    cases.append(({"F12": 5, "L3": 9}, {"12": 3, "3": 9}))
    hold_function(mine, cases, _products, readings)
    return "the same schedules, another count: so the question decides who is ahead"


@exercise("15.3")
def by_itself(mine: Any) -> str:
    """Rules of setup times for which the condition always holds."""
    why = {
        "a": "a detour has two changes, each as long as the direct one",
        "b": "the direct way between two places is never longer than one over a third",
        "c": "a table may say 10 directly, and 2 and 2 over a third colour: a wash",
        "d": "a tool that is put in directly is put in on a detour, too, at i or at y",
        "e": "take whichever is larger on the direct way: that one alone is no shorter on the detour",
    }
    chosen(mine, dict.fromkeys("abde", "always") | {"c": "not always"}, ("always", "not always"), why)
    return "where a rule makes the setup times, look at the rule and not at the numbers"


def _detours(b: Any, own: bool = True, same: bool = True, equal: bool = False, inside: bool = False) -> list[Any]:
    found = []
    for x, i, y in product(range(len(b)), repeat=3):
        gain = b[x][y] + (b[i][i] if own else 0) - b[x][i] - b[i][y]
        if (inside or i not in (x, y)) and (same or x != y) and (gain > 0 or (equal and gain == 0)):
            found.append((x, i, y))
    return found


@exercise("15.4")
def washing(mine: Any) -> str:
    """All detours that are cheaper than the direct way."""
    readings: dict[str, Callable[..., list[Any]]] = {
        "your function leaves out b of i to itself": lambda b: _detours(b, own=False),
        "your function leaves out detours from an order back to itself": lambda b: _detours(b, same=False),
        "your function names detours that are only as cheap": lambda b: _detours(b, equal=True),
        "your function names detours over x or y itself": lambda b: _detours(b, inside=True, equal=True),
        "your triples have another sequence; (x, i, y) has the detour in the middle":
            lambda b: [(x, y, i) for x, i, y in _detours(b)],
        "your function reads the table by columns; b[x][y] is from x to y":
            lambda b: _detours([list(column) for column in zip(*b, strict=True)]),
        "your function names ways that are dearer than the direct one":
            lambda b: [t for t in product(range(len(b)), repeat=3)
                       if t[1] not in (t[0], t[2]) and t not in _detours(b)],
    }  # fmt: skip
    chance = random.Random(154)

    def draw() -> tuple[list[list[int]]]:
        n = chance.randrange(2, 5)
        return ([[chance.randrange(3) if i == j else chance.randrange(9) for j in range(n)] for i in range(n)],)

    def equal(answer: Any, value: list[Any]) -> bool:
        triples = [tuple(whole(k, "an entry of a triple") for k in entries(each, "a triple", 3)) for each in
                   entries(answer, "what you give")]  # fmt: skip
        return sorted(triples) == sorted(value)

    cases = [*separating(draw, [_detours, *readings.values()]), *(draw() for _ in range(20)), ([[0]],)]
    hold_function(mine, cases, _detours, readings, equal, "A list of triples.")
    return "no detour, and no setup within an order above one behind it: then one run of each order on a Site is enough"


@cache
def pairs(kind: str) -> list[tuple[float, float]]:
    """The genetic algorithm and whole orders on five problems."""

    def pair(problem: Instance) -> tuple[float, float]:
        return run_total(problem, "ga", seed=7, evaluations=4000), run_total(problem, "expert_orders")

    if kind == "parts":
        return [pair(parts_problem(seed, products=3)) for seed in range(1, 6)]
    return [pair(load_instance(f"small-{k}")) for k in range(1, 6)]


@exercise("15.5")
def measured_elsewhere(mine: Any) -> str:
    """A claim on small parts problems and on Small ones."""
    hold_keys(mine, "parts", "small", "ahead", "claim")
    ahead = []
    for kind, other in (("parts", "small"), ("small", "parts")):
        given = [tuple(numbers(each, f"a pair of {kind}", 2)) for each in entries(mine[kind], kind, 5)]
        right = pairs(kind)
        hold(given, right, {
            f"{kind}: the first of a pair is the genetic algorithm": [pair[::-1] for pair in right],
            f"{kind}: those are the pairs of the other problems": pairs(other),
            f"{kind}: the right pairs in another sequence": right[::-1],
        }, f"{kind}: seed 7 with 4000 evaluations, and whole orders, have other totals", eq)  # fmt: skip
        ahead.append(sum(ga < rule for ga, rule in right))
    hold(numbers(mine["ahead"], "ahead", 2), ahead, {
        "ahead: parts first, then Small": ahead[::-1],
        "ahead: you count where whole orders are ahead":
            [sum(ga > rule for ga, rule in pairs(kind)) for kind in ("parts", "small")],
    }, "ahead: on how many of five is the first number of the pair smaller?", eq)  # fmt: skip
    holds = [count > 2 for count in ahead]
    right_claim = {(True, True): "both", (True, False): "parts", (False, True): "small", (False, False): "neither"}
    if mine["claim"] != right_claim[holds[0], holds[1]]:
        raise Wrong("claim: it holds where the algorithm is ahead on more than half of the problems")
    return "the sentence needs its problems and its effort: without them it is neither true nor false"
