"""What a reader did with a picture."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KINDS = ("click", "set", "drag", "drop", "key", "tick")


@dataclass(frozen=True)
class Event:
    """One thing that the reader did; a pure function turns it into the next state.

    Attributes
    ----------
    kind : str
        ``click``, ``set`` (a control got a value), ``drag``, ``drop``, ``key`` or ``tick`` (time passed while playing).
    target : str
        The ``data-touch`` or ``data-drag`` name of the element; empty for the stage as a whole.
    value : float, str or None
        ``set``: the control's value; ``drag`` and ``drop``: 0..1 along the track; ``key``: the key's name,
        such as ``ArrowLeft``, ``Space`` or ``a``.
    """

    kind: str
    target: str = ""
    value: float | str | None = None


def event_from(message: Mapping[str, Any]) -> Event | None:
    """The event that a browser's message describes; None for anything that is not one."""
    kind, target, value = (message.get(name) for name in ("kind", "target", "value"))
    if kind not in KINDS or not isinstance(target, str):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str | None):
        return None
    if isinstance(value, int | float) and not math.isfinite(value):
        return None
    if kind in ("drag", "drop") and not (isinstance(value, int | float) and 0 <= value <= 1):
        return None
    return Event(kind, target, value)
