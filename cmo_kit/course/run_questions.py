"""Questions about a schedule of one's own: what would follow from a change, answered by the independent checker.

Each kind is a function that draws a question or finds that the schedule has none of it. What a change gives is
recomputed by :func:`cmo_kit.check.recompute`, which shares no arithmetic with the decoder or with solvers.
"""

from collections.abc import Callable, Container, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_integer
from cmo_kit.check import check_schedule, recompute
from cmo_kit.core.instance import Instance, Order
from cmo_kit.core.schedule import Schedule
from cmo_kit.course.quiz import Question

Sites = list[list[tuple[str, int]]]
Thing = TypeVar("Thing")
#: How often a kind may draw before it is left out: some schedules have no order that is early, or no second Site.
TRIES = 20


class Facts:
    """What the checker says of runs on Sites: completions and the total, exactly.

    ``extra`` are time units by which each Site (from 0) begins later than at time 0; ``unit`` is their name.
    """

    def __init__(self, instance: Instance, sites: Sites, extra: dict[int, int] | None = None) -> None:
        self.instance, self.sites, self.unit = instance, sites, f"{instance.time_unit}s"
        by_site, self.total = recompute(instance, sites)
        self.by_site = [
            {order: end + (extra or {}).get(l, 0) for order, end in ends.items()} for l, ends in enumerate(by_site)
        ]
        self.complete: dict[str, Fraction] = {}
        for ends in self.by_site:
            for order, end in ends.items():
                self.complete[order] = max(end, self.complete.get(order, end))
        late = {order.id: self.complete[order.id] - exact(order.due_date) for order in self.scheduled}
        self.tau = {order: max(Fraction(0), days) for order, days in late.items()}
        if extra:
            self.total = sum((weight(order) * self.tau[order.id] for order in self.scheduled), Fraction(0))

    @property
    def scheduled(self) -> list[Order]:
        """The orders that have batches here."""
        return [order for order in self.instance.orders if order.id in self.complete]

    def only(self, changed: "Facts", *orders: str) -> Fraction:
        """The total if nothing but the tardiness of these orders became that of ``changed``."""
        chosen = [order for order in self.scheduled if order.id in orders]
        return self.total + sum(weight(order) * (changed.tau[order.id] - self.tau[order.id]) for order in chosen)

    def runs(self) -> list[tuple[int, int]]:
        """Every run by Site and place, from 0."""
        return [(l, k) for l, site in enumerate(self.sites) for k in range(len(site))]


def exact(value: float) -> Fraction:
    """A number as the decimal that it is written as."""
    return Fraction(repr(float(value)))


def weight(order: Order) -> Fraction:
    """The weight of an order in the total."""
    return exact(order.weight)


def batches_of(count: int) -> str:
    """A number of batches in words."""
    return f"{count} batch" if count == 1 else f"{count} batches"


def move(now: Facts, rng: np.random.Generator) -> Question | None:
    """A run, whole or a part of it, goes to the end of another Site that has none of its order."""
    l, k = _drawn(rng, now.runs())
    order, batches = now.sites[l][k]
    targets = [t for t, site in enumerate(now.sites) if order not in {run[0] for run in site}]
    if not targets:
        return None
    to, part = _drawn(rng, targets), int(rng.integers(1, batches + 1))
    sites = [list(site) for site in now.sites]
    sites[l][k : k + 1] = [(order, batches - part)] if part < batches else []
    sites[to].append((order, part))
    then = Facts(now.instance, sites)
    what = f"run {k + 1} of Site {l + 1}, {batches_of(batches)} of order {order}," if part == batches else ""
    what = what or f"{batches_of(part)} of run {k + 1} of Site {l + 1} (order {order}, {batches_of(batches)})"
    own = f"only the tardiness of order {order} is counted anew, but what stood behind the run starts at another time"
    return Question.asked(
        "move",
        f"Move {what} to the end of Site {to + 1}; all else keeps its sequence. What becomes of the total tardiness?",
        then.total,
        [(own, now.only(then, order)), ("that is the total as it was", now.total)],
    )


