"""What a notebook shows: pictures and tables, each with words that reach every reader."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from html import escape

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cmo_kit.base.text import NOT_AVAILABLE, text_table
from cmo_kit.views.style import figure_of, png_bytes

#: The first column stays where it is; JupyterLab has a colour for what lies under it, other pages are white.
STICKY = ' style="position: sticky; left: 0; text-align: left; background: var(--jp-layout-color0, #fff)"'


def show(picture: Figure | Axes, alt: str) -> None:
    """Display a figure in a notebook together with its alternative text.

    JupyterLab and the pages that nbconvert makes from notebooks read no alternative text from an output's metadata:
    it must stand in HTML. The bare PNG is for PDF, the text for consoles.
    """
    from IPython.display import display

    png = png_bytes(picture if isinstance(picture, Figure) else figure_of(picture))
    html = f'<img alt="{escape(alt)}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
    display({"text/html": html, "image/png": png, "text/plain": alt}, raw=True)  # type: ignore[no-untyped-call]


def show_table(headers: Sequence[str], lines: Sequence[Sequence[str]], caption: str) -> None:
    """Display a table in a notebook with its caption; wider than the page it scrolls, and its first column stays."""
    from IPython.display import display

    data = {"text/html": table_html(headers, lines, caption), "text/plain": f"{caption}\n{text_table(headers, lines)}"}
    display(data, raw=True)  # type: ignore[no-untyped-call]


def table_html(headers: Sequence[str], lines: Sequence[Sequence[str]], caption: str) -> str:
    """A table that a screen reader can walk through: caption, heads of columns and of rows."""
    head = "".join(f'<th scope="col"{STICKY if k == 0 else ""}>{escape(cell)}</th>' for k, cell in enumerate(headers))
    body = "".join(
        f'<tr><th scope="row"{STICKY}>{escape(first)}</th>{"".join(map(_cell, cells))}</tr>' for first, *cells in lines
    )
    return (
        f'<div class="cmo-table" role="region" tabindex="0" aria-label="{escape(caption)}" style="overflow-x: auto">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(text: str) -> str:
    """Words to the left, numbers to the right and in one line."""
    number = not text or text == NOT_AVAILABLE or re.match(r"[+-]?\d", text)
    look = "text-align: right; white-space: nowrap" if number else "text-align: left"
    return f'<td style="{look}">{escape(text)}</td>'
