"""CP-SAT on the run-level decisions as a method; it needs the extra ``cpsat``."""

import math
from threading import Thread
from typing import Any

import numpy as np

from cmo_kit.base.cbc import SolverAnswer
from cmo_kit.base.errors import need
from cmo_kit.base.limits import Limits, Progress, no_evaluations
from cmo_kit.base.values import check_choice, check_integer
from cmo_kit.core.instance import Instance
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import from_indices
from cmo_kit.models.circuit_model import CPSAT, NO_CPSAT, CircuitModel, check_integral
from cmo_kit.models.finish import HINTS, better, hinted, reported

POLL_SECONDS = 0.1


def cpsat(
    instance: Instance,
    rng: np.random.Generator,
    *,
    seconds: float | None = 3600,
    evaluations: int | None = None,
    progress: Progress | None = None,
    hint: str = "atcs",
    workers: int = 1,
) -> Outcome:
    """Solve the circuit model with CP-SAT.

    Parameters
    ----------
    instance : Instance
        All its times and weights are integers.
    rng : numpy.random.Generator
        Draws the solver's seed.
    seconds : float, optional
        Wall clock for building and solving.
    evaluations : None
        A solver counts none.
    progress : callable, optional
        Called about every second while the solver runs.
    hint : {"atcs", "edd_orders", "none"}
        The schedule to begin with; it is returned when the solver finds nothing better.
    workers : int
        With more than one, runs are not reproducible.

    Returns
    -------
    Outcome
        ``one_run_lower_bound`` is what the solver proves; ``lower_bound`` and ``optimal`` follow only where the
        one-run condition holds or nothing is late.

    Raises
    ------
    InputError
        For a parameter that breaks its rule, or an instance with fractions.
    MissingPartError
        Without the extra.
    """
    no_evaluations(evaluations, "cpsat")
    limits = Limits(seconds)
    check_choice(hint, "hint", HINTS)
    check_integer(workers, "workers", 1)
    check_integral(instance)
    cp_model = need(CPSAT, NO_CPSAT)
    schedule = None
    try:
        schedule = hinted(instance, hint)
        if schedule is not None and schedule.total_tardiness == 0:
            return Outcome(schedule, "optimal", one_run_lower_bound=0.0)
        built = CircuitModel(instance, schedule)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = int(rng.integers(2**31))
        solver.parameters.catch_sigint_signal = False
        if limits.seconds is not None:
            solver.parameters.max_time_in_seconds = max(0.0, limits.seconds - limits.elapsed)
    except KeyboardInterrupt:
        return Outcome(schedule, "stopped")
    answer = _solve(cp_model, solver, built.model, limits, progress)
    if answer.status in ("optimal", "feasible"):
        schedule = better(from_indices(instance, built.runs(solver), "cpsat"), schedule)
    return reported(instance, answer, schedule, {"workers": workers})


def _solve(cp_model: Any, solver: Any, model: Any, limits: Limits, progress: Progress | None) -> SolverAnswer:
    """Solve in a thread of its own, so that Ctrl-C arrives here and the best is kept."""
    best = [math.inf]

    class Watch(cp_model.CpSolverSolutionCallback):  # type: ignore[misc, name-defined, unused-ignore]
        """Keeps the objective of the best schedule so far."""

        def on_solution_callback(self) -> None:
            best[0] = self.objective_value

    said: list[Any] = []
    watch = Watch()
    thread = Thread(target=lambda: said.append(solver.solve(model, watch)), daemon=True)
    thread.start()
    stopped, shown = False, limits.elapsed
    while thread.is_alive():
        try:
            thread.join(POLL_SECONDS)
            if progress is not None and not stopped and limits.elapsed - shown >= 1:
                shown = limits.elapsed
                progress(best[0], 0, shown)
        except KeyboardInterrupt:
            stopped = True
            solver.stop_search()
    names = {cp_model.OPTIMAL: "optimal", cp_model.FEASIBLE: "feasible", cp_model.INFEASIBLE: "infeasible"}
    status = names.get(said[0] if said else None, "no_solution")
    if status not in ("optimal", "feasible"):
        bound = solver.best_objective_bound if said and status == "no_solution" else 0.0
        return SolverAnswer(status, None, max(0.0, bound if math.isfinite(bound) else 0.0), stopped, "")
    bound = max(0.0, solver.best_objective_bound)
    return SolverAnswer(status, solver.objective_value, bound, stopped, "")
