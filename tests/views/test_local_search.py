"""Pictures of local search draw what their words say."""

import numpy as np
from numpy.testing import assert_allclose

from cmo_kit.views.local_search import (
    alt_text_acceptance,
    alt_text_neighbours,
    alt_text_walks,
    plot_acceptance,
    plot_neighbours,
    plot_walks,
)
from cmo_kit.views.style import figure_of


def test_every_neighbour_is_a_mark_and_the_better_ones_are_told_apart() -> None:
    ax = plot_neighbours({"moves": [3, -2, 0, 5], "swaps": [1]})
    figure_of(ax).draw_without_rendering()
    better = [line for line in ax.lines if line.get_marker() == "v"]
    assert [len(np.asarray(line.get_xdata())) for line in better] == [1, 0]
    assert sum(len(np.asarray(line.get_xdata())) for line in ax.lines if line.get_marker() == ".") == 4
    assert "moves: 4 neighbours, 1 better, 1 equal, 2 worse, from -2 to +5" in alt_text_neighbours(
        {"moves": [3, -2, 0, 5]}
    )


def test_acceptance_falls_as_the_formula_says() -> None:
    hot, cold = plot_acceptance([10, 1], worst=12).lines
    assert_allclose(np.asarray(hot.get_ydata())[-1], np.exp(-1.2))
    assert np.all(np.asarray(cold.get_ydata())[1:] < np.asarray(hot.get_ydata())[1:])
    assert "at temperature 10 81.9% for 2 days worse and 30.1% for 12" in alt_text_acceptance([10, 1], worst=12)


def test_a_walk_is_drawn_from_its_first_to_its_last_place() -> None:
    walk = np.r_[9.0, np.full(5000, 4.0), 7.0]
    (line,) = plot_walks({"cold": walk}).lines
    assert np.asarray(line.get_ydata())[[0, -1]].tolist() == [9, 7] and np.asarray(line.get_xdata())[-1] == len(walk)
    assert alt_text_walks({"cold": walk}).endswith("cold begins at 9, is at most 9, at least 4, and ends at 7.")
