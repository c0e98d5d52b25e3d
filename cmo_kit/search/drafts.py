"""Drafts: what a move would make of the Sites it touches, written down beside them.

A Site's draft is its list of runs with a *window* in it: positions ``first <= k < last`` hold new runs, those before
are the Site's own, and those behind are the Site's own too, moved by as many places as the draft is longer. Only the
window is copied, so a move costs what it changes and not what stands on the Site.
"""

from cmo_kit.fast.compiled import kernel_part
from cmo_kit.search.state import State


@kernel_part
def clear_draft(state: State) -> None:
    """Begin a new move: no Site is touched."""
    for slot in range(state.now[0].touched):
        state.sites[state.sites[slot].touched].slot = -1
    state.now[0].touched = 0


@kernel_part
def touch(state: State, l: int) -> int:
    """The slot of the draft of Site ``l``, with an empty window when it is new."""
    slot = int(state.sites[l].slot)
    if slot >= 0:
        return slot
    slot = int(state.now[0].touched)
    state.now[0].touched += 1
    state.sites[l].slot = slot
    state.sites[slot].touched = l
    length = state.sites[l].length
    state.sites[slot].new_length = length
    state.sites[slot].first = length
    state.sites[slot].last = length
    return slot


@kernel_part
def longer(state: State, slot: int) -> int:
    """By how many runs the draft is longer than its Site."""
    return int(state.sites[slot].new_length - state.sites[state.sites[slot].touched].length)


@kernel_part
def window(state: State, slot: int, low: int, high: int) -> None:
    """Widen the window so that the draft's positions ``low <= k < high`` are in it."""
    l = state.sites[slot].touched
    first, last, moved = state.sites[slot].first, state.sites[slot].last, longer(state, slot)
    if first == last and moved == 0:  # nothing is new yet
        first = last = low
    for k in range(low, first):
        state.drafts[slot, k] = state.runs[l, k]
    for k in range(last, high):
        state.drafts[slot, k] = state.runs[l, k - moved]
    state.sites[slot].first = min(first, low)
    state.sites[slot].last = max(last, high)


@kernel_part
def order_at(state: State, slot: int, k: int) -> int:
    """The order of the draft's run at ``k``."""
    l = state.sites[slot].touched
    if k < state.sites[slot].first:
        return int(state.runs[l, k].order)
    if k < state.sites[slot].last:
        return int(state.drafts[slot, k].order)
    return int(state.runs[l, k - longer(state, slot)].order)


@kernel_part
def find(state: State, slot: int, i: int) -> int:
    """The position of the first run of order ``i``, or -1."""
    first, last = 0, int(state.sites[slot].new_length)
    if state.now[0].repeats == 0:  # there is one run at most: where it stood, unless in the window
        l = state.sites[slot].touched
        for k in range(state.orders[i].offset, state.orders[i].offset + state.orders[i].parts):
            if state.parts[k].site == l:
                position = int(state.parts[k].position)
                if position < state.sites[slot].first:
                    return position
                position += longer(state, slot)
                if position >= state.sites[slot].last:
                    return position
        first, last = int(state.sites[slot].first), int(state.sites[slot].last)
    for k in range(first, last):
        if order_at(state, slot, k) == i:
            return k
    return -1


@kernel_part
def take_out(state: State, slot: int, position: int, block: int) -> None:
    """Remove ``block`` runs from ``position`` on; two runs of one order that then meet become one."""
    length = state.sites[slot].new_length
    behind = position + block
    meet = position > 0 and behind < length and order_at(state, slot, position - 1) == order_at(state, slot, behind)
    if meet:
        position, behind = position - 1, behind + 1
    window(state, slot, position, behind)
    if meet:
        state.drafts[slot, position].count += state.drafts[slot, behind - 1].count
        position += 1
    last = state.sites[slot].last
    for k in range(behind, last):
        state.drafts[slot, position + k - behind] = state.drafts[slot, k]
    state.sites[slot].last = last - (behind - position)
    state.sites[slot].new_length = length - (behind - position)


@kernel_part
def rotate(state: State, slot: int, position: int, block: int, target: int) -> None:
    """Move ``block`` runs from ``position`` to ``target`` on their Site, whose draft is still as the Site.

    What lies between moves by ``block`` places the other way; no two runs of the Site are of one order.
    """
    l = state.sites[slot].touched
    first, last = min(position, target), max(position, target) + block
    for k in range(block):
        state.drafts[slot, target + k] = state.runs[l, position + k]
    if target < position:
        for k in range(target, position):
            state.drafts[slot, k + block] = state.runs[l, k]
    else:
        for k in range(position, target):
            state.drafts[slot, k] = state.runs[l, k + block]
    state.sites[slot].first, state.sites[slot].last = first, last


@kernel_part
def cut_off(state: State, slot: int, position: int) -> None:
    """Remove all runs from ``position`` on, of a draft that is still as its Site."""
    state.sites[slot].first = state.sites[slot].last = state.sites[slot].new_length = position


@kernel_part
def grow(state: State, slot: int, position: int, batches: int) -> None:
    """Add batches to the run at ``position``, or take some away where their number is negative."""
    window(state, slot, position, position + 1)
    state.drafts[slot, position].count += batches


@kernel_part
def put(state: State, slot: int, position: int, i: int, batches: int, join: bool) -> bool:
    """Put batches of order ``i`` before the run at ``position``; False when there is no room.

    They join the order's run on this Site if there is one; where an order may have several runs, only
    with ``join`` or when that run is a neighbour.
    """
    length = state.sites[slot].new_length
    there = -1
    if state.now[0].repeats == 0 or join:
        there = find(state, slot, i)
    if there < 0 and state.now[0].repeats != 0:
        for k in range(max(position - 1, 0), min(position + 1, length)):
            if order_at(state, slot, k) == i:
                there = k
    if there >= 0:
        grow(state, slot, there, batches)
        return True
    if length >= state.drafts.shape[1]:
        return False
    window(state, slot, position, position)
    last = state.sites[slot].last
    for k in range(last, position, -1):
        state.drafts[slot, k] = state.drafts[slot, k - 1]
    state.drafts[slot, position].order = i
    state.drafts[slot, position].count = batches
    state.sites[slot].last = last + 1
    state.sites[slot].new_length = length + 1
    return True
