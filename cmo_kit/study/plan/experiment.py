"""What notebook 06 does: run methods on a problem, seed by seed, and keep what they found."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.limits import Progress
from cmo_kit.base.text import NOT_AVAILABLE
from cmo_kit.base.values import check_integer, check_keys, check_list, check_number, check_object, check_text, plain
from cmo_kit.core.instance import Instance
from cmo_kit.formats.history import History
from cmo_kit.methods.registry import check_parameters, method_function, solve
from cmo_kit.methods.result import Result
from cmo_kit.study.plan.task import file_name


def run_methods(
    instance: Instance,
    methods: str | Sequence[str],
    seeds: int | Sequence[int],
    limits: Mapping[str, Mapping[str, float]],
    settings: Mapping[str, Mapping[str, Any]],
    results: str = "",
    progress: Progress | None = None,
) -> list[Result]:
    """Run every method with every seed; the results come method by method, seed by seed.

    Methods are names, or ``FILE.py:FUNCTION`` for one's own; one method or seed alone needs no list: so ``papermill -p
    methods ga`` gives it. ``limits`` holds, by method, ``seconds`` and ``evaluations``, and ``settings`` other
    parameters; without an entry a method's defaults stand. The folder ``results`` takes one file a run, written as soon
    as it is done; empty it keeps nothing. Raises :class:`InputError`, before the first run, for whatever is wrong.
    """
    methods = [methods] if isinstance(methods, str) else check_list(methods, "methods")
    seeds = [seeds] if isinstance(seeds, int) else check_list(seeds, "seeds")
    for field, listed in (("methods", methods), ("seeds", seeds)):
        if not listed:
            raise InputError(f"{field} is []; there must be at least one")
    for method in methods:
        method_function(method)
    for seed in seeds:
        check_integer(seed, "seeds", 0)
    budgets = {method: _budget(limit, f"limits.{method}") for method, limit in check_object(limits, "limits").items()}
    for method in budgets:
        method_function(method)
    for method, chosen in check_object(settings, "settings").items():
        check_parameters(method, check_object(chosen, f"settings.{method}"))
    for method in methods[1:]:  # what a method itself says of its values: the first one does so when it runs
        if method in budgets or method in settings:
            solve(instance, method, seeds[0], **budgets.get(method, {}) | {"seconds": 0}, **settings.get(method, {}))
    if results:
        make_folder(check_text(results, "results"))
    found = []
    for method in methods:
        for seed in seeds:
            budget, chosen = budgets.get(method, {}), settings.get(method, {})
            result = solve(instance, method, seed, progress=progress, **budget, **chosen)
            found.append(result)
            if results:
                path = Path(results) / f"{file_name(instance.name)}-{file_name(result.method)}-{seed}.json"
                if result.history is not None:
                    write_json(path.with_suffix(".history.json"), result.history.to_dict())
                result.save(path)
                if "trouble" in result.details:
                    raise InputError(result.details["trouble"])
    return found


def _budget(limit: object, field: str) -> dict[str, Any]:
    """A method's limits, evaluations as the integer that a notebook's parameter may hold as 4e4."""
    given = check_keys(limit, field, (), ("seconds", "evaluations"))
    for key, value in given.items():
        check_number(value, f"{field}.{key}")
    return {key: plain(value) if key == "evaluations" else value for key, value in given.items()}


def results_table(found: Sequence[Result]) -> tuple[list[str], list[list[str]]]:
    """One line a run: method, seed, total tardiness, lower bound, status, evaluations."""
    lines = []
    for result in found:
        total = NOT_AVAILABLE if result.total_tardiness is None else f"{result.total_tardiness:.10g}"
        bound, evaluations = f"{result.lower_bound:.10g}", f"{result.evaluations:,}"
        lines.append([result.method, str(result.seed), total, bound, result.status, evaluations])
    return ["method", "seed", "total tardiness", "lower bound", "status", "evaluations"], lines


def histories_by_method(found: Sequence[Result]) -> dict[str, list[History]]:
    """The histories of the runs that have one, by method."""
    histories: dict[str, list[History]] = {}
    for result in found:
        if result.history is not None:
            histories.setdefault(result.method, []).append(result.history)
    return histories


def share_of_budget(histories: Mapping[str, Sequence[History]], part: float = 0.9) -> str:
    """One sentence a method: after which share of its evaluations a run had ``part`` of its improvement."""
    sentences = []
    for method, runs in histories.items():
        shares = []
        for history in runs:
            wanted = history.best[0] - part * (history.best[0] - history.best[-1])
            reached = int(np.argmax(history.best <= wanted))
            shares.append(100 * history.evaluations[reached] / max(1, history.evaluations[-1]))
        listed = ", ".join(f"{share:.0f} %" for share in shares)
        sentences.append(f"{method}: {100 * part:.0f} % of the improvement after {listed} of the evaluations")
    return "\n".join(sentences)
