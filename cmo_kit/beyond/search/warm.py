"""Compile the kernels, or load them from the cache, on the smallest problem."""

from functools import cache

import numpy as np

from cmo_kit.beyond.search.chain import Chain
from cmo_kit.beyond.search.start import starting_runs
from cmo_kit.core.instance import Instance, Order


@cache
def warm() -> None:
    """Run every kernel once in this process."""
    instance = Instance("warm", 1, (Order("1", 1, 0, (1,)),), ((0,),), operations=("one",))
    chain = Chain(instance, starting_runs(instance), np.random.SeedSequence(0), np.full(8, 1 / 8))
    chain.anneal_moves(0, 1, 0.0, 1.0, lambda: False)
