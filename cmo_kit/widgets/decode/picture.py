"""The decode explorer's frame: controls, the step's sentence, chromosome, code, Sites and Gantt chart."""

from __future__ import annotations

from collections.abc import Callable

from cmo_kit.core.chromosome import gene_name
from cmo_kit.views.gantt_bars import Batch
from cmo_kit.views.style import sentence, tardiness_text, tardy_orders_text
from cmo_kit.widgets.decode.code import draw_code
from cmo_kit.widgets.decode.genes import draw_genes
from cmo_kit.widgets.decode.sites import draw_sites
from cmo_kit.widgets.decode.state import DecodeState
from cmo_kit.widgets.drawing.bars import Look, draw_gantt
from cmo_kit.widgets.drawing.svg import tag, words
from cmo_kit.widgets.stage.controls import button, row, slider

MILLISECONDS = 900  # between two steps while playing
HINT = (
    "Click anything that stands for a gene: a key, a box, a bar. Drag a key along the line. Keyboard: Left and Right "
    "step, Up and Down move the chosen key (Page Up and Page Down by 0.1), Space plays, Home and End go to the ends."
)
TAKEN = "ArrowLeft ArrowRight ArrowUp ArrowDown PageUp PageDown Home End Space"


def render(state: DecodeState) -> str:
    """The frame as HTML."""
    last, step = len(state.keys), state.step
    controls = row(
        button("first", "First", step > 0),
        button("back", "Back", step > 0),
        button("play", "Pause" if state.playing else "Play", pressed=state.playing),
        button("next", "Next", step < last),
        button("last", "Last", step < last),
        slider("step", f"step {step} of {last}", step, last, said=f"step {step} of {last}"),
    )
    halves = tag(
        "div",
        tag("div", draw_code(state), style="flex:6 1 400px;min-width:0"),
        tag("div", draw_sites(state), style="flex:5 1 340px;min-width:0"),
        style="display:flex;flex-wrap:wrap;gap:12px;align-items:center;margin:6px 0",
    )
    return tag(
        "div",
        controls,
        _said(state),
        draw_genes(state),
        _editor(state),
        halves,
        _score(state),
        draw_gantt(state.trace.schedule, _look_at(state)),
        tag("p", HINT, class_="cmo-hint"),
        data_keys=TAKEN,
        data_every=MILLISECONDS if state.playing else None,
    )


def _said(state: DecodeState) -> str:
    rule = {"sort": "Sort", "site change": "Site change", "open run": "Open a run", "join run": "Join a run"}
    name = tag("strong", f"{rule[state.current.rule]}: ")
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
