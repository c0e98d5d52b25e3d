"""How good `search` is, from stored runs: percentages above the best known, ratios to the paper's algorithm, rivals.

The percentages and ratios are never stored, because the best known changes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from cmo_kit.base.text import number
from cmo_kit.library import instances_folder
from cmo_kit.study.results.gaps import read_best_known
from cmo_kit.study.results.statistics import LEVEL, summary
from cmo_kit.study.results.tables import sets_of

#: A part of the measurement as it is stored, and its runs.
Part = Mapping[str, Any]
Runs = Sequence[Mapping[str, Any]]


def best_known() -> dict[str, float]:
    """Total tardiness of the best schedule known, by instance."""
    return {name: float(row["best"]) for name, row in read_best_known(instances_folder()).items() if row["best"]}


def percent_above(total: float, best: float | None) -> float | None:
    """How far a total is above the best known, in percent; below 0 where it betters it.

    None where there is no percentage: nothing is known, or the best is 0 and the total is not.
    """
    if best is None or (best == 0 and total > 0):
        return None
    return 100.0 * (total - best) / best if best else 0.0


class Above(NamedTuple):
    """A problem's runs with one limit: mean and worst percentage above the best known, and how many have none."""

    mean: float | None
    worst: float | None
    undefined: int
    runs: int


def above(runs: Runs, instance: str, limit: float, best: float | None) -> Above:
    """All seeds of a problem with one limit in seconds; None where no run has a percentage."""
    totals = [run["total_tardiness"] for run in runs if run["instance"] == instance and run["limit"] == limit]
    found = [percent for total in totals if (percent := percent_above(total, best)) is not None]
    mean, worst = (sum(found) / len(found), max(found)) if found else (None, None)
    return Above(mean, worst, len(totals) - len(found), len(totals))


class Ratio(NamedTuple):
    """`search` over the genetic algorithm on a set of problems.

    ``mean`` is the mean of the ratios, with an interval ``low`` to ``high`` by Student's t; ``of_means`` is the ratio
    of the mean totals. All are over the ``problems`` on which the genetic algorithm left some tardiness; on the
    ``zeros`` it left none, and there the ratio is undefined: ``search_at_zeros`` is the mean total of `search` there.
    """

    problems: int
    mean: float | None
    low: float | None
    high: float | None
    of_means: float | None
    zeros: int
    search_at_zeros: float | None


def ratio(runs: Runs) -> Ratio:
    """Both kinds of ratio for the runs of one set."""
    pairs = np.array([(run["search"], run["ga"]) for run in runs], dtype=float).reshape(-1, 2)
    positive = pairs[:, 1] > 0
    ours, theirs = pairs[positive].T
    zeros = int((~positive).sum())
    at_zeros = float(pairs[~positive, 0].mean()) if zeros else None
    if not len(ours):
        return Ratio(0, None, None, None, None, zeros, at_zeros)
    found = summary((ours / theirs).tolist())
    of_means = float(ours.mean() / theirs.mean())
    return Ratio(found.runs, found.mean, found.low, found.high, of_means, zeros, at_zeros)


def beaten(searched: Runs, rivals: Runs, rival: str) -> dict[str, tuple[float, list[float]]]:
    """Where a rival is below some run of `search`, all with one limit: problem -> (its total, those of `search`)."""
    found = {}
    for run in rivals:
        totals = [ours["total_tardiness"] for ours in searched if ours["instance"] == run["instance"]]
        reached = run["total_tardiness"]
        if run["rival"] == rival and reached is not None and totals and reached < max(totals):
            found[run["instance"]] = (reached, totals)
    return found


def listed(names: list[str]) -> str:
    """How many problems, and which."""
    return f"{len(names)} problems ({', '.join(names)})" if names else "no problem"


def head(stored: Part) -> str:
    """When and where a part was measured."""
    environment = stored["environment"]
    return f"{stored['date']}, {environment['processor']}, {stored['settings']['workers']} workers"


def above_table(stored: Part, best: Mapping[str, float]) -> str:
    """Percent above the best known, problem by problem and set by set."""
    settings, records = stored["settings"], list(stored["runs"].values())
    limits = settings["seconds"]
    lines = [
        f"search above the best known, percent, at most {settings['seeds']} seeds; {head(stored)}",
        f"{'problem':<12}{'best known':>12}"
        + "".join(f"{f'{limit:g} s, mean':>14}{'worst':>8}{'runs':>6}" for limit in limits),
    ]
    for test_set, names in sets_of(settings["instances"]).items():
        found = {(name, limit): above(records, name, limit, best.get(name)) for name in names for limit in limits}
        for name in names:
            cells = [found[name, limit] for limit in limits]
            line = "".join(f"{number(cell.mean):>14}{number(cell.worst):>8}{cell.runs:>6}" for cell in cells)
            lines.append(f"{name:<12}{number(best.get(name), 0):>12}{line}")
        line = ""
        for limit in limits:
            means = [cell.mean for name in names if (cell := found[name, limit]).mean is not None]
            worst = [cell.worst for name in names if (cell := found[name, limit]).worst is not None]
            mean = sum(means) / len(means) if means else None
            line += f"{number(mean):>14}{number(max(worst, default=None)):>8}{'':>6}"
        lines.append(f"{test_set + ', mean':<24}{line}")
        undefined = sum(cell.undefined for cell in found.values())
        if undefined:
            lines.append(f"{test_set}: {undefined} runs are late where the best known is 0, so they have no percentage")
    return "\n".join(lines)


