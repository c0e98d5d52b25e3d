"""The decode explorer drawn: the step's sentence, chromosome, decoder's lines, Sites and Gantt chart."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable
from functools import cache

from cmo_kit.core.chromosome import SITE_CHANGE, decode_sites, gene_name
from cmo_kit.views.layout import CHOSEN, Batch, around, gene_label, packed_rows
from cmo_kit.views.words import rounded, sentence, sites_text, tardiness_text, tardy_orders_text
from cmo_kit.widgets.decode.state import DecodeState
from cmo_kit.widgets.drawing.gantt import LEFT, Look, draw_gantt, most_lanes
from cmo_kit.widgets.drawing.markup import (
    INK,
    PAPER,
    WAITING,
    WIDE,
    button,
    fitted,
    gene_fill,
    handle,
    label,
    order_patterns,
    picture,
    player,
    row,
    slider,
    tag,
    text_pixels,
    touchable,
    words,
)

MILLISECONDS = 900  # between two steps while playing
HINT = (
    "Click anything that stands for a gene: a key, a box, a bar. Drag a key along the line. Keyboard: Left and Right "
    "step, Up and Down move the chosen key (Page Up and Page Down by 0.1), Space plays, Home and End go to the ends."
)
TAKEN = "ArrowLeft ArrowRight ArrowUp ArrowDown PageUp PageDown Home End Space"

MOST_HANDLES = 9  # of a chromosome with more genes than have boxes
MOST_BOXES = 40  # of a longer chromosome every gene is a stripe, and only those around the step have boxes
BOX, STRIPE = 40.0, 16.0  # heights of a gene's box and of its stripe
RADIUS, RISE = 12.0, 25.0  # of a handle, and from one above another
SITES_LEFT = 54.0
SITE, BATCH = 44.0, 30.0  # heights of a Site and of a batch on it

#: Rule of a step -> how it is called, and how the decoder's line that carries it out begins.
RULES = {
    "sort": ("Sort", "for gene in sort_genes("),
    "site change": ("Site change", "l += 1"),
    "open run": ("Open a run", "sites[l][i] = "),
    "join run": ("Join a run", "sites[l][i] = "),
}


def render(state: DecodeState, width: float = WIDE) -> str:
    """The frame as HTML, with pictures of this width."""
    shows = button("code", "Code and Sites", pressed=state.code)
    return tag(
        "div",
        player("step", state.step, len(state.keys), state.playing, shows),
        _said(state),
        _draw_genes(state, width),
        _score(state),
        draw_gantt(state.trace.schedule, _look_at(state), 0, width, most_lanes(state.instance)),
        _halves(state, width) if state.code else "",
        _editor(state),
        tag("p", words(_left_out(state)) + words(HINT), class_="cmo-hint"),
        data_keys=TAKEN,
        data_every=MILLISECONDS if state.playing else None,
    )


def is_long(state: DecodeState) -> bool:
    """Whether the chromosome has more genes than have room as boxes."""
    return len(state.keys) > MOST_BOXES


def _left_out(state: DecodeState) -> str:
    if not is_long(state):
        return ""
    return (
        f"{len(state.keys)} genes: each is a stripe in both rows and a mark on the line; only those around the step "
        "have boxes with names, and handles. "
    )


def _halves(state: DecodeState, width: float) -> str:
    """The decoder's lines beside the Sites, or above them where there is less room."""
    return tag(
        "div",
        tag("div", _draw_code(state), style="flex:1 1 26em;min-width:0"),
        tag("div", _draw_sites(state, min(width, 420.0)), style="flex:1 1 24em;min-width:0;max-width:34em"),
        style="display:flex;flex-wrap:wrap;gap:0 12px;align-items:center",
    )


def _said(state: DecodeState) -> str:
    name = tag("strong", words(RULES[state.current.rule][0]), ": ")
    return tag("p", name, words(state.current.sentence), aria_live="polite", class_="cmo-said")


def _editor(state: DecodeState) -> str:
    """The chosen gene's key on a slider, and the way back to the first keys."""
    back = button("reset", "First keys again", state.keys != state.first_keys)
    if state.gene is None:
        return row(tag("span", words("Choose a gene to change its key.")), back)
    name, key = gene_name(state.instance, state.gene), state.keys[state.gene]
    control = slider("key", f"key of {name}", key, 1, 0.01, f"{key:g}", 300)
    return row(control, tag("output", f"{key:.2f}"), back)


