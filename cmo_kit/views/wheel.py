"""The roulette wheel: each chromosome's sector is as wide as its fitness, equation (16)."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Wedge
from numpy.typing import ArrayLike, NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.core.operators import fitness
from cmo_kit.views.style import HALO, INK, VERMILLION, finish, new_axes, order_style

LEAST_SHARE = 0.03  # of the wheel, for a sector to be labelled
FEW = 24  # up to here sectors have colours; more alternate between two greys, but for the best


def wheel_shares(tardiness: ArrayLike, w: float = 1) -> NDArray[np.float64]:
    """Each chromosome's share of the wheel, ``F / sum F`` with ``F = w + max T - T``; shape (e,).

    Raises
    ------
    InputError
        For an empty population or ``w`` not above 0.
    """
    values = np.asarray(tardiness, dtype=np.float64)
    if values.ndim != 1 or not len(values):
        raise InputError(f"tardiness has shape {values.shape}; it must hold one number for each chromosome")
    if not w > 0:
        raise InputError(f"w is {w}; it must be above 0, so that every fitness is (equation (16))")
    weights = fitness(values, w)
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def plot_wheel(tardiness: ArrayLike, w: float = 1, ax: Axes | None = None) -> Axes:
    """Draw the wheel of a population.

    Parameters
    ----------
    tardiness : (e,) array
        Total tardiness ``T`` of each chromosome.
    w : float
        The constant of equation (16).
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
        One wedge a chromosome, from the top and clockwise; sectors under 3 % have no label, but for the best.
    """
    values, shares = np.asarray(tardiness, dtype=np.float64), wheel_shares(tardiness, w)
    few, best = len(values) <= FEW, int(values.argmin())
    ax = new_axes(ax, 5.0)
    angle = 90.0
    for k, share in enumerate(shares):
        colour, hatch = order_style(k) if few or k == best else ("0.75" if k % 2 else "0.95", None)
        width = 360 * float(share)
        ax.add_patch(Wedge((0, 0), 1, angle - width, angle, facecolor=VERMILLION if k == best else colour, hatch=hatch,
                           edgecolor=INK, linewidth=0.6 if few else 0.2, gid=f"sector-{k}"))  # fmt: skip
        if share >= LEAST_SHARE or k == best:
            middle = np.deg2rad(angle - width / 2)
            x, y = float(np.cos(middle)), float(np.sin(middle))
            ax.text(0.72 * x, 0.72 * y, str(k + 1), ha="center", va="center", fontsize=10, weight="bold",
                    path_effects=HALO)  # fmt: skip
            text = f"{'best: ' if k == best else ''}T = {values[k]:.6g}, {share:.1%}"
            ax.text(1.06 * x, 1.06 * y, text, fontsize=9, va="center", ha="left" if x >= 0 else "right")
        angle -= width
    ax.set_xlim(-2.1, 2.1)
    ax.set_ylim(-1.15, 1.15)
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.set_title(f"Roulette wheel of {len(values)} chromosomes, w = {w:g}: one sector each, as wide as its fitness",
                 loc="left", fontsize=11)  # fmt: skip
    return finish(ax)


def alt_text_wheel(tardiness: ArrayLike, w: float = 1) -> str:
    """The picture in words: how wide the best and the worst chromosome's sectors are."""
    values, shares = np.asarray(tardiness, dtype=np.float64), wheel_shares(tardiness, w)
    best, worst = int(values.argmin()), int(values.argmax())
    return (
        f"Roulette wheel of {len(values)} chromosomes: the best, number {best + 1} with total tardiness "
        f"{values[best]:.6g}, has {shares[best]:.1%} of the wheel; the worst, number {worst + 1} with "
        f"{values[worst]:.6g}, has {shares[worst]:.1%}; an equal share would be {1 / len(values):.1%}."
    )
