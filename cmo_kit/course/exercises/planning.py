"""Chapter 9: an order list that is read, a plan in dates and in files, and an answer to a new client."""

import datetime
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import CleaningTimes
from cmo_kit.core.schedule import Schedule
from cmo_kit.course.exercises.readings import chosen, hold_function, hold_keys, run_total
from cmo_kit.course.exercises.verdict import Wrong, asked, close, entries, exercise, number
from cmo_kit.library import load_instance, notebooks_folder
from cmo_kit.methods.registry import solve
from cmo_kit.planning import Calendar, read_orders

#: The list of exercise 09.1, and what it is meant to say: batches and due day of each client.
BAD_LIST = """\
order,batches,due_date,seed_culture,main_culture,purification,change_seed_culture,change_main_culture,change_purification
Alder,six,2027-03-01,2,5,2,1,9,8
Birch,4,15.3.2027,3,4,2,1,8,8
Alder,5,2027-04-20,2,6,3,1,9,7
"""
MEANT = {"Alder": (6, 56), "Birch": (4, 70), "Cedar": (5, 106)}


@exercise("09.1")
def mended(mine: Any) -> str:
    """A list that the reader refuses, mended."""
    if not isinstance(mine, str):
        raise Wrong("the answer must be a text, the whole list")
    with tempfile.TemporaryDirectory(prefix="cmo-kit-") as folder:
        path = Path(folder) / "list.csv"
        path.write_text(mine, encoding="utf-8")
        try:
            instance = read_orders(path, 2, "2027-01-04", name="list")
        except InputError as error:
            raise Wrong(f"the reader says: {str(error).splitlines()[0].replace(str(path), path.name)}") from None
    found = {order.id: (order.batches, order.due_date) for order in instance.orders}
    if set(found) != set(MEANT):
        raise Wrong(f"the reader takes it, but its clients are {', '.join(found)}; they must be {', '.join(MEANT)}")
    for name, meant in MEANT.items():
        if found[name] != meant:
            due = Calendar.of(instance).date(found[name][1])
            raise Wrong(f"{name} has {found[name][0]} batches due on {due} now; that is not what the list means")
    assert isinstance(instance.setup, CleaningTimes)
    rows = zip(instance.orders, instance.setup.change, strict=True)
    times = {order.id: [*order.processing_times, *change] for order, change in rows}
    lines = zip(MEANT, BAD_LIST.splitlines()[1:], strict=True)
    if times != {name: [int(cell) for cell in line.split(",")[3:]] for name, line in lines}:
        raise Wrong("processing or cleaning times have changed; mend only what is wrong")
    return "a sentence that names line, column and value finds each mistake at once"


@exercise("09.2")
def ready(mine: Any) -> str:
    """The first morning on which all batches of an order are complete."""

    def right(start: datetime.date, completion: float) -> datetime.date:
        return Calendar(start).ready(completion)

    day = datetime.timedelta(days=1)
    readings = {
        "your function rounds down: during that day the last batch is not complete yet":
            lambda start, completion: start + int(completion) * day,
        "your function rounds to the nearest day; a morning too early is too early":
            lambda start, completion: start + round(completion) * day,
        "your function adds a day too many: what is complete at time 3 exactly is ready on the morning of day 3":
            lambda start, completion: start + (int(completion) + 1) * day,
        "your function counts the start as day 1; it is day 0":
            lambda start, completion: right(start, completion) - day,
    }  # fmt: skip
    start = datetime.date(2027, 1, 4)
    cases = [(start, completion) for completion in (0, 1, 3, 5.2, 17.5, 20.8, 56, 60.01, 361.5)]
    cases += [(datetime.date(2028, 2, 28), 1.25), (datetime.date(2027, 12, 31), 1)]

    def equal(answer: Any, value: datetime.date) -> bool:
        if isinstance(answer, datetime.datetime):
            answer = answer.date() if answer.time() == datetime.time() else answer
        if not isinstance(answer, datetime.date):
            raise Wrong(f"what you give is {shown(answer)}; it must be a date")
        return answer == value

    hold_function(mine, cases, right, readings, equal, "It must be a date.")
    return "clients ask for a morning, schedules know times: one rule turns one into the other"


