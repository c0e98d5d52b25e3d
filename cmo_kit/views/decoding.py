"""Decoding in pictures: Figure 3 at any step, and what the fast decoder sees of the same keys."""

from __future__ import annotations

import textwrap
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import ConnectionPatch, Rectangle
from numpy.typing import ArrayLike

from cmo_kit.base.errors import InputError
from cmo_kit.base.language import spoken
from cmo_kit.core.chromosome import SITE_CHANGE, check_keys_of
from cmo_kit.core.instance import Instance
from cmo_kit.core.trace import Trace, TraceStep
from cmo_kit.fast.explained import Cell, cells, cuts
from cmo_kit.views.layout import VERMILLION, around, gene_label, order_label, order_style, packed_rows
from cmo_kit.views.style import FAINT, HALO, INK, WIDTH, axes_inches, bold_text, drawable, finish, new_axes, text_inches
from cmo_kit.views.words import enumeration, shortened, sites_text

COLUMNS = 26  # genes in a row at most
MOST_ROWS = 4  # of the encoding, and of the sorted genes; of longer chromosomes a window is drawn
STEP = 0.36  # from one order to another above it, in rows of cut keys


def step_of(trace: Trace, step: int | None) -> TraceStep:
    """The step with this number, the last one for None.

    Raises
    ------
    InputError
        For a number that no step has.
    """
    number = len(trace.steps) - 1 if step is None else step
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(trace.steps):
        raise InputError(f"step is {number!r}; it must be an integer from 0 to {len(trace.steps) - 1}")
    return trace.steps[number]


@drawable
def plot_figure3(trace: Trace, step: int | None = None, ax: Axes | None = None) -> Axes:
    """Draw, as Figure 3 does, the chromosome, its genes by ascending key, and the Sites as they are after a step.

    Parameters
    ----------
    trace : Trace
    step : int, optional
        0 is Step 1, the sort; ``k`` has walked ``k`` sorted genes; the last one if None.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
        Gids: ``gene-k`` (encoding), ``sorted-k`` (sorted row), ``run-l-k`` (runs on a Site).
        The step's gene, its place and its run have thick red edges.

    Raises
    ------
    InputError
        For a step that the trace does not have.

    Examples
    --------
    >>> from cmo_kit.views import FIGURE_3_KEYS
    >>> ax = plot_figure3(trace_decode(load_instance("fig3"), FIGURE_3_KEYS), step=2)
    >>> sum((part.get_gid() or "").startswith("run-") for part in ax.get_children())  # one batch is placed
    1
    """
    current = step_of(trace, step)
    n = len(trace.keys)
    columns = max(12, int(np.ceil(n / np.ceil(n / COLUMNS))))
    encoding, order = _window(trace, current, columns)
    rows = int(np.ceil(len(encoding) / columns)), int(np.ceil(len(order) / columns))
    sites_top = 1.55 * (rows[0] + rows[1]) + 1.1
    bottom = sites_top + 1.25 * len(current.sites)
    ax = new_axes(ax, 0.38 * bottom + 1.0)
    place = _draw_genes(ax, trace, current, encoding, columns, 0.0, "gene")
    ranks = {int(gene): rank for rank, gene in enumerate(trace.sorted_genes, start=1)}
    below = _draw_genes(ax, trace, current, order, columns, 1.55 * rows[0] + 0.85, "sorted", ranks)
    if current.gene is not None and current.gene in place and current.gene in below:
        (x0, y0), (x1, y1) = place[current.gene], below[current.gene]
        ax.add_artist(ConnectionPatch((x0, y0 + 1), (x1, y1), "data", "data", arrowstyle="-|>", color=VERMILLION,
                                      linewidth=1.4, linestyle="--", zorder=7, gid="moves"))  # fmt: skip
    _draw_sites(ax, trace, current, columns, sites_top)
    ax.set_xlim(-0.1, columns + 0.1)
    ax.set_ylim(bottom + 0.1, -0.45)
    ticks = [0.5 + 1.55 * (rows[0] - 1) / 2, 1.55 * rows[0] + 1.35 + 1.55 * (rows[1] - 1) / 2]
    labels = ["Encoding", "Step 1:\nsorted"]
    for l in range(len(current.sites)):
        ticks.append(sites_top + 1.25 * l + 0.5)
        labels.append(f"Site {l + 1}" if l or len(current.sites) > 9 else "Step 2:\nSite 1")
    ax.set_yticks(ticks, labels, fontsize=10)
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0)
    title = textwrap.fill(spoken(f"Step {current.number} of {n}. {current.sentence}"), 118)
    ax.set_title(title, loc="left", fontsize=9.5)
    return finish(ax, "left", "right", "top", "bottom")


def _window(trace: Trace, current: TraceStep, columns: int) -> tuple[list[int], list[int]]:
    """The genes to draw in the encoding and in the sorted row: all, or those around the step's gene."""
    n, most = len(trace.keys), MOST_ROWS * columns
    if n <= most:
        return list(range(n)), [int(gene) for gene in trace.sorted_genes]
    ranks = around(current.number - 1, columns, n)
    return [*around(current.gene or 0, columns, n)], [int(trace.sorted_genes[rank]) for rank in ranks]


