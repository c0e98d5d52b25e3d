"""The ideas beside each other: equal budgets, runs that are kept and not repeated, honest intervals."""

import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray

from benchmarks.beyond_study import main
from cmo_kit import InputError, Instance, check_schedule, decode, load_instance, solve
from cmo_kit.codings.encode import canonical
from cmo_kit.codings.recoding import recode
from cmo_kit.core.expert import dispatch
from cmo_kit.study.ideas.closing import measure_gap
from cmo_kit.study.ideas.idea_facts import (
    evaluations_spent,
    gap_history,
    good_schedule,
    intervals,
    provenance,
    references,
    rerun,
    results_folder,
)
from cmo_kit.study.ideas.idea_runs import (
    COLUMNS,
    STUDENT,
    Task,
    budgets,
    difference,
    ideas_table,
    key_of,
    read_runs,
    summary,
    tasks,
    totals_of,
    write_runs,
)
from cmo_kit.study.ideas.ideas import IDEAS, Budget, run_idea
from cmo_kit.views.children import alt_text_children, plot_children
from cmo_kit.views.ideas import alt_text_intervals, plot_intervals
from cmo_kit.views.redundancy import alt_text_redundancy, plot_redundancy
from cmo_kit.views.style import figure_of
from tests.helpers.strategies import problems

TINY = load_instance("tiny-weights")


def row(**changes: Any) -> dict[str, Any]:
    """A row of the table of runs, changed as a test needs."""
    values: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    values |= {"instance": "x", "idea": "paper's GA", "budget": "evaluations", "limit": 10.0, "seed": 1}
    values |= {
        "total_tardiness": 5.0,
        "evaluations": 10,
        "seconds": 0.5,
        "busy": None,
        "date": "2027-01-04",
        "processor": "a, b",
    }
    return values | changes


class TestRecoding:
    """Canonical codes of whole populations."""

    @given(problem=problems())
    def test_it_is_the_canonical_code(self, problem: tuple[Instance, NDArray[np.float64]]) -> None:
        """To the last bit that of one chromosome after the other, also where keys are equal."""
        instance, keys = problem
        population = np.array([keys, keys[::-1], np.round(keys, 1)])
        assert_array_equal(recode(instance, population), canonical(instance, population))

    def test_ties_and_empty_sites(self) -> None:
        """All keys equal, and Site changes at both ends."""
        instance = load_instance("tiny-more-sites")
        population = np.array([[0.5] * 7, [0.5] * 3 + [0.0] * 4, [0.9, 0.1, 0.5] + [1.0] * 4])
        assert_array_equal(recode(instance, population), canonical(instance, population))


class TestIdeas:
    """Every idea, on the same terms."""

    @pytest.mark.parametrize("idea", IDEAS)
    @pytest.mark.parametrize("evaluations", [1, 37, 450])
    def test_evaluations_are_never_exceeded_and_a_seed_repeats(self, idea: str, evaluations: int) -> None:
        """The budget holds (initial schedules need theirs first), and the same seed gives the same schedule."""
        first, second = (run_idea(idea, TINY, 3, Budget(None, evaluations)) for _ in range(2))
        assert first.schedule is not None
        assert first.schedule == second.schedule
        least = 43 if idea == "GA, initial solutions" else 0  # 40 of ATCS on 1 and 2 Sites, 2 rules, 1 chromosome
        assert first.evaluations <= max(evaluations, least)
        if first.status == "feasible":
            assert first.evaluations == max(evaluations, least)
        assert check_schedule(TINY, first.schedule) == []

    @pytest.mark.parametrize("idea", IDEAS)
    def test_seconds_end_it(self, idea: str) -> None:
        """A budget of no time at all still gives a schedule."""
        outcome = run_idea(idea, load_instance("small-5"), 1, Budget(0.0, None))
        assert outcome.schedule is not None
        assert outcome.evaluations < 5000

    def test_the_paper_is_the_paper(self) -> None:
        """The first idea is ``solve`` with the paper's algorithm and no end by patience."""
        instance = load_instance("small-5")
        ours = run_idea("paper's GA", instance, 7, Budget(None, 3000))
        assert ours.schedule == solve(instance, "ga", 7, evaluations=3000, patience=None).schedule

    def test_initial_solutions_are_not_lost(self) -> None:
        """Beginning with good schedules, no idea ends worse than the best of them."""
        instance = load_instance("small-5")
        edd = solve(instance, "expert_orders").total_tardiness
        assert edd is not None
        for idea in ("GA, initial solutions", "GA, compact, initial solutions", "BRKGA, compact, initial solutions"):
            found = run_idea(idea, instance, 1, Budget(None, 300)).schedule
            assert found is not None
            assert found.total_tardiness <= edd

    def test_canonical_codes_change_the_run(self) -> None:
        """The rewritten population is what the algorithm goes on with."""
        instance = load_instance("small-5")
        plain, rewritten = (run_idea(i, instance, 1, Budget(None, 3000)) for i in ("paper's GA", "GA, canonical codes"))
        assert plain.history is not None
        assert rewritten.history is not None
        assert plain.history.best[0] == rewritten.history.best[0]  # the same first population
        assert plain.schedule != rewritten.schedule
        keys = rewritten.details["keys"]
        assert_array_equal(keys, canonical(instance, keys))
        assert rewritten.schedule == decode(instance, keys)

    @pytest.mark.parametrize(("idea", "budget"), [("nothing", Budget(1, None)), ("search", Budget(None, None))])
    def test_bad_input_is_refused(self, idea: str, budget: Budget) -> None:
        """An unknown idea, and a run that would never end."""
        with pytest.raises(InputError, match=r"must be one of|must limit"):
            run_idea(idea, TINY, 1, budget)


