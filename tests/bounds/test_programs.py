"""Proofs by cases that linear programs guide: the best prices, trees that hold at any moment, short certificates."""

import json
import math

import numpy as np
import pytest

from cmo_kit import generate_instance
from cmo_kit.base.limits import Limits
from cmo_kit.bounds import Bound, lower_bound, verify
from cmo_kit.bounds.ascent import ascend, first_multipliers
from cmo_kit.bounds.branch import PART
from cmo_kit.bounds.grid import to_grid
from cmo_kit.bounds.master import Master, on_grid, price_at
from cmo_kit.bounds.relaxation import FINE_BITS, Domain, Multipliers, Relaxation, relax
from cmo_kit.bounds.residual import Search, divisions
from cmo_kit.bounds.shorten import Replay, shorten

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
        assert (np.diff(rounded, axis=1) >= 0).all() and len(set(rounded[:, -1])) == 1
        assert (rounded % (parts / relaxation.pricing.resolution) == 0).all()


def test_a_closed_column_is_not_used(prices: tuple[Relaxation, Multipliers, float]) -> None:
    domain, master = Domain.all_of(prices[0]), Master(prices[0])
    free = master.solve(domain, math.inf, Limits())
    order = int(np.argmax(np.bincount(master.order[free.share > 0.1])))
    domain.whole[order] = False
    tied = master.solve(domain, math.inf, Limits())
    assert tied.objective >= free.objective - 1e-6
    assert not tied.share[(master.order == order) & master.single].any()


def test_an_order_of_which_the_program_has_nothing_is_not_divided(
    prices: tuple[Relaxation, Multipliers, float],
) -> None:
    """A clock may stop HiGHS at any moment."""
    master = Master(prices[0])
    solved = master.solve(Domain.all_of(prices[0]), math.inf, Limits())
    order = divisions(master, solved)[0].order
    share = np.where(master.order == order, 0.0, solved.share)
    assert order not in [node.order for node in divisions(master, solved._replace(share=share))]
    assert divisions(master, solved._replace(share=0 * share)) == []


def test_an_order_whose_runs_are_counted_keeps_that_limit(prices: tuple[Relaxation, Multipliers, float]) -> None:
    """A case must not prove less than the one that it is part of, at the same curves."""
    relaxation, master = prices[0], Master(prices[0])
    solved = master.solve(Domain.all_of(relaxation), math.inf, Limits())
    parted = {node.order for node in divisions(master, solved) if node.rule == PART}
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
    assert bound.lower_bound == GOAL
    assert "proof by cases" in bound.how
    assert verify(PROBLEM, json.loads(json.dumps(bound.certificate))) == (GOAL, GOAL)


def test_without_a_known_schedule_the_optimum_is_never_passed() -> None:
    """There is a schedule with 32 days."""
    bound = lower_bound(PROBLEM, 10)
    assert 29 <= bound.lower_bound <= 32
    assert verify(PROBLEM, bound.certificate)[0] == bound.lower_bound
