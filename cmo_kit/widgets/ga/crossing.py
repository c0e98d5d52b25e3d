"""One crossing gene by gene, and the mutation of its children."""

from __future__ import annotations

from cmo_kit.base.arrays import Keys
from cmo_kit.core.chromosome import decode, gene_name
from cmo_kit.views.style import VERMILLION, duration
from cmo_kit.widgets.decode.genes import short_name
from cmo_kit.widgets.drawing.chart import WIDTH
from cmo_kit.widgets.drawing.svg import INK, label, order_fill, order_patterns, picture, tag, words
from cmo_kit.widgets.ga.state import Replay

MOST_GENES = 26  # of a longer chromosome the first genes are drawn
LEFT, BOX = 104.0, 30.0
TOPS = (28.0, 66.0, 132.0, 170.0)


def draw_crossing(state: Replay) -> str:
    """Two parents above their two children, one box a gene; a thick edge marks a gene with a new key."""
    making = state.making
    if making is None:
        return tag("p", words("The run ends with this generation: nothing is crossed any more."))
    instance, pair = state.recording.instance, (2 * state.pair, making.partner(2 * state.pair))
    shown = min(instance.key_count, MOST_GENES)
    unit = (WIDTH - LEFT - 66) / shown
    rows: list[tuple[str, Keys]] = [
        (f"parent 1: {state.parents[0] + 1}", state.here.keys[state.parents[0]]),
        (f"parent 2: {state.parents[1] + 1}", state.here.keys[state.parents[1]]),
        (f"child {pair[0] + 1}", making.children[pair[0]]),
        (f"child {pair[1] + 1}", making.children[pair[1]]),
    ]
    if pair[1] < pair[0]:  # an odd population: of the last pair only one child is kept
        rows.pop()
    parts = [order_patterns((0, 1))]
    for gene in range(shown):
        parts.append(label(LEFT + unit * (gene + 0.5), 12, short_name(instance, gene), 12))
        exchanged = bool(making.exchanged[pair[0], gene])
        parts.append(label(LEFT + unit * (gene + 0.5), 114, "╳" if exchanged else "│", 14))
    for row, ((name, keys), y) in enumerate(zip(rows, TOPS, strict=False)):
        parts.append(label(LEFT - 8, y + BOX / 2, name, 12, "end", font_weight="bold"))
        T = decode(instance, keys).total_tardiness
        parts.append(label(WIDTH - 4, y + BOX / 2, f"T {T:.6g}", 13, "end", font_weight="bold"))
        for gene in range(shown):
            child = pair[row - 2] if row >= 2 else -1
            new = child >= 0 and int(making.mutated[child]) == gene
            origin = row % 2 ^ int(row >= 2 and bool(making.exchanged[child, gene]))
            parts.append(_gene(LEFT + unit * gene, y, unit, float(keys[gene]), origin, new, shown <= 16))
    title = f"Crossing {state.pair + 1} of {state.pairs}: from generation {state.generation} to {state.generation + 1}"
    picture_of = picture(WIDTH, 208, title, told(state), *parts)
    return tag("p", words(told(state)), aria_live="polite") + picture_of


def told(state: Replay) -> str:
    """The crossing and its mutations in words."""
    making, instance = state.making, state.recording.instance
    if making is None:
        return ""
    first, second = 2 * state.pair, making.partner(2 * state.pair)
    count = int(making.exchanged[first].sum())
    text = f"Parents {state.parents[0] + 1} and {state.parents[1] + 1}: "
    text += f"{count} of {instance.key_count} genes are exchanged" if count else "the children are copies"
    for child in sorted({first, second} if second > first else {first}):
        gene = int(making.mutated[child])
        if gene >= 0:
            old, new = making.crossed[child, gene], making.children[child, gene]
            text += f"; child {child + 1} gets a new key for {gene_name(instance, gene)} ({old:.2f} becomes {new:.2f})"
    best = min(decode(instance, making.children[child]).total_tardiness for child in {first, second})
    return f"{text}. The better child has total tardiness {duration(best, instance.time_unit)}."


def _gene(x: float, y: float, unit: float, key: float, origin: int, new: bool, roomy: bool) -> str:
    """A gene's box in the looks of the parent that it comes from; one with a new key is white with a thick edge."""
    edge = {"stroke": VERMILLION, "stroke_width": 3.5} if new else {"stroke": INK, "stroke_width": 0.8}
    box = tag("rect", x=x + 1.5, y=y, width=unit - 3, height=BOX, fill="#ffffff" if new else order_fill(origin), **edge)
    return box + label(x + unit / 2, y + BOX / 2, f"{key:.2f}", 13 if roomy else 9)
