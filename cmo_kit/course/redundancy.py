"""How many orders of the keys stand for one schedule: counted, and proved.

Theorem. Let a schedule have, on Site ``l``, runs of ``q_1, ..., q_k`` batches in this sequence. Of the ``n!``
orders of the ``n = sum_i Q_i + L - 1`` genes exactly

    (L - 1)!  prod_i Q_i!  prod_l prod_j C(q_j - 1 + q_(j+1) + ... + q_k,  q_j - 1)

decode to it.

Proof. Read an order of the genes as a word of order names, with a mark for every Site change. A word belongs to
``(L - 1)! prod_i Q_i!`` orders of genes: the marks can trade places, and so can the batches of an order. The
marks cut the word into one word per Site, so it is enough to count the words of a Site that merge into its runs.
Build one from behind. The word of run ``k`` alone is unique. Given a word of the runs ``j + 1, ..., k``, a batch
of run ``j`` must open the new word, as runs stand in the sequence of their first batches; its other ``q_j - 1``
batches can have any of the ``q_j - 1 + q_(j+1) + ... + q_k`` places behind. No word arises twice, and each arises. QED.

The schedules themselves are counted by order: one on a set of ``s`` Sites can divide its batches among them in
``C(Q_i - 1, s - 1)`` ways, and ``k`` runs on a Site can stand in ``k!`` sequences. So there are

    sum over all choices of a set of Sites for every order of  prod_i C(Q_i - 1, s_i - 1)  prod_l k_l!

schedules. As ``k!`` is the integral of ``x^k e^-x`` over ``x >= 0``, this is the mean, over independent
exponential ``x_1, ..., x_L``, of ``prod_i sum_s C(Q_i - 1, s - 1) e_s(x)`` with the elementary symmetric
polynomials ``e_s``: a number that can be estimated for any size.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, permutations
from math import comb, factorial, lgamma, log, prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.core.chromosome import decode_sites
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule

Sites = tuple[tuple[tuple[int, int], ...], ...]
MOST_GENES = 9
MOST_STATES = 1_000_000


def key_orders_of(instance: Instance, sites: Sequence[Sequence[tuple[object, int]]]) -> int:
    """The theorem: how many orders of the keys decode to runs (order, batches) on each Site."""
    labels = factorial(instance.sites - 1) * prod(factorial(q) for q in instance.Q.tolist())
    return labels * prod(words_of([batches for _, batches in runs]) for runs in sites)


def words_of(runs: Sequence[int]) -> int:
    """How many words of order names merge into runs of so many batches, in this sequence, on one Site."""
    number, behind = 1, 0
    for batches in reversed(runs):
        number *= comb(batches - 1 + behind, batches - 1)
        behind += batches
    return number


def key_orders_of_schedule(schedule: Schedule) -> int:
    """The theorem, for a schedule with one run per order and Site."""
    return key_orders_of(schedule.instance, schedule.sites)


def enumerate_key_orders(instance: Instance) -> Counter[Sites]:
    """Decode all ``n!`` orders of the keys and count them by schedule.

    Raises :class:`InputError` for more than 9 genes, of which there would be millions of orders.
    """
    n = instance.key_count
    if n > MOST_GENES:
        raise InputError(f"{instance.name!r} has {n} genes; all orders are tried for at most {MOST_GENES}")
    found: Counter[Sites] = Counter()
    for order in permutations(range(n)):
        found[tuple(tuple(site) for site in decode_sites(instance, np.array(order, dtype=np.float64)))] += 1
    return found


def count_schedules(instance: Instance) -> int:
    """How many different schedules the decoder can make, numbering of the Sites counted; exact.

    Raises :class:`InputError` where the sum has too many states: for that there is :func:`estimate_schedules`.
    """
    sites = instance.sites
    if (len(instance.orders) + 1) ** sites > MOST_STATES:
        raise InputError(f"{instance.name!r} has too many orders and Sites to count its schedules exactly")
    subsets = [subset for size in range(1, sites + 1) for subset in combinations(range(sites), size)]
    ways: dict[tuple[int, ...], int] = {(0,) * sites: 1}  # runs on each Site -> weighted choices so far
    for batches in instance.Q.tolist():
        following: Counter[tuple[int, ...]] = Counter()
        for subset in subsets:
            divisions = comb(batches - 1, len(subset) - 1)
            if divisions:
                for counts, number in ways.items():
                    after = tuple(k + (l in subset) for l, k in enumerate(counts))
                    following[after] += number * divisions
        ways = following
    return sum(number * prod(map(factorial, counts)) for counts, number in ways.items())


class Estimate(NamedTuple):
    """A logarithm to base 10, and its standard error."""

    log10: float
    error: float


def estimate_schedules(instance: Instance, draws: int, seed: int) -> Estimate:
    """Estimate the number of schedules: the mean above, by importance sampling from gamma variables."""
    sites = instance.sites
    likely = 1.0
    for _ in range(50):  # where the integrand is greatest, all x being equal: x is the mean number of runs on a Site
        likely = max(1e-3, _mean_runs(instance, likely))
    shape, scale = likely / 1.2 + 1.0, 1.2
    x = np.random.default_rng(seed).gamma(shape, scale, size=(draws, sites))
    symmetric = np.zeros((draws, sites + 1))
    symmetric[:, 0] = 1.0
    for l in range(sites):
        symmetric[:, 1:] += symmetric[:, :-1] * x[:, l : l + 1]
    weights = -x.sum(axis=1)
    density = ((shape - 1) * np.log(x) - x / scale - lgamma(shape) - shape * log(scale)).sum(axis=1)
    for batches in instance.Q.tolist():
        weights += np.log(symmetric[:, 1:] @ _divisions(batches, sites))
    weights -= density
    top = float(weights.max())
    relative = np.exp(weights - top)
    mean = float(relative.mean())
    return Estimate((top + log(mean)) / log(10), float(relative.std() / draws**0.5 / mean / log(10)))


def _divisions(batches: int, sites: int) -> NDArray[np.float64]:
    return np.array([comb(batches - 1, s - 1) for s in range(1, sites + 1)], dtype=np.float64)


def _mean_runs(instance: Instance, x: float) -> float:
    """Mean number of runs on a Site if an order is on ``s`` Sites with weight ``C(Q_i - 1, s - 1) C(L, s) x^s``."""
    sizes = np.arange(1, instance.sites + 1)
    total = 0.0
    for batches in instance.Q.tolist():
        weight = _divisions(batches, instance.sites) * [comb(instance.sites, int(s)) for s in sizes] * x**sizes
        total += float(weight @ sizes / weight.sum())
    return total / instance.sites


def log10_key_orders(instance: Instance) -> float:
    """``log10 n!``."""
    return lgamma(instance.key_count + 1) / log(10)
