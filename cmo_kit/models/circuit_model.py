"""The run-level decisions for a constraint solver: one circuit on every Site, integers only.

A circuit visits the depot and the orders that have a run on the Site; an order without one stands in a loop of its
own. What the MILP must say with big-M, a constraint solver takes as "if this arc is in the circuit, then".
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Any

from cmo_kit.base.errors import InputError, need
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.models.deadlines import latest_starts

CPSAT = "ortools.sat.python.cp_model"
NO_CPSAT = "method cpsat needs the extra 'cpsat', which is not installed: pip install 'cmo-kit[cpsat]'"


def check_integral(instance: Instance) -> None:
    """Refuse an instance with fractions: raises :class:`InputError`."""
    if not instance.integral:
        raise InputError(
            f"instance {instance.name!r} has times or weights that are no integers; method cpsat needs integers"
        )


class CircuitModel:
    """The model for CP-SAT; orders and Sites count from 0, and node 0 of a circuit is the depot.

    Parameters
    ----------
    instance : Instance
        All its times and weights are integers.
    hint : Schedule, optional
        A one-run schedule: the solver begins with it, and nothing worse is looked for.

    Attributes
    ----------
    model : cp_model.CpModel
    x, q, S, F, y, tau : dict
        As in :class:`~cmo_kit.models.run_model.RunModel`, with ``F[i, l]`` the start of the last batch and
        ``y[i, j, l]`` an arc between orders, or -1 for the depot.

    Raises
    ------
    InputError
        Where a time or a weight is no integer.
    """

    def __init__(self, instance: Instance, hint: Schedule | None = None) -> None:
        check_integral(instance)
        cp_model = need(CPSAT, NO_CPSAT)
        self.instance = instance
        self.model = cp_model.CpModel()
        known = None if hint is None else hint.total_tardiness
        self.E = [int(time) for time in latest_starts(instance, known)]
        self.g = [[int(gap) for gap in row] for row in instance.g]
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
                earliest = self.F[i, l] + self.g[i][j] if i >= 0 else int(self.instance.sigma[j])
                self.model.add(self.S[j, l] >= earliest).only_enforce_if(y)

    def _objective(self, known: float | None) -> None:
        """The weighted tardiness; an order is at least as late as each of its runs."""
        self.tau: dict[int, Any] = {}
        total: Any = 0
        for i in self.orders:
            tail, D, w = int(self.instance.tails[i]), int(self.instance.D[i]), int(self.instance.w[i])
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
