"""What a notebook shows: pictures and tables, each with words that reach every reader."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cmo_kit.base.language import spoken
from cmo_kit.base.text import table_html, text_table
from cmo_kit.views.style import figure_of, png_bytes


def picture_html(picture: Figure | Axes, alt: str) -> str:
    """A figure and its alternative text as HTML, such as the value of a widget.

    Parameters
    ----------
    picture : matplotlib Figure or Axes
    alt : str
        What it shows, in words.

    Returns
    -------
    str
        An ``img`` element that holds the picture itself.

    Examples
    --------
    >>> from cmo_kit.views import plot_gantt
    >>> picture_html(plot_gantt(solve(load_instance("tiny-one-site"), "expert").schedule), "a plan")[:47]
    '<img alt="a plan" src="data:image/png;base64,iV'
    """
    return _image(_png(picture), spoken(alt))


def _png(picture: Figure | Axes) -> bytes:
    return png_bytes(picture if isinstance(picture, Figure) else figure_of(picture))


def _image(png: bytes, alt: str) -> str:
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'


def show(picture: Figure | Axes, alt: str) -> None:
    """Display a figure in a notebook together with its alternative text.

    JupyterLab and the pages that nbconvert makes from notebooks read no alternative text from an output's metadata:
    it must stand in HTML. The bare PNG is for PDF, the text for consoles.

    Parameters
    ----------
    picture : matplotlib Figure or Axes
    alt : str
        What it shows, in words.

    Examples
    --------
    >>> from cmo_kit.views import alt_text_gantt, plot_gantt
    >>> plan = solve(load_instance("tiny-one-site"), "expert").schedule
    >>> show(plot_gantt(plan), alt_text_gantt(plan))  # a notebook draws what a console lists
    {'text/html': '<img alt="Gantt chart of tiny-one-site: 5 bat...
    """
    from IPython.display import display

    png, alt = _png(picture), spoken(alt)
    display({"text/html": _image(png, alt), "image/png": png, "text/plain": alt}, raw=True)  # type: ignore[no-untyped-call]


def show_table(headers: Sequence[str], lines: Sequence[Sequence[str]], caption: str) -> None:
    """Display a table in a notebook with its caption; wider than the page it scrolls, and its first column stays.

    Parameters
    ----------
    headers : sequence of str
    lines : sequence of sequence of str
        A cell for each header.
    caption : str

    Examples
    --------
    >>> show_table(["order", "due"], [["A", "22"], ["B", "29"]], "fig1, days")
    {'text/html': '<div class="cmo-table" role="region" tabindex...
    """
    from IPython.display import display

    data = {"text/html": table_html(headers, lines, caption), "text/plain": f"{caption}\n{text_table(headers, lines)}"}
    display(data, raw=True)  # type: ignore[no-untyped-call]
