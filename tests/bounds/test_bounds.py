"""Lower bounds: proofs of optimality, certificates, behaviour at any moment."""

import copy
import itertools
import json
import sys
from dataclasses import replace
from fractions import Fraction
from operator import setitem

import numpy as np
import pytest

from cmo_kit.base.errors import InputError
from cmo_kit.bounds import Bound, lower_bound, prover, verify
from cmo_kit.bounds.grid import to_grid
from cmo_kit.bounds.machine import single_machine_tardiness, work_and_due
from cmo_kit.bounds.relaxation import assignment_duals, relax, successor_classes
from cmo_kit.bounds.verify import single_machine
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance, Order
from cmo_kit.library import load_instance
from cmo_kit.methods.registry import solve
from tests.helpers.enumeration import optimum

#: The numbers below belong to these ranges, whatever the generator's defaults are.
RANGES = {"processing": ((1, 3), (2, 3), (1, 2)), "change": ((0, 0), (10, 12), (10, 12)), "due_date": (15, 170)}


def small(seed, **changes):
    return generate_instance("small", seed, **{**RANGES, **changes})


@pytest.fixture(scope="module")
def proof() -> tuple[Instance, Bound]:
    """Small problem 2, proved optimal at 184 by cases."""
    instance = small(2)
    return instance, lower_bound(instance, seconds=300, upper_bound=184)


def test_small_problem_is_proved_optimal(proof):
    """The proof by cases reaches the total tardiness of a known schedule, 184, which prices alone do not."""
    instance, bound = proof
    assert bound.lower_bound == bound.one_run_lower_bound == 184
    assert "proof by cases" in bound.how
    assert lower_bound(instance).lower_bound in (182, 183)


def test_certificate_survives_json_and_verifies(proof):
    instance, bound = proof
    assert verify(instance, json.loads(json.dumps(bound.certificate))) == (184, 184)


def node(tree, cases):
    """The first node of a tree that has cases, or that has none."""
    return next(node for node in tree["nodes"] if (len(node) > 1) == cases)


#: Changes of a certificate and of the tree in it.
TAMPERINGS = {
    "more is claimed": lambda document, tree: document.update(lower_bound=185),
    "more is claimed for one run": lambda document, tree: document.update(one_run_lower_bound=185),
    "another instance": lambda document, tree: document.update(digest="0" * 64),
    "a higher goal": lambda document, tree: (
        tree.update(beat=[190, 1]), document.update(lower_bound=191, one_run_lower_bound=191)
    ),
    "a case without curves": lambda document, tree: setitem(node(tree, False), 0, []),
    "one case twice": lambda document, tree: setitem(node(tree, True), 5, node(tree, True)[4]),
    "a circle": lambda document, tree: setitem(node(tree, True), 4, 0),
    "cases before prices": lambda document, tree: setitem(tree["nodes"][0], 0, []),
    "a curve that falls": lambda document, tree: setitem(tree["curves"][0][0], slice(10, 12), [9, -5]),
    "a dearer end": lambda document, tree: setitem(tree["curves"][0][0], -1, tree["curves"][0][0][-1] + 1024),
    "a longer step": lambda document, tree: tree.update(unit=[2, 1]),
    "a lost field": lambda document, tree: tree.pop("offsets"),
}  # fmt: skip


@pytest.mark.parametrize("change", TAMPERINGS)
def test_tampered_certificate_is_rejected(proof, change):
    instance, bound = proof
    certificate = copy.deepcopy(bound.certificate)
    TAMPERINGS[change](certificate, next(part for part in certificate["parts"] if part["kind"] == "tree"))
    with pytest.raises(InputError):
        verify(instance, certificate)


def test_certificate_of_one_instance_does_not_serve_another(proof):
    _, bound = proof
    other = small(2, due_date=(100, 170))
    certificate = {**bound.certificate, "digest": other.digest}
    with pytest.raises(InputError):
        verify(other, certificate)


def test_progress_never_falls():
    reports: list[Bound] = []
    bound = lower_bound(small(5), seconds=3, upper_bound=68, progress=reports.append)
    values = [report.lower_bound for report in reports]
    assert len(reports) > 3
    assert values == sorted(values)
    assert values[0] < values[-1] <= bound.lower_bound <= 68


def test_interrupt_keeps_the_best_bound_so_far():
    instance, reports = small(1), []

    def interrupt(report: Bound) -> None:
        reports.append(report)
        if len(reports) == 12:
            raise KeyboardInterrupt

    bound = lower_bound(instance, seconds=60, progress=interrupt)
    assert len(reports) == 12
    assert 0 < reports[-1].lower_bound <= bound.lower_bound <= 349
    assert verify(instance, bound.certificate) == (bound.lower_bound, bound.one_run_lower_bound)


def test_no_time_gives_a_valid_bound_at_once():
    instance = small(4)
    bound = lower_bound(instance, seconds=0)
    assert bound.seconds < 60
    assert 0 < bound.lower_bound < 320
    assert verify(instance, bound.certificate)[0] == bound.lower_bound


