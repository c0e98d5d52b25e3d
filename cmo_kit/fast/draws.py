"""The draws of a numpy Generator in compiled code: the same numbers in the same order as from its own methods.

numpy offers the functions of a bit generator to compiled code, by their addresses. Calling them costs nanoseconds;
handing over the Generator itself costs a compiled function as much as thousands of draws.
"""

import ctypes
from functools import lru_cache
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numpy.typing import NDArray

from cmo_kit.fast.compiled import inlined
from cmo_kit.fast.vectors import primitive

#: The addresses of a bit generator's state, and of the functions that draw 32 bits and a number in [0, 1) from it.
Source = NDArray[np.int64]

_32 = np.uint64(32)
_LOW = np.uint64(2**32 - 1)


@lru_cache(maxsize=4)
def source_of(bits: np.random.BitGenerator) -> Source:
    """Where compiled code draws from ``bits``; the addresses are good as long as it lives."""
    offered = bits.ctypes
    functions = (ctypes.cast(draw, ctypes.c_void_p).value for draw in (offered.next_uint32, offered.next_double))
    return np.array([offered.state_address, *functions], np.int64)


def _calling(result: Any, kind: Any) -> Any:
    """A function of compiled code that hands the state at one address to numpy's function at another."""

    @primitive
    def call(typing: Any, function: Any, state: Any) -> Any:
        def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            pointer = ir.IntType(8).as_pointer()
            function = builder.inttoptr(arguments[0], ir.FunctionType(kind, [pointer]).as_pointer())
            return builder.call(function, [builder.inttoptr(arguments[1], pointer)])

        return result(types.int64, types.int64), emit

    return call


call_for_bits = _calling(types.uint32, ir.IntType(32))
call_for_number = _calling(types.float64, ir.DoubleType())


@inlined
def bits_32(source: Source) -> np.uint32:
    """32 random bits; ``integers(256, dtype=uint8)`` hands out their bytes, the lowest first."""
    return call_for_bits(source[1], source[0])  # type: ignore[no-any-return]


@inlined
def uniform(source: Source) -> float:
    """A number in [0, 1), as from ``random``."""
    return call_for_number(source[2], source[0])  # type: ignore[no-any-return]


@inlined
def below(source: Source, n: int) -> np.int64:
    """An integer in 0..n-1, as from ``integers(n)``, for n < 2^32 (Lemire 2019, doi:10.1145/3230636)."""
    if n == 1:
        return np.int64(0)
    many = np.uint64(n)
    product = np.uint64(bits_32(source)) * many
    if product & _LOW < many:
        least = (_LOW + np.uint64(1) - many) % many
        while product & _LOW < least:
            product = np.uint64(bits_32(source)) * many
    return np.int64(product >> _32)
