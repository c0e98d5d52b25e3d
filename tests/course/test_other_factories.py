"""Parts for assemblies and computing jobs: what the shipped problems are, what holds for all, and other counts."""

import numpy as np
import pytest

from cmo_kit import Schedule, load_instance, solve
from cmo_kit.course.other_factories import (
    COLOURS,
    COMPARED,
    LAYERS,
    MOULD,
    PURGE,
    beside_the_ga,
    gap_line,
    jobs_problem,
    late_assemblies,
    late_parts,
    parts_problem,
    repeats,
)  # fmt: skip


def test_the_shipped_problems_are_drawn_as_they_say() -> None:
    assert load_instance("parts-1").digest == parts_problem(1).digest
    assert load_instance("jobs-1").digest == jobs_problem(1).digest
    assert (parts_problem(1).p.shape[1], jobs_problem(1).p.shape[1]) == (2, 1)


def test_setups_are_those_of_colours() -> None:
    parts = parts_problem(3)
    colours = [COLOURS.index(order.id.split()[1]) for order in parts.orders]
    assert len({*colours}) == 3
    for i, x in enumerate(colours):
        for j, y in enumerate(colours):
            assert parts.b[i, j] == (0 if i == j else MOULD + PURGE[x][y])


def test_jobs_never_break_the_one_run_condition_and_parts_do() -> None:
    """A set of layers less another obeys the triangle inequality; purging does not."""
    assert all(jobs_problem(seed).one_run_failure is None for seed in range(40))
    for problem in map(parts_problem, range(1, 11)):  # a natural order that can come twice washes the machine
        naturals = [order.batches for order in problem.orders if "natural" in order.id]
        assert (problem.one_run_failure is not None) == (max(naturals, default=1) > 1)


def test_a_cold_node_loads_at_least_what_a_warm_one_does() -> None:
    jobs = jobs_problem(2)
    assert (jobs.sigma >= jobs.b.max(axis=0)).all()
    assert jobs.sigma.max() <= sum(LAYERS.values())
    assert not np.diag(jobs.b).any()


def test_an_assembly_is_as_late_as_its_last_part() -> None:
    schedule = solve(parts_problem(2), "expert_orders").schedule
    assert schedule is not None
    late = dict(zip(schedule.instance.order_index, schedule.tardiness, strict=True))
    products = {name[1:].split()[0] for name in late}
    by_product = [max(value for name, value in late.items() if name[1:].split()[0] == k) for k in products]
    assert late_assemblies(schedule) == sum(by_product) < late_parts(schedule) == sum(late.values())


def test_second_runs_are_counted() -> None:
    instance = load_instance("tiny-split-washing")
    assert repeats([Schedule(instance, [[("1", 1), ("2", 1), ("3", 1), ("2", 1)]])]) == 1


def test_the_table_says_who_is_ahead() -> None:
    instance = parts_problem(2)
    found = {method: [solve(instance, method).schedule] * 2 for method in ("expert", "expert_orders")}
    table = beside_the_ga({"ga": found["expert_orders"], **found}, late_parts).splitlines()
    assert [line.split()[-2:] for line in table[3:]] == [["2", "0"], ["0", "0"]]
    assert next(iter(COMPARED)) == "ga"


@pytest.mark.parametrize(("name", "words"), [("tiny-ties", "best known 7, proved: at least 7"), ("fig1", "days")])
def test_the_gap_is_told_where_the_kit_knows_it(name: str, words: str) -> None:
    assert gap_line(load_instance(name)).endswith(words)
