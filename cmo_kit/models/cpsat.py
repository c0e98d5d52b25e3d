"""CP-SAT on the run-level decisions, in whole ticks: one circuit on every Site. It needs the extra ``cpsat``.

A circuit visits the depot and the orders that have a run on the Site; an order without one stands in a loop of its
own. What the MILP must say with big-M, a constraint solver takes as "if this arc is in the circuit, then".
"""

import math
from functools import cached_property
from itertools import pairwise
from threading import Thread
from typing import Any

import numpy as np

from cmo_kit.base.cbc import SolverAnswer
from cmo_kit.base.errors import InputError, need
from cmo_kit.base.limits import Limits, Progress, no_evaluations
from cmo_kit.base.values import check_choice, check_integer
from cmo_kit.core.instance import Instance
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule, from_indices
from cmo_kit.models.common import HINTS, POLL_SECONDS, hinted, reported, wait_for
from cmo_kit.models.deadlines import latest_starts
from cmo_kit.models.run_model import within_reach

CPSAT = "ortools.sat.python.cp_model"
NO_CPSAT = "method cpsat needs the extra 'cpsat', which is not installed: pip install 'cmo-kit[cpsat]'"
#: Objectives up to this are whole numbers to CP-SAT, which tells them as doubles; all sums are far from its 2^63 then.
MOST = 2**53


def largest_objective(instance: Instance, known: float | None = None) -> int:
    """No objective that the model of an instance in whole numbers allows is larger."""
    late = latest_starts(instance, known) + instance.tails - instance.D
    return sum(int(w) * max(0, int(time)) for w, time in zip(instance.w.tolist(), late.tolist(), strict=True))


