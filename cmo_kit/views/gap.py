"""The gap closing from both sides: the best schedule falls, the proven bound rises, over seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_keys, check_list, check_number, check_text
from cmo_kit.views.layout import SERIES_COLOURS
from cmo_kit.views.style import drawable, finish, new_axes, plain_log_axis
from cmo_kit.views.words import duration, rounded

Point = tuple[float, float]


@dataclass(frozen=True)
class GapHistory:
    """What was known when, of an instance: ever better schedules and ever higher bounds.

    Search and proof may have had clocks of their own. Nothing may be empty, seconds rise, schedules fall,
    bounds rise, and no bound exceeds a schedule.

    Parameters
    ----------
    instance, time_unit : str
    upper : tuple of (seconds, total tardiness)
    lower : tuple of (seconds, bound)
        In time units, as total tardiness.

    Raises
    ------
    InputError
        For histories that break one of these rules.

    Examples
    --------
    >>> GapHistory("fig3", "day", upper=((0.1, 30), (2, 21)), lower=((0.5, 12), (9, 20))).gap
    1
    """

    instance: str
    time_unit: str
    upper: tuple[Point, ...]
    lower: tuple[Point, ...]

    def __post_init__(self) -> None:
        for name, points, sign in (("upper", self.upper, -1), ("lower", self.lower, 1)):
            if not points:
                raise InputError(f"{name} is empty; it must have at least one point")
            for (before, value), (after, following) in pairwise(points):
                if after < before or sign * (following - value) < 0:
                    steps = f"from {value:g} at {before:g} s to {following:g} at {after:g} s"
                    rule = f"seconds must not fall and values must not {'fall' if sign > 0 else 'rise'}"
                    raise InputError(f"{name} goes {steps}; {rule}")
        if self.lower[-1][1] > self.upper[-1][1]:
            raise InputError(f"lower ends at {self.lower[-1][1]:g} above upper, {self.upper[-1][1]:g}; it must not")

    @property
    def gap(self) -> float:
        """What is left between schedule and bound at the end, in time units; 0 means proved optimal."""
        return self.upper[-1][1] - self.lower[-1][1]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        sides = {"upper": [list(point) for point in self.upper], "lower": [list(point) for point in self.lower]}
        return {"instance": self.instance, "time_unit": self.time_unit, **sides}

    @classmethod
    def from_dict(cls, document: object) -> GapHistory:
        """The history that :meth:`to_dict` wrote; raises :class:`InputError` for anything else."""
        found = check_keys(document, "the history of a gap", [field.name for field in fields(cls)])
        instance, time_unit = (check_text(found[name], name) for name in ("instance", "time_unit"))
        pairs = {
            side: [check_list(pair, side, 2, "seconds and a value") for pair in check_list(found[side], side)]
            for side in ("upper", "lower")
        }
        upper, lower = (
            tuple((check_number(at, side), check_number(value, side)) for at, value in pairs[side]) for side in pairs
        )
        return cls(instance, time_unit, upper, lower)


@drawable
def plot_gap(history: GapHistory, ax: Axes | None = None) -> Axes:
    """Draw both sides as steps over seconds on a logarithmic axis, and what is left between them.

    Parameters
    ----------
    history : GapHistory
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
        Gids ``upper``, ``lower`` and ``between``.

    Examples
    --------
    >>> from cmo_kit.views import GapHistory
    >>> history = GapHistory("fig3", "day", upper=((0.1, 30), (2, 21)), lower=((0.5, 12), (9, 20)))
    >>> plot_gap(history).get_xscale()
    'log'
    """
    ax = new_axes(ax, 4.2)
    begin = max(1e-3, min(history.upper[0][0], history.lower[0][0]))
    end = 1.3 * max(begin, history.upper[-1][0], history.lower[-1][0])
    sides = (
        ("upper", history.upper, SERIES_COLOURS[1], "-", "best schedule so far"),
        ("lower", history.lower, SERIES_COLOURS[0], "--", "proven lower bound"),
    )
    for gid, points, colour, line, label in sides:
        x, y = drawn(points, begin, end)
        ax.step(x, y, where="post", color=colour, linewidth=2, linestyle=line, label=label, gid=gid)
    band(ax, history, begin, end)
    plain_log_axis(ax, (1.0, 2.0, 5.0))
    ax.set_xlim(begin, end)
    ax.set_xlabel("seconds (search and proof each on its own clock)")
    ax.set_ylabel(f"total tardiness, {history.time_unit}s")
    ax.grid(axis="y", color="0.9")
    ax.legend(frameon=False, handlelength=4)
    return finish(ax, "right", "top", title=f"{history.instance}: {ending(history)}")


def drawn(points: Sequence[Point], begin: float, end: float) -> tuple[list[float], list[float]]:
    """A side's points from ``begin`` on, held to the end; a logarithmic axis has no 0."""
    x = [max(begin, seconds) for seconds, _ in points]
    return [*x, end], [*(value for _, value in points), points[-1][1]]


def band(ax: Axes, history: GapHistory, begin: float, end: float) -> None:
    """Shade what is unknown, from the moment at which both sides are known."""
    first = max(begin, history.upper[0][0], history.lower[0][0])
    times = sorted({first, end} | {s for s, _ in (*history.upper, *history.lower) if first < s < end})
    lower, upper = ([known_at(points, time) for time in times] for points in (history.lower, history.upper))
    ax.fill_between(times, lower, upper, step="post", color="0.5", alpha=0.15, linewidth=0, gid="between")


def known_at(points: Sequence[Point], seconds: float) -> float:
    """The value of a side at a moment."""
    return [value for time, value in points if time <= seconds][-1] if points[0][0] <= seconds else points[0][1]


def ending(history: GapHistory) -> str:
    """How it ended, in words."""
    best = history.upper[-1][1]
    if history.gap == 0:
        return f"both sides meet at {duration(best, history.time_unit)}, proved optimal"
    return f"{duration(best, history.time_unit)} found, at least {rounded(history.lower[-1][1])} proved"


def alt_text_gap(history: GapHistory) -> str:
    """The picture in words: where each side begins and ends, and when.

    Parameters
    ----------
    history : GapHistory

    Returns
    -------
    str

    Examples
    --------
    >>> from cmo_kit.views import GapHistory
    >>> print(alt_text_gap(GapHistory("fig3", "day", upper=((0.1, 30), (2, 21)), lower=((0.5, 12), (9, 20)))))
    Gap of fig3 over seconds: the best schedule falls from 30 days after 0.1 seconds to 21 after 2; the ...
    """
    unit = f"{history.time_unit}s"
    (first, top), (last, best) = history.upper[0], history.upper[-1]
    (begin, bottom), (until, bound) = history.lower[0], history.lower[-1]
    left = f"{duration(history.gap, history.time_unit)} are left between them."
    ends = "They meet: proved optimal." if history.gap == 0 else left
    return (
        f"Gap of {history.instance} over seconds: the best schedule falls from {rounded(top)} {unit} after "
        f"{rounded(first, 2)} seconds to {rounded(best)} after {rounded(last, 2)}; the proven bound rises from "
        f"{rounded(bottom)} after {rounded(begin, 2)} seconds to {rounded(bound)} after {rounded(until, 2)}. {ends}"
    )
