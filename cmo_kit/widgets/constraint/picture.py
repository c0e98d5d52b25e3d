"""The picture of [P] with an equation left out: the equation, the claim, what is possible, the checker's verdict."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from cmo_kit.base.language import spoken
from cmo_kit.views.layout import CHOSEN, VERMILLION, Batch, latest_end, order_label
from cmo_kit.views.words import duration, rounded, runs_text, sentence, tardiness_text, total_name
from cmo_kit.widgets.constraint.state import KEYS, Broken
from cmo_kit.widgets.drawing.gantt import (
    Chart,
    Look,
    background,
    bar,
    chart_of,
    draw_gantt,
    empty_sites,
    foreground,
)
from cmo_kit.widgets.drawing.markup import INK, PAPER, WIDE, button, picture, row, tag, touchable, words

HINT = (
    "Click an equation to leave it out; click a sentence of the checker or a bar to see what belongs together. "
    "Keys: Left and Right or a digit for the equation (0 is (10)), Up and Down for the sentences, Escape."
)


class Equation(NamedTuple):
    """An equation in one line of plain text, and its purpose in one sentence."""

    formula: str
    purpose: str


#: Number -> equation; 0 is the whole model.
EQUATIONS: dict[int, Equation] = {
    0: Equation("(1) to (15)", "The whole model: nothing is left out."),
    2: Equation(
        "Σᵢ z[i,l,t] = 1 for all l, t (with the dummy, order 0)",
        "Every position of every Site holds one batch or the dummy.",
    ),
    3: Equation("Σₗ Σₜ z[i,l,t] = Q[i] for all i ≥ 1", "Every order gets its batches."),
    4: Equation(
        "γ[i,j,l,t] ≤ ½ (z[i,l,t] + z[j,l,t+1]) for all i, j ≥ 1, l, t < T",
        "γ is 1 only where i is followed by j.",
    ),
    5: Equation(
        "γ[i,j,l,t] ≥ z[i,l,t] + z[j,l,t+1] − 1 for all i, j ≥ 1, l, t < T",
        "γ is 1 wherever i is followed by j.",
    ),
    6: Equation(
        "s[l,t] − s[l,t−1] ≥ Σᵢ z[i,l,t−1] p[i,1] + Σᵢⱼ γ[i,j,l,t−1] b[i,j] for all l, t ≥ 2",
        "From start to start there is time for the first operation and the setup.",
    ),
    7: Equation("s[l,1] = 0 for all l", "A Site opens at time 0."),
    8: Equation(
        "s[l,t] + Σᵢ Σₒ z[i,l,t] p[i,o] = c[l,t] for all l, t",
        "A batch is complete when all its operations are.",
    ),
    9: Equation(
        "c[l,t] − V (1 − z[i,l,t]) − D[i] ≤ τ[i] for all i ≥ 1, l, t",
        "An order is at least as late as each of its batches.",
    ),
    10: Equation(
        "V (1 − z[0,l,t]) ≥ Σᵢ z[i,l,t+1] for all l, t < T",
        "Dummies stand only at the end of a Site.",
    ),
}


#: (7) where Sites are set up for their first batch.
INITIAL_SETUPS = Equation(
    "s[l,1] = Σᵢ z[i,l,1] σ[i] for all l", "A Site opens with the initial setup of its first batch."
)


def render(state: Broken, width: float = WIDE) -> str:
    """The whole picture as HTML."""
    choices = [
        button(f"without-{number}", f"({number})" if number else "nothing", pressed=number == state.dropped)
        for number in state.answers
    ]
    set_up = state.dropped == 7 and state.instance.initial_setup_times is not None
    formula, purpose = INITIAL_SETUPS if set_up else EQUATIONS[state.dropped]
    left_out = f"Left out: ({state.dropped})  " if state.dropped else ""
    head = tag("p", tag("strong", words(left_out), words(formula)), tag("br"), words(purpose))
    said = tag("p", words(claim(state)), role="status", aria_live="polite")
    parts = [row(tag("span", words("Leave out:")), *choices), head, said]
    if state.drawn is not None and state.possible is not None:
        parts += [tag("h4", words("What the solver claims"), style="margin:8px 0 0"), claimed_chart(state, width)]
        if state.violations:
            parts.append(tag("h4", words("The same runs at the times that are possible"), style="margin:8px 0 0"))
            parts.append(draw_gantt(state.possible, partial(_look, state), latest_end(state.drawn), width))
    parts += [verdict(state), tag("p", words(HINT), class_="cmo-hint")]
    return tag("div", *parts, data_keys=" ".join(KEYS))


def claim(state: Broken) -> str:
    """What the solver claims and what is true, in words."""
    answer, unit = state.answer, state.instance.time_unit
    if answer.claimed is None or state.possible is None:
        return f"CBC found no schedule in time ({answer.status})."
    text = f"CBC claims {total_name(state.instance)} {duration(answer.claimed, unit)} ({answer.status})."
    if any(violation.rule == "batches" for violation in state.violations):
        text += " Batches are missing."
    elif state.violations:
        text += f" The same runs really take {duration(state.possible.total_tardiness, unit)} of tardiness."
    if answer.spurious:
        text += f" {answer.spurious} γ are 1 although their two batches do not follow one another."
    return text


def claimed_chart(state: Broken, width: float) -> str:
    """The claimed starts; batches that the checker objects to have a thick edge, those pointed at a violet one."""
    drawn = state.drawn
    assert drawn is not None
    assert state.possible is not None
    chart = chart_of(drawn, latest_end(state.possible), width=width)
    parts = [*background(chart), *empty_sites(chart)]
    for batch in chart.batches:
        about = [k for k, violation in enumerate(state.violations) if state.is_about(violation, batch)]
        edge = {"stroke": VERMILLION, "stroke_width": 3} if about else {}
        edge = {"stroke": CHOSEN, "stroke_width": 5} if state.chosen is not None and state.chosen in about else edge
        wrong = spoken(f", {len(about)} objections") if about else ""
        short = order_label(state.instance.orders[batch.order].id)
        start = rounded(batch.start)
        name = f"{short}, batch {batch.number}, on Site {batch.site + 1}, claimed to start at {start}{wrong}"
        drawn_batch = bar(chart, batch, short, edge), _completion(state, chart, batch)
        parts.append(touchable(f"batch-{batch.site}-{batch.position}", name, *drawn_batch))
    parts += foreground(chart)
    model = f"without ({state.dropped})" if state.dropped else "with [P]"
    told = f"{sentence(spoken(f'{tardiness_text(drawn)} claimed'))} {runs_text(drawn)}"
    return picture(width, chart.height, f"What CBC claims for {state.instance.name} {model}", told, *parts)


def _completion(state: Broken, chart: Chart, batch: Batch) -> str:
    """A diamond at the claimed completion of a batch, where it is not the end of its bar."""
    claimed = state.answer.schedule
    assert claimed is not None
    time = float(claimed.completions[batch.site][batch.position])
    if abs(time - batch.end) < 1e-6:
        return ""
    x, y = chart.x(time), chart.tops[batch.site] + (batch.lane + 0.5) * chart.lane
    line = tag("line", x1=x, y1=y, x2=chart.x(batch.end), y2=y, stroke=VERMILLION, stroke_dasharray="4 3")
    return line + tag("path", d=f"M{x - 6:.1f} {y:.1f}l6 -7l6 7l-6 7z", fill=PAPER, stroke=INK)


def _look(state: Broken, batch: Batch) -> Look:
    """How a batch looks among what is possible: chosen where the violation that is pointed at is about it."""
    return Look({}, state.chosen is not None and state.is_about(state.violations[state.chosen], batch))


def verdict(state: Broken) -> str:
    """The checker's sentences, each to be clicked."""
    if state.answer.schedule is None:
        return ""
    if not state.violations:
        text = "Checker: no violation."
        if state.dropped:
            text += " On this problem the solver gains nothing by leaving this equation out."
        return tag("p", tag("strong", words(text)))
    count = len(state.violations)
    head = tag("p", tag("strong", words(f"Checker: {count} violation{'s' if count > 1 else ''}.")))
    listed = [
        tag("li", button(f"word-{k}", violation.message, pressed=k == state.chosen))
        for k, violation in enumerate(state.violations)
    ]
    return head + tag("ol", *listed, style="margin:0;padding-left:28px;max-height:260px;overflow:auto", tabindex=0)
