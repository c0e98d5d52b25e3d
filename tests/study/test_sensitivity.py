"""What a study of parameters says, on tables whose answers can be worked out by hand."""

from typing import Any

import numpy as np
import pytest

from cmo_kit.study.results.grid import Grid, find_grids
from cmo_kit.study.results.sensitivity import beside, chosen_from_few, explained_variance


def runs(totals: dict[tuple[str, str], list[float | None]], problem: str = "small-1") -> list[dict[str, Any]]:
    return [
        {"label": f"GA, a={a}, b={b}", "method": "ga", "instance": problem, "seed": seed, "total_tardiness": total,
         "parameters.a": a, "parameters.b": b}
        for (a, b), found in totals.items() for seed, total in enumerate(found)
    ]  # fmt: skip


def grid_of(*rows: dict[str, Any]) -> Grid:
    (grid,) = find_grids(rows)
    return grid


@pytest.mark.parametrize(
    ("totals", "shares"),
    [
        ({("1", "1"): [10], ("1", "2"): [10], ("2", "1"): [30], ("2", "2"): [30]}, (1, 0)),
        ({("1", "1"): [10], ("1", "2"): [20], ("2", "1"): [30], ("2", "2"): [40]}, (0.8, 0.2)),
        ({("1", "1"): [10], ("1", "2"): [30], ("2", "1"): [30], ("2", "2"): [10]}, (0, 0)),  # all of it interaction
        ({("1", "1"): [10], ("1", "2"): [10], ("2", "1"): [10], ("2", "2"): [10]}, (0, 0)),
    ],
)
def test_the_variance_is_divided_among_parameters_and_what_they_do_together(totals: Any, shares: Any) -> None:
    assert explained_variance(grid_of(*runs(totals))) == pytest.approx({"a": shares[0], "b": shares[1]})


def test_settings_stand_beside_one_of_them_by_problem() -> None:
    rows = runs({("1", "1"): [10, 30], ("1", "2"): [10, 20], ("2", "1"): [None, 10]})
    rows += runs({("1", "1"): [100], ("1", "2"): [150], ("2", "1"): [50]}, "small-2")
    headers, lines = beside(rows, "GA, a=1, b=1")
    assert headers[1] == "beside GA, a=1, b=1"
    one, other = lines
    assert one[:2] == ["GA, a=1, b=2", "+12.5 %"]  # 15 is 25 % below 20, 150 is 50 % above 100
    assert one[3] == "1 of 2"
    half = 12.706 * 37.5  # Student's t times the standard error of -25 and 50
    assert one[2] == f"{12.5 - half:+.1f} % to {12.5 + half:+.1f} %"
    assert other == ["GA, a=2, b=1", "-50.0 %", "", "1 of 1"]  # where a run has no schedule nothing is compared


def test_small_studies_name_what_they_happen_to_meet() -> None:
    even = {("1", "1"): [10, 20], ("1", "2"): [10, 20]}
    rng = np.random.default_rng(1)
    (first, many), (second, few) = chosen_from_few(grid_of(*runs(even)), 1, 1, 4000, rng)
    assert (first, second) == ("GA, a=1, b=1", "GA, a=1, b=2")  # ties go to the first: three of four
    assert many == pytest.approx(3000, abs=150) and many + few == 4000
    apart = {("1", "1"): [10, 20], ("1", "2"): [30, 40]}
    assert chosen_from_few(grid_of(*runs(apart)), 1, 3, 50, rng) == [("GA, a=1, b=1", 50)]


def test_a_problem_without_tardiness_says_nothing_about_settings() -> None:
    """Shares of its mean, which is 0, would make the first setting the best everywhere."""
    nothing, worse_first = {("1", "1"): [0], ("1", "2"): [0]}, {("1", "1"): [20], ("1", "2"): [10]}
    grid = grid_of(*runs(nothing, "small-1"), *runs(worse_first, "small-2"))
    assert chosen_from_few(grid, 2, 1, 5, np.random.default_rng(1)) == [("GA, a=1, b=2", 5)]
