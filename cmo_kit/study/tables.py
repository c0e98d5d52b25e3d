"""Tables of a study: Table 4's layout beside the published numbers."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

from cmo_kit.study.published import TABLE_4, PublishedRow, relative_deviation_index

Row = Mapping[str, Any]
NOT_AVAILABLE = "n.a."


def labels_of(rows: Iterable[Row]) -> list[str]:
    """The methods' names in the order in which the table has them."""
    return list(dict.fromkeys(row["label"] for row in rows))


def problems_of(rows: Iterable[Row]) -> list[str]:
    """The instances in the order in which the table has them."""
    return list(dict.fromkeys(row["instance"] for row in rows))


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

    Published problems are other problems than ours of the same name: the paper's data are not
    published, so only means over a set can be compared. RDI is taken among the methods of one side.

    Parameters
    ----------
    rows : sequence of rows of a study's table
        Several seeds of a method on a problem enter by their mean.

    Returns
    -------
    (headers, lines)
        Lines of the problems, and of the mean after every set with several problems.
    """
    labels = labels_of(rows)
    ours = mean_over_seeds(rows, "total_tardiness")
    headers = ["problem", "paper: CPLEX", "paper: Expert", "paper: GA", *labels]
    lines = []
    sets: dict[str, list[str]] = {}
    for problem in ours:
        sets.setdefault(problem.rsplit("-", 1)[0], []).append(problem)
    for name, problems in sets.items():
        indices = {}
        for problem in problems:
            values = [ours[problem].get(label) for label in labels]
            indices[problem] = relative_deviation_index(values)
            cells = [with_rdi(value, index) for value, index in zip(values, indices[problem], strict=True)]
            lines.append([problem, *_published(TABLE_4.get(problem)), *cells])
        if len(problems) > 1:
            means = [_mean(ours[problem].get(label) for problem in problems) for label in labels]
            rdis = [_mean(indices[problem][k] for problem in problems) for k in range(len(labels))]
            cells = [with_rdi(value, index) for value, index in zip(means, rdis, strict=True)]
            lines.append([f"{name} mean", *_published_mean(problems), *cells])
    return headers, lines


def _mean(values: Iterable[float | None]) -> float | None:
    found = list(values)
    return None if None in found or not found else fmean(value for value in found if value is not None)


def _published(row: PublishedRow | None) -> list[str]:
    if row is None:
        return ["", "", ""]
    values = [row.cplex, row.expert, row.ga]
    return [with_rdi(v, i) for v, i in zip(values, relative_deviation_index(values), strict=True)]


def _published_mean(problems: Sequence[str]) -> list[str]:
    rows = [TABLE_4.get(problem) for problem in problems]
    if None in rows:
        return ["", "", ""]
    values = [[row.cplex, row.expert, row.ga] for row in rows if row is not None]
    indices = [relative_deviation_index(entry) for entry in values]
    return [with_rdi(_mean(v[k] for v in values), _mean(i[k] for i in indices)) for k in range(3)]


def seconds_table(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Mean seconds of every method by problem, beside the seconds of the paper's genetic algorithm."""
    labels = labels_of(rows)
    ours = mean_over_seeds(rows, "seconds")
    lines = []
    for problem, by_label in ours.items():
        paper = TABLE_4.get(problem)
        cells = [f"{by_label[label]:.3f}" if by_label.get(label) is not None else NOT_AVAILABLE for label in labels]
        lines.append([problem, f"{paper.ga_seconds:.3f}" if paper else "", *cells])
    return ["problem", "paper: GA", *labels], lines


def text_table(headers: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Aligned columns of plain text: the first to the left, the others to the right."""
    widths = [max(len(str(row[k])) for row in (headers, *lines)) for k in range(len(headers))]

    def laid_out(cells: Sequence[str]) -> str:
        first, *rest = (str(cell) for cell in cells)
        return "  ".join([first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(rest, widths[1:], strict=True))])

    return "\n".join([laid_out(headers), "  ".join("-" * width for width in widths), *map(laid_out, lines)])
