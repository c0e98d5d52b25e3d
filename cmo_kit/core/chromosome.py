"""Random keys and what they mean: Section 4.1 and Figure 3.

A chromosome has one key per batch and one per Site change. Step 1 sorts the genes by key. Step 2
walks the sorted genes: a Site change means that what follows goes to the next Site; a batch joins
its order's run on the current Site, and runs stand in the order of their first batch.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.base.language import spoken
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule, from_indices
from cmo_kit.formats.keys import check_keys_of

__all__ = ["SITE_CHANGE", "check_keys_of", "decode", "decode_sites", "gene_name", "random_keys", "sort_genes"]
SITE_CHANGE = -1


def gene_name(instance: Instance, gene: int) -> str:
    """What a gene stands for, in words: ``order 2, batch 1`` or ``Site change 1``."""
    if gene >= instance.total_batches:
        return spoken(f"Site change {gene - instance.total_batches + 1}")
    i = int(instance.gene_orders[gene])
    first = int(instance.Q[:i].sum())
    return spoken(f"order {instance.orders[i].id}, batch {gene - first + 1}")


def sort_genes(keys: NDArray[np.float64]) -> NDArray[np.int64]:
    """Step 1: the genes by ascending key; equal keys keep gene order, so a batch precedes a Site change."""
    return np.argsort(keys, kind="stable").astype(np.int64)


def decode_sites(instance: Instance, keys: NDArray[np.float64]) -> list[list[tuple[int, int]]]:
    """Steps 1 and 2: per Site the runs as (order index, batches)."""
    sites: list[dict[int, int]] = [{} for _ in range(instance.sites)]
    l = 0
    for gene in sort_genes(keys):
        i = int(instance.gene_orders[gene])
        if i == SITE_CHANGE:
            l += 1
        else:
            sites[l][i] = sites[l].get(i, 0) + 1  # a dict keeps the order of first batches
    return [list(runs.items()) for runs in sites]


def decode(instance: Instance, keys: ArrayLike) -> Schedule:
    """The schedule that a chromosome stands for (Section 4.1).

    Parameters
    ----------
    instance : Instance
    keys : (n,) array of numbers in 0..1, ``n = sum_i Q_i + L - 1``
        Batches in the order of the instance; then the ``L - 1`` Site changes.

    Returns
    -------
    Schedule

    Raises
    ------
    InputError
        For a wrong length or a key outside 0..1.

    Examples
    --------
    >>> decode(load_instance("tiny-one-site"), [0.4, 0.9, 0.1, 0.5, 0.3]).sites  # genes of 1, 1, 2, 3, 3
    ((Run(order='2', batches=1), Run(order='3', batches=2), Run(order='1', batches=2)),)
    """
    values = check_keys_of(instance, keys)
    if values.ndim != 1:
        raise InputError(f"keys has shape {values.shape}; decode takes one chromosome, shape (n,)")
    return from_indices(instance, decode_sites(instance, values))


def random_keys(instance: Instance, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw ``size`` chromosomes of the ``instance`` from ``rng``, with uniform keys (Section 4.1).

    Returns
    -------
    (size, n) array
        Keys in [0, 1).

    Examples
    --------
    >>> random_keys(load_instance("fig3"), 20, np.random.default_rng(1)).shape
    (20, 13)
    """
    return rng.random((size, instance.key_count))
