"""The measured runs of the ideas beyond the paper: what notebook 08 reads and shows of them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean

import numpy as np

from cmo_kit.base.csvfile import Row, read_csv
from cmo_kit.base.text import text_table
from cmo_kit.core.instance import Instance
from cmo_kit.library import notebooks_folder
from cmo_kit.methods.ideas import IDEAS, run_idea
from cmo_kit.methods.registry import solve
from cmo_kit.study.results.gaps import good_schedule
from cmo_kit.study.results.statistics import difference, summary

TEXTS, NUMBERS = ("instance", "idea", "budget", "date", "processor"), (
    "limit", "seed", "total_tardiness", "evaluations", "seconds")  # fmt: skip
#: A run's ``limit`` counts what its ``budget`` names, and is told so.
BUDGETS = {"evaluations": "{:,.0f} evaluations", "seconds": "{:g} s"}


def results_folder(results: str = "") -> Path:
    """The folder of the stored measurements: ``results``, or those that come with the notebooks."""
    return Path(results) if results else notebooks_folder() / "data" / "beyond"


def read_runs(path: Path) -> list[Row]:
    """The rows of a table of runs; none where there is no table. ``busy`` is known for runs on equal seconds only.

    Raises :class:`InputError` where the table lacks a column, or a number is none.
    """
    return read_csv(path, TEXTS, NUMBERS, ("busy",)) if path.exists() else []


def totals_of(rows: Iterable[Row], instance: str, budget: str) -> dict[str, list[float]]:
    """Total tardiness of the runs on an instance by idea, in the order of :data:`IDEAS`."""
    chosen = [row for row in rows if row["instance"] == instance and row["budget"] == budget]
    found = {idea: [row["total_tardiness"] for row in chosen if row["idea"] == idea] for idea in IDEAS}
    return {idea: totals for idea, totals in found.items() if totals}


def intervals(rows: Iterable[Row], instance: str) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Mean and ends of its interval by budget and idea, as the picture takes them."""
    stored = list(rows)
    found = {budget: totals_of(stored, instance, budget) for budget in BUDGETS}
    return {
        budget: {idea: ((s := summary(totals)).mean, s.low, s.high) for idea, totals in by_idea.items()}
        for budget, by_idea in found.items()
        if by_idea
    }


def ideas_table(rows: Sequence[Row], instance: str, budget: str, best: float) -> str:
    """Mean, interval, per cent above the best known, and the verdict against the first idea."""
    by_idea = totals_of(rows, instance, budget)
    base = next(iter(by_idea.values()), [])
    lines = []
    for idea, totals in by_idea.items():
        s, d = summary(totals), difference(totals, base)
        verdict = "better" if d.high < 0 else "worse" if d.low > 0 else "cannot tell"
        lines.append([
            idea,
            f"{s.mean:,.1f}",
            f"{s.low:,.1f} to {s.high:,.1f}",
            f"{100 * (s.mean / best - 1):.1f} %" if best > 0 else "",
            "" if totals is base else f"{d.mean:+,.1f} ({d.low:+,.1f} to {d.high:+,.1f})",
            "" if totals is base else verdict,
        ])  # fmt: skip
    headers = ["idea", "mean", "95 % interval", "above best known", "less the paper's GA", "verdict"]
    return text_table(headers, lines)


def evaluations_spent(rows: Iterable[Row], instance: str) -> dict[str, float]:
    """Mean number of evaluations by idea in the runs on equal seconds."""
    found: dict[str, list[int]] = {}
    for row in rows:
        if row["instance"] == instance and row["budget"] == "seconds":
            found.setdefault(row["idea"], []).append(row["evaluations"])
    return {idea: fmean(evaluations) for idea, evaluations in found.items()}


def references(instance: Instance) -> dict[str, float]:
    """What the ideas are held against: the best known, and two rules that take milliseconds."""
    found = {"best known": good_schedule(instance).total_tardiness}
    for name, method in (("whole orders by due date", "expert_orders"), ("ATCS", "atcs")):
        total = solve(instance, method).total_tardiness
        assert total is not None
        found[name] = total
    return found


def provenance(rows: Sequence[Row]) -> str:
    """When, on what and with which budgets the runs were made, in words."""
    days = sorted({row["date"] for row in rows})
    lines = [f"{len(rows)} runs, made {' to '.join(dict.fromkeys((days[0], days[-1])))} with one thread on: "
             f"{', '.join(sorted({row['processor'] for row in rows}))}"]  # fmt: skip
    for instance in dict.fromkeys(row["instance"] for row in rows):
        own = [row for row in rows if row["instance"] == instance]
        limits = {row["budget"]: row["limit"] for row in own}
        seeds = len({row["seed"] for row in own})
        told = ", or ".join(form.format(limits[budget]) for budget, form in BUDGETS.items() if budget in limits)
        lines.append(f"{instance}: {told}; {seeds} seeds")
    shares = [row["busy"] for row in rows if row["busy"] is not None]
    if shares:
        middle, least = (100 * value for value in np.quantile(shares, [0.5, 0.1]))
        lines.append(
            f"equal seconds: the processor worked for a run during {middle:.0f} % of its seconds (median; 100 % on a "
            f"quiet machine), in nine of ten runs during {least:.0f} % or more"
        )
    return "\n".join(lines)


def rerun(rows: Iterable[Row], instance: Instance, idea: str, seed: int, evaluations: int) -> str:
    """Run an idea now; with the evaluations of the stored run of that seed, if there is one, to compare."""
    stored = [row for row in rows if (row["instance"], row["idea"], row["budget"], row["seed"])
              == (instance.name, idea, "evaluations", seed)]  # fmt: skip
    limit = int(stored[0]["limit"]) if stored else evaluations
    found = run_idea(idea, instance, seed, evaluations=limit).schedule
    assert found is not None
    kept = f"stored {stored[0]['total_tardiness']:g}" if stored else "nothing stored"
    return f"{idea}: {limit:,} evaluations, seed {seed}: {found.total_tardiness:g} ({kept})"
