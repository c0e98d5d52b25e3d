"""Markup: SVG tags, labels, colours and hatches, and the buttons and sliders of HTML."""

from collections.abc import Iterable
from functools import cache, lru_cache
from html import escape

from cmo_kit.base.language import spoken
from cmo_kit.core.chromosome import SITE_CHANGE
from cmo_kit.core.instance import Instance
from cmo_kit.views.layout import (
    ORDER_COLOURS,
    ORDER_HATCHES,
    PARENT_COLOURS,
    PARENT_HATCHES,
    OrderStyle,
    order_style,
)
from cmo_kit.views.words import columns, shortened

#: What a picture is wide, in its own units, on a screen and in a narrow place; at these widths a unit is a pixel.
WIDE, NARROW = 880.0, 560.0
INK, FAINT, PAPER, WAITING = "#262626", "#d9d9d9", "#ffffff", "#8c8c8c"
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

#: Attributes that readers read.
TOLD = ("aria_label", "aria_valuetext", "title")
#: What is drawn in an 8 x 8 tile for each of the hatches of matplotlib.
_STROKES = {
    "": "",
    "///": '<path d="M-2 2L2 -2M0 8L8 0M6 10L10 6"/>',
    "...": '<circle cx="2" cy="2" r=".7"/><circle cx="6" cy="6" r=".7"/>',
    "\\\\\\": '<path d="M-2 6L2 10M0 0L8 8M6 -2L10 2"/>',
    "xxx": '<path d="M0 8L8 0M0 0L8 8"/>',
    "---": '<path d="M0 2H8M0 6H8"/>',
    "ooo": '<circle cx="4" cy="4" r="2"/>',
}


def tag(name: str, *children: str, **attributes: object) -> str:
    """An element with escaped attributes; ``children`` are markup already.

    ``data_touch`` becomes ``data-touch``, ``class_`` becomes ``class``; attributes that are None are left
    out; numbers are rounded to hundredths, because nobody sees less.
    """
    attributes |= {key: spoken(value) for key in TOLD if isinstance(value := attributes.get(key), str)}
    written = "".join([f' {_name(key)}="{_value(value)}"' for key, value in attributes.items() if value is not None])
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


@cache
def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: object) -> str:
    return f"{round(value, 2):g}" if isinstance(value, float) else _escaped(str(value))


@lru_cache(10_000)
def _escaped(text: str) -> str:
    return escape(text)


def words(text: object) -> str:
    """Text as markup, in the language of now."""
    return escape(spoken(str(text)), quote=False)


def label(x: float, y: float, text: object, size: float = 13, anchor: str = "middle", **attributes: object) -> str:
    """Text in a picture, its middle line at ``y``; a white edge keeps it legible on colours and hatches."""
    edge = {"stroke": PAPER, "stroke_width": 3, "paint_order": "stroke", "stroke_linejoin": "round"}
    return tag("text", words(text), x=x, y=y + size * 0.36, font_size=size, text_anchor=anchor,
               **({"fill": INK} | edge | attributes))  # fmt: skip


def touchable(name: str, told: str, *children: str, **attributes: object) -> str:
    """A part of a picture that can be clicked; ``told`` is what a screen reader and a hovering pointer show of it.

    It is no button for a screen reader: what a click does, buttons and keys of the same picture do as well.
    """
    return tag("g", tag("title", words(told)), *children, data_touch=name, role="img", aria_label=told, **attributes)


def handle(
    name: str, told: str, most: float, now: float, *children: str, chosen: bool = True, clickable: bool = True
) -> str:
    """A part of a picture that can be dragged; for a screen reader a slider that stands at ``now`` of 0 to ``most``."""
    return tag("g", *children, data_drag=name, data_touch=name if clickable else None, tabindex=0 if chosen else -1,
               role="slider", aria_label=told, aria_valuemin=0, aria_valuemax=most, aria_valuenow=now)  # fmt: skip


