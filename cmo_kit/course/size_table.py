"""How large [P] becomes on the paper's three sets: by Table 2, and on the problems that come with the kit."""

from statistics import fmean

from cmo_kit.core.generate import SETS
from cmo_kit.core.model import model_size
from cmo_kit.library import load_instance
from cmo_kit.study.results.tables import text_table

PROBLEMS = 5


def expected_gammas(test_set: str) -> float:
    """``I I L (T - 1)`` with the mean of ``T``, as gammas are linear in it."""
    row = SETS[test_set]
    T = row.orders * fmean(row.batches)
    return row.orders**2 * row.sites * (T - 1)


def expected_table() -> str:
    """Orders, Sites, mean batches and mean number of gammas by set."""
    lines = [
        [name, str(row.orders), str(row.sites), f"{row.orders * fmean(row.batches):g}", f"{expected_gammas(name):,.0f}"]
        for name, row in SETS.items()
    ]
    return text_table(["set", "I", "L", "mean T", "mean gammas"], lines)


def shipped_table() -> str:
    """Variables, constraints, nonzeros and estimated memory by set: least to greatest of the shipped problems."""
    lines = []
    for name in SETS:
        sizes = [model_size(load_instance(f"{name}-{k}")) for k in range(1, PROBLEMS + 1)]
        cells = [
            f"{min(values) / unit:,.1f} to {max(values) / unit:,.1f}"
            for values, unit in (
                ([size.variables for size in sizes], 1e6),
                ([size.constraints for size in sizes], 1e6),
                ([size.nonzeros for size in sizes], 1e6),
                ([size.memory for size in sizes], 1e9),
            )
        ]
        lines.append([name, *cells])
    headers = ["set", "variables (10^6)", "constraints (10^6)", "nonzeros (10^6)", "PuLP and CBC (GB)"]
    return text_table(headers, lines)
