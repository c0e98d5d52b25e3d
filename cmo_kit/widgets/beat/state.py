"""A schedule being built by hand: what is placed, what the reader holds, what can be undone, what each event does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.widgets.beat import edits
from cmo_kit.widgets.beat.edits import Place, Sites, empty_sites, left_to_place, run_at
from cmo_kit.widgets.stage.event import Event

TRAY = -1  # the row of the batches that are left to place, above the Sites
MOST_UNDONE = 500  # edits that can be taken back


class Rival(NamedTuple):
    """A schedule to beat; no schedule has less total tardiness than ``bound``, which is proved, where it is known."""

    name: str
    schedule: Schedule
    bound: float = 0.0

    @property
    def total_tardiness(self) -> float:
        """By the same evaluator that scores the reader."""
        return self.schedule.total_tardiness


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
    def bound(self) -> float:
        """The greatest proved lower bound; 0 where none is known."""
        return max((rival.bound for rival in self.rivals), default=0.0)

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
    future = (*game.future, game.sites)
    return within(replace(game, sites=game.past[-1], past=game.past[:-1], future=future, hand=None, said="Undone."))


def redo(game: Game) -> Game:
    """Make the last edit that was taken back again."""
    if not game.future:
        return replace(game, said="There is nothing to do again.")
    sites, future, past = game.future[-1], game.future[:-1], (*game.past, game.sites)
    return within(replace(game, sites=sites, past=past, future=future, hand=None, said="Done again."))


def reset(game: Game) -> Game:
    """Take everything off the Sites; undo brings it back."""
    if not any(game.sites):
        return within(replace(game, hand=None, said="All Sites are empty already."))
    return edited(game, empty_sites(game.instance), "All Sites are empty.")


def take_order(game: Game, order: str) -> Game:
    """Take all batches of an order that are left to place."""
    if not game.left[order]:
        return replace(game, hand=None, said=f"Order {order} has no batch left to place.")
    held = Hand(order, game.left[order], None)
    return replace(game, hand=held, said=f"In hand: {_count(held)}, to place on a Site.")


def take_run(game: Game, place: Place) -> Game:
    """Take a run up; it stays where it is until it is put elsewhere."""
    held = Hand(*run_at(game.sites, place), place)
    where = f"run {place.position + 1} of Site {place.site + 1}"
    return replace(game, hand=held, said=f"In hand: {where}, {_count(held)}.")


def take_so_many(game: Game, batches: int) -> Game:
    """Hold so many batches, as near as can be; the others stay where they are."""
    if game.hand is None:
        return replace(game, said="Nothing is in hand: choose an order or a run first.")
    held = game.hand._replace(batches=min(max(batches, 1), game.most_in_hand))
    return replace(game, hand=held, said=f"In hand: {_count(held)} of {game.most_in_hand}.")


def let_go(game: Game) -> Game:
    """Hold nothing; nothing is changed."""
    return within(replace(game, hand=None, said="Nothing is in hand."))


def put(game: Game, gap: Place) -> Game:
    """Put what is held into a gap."""
    if game.hand is None:
        return replace(game, said="Nothing is in hand: choose an order or a run first.")
    held, said = game.hand, f"{_count(game.hand)} put on Site {gap.site + 1}."
    if held.source is None:
        return edited(game, edits.add(game.instance, game.sites, gap, held.order, held.batches), said, gap)
    sites, source, gap = lifted(game, gap)
    sites = edits.move(sites, source, gap)
    if sites == game.sites:
        return let_go(game)
    return edited(game, sites, said, gap)


def join(game: Game, target: Place) -> Game:
    """Let what is held join a run of the same order."""
    held = game.hand
    assert held is not None
    said = f"{_count(held)} joined run {target.position + 1} of Site {target.site + 1}."
    if held.source is None:
        sites = edits.add(game.instance, game.sites, target, held.order, held.batches)
        return edited(game, edits.merge(sites, target, Place(target.site, target.position + 1)), said, target)
    sites, source, target = lifted(game, target)
    return edited(game, edits.merge(sites, source, target), said, target)


def put_back(game: Game) -> Game:
    """Take what is held off its Site."""
    if game.hand is None or game.hand.source is None:
        return let_go(game)
    sites, source, _ = lifted(game, game.hand.source)
    return edited(game, edits.remove(sites, source), f"{_count(game.hand)} taken off the Site.")


def split_held(game: Game) -> Game:
    """Cut the run in hand: the batches in hand first, the others behind them; in the middle if all are in hand."""
    if game.hand is None or game.hand.source is None:
        return replace(game, said="Choose a run first; then split it.")
    run, first = run_at(game.sites, game.hand.source), game.hand.batches
    first = run.batches // 2 if first == run.batches and first > 1 else first
    sites = edits.split(game.sites, game.hand.source, first)
    return edited(game, sites, f"The run is now two: {first} and {run.batches - first} batches.")


def merge_held(game: Game) -> Game:
    """Let the next other run of the same order on the same Site join the run in hand."""
    if game.hand is None or game.hand.source is None:
        return replace(game, said="Choose a run first; then merge another run of its order on its Site with it.")
    place, order = game.hand.source, game.hand.order
    others = [k for k, run in enumerate(game.sites[place.site]) if run.order == order and k != place.position]
    if not others:
        return replace(game, said=f"Site {place.site + 1} has no other run of order {order} to merge.")
    nearest = min(others, key=lambda k: (k < place.position, k))
    sites = edits.merge(game.sites, Place(place.site, nearest), place)
    return edited(game, sites, f"Two runs of order {order} are now one.")


def lifted(game: Game, place: Place) -> tuple[Sites, Place, Place]:
    """The Sites with what is held as a run of its own, where that stands, and ``place`` as it is counted then."""
    assert game.hand is not None
    assert game.hand.source is not None
    source = game.hand.source
    if game.hand.batches == game.most_in_hand:
        return game.sites, source, place
    behind = place.site == source.site and place.position > source.position
    return edits.split(game.sites, source, game.hand.batches), source, Place(place.site, place.position + behind)


def _count(held: Hand) -> str:
    """``2 batches of order A``."""
    return f"{held.batches} batch{'es' if held.batches > 1 else ''} of order {held.order}"


#: Button -> what it does.
BUTTONS: dict[str, Callable[[Game], Game]] = {
    "split": split_held,
    "merge": merge_held,
    "remove": put_back,
    "let-go": let_go,
    "tray": put_back,
    "undo": undo,
    "redo": redo,
    "reset": reset,
    "text": lambda game: replace(game, as_text=not game.as_text),
    "more": lambda game: take_so_many(game, game.hand.batches + 1 if game.hand else 1),
    "fewer": lambda game: take_so_many(game, game.hand.batches - 1 if game.hand else 1),
}
ARROWS = {"ArrowUp": (-1, 0), "ArrowDown": (1, 0), "ArrowLeft": (0, -1), "ArrowRight": (0, 1)}
#: Key -> the button that it stands for.
LETTERS = {"s": "split", "m": "merge", "z": "undo", "y": "redo", "+": "more", "=": "more", "-": "fewer",
           "Delete": "remove", "Backspace": "remove", "Escape": "let-go"}  # fmt: skip
#: Keys that the picture takes from the browser; letters also with Shift or Caps Lock.
KEYS = (*ARROWS, "Enter", "Space", *LETTERS, *(key.upper() for key in LETTERS if key.isalpha() and len(key) == 1))


def step(game: Game, event: Event) -> Game:
    """The game after an event; one without meaning here changes nothing, and an edit that cannot be made raises."""
    if event.kind == "click":
        return _clicked(game, event.target)
    if event.kind == "take":
        return _taken(game, event.target)
    if event.kind == "put":
        return _dropped(game, str(event.value or ""))
    if event.kind == "key" and event.value in KEYS:
        key = str(event.value)
        return _key(game, key.lower() if len(key) == 1 else key)
    return game


def _clicked(game: Game, target: str) -> Game:
    if target in BUTTONS:
        return BUTTONS[target](game)
    kind, _, numbers = target.partition("-")
    places = [int(number) for number in numbers.split("-") if number.isdecimal()]
    if kind == "order" and len(places) == 1 and places[0] < len(game.instance.orders):
        return take_order(game, game.instance.orders[places[0]].id)
    if kind in ("run", "gap") and len(places) == 2 and places[0] < len(game.sites):
        return put(game, Place(*places)) if kind == "gap" else _on_run(game, Place(*places))
    raise InputError(f"the click is on {shown(target)}; it must be on a part of this picture")


def _taken(game: Game, target: str) -> Game:
    """What begins to be carried is in hand; of a run that is in hand already, as many batches as there are."""
    if game.hand is not None and game.hand.source is not None and target == "run-{}-{}".format(*game.hand.source):
        return game
    return _clicked(replace(game, hand=None), target)


def _dropped(game: Game, target: str) -> Game:
    """What was carried is put where it was let go; outside of all places it stays where it was."""
    return _clicked(game, target) if game.hand is not None and target else let_go(game)


def _on_run(game: Game, place: Place) -> Game:
    """A run was chosen: let what is held join it, let it go, or take it up."""
    run, hand = run_at(game.sites, place), game.hand
    if hand is not None and hand.source == place:
        return let_go(game)
    if hand is not None and hand.order == run.order:
        return join(game, place)
    return take_run(game, place)


def _key(game: Game, key: str) -> Game:
    if key in LETTERS:
        return BUTTONS[LETTERS[key]](game)
    if game.cursor is None:  # the first key only shows where the cursor is
        return _told(within(replace(game, cursor=Place(TRAY, 0))))
    if key in ARROWS:
        down, right = ARROWS[key]
        row, column = game.cursor
        if down and TRAY <= row + down < len(game.sites):
            moved = replace(game, cursor=Place(row + down, min(column, last_column(game, row + down))))
        else:
            moved = replace(game, cursor=Place(row, column + right))
        return _told(within(moved))
    return _enter(game, game.cursor)


def _enter(game: Game, cursor: Place) -> Game:
    """Take what is under the cursor, or put what is in hand there."""
    if game.hand is not None:
        return put_back(game) if cursor.site == TRAY else put(game, cursor)
    if cursor.site == TRAY:
        return take_order(game, game.instance.orders[cursor.position].id)
    if not game.sites[cursor.site]:
        return replace(game, said=f"Site {cursor.site + 1} is empty: take batches from above first.")
    return within(take_run(game, cursor))


def _told(game: Game) -> Game:
    """With a sentence that says where the cursor is."""
    assert game.cursor is not None
    row, column = game.cursor
    if row == TRAY:
        order = game.instance.orders[column]
        where = f"Order {order.id}: {game.left[order.id]} of {order.batches} batches left to place."
        if game.hand is not None:
            where = "Above the Sites: Enter takes what is in hand off its Site."
    elif game.hand is not None:
        where = f"Site {row + 1}, place {column + 1} of {len(game.sites[row]) + 1}: Enter puts what is in hand here."
    elif game.sites[row]:
        run = game.sites[row][column]
        where = f"Site {row + 1}, run {column + 1} of {len(game.sites[row])}: order {run.order}, {run.batches} batches."
    else:
        where = f"Site {row + 1} is empty."
    return replace(game, said=where)
