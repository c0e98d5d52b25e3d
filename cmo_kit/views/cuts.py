"""What the fast decoder sees: keys on a line, cut by the Site changes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from cmo_kit.core.chromosome import check_keys_of
from cmo_kit.core.instance import Instance
from cmo_kit.fast.explained import Cell, cells, cuts
from cmo_kit.views.style import FAINT, HALO, INK, VERMILLION, enumeration, finish, new_axes, order_style

ALL, KEPT = 1.5, 0.0  # heights of the two rows
LEVELS, STEP = 3, 0.36


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
    ax = new_axes(ax, 3.8)
    values, changes = check_keys_of(instance, keys), cuts(instance, keys)
    for k, change in enumerate(changes):
        ax.axvline(change, color=VERMILLION, linewidth=2.2, linestyle="--", zorder=1, gid=f"cut-{k}")
    edges = np.concatenate([[-0.02], changes, [1.03]])
    for l, (begin, end) in enumerate(pairwise(edges)):
        if l % 2 == 0:
            ax.axvspan(begin, end, color=FAINT, alpha=0.45, zorder=0)
        ax.text((begin + end) / 2, ALL + 1.1, f"Site {l + 1}", ha="center", va="center", fontsize=10, color=INK)
    batches = [(float(values[gene]), int(instance.gene_orders[gene]), gene) for gene in range(instance.total_batches)]
    kept = [(cell, l) for l, site in enumerate(cells(instance, keys)) for cell in site]
    _draw_row(ax, instance, [(key, i, "", f"batch-{gene}") for key, i, gene in sorted(batches)], ALL, 0.025)
    named = [(cell.least, cell.order, f" x{cell.batches}", f"cell-{l}-{cell.order}") for cell, l in sorted(kept)]
    _draw_row(ax, instance, named, KEPT, 0.055)
    ax.set_yticks([ALL, KEPT], ["all batches", "least key of an\norder, and count"], fontsize=10)
    ax.set_ylim(KEPT - 0.5, ALL + 1.35)
    ax.set_xlim(-0.02, 1.03)
    ax.set_xlabel("key; dashed lines are the keys of the Site changes")
    return finish(ax, "left", "right", "top")


def _draw_row(
    ax: Axes, instance: Instance, tokens: list[tuple[float, int, str, str]], height: float, width: float
) -> None:
    """Draw (key, order, what follows the order's id, gid) at a height; close neighbours one above the other."""
    free = [-1.0] * LEVELS  # from where each level has room
    for key, i, further, name in tokens:
        level = next((k for k in range(LEVELS) if free[k] <= key), 0)
        free[level] = key + width
        style, top = order_style(i), height + STEP * level
        ax.plot([key, key], [height - 0.25, top], color=INK, linewidth=0.8, zorder=2)
        box = {"boxstyle": "round,pad=0.3", "facecolor": style.colour, "edgecolor": INK, "hatch": style.hatch}
        text = instance.orders[i].id + further
        drawn = ax.text(key, top, text, ha="center", va="center", fontsize=10, bbox=box, zorder=3, gid=name)
        drawn.set_path_effects(list(HALO))


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