class CircuitModel:
    """The model for CP-SAT, as ``model``; orders and Sites count from 0, and node 0 of a circuit is the depot.

    All times and weights are integers, as in :attr:`~cmo_kit.core.instance.Instance.whole` of any instance; raises
    :class:`InputError` where one is not, or the objective may be too large. ``hint`` is a one-run schedule: the solver
    begins with it, and nothing worse is looked for. The variables are those of
    :class:`~cmo_kit.models.run_model.RunModel`, with ``F[i, l]`` the start of the last batch and ``y[i, j, l]`` an arc
    between orders, or -1 for the depot.
    """

    def __init__(self, instance: Instance, hint: Schedule | None = None) -> None:
        known = None if hint is None else hint.total_tardiness
        if not instance.integral or largest_objective(instance, known) > MOST:
            raise InputError(f"instance {instance.name!r} has fractions or too large numbers; CP-SAT takes integers")
        cp_model = need(CPSAT, NO_CPSAT)
        self.instance = instance
        self.model = cp_model.CpModel()
        reach = within_reach(instance, known)
        self.E, self.sigma, self.D = ([int(time) for time in times] for times in (reach.E, reach.sigma, reach.D))
        self.g = [[int(gap) for gap in row] for row in reach.g]
        self._declare()
        for l in self.sites:
            self._circuit(l)
        self._times()
        self._objective(known)
        if hint is not None:
            self._hint(hint)

    @cached_property
    def orders(self) -> range:
        """0..I-1."""
        return range(len(self.instance.orders))

    @cached_property
    def sites(self) -> range:
        """0..L-1."""
        return range(self.instance.sites)

    def _declare(self) -> None:
        """Variables with their domains; every order gets its batches, on sorted Sites."""
        new, Q = self.model, self.instance.Q.tolist()
        pairs = [(i, l) for i in self.orders for l in self.sites]
        self.x = {(i, l): new.new_bool_var(f"x_{i}_{l}") for i, l in pairs}
        self.q = {(i, l): new.new_int_var(0, Q[i], f"q_{i}_{l}") for i, l in pairs}
        self.S = {(i, l): new.new_int_var(0, self.E[i], f"S_{i}_{l}") for i, l in pairs}
        self.F = {(i, l): new.new_int_var(0, self.E[i], f"F_{i}_{l}") for i, l in pairs}
        self.y: dict[tuple[int, int, int], Any] = {}
        for i, l in pairs:
            new.add(self.q[i, l] >= 1).only_enforce_if(self.x[i, l])
            for idle in (self.q[i, l], self.S[i, l], self.F[i, l]):
                new.add(idle == 0).only_enforce_if(~self.x[i, l])
            new.add(self.F[i, l] == self.S[i, l] + self.g[i][i] * (self.q[i, l] - 1)).only_enforce_if(self.x[i, l])
            if l > 0:
                new.add_bool_or([self.x[k, l - 1] for k in range(i + 1)]).only_enforce_if(self.x[i, l])
        for i in self.orders:
            new.add(sum(self.q[i, l] for l in self.sites) == Q[i])

    def _circuit(self, l: int) -> None:
        """Depot, runs in sequence, depot; an order without a run and an unused depot loop onto themselves."""
        empty = self.model.new_bool_var(f"empty_{l}")
        arcs = [(0, 0, empty)]
        for i in self.orders:
            self.model.add_implication(empty, ~self.x[i, l])
            arcs.append((i + 1, i + 1, ~self.x[i, l]))
            for j in (-1, *self.orders):
                if i != j:
                    self.y[i, j, l] = self.model.new_bool_var(f"y_{i}_{j}_{l}")
                    arcs.append((i + 1, j + 1, self.y[i, j, l]))
            self.y[-1, i, l] = self.model.new_bool_var(f"y_-1_{i}_{l}")
            arcs.append((0, i + 1, self.y[-1, i, l]))
        self.model.add_circuit(arcs)

    def _times(self) -> None:
        """A run starts a gap behind the last start of the run before it, or after its initial setup."""
        for (i, j, l), y in self.y.items():
            if j >= 0:
                earliest = self.F[i, l] + self.g[i][j] if i >= 0 else self.sigma[j]
                self.model.add(self.S[j, l] >= earliest).only_enforce_if(y)

    def _objective(self, known: float | None) -> None:
        """The weighted tardiness; an order is at least as late as each of its runs."""
        self.tau: dict[int, Any] = {}
        total: Any = 0
        for i in self.orders:
            tail, D, w = int(self.instance.tails[i]), self.D[i], int(self.instance.w[i])
            self.tau[i] = self.model.new_int_var(0, max(0, self.E[i] + tail - D), f"tau_{i}")
            for l in self.sites:
                self.model.add(self.tau[i] >= self.F[i, l] + tail - D).only_enforce_if(self.x[i, l])
            total += w * self.tau[i]
        if known is not None:
            self.model.add(total <= int(known))
        self.model.minimize(total)

    def _hint(self, hint: Schedule) -> None:
        """Every variable's value in ``hint``, its Sites in the model's order."""
        index = self.instance.order_index
        used = [
            [(index[run.order], run.batches, int(start)) for run, start in zip(site, starts, strict=True)]
            for site, starts in zip(hint.sites, hint.run_starts, strict=True)
        ]
        used.sort(key=lambda runs: min((i for i, *_ in runs), default=len(self.orders)))
        for l, runs in enumerate(used):
            here = {i: (batches, start) for i, batches, start in runs}
            path = [-1, *(i for i, *_ in runs), -1]
            arcs = set(pairwise(path))
            for i in self.orders:
                batches, start = here.get(i, (0, 0))
                self.model.add_hint(self.x[i, l], i in here)
                self.model.add_hint(self.q[i, l], batches)
                self.model.add_hint(self.S[i, l], start)
                self.model.add_hint(self.F[i, l], start + max(0, batches - 1) * self.g[i][i])
            for (i, j, at), y in self.y.items():
                if at == l:
                    self.model.add_hint(y, (i, j) in arcs)
        for i in self.orders:
            self.model.add_hint(self.tau[i], int(hint.tardiness[i]))

    def runs(self, solver: Any) -> list[list[tuple[int, int]]]:
        """After solving: per Site the runs in their sequence, as (order index, batches)."""
        found = []
        for l in self.sites:
            behind = {i: j for (i, j, at), y in self.y.items() if at == l and solver.boolean_value(y)}
            sequence, at = [], behind.get(-1, -1)
            while at >= 0:
                sequence.append((at, int(solver.value(self.q[at, l]))))
                at = behind[at]
            found.append(sequence)
        return found


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
        one-run condition holds or nothing is late. Where numbers are too large for CP-SAT the hint is returned, and
        ``details`` says so.

    Raises
    ------
    InputError
        For a parameter that breaks its rule.
    MissingPartError
        Without the extra.

    Examples
    --------
    >>> from importlib.util import find_spec
    >>> if find_spec("ortools"):  # the extra
    ...     outcome = cpsat(load_instance("tiny-one-site"), np.random.default_rng(1))
    ...     assert outcome.status == "optimal"
    """
    no_evaluations(evaluations, "cpsat")
    limits = Limits(seconds)
    check_choice(hint, "hint", HINTS)
    check_integer(workers, "workers", 1)
    cp_model = need(CPSAT, NO_CPSAT)
    start, whole = None, instance.whole
    try:
        start = hinted(instance, hint, limits.seconds)
        if start is not None and start.total_tardiness == 0:
            return Outcome(start, "optimal", one_run_lower_bound=0.0)
        posed = None if start is None else Schedule(whole, start.sites)
        if not whole.integral or largest_objective(whole, None if posed is None else posed.total_tardiness) > MOST:
            status = "no_solution" if start is None else "feasible"
            return Outcome(start, status, details={"solver_status": "not run: numbers are too large"})
        built = CircuitModel(whole, posed)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = int(rng.integers(2**31))
        solver.parameters.catch_sigint_signal = False
        if limits.seconds is not None:
            solver.parameters.max_time_in_seconds = max(0.0, limits.seconds - limits.elapsed)
    except KeyboardInterrupt:
        return Outcome(start, "stopped")
    answer = _solve(cp_model, solver, built.model, limits, progress)
    found = from_indices(instance, built.runs(solver), "cpsat") if answer.objective is not None else None
    # Whole numbers as doubles: what is left of rounding is less than a half.
    return reported(instance, answer, 0.5, found, start, {"workers": workers})


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

    def done() -> bool:
        thread.join(POLL_SECONDS)
        return not thread.is_alive()

    stopped = wait_for(done, solver.stop_search, lambda: best[0], progress, limits)
    names = {cp_model.OPTIMAL: "optimal", cp_model.FEASIBLE: "feasible", cp_model.INFEASIBLE: "infeasible"}
    status = names.get(said[0] if said else None, "no_solution")
    bound = solver.best_objective_bound if said and status != "infeasible" else 0.0
    objective = solver.objective_value if status in ("optimal", "feasible") else None
    return SolverAnswer(status, objective, max(0.0, bound if math.isfinite(bound) else 0.0), stopped, "")
