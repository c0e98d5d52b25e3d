"""CBC on a PuLP problem, with an honest report.

PuLP's own call of CBC cannot be interrupted with the incumbent kept, reports a time-limit stop as
``Optimal`` and drops the dual bound. So PuLP writes the problem and reads the solution, and the
process is run here; the dual bound stands only in its log.
"""

from __future__ import annotations

import contextlib
import math
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError, MissingPartError, need
from cmo_kit.base.folder import temporary_folder
from cmo_kit.base.limits import Progress
from cmo_kit.base.signals import signals_wait

#: A solver looks at its clock now and then only: so many seconds over its limit it is interrupted, and killed
#: when it has not ended so many seconds after that.
GRACE_SECONDS, PATIENCE_SECONDS = 3.0, 10.0
#: Solvers are told to take a row as kept that is broken by so much, a variable as whole that is off by so much, and a
#: reduced cost as not negative that is so much below 0.
TOLERANCE = 1e-7
#: The coarsest tolerance that a solver's presolve and cuts have of their own.
COARSEST = 1e-5
NO_PULP = "the models need PuLP, which is not installed: pip install 'pulp>=3.3.1,<4'"
NO_CBC = (
    "no CBC solver was found: PuLP brings one for common platforms; elsewhere install it"
    " (Debian: apt-get install coinor-cbc; conda: coin-or-cbc) so that 'cbc' is on the PATH"
)


@dataclass(frozen=True)
class SolverAnswer:
    """What a run of a solver proved and found.

    ``status`` is ``optimal``, ``feasible``, ``no_solution``, ``infeasible`` or ``crashed``, with ``stopped``
    telling whether the user ended it; ``objective`` is the solver's own (None without a solution) and
    ``lower_bound`` the dual bound that it states; how far that is a proof is another matter.
    """

    status: str
    objective: float | None
    lower_bound: float
    stopped: bool
    log: str

    @property
    def error(self) -> float:
        """How far the bound may be off by the digits that a log has, and by the gap at which a solver ends."""
        return 1e-6 * max(1.0, self.lower_bound)


def find_cbc() -> str:
    """Path of the CBC that PuLP bundles, or of ``cbc`` on the PATH.

    Raises
    ------
    MissingPartError
        With how to get one.
    """
    bundled = getattr(getattr(need("pulp", NO_PULP), "PULP_CBC_CMD", None), "pulp_cbc_path", None)
    for candidate in (bundled, "cbc"):
        if candidate and (path := shutil.which(candidate)):
            return str(Path(path).resolve())
    raise MissingPartError(NO_CBC)


def possible_error(path: float, weights: float, ranges: float, largest: float) -> float:
    """By how much a solver's bound on a total tardiness may be too high, in ticks; infinite if it proves nothing.

    Parameters
    ----------
    path : float
        Over the rows that lead, one after another, to the lateness of an order: the sum of 1 and the absolute
        coefficients of the row's integer variables. The greatest of all paths and orders.
    weights : float
        The sum of the orders' weights.
    ranges : float
        The sum over all variables of how far each can move in a best solution.
    largest : float
        No coefficient is larger.

    Notes
    -----
    A solver counts in doubles, and lets rows, whole values and reduced costs be wrong by e = :data:`TOLERANCE`. Where
    all data are whole, its search over a tree is a proof as far as it closes no part of the tree wrongly:

    A part is closed because the solver takes a point of it for a solution. Let the point's integers be rounded. A row
    with absolute coefficients A of its integers is then broken by at most e (1 + A). In the schedule that the rounded
    integers describe, each start follows from the start before it by such a row, so an order is at most
    ``e path`` later than the point says, and the total costs at most ``e path weights`` more. So the part holds no
    schedule that costs less than the solution that it is closed for by more than that.

    A part is closed because its relaxation costs too much. The prices of its rows are a proof of that, but for reduced
    costs that should not be negative and are, by at most e each: they let the relaxation cost less by at most
    ``e ranges``.

    Presolve and cuts have tolerances of their own, up to :data:`COARSEST`, and nobody proves what they do. So twice the
    sum of both is allowed for; and nothing is believed where that, or twice what the coarsest hides in one coefficient,
    is half a tick or more. Measured on 400 tiny problems of growing numbers, each with three models: no claim of CBC or
    HiGHS was false where the error is below 1, and 28 of 765 where it is above.
    """
    error = 2 * TOLERANCE * (path * weights + ranges)
    return error if max(error, 2 * COARSEST * largest) < 0.5 else math.inf


@contextlib.contextmanager
def solver_folder() -> Iterator[Path]:
    """Have a folder for a solver's files, which goes with the block.

    Raises
    ------
    InputError
        When there is no place for it, or too little for the files.
    """
    try:
        with temporary_folder() as folder:
            yield folder
    except OSError as error:
        reason = error.strerror or error
        raise InputError(
            f"the solver's temporary files cannot be written ({reason}); TMPDIR may name a place"
        ) from None


