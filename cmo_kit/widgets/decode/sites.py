"""Step 2 drawn: the runs on every Site after a step, one box a batch."""

from __future__ import annotations

from cmo_kit.views.style import VERMILLION
from cmo_kit.widgets.decode.genes import gene_fill, short_name
from cmo_kit.widgets.decode.state import DecodeState
from cmo_kit.widgets.drawing.svg import INK, WAITING, label, order_patterns, picture, tag

WIDTH, LEFT = 440.0, 62.0
LANE, BOX = 46.0, 30.0


def draw_sites(state: DecodeState) -> str:
    """The Sites as they are after the step; batches are named ``place-g`` by their gene."""
    current, ranks, genes = state.current, state.ranks(), state.bar_genes()
    most = max(sum(batches for _, batches in site) for site in state.trace.steps[-1].sites)
    unit = min(46.0, (WIDTH - LEFT - 6) / max(most, 1))
    parts = [order_patterns(range(len(state.instance.orders)))]
    for l, site in enumerate(current.sites):
        top, receiving = 4 + LANE * l, l == current.site
        style = {"fill": "#f5f5f5", "stroke": INK} if receiving else {"fill": "#fff", "stroke": WAITING}
        dashes = None if receiving else "2 3"
        parts.append(
            tag("rect", x=LEFT - 3, y=top, width=WIDTH - LEFT, height=LANE - 6, stroke_dasharray=dashes, **style)
        )
        weight = "bold" if receiving else "normal"
        parts.append(label(LEFT - 10, top + LANE / 2 - 3, f"Site {l + 1}", anchor="end", font_weight=weight))
        if not site:
            parts.append(label(LEFT + 6, top + LANE / 2 - 3, "empty", 12, "start", fill="#595959"))
        walked = [genes[l, t] for t in range(len(state.trace.schedule.starts[l])) if ranks[genes[l, t]] <= state.step]
        parts += [_batch(state, gene, LEFT + unit * k, top + 5, unit) for k, gene in enumerate(walked)]
        x = LEFT
        for _, batches in site:  # one edge around each run
            parts.append(tag("rect", x=x + 1, y=top + 5, width=unit * batches - 2, height=BOX, fill="none", stroke=INK,
                             stroke_width=2))  # fmt: skip
            x += unit * batches
    said = "; ".join(
        f"Site {l}: {', '.join(f'{order} x{batches}' for order, batches in site) or 'empty'}"
        for l, site in enumerate(current.sites, start=1)
    )
    height = LANE * len(current.sites) + 6
    return picture(WIDTH, height, f"Sites after step {state.step}", f"{said}.", *parts)


def _batch(state: DecodeState, gene: int, x: float, y: float, unit: float) -> str:
    chosen = gene == state.gene
    box = tag("rect", x=x + 1, y=y, width=unit - 2, height=BOX, fill=gene_fill(state.instance, gene), stroke=INK,
              stroke_width=0.5)  # fmt: skip
    inset = min(4.0, unit / 4)
    edge = tag("rect", x=x + inset, y=y + 3, width=unit - 2 * inset, height=BOX - 6, fill="none", stroke=VERMILLION,
               stroke_width=3)  # fmt: skip
    text = short_name(state.instance, gene)
    name = label(x + unit / 2, y + BOX / 2, text, 12, font_weight="bold") if unit > 8 * len(text) + 4 else ""
    return tag("g", box, edge if chosen else "", name, data_touch=f"place-{gene}", tabindex=-1, role="button",
               aria_label=f"batch by gene {gene + 1}")  # fmt: skip
