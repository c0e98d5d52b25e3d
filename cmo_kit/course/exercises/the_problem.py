"""Chapter 1: starts and gaps, tardiness, and when one run per order and Site is enough."""

from itertools import accumulate
from typing import Any

import numpy as np

from cmo_kit.base.values import shown
from cmo_kit.core.schedule import Schedule
from cmo_kit.course.exercises.readings import equal_flags, equal_lists, hold, hold_function, separating
from cmo_kit.course.exercises.verdict import Wrong, entries, exercise, number
from cmo_kit.library import load_instance

#: Of the table in exercise 01.4: due date, and completions by Site.
TABLE = {"P": (20, [[12, 22], [25]]), "Q": (30, [[27], [24, 28]]), "R": (15, [[21], [14]])}


@exercise("01.1")
def starts(mine: Any) -> str:
    """Starts of A, A, B on one Site of fig1, and the last completion."""
    instance = load_instance("fig1")
    schedule = Schedule(instance, [[("A", 2), ("B", 1)], []])
    s, end = schedule.starts[0].tolist(), float(schedule.completions[0][-1])
    aa, ab = instance.g[0, :2].tolist()
    whole = float(instance.tails[0])
    found = entries(mine, count=4)
    if number(found[0], "the first start") != 0:
        raise Wrong("the first batch of a Site starts at 0: nothing was there before it (equation (7))")
    hold(
        found,
        [*s, end],
        {
            "you let each batch wait until the one before is complete; batches overlap, the gap is what counts":
                [0, whole, 2 * whole, 2 * whole + float(instance.tails[1])],
            "you take the setup time for the time from start to start; the gap is seed culture and setup time":
                [0, aa - 3, aa - 3 + ab - 3, aa - 3 + ab - 3 + float(instance.tails[1])],
            "behind the second batch the order changes, so the larger gap counts there":
                [0, aa, 2 * aa, 2 * aa + float(instance.tails[1])],
            "the starts are right; the last batch is complete after all its operations, not after seed culture":
                [*s, s[-1] + 2],
            "the starts are right; nothing comes behind the last batch, so no gap is added, only its own operations":
                [*s, s[-1] + float(instance.g[1, 1])],
        },
        "at least one of the four is not right; each start is the one before plus the gap of the two orders",
        equal_lists,
    )  # fmt: skip
    return "a chart shows overlapping bars, and the distance of two starts is the gap"


@exercise("01.2")
def deciding_operation(mine: Any) -> str:
    """Gap, deciding operation and setup time from B to C in fig1."""
    instance = load_instance("fig1")
    gap, operation, setup = entries(mine, count=3)
    g, b = float(instance.g[1, 2]), float(instance.b[1, 2])
    hold(
        gap,
        g,
        {
            "this gap counts the cleaning of batches of the same order; here the order changes": 4.0,
            "that is the end of the last cleaning; subtract the time that the second batch needs to get there": 14.0,
            "that is the gap that main culture asks for; another operation asks for more": 5.0,
            "that is the gap that seed culture asks for; another operation asks for more": 3.0,
        },
        "the gap is the largest over the operations of: clean again, less the way of the second batch to it",
    )
    if operation not in instance.operations:
        raise Wrong(f"the operation is {shown(operation)}; it must be one of {', '.join(instance.operations)}")
    if operation != "purification":
        raise Wrong(f"{operation} has something to spare: its own number is smaller than the gap")
    hold(
        setup,
        b,
        {"the setup time is counted from the end of seed culture, so it is not the gap itself": g,
         "subtract the seed culture of the batch in front, not of the one behind": g - 4},
        "the setup time is the gap less the seed culture of the batch in front",
    )  # fmt: skip
    return "one operation decides, and cleaning after the others costs nothing until it overtakes"


def gap_of(front: Any, cleaning: Any, behind: Any) -> float:
    """The gap by its formula."""
    ends, reached = list(accumulate(front)), [0, *accumulate(behind)]
    return float(max(end + k - way for end, k, way in zip(ends, cleaning, reached, strict=False)))


@exercise("01.3")
def gap(mine: Any) -> str:
    """A function for the gap of two batches."""
    readings = {
        "your function lets the second batch wait until the first is complete and clean; it only has to find each "
        "equipment clean when it gets there": lambda f, k, b: float(sum(f) + k[-1]),
        "your function forgets the way of the second batch to the operation: subtract what it does before":
            lambda f, k, b: float(max(e + c for e, c in zip(accumulate(f), k, strict=True))),
        "your function takes the way of the first batch; subtract the processing times of the second one":
            lambda f, k, b: gap_of(f, k, f),
        "your function counts the operation itself into the way to it; the sum goes over those before it, m < o":
            lambda f, k, b: float(max(e + c - w for e, c, w in zip(accumulate(f), k, accumulate(b), strict=True))),
        "your function forgets the cleaning": lambda f, k, b: gap_of(f, [0] * len(f), b),
        "your function takes the smallest of the numbers; every equipment must be clean, so the largest counts":
            lambda f, k, b: float(min(e + c - w for e, c, w in zip(
                accumulate(f), k, [0, *accumulate(b)], strict=False))),
        "your function forgets the operations before the one that it looks at: the first batch ends it after all of "
        "them": lambda f, k, b: float(max(p + c - w for p, c, w in zip(f, k, [0, *accumulate(b)], strict=False))),
    }  # fmt: skip
    rng = np.random.default_rng(13)

    def draw() -> tuple[list[int], list[int], list[int]]:
        operations = int(rng.integers(3, 6))
        front, cleaning, behind = (rng.integers(1, 10, operations).tolist() for _ in range(3))
        return front, cleaning, behind

    cases = separating(draw, [gap_of, *readings.values()])
    cases += [([4], [2], [9]), ([3, 5, 2], [1, 4, 5], [2, 4, 3]), *(draw() for _ in range(20))]
    hold_function(mine, cases, gap_of, readings)
    return "this is equation (6) before the model: all that a Site must know about two orders"


