"""What solve promises, whatever the method."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cmo_kit
from cmo_kit import CleaningTimes, Instance, Order, load_instance, solve
from cmo_kit.methods.registry import METHODS, method_function, prepared


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> str:
    if request.param == "cpsat":
        pytest.importorskip("ortools")
    return str(request.param)


def limits(method: str) -> dict[str, int]:
    """The models count no evaluations."""
    return {"seconds": 60} if method in ("milp", "run_milp", "cpsat") else {"evaluations": 400}


def test_a_result_holds_what_its_file_holds(method: str, tmp_path: Path) -> None:
    instance = load_instance("tiny-weights")
    result = solve(instance, method, seed=3, **limits(method))
    result.save(tmp_path / "result.json")
    again = cmo_kit.Result.load(tmp_path / "result.json", instance)
    assert again.to_dict() == result.to_dict()
    assert again.schedule == result.schedule
    assert 0 <= result.lower_bound <= result.total_tardiness
    assert 0 <= result.gap <= 1
    assert result.summary().startswith(
        f"tiny-weights, {method}, seed 3: total tardiness {result.total_tardiness:g} days"
    )


def test_status_optimal_means_bound_equals_objective() -> None:
    result = solve(load_instance("tiny-pipeline"), "milp")
    assert (result.status, result.lower_bound, result.one_run_lower_bound) == ("optimal", 3, 3)
    assert type(result.to_dict()["total_tardiness"]) is int  # integers stay integers
    heuristic = solve(load_instance("tiny-pipeline"), "ga")
    assert heuristic.status == "feasible"
    assert heuristic.lower_bound == 0


@pytest.mark.parametrize("instance", [None, "fig3", {"name": "fig3"}])
def test_solve_wants_an_instance(instance: object) -> None:
    with pytest.raises(cmo_kit.InputError, match="see load_instance"):
        solve(instance)  # type: ignore[arg-type]


def test_the_smallest_problem_is_solved_by_every_method(method: str) -> None:
    orders = (Order("a", 1, 2, (1, 2, 1)),)
    instance = Instance("one", 1, orders, CleaningTimes(((0, 0, 0),), ((0, 0, 0),)))
    assert solve(instance, method, **limits(method)).total_tardiness == 2


@pytest.mark.parametrize("whole", [np.int64, np.int32, np.uint8])
@pytest.mark.parametrize("method", ["expert", "ga", "search", "brkga"])
def test_numpy_s_numbers_are_numbers(method: str, whole: Any, tmp_path: Path) -> None:
    def made(number: Any) -> Instance:
        one, other = Order("a", number(2), number(9), (3, number(2), 1)), Order("b", number(3), 8, (3, 2, number(1)))
        setup = ((number(0), 2), (number(1), 0))
        return Instance("x", number(2), (one, other), setup, initial_setup_times=(1, number(0)))

    limit = {} if method == "expert" else {"evaluations": whole(200)}
    assert made(whole).digest == made(int).digest
    found = solve(made(whole), method, seed=whole(3), **limit)
    found.save(tmp_path / "found.json")
    assert found.total_tardiness == solve(made(int), method, seed=3, **limit).total_tardiness
    assert type(found.seed) is int


@pytest.mark.parametrize("seed", [True, np.True_, 3.0, np.float64(3), "3", None])
def test_a_seed_is_an_integer(seed: Any) -> None:
    with pytest.raises(cmo_kit.InputError, match="it must be an integer"):
        solve(load_instance("tiny-ties"), "ga", seed=seed)


def test_a_run_that_took_longer_than_it_was_given_says_why() -> None:
    found = replace(solve(load_instance("tiny-ties"), "milp", seconds=20), seconds=34.2)
    told = "it took 34 s where 20 were given: the solver looks at its clock between its steps only"
    assert told in found.summary()
    assert told in replace(found, total_tardiness=None, status="no_solution").summary()
    assert "were given" not in replace(found, seconds=20.4).summary()


def test_what_a_notebook_shows_is_a_table_without_pictures_or_seconds() -> None:
    data = load_instance("tiny-weights").to_dict() | {"name": "<b>mine</b>"}
    data["orders"][0]["id"] = "<script>"
    instance = Instance.from_dict(data)
    result = solve(instance, "ga", 2, evaluations=60, population_size=20)
    for thing, words in (
        (instance, [">weight<", "times in days"]),
        (result.schedule, [">Site<", f"total tardiness {result.total_tardiness:g} days"]),
        (result, [">population_size<", ">60<", ">one_gene<"]),
    ):
        page = thing._repr_html_()
        assert all(word in page for word in [*words, "<caption>&lt;b&gt;mine", '<th scope="row"'])
        assert "<b>" not in page and "<script" not in page and "<img" not in page
        assert "seconds" not in page
        assert len(repr(thing)) < 150
    assert "&lt;script&gt;" in instance._repr_html_()
    large = load_instance("large-1")
    assert large._repr_html_().count("<tr>") == 42
    assert f"and {len(large.orders) - 40} more" in large._repr_html_()


@pytest.mark.parametrize("name", ["brkga", "sequence_sa", "sequence_ga", "search"])
def test_what_a_method_compiles_no_clock_has_to_count(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    warmed: list[str] = []
    monkeypatch.setattr(f"{method_function(name).__module__}.warm_up", lambda: warmed.append(name))
    prepared(name, load_instance("fig3"))
    assert warmed == [name]
