"""The run-level MILP as a method: build, solve with CBC or HiGHS, report honestly."""

import math
from dataclasses import replace

import numpy as np

from cmo_kit.base.limits import Limits, Progress, no_evaluations
from cmo_kit.base.values import check_choice, check_integer, check_number
from cmo_kit.core.instance import Instance
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import from_indices
from cmo_kit.models.common import HINTS, SOLVERS, hinted, need_solver, reported, run_any
from cmo_kit.models.model_size import run_model_size
from cmo_kit.models.run_model import BigMModel, FlowModel, RunModel, model_error

TIMINGS: dict[str, type[RunModel]] = {"flow": FlowModel, "big-M": BigMModel}


def run_milp(
    instance: Instance,
    rng: np.random.Generator,
    *,
    seconds: float | None = 3600,
    evaluations: int | None = None,
    progress: Progress | None = None,
    solver: str = "cbc",
    timing: str = "flow",
    hint: str = "atcs",
    workers: int = 1,
    memory_limit: float = 4,
) -> Outcome:
    """Solve the run-level model.

    Parameters
    ----------
    instance : Instance
    rng : numpy.random.Generator
        Not used: both solvers are deterministic with one worker.
    seconds : float, optional
        Wall clock for building and solving.
    evaluations : None
        A solver counts none.
    progress : callable, optional
        Called about every second while the solver runs.
    solver : {"cbc", "highs"}
        HiGHS needs the extra ``highs``.
    timing : {"flow", "big-M"}
        How time passes from run to run: :class:`~cmo_kit.models.run_model.FlowModel`, or
        :class:`~cmo_kit.models.run_model.BigMModel`, which is far slower with CBC.
    hint : {"atcs", "edd_orders", "none"}
        The schedule to begin with: the model looks for nothing worse, which makes its big-M values smaller, and
        it is returned when the solver finds nothing better.
    workers : int
        Threads of HiGHS; CBC takes one.
    memory_limit : float
        GiB. A model whose estimated memory is over it is not built (status ``too_large``).

    Returns
    -------
    Outcome
        ``one_run_lower_bound`` is what the solver proves; ``lower_bound`` and ``optimal`` follow only where the
        one-run condition holds or nothing is late. On problems of Table 2's sizes, Small ones too, coefficients are too
        large for the solver's tolerances (:func:`~cmo_kit.base.cbc.possible_error`): nothing is proved, the bound is 0,
        and what the solver claims stands in ``details``.

    Raises
    ------
    InputError
        For a parameter that breaks its rule.
    MissingPartError
        Where the solver is not installed.

    Examples
    --------
    >>> run_milp(load_instance("tiny-one-site"), np.random.default_rng(1)).status
    'optimal'
    """
    no_evaluations(evaluations, "run_milp")
    limits = Limits(seconds)
    check_choice(solver, "solver", SOLVERS)
    check_choice(timing, "timing", tuple(TIMINGS))
    check_choice(hint, "hint", HINTS)
    check_integer(workers, "workers", 1)
    check_number(memory_limit, "memory_limit")
    size = run_model_size(instance)
    details = size.details()
    if size.memory > memory_limit * 2**30:
        return Outcome(None, "too_large", details=details)
    need_solver(solver)
    start = None
    try:
        start = hinted(instance, hint, limits.seconds)
        if start is not None and start.total_tardiness == 0:
            return Outcome(start, "optimal", one_run_lower_bound=0.0, details=details)
        # In ticks the solver's answer can be a proof. Where numbers are too large for one they stay as they were typed.
        posed = instance.whole
        known = None if start is None else start.total_ticks
        error = model_error(posed, known)
        if error == math.inf:
            posed, known = instance, None if start is None else start.total_tardiness
        model = TIMINGS[timing](posed, known, tick=limits.tick)
        answer = run_any(solver, model.problem, limits.seconds_left, progress, workers)
    except TimeoutError:
        return Outcome(start, "no_solution" if start is None else "feasible", details=details)
    except KeyboardInterrupt:
        return Outcome(start, "stopped", details=details)
    found = from_indices(instance, model.runs(), "run_milp") if answer.objective is not None else None
    if posed is not instance.whole:
        answer = replace(answer, lower_bound=answer.lower_bound * instance.per_unit)
    return reported(instance, answer, error + answer.error, found, start, details)
