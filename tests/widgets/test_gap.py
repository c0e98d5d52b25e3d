"""The gap explorer: cleaning times that move, and the gap that follows the formula."""

import re
from dataclasses import replace

import pytest

from cmo_kit import CleaningTimes, InputError, load_instance
from cmo_kit.widgets import Event, gap_explorer
from cmo_kit.widgets.gap.picture import render
from cmo_kit.widgets.gap.state import GapState, step, with_cleaning, with_pair

FIG1 = load_instance("fig1")
START = with_pair(FIG1, 0, 1)


def numbers(state: GapState) -> tuple[float, float]:
    return float(state.problem.g[state.first, state.second]), float(state.problem.b[state.first, state.second])


def test_it_begins_with_the_given_cleaning_and_the_deciding_operation() -> None:
    """Main culture decides between A and B of fig1: 8 + 4 - 2."""
    assert START.cleaning == (1, 4, 5)
    assert START.chosen == 1
    assert numbers(START) == (10, 7)


@pytest.mark.parametrize(
    ("o", "time", "gap"), [(0, 12, 15), (0, 8, 11), (0, 7, 10), (1, 0, 9), (1, 6, 12), (2, 6, 10), (2, 7, 11)]
)
def test_the_gap_is_the_largest_need(o: int, time: float, gap: float) -> None:
    """By hand: ends 3, 8, 10 plus cleaning, minus the ways 0, 2, 6 of the second batch."""
    state = with_cleaning(START, o, time)
    assert numbers(state) == (gap, gap - 3)
    assert f"gap g = {gap:g}" in render(state)
    assert f"setup time b = {gap - 3:g}" in render(state)


def test_only_the_pair_is_changed() -> None:
    """The instance keeps its times, and other pairs of the new one too, except those behind the same order."""
    state = with_cleaning(START, 2, 9)
    assert FIG1.g[0, 1] == 10
    assert (state.problem.g[1:] == FIG1.g[1:]).all()
    assert state.problem.g[0, 0] == FIG1.g[0, 0]
    same = with_cleaning(with_pair(FIG1, 0, 0), 1, 3)
    assert same.problem.g[0, 0] == 8
    assert same.problem.g[0, 1] == FIG1.g[0, 1]


@pytest.mark.parametrize(
    ("event", "cleaning", "chosen"),
    [
        (Event("drag", "clean-2", 17 / 27), (1, 4, 7), 2),
        (Event("drop", "clean-2", 0.0), (1, 4, 0), 2),
        (Event("drag", "clean-0", 1.0), (12, 4, 5), 0),
        (Event("set", "slide-0", 3), (3, 4, 5), 0),
        (Event("key", "", "ArrowRight"), (1, 5, 5), 1),
        (Event("key", "clean-2", "ArrowLeft"), (1, 4, 4), 2),
        (Event("key", "", "Home"), (1, 0, 5), 1),
        (Event("key", "clean-0", "End"), (12, 4, 5), 0),
        (Event("key", "", "ArrowDown"), (1, 4, 5), 2),
        (Event("key", "", "ArrowUp"), (1, 4, 5), 0),
        (Event("key", "", "q"), (1, 4, 5), 1),
        (Event("click", "bar-2"), (1, 4, 5), 2),
        (Event("click", "clean-9"), (1, 4, 5), 1),
        (Event("tick"), (1, 4, 5), 1),
    ],
)
def test_ways_to_change_a_cleaning_time(event: Event, cleaning: tuple[float, ...], chosen: int) -> None:
    """Handles, sliders and keys, in whole days between 0 and 12."""
    state = step(START, event)
    assert state.cleaning == cleaning
    assert state.chosen == chosen


def test_reset_and_another_pair() -> None:
    """Cleaning as given comes back; another order brings its own times."""
    changed = with_cleaning(START, 0, 9)
    assert step(changed, Event("click", "reset")).cleaning == START.cleaning
    other = step(changed, Event("set", "second", "A"))
    assert (other.first, other.second, other.cleaning) == (0, 0, (1, 1, 1))
    assert step(START, Event("set", "first", "C")).cleaning == (1, 4, 4)
    with pytest.raises(InputError, match="no such order"):
        step(START, Event("set", "second", "Z"))
    with pytest.raises(InputError, match="must be a number"):
        step(START, Event("set", "slide-0", "x"))


def test_everything_that_can_be_chosen_is_inside_the_picture() -> None:
    """The axis stands still while cleaning moves; no bar leaves it."""
    for i in range(3):
        for j in range(3):
            state = with_pair(FIG1, i, j)
            for o in range(3):
                moved = with_cleaning(state, o, 99)
                assert moved.right == state.right
                assert moved.problem.g[i, j] + FIG1.tails[j] <= moved.right
                places = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', render(moved))
                axis, *bars = (float(x) + float(width) for x, width in places)
                assert len(bars) == 3 * 5  # of each operation two batches, the cleaning, and its knob with room around
                assert max(bars) <= axis + 0.01 < 780


def test_the_longest_cleaning_is_a_whole_number_and_so_inside_the_picture() -> None:
    """Twice 6.75 is 13.5, which is no time that can be chosen."""
    assert isinstance(FIG1.setup, CleaningTimes)
    longer = replace(FIG1, setup=replace(FIG1.setup, change=((6.75, 1, 1),) * 3))
    state = with_cleaning(with_pair(longer, 0, 1), 0, 99)
    assert state.cleaning[0] == state.most == 14


def test_long_names_stay_in_their_places() -> None:
    names = {order.id: f"{order.id} of a client with a long name" for order in FIG1.orders}
    orders = tuple(replace(order, id=names[order.id]) for order in FIG1.orders)
    drawn = gap_explorer(replace(FIG1, orders=orders, operations=("a very long operation", "b", "c"))).frame
    texts = re.findall(r"<text[^>]*>([^<]*)<", drawn)
    assert not [text for text in texts if text in names.values() or text == "a very long operation"]


def test_what_an_operation_needs_stands_inside_the_picture() -> None:
    """Also where its numbers are long."""
    times = (123456.5, 234567.5, 98765.5)
    slow = replace(FIG1, orders=tuple(replace(order, processing_times=times) for order in FIG1.orders))
    found = re.findall(r'<text x="([\d.]+)"[^>]*>(needs [^<]*)<', gap_explorer(slow).frame)
    assert len(found) == 3
    assert all(float(x) + 13 * 0.6 * len(text) <= 880 for x, text in found)


def test_any_instance_with_cleaning_times_is_drawn_and_others_are_refused() -> None:
    """Tiny problems and one of the paper's size; given setup times are no cleaning times."""
    for name in ("tiny-pipeline", "tiny-split-pipeline", "small-1"):
        assert "gap g = " in gap_explorer(load_instance(name)).frame
    assert "Gap 6 days" in gap_explorer(FIG1, "A", "A").frame
    given = replace(FIG1, setup=((3, 3, 3),) * 3)
    with pytest.raises(InputError, match="needs an instance with cleaning_times"):
        gap_explorer(given)
    with pytest.raises(InputError, match="no such order"):
        gap_explorer(FIG1, "Z")
