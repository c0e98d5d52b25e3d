"""What all pictures share: one width, colours that everybody can tell apart, hatches, words for times."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, cast

import matplotlib
import matplotlib.patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.text import Text

from cmo_kit.base.errors import InputError
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule

# Building the font cache on a first use is no news for the reader of a notebook.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

WIDTH = 9.0  # inches, of every figure
DPI = 110

#: Metadata by file format: no date and no versions, so that equal figures give equal files.
UNDATED: dict[str, dict[str, str | None]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}

# Okabe and Ito's palette.
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILLION, PURPLE, BLACK = "#0072B2", "#D55E00", "#CC79A7", "#000000"

INK, FAINT = "0.15", "0.85"
ORDER_COLOURS = (SKY, ORANGE, GREEN, YELLOW, PURPLE, BLUE)  # vermillion is kept for tardiness and emphasis
ORDER_HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---", "ooo")
LINE_STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)), (0, (8, 3)))

#: White around letters, so that they stay legible on any colour and hatch.
HALO = (matplotlib.patheffects.withStroke(linewidth=2.5, foreground="white"),)


class OrderStyle(NamedTuple):
    """How an order looks, wherever it is drawn."""

    colour: str
    hatch: str


def order_style(index: int) -> OrderStyle:
    """Colour and hatch of the order with this index; both differ between neighbours, 42 pairs in all."""
    return OrderStyle(ORDER_COLOURS[index % len(ORDER_COLOURS)], ORDER_HATCHES[index % len(ORDER_HATCHES)])


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
    return len(text) * size * 0.62 / 72


def duration(value: float, unit: str) -> str:
    """``1 day``, ``2.5 days``."""
    number = f"{value:.6g}"
    return f"{number} {unit}" if number == "1" else f"{number} {unit}s"


def enumeration(parts: Sequence[str], most: int = 10) -> str:
    """``a, b and c``; after ``most`` parts only how many more there are."""
    if len(parts) > most:
        return f"{', '.join(parts[:most])} and {len(parts) - most} more"
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def tardiness_text(schedule: Schedule) -> str:
    """Total tardiness in words, ``weighted`` where any weight is not 1."""
    instance = schedule.instance
    weighted = "weighted total tardiness" if instance.weighted else "total tardiness"
    return f"{weighted} {duration(schedule.total_tardiness, instance.time_unit)}"


def tardy_orders_text(schedule: Schedule) -> str:
    """Which orders are tardy and by how much, the worst first: one sentence."""
    instance = schedule.instance
    late = sorted((-tau, i) for i, tau in enumerate(schedule.tardiness) if tau > 0)
    if not late:
        return "No order is tardy."
    parts = [f"{instance.orders[i].id} by {duration(-tau, instance.time_unit)}" for tau, i in late]
    return f"Tardy orders ({len(late)} of {len(instance.orders)}): {enumeration(parts)}."


def runs_text(schedule: Schedule) -> str:
    """The runs of every Site, or only how many there are when they are many."""
    if sum(len(site) for site in schedule.sites) > 30:
        counts = [f"{sum(run.batches for run in site)} batches in {len(site)} runs" for site in schedule.sites]
    else:
        counts = [", ".join(f"{run.order} x{run.batches}" for run in site) or "empty" for site in schedule.sites]
    return "; ".join(f"Site {l}: {text}" for l, text in enumerate(counts, start=1)) + "."


def sentence(text: str) -> str:
    """``text`` with a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def finish(ax: Axes, *sides: str) -> Axes:
    """Leave out these sides of the frame, and take all text as it stands: a $ in a name begins no formula."""
    for side in sides:
        ax.spines[side].set_visible(False)
    for text in figure_of(ax).findobj(Text):
        text.set_parse_math(False)
    return ax


def time_label(instance: Instance) -> str:
    """The words under a time axis."""
    return f"time in {instance.time_unit}s"


def png_bytes(figure: Figure, dpi: int = DPI) -> bytes:
    """The figure as a PNG with a small palette; equal figures give equal bytes."""
    from PIL import Image

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    image = Image.open(buffer).convert("RGB").quantize(64, method=Image.Quantize.MAXCOVERAGE)
    small = io.BytesIO()
    image.save(small, format="png", optimize=True)
    return small.getvalue()


def show(picture: Figure | Axes, alt: str) -> None:
    """Display a figure in a notebook together with its alternative text, which also stands as plain text."""
    from IPython.display import display

    figure = picture if isinstance(picture, Figure) else figure_of(picture)
    display(  # type: ignore[no-untyped-call]
        {"image/png": png_bytes(figure), "text/plain": alt}, metadata={"image/png": {"alt": alt}}, raw=True
    )


def save_figure(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write a figure as PNG, SVG or PDF, as the ending of ``path`` says: whole or not at all.

    Raises
    ------
    InputError
        For another ending, or when the file cannot be written.
    """
    target = Path(path)
    kind = target.suffix.lower().lstrip(".")
    if kind not in UNDATED:
        raise InputError(f"the picture is {str(path)!r}; it must end with .png, .svg or .pdf")
    temporary = target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")
    try:
        try:
            with matplotlib.rc_context({"svg.hashsalt": "cmo-kit"}):
                figure.savefig(temporary, format=kind, dpi=2 * DPI, metadata=UNDATED[kind])
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path}: the picture cannot be written ({error.strerror or error})") from None
