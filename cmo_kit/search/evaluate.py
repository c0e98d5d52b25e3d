"""Total tardiness after a move, from what the move changes alone.

A run of ``q`` batches of order ``i`` that starts at ``s`` starts its last batch at ``s + (q - 1) g_ii``, and the next
run, of ``j``, starts ``g_ij`` after that. Behind the window of a draft all runs keep their distances and start by one
*shift* earlier or later. Times are whole numbers of ticks, so no sum is rounded and the numbers are those of
:class:`cmo_kit.core.schedule.Schedule`.
"""

import numpy as np

from cmo_kit.fast.compiled import kernel, kernel_part
from cmo_kit.search.drafts import clear_draft, longer, touch, window
from cmo_kit.search.glance import least_by_shift
from cmo_kit.search.state import State


@kernel_part
def drop_part(state: State, i: int, l: int) -> None:
    """Order ``i`` has no run on Site ``l``."""
    offset, parts = state.orders[i].offset, state.orders[i].parts
    for k in range(offset, offset + parts):
        if state.parts[k].site == l:
            state.parts[k] = state.parts[offset + parts - 1]
            state.orders[i].parts = parts - 1
            return


@kernel_part
def note_part(state: State, l: int, position: int) -> None:
    """Make the run at ``position`` of Site ``l`` its order's part there; a Site's runs are noted from left to right."""
    i = state.runs[l, position].order
    k = state.orders[i].offset
    end = k + state.orders[i].parts
    while k < end and state.parts[k].site != l:
        k += 1
    if k == end:
        state.orders[i].parts += 1
    state.parts[k].site = l
    state.parts[k].position = position
    state.parts[k].end = state.runs[l, position].end


@kernel_part
def add_up(state: State) -> None:
    """Set the total to the sum of the orders' costs, in the order of the instance."""
    total = 0.0
    for i in range(state.orders.size):
        total += state.orders[i].cost
    state.now[0].total = total


@kernel_part
def latest_elsewhere(state: State, i: int) -> float:
    """Latest start of order ``i`` among the runs that the drafted move leaves where and when they are."""
    latest = -np.inf
    for k in range(state.orders[i].offset, state.orders[i].offset + state.orders[i].parts):
        l, position = state.parts[k].site, state.parts[k].position
        slot = state.sites[l].slot
        stays = slot < 0 or position < state.sites[slot].first
        if not stays and state.sites[slot].shift == 0.0:
            stays = position >= state.sites[slot].last - longer(state, slot)
        if stays:
            latest = max(latest, state.parts[k].end)
        elif state.now[0].repeats != 0:
            for earlier in range(state.sites[slot].first - 1, -1, -1):
                if state.runs[l, earlier].order == i:
                    latest = max(latest, state.runs[l, earlier].end)
                    break
    return latest


@kernel_part
def meet(state: State, i: int, end: float) -> float:
    """By how much the cost of order ``i`` changes on learning that it starts a last batch at ``end``."""
    before = state.orders[i].new_cost
    if state.orders[i].mark != state.now[0].stamp:
        state.orders[i].mark = state.now[0].stamp
        state.orders[state.now[0].affected].affected = i
        state.now[0].affected += 1
        before = state.orders[i].cost
        if state.orders[i].parts > 1 or state.now[0].repeats != 0:
            end = max(end, latest_elsewhere(state, i))
    elif end <= state.orders[i].latest:
        return 0.0
    state.orders[i].latest = end
    cost = state.orders[i].weight * max(0.0, end + state.orders[i].tail - state.orders[i].due)
    state.orders[i].new_cost = cost
    return float(cost - before)


@kernel_part
def time_windows(state: State) -> float:
    """Times of the new runs, and by how much those behind them shift; what the new runs' orders cost now."""
    costs = 0.0
    for slot in range(state.now[0].touched):
        l, first, last = state.sites[slot].touched, state.sites[slot].first, state.sites[slot].last
        before, time = -1, 0.0
        if first > 0:
            before, time = state.runs[l, first - 1].order, state.runs[l, first - 1].end
        for k in range(first, last):
            i = state.drafts[slot, k].order
            start = state.orders[i].opening if before < 0 else time + state.gap[before, i]
            time = start + (state.drafts[slot, k].count - 1) * state.gap[i, i]
            state.drafts[slot, k].start = start
            state.drafts[slot, k].end = time
            costs += state.orders[i].cost
            before = i
        behind = last - longer(state, slot)
        state.sites[slot].shift = 0.0
        if behind < state.sites[l].length:
            i = state.runs[l, behind].order
            start = state.orders[i].opening if before < 0 else time + state.gap[before, i]
            state.sites[slot].shift = start - state.runs[l, behind].start
    return costs


