"""Chapter 5: the planners' rules, and what means betray about the data behind them."""

from typing import Any

import numpy as np

from cmo_kit.core.instance import Instance
from cmo_kit.course.dispatching import mean_totals
from cmo_kit.course.exercises.readings import equal_lists, hold, hold_function, hold_keys
from cmo_kit.course.exercises.verdict import Wrong, asked, exercise, numbers, sites_of
from cmo_kit.library import load_instance
from cmo_kit.planning.new_order import Runs, merged


def rule(
    instance: Instance, whole: bool = False, sequence: str = "due", choose: str = "start", high: bool = False
) -> Runs:
    """A planner's rule, or a misreading of it; runs as they grow, neighbours of one order merged."""
    indices = list(range(len(instance.orders)))
    if sequence != "given":
        indices.sort(key=lambda i: instance.D[i] if sequence == "due" else -instance.D[i])
    last: list[tuple[float, int] | None] = [None] * instance.sites
    sites: list[list[int]] = [[] for _ in range(instance.sites)]
    for i in indices:
        batches = instance.orders[i].batches
        for size in [batches] if whole else [1] * batches:
            starts = [0.0 if one is None else one[0] + float(instance.g[one[1], i]) for one in last]
            values: list[float] = {
                "start": starts,
                "fewest": [len(site) for site in sites],
                "last": [-1.0 if one is None else one[0] for one in last],
                "latest": [-start for start in starts],
            }[choose]  # type: ignore[assignment]
            best = [l for l, value in enumerate(values) if value == min(values)]
            l = best[-1] if high else best[0]
            last[l] = (starts[l] + (size - 1) * float(instance.g[i, i]), i)
            sites[l] += [i] * size
    return [merged([(instance.orders[i].id, 1) for i in site]) for site in sites]


@exercise("05.1")
def whole_orders(mine: Any) -> str:
    """Whole orders by due date on fig1."""
    instance = load_instance("fig1")
    found = [merged(site) for site in sites_of(mine, instance)]
    if len(found) != instance.sites:
        raise Wrong(f"fig1 has {instance.sites} Sites; you give {len(found)}")
    if sorted(found) == sorted(rule(instance, whole=True)):
        return "nothing is split, so there is little setup, and an order's last batch waits for all its others"
    if sorted(found) == sorted(rule(instance)):
        raise Wrong("that is batch by batch; here an order stays together")
    if sorted(found) == sorted(rule(instance, whole=True, sequence="given")):
        raise Wrong("you take the orders as they stand in the list; earliest due date first")
    if sorted(found) == sorted(rule(instance, whole=True, choose="fewest")):
        raise Wrong("that is the Site with fewer batches; the rule asks where the order can start first")
    if any(len({run[0] for run in site}) < len(site) for site in found) or sum(map(len, found)) > 3:
        raise Wrong("an order must stay together: one run, on one Site")
    raise Wrong("follow the rule order by order: when could the next one start on each Site?")


@exercise("05.2")
def batch_by_batch(mine: Any) -> str:
    """The rule that fits the printed expert, as code."""
    readings: dict[str, dict[str, Any]] = {
        "your function keeps orders together; each batch looks for a Site of its own": {"whole": True},
        "your function takes the orders as they stand in the list; earliest due date first": {"sequence": "given"},
        "your function begins with the latest due date; the earliest comes first": {"sequence": "late"},
        "your function balances numbers of batches; the rule asks where the batch can start first":
            {"choose": "fewest"},
        "your function looks at the last start of each Site and forgets the gap to the batch that comes":
            {"choose": "last"},
        "your function takes the Site where the batch starts last": {"choose": "latest"},
        "among equal Sites your function takes the last one; the first one is asked for": {"high": True},
    }  # fmt: skip
    names = ("fig1", "fig3", "tiny-ties", "tiny-more-sites", "tiny-one-site", "small-1", "small-2")
    cases = [load_instance(name) for name in names]
    answers = [asked(mine, instance, returns="It must be a list of runs.") for instance in cases]
    given = [[merged(site) for site in sites_of(*each)] for each in zip(answers, cases, strict=True)]
    right = [rule(instance) for instance in cases]
    if given == right:
        return "nobody waits while a Site could begin, and that is why orders are torn apart"
    for sentence, options in readings.items():
        if given == [rule(instance, **options) for instance in cases]:
            raise Wrong(sentence)
    place = next(k for k in range(len(cases)) if given[k] != right[k])
    raise Wrong(f"on {names[place]} the first Site is {given[place][:1]}; by the rule it is {right[place][:1]}")


