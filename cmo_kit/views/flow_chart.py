"""The loop of the genetic algorithm as a flow chart, which the paper has as Figure 2; the drawing is ours."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Polygon

from cmo_kit.base.language import spoken
from cmo_kit.views.style import FAINT, INK, drawable, finish, new_axes

#: Number -> words of a box; the fourth is the question.
BOXES = {
    1: "initial population:\nuniform random keys",
    2: "decode every chromosome:\ntotal tardiness",
    3: "keep the best chromosome\n(our reading)",
    4: "stop?",
    5: "parents: roulette wheel\non fitness (16)",
    6: "uniform crossover",
    7: "mutation: a new key\nfor one gene",
}
QUESTION, BACK_TO = 4, 2
CODE_COLUMNS = 58
PITCH, HALF_WIDTH, HALF_HEIGHT = 1.0, 1.55, 0.31


@drawable
def plot_flow_chart(code: Mapping[int, Sequence[str]] | None = None, ax: Axes | None = None) -> Axes:
    """Draw the loop from top to bottom, with the way back on the left.

    Parameters
    ----------
    code : mapping from a box's number to lines of code, optional
        Drawn on the right of the box.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
        Boxes have gids ``box-1`` to ``box-7``.
    """
    ax = new_axes(ax, 6.2)
    for number, words in BOXES.items():
        y = -PITCH * number
        if number == QUESTION:
            corners = [(-HALF_WIDTH, y), (0, y + 0.36), (HALF_WIDTH, y), (0, y - 0.36)]
            ax.add_patch(Polygon(corners, facecolor=FAINT, edgecolor=INK, gid=f"box-{number}"))
        else:
            corner, style = (-HALF_WIDTH, y - HALF_HEIGHT), "round,pad=0,rounding_size=0.08"
            ax.add_patch(FancyBboxPatch(corner, 2 * HALF_WIDTH, 2 * HALF_HEIGHT, boxstyle=style, edgecolor=INK,
                                        facecolor="white", gid=f"box-{number}"))  # fmt: skip
        ax.text(0, y, f"{number}  {spoken(words)}", ha="center", va="center", fontsize=10.5)
        lines = [part for line in (code or {}).get(number, ()) for part in _wrapped(line)]
        ax.text(2.1, y, "\n".join(lines), va="center", fontsize=10.5, family="monospace")
        if number < len(BOXES):
            _arrow(ax, [(0, y - (0.36 if number == QUESTION else HALF_HEIGHT)), (0, y - PITCH + HALF_HEIGHT + 0.04)])
    last, first, side = -PITCH * len(BOXES), -PITCH * BACK_TO, -HALF_WIDTH - 0.35
    _arrow(ax, [(-HALF_WIDTH, last), (side, last), (side, first), (-HALF_WIDTH - 0.02, first)])
    ax.text(side - 0.1, (first + last) / 2, "next generation", rotation=90, ha="center", va="center", fontsize=10)
    y = -PITCH * QUESTION
    ax.text(0.08, y - 0.5, "no", fontsize=10, va="center")
    _arrow(ax, [(HALF_WIDTH, y), (1.8, y), (1.8, y + 0.38)])
    ax.text(1.8, y + 0.5, "yes: the best", fontsize=10, ha="center", va="center")
    ax.set_xlim(side - 0.3, 8.6 if code else 2.5)
    ax.set_ylim(last - 0.45, -PITCH + 0.45)
    ax.set_xticks([])
    ax.set_yticks([])
    drawn = "The genetic algorithm, the loop of Figure 2 in our drawing"
    title = spoken(drawn) + (spoken(", beside the code") if code else "")
    return finish(ax, "left", "right", "top", "bottom", title=title)


def _wrapped(line: str) -> list[str]:
    """A line of code in lines that have room beside the boxes in letters that can be read when projected."""
    return textwrap.wrap(line, CODE_COLUMNS, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _arrow(ax: Axes, points: Sequence[tuple[float, float]]) -> None:
    """A line through these points with a head at its end."""
    for begin, end in pairwise(points[:-1]):
        ax.plot([begin[0], end[0]], [begin[1], end[1]], color=INK, linewidth=1.2)
    ax.annotate("", xy=points[-1], xytext=points[-2], arrowprops={"arrowstyle": "-|>", "color": INK, "shrinkA": 0,
                                                                  "shrinkB": 0})  # fmt: skip


def alt_text_flow_chart() -> str:
    """The chart in words."""
    parts = [f"{number} {spoken(words)}".replace("\n", " ") for number, words in BOXES.items()]
    return (
        f"Flow chart of the genetic algorithm in our drawing: {'; '.join(parts)}. "
        f"From {QUESTION} a yes ends with the best chromosome; from {len(BOXES)} the way goes back to {BACK_TO}."
    )
