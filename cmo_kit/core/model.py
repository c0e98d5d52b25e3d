"""The model [P] of Section III, equation by equation, through PuLP.

Positions ``t``, Sites ``l`` and orders count from 1 as in the paper; order 0 is the dummy that fills unused positions.
Equation (9) is printed with ``c_{i,t}``: a misprint for ``c_{l,t}``; (6) is printed without quantifiers: every ``l``
and ``t >= 2`` is the only sensible reading. ``C_i`` of Table 1 appears in no equation and is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import groupby
from typing import Any

from cmo_kit.base.cbc import NO_PULP
from cmo_kit.base.errors import InputError, need
from cmo_kit.base.values import check_number
from cmo_kit.core.instance import Instance

#: May be left out, to see what they forbid, as may (13); (1) is the objective, (11)-(15) are domains.
CONSTRAINTS = (2, 3, 4, 5, 6, 7, 8, 9, 10)


def runs_of(sequence: Sequence[int]) -> list[tuple[int, int]]:
    """Consecutive equal order indices as (order index, batches)."""
    return [(i, len(list(batches))) for i, batches in groupby(sequence)]


def check_big_v(instance: Instance, big_v: float) -> float:
    """``big_v`` as a number that is valid for the instance; raises :class:`InputError`."""
    smallest = max(0.0, instance.horizon - float(instance.D.min()), 1.0)
    if check_number(big_v, "big_v") < smallest:
        raise InputError(f"big_v is {big_v!r}; it must be at least {smallest:g} to be valid for this instance")
    return big_v


class ModelP:
    """[P] as a PuLP problem, with the paper's variables under their names.

    Parameters
    ----------
    instance : Instance
    without : collection of int, optional
        Equations to leave out, among (2) to (10) and (13), without which being early earns something.
    big_v : float, optional
        The paper's ``V``. By default equation (9) of order ``i`` takes the smallest valid value, the latest possible
        completion less ``D_i``, and (10) takes 1. An idle 10^7, with a solver's tolerance, forgives days of tardiness.
    tick : callable, optional
        Called once for every constraint; what it raises ends the building.

    Attributes
    ----------
    problem : pulp.LpProblem
    orders, sites, positions : range
        1..I, 1..L and 1..T.
    z, gamma, s, c, tau : dict
        Variables by index: ``z[i, l, t]``, ``gamma[i, j, l, t]``, ``s[l, t]``, ``c[l, t]``, ``tau[i]``.

    Raises
    ------
    InputError
        For an equation that cannot be left out, a ``big_v`` too small to be valid, or without PuLP.

    Examples
    --------
    >>> model = ModelP(load_instance("tiny-one-site"))
    >>> len(model.z), len(model.gamma), len(model.tau)  # (I+1) L T, I I L (T-1) and I variables
    (20, 36, 3)
    """

    def __init__(self, instance: Instance, without: Collection[int] = (), big_v: float | None = None,
                 tick: Callable[[], None] | None = None) -> None:  # fmt: skip
        for number in without:
            if number not in (*CONSTRAINTS, 13):
                allowed = ", ".join(map(str, CONSTRAINTS))
                raise InputError(f"without names equation ({number}); it may name {allowed} or 13")
        if big_v is not None:
            check_big_v(instance, big_v)
        pulp = need("pulp", NO_PULP)
        self.instance, self.big_v, self.tick = instance, big_v, tick
        self.orders, self.sites = range(1, len(instance.orders) + 1), range(1, instance.sites + 1)
        self.positions = range(1, instance.total_batches + 1)
        self.problem = pulp.LpProblem("P", pulp.LpMinimize)
        self._declare(pulp, early_counts=13 in without)
        self._add(pulp.lpSum(float(w) * self.tau[i] for i, w in zip(self.orders, instance.w, strict=True)), "(1)")
        for number in CONSTRAINTS:
            if number not in without:
                getattr(self, f"equation_{number}")(pulp.lpSum)

    def _declare(self, pulp: Any, early_counts: bool) -> None:
        """Variables and their domains (11)-(15)."""
        add, sites, positions = self.problem.add_variable, self.sites, self.positions

        def binary(name: str) -> Any:
            return add(name, 0, 1, pulp.LpInteger)

        self.s = {(l, t): add(f"s_{l}_{t}", 0) for l in sites for t in positions}  # (11)
        self.c = {(l, t): add(f"c_{l}_{t}", 0) for l in sites for t in positions}  # (12)
        self.tau = {i: add(f"tau_{i}", None if early_counts else 0) for i in self.orders}  # (13)
        places = [(i, l, t) for i in (0, *self.orders) for l in sites for t in positions]
        self.z = {(i, l, t): binary(f"z_{i}_{l}_{t}") for i, l, t in places}  # (14)
        pairs = [(i, j, l, t) for i in self.orders for j, l, t in places if j > 0 and t < positions[-1]]
        self.gamma = {(i, j, l, t): binary(f"gamma_{i}_{j}_{l}_{t}") for i, j, l, t in pairs}  # (15)

    def _add(self, relation: Any, name: str) -> None:
        if self.tick is not None:
            self.tick()
        self.problem += relation, name

    def equation_2(self, total: Any) -> None:
        """Every position of every Site holds one batch, or the dummy."""
        for l in self.sites:
            for t in self.positions:
                self._add(total(self.z[i, l, t] for i in (0, *self.orders)) == 1, f"(2)_{l}_{t}")

    def equation_3(self, total: Any) -> None:
        """Every order gets its ``Q_i`` batches."""
        for i, Q in zip(self.orders, self.instance.Q, strict=True):
            self._add(total(self.z[i, l, t] for l in self.sites for t in self.positions) == int(Q), f"(3)_{i}")

    def equation_4(self, total: Any) -> None:
        """``gamma`` is 1 only where ``i`` stands in position t and ``j`` in t+1."""
        for (i, j, l, t), gamma in self.gamma.items():
            self._add(gamma <= 0.5 * self.z[i, l, t] + 0.5 * self.z[j, l, t + 1], f"(4)_{i}_{j}_{l}_{t}")

    def equation_5(self, total: Any) -> None:
        """``gamma`` is 1 wherever ``i`` stands in position t and ``j`` in t+1."""
        for (i, j, l, t), gamma in self.gamma.items():
            self._add(gamma >= self.z[i, l, t] + self.z[j, l, t + 1] - 1, f"(5)_{i}_{j}_{l}_{t}")

    def equation_6(self, total: Any) -> None:
        """From start to start at least the first operation and the setup."""
        p, b = self.instance.p[:, 0].tolist(), self.instance.b.tolist()
        for l in self.sites:
            for t in self.positions[1:]:
                first = total(p[i - 1] * self.z[i, l, t - 1] for i in self.orders)
                setup = total(b[i - 1][j - 1] * self.gamma[i, j, l, t - 1] for i in self.orders for j in self.orders)
                self._add(self.s[l, t] - self.s[l, t - 1] >= first + setup, f"(6)_{l}_{t}")

    def equation_7(self, total: Any) -> None:
        """A Site opens at time 0; with initial setups, at that of the order which opens it."""
        sigma = self.instance.sigma.tolist() if self.instance.initial_setup_times is not None else []
        for l in self.sites:
            opening = total(time * self.z[i, l, 1] for i, time in zip(self.orders, sigma, strict=False))
            self._add(self.s[l, 1] == opening, f"(7)_{l}")

    def equation_8(self, total: Any) -> None:
        """A batch is complete when all its operations are."""
        tails = self.instance.tails.tolist()
        for l in self.sites:
            for t in self.positions:
                tail = total(tails[i - 1] * self.z[i, l, t] for i in self.orders)
                self._add(self.s[l, t] + tail == self.c[l, t], f"(8)_{l}_{t}")

    def equation_9(self, total: Any) -> None:
        """An order is at least as late as each of its batches."""
        for i, D in zip(self.orders, self.instance.D.tolist(), strict=True):
            V = max(0.0, self.instance.horizon - D) if self.big_v is None else self.big_v
            for l in self.sites:
                for t in self.positions:
                    self._add(self.c[l, t] - V * (1 - self.z[i, l, t]) - D <= self.tau[i], f"(9)_{i}_{l}_{t}")

    def equation_10(self, total: Any) -> None:
        """Dummies only at the end of a Site."""
        V = 1.0 if self.big_v is None else self.big_v
        for l in self.sites:
            for t in self.positions[:-1]:
                after = total(self.z[i, l, t + 1] for i in self.orders)
                self._add(V * (1 - self.z[0, l, t]) >= after, f"(10)_{l}_{t}")

    def sequences(self) -> list[list[int]]:
        """After solving: per Site the order indices (from 0) of its batches, dummies left out."""
        return [
            [i - 1 for t in self.positions for i in self.orders if (self.z[i, l, t].value() or 0) > 0.5]
            for l in self.sites
        ]
