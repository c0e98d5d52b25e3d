"""Chapter 14: what a budget counts, a method of one's own, what becomes of methods, a plan and what it decides."""

import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from cmo_kit.base.arrays import Keys
from cmo_kit.base.errors import InputError
from cmo_kit.core.schedule import Schedule
from cmo_kit.course.dispatching import by_rule
from cmo_kit.course.exercises.readings import chosen, equal_lists, hold, hold_keys
from cmo_kit.course.exercises.verdict import Wrong, exercise, numbers, run_out
from cmo_kit.library import load_instance
from cmo_kit.methods.budget import Budget, BudgetSpent
from cmo_kit.methods.registry import solve
from cmo_kit.study.plan.plan_file import load_plan


@cache
def counted() -> tuple[list[int], int, int]:
    """What is spent behind each request of exercise 14.1, which one raises, and what of the last is evaluated."""
    instance, rng, spent, raises = load_instance("fig1"), np.random.default_rng(141), list[int](), 0
    budget, schedule = Budget(instance, evaluations=10), by_rule(instance, "batch by batch")
    requests: list[Callable[[], Any]] = [
        lambda: budget.total_tardiness(rng.random((4, instance.key_count))),
        lambda: budget.evaluate(schedule),
        lambda: budget.change(schedule, {0: schedule.sites[0]}),
        lambda: budget.total_tardiness(rng.random((6, instance.key_count))),
    ]
    for k, request in enumerate(requests, start=1):
        try:
            request()
        except BudgetSpent:
            raises = k
        spent.append(budget.spent)
    return spent, raises, spent[-1] - spent[-2]


@exercise("14.1")
def counting(mine: Any) -> str:
    """Evaluations of a budget, held against a budget."""
    hold_keys(mine, "spent", "raises", "of the last")
    spent, raises, last = counted()
    hold(mine["spent"], spent, {
        "spent: a population counts as many as it has chromosomes": [1, 2, 3, 4],
        "spent: a schedule is an evaluation, too": [4, 4, 4, 10],
        "spent: a change of a schedule is an evaluation as well": [4, 5, 5, 10],
        "spent: those that are left are evaluated, and count, before it raises": [4, 5, 6, 6],
        "spent: a budget never counts more than it has": [4, 5, 6, 12],
        "spent: give the sum until then, not of each request": [4, 1, 1, 4],
    }, "spent: add one for each schedule, until ten", equal_lists)  # fmt: skip
    hold(mine["raises"], raises, {
        "raises: behind the third request four are left": 3,
        "raises: six are asked for, and four are left": 0,
    }, "raises: which request asks for more than is left?")  # fmt: skip
    hold(mine["of the last"], last, {
        "of the last: none would waste what is left": 0,
        "of the last: six are more than are left": 6,
    }, "of the last: what was left?")  # fmt: skip
    return "nothing is wasted and nothing is given: ten are ten"


class Seen(Budget):
    """A budget that remembers every chromosome, with its total tardiness."""

    seen: list[tuple[Keys, float]]

    def total_tardiness(self, keys: Any) -> Any:
        """As of every budget."""
        totals = super().total_tardiness(keys)
        self.seen += zip(np.array(keys, ndmin=2), np.atleast_1d(totals).tolist(), strict=True)
        return totals


def walked(method: Any, seed: int, evaluations: int = 800) -> list[tuple[Keys, float]]:
    """What a method asks for on Figure 3's problem."""
    budget = Seen(load_instance("fig3"), evaluations)
    budget.seen = []

    run_out(method, budget, np.random.default_rng(seed), what="method")
    if not budget.seen:
        raise Wrong("your method asks its budget for no chromosome")
    if budget.left:
        raise Wrong(f"your method ends with {budget.left} evaluations left; the budget ends it")
    return budget.seen


def follows(seen: list[tuple[Keys, float]], goes_on: Callable[[float, float], bool]) -> bool:
    """Whether each chromosome has two keys of the one before it exchanged, if a copy is kept by this rule."""
    (keys, total), *others = seen
    for other, value in others:
        (places,) = np.nonzero(other != keys)
        if len(places) != 2 or not np.array_equal(other[places], keys[places[::-1]]):
            return False
        if goes_on(value, total):
            keys, total = other, value
    return True


