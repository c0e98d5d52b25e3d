"""[P] with one equation left out: which answer is shown, and which violation is pointed at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property

from cmo_kit.check import Violation
from cmo_kit.core.instance import Instance
from cmo_kit.core.model import CONSTRAINTS
from cmo_kit.core.schedule import Schedule
from cmo_kit.course.model_by_hand import ClaimedSchedule, Without, without
from cmo_kit.views.layout import Batch, batches_of, completes
from cmo_kit.widgets.stage.event import Event

KEYS = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "Escape", *"023456789")


class Answers(Mapping[int, Without]):
    """What CBC makes of [P] without each equation (0: of the whole); a model is solved when it is first looked at."""

    def __init__(self, instance: Instance, seconds: float) -> None:
        self._solve = cache(lambda number: without(instance, *([number] if number else []), seconds=seconds))

    def __getitem__(self, number: int) -> Without:
        if number not in self:
            raise KeyError(number)
        return self._solve(number)

    def __contains__(self, number: object) -> bool:
        return number == 0 or number in CONSTRAINTS

    def __iter__(self) -> Iterator[int]:
        return iter((0, *CONSTRAINTS))

    def __len__(self) -> int:
        return 1 + len(CONSTRAINTS)


@dataclass(frozen=True)
class Broken:
    """The answers of the solver by number of the missing equation (0: none), and what is pointed at.

    ``chosen`` counts violations of the answer that is shown from 0; None points at nothing.
    """

    instance: Instance
    answers: Mapping[int, Without]
    dropped: int = 0
    chosen: int | None = None

    @property
    def answer(self) -> Without:
        """What the solver made of the model without the equation."""
        return self.answers[self.dropped]

    @cached_property
    def violations(self) -> list[Violation]:
        """What the checker finds in it."""
        return self.answer.violations

    @cached_property
    def drawn(self) -> ClaimedSchedule | None:
        """The claimed starts, with bars as long as the operations take; None when the solver found nothing."""
        claimed = self.answer.schedule
        if claimed is None:
            return None
        ends = [s + self.instance.tails[i] for s, i in zip(claimed.starts, claimed.batch_orders, strict=True)]
        return ClaimedSchedule(self.instance, claimed.sites, claimed.starts, ends, claimed.tardiness)

    @property
    def possible(self) -> Schedule | None:
        """The same runs at the times that the pipeline allows."""
        return None if self.answer.schedule is None else self.answer.schedule.possible

    @cached_property
    def completing(self) -> frozenset[tuple[int, int]]:
        """Where, among what is possible, the batches stand that complete their orders: (Site, position) from 0."""
        if (possible := self.possible) is None:
            return frozenset()
        return frozenset((b.site, b.position) for b in batches_of(possible) if completes(possible, b))

    def is_about(self, violation: Violation, batch: Batch) -> bool:
        """Whether a violation is about this batch: about its place, its order's lateness, or its order as a whole."""
        if violation.position is not None:
            return (violation.site, violation.position) == (batch.site + 1, batch.position + 1)
        if violation.order != self.instance.orders[batch.order].id:
            return False
        return violation.rule != "tardiness" or (batch.site, batch.position) in self.completing

    def first_about(self, site: int, position: int) -> int | None:
        """The first violation about a batch, or None; Site and position count from 0."""
        drawn = () if self.drawn is None else batches_of(self.drawn)
        here = [batch for batch in drawn if (batch.site, batch.position) == (site, position)]
        about = (k for k, violation in enumerate(self.violations) for batch in here if self.is_about(violation, batch))
        return next(about, None)


def step(state: Broken, event: Event) -> Broken:
    """The state after an event: another equation, another violation; anything else changes nothing."""
    if event.kind == "key" and event.value in KEYS:
        return _key(state, str(event.value))
    if event.kind != "click":
        return state
    kind, _, rest = event.target.partition("-")
    numbers = [int(number) for number in rest.split("-") if number.isdecimal()]
    if kind == "without" and len(numbers) == 1 and numbers[0] in state.answers:
        return replace(state, dropped=numbers[0], chosen=None)
    if kind == "word" and len(numbers) == 1 and numbers[0] < len(state.violations):
        return replace(state, chosen=None if state.chosen == numbers[0] else numbers[0])
    if kind == "batch" and len(numbers) == 2:
        return replace(state, chosen=state.first_about(*numbers))
    return state


def _key(state: Broken, key: str) -> Broken:
    """Left and Right change the equation, Up and Down the violation; a digit is an equation, 0 is (10)."""
    numbers = list(state.answers)
    if key.isdecimal():
        number = 10 if key == "0" else int(key)
        return replace(state, dropped=number, chosen=None) if number in state.answers else state
    if key in ("ArrowLeft", "ArrowRight", "Home", "End"):
        at = numbers.index(state.dropped)
        moved = {"ArrowLeft": max(at - 1, 0), "ArrowRight": min(at + 1, len(numbers) - 1), "Home": 0, "End": -1}[key]
        return replace(state, dropped=numbers[moved], chosen=None)
    if key == "Escape" or not state.violations:
        return replace(state, chosen=None)
    last = len(state.violations) - 1
    if state.chosen is None:
        return replace(state, chosen=0 if key == "ArrowDown" else last)
    return replace(state, chosen=min(max(state.chosen + (1 if key == "ArrowDown" else -1), 0), last))