@kernel_part
def least_by_shifts(state: State) -> float:
    """What the shifts behind the windows change at least: many moves are given up by this, however long a Site is."""
    least = 0.0
    for slot in range(state.now[0].touched):
        l, shift = state.sites[slot].touched, state.sites[slot].shift
        if shift != 0.0:
            least += least_by_shift(state, l, int(state.sites[slot].last - longer(state, slot)), shift)
    return least


@kernel_part
def weigh_late(state: State, l: int) -> None:
    """From every place of Site ``l`` on, the weights of late runs: of all, and of those whose orders have no other."""
    length = int(state.sites[l].length)
    every = alone = 0.0
    state.late[l, length] = 0.0
    for k in range(length - 1, -1, -1):
        i = state.runs[l, k].order
        if state.runs[l, k].end + state.orders[i].tail > state.orders[i].due:
            every += state.orders[i].weight
            if state.orders[i].parts == 1 and state.now[0].repeats == 0:
                alone += state.orders[i].weight
        state.late[l, k, 0] = every
        state.late[l, k, 1] = alone


@kernel_part
def evaluate_draft(state: State, limit: float) -> float:
    """By how much the drafted move would change total tardiness, or infinity as soon as it must be above ``limit``.

    The orders of new runs gain what they cost now at most. What starts later comes last: it can only add.
    """
    state.now[0].stamp += 1
    state.now[0].affected = 0
    costs = time_windows(state)
    change, least = 0.0, least_by_shifts(state) - costs
    for turn in range(3):  # the new runs, what starts earlier, what starts later
        if change + least > limit:
            return np.inf
        if turn == 2:
            least = 0.0
        for slot in range(state.now[0].touched):
            l, shift = state.sites[slot].touched, state.sites[slot].shift
            low, high = state.sites[slot].first, state.sites[slot].last
            if turn > 0:
                low, high = high - longer(state, slot), state.sites[l].length
                if shift == 0.0 or (shift > 0.0) != (turn == 2):
                    continue
            for k in range(low, high):
                if change + least > limit:
                    return np.inf
                run = state.runs[l, k] if turn > 0 else state.drafts[slot, k]
                if turn == 0:
                    least += state.orders[run.order].cost
                change += meet(state, int(run.order), run.end + (shift if turn > 0 else 0.0))
    return change


@kernel_part
def accept_draft(state: State, change: float) -> None:
    """Make the drafted move, evaluated to its end, the state."""
    for k in range(state.now[0].affected):
        i = state.orders[k].affected
        state.orders[i].cost = state.orders[i].new_cost
    for slot in range(state.now[0].touched):  # all before any is noted: an order has as many parts as there is room for
        l = state.sites[slot].touched
        for k in range(state.sites[slot].first, state.sites[slot].last - longer(state, slot)):
            drop_part(state, int(state.runs[l, k].order), l)
    for slot in range(state.now[0].touched):
        l, first, last = state.sites[slot].touched, state.sites[slot].first, state.sites[slot].last
        moved, shift, length = longer(state, slot), state.sites[slot].shift, state.sites[slot].new_length
        if moved > 0:
            for k in range(length - 1, last - 1, -1):
                state.runs[l, k] = state.runs[l, k - moved]
        elif moved < 0:
            for k in range(last, length):
                state.runs[l, k] = state.runs[l, k - moved]
        if shift != 0.0:
            for k in range(last, length):
                state.runs[l, k].start += shift
                state.runs[l, k].end += shift
        for k in range(first, last):
            state.runs[l, k] = state.drafts[slot, k]
        state.sites[l].length = length
        if state.now[0].repeats != 0:  # the last run of an order that lost one may stand anywhere
            first, last = 0, length
        for k in range(first, last if moved == 0 and shift == 0.0 else length):
            note_part(state, l, k)
    for slot in range(state.now[0].touched):  # once all parts are noted
        weigh_late(state, state.sites[slot].touched)
    clear_draft(state)
    state.now[0].total += change


@kernel
def evaluate_all(state: State) -> None:
    """Times, parts, costs and total of a whole state from its runs alone: a draft in which every run is new."""
    clear_draft(state)
    for l in range(state.sites.size):
        window(state, touch(state, l), 0, int(state.sites[l].length))
    accept_draft(state, evaluate_draft(state, np.inf))
    add_up(state)


@kernel
def keep_best(state: State) -> None:
    """Copy the runs of the state as the best so far, if they are better by more than rounding."""
    if state.now[0].total >= state.now[0].best - 1e-9 * (1.0 + abs(state.now[0].best)):
        return
    for l in range(state.sites.size):
        state.best_length[l] = state.sites[l].length
        for k in range(state.sites[l].length):
            state.best_runs[l, k] = state.runs[l, k]
    state.now[0].best = state.now[0].total