def test_wrong_upper_bound_costs_no_validity():
    """There is a schedule of 165, and prices prove 160."""
    instance = small(4, orders=12, sites=3, due_date=(10, 60))
    for wrong in (1, 100_000):
        assert 150 < lower_bound(instance, upper_bound=wrong).lower_bound <= 165


def test_generated_problems_need_two_price_curves():
    """On generated problems the successor's column has one of two shapes, up to a constant."""
    gap = to_grid(small(1)).gap
    classes = successor_classes(gap, 30)
    assert classes.number == 2
    for j, k in itertools.combinations(range(30), 2):
        if classes.member[j] == classes.member[k]:
            rows = [i for i in range(30) if i not in (j, k)]
            assert set(gap[rows, j] + classes.offset[j] - gap[rows, k] - classes.offset[k]) == {0}


def test_assignment_duals_are_feasible_and_optimal():
    """The duals never exceed a gap and add up to the cheapest assignment without fixed points."""
    rng = np.random.default_rng(3)
    for _ in range(60):
        n = int(rng.integers(2, 7))
        gap = rng.integers(0, 20, size=(n, n))
        alpha, beta = assignment_duals(gap)
        assert all(alpha[i] + beta[j] <= gap[i, j] for i in range(n) for j in range(n) if i != j)
        best = min(
            sum(gap[i, to[i]] for i in range(n))
            for to in itertools.permutations(range(n))
            if all(to[i] != i for i in range(n))
        )
        assert alpha.sum() + beta.sum() == best


def test_single_machine_is_solved_exactly():
    """Lawler's decomposition, in both forms, agrees with all permutations."""
    rng = np.random.default_rng(5)
    for _ in range(150):
        n = int(rng.integers(1, 8))
        lengths, due = rng.integers(0, 12, n).tolist(), rng.integers(-5, 40, n).tolist()
        best = min(
            sum(
                max(0, end - due[i])
                for i, end in zip(order, itertools.accumulate(lengths[i] for i in order), strict=True)
            )
            for order in itertools.permutations(range(n))
        )
        assert single_machine_tardiness(lengths, due) == best


def test_both_single_machine_bounds_agree():
    for seed in range(1, 6):
        grid = to_grid(small(seed))
        again = single_machine(grid.gap.tolist(), grid.batches.tolist(), list(grid.due), grid.sites)
        assert single_machine_tardiness(*work_and_due(grid)) == again


def test_very_long_orders_fall_back_on_the_single_machine():
    """Thousands of batches per order are too many to price; the bound is then that of one machine."""
    orders = tuple(Order(str(i), 20_000, 100 * i, (1, 0, 0)) for i in range(4))
    instance = Instance("long", 2, orders, ((0.0,) * 4,) * 4)
    bound = lower_bound(instance, seconds=5)
    assert bound.how == "all Sites as one fast machine"
    assert bound.lower_bound == sum(range(10_000, 50_000, 10_000)) - 600
    assert verify(instance, bound.certificate)[0] == bound.lower_bound


def test_single_order_is_bounded_by_what_it_takes_alone():
    """One order of 5 batches on 2 Sites needs 3 on one of them: starts 0, 4, 8 and 5 days of processing."""
    instance = Instance("one", 2, (Order("a", 5, 3, (2, 2, 1)),), ((2.0,),))
    assert lower_bound(instance).lower_bound == 8 + 5 - 3


def test_fractional_weights_and_times_lose_nothing_on_the_grid():
    """Halves and weights like 2.5 are integers in the right unit, so a bound may be rounded up to their multiples."""
    weights = load_instance("tiny-weights")
    grid = to_grid(weights)
    assert grid.factor == 2 and grid.weight.tolist() == [2, 10, 5]
    assert to_grid(load_instance("tiny-halves")).unit == Fraction(1, 2)
    bound = lower_bound(weights, seconds=60, upper_bound=16.5)
    assert bound.lower_bound == 16.5 == verify(weights, bound.certificate)[0]


def test_tenths_are_as_exact_as_halves():
    """0.1 is no float but a decimal: the grid loses nothing, and a bound of ticks is the number that schedules show."""
    orders = (Order("1", 2, 0.1, (2,), 0.1), Order("2", 1, 0.3, (2.1,), 0.3))
    instance = Instance("tenths", 1, orders, ((1, 2), (2, 1)), ("work",))
    grid = to_grid(instance)
    assert (grid.unit, grid.factor, grid.worth) == (Fraction(1, 10), 10, 1)
    bound = lower_bound(instance, seconds=60, upper_bound=solve(instance, "expert").total_tardiness)
    best = optimum(instance).value
    assert bound.lower_bound == round(best, 9) == verify(instance, bound.certificate).lower_bound


