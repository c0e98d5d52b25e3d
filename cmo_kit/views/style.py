"""What all of matplotlib's pictures share: one width, legible text, axes, files."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import matplotlib
import matplotlib.patheffects
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure, SubFigure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import write_bytes
from cmo_kit.base.language import ENGLISH, speak, speaking, spoken
from cmo_kit.views.fonts import can_draw, use_fonts
from cmo_kit.views.layout import SERIES_COLOURS
from cmo_kit.views.words import columns

# Building the font cache on a first use is no news for the reader of a notebook.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

WIDTH = 9.0  # inches, of every figure
DPI = 110
INK, FAINT = "0.15", "0.85"
LINE_STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)), (0, (8, 3)))

#: Metadata by file format: no date and no versions, so that equal figures give equal files.
UNDATED: dict[str, dict[str, str | None]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}

IN_ENGLISH = "This machine has no font for the letters of the language: the picture is in English."
P = ParamSpec("P")
Drawn = TypeVar("Drawn", bound="Axes | Figure")

#: White around letters, so that they stay legible on any colour and hatch.
HALO = (matplotlib.patheffects.withStroke(linewidth=2.5, foreground="white"),)


def drawable(plot: Callable[P, Drawn]) -> Callable[P, Drawn]:
    """Have ``plot`` draw in English, with a note, where this machine has no font for the language of now."""

    @wraps(plot)
    def draw(*args: P.args, **kwargs: P.kwargs) -> Drawn:
        language = speaking()
        if can_draw(spoken(IN_ENGLISH)):
            return plot(*args, **kwargs)
        speak(ENGLISH)
        try:
            drawn = plot(*args, **kwargs)
        finally:
            speak(language)
        figure = drawn if isinstance(drawn, Figure) else figure_of(drawn)
        if not figure.get_supxlabel():
            figure.supxlabel(IN_ENGLISH, fontsize=8)
        return drawn

    return draw


def new_axes(ax: Axes | None, height: float) -> Axes:
    """``ax``, or the only Axes of a new figure of the standard width and ``height`` inches."""
    if ax is not None:
        return ax
    return Figure(figsize=(WIDTH, height), layout="constrained").add_subplot()


def figure_of(ax: Axes) -> Figure:
    """The figure that ``ax`` belongs to."""
    figure: Figure | SubFigure | None = ax.figure
    while figure is not None and not isinstance(figure, Figure):
        figure = cast("Figure | SubFigure", figure.figure)
    assert figure is not None
    return figure


def axes_inches(ax: Axes) -> float:
    """About how wide ``ax`` is on paper."""
    width = float(figure_of(ax).get_size_inches()[0])
    return width * min(0.9, float(ax.get_position().width) * 1.1)


def text_inches(text: str, size: float) -> float:
    """About how wide ``text`` is in letters of ``size`` points."""
    return columns(text) * size * 0.62 / 72


def bold_text(ax: Axes, x: float, y: float, text: str, size: float, **changes: Any) -> None:
    """Bold text in the middle of a place, legible on any colour and hatch."""
    looks: dict[str, Any] = {
        "ha": "center",
        "va": "center",
        "fontsize": size,
        "weight": "bold",
        "path_effects": HALO,
        "zorder": 5,
    }
    ax.text(x, y, text, **(looks | changes))


def luminance(colour: Any) -> float:
    """The relative luminance of a colour as the rules for contrast count it: 0 is black, 1 is white."""
    parts = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour))
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def series_look(k: int) -> dict[str, Any]:
    """Colour and dashes of the k-th of the lines that are compared."""
    return {"color": SERIES_COLOURS[k % len(SERIES_COLOURS)], "linestyle": LINE_STYLES[k % len(LINE_STYLES)]}


def plain_log_axis(ax: Axes, multiples: Sequence[float]) -> None:
    """Make the x axis logarithmic, with plain numbers at these multiples of the powers of ten: no formulas."""
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=tuple(multiples), numticks=30))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    ax.xaxis.set_minor_locator(NullLocator())


def finish(ax: Axes, *sides: str, title: str = "") -> Axes:
    """Leave out these sides of the frame, and take all text as it stands: a $ in a name begins no formula."""
    if title:
        ax.set_title(title, loc="left", fontsize=11)
    for side in sides:
        ax.spines[side].set_visible(False)
    for text in figure_of(ax).findobj(Text):
        text.set_parse_math(False)
    use_fonts(figure_of(ax))
    return ax


def png_bytes(figure: Figure) -> bytes:
    """The figure as a PNG with a small palette; equal figures give equal bytes."""
    from PIL import Image

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata=UNDATED["png"])
    image = Image.open(buffer).convert("RGB").quantize(64, method=Image.Quantize.MAXCOVERAGE)
    small = io.BytesIO()
    image.save(small, format="png", optimize=True)
    return small.getvalue()


def save_figure(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write a figure as PNG, SVG or PDF, as the ending of ``path`` says: whole or not at all.

    Raises
    ------
    InputError
        For another ending, or when the file cannot be written.
    """
    kind = Path(path).suffix.lower().lstrip(".")
    if kind not in UNDATED:
        raise InputError(f"the picture is {str(path)!r}; it must end with .png, .svg or .pdf")
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "cmo-kit"}):
        figure.savefig(buffer, format=kind, dpi=2 * DPI, metadata=UNDATED[kind])
    write_bytes(path, buffer.getvalue())
