"""Right answers to experiments, spoiled in one place: cheap, for what stands beside the exercises repeats all runs."""

from collections.abc import Callable, Mapping
from typing import Any

from cmo_kit.course.dispatching import by_rule

#: What is other than in the right answer, or how it follows from it.
Spoil = Mapping[Any, Any] | Callable[[Any], Mapping[Any, Any]]


def without_a_site(schedule: Any) -> Any:
    """A schedule that lacks the batches of its first Site."""
    return schedule.changed({0: []})


def fig1(place: int, value: Callable[[Any], Any]) -> Spoil:
    """Exercise 08.9 with another schedule, bound or conclusion for fig1."""
    return lambda mine: {"fig1": [value(part) if k == place else part for k, part in enumerate(mine["fig1"])]}


def gap_of(total: Callable[[float, float], float]) -> Spoil:
    """Exercise 09.3 with another gap, from total tardiness and bound."""
    return lambda mine: {"gap": total(mine["schedule"].total_tardiness, mine["bound"])}


#: Where only the first of the wrong answers is tried: what is spoiled instead, and what the check says.
SPOILED: dict[str, list[tuple[Spoil, str]]] = {
    "04.9": [
        ({"none": [1, 2, 3]}, "none: small-1 with seeds 1, 2, 3, 4000 evaluations and elitism='none' gives other"),
        (lambda mine: {"none": mine["none"][::-1]}, "none: those are the right totals in another sequence"),
        (lambda mine: {"none": mine["replace_worst"]}, "none: those are the runs with elitism='replace_worst'"),
        ({"conclusion": "none"}, "which of the two is smaller, seed by seed"),
    ],
    "05.3": [
        (lambda mine: {4: mine[4][::-1]}, "4: batch by batch comes first"),
        (lambda mine: {4: [5 * mean for mean in mine[4]]}, "4: those are sums"),
        ({13: [1, 2]}, "13: mean_totals gives other means for cleaning of 13 to 15 days"),
        ({"conclusion": "batch by batch"}, "the other one wins"),
    ],
    "06.1": [
        ({"totals": [1, 2, 3, 4, 5]}, "totals must be a dictionary from seed to total tardiness"),
        (lambda mine: {"totals": {**mine["totals"], 4: -1}}, "seed 4: small-1, the genetic algorithm with 2000"),
        ({"again": -1}, "again: the same seed, method and budget"),
        ({"conclusion": "chance decides"}, "what differs between two runs with different totals"),
    ],
    "06.3": [
        (lambda mine: {"ga": mine["ga"][::-1]}, "ga: those are the right totals in another sequence"),
        (lambda mine: {"wins": 5 - mine["wins"]}, "wins: you count the problems on which whole orders are better"),
        ({"conclusion": "ga"}, "which of the two has less tardiness on most of these problems"),
    ],
    "07.4": [
        ({"bootstrap": 84}, "bootstrap is 84; give the share of samples"),
        (lambda mine: {"bootstrap": 1 - mine["bootstrap"]}, "bootstrap: you count the intervals that miss the mean"),
        ({"bootstrap": 0.95}, "bootstrap: 0.95 is what it promises"),
        (lambda mine: {"bootstrap": mine["bootstrap"] + 0.01}, "bootstrap: near, but"),
        ({"student": 0.5}, "student is 0.5000; these samples have another share"),
        ({"conclusion": "bootstrap"}, "which of the two keeps its promise"),
    ],
    "07.7": [
        (lambda mine: {"differences": -mine["differences"]}, "differences: take the genetic algorithm less whole"),
        (lambda mine: {"low": mine["high"]}, "low: mean of the differences, less or plus t ="),
        ({"conclusion": "cannot tell"}, "what does it mean that the interval leaves out 0, or holds it"),
    ],
    "08.3": [
        ({"random": 300}, "give the share of children"),
        (lambda mine: {"random": mine["canonical"], "canonical": mine["random"]}, "you have exchanged the two ways"),
        ({"random": 0.9}, "random: 0.900 of the children is not what 300 pairs give"),
        ({"canonical": 0.5}, "canonical: both parents have the same code then"),
        ({"conclusion": "crossover is useless"}, "what is lost when keys change from one to the other"),
    ],
    "08.9": [
        (fig1(0, lambda schedule: 2), "fig1: the first entry must be the schedule"),
        (fig1(0, without_a_site), "fig1: the checker says: "),
        (fig1(0, lambda schedule: by_rule(schedule.instance, "batch by batch")), "; the search finds "),
        (fig1(1, lambda low: 10**6), "fig1: 1e+06 is no bound"),
        (fig1(1, lambda low: 0), "fig1: 0 holds, but lower_bound proves "),
        (fig1(2, lambda conclusion: "optimal"), "what do the two say together"),
    ],
    "09.3": [
        ({"schedule": 48}, "schedule must be a schedule"),
        (lambda mine: {"schedule": without_a_site(mine["schedule"])}, "the checker says: "),
        ({"bound": 10**6}, "1e+06 is no bound: a plan with "),
        ({"bound": 0}, "0 holds for every plan"),
        (gap_of(lambda total, low: (total - low) / low), "you divide by the bound"),
        (gap_of(lambda total, low: total - low), "that is the gap in days"),
        (gap_of(lambda total, low: 0.99), "the gap is (T - bound) / T"),
        (lambda mine: {"late": [*mine["late"], "Nobody"]}, "late: what about Nobody?"),
        (lambda mine: {"late": list(mine["late"])[1:]}, "late: what about "),
    ],
    "12.6": [
        (lambda mine: {"steps": [297]}, "steps: give all that steepest returns"),
        (lambda mine: {"steps": mine["steps"][1:]}, "steps: the descent begins at the planners' rule"),
        (lambda mine: {"steps": [*mine["steps"], mine["steps"][-1]]}, "steps: each one must have less total tardiness"),
        (lambda mine: {"steps": [*mine["steps"], without_a_site(mine["steps"][-1])]}, "steps: the checker says of the"),
        ({"looked": 435}, "looked: 435 is too few"),
        ({"looked": 870}, "looked: 870 is too few"),
        ({"looked": 2611}, "looked: 2611 is too many"),
        ({"ga": -1}, "ga: small-2 with seed 1 and "),
        ({"conclusion": "ga"}, "conclusion: which of the two total tardinesses is less"),
        ({"better": ["swaps"]}, "better: for each of the two kinds"),
    ],
    "12.5": [],  # whose answers, and those of 13.3, take half a second each
    "13.3": [],
    "13.5": [
        (lambda mine: {"all": [*mine["all"][5:], *mine["all"][:5]]}, "all: the right totals in another sequence"),
        ({"wins": -1}, "wins: compare pair by pair"),
        ({"conclusion": "never"}, "conclusion: compare the number of wins with ten"),
    ],
    "14.5": [
        (lambda mine: {"tournament": [2 * mean for mean in mine["tournament"]]}, "tournament: those are sums"),
        ({"better": 7}, "better: compare the two means problem by problem"),
        ({"decided": "yes"}, "decided: two seeds of one problem differ"),
    ],
    "15.5": [
        (lambda mine: {"small": mine["small"][::-1]}, "small: the right pairs in another sequence"),
        ({"ahead": [9, 9]}, "ahead: on how many of five"),
        ({"claim": "both"}, "claim: it holds where the algorithm is ahead on more than half"),
    ],
}
