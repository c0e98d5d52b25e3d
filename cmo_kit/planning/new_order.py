"""What a plan leaves open, as an ordinary problem again, and one order more.

Open is what may change when what has begun stays. The open problem is made in whole ticks (see
:mod:`cmo_kit.formats.ticks`), so that no rounding makes anybody late.

A promise asks: when can the new order be complete if every other order is complete by its *deadline*
``max(D_i, C_i)``, with ``C_i`` its completion in the plan? Given due dates at the deadlines and ``day`` for the new
order, the answer is "by ``day``" exactly where some schedule has no tardiness at all. A plan that is made anew (see
:mod:`cmo_kit.planning.replan`) asks for the least total tardiness of what is open.

*What has begun.* Batches that start before the day ``F`` keep their places. The open problem counts from ``F``. For
every Site ``l`` it gets an order ``fixed l`` of one batch that takes no time and is due at 0, so it must open a
Site; there are as many of them as Sites. The gap from it to order ``j`` is the time from ``F`` to the earliest start
of ``j`` behind what has begun on ``l``, 0 if that is past. The orders are left with the batches that have not begun.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, product
from operator import itemgetter, mul

import numpy as np

from cmo_kit.base.arrays import Times
from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import CleaningTimes, Instance, Order
from cmo_kit.core.schedule import Schedule

Runs = list[list[tuple[str, int]]]


def with_order(
    instance: Instance, order: Order, change: Sequence[float], same_order: Sequence[float] | None = None
) -> Instance:
    """The problem with one order more, at the end.

    Parameters
    ----------
    instance : Instance
        With cleaning times and without initial setup times; others are extended by hand.
    order : Order
    change : sequence of O times
        In time units: cleaning (Section III) after each operation of the new order before a batch of another order.
    same_order : sequence of O times, optional
        The same before a batch of the new order; 0 if None.

    Returns
    -------
    Instance

    Raises
    ------
    InputError
        Where the instance gives setup times, or a value breaks a rule of :class:`Instance`.

    Examples
    --------
    >>> with_order(load_instance("fig1"), Order("D", 1, 20, (2, 4, 2)), change=(1, 4, 4))
    Instance('fig1+D': 4 orders, 9 batches, 2 Sites)
    """
    if not isinstance(instance.setup, CleaningTimes) or instance.initial_setup_times is not None:
        raise InputError(
            f"instance {instance.name!r} gives setup times; with_order needs cleaning times: make the Instance yourself"
        )
    same = (0,) * len(instance.operations) if same_order is None else tuple(same_order)
    setup = CleaningTimes((*instance.setup.same_order, same), (*instance.setup.change, tuple(change)))
    return replace(
        instance, name=f"{instance.name}+{order.id}", orders=(*instance.orders, order), setup=setup, generator=None
    )


def check_extension(plan: Schedule, extended: Instance, order: str) -> None:
    """Check that ``extended`` is the problem of ``plan`` with ``order`` added, and that the plan is feasible.

    Raises :class:`InputError` for an unknown order, another difference between the two problems, or a violation of the
    plan.
    """
    if order not in extended.order_index:
        raise InputError(f"order is {shown(order)}; {extended.name!r} has no such order")
    old = plan.instance
    expected = [known for known in extended.orders if known.id != order]
    if sorted(expected, key=lambda known: known.id) != sorted(old.orders, key=lambda known: known.id):
        raise InputError(f"{extended.name!r} must have the orders of the plan, unchanged, and {order!r} besides")
    places = [extended.order_index[known.id] for known in old.orders]
    gaps, opening = extended.g[np.ix_(places, places)], extended.sigma[places]
    if not (np.array_equal(gaps, old.g) and np.array_equal(opening, old.sigma) and extended.sites == old.sites):
        raise InputError(f"{extended.name!r} must have the Sites and setup times of the plan's problem {old.name!r}")
    check_plan(plan)


def check_plan(plan: Schedule) -> None:
    """Raise :class:`InputError` for a plan that breaks a rule of its problem."""
    if violations := check_schedule(plan.instance, plan):
        raise InputError(f"the plan must be feasible: {violations[0].message}")


@dataclass(frozen=True)
class OpenPart:
    """What a plan leaves open; all times in ticks of ``problem``.

    ``instance`` has the open batches, and the ``fixed`` orders where anything has begun; it counts from ``origin``.
    ``begun`` and ``planned`` hold, per Site of the plan, the runs that stay and the runs behind them.
    """

    problem: Instance
    instance: Instance
    begun: Runs
    planned: Runs
    fixed: tuple[str, ...]
    origin: int

    def opened(self, sites: Runs) -> Schedule:
        """A schedule of ``instance``: in front of what is open on each Site of the plan, what opens it."""
        heads: Runs = [[(name, 1)] for name in self.fixed] or [[] for _ in sites]
        return Schedule(self.instance, [[*head, *runs] for head, runs in zip(heads, sites, strict=True)])

    def appended(self, order: str) -> list[Schedule]:
        """The plan with all batches of a new order behind everything, on each Site in turn; nobody becomes later."""
        last = (order, self.instance.orders[self.instance.order_index[order]].batches)
        return [
            self.opened([[*runs, last] if l == chosen else runs for l, runs in enumerate(self.planned)])
            for chosen in range(len(self.planned))
        ]

    def asked(self) -> Instance:
        """``instance`` with weights and with what is left of due dates, as :mod:`cmo_kit.planning.replan` says."""
        whole = self.problem.whole
        done = Schedule(whole, self.begun).order_completions.tolist()
        due = {order.id: max(order.due_date, c) - self.origin for order, c in zip(whole.orders, done, strict=True)}
        orders = (
            replace(order, weight=0) if order.id in self.fixed else replace(order, due_date=due[order.id])
            for order in self.instance.orders
        )
        return replace(self.instance, orders=tuple(orders))

    def completions(self, schedule: Schedule) -> Times:
        """When each order of ``problem`` is complete, (I,) in ticks: what has begun as it did, the rest not before.

        A schedule of the whole problem, as :meth:`restored` gives it, does not say that: it is drawn as early as its
        Sites allow, also where a Site stood idle until ``origin``.
        """
        whole = self.problem.whole
        done = Schedule(whole, self.begun).order_completions.copy()
        for order, end in zip(schedule.instance.orders, schedule.order_completions.tolist(), strict=True):
            if order.id not in self.fixed:
                i = whole.order_index[order.id]
                done[i] = max(done[i], self.origin + end)
        return done

    def tardiness(self, schedule: Schedule) -> Times:
        """How much later than due each order then is, (I,) in ticks."""
        return np.maximum(0.0, self.completions(schedule) - self.problem.whole.D)

    def total_ticks(self, schedule: Schedule) -> float:
        """Total tardiness of all orders then, weighted, in ticks."""
        return float(sum(map(mul, self.problem.whole.w.tolist(), self.tardiness(schedule).tolist())))

    def restored(self, schedule: Schedule, method: str | None) -> Schedule:
        """A schedule of the whole problem from one of the open one, what has begun in front."""
        sites: Runs = [[(run.order, run.batches) for run in site] for site in schedule.sites]
        places = [self.fixed.index(site.pop(0)[0]) for site in sites] if self.fixed else alike(sites, self.planned)
        whole: Runs = [[] for _ in sites]
        for l, site in zip(places, sites, strict=True):
            whole[l] = merged([*self.begun[l], *site])
        return Schedule(self.problem, whole, method)


def open_part(plan: Schedule, problem: Instance, frozen_until: float, late_openings: bool = False) -> OpenPart:
    """What ``plan`` leaves open when batches that start before ``frozen_until`` stay; due dates are 0.

    The plan's Sites and runs count; they may lack batches of ``problem``. The time is in time units, and what lies
    between two ticks counts as the later one. With ``late_openings`` open batches open no Site before all are ready, so
    that there is never a reason to open one with another order than a ``fixed`` one: put in front of such a Site, and
    taken out of where it stood, that makes nobody later. Raises :class:`InputError` when no batch is open.
    """
    whole = problem.whole
    origin = math.ceil(Fraction(repr(float(frozen_until))) * problem.time_ticks.per_unit)
    drawn = Schedule(whole, plan.sites)
    begun, planned = split(drawn, origin)
    left = Schedule(whole, begun).lacking
    open_orders = [
        replace(known, batches=left[known.id], due_date=0) for known in whole.orders if left.get(known.id, 0) > 0
    ]
    if not open_orders:
        raise InputError(f"frozen_until is {frozen_until:g}; all batches of the plan have begun by then")
    if origin <= 0:
        free = replace(whole, orders=tuple(open_orders))
        return OpenPart(problem, free, begun, planned, (), 0)
    fixed = tuple(_unused(f"fixed {l + 1}", problem) for l in range(whole.sites))
    places = [whole.order_index[known.id] for known in open_orders]
    count, total = len(places), len(places) + whole.sites
    b = np.zeros((total, total))
    b[:count, :count] = whole.b[np.ix_(places, places)]
    for l, runs in enumerate(begun):
        ready = whole.sigma
        if runs:
            last = whole.order_index[runs[-1][0]]
            batches = sum(batches for _, batches in runs)
            ready = drawn.starts[l][batches - 1] + whole.g[last]
        b[count + l, :count] = np.maximum(0.0, ready - origin)[places]
    # Long enough that the one-run condition holds for the fixed orders where it held before; proofs are shorter then.
    spread = b[count:, :count].max(axis=0) - b[count:, :count].min(axis=0)
    b[:, count:] = max(1.0, float(whole.b.max()), float(spread.max()))
    b[count:, count:] *= 1 - np.eye(whole.sites)
    opening = b[count:, :count].max(axis=0) if late_openings else whole.sigma[places]
    nothing = (0.0,) * len(whole.operations)
    instance = Instance(
        name=f"{problem.name} from {problem.time_unit} {frozen_until:g}",
        sites=whole.sites,
        orders=(*open_orders, *(Order(name, 1, 0, nothing) for name in fixed)),
        setup=tuple(map(tuple, b.tolist())),
        operations=whole.operations,
        time_unit=whole.time_unit,
        initial_setup_times=(*opening.tolist(), *(0,) * whole.sites),
    )
    return OpenPart(problem, instance, begun, planned, fixed, origin)


@dataclass(frozen=True)
class Remaining:
    """The open problem of one order more.

    ``part`` is what is open, the new order included; ``deadlines`` has one entry for each of its orders but the new
    one, by id, in ticks from day 0.
    """

    part: OpenPart
    order: str
    deadlines: dict[str, int]

    @property
    def instance(self) -> Instance:
        """The open problem, in ticks."""
        return self.part.instance

    @property
    def per_unit(self) -> int:
        """Ticks in a day."""
        return self.part.problem.time_ticks.per_unit

    @property
    def first_day(self) -> int:
        """The first whole day on which anything open may be complete."""
        return -(-self.part.origin // self.per_unit)

    def at(self, day: int | None, weight: float = 1) -> Instance:
        """The problem that has no tardiness exactly if ``day`` can be promised; others' delays count ``weight``.

        ``day`` is at least :attr:`first_day`; with None the new order is wanted as soon as anything may begin.
        """
        due = self.deadlines | {self.order: self.part.origin if day is None else day * self.per_unit}
        return replace(self.instance, orders=tuple(
            replace(order, due_date=due[order.id] - self.part.origin, weight=1 if order.id == self.order else weight)
            for order in self.instance.orders
        ))  # fmt: skip

    def day_of(self, schedule: Schedule) -> int:
        """The first whole day on which the new order is complete."""
        end = self.part.origin + int(schedule.order_completions[self.instance.order_index[self.order]])
        return -(-end // self.per_unit)

    def keeps(self, schedule: Schedule) -> bool:
        """Whether every order but the new one is complete by its deadline."""
        return all(
            self.part.origin + completion <= self.deadlines[order.id]
            for order, completion in zip(self.instance.orders, schedule.order_completions, strict=True)
            if order.id != self.order
        )


def alike(sites: Runs, planned: Runs) -> list[int]:
    """For each of ``sites`` the number of the planned Site whose sequence it follows longest; Sites are identical."""

    def common(k: int, l: int) -> int:
        pairs = enumerate(zip(sites[k], planned[l], strict=False))
        return next((position for position, (new, old) in pairs if new != old), min(len(sites[k]), len(planned[l])))

    numbers = range(len(sites))
    places: dict[int, int] = {}
    taken: set[int] = set()
    for k, l in sorted(product(numbers, numbers), key=lambda pair: (-common(*pair), pair)):
        if k not in places and l not in taken:
            places[k] = l
            taken.add(l)
    return [places[k] for k in numbers]


def repaired(sites: Runs, fixed: tuple[str, ...]) -> Runs:
    """The same schedule with a ``fixed`` order at the front of every Site; nobody becomes later (see `open_part`)."""
    if not fixed:
        return sites
    fronts = [site[0][0] if site and site[0][0] in fixed else None for site in sites]
    free = [name for name in fixed if name not in fronts]
    made = []
    for site, front in zip(sites, fronts, strict=True):
        own = front if front is not None else free.pop(0)
        made.append([(own, 1), *((name, batches) for name, batches in site if name not in fixed)])
    return made


def merged(runs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Runs with neighbours of one order made one."""
    return [(name, sum(batches for _, batches in same)) for name, same in groupby(runs, itemgetter(0))]


