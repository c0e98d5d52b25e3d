"""The one way the kit compiles a function.

Nothing here may change a number: no fast-math, no contraction of ``a * b + c`` into one rounding, so
a compiled function agrees with the readable one to the last bit.
"""

import contextlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

PACKAGE = Path(__file__).resolve().parent.parent


@cache
def newest_source(package: Path) -> float:
    """When a source file with compiled code was last changed, in seconds since the epoch."""
    sources = [path for folder in ("fast", "codings", "search", "bounds") for path in (package / folder).rglob("*.py")]
    return max((path.stat().st_mtime for path in sources), default=0.0)


@cache
def forget_outdated(folder: Path, newest: float) -> None:
    """Drop the indices of stored functions in ``folder`` that are older than ``newest``.

    numba looks only at the file of a function itself, so an edit of a part in another file would go unnoticed.
    """
    for index in folder.glob("*.nbi"):
        with contextlib.suppress(OSError):
            if index.stat().st_mtime < newest:
                index.unlink()


def stored(function: Function, **options: Any) -> Function:
    """``function`` as machine code, kept on disk between processes where there is a place for it.

    numba looks for that place beside the source file, then in the user's cache directory (or in
    ``NUMBA_CACHE_DIR``). Where none is writable the function is compiled anew in every process: a few
    seconds, the same results.
    """
    try:
        made = njit(cache=True, **options)(function)
    except RuntimeError:  # numba's word for "no directory to write to"
        return njit(**options)(function)  # type: ignore[no-any-return]
    if hasattr(made, "stats"):  # with compiling switched off numba gives the function back as it is
        with contextlib.suppress(OSError):
            forget_outdated(Path(made.stats.cache_path), newest_source(PACKAGE))
    return made  # type: ignore[no-any-return]


def compiled(function: Function) -> Function:
    """``function`` as :func:`stored` machine code that other threads run beside."""
    return stored(function, nogil=True, error_model="numpy")


def inlined(function: Function) -> Function:
    """``function`` for compiled functions alone, which get its code in their own instead of calling it.

    A call would hand over the description of every table and workspace array, which costs as much as the
    shorter parts themselves.
    """
    return njit(error_model="numpy", forceinline=True)(function)  # type: ignore[return-value]
