"""What a check says, and how a learner's answer is read and a learner's function called without harm."""

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, fields
from importlib import import_module
from numbers import Real
from types import FunctionType
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.methods.budget import Budget, BudgetSpent, Runaway

#: The module with the checks of each chapter.
CHAPTERS = {
    "01": "the_problem", "02": "decoding", "03": "model", "04": "genetic", "05": "experts", "06": "experiment",
    "07": "report", "08": "beyond", "09": "planning", "12": "neighbourhoods", "13": "annealing",
    "14": "own_methods", "15": "factories",
}  # fmt: skip
#: From an answer to what is worth saying when it is right; raises :class:`Wrong`.
Check = Callable[[Any], str]
CHECKS: dict[str, Check] = {}


class Wrong(Exception):  # noqa: N818 (an answer's state, no error of the program)
    """The answer is wrong; the text says why, as the part of a sentence behind "wrong:"."""


@dataclass(frozen=True, repr=False)
class Verdict:
    """What :func:`check` found.

    Parameters
    ----------
    exercise : str
    status : str
        ``not attempted yet``, ``wrong`` or ``right``.
    text : str
        Why, or what is worth keeping.

    Examples
    --------
    >>> Verdict("02.3", "wrong", "the keys are sorted in descending order")
    02.3 wrong: the keys are sorted in descending order
    """

    exercise: str
    status: str
    text: str = ""

    @property
    def right(self) -> bool:
        """Whether the answer is right."""
        return self.status == "right"

    def __repr__(self) -> str:
        return f"{self.exercise} {self.status}" + (f": {self.text}" if self.text else "")


def exercise(name: str) -> Callable[[Check], Check]:
    """Name the exercise that a function checks."""

    def register(function: Check) -> Check:
        CHECKS[name] = function
        return function

    return register


def check(name: str, answer: object) -> Verdict:
    """Say at once, and without a network, whether an answer is right.

    Parameters
    ----------
    name : str
        The number of an exercise, such as ``"02.3"``.
    answer : object
        A value, or a function of one's own, as the exercise asks. It runs here, in the learner's own process.

    Returns
    -------
    Verdict
        Not attempted yet, wrong and why, or right; a notebook shows it as one sentence.

    Raises
    ------
    InputError
        For an exercise that does not exist.

    Examples
    --------
    >>> check("01.4", 0)
    01.4 wrong: for each order: the latest completion less the due date, but at least 0; then the sum
    """
    chapter = CHAPTERS.get(name[:2]) if isinstance(name, str) else None
    if chapter is not None:
        import_module(f"cmo_kit.course.exercises.{chapter}")
    if chapter is None or name not in CHECKS:
        raise InputError(f"the exercise is {shown(name)}; it must be the number of one, such as '02.3'")
    try:  # also of what looks whether it is touched: a list may contain itself
        if untouched(answer):
            return Verdict(name, "not attempted yet")
        return Verdict(name, "right", CHECKS[name](answer))
    except Wrong as wrong:
        return Verdict(name, "wrong", str(wrong))
    except (Exception, SystemExit) as error:  # an answer of a form that nobody foresaw
        return Verdict(
            name, "wrong", f"the answer cannot be read ({described(error)}); what form does the question ask?"
        )


def _empty(): ...  # type: ignore[no-untyped-def]


def _only_said():  # type: ignore[no-untyped-def]
    """."""


def untouched(answer: object) -> bool:
    """Whether an answer is still the stub: None, nothing but None inside, or a function without a body."""
    if answer is None or answer is Ellipsis:
        return True
    if isinstance(answer, FunctionType):
        stubs = (_empty.__code__.co_code, _only_said.__code__.co_code)
        return answer.__code__.co_code in stubs and answer.__code__.co_consts[-1] is None
    if isinstance(answer, Mapping):
        answer = list(answer.values())
    return isinstance(answer, list | tuple) and len(answer) > 0 and all(map(untouched, answer))


def told(case: Sequence[Any]) -> str:
    """The arguments of a call in words, without functions and generators, which have none."""
    return ", ".join(
        each.name if isinstance(each, Instance) else shown(each.tolist() if isinstance(each, np.ndarray) else each)
        for each in case
        if not (callable(each) or isinstance(each, np.random.Generator))
    )


