"""The decoder's own lines, the one that the step runs lit, with the values that it meets."""

from __future__ import annotations

import inspect
import textwrap
from functools import cache

from cmo_kit.core.chromosome import SITE_CHANGE, decode_sites
from cmo_kit.views.style import VERMILLION
from cmo_kit.widgets.decode.state import DecodeState
from cmo_kit.widgets.drawing.svg import tag, words

#: Rule of a step -> how the line that carries it out begins.
BEGINNINGS = {
    "sort": "for gene in sort_genes(",
    "site change": "l += 1",
    "open run": "sites[l][i] = ",
    "join run": "sites[l][i] = ",
}


@cache
def decoder_lines() -> tuple[str, ...]:
    """The body of :func:`cmo_kit.core.chromosome.decode_sites` as it stands in the source."""
    source = inspect.getsource(decode_sites)
    body = source[source.index('"""', source.index('"""') + 3) + 3 :]
    code = [line.split("  #")[0] for line in textwrap.dedent(body.strip("\n")).splitlines()]
    return tuple(code)


def lit_line(state: DecodeState) -> int:
    """The line, from 0, that carries out the step's rule.

    Raises
    ------
    LookupError
        When the source has no such line any more.
    """
    beginning = BEGINNINGS[state.current.rule]
    for number, line in enumerate(decoder_lines()):
        if line.strip().startswith(beginning):
            return number
    raise LookupError(f"the decoder has no line that begins with {beginning!r}")


def values_met(state: DecodeState) -> str:
    """The variables of the decoder when the step's line has run."""
    current = state.current
    if current.gene is None:
        return f"l = 0, {len(state.keys)} genes to walk"
    i = int(state.instance.gene_orders[current.gene])
    if i == SITE_CHANGE:
        return f"gene = {current.gene}, i = SITE_CHANGE, l = {current.site}"
    batches = dict(current.sites[current.site])[state.instance.orders[i].id]
    return (
        f"gene = {current.gene}, i = {i}, l = {current.site}, sites[{current.site}][{i}] = {batches} (indices from 0)"
    )


def draw_code(state: DecodeState) -> str:
    """The lines as preformatted text; the lit one has a mark in front, so that colour is not needed to see it."""
    lit, lines = lit_line(state), []
    for number, line in enumerate(decoder_lines()):
        here = number == lit
        style = f"display:block;background:#ffe9d6;border-left:4px solid {VERMILLION};padding-left:4px;font-weight:bold"
        plain = "display:block;border-left:4px solid transparent;padding-left:4px"
        lines.append(tag("span", words(line) or " ", style=style if here else plain, class_="cmo-lit" if here else None,
                         aria_current="step" if here else None))  # fmt: skip
    text = "font:12px/1.5 ui-monospace,'DejaVu Sans Mono',monospace;margin:0;background:none;color:inherit"
    return tag("pre", *lines, style=f"{text};white-space:pre;overflow-x:auto") + tag(
        "p", tag("code", words(values_met(state)), style="background:none;color:inherit"), style="margin:2px 8px"
    )
