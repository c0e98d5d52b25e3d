"""The errors that a user of the kit can cause."""

from importlib import import_module
from typing import Any


class InputError(ValueError):
    """Bad input: one sentence that names the field, the value and the rule.

    The command line prints the sentence on one line and ends with exit code 2.
    """


class MissingPartError(InputError):
    """Something optional is needed and absent (a solver, an extra); the sentence says how to get it."""


def need(module: str, missing: str) -> Any:
    """Import an optional module; where it is absent, ``missing`` is the :class:`MissingPartError` that says so."""
    try:
        return import_module(module)
    except ImportError:
        raise MissingPartError(missing) from None