def remaining(plan: Schedule, extended: Instance, order: str, frozen_until: float = 0) -> Remaining:
    """What ``plan`` leaves open for ``order`` when batches that start before day ``frozen_until`` stay."""
    part = open_part(plan, extended, frozen_until)
    drawn = Schedule(extended.whole, plan.sites)
    deadlines = {
        known.id: max(int(known.due_date), int(drawn.order_completions[i]))
        for i, known in enumerate(extended.whole.orders)
        if known.id in part.instance.order_index and known.id != order
    }
    return Remaining(part, order, deadlines | dict.fromkeys(part.fixed, part.origin))


def split(plan: Schedule, day: float) -> tuple[Runs, Runs]:
    """Per Site the runs that begin before ``day`` and those behind; a run may be parted."""
    before: Runs = [[] for _ in plan.sites]
    behind: Runs = [[] for _ in plan.sites]
    for l, (site, starts) in enumerate(zip(plan.sites, plan.starts, strict=True)):
        left = int((starts < day).sum())
        for order, batches in site:
            first = min(batches, left)
            left -= first
            before[l] += [(order, first)] if first else []
            behind[l] += [(order, batches - first)] if batches > first else []
    return before, behind


def _unused(name: str, instance: Instance) -> str:
    """``name``, with an underscore for each order that has it already."""
    while name in instance.order_index:
        name += "_"
    return name
