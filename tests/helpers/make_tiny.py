"""Writes ``instances/tiny-*.json``, their optimal schedules and their rows of ``instances/best_known.csv``.

Run it as ``python tests/make_tiny.py`` in the project's environment after a change of the list below. Optima are
proven by listing all schedules (:mod:`enumeration`); rows of other instances are left as they are.
"""

import csv
import datetime
from collections.abc import Sequence
from pathlib import Path

from cmo_kit import CleaningTimes, Instance, Order, Schedule
from tests.helpers.enumeration import optimum, runs

FOLDER = Path(__file__).resolve().parents[2] / "instances"
TABLE = FOLDER / "best_known.csv"
COLUMNS = ("instance", "best", "lower_bound", "status", "method", "schedule", "date")
SOURCE = "made for this kit: a corner that every solver must get right, optimum proven by enumeration"

Row = Sequence[float]


def tiny(
    name: str,
    sites: int,
    batches: Sequence[int],
    due: Row,
    times: Sequence[Row],
    setup: Sequence[Row] | None = None,
    cleaning: tuple[Sequence[Row], Sequence[Row]] | None = None,
    weights: Row | None = None,
    initial: Row | None = None,
    **rest: object,
) -> Instance:
    """An instance with orders ``1..I`` from columns of numbers."""
    orders = tuple(
        Order(str(i + 1), batches[i], due[i], tuple(times[i]), weights[i] if weights else 1)
        for i in range(len(batches))
    )
    matrices = [tuple(map(tuple, rows)) for rows in (cleaning or [setup or []])]
    return Instance(
        name=f"tiny-{name}",
        sites=sites,
        orders=orders,
        setup=CleaningTimes(*matrices) if cleaning else matrices[0],
        initial_setup_times=tuple(initial) if initial else None,
        source=SOURCE,
        **rest,  # type: ignore[arg-type]
    )


def same(value: float, other: float, count: int) -> list[list[float]]:
    """Setup times of two values: within an order, and at a change of order."""
    return [[value if i == j else other for j in range(count)] for i in range(count)]


def all_tiny() -> list[Instance]:
    """Every tiny instance; the name says which corner it is."""
    return [
        tiny("one-batch", 1, [1], [5], [[3, 2, 2]], [[1]]),
        tiny("one-site", 1, [2, 1, 2], [16, 7, 14], [[2, 3, 1], [1, 2, 2], [3, 2, 2]],
             [[1, 6, 5], [4, 2, 7], [6, 5, 0]]),
        tiny("single-batches", 2, [1, 1, 1, 1, 1], [5, 6, 9, 11, 12],
             [[1, 2, 1], [2, 2, 2], [3, 2, 1], [1, 3, 2], [2, 3, 1]], same(0, 4, 5)),
        tiny("large-order", 2, [6, 1, 1], [18, 9, 12], [[2, 3, 2], [1, 2, 1], [3, 2, 1]], same(1, 8, 3)),
        tiny("zero-setups", 2, [2, 2, 1], [6, 7, 6], [[3, 1, 1], [2, 2, 1], [4, 1, 2]], same(0, 0, 3)),
        tiny("ties", 2, [2, 2, 2], [9, 9, 9], [[2, 2, 2]] * 3, same(1, 5, 3)),
        tiny("empty-site", 2, [1, 2], [12, 15], [[2, 2, 1], [1, 3, 1]], [[0, 3], [2, 1]], initial=[9, 30]),
        tiny("weights", 2, [2, 1, 2], [7, 6, 8], [[2, 3, 1], [1, 2, 2], [3, 2, 2]], same(1, 6, 3), weights=[1, 5, 2.5]),
        tiny("zero-weight", 1, [1, 2, 1], [4, 6, 5], [[2, 1, 1], [2, 2, 1], [3, 1, 1]], same(0, 3, 3),
             weights=[0, 1, 3]),
        tiny("initial-setups", 2, [2, 2, 1], [10, 12, 9], [[2, 3, 1], [1, 2, 2], [3, 2, 2]],
             same(1, 5, 3), initial=[6, 0, 4]),
        tiny("pipeline", 2, [2, 2, 1], [12, 14, 10], [[2, 3, 2], [3, 2, 1], [1, 3, 2]],
             cleaning=([[0, 1, 0]] * 3, [[0, 6, 5], [1, 5, 6], [0, 7, 5]])),
        tiny("split-pipeline", 1, [1, 2, 1], [24, 50, 47], [[7, 11, 5], [11, 1, 1], [6, 5, 1]],
             cleaning=([[1, 2, 2]] * 3, [[1, 8, 3]] * 3)),
        tiny("split-opening", 1, [2, 1], [100, 9], [[2, 1, 1]] * 2, [[0, 3], [3, 0]], initial=[0, 20]),
        tiny("split-washing", 1, [1, 2, 1], [4, 10, 7], [[2, 1, 1]] * 3, [[0, 0, 10], [0, 0, 0], [10, 0, 0]]),
        tiny("more-sites", 5, [2, 1], [4, 7], [[2, 2, 1], [3, 3, 2]], same(1, 4, 2)),
        tiny("halves", 2, [2, 1, 1], [5.5, 4.5, 7], [[1.5, 2, 1], [2.5, 1.5, 0.5], [1, 2.5, 2]],
             [[0.5, 3, 2.5], [3.5, 0, 4], [2, 3, 1.5]]),
        tiny("one-operation", 2, [2, 2, 1], [5, 7, 8], [[3], [2], [4]], same(1, 2, 3), operations=("culture",)),
        tiny("five-operations", 1, [1, 2, 1], [14, 22, 16],
             [[2, 1, 3, 1, 2], [1, 2, 2, 3, 1], [3, 1, 1, 2, 2]], same(2, 5, 3),
             operations=("thaw", "seed culture", "main culture", "purification", "filling")),
        tiny("overlap", 1, [2, 2], [8, 9], [[1, 4, 2], [2, 3, 1]], [[0, 1], [1, 0]]),
        tiny("on-time", 2, [2, 2, 1], [30, 18, 12], [[2, 3, 1], [1, 2, 2], [3, 2, 2]], same(1, 6, 3)),
    ]  # fmt: skip


def main() -> None:
    """Prove, write, and say what was found."""
    today = datetime.date.today().isoformat()
    rows = []
    for instance in all_tiny():
        value, winners = optimum(instance)
        first = min(winners)
        sites = [[(instance.orders[i].id, batches) for i, batches in runs(site)] for site in first]
        schedule = Schedule(instance, sites, method="enumeration")
        instance.save(FOLDER / f"{instance.name}.json")
        schedule.save(FOLDER / "schedules" / f"{instance.name}.json")
        best = schedule.to_dict()["total_tardiness"]
        rows.append((instance.name, best, best, "optimal", "enumeration", f"schedules/{instance.name}.json", today))
        distinct = len({tuple(sorted(sites)) for sites in winners})
        print(
            f"{instance.name}: {value:g} ({optimum(instance, merge=True).value:g} with merged runs), {distinct} optima"
        )
    if TABLE.exists():
        with open(TABLE, encoding="utf-8", newline="") as file:
            rows += [tuple(row) for row in list(csv.reader(file))[1:] if not row[0].startswith("tiny-")]
    with open(TABLE, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main()
