"""Drafting a move: copy the run lists of the Sites it touches and edit the copies."""

from cmo_kit.fast.compiled import compiled
from cmo_kit.search.state import Records


@compiled
def clear_draft(sites: Records, now: Records) -> None:
    """Begin a new move: no Site is touched."""
    for slot in range(now[0].touched):
        sites[sites[slot].touched].slot = -1
    now[0].touched = 0


@compiled
def touch(sites: Records, runs: Records, drafts: Records, now: Records, l: int) -> int:
    """The slot that holds the draft of Site ``l``, copied from the state when it is new."""
    slot = int(sites[l].slot)
    if slot >= 0:
        return slot
    slot = int(now[0].touched)
    now[0].touched += 1
    sites[l].slot = slot
    sites[slot].touched = l
    length = sites[l].length
    sites[slot].new_length = length
    sites[slot].first = length
    for k in range(length):
        drafts[slot, k].order = runs[l, k].order
        drafts[slot, k].count = runs[l, k].count
    return slot


@compiled
def find(sites: Records, drafts: Records, slot: int, i: int) -> int:
    """The position of the first run of order ``i``, or -1."""
    for k in range(sites[slot].new_length):
        if drafts[slot, k].order == i:
            return k
    return -1


@compiled
def note_first(sites: Records, slot: int, position: int) -> None:
    """The draft is new from ``position`` on, if it was not so from an earlier one."""
    if position < sites[slot].first:
        sites[slot].first = position


@compiled
def take_out(sites: Records, drafts: Records, slot: int, position: int, block: int) -> None:
    """Remove ``block`` runs from ``position`` on; two runs of one order that then meet become one."""
    length = sites[slot].new_length
    behind, first = position + block, position
    if position > 0 and behind < length and drafts[slot, position - 1].order == drafts[slot, behind].order:
        drafts[slot, position - 1].count += drafts[slot, behind].count
        behind, first = behind + 1, position - 1
    for k in range(behind, length):
        drafts[slot, position + k - behind].order = drafts[slot, k].order
        drafts[slot, position + k - behind].count = drafts[slot, k].count
    sites[slot].new_length = length - (behind - position)
    note_first(sites, slot, first)


@compiled
def take_batches(sites: Records, drafts: Records, slot: int, position: int, batches: int) -> None:
    """Remove some batches of the run at ``position``, or the whole run."""
    if batches >= drafts[slot, position].count:
        take_out(sites, drafts, slot, position, 1)
    else:
        drafts[slot, position].count -= batches
        note_first(sites, slot, position)


@compiled
def grow(sites: Records, drafts: Records, slot: int, position: int, batches: int) -> None:
    """Add batches to the run at ``position``."""
    drafts[slot, position].count += batches
    note_first(sites, slot, position)


@compiled
def put(
    sites: Records, drafts: Records, now: Records, slot: int, position: int, i: int, batches: int, join: bool
) -> bool:
    """Put batches of order ``i`` before the run at ``position``; False when there is no room.

    They join the order's run on this Site if there is one; where an order may have several runs, only
    with ``join`` or when that run is a neighbour.
    """
    length = sites[slot].new_length
    if now[0].repeats == 0 or join:
        there = find(sites, drafts, slot, i)
        if there >= 0:
            grow(sites, drafts, slot, there, batches)
            return True
    if position < length and drafts[slot, position].order == i:
        grow(sites, drafts, slot, position, batches)
        return True
    if position > 0 and drafts[slot, position - 1].order == i:
        grow(sites, drafts, slot, position - 1, batches)
        return True
    if length >= drafts.shape[1]:
        return False
    for k in range(length, position, -1):
        drafts[slot, k].order = drafts[slot, k - 1].order
        drafts[slot, k].count = drafts[slot, k - 1].count
    drafts[slot, position].order = i
    drafts[slot, position].count = batches
    sites[slot].new_length = length + 1
    note_first(sites, slot, position)
    return True
