"""A grid of parameters shown by its parameters: what each one does, and a map for two of them."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cmo_kit.study.results.grid import Grid, best_settings, effects_table
from cmo_kit.views import show, show_table
from cmo_kit.views.layout import SERIES_COLOURS
from cmo_kit.views.style import INK, WIDTH, finish, luminance, new_axes
from cmo_kit.views.words import shortened

COLUMNS = 3
MIDDLE = 0.179  # luminance: on darker colours white stands out better than black, on both at least 4.5 : 1
MOST_CELLS = 30  # of a map, that its alternative text names one by one
SCALE = "per cent above the mean of all settings"


def plot_effects(grid: Grid) -> Figure:
    """Draw, for each parameter, the mean of each of its values and a bar from the least to the greatest.

    A value's mean is over the settings of the other parameters, and over problems; so is its bar.
    """
    columns = min(COLUMNS, len(grid.values))
    rows = -(-len(grid.values) // columns)
    figure = Figure(figsize=(WIDTH, 0.6 + 2.6 * rows), layout="constrained")
    axes = iter(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
    for (key, values), ax in zip(grid.values.items(), axes, strict=False):
        found = [grid.relative[grid.chosen(**{key: value})] for value in values]
        means = [part.mean() for part in found]
        ax.vlines(range(len(values)), [part.min() for part in found], [part.max() for part in found],
                  SERIES_COLOURS[0], alpha=0.3, linewidth=8)  # fmt: skip
        ax.plot(means, "o-", color=INK, gid=f"effect-{key}")
        ax.set_xticks(range(len(values)), [shortened(value, 12) for value in values], fontsize=9)
        ax.margins(x=0.15)
        ax.set_title(shortened(key, 34), fontsize=10)
        ax.grid(axis="y", color="0.9")
    for ax in axes:
        ax.set_visible(False)
    figure.supylabel(SCALE, fontsize=9)
    for ax in figure.axes:
        finish(ax, "right", "top")
    return figure


def alt_text_effects(grid: Grid) -> str:
    """The picture in words: every parameter with its values' means."""
    parts = [
        f"{key}: {', '.join(f'{value} {grid.mean(**{key: value}):+.1f}' for value in values)}"
        for key, values in grid.values.items()
    ]
    return f"What each parameter of {grid.name} does, in {SCALE}, the others averaged. {'; '.join(parts)}."


def plot_map(grid: Grid, across: str, down: str, ax: Axes | None = None) -> Axes:
    """Draw two parameters as a map: a field for each pair of values, the others averaged; darker is better."""
    columns, rows = grid.values[across], grid.values[down]
    ax = new_axes(ax, 1.4 + 0.45 * len(rows))
    table = np.array([[grid.mean(**{across: column, down: row}) for column in columns] for row in rows])
    image = ax.imshow(table, cmap="cividis", aspect="auto")
    for (row, column), value in np.ndenumerate(table):
        colour = "white" if luminance(image.to_rgba(np.array([value]))[0]) < MIDDLE else "black"
        ax.text(column, row, f"{value:+.1f} %", ha="center", va="center", color=colour, fontsize=9)
    ax.set_xticks(range(len(columns)), [shortened(value, 12) for value in columns])
    ax.set_yticks(range(len(rows)), [shortened(value, 12) for value in rows])
    ax.set_xlabel(across)
    ax.set_ylabel(down)
    return finish(ax, title=f"{grid.name}: {SCALE}")


def alt_text_map(grid: Grid, across: str, down: str) -> str:
    """The map in words: every field, or of many the best and the worst."""
    fields = {
        f"{across} {column} and {down} {row}": grid.mean(**{across: column, down: row})
        for row in grid.values[down]
        for column in grid.values[across]
    }
    ranked = sorted(fields, key=fields.__getitem__)
    named = ranked if len(ranked) <= MOST_CELLS else [ranked[0], ranked[-1]]
    words = "; ".join(f"{name} {fields[name]:+.1f}" for name in named)
    return f"Map of {across} and {down} for {grid.name}, in {SCALE}, the best first. {words}."


def show_grid(grid: Grid) -> None:
    """Display a grid in a notebook: what each parameter does, a map of the two that matter most, the best settings."""
    problems, _ = grid.totals
    if not problems:
        print(f"{grid.name}: there is no problem on which all {len(grid.settings)} settings have a schedule.")
        return
    where = f"{len(grid.settings)} settings on {len(problems)} problem{'s' if len(problems) > 1 else ''}"
    show_table(*effects_table(grid), f"{grid.name}: what each value does, {where}")
    show(plot_effects(grid), alt_text_effects(grid))
    if (pair := grid.strongest()) is not None:
        show(plot_map(grid, *pair), alt_text_map(grid, *pair))
    show_table(*best_settings(grid), f"{grid.name}: the best of {where}")