def _score(state: DecodeState) -> str:
    schedule = state.trace.schedule
    total = tag("strong", words(sentence(tardiness_text(schedule))), class_="cmo-total")
    hollow = "" if state.step == len(state.keys) else " Pale bars are not placed yet."
    return tag("p", total, words(f" {tardy_orders_text(schedule, 4)}{hollow}"), aria_live="polite")


def _look_at(state: DecodeState) -> Callable[[Batch], Look]:
    """How the bar of each batch looks at the step."""
    genes, ranks = state.bar_genes(), state.ranks()

    def look(batch: Batch) -> Look:
        gene = genes[batch.site, batch.position]
        name = gene_name(state.instance, gene)
        attributes: dict[str, object] = {
            "data_touch": f"bar-{gene}",
            "role": "img",
            "aria_label": f"{name}, Site {batch.site + 1}, from {rounded(batch.start)} to {rounded(batch.end)}",
        }
        return Look(attributes, gene == state.gene, ranks[gene] > state.step)

    return look


def _draw_genes(state: DecodeState, width: float) -> str:
    """Number line, encoding and sorted genes as one SVG; parts are named ``key-g``, ``gene-g`` and ``sorted-g``."""
    right, long = width - 16, is_long(state)
    by_key = [int(gene) for gene in state.trace.sorted_genes]
    columns = min(max(len(by_key), 12), int((right - LEFT) / 36))
    shown = [by_key[k] for k in around(state.step - 1, columns, len(by_key))] if long else by_key
    # How high above the line each handle stands, so that none covers another.
    near = [by_key[k] for k in around(state.step - 1, MOST_HANDLES, len(by_key))] if long else by_key
    keys, room = [state.keys[gene] for gene in near], (2 * RADIUS + 2) / (right - LEFT)
    most = 3.0 if long else 1.4  # so many rises at most, also where keys are alike: the line stays where it is
    levels = {gene: min(row, most) for gene, row in zip(near, packed_rows(keys, [room] * len(keys)), strict=True)}
    line = 2 * RADIUS + 5 + RISE * most
    y = line + 28
    parts = [order_patterns(range(len(state.instance.orders)))]
    if long:
        parts += [
            _stripes(state, range(len(by_key)), "gene", y, right),
            _stripes(state, by_key, "sorted", y + 22, right),
        ]
        names = {y + STRIPE / 2: "Encoding", y + 22 + STRIPE / 2: "Sorted", y + 46 + BOX / 2: "Around"}
        parts.append(_boxes(state, shown, "sorted", y + 46, right, columns))
        height = y + 46 + BOX + 4
    else:
        rows = -(-len(by_key) // columns)
        order = y + rows * (BOX + 4) + 8
        parts += [_link(state, by_key, y, order, right, columns)]
        parts += [_boxes(state, list(range(len(by_key))), "gene", y, right, columns)]
        parts += [_boxes(state, by_key, "sorted", order, right, columns)]
        names = {y + BOX / 2: "Encoding", order + BOX / 2: "Sorted"}
        height = order + rows * (BOX + 4)
    names[line] = "Keys"
    parts += [label(LEFT - 10, at, name, anchor="end", font_weight="bold") for at, name in names.items()]
    parts.append(_number_line(state, levels, line, right))
    said = ", ".join(f"{state.keys[gene]:g} {gene_label(state.instance, gene)}" for gene in by_key)
    return picture(width, height, f"The chromosome of {state.instance.name}", f"Sorted: {said}.", *parts)


def _number_line(state: DecodeState, levels: dict[int, float], y: float, right: float) -> str:
    """The keys on a line from 0 to 1; those with a level have handles, the others marks."""

    def x(key: float) -> float:
        return LEFT + (right - LEFT) * key

    rail = tag("rect", x=LEFT, y=y - 2, width=right - LEFT, height=4, fill="#bfbfbf", data_rail="")
    ticks = "".join(
        tag("line", x1=x(k / 10), x2=x(k / 10), y1=y, y2=y + 7, stroke=INK)
        + label(x(k / 10), y + 16, f"{k / 10:g}", 12)
        for k in range(11)
    )
    marks = "".join(tag("line", x1=x(key), x2=x(key), y1=y - 7, y2=y, stroke=INK, stroke_opacity=0.5)
                    for gene, key in enumerate(state.keys) if gene not in levels)  # fmt: skip
    # The chosen handle comes last, so that it lies on top of the others.
    genes = sorted(levels, key=lambda gene: (gene == state.gene, state.keys[gene], gene))
    handles = (_handle(state, gene, x(state.keys[gene]), y, levels[gene]) for gene in genes)
    return tag("g", rail, ticks, marks, *handles, data_track="")


def _handle(state: DecodeState, gene: int, x: float, y: float, level: float) -> str:
    chosen, name, top = gene == state.gene, gene_label(state.instance, gene), y - RISE * level - RADIUS - 2
    edge = {"stroke": CHOSEN, "stroke_width": 3.5} if chosen else {"stroke": INK, "stroke_width": 1}
    return handle(
        f"key-{gene}", f"key of {gene_name(state.instance, gene)}", 1, state.keys[gene],
        tag("line", x1=x, x2=x, y1=y, y2=top, stroke=CHOSEN if chosen else WAITING),
        tag("circle", cx=x, cy=top, r=RADIUS, fill=gene_fill(state.instance, gene), **edge),
        label(x, top, name if len(name) < 4 else "s" if name == "site" else name[:2] + ".", 12, font_weight="bold"),
        chosen=chosen,
    )  # fmt: skip


def _place(k: int, columns: int, top: float, right: float) -> tuple[float, float, float]:
    """Left, top and width of the k-th box."""
    width = (right - LEFT) / columns
    return LEFT + width * (k % columns), top + (BOX + 4) * (k // columns), width


def _boxes(state: DecodeState, genes: list[int], kind: str, top: float, right: float, columns: int) -> str:
    ranks, boxes = state.ranks(), []
    for k, gene in enumerate(genes):
        x, y, width = _place(k, columns, top, right)
        chosen, name = gene == state.gene, fitted(gene_label(state.instance, gene), width - 4)
        edge = {"stroke": CHOSEN, "stroke_width": 3.5} if chosen else {"stroke": INK, "stroke_width": 1}
        boxes.append(
            touchable(
                f"{kind}-{gene}",
                _gene_told(state, gene),
                tag("rect", x=x + 2, y=y, width=width - 4, height=BOX / 2, fill=gene_fill(state.instance, gene)),
                tag("rect", x=x + 2, y=y, width=width - 4, height=BOX, fill=PAPER, fill_opacity=0.0, **edge),
                label(x + width / 2, y + BOX / 4, name, 13, font_weight="bold"),
                label(x + width / 2, y + BOX * 0.75, f"{state.keys[gene]:.2f}", 13),
                opacity=0.4 if kind == "sorted" and 0 < state.step < ranks[gene] else None,
                class_="cmo-glide",
            )
        )
    return "".join(boxes)


def _gene_told(state: DecodeState, gene: int) -> str:
    return f"{gene_name(state.instance, gene)}, key {state.keys[gene]:g}"


def _stripes(state: DecodeState, genes: Iterable[int], kind: str, top: float, right: float) -> str:
    """All genes side by side, without names; what is not walked yet is pale among the sorted ones."""
    ranks, width, stripes = state.ranks(), (right - LEFT) / len(state.keys), []
    for k, gene in enumerate(genes):
        edge = {"stroke": CHOSEN, "stroke_width": 3} if gene == state.gene else {}
        pale = 0.35 if kind == "sorted" and 0 < state.step < ranks[gene] else None
        box = tag("rect", x=LEFT + width * k, y=top, width=width, height=STRIPE, fill=gene_fill(state.instance, gene),
                  fill_opacity=pale, **edge)  # fmt: skip
        stripes.append(tag("g", tag("title", words(_gene_told(state, gene))), box, data_touch=f"{kind}-{gene}"))
    return "".join(stripes)


def _link(state: DecodeState, by_key: list[int], encoding: float, order: float, right: float, columns: int) -> str:
    """A dashed line from the chosen gene's place in the chromosome to its place after sorting."""
    if state.gene is None:
        return ""
    x0, y0, width = _place(state.gene, columns, encoding, right)
    x1, y1, _ = _place(by_key.index(state.gene), columns, order, right)
    return tag("line", x1=x0 + width / 2, y1=y0 + BOX, x2=x1 + width / 2, y2=y1, stroke=CHOSEN, stroke_width=2,
               stroke_dasharray="5 4")  # fmt: skip


@cache
def decoder_lines() -> tuple[str, ...]:
    """The body of :func:`cmo_kit.core.chromosome.decode_sites` as it stands in the source."""
    source = inspect.getsource(decode_sites)
    body = source[source.index('"""', source.index('"""') + 3) + 3 :]
    return tuple(line.split("  #")[0] for line in textwrap.dedent(body.strip("\n")).splitlines())


def lit_line(state: DecodeState) -> int:
    """The line, from 0, that carries out the step's rule."""
    beginning = RULES[state.current.rule][1]
    return next(number for number, line in enumerate(decoder_lines()) if line.strip().startswith(beginning))


def _values_met(state: DecodeState) -> str:
    """The variables of the decoder when the step's line has run."""
    current = state.current
    if current.gene is None:
        return f"l = 0, {len(state.keys)} genes to walk"
    i = int(state.instance.gene_orders[current.gene])
    if i == SITE_CHANGE:
        return f"gene = {current.gene}, i = SITE_CHANGE, l = {current.site}"
    order, l = state.instance.orders[i].id, current.site
    batches = dict(current.sites[l])[order]
    return f"gene = {current.gene}, i = {i} (order {order}), l = {l} (Site {l + 1}), sites[{l}][{i}] = {batches}"


def _draw_code(state: DecodeState) -> str:
    """The decoder's lines; the one that the step runs has a mark in front, so that colour is not needed to see it."""
    lit, lines = lit_line(state), []
    for number, line in enumerate(decoder_lines()):
        here = number == lit
        style = f"display:block;background:#eee9f8;border-left:4px solid {CHOSEN};padding-left:4px;font-weight:bold"
        plain = "display:block;border-left:4px solid transparent;padding-left:4px"
        lines.append(tag("span", words(line) or " ", style=style if here else plain, class_="cmo-lit" if here else None,
                         aria_current="step" if here else None))  # fmt: skip
    text = "font:.86em/1.35 ui-monospace,'DejaVu Sans Mono',monospace;margin:0;background:none;color:inherit"
    met = "font-size:.86em;background:none;color:inherit"
    values = tag("code", words(_values_met(state)), style=met, class_="cmo-values")
    return tag("pre", *lines, style=f"{text};white-space:pre;overflow-x:auto", tabindex=0, role="group",
               aria_label="the decoder's lines") + values  # fmt: skip


def _draw_sites(state: DecodeState, width: float) -> str:
    """The Sites as they are after the step; batches are named ``place-g`` by their gene."""
    current, ranks, genes = state.current, state.ranks(), state.bar_genes()
    most = max(sum(batches for _, batches in site) for site in state.trace.steps[-1].sites)
    unit = min(46.0, (width - SITES_LEFT - 6) / max(most, 1))
    parts = [order_patterns(range(len(state.instance.orders)))]
    for l, site in enumerate(current.sites):
        top, receiving = 2 + SITE * l, l == current.site
        style = {"fill": "#f5f5f5", "stroke": INK} if receiving else {"fill": PAPER, "stroke": WAITING}
        parts.append(tag("rect", x=SITES_LEFT - 3, y=top, width=width - SITES_LEFT, height=SITE - 6,
                         stroke_dasharray=None if receiving else "2 3", **style))  # fmt: skip
        weight = "bold" if receiving else "normal"
        parts.append(label(SITES_LEFT - 8, top + SITE / 2 - 3, f"Site {l + 1}", anchor="end", font_weight=weight))
        if not site:
            parts.append(label(SITES_LEFT + 6, top + SITE / 2 - 3, "empty", 12, "start", fill="#595959"))
        walked = [genes[l, t] for t in range(len(state.trace.schedule.starts[l])) if ranks[genes[l, t]] <= state.step]
        parts += [_batch(state, gene, SITES_LEFT + unit * k, top + 4, unit) for k, gene in enumerate(walked)]
        x = SITES_LEFT
        for _, batches in site:  # one edge around each run
            parts.append(tag("rect", x=x + 1, y=top + 4, width=unit * batches - 2, height=BATCH, fill="none",
                             stroke=INK, stroke_width=2))  # fmt: skip
            x += unit * batches
    height = SITE * len(current.sites) + 2
    return picture(width, height, f"Sites after step {state.step}", sites_text(current.sites), *parts)


def _batch(state: DecodeState, gene: int, x: float, y: float, unit: float) -> str:
    box = tag("rect", x=x + 1, y=y, width=max(unit - 2, 1.0), height=BATCH, fill=gene_fill(state.instance, gene),
              stroke=INK, stroke_width=0.5)  # fmt: skip
    inset = min(3.0, unit / 4)
    edge = tag("rect", x=x + inset, y=y + 2, width=unit - 2 * inset, height=BATCH - 4, fill="none", stroke=CHOSEN,
               stroke_width=3)  # fmt: skip
    text = gene_label(state.instance, gene)
    name = label(x + unit / 2, y + BATCH / 2, text, 12, font_weight="bold") if unit > text_pixels(text, 12) + 4 else ""
    told = f"batch by {gene_name(state.instance, gene)}"
    return touchable(f"place-{gene}", told, box, edge if gene == state.gene else "", name)
