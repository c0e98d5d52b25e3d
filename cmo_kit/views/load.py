"""Load per Site: what its time goes into, from 0 to its last completion."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from matplotlib.axes import Axes

from cmo_kit.base.language import spoken
from cmo_kit.core.schedule import Schedule
from cmo_kit.views.layout import VERMILLION
from cmo_kit.views.style import FAINT, HALO, drawable, finish, new_axes
from cmo_kit.views.words import MOST_COLUMNS, duration, rounded, shortened, time_label


class SiteLoad(NamedTuple):
    """One Site, in time units; the five times add up to its last completion by equations (6) and (8)."""

    initial_setup: float
    first_operation: float
    setup_same_order: float
    setup_change: float
    rest_of_last_batch: float
    batches: int
    changes: int

    @property
    def end(self) -> float:
        """The last completion, 0 for an empty Site."""
        return sum(self[:5])


PARTS = (
    ("initial setup", "0.5", "||"),
    ("", "0.68", ""),
    ("setup, same order", "0.96", "///"),
    ("setup, change of order", "0.85", "xxx"),
    ("rest of the last batch", "0.96", "..."),
)


def site_loads(schedule: Schedule) -> list[SiteLoad]:
    """The load of every Site, by equations (6) and (8).

    Parameters
    ----------
    schedule : Schedule

    Returns
    -------
    list of L SiteLoad
        In time units.

    Examples
    --------
    >>> (load,) = site_loads(solve(load_instance("tiny-one-site"), "expert").schedule)
    >>> load.first_operation, load.setup_change, load.end
    (11.0, 13.0, 29.0)
    """
    instance, found = schedule.instance, []
    for orders in schedule.batch_orders:
        if not len(orders):
            found.append(SiteLoad(0, 0, 0, 0, 0, 0, 0))
            continue
        pairs = list(pairwise(orders))
        same = sum(float(instance.b[i, j]) for i, j in pairs if i == j)
        change = [float(instance.b[i, j]) for i, j in pairs if i != j]
        first = float(instance.p[orders, 0].sum())
        rest = float(instance.tails[orders[-1]] - instance.p[orders[-1], 0])
        found.append(
            SiteLoad(float(instance.sigma[orders[0]]), first, same, sum(change), rest, len(orders), len(change))
        )
    return found


@drawable
def plot_load(schedule: Schedule, ax: Axes | None = None) -> Axes:
    """Draw one bar a Site, divided into first operations, setup within and between orders, and the last batch's rest.

    Parameters
    ----------
    schedule : Schedule
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
        Over time units (equations (6) and (8)); a line marks the mean end of the Sites.

    Examples
    --------
    >>> plot_load(solve(load_instance("fig3"), "expert").schedule).get_xlabel()
    'time in days'
    """
    instance, loads = schedule.instance, site_loads(schedule)
    ax = new_axes(ax, 1.9 + 0.34 * len(loads))
    left = [0.0] * len(loads)
    for k, (name, colour, hatch) in enumerate(PARTS):
        widths = [load[k] for load in loads]
        if any(widths):
            ax.barh(range(len(loads)), widths, left=left, height=0.7, color=colour, hatch=hatch, edgecolor="0.15",
                    linewidth=0.5, label=name or instance.operations[0], zorder=2)  # fmt: skip
        left = [start + float(width) for start, width in zip(left, widths, strict=True)]
    right = max(left) or 1.0
    mean = sum(left) / len(left)
    for l, load in enumerate(loads):
        beside = mean if load.end < mean < load.end + 0.4 * right else load.end  # clear of the line
        text = (
            f"{rounded(load.end)}: {_count(load.batches, 'batch', 'batches')}, {_changes(load)}"
            if load.batches
            else "empty"
        )
        ax.text(beside + 0.01 * right, l, text, va="center", fontsize=9, path_effects=HALO, zorder=5)
    ax.axvline(mean, color=VERMILLION, linestyle="--", linewidth=1.5, label=f"mean end {rounded(mean)}", zorder=3)
    ax.set_xlim(0, 1.42 * right)
    ax.set_ylim(len(loads) - 0.45, -0.55)
    ax.set_yticks(range(len(loads)), [f"Site {l + 1}" for l in range(len(loads))])
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(time_label(instance))
    ax.set_title(f"{shortened(instance.name, MOST_COLUMNS)}: load per Site", loc="left", fontsize=11, pad=26)
    ax.grid(axis="x", color=FAINT, zorder=0)
    ax.legend(loc="lower left", bbox_to_anchor=(-0.01, 0.98), ncols=6, frameon=False, fontsize=8.5, columnspacing=1.2)
    return finish(ax, "left", "right", "top")


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {spoken(one if number == 1 else more)}"


def _changes(load: SiteLoad) -> str:
    return _count(load.changes, "change of order", "changes of order")


def alt_text_load(schedule: Schedule) -> str:
    """The picture in words, Site by Site.

    Parameters
    ----------
    schedule : Schedule

    Returns
    -------
    str

    Examples
    --------
    >>> print(alt_text_load(solve(load_instance("tiny-one-site"), "expert").schedule))
    Load per Site of tiny-one-site: Site 1 ends after 29 days (seed culture: 11, setup within orders: 1, ...
    """
    parts = [
        f"Site {l} ends after {duration(load.end, schedule.instance.time_unit)} ({_parts(schedule, load)})"
        if load.batches
        else f"Site {l} is empty"
        for l, load in enumerate(site_loads(schedule), start=1)
    ]
    return f"Load per Site of {schedule.instance.name}: {'; '.join(map(spoken, parts))}."


def _parts(schedule: Schedule, load: SiteLoad) -> str:
    """What a Site's time goes into: its first operations, and whatever else takes time."""
    names = ("initial setup", operation := schedule.instance.operations[0], "setup within orders",
             f"setup at {_changes(load)}", "rest of the last batch")  # fmt: skip
    told = zip(names, load[:5], strict=True)
    return ", ".join(f"{spoken(name)}: {rounded(time)}" for name, time in told if time or name == operation)
