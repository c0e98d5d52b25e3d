"""What a reader did with a picture."""

from dataclasses import dataclass

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown

KINDS = ("click", "set", "drag", "drop", "take", "put", "key", "tick", "room")
#: Up to what the number of an event may go that must have one: a share of a track, or pixels.
MOST = {"drag": 1.0, "drop": 1.0, "room": 100_000.0}


@dataclass(frozen=True)
class Event:
    """One thing that the reader did; a pure function turns it into the next state.

    Attributes
    ----------
    kind : str
        ``click``, ``set`` (a control got a value), ``drag``, ``drop``, ``take`` and ``put`` (something is carried),
        ``key``, ``tick`` (time passed while playing) or ``room`` (the stage has another width).
    target : str
        The ``data-touch``, ``data-drag`` or ``data-carry`` name of the element; empty for the stage as a whole.
    value : float, str or None
        ``set``: the control's value; ``drag`` and ``drop``: 0..1 along the track; ``put``: the name of the element
        under what is carried, or empty; ``key``: the key's name, such as ``ArrowLeft``, ``Space`` or ``a``; ``room``:
        pixels.

    Examples
    --------
    >>> Event("set", "key", 0.25).number
    0.25
    """

    kind: str
    target: str = ""
    value: float | str | None = None

    @property
    def number(self) -> float:
        """The value of a control that holds a number; raises :class:`InputError` where it holds none."""
        if not isinstance(self.value, int | float):
            raise InputError(f"{self.target} is {shown(self.value)}; it must be a number")
        return float(self.value)


def event_from(message: object) -> Event | None:
    """The event that a browser's message describes; None for anything that is not one."""
    if not isinstance(message, dict):
        return None
    kind, target, value = (message.get(name) for name in ("kind", "target", "value"))
    if kind not in KINDS or not isinstance(target, str) or not isinstance(value, int | float | str | None):
        return None
    if kind in MOST and not (isinstance(value, int | float) and 0 <= value <= MOST[kind]):
        return None
    return Event(kind, target, value)


def answer_to(message: object) -> dict[str, object] | None:
    """What tells a browser that its message is done with; None where it did not say which message."""
    if not isinstance(message, dict) or "number" not in message:
        return None
    return {"answered": message["number"], "view": message.get("view")}
