"""The measurements of `search` as text."""

from collections.abc import Mapping
from typing import Any

from benchmarks.quality_numbers import LEVEL, above, beaten, best_known, ratio

Stored = Mapping[str, Any]


def number(value: float | None, digits: int = 2) -> str:
    """A number for a table."""
    return "n.a." if value is None else f"{value:.{digits}f}"


def listed(names: list[str]) -> str:
    """How many problems, and which."""
    return f"{len(names)} problems ({', '.join(names)})" if names else "no problem"


def head(stored: Stored) -> str:
    """When and where a part was measured."""
    environment = stored["environment"]
    return f"{stored['date']}, {environment['processor']}, {stored['settings']['workers']} workers"


def set_of(instance: str) -> str:
    """The set of a problem: its name without the number."""
    return instance.rpartition("-")[0]


def above_table(stored: Stored, best: Mapping[str, float]) -> str:
    """Percent above the best known, problem by problem and set by set."""
    settings, records = stored["settings"], list(stored["runs"].values())
    limits = settings["seconds"]
    lines = [
        f"search above the best known, percent, at most {settings['seeds']} seeds; {head(stored)}",
        f"{'problem':<12}{'best known':>12}"
        + "".join(f"{f'{limit:g} s, mean':>14}{'worst':>8}{'runs':>6}" for limit in limits),
    ]
    for test_set in dict.fromkeys(map(set_of, settings["instances"])):
        names = [name for name in settings["instances"] if set_of(name) == test_set]
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


def ratio_table(stored: Stored) -> str:
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


def huge_table(stored: Stored) -> str:
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


def rivals_table(stored: Stored, searched: Stored | None) -> str:
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


def tables(document: Stored) -> str:
    """All that is stored."""
    parts = []
    if "above" in document:
        parts.append(above_table(document["above"], best_known()))
    parts += [ratio_table(document["ratio"])] if "ratio" in document else []
    parts += [huge_table(document["huge"])] if "huge" in document else []
    parts += [rivals_table(document["rivals"], document.get("above"))] if "rivals" in document else []
    return "\n\n".join(parts) or "nothing is measured yet"