@exercise("05.3")
def cleaning(mine: Any) -> str:
    """Both rules with short and long cleaning, five problems each."""
    lengths = (0, 4, 13)
    hold_keys(mine, *lengths, "conclusion")
    for length in lengths:
        one = (length, length + 2)
        right = list(mean_totals("small", 5, change=((0, 0), one, one)).values())
        hold(
            numbers(mine[length], f"what you give for {length}", 2),
            right,
            {
                f"{length}: batch by batch comes first, then whole orders": right[::-1],
                f"{length}: those are sums; give means over the five problems": [5 * value for value in right],
                f"{length}: those are means of other problems; seeds 1 to 5 of the Small set": list(
                    mean_totals("small", 4, change=((0, 0), one, one)).values()),
            },
            f"{length}: mean_totals gives other means for cleaning of {one[0]} to {one[1]} days",
            equal_lists,
        )  # fmt: skip
    if mine["conclusion"] != "whole orders":
        raise Wrong("as cleaning grows, which rule's mean grows faster? the other one wins")
    return "the dearer a change of order, the more it pays to keep orders together"


@exercise("05.4")
def mean_tardiness(mine: Any) -> str:
    """A mean from gap, batches, Sites and slack."""
    gap, total, sites, slack = 9, 240, 4, 90
    hold(mine, gap * total / (2 * sites) - slack, {
        "on average half of a Site's batches stand before one, not all of them": gap * total / sites - slack,
        "the batches are shared among the Sites; divide by L": gap * total / 2 - slack,
        "that is when the order's last batch starts; subtract the slack": gap * total / (2 * sites),
        "slack is time that an order may wait; it lessens tardiness": gap * total / (2 * sites) + slack,
        "each of those batches takes a gap, not a day": total / (2 * sites) - slack,
    }, "how many batches stand before one on average, how long do they take, and how long may it wait?")  # fmt: skip
    return "three quantities explain the printed expert on all sets"


@exercise("05.5")
def fit(mine: Any) -> str:
    """Gap and slack by least squares."""

    def right(points: Any) -> list[float]:
        x, y = np.array(points, dtype=float).T
        slope, start = np.polyfit(x, y, 1)
        return [float(slope), -float(start)]

    def ends(points: Any) -> list[float]:
        (x, y), (u, v) = min(points), max(points)
        slope = (v - y) / (u - x)
        return [slope, slope * x - y]

    readings = {
        "your slack has the wrong sign: tardiness is gap times T/2L, less slack":
            lambda points: [right(points)[0], -right(points)[1]],
        "you give slack first; the gap comes first": lambda points: right(points)[::-1],
        "your line goes through the first and the last point only; least squares uses all": ends,
        "your line goes through the origin; then there would be no slack at all": lambda points: [
            sum(x * y for x, y in points) / sum(x * x for x, _ in points), 0.0],
        "you fit T/2L to tardiness; it is the other way round":
            lambda points: right([(y, x) for x, y in points]),
    }  # fmt: skip
    rng = np.random.default_rng(55)
    cases: list[tuple[Any]] = [([(15.0, 48.1), (26.2, 146.4), (52.5, 376.3)],), ([(1.0, 2.0), (3.0, 8.0)],)]
    for _ in range(8):
        x = rng.choice(60, 4, replace=False) + 1.0
        cases.append((list(zip(x.tolist(), (8 * x - 70 + rng.normal(0, 4, 4)).tolist(), strict=True)),))
    hold_function(mine, cases, right, readings, equal_lists, "It must be a pair (gap, slack).")
    return "two unknowns from three means, and one number left to contradict you"


@exercise("05.6")
def how_far(mine: Any) -> str:
    """How many standard errors two means are apart."""

    def right(ours: float, deviation: float, count: int, printed: float) -> float:
        return float((ours - printed) / (deviation * (1 / count + 1 / 5) ** 0.5))

    readings = {
        "you forget that the printed mean is one of five problems, with an error of its own":
            lambda o, d, n, p: (o - p) / (d / n**0.5),
        "you forget that our mean has an error too": lambda o, d, n, p: (o - p) / (d / 5**0.5),
        "you divide by the deviation of single problems; a mean varies less": lambda o, d, n, p: (o - p) / d,
        "errors do not add up; their squares do":
            lambda o, d, n, p: (o - p) / (d / n**0.5 + d / 5**0.5),
        "take the root: variances are divided by n, standard errors by its root":
            lambda o, d, n, p: (o - p) / (d * (1 / n + 1 / 5)),
        "the difference of our mean and the printed one: positive where ours is larger":
            lambda o, d, n, p: -right(o, d, n, p),
    }  # fmt: skip
    cases = [(1505, 503, 2000, 1442), (244.3, 90, 5, 270.8), (36669, 3152, 25, 37628), (10, 2, 1, 13)]
    hold_function(mine, cases, right, readings)
    return "below two, chance alone explains the distance; to come closer would be to fit chance"
