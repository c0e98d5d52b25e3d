"""Chapter 3: what the equations of [P] forbid, a row of them, a valid big number, and the model's size."""

from functools import cache
from itertools import pairwise, permutations
from typing import Any

import numpy as np

from cmo_kit.core.instance import Instance, Order
from cmo_kit.core.model import ModelP
from cmo_kit.core.schedule import from_indices
from cmo_kit.course.exercises.readings import chosen, equal_lists, hold, hold_function, separating
from cmo_kit.course.exercises.verdict import Wrong, asked, close, entries, exercise, number, numbers, whole
from cmo_kit.course.model_by_hand import without
from cmo_kit.course.one_run_by_hand import best_of_all
from cmo_kit.library import load_instance

#: The problem of exercise 03.2: one Site, one batch each.
TWO_ORDERS = Instance(
    "two orders", 1, (Order("X", 1, 4, (2, 3, 1)), Order("Y", 1, 10, (3, 2, 1))), setup=((1, 3), (2, 1))
)
#: Exercise 03.5: the longest batch must be counted, for the gaps alone are shorter than it is.
SHORT_AND_LONG = Instance(
    "a short and a long order", 1, (Order("X", 1, 4, (1, 1, 1)), Order("Y", 1, 10, (6, 9, 9))), setup=((1, 3), (2, 1))
)


@exercise("03.1")
def forbidden(mine: Any) -> str:
    """Which equation forbids what."""
    why = {
        "a": "that would be about how many batches an order gets in all, which is a sum over all Sites and positions",
        "b": "that would be about one position of one Site, and everything that may stand in it",
        "c": "that would be about two starts that follow one another",
        "d": "that would be about one batch, from its start to its completion",
        "e": "that would be about an order's due date",
        "f": "that would be about order 0, the dummy, and the position behind it",
    }
    chosen(mine, {"a": 3, "b": 2, "c": 6, "d": 8, "e": 9, "f": 10}, range(2, 12), why)
    return "an equation is a sentence that begins with: it is forbidden that"


@exercise("03.2")
def claims(mine: Any) -> str:
    """What a solver claims without an equation, worked out from the two sequences that there are."""
    g, tails, due = TWO_ORDERS.g, TWO_ORDERS.tails, TWO_ORDERS.D
    best = best_of_all(TWO_ORDERS).total_tardiness
    if not isinstance(mine, dict) or set(mine) != {"all", 3, 6, 8, 9}:
        raise Wrong('the answer must be a dictionary with the keys "all", 3, 6, 8 and 9')
    other = float(max(0, tails[1] - due[1]) + g[1, 0] + tails[0] - due[0])
    hold(mine["all"], best, {
        "all: that is the other sequence; a solver takes the better one": other,
        "all: you let the second batch wait for the first one's completion; it starts one gap after it":
            float(max(0, tails[0] - due[0]) + max(0, tails.sum() - due[1])),
    }, "all: try X before Y and Y before X, with the gap between the starts")  # fmt: skip
    hold(mine[3], 0, {"3: that holds for a schedule with both batches; without (3) nobody has to make any": best},
         "3: which batches does a solver make if nobody says how many?")  # fmt: skip
    hold(mine[6], float(np.maximum(0, tails - due).sum()), {
        "6: both start at once, but each still takes its operations: X cannot be complete by day 4": 0.0,
        "6: the starts are free of each other now, so neither waits": best,
    }, "6: both start on day 0; when are they complete?")  # fmt: skip
    for key, cut in ((8, "completions"), (9, "tardiness")):
        hold(mine[key], 0, {f"{key}: nothing ties {cut} to the rest any more": best}, f"{key}: what is {cut} now?")
    return "a solver is right about its model, and wrong about the plant, as soon as one equation is missing"


def early(p1: Any, b: Any, orders: Any, starts: Any) -> list[int]:
    """Positions, from 1, whose start breaks (6)."""
    pairs = enumerate(pairwise(orders), start=1)
    return [t + 1 for t, (i, j) in pairs if starts[t] - starts[t - 1] < p1[i] + b[i][j]]


@exercise("03.3")
def equation_6(mine: Any) -> str:
    """A function that finds the rows of (6) that are broken."""

    def with_gap(gap: Any) -> Any:
        def reading(p1: Any, b: Any, o: Any, s: Any) -> list[int]:
            return [t + 1 for t in range(1, len(o)) if s[t] - s[t - 1] < gap(p1, b, o[t - 1], o[t])]

        return reading

    def from_zero(p1: Any, b: Any, o: Any, s: Any) -> list[int]:
        earliest, found = 0, []
        for t in range(1, len(o)):
            earliest += p1[o[t - 1]] + b[o[t - 1]][o[t]]
            found += [t + 1] * (s[t] < earliest)
        return found

    readings = {
        "your function compares with the setup time alone; seed culture comes before it": with_gap(
            lambda p1, b, i, j: b[i][j]),
        "your function takes the seed culture of the batch behind; the one in front occupies the Site": with_gap(
            lambda p1, b, i, j: p1[j] + b[i][j]),
        "your function reads b backwards; rows are from, columns are to": with_gap(
            lambda p1, b, i, j: p1[i] + b[j][i]),
        "your function objects where a start is exactly as early as allowed": with_gap(
            lambda p1, b, i, j: p1[i] + b[i][j] + 1),
        "your positions count from 0; they count from 1 here, as in the model":
            lambda p1, b, o, s: [t - 1 for t in early(p1, b, o, s)],
        "your function compares with the earliest possible start; (6) takes the start before, which may be late":
            from_zero,
        "your function stops at the first one": lambda p1, b, o, s: early(p1, b, o, s)[:1],
    }  # fmt: skip
    rng = np.random.default_rng(33)

    def draw() -> tuple[Any, ...]:
        p1, b = rng.integers(1, 6, 3).tolist(), rng.integers(0, 8, (3, 3)).tolist()
        orders = rng.integers(0, 3, int(rng.integers(2, 7))).tolist()
        starts = [int(rng.integers(0, 3))]
        for i, j in pairwise(orders):
            starts.append(starts[-1] + max(0, p1[i] + b[i][j] + int(rng.integers(-2, 3))))
        return p1, b, orders, starts

    cases = [*separating(draw, [early, *readings.values()]), ([2], [[1]], [0], [5]), *(draw() for _ in range(20))]
    hold_function(mine, cases, early, readings, equal_lists, "It must be a list of positions.")
    return "that is what the checker does with the starts that a solver claims"


