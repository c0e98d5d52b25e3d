"""Pictures of a study: spread over seeds, performance profile, convergence on two axes."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter, SymmetricalLogLocator
from numpy.typing import NDArray

from cmo_kit.base.csvfile import Row
from cmo_kit.formats.history import History
from cmo_kit.study.results.tables import labels_of, problems_of
from cmo_kit.views import plot_convergence
from cmo_kit.views.layout import SERIES_COLOURS
from cmo_kit.views.style import WIDTH, finish, new_axes, series_look
from cmo_kit.views.words import enumeration

MARKERS = "osD^vPX*"


def spread_by_problem(rows: Sequence[Row]) -> dict[str, dict[str, list[float]]]:
    """Total tardiness of all runs that have a schedule: label -> problem -> values, ascending."""
    found: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        if row["total_tardiness"] is not None:
            found.setdefault(row["label"], {}).setdefault(row["instance"], []).append(float(row["total_tardiness"]))
    return {
        label: {problem: sorted(values) for problem, values in by_problem.items()}
        for label, by_problem in found.items()
    }


def plot_spread(rows: Sequence[Row], ax: Axes | None = None) -> Axes:
    """Draw every run as a mark, problem by problem, with a bar from the least to the greatest of a method.

    The axis is logarithmic, and linear below 10, so that methods far apart and schedules without tardiness fit.
    """
    ax = new_axes(ax, 4.2)
    problems, labels, spread = problems_of(rows), labels_of(rows), spread_by_problem(rows)
    for k, label in enumerate(labels):  # a method without a schedule keeps its place and its colour
        by_problem = spread.get(label, {})
        offset = (k - (len(labels) - 1) / 2) * 0.8 / len(labels)
        colour, marker = SERIES_COLOURS[k % len(SERIES_COLOURS)], MARKERS[k % len(MARKERS)]
        for problem, values in by_problem.items():
            x = problems.index(problem) + offset
            ax.plot([x, x], [values[0], values[-1]], color=colour, linewidth=5, alpha=0.25, solid_capstyle="butt")
            name = label if problem == next(iter(by_problem)) else "_"
            ax.plot([x] * len(values), values, marker, color=colour, markersize=4, fillstyle="none", label=name)
    ax.set_yscale("symlog", linthresh=10)
    least = min((values[0] for found in spread.values() for values in found.values()), default=0)
    ax.set_ylim(bottom=0 if least < 10 else 0.8 * least)
    ax.yaxis.set_major_locator(SymmetricalLogLocator(base=10, linthresh=10, subs=[1, 2, 5]))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    ax.set_xticks(range(len(problems)), problems)
    ax.set_ylabel("total tardiness")
    ax.grid(axis="y", color="0.9")
    if spread:
        ax.legend(frameon=False, fontsize=8, ncols=min(4, len(spread)), loc="upper center", bbox_to_anchor=(0.5, -0.08))
    return finish(ax, "right", "top", title="Every run, problem by problem")


def alt_text_spread(rows: Sequence[Row]) -> str:
    """The picture in words: per method its least, median and greatest value on each problem."""
    parts = []
    for label, by_problem in spread_by_problem(rows).items():
        values = [
            f"{problem} {found[0]:.6g}"
            + (f" to {found[-1]:.6g} (median {np.median(found):.6g})" if len(found) > 1 else "")
            for problem, found in by_problem.items()
        ]
        parts.append(f"{label}: {', '.join(values)}")
    return f"Total tardiness of every run, problem by problem, on a logarithmic axis. {'; '.join(parts)}."


def performance_profile(rows: Sequence[Row]) -> dict[str, NDArray[np.float64]]:
    """For each method the ratios of its runs to the best run on the same problem, ascending.

    One time unit is added to both, so that a schedule without tardiness can be divided by; a run without a
    schedule has an infinite ratio.
    """
    best: dict[str, float] = {}
    for row in rows:
        if row["total_tardiness"] is not None:
            best[row["instance"]] = min(row["total_tardiness"], best.get(row["instance"], np.inf))
    ratios: dict[str, list[float]] = {label: [] for label in labels_of(rows)}
    for row in rows:
        total = row["total_tardiness"]
        ratios[row["label"]].append(np.inf if total is None else (total + 1) / (best[row["instance"]] + 1))
    return {label: np.sort(np.array(values)) for label, values in ratios.items()}


def plot_profile(rows: Sequence[Row], ax: Axes | None = None) -> Axes:
    """Draw the share of a method's runs that are within a factor of the best run on the same problem."""
    ax = new_axes(ax, 3.8)
    profile = performance_profile(rows)
    end = 1.1 * max([2.0, *(float(r) for ratios in profile.values() for r in ratios if np.isfinite(r))])
    for k, (label, ratios) in enumerate(profile.items()):
        shares = np.arange(1, len(ratios) + 1) / len(ratios)
        within = ratios <= end
        x, y = np.append(ratios[within], end), np.append(shares[within], shares[within][-1] if within.any() else 0)
        ax.step(np.insert(x, 0, 1), np.insert(y, 0, 0), where="post", label=label, linewidth=2, **series_look(k))
    ax.set_xscale("log")
    ax.set_xlim(1, end)
    ticks = [tick for tick in (1, 1.2, 1.5, 2, 3, 5, 10, 20, 50, 100, 1000) if tick <= end]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.set_ylim(0, 1.03)
    ax.set_xlabel("within this factor of the best run on the problem")
    ax.set_ylabel("share of runs")
    ax.grid(color="0.9")
    if profile:
        ax.legend(frameon=False, handlelength=4, fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.16))
    return finish(ax, "right", "top", title="Performance profile")


def alt_text_profile(rows: Sequence[Row]) -> str:
    """The picture in words: each method's shares at three factors."""
    parts = []
    for label, ratios in performance_profile(rows).items():
        shares = ", ".join(f"{100 * np.mean(ratios <= factor):.0f} % within {factor:g}" for factor in (1.1, 1.5, 2))
        parts.append(f"{label} {shares}")
    return f"Performance profile, share of runs within a factor of the best run on the problem: {'; '.join(parts)}."


def plot_convergence_pair(histories: Mapping[str, Sequence[History]]) -> Figure:
    """Draw convergence against evaluations and, beside it, against seconds."""
    figure = Figure(figsize=(WIDTH, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    plot_convergence(histories, "evaluations", left)
    plot_convergence(histories, "seconds", right)
    left.set_title("Convergence: median over seeds, band from least to greatest", loc="left", fontsize=11)
    right.set_title("", loc="left")
    right.set_ylabel("")
    for ax in (left, right):
        ax.xaxis.set_major_locator(MaxNLocator(4))
    left.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    if (legend := right.get_legend()) is not None:
        legend.remove()
    return figure


def alt_text_convergence_pair(histories: Mapping[str, Sequence[History]]) -> str:
    """The picture in words: per method where its runs begin and end, and after how many evaluations."""
    parts = []
    for label, found in histories.items():
        first, last = np.median([h.best[0] for h in found]), np.median([h.best[-1] for h in found])
        evaluations = int(np.median([h.evaluations[-1] for h in found]))
        parts.append(f"{label} from {first:.6g} to {last:.6g} in {evaluations:,} evaluations")
    return f"Best total tardiness so far against evaluations and against seconds, medians: {enumeration(parts, 15)}."
