"""What is said of the measured ideas: honest intervals, stored runs, the gap from both sides."""

import math
import time
from unittest.mock import Mock

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cmo_kit import Instance, load_instance, solve
from cmo_kit.core.expert import dispatch
from cmo_kit.library import instances_folder
from cmo_kit.study.results.gap_measurement import gap_history, measure_gap
from cmo_kit.study.results.gaps import good_schedule, read_best_known
from cmo_kit.study.results.ideas import (
    evaluations_spent,
    ideas_table,
    intervals,
    provenance,
    read_runs,
    references,
    rerun,
    results_folder,
    totals_of,
)
from cmo_kit.study.results.statistics import STUDENT, difference, summary
from cmo_kit.views.comparison import alt_text_intervals, alt_text_redundancy, plot_intervals, plot_redundancy
from cmo_kit.views.genetic import alt_text_children, plot_children
from cmo_kit.views.style import figure_of
from tests.helpers.idea_row import idea_row

TINY = load_instance("tiny-weights")


class TestTable:
    @pytest.mark.parametrize("degrees", [1, 2, 9, 30])
    def test_students_t_leaves_a_fortieth_on_each_side(self, degrees: int) -> None:
        """Numerical integration of the density up to the quantile gives 0.475 from 0."""
        x = np.linspace(0, STUDENT[degrees - 1], 200_001)
        constant = math.gamma((degrees + 1) / 2) / (math.sqrt(degrees * math.pi) * math.gamma(degrees / 2))
        density = constant * (1 + x**2 / degrees) ** (-(degrees + 1) / 2)
        assert_allclose(np.trapezoid(density, x), 0.475, atol=2e-5)

    def test_intervals_by_hand(self) -> None:
        """Mean 4, standard deviation 2, three numbers; one number has no interval; equal numbers a point."""
        s = summary([2, 4, 6])
        assert_allclose([s.mean, s.high - s.mean, s.mean - s.low], [4, 4.303 * 2 / 3**0.5, 4.303 * 2 / 3**0.5])
        assert summary([5]).high == math.inf
        assert summary([5, 5]).low == 5

    def test_the_interval_covers_what_it_should(self) -> None:
        rng = np.random.default_rng(1)
        found = [summary(sample) for sample in rng.normal(3, 2, (2000, 10)).tolist()]
        assert 0.935 < np.mean([s.low <= 3 <= s.high for s in found]) < 0.965

    def test_differences_by_hand(self) -> None:
        d = difference([2, 4, 6], [10, 10])
        assert_allclose([d.mean, d.high - d.mean], [-6, 12.706 * 2 / math.sqrt(3)])
        assert difference([1], [2, 3]).low == -math.inf

    def test_the_table_says_who_is_better(self) -> None:
        rows = [idea_row(seed=k, total_tardiness=100 + k) for k in range(5)]
        rows += [idea_row(idea="search", seed=k, total_tardiness=50 + k) for k in range(5)]
        rows += [idea_row(idea="BRKGA", seed=k, total_tardiness=150 + k) for k in range(5)]
        rows += [idea_row(idea="GA, compact", seed=k, total_tardiness=101 + 3 * k) for k in range(5)]
        lines = {line.split("  ")[0]: line for line in ideas_table(rows, "x", "evaluations", 40).splitlines()}
        assert lines["search"].endswith(" better")
        assert lines["BRKGA"].endswith("worse")
        assert lines["GA, compact"].endswith("cannot tell")
        assert "30.0 %" in lines["search"]
        assert "%" not in ideas_table(rows, "x", "evaluations", 0).replace("95 %", "")
        assert list(totals_of(rows, "x", "evaluations")) == ["paper's GA", "GA, compact", "BRKGA", "search"]
        assert totals_of(rows, "x", "seconds") == {}


