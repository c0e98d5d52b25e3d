"""Two problems that are no biologics: parts for assemblies, and computing jobs, which the paper's conclusion names."""

from collections.abc import Callable, Collection, Sequence, Set
from statistics import fmean
from typing import Any

import numpy as np

from cmo_kit.base.text import text_table
from cmo_kit.core.instance import Instance, Order
from cmo_kit.core.schedule import Schedule
from cmo_kit.methods.registry import solve
from cmo_kit.study.results.gaps import known_of
from cmo_kit.study.results.statistics import summary

COLOURS = ("white", "natural", "black")
#: Hours to purge a machine from a colour (row) to another: from black to white is dear, by way of natural it is not.
PURGE = ((0, 1, 1), (1, 0, 1), (9, 1, 0))
#: Hours to exchange the mould.
MOULD = 2
#: Frame, lid and grip of a product.
PARTS = ("F", "L", "G")
#: Minutes to load what a computing job needs; a node keeps what the job before needed too.
LAYERS = {"base": 4, "numerics": 6, "vision": 9, "text": 12, "genome": 15}
#: Every method of the comparison with its limits, the genetic algorithm first.
COMPARED: dict[str, dict[str, Any]] = {
    "ga": {}, "expert": {}, "expert_orders": {}, "atcs": {}, "search": {"evaluations": 200_000},
}  # fmt: skip


def parts_problem(seed: int, products: int = 6, cells: int = 2) -> Instance:
    """Parts for assemblies: an order for each part of each product, due when the product is put together; in hours.

    Lots of a part are moulded in one of some identical cells and finished there while the next lot is moulded. A
    change of order exchanges the mould and, where colours differ, purges the machine.
    """
    rng = np.random.default_rng(seed)
    orders, colours = [], []
    for product in range(1, products + 1):
        due = int(rng.integers(15, 15 + 9 * products))
        for part in PARTS:
            colours.append(int(rng.choice(len(COLOURS), p=(0.4, 0.2, 0.4))))
            lots, moulding, finishing = (int(rng.integers(*ends)) for ends in ((1, 6), (2, 5), (1, 3)))
            orders.append(Order(f"{part}{product} {COLOURS[colours[-1]]}", lots, due, (moulding, finishing)))
    setup = [[0 if i == j else MOULD + PURGE[x][y] for j, y in enumerate(colours)] for i, x in enumerate(colours)]
    source = f"made for this kit: cmo_kit.course.other_factories.parts_problem({seed})"
    return Instance(
        f"parts-{seed}", cells, tuple(orders), tuple(map(tuple, setup)), ("moulding", "finishing"), "hour",
        source=source,
    )  # fmt: skip


def jobs_problem(seed: int, jobs: int = 20, nodes: int = 3) -> Instance:
    """Computing jobs, each cut into equal tasks that run one after the other on identical nodes; in minutes.

    A job needs layers of software and data. A node loads those that the job before it there did not need, and in the
    beginning all of them.
    """
    rng = np.random.default_rng(seed)
    orders, needs = [], []
    for job in range(1, jobs + 1):
        needs.append({"base", *rng.choice(list(LAYERS)[1:], size=int(rng.integers(1, 4)), replace=False).tolist()})
        tasks, minutes, due = (int(rng.integers(*ends)) for ends in ((1, 9), (3, 16), (60, 60 + 12 * jobs)))
        orders.append(Order(f"job {job}", tasks, due, (minutes,)))
    setup = tuple(tuple(_minutes(after - before) for after in needs) for before in needs)
    source = f"made for this kit: cmo_kit.course.other_factories.jobs_problem({seed})"
    return Instance(
        f"jobs-{seed}", nodes, tuple(orders), setup, ("computing",), "minute", tuple(map(_minutes, needs)),
        source=source,
    )  # fmt: skip


def _minutes(layers: Set[str]) -> int:
    return sum(LAYERS[layer] for layer in layers)


def compared(problems: Sequence[Instance]) -> dict[str, list[Schedule]]:
    """Every method's schedule of every problem, by method; the seed of all is 1."""
    found: dict[str, list[Schedule]] = {}
    for method, limits in COMPARED.items():
        found[method] = [solve(problem, method, seed=1, **limits).schedule for problem in problems]  # type: ignore[misc]
    return found


def beside_the_ga(found: dict[str, list[Schedule]], total: Callable[[Schedule], float]) -> str:
    """A table: each method's mean total, the genetic algorithm's less it with a 95 % interval, and who is ahead."""
    totals = {method: [total(schedule) for schedule in schedules] for method, schedules in found.items()}
    lines = [["ga", f"{fmean(totals['ga']):,.1f}", "", "", ""]]
    for method, others in list(totals.items())[1:]:
        less = [ga - other for ga, other in zip(totals["ga"], others, strict=True)]
        mean = summary(less)
        interval = f"{mean.mean:+,.1f} ({mean.low:+,.1f} to {mean.high:+,.1f})"
        ahead, behind = sum(value < 0 for value in less), sum(value > 0 for value in less)
        lines.append([method, f"{fmean(others):,.1f}", interval, str(ahead), str(behind)])
    return text_table(("method", "mean total", "ga less it", "ga ahead", "ga behind"), lines)


def gap_line(instance: Instance) -> str:
    """The genetic algorithm on a problem, between the best known and the proved bound where the kit has them."""
    ga = f"{instance.name}: genetic algorithm {solve(instance, 'ga', seed=1).total_tardiness:g} {instance.time_unit}s"
    row = known_of(instance)
    return ga if row is None else f"{ga}, best known {row['best']}, proved: at least {row['lower_bound']}"


def late_parts(schedule: Schedule) -> float:
    """Total tardiness as the paper counts it: every order by itself."""
    return schedule.total_tardiness


def late_assemblies(schedule: Schedule) -> float:
    """Total tardiness of the products of a parts problem: one is put together when the last of its parts is there."""
    return float(schedule.tardiness.reshape(-1, len(PARTS)).max(axis=1).sum())


def repeats(schedules: Collection[Schedule]) -> int:
    """How many runs are not the first one of their order on their Site."""
    return sum(len(site) - len({run.order for run in site}) for schedule in schedules for site in schedule.sites)
