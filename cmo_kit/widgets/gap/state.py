"""Two batches behind one another, and cleaning times that the reader may change."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

from cmo_kit.base.errors import InputError
from cmo_kit.core.instance import CleaningTimes, Instance
from cmo_kit.core.pipeline import operation_ends, operation_starts
from cmo_kit.views.operations import OperationGap, cleaning_row, operation_gaps, order_index
from cmo_kit.widgets.stage.event import Event

HANDLE = re.compile(r"(?:clean|slide|bar)-(\d+)")


@dataclass(frozen=True)
class GapState:
    """A batch of one order in front of a batch of another, or of the same.

    Attributes
    ----------
    instance : Instance
        With cleaning times; the ones that the reader began with.
    first, second : int
        Indices of the orders in front and behind.
    cleaning : tuple of O floats
        ``k_oij`` as it is now, time units.
    chosen : int
        The operation that the keyboard moves.
    """

    instance: Instance
    first: int
    second: int
    cleaning: tuple[float, ...]
    chosen: int

    @property
    def given(self) -> tuple[float, ...]:
        """The cleaning times of the instance for this pair."""
        return cleaning_row(self.instance, self.first, self.second)

    @cached_property
    def problem(self) -> Instance:
        """The instance with the cleaning times as they are now."""
        setup = self.instance.setup
        assert isinstance(setup, CleaningTimes)
        table = "same_order" if self.first == self.second else "change"
        rows = enumerate(getattr(setup, table))
        changed = tuple(self.cleaning if i == self.first else row for i, row in rows)
        return replace(self.instance, setup=replace(setup, **{table: changed}))

    @property
    def gaps(self) -> list[OperationGap]:
        """What each operation asks of the gap."""
        orders = self.instance.orders
        return operation_gaps(self.problem, orders[self.first].id, orders[self.second].id)

    @property
    def most(self) -> float:
        """The longest cleaning that can be chosen, a whole number: twice the longest one given, 12 at least."""
        setup = self.instance.setup
        assert isinstance(setup, CleaningTimes)
        longest = max(time for table in (setup.same_order, setup.change) for row in table for time in row)
        return float(max(12, ceil(2 * longest)))

    @property
    def right(self) -> float:
        """Where the time axis ends: it stands still, so everything must fit that can be chosen."""
        ends, starts = operation_ends(self.instance.p)[self.first], operation_starts(self.instance.p)[self.second]
        return float((ends - starts).max() + self.most + self.instance.tails[self.second])


def with_pair(instance: Instance, first: int, second: int) -> GapState:
    """Two orders with the instance's cleaning times, the deciding operation chosen; without such times it raises."""
    if not isinstance(instance.setup, CleaningTimes):
        raise InputError(f"{instance.name!r} gives setup_times; the picture needs an instance with cleaning_times")
    state = GapState(instance, first, second, cleaning_row(instance, first, second), 0)
    return replace(state, chosen=next((o for o, gap in enumerate(state.gaps) if gap.decides), 0))


def step(state: GapState, event: Event) -> GapState:
    """The next state; raises :class:`InputError` for a control without a number, or with an unknown order."""
    if event.kind == "set" and event.target in ("first", "second"):
        index = order_index(state.instance, event.value)
        return with_pair(state.instance, *((index, state.second) if event.target == "first" else (state.first, index)))
    if event.kind == "click" and event.target == "reset":
        return replace(state, cleaning=state.given)
    part = HANDLE.fullmatch(event.target)
    o = int(part.group(1)) if part and int(part.group(1)) < len(state.cleaning) else None
    if event.kind == "key":
        return _type(state, str(event.value), state.chosen if o is None else o)
    if o is None:
        return state
    if event.kind == "click":
        return replace(state, chosen=o)
    if event.kind in ("drag", "drop"):
        end = float(operation_ends(state.instance.p)[state.first, o])
        return with_cleaning(state, o, event.number * state.right - end)
    if event.kind == "set":
        return with_cleaning(state, o, event.number)
    return state


def with_cleaning(state: GapState, o: int, time: float) -> GapState:
    """The state with one cleaning time changed, to whole time units."""
    value = float(round(min(max(time, 0.0), state.most)))
    return replace(state, cleaning=(*state.cleaning[:o], value, *state.cleaning[o + 1 :]), chosen=o)


def _type(state: GapState, name: str, o: int) -> GapState:
    if name in ("ArrowLeft", "ArrowRight"):
        return with_cleaning(state, o, state.cleaning[o] + (1 if name == "ArrowRight" else -1))
    if name in ("Home", "End"):
        return with_cleaning(state, o, 0.0 if name == "Home" else state.most)
    if name in ("ArrowUp", "ArrowDown"):
        down = 1 if name == "ArrowDown" else -1
        return replace(state, chosen=min(max(o + down, 0), len(state.cleaning) - 1))
    return state