def total_of(batches: Any, due_dates: Any) -> float:
    """Total tardiness by its definition."""
    last = {name: max(end for order, end in batches if order == name) for name in due_dates}
    return float(sum(max(0, last[name] - due) for name, due in due_dates.items()))


@exercise("01.4")
def tardiness_by_hand(mine: Any) -> str:
    """The total of a small table."""
    due = {name: row[0] for name, row in TABLE.items()}
    batches = [(name, end) for name, row in TABLE.items() for site in row[1] for end in site]
    late = [end - due[name] for name, end in batches]
    hold(
        mine,
        total_of(batches, due),
        {
            "an order that is early earns nothing: its tardiness is 0, not below": float(
                sum(max(end for order, end in batches if order == name) - due[name] for name in due)),
            "an order is tardy once, by its last batch; you add up the batches": float(sum(max(0, x) for x in late)),
            "that is the largest tardiness; the objective is the sum": 6.0,
            "that is the number of tardy orders; the objective counts days": 2.0,
            "an order is complete with its last batch, on whichever Site that is": float(
                sum(max(0, max(row[1][0]) - row[0]) for row in TABLE.values())),
        },
        "for each order: the latest completion less the due date, but at least 0; then the sum",
    )  # fmt: skip
    return "late days count, early ones do not"


@exercise("01.5")
def total_tardiness(mine: Any) -> str:
    """A function for total tardiness."""
    readings = {
        "your function lets early orders pay for late ones; tardiness is at least 0": lambda batches, due: float(
            sum(max(end for order, end in batches if order == name) - day for name, day in due.items())),
        "your function adds up batches; an order is tardy once, by its last batch": lambda batches, due: float(
            sum(max(0, end - due[name]) for name, end in batches)),
        "your function takes the batch that stands last in the list; the latest completion counts":
            lambda batches, due: float(sum(max(0, end - due[name]) for name, end in dict(batches).items())),
        "your function takes the first batch of an order; it is complete when its last one is": lambda batches, due:
            float(sum(max(0, min(end for order, end in batches if order == name) - due[name]) for name in due)),
        "your function gives the largest tardiness; the objective is the sum": lambda batches, due: float(
            max(max(0, max(end for order, end in batches if order == name) - due[name]) for name in due)),
        "your function counts tardy orders; the objective counts days": lambda batches, due: float(
            sum(max(end for order, end in batches if order == name) > due[name] for name in due)),
    }  # fmt: skip
    rng = np.random.default_rng(15)

    def draw() -> tuple[list[tuple[str, int]], dict[str, int]]:
        names = ["A", "B", "C", "D"][: int(rng.integers(2, 5))]
        batches = [(name, int(rng.integers(5, 40))) for name in names for _ in range(int(rng.integers(1, 4)))]
        due = {name: int(rng.integers(-3, 40)) for name in names}
        return [batches[k] for k in rng.permutation(len(batches))], due

    cases = separating(draw, [total_of, *readings.values()])
    cases += [([("A", 4)], {"A": 4}), ([("A", 4)], {"A": 9}), ([("A", -2)], {"A": -7}), *(draw() for _ in range(20))]
    hold_function(mine, cases, total_of, readings)
    return "equation (1), from completions alone"


def condition(b: Any, first: bool = True, second: bool = True, strict: bool = False) -> bool:
    """Whether the one-run condition holds, or a misreading of it."""
    n, slack = len(b), 1 if strict else 0
    others = [(i, x, y) for i in range(n) for x in range(n) for y in range(n) if i not in (x, y)]
    return not (
        (first and any(b[i][i] + slack > b[i][y] for i, _, y in others))
        or (second and any(b[x][y] + b[i][i] + slack > b[x][i] + b[i][y] for i, x, y in others))
    )


@exercise("01.6")
def one_run_is_enough(mine: Any) -> str:
    """A function for the one-run condition."""
    readings = {
        "your function tests the first inequality only": lambda b: condition(b, second=False),
        "your function tests the second inequality only": lambda b: condition(b, first=False),
        "your function refuses equality; the condition is <=": lambda b: condition(b, strict=True),
        "your function answers the opposite question": lambda b: not condition(b),
        "your function is content when one choice of orders keeps the condition; all must":
            lambda b: any(b[i][i] <= b[i][y] for i in range(len(b)) for y in range(len(b)) if i != y),
        "your function always gives the same answer": lambda b: True,
    }  # fmt: skip
    rng = np.random.default_rng(16)

    def draw() -> tuple[list[list[int]]]:
        n = int(rng.integers(2, 5))
        b = rng.integers(3, 7, (n, n))
        np.fill_diagonal(b, rng.integers(0, 5, n))
        return (b.tolist(),)

    cases = separating(draw, [condition, *readings.values()]) + [draw() for _ in range(40)]
    hold_function(mine, cases, condition, readings, equal_flags)
    return "where it holds, a schedule with one run per order and Site is as good as any"
