"""[P] equation by equation, and how honestly its solution is reported."""

import math
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pulp
import pytest

from cmo_kit import (
    CleaningTimes,
    InputError,
    Instance,
    Order,
    Schedule,
    check_schedule,
    load_instance,
    solve,
)
from cmo_kit.base import cbc
from cmo_kit.base.cbc import SolverAnswer, best_in_log, possible_error, read_log, run_cbc
from cmo_kit.base.errors import MissingPartError
from cmo_kit.core.model import CONSTRAINTS, ModelP, runs_of
from cmo_kit.methods import milp
from cmo_kit.models import common
from cmo_kit.models.common import certified
from cmo_kit.models.model_size import model_size
from tests.helpers.enumeration import arrangements, completions, cut, numbers
from tests.helpers.refused import refused
from tests.helpers.strategies import LIMITED

#: Two orders, one Site, three positions; setup times that differ everywhere, initial setups, weights.
HAND = Instance(
    name="hand",
    sites=1,
    orders=(Order("a", 2, 7, (2, 3)), Order("b", 1, 9, (4, 1), 5)),
    setup=((1, 6), (8, 3)),
    operations=("x", "y"),
    initial_setup_times=(11, 13),
)
HORIZON = 13 + (2 * 8 + 1 * 12) + 5  # initial setup, greatest gaps a: 2 + 6, b: 4 + 8, greatest tail


def relations(model: ModelP) -> list[Any]:
    """All constraints, which versions of PuLP give as a method or as a dictionary."""
    constraints = model.problem.constraints
    return list(constraints() if callable(constraints) else constraints.values())


def terms(model: ModelP, name: str) -> tuple[dict[str, float], str, float]:
    """A constraint as (coefficients other than 0, sense, right side)."""
    (relation,) = (entry for entry in relations(model) if entry.name == name)
    sense = {-1: "<=", 0: "=", 1: ">="}[relation.sense]
    return {variable.name: value for variable, value in relation.items() if value}, sense, -relation.constant


def names(model: ModelP) -> list[str]:
    return [entry.name for entry in relations(model)]


# The equations.


@pytest.mark.parametrize(
    ("name", "coefficients", "sense", "right"),
    [
        ("(2)_1_2", {"z_0_1_2": 1, "z_1_1_2": 1, "z_2_1_2": 1}, "=", 1),
        ("(3)_1", {"z_1_1_1": 1, "z_1_1_2": 1, "z_1_1_3": 1}, "=", 2),
        ("(3)_2", {"z_2_1_1": 1, "z_2_1_2": 1, "z_2_1_3": 1}, "=", 1),
        ("(4)_1_2_1_1", {"gamma_1_2_1_1": 1, "z_1_1_1": -0.5, "z_2_1_2": -0.5}, "<=", 0),
        ("(5)_2_1_1_2", {"gamma_2_1_1_2": 1, "z_2_1_2": -1, "z_1_1_3": -1}, ">=", -1),
        (
            "(6)_1_3",
            {"s_1_3": 1, "s_1_2": -1, "z_1_1_2": -2, "z_2_1_2": -4, "gamma_1_1_1_2": -1, "gamma_1_2_1_2": -6,
             "gamma_2_1_1_2": -8, "gamma_2_2_1_2": -3},
            ">=",
            0,
        ),
        ("(7)_1", {"s_1_1": 1, "z_1_1_1": -11, "z_2_1_1": -13}, "=", 0),
        ("(8)_1_2", {"s_1_2": 1, "z_1_1_2": 5, "z_2_1_2": 5, "c_1_2": -1}, "=", 0),
        ("(9)_1_1_3", {"c_1_3": 1, "z_1_1_3": HORIZON - 7, "tau_1": -1}, "<=", HORIZON),
        ("(9)_2_1_1", {"c_1_1": 1, "z_2_1_1": HORIZON - 9, "tau_2": -1}, "<=", HORIZON),
        ("(10)_1_1", {"z_0_1_1": -1, "z_1_1_2": -1, "z_2_1_2": -1}, ">=", -1),
    ],
)  # fmt: skip
def test_each_equation_has_the_coefficients_worked_out_by_hand(
    name: str, coefficients: dict[str, float], sense: str, right: float
) -> None:
    assert terms(ModelP(HAND), name) == (coefficients, sense, right)


def test_the_objective_is_the_weighted_tardiness() -> None:
    objective = ModelP(HAND).problem.objective
    assert {variable.name: value for variable, value in objective.items()} == {"tau_1": 1, "tau_2": 5}


