"""A schedule being built by hand: what is placed, what the reader holds, what can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.widgets.beat.edits import Place, Sites, empty_sites, left_to_place, run_at
from cmo_kit.widgets.beat.rivals import Rival

TRAY = -1  # the row of the batches that are left to place, above the Sites
MOST_UNDONE = 500  # edits that can be taken back


class Hand(NamedTuple):
    """What the reader holds: batches of a run, or of those left to place (``source`` None)."""

    order: str
    batches: int
    source: Place | None


@dataclass(frozen=True)
class Game:
    """Everything that the picture shows.

    ``past`` and ``future`` are the Sites before and after, the nearest last; ``cursor`` is where the keys
    are, None before the first key: on row ``TRAY`` an order, on a Site a run, or a gap while something is held.
    ``said`` tells what the last event did.
    """

    instance: Instance
    rivals: tuple[Rival, ...]
    sites: Sites
    hand: Hand | None = None
    cursor: Place | None = None
    past: tuple[Sites, ...] = ()
    future: tuple[Sites, ...] = ()
    said: str = ""
    as_text: bool = False

    @property
    def schedule(self) -> Schedule:
        """What stands on the Sites, complete or not."""
        return Schedule(self.instance, self.sites, "by hand")

    @property
    def left(self) -> dict[str, int]:
        """Batches left to place, by order id."""
        return left_to_place(self.instance, self.sites)

    @property
    def complete(self) -> bool:
        """Whether every batch is placed."""
        return not any(self.left.values())

    @property
    def most_in_hand(self) -> int:
        """How many batches the reader could take where the hand has its batches from."""
        if self.hand is None:
            return 0
        if self.hand.source is None:
            return self.left[self.hand.order]
        return run_at(self.sites, self.hand.source).batches


def new_game(instance: Instance, rivals: tuple[Rival, ...]) -> Game:
    """All batches are left to place."""
    return Game(instance, rivals, empty_sites(instance), said="Choose an order, then a place on a Site.")


def edited(game: Game, sites: Sites, said: str, cursor: Place | None = None) -> Game:
    """After an edit: the hand is empty, the edit can be undone and nothing can be done again."""
    at = game.cursor if cursor is None or game.cursor is None else cursor
    past = (*game.past, game.sites)[-MOST_UNDONE:]
    return within(replace(game, sites=sites, hand=None, past=past, future=(), said=said, cursor=at))


def within(game: Game) -> Game:
    """The game with its cursor on something that is there."""
    if game.cursor is None:
        return game
    row = min(max(game.cursor.site, TRAY), len(game.sites) - 1)
    last = last_column(game, row)
    return replace(game, cursor=Place(row, min(max(game.cursor.position, 0), last)))


def last_column(game: Game, row: int) -> int:
    """The last place of a row that the cursor can be on."""
    if row == TRAY:
        return len(game.instance.orders) - 1
    runs = len(game.sites[row])
    return runs if game.hand is not None else max(runs - 1, 0)


def undo(game: Game) -> Game:
    """Take the last edit back."""
    if not game.past:
        return replace(game, said="There is nothing to undo.")
    return within(
        replace(game, sites=game.past[-1], past=game.past[:-1], future=(*game.future, game.sites), hand=None,
                said="Undone.")
    )  # fmt: skip


def redo(game: Game) -> Game:
    """Make the last edit that was taken back again."""
    if not game.future:
        return replace(game, said="There is nothing to do again.")
    return within(
        replace(game, sites=game.future[-1], future=game.future[:-1], past=(*game.past, game.sites), hand=None,
                said="Done again.")
    )  # fmt: skip


def reset(game: Game) -> Game:
    """Take everything off the Sites; undo brings it back."""
    if not any(game.sites):
        return within(replace(game, hand=None, said="All Sites are empty already."))
    return edited(game, empty_sites(game.instance), "All Sites are empty.")