def _draw_genes(
    ax: Axes,
    trace: Trace,
    current: TraceStep,
    genes: list[int],
    columns: int,
    top: float,
    kind: str,
    ranks: dict[int, int] | None = None,
) -> dict[int, tuple[float, float]]:
    """Rows of boxes with key and gene; where each gene stands (upper middle of its box)."""
    places = {}
    size = 9.0 if columns <= 16 else 6.5
    letters = int(axes_inches(ax) / columns / text_inches("x", size))  # that have room in a box
    for k, gene in enumerate(genes):
        x, y = k % columns, top + 1.55 * (k // columns)
        i = int(trace.instance.gene_orders[gene])
        colour, hatch = ("0.88", "++") if i == SITE_CHANGE else order_style(i)
        here = gene == current.gene
        waiting = ranks is not None and current.number > 0 and ranks[gene] > current.number
        ax.add_patch(Rectangle((x + 0.04, y), 0.92, 0.5, facecolor=colour, hatch=hatch, linewidth=0.5, edgecolor=INK,
                               alpha=0.35 if waiting else 1, zorder=2))  # fmt: skip
        edge, colour, front = (2.6, VERMILLION, 6) if here else (0.8, INK, 3)
        ax.add_patch(Rectangle((x + 0.04, y), 0.92, 1.0, facecolor="none", linewidth=edge, edgecolor=colour,
                               zorder=front, gid=f"{kind}-{gene}"))  # fmt: skip
        ink = "0.45" if waiting else "black"
        name = shortened(gene_label(trace.instance, gene), letters)
        bold_text(ax, x + 0.5, y + 0.26, name, size, color=ink, zorder=4, clip_on=True)
        ax.text(x + 0.5, y + 0.76, f"{trace.keys[gene]:.2f}", ha="center", va="center", fontsize=size, color=ink,
                zorder=4)  # fmt: skip
        places[gene] = (x + 0.5, y)
    return places


def _draw_sites(ax: Axes, trace: Trace, current: TraceStep, columns: int, top: float) -> None:
    index = trace.instance.order_index
    most = max(sum(batches for _, batches in site) for site in trace.steps[-1].sites)
    unit, inches = min(1.0, columns / max(most, 1)), axes_inches(ax) / columns
    for l, site in enumerate(current.sites):
        y, x = top + 1.25 * l, 0.0
        receiving = l == current.site
        ax.add_patch(Rectangle((0, y - 0.06), columns, 1.12, facecolor="none" if not receiving else "0.95", zorder=0,
                               linewidth=1.4 if receiving else 0.6, linestyle="-" if receiving else ":",
                               edgecolor=INK if receiving else "0.6"))  # fmt: skip
        if not site:
            ax.text(0.15, y + 0.5, "empty", va="center", style="italic", color="0.35", fontsize=9)
        for k, (order, batches) in enumerate(site):
            colour, hatch = order_style(index[order])
            here, width = receiving and current.run == k and current.gene is not None, unit * batches
            corner, size = (x + 0.04 * unit, y), width - 0.08 * unit
            hatch, edge = hatch if width > 0.35 else "", 1.0 if unit > 0.6 else 0.4
            ax.add_patch(Rectangle(corner, size, 1.0, facecolor=colour, hatch=hatch, zorder=3, edgecolor=INK,
                                   linewidth=edge, gid=f"run-{l}-{k}"))  # fmt: skip
            if here:
                ax.add_patch(Rectangle(corner, size, 1.0, facecolor="none", edgecolor=VERMILLION, linewidth=2.6,
                                       zorder=6, gid="run-here"))  # fmt: skip
            for cut in range(1, batches if unit > 0.3 else 0):
                ax.plot([x + unit * cut] * 2, [y, y + 1], color=INK, linewidth=0.8, linestyle=":", zorder=5)
            name, points = order_label(order), 9 if unit > 0.8 else 6.5
            whole = f"{name} ×{batches}"
            room = (max(width, 1.0) if here else width) * inches  # however narrow, the run of the step is told
            letters = int(room / text_inches("x", points))
            short = shortened(name, letters) if letters > 3 else ""
            label = next((text for text in (whole, name) if text_inches(text, points) < room), short)
            if label:
                bold_text(ax, x + width / 2, y + 0.5, label, points, zorder=8 if here else 6)
            x += unit * batches
        ax.axhline(y + 1.15, color=FAINT, linewidth=0.4, zorder=0)


def alt_text_figure3(trace: Trace, step: int | None = None) -> str:
    """The picture in words: the step's sentence, the genes walked, and the runs on every Site.

    Parameters
    ----------
    trace : Trace
    step : int, optional
        As in :func:`plot_figure3`.

    Returns
    -------
    str

    Raises
    ------
    InputError
        For a step that the trace does not have.

    Examples
    --------
    >>> from cmo_kit.views import FIGURE_3_KEYS
    >>> print(alt_text_figure3(trace_decode(load_instance("fig3"), FIGURE_3_KEYS), step=2))
    Decoding fig3, step 2 of 13. Key 0.17 is Site change 2: what follows goes to Site 2. After it, Site 1: ...
    """
    current = step_of(trace, step)
    head = spoken(f"Decoding {trace.instance.name}, step {current.number} of {len(trace.keys)}.")
    return f"{head} {current.sentence} After it, {sites_text(current.sites)}"


@drawable
def plot_cuts(instance: Instance, keys: ArrayLike, ax: Axes | None = None) -> Axes:
    """Draw every batch at its key above, and below only what has to be sorted: each order once a Site.

    Parameters
    ----------
    instance : Instance
    keys : (n,) array
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
        Gids: ``cut-k`` (Site changes), ``batch-k`` (genes), ``cell-l-i`` (order i on Site l).
    """
    values, changes = check_keys_of(instance, keys), cuts(instance, keys)
    batches = [
        Token(float(values[gene]), int(instance.gene_orders[gene]), "", f"batch-{gene}")
        for gene in range(instance.total_batches)
    ]
    kept = [
        Token(cell.least, cell.order, f" ×{cell.batches}", f"cell-{l}-{cell.order}")
        for l, site in enumerate(cells(instance, keys))
        for cell in site
    ]
    edges = np.concatenate([[-0.05], changes, [1.05]])
    names = [f"Site {l + 1}" for l in range(len(edges) - 1)]
    middles = [(begin + end) / 2 for begin, end in pairwise(edges)]
    per_unit = (0.85 * WIDTH if ax is None else axes_inches(ax)) / 1.1
    levels = [_levels(middles, names, per_unit)]
    levels += [_levels([t.key for t in row], [t.text(instance) for t in row], per_unit) for row in (batches, kept)]
    upper = STEP * max(levels[2], default=0) + 0.9  # where the row of all batches stands
    top = upper + STEP * max(levels[1], default=0) + 0.7
    ax = new_axes(ax, 1.3 + 0.75 * (top + STEP * max(levels[0])))
    for k, change in enumerate(changes):
        ax.axvline(change, color=VERMILLION, linewidth=2.2, linestyle="--", zorder=1, gid=f"cut-{k}")
    for l, (begin, end) in enumerate(pairwise(edges)):
        if l % 2 == 0:
            ax.axvspan(begin, end, color=FAINT, alpha=0.45, zorder=0)
        ax.text(middles[l], top + STEP * levels[0][l], names[l], ha="center", va="center", fontsize=10, color=INK,
                path_effects=HALO)  # fmt: skip
    _draw_row(ax, instance, batches, levels[1], upper)
    _draw_row(ax, instance, kept, levels[2], 0.0)
    ax.set_yticks([upper, 0], ["all batches", "least key of an\norder, and count"], fontsize=10)
    ax.set_ylim(-0.5, top + STEP * (max(levels[0]) + 1))
    ax.set_xlim(-0.05, 1.05)
    ax.set_xlabel("key; dashed lines are the keys of the Site changes")
    return finish(ax, "left", "right", "top")


class Token(NamedTuple):
    """An order at a key, and what follows its name; ``gid`` is that of its text."""

    key: float
    order: int
    further: str
    gid: str

    def text(self, instance: Instance) -> str:
        """What stands there."""
        return shortened(order_label(instance.orders[self.order].id), 12) + self.further


def _levels(places: list[float], texts: list[str], per_unit: float) -> list[int]:
    """How high above their row texts in the middle of these places stand, so that none lies on another."""
    room = [(text_inches(text, 10) + 0.16) / per_unit for text in texts]
    return packed_rows([place - wide / 2 for place, wide in zip(places, room, strict=True)], room)


def _draw_row(ax: Axes, instance: Instance, tokens: list[Token], levels: list[int], height: float) -> None:
    """Draw orders at their keys, with a line from each down to its row."""
    for token, level in zip(tokens, levels, strict=True):
        style, top = order_style(token.order), height + STEP * level
        ax.plot([token.key, token.key], [height - 0.25, top], color=INK, linewidth=0.8, zorder=2)
        box = {"boxstyle": "round,pad=0.3", "facecolor": style.colour, "edgecolor": INK, "hatch": style.hatch}
        ax.text(token.key, top, token.text(instance), ha="center", va="center", fontsize=10, bbox=box, zorder=3,
                gid=token.gid, path_effects=HALO)  # fmt: skip


def alt_text_cuts(instance: Instance, keys: ArrayLike) -> str:
    """The picture in words."""
    per_site = cells(instance, keys)
    kept = sum(len(site) for site in per_site)
    parts = [f"Site {l + 1}: {_site_text(instance, sorted(site))}" for l, site in enumerate(per_site)]
    changes = enumeration([f"{change:g}" for change in cuts(instance, keys)])
    return (
        f"{instance.total_batches} keys on a line from 0 to 1, cut at {changes or 'no place'} "
        f"into {instance.sites} Sites. "
        f"Of these keys {kept} are kept, the least of every order on every Site, with the number of batches. "
        f"{'; '.join(parts)}."
    )


def _site_text(instance: Instance, site: list[Cell]) -> str:
    return enumeration([f"order {instance.orders[c.order].id} at {c.least:g} x{c.batches}" for c in site]) or "nothing"