@cache
def claim(instance: Instance, key: int) -> float:
    """What CBC claims without an equation."""
    return without(instance, key).claimed or 0.0


@exercise("03.4")
def not_needed(mine: Any) -> str:
    """The claims without (2), (4), (7), (10) one by one, and the pair that the optimum does not need."""
    instance = load_instance("tiny-pipeline")
    if not isinstance(mine, dict) or set(mine) != {2, 4, 7, 10, "pair"}:
        raise Wrong('the answer must be a dictionary with the keys 2, 4, 7, 10 and "pair"')
    optimum = best_of_all(instance).total_tardiness
    for key in (2, 4, 7, 10):
        claimed = number(mine[key], f"what is claimed without ({key})")
        if claimed > optimum:
            raise Wrong(
                f"({key}): a model with an equation less cannot have a worse optimum, but {claimed:g} is above it"
            )
        if key in (4, 7) and claimed < optimum:
            raise Wrong(
                f"({key}): {claimed:g} is less than any schedule has, but without ({key}) nothing better appears"
            )
        if key in (2, 10) and claimed >= optimum:
            raise Wrong(
                f"({key}): with it the optimum is {optimum:g}; without it a hole between batches swallows a setup"
            )
        if key in (2, 10) and not close(claimed, claim(instance, key)):  # the others are the optimum by now
            raise Wrong(f"({key}): CBC claims another total than {claimed:g}; give without(instance, {key}).claimed")
    if sorted(map(whole, entries(mine["pair"], "the pair", 2))) != [4, 7]:
        raise Wrong("the pair must be the two equations whose absence changes nothing in what you claim above")
    return "(4) and (7) forbid only what never helps as long as all setup times are at least 0"


@exercise("03.5")
def big_v(mine: Any) -> str:
    """A valid V for each order that is not larger than the horizon asks for."""
    names = ("tiny-pipeline", "tiny-ties", "tiny-split-washing", "tiny-one-site")
    for instance in (*map(load_instance, names), SHORT_AND_LONG):
        name = instance.name
        values = numbers(asked(mine, instance, returns="It must be a list of numbers."), count=len(instance.orders))
        words = set(permutations(np.repeat(np.arange(len(instance.orders)), instance.Q).tolist()))
        latest = 0.0
        for word in words:
            sites: list[list[tuple[int, int]]] = [[(i, 1) for i in word], *([] for _ in range(instance.sites - 1))]
            latest = max(latest, float(from_indices(instance, sites).completions[0].max()))
        for i, value in enumerate(values):
            order = instance.orders[i]
            if value < latest - order.due_date - 1e-6:
                raise Wrong(
                    f"{name}, order {order.id}: V = {value:g} is too small. With all batches on one Site the last is "
                    f"complete on day {latest:g}, and (9) would ask for tardiness of orders that are not there"
                )
            if value > max(0.0, instance.horizon - order.due_date) + 1e-6:
                raise Wrong(
                    f"{name}, order {order.id}: V = {value:g} is valid, but larger than it needs to be: nothing is "
                    f"complete after day {instance.horizon:g}, and the row subtracts the due date {order.due_date:g}"
                )
    return "the smallest safe V follows from the data; a million is a guess that forgives days"


@exercise("03.6")
def gammas(mine: Any) -> str:
    """How many gammas [P] has."""
    readings = {
        "your function leaves out pairs of an order with itself; batches of one order follow one another all the time":
            lambda I, L, T: I * (I - 1) * L * (T - 1),
        "the last position of a Site has no follower, so t goes to T - 1": lambda I, L, T: I * I * L * T,
        "your function counts one Site only": lambda I, L, T: I * I * (T - 1),
        "gamma knows no order 0; only z has the dummy": lambda I, L, T: (I + 1) ** 2 * L * (T - 1),
        "your function counts the z": lambda I, L, T: (I + 1) * L * T,
        "gamma has two orders, i and j, so there are I times I pairs": lambda I, L, T: I * L * (T - 1),
    }  # fmt: skip
    cases = [(30, 3, 90), (3, 2, 5), (1, 1, 1), (2, 1, 4), (100, 10, 1050)]
    for name in ("tiny-pipeline", "tiny-one-site"):
        instance = load_instance(name)
        size = (len(instance.orders), instance.sites, instance.total_batches)
        assert len(ModelP(instance).gamma) == size[0] ** 2 * size[1] * (size[2] - 1)
        cases.append(size)
    hold_function(mine, cases, lambda I, L, T: I * I * L * (T - 1), readings)
    return "on Large that is about a hundred million, with two rows of (4) and (5) for each"
