"""The genetic algorithm's explorer drawn: controls, the curve, and one of four pages."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from cmo_kit.base.arrays import Keys
from cmo_kit.base.language import spoken
from cmo_kit.core.chromosome import decode, gene_name
from cmo_kit.views.layout import CHOSEN, Sector, gene_label, latest_end, packed_rings, wheel_sectors
from cmo_kit.views.words import duration, rounded, total_name
from cmo_kit.widgets.drawing.gantt import LEFT, Look, draw_gantt, most_lanes
from cmo_kit.widgets.drawing.markup import (
    FAINT,
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
    parent_fill,
    parent_patterns,
    picture,
    player,
    row,
    tag,
    text_pixels,
    touchable,
    words,
)
from cmo_kit.widgets.ga.recording import Ancestry, W
from cmo_kit.widgets.ga.state import KEYS, PAGES, Replay
from cmo_kit.widgets.stage.play import KEYS as PLAYER_KEYS

MILLISECONDS = 700  # between two generations while playing
HINT = (
    "Drag the handle on the curve, or use the slider. Click a chromosome to see it crossed, a gene to mark its way. "
    "Keys: Left and Right step, Space plays, Home and End, Up and Down choose a crossing or a gene, 1 to 4 a page."
)

CURVE = (10.0, 92.0)  # upper and lower end
BAR, BARS, NUMBERS = 15.5, 56.0, 112.0  # of the population: height of a row, where bars begin, room behind them
RADIUS, CENTRE = 130.0, 166.0  # of the wheel, and how deep its centre is
GENES, GENE = 92.0, 28.0  # of a crossing: where genes begin, height of a gene's box
TOPS = (24.0, 58.0, 116.0, 150.0)  # of the rows of a crossing
NAMED = 18.0  # pixels of a gene's box that has room for its name and key
WAY_LEFT, WAY_HEIGHT, MOST_WAY = 196.0, 330.0, 21.0  # of the genes' ways: where they begin, of all, of one at most
MOST_WAYS = 120  # that are drawn


def render(state: Replay, width: float = WIDE) -> str:
    """The whole frame as HTML, with pictures of this width."""
    controls = player("generation", state.generation, state.last, state.playing)
    pages = row(*(button(f"page-{name}", title, pressed=name == state.page) for name, title in PAGES.items()))
    said = tag("p", words(_said(state)), aria_live="polite", style="min-height:2.8em")
    hint = tag("p", words(HINT), class_="cmo-hint")
    keys, every = " ".join((*PLAYER_KEYS, *KEYS)), MILLISECONDS if state.playing else None
    return tag("div", controls, said, _draw_curve(state, width), pages, _page(state, width), hint,
               data_keys=keys, data_every=every)  # fmt: skip


def _said(state: Replay) -> str:
    """The generation in words."""
    here, unit = state.here, state.recording.instance.time_unit
    text = spoken(f"Best so far {duration(here.best_tardiness, unit)}, met in generation {here.best_generation}; ")
    worst = duration(float(here.tardiness.max()), unit)
    text += spoken(f"in this population mean {rounded(here.tardiness.mean(), 4)}, worst {worst}.")
    if here.replaced is not None:
        text += f" The best so far took the place of the worst child, number {here.replaced + 1}."
    if state.gene is not None:
        origin = state.ancestors[state.gene]
        carrier = f"here in chromosome {state.carrier + 1}" if state.carrier is not None else "not on its way here"
        text += f" Marked: {gene_name(state.recording.instance, state.gene)} ({source(origin)}), {carrier}."
    return text


def _page(state: Replay, width: float) -> str:
    if state.page == "selection":
        half, wide = (width / 2 - 6, "50%") if width >= WIDE else (width, "100%")
        halves = (_draw_population(state, half), _draw_wheel(state, half))
        return tag("div", *(tag("div", drawn, style=f"width:{wide}") for drawn in halves),
                   style="display:flex;flex-wrap:wrap;align-items:flex-start")  # fmt: skip
    if state.page == "crossing":
        choose = row(
            button("pair-back", "Crossing before", state.pair > 0),
            button("pair-next", "Crossing after", state.pair < state.pairs - 1),
            tag("span", words(f"crossing {state.pair + 1} of {state.pairs}")),
        )
        return choose + _draw_crossing(state, width)
    if state.page == "best":
        here = state.here
        text = (
            f"The best chromosome so far was met in generation {here.best_generation} as number {here.best_child + 1}."
        )
        instance = state.recording.instance
        first = decode(instance, state.recording.generations[0].best)
        best = decode(instance, here.best)
        chart = draw_gantt(best, lambda _: Look({}), latest_end(first), width, most_lanes(instance))
        return tag("p", words(text)) + chart
    return _draw_lineage(state, width)


def _draw_curve(state: Replay, width: float) -> str:
    """Best so far, mean and worst by generation; the handle ``generation`` can be dragged along."""
    generations, unit = state.recording.generations, state.recording.instance.time_unit
    top, bottom = CURVE
    most = max(float(generation.tardiness.max()) for generation in generations) or 1.0
    lines = {
        "worst": ([float(g.tardiness.max()) for g in generations], WAITING, "2 3", 1.5),
        "mean": ([float(g.tardiness.mean()) for g in generations], "#595959", "7 4", 1.5),
        "best": ([g.best_tardiness for g in generations], INK, None, 3.0),
    }

    def x(generation: float) -> float:
        return LEFT + (width - 94 - LEFT) * generation / max(state.last, 1)

    def y(value: float) -> float:
        return bottom - (bottom - top) * value / most

    parts = [tag("line", x1=LEFT, x2=x(state.last), y1=bottom, y2=bottom, stroke=INK)]
    for value in (0.0, most / 2, most):
        parts.append(tag("line", x1=LEFT, x2=x(state.last), y1=y(value), y2=y(value), stroke=FAINT))
        parts.append(label(LEFT - 8, y(value), rounded(value, 4), 12, "end"))
    free = bottom + 14  # names at the right end, the lower ones first, none on another
    for name, (values, colour, dash, thick) in reversed(lines.items()):
        points = " ".join(f"{x(g):.1f},{y(value):.1f}" for g, value in enumerate(values))
        parts.append(tag("polyline", points=points, fill="none", stroke=colour, stroke_width=thick,
                         stroke_dasharray=dash))  # fmt: skip
        free = min(y(values[-1]), free - 14)
        parts.append(label(x(state.last) + 8, free, f"{spoken(name)} {rounded(values[-1], 4)}", 12, "start"))
    born = sorted({(g.best_generation, g.best_tardiness) for g in generations})
    parts += [tag("circle", cx=x(g), cy=y(value), r=4, fill=PAPER, stroke=INK, stroke_width=2) for g, value in born]
    here = x(state.generation)
    drag = handle(
        "generation", "generation", state.last, state.generation,
        tag("title", words("the generation that is shown: drag it")),
        tag("rect", x=here - 14, y=top - 8, width=28, height=bottom - top + 30, fill=PAPER, fill_opacity=0),
        tag("line", x1=here, x2=here, y1=top - 8, y2=bottom + 4, stroke=CHOSEN, stroke_width=2),
        tag("path", d=f"M{here - 12:.1f} {bottom + 20}h24l-12 -18z", fill=CHOSEN),
        clickable=False,
    )  # fmt: skip
    rail = tag("rect", x=LEFT, y=top, width=x(state.last) - LEFT, height=bottom - top, fill=PAPER, fill_opacity=0,
               data_rail="")  # fmt: skip
    ends = [label(LEFT, bottom + 28, "generation 0", 12), label(x(state.last), bottom + 28, f"{state.last}", 12)]
    better = ", ".join(str(g) for g, _ in born[1:]) or "none"
    told = (
        f"Best {duration(lines['best'][0][0], unit)} in generation 0 and {duration(lines['best'][0][-1], unit)} in "
        f"generation {state.last}; a better one was met in generations: {better}."
    )
    title = f"{total_name(state.recording.instance).capitalize()} in {unit}s by generation"
    return picture(width, bottom + 38, title, told, *parts, *ends, tag("g", rail, drag, data_track=""))


def _fill(state: Replay, chromosome: int) -> str:
    """The fill of a chromosome: the two parents look as in the crossing, the others are white."""
    return parent_fill(state.parents.index(chromosome)) if chromosome in state.parents else PAPER


def _draw_population(state: Replay, width: float) -> str:
    """One bar a chromosome, the best above; parts are named ``chromosome-k``."""
    here, hits, unit = state.here, state.hits, state.recording.instance.time_unit
    most = float(here.tardiness.max()) or 1.0
    never, heading = ("never", "hit by the wheel") if state.making is not None else ("–", "the wheel is not spun")
    parts = [parent_patterns(), label(BARS - 8, 10, "number", 12, "end"), label(BARS, 10, "T", 12, "start"),
             label(width - 4, 10, heading, 12, "end")]  # fmt: skip
    for place, k in enumerate(np.argsort(here.tardiness, kind="stable").tolist()):
        y, T = 20 + place * BAR, float(here.tardiness[k])
        length = (width - BARS - NUMBERS) * T / most
        carries = k == state.carrier
        name = spoken(f"chromosome {k + 1}: total tardiness {duration(T, unit)}, hit {hits[k]} times")
        name += spoken(", carries the marked gene's key") if carries else ""
        drawn = [
            tag("rect", x=0, y=y, width=width, height=BAR, fill=PAPER, fill_opacity=0),
            tag("rect", x=BARS, y=y + 1, width=max(length, 1.5), height=BAR - 3, fill=_fill(state, k), stroke=INK,
                stroke_width=0.7),
            label(BARS - 8, y + BAR / 2, k + 1, 12, "end", font_weight="bold" if k in state.parents else None),
            label(BARS + length + 5, y + BAR / 2, rounded(T) + (spoken(" best") if place == 0 else ""), 12, "start"),
            label(width - 4, y + BAR / 2, f"×{hits[k]}" if hits[k] else never, 12, "end"),
        ]  # fmt: skip
        if carries:
            drawn.append(tag("path", d=f"M12 {y + BAR / 2:.1f}l6 -6l6 6l-6 6z", fill=CHOSEN, stroke=INK))
        parts.append(touchable(f"chromosome-{k}", name, *drawn))
    title = f"Population of generation {state.generation}, by {total_name(state.recording.instance)}"
    least, mean, greatest = map(rounded, (here.tardiness.min(), here.tardiness.mean(), here.tardiness.max()))
    told = f"Best {least}, mean {mean}, worst {greatest}."
    return picture(width, 24 + BAR * len(here.keys), title, told, *parts)


def _draw_wheel(state: Replay, width: float) -> str:
    """One sector a chromosome, as wide as its fitness (16); a dot for every hit; parts as in the population."""
    here, hits = state.here, state.hits
    sectors, best = wheel_sectors(here.tardiness, W), int(here.tardiness.argmin())
    # Numbers stand in rings around the wheel, each sector's in the first ring with room.
    rings = packed_rings([sector.middle for sector in sectors], 20 / (2 * pi * RADIUS))
    parts, marks = [parent_patterns()], []
    for k, (sector, ring) in enumerate(zip(sectors, rings, strict=True)):
        name = f"chromosome {k + 1}: {sector.share:.1%} of the wheel, {hits[k]} hits"
        edge = {"stroke": INK, "stroke_width": 3.0 if k == best else 0.7}
        path = tag("path", d=_sector_path(sector, width / 2), fill=_fill(state, k), **edge)
        parts.append(touchable(f"chromosome-{k}", name, path))
        x, y = _point(RADIUS + 12 + 14 * ring, sector.middle, width / 2)
        if ring:
            ax, ay = _point(RADIUS + 2, sector.middle, width / 2)
            marks.append(tag("line", x1=ax, y1=ay, x2=x, y2=y, stroke=WAITING, stroke_width=0.7))
        marks.append(label(x, y, k + 1, 12, pointer_events="none", font_weight="bold" if k == best else None))
        for dot in range(hits[k]):
            x, y = _point(RADIUS - 14 - 11 * dot, sector.middle, width / 2)
            marks.append(tag("circle", cx=x, cy=y, r=4, fill=INK, stroke=PAPER, pointer_events="none"))
    title = f"Roulette wheel of generation {state.generation}: one sector each, as wide as its fitness"
    share, equal = sectors[best].share, 1 / len(sectors)
    told = f"The best, number {best + 1}, has {share:.1%}; an equal share would be {equal:.1%}."
    rise = 14.0 * max(0, max(rings) - 1)  # of rings that would stand above the picture
    whole = tag("g", *parts, *marks, transform=f"translate(0 {rise:g})" if rise else None)
    return picture(width, 2 * (CENTRE + rise), title, told, whole)


def _point(radius: float, turn: float, middle: float) -> tuple[float, float]:
    """A point of the wheel at a part of a turn, from the top and clockwise."""
    return middle + radius * sin(2 * pi * turn), CENTRE - radius * cos(2 * pi * turn)


def _sector_path(sector: Sector, middle: float) -> str:
    ends = sector.begin, min(sector.end, sector.begin + 0.9999)
    (ax, ay), (bx, by) = (_point(RADIUS, turn, middle) for turn in ends)
    large = int(sector.end - sector.begin > 0.5)
    arc = f"A{RADIUS:g} {RADIUS:g} 0 {large} 1 {bx:.2f} {by:.2f}"
    return f"M{middle:.2f} {CENTRE:.2f}L{ax:.2f} {ay:.2f}{arc}Z"


def _draw_crossing(state: Replay, width: float) -> str:
    """Two parents above their two children, one box a gene; a thick edge marks a gene with a new key."""
    making = state.making
    if making is None:
        return tag("p", words("The run ends with this generation: nothing is crossed any more."))
    instance, children = state.recording.instance, state.children
    unit = (width - GENES - 62) / instance.key_count
    named = unit >= NAMED
    rows: list[tuple[str, Keys]] = [
        *((f"parent {k}: {parent + 1}", state.here.keys[parent]) for k, parent in enumerate(state.parents, start=1)),
        *((f"child {child + 1}", making.children[child]) for child in children),
    ]
    parts = [parent_patterns()]
    for gene in range(instance.key_count if named else 0):
        parts.append(label(GENES + unit * (gene + 0.5), 11, fitted(gene_label(instance, gene), unit + 4), 12))
        exchanged = bool(making.exchanged[children[0], gene])
        parts.append(label(GENES + unit * (gene + 0.5), 101, "╳" if exchanged else "│", 14))
    for place, ((name, keys), y) in enumerate(zip(rows, TOPS, strict=False)):
        parts.append(label(GENES - 8, y + GENE / 2, name, 12, "end", font_weight="bold"))
        T = decode(instance, keys).total_tardiness
        parts.append(label(width - 4, y + GENE / 2, f"T {rounded(T)}", 13, "end", font_weight="bold"))
        for gene in range(instance.key_count):
            child = children[place - 2] if place >= 2 else -1
            new = child >= 0 and int(making.mutated[child]) == gene
            origin = place % 2 ^ int(place >= 2 and bool(making.exchanged[child, gene]))
            parts.append(_gene(GENES + unit * gene, y, unit, float(keys[gene]), origin, new))
    text = told(state)
    title = f"Crossing {state.pair + 1} of {state.pairs}: from generation {state.generation} to {state.generation + 1}"
    left_out = "" if named else f" {instance.key_count} genes, without room for their names and keys."
    said = tag("p", words(text + left_out), aria_live="polite", style="min-height:2.8em")
    return said + picture(width, 186, title, text, *parts)


def told(state: Replay) -> str:
    """The crossing and its mutations in words."""
    making, instance, children = state.making, state.recording.instance, state.children
    assert making is not None
    count = int(making.exchanged[children[0]].sum())
    text = spoken(f"Parents {state.parents[0] + 1} and {state.parents[1] + 1}: ")
    text += spoken(f"{count} of {instance.key_count} genes are exchanged" if count else "the children are copies")
    for child in children:
        gene = int(making.mutated[child])
        if gene >= 0:
            old, new = making.crossed[child, gene], making.children[child, gene]
            name = gene_name(instance, gene)
            text += spoken(f"; child {child + 1} gets a new key for {name} ({old:.2f} becomes {new:.2f})")
    best = min(decode(instance, making.children[child]).total_tardiness for child in children)
    total = duration(best, instance.time_unit)
    if len(children) == 1:
        return f"{text}. The only child has total tardiness {total}."
    return f"{text}. The better child has total tardiness {total}."


def _gene(x: float, y: float, unit: float, key: float, origin: int, new: bool) -> str:
    """A gene's box in the looks of the parent that it comes from; one with a new key is white with a thick edge."""
    edge = {"stroke": INK, "stroke_width": 3.5 if new else 0.8 if unit > NAMED else 0.2}
    gap = min(1.5, unit / 10)
    fill = PAPER if new else parent_fill(origin)
    box = tag("rect", x=x + gap, y=y, width=unit - 2 * gap, height=GENE, fill=fill, **edge)
    text = f"{key:.2f}" if unit >= 30 else f"{key:.2f}".removeprefix("0") if unit >= NAMED else ""
    return box + (label(x + unit / 2, y + GENE / 2, text, 12) if text else "")


