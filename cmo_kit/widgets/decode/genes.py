"""The chromosome drawn: keys on a number line, the encoding, and the genes by ascending key."""

from __future__ import annotations

from cmo_kit.core.chromosome import SITE_CHANGE, gene_name
from cmo_kit.core.instance import Instance
from cmo_kit.views.style import VERMILLION
from cmo_kit.widgets.decode.state import DecodeState
from cmo_kit.widgets.drawing.svg import INK, WAITING, label, order_fill, order_patterns, picture, tag

WIDTH, LEFT, RIGHT = 940.0, 92.0, 924.0
COLUMNS = 20  # boxes in a row at most
BOX = 46.0  # height of a box
RADIUS = 9.0  # of a handle


def short_name(instance: Instance, gene: int) -> str:
    """What stands in a gene's box: the order's id, or ``site``."""
    i = int(instance.gene_orders[gene])
    if i == SITE_CHANGE:
        return "site"
    name = instance.orders[i].id
    return f"o{name}" if name[0].isdigit() else name


def gene_fill(instance: Instance, gene: int) -> str:
    """Colour and hatch of the gene's order; grey for a Site change."""
    i = int(instance.gene_orders[gene])
    return "#e0e0e0" if i == SITE_CHANGE else order_fill(i)


def draw_genes(state: DecodeState) -> str:
    """Number line, encoding and sorted genes as one SVG; parts are named ``key-g``, ``gene-g`` and ``sorted-g``."""
    levels = _levels(state)
    line = 26 + 20.0 * max(levels.values())
    rows = -(-len(state.keys) // COLUMNS)
    encoding, order = line + 40, line + 54 + rows * (BOX + 4) + 10
    genes = range(len(state.keys))
    by_key = [int(gene) for gene in state.trace.sorted_genes]
    parts = [
        order_patterns(range(len(state.instance.orders))),
        _link(state, by_key, encoding, order),
        _row(state, list(genes), "gene", encoding),
        _row(state, by_key, "sorted", order),
        label(LEFT - 14, line, "Keys", anchor="end", font_weight="bold"),
        label(LEFT - 14, encoding + BOX / 2, "Encoding", anchor="end", font_weight="bold"),
        label(LEFT - 14, order + BOX / 2 - 8, "Step 1:", anchor="end", font_weight="bold"),
        label(LEFT - 14, order + BOX / 2 + 8, "sorted", anchor="end", font_weight="bold"),
        _number_line(state, levels, line),
    ]
    said = ", ".join(f"{state.keys[gene]:g} {short_name(state.instance, gene)}" for gene in by_key)
    height = order + rows * (BOX + 4) + 4
    return picture(WIDTH, height, f"The chromosome of {state.instance.name}", f"Sorted: {said}.", *parts)


def _levels(state: DecodeState) -> dict[int, int]:
    """How high above the line each handle stands, so that none covers another."""
    ends: list[float] = []
    levels = {}
    for gene in state.trace.sorted_genes:
        x = _x(state.keys[gene])
        level = next((k for k, end in enumerate(ends) if end + 2 * RADIUS + 2 <= x), len(ends))
        ends[level : level + 1] = [x]
        levels[int(gene)] = level
    return levels


def _x(key: float) -> float:
    return LEFT + (RIGHT - LEFT) * key


def _number_line(state: DecodeState, levels: dict[int, int], y: float) -> str:
    rail = tag("rect", x=LEFT, y=y - 2, width=RIGHT - LEFT, height=4, fill="#bfbfbf", data_rail="")
    ticks = "".join(
        tag("line", x1=_x(k / 10), x2=_x(k / 10), y1=y, y2=y + 7, stroke=INK)
        + label(_x(k / 10), y + 16, f"{k / 10:g}", 12)
        for k in range(11)
    )
    # The chosen handle comes last, so that it lies on top of the others.
    genes = sorted(levels, key=lambda gene: (gene == state.gene, state.keys[gene], gene))
    return tag("g", rail, ticks, *(_handle(state, gene, y, levels[gene]) for gene in genes), data_track="")


def _handle(state: DecodeState, gene: int, y: float, level: int) -> str:
    x, chosen, name = _x(state.keys[gene]), gene == state.gene, short_name(state.instance, gene)
    edge = {"stroke": VERMILLION, "stroke_width": 3} if chosen else {"stroke": INK, "stroke_width": 1}
    return tag(
        "g",
        tag("line", x1=x, x2=x, y1=y, y2=y - 20.0 * level - 8, stroke=VERMILLION if chosen else WAITING),
        tag("circle", cx=x, cy=y - 20.0 * level - 8, r=RADIUS, fill=gene_fill(state.instance, gene), **edge),
        label(x, y - 20.0 * level - 8, name if len(name) < 4 else "s", 10, font_weight="bold"),
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


def _row(state: DecodeState, genes: list[int], kind: str, top: float) -> str:
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
                label(x + width / 2, y + BOX / 4, short_name(state.instance, gene), 13, font_weight="bold"),
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
