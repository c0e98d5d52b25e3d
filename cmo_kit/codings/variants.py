"""The two chromosomes behind one interface, so that one genetic algorithm can work on both."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cmo_kit.base.arrays import Keys
from cmo_kit.codings.compact import decode_compact, parts_keys
from cmo_kit.codings.initial import atcs_sequence, initial_keys, sites_grid
from cmo_kit.core.chromosome import decode
from cmo_kit.core.genetic import Evaluate
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule

CODINGS = ("compact", "batches")


class Coding(NamedTuple):
    """What a genetic algorithm needs to know of its chromosome.

    ``length`` keys each; ``evaluate`` turns a population (e, n) into total tardiness and one number per
    schedule, (e,) each; ``decode`` gives the schedule of one chromosome; ``canonical`` rewrites a
    population without changing a schedule; ``initial`` makes chromosomes of good schedules to begin with.
    """

    length: int
    evaluate: Evaluate
    decode: Callable[[Keys], Schedule]
    canonical: Callable[[Keys], Keys]
    initial: Callable[[], Keys]


def make_coding(instance: Instance, name: str) -> Coding:
    """The coding with one of the names ``CODINGS``; compiled code is loaded here."""
    if name == "batches":
        from cmo_kit.codings.recoding import recode
        from cmo_kit.fast import compiled_evaluation

        return Coding(
            instance.key_count,
            compiled_evaluation(instance),
            lambda keys: decode(instance, keys),
            lambda keys: recode(instance, keys),
            lambda: initial_keys(instance),
        )
    from cmo_kit.codings.compact_kernel import evaluate_compact

    return Coding(
        2 * len(instance.orders),
        lambda population: evaluate_compact(instance, population),
        lambda keys: decode_compact(instance, keys),
        lambda keys: keys,
        lambda: initial_compact_keys(instance),
    )


def initial_compact_keys(instance: Instance) -> Keys:
    """Compact chromosomes of EDD and ATCS sequences on 1, 2, 4, ... Sites; shape (k, 2 I)."""
    count = len(instance.orders)
    ranks = (np.arange(count) + 0.5) / count
    codes = []
    for parts in sites_grid(instance):
        for sequence in (np.argsort(instance.D, kind="stable"), atcs_sequence(instance, 2.0, 0.5, parts)):
            keys = np.empty(2 * count)
            keys[sequence] = ranks
            keys[count:] = parts_keys(instance, np.full(count, parts))
            codes.append(keys)
    return np.array(codes)
