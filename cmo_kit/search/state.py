"""What annealing on runs holds: orders, Sites, runs and parts as arrays of records.

An order is late by its latest batch, so the search keeps, for every order, its *parts*: the Sites
that hold a run of it and the start of its last batch there. A move that touches two Sites changes
only the parts on these two.

A move is first *drafted*: what it makes of the Sites it touches is written in numbered slots beside the
real lists (see :mod:`cmo_kit.search.drafts`), and only when the move is made do the drafts become the lists.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.arrays import Integers, Times, Words
from cmo_kit.core.instance import Instance
from cmo_kit.search.randomness import make_words

Sites = list[list[tuple[int, int]]]
Records = NDArray[Any]

#: Moves by which a chain measures its unit of temperatures; at most a twentieth of its moves.
MEASURED = 2000
#: Places for runs on all Sites together: three arrays of 32 bytes each, and 16 bytes.
MOST_RUNS = 10_000_000

# A run of `count` batches; `start` and `end` are the starts of its first and last batches.
RUN = np.dtype([("order", "i8"), ("count", "i8"), ("start", "f8"), ("end", "f8")])

# A Site that holds a run of an order, the last such run's position, and the start of its last batch.
PART = np.dtype([("site", "i8"), ("position", "i8"), ("end", "f8")])

ORDER = np.dtype(
    [
        ("tail", "f8"),  # the instance: time from start to completion of a batch,
        ("due", "f8"),
        ("weight", "f8"),
        ("opening", "f8"),  # initial setup time
        ("batches", "i8"),
        ("offset", "i8"),  # its parts stand from here on
        ("parts", "i8"),  # how many
        ("cost", "f8"),  # weighted tardiness
        ("mark", "i8"),  # the number of the last move that met the order
        ("latest", "f8"),  # in that move: the latest start,
        ("new_cost", "f8"),
        ("affected", "i8"),  # and, entry by entry, the list of orders that it met
    ]
)

SITE = np.dtype(
    [
        ("length", "i8"),  # how many runs
        ("slot", "i8"),  # where the Site's draft is, -1 without one
        ("touched", "i8"),  # slot by slot: the Site drafted there,
        ("first", "i8"),  # the window of new runs: first <= k < last,
        ("last", "i8"),
        ("new_length", "i8"),  # how many runs the draft has,
        ("shift", "f8"),  # and by how much those behind the window start later
        ("pool", "i8"),  # a permutation of the Sites to choose from; entry by entry for the chosen ones:
        ("place", "i8"),  # a position,
        ("begin", "f8"),  # a starting time there,
        ("share", "i8"),  # a number of batches
    ]
)

# What there is one of; `repeats` is 1 where an order may have several runs on a Site, `anywhere` where no place
# for a run is more likely than another.
NOW = np.dtype(
    [
        ("repeats", "i8"),
        ("anywhere", "i8"),
        ("touched", "i8"),
        ("affected", "i8"),
        ("stamp", "i8"),
        ("moves", "i8"),
        ("total", "f8"),
        ("best", "f8"),
        ("limit", "f8"),  # how much worse the next move may be
    ]
)


class State(NamedTuple):
    """All arrays of one search: ``gap`` (I, I), ``orders`` (I,), ``sites`` (L,), ``parts``, ``now`` (1,).

    ``runs``, ``drafts`` and ``best_runs`` have shape (L, K) with room for ``K`` runs on a Site;
    ``best_length`` (L,) counts the runs of the best schedule so far. ``late`` (L, K + 1, 2) holds the weights of the
    late runs from a place on: of all, and of those whose orders have no other run. ``words`` are the random numbers'
    state, and ``shares`` (8,) the cumulated frequencies of the kinds of moves; ``rises`` (MEASURED,) is for measuring.
    """

    gap: Times
    orders: Records
    sites: Records
    parts: Records
    runs: Records
    drafts: Records
    now: Records
    best_runs: Records
    best_length: Integers
    late: Times
    words: Words
    shares: Times
    rises: Times


def room_for_runs(instance: Instance, sites: Sites) -> int:
    """``K``: as many runs on a Site as could be useful, as far as memory allows."""
    wanted = len(instance.orders) * (2 if instance.one_run_failure is not None else 1) + 1
    affordable = max(64, MOST_RUNS // len(sites), 2 * max(len(site) for site in sites))
    return min(wanted, affordable, instance.total_batches)


def make_state(instance: Instance, sites: Sites, sequence: np.random.SeedSequence, shares: Times) -> State:
    """The arrays for a schedule given as (order index, batches) runs per Site, not yet evaluated.

    Only these ``sites`` are used, at most ``L``: more than there are batches would stay empty. ``shares`` (8,) say how
    often each kind of move is tried, adding up to 1.
    """
    number, count = len(sites), len(instance.orders)
    room = room_for_runs(instance, sites)
    orders = _records(count, ORDER)
    orders["tail"], orders["due"], orders["weight"] = instance.tails, instance.D, instance.w
    orders["opening"], orders["batches"] = instance.sigma, instance.Q
    most = np.minimum(instance.Q, number)
    orders["offset"] = np.cumsum(most) - most
    records = _records(number, SITE)
    records["slot"], records["pool"] = -1, np.arange(number)
    now = _records(1, NOW)
    now["repeats"] = instance.one_run_failure is not None
    now["anywhere"] = number == 1 and setups_differ(instance)
    now["best"] = np.inf
    runs, drafts, best_runs = (_records((number, room), RUN) for _ in range(3))
    parts = _records(int(most.sum()), PART)
    best_length, cumulated = np.zeros(number, dtype=np.int64), np.cumsum(shares)
    cumulated[-1] = 2.0  # rounding must not leave a gap below 1
    gap, late, words = np.array(instance.g), np.zeros((number, room + 1, 2)), make_words(sequence)
    rises = np.zeros(MEASURED)
    state = State(gap, orders, records, parts, runs, drafts, now, best_runs, best_length, late, words, cumulated, rises)
    set_runs(state, sites)
    return state


def setups_differ(instance: Instance) -> bool:
    """Whether the time from one order to the next depends on more than the first of them."""
    other = ~np.eye(len(instance.orders), dtype=np.bool_)
    return any(np.unique(row[mask]).size > 1 for row, mask in zip(instance.g, other, strict=True))


def _records(shape: int | tuple[int, int], dtype: np.dtype[Any]) -> Records:
    """Zeros whose fields are attributes also where the code is not compiled."""
    return np.zeros(shape, dtype).view(np.recarray)


def set_runs(state: State, sites: Sites) -> None:
    """Replace the runs of a state, which must be evaluated afterwards."""
    state.orders["parts"] = 0
    for l, site in enumerate(sites):
        state.sites["length"][l] = len(site)
        for position, (i, batches) in enumerate(site):
            state.runs["order"][l, position], state.runs["count"][l, position] = i, batches


def runs_of(runs: Records, length: Integers) -> Sites:
    """The runs in an array of shape (L, K) as (order index, batches) per Site."""
    return [
        list(zip(runs["order"][l, :n].tolist(), runs["count"][l, :n].tolist(), strict=True))
        for l, n in enumerate(length)
    ]