@exercise("14.2")
def exchanging(mine: Any) -> str:
    """A local search on keys that exchanges two of them."""
    if not callable(mine):
        raise Wrong("the answer must be a function")
    seen, again, other = walked(mine, 1), walked(mine, 1), walked(mine, 2)
    if any(not np.array_equal(a, b) for (a, _), (b, _) in zip(seen, again, strict=False)):
        raise Wrong("the same seed gives another run; all chance must come from rng")
    if np.array_equal(seen[0][0], other[0][0]):
        raise Wrong("every seed begins at the same chromosome; it must come from rng")
    first, last = np.sort(seen[0][0]), np.sort(seen[-1][0])
    if len(set(first)) < len(first):
        raise Wrong("the first chromosome must be random, every key another")
    if follows(seen, lambda value, total: value <= total):
        touched = {int(place) for keys, _ in seen for place in np.nonzero(keys != seen[0][0])[0]}
        if len(touched) < len(first):
            raise Wrong(f"only {len(touched)} of {len(first)} genes ever change; every gene must have a chance")
        return "the sequence of the genes is what it searches, and no key is lost"
    rules = {
        "your method goes on only from what is strictly better; equal ones lead across plateaus":
            lambda value, total: value < total,
        "your method goes on from every try, also from a worse one; are the keys copied?": lambda value, total: True,
        "your method never goes on from what it finds": lambda value, total: False,
        "your method goes on from what is worse": lambda value, total: value >= total,
    }  # fmt: skip
    for sentence, rule in rules.items():
        if follows(seen, rule):
            raise Wrong(sentence)
    if not np.array_equal(first, last):
        raise Wrong("your method draws new keys, or loses some; two keys change places, and all are there again")
    returns = [np.array_equal(a, b) for (a, _), (b, _) in zip(seen[:-2], seen[2:], strict=True)]
    if np.mean(returns) > 0.3:
        raise Wrong("your method asks for the same chromosome again and again; remember its total tardiness")
    raise Wrong("between a chromosome and the next one two keys, no more and no fewer, must be exchanged")


@cache
def outcomes() -> dict[str, str]:
    """What ``solve`` makes of the six methods of exercise 14.3, by running them."""
    instance = load_instance("fig1")
    best = by_rule(instance, "whole orders")

    def some(budget: Budget, rng: np.random.Generator, count: int = 20) -> None:
        budget.total_tardiness(rng.random((count, instance.key_count)))

    def lacking(budget: Budget, rng: np.random.Generator) -> Schedule:
        some(budget, rng)
        return best.changed({0: []})

    def failing(budget: Budget, rng: np.random.Generator) -> float:
        some(budget, rng)
        return 1 / 0

    def failing_at_once(budget: Budget, rng: np.random.Generator) -> float:
        return 1 / 0

    def silent(budget: Budget, rng: np.random.Generator) -> Schedule:
        return best

    def deaf(budget: Budget, rng: np.random.Generator) -> None:
        while True:
            with suppress(BudgetSpent):
                some(budget, rng, 1)

    def clever(budget: Budget, rng: np.random.Generator) -> Schedule:
        budget.total_tardiness(np.linspace(1, 0, instance.key_count))
        return best

    found = {}
    for name, method in zip("abcdef", (lacking, failing, failing_at_once, silent, deaf, clever), strict=True):
        try:
            with warnings.catch_warnings(action="ignore"):  # each says in a sentence what is wrong
                result = solve(instance, method, seed=1, evaluations=100)
            found[name] = "returned" if result.schedule == best else "seen"
        except InputError:
            found[name] = "refused"
    return found