def test_variables_have_the_domains_of_equations_11_to_15() -> None:
    for variable in ModelP(HAND).problem.variables():
        kind = variable.name.partition("_")[0]
        if kind in ("z", "gamma"):
            assert (variable.lowBound, variable.upBound, variable.cat) == (0, 1, "Integer")
        else:
            assert kind in ("s", "c", "tau")
            assert (variable.lowBound, variable.upBound, variable.cat) == (0, None, "Continuous")


@pytest.mark.parametrize("name", ["", "tiny-initial-setups", "tiny-more-sites", "tiny-one-batch", "fig3"])
def test_the_counts_are_those_of_the_built_model(name: str) -> None:
    """Variables and constraints are counted exactly without building, nonzeros where no time is 0, else too many."""
    instance = load_instance(name) if name else HAND
    model, size = ModelP(instance), model_size(instance)
    assert len(model.problem.variables()) == size.variables
    built = names(model)
    assert len(built) == len(set(built)) == size.constraints
    nonzeros = sum(value != 0 for entry in relations(model) for value in entry.values())
    assert (0.8 if name else 1) * size.nonzeros <= nonzeros <= size.nonzeros


@pytest.mark.parametrize("number", CONSTRAINTS)
def test_an_equation_can_be_left_out(number: int) -> None:
    whole, part = names(ModelP(HAND)), names(ModelP(HAND, without=[number]))
    assert part == [name for name in whole if not name.startswith(f"({number})")]
    assert len(part) < len(whole)


@pytest.mark.parametrize(("number", "free"), [(3, 0), (5, 4), (6, 2), (9, 0)])
def test_leaving_out_an_equation_shows_what_it_forbids(number: int, free: float) -> None:
    """Without batches to make, setups, time between starts, or tardiness counted, the optimum falls below 11."""
    model = ModelP(load_instance("tiny-one-site"), without=[number])
    answer = run_cbc(model.problem, 60)
    assert answer.status == "optimal"
    assert answer.objective <= 11 - 1
    if free == 0:
        assert answer.objective == pytest.approx(0, abs=1e-6)


def test_without_13_the_optimum_is_the_least_sum_of_lateness() -> None:
    """Early days are subtracted: against every sequence on the one Site."""
    instance = load_instance("tiny-one-site")
    given = numbers(instance)
    every = [completions(given, cut(sequence)) for sequence in arrangements(given.batches, 0)]
    least = min(sum(given.weight[i] * (time - given.due[i]) for i, time in found.items()) for found in every)
    assert run_cbc(ModelP(instance, without=[13]).problem, 60).objective == pytest.approx(least)
    assert least < 11


@pytest.mark.parametrize("number", [1, 11, 15, "6", None])
def test_only_equations_2_to_10_and_13_can_be_left_out(number: Any) -> None:
    with pytest.raises(InputError, match="without names equation"):
        ModelP(HAND, without=[number])


# Big V.


@pytest.mark.parametrize("big_v", [0, HORIZON - 7.01, -1, float("nan"), float("inf"), "9", True])
def test_a_v_that_is_too_small_or_no_number_is_refused(big_v: Any) -> None:
    """V below horizon - D_i would forbid schedules; the sentence names the least valid one where V is a number."""
    with pytest.raises(InputError, match="big_v is"):
        ModelP(HAND, big_v=big_v)


def test_what_is_given_stands_in_equations_7_9_and_10() -> None:
    assert terms(ModelP(load_instance("tiny-one-site")), "(7)_1") == ({"s_1_1": 1}, "=", 0)
    model = ModelP(HAND, big_v=1000)
    assert terms(model, "(9)_1_1_3") == ({"c_1_3": 1, "z_1_1_3": 1000, "tau_1": -1}, "<=", 1007)
    assert terms(model, "(10)_1_1") == ({"z_0_1_1": -1000, "z_1_1_2": -1, "z_2_1_2": -1}, ">=", -1000)


@pytest.mark.parametrize("big_v", [HORIZON - 7, 200, 10**6])
def test_the_optimum_does_not_depend_on_a_valid_v(big_v: float) -> None:
    expected = solve(HAND, "milp", seconds=60)
    result = solve(HAND, "milp", seconds=60, big_v=big_v)
    assert expected.status == "optimal"
    if result.status == "optimal":
        assert result.total_tardiness == pytest.approx(expected.total_tardiness)
    else:
        assert result.total_tardiness >= expected.total_tardiness >= result.lower_bound - 1e-6