def described(error: BaseException) -> str:
    """An exception on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")[:200]


def asked(function: object, *given: Any, returns: str = "") -> Any:
    """What a learner's function returns for copies of ``given``; generators of numpy are handed over as they are.

    ``returns`` says what it must return, for the sentence where it returns None.
    """
    if not callable(function):
        raise Wrong(f"the answer is {shown(function)}; it must be a function")
    handed = [each if isinstance(each, np.random.Generator) else deepcopy(each) for each in given]
    try:
        result = function(*handed)
    except (Exception, SystemExit) as error:
        if isinstance(error, ValueError) and "read-only" in str(error):
            raise Wrong("your function tries to change what it is given; make a copy and change that") from None
        case = f"for {told(given)} " if told(given) else ""
        raise Wrong(f"{case}your function stops with {described(error)}") from None
    for number, (before, after) in enumerate(zip(given, handed, strict=True), start=1):
        if not (before is after or same(before, after)):
            what = "the instance" if isinstance(before, Instance) else f"its argument number {number}"
            raise Wrong(f"your function changes {what}; make a copy and change that")
    if result is None:
        raise Wrong(f"your function returns None; is a return missing? {returns}".strip())
    return result


def run_out(method: Any, budget: Budget, *given: Any, what: str) -> None:
    """Let a learner's method run until it has spent its budget."""

    def run() -> bool:
        with suppress(BudgetSpent):
            method(budget, *given)
        return True

    try:
        asked(run)
    except Runaway:
        raise Wrong(f"your {what} goes on when the budget is spent; let BudgetSpent end it") from None


def same(before: Any, after: Any) -> bool:
    """Whether two values that are handed to functions are equal to the last bit."""
    if isinstance(before, Instance):
        kept = {name: value for name, value in vars(before).items() if isinstance(value, np.ndarray)}
        return all(getattr(before, field.name) == getattr(after, field.name) for field in fields(before)) and all(
            np.array_equal(value, getattr(after, name)) for name, value in kept.items()
        )
    if isinstance(before, np.ndarray):
        return isinstance(after, np.ndarray) and np.array_equal(before, after)
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(same, before, after))
    return bool(before == after)


def number(value: object, what: str = "the answer") -> float:
    """``value`` as a finite number."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    is_flag = isinstance(value, bool | np.bool_)
    if is_flag or not isinstance(value, int | float | Real) or not math.isfinite(value):
        raise Wrong(f"{what} is {shown(value)}; it must be a number")
    return float(value)


def whole(value: object, what: str = "the answer") -> int:
    """``value`` as an integer."""
    found = number(value, what)
    if not found.is_integer():
        raise Wrong(f"{what} is {shown(value)}; it must be a whole number")
    return int(found)


def entries(value: object, what: str = "the answer", count: int | None = None) -> list[Any]:
    """``value`` as a list, of ``count`` entries if given."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise Wrong(f"{what} is {shown(value)}; it must be a list")
    if count is not None and len(value) != count:
        raise Wrong(f"{what} has {len(value)} entries; it must have {count}")
    return list(value)


def numbers(value: object, what: str = "the answer", count: int | None = None) -> list[float]:
    """``value`` as a list of finite numbers."""
    return [number(entry, f"an entry of {what}") for entry in entries(value, what, count)]


def sites_of(value: object, instance: Instance) -> list[list[tuple[str, int]]]:
    """``value`` as a list of runs (order id, batches) for each Site; a schedule is one too."""
    if isinstance(value, Schedule):
        value = [[tuple(run) for run in site] for site in value.sites]
    found: list[list[tuple[str, int]]] = []
    for l, site in enumerate(entries(value), start=1):
        found.append([])
        for run in entries(site, f"Site {l}"):
            pair = entries(run, f"a run of Site {l}", 2)
            if not isinstance(pair[0], str) or pair[0] not in instance.order_index:
                raise Wrong(
                    f"a run of Site {l} names order {shown(pair[0])}; the orders are {list(instance.order_index)}"
                )
            found[-1].append((pair[0], whole(pair[1], f"the number of batches of a run of Site {l}")))
    return found


def close(first: float, second: float) -> bool:
    """Whether two numbers agree but for rounding, to a millionth."""
    return math.isclose(first, second, rel_tol=1e-6, abs_tol=1e-6)
