"""Chapter 13: acceptance and temperatures, an annealing that cools late, and what decides beside ``search``."""

import math
from collections.abc import Callable
from functools import cache
from statistics import fmean, median
from typing import Any

import numpy as np

from cmo_kit.core.schedule import Schedule
from cmo_kit.course.dispatching import by_rule
from cmo_kit.course.exercises.readings import chosen, equal_lists, hold, hold_function, hold_keys, run_total
from cmo_kit.course.exercises.verdict import Wrong, close, exercise, number, run_out
from cmo_kit.course.neighbourhoods import moves
from cmo_kit.library import load_instance
from cmo_kit.methods.budget import Budget


@exercise("13.1")
def coins(mine: Any) -> str:
    """Probabilities of acceptance, and a temperature."""
    hold_keys(mine, "worse", "equal", "better", "half")

    def near(answer: Any, value: float) -> bool:
        return abs(number(answer, "what you give") - value) < 0.006

    hold(mine["worse"], math.exp(-2), {
        "worse: the days are divided by the temperature, not the other way round": math.exp(-0.5),
        "worse: that is the probability that it is refused": 1 - math.exp(-2),
        "worse: the exponent is negative; a probability is at most 1": math.exp(2),
        "worse: temperature does more than to compare 20 with 10": 0.5,
    }, "worse: exp(-d / t) with d = 20 and t = 10", near)  # fmt: skip
    for name, sentence in (("equal", "d is 0, and exp(0) is 1"), ("better", "what is better is always accepted")):
        if not near(mine[name], 1):
            raise Wrong(f"{name}: {sentence}; it needs no coin")
    hold(mine["half"], 20 / math.log(2), {
        "half: you multiply by the logarithm of 2; the temperature stands below the days": 20 * math.log(2),
        "half: half of the days is not half of the probability": 10,
        "half: twice the days is not half of the probability": 40,
        "half: use the natural logarithm": 20 / math.log10(2),
        "half: at a temperature of 20 days 37 % are accepted": 20,
    }, "half: exp(-20 / t) must be 1/2",
         lambda answer, value: abs(number(answer, "half") - value) < 0.06)  # fmt: skip
    return "at a temperature of 10 days 20 days pass in one of seven cases"


@exercise("13.2")
def cooling(mine: Any) -> str:
    """The factor of geometric cooling."""
    readings: dict[str, Callable[..., float]] = {
        "your factor is applied once only; it is applied in every step": lambda h, c, n: c / h,
        "you divide by the number of steps; factors multiply, so take a root": lambda h, c, n: c / h / n,
        "that is what is subtracted in each step when it falls in a line": lambda h, c, n: (h - c) / n,
        "your temperature rises from cold to hot": lambda h, c, n: (h / c) ** (1 / n),
        "your function takes a power where a root is needed": lambda h, c, n: (c / h) ** n,
        "after all steps the temperature must be cold; there are as many factors as steps":
            lambda h, c, n: (c / h) ** (1 / (n + 1)),
        "that is one less than a factor: the share that is lost in a step": lambda h, c, n: 1 - (c / h) ** (1 / n),
    }  # fmt: skip
    cases = [(10, 0.5, 4000), (8.0, 2.0, 2), (100.0, 1.0, 10), (5.0, 5.0, 7), (3.0, 0.3, 1), (27, 1, 3)]
    hold_function(mine, cases, lambda h, c, n: (c / h) ** (1 / n), readings)
    return "equal factors in equal times: as long from 10 to 5 as from 1 to a half"


class Watched(Budget):
    """A budget that remembers every schedule that is evaluated."""

    asked_for: list[Schedule]

    def evaluate(self, schedule: Schedule) -> float:
        """As of every budget."""
        total = super().evaluate(schedule)
        self.asked_for.append(schedule)
        return total


