"""How late the last batch of a run can start: the big-M values of the run-level models, with proofs.

All statements are about *one-run schedules* (at most one run of every order on every Site), left-shifted. In them
``g`` is the gap from start to start, ``G`` its largest entry, ``m_i = max_j g_ij``, ``sigma`` the initial setups and
``sigma*`` the largest of them.

**Alone on a Site.** In every one-run schedule the last batch of a run of ``j`` starts no later than

    A_j = sigma* + sum_{i != j} ((Q_i - 1) g_ii + m_i) + (Q_j - 1) g_jj.

Proof. The Site opens by ``sigma*``. Every other order ``i`` has at most one run before it, of ``q <= Q_i`` batches,
which moves what follows by ``(q - 1) g_ii + g_iv <= (Q_i - 1) g_ii + m_i``; the run itself adds at most
``(Q_j - 1) g_jj`` from its first start to its last. QED.

**Balanced Sites.** Where the one-run condition holds (see :mod:`cmo_kit.formats.conditions`), some optimal one-run
schedule starts no batch later than

    H = sigma* + max(0, sum_i ((Q_i - r_i) g_ii + r_i m_i) + (L - 1) G - L min_i m_i) / L,    r_i = min(L, Q_i).

Proof. Let first ``g > 0``. Write ``S_a`` for the last start on Site ``a`` and take, among all optimal schedules of
[P], one whose vector of the ``S_a`` (minus infinity for an empty Site), sorted downwards, is lexicographically
least. Merging two runs of an order on a Site, as in the proof there, delays neither a completion of an
order nor the last start of the Site, so we may take a one-run schedule. In it ``S_a <= S_b + G`` for all Sites
``a`` and ``b``, and ``S_a <= sigma*`` if some Site is empty: otherwise take the last batch of ``a`` and put it behind
the last batch of ``b``, or onto the empty Site. It starts earlier than before, nothing else moves, so that the schedule
stays optimal for [P]; but the last start of ``a`` fell (``g > 0``) and that of ``b`` stays below the old ``S_a``: the
vector became less, a contradiction. (The new schedule need not have one run per order and Site; it need only be one of
[P]'s.) If a Site is empty we are done. If none is, ``S_b`` is at most ``sigma*`` plus the gaps behind all batches on
``b`` but its last. Over all Sites, an order with ``r`` runs has gaps of at most ``(Q_i - r) g_ii + r m_i``,
which grows with ``r <= r_i``, and on each Site the gap ``m_i`` behind its last run is not taken: the ``S_b`` add up
to at most ``L sigma* + sum_i ((Q_i - r_i) g_ii + r_i m_i) - L min_i m_i``. Adding ``S_a - S_b <= G`` over ``b != a``
gives ``L S_a <= sum_b S_b + (L - 1) G``, which is the claim. If some ``g_ij = 0``, add ``e > 0`` to all ``b_ij``: the
condition still holds. One of the finitely many lists of runs is optimal and within H for a sequence of ``e`` that
falls to 0; by continuity it is both for ``e = 0``. QED.

**As good as a known schedule.** Let ``U`` be the total tardiness of any one-run schedule. In every one-run schedule
that is at least as good, ``w_j tau_j <= U``, so with ``w_j > 0`` every batch of ``j`` starts by
``D_j + U / w_j - sum_o p_jo``. This holds for *all* of them, so also for the balanced one. QED.
"""

import math
from fractions import Fraction

import numpy as np

from cmo_kit.base.arrays import Times
from cmo_kit.core.instance import Instance


def alone(instance: Instance) -> list[int]:
    """``A_j`` of each order, the latest last start when a Site does everything; in ticks."""
    Q, own, out, opening = _whole(instance)
    everything = opening + sum((q - 1) * inner + behind for q, inner, behind in zip(Q, own, out, strict=True))
    return [everything - behind for behind in out]


def balanced(instance: Instance) -> int:
    """``H``, the latest start on balanced Sites, in ticks; only where the one-run condition holds."""
    Q, own, out, opening = _whole(instance)
    L = instance.sites
    gaps = (L - 1) * max(out) - L * min(out)
    for q, inner, behind in zip(Q, own, out, strict=True):
        runs = min(L, q)
        gaps += (q - runs) * inner + runs * behind
    return opening + max(0, gaps) // L


def _whole(instance: Instance) -> tuple[list[int], list[int], list[int], int]:
    """``Q``, ``g_ii``, ``m`` and ``sigma*`` as Python's integers, which no sum rounds."""
    g = instance.whole.g.astype(np.int64)
    return instance.Q.tolist(), g.diagonal().tolist(), g.max(axis=1).tolist(), int(instance.whole.sigma.max())


def latest_starts(instance: Instance, known: float | None = None) -> Times:
    """The latest start ``E_j`` of the last batch of a run, for each order; shape (I,), in time units.

    ``known`` is the total tardiness of a one-run schedule. Some best one-run schedule keeps all ``E_j`` at once. They
    are counted in whole ticks, so that no rounding makes one shorter than it is.
    """
    latest = alone(instance)
    if instance.one_run_failure is None:
        H = balanced(instance)
        latest = [min(A, H) for A in latest]
    if known is not None:
        U, whole = math.ceil(known * instance.per_unit), instance.whole
        latest = [
            min(E, int(D) + int(U / Fraction(w)) - int(tail)) if w > 0 else E
            for E, D, w, tail in zip(latest, whole.D.tolist(), whole.w.tolist(), whole.tails.tolist(), strict=True)
        ]
    return np.array([max(0, E) for E in latest], dtype=np.float64) / instance.time_ticks.per_unit
