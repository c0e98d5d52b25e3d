"""Total tardiness after a move, from the touched Sites alone.

The numbers are those of :class:`cmo_kit.core.schedule.Schedule`, added in the same order: a run of
``q`` batches of order ``i`` that starts at ``s`` starts its last batch at ``s + (q - 1) g_ii``, and the
next run, of ``j``, starts ``g_ij`` after that.
"""

import numpy as np

from cmo_kit.fast.compiled import compiled, inlined
from cmo_kit.search.moves import clear_draft, note_first, touch
from cmo_kit.search.state import State


@inlined
def note_part(state: State, i: int, l: int, end: float) -> None:
    """Order ``i`` starts its last batch on Site ``l`` at ``end``; calls for one Site come in processing order."""
    offset = state.orders[i].offset
    for k in range(offset, offset + state.orders[i].parts):
        if state.parts[k].site == l:
            state.parts[k].end = end
            return
    k = offset + state.orders[i].parts
    state.parts[k].site = l
    state.parts[k].end = end
    state.orders[i].parts += 1


@inlined
def add_up(state: State) -> None:
    """Set the total to the sum of the orders' costs, in the order of the instance."""
    total = 0.0
    for i in range(state.orders.size):
        total += state.orders[i].cost
    state.now[0].total = total


@inlined
def latest_elsewhere(state: State, i: int) -> float:
    """Latest start of order ``i`` among the runs that the drafted move leaves as they are."""
    latest = -np.inf
    for k in range(state.orders[i].offset, state.orders[i].offset + state.orders[i].parts):
        l = state.parts[k].site
        slot = state.sites[l].slot
        if slot < 0:
            latest = max(latest, state.parts[k].end)
        else:
            for position in range(state.sites[slot].first - 1, -1, -1):
                if state.runs[l, position].order == i:
                    latest = max(latest, state.runs[l, position].end)
                    break
    return latest


@inlined
def evaluate_draft(state: State) -> float:
    """By how much the drafted move would change total tardiness; the state stays as it is."""
    state.now[0].stamp += 1
    stamp = state.now[0].stamp
    affected = 0
    for slot in range(state.now[0].touched):
        l, first = state.sites[slot].touched, state.sites[slot].first
        before, time = -1, 0.0
        if first > 0:
            before, time = state.runs[l, first - 1].order, state.runs[l, first - 1].end
        for k in range(first, state.sites[slot].new_length):
            i = state.drafts[slot, k].order
            start = state.orders[i].opening if before < 0 else time + state.gap[before, i]
            time = start + (state.drafts[slot, k].count - 1) * state.gap[i, i]
            state.drafts[slot, k].start = start
            state.drafts[slot, k].end = time
            before = i
            if state.orders[i].mark != stamp:
                state.orders[i].mark = stamp
                state.orders[affected].affected = i
                affected += 1
                if state.orders[i].parts == 1 and state.now[0].repeats == 0:
                    state.orders[i].latest = time
                else:
                    state.orders[i].latest = max(time, latest_elsewhere(state, i))
            elif time > state.orders[i].latest:
                state.orders[i].latest = time
    state.now[0].affected = affected
    change = 0.0
    for k in range(affected):
        i = state.orders[k].affected
        cost = state.orders[i].weight * max(0.0, state.orders[i].latest + state.orders[i].tail - state.orders[i].due)
        state.orders[i].new_cost = cost
        change += cost - state.orders[i].cost
    return change


@inlined
def accept_draft(state: State, change: float) -> None:
    """Make the drafted move, already evaluated, the state."""
    stamp = state.now[0].stamp
    for k in range(state.now[0].affected):
        i = state.orders[k].affected
        state.orders[i].cost = state.orders[i].new_cost
        offset, kept = state.orders[i].offset, 0
        for part in range(offset, offset + state.orders[i].parts):
            if state.sites[state.parts[part].site].slot < 0:
                state.parts[offset + kept] = state.parts[part]
                kept += 1
        state.orders[i].parts = kept
    for slot in range(state.now[0].touched):
        l = state.sites[slot].touched
        length = state.sites[slot].new_length
        for k in range(state.sites[slot].first, length):
            state.runs[l, k] = state.drafts[slot, k]
        state.sites[l].length = length
        for k in range(length):
            i = state.runs[l, k].order
            if state.orders[i].mark == stamp:
                note_part(state, i, l, state.runs[l, k].end)
    state.now[0].total += change


@compiled
def evaluate_all(state: State) -> None:
    """Times, parts, costs and total of a whole state from its runs alone: a draft in which every Site is new."""
    clear_draft(state)
    for l in range(state.sites.size):
        note_first(state, touch(state, l), 0)
    accept_draft(state, evaluate_draft(state))
    add_up(state)


@compiled
def keep_best(state: State) -> None:
    """Copy the runs of the state as the best so far, if they are better by more than rounding."""
    if state.now[0].total >= state.now[0].best - 1e-9 * (1.0 + abs(state.now[0].best)):
        return
    for l in range(state.sites.size):
        state.best_length[l] = state.sites[l].length
        for k in range(state.sites[l].length):
            state.best_runs[l, k] = state.runs[l, k]
    state.now[0].best = state.now[0].total
