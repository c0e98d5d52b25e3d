"""The paper's model [P] as a method: refuse what does not fit, build, solve, report honestly."""

import math
from itertools import pairwise

import numpy as np

from cmo_kit.base.cbc import TOLERANCE, possible_error
from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Limits, Progress, no_evaluations
from cmo_kit.base.values import check_choice, check_number, shown
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import Instance
from cmo_kit.core.model import ModelP, check_big_v, runs_of
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule, from_indices
from cmo_kit.methods.registry import METHODS, prepared
from cmo_kit.models.common import SOLVERS, certified, claim, need_solver, run_any
from cmo_kit.models.model_size import model_size

#: The share of the seconds that a method by whose schedule [P] begins may take.
STARTING = 0.1


def milp(
    instance: Instance,
    rng: np.random.Generator,
    *,
    seconds: float | None = 3600,
    evaluations: int | None = None,
    progress: Progress | None = None,
    memory_limit: float = 4,
    big_v: float | None = None,
    solver: str | None = None,
    start: Schedule | str | None = None,
) -> Outcome:
    """Solve [P], equations (1) to (15) of Section III, with CBC or HiGHS.

    Parameters
    ----------
    instance : Instance
    rng : numpy.random.Generator
        For the method that ``start`` names: both solvers with their default seeds are deterministic.
    evaluations : None
        A solver counts none.
    seconds : float, optional
        Wall clock for building and solving; the paper gave CPLEX one hour. While CBC prepares a model it does not hear
        that its time is over, and is killed ten seconds later.
    progress : callable, optional
        Called about every second while the solver runs.
    memory_limit : float
        GiB. A model whose estimated memory is over it is not built (status ``too_large``).
    big_v : float, optional
        The paper's ``V``; see :class:`cmo_kit.core.model.ModelP`. One that solvers cannot tell from nothing is refused.
    solver : {"cbc", "highs"}, optional
        CBC by default; HiGHS needs the extra ``highs``.
    start : Schedule or str, optional
        The schedule from which the solver begins (a warm start), or the name of a method that makes it, in a tenth of
        ``seconds`` at most. Nothing worse is returned.

    Returns
    -------
    Outcome
        ``optimal`` only with a proof; ``details`` holds :class:`~cmo_kit.models.model_size.ModelSize`, and
        what the solver itself says as ``solver_status`` and ``solver_bound``.

    Raises
    ------
    InputError
        For a parameter that breaks its rule; a :class:`MissingPartError` where the solver is not installed.

    Examples
    --------
    >>> outcome = milp(load_instance("tiny-one-batch"), np.random.default_rng(1))
    >>> outcome.status, outcome.schedule.total_tardiness, outcome.details["variables"]
    ('optimal', 2.0, 5)
    """
    no_evaluations(evaluations, "milp")
    check_start(instance, start)
    make = prepared(start, instance) if isinstance(start, str) else None
    limits = Limits(seconds)
    check_number(memory_limit, "memory_limit")
    solver = check_choice("cbc" if solver is None else solver, "solver", SOLVERS)
    size = model_size(instance)
    details = size.details()
    if size.memory > memory_limit * 2**30:
        return Outcome(None, "too_large", details=details)
    need_solver(solver)
    # In ticks a solver's answer can be a proof. Where numbers are too large for one they stay as they were typed.
    posed, times, per_unit = instance.whole, instance.time_ticks.per_unit, instance.per_unit
    if model_error(posed) == math.inf:
        posed, times, per_unit = instance, 1, 1
    if big_v is not None and check_big_v(instance, big_v) * times * TOLERANCE >= 1:
        raise InputError(
            f"big_v is {big_v!r}; it must be below {1 / TOLERANCE / times:g}: beside such a V a solver, with its "
            f"tolerance of {TOLERANCE:g}, cannot tell the times of this instance from nothing"
        )
    largest = None if big_v is None else float(math.ceil(big_v * times))
    known = start if isinstance(start, Schedule) else None
    try:
        if make is not None:
            made = make(
                instance, rng, progress=progress, **({} if seconds is None else {"seconds": STARTING * seconds})
            )
            known = made.schedule
            if made.status == "stopped":
                raise KeyboardInterrupt
        if known is not None and known.total_tardiness == 0:
            return Outcome(known, "optimal", details=details)
        model = ModelP(posed, big_v=largest, tick=limits.tick)
        values = None if known is None else start_values(model, known)
        answer = run_any(solver, model.problem, limits.seconds_left, progress, start=values)
    except TimeoutError:
        return Outcome(known, "no_solution" if known is None else "feasible", details=details)
    except KeyboardInterrupt:
        return Outcome(known, "stopped", details=details)
    found = [known] if known is not None else []
    if answer.objective is not None:
        found.append(from_indices(instance, [runs_of(sequence) for sequence in model.sequences()]))
    schedule = min(found, key=lambda one: one.total_tardiness, default=None)
    error = answer.error + model_error(posed, largest) if posed is instance.whole else math.inf
    status, bound = certified(answer, schedule, instance, error)
    if answer.stopped and status != "optimal":
        status = "stopped"
    return Outcome(schedule, status, 0, lower_bound=bound, details=details | claim(answer, per_unit))


def check_start(instance: Instance, start: object) -> None:
    """Refuse what is no feasible schedule of the instance and names no other method: raises :class:`InputError`."""
    others = tuple(name for name in METHODS if name != "milp")
    if isinstance(start, str):
        check_choice(start, "start", others)
    elif isinstance(start, Schedule):
        if start.instance.digest != instance.digest:
            raise InputError(f"start is a schedule of {start.instance.name!r}; it must be one of {instance.name!r}")
        if violations := check_schedule(instance, start):
            raise InputError(f"start must be a feasible schedule: {violations[0].message}")
    elif start is not None:
        raise InputError(f"start is {shown(start)}; it must be a Schedule, or one of {', '.join(others)}")


def start_values(model: ModelP, schedule: Schedule) -> dict[str, int]:
    """Which of the binary variables (14) and (15) a schedule makes 1; with them all others are given."""
    values: dict[str, int] = {}
    for l, orders in zip(model.sites, schedule.batch_orders, strict=True):
        row = [int(i) + 1 for i in orders]
        row += [0] * (len(model.positions) - len(row))
        values |= {model.z[i, l, t].name: 1 for t, i in enumerate(row, start=1)}
        steps = enumerate(pairwise(row), start=1)
        values |= {model.gamma[i, j, l, t].name: 1 for t, (i, j) in steps if i and j}
    return values


def model_error(instance: Instance, big_v: float | None = None) -> float:
    """How much too high CBC's bound on [P] may be: :func:`~cmo_kit.base.cbc.possible_error`, infinite for fractions."""
    I, L, T, horizon = len(instance.orders), instance.sites, instance.total_batches, instance.horizon
    V = max(horizon - float(instance.D.min()), 1.0) if big_v is None else big_v
    step = 1 + float(instance.p[:, 0].sum() + np.abs(instance.b).sum())  # (6)
    path = (T - 1) * step + (1 + float(instance.sigma.sum())) + (1 + float(instance.tails.sum())) + (1 + V)  # (7)-(9)
    ranges = horizon * (2 * L * T + I) + (I + 1) * L * T + I * I * L * (T - 1)
    largest = max(V, float(np.abs(instance.b).max()), float(instance.sigma.max()), float(instance.tails.max()))
    return possible_error(path, float(instance.w.sum()), ranges, largest) if instance.integral else math.inf
