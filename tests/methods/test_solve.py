"""What solve promises, whatever the method."""

from pathlib import Path

import pytest

import cmo_kit
from cmo_kit import CleaningTimes, Instance, Order, load_instance, solve


@pytest.mark.parametrize("method", ["expert", "expert_orders", "ga", "milp"])
def test_a_result_holds_what_its_file_holds(method: str, tmp_path: Path) -> None:
    """Saving and loading a result keeps every number, and its schedule comes back for its instance."""
    instance = load_instance("tiny-weights")
    result = solve(instance, method, seed=3)
    result.save(tmp_path / "result.json")
    again = cmo_kit.Result.load(tmp_path / "result.json", instance)
    assert again.to_dict() == result.to_dict()
    assert again.schedule == result.schedule
    assert result.total_tardiness is not None
    assert 0 <= result.lower_bound <= result.total_tardiness
    assert result.gap is not None
    assert 0 <= result.gap <= 1
    assert result.summary().startswith(
        f"tiny-weights, {method}, seed 3: total tardiness {result.total_tardiness:g} days"
    )


def test_status_optimal_means_bound_equals_objective() -> None:
    """A proven optimum has its own value as bound, for one run too."""
    result = solve(load_instance("tiny-pipeline"), "milp")
    assert (result.status, result.lower_bound, result.one_run_lower_bound) == ("optimal", 3, 3)
    assert type(result.to_dict()["total_tardiness"]) is int  # integers stay integers
    heuristic = solve(load_instance("tiny-pipeline"), "ga")
    assert heuristic.status == "feasible"
    assert heuristic.lower_bound == 0


@pytest.mark.parametrize("instance", [None, "fig3", {"name": "fig3"}])
def test_solve_wants_an_instance(instance: object) -> None:
    """A name is no instance; the sentence says how to get one."""
    with pytest.raises(cmo_kit.InputError, match="see load_instance"):
        solve(instance)  # type: ignore[arg-type]


def test_the_smallest_problem_is_solved_by_every_method() -> None:
    """One batch on one Site, one key, one position: no method stumbles."""
    orders = (Order("a", 1, 2, (1, 2, 1)),)
    instance = Instance("one", 1, orders, CleaningTimes(((0, 0, 0),), ((0, 0, 0),)))
    for method in ("expert", "expert_orders", "ga", "milp"):
        assert solve(instance, method, seconds=20).total_tardiness == 2
