"""What every click and key does to a schedule that is built by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown
from cmo_kit.widgets.beat.edits import Place, run_at
from cmo_kit.widgets.beat.hand import (
    join,
    let_go,
    merge_held,
    put,
    put_back,
    split_held,
    take_order,
    take_run,
    take_so_many,
)
from cmo_kit.widgets.beat.state import TRAY, Game, last_column, redo, reset, undo, within
from cmo_kit.widgets.stage.event import Event

#: Button -> what it does.
BUTTONS: dict[str, Callable[[Game], Game]] = {
    "split": split_held,
    "merge": merge_held,
    "remove": put_back,
    "let-go": let_go,
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
    """The game after an event; one without meaning here changes nothing.

    Raises
    ------
    InputError
        For an edit that cannot be made, in a sentence for the reader.
    """
    if event.kind == "click":
        return _clicked(game, event.target)
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
