"""What a reader should know of an instance: when one run per order and Site is enough, where operations overlap.

The paper says (Section 4.1) that splitting an order into separate runs on the same Site brings
nothing. That holds under a condition on the setup times, which this module tests.

Theorem. Let, for every order ``i`` and all orders ``x, y`` other than ``i`` (``x = y`` included),

    b_ii <= b_iy    and    b_xy + b_ii <= b_xi + b_iy,

and, with initial setup times ``sigma``, also ``sigma_y + b_ii <= sigma_i + b_iy``. Then some
optimal schedule has at most one run of every order on every Site.

Proof. Take a Site whose sequence is X, i^m, Y, i^n, Z, where Y is not empty and holds no batch of
``i``; let ``x`` be the last order of X and ``y`` the first of Y. Move the first m batches behind Y:
X, Y, i^(m+n), Z.
(1) Nothing in Y starts later. Before, Y began ``g_xi + (m-1) g_ii + g_iy`` after the last start of
X, now ``g_xy`` after it. With ``g_uv = p_u1 + b_uv`` the difference is
``m p_i1 + b_xi + (m-1) b_ii + b_iy - b_xy``, which is at least ``m (p_i1 + b_ii) >= 0`` by the
second inequality. If X is empty, Y began at ``sigma_i + (m-1) g_ii + g_iy`` and now begins at
``sigma_y``; the difference is at least ``m (p_i1 + b_ii) >= 0`` by the third inequality (without
initial setup times both sigmas are 0 and ``b_ii <= b_iy`` gives it).
(2) The last batch of ``i``, and so Z, does not start later. Let ``v`` be the last order of Y. Before,
the last batch of ``i`` started at [start of Y] + [length of Y] + ``g_vi + (n-1) g_ii``; now at
[new start of Y] + [length of Y] + ``g_vi + (m+n-1) g_ii``. The start of Y fell by at least
``m (p_i1 + b_ii) = m g_ii`` by (1), so the last batch of ``i`` starts no later. The order of ``i`` is
complete when its last batch is, so its other batches do not matter.
No completion grew and the Site has one run less; repeat until no order has two. QED.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cmo_kit.base.arrays import Times
from cmo_kit.core.pipeline import operation_ends, operation_starts

if TYPE_CHECKING:
    from cmo_kit.core.instance import Instance


class OneRunFailure(NamedTuple):
    """One place where the condition fails: the orders' indices and by how much.

    ``x`` is None where a run of ``i`` opens the Site.
    """

    i: int
    x: int | None
    y: int
    amount: float

    def sentence(self, instance: Instance) -> str:
        """The failure in words."""
        i, y = (instance.orders[k].id for k in (self.i, self.y))
        before = "at the opening of a Site" if self.x is None else f"behind order {instance.orders[self.x].id!r}"
        return (
            f"One run per order and Site may not be enough: two runs of order {i!r}, {before} and around order {y!r}, "
            f"can save {self.amount:g} {instance.time_unit}s of setup."
        )


def one_run_failure(setups: Times, initial: Times) -> OneRunFailure | None:
    """The worst failure of the one-run condition, or None where the condition holds.

    Parameters
    ----------
    setups : (I, I) array, in time units
        ``b_ij``.
    initial : (I,) array, in time units
        ``sigma_i``, 0 where a Site opens without a setup.
    """
    worst: OneRunFailure | None = None
    exact = bool((setups == np.rint(setups)).all() and (initial == np.rint(initial)).all())
    largest = max(1.0, float(np.max(setups, initial=0.0)), float(np.max(initial, initial=0.0)))
    tolerance = 0.0 if exact else 1e-9 * largest
    excess = np.empty_like(setups)
    for i in range(len(setups) if len(setups) > 1 else 0):
        opening = np.maximum(initial - initial[i], 0.0) + setups[i, i] - setups[i]
        np.subtract(setups, setups[:, i : i + 1], out=excess)
        excess -= setups[i]
        opening[i] = excess[i, :] = excess[:, i] = -np.inf
        first = int(np.argmax(opening))
        x, y = divmod(int(np.argmax(excess)), len(setups))
        candidates = [
            OneRunFailure(i, None, first, float(opening[first])),
            OneRunFailure(i, x, y, float(excess[x, y] + setups[i, i])),
        ]
        for failure in candidates:
            if failure.amount > tolerance and (worst is None or failure.amount > worst.amount):
                worst = failure
    return worst


class Overlap(NamedTuple):
    """The worst of ``places`` where operations overlap.

    A batch of ``j`` would begin operation ``o`` (all from 0) ``amount`` time units before the batch of
    ``i`` ahead of it has ended it, even without any cleaning.
    """

    i: int
    j: int
    o: int
    amount: float
    places: int

    def sentence(self, instance: Instance) -> str:
        """The overlap in words."""
        i, j = (instance.orders[k].id for k in (self.i, self.j))
        return (
            f"Operations overlap: a batch of order {j!r} behind one of order {i!r} begins "
            f"{instance.operations[self.o]} up to {self.amount:g} {instance.time_unit}s before it is free "
            f"({self.places} such places)."
        )


def worst_overlap(processing_times: Times, setups: Times) -> Overlap | None:
    """The pair of orders whose setup time is most too short for their operations to share equipment, or None.

    [P] accepts such setup times, so the kit does; it only says so.

    Parameters
    ----------
    processing_times : (I, O) array, in time units
    setups : (I, I) array, in time units
        ``b_ij``.
    """
    ends, starts = operation_ends(processing_times), operation_starts(processing_times)
    gaps = processing_times[:, 0, None] + setups
    tolerance = 1e-9 * max(1.0, float(np.max(ends, initial=0.0)), float(np.max(gaps, initial=0.0)))
    places, found = 0, []
    for o in range(ends.shape[1]):
        short = ends[:, o, None] - starts[None, :, o] - gaps
        places += int((short > tolerance).sum())
        i, j = divmod(int(np.argmax(short)), len(gaps))
        found.append((-float(short[i, j]), i, j, o))
    amount, i, j, o = min(found)
    return Overlap(i, j, o, -amount, places) if places else None