@pytest.mark.parametrize("big_v", [1e7, 1e8, 1e9, 1e300])
def test_a_v_that_cbc_cannot_tell_from_nothing_is_refused(big_v: float) -> None:
    """V times CBC's tolerance is a day or more: one sentence with field, value and rule."""
    with refused("big_v is ", "; it must be below 1e+07: "):
        solve(load_instance("tiny-pipeline"), "milp", seconds=60, big_v=big_v)
    with refused("it must be below 5e+06"):
        solve(load_instance("tiny-halves"), "milp", big_v=5e6)  # half days


@pytest.mark.parametrize("big_v", [1e4, 1e6, 9e6])
def test_a_large_v_is_never_a_false_proof(big_v: float) -> None:
    """What CBC claims with it stands beside the status under its own name."""
    result = solve(load_instance("tiny-pipeline"), "milp", seconds=60, big_v=big_v)
    assert (result.status, result.lower_bound) == (("optimal", 3) if big_v == 1e4 else ("feasible", 0))
    assert result.total_tardiness >= 3
    assert result.details["solver_status"] == "optimal"


# Too large.


def test_a_model_that_does_not_fit_is_refused_before_it_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milp, "ModelP", None)
    result = solve(load_instance("large-1"), "milp")
    assert (result.status, result.schedule, result.total_tardiness) == ("too_large", None, None)
    size = model_size(load_instance("large-1"))
    assert dict(result.details) == {
        "variables": size.variables, "constraints": size.constraints, "nonzeros": size.nonzeros,
        "estimated_bytes": size.memory,
    }  # fmt: skip
    assert size.memory > 4 * 2**30
    assert f"{size.variables:,} variables" in result.summary()


def test_the_memory_limit_can_be_lowered_and_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = model_size(HAND).memory / 2**30
    assert solve(HAND, "milp", seconds=60, memory_limit=needed * 0.99).status == "too_large"
    assert solve(HAND, "milp", seconds=60, memory_limit=needed).status == "optimal"


# Limits.


@pytest.mark.parametrize("seconds", [0, 0.5])
def test_a_limit_that_comes_first_gives_no_solution(seconds: float) -> None:
    result = solve(LIMITED, "milp", seconds=seconds)
    assert result.status == "no_solution"
    assert (result.schedule, result.total_tardiness, result.gap) == (None, None, None)
    assert result.lower_bound >= 0
    assert result.to_dict()["schedule"] is None
    assert "no schedule" in result.summary()


#: CBC 2.10 takes its preprocessing, half a second here, from its own limit twice, and then has nothing.
#: When it is interrupted before, it writes what it has.
TWICE = """#!/bin/sh
for solution; do :; done
trap 'echo "Result - User ctrl-c"; echo "Objective value: 7"; echo "Lower bound: 2"
      printf "Stopped - objective value 7\\n0 X0000000 7 0\\n" > "$solution"; exit 0' INT
end=$(($(date +%s%N) / 1000000 + ${5%.*} * 1000 + 1${5#*.} - 1500))
while [ $(($(date +%s%N) / 1000000)) -lt $end ]; do sleep 0.05; done
"""


def test_cbc_gets_all_of_its_time_and_keeps_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cbc").write_text(TWICE, encoding="utf-8")
    (tmp_path / "cbc").chmod(0o755)
    monkeypatch.setattr(cbc, "find_cbc", lambda: str(tmp_path / "cbc"))
    problem = pulp.LpProblem("one", pulp.LpMinimize)
    x = problem.add_variable("x", 2)
    problem += x
    answer = run_cbc(problem, 1.5)
    assert (answer.status, answer.objective, answer.lower_bound, answer.stopped) == ("feasible", 7, 2, False)
    assert x.value() == 7


def test_evaluations_are_no_limit_of_a_solver() -> None:
    with pytest.raises(InputError, match="evaluations is 5"):
        solve(HAND, "milp", evaluations=5)


def test_an_interrupt_while_solving_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """CBC hears it, or is killed when it has not ended soon after."""
    monkeypatch.setattr(cbc, "PATIENCE_SECONDS", 1.0)
    result = solve(LIMITED, "milp", seconds=300, progress=Mock(side_effect=KeyboardInterrupt))
    assert result.status == "stopped"
    assert result.seconds < 60


def test_an_interrupt_while_building_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milp, "ModelP", Mock(side_effect=KeyboardInterrupt))
    result = solve(HAND, "milp")
    assert (result.status, result.schedule) == ("stopped", None)


# Logs.

