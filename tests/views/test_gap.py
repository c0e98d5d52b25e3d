"""The picture of the closing gap: its steps are the history's, and a history that cannot be is refused."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cmo_kit import InputError
from cmo_kit.views import GapHistory, alt_text_gap, plot_gap
from cmo_kit.views.gap import known_at
from cmo_kit.views.style import figure_of

OPEN = GapHistory("open", "day", ((0.01, 50.0), (1.0, 20.0), (3.0, 18.0)), ((0.002, 2.0), (2.0, 15.0)))
CLOSED = GapHistory("closed", "hour", ((0.0, 7.0),), ((0.0, 1.0), (5.0, 7.0)))


@pytest.mark.parametrize("history", [OPEN, CLOSED], ids=["open", "closed"])
def test_both_sides_are_drawn_to_the_end(history: GapHistory) -> None:
    """Each line goes through its own points, ends at its last value, and both end together."""
    ax = plot_gap(history)
    figure_of(ax).draw_without_rendering()
    lines = {line.get_gid(): line for line in ax.lines}
    for gid, points in (("upper", history.upper), ("lower", history.lower)):
        assert_allclose(np.asarray(lines[gid].get_ydata())[:-1], [value for _, value in points])
        assert np.asarray(lines[gid].get_ydata())[-1] == points[-1][1]
    ends = {float(np.asarray(line.get_xdata())[-1]) for line in lines.values()}
    assert len(ends) == 1
    assert ends.pop() >= max(history.upper[-1][0], history.lower[-1][0])
    assert f"{history.time_unit}s" in ax.get_ylabel()
    assert any(child.get_gid() == "between" for child in ax.collections)


@pytest.mark.parametrize(("first", "last"), [(2.0, 6.0), (2.1, 3.5), (0.03, 0.04), (0.5, 4000.0)])
def test_the_axis_of_seconds_has_numbers(first: float, last: float) -> None:
    ax = plot_gap(GapHistory("open", "day", ((first, 5.0), (last, 3.0)), ((first, 1.0),)))
    figure_of(ax).draw_without_rendering()
    low, high = ax.get_xlim()
    shown = [label.get_text() for label in ax.get_xticklabels() if low <= label.get_position()[0] <= high]
    assert len(shown) >= 2
    assert [float(text.replace(",", "")) for text in shown]


def test_it_says_what_is_left() -> None:
    """An open gap is told in time units, a closed one is a proof."""
    assert OPEN.gap == 3
    assert "3 days are left" in alt_text_gap(OPEN)
    assert "falls from 50 days" in alt_text_gap(OPEN)
    assert "rises from 2 " in alt_text_gap(OPEN)
    assert "proved optimal" not in plot_gap(OPEN).get_title(loc="left")
    assert CLOSED.gap == 0
    assert "proved optimal" in alt_text_gap(CLOSED)
    assert "proved optimal" in plot_gap(CLOSED).get_title(loc="left")


def test_it_draws_on_axes_that_are_given() -> None:
    """The same Axes come back."""
    ax = plot_gap(OPEN)
    ax.clear()
    assert plot_gap(CLOSED, ax) is ax


@pytest.mark.parametrize(("seconds", "value"), [(0.5, 50), (1.0, 20), (2.9, 20), (9, 18), (0.001, 50)])
def test_what_is_known_at_a_moment(seconds: float, value: float) -> None:
    """The last value up to then; before the first point, the first."""
    assert known_at(OPEN.upper, seconds) == value


def test_a_history_survives_its_file() -> None:
    """Plain data and back."""
    assert GapHistory.from_dict(OPEN.to_dict()) == OPEN


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"upper": []}, "upper is empty"),
        ({"lower": [[1, 2], [0.5, 3]]}, "seconds must not fall"),
        ({"upper": [[1, 2], [2, 3]]}, "values must not rise"),
        ({"lower": [[1, 2], [2, 1]]}, "values must not fall"),
        ({"lower": [[1, 19]]}, "above upper"),
        ({"lower": 3}, "lower is 3; it must be a list"),
        ({"lower": [[1]]}, "lower has 1 entries; it must have 2, seconds and a value"),
        ({"upper": [["1", 2]]}, "upper is '1'; it must be a number"),
        ({"instance": None}, "instance is None"),
        ({"more": 1}, "the history of a gap has the unknown key 'more'"),
    ],
)
def test_a_history_that_cannot_be_is_refused(change: dict[str, Any], words: str) -> None:
    """One sentence names the side and the rule."""
    with pytest.raises(InputError, match=words):
        GapHistory.from_dict(OPEN.to_dict() | change)
