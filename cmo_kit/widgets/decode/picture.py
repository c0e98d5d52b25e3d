"""The decode explorer drawn: the step's sentence, chromosome, decoder's lines, Sites and Gantt chart."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from functools import cache

from cmo_kit.core.chromosome import SITE_CHANGE, decode_sites, gene_name
from cmo_kit.views.layout import VERMILLION, Batch, gene_label, packed_rows
from cmo_kit.views.words import sentence, sites_text, tardiness_text, tardy_orders_text
from cmo_kit.widgets.decode.state import DecodeState
from cmo_kit.widgets.drawing.gantt import Look, draw_gantt
from cmo_kit.widgets.drawing.markup import (
    INK,
    WAITING,
    button,
    gene_fill,
    label,
    order_patterns,
    picture,
    player,
    row,
    slider,
    tag,
    words,
)

MILLISECONDS = 900  # between two steps while playing
HINT = (
    "Click anything that stands for a gene: a key, a box, a bar. Drag a key along the line. Keyboard: Left and Right "
    "step, Up and Down move the chosen key (Page Up and Page Down by 0.1), Space plays, Home and End go to the ends."
)
TAKEN = "ArrowLeft ArrowRight ArrowUp ArrowDown PageUp PageDown Home End Space"

WIDTH, LEFT, RIGHT = 940.0, 92.0, 924.0  # of the chromosome's picture, and of its number line
COLUMNS = 20  # boxes in a row at most
BOX = 46.0  # height of a gene's box
RADIUS, RISE = 9.0, 20.0  # of a handle, and from one above another
SITES_WIDTH, SITES_LEFT = 440.0, 62.0
SITE, BATCH = 46.0, 30.0  # heights of a Site and of a batch on it

#: Rule of a step -> how it is called, and how the decoder's line that carries it out begins.
RULES = {
    "sort": ("Sort", "for gene in sort_genes("),
    "site change": ("Site change", "l += 1"),
    "open run": ("Open a run", "sites[l][i] = "),
    "join run": ("Join a run", "sites[l][i] = "),
}


def render(state: DecodeState) -> str:
    """The frame as HTML."""
    halves = tag(
        "div",
        tag("div", _draw_code(state), style="flex:6 1 400px;min-width:0"),
        tag("div", _draw_sites(state), style="flex:5 1 340px;min-width:0"),
        style="display:flex;flex-wrap:wrap;gap:12px;align-items:center;margin:6px 0",
    )
    return tag(
        "div",
        player("step", state.step, len(state.keys), state.playing),
        _said(state),
        _draw_genes(state),
        _editor(state),
        halves,
        _score(state),
        draw_gantt(state.trace.schedule, _look_at(state)),
        tag("p", HINT, class_="cmo-hint"),
        data_keys=TAKEN,
        data_every=MILLISECONDS if state.playing else None,
    )


def _said(state: DecodeState) -> str:
    name = tag("strong", f"{RULES[state.current.rule][0]}: ")
    return tag("p", name, words(state.current.sentence), aria_live="polite", class_="cmo-said", style="font-size:16px")


def _editor(state: DecodeState) -> str:
    """The chosen gene's key on a slider, and the way back to the first keys."""
    back = button("reset", "First keys again", state.keys != state.first_keys)
    if state.gene is None:
        return row(tag("span", "Choose a gene to change its key."), back)
    name, key = gene_name(state.instance, state.gene), state.keys[state.gene]
    control = slider("key", f"key of {name}", key, 1, 0.01, f"{key:g}", 300)
    return row(control, tag("output", f"{key:.2f}"), back)


def _score(state: DecodeState) -> str:
    schedule = state.trace.schedule
    total = tag("strong", words(sentence(tardiness_text(schedule))), class_="cmo-total")
    hollow = "" if state.step == len(state.keys) else " Pale bars are not placed yet."
    return tag("p", total, words(f" {tardy_orders_text(schedule)}{hollow}"), aria_live="polite")


def _look_at(state: DecodeState) -> Callable[[Batch], Look]:
    """How the bar of each batch looks at the step."""
    genes, ranks = state.bar_genes(), state.ranks()

    def look(batch: Batch) -> Look:
        gene = genes[batch.site, batch.position]
        name = gene_name(state.instance, gene)
        attributes: dict[str, object] = {
            "data_touch": f"bar-{gene}",
            "tabindex": -1,
            "role": "button",
            "aria_label": f"{name}, Site {batch.site + 1}, from {batch.start:.6g} to {batch.end:.6g}",
        }
        return Look(attributes, gene == state.gene, ranks[gene] > state.step)

    return look


