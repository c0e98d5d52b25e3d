"""Compile the kernels, or load them from the cache, on the smallest problem."""

from functools import cache

import numpy as np

from cmo_kit.core.instance import Instance, Order
from cmo_kit.search.team import Stage, Team


@cache
def warm() -> None:
    """Run every kernel once in this process."""
    instance = Instance("warm", 1, (Order("1", 1, 0, (1,)),), ((0,),), operations=("one",))
    team = Team(instance, np.random.default_rng(0), 1, 1, np.full(8, 1 / 8))
    team.run_moves(2, [Stage(0.5, 0.5, 1.0, 1.0, lists=True), Stage(0.5, 0.5, 1.0, 1.0)])
