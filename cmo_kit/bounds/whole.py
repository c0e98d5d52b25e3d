"""A schedule where nothing is undecided: a program's whole solution says which runs are made, and when.

Every run follows at most one other, which leaves its Site in time. A greatest matching of runs with those that may
follow needs the fewest Sites (Dantzig and Fulkerson 1954, doi:10.1002/nav.3800010309), and those of the program
suffice.
"""

import numpy as np

from cmo_kit.bounds.grid import Grid
from cmo_kit.bounds.master import Master, Solved
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule, from_indices

#: What is less than this from one is one.
NEAR = 1e-6
#: A run: its order, its batches, its last start in grid steps.
Run = tuple[int, int, int]


def whole_runs(master: Master, solved: Solved) -> list[Run]:
    """The runs of the patterns that are taken whole."""
    taken = np.flatnonzero(solved.share > 1 - NEAR)
    return [(int(master.order[n]), q, e) for n in taken for q, e in master.runs[n]]


def schedule_of(instance: Instance, grid: Grid, runs: list[Run]) -> Schedule | None:
    """Put runs on the Sites, every batch as early as it can be; None where batches or Sites are missing."""
    made = np.bincount([i for i, _, _ in runs], [q for _, q, _ in runs], len(grid.batches))
    if not np.array_equal(made, grid.batches):
        return None
    runs = sorted(runs, key=lambda run: run[2])
    first = np.array([e - (q - 1) * grid.gap[i, i] for i, q, e in runs])
    follows = [[b for b, (j, _, _) in enumerate(runs) if j != i and first[b] >= e + grid.gap[i, j]] for i, _, e in runs]
    before: dict[int, int] = {}
    for a in range(len(runs)):
        _match(a, follows, before, set())
    after = {a: b for b, a in before.items()}
    sites: list[list[tuple[int, int]]] = []
    for at in sorted({*range(len(runs))} - {*before}):
        walk = [at]
        while walk[-1] in after:
            walk.append(after[walk[-1]])
        sites.append([runs[a][:2] for a in walk])
    if len(sites) > instance.sites:
        return None
    return from_indices(instance, [*sites, *[[]] * (instance.sites - len(sites))], "bound")


def _match(a: int, follows: list[list[int]], before: dict[int, int], seen: set[int]) -> bool:
    """Let run ``a`` be followed by one, which others make room for (augmenting paths)."""
    for b in follows[a]:
        if b not in seen:
            seen.add(b)
            if b not in before or _match(before[b], follows, before, seen):
                before[b] = a
                return True
    return False
