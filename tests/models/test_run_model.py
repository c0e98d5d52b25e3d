"""The run-level models: equal to enumeration, every family of constraints needed, honest in what they report."""

import math
import signal
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from cmo_kit import InputError, Instance, Order, check_schedule, load_instance, solve
from cmo_kit.base.cbc import SolverAnswer, run_cbc
from cmo_kit.base.errors import MissingPartError
from cmo_kit.core.outcome import Outcome
from cmo_kit.models import common
from cmo_kit.models.cpsat import CircuitModel
from cmo_kit.models.deadlines import latest_starts
from cmo_kit.models.highs import best_printed, run_highs
from cmo_kit.models.model_size import model_size, run_model_size
from cmo_kit.models.run_model import BigMModel, FlowModel, RunModel
from tests.helpers.enumeration import last_starts, numbers, optimum
from tests.helpers.refused import refused
from tests.helpers.strategies import tiny_instance
from tests.helpers.thorough import THOROUGH

MODELS = (BigMModel, FlowModel)

#: One Site; optimum 11 by [P].
ONE_SITE = load_instance("tiny-one-site")
#: Two Sites, initial setups that count.
OPENED = Instance(
    name="opened",
    sites=2,
    orders=(Order("a", 2, 3, (2, 3)), Order("b", 1, 4, (4, 1)), Order("c", 2, 6, (1, 1))),
    setup=((1, 6, 3), (8, 3, 2), (4, 4, 1)),
    operations=("x", "y"),
    initial_setup_times=(11, 13, 9),
)
#: Gaps of 0 both ways between two orders that open a Site late.
INSTANT = Instance(
    name="instant",
    sites=1,
    orders=(Order("a", 1, 0, (0, 2)), Order("b", 1, 0, (0, 3))),
    setup=((0, 0), (0, 0)),
    operations=("x", "y"),
    initial_setup_times=(5, 5),
)


def assert_equals_enumeration(instance: Instance, method: str, **parameters: Any) -> None:
    """The optimum over one run per order and Site, reported as far as it is a proof."""
    best = optimum(instance, merge=True).value
    result = solve(instance, method, seconds=60, **parameters)
    assert check_schedule(instance, result.schedule) == []
    assert result.total_tardiness == pytest.approx(best, abs=1e-9), instance.name
    assert result.one_run_lower_bound == pytest.approx(best, abs=1e-5), instance.name
    if instance.one_run_failure is None or best == 0:
        assert (result.status, result.lower_bound) == ("optimal", result.total_tardiness), instance.name
    else:
        assert (result.status, result.lower_bound) == ("feasible", 0), instance.name


# Against enumeration.


@pytest.mark.parametrize("hint", ["atcs", "none"])
@pytest.mark.parametrize("seed", range(40 if THOROUGH else 20))
def test_the_run_level_model_equals_enumeration(seed: int, hint: str) -> None:
    assert_equals_enumeration(tiny_instance(seed), "run_milp", hint=hint)


@pytest.mark.parametrize("seed", range(40, 60 if THOROUGH else 50))
def test_time_by_big_m_gives_the_same_optimum(seed: int) -> None:
    assert_equals_enumeration(tiny_instance(seed), "run_milp", timing="big-M", hint="none")


@pytest.mark.parametrize("seed", range(60, 85))
def test_highs_equals_enumeration(seed: int) -> None:
    pytest.importorskip("highspy")
    assert_equals_enumeration(tiny_instance(seed), "run_milp", solver="highs", hint=("atcs", "none")[seed % 2])


@pytest.mark.parametrize("seed", range(60, 110))
def test_cpsat_equals_enumeration(seed: int) -> None:
    pytest.importorskip("ortools")
    assert_equals_enumeration(tiny_instance(seed), "cpsat", hint=("atcs", "none")[seed % 2])


# Deadlines.


@pytest.mark.parametrize("seed", range(150 if THOROUGH else 60))
def test_some_optimal_schedule_keeps_all_deadlines(seed: int) -> None:
    """Alone, balanced, or as good as a known schedule: one best one-run schedule keeps all deadlines at once."""
    instance = tiny_instance(seed)
    best = optimum(instance, merge=True)
    for known in (None, best.value, best.value + 3):
        E = latest_starts(instance, known) + 1e-9
        assert any((np.array(last_starts(numbers(instance), sites)) <= E).all() for sites in best.winners)


def test_deadlines_become_shorter_with_a_known_schedule() -> None:
    instance = load_instance("small-1")
    free, known = latest_starts(instance), latest_starts(instance, 300)
    assert (known <= free).all()
    assert (known < free).any()
    assert free.max() < instance.horizon / 2  # three balanced Sites


# The families of constraints.


