"""Proofs by cases that linear programs guide: the best prices, trees that hold at any moment, short certificates."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from cmo_kit import check_schedule, generate_instance
from cmo_kit.base.limits import Limits
from cmo_kit.bounds import Bound, lower_bound, verify
from cmo_kit.bounds.ascent import ascend, first_multipliers, price
from cmo_kit.bounds.branch import PART, WHEN, Node, restrict
from cmo_kit.bounds.grid import to_grid
from cmo_kit.bounds.master import Master, on_grid, price_at
from cmo_kit.bounds.relaxation import FINE_BITS, Domain, Multipliers, Relaxation, relax
from cmo_kit.bounds.residual import Search
from cmo_kit.bounds.shorten import Replay, shorten
from cmo_kit.bounds.trials import Division, Trials, by_orders
from cmo_kit.bounds.whole import Run, schedule_of

pytest.importorskip("highspy")
#: No schedule has less than ``GOAL`` days, and prices alone prove 29.
PROBLEM, GOAL = generate_instance("small", 12, orders=14, sites=3, due_date=(10, 80)), 31


@pytest.fixture(scope="module")
def prices() -> tuple[Relaxation, Multipliers, float]:
    """The problem's relaxation, the prices of a short ascent, and what they prove."""
    found = relax(to_grid(PROBLEM), True, FINE_BITS)
    assert found is not None
    ascent = ascend(found, first_multipliers(found), Domain.all_of(found), None, math.inf, Limits(), 300, 20)
    return found, ascent.best, ascent.bound


@pytest.fixture(scope="module")
def search(prices: tuple[Relaxation, Multipliers, float]) -> Search:
    """The proof that no schedule has less than the goal."""
    found = Search(prices[0], prices[1], GOAL - 1.0)
    found.prove(Limits(), lambda search: None)
    return found


def test_the_program_has_the_best_prices(prices: tuple[Relaxation, Multipliers, float]) -> None:
    """Its value is what its rounded duals prove, but for the rounding, and no ascent proves more."""
    relaxation, _, climbed = prices
    domain, master = Domain.all_of(relaxation), Master(relaxation)
    solved = master.solve(domain, math.inf, Limits())
    assert solved is not None
    assert solved.bound <= solved.objective + 1e-6
    assert solved.bound == pytest.approx(solved.objective, abs=0.01)
    assert solved.bound == price_at(relaxation.pricing, solved.priced.curves, domain)[0]
    assert climbed <= solved.bound + 0.01
    for parts in (1, 64, 1 << 14):
        rounded = on_grid(relaxation.pricing, solved.priced.curves, parts)
        assert (np.diff(rounded[:-2], axis=1) >= 0).all() and len(set(rounded[:-2, -1])) == 1
        assert not rounded[-2:, -1].any()
        assert (rounded % (parts / relaxation.pricing.resolution) == 0).all()


def test_prices_near_the_best_so_far_end_where_the_program_does(
    prices: tuple[Relaxation, Multipliers, float],
) -> None:
    """With fewer columns on the way; and what the given curves prove is never lost."""
    relaxation, multipliers, climbed = prices
    domain, far, near = Domain.all_of(relaxation), Master(relaxation), Master(relaxation)
    _, priced = price(relaxation.pricing, multipliers, domain)
    for master in (far, near):
        master.add_below(priced, domain, priced.least + 1)
    alone = far.solve(domain, math.inf, Limits())
    told: list[int] = []
    guided = near.solve(domain, math.inf, Limits(), near=priced.curves, tell=lambda: told.append(len(near.order)))
    assert alone is not None and guided is not None
    assert guided.objective == pytest.approx(alone.objective, abs=1e-3)
    assert climbed <= guided.bound == pytest.approx(guided.objective, abs=0.01)
    assert len(near.order) < len(far.order) and told == sorted(told) and told[-1] == len(near.order)