def _draw_lineage(state: Replay, width: float) -> str:
    """One row a gene: a circle where its key stood in the first population, a diamond where a mutation made it."""
    recording, ancestors = state.recording, state.ancestors[:MOST_WAYS]
    end = recording.generations[-1].best_generation
    right = width - 214

    def x(generation: int) -> float:
        return WAY_LEFT + (right - WAY_LEFT) * generation / max(state.last, 1)

    high = min(MOST_WAY, WAY_HEIGHT / len(ancestors))
    bottom = 24 + high * len(ancestors)
    parts = [order_patterns(range(len(recording.instance.orders)))]
    parts += [
        tag("line", x1=x(g), x2=x(g), y1=20, y2=bottom, stroke=colour, stroke_width=width, stroke_dasharray=dash)
        for g, colour, width, dash in ((0, FAINT, 1, None), (end, INK, 1.5, "6 4"), (state.generation, CHOSEN, 2, None))
    ]
    first, met = "generation 0", f"best met in generation {end}"
    parts.append(label(x(end), 10, met, 12))
    if x(end) - x(0) > (text_pixels(first, 12) + text_pixels(met, 12)) / 2 + 6:
        parts.append(label(x(0), 10, first, 12))
    for place, origin in enumerate(ancestors):
        parts.append(_way(state, origin, 24 + high * place, high, (x(origin.generation), x(end), right), width))
    title = f"Where each gene of the final best chromosome of {recording.instance.name} came from"
    told = origins_sentence(state.ancestors)
    if high < 13:
        told += " Rows have no room for names: mark one."
    if len(ancestors) < len(state.ancestors):
        told += f" Drawn are the first {len(ancestors)} genes of {len(state.ancestors)}."
    return tag("p", words(told)) + picture(width, bottom + 6, title, told, *parts)


