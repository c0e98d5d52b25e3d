"""Chapter 8: how many codes a schedule has, moves and acceptance of a search, a bound, and where two runs help."""

import math
from functools import cache
from itertools import permutations
from typing import Any

import numpy as np

from cmo_kit.bounds import lower_bound
from cmo_kit.check import check_schedule
from cmo_kit.core.chromosome import decode
from cmo_kit.core.instance import Instance, Order
from cmo_kit.core.operators import uniform_crossover
from cmo_kit.core.schedule import Schedule
from cmo_kit.course.codings_by_hand import evaluated, random_code
from cmo_kit.course.exercises.readings import chosen, equal_flags, hold, hold_function, hold_keys, run_total, separating
from cmo_kit.course.exercises.verdict import Wrong, asked, close, entries, exercise, number, numbers, sites_of
from cmo_kit.course.one_run_by_hand import best_of_all, merged
from cmo_kit.library import load_instance
from cmo_kit.views.paper import FIGURE_3_KEYS


@cache
def words(runs: tuple[int, ...]) -> int:
    """How many words merge into the runs, by trying all of them."""
    letters = [k for k, batches in enumerate(runs) for _ in range(batches)]
    return sum(list(dict.fromkeys(word)) == list(range(len(runs))) for word in set(permutations(letters)))


@exercise("08.1")
def count_by_hand(mine: Any) -> str:
    """Words of one Site with runs of 3, 2 and 1 batches."""
    hold(mine, words((3, 2, 1)), {
        "those are all words of these letters; the runs' first batches must stand in the runs' sequence": 60,
        "that is the factor of the first run; the second one has a factor too": 10,
        "that is the word in which runs are not torn apart; merging allows more": 1,
        "that is the factor of the second run; the first one has a factor too": 2,
    }, "one factor for each run: its batches but the first fall anywhere among all batches of later runs")  # fmt: skip
    return "and every word stands for many chromosomes, as batches of an order can trade places"


@exercise("08.2")
def count_words(mine: Any) -> str:
    """The product as a function, held against trying all words."""

    def product(runs: Any, first_fixed: bool = True, from_front: bool = False) -> int:
        number, behind = 1, 0
        for batches in [*runs][:: 1 if from_front else -1]:
            number *= math.comb(batches - first_fixed + behind, batches - first_fixed)
            behind += batches
        return number

    readings = {
        "your function counts all words; the first batch of each run has its place":
            lambda runs: product(runs, first_fixed=False),
        "your function counts from the front; batches fall among those of later runs":
            lambda runs: product(runs, from_front=True),
        "your function counts the first run only; the product goes over all":
            lambda runs: math.comb(sum(runs) - 1, runs[0] - 1),
        "your function counts sequences of the runs; here the runs have theirs": lambda runs: math.factorial(len(runs)),
        "your function adds the factors; choices that do not depend on one another multiply":
            lambda runs: sum(math.comb(sum(runs[k:]) - 1, runs[k] - 1) for k in range(len(runs))),
    }  # fmt: skip
    sites = ([3, 2, 1], [1, 2, 3], [1], [4], [1, 1, 1], [2, 3], [2, 2, 2], [1, 3, 2], [3, 1, 3])
    hold_function(mine, [(runs,) for runs in sites], lambda runs: words(tuple(runs)), readings)
    return "held against all words of nine Sites; for the paper's sizes only the formula gets there"


@cache
def inherited() -> float:
    """The share of children of two random codes of Figure 3's schedule that have it again."""
    schedule, rng = decode(load_instance("fig3"), FIGURE_3_KEYS), np.random.default_rng(83)
    codes = np.array([random_code(schedule, rng) for _ in range(800)])
    parents = np.concatenate([rng.permutation(codes) for _ in range(100)])  # which is quicker than to draw new ones
    return float(evaluated(schedule, uniform_crossover(parents, 1.0, rng)).same.mean())


@exercise("08.3")
def crossing(mine: Any) -> str:
    """Children of two codes of Figure 3's schedule."""
    hold_keys(mine, "random", "canonical", "conclusion")
    shares = {name: number(mine[name], name) for name in ("random", "canonical")}
    if max(shares.values()) > 1:
        raise Wrong("give the share of children, between 0 and 1")
    right = inherited()
    chance = 4 * (right * (1 - right) / 300) ** 0.5  # of 300 pairs whose two children were always alike, at most
    if close(shares["random"], 1) and abs(shares["canonical"] - right) <= chance:
        raise Wrong("you have exchanged the two ways")
    if abs(shares["random"] - right) > chance:
        raise Wrong(
            f"random: {shares['random']:.3f} of the children is not what 300 pairs give; compare schedules, not totals"
        )
    if not close(shares["canonical"], 1):
        raise Wrong("canonical: both parents have the same code then, so what can a child of them be?")
    if mine["conclusion"] != "a key means something among its own chromosome's keys only":
        raise Wrong("both parents are the same schedule; so what is lost when keys change from one to the other?")
    return "competing conventions: the same plan, written in two ways, has children that are neither"


