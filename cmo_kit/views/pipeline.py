"""Two consecutive batches on one Site: where the gap ``g_ij`` and the setup time ``b_ij`` come from."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cmo_kit.base.language import spoken
from cmo_kit.core.instance import Instance
from cmo_kit.core.pipeline import operation_ends, operation_starts
from cmo_kit.views.labels import LONGEST
from cmo_kit.views.layout import RED_TEXT, VERMILLION, order_style
from cmo_kit.views.operations import operation_gaps, order_index
from cmo_kit.views.style import FAINT, HALO, INK, axes_inches, bold_text, drawable, finish, new_axes, text_inches
from cmo_kit.views.words import LONGEST_OPERATION, rounded, shortened, time_label

NEEDS_SIZE = 8.5  # points of what an operation needs


@drawable
def plot_pipeline(instance: Instance, first: str, second: str, ax: Axes | None = None) -> Axes:
    """Draw a batch of ``first`` and, as early as equation (6) allows, one of ``second`` behind it.

    Parameters
    ----------
    instance : Instance
    first, second : str
        Ids of orders.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
        Bars have gids ``first-o`` and ``second-o``, cleaning ``cleaning-o``, counted from 0.

    Raises
    ------
    InputError
        For an unknown order.

    Examples
    --------
    >>> plot_pipeline(load_instance("fig1"), "A", "B").get_xlabel()
    'time in days after the start of the batch of order A  ·  grey: cleaning'
    """
    gaps = operation_gaps(instance, first, second)
    i, j = order_index(instance, first), order_index(instance, second)
    begin, end, gap = operation_starts(instance.p), operation_ends(instance.p), float(instance.g[i, j])
    right = max(float(end[i, -1]), gap + float(end[j, -1]), max(entry.free for entry in gaps)) or 1.0
    ax = new_axes(ax, 1.7 + 0.5 * len(gaps))
    inches, needs = axes_inches(ax), max(text_inches(entry.needs(gap), NEEDS_SIZE) for entry in gaps)
    per_unit = (inches - min(needs, inches / 2)) / (1.02 * right)
    far = inches / per_unit - 0.01 * right  # where what the operations need ends
    ax.set_xlim(-0.01 * right, far)
    for o, entry in enumerate(gaps):
        ax.plot([0, right], [o, o], color=FAINT, linewidth=0.8, zorder=0)
        _bar(ax, begin[i, o], end[i, o], o, i, f"first-{o}", first, per_unit)
        if entry.cleaning > 0:
            ax.add_patch(Rectangle((end[i, o], o - 0.2), entry.cleaning, 0.4, facecolor="0.8", edgecolor="0.45",
                                   linewidth=0.5, hatch="||||", gid=f"cleaning-{o}"))  # fmt: skip
        _bar(ax, gap + begin[j, o], gap + end[j, o], o, j, f"second-{o}", second, per_unit)
        colour = RED_TEXT if entry.decides else INK
        ax.text(far, o, entry.needs(gap), ha="right", va="center", fontsize=NEEDS_SIZE, color=colour,
                path_effects=HALO, weight="bold" if entry.decides else "normal")  # fmt: skip
        if entry.decides:
            ax.plot([entry.free] * 2, [o - 0.46, o + 0.46], color=VERMILLION, linewidth=3, zorder=6)
        elif gap > entry.gap:
            ax.plot([entry.free, gap + begin[j, o]], [o, o], color=INK, linewidth=1, linestyle=":", zorder=2)
    _arrow(ax, 0, gap, -1.45, f"gap g = {rounded(gap)}", INK)
    _arrow(ax, float(end[i, 0]), gap, -0.85, f"setup b = {rounded(float(instance.b[i, j]))}", RED_TEXT)
    for x, top in ((0.0, -1.45), (float(end[i, 0]), -0.85), (gap, -1.45)):
        ax.plot([x, x], [top, 0], color=INK, linewidth=0.8, linestyle="--", zorder=1)
    ax.set_ylim(len(gaps) - 0.4, -2.0)
    names = [shortened(spoken(name), LONGEST_OPERATION) for name in instance.operations]
    ax.set_yticks(range(len(gaps)), names)
    ax.tick_params(axis="y", length=0)
    time, (front, behind) = time_label(instance), (shortened(name, LONGEST) for name in (first, second))
    below = f"{time} after the start of the batch of order {front}"
    if any(entry.cleaning > 0 for entry in gaps):
        below = f"{time} after the start of the batch of order {front}  ·  grey: cleaning"
    ax.set_xlabel(below, fontsize=9)
    title = f"A batch of order {behind} behind a batch of order {front} on one Site"
    return finish(ax, "left", "right", "top", title=title)


def _bar(ax: Axes, start: float, end: float, o: int, order: int, gid: str, name: str, per_unit: float) -> None:
    style = order_style(order)
    ax.add_patch(Rectangle((start, o - 0.36), end - start, 0.72, facecolor=style.colour, hatch=style.hatch,
                           edgecolor=INK, linewidth=0.6, zorder=3, gid=gid))  # fmt: skip
    letters = int((end - start) * per_unit / text_inches("x", 9))
    if letters > 3 or text_inches(name, 9) < (end - start) * per_unit:
        bold_text(ax, (start + end) / 2, o, shortened(name, letters), 9)


def _arrow(ax: Axes, start: float, end: float, y: float, text: str, colour: str) -> None:
    ax.annotate("", xy=(end, y), xytext=(start, y),
                arrowprops={"arrowstyle": "<|-|>", "color": colour, "shrinkA": 0, "shrinkB": 0})  # fmt: skip
    ax.text(end, y, f"  {text}", ha="left", va="center", fontsize=10, weight="bold", color=colour)
