"""The genetic algorithm in pictures: a population, the roulette wheel, a crossover, a run by generation, children."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, Wedge
from numpy.typing import ArrayLike, NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.core.chromosome import check_keys_of, gene_name
from cmo_kit.core.instance import Instance
from cmo_kit.formats.history import History
from cmo_kit.views.layout import (
    PARENT_COLOURS,
    PARENT_HATCHES,
    RED_TEXT,
    VERMILLION,
    numbered_gene_label,
    order_label,
    packed_rings,
    wheel_sectors,
)
from cmo_kit.views.style import (
    HALO,
    INK,
    LINE_STYLES,
    WIDTH,
    axes_inches,
    bold_text,
    drawable,
    figure_of,
    finish,
    new_axes,
    text_inches,
)
from cmo_kit.views.words import enumeration, rounded, shortened

LEAST_SHARE = 0.03  # of the wheel, for a sector with its words
RING = 0.1  # of numbers around the wheel, whose radius is 1
MOST_GENES = 26  # of a longer chromosome the first genes of a crossover are drawn
ROWS = {"parent 1": 0.0, "parent 2": 1.2, "child 1": 2.8, "child 2": 4.0}  # of a crossover, and where they begin
BINS = 80  # of a histogram of children


@drawable
def plot_population(
    instance: Instance, keys: ArrayLike, tardiness: ArrayLike | None = None, ax: Axes | None = None
) -> Axes:
    """Draw one row a chromosome and one column a gene; the darker, the smaller the key.

    Parameters
    ----------
    instance : Instance
    keys : (e, n) array
    tardiness : (e,) array, optional
        Total tardiness, time units; if given, the best chromosome is the upper row.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        For keys that do not fit the instance.

    Examples
    --------
    >>> keys = np.random.default_rng(1).random((20, 13))
    >>> plot_population(load_instance("fig3"), keys).get_xlabel()
    'genes, by order; then the Site changes'
    """
    population = np.atleast_2d(check_keys_of(instance, keys))
    if tardiness is not None:
        population = population[np.argsort(np.asarray(tardiness), kind="stable")]
    ax = new_axes(ax, 4.6)
    image = ax.imshow(population, aspect="auto", cmap="cividis", vmin=0, vmax=1, interpolation="nearest")
    bar = figure_of(ax).colorbar(image, ax=ax, pad=0.01)
    bar.set_label("key")
    edges = np.concatenate([[0], np.cumsum(instance.Q)])
    names = [order_label(order.id) for order in instance.orders]
    if instance.sites > 1:
        edges, names = np.append(edges, instance.key_count), [*names, "sites"]
    per_gene = 0.85 * axes_inches(ax) / instance.key_count
    ticks, labels, free = [], [], -np.inf
    for begin, end, name in zip(edges[:-1], edges[1:], names, strict=True):
        if end < instance.key_count:
            ax.axvline(end - 0.5, color="white", linewidth=1.2 if len(names) <= 40 else 0.4)
        middle, half = (begin + end - 1) / 2, text_inches(name, 8) / per_gene / 2
        if middle - half > free or end == instance.key_count:
            ticks.append(middle)
            labels.append(name)
            free = middle + half
    if len(ticks) > 1 and ticks[-1] - ticks[-2] < text_inches(labels[-2] + labels[-1], 8) / per_gene / 2:
        del ticks[-2], labels[-2]
    ax.set_xticks(ticks, labels, fontsize=8, color=INK)
    ax.tick_params(axis="x", length=0)
    ax.set_xlabel("genes, by order; then the Site changes" if instance.sites > 1 else "genes, by order")
    ax.set_ylabel("chromosome" + (", best above" if tardiness is not None else ""))
    ends = sorted({0, len(population) - 1})
    ax.set_yticks(ends, [f"{end + 1}" for end in ends])
    return finish(ax, title=f"{instance.name}: {len(population)} chromosomes of {instance.key_count} keys")


def alt_text_population(instance: Instance, keys: ArrayLike) -> str:
    """The picture in words: its size and how far the chromosomes agree.

    Parameters
    ----------
    instance : Instance
    keys : (e, n) array

    Returns
    -------
    str

    Raises
    ------
    InputError
        For keys that do not fit the instance.

    Examples
    --------
    >>> print(alt_text_population(load_instance("fig3"), np.random.default_rng(1).random((20, 13))))
    Heat map of 20 chromosomes of 13 keys for fig3: the standard deviation of a gene's keys is 0.277 on ...
    """
    population = np.atleast_2d(check_keys_of(instance, keys))
    deviation = population.std(axis=0)
    return (
        f"Heat map of {len(population)} chromosomes of {instance.key_count} keys for {instance.name}: the standard "
        f"deviation of a gene's keys is {deviation.mean():.3f} on average (0.289 for uniform keys), "
        f"{deviation.min():.3f} to {deviation.max():.3f}."
    )


@drawable
def plot_wheel(tardiness: ArrayLike, w: float = 1, ax: Axes | None = None) -> Axes:
    """Draw the wheel of a population, whose sectors follow from equation (16).

    Parameters
    ----------
    tardiness : (e,) array
        Total tardiness ``T`` of each chromosome, time units.
    w : float
        The constant of equation (16).
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
        One wedge a chromosome, from the top and clockwise, each with its number; sectors under 3 % have no other words,
        but for the best.

    Examples
    --------
    >>> len(plot_wheel([10, 12, 30, 30]).patches)  # sectors
    4
    """
    values, sectors = np.asarray(tardiness, dtype=np.float64), wheel_sectors(tardiness, w)
    ax, best, rim = new_axes(ax, 5.0), int(values.argmin()), 1.08
    wide = [sector.share >= LEAST_SHARE or k == best for k, sector in enumerate(sectors)]
    # Numbers without room in their sectors stand in rings around the wheel, each in the first ring with room.
    narrow = [k for k, inside in enumerate(wide) if not inside]
    rings = packed_rings([sectors[k].middle for k in narrow], 0.1 / (2 * np.pi * rim))
    ring_of = dict(zip(narrow, rings, strict=True))
    outer = rim + RING * max((ring + 1 for ring in rings), default=0)
    for k, sector in enumerate(sectors):
        first, middle, last = (90 - 360 * turn for turn in (sector.begin, sector.middle, sector.end))
        ax.add_patch(Wedge((0, 0), 1, last, first, facecolor=VERMILLION if k == best else "0.75" if k % 2 else "0.95",
                           edgecolor=INK, linewidth=0.5, gid=f"sector-{k}"))  # fmt: skip
        x, y = float(np.cos(np.deg2rad(middle))), float(np.sin(np.deg2rad(middle)))
        if wide[k]:
            bold_text(ax, 0.72 * x, 0.72 * y, str(k + 1), 10, zorder=3)
            text = f"{'best: ' if k == best else ''}T = {rounded(values[k])}, {sector.share:.1%}"
            ax.text(outer * x, outer * y, text, fontsize=9, va="center", ha="left" if x >= 0 else "right")
        else:
            at = rim + RING * ring_of[k]
            ax.plot([x, (at - 0.05) * x], [y, (at - 0.05) * y], color="0.5", linewidth=0.5)
            ax.text(at * x, at * y, str(k + 1), fontsize=7.5, ha="center", va="center")
    ax.set_xlim(-outer - 1.05, outer + 1.05)
    ax.set_ylim(-outer - 0.08, outer + 0.08)
    ax.set_aspect("equal")
    ax.set_axis_off()
    title = f"Roulette wheel of {len(values)} chromosomes, w = {w:g}: one sector each, as wide as its fitness"
    return finish(ax, title=title)


def alt_text_wheel(tardiness: ArrayLike, w: float = 1) -> str:
    """The picture in words: how wide the best and the worst chromosome's sectors are.

    Parameters
    ----------
    tardiness, w
        As in :func:`plot_wheel`.

    Returns
    -------
    str

    Examples
    --------
    >>> print(alt_text_wheel([10, 12, 30, 30]))
    Roulette wheel of 4 chromosomes: the best, number 1 with total tardiness 10, has 50.0% of the wheel; ...
    """
    values, sectors = np.asarray(tardiness, dtype=np.float64), wheel_sectors(tardiness, w)
    best, worst = int(values.argmin()), int(values.argmax())
    return (
        f"Roulette wheel of {len(values)} chromosomes: the best, number {best + 1} with total tardiness "
        f"{rounded(values[best])}, has {sectors[best].share:.1%} of the wheel; the worst, number {worst + 1} with "
        f"{rounded(values[worst])}, has {sectors[worst].share:.1%}; an equal share would be {1 / len(values):.1%}."
    )


@drawable
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
    for row, (top, keys) in enumerate(zip(ROWS.values(), rows, strict=True)):
        for gene in range(shown):
            origin = row if row < 2 else (row - 2) ^ int(not from_first[gene])
            ax.add_patch(Rectangle((gene + 0.04, top), 0.92, 1.0, edgecolor=INK, linewidth=0.8, gid=f"{row}-{gene}",
                                   facecolor=PARENT_COLOURS[origin], hatch=PARENT_HATCHES[origin]))  # fmt: skip
            ax.text(gene + 0.5, top + 0.5, f"{keys[gene]:.2f}", ha="center", va="center", path_effects=HALO,
                    fontsize=9 if shown <= 16 else 6.5)  # fmt: skip
    size = 8 if shown <= 16 else 5.5
    letters = int(axes_inches(ax) / shown / text_inches("x", size))  # that have room above a box
    for gene in range(shown):
        name = shortened(numbered_gene_label(instance, gene), letters)
        ax.text(gene + 0.5, -0.25, name, ha="center", fontsize=size)
        ax.text(gene + 0.5, 2.5, "│" if from_first[gene] else "╳", ha="center", va="center", fontsize=9)
    ax.set_xlim(-0.1, shown + 0.1)
    ax.set_ylim(5.1, -0.7)
    ax.set_yticks([top + 0.5 for top in ROWS.values()], list(ROWS))
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0)
    more = f" (first {shown} of {rows.shape[1]} genes)" if shown < rows.shape[1] else ""
    title = f"Uniform crossover{more}: a bar keeps a gene in its row, a cross exchanges it"
    return finish(ax, "left", "right", "top", "bottom", title=title)


def alt_text_crossover(instance: Instance, kept: ArrayLike) -> str:
    """The picture in words: which genes the children exchange."""
    from_first = np.asarray(kept, dtype=bool)
    exchanged = [gene_name(instance, int(gene)) for gene in np.flatnonzero(~from_first)]
    return (
        f"Uniform crossover of two chromosomes of {len(from_first)} genes: child 1 has {int(from_first.sum())} genes "
        f"of parent 1 and {len(exchanged)} of parent 2, child 2 the others. Exchanged: "
        f"{enumeration([name.replace(', ', ' ') for name in exchanged], 20) or 'none'}."
    )


@drawable
def plot_generations(history: History, unit: str = "") -> Figure:
    """Draw tardiness above and the number of distinct schedules below, generation by generation.

    Raises
    ------
    InputError
        For a history without a row.
    """
    if not len(history.best):
        raise InputError("the history is empty; it must have at least one generation")
    figure = Figure(figsize=(WIDTH, 5.0), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    looks = (("worst", "0.5"), ("mean", "0.35"), ("best", INK))
    for k, (name, colour) in enumerate(looks):
        label = f"{name} so far" if name == "best" else f"{name} of the population"
        upper.plot(getattr(history, name), color=colour, linestyle=LINE_STYLES[2 - k], label=label,
                   linewidth=2 if name == "best" else 1.2, gid=name)  # fmt: skip
    upper.set_ylim(bottom=0)
    upper.set_ylabel(f"total tardiness, {unit}s" if unit else "total tardiness")
    upper.legend(frameon=False, handlelength=4)
    lower.plot(history.distinct, color=INK, linewidth=1.5, gid="distinct")
    lower.set_ylim(0, 1.1 * float(np.max(history.distinct)))
    lower.set_ylabel("distinct\nschedules")
    lower.set_xlabel("generation", color=INK)
    upper.set_title("A run by generation", loc="left", fontsize=11)
    for ax in (upper, lower):
        ax.grid(axis="y", color="0.9")
        finish(ax, "right", "top")
    return figure


def alt_text_generations(history: History, unit: str = "") -> str:
    """The picture in words: where the lines begin and end."""
    first, last = (
        f"best {rounded(history.best[g])}, mean {rounded(history.mean[g])}, worst {rounded(history.worst[g])}, "
        f"{int(history.distinct[g])} distinct schedules"
        for g in (0, -1)
    )
    told = f", total tardiness in {unit}s" if unit else ""
    return f"A run of {len(history.best) - 1} generations after the first population{told}: {first}; at the end {last}."


@drawable
def plot_children(
    groups: Mapping[str, NDArray[np.float64]], parent: float, unit: str = "day", ax: Axes | None = None
) -> Axes:
    """Draw a histogram for each group, one above the other on one axis, each as high as its row.

    Parameters
    ----------
    groups : mapping from a name to total tardiness (e,)
    parent : float
        The parents' total tardiness, drawn as a line.
    unit : str
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax, 1.4 + 0.75 * len(groups))
    everything = np.concatenate([*groups.values(), [parent]])
    low, high = float(everything.min()), float(everything.max())
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    for row, (name, values) in enumerate(groups.items()):
        counts, _ = np.histogram(values, edges)
        ax.bar(edges[:-1], 0.65 * counts / max(1, counts.max()), width=np.diff(edges), bottom=len(groups) - 1 - row,
               align="edge", color="0.75", edgecolor=INK, linewidth=0.4,
               gid=f"group-{row}")  # fmt: skip
        ax.text(high, len(groups) - 0.25 - row, f"{name}: mean {values.mean():.0f}", ha="right", fontsize=9)
    ax.axvline(parent, color=VERMILLION, linewidth=1.5, gid="parent")
    ax.annotate(f"parents: {rounded(parent)}", (parent, len(groups)), (5, 0), textcoords="offset points", fontsize=9,
                va="top", color=RED_TEXT)  # fmt: skip
    ax.set_ylim(0, len(groups) + 0.05)
    ax.set_yticks([])
    ax.set_xlabel(f"total tardiness of the child, {unit}s")
    title = "Children of two codes of one schedule (each histogram scaled to its row)"
    return finish(ax, "left", "right", "top", title=title)


def alt_text_children(groups: Mapping[str, NDArray[np.float64]], parent: float, unit: str = "day") -> str:
    """The picture in words: range and mean by group."""
    parts = [
        f"{name}: {rounded(values.min())} to {rounded(values.max())}, mean {values.mean():.1f}"
        for name, values in groups.items()
    ]
    return f"Total tardiness in {unit}s of children of parents with {rounded(parent)}. {'; '.join(parts)}."