class TestTable:
    """Rows of runs and what they say."""

    def test_rows_survive_their_file(self, tmp_path: Path) -> None:
        """Numbers come back as numbers, texts with commas as they were."""
        rows = [row(), row(seed=2, total_tardiness=2.5, idea="search", busy=0.25)]
        write_runs(tmp_path / "runs.csv", rows)
        assert read_runs(tmp_path / "runs.csv") == rows
        assert key_of(read_runs(tmp_path / "runs.csv")[1]) == Task("x", "search", "evaluations", 10, 2)

    def test_bad_files_are_refused(self, tmp_path: Path) -> None:
        """Other columns, or a text where a number must be; no file has no rows."""
        assert read_runs(tmp_path / "absent.csv") == []
        (tmp_path / "other.csv").write_text("a,b\n1,2\n")
        with pytest.raises(InputError, match="the columns are"):
            read_runs(tmp_path / "other.csv")
        write_runs(tmp_path / "runs.csv", [row(seed="one")])
        with pytest.raises(InputError, match="no number"):
            read_runs(tmp_path / "runs.csv")

    def test_tasks_go_seed_by_seed(self) -> None:
        """All ideas and budgets of one seed come before the next seed, each once."""
        found = list(tasks([TINY, load_instance("fig3")], 3))
        assert len(set(found)) == len(found) == 3 * 2 * 2 * len(IDEAS)
        assert [task.seed for task in found] == sorted(task.seed for task in found)
        assert budgets(TINY, 0.5) == {"evaluations": 25000, "seconds": 0.25}

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
        """Of 2,000 samples of ten normal numbers about 95 % have the true mean in the interval."""
        rng = np.random.default_rng(1)
        found = [summary(sample) for sample in rng.normal(3, 2, (2000, 10)).tolist()]
        assert 0.935 < np.mean([s.low <= 3 <= s.high for s in found]) < 0.965

    def test_differences_by_hand(self) -> None:
        """Variances add up; the smaller sample gives the degrees of freedom."""
        d = difference([2, 4, 6], [10, 10])
        assert_allclose([d.mean, d.high - d.mean], [-6, 12.706 * 2 / math.sqrt(3)])
        assert difference([1], [2, 3]).low == -math.inf

    def test_the_table_says_who_is_better(self) -> None:
        """Verdicts against the first idea; no per cent above a best of zero."""
        rows = [row(seed=k, total_tardiness=100 + k) for k in range(5)]
        rows += [row(idea="search", seed=k, total_tardiness=50 + k) for k in range(5)]
        rows += [row(idea="BRKGA", seed=k, total_tardiness=150 + k) for k in range(5)]
        rows += [row(idea="GA, compact", seed=k, total_tardiness=101 + 3 * k) for k in range(5)]
        lines = {line.split("  ")[0]: line for line in ideas_table(rows, "x", "evaluations", 40).splitlines()}
        assert lines["search"].endswith(" better")
        assert lines["BRKGA"].endswith("worse")
        assert lines["GA, compact"].endswith("cannot tell")
        assert "30.0 %" in lines["search"]
        assert "%" not in ideas_table(rows, "x", "evaluations", 0).replace("95 %", "")
        assert list(totals_of(rows, "x", "evaluations")) == ["paper's GA", "GA, compact", "BRKGA", "search"]
        assert totals_of(rows, "x", "seconds") == {}