def test_a_single_machine_with_too_many_cases_is_left_out(monkeypatch):
    """Where Lawler's decomposition meets too many subproblems, the other bounds still hold, and verification agrees."""
    instance = small(4)
    whole = lower_bound(instance, seconds=0)
    monkeypatch.setattr("cmo_kit.bounds.machine.MOST_STATES", 3)
    less = lower_bound(instance, seconds=0)
    assert less.lower_bound < whole.lower_bound
    assert verify(instance, less.certificate)[0] >= less.lower_bound
    monkeypatch.setattr(sys.modules["cmo_kit.bounds.verify"], "MOST_PROBLEMS", 3)
    assert verify(instance, less.certificate)[0] == less.lower_bound
    with pytest.raises(InputError, match="is proved"):
        verify(instance, whole.certificate)


def test_too_many_shapes_of_columns_share_one_price_curve():
    """Where every order would need a curve of its own and there may not be so many, all share one."""
    gap = np.random.default_rng(1).integers(0, 20, size=(6, 6))
    assert successor_classes(gap, 6).number == 6
    shared = successor_classes(gap, 5)
    assert shared.number == 1
    assert set(shared.member) == {0}
    assert (shared.offset >= 0).all()


def test_prices_that_floats_cannot_add_are_not_used():
    """Many heavy orders and thousands of Sites need nearly the 53 bits of a float; beyond, there are no prices."""
    orders = tuple(Order(str(i), 2, 1, (20_000 + i,), 10**6 - i) for i in range(200))
    instance = Instance("heavy", 10_000, orders, ((0,) * 200,) * 200, operations=("one",))
    grid = to_grid(instance)
    found = relax(grid, True)
    most = int(grid.weight.sum()) * (found.pricing.end + 1) * (400 + 10_000 + 2)
    assert 2**50 < most * found.pricing.resolution <= 2**53
    assert relax(replace(grid, weight=grid.weight * 1000), True) is None


NEVER = 2.0**53 - 1


@pytest.mark.parametrize(
    ("sites", "due", "times", "setup"),
    [
        (2, 5e6, (0.00012345,), 0.0001),
        (1000, 2e7, (0.12345, 0.2), 0.4321),
        (1000, 1e8, (0.12345, 0.2), 0.4321),
        (10_000, NEVER, (1, 1), 1),
        (1, NEVER, (1e-6, 1e-6), 0),
    ],
)
def test_orders_that_are_never_due_cost_nothing(sites: int, due: float, times: tuple[float, ...], setup: float) -> None:
    orders = tuple(Order(name, 2, due, times) for name in "abc")
    instance = Instance("never", sites, orders, ((setup,) * 3,) * 3, tuple(map(str, range(len(times)))))
    bound = lower_bound(instance, seconds=5)
    assert bound.lower_bound == 0 == verify(instance, bound.certificate).lower_bound


@pytest.mark.parametrize("upper_bound", [None, 12])
def test_orders_without_gaps_start_all_at_once(upper_bound: float | None) -> None:
    """Six batches that take no time on a Site: three orders, each 4 days late by its tail alone."""
    orders = tuple(Order(name, 2, 1, (0, 5)) for name in "abc")
    instance = Instance("zero", 2, orders, ((0,) * 3,) * 3, operations=("seed", "main"))
    bound = lower_bound(instance, 5, upper_bound)
    assert bound.lower_bound == 12 == verify(instance, bound.certificate).lower_bound


def test_long_tails_are_exact():
    orders = tuple(Order(name, 1, 3, (1, tail)) for name, tail in (("a", 1e11), ("b", 3), ("c", 3)))
    instance = Instance("tails", 1, orders, ((1,) * 3,) * 3, operations=("seed", "main"))
    bound = lower_bound(instance, 5, 1e11 + 2.0)
    assert bound.lower_bound == optimum(instance).value == verify(instance, bound.certificate).lower_bound


def test_weights_of_many_decimals_and_of_any_size_are_weights():
    orders = tuple(Order(str(w), 1, 3, (2,), w) for w in (1 / 3, 1e12, 0.1))
    instance = Instance("weights", 1, orders, ((1,) * 3,) * 3, operations=("one",))
    bound = lower_bound(instance, 5, 1e3)
    assert bound.lower_bound <= optimum(instance).value
    assert verify(instance, bound.certificate) == (bound.lower_bound, bound.one_run_lower_bound)


@pytest.mark.parametrize("rounds", [4, 5, 6])
def test_a_certificate_has_all_that_is_claimed_where_two_grids_nearly_agree(
    rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The single machine's bound is on a finer grid; on the coarse one that of prices, not rounded up, is below it."""
    times = ((0.631429169986, 0.002, 0.0015), (0.0005, 0, 0.005), (0.0015, 0.0025, 0.0005))
    orders = [Order(f"o{i}", Q, due, times[i]) for i, (Q, due) in enumerate([(1, 0.0165), (4, 10**12), (1, 0.0165)])]
    problem = Instance("drawn", 1, tuple(orders), ((0, 0, 0.012), (0, 0, 0), (0.012, 0, 0)))
    monkeypatch.setattr(prover, "ASCENT_ROUNDS", rounds)
    bound = lower_bound(problem, None, 0.620429169986)
    assert verify(problem, bound.certificate) == (bound.lower_bound, bound.one_run_lower_bound)
