"""An instance in ticks: the same problem in whole numbers, which doubles add without an error (:mod:`.ticks`)."""

import math
from dataclasses import replace
from functools import cached_property
from typing import Self

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.formats.instance import LARGEST, LARGEST_WHOLE, MAXIMUM_WEIGHT, CleaningTimes, InstanceData, Times
from cmo_kit.formats.ticks import MOST_TICKS, Ticks, ticks_of


class InstanceInTicks(InstanceData):
    """Instance data whose times add up to what can be counted; what extends it knows their ``horizon``."""

    def __post_init__(self) -> None:
        super().__post_init__()
        with np.errstate(over="ignore", invalid="ignore"):
            largest = self._longest  # the greatest tardiness
            most = LARGEST_WHOLE if bool((self.given_times == np.rint(self.given_times)).all()) else LARGEST
        if not largest <= most:
            raise InputError(
                f"the times are so large that total tardiness is not exact or overflows: one after another they take "
                f"{largest:g} {self.time_unit}s; that must be a finite number of at most {most}"
            )

    @cached_property
    def horizon(self) -> float:
        """No batch of a left-shifted schedule is complete after this time, in time units."""
        raise NotImplementedError

    @cached_property
    def _longest(self) -> float:
        return float(self.horizon) + max(0.0, -float(min(order.due_date for order in self.orders)))

    @cached_property
    def _never(self) -> float:
        """No order is late at this due date, whatever the schedule; a whole number of time units."""
        return float(np.ceil(self.horizon)) + 1

    @cached_property
    def time_ticks(self) -> Ticks:
        """The step of the times: how many ticks a time unit has."""
        return ticks_of(np.where(self.given_times > self._never, 0.0, self.given_times), self._longest)

    @cached_property
    def weight_ticks(self) -> Ticks:
        """The step of the weights; where it would be too fine for exact sums, they stay as they are."""
        weights = np.array([order.weight for order in self.orders], dtype=np.float64)
        longest = max(self._longest * self.time_ticks.per_unit, MOST_TICKS / MAXIMUM_WEIGHT)
        ticks = ticks_of(weights, float(weights.max()) * longest)
        return ticks if ticks.exact else Ticks(1, False)

    @cached_property
    def per_unit(self) -> int:
        """Total tardiness of :attr:`whole` divided by this is that of the instance."""
        return self.time_ticks.per_unit * self.weight_ticks.per_unit

    @cached_property
    def whole(self) -> Self:
        """The same problem in ticks: all times and weights are whole numbers; itself where they are so already."""
        ticks, weights = self.time_ticks, self.weight_ticks
        if ticks == weights == Ticks(1, True):
            return self

        def times(row: Times) -> Times:
            return tuple(ticks.whole(np.array(row, dtype=np.float64)).tolist())

        due = times(tuple(min(order.due_date, self._never) for order in self.orders))
        weight: Times = tuple(order.weight for order in self.orders)
        if weights.exact:
            weight = tuple(weights.whole(np.array(weight, dtype=np.float64)).tolist())
        orders = tuple(
            replace(order, due_date=D, processing_times=times(order.processing_times), weight=w)
            for order, D, w in zip(self.orders, due, weight, strict=True)
        )
        setup: tuple[Times, ...] | CleaningTimes
        if isinstance(self.setup, CleaningTimes):
            setup = CleaningTimes(*(tuple(map(times, table)) for table in (self.setup.same_order, self.setup.change)))
        else:
            setup = tuple(map(times, self.setup))
        return replace(
            self, orders=orders, setup=setup, start_date=None, source=None, generator=None,
            initial_setup_times=None if self.initial_setup_times is None else times(self.initial_setup_times),
        )  # fmt: skip

    @cached_property
    def integral(self) -> bool:
        """Whether all times and weights are integers, so that total tardiness is one too."""
        return self.whole is self

    @cached_property
    def rounding(self) -> int:
        """How far total tardiness of :attr:`whole` may be from that of the numbers as given; in its ticks, 0 if exact.

        A rounded time is off by at most half a tick. An order is complete after at most T gaps of at most 2 O times
        each, an initial setup and O operations, and is held against a due date.
        """
        if self.time_ticks.exact:
            return 0
        weights = int(sum(math.ceil(order.weight) for order in self.whole.orders))
        return weights * ((self.total_batches + 1) * len(self.operations) + 1)
