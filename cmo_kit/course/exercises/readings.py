"""Telling misreadings apart: an answer is held against the right one, and against what known mistakes would give."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from cmo_kit.base.values import shown
from cmo_kit.core.instance import Instance
from cmo_kit.course.exercises.verdict import Wrong, asked, close, number, numbers, told
from cmo_kit.methods.registry import solve

#: Whether an answer is equal to a value; raises :class:`Wrong` for an answer of another form.
Equal = Callable[[Any, Any], bool]


def equal_numbers(answer: Any, value: float) -> bool:
    """Whether a number is ``value``, but for rounding."""
    return close(number(answer, "what you give"), value)


def equal_lists(answer: Any, value: Sequence[float]) -> bool:
    """Whether a list of numbers is ``value``, but for rounding."""
    found = numbers(answer, "what you give")
    return len(found) == len(value) and all(map(close, found, value))


def equal_flags(answer: Any, value: bool) -> bool:
    """Whether an answer is True or False as ``value`` is."""
    if not isinstance(answer, bool | np.bool_):
        raise Wrong(f"what you give is {shown(answer)}; it must be True or False")
    return bool(answer) == value


def hold(answer: Any, right: Any, mistakes: Mapping[str, Any], otherwise: str, equal: Equal = equal_numbers) -> None:
    """Accept ``answer`` if it is ``right``; else name the mistake that gives it, or say ``otherwise``."""
    if equal(answer, right):
        return
    for sentence, value in mistakes.items():
        if equal(answer, value):
            raise Wrong(sentence)
    raise Wrong(otherwise)


def hold_function(
    function: Any, cases: Sequence[tuple[Any, ...]], right: Callable[..., Any],
    readings: Mapping[str, Callable[..., Any]], equal: Equal = equal_numbers, returns: str = "",
) -> None:  # fmt: skip
    """Ask ``function`` for every case; where it is wrong, name the misreading that agrees with it on all of them."""
    given = [asked(function, *case, returns=returns) for case in cases]
    values = [right(*case) for case in cases]
    agree = [equal(one, value) for one, value in zip(given, values, strict=True)]
    if all(agree):
        return
    for sentence, reading in readings.items():
        if all(equal(one, reading(*case)) for one, case in zip(given, cases, strict=True)):
            raise Wrong(sentence)
    place = agree.index(False)
    raise Wrong(
        f"for {told(cases[place])} your function returns {shown(given[place])}; it must be {shown(values[place])}"
    )


def hold_keys(answer: Any, *keys: object) -> None:
    """Refuse what is no dictionary with these keys."""
    if not isinstance(answer, dict) or set(answer) != set(keys):
        *most, last = (f'"{key}"' if isinstance(key, str) else str(key) for key in keys)
        raise Wrong(f"the answer must be a dictionary with {', '.join(most)} and {last}")


def chosen(answer: Any, right: Mapping[str, Any], choices: Sequence[Any], why: Mapping[str, str]) -> None:
    """Hold a dictionary of choices against ``right``; ``why`` says for each key what speaks against another choice."""
    if not isinstance(answer, Mapping) or set(answer) != set(right):
        raise Wrong(f"the answer must be a dictionary with the keys {', '.join(right)}")
    for key, value in answer.items():
        if value not in choices:
            raise Wrong(f"{key} is {shown(value)}; it must be one of {', '.join(map(str, choices))}")
    for key, value in right.items():
        if answer[key] != value:
            raise Wrong(f"{key} is not {shown(answer[key])}: {why[key]}")


@cache
def run_total(instance: Instance, method: str, **parameters: Any) -> float:
    """Total tardiness of a run that finds a schedule."""
    return float(solve(instance, method, **parameters).total_tardiness or 0)


def separating(draw: Callable[[], tuple[Any, ...]], readings: Sequence[Callable[..., Any]]) -> list[tuple[Any, ...]]:
    """Cases from ``draw`` on which every two of ``readings`` differ somewhere; each case tells new ones apart."""
    open_pairs = {(i, j) for i in range(len(readings)) for j in range(i)}
    cases = []
    for _ in range(2000):
        case = draw()
        results = [reading(*case) for reading in readings]
        apart = {(i, j) for i, j in open_pairs if results[i] != results[j]}
        if apart:
            cases.append(case)
            open_pairs -= apart
        if not open_pairs:
            return cases
    raise AssertionError(f"readings {open_pairs} never differ")
