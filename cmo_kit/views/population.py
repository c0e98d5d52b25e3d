"""A population of chromosomes as a heat map of its keys."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from cmo_kit.core.chromosome import check_keys_of
from cmo_kit.core.instance import Instance
from cmo_kit.views.style import INK, axes_inches, figure_of, finish, new_axes, text_inches


def plot_population(
    instance: Instance, keys: ArrayLike, tardiness: ArrayLike | None = None, ax: Axes | None = None
) -> Axes:
    """Draw one row a chromosome and one column a gene; the darker, the smaller the key.

    Parameters
    ----------
    instance : Instance
    keys : (e, n) array
    tardiness : (e,) array, optional
        Total tardiness; if given, the best chromosome is the upper row.
    ax : matplotlib.axes.Axes, optional

    Raises
    ------
    InputError
        For keys that do not fit the instance.
    """
    population = np.atleast_2d(check_keys_of(instance, keys))
    if tardiness is not None:
        population = population[np.argsort(np.asarray(tardiness), kind="stable")]
    ax = new_axes(ax, 4.6)
    image = ax.imshow(population, aspect="auto", cmap="cividis", vmin=0, vmax=1, interpolation="nearest")
    bar = figure_of(ax).colorbar(image, ax=ax, pad=0.01)
    bar.set_label("key")
    edges = np.concatenate([[0], np.cumsum(instance.Q)])
    names = [order.id for order in instance.orders]
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
    ax.set_yticks([0, len(population) - 1] if len(population) > 1 else [0])
    ax.set_yticklabels(["1", str(len(population))] if len(population) > 1 else ["1"])
    ax.set_title(
        f"{instance.name}: {len(population)} chromosomes of {instance.key_count} keys", loc="left", fontsize=11
    )
    return finish(ax)


def alt_text_population(instance: Instance, keys: ArrayLike) -> str:
    """The picture in words: its size and how far the chromosomes agree."""
    population = np.atleast_2d(check_keys_of(instance, keys))
    deviation = population.std(axis=0)
    return (
        f"Heat map of {len(population)} chromosomes of {instance.key_count} keys for {instance.name}: the standard "
        f"deviation of a gene's keys is {deviation.mean():.3f} on average (0.289 for uniform keys), "
        f"{deviation.min():.3f} to {deviation.max():.3f}."
    )
