"""What the notebooks of the course say rests on functions, and these do what they say."""

from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from numpy.testing import assert_allclose, assert_array_equal

from cmo_kit import InputError, decode, load_instance, solve
from cmo_kit.core.generate import SETS
from cmo_kit.course.dispatching import (
    RULES,
    batches_before,
    by_rule,
    fit_errors,
    fit_slack,
    known_truth,
    mean_totals,
    printed_tardiness,
    rule_table,
    rule_totals,
)
from cmo_kit.course.environment import check_environment, facts, installed
from cmo_kit.course.loop_source import BEGINNINGS, lines_by_box, loop_source
from cmo_kit.course.model_by_hand import big_v_table, expected_gammas, expected_table, shipped_table, without
from cmo_kit.course.operators_by_hand import cross_pair, example_population, mutate_once, mutation_effects, tardiness_of
from cmo_kit.views import FIGURE_3_KEYS
from cmo_kit.views.comparison import alt_text_slack_fit, plot_slack_fit
from cmo_kit.views.flow_chart import BOXES, alt_text_flow_chart, plot_flow_chart
from cmo_kit.views.genetic import alt_text_crossover, alt_text_generations, plot_crossover, plot_generations

FIG1, FIG3, PIPELINE = load_instance("fig1"), load_instance("fig3"), load_instance("tiny-pipeline")


def test_the_example_population_begins_with_figure_3() -> None:
    population = example_population(FIG3, 5, seed=2)
    assert_array_equal(population[0], FIGURE_3_KEYS)
    assert_array_equal(population, example_population(FIG3, 5, seed=2))
    assert tardiness_of(FIG3, population)[0] == decode(FIG3, FIGURE_3_KEYS).total_tardiness


def test_children_of_a_pair_are_complementary() -> None:
    parents = example_population(FIG3, 2, seed=1)
    children, kept = cross_pair(*parents, seed=3)
    assert_array_equal(children[0], np.where(kept, parents[0], parents[1]))
    assert_array_equal(children[1], np.where(kept, parents[1], parents[0]))
    assert 0 < kept.sum() < len(kept)


def test_a_mutation_changes_one_gene() -> None:
    after, gene = mutate_once(FIGURE_3_KEYS, seed=5)
    assert np.flatnonzero(after != np.array(FIGURE_3_KEYS)).tolist() == [gene]


def test_effects_of_mutations_add_up() -> None:
    one = load_instance("tiny-one-batch")
    assert mutation_effects(one, np.full(one.key_count, 0.5), 20, seed=1).same == 20
    effects = mutation_effects(FIG3, FIGURE_3_KEYS, 200, seed=1)
    assert effects.tries == 200
    assert 0 < effects.same < 200
    assert str(effects.worse) in effects.sentence


def test_every_box_of_the_flow_chart_has_its_code() -> None:
    assert set(BOXES) == set(BEGINNINGS) == set(lines_by_box())
    ax = plot_flow_chart(lines_by_box())
    assert {patch.get_gid() for patch in ax.patches} >= {f"box-{number}" for number in BOXES}
    assert "our drawing" in ax.get_title(loc="left")
    assert "4 stop?" in alt_text_flow_chart()


def test_the_printed_loop_is_the_loop() -> None:
    lines = loop_source().splitlines()
    assert lines[0] == "for number in count():"
    assert lines[-1].strip() == "mutation(population, mutation_probability, rng)"
    assert all(any(line.strip() == wanted for line in lines) for box in (3, 5, 6, 7) for wanted in lines_by_box()[box])


def test_the_crossover_picture_shows_each_gene_by_origin() -> None:
    parents = example_population(FIG3, 2, seed=1)
    children, kept = cross_pair(*parents, seed=3)
    boxes = {patch.get_gid(): patch for patch in plot_crossover(FIG3, parents, children, kept).patches}
    for gene, keeps in enumerate(kept):
        child, parent = boxes[f"2-{gene}"], boxes[f"{0 if keeps else 1}-{gene}"]
        assert isinstance(child, Rectangle)
        assert (child.get_facecolor(), child.get_hatch()) == (parent.get_facecolor(), parent.get_hatch())
    assert f"child 1 has {kept.sum()} genes" in alt_text_crossover(FIG3, kept)
    with pytest.raises(InputError, match="two and two"):
        plot_crossover(FIG3, parents[:1], children, kept)


def test_the_picture_of_a_run_has_its_numbers() -> None:
    history = solve(FIG3, "ga", seed=1, generations=5, target=0).history
    lines = {line.get_gid(): line for ax in plot_generations(history).axes for line in ax.lines}
    assert_array_equal(lines["mean"].get_ydata(), history.mean)
    assert f"best {history.best[-1]:.6g}" in alt_text_generations(history)
    empty = type(history)(*(getattr(history, name)[:0] for name in history.__dataclass_fields__))
    with pytest.raises(InputError, match="empty"):
        plot_generations(empty)


def test_the_complete_model_satisfies_the_checker() -> None:
    found = without(PIPELINE)
    assert (found.status, found.claimed, found.words) == ("optimal", 3, [])
    assert "no violation" in found.report()


