"""[P] with an equation left out: every choice, every pointer, and a verdict that is the checker's own."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from cmo_kit import InputError, Violation, check_schedule, load_instance
from cmo_kit.core.model import CONSTRAINTS
from cmo_kit.course.model_by_hand import ClaimedSchedule, Without, without
from cmo_kit.views.layout import batches_of
from cmo_kit.widgets import Event, break_a_constraint
from cmo_kit.widgets.constraint.picture import EQUATIONS, claim, render
from cmo_kit.widgets.constraint.state import KEYS, Broken, step

TINY = load_instance("tiny-pipeline")
NUMBERS = (0, *CONSTRAINTS)


@pytest.fixture(scope="module")
def start() -> Broken:
    """All ten answers, as the picture has them when it is made."""
    return break_a_constraint(TINY).state


def clicked(state: Broken, *names: str) -> Broken:
    for name in names:
        state = step(state, Event("click", name))
    return state


def typed(state: Broken, *keys: str) -> Broken:
    for key in keys:
        state = step(state, Event("key", "", key))
    return state


def test_every_equation_that_may_be_left_out_has_words_and_an_answer(start: Broken) -> None:
    """The whole model first, then (2) to (10)."""
    assert tuple(start.answers) == NUMBERS == tuple(EQUATIONS)
    for number, answer in start.answers.items():
        assert answer.equations == ((number,) if number else ())


def test_the_answers_are_those_of_notebook_3(start: Broken) -> None:
    """Only (4) and (7) can be missed on this problem; every other claim is too good to be true."""
    assert [number for number in NUMBERS if not clicked(start, f"without-{number}").violations] == [0, 4, 7]
    for number in NUMBERS:
        state = clicked(start, f"without-{number}")
        assert state.answer.claimed == (3 if number in (0, 4, 7) else 0)
        assert state.answer.words == [violation.message for violation in state.violations]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_verdict_stands_in_the_picture_word_for_word(start: Broken, number: int) -> None:
    """Every sentence of the independent checker, and none that it did not say; the frame is well-formed."""
    state = clicked(start, f"without-{number}")
    tree = ElementTree.fromstring(render(state))
    said = ["".join(node.itertext()) for node in tree.iter("button") if node.get("data-touch", "").startswith("word-")]
    claimed = state.answer.schedule
    assert claimed is not None
    spoken = [violation.message for violation in check_schedule(TINY, claimed)]
    assert said == state.answer.words
    assert set(said) <= set(spoken)
    text = " ".join(tree.itertext())
    assert ("Checker: no violation." in text) == (not said)
    assert EQUATIONS[number].formula in text


@pytest.mark.parametrize("number", NUMBERS)
def test_bars_stand_where_the_solver_says(start: Broken, number: int) -> None:
    """Claimed starts, bars as long as the operations take, and a bar for every batch."""
    state = clicked(start, f"without-{number}")
    claimed, drawn, possible = state.answer.schedule, state.drawn, state.possible
    assert claimed is not None
    assert drawn is not None
    assert possible is not None
    assert drawn.sites == claimed.sites == possible.sites
    for batch in batches_of(drawn):
        assert batch.start == claimed.starts[batch.site][batch.position]
        assert batch.end - batch.start == pytest.approx(TINY.tails[batch.order])
    names = {node.get("data-touch") for node in ElementTree.fromstring(render(state)).iter()}
    assert {f"batch-{batch.site}-{batch.position}" for batch in batches_of(drawn)} <= names
    assert [v for v in check_schedule(TINY, possible) if v.rule != "batches"] == []


def test_pointing_goes_both_ways(start: Broken) -> None:
    """A sentence lights its batch; a batch finds the first sentence about it; the same again ends it."""
    state = clicked(start, "without-6")
    for k, violation in enumerate(state.violations):
        assert clicked(state, f"word-{k}").chosen == k
        assert clicked(state, f"word-{k}", f"word-{k}").chosen is None
        if violation.site is not None and violation.position is not None:
            found = clicked(state, f"batch-{violation.site - 1}-{violation.position - 1}").chosen
            assert found is not None
            about = state.violations[found]
            assert (about.site, about.position) == (violation.site, violation.position) or about.site is None
            assert found <= k
    assert clicked(start, "batch-0-0").chosen is None  # the whole model: nobody objects


def test_a_sentence_about_lateness_points_at_the_batch_that_completes_the_order(start: Broken) -> None:
    """Of the late order it lights the batch that is last, in whichever chart; a missing batch is the whole order's."""
    state = clicked(start, "without-9")
    violation = next(violation for violation in state.violations if violation.rule == "tardiness")
    assert state.possible is not None
    i = TINY.order_index[str(violation.order)]
    batches = batches_of(state.possible)
    lit = [batch for batch in batches if state.is_about(violation, batch)]
    assert len(lit) >= 1
    assert {(batch.order, batch.end) for batch in lit} == {(i, state.possible.order_completions[i])}
    missing = Violation(None, None, str(violation.order), "batches", 1, "")
    assert [b for b in batches if state.is_about(missing, b)] == [b for b in batches if b.order == i]


def test_another_equation_ends_the_pointing(start: Broken) -> None:
    """A number of a sentence means nothing for another answer."""
    state = clicked(start, "without-6", "word-3", "without-2")
    assert (state.dropped, state.chosen) == (2, None)