@exercise("14.3")
def what_becomes(mine: Any) -> str:
    """What becomes of methods that break a rule, held against running them."""
    why = {
        "a": "the checker refuses what is returned, and twenty schedules were seen",
        "b": "what was seen before the error counts, and a sentence tells the error",
        "c": "nothing was seen, so there is nothing to give",
        "d": "a complete schedule that is returned is evaluated, and is all there is",
        "e": "what is asked for too much is refused; what was seen until then counts",
        "f": "it is complete and better, and there is an evaluation left for it: nobody sees where it comes from",
    }
    chosen(mine, outcomes(), ("seen", "returned", "refused"), why)
    return "so a study of many methods ends, whatever one of them does"


METHOD = """def one_key(budget, rng):
    while True:
        budget.total_tardiness(rng.random(budget.instance.key_count))
"""


@exercise("14.4")
def plan(mine: Any) -> str:
    """A plan that compares two methods, read as the kit reads it."""
    if not isinstance(mine, str):
        raise Wrong("the answer must be a text, the plan as it stands in its file")
    with TemporaryDirectory() as folder:
        Path(folder, "mine.py").write_text(METHOD, encoding="utf-8")
        Path(folder, "mine.toml").write_text(mine, encoding="utf-8", errors="replace")
        try:
            found = load_plan(Path(folder, "mine.toml"))
        except InputError as error:
            raise Wrong(f"a study would say: {str(error).replace(f'{folder}/', '')}") from None
    if set(found.instances) != {"small-1", "small-2"}:
        raise Wrong(f"the problems are {', '.join(found.instances)}; small-1 and small-2 are asked for")
    named = {task.method.rsplit("/", 1)[-1] for task in found.tasks}
    if named != {"ga", "mine.py:one_key"}:
        raise Wrong(f"the methods are {', '.join(sorted(named))}; ga and mine.py:one_key are to be compared")
    if len({task.evaluations for task in found.tasks}) > 1 or any(task.seconds for task in found.tasks):
        raise Wrong("the methods have different limits; at equal effort every run has 2,000 evaluations and no other")
    if found.tasks[0].evaluations != 2000:
        raise Wrong(f"every run has {found.tasks[0].evaluations or 'no limit of'} evaluations; 2,000 are asked for")
    for method in sorted(named):  # so that one plan has one verdict
        seeds = {task.seed for task in found.tasks if task.method.endswith(method)}
        if len(seeds) != 3:
            raise Wrong(f"{method} has {len(seeds)} seed{'s' * (len(seeds) > 1)}; three are asked for")
    if len(found.tasks) != 12:
        raise Wrong(f"the plan has {len(found.tasks)} runs; two problems, two methods and three seeds make 12")
    if found.report:
        raise Wrong("without report = false the study renders a report too")
    return "twelve runs, and nobody chooses afterwards which of them to show"


@cache
def means(selection: str) -> list[float]:
    """The mean of two seeds on three problems."""
    runs = [
        [solve(load_instance(f"small-{k}"), "ga", s, evaluations=2000, selection=selection) for s in (1, 2)]
        for k in (1, 2, 3)
    ]
    return [float(np.mean([run.total_tardiness for run in pair])) for pair in runs]


@exercise("14.5")
def what_came(mine: Any) -> str:
    """Two selections on three problems."""
    ways = ("roulette", "tournament")
    hold_keys(mine, *ways, "better", "decided")
    for way in ways:
        other = means(ways[way == "roulette"])
        numbers(mine[way], way, 3)
        hold(mine[way], means(way), {
            f"{way}: those are the means of the other selection": other,
            f"{way}: those are sums of two seeds; give means": [2 * mean for mean in means(way)],
        }, f"{way}: seeds 1 and 2 with 2000 evaluations have other means; small-1 first", equal_lists)  # fmt: skip
    better = sum(a < b for a, b in zip(means("tournament"), means("roulette"), strict=True))
    hold(mine["better"], better, {"better: you count the problems on which the wheel is ahead": 3 - better},
         "better: compare the two means problem by problem")  # fmt: skip
    if mine["decided"] != "cannot tell":
        raise Wrong(
            "decided: two seeds of one problem differ by more than the two means; what can three problems show?"
        )
    return "a hint; the stored study of ten problems and ten seeds says what these runs cannot"
