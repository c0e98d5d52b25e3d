"""The frame of the genetic algorithm's explorer: controls, the curve, and one of four pages."""

from __future__ import annotations

from cmo_kit.core.chromosome import decode, gene_name
from cmo_kit.views.style import duration
from cmo_kit.widgets.drawing.bars import Look, draw_gantt
from cmo_kit.widgets.drawing.chart import latest_end
from cmo_kit.widgets.drawing.svg import tag, words
from cmo_kit.widgets.ga.crossing import draw_crossing
from cmo_kit.widgets.ga.curve import draw_curve
from cmo_kit.widgets.ga.lineage import draw_lineage, source
from cmo_kit.widgets.ga.selection import draw_population, draw_wheel
from cmo_kit.widgets.ga.state import KEYS, PAGES, Replay
from cmo_kit.widgets.stage.controls import button, row, slider

MILLISECONDS = 700  # between two generations while playing
HINT = (
    "Drag the handle on the curve, or use the slider. Click a chromosome to see it crossed, a gene to mark its way. "
    "Keys: Left and Right step, Space plays, Home and End, Up and Down choose a crossing, 1 to 4 a page, Escape."
)


def render(state: Replay) -> str:
    """The whole frame as HTML."""
    g, last = state.generation, state.last
    controls = row(
        button("first", "First", g > 0),
        button("back", "Back", g > 0),
        button("play", "Pause" if state.playing else "Play", pressed=state.playing),
        button("next", "Next", g < last),
        button("last", "Last", g < last),
        slider("generation", f"generation {g} of {last}", g, last, said=f"generation {g} of {last}"),
    )
    pages = row(*(button(f"page-{name}", title, pressed=name == state.page) for name, title in PAGES.items()))
    parts = [controls, tag("p", words(said(state)), aria_live="polite"), draw_curve(state), pages, _page(state)]
    return tag("div", *parts, tag("p", words(HINT), class_="cmo-hint"), data_keys=" ".join(KEYS),
               data_every=MILLISECONDS if state.playing else None)  # fmt: skip


def said(state: Replay) -> str:
    """The generation in words."""
    here, unit = state.here, state.recording.instance.time_unit
    text = f"Best so far {duration(here.best_tardiness, unit)}, met in generation {here.best_generation}; "
    text += f"in this population mean {here.tardiness.mean():.4g}, worst {duration(float(here.tardiness.max()), unit)}."
    if here.replaced is not None:
        text += f" The best so far took the place of the worst child, number {here.replaced + 1}."
    if state.gene is not None:
        origin = state.ancestors[state.gene]
        carrier = f"here in chromosome {state.carrier + 1}" if state.carrier is not None else "not on its way here"
        text += f" Marked: {gene_name(state.recording.instance, state.gene)} ({source(origin)}), {carrier}."
    return text


def _page(state: Replay) -> str:
    if state.page == "selection":
        return tag("div", draw_population(state), draw_wheel(state), class_="cmo-row", style="align-items:flex-start")
    if state.page == "crossing":
        choose = row(
            button("pair-back", "Crossing before", state.pair > 0),
            button("pair-next", "Crossing after", state.pair < state.pairs - 1),
            tag("span", words(f"crossing {state.pair + 1} of {state.pairs}")),
        )
        return choose + draw_crossing(state)
    if state.page == "best":
        here = state.here
        text = (
            f"The best chromosome so far was met in generation {here.best_generation} as number {here.best_child + 1}."
        )
        first = decode(state.recording.instance, state.recording.generations[0].best)
        best = decode(state.recording.instance, here.best)
        return tag("p", words(text)) + draw_gantt(best, lambda _: Look({}), latest_end(first))
    return draw_lineage(state)
