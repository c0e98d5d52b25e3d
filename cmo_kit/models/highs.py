"""HiGHS on a PuLP problem, with the same honest report as CBC's.

HiGHS reads the file that PuLP writes for CBC, so both solvers see one model, and like CBC it runs in a process of its
own: through PuLP it does not tell its bound, and within a process changing its threads silently fails and a crash of
its own (met once in some two thousand small models) would end a reader's kernel.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Mapping
from typing import Any

from cmo_kit.base.cbc import TOLERANCE, SolverAnswer, run_solver, solver_folder
from cmo_kit.base.errors import need
from cmo_kit.base.limits import Progress
from cmo_kit.models import highs_program

NO_HIGHS = "solver highs needs the extra 'highs', which is not installed: pip install 'cmo-kit[highs]'"


def run_highs(problem: Any, seconds: float, progress: Progress | None = None, workers: int = 1,
              start: Mapping[str, int] | None = None) -> SolverAnswer:  # fmt: skip
    """Solve a PuLP minimisation problem with so many threads; its variables take the best values found.

    ``seconds`` of wall clock are for writing the problem and for HiGHS; ``progress`` is called about every second with
    (best objective or inf, 0, seconds). ``start`` holds the integer variables, by name, that are not 0 in a solution to
    begin with. The status is ``crashed`` where HiGHS ended without an answer. Raises
    :class:`MissingPartError` without the extra.
    """
    need("highspy", NO_HIGHS)
    with solver_folder() as folder:
        model, found, warm = (folder / name for name in ("model.mps", "answer.json", "start.json"))
        began = time.perf_counter()
        variables, names, *_ = problem.writeMPS(str(model), rename=1)
        left = seconds - (time.perf_counter() - began)
        if left <= 0:
            return SolverAnswer("no_solution", None, 0.0, False, "")
        arguments = [str(model), str(found), f"{left:.3f}", str(workers), f"{TOLERANCE:g}"]
        if start is not None:
            arguments.append(str(warm))
            warm.write_text(json.dumps({names[name]: value for name, value in start.items()}), encoding="utf-8")
        command = [sys.executable, "-P", highs_program.__file__, *arguments]
        stopped, _, log = run_solver(command, folder, best_printed, left, progress)
        if not found.exists():
            return SolverAnswer("crashed", None, 0.0, stopped, log)
        said = json.loads(found.read_text(encoding="utf-8"))
    if said["values"]:
        problem.assignVarsVals({variable.name: said["values"][names[variable.name]] for variable in variables})
    return SolverAnswer(said["status"], said["objective"], said["bound"], stopped, log)


def best_printed(text: str) -> float:
    """The best objective that the program has printed so far, ``inf`` without one."""
    return min(map(float, re.findall(r"^best (\S+)$", text, re.MULTILINE)), default=float("inf"))