def published_table(stored: Part) -> str:
    """Other people's problems: the median of the seeds beside the value printed."""
    settings, records = stored["settings"], list(stored["runs"].values())
    limit = max(settings["seconds"])
    lines = [
        f"search with {limit:g} s on published problems, at most {settings['seeds']} seeds; {head(stored)}",
        f"{'problem':<18}{'printed':>9}{'median':>9}{'best':>9}{'worst':>9}{'above, %':>10}{'runs':>6}  printed as",
    ]
    percents = []
    for name, row in settings["values"].items():
        ours = [run["total_tardiness"] for run in records if (run["instance"], run["limit"]) == (name, limit)]
        totals = [total + row["before_zero"] for total in ours]
        median = float(np.median(totals)) if totals else None
        percent = None if median is None else percent_above(median, row["value"])
        percents += [percent] if percent is not None and row["value"] > 0 else []
        cells = (row["value"], median, min(totals, default=None), max(totals, default=None))
        line = "".join(f"{number(cell, 0):>9}" for cell in cells)
        lines.append(f"{name:<18}{line}{number(percent):>10}{len(totals):>6}  {row['what']}")
    mean = sum(percents) / len(percents) if percents else None
    lines.append(f"{'mean of those above 0':<54}{number(mean):>10}")
    return "\n".join(lines)


def ratio_table(stored: Part) -> str:
    """`search` over the paper's genetic algorithm, set by set."""
    settings, records = stored["settings"], list(stored["runs"].values())
    lines = [
        f"search with {settings['seconds']:g} s / the paper's genetic algorithm at its own stop; {head(stored)}",
        f"{'set':<10}{'problems':>10}{'mean ratio':>12}{f'{100 * LEVEL:.0f} % interval':>18}{'ratio of means':>16}"
        f"{'GA at 0':>9}{'search there':>14}{'GA seconds':>12}",
    ]
    for test_set in settings["problems"]:
        runs = [record for record in records if record["set"] == test_set]
        found = ratio(runs)
        interval = f"{number(found.low, 3)} to {number(found.high, 3)}"
        seconds = sum(run["ga_seconds"] for run in runs) / len(runs) if runs else None
        at_zeros = f"{found.zeros:>9}{number(found.search_at_zeros, 1):>14}{number(seconds, 1):>12}"
        means = f"{number(found.mean, 3):>12}{interval:>18}{number(found.of_means, 3):>16}"
        lines.append(f"{test_set:<10}{found.problems:>10}{means}{at_zeros}")
    return "\n".join(lines)


def huge_table(stored: Part) -> str:
    """`search` on the huge problem against the better rule of the expert."""
    lines = [f"search with {stored['settings']['seconds']:g} s on a huge problem; {head(stored)}"]
    for name, run in stored["runs"].items():
        rule = min(run["expert"], run["expert_orders"])
        lines.append(f"{name}: expert {run['expert']:,.0f}, expert_orders {run['expert_orders']:,.0f}")
        if run["total_tardiness"] is None:
            lines.append(f"  search: no schedule: {run['reason']}")
            continue
        gain = 100 * (rule - run["total_tardiness"]) / rule if rule else 0.0
        lines.append(f"  search: {run['total_tardiness']:,.0f}, {gain:.1f} % below the better rule")
        lines.append(f"  memory at most {run['peak_bytes'] / 2**20:,.0f} MiB, all of the process")
    return "\n".join(lines)


def rivals_table(stored: Part, searched: Part | None) -> str:
    """Every rival's totals beside those of `search` with its longest limit."""
    settings, records = stored["settings"], list(stored["runs"].values())
    names = list(dict.fromkeys(record["rival"] for record in records))
    limit = max(searched["settings"]["seconds"]) if searched else None
    ours = [run for run in searched["runs"].values() if run["limit"] == limit] if searched else []
    lines = [
        f"rivals with {settings['seconds']:g} s; {head(stored)}",
        f"{'problem':<12}{'search, mean':>14}{'worst':>10}" + "".join(f"{name:>18}" for name in names),
    ]
    reasons = []
    for instance in settings["instances"]:
        totals = [run["total_tardiness"] for run in ours if run["instance"] == instance]
        mean = sum(totals) / len(totals) if totals else None
        line = f"{instance:<12}{number(mean, 1):>14}{number(max(totals, default=None), 0):>10}"
        for name in names:
            run = stored["runs"].get(f"{instance}, {name}", {"total_tardiness": None, "reason": ""})
            line += f"{number(run['total_tardiness'], 0):>18}"
            reasons += [f"{instance}, {name}: no schedule: {run['reason']}"] if run["reason"] else []
        lines.append(line)
    lines += reasons
    if not ours:
        return "\n".join([*lines, "search is not measured yet: run the part 'above' first"])
    for name in names:
        found = beaten(ours, records, name)
        means = [problem for problem, (total, totals) in found.items() if total < sum(totals) / len(totals)]
        lines.append(f"{name}, below the worst seed of search with {limit:g} s: {listed(list(found))}")
        lines.append(f"{name}, below its mean: {listed(means)}")
    return "\n".join(lines)


def quality_tables(document: Part) -> str:
    """All that is stored."""
    searched, found = document.get("above"), []
    if searched is not None:
        found.append(above_table(searched, best_known()))
    found += [published_table(document["published"])] if "published" in document else []
    found += [ratio_table(document["ratio"])] if "ratio" in document else []
    found += [huge_table(document["huge"])] if "huge" in document else []
    found += [rivals_table(document["rivals"], searched)] if "rivals" in document else []
    return "\n\n".join(found) or "nothing is measured yet"
