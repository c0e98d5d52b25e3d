"""What people call the methods: in charts, tables, reports and notebooks."""

from collections.abc import Mapping
from typing import Any

#: A method's name in commands and files -> what people call it.
SPOKEN = {
    "expert": "Expert, batch by batch",
    "expert_orders": "Expert, whole orders",
    "ga": "genetic algorithm",
    "milp": "[P]",
    "atcs": "dispatching by ATCS",
    "brkga": "biased random-key GA",
    "sequence_sa": "annealing on sequences",
    "sequence_ga": "GA on sequences",
    "search": "annealing search",
    "run_milp": "model of runs, MILP",
    "cpsat": "model of runs, CP-SAT",
}

#: What people call the model [P] by the solver that has it.
SOLVED = {"cbc": "[P] with CBC", "highs": "[P] with HiGHS"}


def default_label(method: str, parameters: Mapping[str, Any]) -> str:
    """What runs are called that have no label: their method, and of [P] the solver, if all of them have the same."""
    solver = parameters.get("solver", "cbc")
    return SOLVED.get(solver, method) if method == "milp" and isinstance(solver, str) else method


def method_name(method: str) -> str:
    """What people call a method; its own name where they have no other."""
    return SPOKEN.get(method, method)
