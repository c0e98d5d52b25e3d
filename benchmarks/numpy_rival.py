"""The decoder in numpy alone, a whole population at a time: the best that was found without a compiler."""

import numpy as np
from numpy.typing import NDArray

from cmo_kit.core.instance import Instance


class NumpyDecoder:
    """Total tardiness of populations whose keys do not tie, the same numbers as core.

    The Site of a batch is counted, not sorted for; then one ``argsort`` over (e, L, I) puts the runs of
    each Site in order, and one ``cumsum``, which adds one by one, gives all starts.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.first = np.concatenate([[0], np.cumsum(instance.Q)[:-1]])
        orders = len(instance.Q)
        same = np.diag(instance.g)
        #: Row I opens a Site (sigma), column I and what follows it are nothing.
        self.g = np.zeros((orders + 1, orders + 1))
        self.g[:orders, :orders] = instance.g
        self.g[orders, :orders] = instance.sigma
        self.same = same

    def total_tardiness(self, population: NDArray[np.float64]) -> NDArray[np.float64]:
        """Equation (1) of every chromosome; (e, n) keys to (e,) time units."""
        instance = self.instance
        e, L, I, T = len(population), instance.sites, len(instance.Q), instance.total_batches
        keys, changes = population[:, :T], np.sort(population[:, T:], axis=1)
        least, count = np.empty((e, L, I)), np.empty((e, L, I), dtype=np.int64)
        below_before = np.zeros((e, I), dtype=np.int64)
        masked, least_above = keys, np.minimum.reduceat(keys, self.first, axis=1)
        for l in range(L):
            least[:, l] = least_above
            if l < L - 1:
                above = keys > changes[:, l, None]
                below = instance.Q - np.add.reduceat(above, self.first, axis=1, dtype=np.int64)
                masked = np.where(above, keys, np.inf)
                least_above = np.minimum.reduceat(masked, self.first, axis=1)
            else:
                below = np.broadcast_to(instance.Q, (e, I))
            count[:, l] = below - below_before
            below_before = below
        least[count == 0] = np.inf
        sequence = np.argsort(least, axis=2)
        run = np.take_along_axis(count, sequence, axis=2)
        here = np.where(run > 0, sequence, I)
        before = np.concatenate([np.full((e, L, 1), I), here[:, :, :-1]], axis=2)
        steps = np.empty((e, L, I, 2))
        steps[..., 0] = self.g[before, here]
        steps[..., 1] = (run - 1) * self.same[sequence]
        starts = np.cumsum(steps.reshape(e, L, 2 * I), axis=2)[:, :, 1::2]
        last = np.empty((e, L, I))
        np.put_along_axis(last, sequence, np.where(run > 0, starts, -np.inf), axis=2)
        late = np.maximum(0.0, last.max(axis=1) + instance.tails - instance.D)
        total: NDArray[np.float64] = np.cumsum(instance.w * late, axis=1)[:, -1]
        return total
