"""The one way the kit compiles a function.

Nothing here may change a number: no fast-math, no contraction of ``a * b + c`` into one rounding, so
a compiled function agrees with the readable one to the last bit.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """``function`` as machine code, kept on disk between processes where there is a place for it.

    numba looks for that place beside the source file, then in the user's cache directory (or in
    ``NUMBA_CACHE_DIR``). Where none is writable the function is compiled anew in every process: a few
    seconds, the same results.
    """
    try:
        return njit(nogil=True, error_model="numpy", cache=True)(function)  # type: ignore[return-value]
    except RuntimeError:  # numba's word for "no directory to write to"
        return njit(nogil=True, error_model="numpy")(function)  # type: ignore[return-value]


def part(function: Function) -> Function:
    """``function`` as a part of compiled functions, put in its place there instead of being called.

    A call would hand over the description of every table and workspace array, which costs as much as the
    shorter parts themselves. numba's store of compiled functions does not notice when only a part in another
    file was edited: ``make clean`` then empties it.
    """
    return njit(error_model="numpy", forceinline=True)(function)  # type: ignore[return-value]