class Walk:
    """What an annealing did on Figure 3's problem: for each move that is worse, when, by how much, and if accepted."""

    def __init__(self, method: Any, hot: float, cold: float) -> None:
        instance = load_instance("fig3")
        self.budget = Watched(instance, 3000)
        self.budget.asked_for = []
        self.present, self.used = list[Schedule](), list[float]()
        rng = np.random.default_rng(133)

        def move(schedule: Schedule, rng: np.random.Generator) -> Any:
            self.present.append(schedule)
            self.used.append(self.budget.used)
            every = list(moves(schedule))
            return every[rng.integers(len(every))]

        run_out(method, self.budget, rng, move, hot, cold, what="loop")
        if not self.budget.asked_for or self.budget.asked_for[0] != by_rule(instance, "whole orders"):
            raise Wrong("the first schedule that is evaluated must be the planners' rule")
        if self.budget.left:
            raise Wrong(f"your annealing ends with {self.budget.left} evaluations left; the budget ends it")
        if len(self.present) < self.budget.spent - 1:
            raise Wrong("your annealing evaluates more often than it moves: once at the start, then once for each move")
        self.decided = self._decided()

    def _decided(self) -> list[tuple[float, float, bool]]:
        found = []
        tried, best = self.budget.asked_for, self.budget.asked_for[0]
        for k, (here, there) in enumerate(zip(self.present[:-1], self.present[1:], strict=True)):
            other = tried[k + 1] if k + 1 < len(tried) else here
            best = min(best, other, key=lambda schedule: schedule.total_tardiness)
            worse = other.total_tardiness - here.total_tardiness
            if there not in (here, other):
                raise Wrong(
                    "your annealing goes on from the best schedule so far; it must from the one accepted last"
                    if there == best
                    else "your annealing goes on from a schedule that is neither the present one nor its neighbour"
                )
            if worse <= 0 and there != other:
                raise Wrong("what is not worse is always accepted; yours refuses some")
            if worse > 0:
                found.append((self.used[k], worse, there == other))
        return found

    def fits(self, temperature: Callable[[float], float]) -> bool:
        """Whether in each quarter of the walk as many are accepted as at these temperatures: within 4.5 deviations."""
        for quarter in range(4):
            here = [entry for entry in self.decided if quarter <= 4 * entry[0] < quarter + 1]
            chances = np.array([math.exp(-min(700.0, worse / temperature(used))) for used, worse, _ in here])
            surplus = sum(accepted for *_, accepted in here) - chances.sum()
            if abs(surplus) > 4.5 * math.sqrt((chances * (1 - chances)).sum()) + 0.5:
                return False
        return True


@exercise("13.3")
def hot_for_half(mine: Any) -> str:
    """An annealing that cools in the second half of its budget."""
    if not callable(mine):
        raise Wrong("the answer must be a function")
    hot, cold = 12.0, 0.4
    walk = Walk(mine, hot, cold)
    readings: dict[str, Callable[[float], float]] = {
        "your temperature falls from the beginning; it stays hot for half of the budget":
            lambda used: hot * (cold / hot) ** used,
        "your temperature stays hot to the end": lambda used: hot,
        "your temperature falls at once from hot to cold; it must fall by equal factors":
            lambda used: hot if used < 0.5 else cold,
        "your temperature falls in a line; it must fall by equal factors":
            lambda used: hot + (cold - hot) * max(0, 2 * used - 1),
        "your temperature is halfway down at the end; the second half goes all the way to cold":
            lambda used: hot * (cold / hot) ** max(0, used - 0.5),
        "your temperature begins to fall too hot: at half of the budget it must be at hot":
            lambda used: hot * (cold / hot) ** (2 * used - 1),
        "your temperature rises from cold to hot": lambda used: cold * (hot / cold) ** max(0, 2 * used - 1),
        "your annealing takes improvements only": lambda used: 1e-9,
        "your annealing takes everything": lambda used: 1e9,
    }  # fmt: skip
    if walk.fits(lambda used: hot * (cold / hot) ** max(0, 2 * used - 1)):
        return "read off your decisions: what was accepted is what exp(-d / t) says, quarter by quarter"
    for sentence, temperature in readings.items():
        if walk.fits(temperature):
            raise Wrong(sentence)
    raise Wrong("your decisions follow no temperature that stays hot for half and then falls; accept with exp(-d / t)")


