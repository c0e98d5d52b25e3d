"""Checks of single values, each an :class:`InputError` where it fails; ``field`` is the path to the value."""

import math
import re
from collections.abc import Collection, Mapping
from numbers import Integral, Real
from typing import Any

from cmo_kit.base.errors import InputError

#: Of a value in an error sentence.
MAXIMUM_SHOWN = 60
SURROGATES = re.compile("[\ud800-\udfff]")
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


def shown(value: object) -> str:
    """``value`` as it stands in an error sentence: one line, never long."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no integer of more than some thousand digits
        text = "a number of thousands of digits"
    text = re.sub(r"\n\s*", " ", text)  # an array is written over several lines
    return text if len(text) <= MAXIMUM_SHOWN else text[: MAXIMUM_SHOWN - 3] + "..."


def storable(text: str) -> str:
    """``text`` with a question mark for every half of a surrogate pair: what somebody sent, as UTF-8 can hold it."""
    return SURROGATES.sub("?", text)


def plain(value: float) -> int | float:
    """A number as the files hold it: an integer where it is one."""
    return int(value) if float(value).is_integer() else float(value)


def check_object(value: object, field: str) -> Mapping[str, Any]:
    """``value`` as an object, whatever its keys."""
    if not isinstance(value, Mapping):
        raise InputError(f"{field} is {shown(value)}; it must be an object")
    return value


def check_keys(
    value: object, field: str, required: Collection[str], optional: Collection[str] = ()
) -> Mapping[str, Any]:
    """``value`` as an object that has all required keys and no unknown one."""
    found = check_object(value, field)
    for key in found:
        if key not in required and key not in optional:
            allowed = ", ".join(sorted({*required, *optional}))
            raise InputError(f"{field} has the unknown key {shown(key)}; the keys are {allowed}")
    for key in required:
        if key not in found:
            raise InputError(f"{field} has no {key!r}; it is required")
    return found


def check_list(value: object, field: str, length: int | None = None, each: str = "entries") -> list[Any]:
    """``value``, which may be an array, as a list, of ``length`` entries if given."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if not isinstance(value, list | tuple):
        raise InputError(f"{field} is {shown(value)}; it must be a list")
    if length is not None and len(value) != length:
        raise InputError(f"{field} has {len(value)} entries; it must have {length}, {each}")
    return list(value)


def check_count(count: int, field: str, maximum: int) -> None:
    """Refuse a list of more than ``maximum`` entries."""
    if count > maximum:
        raise InputError(f"{field} has {count} entries; it may have at most {maximum}")


def check_text(value: object, field: str) -> str:
    """``value`` as a non-empty string on one line, of characters that UTF-8 can hold."""
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{field} is {shown(value)}; it must be a non-empty string")
    if SURROGATES.search(value):
        raise InputError(f"{field} is {shown(value)}; it must be text that UTF-8 can hold")
    if CONTROLS.search(value):
        raise InputError(f"{field} is {shown(value)}; it must be text on one line, without control characters")
    return value


def check_integer(value: object, field: str, minimum: int, maximum: int | None = None) -> int:
    """``value``, which may be one of numpy's, as an integer within its bounds; booleans and 3.0 are no integers."""
    if not isinstance(value, int | Integral) or isinstance(value, bool):
        raise InputError(f"{field} is {shown(value)}; it must be an integer")
    number = int(value)
    if number < minimum:
        raise InputError(f"{field} is {shown(value)}; it must be at least {minimum}")
    if maximum is not None and number > maximum:
        raise InputError(f"{field} is {shown(value)}; it must be at most {maximum}")
    return number


def check_number(value: object, field: str, minimum: float = 0, maximum: float = math.inf) -> float:
    """``value``, which may be one of numpy's, as a finite number within its bounds."""
    if not isinstance(value, int | float | Real) or isinstance(value, bool):
        raise InputError(f"{field} is {shown(value)}; it must be a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{field} is {shown(value)}; it must be finite")
    exact = value if isinstance(value, int) else number  # as a float an integer may be another
    if exact < minimum:
        raise InputError(f"{field} is {shown(value)}; it must be at least {minimum:g}")
    if exact > maximum:
        raise InputError(f"{field} is {shown(value)}; it must be at most {maximum:g}")
    return number


def check_choice(value: object, field: str, choices: tuple[str, ...]) -> str:
    """``value`` as one of ``choices``, or an :class:`InputError`."""
    if not isinstance(value, str) or value not in choices:
        raise InputError(f"{field} is {shown(value)}; it must be one of {', '.join(choices)}")
    return value


def check_flag(value: object, field: str) -> bool:
    """``value`` as true or false, or an :class:`InputError`."""
    if not isinstance(value, bool):
        raise InputError(f"{field} is {shown(value)}; it must be true or false")
    return value