@exercise("08.4")
def hidden(mine: Any) -> str:
    """What each of two kinds of comparison hides."""
    why = {
        "a": "both get the same number of evaluations, whatever one of them costs",
        "b": "in the same seconds the better programmed one gets further, and it looks like a better idea",
        "c": "a count does not depend on what else the machine does; seconds do",
        "d": "both are charged one evaluation, although one looks at two Sites only",
        "e": "a count gives the same numbers on any day and any machine",
    }
    right = {"a": "evaluations", "b": "seconds", "c": "seconds", "d": "evaluations", "e": "seconds"}
    chosen(mine, right, ("evaluations", "seconds"), why)
    return "so both comparisons are made, and a verdict that holds in both is worth more"


def exchanged(sites: Any, first: Any, second: Any, merge: str = "first") -> list[list[tuple[str, int]]]:
    """Two runs exchanged, runs of one order on a Site merged."""
    new = [list(map(tuple, site)) for site in sites]
    (l, a), (m, b) = first, second
    new[l][a], new[m][b] = new[m][b], new[l][a]
    found = []
    for site in new:
        runs: dict[str, int] = {}
        for order, batches in site if merge == "first" else site[::-1]:
            runs[order] = runs.get(order, 0) + batches
        joined = list(runs.items())
        found.append(
            [(str(o), int(q)) for o, q in site] if merge == "none" else joined if merge == "first" else joined[::-1]
        )
    return found


@exercise("08.5")
def swap(mine: Any) -> str:
    """A swap move on runs."""
    instance = load_instance("fig3")

    def counts_stay(sites: Any, first: Any, second: Any) -> Any:
        new = [list(site) for site in sites]
        (l, a), (m, b) = first, second
        new[l][a], new[m][b] = (new[m][b][0], new[l][a][1]), (new[l][a][0], new[m][b][1])
        return exchanged(new, (0, 0), (0, 0))

    readings = {
        "your function leaves two runs of one order on a Site; merge them": lambda s, f, t: exchanged(s, f, t, "none"),
        "your function merges into the last of two runs; the first one keeps its place":
            lambda s, f, t: exchanged(s, f, t, "last"),
        "your function exchanges orders and leaves the numbers of batches; a run takes its batches along": counts_stay,
        "your function changes nothing": lambda s, f, t: exchanged(s, (0, 0), (0, 0)),
    }  # fmt: skip
    rng = np.random.default_rng(85)

    def draw() -> tuple[Any, ...]:
        names = [rng.permutation(list("1234"))[: rng.integers(1, 5)].tolist() for _ in range(3)]
        sites = [[(name, int(rng.integers(1, 4))) for name in site] for site in names]
        first, second = ((int(l), int(rng.integers(len(sites[l])))) for l in rng.integers(0, 3, 2))
        return sites, first, second

    cases = [*separating(draw, [exchanged, *readings.values()]), *(draw() for _ in range(30))]
    hold_function(mine, cases, exchanged, readings, lambda answer, value: sites_of(answer, instance) == value)
    return "a whole run moves at once, which no single mutation of a key can do"


@exercise("08.6")
def accept(mine: Any) -> str:
    """Acceptance in annealing."""

    def right(change: float, temperature: float, u: float) -> bool:
        return change <= 0 or u < math.exp(-change / temperature)

    readings = {
        "your function takes improvements only; annealing takes a worse schedule now and then": lambda c, t, u: c <= 0,
        "your function takes everything": lambda c, t, u: True,
        "your function refuses an equal schedule": lambda c, t, u: c < 0 or (c > 0 and u < math.exp(-c / t)),
        "your function forgets the temperature": lambda c, t, u: c <= 0 or u < math.exp(-c),
        "your function takes a large rise more easily than a small one": lambda c, t, u: c <= 0 or u > math.exp(-c / t),
        "your function multiplies by the temperature; the hotter it is, the more is taken":
            lambda c, t, u: c <= 0 or u < math.exp(-c * t),
        "your function treats a fall like a rise; what is better is always taken":
            lambda c, t, u: u < math.exp(-abs(c) / t),
    }  # fmt: skip
    rng = np.random.default_rng(86)

    def draw() -> tuple[float, float, float]:
        return float(rng.integers(-6, 12)), float(rng.choice([0.5, 2.0, 5.0])), float(rng.random())

    cases = [*separating(draw, [right, *readings.values()]), *(draw() for _ in range(60))]
    cases += [(-1e6, 0.001, 0.5), (1e6, 0.001, 0.0001), (0.0, 0.1, 0.999)]
    hold_function(mine, cases, right, readings, equal_flags, "It must be True or False.")
    return "hot it wanders, cold it descends; how it cools decides the rest"