HEAD = """Welcome to the CBC MILP Solver
Version: 2.10.3
Continuous objective value is 0.5 - 0.01 seconds
Cbc0038I Solution found of 31
Cbc0012I Integer solution of 27.5 found by DiveCoefficient after 5 iterations and 0 nodes (0.39 seconds)
"""
TIME_LIMIT = (
    HEAD
    + """Cbc0005I Partial search - best objective 27.5 (best possible 3.25), took 500 iterations and 9 nodes
Result - Stopped on time limit

Objective value:                27.50000000
Lower bound:                    3.250
Gap:                            7.46
Enumerated nodes:               9
Total iterations:               500
"""
)
NO_INCUMBENT = """Continuous objective value is 0 - 0.00 seconds
Result - Stopped on time limit

No feasible solution found
Lower bound:                    1.500
Enumerated nodes:               0
"""
OPTIMAL = (
    HEAD
    + """Cbc0001I Search completed - best objective 27.5, took 5 iterations and 0 nodes (0.41 seconds)
Result - Optimal solution found

Objective value:                27.50000000
Enumerated nodes:               0
"""
)
WITHIN_GAP = (
    HEAD
    + """Result - Optimal solution found (within gap tolerance)

Objective value:                27.50000000
Lower bound:                    25.000
Gap:                            0.10
"""
)
INTERRUPTED = TIME_LIMIT.replace("Stopped on time limit", "User ctrl-cuser ctrl-c")
INFEASIBLE = "Result - Problem proven infeasible\n\nNo feasible solution found\n"
RELAXATION_INFEASIBLE = "Problem is infeasible - 0.00 seconds\nTotal time (CPU seconds): 0.00\n"
HUGE = TIME_LIMIT.replace("27.50000000", "1.0000000000e+50")


@pytest.mark.parametrize(
    ("log", "answer"),
    [
        (OPTIMAL, ("optimal", 27.5, 27.5)),
        (WITHIN_GAP, ("feasible", 27.5, 25.0)),
        (TIME_LIMIT, ("feasible", 27.5, 3.25)),
        (INTERRUPTED, ("feasible", 27.5, 3.25)),
        (NO_INCUMBENT, ("no_solution", None, 1.5)),
        (HUGE, ("no_solution", None, 3.25)),
        (INFEASIBLE, ("infeasible", None, 0.0)),
        (RELAXATION_INFEASIBLE, ("infeasible", None, 0.0)),
        (HEAD, ("no_solution", None, 0.0)),
        ("", ("no_solution", None, 0.0)),
        (TIME_LIMIT.replace("3.250", "-0.000"), ("feasible", 27.5, 0.0)),
        (TIME_LIMIT.replace("3.250", "junk"), ("feasible", 27.5, 0.0)),
        (TIME_LIMIT.replace("3.250", "99.0"), ("feasible", 27.5, 27.5)),
    ],
)  # fmt: skip
def test_logs_of_cbc_are_read_as_they_say(log: str, answer: tuple[str, float | None, float]) -> None:
    """Only a completed search is optimal; a stop has its dual bound, and an incumbent only where there is one."""
    assert read_log(log) == answer


def test_the_best_so_far_is_read_from_a_growing_log() -> None:
    for text, best in (
        ("", np.inf),
        (HEAD, 27.5),
        (HEAD + "Cbc0038I Solution found of 12e+50\n", 27.5),
        (HEAD + "Cbc0012I Integer solution of 3.5527137e-15 found\n", 3.5527137e-15),
    ):
        assert best_in_log(text) == best


# What is certified.


def answer_of(status: str, bound: float) -> SolverAnswer:
    return SolverAnswer(status, bound, bound, False, "")


ON_HAND = Schedule(HAND, [[("a", 2), ("b", 1)]])


def test_the_hand_worked_schedule_has_the_tardiness_used_below() -> None:
    """Starts 11, 14, 22; completions 16, 19, 27; tardiness 12 and 18, the second five times."""
    assert ON_HAND.total_tardiness == 12 + 5 * 18 == 102
    assert check_schedule(HAND, ON_HAND) == []


@pytest.mark.parametrize(
    ("status", "bound", "expected"),
    [
        ("optimal", 102.0, ("optimal", 102.0)),
        ("optimal", 102 - 5e-5, ("optimal", 102.0)),
        ("optimal", 101.0, ("feasible", 101.0)),  # the solver forgave a day
        ("optimal", 0.0, ("feasible", 0.0)),
        ("feasible", 102.0, ("optimal", 102.0)),  # a bound that the schedule meets is a proof, whatever it is called
        ("feasible", 3.2, ("feasible", 4.0)),  # integers: rounded up
        ("feasible", 3.0000001, ("feasible", 3.0)),  # but not for a solver's noise
    ],
)
def test_optimal_needs_the_recomputed_objective(status: str, bound: float, expected: tuple[str, float]) -> None:
    assert certified(answer_of(status, bound), ON_HAND, HAND, 1e-4) == expected