def objective(model: RunModel) -> float:
    answer = run_cbc(model.problem, 60)
    assert answer.status == "optimal"
    return answer.objective


#: Families that forbid what would pay, and where.
PAYING = [
    *[(kind, OPENED, name) for kind in MODELS for name in ("batches", "flow", "lateness")],
    *[(kind, INSTANT, name) for kind in MODELS for name in ("presence", "rank")],
    *[(BigMModel, OPENED, name) for name in ("opening", "succession")],
    *[(FlowModel, OPENED, name) for name in ("handing", "arrival", "departure")],
]
#: Families that have a test of their own below.
OTHERS = {BigMModel: ["sorted_sites", "deadline"], FlowModel: ["sorted_sites"]}


@pytest.mark.parametrize(("kind", "instance", "family"), PAYING)
def test_without_a_family_the_optimum_falls(kind: type[RunModel], instance: Instance, family: str) -> None:
    """Each family forbids something that would pay: without it the model claims less than any schedule costs."""
    best = optimum(instance, merge=True).value
    assert objective(kind(instance)) == pytest.approx(best, abs=1e-6)
    assert objective(kind(instance, without=[family])) <= best - 1


@pytest.mark.parametrize("kind", MODELS)
def test_sorted_sites_forbid_the_mirror_image(kind: type[RunModel]) -> None:
    """With order 1 on the second Site only, the model has a solution only if Sites need not be sorted."""
    status = {}
    for without in ((), ("sorted_sites",)):
        model = kind(OPENED, without=without)
        model.problem += model.x[1, 1] == 0
        status[without] = run_cbc(model.problem, 60).status
    assert status == {(): "infeasible", ("sorted_sites",): "optimal"}


def test_deadlines_forbid_a_run_that_ends_after_them() -> None:
    """By big-M only the rows of the family keep the last batch of a long run within its deadline."""
    status = {}
    for without in ((), ("deadline",)):
        model = BigMModel(OPENED, without=without)
        model.problem += model.last(1, 1) >= model.E[1] + 1
        status[without] = run_cbc(model.problem, 60).status
    assert status == {(): "infeasible", ("deadline",): "optimal"}


@pytest.mark.parametrize("kind", MODELS)
def test_every_family_is_tested_and_no_other_can_be_left_out(kind: type[RunModel]) -> None:
    tested = [name for other, _, name in PAYING if other is kind] + OTHERS[kind]
    assert sorted(tested) == sorted(kind.families)
    assert all(getattr(kind, name).__doc__ for name in tested)
    with pytest.raises(InputError, match="without names 'absent'; it may name batches"):
        kind(ONE_SITE, without=["absent"])


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("name", ["tiny-one-site", "tiny-initial-setups", "fig3", "small-1"])
def test_the_size_is_never_underestimated(kind: type[RunModel], name: str) -> None:
    """Counts without building are at least those of the built model."""
    instance = load_instance(name)
    model, size = kind(instance), run_model_size(instance)
    constraints = model.problem.constraints
    entries = list(constraints() if callable(constraints) else constraints.values())
    ranks = len(model.n) + len(model.instant) * instance.sites  # only with gaps of 0
    assert len(model.problem.variables()) <= size.variables + ranks
    assert len(entries) <= size.constraints + ranks
    assert sum(len(entry) for entry in entries) <= size.nonzeros + 3 * ranks


@pytest.mark.parametrize("number", range(1, 6))
def test_on_small_problems_the_model_is_less_than_a_thirtieth_of_p(number: int) -> None:
    instance = load_instance(f"small-{number}")
    ours, paper = run_model_size(instance), model_size(instance)
    for name in ("variables", "constraints", "nonzeros"):
        assert 0 < getattr(ours, name) < getattr(paper, name) / 30


# Honest reports.


def test_where_one_run_is_not_enough_nothing_is_called_optimal() -> None:
    """A split run reaches 0 here; the model's optimum 3 is a bound for one run per order and Site only."""
    result = solve(load_instance("tiny-split-pipeline"), "run_milp", seconds=60)
    assert (result.total_tardiness, result.status) == (3, "feasible")
    assert (result.lower_bound, result.one_run_lower_bound) == (0, 3)


