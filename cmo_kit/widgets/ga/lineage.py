"""The final best chromosome's genes: where each came from, and how long it travelled."""

from __future__ import annotations

from cmo_kit.core.chromosome import gene_name
from cmo_kit.views.style import BLUE, VERMILLION
from cmo_kit.widgets.decode.genes import gene_fill
from cmo_kit.widgets.drawing.chart import WIDTH
from cmo_kit.widgets.drawing.svg import FAINT, INK, PAPER, label, order_patterns, picture, tag, words
from cmo_kit.widgets.ga.ancestry import Ancestry
from cmo_kit.widgets.ga.state import Replay

LEFT, RIGHT, ROW = 190.0, 690.0, 21.0


def draw_lineage(state: Replay) -> str:
    """One row a gene: a circle where its key stood in the first population, a diamond where a mutation made it."""
    recording, ancestors = state.recording, state.ancestors
    end = recording.generations[-1].best_generation
    last = max(state.last, 1)

    def x(generation: int) -> float:
        return LEFT + (RIGHT - LEFT) * generation / last

    bottom = 26 + ROW * len(ancestors)
    parts = [order_patterns(range(len(recording.instance.orders)))]
    parts += [
        tag("line", x1=x(g), x2=x(g), y1=22, y2=bottom, stroke=colour, stroke_width=width, stroke_dasharray=dash)
        for g, colour, width, dash in ((0, FAINT, 1, None), (end, BLUE, 1.5, "6 4"), (state.generation, INK, 2, None))
    ]
    parts += [label(x(0), 12, "0", 12), label(x(end), 12, f"best met in {end}", 12)]
    for row, origin in enumerate(ancestors):
        parts.append(_row(state, origin, 26 + ROW * row, x(origin.generation), x(end)))
    title = f"Where each gene of the final best chromosome of {recording.instance.name} came from"
    told = origins_sentence(ancestors)
    return tag("p", words(told)) + picture(WIDTH, bottom + 6, title, told, *parts)


def _row(state: Replay, origin: Ancestry, y: float, begin: float, end: float) -> str:
    instance, chosen = state.recording.instance, origin.gene == state.gene
    middle = y + ROW / 2
    mark = (
        tag("path", d=f"M{begin - 7:.1f} {middle:.1f}l7 -7l7 7l-7 7z", fill=VERMILLION, stroke=INK)
        if origin.mutation
        else tag("circle", cx=begin, cy=middle, r=6, fill=PAPER, stroke=INK, stroke_width=2)
    )
    line = {"stroke": BLUE, "stroke_width": 3} if chosen else {"stroke": INK, "stroke_width": 1.5}
    name, where = gene_name(instance, origin.gene), source(origin)
    return tag(
        "g",
        tag("title", words(f"{name}: key {origin.key:.2f}, {where}")),
        tag("rect", x=2, y=y, width=WIDTH - 4, height=ROW - 1, fill=BLUE, fill_opacity=0.12 if chosen else 0,
            stroke=BLUE if chosen else None, stroke_width=2),
        tag("rect", x=8, y=y + 3, width=16, height=ROW - 7, fill=gene_fill(instance, origin.gene), stroke=INK),
        label(30, middle, f"{name}: {origin.key:.2f}", 12, "start", font_weight="bold" if chosen else None),
        tag("line", x1=begin, x2=end, y1=middle, y2=middle, **line),
        mark,
        label(RIGHT + 30, middle, where, 12, "start"),
        data_touch=f"gene-{origin.gene}", role="button", aria_label=f"{name}: {where}", tabindex=0,
    )  # fmt: skip


def source(origin: Ancestry) -> str:
    """Where a key first appeared, in words."""
    if origin.mutation:
        return f"mutation, generation {origin.generation}, child {origin.chromosome + 1}"
    return f"first population, chromosome {origin.chromosome + 1}"


def origins_sentence(ancestors: tuple[Ancestry, ...]) -> str:
    """How many genes came from where."""
    first = {origin.chromosome for origin in ancestors if not origin.mutation}
    kept = sum(not origin.mutation for origin in ancestors)
    first_ones = f"{len(first)} chromosome{'s' if len(first) > 1 else ''} of the first population"
    return f"Of {len(ancestors)} genes {kept} come from {first_ones} and {len(ancestors) - kept} from mutations."
