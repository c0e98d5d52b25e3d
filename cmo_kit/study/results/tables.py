"""Tables of a study: Table 4's layout beside the published numbers."""

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache
from statistics import fmean
from typing import Any

from cmo_kit.base.csvfile import Row
from cmo_kit.base.text import NOT_AVAILABLE
from cmo_kit.library import load_instance
from cmo_kit.study.results.published import TABLE_4, relative_deviation_index

#: Our methods' columns in Table 4, in its order, and what stands above them there.
PAPER_COLUMN = {"milp": "cplex", "expert": "expert", "ga": "ga"}
PAPER_HEAD = {"cplex": "paper: CPLEX", "expert": "paper: Expert", "ga": "paper: GA"}


@cache
def _digest(problem: str) -> str:
    return load_instance(problem).digest


def on_its_problem(row: Row) -> bool:
    """Whether a run is on a problem that stands for one of the paper's, and not on another of the same name."""
    return row["instance"] in TABLE_4 and row["digest"] == _digest(row["instance"])


def of_the_paper(row: Row) -> bool:
    """Whether a run is of one of the paper's methods, with one setting, and on one of its problems."""
    return row["method"] in PAPER_COLUMN and not row.get("grid") and on_its_problem(row)


def paper_columns(rows: Sequence[Row]) -> list[str]:
    """The columns of Table 4 whose methods the study has on the paper's problems."""
    found = {row["method"] for row in rows if of_the_paper(row)}
    return [column for method, column in PAPER_COLUMN.items() if method in found]


def labels_of(rows: Iterable[Row]) -> list[str]:
    """The methods' names in the order in which the table has them."""
    return list(dict.fromkeys(row["label"] for row in rows))


def problems_of(rows: Iterable[Row]) -> list[str]:
    """The instances in the order in which the table has them."""
    return list(dict.fromkeys(row["instance"] for row in rows))


def sets_of(problems: Iterable[str]) -> dict[str, list[str]]:
    """Problems by set: ``small-3`` belongs to ``small``."""
    sets: dict[str, list[str]] = {}
    for problem in problems:
        sets.setdefault(problem.rsplit("-", 1)[0], []).append(problem)
    return sets


def mean_over_seeds(rows: Iterable[Row], field: str) -> dict[str, dict[str, float | None]]:
    """Mean of a field by instance and label; None where a run has none, as without a schedule."""
    values: dict[str, dict[str, list[Any]]] = {}
    for row in rows:
        values.setdefault(row["instance"], {}).setdefault(row["label"], []).append(row.get(field))
    return {
        instance: {label: None if None in found else fmean(found) for label, found in by_label.items()}
        for instance, by_label in values.items()
    }


def with_rdi(value: float | None, index: float | None) -> str:
    """``value (RDI)`` as Table 4 prints it."""
    if value is None:
        return NOT_AVAILABLE
    return f"{value:.10g}" if index is None else f"{value:,.1f} ({index:.3f})".replace(".0 (", " (")