@pytest.mark.parametrize("hint", ["atcs", "none"])
def test_a_solver_that_forgives_tardiness_is_not_believed(hint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = run_cbc

    def forgiving(*asked: Any) -> SolverAnswer:
        answer = real(*asked)
        return SolverAnswer("optimal", answer.objective - 5, answer.lower_bound - 5, False, answer.log)

    monkeypatch.setattr(common, "run_cbc", forgiving)
    result = solve(ONE_SITE, "run_milp", seconds=60, hint=hint)
    assert (result.status, result.total_tardiness, result.lower_bound) == ("feasible", 11, 6)


def test_nothing_late_needs_no_solver() -> None:
    result = solve(load_instance("tiny-on-time"), "run_milp", seconds=60)
    assert (result.status, result.total_tardiness, result.one_run_lower_bound) == ("optimal", 0, 0)


# Limits, refusals, missing parts.


def test_a_limit_that_comes_first_leaves_the_hint() -> None:
    """The hint has a share of the limit itself, and always its first schedule."""
    hinted = solve(load_instance("small-1"), "run_milp", seconds=0)
    assert hinted.status == "feasible"
    first = solve(load_instance("small-1"), "atcs", evaluations=1)
    assert hinted.schedule.sites == first.schedule.sites  # type: ignore[union-attr]
    bare = solve(load_instance("small-1"), "run_milp", seconds=0, hint="none")
    assert (bare.status, bare.schedule, bare.lower_bound) == ("no_solution", None, 0)


def test_the_seconds_are_kept_on_a_small_problem() -> None:
    """30 orders are too many for a proof in a second; the best so far comes back soon after, with a bound below."""
    result = solve(load_instance("small-1"), "run_milp", seconds=1)
    assert result.seconds < 60
    assert result.status == "feasible"
    assert result.lower_bound <= result.total_tardiness


def test_a_model_that_does_not_fit_is_not_built() -> None:
    result = solve(load_instance("small-1"), "run_milp", memory_limit=0.001)
    assert result.status == "too_large"
    assert result.details["estimated_bytes"] > 0.001 * 2**30


@pytest.mark.parametrize("method", ["run_milp", "cpsat"])
@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"evaluations": 5}, "evaluations is 5"),
        ({"hint": "search"}, "hint is 'search'; it must be one of atcs, edd_orders, none"),
        ({"workers": 0}, "workers is 0"),
    ],
)
def test_what_a_method_does_not_take_is_refused(method: str, parameters: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        solve(ONE_SITE, method, **parameters)


@pytest.mark.parametrize(
    ("method", "parameters", "module", "extra"),
    [("run_milp", {"solver": "highs"}, "highspy", "highs"), ("cpsat", {}, "ortools.sat.python.cp_model", "cpsat")],
)
def test_a_missing_extra_is_named_in_one_sentence(
    method: str, parameters: dict[str, Any], module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with refused(f"pip install 'cmo-kit[{extra}]'", error=MissingPartError):
        solve(ONE_SITE, method, **parameters)


def never(forbidden: float, step: float = 1.0, weight: float = 1.0) -> Instance:
    """Two orders on two Sites where order 2 must not follow order 1; optimum 7 steps."""
    orders = (Order("1", 2, 6 * step, (3 * step, 3 * step, 4 * step), weight),
              Order("2", 1, 7 * step, (2 * step, step, step), weight))  # fmt: skip
    return Instance("never", 2, orders, ((0, forbidden), (6 * step, 2 * step)))


@pytest.mark.parametrize("forbidden", [1e4, 1e6, 1e9, 1e15])
@pytest.mark.parametrize(
    ("method", "parameters", "module"),
    [
        ("milp", {}, "pulp"),
        ("run_milp", {}, "pulp"),
        ("run_milp", {"hint": "none"}, "pulp"),
        ("run_milp", {"hint": "none", "timing": "big-M"}, "pulp"),
        ("run_milp", {"hint": "none", "solver": "highs"}, "highspy"),
        ("cpsat", {"hint": "none"}, "ortools"),
    ],
)
def test_a_forbidden_change_makes_no_false_proof(
    forbidden: float, method: str, parameters: dict[str, Any], module: str
) -> None:
    """A change that lasts for ever, as planners write it, leads to a proof of 7 or to none."""
    pytest.importorskip(module)
    result = solve(never(forbidden), method, seconds=60, **parameters)
    assert result.total_tardiness is None or result.total_tardiness >= 7
    assert max(result.lower_bound, result.one_run_lower_bound or 0) <= 7
    assert (result.status == "optimal") == (result.lower_bound == result.total_tardiness == 7)
    if forbidden == 1e4 or method == "cpsat" or (method == "run_milp" and not parameters):
        assert result.status == "optimal", "small numbers, whole ones, or a hint that makes them small"
    if result.status == "feasible" and method != "cpsat":
        assert result.details["solver_status"] in ("optimal", "feasible")
        assert result.details["solver_bound"] >= 0


def test_halves_are_proved_in_whole_ticks() -> None:
    """Two orders on one Site: 8 one way round, 7.5 the other, which no solver may leave out."""
    orders = (Order("1", 1, 2, (2, 1.5)), Order("2", 1, 1, (2, 1)))
    instance = Instance("halves", 1, orders, ((0, 2.5), (2, 2)), ("a", "b"))
    for parameters in ({}, {"timing": "big-M"}, {"hint": "none"}):
        result = solve(instance, "run_milp", seconds=60, **parameters)
        assert (result.status, result.total_tardiness, result.lower_bound) == ("optimal", 7.5, 7.5)


def test_numbers_beyond_cpsat_are_not_given_to_it() -> None:
    pytest.importorskip("ortools")
    huge = never(1e9, 1e13, 1e6)
    result = solve(huge, "cpsat", seconds=60)
    assert (result.status, result.lower_bound) == ("feasible", 0)
    assert result.details["solver_status"] == "not run: numbers are too large"
    assert result.summary()
    bare = solve(huge, "cpsat", seconds=60, hint="none")
    assert (bare.status, bare.schedule) == ("no_solution", None)
    assert "no schedule" in bare.summary()
    with pytest.raises(InputError, match="'never' has fractions or too large numbers"):
        CircuitModel(huge)
    with pytest.raises(InputError, match="'tiny-halves' has fractions"):
        CircuitModel(load_instance("tiny-halves"))


def test_times_without_end_are_proved_up_to_their_rounding() -> None:
    """Endless decimals are rounded to ticks: nothing but 0 is optimal, and bounds stay below by that much."""
    pytest.importorskip("ortools")
    endless = never(20, math.pi)
    assert not endless.time_ticks.exact
    result = solve(endless, "cpsat", seconds=60, hint="none")
    assert result.status == "feasible"
    assert 7 * math.pi - 1e-9 < result.one_run_lower_bound < 7 * math.pi - endless.rounding / 2 / endless.per_unit


@pytest.mark.parametrize(
    ("method", "parameters", "module"),
    [
        ("run_milp", {}, "pulp"),
        ("run_milp", {"solver": "highs"}, "highspy"),
        ("cpsat", {}, "ortools.sat.python.cp_model"),
    ],
)
def test_ctrl_c_keeps_the_best(method: str, parameters: dict[str, Any], module: str) -> None:
    pytest.importorskip(module)

    def interrupt(best: float, count: int, seconds: float) -> None:
        signal.raise_signal(signal.SIGINT)

    result = solve(load_instance("small-1"), method, seconds=600, progress=interrupt, **parameters)
    assert result.status == "stopped"
    assert result.seconds < 600
    assert result.one_run_lower_bound is None or result.one_run_lower_bound <= result.total_tardiness


@pytest.mark.parametrize(
    ("method", "part", "module"), [("run_milp", "common.run_cbc", "pulp"), ("cpsat", "cpsat.CircuitModel", "ortools")]
)
def test_ctrl_c_while_building_keeps_the_hint(
    method: str, part: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(module)

    monkeypatch.setattr(f"cmo_kit.models.{part}", Mock(side_effect=KeyboardInterrupt))
    result = solve(ONE_SITE, method, hint="edd_orders")
    assert result.status == "stopped"
    assert result.total_tardiness == solve(ONE_SITE, "expert_orders").total_tardiness


@pytest.mark.parametrize(("method", "module"), [("run_milp", "pulp"), ("cpsat", "ortools")])
def test_ctrl_c_while_the_hint_is_made_ends_the_run(method: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(module)
    monkeypatch.setattr("cmo_kit.models.common.atcs", Mock(return_value=Outcome(None, "stopped")))
    assert solve(ONE_SITE, method).status == "stopped"


def test_highs_is_not_begun_without_time() -> None:
    pytest.importorskip("highspy")
    model = FlowModel(ONE_SITE, None)
    answer = run_highs(model.problem, 0.0)
    assert (answer.status, answer.objective, answer.lower_bound) == ("no_solution", None, 0.0)


def test_a_crash_of_highs_is_told_and_takes_nothing_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS 1.14 has crashed on a small model of ours; the hint then stays the answer, and nothing is proved."""
    pytest.importorskip("highspy")
    program = tmp_path / "crash.py"
    program.write_text("import os\nos.abort()\n", encoding="utf-8")
    monkeypatch.setattr("cmo_kit.models.highs_program.__file__", str(program))
    result = solve(ONE_SITE, "run_milp", solver="highs", hint="edd_orders")
    assert (result.status, result.lower_bound, result.details["solver_status"]) == ("feasible", 0.0, "crashed")
    assert result.total_tardiness == solve(ONE_SITE, "expert_orders").total_tardiness


def test_highs_says_its_best_so_far() -> None:
    assert best_printed("") == np.inf
    assert best_printed("best 12.5\nbest 7.0\nSolving") == 7.0
