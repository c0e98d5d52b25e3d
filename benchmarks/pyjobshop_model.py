"""The problem as PyJobShop sees it: jobs made of tasks, machines, setup times between tasks; the extra ``peers``.

An order is a job of ``Q_i`` equal tasks, a batch each. A task has a mode for every Site, which takes the Site for
``p_i1``; between two tasks on a Site stands the setup time ``b_ij``, so that starts are ``g_ij`` apart, equation (6).
A batch is complete a fixed time after its task ends, so the due date moves ahead by as much; it may become negative.
Where there are initial setups every Site begins with an empty task at time 0, from which they count.

What comes back is read as sequences only: the kit's own schedule follows from them by left-shifting.
"""

import math
from itertools import groupby
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError, need
from cmo_kit.core.instance import Instance
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule, from_indices

NO_PYJOBSHOP = "PyJobShop is not installed; it comes with the extra 'peers': pip install 'cmo-kit[peers]'"


def build(instance: Instance) -> tuple[Any, list[int]]:
    """The model and, task by task, the order that it is a batch of, -1 for the openings of Sites.

    Parameters
    ----------
    instance : Instance
        All its times and weights are integers.

    Returns
    -------
    model : pyjobshop.Model
        Machines in the sequence of the Sites; modes task by task, and within a task Site by Site.
    orders : list of int

    Raises
    ------
    InputError
        Where a time or a weight is no integer.
    """
    if not instance.integral:
        raise InputError(f"instance {instance.name!r} has times or weights that are no integers; PyJobShop needs them")
    model = need("pyjobshop", NO_PYJOBSHOP).Model()
    first, b = instance.p[:, 0].astype(int).tolist(), instance.b.astype(int).tolist()
    machines = [model.add_machine() for _ in range(instance.sites)]
    tasks, orders = [], []
    for i, Q in enumerate(instance.Q.tolist()):
        due = int(instance.D[i] - instance.tails[i]) + first[i]
        job = model.add_job(weight=int(instance.w[i]), due_date=due)
        for _ in range(Q):
            tasks.append(model.add_task(job))
            orders.append(i)
            for machine in machines:
                model.add_mode(tasks[-1], machine, first[i])
    for machine in machines:
        for task, i in zip(tasks, orders, strict=True):
            for behind, j in zip(tasks, orders, strict=True):
                if task is not behind and b[i][j]:
                    model.add_setup_time(machine, task, behind, b[i][j])
    if instance.initial_setup_times is not None:
        sigma = instance.sigma.astype(int).tolist()
        for machine in machines:
            opening = model.add_task(latest_start=0)
            model.add_mode(opening, machine, 0)
            for task, i in zip(tasks, orders[: len(tasks)], strict=True):
                model.add_setup_time(machine, opening, task, sigma[i])
                model.add_setup_time(machine, task, opening, 1)  # nothing stands before an opening, which starts at 0
            orders.append(-1)
    model.set_objective(weight_total_tardiness=1)
    return model, orders


def decoded(instance: Instance, tasks: list[Any], orders: list[int]) -> Schedule:
    """The kit's schedule with the sequences of PyJobShop's: on every Site its batches by their starts."""
    placed: list[list[tuple[int, int, int]]] = [[] for _ in range(instance.sites)]
    for task, i in zip(tasks, orders, strict=True):
        if i >= 0:
            placed[task.resources[0]].append((task.start, task.end, i))
    sequences = [[i for *_, i in sorted(site)] for site in placed]
    return from_indices(instance, [[(i, len(list(run))) for i, run in groupby(site)] for site in sequences])


def pyjobshop(instance: Instance, rng: np.random.Generator, *, seconds: float, workers: int = 1) -> Outcome:
    """Build the model and let PyJobShop solve it by CP-SAT, its default.

    Parameters
    ----------
    instance : Instance
    rng : numpy.random.Generator
        Draws the solver's seed.
    seconds : float
        For the solver alone: building the model, which takes long, comes on top.
    workers : int

    Returns
    -------
    Outcome
        The lower bound is the solver's own; ``no_solution`` where it found none.
    """
    model, orders = build(instance)
    seed = int(rng.integers(2**31))
    answer = model.solve(time_limit=seconds, display=False, num_workers=workers, random_seed=seed)
    if not answer.best.tasks:
        return Outcome(None, "no_solution")
    schedule = decoded(instance, answer.best.tasks, orders)
    bound = max(0.0, math.ceil(answer.lower_bound - 1e-6))
    status = "optimal" if schedule.total_tardiness <= bound else "feasible"
    return Outcome(schedule, status, lower_bound=min(bound, schedule.total_tardiness))
