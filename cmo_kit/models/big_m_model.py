"""The run-level model with time by big-M: a row for each two orders on each Site, idle unless they are neighbours."""

from __future__ import annotations

from typing import Any

from cmo_kit.models.run_model import RunModel


class BigMModel(RunModel):
    """The run-level model as a PuLP problem, time by big-M; parameters and attributes as in :class:`RunModel`."""

    families = (
        "batches",
        "presence",
        "flow",
        "opening",
        "succession",
        "rank",
        "deadline",
        "lateness",
        "sorted_sites",
    )

    def opening(self, total: Any) -> None:
        """A run that opens a Site waits for its initial setup: ``S_jl >= sigma_j y_0jl``."""
        for j, sigma in zip(self.orders, self.instance.sigma.tolist(), strict=True):
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
