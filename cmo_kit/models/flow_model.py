"""The run-level model with time as a second flow: every arc hands on the time at which its run ended.

A big-M row is idle as soon as ``y`` is a fraction, so the relaxation starts everything at 0 and a solver learns of
lateness only deep in its tree. Here a fraction of an arc hands on a fraction of the time, and no big-M is left in
the rows that say when a run starts. This is the single-commodity flow that Gavish & Graves (1978) introduced for
the travelling salesman.
"""

from __future__ import annotations

from typing import Any

from cmo_kit.models.run_model import RunModel


class FlowModel(RunModel):
    """The run-level model as a PuLP problem, time by flow; parameters and attributes as in :class:`RunModel`.

    Attributes
    ----------
    h : dict
        ``h[i, j, l]``, the start of the last batch of ``i`` if the run of ``j`` (or the depot, 0) is next on Site
        ``l``, else 0; in time units.
    """

    families = (
        "batches",
        "presence",
        "flow",
        "handing",
        "arrival",
        "departure",
        "rank",
        "lateness",
        "sorted_sites",
    )

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
            for j, sigma in zip(self.orders, self.instance.sigma.tolist(), strict=True):
                waited = total(
                    self.h[i, j, l] + self.g[i, j] * self.y[i, j, l] for i in self.orders if i != j
                )  # 0 without a run
                self._add(self.S[j, l] == waited + sigma * self.y[0, j, l], f"arrival_{j}_{l}")