class TestCommand:
    """``python -m benchmarks.beyond_study``."""

    def test_it_goes_on_where_it_was(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Runs that the table has are not made again; other budgets are refused; equal evaluations repeat exactly."""
        call = ["--out", str(tmp_path / "new" / "data"), "--instances", "fig3", "--share", "0.002"]
        assert main([*call, "--seeds", "1"]) == 0
        first = read_runs(tmp_path / "new" / "data" / "runs.csv")
        assert len(first) == 2 * len(IDEAS)
        assert (tmp_path / "new" / "data" / "gap.json").exists()
        assert main([*call, "--seeds", "2"]) == 0
        second = read_runs(tmp_path / "new" / "data" / "runs.csv")
        assert second[: len(first)] == first
        assert len(second) == 2 * len(first)
        assert main([*call[:-1], "0.003"]) == 2
        assert "--anew everything" in capsys.readouterr().err
        assert main([*call, "--seeds", "1", "--anew", "seconds"]) == 0
        third = read_runs(tmp_path / "new" / "data" / "runs.csv")
        assert len([entry for entry in third if entry["budget"] == "seconds"]) == len(IDEAS)
        assert main([*call, "--seeds", "1", "--anew", "everything"]) == 0
        totals = [
            totals_of(read, "fig3", "evaluations")
            for read in (first, read_runs(tmp_path / "new" / "data" / "runs.csv"))
        ]
        assert totals[0] == totals[1]

    def test_an_unknown_instance_is_bad_input(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """One line, exit code 2."""
        assert main(["--out", str(tmp_path), "--instances", "absent"]) == 2
        assert capsys.readouterr().err.count("\n") == 1

    def test_an_interrupt_keeps_what_is_done(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Exit code 130, and no row for the run that was cut off."""
        calls = []

        def interrupted(task: Task, instance: Instance) -> dict[str, Any]:
            calls.append(task)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return row(instance=task.instance, idea=task.idea, seed=task.seed)

        monkeypatch.setattr("benchmarks.beyond_study.run", interrupted)
        assert main(["--out", str(tmp_path), "--instances", "fig3", "--share", "0.001"]) == 130
        assert len(read_runs(tmp_path / "runs.csv")) == 2
        assert not (tmp_path / "gap.json").exists()


class TestFacts:
    """What the notebook shows of the stored runs."""

    def test_stored_runs_are_what_their_seeds_give(self) -> None:
        """The table that comes with the notebooks: all ideas, both budgets, equal seeds, and a run made again."""
        rows = read_runs(results_folder() / "runs.csv")
        assert {row["idea"] for row in rows} == set(IDEAS)
        names = dict.fromkeys(row["instance"] for row in rows)
        wanted = set(tasks([load_instance(name) for name in names], max(row["seed"] for row in rows)))
        assert {key_of(row) for row in rows} == wanted
        assert len(rows) == len(wanted)
        for idea in ("paper's GA", "GA, canonical codes", "GA, compact"):
            sentence = rerun(rows, load_instance("small-1"), idea, 2, 10)
            now, stored = sentence.split("seed 2: ")[1].split(" (stored ")
            assert stored == f"{now})"

    def test_no_stored_run_beats_a_bound(self) -> None:
        """Nothing is better than the best known, which has a bound beneath it."""
        least: dict[str, float] = {}
        for entry in read_runs(results_folder() / "runs.csv"):
            least[entry["instance"]] = min(entry["total_tardiness"], least.get(entry["instance"], math.inf))
        for name, total in least.items():
            assert total >= good_schedule(load_instance(name)).total_tardiness

    def test_the_stored_gap_is_read_and_another_measured(self) -> None:
        """The problem's name decides."""
        history, how = gap_history(results_folder(), "small-2", 0.2)
        assert (history.instance, how) == ("small-2", "stored")
        assert history.upper[-1][1] >= 123 >= history.lower[-1][1]
        assert gap_history(results_folder(), "fig3", 0.2)[1] == "measured now"

    def test_facts_of_a_few_rows(self) -> None:
        """Budgets, days and processors in words; means by hand; a run without a stored one."""
        rows = [
            row(budget=budget, seed=k, total_tardiness=4 + k) for budget in ("evaluations", "seconds") for k in (0, 2)
        ]
        assert intervals(rows, "x")["seconds"]["paper's GA"][0] == 5
        assert provenance(rows).splitlines() == [
            "4 runs, made 2027-01-04 with one thread on: a, b",
            "x: 10 evaluations, or 10 s; 2 seeds",
        ]
        assert "during 50 % of its seconds" in provenance([*rows, row(busy=0.5)])
        assert evaluations_spent(rows, "x") == {"paper's GA": 10}
        assert rerun(rows, TINY, "search", 1, 50).startswith("search: 50 evaluations, seed 1: ")
        assert references(TINY)["best known"] == 16.5
        own = Instance.from_dict(TINY.to_dict() | {"sites": 1})
        assert good_schedule(own, 2000).instance.sites == 1  # not the kit's schedule of that name


def test_the_gap_is_measured_from_both_sides() -> None:
    """Schedules fall from the planners' rule, bounds rise, and on a small problem they meet."""
    history = measure_gap(load_instance("tiny-weights"), 0.3, 10)
    assert history.upper[0][1] == solve(load_instance("tiny-weights"), "expert_orders").total_tardiness
    assert history.upper[-1][1] == history.lower[-1][1] == 16.5


def test_a_slow_rule_only_moves_the_search_to_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search begins when the planners' rule has ended, so no schedule is older than the one before."""

    def slow(instance: Instance, *, whole_orders: bool) -> list[list[tuple[int, int]]]:
        time.sleep(0.3)
        return dispatch(instance, whole_orders=whole_orders)

    monkeypatch.setattr("cmo_kit.study.ideas.closing.dispatch", slow)
    first, *others = measure_gap(load_instance("tiny-weights"), 0.1, 0.1).upper
    assert others and 0.3 <= first[0] <= min(seconds for seconds, _ in others)


def test_pictures_show_their_numbers() -> None:
    """Marks stand at the means, bars sum up to the groups, and the words name the same numbers."""
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
    assert "a 10.0, b 20.0; equal seconds: b 5.0" in alt_text_intervals(by_budget, "x", {"best known": 4.0})

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
