"""A compact chromosome: two keys per order instead of one per batch and Site change.

The first ``I`` keys put the orders in sequence (ascending, equal keys by index). Key ``I + i`` says on how
many Sites order ``i`` may run: ``k_i = 1 + floor(min(L, Q_i) x^3)`` for a key ``x``, so that about half of all
keys mean one Site and few mean many. The orders are then scheduled one by one, never to be moved again:

1. An order may use the ``k_i`` Sites where it could start first (equal starts: the lower Site).
2. Each of its batches in turn goes to the one of them where it can start first (equal starts: the
   Site where the order could start first).

A chromosome has ``2 I`` keys whatever the batches and Sites (200 for a Large problem, where the paper's
has about 1,059), and no two Sites can trade places. Not every schedule has a code: a Site is never left
idle for the sake of an order that comes later.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule, from_indices


def check_compact(instance: Instance, keys: ArrayLike) -> NDArray[np.float64]:
    """``keys`` as an array of ``2 I`` numbers in 0..1, or of a population's shape (e, 2 I).

    Raises :class:`InputError` when the length is another one or a key is not a finite number in 0..1.
    """
    values = np.asarray(keys, dtype=np.float64)
    length = 2 * len(instance.orders)
    if values.ndim not in (1, 2) or values.shape[-1] != length:
        raise InputError(f"keys has shape {values.shape}; {instance.name!r} needs {length} keys, two per order")
    if not ((values >= 0) & (values <= 1)).all():
        raise InputError("keys holds a value that is no finite number from 0 to 1")
    return values


def parts_of(instance: Instance, keys: NDArray[np.float64]) -> NDArray[np.int64]:
    """On how many Sites each order may run, from its second key; shape (..., I)."""
    most = np.minimum(instance.Q, instance.sites)
    cubes = keys * keys * keys  # products round alike everywhere, powers may not
    return np.minimum(most, 1 + np.floor(most * cubes).astype(np.int64))


def parts_keys(instance: Instance, parts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Keys that mean these numbers of Sites: the inverse of :func:`parts_of`; shape (I,)."""
    most = np.minimum(instance.Q, instance.sites)
    keys: NDArray[np.float64] = ((np.clip(parts, 1, most) - 0.5) / most) ** (1 / 3)
    return keys


def list_schedule(
    instance: Instance, sequence: NDArray[np.int64], parts: NDArray[np.int64]
) -> list[list[tuple[int, int]]]:
    """Schedule the orders in ``sequence`` (I,), order ``i`` on at most ``parts[i]`` Sites, (I,) and at least 1.

    Returns a list of ``L`` lists of (order index, batches).
    """
    g, sigma = instance.whole.g, instance.whole.sigma
    sites: list[list[tuple[int, int]]] = [[] for _ in range(instance.sites)]
    last_start = [0.0] * instance.sites
    for i in sequence:
        begin = [float(last_start[l] + g[runs[-1][0], i]) if runs else float(sigma[i]) for l, runs in enumerate(sites)]
        chosen = sorted(range(instance.sites), key=lambda l: (begin[l], l))[: parts[i]]
        share = dict.fromkeys(chosen, 0)
        for _ in range(instance.Q[i]):
            l = min(chosen, key=lambda l: begin[l] + share[l] * g[i, i])
            share[l] += 1
        for l in chosen:
            if share[l]:
                sites[l].append((int(i), share[l]))
                last_start[l] = begin[l] + (share[l] - 1) * float(g[i, i])
    return sites


def decode_compact(instance: Instance, keys: ArrayLike) -> Schedule:
    """The schedule that a compact chromosome stands for; raises :class:`InputError` for bad keys."""
    values = check_compact(instance, keys)
    if values.ndim != 1:
        raise InputError(f"keys has shape {values.shape}; one chromosome has shape (2 I,)")
    count = len(instance.orders)
    sequence = np.argsort(values[:count], kind="stable")
    return from_indices(instance, list_schedule(instance, sequence, parts_of(instance, values[count:])))