@exercise("09.3")
def plan_and_bound(mine: Any) -> str:
    """A plan for the example's orders, a bound, the gap, and who is late."""
    hold_keys(mine, "schedule", "bound", "gap", "late")
    schedule = mine["schedule"]
    if not isinstance(schedule, Schedule):
        raise Wrong("schedule must be a schedule, such as solve(...).schedule")
    path = notebooks_folder() / "data" / "orders" / "orders.csv"
    instance = read_orders(path, 3, "2027-01-04", name="orders")
    if violations := check_schedule(instance, schedule):
        raise Wrong(f"the checker says: {violations[0].message}")
    total, low, gap = schedule.total_tardiness, number(mine["bound"], "bound"), number(mine["gap"], "gap")
    rule = run_total(instance, "expert_orders")
    if total >= rule:
        raise Wrong(f"your plan has {total:g} days; the rule whole orders has {rule:g} already. Let the search look")
    best = run_total(instance, "search", evaluations=50000)
    if low > min(total, best) + 1e-6:
        raise Wrong(f"{low:g} is no bound: a plan with {min(total, best):g} days exists")
    if low <= 0:
        raise Wrong("0 holds for every plan; lower_bound proves more here")
    if close(gap, (total - low) / low) and not close(low, total):
        raise Wrong("the gap is a share of the plan's total tardiness, (T - bound) / T; you divide by the bound")
    if close(gap, total - low) and not close(low, total):
        raise Wrong("that is the gap in days; give its share of the plan's total tardiness")
    if not close(gap, (total - low) / total):
        raise Wrong(f"a plan of {total:g} days and a bound of {low:g}: the gap is (T - bound) / T")
    late = {order.id for order, tau in zip(instance.orders, schedule.tardiness, strict=True) if tau > 0}
    given = set(map(str, entries(list(mine["late"]) if isinstance(mine["late"], set) else mine["late"], "late")))
    if given != late:
        wrong = sorted(given - late) or sorted(late - given)
        raise Wrong(f"late: what about {wrong[0]}? An order is late if its tardiness in your plan is above 0")
    return f"nobody can do better than {low:g} days, and this plan takes {total:g}"


@exercise("09.4")
def save_and_reload(mine: Any) -> str:
    """Files that others can open, and a way back."""
    instance = load_instance("fig1")
    for method in ("expert", "expert_orders"):
        plan = solve(instance, method).schedule
        assert plan is not None
        with tempfile.TemporaryDirectory(prefix="cmo-kit-") as folder:
            again = asked(mine, plan, folder, returns="It must be the schedule that was read.")
            files = sorted(path.name for path in Path(folder).rglob("*") if path.is_file())
        if not {"plan.csv", "clients.csv", "instance.json", "schedule.json"} <= set(files):
            raise Wrong(
                f"the folder holds {', '.join(files) or 'nothing'} afterwards; export_plan writes four files there"
            )
        if not isinstance(again, Schedule):
            raise Wrong(f"you return {shown(again)}; it must be the schedule that was read from the files")
        if again.stated_total_tardiness is None:  # a file states one
            raise Wrong(
                "that is the plan you were given; read it from schedule.json, with the instance of instance.json"
            )
        if again.sites != plan.sites:
            raise Wrong("the schedule that you return has other runs than the plan")
        if violations := check_schedule(instance, again):
            raise Wrong(f"the checker says: {violations[0].message}")
    return "problem and plan lie in files, and whoever doubts them can check both"


@exercise("09.5")
def cost(mine: Any) -> str:
    """What a new client costs the others."""

    def right(before: Mapping[str, float], after: Mapping[str, float], new: str) -> tuple[float, list[str]]:
        return sum(after[name] - tau for name, tau in before.items()), sorted(n for n in before if after[n] > before[n])

    readings = {
        "your sum holds the new client's own days; the others' cost is asked for":
            lambda b, a, n: (sum(a.values()) - sum(b.values()), right(b, a, n)[1]),
        "some clients may be earlier than before; their gain counts in the sum": lambda b, a, n: (
            float(sum(max(0, a[k] - b[k]) for k in b)), right(b, a, n)[1]),
        "you name everybody who is late after; those who were late before and are no later do not pay":
            lambda b, a, n: (right(b, a, n)[0], sorted(k for k in b if a[k] > 0)),
        "you name the new client among those who pay": lambda b, a, n: (
            right(b, a, n)[0], sorted([*right(b, a, n)[1], n])),
        "your sum has the wrong sign: positive where the others become later": lambda b, a, n: (
            -right(b, a, n)[0], right(b, a, n)[1]),
    }  # fmt: skip
    rng = np.random.default_rng(95)
    cases: list[tuple[Any, ...]] = []
    for _ in range(12):
        names = list("ABCDE")[: int(rng.integers(2, 6))]
        before = {name: int(rng.integers(0, 6)) for name in names}
        after = {name: max(0, tau + int(rng.integers(-3, 5))) for name, tau in before.items()} | {
            "N": int(rng.integers(1, 9))
        }
        cases.append((before, after, "N"))

    def equal(answer: Any, value: tuple[float, list[str]]) -> bool:
        days, names = entries(answer, "what you give", 2)
        return close(number(days, "the days"), value[0]) and sorted(map(str, names)) == value[1]

    hold_function(mine, cases, right, readings, equal, "It must be a pair: days, names.")
    return "the sum says what it costs, the names say whom to ask"


@exercise("09.6")
def how_sure(mine: Any) -> str:
    """What a plan shows, what a bound proves, and what nobody knows."""
    plan, proof, nobody = "a plan shows it", "a bound proves it", "nobody knows"
    why = {
        "a": "the promised day comes with a plan that keeps it, and the checker agrees",
        "b": "every earlier day is refuted for all plans, not only for those that were tried",
        "c": "between the two days lies what neither a plan has reached nor a bound refuted",
        "d": "it is said of all plans with the new client",
        "e": "both plans come from a search, and a better second plan may exist",
    }
    right = {"a": plan, "b": proof, "c": nobody, "d": proof, "e": nobody}
    chosen(mine, right, (plan, proof, nobody), why)
    return "a search shows what is possible, a bound what is not, and a good answer keeps them apart"
