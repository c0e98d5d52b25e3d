"""The pipeline of two batches, as :func:`cmo_kit.views.plot_pipeline` draws it, with cleaning that can be dragged."""

from __future__ import annotations

from cmo_kit.base.language import spoken
from cmo_kit.core.pipeline import operation_ends, operation_starts
from cmo_kit.views.layout import CHOSEN, RED_TEXT
from cmo_kit.views.operations import alt_text_pipeline, deciding_text
from cmo_kit.views.words import duration, rounded, time_label
from cmo_kit.widgets.drawing.gantt import axis
from cmo_kit.widgets.drawing.markup import (
    FAINT,
    INK,
    WAITING,
    WIDE,
    button,
    fitted,
    handle,
    label,
    order_fill,
    order_patterns,
    picture,
    row,
    slider,
    tag,
    text_pixels,
    words,
)
from cmo_kit.widgets.gap.state import GapState

LEFT, NEEDS = 112.0, 150.0  # beside the time axis: names of operations, and at least for what each one needs
TOP, LANE, BAR = 84.0, 50.0, 32.0
HINT = (
    "Drag the grey end of a cleaning time, or use a slider. Keyboard: Up and Down choose an operation, "
    "Left and Right shorten and lengthen its cleaning, Home and End go to the ends."
)


def render(state: GapState, width: float = WIDE) -> str:
    """The frame as HTML."""
    names = [order.id for order in state.instance.orders]
    pair = row(
        _choice("first", "in front: order", names, state.first),
        _choice("second", "behind it: order", names, state.second),
        button("reset", "Cleaning as given", state.cleaning != state.given),
    )
    unit = state.instance.time_unit
    sliders = row(*(
        slider(f"slide-{o}", f"after {name}: {rounded(time)}", time, state.most, 1, duration(time, unit), 150)
        for o, (name, time) in enumerate(zip(state.instance.operations, state.cleaning, strict=True))
    ))  # fmt: skip
    keys = "ArrowLeft ArrowRight ArrowUp ArrowDown Home End"
    hint = tag("p", words(HINT), class_="cmo-hint")
    return tag("div", pair, _said(state), _draw(state, width), sliders, hint, data_keys=keys)


def _choice(name: str, text: str, names: list[str], chosen: int) -> str:
    options = (
        tag("option", words(order), value=order, selected="" if k == chosen else None) for k, order in enumerate(names)
    )
    return tag("label", words(text), " ", tag("select", *options, data_touch=name))


def _said(state: GapState) -> str:
    """The gap, the setup time and the operations that decide, in one sentence."""
    i, j, unit = state.first, state.second, state.instance.time_unit
    now = (
        f"Gap {duration(float(state.problem.g[i, j]), unit)}, setup time {duration(float(state.problem.b[i, j]), unit)}"
    )
    gap, setup = (rounded(table[i, j]) for table in (state.instance.g, state.instance.b))
    given = f" With the given cleaning: gap {gap}, setup time {setup}."
    told = f": {words(deciding_text(state.gaps))}.{words(given)}"
    return tag("p", tag("strong", words(now), class_="cmo-gap"), told, aria_live="polite", style="min-height:2.8em")


def _draw(state: GapState, width: float) -> str:
    i, j, problem = state.first, state.second, state.problem
    needs = (entry.needs(float(problem.g[i, j])) for entry in state.gaps)
    right = width - max(NEEDS, *(text_pixels(text, 13) + 14 for text in needs))
    scale = (right - LEFT) / state.right
    gap, setup, first_end = float(problem.g[i, j]), float(problem.b[i, j]), float(problem.p[i, 0])
    bottom = TOP + LANE * len(state.cleaning)
    orders = state.instance.orders
    parts = [
        order_patterns((i, j)),
        _arrow(LEFT, LEFT + gap * scale, 22, f"gap g = {rounded(gap)}", INK),
        _arrow(LEFT + first_end * scale, LEFT + gap * scale, 56, f"setup time b = {rounded(setup)}", RED_TEXT),
        _guide(LEFT, 22), _guide(LEFT + first_end * scale, 56), _guide(LEFT + gap * scale, 22),
        tag("g", tag("rect", x=LEFT, y=TOP, width=right - LEFT, height=1, fill="none", data_rail=""),
            *(_lane(state, o, scale, right) for o in range(len(state.cleaning))), data_track=""),
        axis(state.right, bottom, time_label(state.instance), LEFT, right, most=16),
        label(LEFT, bottom + 32, "from the start of the batch in front; grey: cleaning", 12, "start"),
    ]  # fmt: skip
    said = alt_text_pipeline(problem, orders[i].id, orders[j].id)
    return picture(width, bottom + 42, "Two batches on one Site", said, *parts)


