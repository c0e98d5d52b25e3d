"""A row of the table of measured ideas, for tests of what measures them and of what reads the table."""

from typing import Any

from benchmarks.beyond import COLUMNS


def idea_row(**changes: Any) -> dict[str, Any]:
    """A row of the table of runs, changed as a test needs."""
    row = dict.fromkeys(COLUMNS, "") | {"instance": "x", "idea": "paper's GA", "budget": "evaluations", "limit": 10.0}
    row |= {"seed": 1, "total_tardiness": 5.0, "evaluations": 10, "seconds": 0.5, "busy": None, "date": "2027-01-04"}
    return row | {"processor": "a, b"} | changes