def _draw_genes(state: DecodeState) -> str:
    """Number line, encoding and sorted genes as one SVG; parts are named ``key-g``, ``gene-g`` and ``sorted-g``."""
    # How high above the line each handle stands, so that none covers another.
    room = (2 * RADIUS + 2) / (RIGHT - LEFT)
    levels = packed_rows(state.keys, [room] * len(state.keys))
    line = 26 + RISE * max(levels)
    rows = -(-len(state.keys) // COLUMNS)
    encoding, order = line + 40, line + 54 + rows * (BOX + 4) + 10
    genes = range(len(state.keys))
    by_key = [int(gene) for gene in state.trace.sorted_genes]
    parts = [
        order_patterns(range(len(state.instance.orders))),
        _link(state, by_key, encoding, order),
        _boxes(state, list(genes), "gene", encoding),
        _boxes(state, by_key, "sorted", order),
        label(LEFT - 14, line, "Keys", anchor="end", font_weight="bold"),
        label(LEFT - 14, encoding + BOX / 2, "Encoding", anchor="end", font_weight="bold"),
        label(LEFT - 14, order + BOX / 2 - 8, "Step 1:", anchor="end", font_weight="bold"),
        label(LEFT - 14, order + BOX / 2 + 8, "sorted", anchor="end", font_weight="bold"),
        _number_line(state, levels, line),
    ]
    said = ", ".join(f"{state.keys[gene]:g} {gene_label(state.instance, gene)}" for gene in by_key)
    height = order + rows * (BOX + 4) + 4
    return picture(WIDTH, height, f"The chromosome of {state.instance.name}", f"Sorted: {said}.", *parts)


def _x(key: float) -> float:
    return LEFT + (RIGHT - LEFT) * key


def _number_line(state: DecodeState, levels: list[int], y: float) -> str:
    rail = tag("rect", x=LEFT, y=y - 2, width=RIGHT - LEFT, height=4, fill="#bfbfbf", data_rail="")
    ticks = "".join(
        tag("line", x1=_x(k / 10), x2=_x(k / 10), y1=y, y2=y + 7, stroke=INK)
        + label(_x(k / 10), y + 16, f"{k / 10:g}", 12)
        for k in range(11)
    )
    # The chosen handle comes last, so that it lies on top of the others.
    genes = sorted(range(len(levels)), key=lambda gene: (gene == state.gene, state.keys[gene], gene))
    return tag("g", rail, ticks, *(_handle(state, gene, y, levels[gene]) for gene in genes), data_track="")


def _handle(state: DecodeState, gene: int, y: float, level: int) -> str:
    x, chosen, name = _x(state.keys[gene]), gene == state.gene, gene_label(state.instance, gene)
    edge = {"stroke": VERMILLION, "stroke_width": 3} if chosen else {"stroke": INK, "stroke_width": 1}
    return tag(
        "g",
        tag("line", x1=x, x2=x, y1=y, y2=y - RISE * level - 8, stroke=VERMILLION if chosen else WAITING),
        tag("circle", cx=x, cy=y - RISE * level - 8, r=RADIUS, fill=gene_fill(state.instance, gene), **edge),
        label(x, y - RISE * level - 8, name if len(name) < 4 else "s", 10, font_weight="bold"),
        data_drag=f"key-{gene}",
        data_touch=f"key-{gene}",
        tabindex=0 if chosen else -1,
        role="slider",
        aria_label=f"key of {gene_name(state.instance, gene)}",
        aria_valuemin=0,
        aria_valuemax=1,
        aria_valuenow=state.keys[gene],
    )


def _place(k: int, count: int, top: float) -> tuple[float, float, float]:
    """Left, top and width of the k-th of ``count`` boxes."""
    width = (RIGHT - LEFT) / min(max(count, 12), COLUMNS)
    return LEFT + width * (k % COLUMNS), top + (BOX + 4) * (k // COLUMNS), width


def _boxes(state: DecodeState, genes: list[int], kind: str, top: float) -> str:
    ranks, boxes = state.ranks(), []
    for k, gene in enumerate(genes):
        x, y, width = _place(k, len(genes), top)
        waits = kind == "sorted" and 0 < state.step < ranks[gene]
        chosen = gene == state.gene
        edge = {"stroke": VERMILLION, "stroke_width": 3.5} if chosen else {"stroke": INK, "stroke_width": 1}
        boxes.append(
            tag(
                "g",
                tag("rect", x=x + 2, y=y, width=width - 4, height=BOX / 2, fill=gene_fill(state.instance, gene)),
                tag("rect", x=x + 2, y=y, width=width - 4, height=BOX, fill="#fff", fill_opacity=0.0, **edge),
                label(x + width / 2, y + BOX / 4, gene_label(state.instance, gene), 13, font_weight="bold"),
                label(x + width / 2, y + BOX * 0.74, f"{state.keys[gene]:.2f}", 13),
                data_touch=f"{kind}-{gene}",
                tabindex=-1,
                role="button",
                aria_label=f"{gene_name(state.instance, gene)}, key {state.keys[gene]:g}",
                opacity=0.4 if waits else None,
                class_="cmo-glide",
            )
        )
    return "".join(boxes)


def _link(state: DecodeState, by_key: list[int], encoding: float, order: float) -> str:
    """A dashed line from the chosen gene's place in the chromosome to its place after sorting."""
    if state.gene is None:
        return ""
    x0, y0, width = _place(state.gene, len(by_key), encoding)
    x1, y1, _ = _place(by_key.index(state.gene), len(by_key), order)
    return tag("line", x1=x0 + width / 2, y1=y0 + BOX, x2=x1 + width / 2, y2=y1, stroke=VERMILLION, stroke_width=2,
               stroke_dasharray="5 4")  # fmt: skip


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
    beginning = RULES[state.current.rule][1]
    for number, line in enumerate(decoder_lines()):
        if line.strip().startswith(beginning):
            return number
    raise LookupError(f"the decoder has no line that begins with {beginning!r}")


def _values_met(state: DecodeState) -> str:
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


def _draw_code(state: DecodeState) -> str:
    """The decoder's lines; the one that the step runs has a mark in front, so that colour is not needed to see it."""
    lit, lines = lit_line(state), []
    for number, line in enumerate(decoder_lines()):
        here = number == lit
        style = f"display:block;background:#ffe9d6;border-left:4px solid {VERMILLION};padding-left:4px;font-weight:bold"
        plain = "display:block;border-left:4px solid transparent;padding-left:4px"
        lines.append(tag("span", words(line) or " ", style=style if here else plain, class_="cmo-lit" if here else None,
                         aria_current="step" if here else None))  # fmt: skip
    text = "font:12px/1.5 ui-monospace,'DejaVu Sans Mono',monospace;margin:0;background:none;color:inherit"
    return tag("pre", *lines, style=f"{text};white-space:pre;overflow-x:auto") + tag(
        "p", tag("code", words(_values_met(state)), style="background:none;color:inherit"), style="margin:2px 8px"
    )


def _draw_sites(state: DecodeState) -> str:
    """The Sites as they are after the step; batches are named ``place-g`` by their gene."""
    current, ranks, genes = state.current, state.ranks(), state.bar_genes()
    most = max(sum(batches for _, batches in site) for site in state.trace.steps[-1].sites)
    unit = min(46.0, (SITES_WIDTH - SITES_LEFT - 6) / max(most, 1))
    parts = [order_patterns(range(len(state.instance.orders)))]
    for l, site in enumerate(current.sites):
        top, receiving = 4 + SITE * l, l == current.site
        style = {"fill": "#f5f5f5", "stroke": INK} if receiving else {"fill": "#fff", "stroke": WAITING}
        dashes = None if receiving else "2 3"
        parts.append(
            tag(
                "rect",
                x=SITES_LEFT - 3,
                y=top,
                width=SITES_WIDTH - SITES_LEFT,
                height=SITE - 6,
                stroke_dasharray=dashes,
                **style,
            )
        )
        weight = "bold" if receiving else "normal"
        parts.append(label(SITES_LEFT - 10, top + SITE / 2 - 3, f"Site {l + 1}", anchor="end", font_weight=weight))
        if not site:
            parts.append(label(SITES_LEFT + 6, top + SITE / 2 - 3, "empty", 12, "start", fill="#595959"))
        walked = [genes[l, t] for t in range(len(state.trace.schedule.starts[l])) if ranks[genes[l, t]] <= state.step]
        parts += [_batch(state, gene, SITES_LEFT + unit * k, top + 5, unit) for k, gene in enumerate(walked)]
        x = SITES_LEFT
        for _, batches in site:  # one edge around each run
            parts.append(tag("rect", x=x + 1, y=top + 5, width=unit * batches - 2, height=BATCH, fill="none",
                             stroke=INK, stroke_width=2))  # fmt: skip
            x += unit * batches
    height = SITE * len(current.sites) + 6
    return picture(SITES_WIDTH, height, f"Sites after step {state.step}", sites_text(current.sites), *parts)


def _batch(state: DecodeState, gene: int, x: float, y: float, unit: float) -> str:
    chosen = gene == state.gene
    box = tag("rect", x=x + 1, y=y, width=unit - 2, height=BATCH, fill=gene_fill(state.instance, gene), stroke=INK,
              stroke_width=0.5)  # fmt: skip
    inset = min(4.0, unit / 4)
    edge = tag("rect", x=x + inset, y=y + 3, width=unit - 2 * inset, height=BATCH - 6, fill="none", stroke=VERMILLION,
               stroke_width=3)  # fmt: skip
    text = gene_label(state.instance, gene)
    name = label(x + unit / 2, y + BATCH / 2, text, 12, font_weight="bold") if unit > 8 * len(text) + 4 else ""
    return tag("g", box, edge if chosen else "", name, data_touch=f"place-{gene}", tabindex=-1, role="button",
               aria_label=f"batch by gene {gene + 1}")  # fmt: skip
