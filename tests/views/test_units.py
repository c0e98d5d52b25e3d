"""What pictures say of numbers: in the time unit of their problem, without powers of ten, and only what is so."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from cmo_kit import History, InputError, Instance, load_instance, solve
from cmo_kit.base.language import speak
from cmo_kit.course.run_questions import questions_about
from cmo_kit.views import GapHistory, alt_text_convergence, alt_text_gap, example_keys, plot_convergence
from cmo_kit.views.comparison import alt_text_intervals, plot_intervals
from cmo_kit.views.genetic import alt_text_generations, plot_crossover, plot_generations
from cmo_kit.views.local_search import (
    alt_text_acceptance,
    alt_text_neighbours,
    alt_text_walks,
    plot_acceptance,
    plot_walks,
)
from cmo_kit.views.pipeline import plot_pipeline
from cmo_kit.views.predictions import plot_predictions
from cmo_kit.views.style import figure_of
from cmo_kit.views.words import duration, rounded, shortened, tardiness_text
from cmo_kit.widgets import break_a_constraint, decode_explorer, ga_explorer, gap_explorer
from cmo_kit.widgets.beat.picture import render
from cmo_kit.widgets.beat.state import new_game

FIG3 = load_instance("fig3")
RUN = History.from_rows([(9.0, 12.0, 20.0, 10, 0.1, 5), (7.0, 8.0, 9.0, 20, 0.2, 3)])
WALK = {"cold": [3.0, 2.0]}


def test_pictures_of_runs_tell_the_unit_that_they_are_given() -> None:
    told = (
        plot_acceptance([1.0], 10, "hour").get_xlabel(),
        alt_text_acceptance([1.0], 10, "hour"),
        plot_walks(WALK, "hour").get_ylabel(),
        alt_text_walks(WALK, "hour"),
        plot_generations(RUN, "hour").axes[0].get_ylabel(),
        alt_text_generations(RUN, "hour"),
        plot_convergence({"GA": [RUN]}, time_unit="hour").get_ylabel(),
        alt_text_convergence({"GA": [RUN]}, time_unit="hour"),
    )
    for text in told:
        assert "hours" in text and "day" not in text


def test_questions_about_a_problem_in_minutes_count_in_minutes() -> None:
    plan = solve(load_instance("jobs-1"), "expert").schedule
    assert plan is not None
    asked = " ".join(q.text for q in questions_about(plan, np.random.default_rng(1), 8))
    assert "minutes" in asked and "day" not in asked


def test_a_chart_says_the_total_that_the_command_says() -> None:
    orders = tuple(replace(order, due_date=order.due_date - 10**6 + 0.5) for order in load_instance("fig1").orders[:1])
    schedule = solve(Instance("late", 1, orders, ((2,),)), "expert").schedule
    assert f"{schedule.total_tardiness:.10g} days" in tardiness_text(schedule)
    assert schedule.total_tardiness % 1


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0.25, 6, "0.25"), (999_999.7, 6, "1000000"), (1_234_567.25, 6, "1234567"), (12_345.6, 4, "12346"), (0, 4, "0")],
)
def test_numbers_have_no_powers_of_ten(value: float, digits: int, text: str) -> None:
    assert rounded(value, digits) == text


def test_large_numbers_are_written_out_in_words_and_in_explorers() -> None:
    assert duration(2e6, "hour") == "2000000 hours"
    history = GapHistory("slow", "day", ((0.5, 3e6),), ((0.25, 1.0), (1234.0, 2e6)))
    assert "falls from 3000000 days after 0.5 seconds" in alt_text_gap(history)
    assert "to 2000000 after 1234." in alt_text_gap(history)
    late = replace(FIG3, orders=tuple(replace(order, weight=1e5) for order in FIG3.orders))
    assert "e+" not in ga_explorer(late, population_size=4, generations=1).frame


def test_explorers_write_long_times_out() -> None:
    fig1 = load_instance("fig1")
    orders = tuple(
        replace(order, due_date=4e6, processing_times=tuple(2e6 * time for time in order.processing_times))
        for order in fig1.orders
    )
    slow = replace(fig1, orders=orders)
    two = replace(
        slow, orders=tuple(replace(order, batches=1) for order in orders[:2]), sites=1, setup=((0, 1), (1, 0))
    )
    stages = decode_explorer(slow), gap_explorer(slow), break_a_constraint(two)
    for frame in (*(stage.frame for stage in stages), render(new_game(slow, ()))):
        assert "000000" in frame and not re.search(r"\de\+\d", frame)


def test_cleaning_is_explained_where_there_is_some() -> None:
    assert "grey: cleaning" in plot_pipeline(load_instance("fig1"), "A", "B").get_xlabel()
    given = load_instance("tiny-initial-setups")
    assert "cleaning" not in plot_pipeline(given, given.orders[0].id, given.orders[1].id).get_xlabel()


def test_long_answers_without_blanks_are_told_apart() -> None:
    answers = {"How many?": {"x" * 50 + "1": 2, "x" * 50 + "2": 1}}
    labels = [label.get_text() for label in plot_predictions(answers).get_yticklabels()]
    assert len(set(labels)) == 2 and all(20 < len(label) <= 34 for label in labels)


def test_a_question_in_hangul_has_as_much_room_as_any() -> None:
    """Its letters are twice as wide, so a line has half as many."""
    drawn = plot_predictions({"가나다라 마바사 " * 20: {"1": 2}})
    (question,) = (text.get_text() for text in drawn.texts if "answers" in text.get_text())
    assert max(map(len, question.splitlines())) <= 50


def test_names_above_the_genes_of_a_crossover_have_room() -> None:
    orders = tuple(replace(order, id=f"the client of order {order.id}") for order in FIG3.orders)
    keys = np.full((2, FIG3.key_count), 0.5)
    drawn = plot_crossover(replace(FIG3, orders=orders), keys, keys, np.arange(FIG3.key_count) < 6)
    names = [text.get_text() for text in drawn.texts if text.get_position()[1] == -0.25]
    assert len(names) == FIG3.key_count and max(map(len, names)) <= 9
    short = [text.get_text() for text in plot_crossover(FIG3, keys, keys, np.arange(FIG3.key_count) < 6).texts]
    assert {"o1.1", "site 2"} <= set(short)


def test_names_above_the_genes_of_a_crossover_are_told_apart_in_every_language() -> None:
    """By the data, not by a sentence that may be translated; on Axes without room for a letter it still draws."""
    orders = tuple(replace(order, id=f"order {name}") for order, name in zip(FIG3.orders, "ABCDE", strict=False))
    keys, kept = np.full((2, FIG3.key_count), 0.5), np.arange(FIG3.key_count) < 6
    speak("ko")
    try:
        drawn = plot_crossover(replace(FIG3, orders=orders), keys, keys, kept)
    finally:
        speak("en")
    assert len({text.get_text() for text in drawn.texts if text.get_position()[1] == -0.25}) == FIG3.key_count
    narrow = plot_crossover(FIG3, keys, keys, kept, Figure(figsize=(1, 2)).subplots(1, 4)[0])
    assert {text.get_text() for text in narrow.texts if text.get_position()[1] == -0.25} == {"…"}


@pytest.mark.parametrize(("most", "text"), [(9, "abcdefghi"), (5, "ab…hi"), (2, "a…"), (1, "…"), (0, "…"), (-1, "…")])
def test_a_name_is_shortened_to_any_room(most: int, text: str) -> None:
    assert shortened("abcdefghi", most) == text


def test_a_text_of_a_million_letters_is_shortened_at_once() -> None:
    assert shortened(1_000_000 * "z", 5) == "zz…zz"


def test_a_single_run_has_no_interval_and_a_mean_of_0_a_mark() -> None:
    """An interval to infinity would be drawn to one side; a logarithmic axis has no 0."""
    by_method = {"a": (8.0, 6.0, 10.0), "b": (20.0, -np.inf, np.inf), "c": (0.0, 0.0, 0.0), "d": (0.0, -np.inf, np.inf)}
    ax = plot_intervals({"evaluations": by_method}, "x", {})
    figure_of(ax).draw_without_rendering()
    (whiskers,) = ax.containers[0][2]
    ends = [line[:, 0].tolist() for line in whiskers.get_segments() if len(line)]
    assert ends == [[6.0, 10.0], [0.0, 0.0]]
    one = "no interval: one run"
    assert [text.get_text() for text in ax.texts] == ["", one, "0", f"0  ·  {one}"]
    left = [line.get_ydata()[0] for line in ax.lines if line.get_transform() == ax.get_yaxis_transform()]
    assert left == [2, 3]
    assert "a 8.0, b 20.0 (one run), c 0.0, d 0.0 (one run)" in alt_text_intervals({"evaluations": by_method}, "x", {})


def test_a_kind_of_move_without_neighbours_is_told() -> None:
    assert "swaps: no neighbour" in alt_text_neighbours({"moves": [1.0], "swaps": []})


def test_keys_that_do_not_fit_are_refused_with_their_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text("[0.5, 2]")
    with pytest.raises(InputError, match=r"keys\.json: "):
        example_keys(FIG3, str(path))