class TestFacts:
    def test_no_stored_run_beats_a_bound_or_the_best_known_schedule(self) -> None:
        least: dict[str, float] = {}
        for entry in read_runs(results_folder() / "runs.csv"):
            least[entry["instance"]] = min(entry["total_tardiness"], least.get(entry["instance"], math.inf))
        known = read_best_known(instances_folder())
        assert least
        for name, total in least.items():
            assert total >= float(known[name]["lower_bound"]) > 0
            assert total >= good_schedule(load_instance(name)).total_tardiness

    def test_the_stored_gap_is_read_and_another_measured(self) -> None:
        history, how = gap_history(results_folder(), "small-2", 0.2)
        assert (history.instance, how) == ("small-2", "stored")
        assert history.upper[-1][1] >= 123 >= history.lower[-1][1]
        assert gap_history(results_folder(), "fig3", 0.2)[1] == "measured now"

    def test_facts_of_a_few_rows(self) -> None:
        rows = [
            idea_row(budget=budget, seed=k, total_tardiness=4 + k)
            for budget in ("evaluations", "seconds")
            for k in (0, 2)
        ]
        assert intervals(rows, "x")["seconds"]["paper's GA"][0] == 5
        assert provenance(rows).splitlines() == [
            "4 runs, made 2027-01-04 with one thread on: a, b",
            "x: 10 evaluations, or 10 s; 2 seeds",
        ]
        assert list(intervals(rows[:2], "x")) == ["evaluations"]  # a measurement that was stopped holds only these
        assert provenance(rows[:2]).endswith("x: 10 evaluations; 2 seeds")
        assert "during 50 % of its seconds" in provenance([*rows, idea_row(busy=0.5)])
        assert evaluations_spent(rows, "x") == {"paper's GA": 10}
        assert rerun(rows, TINY, "search", 1, 50).startswith("search: 50 evaluations, seed 1: ")
        assert references(TINY)["best known"] == 16.5
        own = Instance.from_dict(TINY.to_dict() | {"sites": 1})
        assert good_schedule(own, 2000).instance.sites == 1  # not the kit's schedule of that name


def test_the_gap_is_measured_from_both_sides() -> None:
    history = measure_gap(load_instance("tiny-weights"), 0.3, 10)
    assert history.upper[0][1] == solve(load_instance("tiny-weights"), "expert_orders").total_tardiness
    assert history.upper[-1][1] == history.lower[-1][1] == 16.5


@pytest.mark.parametrize(("part", "ended"), [("solve", Mock(status="stopped")), ("lower_bound", Mock(stopped=True))])
def test_half_a_gap_is_not_measured(part: str, ended: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Ctrl-C search and proof end with what they have; stored as the whole, it would stay for good."""
    monkeypatch.setattr(f"cmo_kit.study.results.gap_measurement.{part}", Mock(return_value=ended))
    with pytest.raises(KeyboardInterrupt):
        measure_gap(TINY, 0.1, 0.1)


def test_a_slow_rule_only_moves_the_search_to_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search begins when the planners' rule has ended, so no schedule is older than the one before."""

    def slow(instance: Instance, *, whole_orders: bool) -> list[list[tuple[int, int]]]:
        time.sleep(0.3)
        return dispatch(instance, whole_orders=whole_orders)

    monkeypatch.setattr("cmo_kit.study.results.gap_measurement.dispatch", slow)
    first, *others = measure_gap(load_instance("tiny-weights"), 0.1, 0.1).upper
    assert others and 0.3 <= first[0] <= min(seconds for seconds, _ in others)


def test_pictures_show_their_numbers() -> None:
    by_budget = {
        "evaluations": {"a": (10.0, 8.0, 12.0), "b": (20.0, -math.inf, math.inf)},
        "seconds": {"b": (5.0, 4, 6)},
    }
    ax = plot_intervals(by_budget, "x", {"best known": 4.0, "zero": 0.0})
    figure_of(ax).draw_without_rendering()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    marks = {line.get_color(): np.asarray(line.get_xdata()).tolist() for line in ax.lines if line.get_marker() in "os"}
    assert sorted(marks.values()) == [[5.0], [10.0, 20.0]]
    assert sum(str(line.get_gid()).startswith("reference") for line in ax.lines) == 1
    assert "a 10.0, b 20.0 (one run); equal seconds: b 5.0" in alt_text_intervals(by_budget, "x", {"best known": 4.0})

    groups = {"one": np.array([3.0, 3.0]), "two": np.array([4.0, 9.0])}
    ax = plot_children(groups, 3.0)
    figure_of(ax).draw_without_rendering()
    heights = [bar.get_height() for bar in ax.containers[1]]  # type: ignore[attr-defined]
    assert sorted(heights)[-3:] == [0.0, 0.65, 0.65]
    assert "two: 4 to 9, mean 6.5" in alt_text_children(groups, 3.0)
    plot_children({"alike": np.array([3.0])}, 3.0)

    exponents = {"small": (150.0, 89.0)}
    ax = plot_redundancy(exponents)
    figure_of(ax).draw_without_rendering()
    assert [bar.get_width() for bar in ax.patches] == [150.0, 89.0]  # type: ignore[attr-defined]
    assert "10^150.0 for 10^89.0" in alt_text_redundancy(exponents)