@exercise("13.4")
def first_and_last(mine: Any) -> str:
    """Temperatures from what moves cost."""

    def at(days: float, chance: float) -> float:
        return -days / math.log(chance)

    readings: dict[str, Callable[..., list[float]]] = {
        "your temperatures are negative: the logarithm of a number below 1 is":
            lambda w, p, q: [-at(median(w), p), -at(min(w), q)],
        "your first temperature follows the mean; a few dear moves would heat it":
            lambda w, p, q: [at(fmean(w), p), at(min(w), q)],
        "your first temperature follows the dearest move": lambda w, p, q: [at(max(w), p), at(min(w), q)],
        "your last temperature follows the median; in the end the least harm counts":
            lambda w, p, q: [at(median(w), p), at(median(w), q)],
        "you have exchanged the two temperatures": lambda w, p, q: [at(min(w), q), at(median(w), p)],
        "you have exchanged the two probabilities": lambda w, p, q: [at(median(w), q), at(min(w), p)],
        "you multiply by the logarithm; divide by it":
            lambda w, p, q: [-median(w) * math.log(p), -min(w) * math.log(q)],
        "you multiply the days by the probability; the exponential must be solved":
            lambda w, p, q: [median(w) * p, min(w) * q],
        "those are temperatures at which they are refused with these probabilities":
            lambda w, p, q: [at(median(w), 1 - p), at(min(w), 1 - q)],
    }  # fmt: skip
    cases = [([1.0, 4.0, 60.0], 0.3, 0.01), ([2, 9, 5, 7], 0.6, 0.2)]
    cases += [([3.0], 0.8, 0.1), ([50, 1, 2, 2, 800], 0.4, 0.05)]
    hold_function(mine, cases, lambda w, p, q: [at(median(w), p), at(min(w), q)], readings, equal_lists, "Two numbers.")
    return "so temperatures are asked of the problem, not taken from another paper"


@cache
def totals(*frequencies: float) -> list[float]:
    """Ten runs of the search with 4,000 moves."""
    own: dict[str, Any] = {"frequencies": frequencies} if frequencies else {}
    return [
        run_total(load_instance(name), "search", seed=seed, evaluations=4000, chains=1, **own)
        for name in ("small-2", "small-3")
        for seed in range(1, 6)
    ]


@exercise("13.5")
def which_moves(mine: Any) -> str:
    """The search with all its moves and with two kinds."""
    hold_keys(mine, "all", "two", "wins", "conclusion")
    right = {"all": totals(), "two": totals(0.5, 0, 0, 0.5, 0, 0, 0, 0)}
    for name, values in right.items():
        other = right["two" if name == "all" else "all"]
        hold(mine[name], values, {
            f"{name}: those are the runs of the other setting": other,
            f"{name}: the right totals in another sequence; small-2 first, then small-3": [*values[5:], *values[:5]],
        }, f"{name}: ten runs with 4000 evaluations, one chain have other totals", equal_lists)  # fmt: skip
    pairs = list(zip(right["all"], right["two"], strict=True))
    wins = sum(a < b for a, b in pairs)
    hold(mine["wins"], wins, {
        "wins: an equal pair is no win": sum(a <= b for a, b in pairs),
        "wins: you count the pairs in which two kinds are better": sum(a > b for a, b in pairs),
    }, "wins: compare pair by pair, same problem and same seed")  # fmt: skip
    mean = fmean(right["all"]) < fmean(right["two"])
    if mine["conclusion"] != ("always" if wins == len(pairs) else "on average" if mean else "not even on average"):
        raise Wrong("conclusion: compare the number of wins with ten, and the two means")
    return "the moves matter, and not in every run: that is what several seeds are for"


@exercise("13.6")
def idea_or_program(mine: Any) -> str:
    """Equal evaluations and equal seconds."""
    hold_keys(mine, "evaluations", "seconds", "times", "idea")
    moves_needed, a_second = {"mine": 8000, "compiled": 24000}, {"mine": 4000, "compiled": 600000}
    seconds = {name: needed / a_second[name] for name, needed in moves_needed.items()}
    said = {name: mine[name] for name in ("evaluations", "seconds")}
    right = {"evaluations": min(moves_needed, key=moves_needed.__getitem__),
             "seconds": min(seconds, key=seconds.__getitem__)}  # fmt: skip
    why = {"evaluations": "it needs more moves for the same total", "seconds": "it needs longer for the same total"}
    chosen(said, right, tuple(seconds), why)
    hold(mine["times"], seconds["mine"] / seconds["compiled"], {
        "times: those are moves a second; the compiled one also needs more moves": 150,
        "times: the other way round": seconds["compiled"] / seconds["mine"],
        "times: those are the moves that each needs; divide by moves a second": 3,
        "times: the compiled one needs three times the moves; you divide where you multiply": 450,
    }, "times: seconds of the one by seconds of the other", lambda a, b: close(number(a, "times"), b))  # fmt: skip
    if mine["idea"] != "evaluations":
        raise Wrong("idea: in equal seconds the better program gets further; what counts the same for both programs?")
    return "so a comparison says which of the two questions it answers"
