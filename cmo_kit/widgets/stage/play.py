"""Walking through a picture that has steps: by buttons, a slider, a handle, keys, or by itself while it plays."""

from __future__ import annotations

from typing import NamedTuple

from cmo_kit.widgets.stage.event import Event

#: Key -> the button of the player that it stands for.
KEYS = {"ArrowLeft": "back", "ArrowRight": "next", "Home": "first", "End": "last", "Space": "play"}


class Walk(NamedTuple):
    """Where a picture stands on its way: at a step of 0 to ``last``, playing or not."""

    at: int
    last: int
    playing: bool = False


def walked(walk: Walk, event: Event, name: str) -> Walk | None:
    """The walk after an event of the player called ``name``; None for any other event.

    Raises
    ------
    InputError
        When the slider's value is no number.
    """
    if event.kind == "tick":
        at = min(walk.at + 1, walk.last)
        return Walk(at, walk.last, at < walk.last) if walk.playing else walk
    if event.target == name and event.kind in ("set", "drag", "drop"):
        return stopped(walk, round(event.number * (1 if event.kind == "set" else walk.last)))
    pressed = event.target if event.kind == "click" else KEYS.get(str(event.value)) if event.kind == "key" else None
    if pressed == "play":
        return Walk(0 if walk.at == walk.last else walk.at, walk.last, not walk.playing)
    goals = {"first": 0, "back": walk.at - 1, "next": walk.at + 1, "last": walk.last}
    return stopped(walk, goals[pressed]) if pressed in goals else None


def stopped(walk: Walk, at: int) -> Walk:
    """Standing still at a step, or at the nearest one there is."""
    return Walk(min(max(at, 0), walk.last), walk.last)