def swap(now: Facts, rng: np.random.Generator) -> Question | None:
    """Two neighbouring runs change places."""
    l, k = _drawn(rng, now.runs())
    if k + 1 == len(now.sites[l]) or now.sites[l][k][0] == now.sites[l][k + 1][0]:
        return None
    sites = [list(site) for site in now.sites]
    sites[l][k], sites[l][k + 1] = sites[l][k + 1], sites[l][k]
    if any(a[0] == b[0] for a, b in pairwise(sites[l])):
        return None
    then, names = Facts(now.instance, sites), (now.sites[l][k][0], now.sites[l][k + 1][0])
    two = "only the two orders are counted anew, but other gaps move what stands behind them as well"
    return Question.asked(
        "swap",
        f"On Site {l + 1}, runs {k + 1} and {k + 2} (orders {names[0]} and {names[1]}) change places. What becomes of "
        "the total tardiness?",
        then.total,
        [(two, now.only(then, *names)), ("that is the total as it was", now.total)],
    )


def without(now: Facts, rng: np.random.Generator) -> Question | None:
    """An order is cancelled."""
    gone = _drawn(rng, now.scheduled)
    then = Facts(now.instance, [[run for run in site if run[0] != gone.id] for site in now.sites])
    if not then.complete:
        return None
    own = "only its own tardiness is taken off, but what stands behind its runs starts earlier"
    return Question.asked(
        "without",
        f"The client of order {gone.id} cancels; its runs are taken out, and all else keeps its sequence. What would "
        "the total tardiness be?",
        then.total,
        [(own, now.total - weight(gone) * now.tau[gone.id]), ("that is the total as it was", now.total)],
    )


def latest(now: Facts, rng: np.random.Generator) -> Question | None:
    """The order that is latest, beside those that are complete or due last."""
    ranked = sorted(now.scheduled, key=lambda order: now.tau[order.id], reverse=True)
    if len(ranked) < 2 or now.tau[ranked[0].id] == now.tau[ranked[1].id]:
        return None
    last = max(now.scheduled, key=lambda order: now.complete[order.id])
    others = [
        ("it is complete last, but its due date counts too", last.id),
        ("it is due first, but late is what misses its due date by most",
         min(now.scheduled, key=lambda order: order.due_date).id),
        ("it is late by less", ranked[1].id),
    ]  # fmt: skip
    text = f"Which order is latest, counted in {now.unit} behind its due date?"
    return Question.asked("latest", text, ranked[0].id, others)


def more_time(now: Facts, rng: np.random.Generator) -> Question | None:
    """A client gives a late order more days, sometimes more than it needs."""
    tardy = [order for order in now.scheduled if now.tau[order.id] > 0]
    if not tardy:
        return None
    order = _drawn(rng, tardy)
    days = max(1, int(now.tau[order.id]) + int(rng.integers(-3, 10)))
    unit = now.instance.time_unit if days == 1 else now.unit
    gained = weight(order) * min(Fraction(days), now.tau[order.id])
    early = "being early earns nothing: no order is tardy by less than 0"
    return Question.asked(
        "more time",
        f"The client of order {order.id} gives {days} more {unit}; the schedule stays. What becomes of the total "
        "tardiness?",
        now.total - gained,
        [(early, now.total - weight(order) * days), ("the schedule stays, but the due date does not", now.total)],
    )


