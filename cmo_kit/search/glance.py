"""A glance at a move before it is drafted: what it changes at least, for most moves are far worse than allowed.

A run that leaves lets those behind it start earlier, a run that comes lets them start later. A shift of a Site's end is
weighed by the late runs there, which every Site keeps added up (:func:`~cmo_kit.search.evaluate.weigh_late`), and of
the moved order only what it costs where it comes to stand is asked. So a glance costs the same however long a Site is.
"""

from cmo_kit.fast.compiled import kernel_part
from cmo_kit.search.state import State


@kernel_part
def least_by_shift(state: State, l: int, k: int, shift: float) -> float:
    """What changes at least when the runs of Site ``l`` from ``k`` on start ``shift`` later.

    A run that starts ``d`` earlier takes off ``d`` times its order's weight at most, and nothing if it was not late. A
    late run that starts ``d`` later adds as much at least, if its order has no other run that decides.
    """
    return float(shift * state.late[l, k, 0 if shift < 0.0 else 1])


@kernel_part
def next_start(state: State, l: int, k: int, i: int) -> float:
    """When a run of order ``i`` starts that comes to stand at ``k`` on Site ``l``."""
    if k == 0:
        return float(state.orders[i].opening)
    return float(state.runs[l, k - 1].end + state.gap[state.runs[l, k - 1].order, i])


@kernel_part
def least_by_leaving(state: State, l: int, k: int) -> float:
    """What changes at least behind the run at ``k`` of Site ``l`` when it leaves."""
    behind = k + 1
    if behind == state.sites[l].length:
        return 0.0
    run = state.runs[l, behind]
    return least_by_shift(state, l, behind, next_start(state, l, k, run.order) - run.start)


@kernel_part
def least_by_coming(state: State, l: int, k: int, behind: int, i: int, batches: int) -> float:
    """What ``batches`` of order ``i`` at ``k`` cost at least, with what changes from ``behind`` on."""
    end = next_start(state, l, k, i) + (batches - 1) * state.gap[i, i]
    least = state.orders[i].weight * max(0.0, end + state.orders[i].tail - state.orders[i].due)
    if behind < state.sites[l].length:
        run = state.runs[l, behind]
        least += least_by_shift(state, l, behind, end + state.gap[i, run.order] - run.start)
    return float(least)
