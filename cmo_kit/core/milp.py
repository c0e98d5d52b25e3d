"""The paper's model [P] as a method: refuse what does not fit, build, solve, report honestly."""

import math
from itertools import groupby

import numpy as np

from cmo_kit.base.cbc import TOLERANCE, SolverAnswer, find_cbc, run_cbc
from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Limits, Progress, no_evaluations
from cmo_kit.base.values import check_number
from cmo_kit.core.instance import Instance
from cmo_kit.core.model import ModelP, check_big_v, model_error, model_size
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule, from_indices


def runs_of(sequence: list[int]) -> list[tuple[int, int]]:
    """Consecutive equal order indices as (order index, batches)."""
    return [(i, len(list(batches))) for i, batches in groupby(sequence)]


def certified(answer: SolverAnswer, schedule: Schedule | None, instance: Instance, error: float) -> tuple[str, float]:
    """Status and lower bound that the answer and the recomputed objective support together.

    ``answer`` counts in ticks of the instance, and its bound is too high by at most ``error``. Total tardiness is a
    whole number of ticks, so what is left is rounded up. It is recomputed from the batches, never read from the solver:
    a solver's tolerances may forgive some tardiness, and then its "optimal" is not one. Where times had to be rounded,
    the bound is that of the problem in ticks less all rounding, and nothing but 0 is optimal.
    """
    bound = 0
    if error < math.inf:
        bound = max(0, math.ceil(answer.lower_bound - error) - instance.rounding)
    stated = bound / instance.per_unit
    if schedule is None:
        return "no_solution", stated
    total = schedule.total_tardiness
    if total == 0 or (instance.rounding == 0 and bound >= schedule.total_ticks):
        return "optimal", total
    return "feasible", min(stated, total)


def claim(answer: SolverAnswer, per_unit: int) -> dict[str, str | float]:
    """What a solver says of itself, whether it is believed or not, with its bound in time units."""
    return {"solver_status": answer.status, "solver_bound": answer.lower_bound / per_unit}


def milp(
    instance: Instance,
    rng: np.random.Generator,
    *,
    seconds: float | None = 3600,
    evaluations: int | None = None,
    progress: Progress | None = None,
    memory_limit: float = 4,
    big_v: float | None = None,
) -> Outcome:
    """Solve [P], equations (1) to (15) of Section III, with CBC.

    Parameters
    ----------
    instance : Instance
    rng, evaluations
        Not used: CBC with its default seed is deterministic, and counts no evaluations.
    seconds : float, optional
        Wall clock for building and solving; the paper gave CPLEX one hour.
    progress : callable, optional
        Called about every second while CBC runs.
    memory_limit : float
        GiB. A model whose estimated memory is over it is not built (status ``too_large``).
    big_v : float, optional
        The paper's ``V``; see :class:`cmo_kit.core.model.ModelP`. One that CBC cannot tell from nothing is refused.

    Returns
    -------
    Outcome
        ``optimal`` only with a proof; ``details`` holds the fields of :class:`~cmo_kit.core.model.ModelSize`, and
        what CBC itself says as ``solver_status`` and ``solver_bound``.

    Raises
    ------
    InputError
        For a parameter that breaks its rule; a :class:`MissingPartError` where there is no CBC.

    Examples
    --------
    >>> outcome = milp(load_instance("tiny-one-batch"), np.random.default_rng(1))
    >>> outcome.status, outcome.schedule.total_tardiness, outcome.details["variables"]
    ('optimal', 2.0, 5)
    """
    no_evaluations(evaluations, "milp")
    limits = Limits(seconds)
    check_number(memory_limit, "memory_limit")
    size = model_size(instance)
    details = {**size._asdict(), "estimated_bytes": size.memory}
    if size.memory > memory_limit * 2**30:
        return Outcome(None, "too_large", details=details)
    find_cbc()
    # In ticks CBC's answer can be a proof. Where numbers are too large for one they stay as they were typed.
    posed, times, per_unit = instance.whole, instance.time_ticks.per_unit, instance.per_unit
    if model_error(posed) == math.inf:
        posed, times, per_unit = instance, 1, 1
    if big_v is not None and check_big_v(instance, big_v) * times * TOLERANCE >= 1:
        raise InputError(
            f"big_v is {big_v!r}; it must be below {1 / TOLERANCE / times:g}: beside such a V CBC, with its "
            f"tolerance of {TOLERANCE:g}, cannot tell the times of this instance from nothing"
        )
    largest = None if big_v is None else float(math.ceil(big_v * times))
    try:
        model = ModelP(posed, big_v=largest, tick=limits.tick)
        answer = run_cbc(model.problem, limits.seconds_left, progress)
    except TimeoutError:
        return Outcome(None, "no_solution", details=details)
    except KeyboardInterrupt:
        return Outcome(None, "stopped", details=details)
    schedule = None
    if answer.status in ("optimal", "feasible"):
        schedule = from_indices(instance, [runs_of(sequence) for sequence in model.sequences()])
    error = answer.error + model_error(posed, largest) if posed is instance.whole else math.inf
    status, bound = certified(answer, schedule, instance, error)
    if answer.stopped and status != "optimal":
        status = "stopped"
    return Outcome(schedule, status, 0, lower_bound=bound, details=details | claim(answer, per_unit))
