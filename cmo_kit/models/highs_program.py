"""HiGHS in a process of its own: ``python highs_program.py MODEL ANSWER SECONDS WORKERS TOLERANCE [START]``.

Solves the MPS file ``MODEL``, prints ``best VALUE`` for every better objective, and writes ``ANSWER`` as JSON; Ctrl-C
ends it with what it has. It imports nothing of the kit, so that it starts in a fraction of a second.
"""

import json
import math
import os
import sys
from typing import Any


def main(model: str, answer: str, seconds: str, workers: str, tolerance: str, start: str = "") -> None:
    """Solve and write; the file ``start`` holds a solution to begin with, by columns, without those that are 0."""
    import highspy

    highs = highspy.Highs()
    highs.silent()
    options = {"threads": int(workers), "time_limit": float(seconds), "mip_rel_gap": 0.0, "mip_abs_gap": 1e-6}
    for kind in ("primal", "dual", "mip"):
        options[f"{kind}_feasibility_tolerance"] = float(tolerance)
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.readModel(model)
    if start:
        with open(start, encoding="utf-8") as file:
            given = json.load(file)
        places = {name: place for place, name in enumerate(highs.getLp().col_names_)}
        highs.setSolution(len(given), [places[name] for name in given], list(given.values()))
    highs.HandleUserInterrupt = True
    highs.cbMipImprovingSolution += lambda event: print("best", event.data_out.objective_function_value, flush=True)
    highs.startSolve()
    done = stopped = False
    while not done:
        try:
            if stopped:
                highs.cancelSolve()  # each time, as a solver that has not begun yet does not hear it
            done = highs.wait(0.1)[0]
        except KeyboardInterrupt:
            stopped = True
    with open(f"{answer}.part", "w", encoding="utf-8") as file:
        json.dump(answer_of(highspy, highs), file)
    os.replace(f"{answer}.part", answer)


def answer_of(highspy: Any, highs: Any) -> dict[str, Any]:
    """Status, objective, dual bound, and the values by the names of their columns."""
    info, status = highs.getInfo(), highs.getModelStatus()
    bound = max(0.0, info.mip_dual_bound) if math.isfinite(info.mip_dual_bound) else 0.0
    if status == highspy.HighsModelStatus.kInfeasible:
        return {"status": "infeasible", "objective": None, "bound": 0.0, "values": {}}
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return {"status": "no_solution", "objective": None, "bound": bound, "values": {}}
    objective = info.objective_function_value
    return {
        "status": "optimal" if status == highspy.HighsModelStatus.kOptimal else "feasible",
        "objective": objective,
        "bound": min(bound, max(0.0, objective)),
        "values": dict(zip(highs.getLp().col_names_, highs.getSolution().col_value, strict=True)),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
