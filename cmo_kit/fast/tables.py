"""An instance as the arrays that compiled code reads, and the memory that it works in."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit.core.instance import Instance
from cmo_kit.fast.network import sorting_network

#: Chromosomes that are decoded side by side.
LANES = 16
WORD_BITS = 32
CACHE_LINE = 64
#: Expected ties per chromosome, and cells per batch, above which chromosomes are decoded one by one.
MOST_TIES, MOST_CELLS = 0.1, 4
FINGERPRINT_SEED = 20240229


class Tables(NamedTuple):
    """Table 1's data in the layout of the kernels; times in time units.

    ``first`` (I + 1,) holds the first gene of each order, then the first Site change. ``g`` (I + 1, I)
    are the gaps of equation (6); its last row is ``sigma``, the "gap" from nothing to the batch that
    opens a Site. ``same`` (I,) is ``g_ii``; ``tails``, ``due`` and ``weight`` (I,) are ``sum_o p_io``, ``D_i``
    and ``w_i``. ``before`` (I + 1,) and ``here`` (I,) are odd random numbers for fingerprints.
    """

    first: NDArray[np.int64]
    g: NDArray[np.float64]
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
        g=np.vstack([instance.g, instance.sigma]),
        same=np.diag(instance.g).copy(),
        tails=instance.tails.copy(),
        due=instance.D.copy(),
        weight=instance.w.copy(),
        before=odd[0].copy(),
        here=odd[1, :orders].copy(),
    )


class Workspace(NamedTuple):
    """Memory of one thread, allocated once; every row holds one number for each of ``LANES`` chromosomes.

    ``keys`` (greatest Q_i rows) are one order's whole keys and ``changes`` (L - 1) the Site changes';
    ``cells`` (I L), ``counts`` (I L) and ``starts`` (I L) have a row for each order and Site; ``runs`` (L) counts a
    Site's runs. ``total`` and ``flags`` (one row) are results. ``network`` are the comparisons that sort I numbers.
    """

    keys: NDArray[np.uint32]
    changes: NDArray[np.uint32]
    cells: NDArray[np.uint32]
    counts: NDArray[np.uint32]
    starts: NDArray[np.float64]
    runs: NDArray[np.uint32]
    total: NDArray[np.float64]
    flags: NDArray[np.uint32]
    network: NDArray[np.int64]


def workspace(instance: Instance) -> Workspace:
    """Memory for decoding populations of ``instance``."""
    orders, sites = len(instance.Q), instance.sites
    cells = orders * sites
    return Workspace(
        keys=rows(int(instance.Q.max()), np.uint32),
        changes=rows(sites, np.uint32),
        cells=rows(cells, np.uint32),
        counts=rows(cells, np.uint32),
        starts=rows(cells, np.float64),
        runs=rows(sites, np.uint32),
        total=rows(1, np.float64),
        flags=rows(1, np.uint32),
        network=sorting_network(orders),
    )


def rows(count: int, dtype: type) -> NDArray[Any]:
    """Uninitialised (count, LANES) array that begins on a cache line: vectors across two lines are slow."""
    size = count * LANES * np.dtype(dtype).itemsize
    memory = np.empty(size + CACHE_LINE, np.uint8)
    begin = -memory.ctypes.data % CACHE_LINE
    return memory[begin : begin + size].view(dtype).reshape(count, LANES)


def order_bits(orders: int) -> int:
    """Bits that an order's index needs; the other bits of a word are the key's."""
    return max(1, (orders - 1).bit_length())


def suits_lanes(instance: Instance) -> bool:
    """Whether decoding side by side pays: rounded keys rarely tie, and few cells are empty.

    The expected number of ties is that of pairs of numbers that decide something (batches with
    Site changes, runs of one Site with each other) over the number of whole keys.
    """
    orders, sites, batches = len(instance.Q), instance.sites, instance.total_batches
    runs = min(batches / sites, orders)
    pairs = batches * (sites - 1) + sites * runs * (runs - 1) / 2
    return pairs < MOST_TIES * 2.0 ** (WORD_BITS - order_bits(orders)) and orders * sites <= MOST_CELLS * batches
