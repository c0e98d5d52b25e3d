"""How late the last batch of a run can start: the big-M values of the run-level models, with proofs.

All statements are about *one-run schedules* (at most one run of every order on every Site), left-shifted. In them
``g`` is the gap from start to start, ``G`` its largest entry, ``m_i = max_j g_ij``, ``sigma`` the initial setups and
``sigma*`` the largest of them.

**Alone on a Site.** In every one-run schedule the last batch of a run of ``j`` starts no later than

    A_j = sigma* + sum_{i != j} ((Q_i - 1) g_ii + m_i) + (Q_j - 1) g_jj.

Proof. The Site opens by ``sigma*``. Every other order ``i`` has at most one run before it, of ``q <= Q_i`` batches,
which moves what follows by ``(q - 1) g_ii + g_iv <= (Q_i - 1) g_ii + m_i``; the run itself adds at most
``(Q_j - 1) g_jj`` from its first start to its last. QED.

**Balanced Sites.** Where the one-run condition holds (see :mod:`cmo_kit.core.conditions`), some optimal one-run
schedule starts no batch later than

    H = sigma* + max(0, sum_i ((Q_i - r_i) g_ii + r_i m_i) + (L - 1) G - L min_i m_i) / L,    r_i = min(L, Q_i).

Proof. Let first ``g > 0``. Write ``S_a`` for the last start on Site ``a`` and take, among all optimal schedules of
[P], one whose vector of the ``S_a`` (minus infinity for an empty Site), sorted downwards, is lexicographically
least. Merging two runs of an order on a Site, as in the theorem of ``one_run``, delays neither a completion of an
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

import numpy as np

from cmo_kit.base.arrays import Times
from cmo_kit.core.instance import Instance

#: Relative allowance for rounding, far above that of double precision and far below any time that matters.
ALLOWANCE = 1e-9


def alone(instance: Instance) -> Times:
    """``A_j``: the latest last start of each order when a Site does everything; shape (I,), time units."""
    own = np.diag(instance.g)
    inner = (instance.Q - 1) * own
    before = inner + instance.g.max(axis=1)
    latest: Times = instance.sigma.max() + before.sum() - before + inner
    return latest


def balanced(instance: Instance) -> float:
    """``H``: the latest start on balanced Sites, in time units; only where the one-run condition holds."""
    own, out = np.diag(instance.g), instance.g.max(axis=1)
    L = instance.sites
    runs = np.minimum(L, instance.Q)
    gaps = ((instance.Q - runs) * own + runs * out).sum() + (L - 1) * instance.g.max() - L * out.min()
    return float(instance.sigma.max() + max(0.0, gaps) / L)


def latest_starts(instance: Instance, known: float | None = None) -> Times:
    """The latest start ``E_j`` of the last batch of a run, for each order.

    Parameters
    ----------
    instance : Instance
    known : float, optional
        Total tardiness of a one-run schedule, in time units.

    Returns
    -------
    (I,) array, in time units
        Some best one-run schedule keeps all of them at once.
    """
    latest = alone(instance)
    if instance.one_run_failure is None:
        latest = np.minimum(latest, balanced(instance))
    if known is not None:
        with np.errstate(divide="ignore"):
            late = np.where(instance.w > 0, known / np.where(instance.w > 0, instance.w, 1.0), np.inf)
        latest = np.minimum(latest, instance.D + late - instance.tails)
    allowance = 0.0 if instance.integral else ALLOWANCE * max(1.0, instance.horizon)
    latest = np.maximum(0.0, latest + allowance)
    return np.floor(latest + ALLOWANCE * max(1.0, instance.horizon)) if instance.integral else latest
