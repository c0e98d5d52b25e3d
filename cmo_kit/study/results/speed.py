"""Measured speeds as text: decoders beside each other, models beside each other, whole methods on larger problems."""

import math
from collections.abc import Mapping, Sequence
from statistics import geometric_mean
from typing import Any

from cmo_kit.base.jsonfile import read_json
from cmo_kit.base.text import NOT_AVAILABLE, text_table
from cmo_kit.library import notebooks_folder

Measured = Mapping[str, Any]


def measured(name: str = "decoder-speed.json") -> dict[str, Any]:
    """The numbers that were measured when the kit was made; the environment is stated in them."""
    document: dict[str, Any] = read_json(notebooks_folder() / "data" / name)
    return document


def decoder_table(document: Measured) -> str:
    """Microseconds per chromosome and their ratios, one column for each of Table 2's sets."""
    environment, sets = document["environment"], document["sets"]
    features = ", ".join(environment["numpy_dispatches_to"]) or "its baseline"
    lines = [
        f"{document['date']}: {environment['processor']} ({environment['compiled_for']})",
        f"numpy {environment['numpy']} dispatches to {features}",
        "",
        f"{'microseconds per chromosome':<32}" + "".join(f"{name:>10}" for name in sets),
    ]
    for unit in ("microseconds", "ratios"):
        names = next(iter(sets.values()))[unit]
        lines += [f"{name:<32}" + "".join(f"{entry[unit][name]:>10.3f}" for entry in sets.values()) for name in names]
        lines.append("")
    return "\n".join(lines[:-1])


def growth_table(document: Measured) -> str:
    """Cost per chromosome and per key for longer and longer chromosomes."""
    lines = [f"{'Large':<8}{'orders':>8}{'Sites':>8}{'keys':>8}{'us':>10}{'ns/key':>10}{'argsort ns/key':>16}"]
    lines += [
        f"{name:<8}{entry['orders']:>8}{entry['sites']:>8}{entry['keys']:>8}{entry['microseconds']:>10.1f}"
        f"{entry['nanoseconds_per_key']:>10.2f}{entry['argsort_nanoseconds_per_key']:>16.2f}"
        for name, entry in document["growth"].items()
    ]
    return "\n".join(lines)


def mean_seconds(problems: Sequence[Measured], model: str, limit: float) -> float:
    """Geometric mean of a model's seconds, a run without proof at the limit."""
    runs = [problem["runs"][model] for problem in problems]
    return geometric_mean([max(run["seconds"], 1e-3) if run["status"] == "optimal" else limit for run in runs])


def speedup(problems: Sequence[Measured], slow: str, fast: str) -> float | None:
    """Geometric mean of ``slow``'s seconds in those of ``fast``, where both have a proof; None if nowhere."""
    pairs = [(problem["runs"][slow], problem["runs"][fast]) for problem in problems]
    ratios = [a["seconds"] / b["seconds"] for a, b in pairs if a["status"] == b["status"] == "optimal"]
    return geometric_mean(ratios) if ratios else None


def models_table(document: Measured) -> str:
    """Proofs and times of the models on the same problems; the first model is what the others are held against."""
    problems, limit, names = document["problems"], document["limit_seconds"], document["models"]
    lines = [
        f"{len(problems)} problems of {document['orders']} orders, at most {limit:g} s each",
        f"{'model':<24}{'proved':>8}{'seconds':>10}{'[P] takes':>12}",
    ]
    for name in names:
        proved = sum(problem["runs"][name]["status"] == "optimal" for problem in problems)
        ratio = speedup(problems, names[0], name)
        times = "" if ratio is None else f"{ratio:.1f}x"
        lines.append(f"{name:<24}{proved:>8}{mean_seconds(problems, name, limit):>10.2f}{times:>12}")
    lines.append("seconds: geometric mean, no proof counts as the limit; last column: where both have a proof")
    return "\n".join(lines)


def numbers(runs: dict[str, Measured]) -> dict[str, float | None]:
    """What the runs of one size say, by method."""
    bound = runs.get("bound", {}).get("lower_bound")
    found: dict[str, float | None] = {} if bound is None else {"bound: proved, days": bound}
    for method, run in runs.items():
        total, tries = run["total_tardiness"], run.get("evaluations")
        if method != "bound":
            found[f"{method}: total tardiness, days"] = total
            found[f"{method}: gap to the bound, %"] = 100 * (1 - bound / total) if total and bound is not None else None
            found[f"{method}: microseconds a try"] = 1e6 * run["seconds"] / tries if tries else None
        found[f"{method}: seconds"], found[f"{method}: memory, MiB"] = run["seconds"], run["peak_bytes"] / 2**20
    return found


def scale_table(part: Measured) -> str:
    """A column a size, and as which power of the batches a number grows from the first to the last."""
    sizes: dict[str, dict[str, Measured]] = {}
    for run in part["runs"].values():
        sizes.setdefault(run["size"], {})[run["method"]] = run
    batches = {size: next(iter(runs.values()))["batches"] for size, runs in sizes.items()}
    columns = {size: numbers(runs) for size, runs in sizes.items()}
    first, *_, last = [*sizes] * 2
    lines = [[name, *(f"{next(iter(runs.values()))[name]:,}" for runs in sizes.values()), ""]
             for name in ("orders", "sites", "batches")]  # fmt: skip
    for name in dict.fromkeys(name for column in columns.values() for name in column):
        values = [column.get(name) for column in columns.values()]
        a, b = columns[first].get(name), columns[last].get(name)
        power = ""
        if first != last and a and b and not name.endswith(("%", "seconds")):
            power = f"batches^{math.log(b / a) / math.log(batches[last] / batches[first]):.2f}"
        lines.append([name, *(NOT_AVAILABLE if value is None else f"{value:,.1f}" for value in values), power])
    reasons = [f"{name}: {run['reason']}" for name, run in part["runs"].items() if run["reason"]]
    settings, processor = part["settings"], part["environment"]["processor"]
    title = f"{settings['seconds']:g} s each, workers of search: {settings['workers']}; {part['date']}, {processor}"
    return "\n".join([title, text_table(["", *sizes, "grows as"], lines), *reasons])
