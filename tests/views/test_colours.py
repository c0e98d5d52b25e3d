"""A colour has one meaning: orders' colours are on orders only; and letters lie apart and can be read."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from cmo_kit import History, decode, load_instance, trace_decode
from cmo_kit.views import FIGURE_3_KEYS, plot_convergence, plot_figure3, plot_load, plot_wheel
from cmo_kit.views.comparison import plot_intervals, plot_redundancy, plot_slack_fit
from cmo_kit.views.decoding import plot_cuts
from cmo_kit.views.flow_chart import plot_flow_chart
from cmo_kit.views.genetic import plot_children, plot_crossover, plot_generations
from cmo_kit.views.layout import (
    CHOSEN,
    ORDER_COLOURS,
    PARENT_COLOURS,
    RED_TEXT,
    SERIES_COLOURS,
    VERMILLION,
    packed_rings,
)
from cmo_kit.views.local_search import plot_acceptance, plot_neighbours, plot_walks
from cmo_kit.views.style import figure_of, luminance
from cmo_kit.widgets.trials.picture import draw_runs
from cmo_kit.widgets.trials.session import Run, Setup

FIG3 = load_instance("fig3")
KEYS = np.random.default_rng(1).random((2, 13))
RUN = History(*np.arange(18.0).reshape(3, 6)[::-1], np.arange(1, 7) * 10, np.arange(1, 7) * 0.5, np.ones(6, dtype=int))
#: Pictures in which no order is drawn.
WITHOUT_ORDERS = {
    "wheel": lambda: plot_wheel([20, 30, 40, 50]),
    "crossing": lambda: plot_crossover(FIG3, KEYS, KEYS, np.arange(13) < 6),
    "children": lambda: plot_children({"a": np.array([1.0, 2]), "b": np.array([2.0, 4])}, 3.0),
    "load": lambda: plot_load(decode(FIG3, FIGURE_3_KEYS)),
    "flow chart": plot_flow_chart,
    "generations": lambda: plot_generations(RUN),
    "convergence": lambda: plot_convergence({str(k): [RUN, RUN] for k in range(8)}),
    "intervals": lambda: plot_intervals({k: {"a": (3, 2, 4), "b": (2, 1, 3)} for k in "uvw"}, "title", {}),
    "redundancy": lambda: plot_redundancy({"a": (9.0, 4.0)}),
    "slack": lambda: plot_slack_fit({k: {"a": (3.0, 4.0)} for k in "uv"}, 2.0, 1.0),
    "neighbours": lambda: plot_neighbours({"move": [-1, 0, 2]}),
    "acceptance": lambda: plot_acceptance(range(1, 8)),
    "walks": lambda: plot_walks({str(k): [3, 2, 1] for k in range(8)}),
}  # fmt: skip


def colours_of(artist: Artist) -> set[str]:
    """Every colour that a part of a picture has."""
    found: set[str] = set()
    for name in ("get_facecolor", "get_edgecolor", "get_color"):
        if hasattr(artist, name):
            value: Any = getattr(artist, name)()
            many = isinstance(value, np.ndarray) and value.ndim == 2
            found |= {to_hex(colour).upper() for colour in (value if many else [value])}
    return found


def all_colours(figure: Figure) -> set[str]:
    return set().union(*map(colours_of, figure.findobj()))


def test_the_colours_of_orders_are_found_where_orders_are_drawn() -> None:
    """Otherwise the next test would prove nothing."""
    assert all_colours(figure_of(plot_figure3(trace_decode(FIG3, FIGURE_3_KEYS)))) & set(ORDER_COLOURS) == set(
        ORDER_COLOURS[:4]
    )


@pytest.mark.parametrize("name", list(WITHOUT_ORDERS))
def test_only_orders_have_the_colours_of_orders(name: str) -> None:
    """Parents, operations, methods, runs and chromosomes have others."""
    drawn = WITHOUT_ORDERS[name]()
    figure = drawn if isinstance(drawn, Figure) else figure_of(drawn)
    assert all_colours(figure) & set(ORDER_COLOURS) == set()


def test_runs_of_the_laboratory_have_other_colours_than_orders() -> None:
    """Six runs side by side, in curves, names and population."""
    runs = [Run(k, Setup(FIG3, {"population_size": 3}), [(9.0, 9, 9, 10, 1, 3)], np.ones(3)) for k in range(1, 8)]
    drawn = draw_runs(runs, runs[:2], (3, 2))
    assert SERIES_COLOURS[0] in drawn
    assert not [colour for colour in ORDER_COLOURS if colour in drawn]


def test_no_two_meanings_have_one_colour_and_letters_can_be_read() -> None:
    """Contrast on white of all that letters are drawn in is at least 4.5 : 1."""
    kinds = [set(ORDER_COLOURS), set(SERIES_COLOURS), {VERMILLION, RED_TEXT}, {CHOSEN}, set(PARENT_COLOURS)]
    assert sum(map(len, kinds)) == len(set().union(*kinds))
    for colour in (*SERIES_COLOURS, CHOSEN, RED_TEXT):
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, colour


@pytest.mark.parametrize(("count", "length"), [(1, 0.3), (7, 0.1), (40, 0.03), (60, 0.0245)])
def test_labels_in_a_ring_lie_apart_all_around(count: int, length: float) -> None:
    turns = np.sort(np.random.default_rng(1).random(count))
    rings = np.array(packed_rings(turns.tolist(), length))
    for ring in range(rings.max() + 1):
        here = turns[rings == ring]
        assert (np.diff([*here, here[0] + 1]) >= length).all()


def boxes(texts: list[Text]) -> list[Any]:
    """Where these texts are, with the boxes around them."""
    figure = texts[0].get_figure(root=True)
    assert figure is not None
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    return [(text.get_bbox_patch() or text).get_window_extent(renderer) for text in texts]


@pytest.mark.parametrize("keys", [FIGURE_3_KEYS, (0.5,) * 13, None], ids=["paper", "equal", "small-1"])
def test_labels_of_cut_keys_lie_apart(keys: tuple[float, ...] | None) -> None:
    """Also where many keys are alike or near to one another, and of a problem of the paper's size."""
    instance = FIG3 if keys else load_instance("small-1")
    ax = plot_cuts(instance, keys or np.random.default_rng(1).random(instance.key_count))
    placed = boxes(list(ax.texts))
    assert not [pair for pair in combinations(range(len(placed)), 2) if placed[pair[0]].overlaps(placed[pair[1]])]


@pytest.mark.parametrize("seed", [1, 3])
def test_every_sector_of_a_wheel_has_its_number(seed: int) -> None:
    """Wide ones inside, narrow ones around the wheel, none on another, the last and the first at the top neither."""
    T = np.random.default_rng(seed).integers(20, 90, 60)
    numbers = [text for text in plot_wheel(T).texts if text.get_text().isdecimal()]
    assert sorted(int(text.get_text()) for text in numbers) == list(range(1, 61))
    placed = boxes(numbers)
    assert not [pair for pair in combinations(range(60), 2) if placed[pair[0]].overlaps(placed[pair[1]])]
