"""The steps of the fast decoder on one chromosome, in plain Python: to be read, drawn and tried, not for speed."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.core.chromosome import check_keys_of
from cmo_kit.core.instance import Instance
from cmo_kit.fast.tables import WHOLE_SCALE


class Cell(NamedTuple):
    """One order on one Site: its least key there, its index, and how many of its batches are there."""

    least: float
    order: int
    batches: int


def cuts(instance: Instance, keys: ArrayLike) -> NDArray[np.float64]:
    """The keys of the Site changes, ascending; shape (L - 1,). They cut the line from 0 to 1 into Sites."""
    return np.sort(check_keys_of(instance, keys)[instance.total_batches :])


def site_of(key: float, changes: ArrayLike) -> int:
    """The Site (from 0) of a batch: the number of Site changes below its key; an equal one is not below."""
    return int((np.asarray(changes) < key).sum())


def cells(instance: Instance, keys: ArrayLike) -> list[list[Cell]]:
    """Per Site one cell for every order that has batches there, in the order of the instance."""
    values, changes = check_keys_of(instance, keys), cuts(instance, keys)
    found: list[dict[int, Cell]] = [{} for _ in range(instance.sites)]
    for gene in range(instance.total_batches):
        i, key = int(instance.gene_orders[gene]), float(values[gene])
        site = found[site_of(key, changes)]
        known = site.get(i, Cell(key, i, 0))
        site[i] = Cell(min(known.least, key), i, known.batches + 1)
    return [list(site.values()) for site in found]


def runs(instance: Instance, keys: ArrayLike) -> list[list[tuple[int, int]]]:
    """Per Site the runs (order index, batches): its cells, sorted; exactly the decoder's."""
    return [[(cell.order, cell.batches) for cell in sorted(site)] for site in cells(instance, keys)]


def whole_key(key: float) -> int:
    """A key as the whole number that the compiled decoder compares instead."""
    return int(key * WHOLE_SCALE)


def network(length: int) -> list[tuple[int, int]]:
    """The comparisons, in order, with which the compiled decoder sorts ``length`` numbers.

    After the comparison ``(a, b)`` the lesser of the two numbers stands at place ``a``. Batcher's merge
    exchange: algorithm 5.2.2M in Knuth, The Art of Computer Programming, volume 3.
    """
    comparisons = []
    top = 1
    while 2 * top < length:
        top *= 2
    p = top
    while p > 0:
        q, r, d = top, 0, p
        while True:
            comparisons += [(a, a + d) for a in range(length - d) if a & p == r]
            if q == p:
                break
            q, r, d = q // 2, p, q - p
        p //= 2
    return comparisons


def apply_network(numbers: ArrayLike) -> NDArray[np.float64]:
    """Sort every column of ``numbers`` (length, lanes) with the same comparisons."""
    rows = np.array(numbers, dtype=np.float64)
    for a, b in network(len(rows)):
        rows[a], rows[b] = np.minimum(rows[a], rows[b]), np.maximum(rows[a], rows[b])
    return rows