def test_a_closed_column_is_not_used(prices: tuple[Relaxation, Multipliers, float]) -> None:
    domain, master = Domain.all_of(prices[0]), Master(prices[0])
    free = master.solve(domain, math.inf, Limits())
    order = int(np.argmax(np.bincount(master.order[free.share > 0.1])))
    domain.whole[order] = False
    tied = master.solve(domain, math.inf, Limits())
    assert tied.objective >= free.objective - 1e-6
    assert tied.share[(master.order == order) & master.single].max() < 1e-9


def test_an_order_of_which_the_program_has_nothing_is_not_divided(
    prices: tuple[Relaxation, Multipliers, float],
) -> None:
    """A clock may stop HiGHS at any moment."""
    master = Master(prices[0])
    solved = master.solve(Domain.all_of(prices[0]), math.inf, Limits())
    order = by_orders(master, solved)[0].node.order
    share = np.where(master.order == order, 0.0, solved.share)
    assert order not in [way.node.order for way in by_orders(master, solved._replace(share=share))]
    assert by_orders(master, solved._replace(share=0 * share)) == []


def test_an_order_whose_runs_are_counted_keeps_that_limit(prices: tuple[Relaxation, Multipliers, float]) -> None:
    """A case must not prove less than the one that it is part of, at the same curves."""
    relaxation, master = prices[0], Master(prices[0])
    solved = master.solve(Domain.all_of(relaxation), math.inf, Limits())
    parted = {way.node.order for way in by_orders(master, solved) if way.node.rule == PART}
    assert not relaxation.pricing.depth[sorted(parted)].any()
    assert not master.single[solved.share > 0.01].all()  # some have several runs


def test_all_cases_are_refuted_and_the_certificate_is_short(search: Search) -> None:
    assert search.proved == GOAL and search.refuted == 1.0 and not search.open
    whole = Domain.all_of(search.relaxation)
    assert Replay(search.relaxation, search.tree, GOAL).holds(0, whole.copy())
    short = shorten(search.relaxation, search.tree, GOAL, Limits())
    assert Replay(search.relaxation, short, GOAL).holds(0, whole.copy())
    assert len(short.curves) < len(search.tree.curves)
    fewer = [node.to_list() for node in short.nodes]
    assert [node[1:] for node in fewer] == [node.to_list()[1:] for node in search.tree.nodes]
    for node in short.nodes:  # every set of curves is needed somewhere
        if node.cases is None:
            kept, node.apply = node.apply, []
            assert not Replay(search.relaxation, short, GOAL).holds(0, whole.copy())
            node.apply = kept


def test_a_tree_without_cases_keeps_what_refutes_it(prices: tuple[Relaxation, Multipliers, float]) -> None:
    """The best prices refute at the root what those of a short ascent do not."""
    relaxation = prices[0]
    search = Search(relaxation, first_multipliers(relaxation), 20.0)
    search.prove(Limits(), lambda search: None)
    assert search.proved == 21 and len(search.tree.nodes) == 1 and len(search.tree.curves) > 1
    short = shorten(relaxation, search.tree, 21, Limits())
    assert Replay(relaxation, short, 21).holds(0, Domain.all_of(relaxation)) and len(short.curves) == 1


def test_a_copy_of_the_program_solves_another_case(prices: tuple[Relaxation, Multipliers, float]) -> None:
    """What is closed in one is open in the other, and both end where they would alone."""
    relaxation, master = prices[0], Master(prices[0])
    whole = Domain.all_of(relaxation)
    solved = master.solve(whole, math.inf, Limits())
    way = next(way for way in by_orders(master, solved) if way.node.rule == WHEN)
    twin, values = master.twin(), []
    for program, second in ((master, False), (twin, True), (master, True), (twin, False)):
        program.allow(restrict(whole, way.node, second))
        values.append(program.run(Limits()))
    assert values[0] == pytest.approx(values[3]) and values[1] == pytest.approx(values[2])
    assert min(values) >= solved.objective - 1e-6 and values[0] != pytest.approx(values[1])
    master.allow(whole)
    assert master.run(Limits()) == pytest.approx(solved.objective)


