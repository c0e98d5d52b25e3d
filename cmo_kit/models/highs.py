"""HiGHS on a PuLP problem, with the same honest report as CBC's.

HiGHS reads the file that PuLP writes for CBC, so both solvers see one model. It is called directly: through
PuLP it does not tell its bound, and changing its threads within a process silently fails.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cmo_kit.base.cbc import TOLERANCE, SolverAnswer, temporary_folder
from cmo_kit.base.errors import need
from cmo_kit.base.limits import Limits, Progress
from cmo_kit.models.common import POLL_SECONDS, wait_for

NO_HIGHS = "solver highs needs the extra 'highs', which is not installed: pip install 'cmo-kit[highs]'"


def run_highs(problem: Any, seconds: float, progress: Progress | None = None, workers: int = 1) -> SolverAnswer:
    """Solve a PuLP minimisation problem with so many threads; its variables take the best values found.

    ``seconds`` of wall clock are for writing the problem and for HiGHS; ``progress`` is called about every second with
    (best objective or inf, 0, seconds). Raises :class:`MissingPartError` without the extra.
    """
    highspy = need("highspy", NO_HIGHS)
    limits = Limits(max(0.0, seconds))
    with temporary_folder() as folder:
        path = str(Path(folder) / "model.mps")
        variables, names, *_ = problem.writeMPS(path, rename=1)
        highspy.Highs.resetGlobalScheduler(True)  # otherwise another number of threads is refused
        highs = highspy.Highs()
        highs.silent()
        options = {"threads": workers, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-6}
        for kind in ("primal", "dual", "mip"):
            options[f"{kind}_feasibility_tolerance"] = TOLERANCE
        for name, value in options.items():
            highs.setOptionValue(name, value)
        highs.readModel(path)
    columns = {name: k for k, name in enumerate(highs.getLp().col_names_)}
    place = {variable.name: columns[names[variable.name]] for variable in variables}
    left = limits.seconds_left
    if left <= 0:
        return SolverAnswer("no_solution", None, 0.0, False, "")
    highs.setOptionValue("time_limit", left)
    best = [math.inf]
    highs.HandleUserInterrupt = True
    highs.cbMipImprovingSolution += lambda event: best.__setitem__(0, event.data_out.objective_function_value)
    highs.startSolve()
    stopped = wait_for(lambda: highs.wait(POLL_SECONDS)[0], highs.cancelSolve, lambda: best[0], progress, limits)
    return _answer(highspy, highs, problem, place, stopped)


def _answer(highspy: Any, highs: Any, problem: Any, place: Mapping[str, int], stopped: bool) -> SolverAnswer:
    """Status, objective and dual bound; the values go into the problem's variables."""
    info, status = highs.getInfo(), highs.getModelStatus()
    bound = info.mip_dual_bound if math.isfinite(info.mip_dual_bound) else 0.0
    if status == highspy.HighsModelStatus.kInfeasible:
        return SolverAnswer("infeasible", None, 0.0, stopped, "")
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return SolverAnswer("no_solution", None, max(0.0, bound), stopped, "")
    objective = info.objective_function_value
    values = highs.getSolution().col_value
    problem.assignVarsVals({name: values[k] for name, k in place.items()})
    proved = status == highspy.HighsModelStatus.kOptimal
    return SolverAnswer("optimal" if proved else "feasible", objective, max(0.0, min(bound, objective)), stopped, "")