def table_4(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Our total tardiness (RDI) by problem and method, beside the published one.

    Published problems are other problems than ours of the same name: the paper's data are not published, so only means
    over a set can be compared. Its columns stand beside its own methods and problems only. RDI is taken among all
    methods of one side. Several seeds of a method on a problem enter by their mean. Returns headers, and lines of the
    problems, and of the mean after every set with several problems.
    """
    labels = labels_of(rows)
    ours = mean_over_seeds(rows, "total_tardiness")
    columns, own = paper_columns(rows), {row["instance"] for row in rows if of_the_paper(row)}
    headers = ["problem", *(PAPER_HEAD[column] for column in columns), *labels]
    lines = []
    for name, problems in sets_of(ours).items():
        indices = {}
        for problem in problems:
            values = [ours[problem].get(label) for label in labels]
            indices[problem] = relative_deviation_index(values)
            cells = [with_rdi(value, index) for value, index in zip(values, indices[problem], strict=True)]
            lines.append([problem, *_published([problem], columns, own), *cells])
        if len(problems) > 1:
            means = [_mean(ours[problem].get(label) for problem in problems) for label in labels]
            rdis = [_mean(indices[problem][k] for problem in problems) for k in range(len(labels))]
            cells = [with_rdi(value, index) for value, index in zip(means, rdis, strict=True)]
            lines.append([f"{name} mean", *_published(problems, columns, own), *cells])
    return headers, lines


def _mean(values: Iterable[float | None]) -> float | None:
    found = list(values)
    return None if None in found or not found else fmean(value for value in found if value is not None)


def _published(problems: Sequence[str], columns: Sequence[str], own: Set[str]) -> list[str]:
    """The paper's cells for the mean over some problems, or for one; empty where they are not all its own."""
    if not own >= set(problems):
        return [""] * len(columns)
    indices = [relative_deviation_index([row.cplex, row.expert, row.ga]) for row in map(TABLE_4.__getitem__, problems)]
    means = {
        column: with_rdi(_mean(getattr(TABLE_4[p], column) for p in problems), _mean(index[k] for index in indices))
        for k, column in enumerate(PAPER_HEAD)
    }
    return [means[column] for column in columns]


def seconds_table(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Mean seconds of every method by problem, beside those of the paper's genetic algorithm where the study has it."""
    labels = labels_of(rows)
    ours = mean_over_seeds(rows, "seconds")
    own = {row["instance"] for row in rows if row["method"] == "ga" and of_the_paper(row)}
    lines = []
    for problem, by_label in ours.items():
        cells = [f"{by_label[label]:.3f}" if by_label.get(label) is not None else NOT_AVAILABLE for label in labels]
        theirs = [f"{TABLE_4[problem].ga_seconds:.3f}" if problem in own else ""] if own else []
        lines.append([problem, *theirs, *cells])
    return ["problem", *([PAPER_HEAD["ga"]] if own else []), *labels], lines


def differences(rows: Sequence[Row]) -> str:
    """Where our means differ from the paper's, one sentence a finding, with numbers."""
    ours = mean_over_seeds(rows, "total_tardiness")
    methods = {row["label"]: row["method"] for row in rows}
    own = {(row["label"], row["instance"]) for row in rows if of_the_paper(row)}
    sentences = []
    for name, problems in sets_of(ours).items():
        compared = [label for label in methods if all((label, problem) in own for problem in problems)]
        if len(problems) != 5 or not compared:
            continue
        for label in compared:
            column = PAPER_COLUMN[methods[label]]
            mean = _mean(ours[problem].get(label) for problem in problems)
            theirs = _mean(getattr(TABLE_4[problem], column) for problem in problems)
            if mean is not None and theirs:
                change = 100 * (mean / theirs - 1)
                sentences.append(f"{name}, {label}: mean {mean:,.1f}, the paper's {theirs:,.1f} ({change:+.1f} %).")
            elif mean is None and theirs:
                found = sum(ours[problem].get(label) is not None for problem in problems)
                sentences.append(
                    f"{name}, {label}: a schedule on {found} of {len(problems)} problems; "
                    f"the paper's CPLEX found one on all within an hour."
                )
        sentences += _winners(name, problems, ours)
    return "\n".join(sentences) or "The study has no whole set of the paper's."


def _winners(name: str, problems: Sequence[str], ours: Mapping[str, Mapping[str, float | None]]) -> list[str]:
    wins: dict[str, int] = {}
    for problem in problems:
        known = {label: value for label, value in ours[problem].items() if value is not None}
        for label, value in known.items():
            wins[label] = wins.get(label, 0) + (value <= min(known.values()))
    listed = ", ".join(f"{label} on {count}" for label, count in wins.items() if count)
    return [f"{name}: least tardiness by {listed} of {len(problems)} problems; in the paper by the GA on all five."]


def without_worst(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Mean RDI of every method, with all methods and without the one that is worst on average."""
    labels = labels_of(rows)
    ours = mean_over_seeds(rows, "total_tardiness")
    complete = [label for label in labels if all(by_label.get(label) is not None for by_label in ours.values())]
    means = {label: _mean(by_label.get(label) for by_label in ours.values()) for label in complete}
    worst = max(complete, key=lambda label: means[label] or 0.0, default="")

    def mean_rdi(kept: Sequence[str]) -> dict[str, float | None]:
        indices = [relative_deviation_index([by_label.get(label) for label in kept]) for by_label in ours.values()]
        return {label: _mean(index[k] for index in indices) for k, label in enumerate(kept)}

    everyone, others = mean_rdi(complete), mean_rdi([label for label in complete if label != worst])
    lines = [
        [label, f"{everyone[label]:.3f}", "left out" if label == worst else f"{others[label]:.3f}"]
        for label in complete
    ]
    return ["method", "mean RDI", f"without {worst!r}"], lines