def test_keys_walk_through_equations_and_sentences(start: Broken) -> None:
    """Left and Right, Home and End, digits, Up and Down, Escape; all stop at their ends."""
    assert typed(start, "ArrowLeft").dropped == 0
    assert [typed(start, *["ArrowRight"] * k).dropped for k in range(11)] == [*NUMBERS, 10]
    assert typed(start, "End").dropped == 10
    assert typed(start, "End", "Home").dropped == 0
    assert [typed(start, digit).dropped for digit in "234567890"] == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    three = typed(start, "3")
    assert [typed(three, *["ArrowDown"] * k).chosen for k in range(5)] == [None, 0, 1, 2, 2]
    assert typed(three, "ArrowUp").chosen == 2
    assert typed(three, *["ArrowUp"] * 5).chosen == 0
    assert typed(three, "ArrowDown", "Escape").chosen is None
    assert typed(start, "ArrowDown").chosen is None


NUMBERED = st.builds("{}-{}".format, st.sampled_from(["without", "word"]), st.integers(0, 14))
BATCHES = st.builds("batch-{}-{}".format, st.integers(0, 3), st.integers(0, 6))
TYPED = st.builds(Event, st.just("key"), st.just(""), st.sampled_from([*KEYS, "q", "1"]))


@settings(max_examples=40, deadline=None)
@given(happened=st.lists(st.one_of(TYPED, st.builds(Event, st.just("click"), NUMBERED | BATCHES)), max_size=25))
def test_any_events_show_something_that_is_there(start: Broken, happened: list[Event]) -> None:
    """The equation is one of the ten, the sentence one of the answer's."""
    state = start
    for event in happened:
        state = step(state, event)
        assert state.dropped in NUMBERS
        assert state.chosen is None or 0 <= state.chosen < len(state.violations)
    ElementTree.fromstring(render(state))


def test_the_claim_and_the_truth_are_told(start: Broken) -> None:
    """What is claimed, what the same runs take, what is missing, and gammas for no reason."""
    assert claim(start) == "CBC claims total tardiness 3 days (optimal)."
    six = clicked(start, "without-6")
    assert six.possible is not None
    assert claim(six).endswith(f"The same runs really take {six.possible.total_tardiness:g} days of tardiness.")
    assert claim(clicked(start, "without-3")).endswith("Batches are missing.")
    spurious = start.answers[4].spurious
    assert spurious > 0
    assert f"{spurious} γ are 1 although" in claim(clicked(start, "without-4"))


def test_no_schedule_in_time_is_said(start: Broken) -> None:
    """A solver that found nothing leaves a sentence and no chart."""
    nothing = Without((2,), "no_solution", None, None, 0)
    state = replace(start, answers={**start.answers, 2: nothing}, dropped=2)
    html = render(state)
    ElementTree.fromstring(html)
    assert "CBC found no schedule in time (no_solution)." in html
    assert "<rect" not in html
    assert clicked(state, "batch-0-0", "word-0").chosen is None


def test_completions_that_are_no_ends_are_marked() -> None:
    """Without (8) a diamond stands where the solver claims the completion."""
    schedule = ClaimedSchedule(TINY, [[("1", 1)], []], [np.array([0.0]), np.zeros(0)],
                               [np.array([0.0]), np.zeros(0)], np.zeros(3))  # fmt: skip
    right = ClaimedSchedule(TINY, schedule.sites, schedule.starts, [np.array([7.0]), np.zeros(0)], np.zeros(3))
    frames = [render(Broken(TINY, {0: Without((), "optimal", 0.0, claimed, 0)})) for claimed in (schedule, right)]
    assert ["l6 -7l6 7l-6 7z" in frame for frame in frames] == [True, False]


def test_the_picture_takes_tiny_problems_only() -> None:
    """[P] of a larger one is refused before anything is built; bad limits too."""
    with pytest.raises(InputError, match=r"has .* constraints for 'small-1'; for this picture it may have 3000"):
        break_a_constraint(load_instance("small-1"))
    with pytest.raises(InputError, match="seconds is -1"):
        break_a_constraint(TINY, seconds=-1)


def test_the_words_are_those_of_the_problem() -> None:
    """Initial setups open a Site later than at 0; with weights a weighted total is claimed."""
    set_up = break_a_constraint(load_instance("tiny-initial-setups"))
    set_up.send_event(Event("click", "without-7"))
    assert "s[l,1] = Σᵢ z[i,l,1] σ[i] for all l" in set_up.frame and "at time 0" not in set_up.frame
    weighted = break_a_constraint(load_instance("tiny-weights"))
    assert "CBC claims weighted total tardiness 16.5 days (optimal)." in weighted.frame
    weighted.send_event(Event("click", "without-7"))
    assert "s[l,1] = 0 for all l" in weighted.frame


def test_another_tiny_problem_and_a_click(start: Broken) -> None:
    """The stage shows what the state says."""
    stage = break_a_constraint(load_instance("tiny-one-batch"))
    assert "CBC claims total tardiness 2 days (optimal)." in stage.frame
    stage.send_event(Event("click", "without-3"))
    assert "Order 1 has 0 batches scheduled and asks for 1: 1 too few." in stage.frame
    assert stage.state.answer.schedule is not None
    assert without(load_instance("tiny-one-batch"), 3).claimed == stage.state.answer.claimed