def run_cbc(
    problem: Any, seconds: float, progress: Progress | None = None, start: Mapping[str, int] | None = None
) -> SolverAnswer:
    """Solve a PuLP minimisation problem; its variables take the best values found.

    Parameters
    ----------
    problem : pulp.LpProblem
    seconds : float
        Wall clock for writing the problem and for CBC, which is interrupted then; in its preprocessing it does not
        listen, and is killed :data:`PATIENCE_SECONDS` later.
    progress : callable, optional
        Called about every second with (best objective or inf, 0, seconds).
    start : mapping, optional
        A solution to begin with: the integer variables, by name, that are not 0 in it.

    Raises
    ------
    MissingPartError
        When there is no CBC.
    InputError
        When there is no place for temporary files.
    """
    pulp, path = need("pulp", NO_PULP), find_cbc()
    with solver_folder() as folder:
        model, solution, warm = (str(folder / name) for name in ("model.mps", "solution.txt", "start.txt"))
        began = time.perf_counter()
        variables, names, rows, _ = problem.writeMPS(model, rename=1)
        left = seconds - (time.perf_counter() - began)
        if left <= 0:
            return SolverAnswer("no_solution", None, 0.0, False, "")
        # Its own limit is not the one that ends it: CBC 2.10 takes the seconds of its preprocessing from it twice.
        command = [path, model, "-timeMode", "elapsed", "-sec", f"{2 * left:.3f}"]
        for kind in ("primalTolerance", "dualTolerance", "integerTolerance"):
            command += [f"-{kind}", f"{TOLERANCE:g}"]
        if start is not None:  # as CBC writes a solution: a line that it skips, then number, name, value
            lines = [f"{k} {names[name]} {value}\n" for k, (name, value) in enumerate(start.items())]
            Path(warm).write_text("".join(["start\n", *lines]), encoding="utf-8")
            command += ["-mips", warm]
        command += ["-solve", "-printingOptions", "all", "-solution", solution]
        stopped, code, text = run_solver(command, folder, best_in_log, left, progress, grace=0.0)
        status, objective, bound = read_log(text)
        if code != 0 and not stopped and time.perf_counter() - began < seconds:  # nobody ended it
            status, objective, bound = "crashed", None, 0.0
        if status in ("optimal", "feasible") and Path(solution).exists():
            solver = pulp.COIN_CMD(path=path)
            _, values, *_ = solver.readsol_MPS(solution, problem, variables, names, rows)
            problem.assignVarsVals(values)
        elif status in ("optimal", "feasible"):  # killed before it wrote what it had
            status, objective = "no_solution", None
    return SolverAnswer(status, objective, bound, stopped, text)


def run_solver(command: list[str], folder: Path, best: Callable[[str], float], seconds: float,
               progress: Progress | None, grace: float = GRACE_SECONDS) -> tuple[bool, int, str]:  # fmt: skip
    """Run a solver in a process of its own; whether the user ended it, its exit code, and its log.

    ``progress`` is told about every second what ``best`` reads in the log. A solver that does not end by itself in
    ``seconds`` and ``grace`` is interrupted, and killed when that does not help.
    """
    log = folder / "log.txt"
    # A session of its own: Ctrl-C in a terminal then reaches this process alone, which passes it on once.
    process: subprocess.Popen[bytes] | None = None
    with open(log, "wb") as sink:
        try:
            with signals_wait():  # interrupted while it starts, it would be left behind
                process = subprocess.Popen(
                    command,
                    stdout=sink,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                    cwd=folder,
                )
            stopped = _wait(process, lambda: best(_text(log)), seconds + grace, progress)
        finally:
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
    return stopped, process.returncode, _text(log)


def _text(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")


def _wait(
    process: subprocess.Popen[bytes], best: Callable[[], float], seconds: float, progress: Progress | None
) -> bool:
    """Wait for the solver to end; interrupt it after ``seconds`` and pass on Ctrl-C. Whether the user ended it.

    CBC drops a signal while it prepares the model, so the signal is said again each second; what does not
    end by itself in the end is killed.
    """
    began = time.perf_counter()
    elapsed = 0.0
    asked: float | None = None
    stopped = False
    while True:
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=min(1.0, seconds - elapsed) if elapsed < seconds else 1.0)
                return stopped
            elapsed = time.perf_counter() - began
            if progress is not None and not stopped:
                progress(best(), 0, elapsed)
            if stopped or elapsed > seconds:
                asked = elapsed if asked is None else asked
                if elapsed - asked > PATIENCE_SECONDS:
                    process.kill()
                elif process.poll() is None:
                    process.send_signal(signal.SIGINT)
        except KeyboardInterrupt:
            if stopped:
                process.kill()  # a second Ctrl-C
            elif process.poll() is None:
                process.send_signal(signal.SIGINT)
            stopped = True


def best_in_log(text: str) -> float:
    """The best objective that CBC has printed so far, ``inf`` without one."""
    found = re.findall(r"(?:Integer solution of|best solution|Solution found of) (-?[\d.]+(?:e[+-]?\d+)?)", text)
    values = [float(value) for value in found]
    return min((value for value in values if value < 1e40), default=float("inf"))


def read_log(text: str) -> tuple[str, float | None, float]:
    """Status, objective and dual bound as a CBC log states them.

    Returns
    -------
    (status, objective, lower bound)
        ``optimal`` only where CBC says that the search was completed; without any statement the
        bound is 0, which total tardiness always is at least.
    """
    result = re.search(r"^Result - (.*)$", text, re.MULTILINE)
    objective = _number(r"^Objective value:\s+(\S+)", text)
    bound = _number(r"^Lower bound:\s+(\S+)", text)
    if result is None:
        return ("infeasible" if "infeasible" in text.lower() else "no_solution"), None, 0.0
    said = result.group(1).lower()
    if "infeasible" in said:
        return "infeasible", None, 0.0
    if "no feasible solution found" in text.lower() or objective is None or abs(objective) >= 1e40:
        return "no_solution", None, max(0.0, bound or 0.0)
    if said.startswith("optimal solution found") and "within gap" not in said:
        return "optimal", objective, max(0.0, objective)
    return "feasible", objective, max(0.0, min(bound or 0.0, objective))


def _number(pattern: str, text: str) -> float | None:
    found = re.search(pattern, text, re.MULTILINE)
    try:
        return float(found.group(1)) if found else None
    except ValueError:
        return None