@cache
def tiny_problems() -> list[tuple[Instance, float, float]]:
    """Random tiny problems with their optimum, by enumeration, and the bound from each order alone."""
    rng, found = np.random.default_rng(87), []
    sizes = ([4], [5], [3], [1, 1, 3], [1, 2, 2], [2, 3], [1, 1, 3], [1, 2, 2], [4, 1])
    for k, batches in enumerate(sizes):
        b = rng.integers(2, 8, (len(batches), len(batches)))
        np.fill_diagonal(b, rng.integers(0, 2, len(batches)))
        due = [30] if k == 2 else rng.integers(-4, 9, len(batches)).tolist()
        orders = tuple(
            Order(str(i + 1), q, d, tuple(rng.integers(1, 5, 2).tolist()))
            for i, (q, d) in enumerate(zip(batches, due, strict=True))
        )
        setups = tuple(map(tuple, b.tolist()))
        instance = Instance(f"problem {k + 1}", 2 - k % 2, orders, setups, operations=("culture", "purification"))
        found.append((instance, best_of_all(instance).total_tardiness, _alone(instance)))
    return found


def _alone(instance: Instance) -> float:
    """The sum of what each order is late by if it has the whole plant to itself."""
    most = [math.ceil(order.batches / instance.sites) for order in instance.orders]
    ends = (np.array(most) - 1) * instance.g.diagonal() + instance.tails
    return float(np.maximum(0, ends - instance.D).sum())


@exercise("08.7")
def bound(mine: Any) -> str:
    """A bound that no schedule may pass, at least as strong as what each order alone says."""
    for instance, optimum, alone in tiny_problems():
        value = number(asked(mine, instance), "your bound")
        size = f"{instance.sites} Site{'s' * (instance.sites > 1)}, {instance.total_batches} batches"
        if value > optimum + 1e-6:
            raise Wrong(
                f"on {instance.name} ({size}) you say at least {value:g}, but a schedule has {optimum:g}; a bound "
                "holds for every schedule. Could an order be split further than you think?"
            )
        if value < alone - 1e-6:
            hint = "0 holds for everything" if value == 0 else "early orders cannot make up for late ones"
            raise Wrong(
                f"on {instance.name} ({size}) you say at least {value:g}; the orders alone, each with the plant to "
                f"itself, are late by {alone:g}. Your bound is valid and weak: {hint}"
            )
    return "valid on all of them, by enumeration; the kit's own bounds add what orders take from one another"


@exercise("08.8")
def design(mine: Any) -> str:
    """Setup times and due dates for which two runs of an order help."""
    hold_keys(mine, "b", "due")
    rows = [numbers(row, "a row of b", 3) for row in entries(mine["b"], "b", 3)]
    due = numbers(mine["due"], "due", 3)
    if min(map(min, rows)) < 0 or max(map(max, rows)) > 20:
        raise Wrong("setup times must lie between 0 and 20 days")
    orders = tuple(Order(name, q, d, (2, 1, 1)) for name, q, d in zip("XWY", (1, 4, 1), due, strict=True))
    instance = Instance("designed", 1, orders, tuple(map(tuple, rows)))
    if instance.one_run_failure is None:
        raise Wrong("the condition of notebook 8c holds for these setup times, so two runs of W never help")
    one, several = best_of_all(instance, merged), best_of_all(instance)
    gain = one.total_tardiness - several.total_tardiness
    if gain == 0:
        raise Wrong("the condition fails, but the best schedule is not better with two runs: look at the due dates")
    if gain < 5:
        raise Wrong(f"two runs help by {gain:g} days; 5 are asked for")
    return f"one run each: {one.total_tardiness:g} days, several runs of W: {several.total_tardiness:g}"


@exercise("08.9")
def both_sides(mine: Any) -> str:
    """A search and a bound on fig3 and fig1."""
    hold_keys(mine, "fig3", "fig1")
    for name in ("fig3", "fig1"):
        instance = load_instance(name)
        schedule, low, conclusion = entries(mine[name], name, 3)
        if not isinstance(schedule, Schedule):
            raise Wrong(f"{name}: the first entry must be the schedule, such as solve(...).schedule")
        if violations := check_schedule(instance, schedule):
            raise Wrong(f"{name}: the checker says: {violations[0].message}")
        best = run_total(instance, "search", evaluations=20000)
        proved = lower_bound(instance, upper_bound=best).lower_bound
        total, low = schedule.total_tardiness, number(low, f"the bound of {name}")
        if low > best:
            raise Wrong(f"{name}: {low:g} is no bound, for a schedule with {best:g} exists")
        if total > best:
            raise Wrong(f"{name}: your schedule has {total:g}; the search finds {best:g} with 20,000 moves")
        if low < proved - 1e-6:
            raise Wrong(f"{name}: {low:g} holds, but lower_bound proves {proved:g}")
        if conclusion != ("optimal" if close(total, low) else "cannot tell"):
            raise Wrong(f"{name}: schedule {total:g}, bound {low:g}: what do the two say together?")
    return "where they meet the schedule is optimal; where they do not, either of them may be the one to blame"
