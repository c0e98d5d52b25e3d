"""An instance as the arrays that compiled code reads, and the memory that it works in."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit.core.instance import Instance

#: Chromosomes that are decoded side by side.
LANES = 16
#: Cells of sixteen chromosomes, 16 bytes each, that leave room for other things in a cache of half a megabyte.
CELLS_IN_CACHE = 1200
#: Vectors of buckets that one network sorts, the number of these buckets, and an unused word of theirs.
VECTORS = 4
BUCKETS = LANES * VECTORS
EMPTY_WORD = np.uint64(2**64 - 1)
#: Keys per bucket on the average and at most: in places keys may lie several times as densely as elsewhere.
USUAL, MOST = 8, 64
#: Room behind the sorted words for copying several at a time.
SPARE = 4
CACHE_LINE = 64
FINGERPRINT_SEED = 20240229


class Tables(NamedTuple):
    """Table 1's data in the layout of the kernels; times in time units.

    ``first`` (I + 1,) holds the first gene of each order, then the first Site change. ``g`` (I + 1, I)
    are the gaps of equation (6); its last row is ``sigma``, the "gap" from nothing to the batch that
    opens a Site. ``same`` (I,) is ``g_ii``; ``tails``, ``due`` and ``weight`` (I,) are ``sum_o p_io``, ``D_i``
    and ``w_i``. ``before`` (I + 1,) and ``here`` (I,) are odd random numbers for fingerprints.
    """

    first: NDArray[np.int64]
    g: NDArray[Any]
    same: NDArray[np.float64]
    tails: NDArray[np.float64]
    due: NDArray[np.float64]
    weight: NDArray[np.float64]
    before: NDArray[np.uint64]
    here: NDArray[np.uint64]


def tables(instance: Instance) -> Tables:
    """The tables of ``instance``; copies, so that the kernels may assume plain contiguous memory."""
    first = np.concatenate([[0], np.cumsum(instance.Q)]).astype(np.int64)
    orders = len(instance.Q)
    odd = np.random.default_rng(FINGERPRINT_SEED).integers(2**64, size=(2, orders + 1), dtype=np.uint64) | np.uint64(1)
    return Tables(
        first=first,
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


def workspace(instance: Instance) -> Workspace:
    """Memory for decoding populations of ``instance``."""
    orders, sites = len(instance.Q), instance.sites
    block = orders * block_size(instance)
    lengths = {"keys": instance.total_batches, "changes": sites, "runs": sites, "total": 1, "flags": 1}
    lengths |= {"low": orders, "below": orders, "last": orders, "cells": block, "counts": block, "starts": block}
    types = {"starts": np.float64, "last": np.float64, "total": np.float64}
    return Workspace(*(rows(lengths[name], types.get(name, np.uint32)) for name in Workspace._fields))


def block_size(instance: Instance) -> int:
    """How many Sites are decoded together, so that a block's cells stay in the processor's cache."""
    return min(instance.sites, max(1, CELLS_IN_CACHE // len(instance.Q)))


def rows(count: int, dtype: type) -> NDArray[Any]:
    """Uninitialised (count, LANES) array that begins on a cache line: vectors across two lines are slow."""
    size = count * LANES * np.dtype(dtype).itemsize
    memory = np.empty(size + CACHE_LINE, np.uint8)
    begin = -memory.ctypes.data % CACHE_LINE
    return memory[begin : begin + size].view(dtype).reshape(count, LANES)


def order_bits(orders: int) -> int:
    """Bits that an order's index needs; the other bits of a cell are its key's."""
    return max(1, (orders - 1).bit_length())


class Buckets(NamedTuple):
    """Tables and memory of one thread for one instance.

    ``order_of`` (n,) is each gene's order, ``I`` for a Site change. A key times ``scale`` is a whole number with the
    bucket above ``shift`` bits; ``bits`` hold an order's index. Of each group of buckets ``words`` has ``MOST`` times
    ``VECTORS`` rows, EMPTY_WORD between chromosomes, and ``counts`` says how many words each bucket has. ``line``
    (n + SPARE) holds the whole keys, later the sorted words; ``run_of`` (I) is each order's newest run. ``orders``,
    ``batches`` and ``gaps`` (n + 2) hold the runs of all Sites, with a Site change between two Sites, and ``last``
    (I) the last start of each order.
    """

    order_of: NDArray[np.uint16]
    scale: float
    shift: int
    bits: int
    words: NDArray[np.uint64]
    counts: NDArray[np.uint32]
    line: NDArray[np.uint64]
    run_of: NDArray[np.uint32]
    orders: NDArray[np.uint16]
    batches: NDArray[np.uint32]
    gaps: NDArray[np.float64]
    last: NDArray[np.float64]


def bucket_workspace(instance: Instance) -> Buckets:
    """Prepare the decoding of ``instance``."""
    orders, n = len(instance.Q), instance.key_count
    groups = -(-n // (USUAL * BUCKETS))
    bits = order_bits(orders + 2)  # room for the Site change's index, and never all ones, which would be EMPTY_WORD
    shift = min(64 - bits, 53 - (groups * BUCKETS).bit_length())
    words = rows(groups * MOST * VECTORS, np.uint64)
    words[:] = EMPTY_WORD
    return Buckets(
        order_of=np.where(instance.gene_orders < 0, orders, instance.gene_orders).astype(np.uint16),
        scale=float(np.nextafter(float(groups * BUCKETS * 2**shift), 0)),
        shift=shift,
        bits=bits,
        words=words,
        counts=np.zeros(groups * BUCKETS, np.uint32),
        line=np.empty(n + SPARE, np.uint64),
        run_of=np.empty(orders, np.uint32),
        orders=np.empty(n + 2, np.uint16),
        batches=np.empty(n + 2, np.uint32),
        gaps=np.empty(n + 2),
        last=np.empty(orders),
    )
