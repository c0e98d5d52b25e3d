"""Numbers and tables as plain text and as HTML."""

import re
from collections.abc import Sequence
from html import escape

NOT_AVAILABLE = "n.a."
#: Of a table that a thing shows of itself; what follows is counted.
MOST_LINES = 40
LONGEST_NUMBER = 30  # characters of a cell with a number, its unit and what stands in brackets
#: The first column stays where it is; JupyterLab has a colour for what lies under it, other pages are white.
STICKY = ' style="position: sticky; left: 0; text-align: left; background: var(--jp-layout-color0, #fff)"'


def number(value: float | None, digits: int = 2) -> str:
    """A number with so many decimals; ``n.a.`` where there is none."""
    return NOT_AVAILABLE if value is None else f"{value:.{digits}f}"


def text_table(headers: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Aligned columns of plain text: the first to the left, the others to the right."""
    widths = [max(len(str(row[k])) for row in (headers, *lines)) for k in range(len(headers))]

    def laid_out(cells: Sequence[str]) -> str:
        first, *rest = (str(cell) for cell in cells)
        return "  ".join([first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(rest, widths[1:], strict=True))])

    return "\n".join([laid_out(headers), "  ".join("-" * width for width in widths), *map(laid_out, lines)])


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
    """Words to the left, numbers to the right and in one line; a sentence may begin with a number."""
    number = not text or text == NOT_AVAILABLE or (len(text) <= LONGEST_NUMBER and re.match(r"[+-]?\d", text))
    look = "text-align: right; white-space: nowrap" if number else "text-align: left"
    return f'<td style="{look}">{escape(text)}</td>'


def beginning_html(headers: Sequence[str], lines: Sequence[Sequence[str]], caption: str) -> str:
    """As :func:`table_html`, of a table that may be long only its beginning."""
    more = len(lines) - MOST_LINES
    end = [[f"and {more} more", *[""] * (len(headers) - 1)]] if more > 0 else []
    return table_html(headers, [*lines[:MOST_LINES], *end], caption)


def page_html(title: str, look: str, body: str) -> str:
    """A page that loads nothing; ``look`` is its style sheet, and ``body`` is HTML."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
{look}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
