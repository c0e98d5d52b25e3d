"""[P] with CBC and with HiGHS, cold and from a schedule."""

import json
from typing import Any

import numpy as np
import pytest

from cmo_kit import Schedule, check_schedule, decode, load_instance, solve
from cmo_kit.base.cbc import SolverAnswer, run_cbc
from cmo_kit.base.errors import MissingPartError
from cmo_kit.core.model import ModelP
from cmo_kit.core.outcome import Outcome
from cmo_kit.methods import milp
from cmo_kit.methods.milp import start_values
from tests.helpers.enumeration import optimum
from tests.helpers.refused import refused
from tests.helpers.strategies import LIMITED, tiny_instance
from tests.helpers.thorough import THOROUGH

ONE_SITE = load_instance("tiny-one-site")


@pytest.fixture(params=["cbc", "highs"])
def solver(request: pytest.FixtureRequest) -> str:
    if request.param == "highs":
        pytest.importorskip("highspy")
    return str(request.param)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[SolverAnswer]:
    """What the solvers of a test answered."""
    seen: list[SolverAnswer] = []
    real = milp.run_any

    def listening(*asked: Any, **named: Any) -> SolverAnswer:
        seen.append(real(*asked, **named))
        return seen[-1]

    monkeypatch.setattr(milp, "run_any", listening)
    return seen


@pytest.mark.parametrize("seed", range(3, 60 if THOROUGH else 6))
def test_both_solvers_agree_with_enumeration_and_are_never_worse_than_their_start(seed: int, solver: str) -> None:
    instance = tiny_instance(seed)
    best = optimum(instance).value
    drawn = decode(instance, np.random.default_rng(seed).random(instance.key_count))
    for start in (None, "expert", drawn):
        result = solve(instance, "milp", seed, seconds=60, solver=solver, start=start)
        assert result.total_tardiness == pytest.approx(best, abs=1e-9), instance.name
        assert result.lower_bound <= best + 1e-9
        assert check_schedule(instance, result.schedule) == []
        if solver == "cbc" or start is None:  # HiGHS may end with a bound that is too low, and then it is not believed
            assert result.status == "optimal"
    at_once = solve(instance, "milp", seconds=0, solver=solver, start=drawn)
    assert at_once.total_tardiness <= drawn.total_tardiness
    assert at_once.lower_bound <= best


@pytest.mark.parametrize("seed", range(12))
def test_the_values_of_a_start_are_those_of_its_schedule(seed: int) -> None:
    """With them fixed, [P] costs what the schedule costs, and has as many batches on each Site."""
    instance = tiny_instance(seed).whole
    schedule = decode(instance, np.random.default_rng(seed).random(instance.key_count))
    model = ModelP(instance)
    values = start_values(model, schedule)
    for variable in model.problem.variables():
        if variable.name in values:
            variable.lowBound = 1
    answer = run_cbc(model.problem, 60)
    assert answer.objective == pytest.approx(schedule.total_tardiness, abs=1e-6)
    assert sum(name.startswith("z") for name in values) == len(model.sites) * len(model.positions)
    assert [len(site) for site in schedule.batch_orders] == [
        sum(i > 0 for i in site) for site in ([i + 1 for i in row] for row in model.sequences())
    ]


def test_the_solver_begins_from_the_start(solver: str, answers: list[SolverAnswer]) -> None:
    start = Schedule(ONE_SITE, [[("3", 2), ("1", 2), ("2", 1)]])
    assert start.total_tardiness > 11
    assert solve(ONE_SITE, "milp", solver=solver, start=start).total_tardiness == 11
    cost = f"{start.total_tardiness:g}"
    said = {"cbc": f"MIPStart provided solution with cost {cost}", "highs": f"best {cost}"}[solver]
    assert said in answers[0].log


def test_without_time_the_start_is_the_answer() -> None:
    expert = solve(LIMITED, "expert")
    for start in ("expert", expert.schedule):
        result = solve(LIMITED, "milp", seconds=0.2, start=start)
        assert (result.status, result.total_tardiness) == ("feasible", expert.total_tardiness)
        assert result.lower_bound == 0


def test_a_method_that_makes_the_start_has_a_tenth_of_the_time_and_can_be_interrupted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[dict[str, Any]] = []
    expert = solve(ONE_SITE, "expert").schedule

    def interrupted(instance: Any, rng: Any, progress: Any, **limits: Any) -> Outcome:
        asked.append(limits)
        return Outcome(expert, "stopped")

    monkeypatch.setattr(milp, "prepared", lambda name, instance: interrupted)
    monkeypatch.setattr(milp, "ModelP", None)
    for seconds in (50, None):
        outcome = milp.milp(ONE_SITE, np.random.default_rng(1), seconds=seconds, start="ga")
        assert (outcome.status, outcome.schedule) == ("stopped", expert)
    assert asked == [{"seconds": 5.0}, {}]


def test_a_start_that_is_never_late_is_proved_optimal_without_a_solver(answers: list[SolverAnswer]) -> None:
    result = solve(load_instance("tiny-on-time"), "milp", start="expert_orders")
    assert (result.status, result.total_tardiness, answers) == ("optimal", 0, [])


def test_a_start_too_large_for_the_model_is_too_large() -> None:
    assert solve(load_instance("large-1"), "milp", start="expert").status == "too_large"


def test_the_defaults_are_named_in_results_as_they_always_were() -> None:
    """Stored results and their tables have no columns of parameters that nobody chose."""
    assert solve(ONE_SITE, "milp").parameters == {"memory_limit": 4}
    chosen = solve(ONE_SITE, "milp", solver="cbc", start=solve(ONE_SITE, "expert").schedule)
    assert chosen.parameters["solver"] == "cbc"
    assert "Schedule('tiny-one-site'" in json.dumps(chosen.to_dict())


def test_what_is_no_start_or_solver_is_refused_in_a_sentence() -> None:
    lacking = Schedule(ONE_SITE, [[("3", 2)]])
    other = solve(load_instance("fig3"), "expert").schedule
    for start, *parts in (
        ("milp", "start is 'milp'; it must be one of expert, "),
        ("nothing", "start is 'nothing'; it must be one of expert, "),
        (7, "start is 7; it must be a Schedule, or one of expert, "),
        (lacking, "start must be a feasible schedule: "),
        (other, "start is a schedule of 'fig3'; it must be one of 'tiny-one-site'"),
    ):
        with refused(*parts):
            solve(ONE_SITE, "milp", start=start)
    with refused("solver is 'cplex'; it must be one of cbc, highs"):
        solve(ONE_SITE, "milp", solver="cplex")


def test_highs_that_is_not_installed_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "highspy", None)
    with refused("pip install 'cmo-kit[highs]'", error=MissingPartError):
        solve(ONE_SITE, "milp", solver="highs")
