"""The laboratory's pictures: curves of all runs, diversity, the population, the best schedule, and the table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from cmo_kit.base.text import NOT_AVAILABLE, table_html
from cmo_kit.core.chromosome import decode
from cmo_kit.views.layout import SERIES_COLOURS
from cmo_kit.views.words import duration, enumeration, rounded, tardiness_text, total_name
from cmo_kit.widgets.drawing.gantt import Look, draw_gantt
from cmo_kit.widgets.drawing.markup import FAINT, INK, label, picture, tag, words
from cmo_kit.widgets.trials.session import RANDOM, Run

#: A run looks the same in all pictures and stands in them by its number, so that colour means nothing alone.
DASHES = (None, "9 3", "2 2")
MOST_POINTS = 300  # of a curve; more are not seen
CURVES, CURVES_HEIGHT, LEFT, RIGHT = 560.0, 300.0, 56.0, 464.0
TOTAL, DIVERSITY = (18.0, 196.0), (222.0, 262.0)  # upper and lower end of the two panels
SIDE, SIDE_LEFT, SIDE_BOTTOM = 300.0, 50.0, 262.0  # of the population


def draw_runs(runs: Sequence[Run], shown: Sequence[Run], known: tuple[float, float] | None) -> str:
    """Curves and population; ``shown`` runs have all their lines, others of the same problem their best only.

    ``known`` are the best known total tardiness and the proved bound.
    """
    return tag(
        "div",
        tag("div", _draw_curves(runs, shown, known), style=f"flex:1 1 {CURVES:g}px"),
        tag("div", _draw_population(shown), style=f"flex:1 1 {SIDE:g}px;max-width:{1.3 * SIDE:g}px"),
        style="display:flex;flex-wrap:wrap",
    )


def _draw_curves(runs: Sequence[Run], shown: Sequence[Run], known: tuple[float, float] | None) -> str:
    instance = shown[0].setup.instance
    unit, total = instance.time_unit, total_name(instance)
    begun = [run for run in runs if run.rows and run.setup.instance.digest == instance.digest]
    columns = {run.number: np.array(_thinned(run.rows)).T for run in begun}
    highest = max((float(columns[run.number][2 if run in shown else 0].max()) for run in begun), default=10.0) or 10.0
    least = [run.total for run in begun] + [value for value in known or () if value > 0]
    lowest = max(min(least, default=1.0), highest / 1000) / 1.1
    last = max((run.rows[-1][3] for run in begun), default=1000)

    def x(evaluations: float) -> float:
        return LEFT + (RIGHT - LEFT) * evaluations / last

    def y(value: float) -> float:
        top, bottom = TOTAL
        return bottom - (bottom - top) * math.log(max(value, lowest) / lowest) / math.log(highest / lowest)

    def line(run: Run, values: Iterable[float], width: float, dash: str | None, opacity: float = 1) -> str:
        points = " ".join(f"{x(e):.1f},{v:.1f}" for e, v in zip(columns[run.number][3], values, strict=True))
        return tag("polyline", points=points, fill="none", stroke=_look(run)[0], stroke_width=width,
                   stroke_dasharray=dash, stroke_opacity=opacity)  # fmt: skip

    parts = [label(LEFT, 8, f"{total} in {unit}s (logarithmic): best thick, mean dashed, worst dotted", 12, "start")]
    for value in _ticks(lowest, highest):
        parts += [tag("line", x1=LEFT, x2=RIGHT, y1=y(value), y2=y(value), stroke=FAINT),
                  label(LEFT - 5, y(value), rounded(value), 12, "end")]  # fmt: skip
    ends = [(y(run.total), f"{run.number}: {rounded(run.total)}", _look(run)[0]) for run in begun]
    for text, value in zip(("known", "bound"), known or (), strict=False):
        parts.append(tag("line", x1=LEFT, x2=RIGHT, y1=y(value), y2=y(value), stroke=INK, stroke_dasharray="1 3"))
        ends.append((y(value) + (2 if text == "bound" else 0), f"{text} {rounded(value)}", INK))
    top, bottom = DIVERSITY
    parts += [label(LEFT, top - 9, "diversity: different schedules in the population, %", 12, "start"),
              label(LEFT - 5, top, 100, 12, "end"), label(LEFT - 5, bottom, 0, 12, "end")]  # fmt: skip
    for at in (TOTAL[1], top, bottom):
        parts.append(tag("line", x1=LEFT, x2=RIGHT, y1=at, y2=at, stroke=INK if at != top else FAINT))
    for run in begun:
        best, mean, worst, _, _, distinct = columns[run.number]
        parts.append(line(run, map(y, best), 3 if run in shown else 1.5, _look(run)[1], 1 if run in shown else 0.6))
        if run in shown:
            e = int(run.setup.parameters["population_size"])
            parts += [line(run, map(y, mean), 1.5, "7 4"), line(run, map(y, worst), 1.2, "1 3"),
                      line(run, bottom - (bottom - top) * np.minimum(distinct / e, 1), 2, _look(run)[1])]  # fmt: skip
    free = TOTAL[1] + 24
    for at, text, colour in sorted(ends, reverse=True):  # the lower ones first, none on another
        free = min(at, free - 13)
        parts.append(label(RIGHT + 4, free, text, 12, "start", fill=colour, font_weight="bold", stroke_width=2))
    for value in (0, last / 2, last):
        parts.append(label(x(value), bottom + 12, f"{value:,.0f}", 12))
    parts.append(label((LEFT + RIGHT) / 2, bottom + 29, "evaluated schedules", 12))
    said = [f"run {run.number}: {duration(run.total, unit)} after {run.rows[-1][3]:,} evaluations" for run in begun]
    bounds = zip(("best known", "proved bound"), known or (), strict=False)
    said += [f"{text} {rounded(value, 10)}" for text, value in bounds]
    return picture(CURVES, CURVES_HEIGHT, f"{total.capitalize()} of runs on {instance.name}",
                   (enumeration(said) if said else "No run yet") + ".", *parts)  # fmt: skip


def _draw_population(shown: Sequence[Run]) -> str:
    """The chromosomes of the latest generation, the best at the left: total tardiness from 0."""
    begun = [run for run in shown if run.rows]
    most = max((float(run.tardiness.max()) for run in begun), default=1.0) or 1.0
    top, right = TOTAL[0], SIDE - 8

    def y(value: float) -> float:
        return SIDE_BOTTOM - (SIDE_BOTTOM - top) * value / most

    total = total_name(shown[0].setup.instance)
    parts = [label(SIDE_LEFT, 8, f"the population by {total}", 12, "start")]
    for value in (0.0, most / 2, most):
        parts += [tag("line", x1=SIDE_LEFT, x2=right, y1=y(value), y2=y(value), stroke=FAINT),
                  label(SIDE_LEFT - 5, y(value), rounded(value, 4), 12, "end")]  # fmt: skip
    said: list[str] = []
    for run in begun:
        values = np.sort(run.tardiness)
        steps = np.linspace(SIDE_LEFT, right, len(values) + 1)
        points = [(a, y(v)) for left, end, v in zip(steps, steps[1:], values, strict=False) for a in (left, end)]
        colour, dash = _look(run)
        outline = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts += [tag("polygon", points=f"{SIDE_LEFT},{SIDE_BOTTOM} {outline} {right},{SIDE_BOTTOM}", fill=colour,
                      fill_opacity=0.15),
                  tag("polyline", points=outline, fill="none", stroke=colour, stroke_width=2, stroke_dasharray=dash),
                  label(right - 4, min(points[-1][1] + 10 + 14 * len(said), SIDE_BOTTOM - 8), f"{run.number}", 12,
                        "end", fill=colour, font_weight="bold")]  # fmt: skip
        least, mean, greatest = map(rounded, (values[0], values.mean(), values[-1]))
        said.append(f"run {run.number}, generation {run.generation}: best {least}, mean {mean}, worst {greatest}")
    parts.append(label((SIDE_LEFT + right) / 2, SIDE_BOTTOM + 12, "chromosomes, the best at the left", 12))
    return picture(SIDE, CURVES_HEIGHT, f"Population by {total}", "; ".join(said) or "No run yet", *parts)


def draw_schedules(shown: Sequence[Run]) -> str:
    """The best schedule of each run as a Gantt chart."""
    parts = []
    for run in shown:
        if run.best is not None:
            best = decode(run.setup.instance, run.best)
            text = f"Run {run.number}: the best schedule, {tardiness_text(best)}"
            parts += [tag("p", tag("b", words(text))), draw_gantt(best, lambda _: Look({}))]
    return "".join(parts)


def runs_table(runs: Sequence[Run], known: dict[str, tuple[float, float]]) -> str:
    """All runs, the latest first; ``known`` are best known and bound by the digest of the problem."""
    lines = []
    for run in reversed(runs):
        setup, best = run.setup, known.get(run.setup.instance.digest)
        parts = [f"{key.removesuffix('_probability')} {value}" for key, value in setup.different.items()]
        parts += [f"begins with {setup.start}"] if setup.start != RANDOM else []
        above = f"{100 * (run.total / best[0] - 1):.1f} %" if best and best[0] > 0 and run.rows else NOT_AVAILABLE
        status = "under way" if not run.ended else run.result.status if run.result else "failed"
        lines.append([str(run.number), setup.instance.name, str(setup.seed), ", ".join(parts).replace("_", " "),
                      str(max(run.generation, 0)), f"{run.rows[-1][3] if run.rows else 0:,}",
                      rounded(run.total, 10) if run.rows else NOT_AVAILABLE, above, run.trouble or status])  # fmt: skip
    totals = " / ".join(dict.fromkeys(total_name(run.setup.instance) for run in runs))
    heads = ("run", "problem", "seed", "other than Table 3", "generations", "evaluations", totals, "above best known",
             "status")  # fmt: skip
    return table_html(heads, lines, "Runs, the latest first")


def _look(run: Run) -> tuple[str, str | None]:
    k = run.number - 1
    return SERIES_COLOURS[k % 6], DASHES[(k + k // 6) % 3]


def _thinned(rows: Sequence[tuple[float, ...]]) -> Sequence[tuple[float, ...]]:
    """The rows, of very many every so many, and the last."""
    rows = rows[:]  # the run goes on
    every = -(-len(rows) // MOST_POINTS)
    return [*rows[:-1:every], rows[-1]]


def _ticks(lowest: float, highest: float) -> list[float]:
    """1, 2 and 5 times powers of ten between the two."""
    powers = range(math.floor(math.log10(lowest)), math.ceil(math.log10(highest)) + 1)
    return [f * 10.0**power for power in powers for f in (1, 2, 5) if lowest <= f * 10.0**power <= highest]
