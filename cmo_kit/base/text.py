"""Numbers and tables as plain text."""

from collections.abc import Sequence

NOT_AVAILABLE = "n.a."


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
