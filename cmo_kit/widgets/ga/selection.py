"""The population by tardiness, and the roulette wheel with what it hit."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from cmo_kit.views.style import BLUE, VERMILLION, duration
from cmo_kit.views.wheel import wheel_shares
from cmo_kit.widgets.drawing.svg import INK, PAPER, label, order_fill, order_patterns, picture, tag, words
from cmo_kit.widgets.ga.recording import W
from cmo_kit.widgets.ga.state import Replay

WIDTH = 460.0
ROW = 17.0
BARS, NUMBERS = 60.0, 120.0  # where bars begin, and room behind them
GREY = "#e6e6e6"


def look(state: Replay, chromosome: int) -> str:
    """The fill of a chromosome: the two parents look as in the crossing, the others are grey."""
    return order_fill(state.parents.index(chromosome)) if chromosome in state.parents else GREY


def draw_population(state: Replay) -> str:
    """One bar a chromosome, the best above; parts are named ``chromosome-k``."""
    here, unit = state.here, state.recording.instance.time_unit
    most = float(here.tardiness.max()) or 1.0
    hits = np.zeros(len(here.keys), dtype=int)
    if state.making is not None:
        hits = np.bincount(state.making.parents, minlength=len(here.keys))
    never, heading = ("never", "hit by the wheel") if state.making is not None else ("–", "the wheel is not spun")
    parts = [order_patterns((0, 1)), label(BARS - 8, 10, "number", 12, "end"), label(BARS, 10, "T", 12, "start"),
             label(WIDTH - 4, 10, heading, 12, "end")]  # fmt: skip
    for place, k in enumerate(np.argsort(here.tardiness, kind="stable").tolist()):
        y, T = 22 + place * ROW, float(here.tardiness[k])
        length = (WIDTH - BARS - NUMBERS) * T / most
        carries = k == state.carrier
        name = f"chromosome {k + 1}: total tardiness {duration(T, unit)}, hit {hits[k]} times"
        name += ", carries the marked gene's key" if carries else ""
        bar = tag("rect", x=BARS, y=y + 1, width=max(length, 1.5), height=ROW - 3, fill=look(state, k), stroke=INK,
                  stroke_width=0.7)  # fmt: skip
        row = [
            tag("title", words(name)),
            tag("rect", x=0, y=y, width=WIDTH, height=ROW, fill=PAPER, fill_opacity=0),
            bar,
            label(BARS - 8, y + ROW / 2, k + 1, 12, "end", font_weight="bold" if k in state.parents else None),
            label(BARS + length + 5, y + ROW / 2, f"{T:.6g}" + (" best" if place == 0 else ""), 12, "start"),
            label(WIDTH - 4, y + ROW / 2, f"×{hits[k]}" if hits[k] else never, 12, "end"),
        ]
        if carries:
            row.append(tag("path", d=f"M12 {y + ROW / 2:.1f}l6 -6l6 6l-6 6z", fill=VERMILLION, stroke=INK))
        parts.append(tag("g", *row, data_touch=f"chromosome-{k}", role="button", aria_label=name))
    title = f"Population of generation {state.generation}, by total tardiness"
    told = f"Best {here.tardiness.min():.6g}, mean {here.tardiness.mean():.6g}, worst {here.tardiness.max():.6g}."
    return picture(WIDTH, 28 + ROW * len(here.keys), title, told, *parts)


def draw_wheel(state: Replay) -> str:
    """One sector a chromosome, as wide as its fitness (16); a dot for every hit; parts as in the population."""
    here = state.here
    shares, best = wheel_shares(here.tardiness, W), int(here.tardiness.argmin())
    radius, middle = 138.0, (WIDTH / 2, 176.0)
    ends = np.cumsum(shares)
    hits = state.making.parents if state.making is not None else np.zeros(0, dtype=int)
    parts = [order_patterns((0, 1))]
    for k, (end, share) in enumerate(zip(ends, shares, strict=True)):
        begin = float(end - share)
        name = f"chromosome {k + 1}: {share:.1%} of the wheel, {int((hits == k).sum())} hits"
        parts.append(
            tag("g", tag("title", words(name)),
                tag("path", d=_sector(middle, radius, begin, float(end)), fill=look(state, k),
                    stroke=BLUE if k == best else INK, stroke_width=3 if k == best else 0.7),
                data_touch=f"chromosome-{k}", role="button", aria_label=name)
        )  # fmt: skip
    for k, (end, share) in enumerate(zip(ends, shares, strict=True)):
        turn, count = float(end - share / 2), int((hits == k).sum())
        if share >= 0.02 or k == best or k in state.parents:
            parts.append(label(*_point(middle, radius + 14, turn), k + 1, 12, pointer_events="none",
                               font_weight="bold" if k == best else None))  # fmt: skip
        parts += [tag("circle", cx=x, cy=y, r=4, fill=INK, stroke=PAPER, pointer_events="none")
                  for x, y in (_point(middle, radius - 14 - 11 * d, turn) for d in range(count))]  # fmt: skip
    title = f"Roulette wheel of generation {state.generation}: one sector each, as wide as its fitness"
    told = f"The best, number {best + 1}, has {shares[best]:.1%}; an equal share would be {1 / len(shares):.1%}."
    return picture(WIDTH, 352, title, told, *parts)


def _point(middle: tuple[float, float], radius: float, turn: float) -> tuple[float, float]:
    """A point at a part of a turn, from the top and clockwise."""
    return middle[0] + radius * sin(2 * pi * turn), middle[1] - radius * cos(2 * pi * turn)


def _sector(middle: tuple[float, float], radius: float, begin: float, end: float) -> str:
    (ax, ay), (bx, by) = _point(middle, radius, begin), _point(middle, radius, min(end, begin + 0.9999))
    large = int(end - begin > 0.5)
    return f"M{middle[0]:.2f} {middle[1]:.2f}L{ax:.2f} {ay:.2f}A{radius:g} {radius:g} 0 {large} 1 {bx:.2f} {by:.2f}Z"
