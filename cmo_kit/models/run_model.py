"""The run-level model: which orders a Site works on, in which sequence, with how many batches each.

[P] asks for every position of every Site which batch stands there; its size grows with the square of the orders times
all batches. Here a run is one decision whatever its length. Sites ``l`` count from 1 and orders ``i`` from 1 as in
the paper; order 0 is the depot, where the sequence of a Site begins and ends. The model holds for schedules with at
most one run of every order on every Site, which is all that is needed where the one-run condition holds.

How time passes from run to run can be said in two ways. :class:`BigMModel` has a row for each two orders on each
Site, idle unless they are neighbours: as soon as ``y`` is a fraction, so the relaxation starts everything at 0 and a
solver learns of lateness only deep in its tree. In :class:`FlowModel` every arc hands on the time at which its run
ended: a fraction of an arc hands on a fraction of the time, and no big-M is left in the rows that say when a run
starts. This is the single-commodity flow that Gavish & Graves (1978) introduced for the travelling salesman.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from cmo_kit.base.arrays import Times
from cmo_kit.base.cbc import NO_PULP, possible_error
from cmo_kit.base.errors import InputError, need
from cmo_kit.core.instance import Instance
from cmo_kit.models.deadlines import latest_starts

#: Time units that no solver takes for a large number.
SHORT = 1000.0


class Reach(NamedTuple):
    """Deadlines, and the numbers of an instance no longer than they need to be; in time units."""

    E: Times
    g: Times
    sigma: Times
    D: Times


def within_reach(instance: Instance, known: float | None) -> Reach:
    """Deadlines ``E``, and gaps, initial setups and due dates of which none is long without need.

    A run of ``j`` behind another order's starts at ``g_ij`` or later, one that opens a Site at ``sigma_j``, and one of
    two batches ends at ``g_jj`` or later. What is longer than ``E_j`` forbids that, and so does a time unit more than
    ``E_j``: a change of a million days, as people write who mean "never", need be no large number for a solver. Nor
    does a due date behind the horizon. What is not longer than :data:`SHORT` stays as it is.
    """
    E = latest_starts(instance, known)
    most = np.maximum(E + 1, SHORT)
    due = np.minimum(instance.D, max(instance.horizon, SHORT))
    return Reach(E, np.minimum(instance.g, most), np.minimum(instance.sigma, most), due)


def model_error(instance: Instance, known: float | None) -> float:
    """How much too high a bound may be: :func:`~cmo_kit.base.cbc.possible_error`, infinite for fractions.

    Three kinds of rows lead from run to run by flow: that of arrival, that of departure, and for each run that might be
    next the one that says what is handed on; by big-M there are fewer. At most ``I`` runs stand on a Site.
    """
    E, g, sigma, D = within_reach(instance, known)
    I, L, most, own = len(instance.orders), instance.sites, float(E.max()), float(g.diagonal().max())
    arrival = 1 + float((g.sum(axis=0) + sigma).max())
    lateness = np.abs(instance.tails - D).max()
    path = I * (arrival + 1 + 2 * own + (I + 1) * (1 + most)) + 1 + 2 * own + float(lateness)
    late = float(np.maximum(0.0, E + instance.tails - D).sum())
    ranges = most * (I + 1) ** 2 * L + late + (I + 2) ** 2 * L + float(instance.Q.sum()) * L
    largest = max(most, float(g.max()), float(sigma.max()), float(lateness))
    return possible_error(path, float(instance.w.sum()), ranges, largest) if instance.integral else math.inf


class RunModel:
    """The run-level model as a PuLP ``problem``, but for how time passes: what both ways have in common.

    ``known`` is the total tardiness of a one-run schedule: nothing worse needs to be looked for, which shortens the
    deadlines of :mod:`~cmo_kit.models.deadlines`. The families ``without``, among :attr:`families`, are left out.
    ``tick`` is called once for every constraint, and what it raises ends the building. Raises :class:`InputError` for
    an unknown family, and :class:`MissingPartError` without PuLP.

    Its variables are dictionaries: ``x[i, l]`` is 1 if order ``i`` has a run on Site ``l``, ``q[i, l]`` its batches,
    ``S[i, l]`` the start of its first batch (0 without a run), ``y[i, j, l]`` 1 if the run of ``j`` is next behind that
    of ``i``, ``tau[i]`` the tardiness, ``n[i, l]`` the rank of a run (only where gaps of 0 make it needed).
    """

    #: The families of constraints, each a method; any may be left out, to see what it forbids.
    families: tuple[str, ...] = ("batches", "presence", "flow", "rank", "lateness", "sorted_sites")

    def __init__(self, instance: Instance, known: float | None = None, without: Collection[str] = (),
                 tick: Callable[[], None] | None = None) -> None:  # fmt: skip
        for name in without:
            if name not in self.families:
                raise InputError(f"without names {name!r}; it may name {', '.join(self.families)}")
        pulp = need("pulp", NO_PULP)
        self.instance, self.tick = instance, tick
        reach = within_reach(instance, known)
        self.E, self.sigma, self.D = (
            dict(zip(self.orders, times.tolist(), strict=True)) for times in (reach.E, reach.sigma, reach.D)
        )
        self.g = {(i, j): float(reach.g[i - 1, j - 1]) for i in self.orders for j in self.orders}
        self.problem = pulp.LpProblem("runs", pulp.LpMinimize)
        self._declare(pulp)
        self._add(pulp.lpSum(float(w) * self.tau[i] for i, w in zip(self.orders, instance.w, strict=True)), "total")
        for name in self.families:
            if name not in without:
                getattr(self, name)(pulp.lpSum)

    @cached_property
    def orders(self) -> range:
        """1..I."""
        return range(1, len(self.instance.orders) + 1)

    @cached_property
    def sites(self) -> range:
        """1..L."""
        return range(1, self.instance.sites + 1)

    @cached_property
    def instant(self) -> list[tuple[int, int]]:
        """Pairs ``i, j`` with ``g_ij = 0``: a run of ``j`` may start when the last batch of ``i`` does."""
        return [(i, j) for i in self.orders for j in self.orders if i != j and self.g[i, j] == 0]

    def _declare(self, pulp: Any) -> None:
        """Variables and their domains."""
        add, orders, sites = self.problem.add_variable, self.orders, self.sites
        Q = dict(zip(orders, self.instance.Q.tolist(), strict=True))
        self.x = {(i, l): add(f"x_{i}_{l}", 0, 1, pulp.LpInteger) for i in orders for l in sites}
        self.q = {(i, l): add(f"q_{i}_{l}", 0, Q[i], pulp.LpInteger) for i in orders for l in sites}
        self.S = {(i, l): add(f"S_{i}_{l}", 0, self.E[i]) for i in orders for l in sites}
        self.y = {
            (i, j, l): add(f"y_{i}_{j}_{l}", 0, 1, pulp.LpInteger)
            for i in (0, *orders) for j in (0, *orders) for l in sites if i != j
        }  # fmt: skip
        self.tau = {i: add(f"tau_{i}", 0) for i in orders}
        last = len(orders) - 1
        self.n = {(i, l): add(f"n_{i}_{l}", 0, last) for i in orders for l in sites} if self.instant else {}

    def _add(self, relation: Any, name: str) -> None:
        if self.tick is not None:
            self.tick()
        self.problem += relation, name

    def last(self, i: int, l: int) -> Any:
        """``F_il = S_il + (q_il - x_il) g_ii``, the start of the last batch of a run; 0 without a run."""
        return self.S[i, l] + self.g[i, i] * self.q[i, l] - self.g[i, i] * self.x[i, l]

    def batches(self, total: Any) -> None:
        """Every order gets its ``Q_i`` batches: ``sum_l q_il = Q_i``."""
        for i, Q in zip(self.orders, self.instance.Q.tolist(), strict=True):
            self._add(total(self.q[i, l] for l in self.sites) == Q, f"batches_{i}")

    def presence(self, total: Any) -> None:
        """A run has at least one batch and a Site without the run has none: ``x_il <= q_il <= Q_i x_il``."""
        for i, Q in zip(self.orders, self.instance.Q.tolist(), strict=True):
            for l in self.sites:
                self._add(self.x[i, l] <= self.q[i, l], f"least_{i}_{l}")
                self._add(self.q[i, l] <= Q * self.x[i, l], f"most_{i}_{l}")

    def flow(self, total: Any) -> None:
        """Each run has one run or the depot before it and behind it; a Site's sequence begins at most once.

        ``sum_j y_jil = sum_j y_ijl = x_il`` and ``sum_j y_0jl <= 1``. Unlike (4) and (5) these are equations, so
        that also fractions of ``y`` must add up.
        """
        for l in self.sites:
            for i in self.orders:
                others = [j for j in (0, *self.orders) if j != i]
                self._add(total(self.y[j, i, l] for j in others) == self.x[i, l], f"in_{i}_{l}")
                self._add(total(self.y[i, j, l] for j in others) == self.x[i, l], f"out_{i}_{l}")
            self._add(total(self.y[0, j, l] for j in self.orders) <= 1, f"depot_{l}")

    def rank(self, total: Any) -> None:
        """No circle of runs beside the depot.

        Around a circle the starts grow by all its gaps, so it can stand only where all of them are 0; there the
        ranks, ``n_jl >= n_il + 1 - I (1 - y_ijl)`` with ``n`` in ``0..I-1``, would have to grow without end. A path of
        at most ``I`` runs has ranks ``0..I-1``, and with ``y_ijl = 0`` the row asks for ``n_jl >= n_il + 1 - I``,
        which holds.
        """
        most = len(self.orders)
        for i, j in self.instant:
            for l in self.sites:
                self._add(self.n[j, l] >= self.n[i, l] + 1 - most + most * self.y[i, j, l], f"rank_{i}_{j}_{l}")

    def lateness(self, total: Any) -> None:
        """An order is at least as late as each of its runs: ``tau_i >= F_il + (sum_o p_io - D_i) x_il``.

        No big-M is left: without a run both terms are 0.
        """
        for (i, D), tail in zip(self.D.items(), self.instance.tails.tolist(), strict=True):
            for l in self.sites:
                self._add(self.tau[i] >= self.last(i, l) + (tail - D) * self.x[i, l], f"lateness_{i}_{l}")

    def sorted_sites(self, total: Any) -> None:
        """Sites stand in the order of the least order index on them, empty ones last.

        ``x_il <= sum_{k <= i} x_k,l-1``. Identical Sites can always be renumbered so; of up to ``L!`` equal copies of a
        schedule one remains. (An order may be on both Sites, so ``k = i`` counts.)
        """
        for l in self.sites[1:]:
            for i in self.orders:
                self._add(self.x[i, l] <= total(self.x[k, l - 1] for k in range(1, i + 1)), f"sorted_{i}_{l}")

    def runs(self) -> list[list[tuple[int, int]]]:
        """After solving: per Site the runs in their sequence, as (order index from 0, batches).

        The sequence is that of the arcs from the depot. What the values of the solver do not tie to the depot
        follows by its start, so that no batch is lost.
        """
        found = []
        for l in self.sites:
            amount = {i: round(self.q[i, l].value() or 0) for i in self.orders}
            left = {i for i in self.orders if amount[i] > 0}
            sequence: list[int] = []
            at = 0
            while True:
                behind = [j for j in sorted(left) if j != at and (self.y[at, j, l].value() or 0) > 0.5]
                if not behind:
                    break
                at = behind[0]
                left.remove(at)
                sequence.append(at)
            sequence += sorted(left, key=lambda i: (self.S[i, l].value() or 0, i))
            found.append([(i - 1, amount[i]) for i in sequence])
        return found


class BigMModel(RunModel):
    """Time by a big-M for each pair; parameters and variables as in :class:`RunModel`."""

    families = (
        "batches", "presence", "flow", "opening", "succession", "rank", "deadline", "lateness", "sorted_sites",
    )  # fmt: skip

    def opening(self, total: Any) -> None:
        """A run that opens a Site waits for its initial setup: ``S_jl >= sigma_j y_0jl``."""
        for j, sigma in self.sigma.items():
            for l in self.sites:
                if sigma > 0:
                    self._add(self.S[j, l] >= sigma * self.y[0, j, l], f"opening_{j}_{l}")

    def succession(self, total: Any) -> None:
        """A run starts at least a gap behind the last start of the run before it.

        ``S_jl >= F_il + g_ij y_ijl - E_i (x_il - y_ijl)``: the smallest valid big-M for the pair. Proof. With
        ``y_ijl = 1`` the flow gives ``x_il = 1`` and the row is ``S_jl >= F_il + g_ij``. With ``y_ijl = 0`` and
        ``x_il = 1`` it is ``S_jl >= F_il - E_i``, whose right side the deadline keeps at 0 or below. Without a run of
        ``i`` it is ``S_jl >= F_il = 0``. No smaller number than ``E_i`` will do as long as ``F_il = E_i`` and
        ``S_jl = 0`` can stand together. Multiplying by ``x_il - y_ijl`` instead of ``1 - y_ijl`` cuts off fractions
        and no schedule. QED.
        """
        for (i, j, l), y in self.y.items():
            if i and j:
                slack = self.E[i] * self.x[i, l] - self.E[i] * y
                self._add(self.S[j, l] >= self.last(i, l) + self.g[i, j] * y - slack, f"succession_{i}_{j}_{l}")

    def deadline(self, total: Any) -> None:
        """The last batch of a run starts by ``E_i``, and an absent run at 0: ``F_il <= E_i x_il``.

        Some best schedule keeps all ``E_i`` (:func:`~cmo_kit.models.deadlines.latest_starts`).
        """
        for i in self.orders:
            for l in self.sites:
                self._add(self.last(i, l) <= self.E[i] * self.x[i, l], f"deadline_{i}_{l}")


class FlowModel(RunModel):
    """Time by a second flow; parameters and variables as in :class:`RunModel`.

    Besides, ``h[i, j, l]`` is the start of the last batch of ``i``, in time units, if the run of ``j`` (or the depot,
    0) is next on Site ``l``, else 0.
    """

    families = (
        "batches", "presence", "flow", "handing", "arrival", "departure", "rank", "lateness", "sorted_sites",
    )  # fmt: skip

    def _declare(self, pulp: Any) -> None:
        """Variables and their domains; ``h`` besides those of :class:`RunModel`."""
        super()._declare(pulp)
        add = self.problem.add_variable
        self.h = {(i, j, l): add(f"h_{i}_{j}_{l}", 0, self.E[i]) for i, j, l in self.y if i}

    def handing(self, total: Any) -> None:
        """Only an arc that is taken hands on time: ``h_ijl <= E_i y_ijl``.

        Valid because the last batch of ``i`` starts by ``E_i``; no smaller number will do where it starts just then.
        """
        for (i, j, l), h in self.h.items():
            self._add(h <= self.E[i] * self.y[i, j, l], f"handing_{i}_{j}_{l}")

    def departure(self, total: Any) -> None:
        """What a run hands on is the start of its last batch: ``sum_j h_ijl = F_il``, the depot included.

        With the rows of ``handing`` and ``flow`` these imply the deadlines ``F_il <= E_i x_il`` of the big-M model.
        """
        for l in self.sites:
            for i in self.orders:
                handed = total(self.h[i, j, l] for j in (0, *self.orders) if j != i)
                self._add(handed == self.last(i, l), f"departure_{i}_{l}")

    def arrival(self, total: Any) -> None:
        """A run starts when all it waits for has passed: ``S_jl = sum_i (h_ijl + g_ij y_ijl) + sigma_j y_0jl``.

        One arc leads to ``j``, so one term of the sum is not 0: the time of equation (6), or of (7) where ``j`` opens
        the Site. An equation is valid because nothing is gained by starting a run later.
        """
        for l in self.sites:
            for j, sigma in self.sigma.items():
                waited = total(
                    self.h[i, j, l] + self.g[i, j] * self.y[i, j, l] for i in self.orders if i != j
                )  # 0 without a run
                self._add(self.S[j, l] == waited + sigma * self.y[0, j, l], f"arrival_{j}_{l}")