def test_without_a_schedule_nothing_is_certified_but_the_bound() -> None:
    assert certified(answer_of("optimal", 7.5), None, HAND, 1e-4) == ("no_solution", 8.0)


def test_halves_are_whole_in_ticks() -> None:
    instance = load_instance("tiny-halves")
    late = Schedule(instance, [[(order.id, order.batches) for order in instance.orders], []])
    assert certified(answer_of("feasible", 6.5), late, instance, 1e-4) == ("feasible", 3.5)


def test_a_solver_that_cannot_tell_is_not_believed() -> None:
    """Without a limit on its error a claim is none; half a tick is the most that is believed."""
    assert certified(answer_of("optimal", 102.0), ON_HAND, HAND, math.inf) == ("feasible", 0.0)
    assert possible_error(1e5, 10, 1e5, 2e4) == pytest.approx(2e-7 * (1e6 + 1e5))
    assert possible_error(1e6, 10, 1e5, 2e4) == possible_error(1e5, 10, 1e5, 3e4) == math.inf


def test_rounded_times_weaken_the_bound() -> None:
    """Endless decimals beside long times are no whole ticks: what rounding may hide is taken off."""
    orders = (Order("a", 1, 1, (math.pi, 1)), Order("b", 1, 1, (2, 1)))
    instance = Instance("endless", 1, orders, ((0, 1e6), (math.e, 0)), ("x", "y"))
    assert not instance.time_ticks.exact
    assert instance.rounding == 2 * ((2 + 1) * 2 + 1)
    late = Schedule(instance, [[("b", 1), ("a", 1)]])
    status, bound = certified(answer_of("optimal", late.total_ticks), late, instance, 0.25)
    assert status == "feasible"
    assert bound * instance.per_unit == pytest.approx(late.total_ticks - instance.rounding, abs=0.01)


def test_no_tardiness_is_optimal_whatever_the_solver_proved() -> None:
    instance = load_instance("tiny-on-time")
    result = solve(instance, "milp", seconds=60)
    assert certified(answer_of("feasible", 0.0), result.schedule, instance, math.inf) == ("optimal", 0.0)


def test_a_solver_that_forgives_tardiness_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = run_cbc

    def forgiving(*asked: Any) -> SolverAnswer:
        answer = real(*asked)
        return SolverAnswer("optimal", answer.objective - 5, answer.lower_bound - 5, False, answer.log)

    monkeypatch.setattr(common, "run_cbc", forgiving)
    result = solve(load_instance("tiny-one-site"), "milp", seconds=60)
    assert (result.status, result.total_tardiness, result.lower_bound) == ("feasible", 11, 6)


# Without CBC.


def test_a_missing_cbc_is_one_sentence_that_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cbc.shutil, "which", lambda path: None)
    with refused("no CBC solver was found: ", "apt-get install coinor-cbc", error=MissingPartError):
        solve(HAND, "milp")
    assert solve(HAND, "expert").schedule is not None


def test_a_cbc_that_crashes_is_not_said_to_have_found_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "cbc"
    program.write_text("#!/bin/sh\nkill -SEGV $$\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(cbc, "find_cbc", lambda: str(program))
    outcome = solve(load_instance("tiny-one-site"), "milp", seconds=60)
    assert (outcome.status, outcome.details["solver_status"]) == ("no_solution", "crashed")


def test_runs_are_consecutive_equal_orders() -> None:
    assert runs_of([0, 0, 1, 0]) == [(0, 2), (1, 1), (0, 1)]
    assert runs_of([]) == []


def test_a_split_optimum_is_reported_as_it_is() -> None:
    instance = load_instance("tiny-split-pipeline")
    result = solve(instance, "milp", seconds=60)
    assert [run.order for run in result.schedule.sites[0]] == ["1", "2", "3", "2"]
    assert (result.status, result.total_tardiness) == ("optimal", 0)


def test_cleaning_times_and_given_setups_build_the_same_model() -> None:
    orders = (Order("a", 2, 10, (2, 3, 1)), Order("b", 1, 8, (1, 2, 4)))
    pipeline = Instance("two", 1, orders, CleaningTimes(((1, 0, 0), (1, 0, 0)), ((1, 5, 4), (1, 6, 3))))
    given = Instance("two", 1, orders, ((1, 7), (6, 3)))
    assert terms(ModelP(pipeline), "(6)_1_2") == terms(ModelP(given), "(6)_1_2")
