"""What a reader should know of an instance: when one run per order and Site is enough, where operations overlap.

The paper says (Section 4.1) that splitting an order into separate runs on the same Site brings
nothing. That holds under a condition on the setup times, which this module tests.

Theorem. Let, for every order ``i`` of two batches or more and all others ``x, y`` (``x = y`` included),

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
No completion grew and the Site has one run less; repeat until no order has two. An order of one batch never has. QED.
"""

from typing import NamedTuple

import numpy as np

from cmo_kit.base.arrays import Integers
from cmo_kit.formats.instance import InstanceData

#: Below every difference of setup times.
NONE = -(2**62)


class OneRunFailure(NamedTuple):
    """One place where the condition fails: the orders' indices and by how much.

    ``x`` is None where a run of ``i`` opens the Site.
    """

    i: int
    x: int | None
    y: int
    amount: float

    def sentence(self, instance: InstanceData) -> str:
        """The failure in words."""
        i, y = (instance.orders[k].id for k in (self.i, self.y))
        before = "at the opening of a Site" if self.x is None else f"behind order {instance.orders[self.x].id}"
        return (
            f"One run per order and Site may not be enough: two runs of order {i}, {before} and around order {y}, "
            f"can save {self.amount:g} {instance.time_unit}s of setup."
        )


def one_run_failure(batches: Integers, setups: Integers, initial: Integers, per_unit: int) -> OneRunFailure | None:
    """The worst failure of the one-run condition, or None where it holds; decided exactly, from times in whole ticks.

    ``batches`` (I,), ``setups`` (I, I) and ``initial`` (I,) are ``Q``, ``b`` and ``sigma``; ``per_unit`` ticks are one
    time unit, in which the amount is told.
    """
    worst: OneRunFailure | None = None
    excess = np.empty_like(setups)
    for i in np.flatnonzero(batches > 1).tolist() if len(setups) > 1 else ():
        opening = np.maximum(initial - initial[i], 0) + setups[i, i] - setups[i]
        np.subtract(setups, setups[:, i : i + 1], out=excess)
        excess -= setups[i]
        opening[i] = excess[i, :] = excess[:, i] = NONE
        first = int(np.argmax(opening))
        x, y = divmod(int(np.argmax(excess)), len(setups))
        for failure in (
            OneRunFailure(i, None, first, int(opening[first])),
            OneRunFailure(i, x, y, int(excess[x, y] + setups[i, i])),
        ):
            if failure.amount > (worst.amount if worst else 0):
                worst = failure
    return worst and worst._replace(amount=worst.amount / per_unit)


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

    def sentence(self, instance: InstanceData) -> str:
        """The overlap in words."""
        i, j = (instance.orders[k].id for k in (self.i, self.j))
        return (
            f"Operations overlap: a batch of order {j} behind one of order {i} begins "
            f"{instance.operations[self.o]} up to {self.amount:g} {instance.time_unit}s before it is free "
            f"({self.places} such places)."
        )


def worst_overlap(processing: Integers, gaps: Integers, batches: Integers, per_unit: int) -> Overlap | None:
    """The pair of orders whose setup time is most too short for their operations to share equipment, or None.

    [P] accepts such setup times, so the kit does; it only says so. Decided exactly, from ``p`` (I, O) and ``g`` (I, I)
    in whole ticks, of which ``per_unit`` are a time unit; behind itself stands only an order of several ``Q`` (I,).
    """
    alone = np.flatnonzero(batches == 1)
    ends = np.cumsum(processing, axis=1)  # as the operations of Section III follow one another
    starts = ends - processing
    places, found = 0, []
    for o in range(ends.shape[1]):
        short = ends[:, o, None] - starts[None, :, o] - gaps
        short[alone, alone] = 0
        places += int((short > 0).sum())
        i, j = divmod(int(np.argmax(short)), len(gaps))
        found.append((-int(short[i, j]), i, j, o))
    amount, i, j, o = min(found)
    return Overlap(i, j, o, -amount / per_unit, places) if places else None
