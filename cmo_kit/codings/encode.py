"""From a schedule back to keys: the inverse of the decoder, and one code for each schedule.

Equal keys aside, ``n!`` orders of the genes decode to far fewer schedules: batches of one order can trade
keys, and a batch can stand anywhere behind the first of its run on its Site. Uniform crossover of two
codes of one schedule therefore makes children that are other, mostly much worse schedules. The
canonical code of a schedule lists its runs Site by Site, the batches of an order by gene index, with keys
equally far apart; a child of two equal codes is the same schedule again.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.core.chromosome import check_keys_of, decode_sites
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule


def encode_runs(instance: Instance, sites: Sequence[Sequence[tuple[int, int]]]) -> NDArray[np.float64]:
    """The canonical keys of a schedule given as (order index, batches) runs on each of the ``L`` Sites.

    The k-th of ``n`` genes in the order of the schedule, counted from 0, gets the key ``(k + 1/2) / n``.

    Raises :class:`InputError` where an order has two runs on a Site or another number of batches than the instance
    wants: the decoder makes no such schedule.
    """
    if len(sites) != instance.sites:
        raise InputError(f"the schedule has {len(sites)} Sites; {instance.name!r} has {instance.sites}")
    next_gene = np.cumsum(instance.Q) - instance.Q
    end = np.cumsum(instance.Q)
    genes: list[int] = []
    for l, runs in enumerate(sites):
        if l > 0:
            genes.append(instance.total_batches + l - 1)
        met = set()
        for i, batches in runs:
            if i in met:
                raise InputError(
                    f"order {instance.orders[i].id} has two runs on Site {l + 1}; the decoder makes one of them"
                )
            met.add(i)
            genes.extend(range(int(next_gene[i]), int(next_gene[i]) + batches))
            next_gene[i] += batches
    for i in np.flatnonzero(next_gene != end).tolist():
        placed = int(next_gene[i] - end[i] + instance.Q[i])
        raise InputError(f"order {instance.orders[i].id} has {placed} batches; it must have {instance.Q[i]}")
    keys = np.empty(instance.key_count)
    keys[genes] = (np.arange(instance.key_count) + 0.5) / instance.key_count
    return keys


def encode(schedule: Schedule) -> NDArray[np.float64]:
    """Keys, shape (n,), that decode to ``schedule`` exactly; errors as in :func:`encode_runs`."""
    index = schedule.instance.order_index
    return encode_runs(
        schedule.instance, [[(index[run.order], run.batches) for run in site] for site in schedule.sites]
    )


def canonical(instance: Instance, keys: ArrayLike, sort_sites: bool = False) -> NDArray[np.float64]:
    """The canonical keys of the schedules that ``keys``, (n,) or (e, n), decode to, in the same shape.

    With ``sort_sites`` the Sites are numbered by the index of the first order of each, empty ones last; the tardiness
    is the same, and schedules that differ only in the numbering get one code. Raises :class:`InputError` for keys that
    are none of this instance.
    """
    values = check_keys_of(instance, keys)
    codes = []
    for row in np.atleast_2d(values):
        sites = decode_sites(instance, row)
        if sort_sites:
            sites.sort(key=lambda runs: runs or [(len(instance.orders), 0)])
        codes.append(encode_runs(instance, sites))
    return np.array(codes).reshape(values.shape)
