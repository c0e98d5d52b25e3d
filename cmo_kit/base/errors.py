"""The errors that a user of the kit can cause."""

import contextlib
from collections.abc import Iterator, Sequence
from importlib import import_module
from traceback import extract_tb
from typing import Any

#: Of complaints about one file.
MOST_SENTENCES = 20


class InputError(ValueError):
    """Bad input: one sentence that names the field, the value and the rule.

    The command line prints the sentence on one line and ends with exit code 2.

    Examples
    --------
    >>> generate_instance("tiny", seed=1)
    Traceback (most recent call last):
        ...
    cmo_kit.base.errors.InputError: the set is 'tiny'; it must be one of small, medium, large
    """


class ListError(InputError):
    """Several at once about one file: a sentence on each line, no more than twenty."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        more = len(sentences) - (MOST_SENTENCES - 1)
        if more > 1:
            self.sentences = (*sentences[: MOST_SENTENCES - 1], f"and {more} complaints more")
        super().__init__("\n".join(self.sentences))


class MissingPartError(InputError):
    """Something optional is needed and absent (a solver, an extra); the sentence says how to get it."""


@contextlib.contextmanager
def about(what: object) -> Iterator[None]:
    """Put a name, a file's for one, in front of a complaint."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{what}: {error}") from None


def need(module: str, missing: str) -> Any:
    """Import an optional module; where it is absent, ``missing`` is the :class:`MissingPartError` that says so."""
    try:
        return import_module(module)
    except ImportError:
        raise MissingPartError(missing) from None


def raised(what: str, error: BaseException) -> str:
    """A sentence on an error in somebody's own function, made where it is caught: which, and in what line."""
    message = " ".join(str(error).split())[:200]
    if isinstance(error, InputError):
        return f"{what}: {message}"
    frames = extract_tb(error.__traceback__)
    place = f" in line {frames[1].lineno} of {frames[1].name}" if len(frames) > 1 else ""
    return f"{what} raised {type(error).__name__}{place}" + (f": {message}" if message else "")
