"""What notebook 08 shows of the stored runs, and the schedules that it begins from."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from cmo_kit.base.jsonfile import read_json
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.library import instance_names, instances_folder, load_instance, notebooks_folder
from cmo_kit.methods.registry import solve
from cmo_kit.study.ideas.closing import measure_gap
from cmo_kit.study.ideas.idea_runs import Row, summaries
from cmo_kit.study.ideas.ideas import Budget, run_idea
from cmo_kit.study.results.gaps import read_best_known
from cmo_kit.views.gap import GapHistory

BUDGETS = ("evaluations", "seconds")


def good_schedule(instance: Instance, moves: int = 200_000) -> Schedule:
    """The best schedule known where the kit has one, else what a short ``search`` finds."""
    if instance.name in instance_names() and load_instance(instance.name).digest == instance.digest:
        row = read_best_known(instances_folder()).get(instance.name)
        if row is not None:
            return Schedule.load(instances_folder() / row["schedule"], instance)
    found = solve(instance, "search", evaluations=moves).schedule
    assert found is not None
    return found


def intervals(rows: Iterable[Row], instance: str) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Mean and ends of its interval by budget and idea, as the picture takes them."""
    stored = list(rows)
    return {
        budget: {idea: (s.mean, s.low, s.high) for idea, s in summaries(stored, instance, budget).items()}
        for budget in BUDGETS
    }


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
        lines.append(f"{instance}: {limits['evaluations']:,.0f} evaluations, or {limits['seconds']:g} s; {seeds} seeds")
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
    found = run_idea(idea, instance, seed, Budget(None, limit)).schedule
    assert found is not None
    kept = f"stored {stored[0]['total_tardiness']:g}" if stored else "nothing stored"
    return f"{idea}: {limit:,} evaluations, seed {seed}: {found.total_tardiness:g} ({kept})"


def evaluations_spent(rows: Iterable[Row], instance: str) -> dict[str, float]:
    """Mean number of evaluations by idea in the runs on equal seconds."""
    chosen = [row for row in rows if row["instance"] == instance and row["budget"] == "seconds"]
    ideas = dict.fromkeys(row["idea"] for row in chosen)
    return {idea: float(np.mean([row["evaluations"] for row in chosen if row["idea"] == idea])) for idea in ideas}


def results_folder(results: str = "") -> Path:
    """The folder of the stored measurements: ``results``, or those that come with the notebooks."""
    return Path(results) if results else notebooks_folder() / "data" / "beyond"


def gap_history(folder: Path, instance: str, seconds: float) -> tuple[GapHistory, str]:
    """The stored history of an instance, or, where another or none is stored, one measured now; and which it is."""
    path = folder / "gap.json"
    if path.exists():
        stored = GapHistory.from_dict(read_json(path))
        if stored.instance == instance:
            return stored, "stored"
    return measure_gap(load_instance(instance), seconds, seconds), "measured now"
