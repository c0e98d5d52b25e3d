"""The paper's model [P] as a method: refuse what does not fit, build, solve, report honestly."""

import math
from itertools import groupby

import numpy as np

from cmo_kit.base.cbc import SolverAnswer, find_cbc, run_cbc
from cmo_kit.base.limits import Limits, Progress, no_evaluations
from cmo_kit.base.values import check_number
from cmo_kit.core.instance import Instance
from cmo_kit.core.model import ModelP, model_size
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule, from_indices


def runs_of(sequence: list[int]) -> list[tuple[int, int]]:
    """Consecutive equal order indices as (order index, batches)."""
    return [(i, len(list(batches))) for i, batches in groupby(sequence)]


def certified(answer: SolverAnswer, schedule: Schedule | None, instance: Instance) -> tuple[str, float]:
    """Status and lower bound that the answer and the recomputed objective support together.

    The objective is recomputed from the batches, never read from the solver: a solver's tolerances
    may forgive some tardiness, and then its "optimal" is not one. With integer data the bound is
    rounded up.
    """
    slack = 1e-6 * max(1.0, abs(answer.lower_bound))
    bound = max(0.0, answer.lower_bound - slack)
    if instance.integral:
        bound = float(math.ceil(bound))
    if schedule is None:
        return "no_solution", bound
    total = schedule.total_tardiness
    if total == 0 or (answer.status == "optimal" and total <= answer.lower_bound + slack):
        return "optimal", total
    return "feasible", min(bound, total)


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
    """Solve [P] with CBC.

    Parameters
    ----------
    rng, evaluations
        Not used: CBC with its default seed is deterministic, and counts no evaluations.
    seconds : float, optional
        Wall clock for building and solving; the paper gave CPLEX one hour.
    progress : callable, optional
        Called about every second while CBC runs.
    memory_limit : float
        GiB. A model whose estimated memory is over it is not built (status ``too_large``).
    big_v : float, optional
        The paper's ``V``; see :class:`cmo_kit.core.model.ModelP`.

    Returns
    -------
    Outcome
        ``optimal`` only with a proof; ``details`` holds the fields of :class:`~cmo_kit.core.model.ModelSize`.

    Raises
    ------
    InputError
        For a parameter that breaks its rule; a :class:`MissingPartError` where there is no CBC.
    """
    no_evaluations(evaluations, "milp")
    limits = Limits(seconds)
    check_number(memory_limit, "memory_limit")
    size = model_size(instance)
    details = {**size._asdict(), "estimated_bytes": size.memory}
    if size.memory > memory_limit * 2**30:
        return Outcome(None, "too_large", details=details)
    find_cbc()
    try:
        model = ModelP(instance, big_v=big_v, tick=limits.tick)
        answer = run_cbc(model.problem, limits.seconds_left, progress)
    except TimeoutError:
        return Outcome(None, "no_solution", details=details)
    except KeyboardInterrupt:
        return Outcome(None, "stopped", details=details)
    schedule = None
    if answer.status in ("optimal", "feasible"):
        schedule = from_indices(instance, [runs_of(sequence) for sequence in model.sequences()])
    status, bound = certified(answer, schedule, instance)
    if answer.stopped and status != "optimal":
        status = "stopped"
    return Outcome(schedule, status, 0, lower_bound=bound, details=details)