def late_site(now: Facts, rng: np.random.Generator) -> Question | None:
    """A Site begins some days later."""
    l = _drawn(rng, [l for l, site in enumerate(now.sites) if site])
    days = int(rng.integers(2, 9))
    then, on_site = Facts(now.instance, now.sites, {l: days}), {run[0] for run in now.sites[l]}
    tardy = sum(weight(order) * days for order in now.scheduled if order.id in on_site and now.tau[order.id] > 0)
    every = sum(weight(order) * days for order in now.scheduled if order.id in on_site)
    spared = "orders with time to spare lose that first, and an order may be complete on another Site"
    only_late = "an order that is in time can become late as well, and one that is late elsewhere stays"
    once = f"all {days} {now.unit} are counted once, but every order on the Site is delayed"
    return Question.asked(
        "late site",
        f"Site {l + 1} can only begin {days} {now.unit} later; sequences stay. What becomes of the total tardiness?",
        then.total,
        [(spared, now.total + every), (only_late, now.total + tardy), (once, now.total + days)],
    )


def changes(now: Facts, rng: np.random.Generator) -> Question | None:
    """How often Sites change from an order to another."""
    count = sum(a[0] != b[0] for site in now.sites for a, b in pairwise(site))
    return Question.asked(
        "changes",
        "How many changes of order are there on all Sites together?",
        count,
        [
            ("a Site's first run changes nothing", len(now.runs())),
            ("an order on several Sites is changed to on each of them", len(now.scheduled) - 1),
            ("those are all steps from batch to batch", sum(max(0, sum(q for _, q in site) - 1) for site in now.sites)),
        ],
    )


def spare(now: Facts, rng: np.random.Generator) -> Question | None:
    """By how much an order is early."""
    early = [order for order in now.scheduled if now.complete[order.id] < exact(order.due_date)]
    if not early:
        return None
    order = _drawn(rng, early)
    due, ends = exact(order.due_date), [site[order.id] for site in now.by_site if order.id in site]
    tail = sum(map(exact, order.processing_times), Fraction(0))
    return Question.asked(
        "spare",
        f"By how many {now.unit} could order {order.id} be due earlier without being late in this schedule?",
        due - max(ends),
        [
            ("the order is complete when its last batch is, on whichever Site", due - min(ends)),
            ("that is counted from the start of its last batch, which takes its time", due - max(ends) + tail),
        ],
    )


KINDS: dict[str, Callable[[Facts, np.random.Generator], Question | None]] = {
    "move": move, "swap": swap, "without": without, "latest": latest, "more time": more_time,
    "late site": late_site, "changes": changes, "spare": spare,
}  # fmt: skip


def draw(kind: str, now: Facts, rng: np.random.Generator, taken: Container[str] = ()) -> Question | None:
    """A question of a kind that some mistake answers otherwise, and whose text is not taken; None without any."""
    drawn = (KINDS[kind](now, rng) for _ in range(TRIES))
    return next((q for q in drawn if q is not None and q.wrong and q.text not in taken), None)


def questions_about(schedule: Schedule, rng: np.random.Generator, count: int = 5) -> list[Question]:
    """Draw questions about a schedule, of different kinds as long as there are some; none is asked twice.

    Parameters
    ----------
    schedule : Schedule
        Feasible; its instance comes with it.
    rng : numpy.random.Generator
    count : int
        At most so many: a schedule of a single run has few questions.

    Returns
    -------
    list of Question
        Each named by its kind and a number, such as ``move-1``.

    Raises
    ------
    InputError
        For a schedule that the checker objects to, and a count below 1.
    """
    check_integer(count, "count", 1)
    violations = check_schedule(schedule.instance, schedule)
    if violations:
        raise InputError(f"the schedule is not feasible: {violations[0].message}")
    now = Facts(schedule.instance, [list(site) for site in schedule.sites])
    found: dict[str, Question] = {}
    while len(found) < count:
        before = len(found)
        for name in rng.permutation(list(KINDS)).tolist():
            new = draw(name, now, rng, found)
            if new is not None and len(found) < count:
                number = 1 + sum(q.name.startswith(f"{name}-") for q in found.values())
                found[new.text] = Question(f"{name}-{number}", new.text, new.answer, new.wrong)
        if len(found) == before:
            break
    return list(found.values())


def _drawn(rng: np.random.Generator, things: Sequence[Thing]) -> Thing:
    return things[int(rng.integers(len(things)))]
