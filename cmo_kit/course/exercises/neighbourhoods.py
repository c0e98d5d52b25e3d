"""Chapter 12: a move by hand, neighbourhoods counted and written, a descent, and where it ends."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from operator import eq
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.check import check_schedule
from cmo_kit.core.chromosome import decode
from cmo_kit.core.schedule import Schedule
from cmo_kit.course.dispatching import by_rule
from cmo_kit.course.exercises.readings import chosen, hold, hold_function, hold_keys, run_total
from cmo_kit.course.exercises.verdict import Wrong, asked, close, entries, exercise, number, numbers, sites_of, whole
from cmo_kit.course.neighbourhoods import Change, Neighbourhood, joined, moves, put_in, splits, swaps, taken_out
from cmo_kit.library import load_instance

#: Exercise 12.1: the run of B of Site 1 goes to the end of Site 3.
BEFORE = ([("A", 2), ("B", 1), ("A", 1)], [("C", 4)], [("A", 1), ("B", 2)])


@exercise("12.1")
def move_by_hand(mine: Any) -> str:
    """A run goes to another Site; both places are joined."""
    hold_keys(mine, "sites", "anew")
    plant = replace(load_instance("fig1"), sites=3)
    start = Schedule(plant, BEFORE)
    left, _, right = start.sites
    moved = start.changed({0: taken_out(left, 1), 2: put_in(right, 2, left[1])})
    run, rest = BEFORE[0][1], [BEFORE[0][0], BEFORE[0][2]]

    def listed(*sites: Any) -> Any:
        return [[(str(order), int(batches)) for order, batches in site] for site in sites]

    hold(mine["sites"], listed(*moved.sites), {
        "on Site 1 two runs of A are neighbours now; they become one run": listed(rest, BEFORE[1], moved.sites[2]),
        "on Site 3 two runs of B are neighbours now; they become one run":
            listed(moved.sites[0], BEFORE[1], [*BEFORE[2], run]),
        "neighbouring runs of one order become one run, on both Sites": listed(rest, BEFORE[1], [*BEFORE[2], run]),
        "the batch of B is on two Sites now; it leaves Site 1": listed(BEFORE[0], BEFORE[1], moved.sites[2]),
        "the run goes to the end of Site 3, not of Site 2":
            listed(moved.sites[0], [*BEFORE[1], run], BEFORE[2]),
        "Site 1 has lost a batch of A; only B leaves it": listed([("A", 2)], BEFORE[1], moved.sites[2]),
    }, "take B out of Site 1, put it behind the last run of Site 3, then join neighbours of one order",
         lambda answer, value: sites_of(answer, plant) == value)  # fmt: skip
    changed = [l + 1 for l, (one, other) in enumerate(zip(start.sites, moved.sites, strict=True)) if one != other]
    hold(sorted(numbers(mine["anew"], "anew")), changed, {
        "Site 2 has what it had, so its times stay": [1, 2, 3],
        "the Site that a run leaves ends earlier: it must be computed anew too": changed[1:],
        "the Site that a run comes to must be computed anew too": changed[:1],
        "Sites are counted from 1 here": [l - 1 for l in changed],
    }, "which Sites have other runs than before?", eq)  # fmt: skip
    return "two Sites of three; with ten, four fifths of the work are saved"


@cache
def reached(sizes: tuple[int, ...]) -> int:
    """How many schedules one move makes of runs that are all different, by making them."""
    names = iter(range(sum(sizes)))
    sites = [[next(names) for _ in range(size)] for size in sizes]
    found = set()
    for site in sites:
        for name in site:
            rest = [[other for other in each if other != name] for each in sites]
            for to, target in enumerate(rest):
                for place in range(len(target) + 1):
                    made = [*target[:place], name, *target[place:]]
                    found.add(tuple(tuple(made if k == to else each) for k, each in enumerate(rest)))
    return len(found - {tuple(map(tuple, sites))})


@exercise("12.2")
def count_neighbours(mine: Any) -> str:
    """Neighbours counted by a formula, held against making them."""
    readings: dict[str, Callable[..., int]] = {
        "your function counts moves; two neighbours can change places in two ways, which make one schedule":
            lambda s: sum(s) * (sum(s) + len(s) - 2),
        "your function counts places, also the one where the run was": lambda s: sum(s) * (sum(s) + len(s) - 1),
        "your function takes one from each Site, also from an empty one, which has no neighbours":
            lambda s: sum(s) * (sum(s) + len(s) - 2) - sum(s) + len(s),
        "your function forgets that a run may go to the end of a Site": lambda s: sum(s) * (sum(s) - 1),
        "your function counts swaps of two runs": lambda s: sum(s) * (sum(s) - 1) // 2,
        "your function leaves runs on their Sites": lambda s: sum((k - 1) ** 2 for k in s if k),
        "your function moves runs to other Sites only": lambda s: sum(k * (sum(s) - k + len(s) - 1) for k in s),
    }  # fmt: skip
    cases = [([2, 1],), ([3],), ([1],), ([2, 0],), ([0, 0, 3],), ([2, 2, 1],), ([1, 1, 1],), ([4, 1],), ([3, 3],)]
    hold_function(mine, cases, lambda sizes: reached(tuple(sizes)), readings)
    return "held against making them all on nine plants"


def _ends(
    schedule: Schedule, join: Any = joined, least: int = 0, skip: bool = True, both: bool = False
) -> Iterator[Change]:
    """Ends exchanged behind every two cuts from ``least`` on; wrong ways leave neighbours apart, or skip too little."""
    for l, one in enumerate(schedule.sites):
        for to, other in enumerate(schedule.sites):
            for k in range(least, len(one) + 1) if (to > l or (both and to != l)) else ():
                for place in range(least, len(other) + 1):
                    if not skip or (k, place) not in ((0, 0), (len(one), len(other))):
                        yield {l: join([*one[:k], *other[place:]]), to: join([*other[:place], *one[k:]])}


@cache
def schedules() -> list[Schedule]:
    """Schedules on two and three Sites, with empty Sites and orders on several Sites."""
    rng, fig3, fig1 = np.random.default_rng(123), load_instance("fig3"), load_instance("fig1")
    found = [Schedule(fig1, [[("A", 2), ("B", 2)], [("C", 2), ("B", 1), ("A", 1)]])]
    found += [decode(instance, rng.random(instance.key_count)) for instance in (fig1, fig3, fig3, fig3, fig3)]
    return [*found, Schedule(fig3, [[("1", 1)], [], [("2", 1), ("1", 1)]])]


@exercise("12.3")
def exchange_ends(mine: Any) -> str:
    """A neighbourhood that exchanges the ends of two Sites."""
    if not callable(mine):
        raise Wrong("the answer must be a function")

    def made(schedule: Schedule, changes: Iterable[Any]) -> list[Any]:
        try:
            return sorted(schedule.changed(change).sites for change in changes)
        except (InputError, AttributeError, TypeError, ValueError) as error:
            raise Wrong(
                f"what you yield is no change of a schedule ({error}); yield {{Site: runs, Site: runs}}"
            ) from None

    given = [made(one, asked(lambda schedule: list(mine(schedule)), one)) for one in schedules()]
    if given == [made(one, _ends(one)) for one in schedules()]:
        return "with two cuts whole halves of Sites move, at the price of one evaluation"
    for schedule, neighbours in zip(schedules(), given, strict=True):
        if any(Schedule(schedule.instance, sites).lacking != schedule.lacking for sites in neighbours):
            raise Wrong("some of your neighbours have other batches than the schedule: every end must go somewhere")
    readings: dict[str, Neighbourhood] = {
        "you leave two runs of one order side by side; joined makes one of them": lambda s: _ends(s, join=list),
        "you never cut in front of the first run": lambda s: _ends(s, least=1),
        "you yield also what changes nothing, or only exchanges the Sites' numbers": lambda s: _ends(s, skip=False),
        "you take every two Sites twice, once from either side": lambda s: _ends(s, both=True),
        "you exchange single runs; all that stands behind a cut goes along": swaps,
        "you move single runs; the ends of two Sites are exchanged": moves,
    }  # fmt: skip
    for sentence, reading in readings.items():
        if given == [made(one, reading(one)) for one in schedules()]:
            raise Wrong(sentence)
    schedule, neighbours = next((s, g) for s, g in zip(schedules(), given, strict=True) if g != made(s, _ends(s)))
    sizes = [len(site) for site in schedule.sites]
    raise Wrong(
        f"Sites with {sizes} runs have {len(list(_ends(schedule)))} such neighbours; you make {len(neighbours)}"
        if len(neighbours) != len(list(_ends(schedule)))
        else f"for Sites with {sizes} runs some of your neighbours are others than those with exchanged ends"
    )


@exercise("12.4")
def local_optimum(mine: Any) -> str:
    """A local optimum belongs to a neighbourhood."""
    why = {
        "a": "no move betters S; a neighbour that is as good is not better",
        "b": "neither a move nor a swap betters S",
        "c": "a neighbourhood in which one neighbour is better has no local optimum here",
        "d": "something better than S is known: look at the splits",
        "e": "the table shows the neighbours of S, not those of another schedule",
    }
    right = {"a": "yes", "b": "yes", "c": "no", "d": "no", "e": "cannot tell"}
    chosen(mine, right, ("yes", "no", "cannot tell"), why)
    return "local optimum is a word with two places: of a schedule and of a neighbourhood"


class TooMany(Exception):  # noqa: N818 (told to the learner)
    """A descent that does not end."""


def _first(schedule: Schedule, neighbourhood: Any, last: bool = False) -> list[float]:
    totals = [schedule.total_tardiness]
    while True:
        others = [schedule.changed(change) for change in neighbourhood(schedule)]
        better = [other for other in others if other.total_tardiness < totals[-1]]
        if not better:
            return totals
        schedule = better[-1 if last else 0]
        totals.append(schedule.total_tardiness)


def _steepest(schedule: Schedule, neighbourhood: Any) -> list[float]:
    def by_total(schedule: Schedule) -> list[Change]:
        return sorted(neighbourhood(schedule), key=lambda change: schedule.changed(change).total_tardiness)

    return _first(schedule, by_total)


def _one_pass(schedule: Schedule, neighbourhood: Any) -> list[float]:
    totals = [schedule.total_tardiness]
    for change in neighbourhood(schedule):
        total = schedule.changed(change).total_tardiness
        if total < totals[-1]:
            totals.append(total)
    return totals


@exercise("12.5")
def first_better(mine: Any) -> str:
    """A descent by first improvement."""
    looked = 0

    def watched(kind: Any) -> Any:
        def neighbourhood(schedule: Schedule) -> Iterator[Change]:
            nonlocal looked
            for change in kind(schedule):
                looked += 1
                if looked > 5_000:  # a descent that lists all neighbours at every step sees 2,144
                    raise TooMany("5,000 neighbours and no end; is a step taken only to what is strictly better?")
                yield change

        return neighbourhood

    readings: dict[str, Callable[..., list[float]]] = {
        "your descent goes to the best neighbour, as the notebook's; take the first that is better": _steepest,
        "your descent goes to the last better neighbour; take the first": lambda s, n: _first(s, n, last=True),
        "your descent goes on in the old neighbourhood; at each new schedule look from the beginning": _one_pass,
        "your list lacks the total tardiness of the start": lambda s, n: _first(s, n)[1:],
        "your function gives the end only; the list has every step": lambda s, n: _first(s, n)[-1:],
        "your descent ends after one step; go on until nothing is better": lambda s, n: _first(s, n)[:2],
    }  # fmt: skip
    starts = schedules()[-5:]
    cases = [(one, kind) for one in starts for kind in map(watched, (moves, swaps, splits))]
    given = [numbers(asked(mine, *case, returns="A list of numbers."), "what you give") for case in cases]

    def gives(reading: Callable[..., list[float]]) -> bool:
        right = (reading(*case) for case in cases)
        return all(len(a) == len(b) and all(map(close, a, b)) for a, b in zip(given, right, strict=False))

    if gives(_first):
        return "it takes more steps than the steepest one, and each is cheaper"
    looked = -(10**9)
    for sentence, reading in readings.items():
        if gives(reading):
            raise Wrong(sentence)
    raise Wrong(f"from a total of {cases[0][0].total_tardiness:g} it must go {_first(*cases[0])}; yours: {given[0]}")


@exercise("12.6")
def beside_the_ga(mine: Any) -> str:
    """A descent by swaps and the genetic algorithm, at equal effort."""
    hold_keys(mine, "steps", "looked", "ga", "conclusion", "better")
    instance, steps = load_instance("small-2"), entries(mine["steps"], "steps")
    if not steps or not all(isinstance(step, Schedule) for step in steps):
        raise Wrong("steps: give all that steepest returns, a list of schedules")
    end = steps[-1]
    if steps[0].sites != by_rule(instance, "whole orders").sites:
        raise Wrong("steps: the descent begins at the planners' rule, so that is the first schedule")
    if any(after.total_tardiness >= before.total_tardiness for before, after in pairwise(steps)):
        raise Wrong("steps: each one must have less total tardiness than the one before")
    if violations := check_schedule(instance, end):
        raise Wrong(f"steps: the checker says of the last one: {violations[0].message}")

    def improving(kind: Any) -> bool:
        return any(end.changed(change).total_tardiness < end.total_tardiness for change in kind(end))

    if improving(swaps):
        raise Wrong("steps: a swap still betters the last one, so the descent has not come to its end")
    looked, neighbours = whole(mine["looked"], "looked"), [sum(1 for _ in swaps(step)) for step in steps]
    if looked < sum(neighbours):
        raise Wrong(f"looked: {looked} is too few; each step, also the last, looks at some {neighbours[-1]} neighbours")
    if looked > sum(neighbours):
        raise Wrong(f"looked: {looked} is too many; count the neighbours of every step once")
    total = run_total(instance, "ga", seed=1, evaluations=looked)
    if not close(number(mine["ga"], "ga"), total):
        raise Wrong(f"ga: small-2 with seed 1 and {looked} evaluations has another total")
    if mine["conclusion"] != ("descent" if end.total_tardiness < total else "ga"):
        raise Wrong("conclusion: which of the two total tardinesses is less?")
    right = [kind.__name__ for kind in (moves, splits) if improving(kind)]
    if sorted(entries(mine["better"], "better")) != right:
        raise Wrong("better: for each of the two kinds, is any neighbour of the end better than the end?")
    return "the end of one kind is a slope for another; the algorithm is far from any end"
