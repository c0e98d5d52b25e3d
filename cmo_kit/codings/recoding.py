"""Canonical codes for a whole population at once, compiled, so that a genetic algorithm can afford them.

The result is that of :func:`cmo_kit.codings.encode.canonical`, to the last bit.
"""

from collections.abc import Callable

import numpy as np

from cmo_kit.base.arrays import Integers, Keys
from cmo_kit.core.instance import Instance
from cmo_kit.fast.compiled import compiled


@compiled
def recode_rows(keys: Keys, gene_orders: Integers, first_gene: Integers, sites: int, codes: Keys) -> None:
    """Write the canonical code of every row of ``keys`` (e, n) into ``codes`` (e, n).

    ``first_gene`` (I,) is the gene of each order's first batch. A batch is on the Site whose number is the
    number of Site-change keys below its own; runs stand in the order of their least keys. Equal keys go by gene.
    """
    e, n = keys.shape
    count, batches = first_gene.size, n - sites + 1
    for r in range(e):
        changes = keys[r, batches:]
        amount = np.zeros((sites, count), dtype=np.int64)
        least = np.zeros((sites, count))
        for gene in range(batches):
            key, i = keys[r, gene], gene_orders[gene]
            l = 0
            for change in changes:
                l += change < key
            if amount[l, i] == 0 or key < least[l, i]:
                least[l, i] = key
            amount[l, i] += 1
        following = first_gene.copy()
        place = 0
        for l in range(sites):
            if l > 0:
                codes[r, batches + l - 1] = (place + 0.5) / n
                place += 1
            present = np.flatnonzero(amount[l])
            for i in present[np.argsort(least[l][present], kind="mergesort")]:
                for _ in range(amount[l, i]):
                    codes[r, following[i]] = (place + 0.5) / n
                    following[i] += 1
                    place += 1


def recode(instance: Instance, keys: Keys) -> Keys:
    """The canonical keys of every chromosome of a population, shape (e, n)."""
    codes = np.empty_like(keys)
    genes = instance.gene_orders.astype(np.int64)
    recode_rows(keys, genes, np.cumsum(instance.Q) - instance.Q, instance.sites, codes)
    return codes


def canonical_repair(instance: Instance) -> Callable[[Keys], None]:
    """A repair step: every chromosome of a population becomes the canonical code of its schedule, in place."""

    def rewrite(population: Keys) -> None:
        population[:] = recode(instance, population)

    return rewrite