def _lane(state: GapState, o: int, scale: float, right: float) -> str:
    """One operation: the first batch, its cleaning with a handle, the second batch, and what the operation needs."""
    i, j, instance = state.first, state.second, state.instance
    ends, starts = operation_ends(instance.p), operation_starts(instance.p)
    gap, entry, y = float(state.problem.g[i, j]), state.gaps[o], TOP + LANE * o + 8
    end, free, begin = LEFT + ends[i, o] * scale, LEFT + entry.free * scale, LEFT + (gap + starts[j, o]) * scale
    colour = RED_TEXT if entry.decides else INK
    called = fitted(spoken(instance.operations[o]), LEFT - 12)
    name = tag("g", label(LEFT - 12, y + BAR / 2, called, 13, "end",
                          font_weight="bold" if o == state.chosen else "normal"),
               data_touch=f"bar-{o}")  # fmt: skip
    return "".join(
        (
            tag("line", x1=LEFT, x2=right, y1=y + BAR / 2, y2=y + BAR / 2, stroke=FAINT),
            name,
            _bar(instance.orders[i].id, i, LEFT + starts[i, o] * scale, end, y),
            _bar(instance.orders[j].id, j, begin, LEFT + (gap + ends[j, o]) * scale, y),
            _handle(state, o, end, free, y),
            label(right + 10, y + BAR / 2, entry.needs(gap), 13, "start", fill=colour,
                  font_weight="bold" if entry.decides else "normal"),
        )
    )  # fmt: skip


def _bar(name: str, order: int, start: float, end: float, y: float) -> str:
    box = tag("rect", x=start, y=y, width=max(end - start, 0.0), height=BAR, fill=order_fill(order), stroke=INK)
    text = fitted(name, end - start)
    return box + (label((start + end) / 2, y + BAR / 2, text, 14, font_weight="bold") if text else "")


def _handle(state: GapState, o: int, end: float, free: float, y: float) -> str:
    """The cleaning time with a knob at its end, which can be dragged."""
    chosen, name = o == state.chosen, state.instance.operations[o]
    grip = CHOSEN if chosen else INK
    stripes = (end + 5.0 * k for k in range(1, int((free - end) / 5) + 1))
    hatch = "".join(tag("line", x1=x, x2=x, y1=y + 9, y2=y + BAR - 9, stroke=WAITING) for x in stripes)
    return handle(
        f"clean-{o}", f"cleaning after {name}", state.most, state.cleaning[o],
        tag("rect", x=end, y=y + 9, width=free - end, height=BAR - 18, fill=FAINT, stroke="#737373"),
        hatch,
        tag("rect", x=free - 14, y=y - 4, width=28, height=BAR + 8, fill="#fff", fill_opacity=0.0),
        tag("rect", x=free - 4, y=y, width=8, height=BAR, rx=3, fill="#fff", stroke=grip,
            stroke_width=3 if chosen else 1.5),
        chosen=chosen,
    )  # fmt: skip


def _arrow(start: float, end: float, y: float, text: str, colour: str) -> str:
    inward = 7 if end - start > 16 else 0
    heads = f"M{start:.2f} {y}l{inward} -4v8zM{end:.2f} {y}l{-inward} -4v8z"
    return (
        tag("line", x1=start, x2=end, y1=y, y2=y, stroke=colour, stroke_width=2.5)
        + tag("path", d=heads, fill=colour)
        + label(end + 10, y, text, 15, "start", fill=colour, font_weight="bold")
    )


def _guide(x: float, top: float) -> str:
    return tag("line", x1=x, x2=x, y1=top - 6, y2=TOP + 8, stroke=INK, stroke_dasharray="4 3")
