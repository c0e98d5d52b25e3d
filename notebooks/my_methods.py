"""Methods of one's own to copy and to change: four that move runs, a crossover, and a decoder.

A method is a function of a budget and a generator. All total tardiness comes from the budget, which counts, keeps the
best schedule, and ends the method by raising ``BudgetSpent`` when nothing is left; nothing has to be returned. ::

    cmo-kit solve small-1 --method notebooks/my_methods.py:tabu --evaluations 5000
    solve(instance, tabu, seed=1, evaluations=5000, tenure=20)
    solve(instance, "ga", crossover=block_crossover, decode=by_due_date)
"""

from typing import NamedTuple

import numpy as np

from cmo_kit import Budget, Instance, Run, Schedule, decode
from cmo_kit.core.expert import dispatch
from cmo_kit.core.schedule import from_indices
from cmo_kit.methods.genetic import genetic_algorithm


class Move(NamedTuple):
    """Which order moves, and what then stands on the Sites that change, counted from 0."""

    order: str
    sites: dict[int, list[Run]]


def first_schedule(budget: Budget) -> Schedule:
    """The planners' rule, whole orders by due date, evaluated."""
    schedule = from_indices(budget.instance, dispatch(budget.instance, whole_orders=True))
    budget.evaluate(schedule)
    return schedule


def random_move(schedule: Schedule, rng: np.random.Generator) -> Move:
    """A random run, or in half of the cases only some of its batches, goes to a random place."""
    runs = [(l, k) for l, site in enumerate(schedule.sites) for k in range(len(site))]
    l, k = runs[rng.integers(len(runs))]
    run = schedule.sites[l][k]
    some = run.batches if rng.random() < 0.5 else int(rng.integers(1, run.batches + 1))
    left = [Run(run.order, run.batches - some)] if some < run.batches else []
    sites = {l: [*schedule.sites[l][:k], *left, *schedule.sites[l][k + 1 :]]}
    to = int(rng.integers(len(schedule.sites)))
    site = sites.get(to, list(schedule.sites[to]))
    at = int(rng.integers(len(site) + 1))
    sites[to] = joined([*site[:at], Run(run.order, some), *site[at:]])
    return Move(run.order, sites)


def joined(site: list[Run]) -> list[Run]:
    """Neighbouring runs of one order as one run."""
    runs: list[Run] = []
    for run in site:
        if runs and runs[-1].order == run.order:
            runs[-1] = Run(run.order, runs[-1].batches + run.batches)
        else:
            runs.append(run)
    return runs


def local_search(budget: Budget, rng: np.random.Generator) -> None:
    """Make random moves, and take back each that is worse."""
    schedule = first_schedule(budget)
    while True:
        other = budget.change(schedule, random_move(schedule, rng).sites)
        if other.total_tardiness <= schedule.total_tardiness:
            schedule = other


def annealing(budget: Budget, rng: np.random.Generator, hot: float = 5.0, cold: float = 0.5) -> None:
    """Take what is worse by d with probability exp(-d / t); t falls from ``hot`` to ``cold`` as the budget goes."""
    schedule = first_schedule(budget)
    while True:
        temperature = hot * (cold / hot) ** budget.used
        other = budget.change(schedule, random_move(schedule, rng).sites)
        worse = other.total_tardiness - schedule.total_tardiness
        if worse <= 0 or rng.random() < np.exp(-worse / temperature):
            schedule = other


def tabu(budget: Budget, rng: np.random.Generator, tenure: int = 5, tries: int = 30) -> None:
    """Of so many moves make the best, even if it is worse; the order that moved then rests for ``tenure`` moves."""
    schedule = first_schedule(budget)
    resting: list[str] = []
    while True:
        best = None
        for _ in range(tries):
            move = random_move(schedule, rng)
            least = budget.best_tardiness
            other = budget.change(schedule, move.sites)
            allowed = move.order not in resting or other.total_tardiness < least
            if allowed and (best is None or other.total_tardiness < best[1].total_tardiness):
                best = move.order, other
        if best is not None:
            schedule = best[1]
            resting = [*resting, best[0]][-tenure:]


def iterated_local_search(budget: Budget, rng: np.random.Generator, kicks: int = 4, patience: int = 300) -> None:
    """A local search until ``patience`` moves were in vain; then random moves kick the best, and it begins again."""
    best = schedule = first_schedule(budget)
    while True:
        since = 0
        while since < patience:
            other = budget.change(schedule, random_move(schedule, rng).sites)
            since = 0 if other.total_tardiness < schedule.total_tardiness else since + 1
            if other.total_tardiness <= schedule.total_tardiness:
                schedule = other
        best = schedule = min(best, schedule, key=lambda schedule: schedule.total_tardiness)
        for _ in range(kicks):
            schedule = budget.change(schedule, random_move(schedule, rng).sites)


def block_crossover(parents: np.ndarray, probability: float, rng: np.random.Generator, size: int = 8) -> np.ndarray:
    """A crossover of one's own: each block of ``size`` genes of a pair is exchanged or stays, both as likely."""
    e, n = parents.shape
    children = parents.copy()
    for k in range(0, e - 1, 2):
        if rng.random() < probability:
            exchanged = np.repeat(rng.random(n // size + 1) < 0.5, size)[:n]
            children[k, exchanged], children[k + 1, exchanged] = parents[k + 1, exchanged], parents[k, exchanged]
    return children


def by_due_date(instance: Instance, keys: np.ndarray) -> Schedule:
    """A decoder of one's own: the keys say what stands on which Site, and the due dates in which order."""
    due = {order.id: order.due_date for order in instance.orders}
    sites = decode(instance, keys).sites
    return Schedule(instance, [sorted(site, key=lambda run: due[run.order]) for site in sites])


def ga_blocks(budget: Budget, rng: np.random.Generator) -> None:
    """The paper's genetic algorithm with the crossover of one's own, on this budget."""

    def evaluate(population: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return budget.total_tardiness(population), np.zeros(len(population), np.uint64)

    genetic_algorithm(budget.instance, rng, seconds=None, evaluations=budget.left, patience=None, evaluate=evaluate,
                      crossover=block_crossover)  # fmt: skip


def ga_due_dates(budget: Budget, rng: np.random.Generator) -> None:
    """The paper's genetic algorithm with the decoder of one's own, on this budget."""

    def evaluate(population: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        tardiness = [budget.evaluate(by_due_date(budget.instance, keys)) for keys in population]
        return np.array(tardiness), np.zeros(len(population), np.uint64)

    genetic_algorithm(budget.instance, rng, seconds=None, evaluations=budget.left, patience=None, evaluate=evaluate,
                      decode=by_due_date)  # fmt: skip