def text_pixels(text: str, size: float) -> float:
    """About how wide a label with this text is, in the language of now and in letters of ``size`` pixels."""
    return columns(spoken(text)) * size * 0.62


def fitted(text: str, room: float) -> str:
    """``text``, shortened to so many pixels; empty where nothing of it has room."""
    return shortened(text, int(room / 7.5)) if room >= 15 else ""


def picture(width: float, height: float, title: str, description: str, *children: str) -> str:
    """An SVG as wide as there is room, but legible, with title and description for screen readers."""
    return tag("svg", tag("title", words(title)), tag("desc", words(description)), *children,
               xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width:g} {height:g}", width=width, role="group",
               font_family=FONT, style=f"flex:{width:g} 1 0;min-width:{0.93 * width:g}px")  # fmt: skip


def order_fill(index: int) -> str:
    """The fill of everything that belongs to the order with this index: colour and hatch, else the plain colour."""
    return f"url(#{_pattern_name(index)}) {order_style(index).colour}"


def gene_fill(instance: Instance, gene: int) -> str:
    """Colour and hatch of the gene's order; grey for a Site change."""
    i = int(instance.gene_orders[gene])
    return "#e0e0e0" if i == SITE_CHANGE else order_fill(i)


def parent_fill(place: int) -> str:
    """The fill of the first (0) or second (1) parent of a crossing, and of the genes that come from it."""
    return f"url(#cmo-parent-{place}) {PARENT_COLOURS[place]}"


def parent_patterns() -> str:
    """Definitions for :func:`parent_fill`."""
    looks = map(OrderStyle, PARENT_COLOURS, PARENT_HATCHES)
    return tag("defs", *(_pattern(f"cmo-parent-{place}", look) for place, look in enumerate(looks)))


def order_patterns(indices: Iterable[int]) -> str:
    """Definitions for :func:`order_fill`; every SVG needs its own."""
    return tag("defs", *(_pattern(_pattern_name(index), order_style(index)) for index in sorted(set(indices))), "")


@cache
def _pattern(name: str, look: OrderStyle) -> str:
    tile = tag("rect", width=8, height=8, fill=look.colour) + tag(
        "g", _STROKES[look.hatch], stroke=INK, stroke_width=0.7, stroke_opacity=0.55, fill="none"
    )
    return tag("pattern", tile, id=name, width=8, height=8, patternUnits="userSpaceOnUse")


def _pattern_name(index: int) -> str:
    return f"cmo-order-{index % (len(ORDER_COLOURS) * len(ORDER_HATCHES))}"


def button(name: str, text: str, enabled: bool = True, pressed: bool | None = None) -> str:
    """A button; one that cannot be used now keeps the focus, so that the keyboard does not lose its place."""
    return tag("button", words(text), type="button", data_touch=name, aria_disabled=None if enabled else "true",
               aria_pressed=None if pressed is None else str(pressed).lower())  # fmt: skip


def slider(
    name: str, text: str, value: float, maximum: float, step: float = 1.0, said: str | None = None, width: int = 220
) -> str:
    """A slider from 0 to ``maximum`` with its text in front; ``said`` is what a screen reader says for the value."""
    control = tag("input", type="range", data_touch=name, min=0, max=maximum, step=f"{step:g}", value=f"{value:g}",
                  aria_valuetext=said, style=f"width:{width}px")  # fmt: skip
    return tag("label", words(text), " ", control)


def row(*controls: str) -> str:
    """Controls beside one another, on several lines where there is less room."""
    return tag("div", *controls, class_="cmo-row")


def player(name: str, at: int, last: int, playing: bool, *more: str) -> str:
    """The buttons ``first``, ``back``, ``play``, ``next`` and ``last``, a slider called ``name``, and more controls."""
    text = spoken(f"{name} {at} of {last}")
    return row(
        button("first", "First", at > 0),
        button("back", "Back", at > 0),
        button("play", "Pause" if playing else "Play", pressed=playing),
        button("next", "Next", at < last),
        button("last", "Last", at < last),
        slider(name, text, at, last, said=text),
        *more,
    )
