"""What people call the methods: in charts, tables, reports and notebooks."""

#: A method's name in commands and files -> what people call it.
SPOKEN = {
    "expert": "Expert, batch by batch",
    "expert_orders": "Expert, whole orders",
    "ga": "genetic algorithm",
    "milp": "[P] with CBC",
    "atcs": "dispatching by ATCS",
    "brkga": "biased random-key GA",
    "sequence_sa": "annealing on sequences",
    "sequence_ga": "GA on sequences",
    "search": "annealing search",
    "run_milp": "model of runs, MILP",
    "cpsat": "model of runs, CP-SAT",
}


def method_name(method: str) -> str:
    """What people call a method; its own name where they have no other."""
    return SPOKEN.get(method, method)
