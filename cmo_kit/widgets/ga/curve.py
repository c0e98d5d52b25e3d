"""The run as a curve of best, mean and worst, with a handle on the generation that is shown."""

from __future__ import annotations

from cmo_kit.views.style import BLUE, VERMILLION, duration
from cmo_kit.widgets.drawing.chart import LEFT, RIGHT, WIDTH
from cmo_kit.widgets.drawing.svg import FAINT, INK, PAPER, WAITING, label, picture, tag
from cmo_kit.widgets.ga.state import Replay

TOP, BOTTOM = 12.0, 118.0


def draw_curve(state: Replay) -> str:
    """Best so far, mean and worst by generation; the handle ``generation`` can be dragged along."""
    generations, unit = state.recording.generations, state.recording.instance.time_unit
    most = max(float(generation.tardiness.max()) for generation in generations) or 1.0
    lines = {
        "worst": ([float(g.tardiness.max()) for g in generations], WAITING, "2 3", 1.5),
        "mean": ([float(g.tardiness.mean()) for g in generations], VERMILLION, "7 4", 1.5),
        "best": ([g.best_tardiness for g in generations], BLUE, None, 3.0),
    }

    def x(generation: float) -> float:
        return LEFT + (RIGHT - 70 - LEFT) * generation / state.last

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * value / most

    parts = [tag("line", x1=LEFT, x2=x(state.last), y1=BOTTOM, y2=BOTTOM, stroke=INK)]
    for value in (0.0, most / 2, most):
        parts.append(tag("line", x1=LEFT, x2=x(state.last), y1=y(value), y2=y(value), stroke=FAINT))
        parts.append(label(LEFT - 8, y(value), f"{value:.4g}", 12, "end"))
    free = BOTTOM + 14  # names at the right end, the lower ones first, none on another
    for name, (values, colour, dash, width) in reversed(lines.items()):
        points = " ".join(f"{x(g):.1f},{y(value):.1f}" for g, value in enumerate(values))
        parts.append(tag("polyline", points=points, fill="none", stroke=colour, stroke_width=width,
                         stroke_dasharray=dash))  # fmt: skip
        free = min(y(values[-1]), free - 14)
        parts.append(label(x(state.last) + 8, free, f"{name} {values[-1]:.4g}", 12, "start"))
    born = sorted({(g.best_generation, g.best_tardiness) for g in generations})
    parts += [tag("circle", cx=x(g), cy=y(value), r=4, fill=PAPER, stroke=BLUE, stroke_width=2) for g, value in born]
    here = x(state.generation)
    handle = tag(
        "g",
        tag("title", "the generation that is shown: drag it"),
        tag("rect", x=here - 9, y=TOP - 8, width=18, height=BOTTOM - TOP + 16, fill=PAPER, fill_opacity=0),
        tag("line", x1=here, x2=here, y1=TOP - 8, y2=BOTTOM + 4, stroke=INK, stroke_width=2),
        tag("path", d=f"M{here - 8:.1f} {BOTTOM + 16}h16l-8 -13z", fill=INK),
        data_drag="generation", tabindex=0, role="slider", aria_label="generation", aria_valuemin=0,
        aria_valuemax=state.last, aria_valuenow=state.generation,
    )  # fmt: skip
    rail = tag("rect", x=LEFT, y=TOP, width=x(state.last) - LEFT, height=BOTTOM - TOP, fill=PAPER, fill_opacity=0,
               data_rail="")  # fmt: skip
    ends = [label(LEFT, BOTTOM + 26, "generation 0", 12), label(x(state.last), BOTTOM + 26, f"{state.last}", 12)]
    better = ", ".join(str(g) for g, _ in born[1:]) or "none"
    told = (
        f"Best {duration(lines['best'][0][0], unit)} in generation 0 and {duration(lines['best'][0][-1], unit)} in "
        f"generation {state.last}; a better one was met in generations: {better}."
    )
    title = f"Total tardiness in {unit}s by generation"
    return picture(WIDTH, BOTTOM + 36, title, told, *parts, *ends, tag("g", rail, handle, data_track=""))