def test_what_gained_before_is_tried_first() -> None:
    """Of what was never tried more is hoped than the mean of its rule; and a share that moves far counts."""
    trials = Trials()
    good, bad, new = (Division(Node(rule=WHEN, order=i, at=5), 0.5, 0.5) for i in range(3))
    assert trials.promise(good) == trials.promise(bad) == trials.promise(new)
    for _ in range(3):
        trials.learn(good, 2.0, 1.0)
        trials.learn(bad, 0.1, 0.1)
    assert trials.promise(good) > trials.promise(new) > trials.promise(bad)
    assert trials.promise(good) > trials.promise(good._replace(first=0.01, second=0.99))
    assert trials.promise(bad._replace(node=Node(rule=PART, order=1, at=5))) < trials.promise(good)


@pytest.mark.parametrize("moments", [1, 2, 4])
def test_an_interrupted_proof_proves_what_it_says(moments: int) -> None:
    reports: list[Bound] = []

    def stop(bound: Bound) -> None:
        reports.append(bound)
        if sum("refuted" in report.how for report in reports) == moments:
            raise KeyboardInterrupt

    bound = lower_bound(PROBLEM, 60, GOAL, stop)
    assert bound.stopped
    assert reports[-1].lower_bound <= bound.lower_bound <= GOAL
    assert verify(PROBLEM, json.loads(json.dumps(bound.certificate))) == (bound.lower_bound, bound.one_run_lower_bound)


@pytest.mark.parametrize(("seconds", "close_gap"), [(60, False), (None, True)])
def test_the_goal_is_proved(seconds: float | None, close_gap: bool) -> None:
    bound = lower_bound(PROBLEM, seconds, GOAL, close_gap=close_gap)
    assert bound.lower_bound == GOAL and bound.schedule is None  # none is better
    assert "proof by cases" in bound.how
    assert verify(PROBLEM, json.loads(json.dumps(bound.certificate))) == (GOAL, GOAL)


@pytest.fixture(scope="module")
def alone() -> Bound:
    """What is proved where no schedule is known."""
    return lower_bound(PROBLEM, 60)


@pytest.mark.parametrize("told", [None, 40])
def test_a_whole_solution_is_a_schedule_and_lowers_the_goal(told: float | None, alone: Bound) -> None:
    """A proof that knows a poor schedule, or none, ends with an optimal one."""
    bound = alone if told is None else lower_bound(PROBLEM, 60, told)
    assert bound.schedule is not None and check_schedule(PROBLEM, bound.schedule) == []
    assert bound.lower_bound == bound.schedule.total_tardiness == GOAL
    assert verify(PROBLEM, json.loads(json.dumps(bound.certificate))) == (GOAL, GOAL)


def test_runs_are_put_on_as_few_sites_as_they_need(alone: Bound) -> None:
    """Sequences of an optimal schedule come back from its runs alone; a batch less, or a Site less, is no schedule."""
    found = alone.schedule
    assert found is not None
    grid, runs, index = to_grid(PROBLEM), list[Run](), {order.id: i for i, order in enumerate(PROBLEM.orders)}
    for site in found.sites:
        start, before = 0, None
        for name, batches in site:
            i = index[name]
            start += int(grid.gap[before, i]) if before is not None else 0
            start += (batches - 1) * int(grid.gap[i, i])
            runs.append((i, batches, start))
            before = i
    again = schedule_of(PROBLEM, grid, runs[::-1])
    assert again is not None and again.total_tardiness == found.total_tardiness
    assert schedule_of(PROBLEM, grid, runs[1:]) is None
    assert schedule_of(replace(PROBLEM, sites=2), grid, runs) is None
