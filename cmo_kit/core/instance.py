"""A problem with the symbols of Table 1: client orders made of batches, identical Sites, setup times (Section III)."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.arrays import read_only
from cmo_kit.base.language import spoken
from cmo_kit.core import pipeline
from cmo_kit.formats import conditions
from cmo_kit.formats.in_ticks import InstanceInTicks
from cmo_kit.formats.instance import CleaningTimes, Order

__all__ = ["CleaningTimes", "Instance", "Order"]


class Instance(InstanceInTicks):
    """A problem to schedule; checked when made, never changed afterwards.

    :class:`~cmo_kit.formats.instance.InstanceData` tells what it is made of, and what :class:`InputError` complains of;
    here are Table 1's symbols, read-only arrays in its ``time_unit``, made when they are first asked for. In ticks
    (:mod:`cmo_kit.formats.in_ticks`) all its times and weights are whole numbers.

    Examples
    --------
    >>> orders = (Order("A", 2, 9, (2, 3)), Order("B", 1, 8, (1, 2)))
    >>> Instance("two orders", 1, orders, ((0, 4), (3, 0)), operations=("culture", "purification")).g
    array([[2., 6.],
           [4., 1.]])
    """

    @cached_property
    def Q(self) -> NDArray[np.int64]:
        """Batches ``Q_i`` of each order; shape (I,)."""
        return read_only(np.array([order.batches for order in self.orders], dtype=np.int64))

    @cached_property
    def D(self) -> NDArray[np.float64]:
        """Due dates ``D_i``; shape (I,), time units."""
        return read_only(np.array([order.due_date for order in self.orders], dtype=np.float64))

    @cached_property
    def w(self) -> NDArray[np.float64]:
        """Weights ``w_i``; shape (I,), 1 where the file gives none."""
        return read_only(np.array([order.weight for order in self.orders], dtype=np.float64))

    @cached_property
    def p(self) -> NDArray[np.float64]:
        """Processing times ``p_io``; shape (I, O), time units."""
        return read_only(np.array([order.processing_times for order in self.orders], dtype=np.float64))

    @cached_property
    def b(self) -> NDArray[np.float64]:
        """Setup times ``b_ij``, given, or ``g_ij - p_i1`` as equation (6) counts them; shape (I, I), time units."""
        if isinstance(self.setup, CleaningTimes):
            return read_only(self.g - self.p[:, :1])
        return read_only(np.array(self.setup, dtype=np.float64))

    @cached_property
    def g(self) -> NDArray[np.float64]:
        """Gaps ``g_ij = p_i1 + b_ij``, the least time from start to start on a Site, equation (6); shape (I, I)."""
        if isinstance(self.setup, CleaningTimes):
            same = np.array(self.setup.same_order, dtype=np.float64)
            change = np.array(self.setup.change, dtype=np.float64)
            return read_only(pipeline.pipeline_gaps(self.p, same, change))
        return read_only(self.p[:, :1] + self.b)

    @cached_property
    def tails(self) -> NDArray[np.float64]:
        """Time from start to completion of a batch, ``sum_o p_io``, equation (8); shape (I,), time units."""
        return read_only(pipeline.operation_ends(self.p)[:, -1].copy())  # in one piece, as numba wants it

    @cached_property
    def sigma(self) -> NDArray[np.float64]:
        """Initial setup times ``sigma_i``; shape (I,), time units; zeros by equation (7) where none are given."""
        given = self.initial_setup_times
        return read_only(np.zeros(len(self.orders)) if given is None else np.array(given, dtype=np.float64))

    @cached_property
    def gene_orders(self) -> NDArray[np.int64]:
        """The order (its index) that each gene stands for, -1 for a Site change; shape (key_count,)."""
        batches = np.repeat(np.arange(len(self.orders)), self.Q)
        return read_only(np.concatenate([batches, np.full(self.sites - 1, -1)]))

    @cached_property
    def horizon(self) -> float:
        """No batch of a left-shifted schedule is complete after this time, in time units."""
        return float(self.sigma.max() + (self.Q * self.g.max(axis=1)).sum() + self.tails.max())

    @cached_property
    def one_run_failure(self) -> conditions.OneRunFailure | None:
        """Where one run per order and Site may not be enough, or None (see :mod:`cmo_kit.formats.conditions`)."""
        whole, per_unit = self.whole, self.time_ticks.per_unit
        return conditions.one_run_failure(self.Q, whole.b.astype(np.int64), whole.sigma.astype(np.int64), per_unit)

    @cached_property
    def worst_overlap(self) -> conditions.Overlap | None:
        """Where setup times are most too short for operations to share equipment, or None."""
        p, g = self.whole.p.astype(np.int64), self.whole.g.astype(np.int64)
        return conditions.worst_overlap(p, g, self.Q, self.time_ticks.per_unit)

    def remarks(self) -> list[str]:
        """What a reader should know before trusting a schedule: one sentence each."""
        found = [self.worst_overlap, self.one_run_failure]
        return [spoken(failure.sentence(self)) for failure in found if failure is not None]
