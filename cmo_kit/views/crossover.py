"""Uniform crossover gene by gene: two parents, and which gene each child has from whom."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from cmo_kit.base.errors import InputError
from cmo_kit.core.chromosome import check_keys_of, gene_name
from cmo_kit.core.instance import Instance
from cmo_kit.views.style import HALO, INK, ORANGE, SKY, enumeration, finish, new_axes

MOST_GENES = 26  # of a longer chromosome the first genes are drawn
LOOKS = ((SKY, ""), (ORANGE, "///"))
ROWS = ("parent 1", "parent 2", "child 1", "child 2")
TOPS = (0.0, 1.2, 2.8, 4.0)


def plot_crossover(
    instance: Instance, parents: ArrayLike, children: ArrayLike, kept: ArrayLike, ax: Axes | None = None
) -> Axes:
    """Draw two parents above their two children, one box a gene.

    Parameters
    ----------
    instance : Instance
    parents, children : (2, n) arrays
    kept : (n,) array of bool
        Where child 1 has its gene from parent 1.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
        Gids ``row-gene``, rows counted from 0. Colour and hatch say which parent a gene comes from.

    Raises
    ------
    InputError
        For arrays of other shapes.
    """
    rows = np.concatenate([check_keys_of(instance, parents), check_keys_of(instance, children)])
    from_first = np.asarray(kept, dtype=bool)
    if rows.shape[0] != 4 or from_first.shape != rows.shape[1:]:
        raise InputError(f"there are {len(rows)} chromosomes and {from_first.size} origins; it must be two and two")
    shown = min(rows.shape[1], MOST_GENES)
    ax = new_axes(ax, 2.9)
    for row, (top, keys) in enumerate(zip(TOPS, rows, strict=True)):
        for gene in range(shown):
            origin = row if row < 2 else (row - 2) ^ int(not from_first[gene])
            colour, hatch = LOOKS[origin]
            ax.add_patch(Rectangle((gene + 0.04, top), 0.92, 1.0, facecolor=colour, hatch=hatch, edgecolor=INK,
                                   linewidth=0.8, gid=f"{row}-{gene}"))  # fmt: skip
            ax.text(gene + 0.5, top + 0.5, f"{keys[gene]:.2f}", ha="center", va="center", path_effects=HALO,
                    fontsize=9 if shown <= 16 else 6.5)  # fmt: skip
    for gene in range(shown):
        name = (
            gene_name(instance, gene).replace("order ", "o").replace(", batch ", ".").replace("Site change ", "site ")
        )
        ax.text(gene + 0.5, -0.25, name, ha="center", fontsize=8 if shown <= 16 else 5.5)
        ax.text(gene + 0.5, 2.5, "│" if from_first[gene] else "╳", ha="center", va="center", fontsize=9)
    ax.set_xlim(-0.1, shown + 0.1)
    ax.set_ylim(5.1, -0.7)
    ax.set_yticks([top + 0.5 for top in TOPS], ROWS)
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0)
    more = f" (first {shown} of {rows.shape[1]} genes)" if shown < rows.shape[1] else ""
    ax.set_title(f"Uniform crossover{more}: a bar keeps a gene in its row, a cross exchanges it", loc="left",
                 fontsize=11)  # fmt: skip
    return finish(ax, "left", "right", "top", "bottom")


def alt_text_crossover(instance: Instance, kept: ArrayLike) -> str:
    """The picture in words: which genes the children exchange."""
    from_first = np.asarray(kept, dtype=bool)
    exchanged = [gene_name(instance, int(gene)) for gene in np.flatnonzero(~from_first)]
    return (
        f"Uniform crossover of two chromosomes of {len(from_first)} genes: child 1 has {int(from_first.sum())} genes "
        f"of parent 1 and {len(exchanged)} of parent 2, child 2 the others. Exchanged: "
        f"{enumeration([name.replace(', ', ' ') for name in exchanged], 20) or 'none'}."
    )
