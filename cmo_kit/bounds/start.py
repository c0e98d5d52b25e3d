"""Where the ascent begins: hires read off a rough sequence on one fast machine.

All Sites together are taken as one machine ``L`` times as fast, on which an order takes its batches' own
gaps and one setup, divided by ``L``. Orders are sequenced greedily: among those not yet placed, the one
that would be tardy and has most weight per time, else the one with the least slack. If ``F_i`` is when
order ``i`` ends there, one more day of work before time ``t`` would cost ``sum of W_i`` over the tardy orders
with ``F_i > t``; the ``L`` Sites share that as hire for day ``t``.
"""

import numpy as np

from cmo_kit.bounds.ascent import Multipliers
from cmo_kit.bounds.prices import Relaxation


def first_multipliers(relaxation: Relaxation) -> Multipliers:
    """Multipliers to begin the ascent with."""
    pricing = relaxation.pricing
    setup = np.minimum(pricing.reach.min(axis=1), pricing.steps) - pricing.offset
    length = np.maximum(1e-9, ((pricing.batches - 1) * pricing.own_gap + np.maximum(setup, 0)) / pricing.sites)
    left = np.ones(len(length), dtype=bool)
    hire = np.zeros(pricing.steps)
    now = 0.0
    for _ in range(len(length)):
        slack = np.maximum(0.0, pricing.due - now - length)
        urgency = (pricing.weight + 1e-9) / length * np.exp(-slack / (2 * length.mean() + 1e-9))
        i = int(np.argmax(np.where(left, urgency, -1.0)))
        left[i] = False
        now += length[i]
        if now > pricing.due[i]:
            hire[: min(int(now) + 1, pricing.steps)] += pricing.weight[i] / pricing.sites
    return Multipliers(hire, np.zeros((relaxation.classes.number, pricing.steps)))
