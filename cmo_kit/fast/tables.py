"""An instance as the arrays that compiled code reads, and the memory that it works in."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit.core.instance import Instance

#: Chromosomes that are decoded side by side.
LANES = 16
#: Cells of sixteen chromosomes, 16 bytes each, that leave room for other things in a cache of half a megabyte.
CELLS_IN_CACHE = 1200
CACHE_LINE = 64
#: The greatest key as a whole number; with any order's index in its low bits it stays below 32 ones.
WHOLE_SCALE = 2.0**31 - 2
FINGERPRINT_SEED = 20240229


class Tables(NamedTuple):
    """Table 1's data in the layout of the kernels; times in the instance's unit, which the decoder makes a tick.

    ``sites`` is ``L``; so many Sites as ``block`` says are decoded together, so that their cells stay in the
    processor's cache; an order's index has ``bits`` bits. ``first`` (I + 1,) holds the first gene of each order, then
    the first Site change. ``g`` (I + 1, I) are the gaps of equation (6); its last row is ``sigma``, the "gap" from
    nothing to the batch that opens a Site. ``same`` (I,) is ``g_ii``; ``tails``, ``due`` and ``weight`` (I,) are
    ``sum_o p_io``, ``D_i`` and ``w_i``. ``before`` (I + 1,) and ``here`` (I,) are odd random numbers for fingerprints.
    """

    sites: int
    block: int
    bits: int
    first: NDArray[np.int64]
    g: NDArray[Any]
    same: NDArray[np.float64]
    tails: NDArray[np.float64]
    due: NDArray[np.float64]
    weight: NDArray[np.float64]
    before: NDArray[np.uint64]
    here: NDArray[np.uint64]


def make_tables(instance: Instance) -> Tables:
    """The tables of ``instance``; copies, so that the kernels may assume plain contiguous memory."""
    orders = len(instance.Q)
    odd = np.random.default_rng(FINGERPRINT_SEED).integers(2**64, size=(2, orders + 1), dtype=np.uint64) | np.uint64(1)
    return Tables(
        sites=instance.sites,
        block=min(instance.sites, max(1, CELLS_IN_CACHE // orders)),
        bits=max(1, (orders - 1).bit_length()),
        first=np.concatenate([[0], np.cumsum(instance.Q)]).astype(np.int64),
        g=smallest(np.vstack([instance.g, instance.sigma])),
        same=np.diag(instance.g).copy(),
        tails=instance.tails.copy(),
        due=instance.D.copy(),
        weight=instance.w.copy(),
        before=odd[0].copy(),
        here=odd[1, :orders].copy(),
    )


def smallest(values: NDArray[np.float64]) -> NDArray[Any]:
    """The same numbers in the smallest type that holds them exactly: a short table stays in the cache."""
    for dtype in (np.uint8, np.uint16):
        if bool(((values >= 0) & (values <= np.iinfo(dtype).max) & (values == np.floor(values))).all()):
            return values.astype(dtype)
    return values


class Workspace(NamedTuple):
    """Memory of one thread, allocated once; every row holds one number for each of ``LANES`` chromosomes.

    ``keys`` (T) are the batches' whole keys and ``changes`` (L) the Site changes'. ``low`` and ``below`` (I) carry an
    order from one block of Sites to the next. ``cells``, ``counts`` and ``starts`` have a row for each order and
    Site of a block; ``runs`` (L) counts a Site's runs. ``last`` (I) is the last start of each order,
    ``total`` and ``flags`` (1) are results.
    """

    keys: NDArray[np.uint32]
    changes: NDArray[np.uint32]
    low: NDArray[np.uint32]
    below: NDArray[np.uint32]
    cells: NDArray[np.uint32]
    counts: NDArray[np.uint32]
    starts: NDArray[np.float64]
    runs: NDArray[np.uint32]
    last: NDArray[np.float64]
    total: NDArray[np.float64]
    flags: NDArray[np.uint32]


def make_workspace(tables: Tables) -> Workspace:
    """Memory for decoding populations of the tables' instance."""
    orders, sites = len(tables.same), tables.sites
    block = orders * tables.block
    lengths = {"keys": tables.first[orders], "changes": sites, "runs": sites, "total": 1, "flags": 1}
    lengths |= {"low": orders, "below": orders, "last": orders, "cells": block, "counts": block, "starts": block}
    types = {"starts": np.float64, "last": np.float64, "total": np.float64}
    return Workspace(*(rows(lengths[name], types.get(name, np.uint32)) for name in Workspace._fields))


def rows(count: int, dtype: type) -> NDArray[Any]:
    """Uninitialised (count, LANES) array that begins on a cache line: vectors across two lines are slow."""
    size = count * LANES * np.dtype(dtype).itemsize
    memory = np.empty(size + CACHE_LINE, np.uint8)
    begin = -memory.ctypes.data % CACHE_LINE
    return memory[begin : begin + size].view(dtype).reshape(count, LANES)