@pytest.mark.parametrize("number", [2, 3, 5, 6, 8, 9, 10])
def test_what_a_needed_equation_forbids_the_checker_names(number: int) -> None:
    found = without(PIPELINE, number)
    assert found.claimed == 0
    assert found.words
    assert found.words[0] in found.report()


def test_the_optimum_needs_neither_4_nor_7() -> None:
    found = without(PIPELINE, 4, 7)
    assert (found.claimed, found.words) == (3, [])


def test_a_claimed_schedule_keeps_the_solver_s_times() -> None:
    schedule = without(PIPELINE, 6).schedule
    assert all((starts == 0).all() for starts in schedule.starts)
    assert schedule.possible.total_tardiness > schedule.total_tardiness == 0


def test_an_unsolved_model_is_reported_in_one_line() -> None:
    found = without(PIPELINE, seconds=0)
    assert found.schedule is None
    assert found.words == []
    assert found.report() == "[P] as it is: no_solution"


def test_v_has_no_say_in_the_optimum_while_it_is_small() -> None:
    lines = big_v_table(PIPELINE, [1000.0])
    assert [line.split(":")[-1] for line in lines] == [" total tardiness 3"] * 2


def test_sizes_follow_table_2() -> None:
    assert expected_gammas("small") == 900 * 3 * 89
    assert expected_gammas("large") == 10_000 * 10 * 1049
    assert "240,300" in expected_table()
    assert len(shipped_table().splitlines()) == 5


def test_the_rule_table_says_what_the_schedules_say() -> None:
    lines = rule_table(FIG1).splitlines()[2:]
    assert [line.split("  ")[0] for line in lines] == list(RULES)
    for rule, line in zip(RULES, lines, strict=True):
        schedule = by_rule(FIG1, rule)
        assert f" {schedule.total_tardiness:g} " in line
        assert line.endswith(f" {schedule.order_completions.max():g}")


def test_means_over_random_problems_are_the_same_with_or_without_a_change_that_changes_nothing() -> None:
    assert mean_totals("small", 2) == mean_totals("small", 2, due_date=[32, 186])
    assert mean_totals("small", 2)["whole orders"] == sum(rule_totals("small", 2)["whole orders"]) / 2


def test_the_printed_means_give_one_gap_and_one_slack() -> None:
    """Three points of Table 4 lie within a quarter of a day of the fitted line."""
    before = {name: batches_before(name) for name in ("small", "medium", "large")}
    assert before == {"small": 15, "medium": 27.5, "large": 52.5}
    printed = printed_tardiness()
    fit = fit_slack(list(before.values()), [printed[name] for name in before])
    assert_allclose([fit.gap, fit.slack], [8.75, 83.0], atol=0.05)
    assert all(abs(fit.tardiness(before[name]) - printed[name]) < 0.25 for name in before)


def test_a_fit_finds_the_line_that_the_points_lie_on() -> None:
    fit = fit_slack([10, 20, 50], [3 * x - 7 for x in (10, 20, 50)])
    assert_allclose([fit.gap, fit.slack], [3, 7])


def test_lateness_is_never_above_tardiness() -> None:
    truth = known_truth("small", 2)
    assert truth.lateness <= truth.tardiness
    assert truth.gap > 0


def test_the_picture_of_the_fit_has_its_points() -> None:
    points = {"paper": {"small": (15.0, 48.0), "large": (52.5, 376.0)}, "ours": {"small": (15.0, 46.0)}}
    lines = {line.get_gid(): line for line in plot_slack_fit(points, 8.75, 83).lines}
    assert_allclose(lines["paper"].get_ydata(), [48, 376])
    assert_allclose(lines["line"].get_ydata()[0], -83)
    assert "large 376.0 days at 52.5" in alt_text_slack_fit(points, 8.75, 83)


def test_every_check_but_the_kernel_passes_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = {check.name: check for check in check_environment()}
    assert [name for name, check in found.items() if check.problem] == ["Jupyter kernel"]
    assert found["solver CBC"].line == "OK       solver CBC"
    assert list(tmp_path.iterdir()) == []


def test_a_check_that_fails_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    checks = {"first": Mock(side_effect=OSError("no\nroom")), "second": lambda: ""}
    monkeypatch.setattr("cmo_kit.course.environment.CHECKS", checks)
    assert [check.line for check in check_environment()] == ["missing  first: OSError: no room", "OK       second"]


def test_the_line_of_facts_is_one_line_without_names_or_paths() -> None:
    line = facts()
    assert "\n" not in line
    assert "/" not in line
    assert f"numpy {np.__version__}" in line
    assert installed("cmo-kit-of-nobody") == "none"


def test_the_errors_of_the_fit_are_as_the_lesson_on_rules_and_luck_says() -> None:
    before = [batches_before(name) for name in SETS]
    gap, slack = fit_errors(before, [7.8, 11.7, 13.0])
    assert (round(gap, 2), round(slack)) == (0.42, 13)