def _way(
    state: Replay, origin: Ancestry, y: float, high: float, places: tuple[float, float, float], width: float
) -> str:
    """The row of one gene, named where it is high enough; ``places`` are its begin and end, and the axis' end."""
    instance, chosen = state.recording.instance, origin.gene == state.gene
    (begin, end, right), middle, r = places, y + high / 2, min(6.0, high / 2)
    mark = (
        tag("path", d=f"M{begin - r:.1f} {middle:.1f}l{r:.1f} {-r:.1f}l{r:.1f} {r:.1f}l{-r:.1f} {r:.1f}z", fill=INK)
        if origin.mutation
        else tag("circle", cx=begin, cy=middle, r=r, fill=PAPER, stroke=INK, stroke_width=min(2.0, r / 2))
    )
    line = {"stroke": CHOSEN if chosen else INK, "stroke_width": 3 if chosen else min(1.5, high / 4)}
    name, where = gene_name(instance, origin.gene), source(origin)
    key, weight = fitted(f"{name}: {origin.key:.2f}", 175), "bold" if chosen else None
    texts = [
        label(28, middle, key, 12, "start", font_weight=weight),
        label(right + 14, middle, where, 12, "start"),
    ]  # fmt: skip
    return touchable(
        f"gene-{origin.gene}", f"{name}: key {origin.key:.2f}, {where}",
        tag("rect", x=2, y=y, width=width - 4, height=high - min(1.0, high / 8), fill=CHOSEN,
            fill_opacity=0.12 if chosen else 0, stroke=CHOSEN if chosen else None, stroke_width=2),
        tag("rect", x=8, y=y + high / 8, width=16, height=high * 0.7, fill=gene_fill(instance, origin.gene), stroke=INK,
            stroke_width=min(1.0, high / 8)),
        tag("line", x1=begin, x2=end, y1=middle, y2=middle, **line), mark,
        *(texts if chosen or high >= 13 else []),
    )  # fmt: skip


def source(origin: Ancestry) -> str:
    """Where a key first appeared, in words."""
    if origin.mutation:
        return spoken(f"mutation, generation {origin.generation}, child {origin.chromosome + 1}")
    return spoken(f"first population, chromosome {origin.chromosome + 1}")


def origins_sentence(ancestors: tuple[Ancestry, ...]) -> str:
    """How many genes came from where."""
    first = {origin.chromosome for origin in ancestors if not origin.mutation}
    kept = sum(not origin.mutation for origin in ancestors)
    first_ones = f"{len(first)} chromosome{'s' if len(first) > 1 else ''} of the first population"
    made = len(ancestors) - kept
    return spoken(f"Of {len(ancestors)} genes {kept} come from {first_ones} and {made} from mutations.")
