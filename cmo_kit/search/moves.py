"""The moves: each drafts a random change of one, two or several Sites and says whether there is one to evaluate.

To draft is to copy the lists of runs of the Sites that the move touches, and to edit the copies.
"""

from cmo_kit.fast.compiled import inlined
from cmo_kit.search.randomness import below, uniform
from cmo_kit.search.state import State

#: From this many runs on, places near in time are preferred: those up to NEAR places away, which are half of all
#: places on the shortest of such Sites. On shorter ones every place is met soon by chance. Not tuned.
LONG_SITE, NEAR = 16, 4


# Editing a draft.


@inlined
def clear_draft(state: State) -> None:
    """Begin a new move: no Site is touched."""
    for slot in range(state.now[0].touched):
        state.sites[state.sites[slot].touched].slot = -1
    state.now[0].touched = 0


@inlined
def touch(state: State, l: int) -> int:
    """The slot that holds the draft of Site ``l``, copied from the state when it is new."""
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
    for k in range(length):
        state.drafts[slot, k] = state.runs[l, k]
    return slot


@inlined
def find(state: State, slot: int, i: int) -> int:
    """The position of the first run of order ``i``, or -1."""
    for k in range(state.sites[slot].new_length):
        if state.drafts[slot, k].order == i:
            return k
    return -1


@inlined
def note_first(state: State, slot: int, position: int) -> None:
    """The draft is new from ``position`` on, if it was not so from an earlier one."""
    if position < state.sites[slot].first:
        state.sites[slot].first = position


@inlined
def take_out(state: State, slot: int, position: int, block: int) -> None:
    """Remove ``block`` runs from ``position`` on; two runs of one order that then meet become one."""
    length = state.sites[slot].new_length
    behind, first = position + block, position
    if position > 0 and behind < length and state.drafts[slot, position - 1].order == state.drafts[slot, behind].order:
        state.drafts[slot, position - 1].count += state.drafts[slot, behind].count
        behind, first = behind + 1, position - 1
    for k in range(behind, length):
        state.drafts[slot, position + k - behind] = state.drafts[slot, k]
    state.sites[slot].new_length = length - (behind - position)
    note_first(state, slot, first)


@inlined
def take_batches(state: State, slot: int, position: int, batches: int) -> None:
    """Remove some batches of the run at ``position``, or the whole run."""
    if batches >= state.drafts[slot, position].count:
        take_out(state, slot, position, 1)
    else:
        state.drafts[slot, position].count -= batches
        note_first(state, slot, position)


@inlined
def grow(state: State, slot: int, position: int, batches: int) -> None:
    """Add batches to the run at ``position``."""
    state.drafts[slot, position].count += batches
    note_first(state, slot, position)


@inlined
def put(state: State, slot: int, position: int, i: int, batches: int, join: bool) -> bool:
    """Put batches of order ``i`` before the run at ``position``; False when there is no room.

    They join the order's run on this Site if there is one; where an order may have several runs, only
    with ``join`` or when that run is a neighbour.
    """
    length = state.sites[slot].new_length
    if state.now[0].repeats == 0 or join:
        there = find(state, slot, i)
        if there >= 0:
            grow(state, slot, there, batches)
            return True
    if position < length and state.drafts[slot, position].order == i:
        grow(state, slot, position, batches)
        return True
    if position > 0 and state.drafts[slot, position - 1].order == i:
        grow(state, slot, position - 1, batches)
        return True
    if length >= state.drafts.shape[1]:
        return False
    for k in range(length, position, -1):
        state.drafts[slot, k] = state.drafts[slot, k - 1]
    state.drafts[slot, position].order = i
    state.drafts[slot, position].count = batches
    state.sites[slot].new_length = length + 1
    note_first(state, slot, position)
    return True


# Where to move.


@inlined
def random_site(state: State) -> int:
    """A Site that has a run, or -1 when several tries found none."""
    for _ in range(8):
        l = below(state.words, state.sites.size)
        if state.sites[l].length > 0:
            return l
    return -1


@inlined
def position_at(state: State, l: int, time: float) -> int:
    """How many runs of Site ``l`` start before ``time``."""
    low, high = 0, state.sites[l].length
    while low < high:
        middle = (low + high) // 2
        if state.runs[l, middle].start < time:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def random_place(state: State, l: int, time: float, last: int) -> int:
    """A position in 0..last on Site ``l``, on a long Site mostly one near ``time``."""
    if last >= LONG_SITE and uniform(state.words) < 0.8:
        place = position_at(state, l, time) + below(state.words, 2 * NEAR + 1) - NEAR
        return min(max(place, 0), last)
    return below(state.words, last + 1)


# Moves of runs and of batches.


@inlined
def move_run(state: State, block: int) -> bool:
    """Move ``block`` consecutive runs to another place on the same Site or on another one."""
    a = random_site(state)
    if a < 0 or state.sites[a].length < block:
        return False
    b = below(state.words, state.sites.size)
    position = below(state.words, state.sites[a].length - block + 1)
    target = random_place(state, b, state.runs[a, position].start, state.sites[b].length - (block if a == b else 0))
    if a == b and target == position:
        return False
    slot_a = touch(state, a)
    slot_b = touch(state, b)
    take_out(state, slot_a, position, block)
    if a == b and state.sites[slot_a].new_length != state.sites[a].length - block:
        return False  # neighbours of one order have met, and the target has moved
    for k in range(block - 1, -1, -1):
        i, batches = state.runs[a, position + k].order, state.runs[a, position + k].count
        if not put(state, slot_b, target, i, batches, uniform(state.words) < 0.5):
            return False
    return True


@inlined
def swap_runs(state: State) -> bool:
    """Exchange two runs of different orders."""
    a, b = random_site(state), random_site(state)
    if a < 0 or b < 0:
        return False
    at_a = below(state.words, state.sites[a].length)
    at_b = random_place(state, b, state.runs[a, at_a].start, state.sites[b].length - 1)
    i, j = state.runs[a, at_a].order, state.runs[b, at_b].order
    if i == j:
        return False
    slot_a = touch(state, a)
    slot_b = touch(state, b)
    if state.now[0].repeats == 0 and a != b and (find(state, slot_b, i) >= 0 or find(state, slot_a, j) >= 0):
        return False
    state.drafts[slot_a, at_a] = state.runs[b, at_b]
    state.drafts[slot_b, at_b] = state.runs[a, at_a]
    note_first(state, slot_a, at_a)
    note_first(state, slot_b, at_b)
    return True


@inlined
def move_batches(state: State) -> bool:
    """Split batches off a run: to another Site or, with repeats, to another place of the same one."""
    a = random_site(state)
    if a < 0:
        return False
    position = below(state.words, state.sites[a].length)
    i, count = state.runs[a, position].order, state.runs[a, position].count
    b = below(state.words, state.sites.size)
    if count < 2 or (a == b and state.now[0].repeats == 0):
        return False
    kind = uniform(state.words)
    batches = 1
    if kind > 0.6:
        batches = 1 + below(state.words, count - 1)
    elif kind > 0.4:
        batches = count // 2
    slot_a = touch(state, a)
    slot_b = touch(state, b)
    target = random_place(state, b, state.runs[a, position].start, state.sites[b].length)
    take_batches(state, slot_a, position, batches)
    return put(state, slot_b, target, i, batches, a != b and uniform(state.words) < 0.5)


@inlined
def level_parts(state: State) -> bool:
    """Move batches between two parts of one order, most often so that both end together."""
    a = random_site(state)
    if a < 0:
        return False
    position = below(state.words, state.sites[a].length)
    i, count = state.runs[a, position].order, state.runs[a, position].count
    if state.orders[i].parts < 2:
        return False
    b = state.parts[state.orders[i].offset + below(state.words, state.orders[i].parts)].site
    if a == b:
        return False
    slot_a = touch(state, a)
    slot_b = touch(state, b)
    there = find(state, slot_b, i)
    later = state.runs[a, position].end - state.runs[b, there].end
    batches = 1
    kind = uniform(state.words)
    if kind < 0.5 and later > 0.0 and state.gap[i, i] > 0.0:
        batches = int(min(float(count), max(1.0, later / (2.0 * state.gap[i, i]) + uniform(state.words))))
    elif kind < 0.8:
        batches = 1 + below(state.words, count)
    take_batches(state, slot_a, position, batches)
    grow(state, slot_b, there, batches)
    return True


@inlined
def append(state: State, slot: int, l: int, cut: int) -> bool:
    """Put the runs of Site ``l`` from ``cut`` on at the end of a draft; False when there is no room."""
    for k in range(cut, state.sites[l].length):
        run = state.runs[l, k]
        if not put(state, slot, state.sites[slot].new_length, run.order, run.count, False):
            return False
    return True


@inlined
def exchange_tails(state: State) -> bool:
    """Cut two Sites and exchange what follows the cuts."""
    a, b = random_site(state), random_site(state)
    if a < 0 or b < 0 or a == b:
        return False
    cut_a = below(state.words, state.sites[a].length)
    cut_b = position_at(state, b, state.runs[a, cut_a].start) + below(state.words, 5) - 2
    cut_b = min(max(cut_b, 0), state.sites[b].length)
    slot_a = touch(state, a)
    slot_b = touch(state, b)
    state.sites[slot_a].new_length = cut_a
    state.sites[slot_b].new_length = cut_b
    note_first(state, slot_a, cut_a)
    note_first(state, slot_b, cut_b)
    return append(state, slot_a, b, cut_b) and append(state, slot_b, a, cut_a)


# Moves of a whole order: gather all its batches and lay them out anew on several Sites.


@inlined
def take_order(state: State, i: int) -> None:
    """Remove every run of order ``i`` from the draft."""
    for k in range(state.orders[i].offset, state.orders[i].offset + state.orders[i].parts):
        slot = touch(state, state.parts[k].site)
        position = find(state, slot, i)
        while position >= 0:
            take_out(state, slot, position, 1)
            position = find(state, slot, i)


@inlined
def share_level(state: State, chosen: int, batches: int, gap: float) -> None:
    """Share ``batches`` among the chosen places so that the last batches start about together.

    A share may be 0. The level is found by bisection: at level ``x`` a place that begins at ``s`` has room
    for ``floor((x - s) / gap) + 1`` batches.
    """
    if gap <= 0.0:
        for k in range(chosen):
            state.sites[k].share = batches // chosen + (1 if k < batches % chosen else 0)
        return
    low = state.sites[0].begin
    for k in range(chosen):
        low = min(low, state.sites[k].begin)
    high = low + batches * gap
    while high - low > 0.25 * gap:
        level = 0.5 * (low + high)
        if level <= low or level >= high:
            break
        room = 0
        for k in range(chosen):
            if level >= state.sites[k].begin:
                room += int((level - state.sites[k].begin) / gap) + 1
        if room >= batches:
            high = level
        else:
            low = level
    left = batches
    for k in range(chosen):
        share = 0
        if high >= state.sites[k].begin:
            share = min(left, int((high - state.sites[k].begin) / gap) + 1)
        state.sites[k].share = share
        left -= share
    state.sites[0].share += left


@inlined
def lay_out(state: State, i: int, chosen: int) -> bool:
    """Put order ``i``, taken out before, at the chosen places with level ends."""
    for k in range(chosen):
        l, place = state.sites[k].pool, state.sites[k].place
        begin = state.orders[i].opening
        if place > 0:
            j = state.drafts[state.sites[l].slot, place - 1].order
            behind = place - 1 if state.runs[l, place - 1].order == j else place
            begin = state.runs[l, min(behind, state.sites[l].length - 1)].end + state.gap[j, i]
        state.sites[k].begin = begin
    share_level(state, chosen, state.orders[i].batches, state.gap[i, i])
    for k in range(chosen):
        slot = state.sites[state.sites[k].pool].slot
        if state.sites[k].share > 0 and not put(state, slot, state.sites[k].place, i, state.sites[k].share, False):
            return False
    return True


@inlined
def choose_site(state: State, k: int, at: int) -> None:
    """Make the pool's entry at ``at`` its ``k``-th one, by exchanging the two."""
    l = state.sites[at].pool
    state.sites[at].pool = state.sites[k].pool
    state.sites[k].pool = l


@inlined
def spread_order(state: State) -> bool:
    """Lay one order out on random Sites, everywhere near one point in time; one Site gathers it."""
    a, b = random_site(state), random_site(state)
    if a < 0 or b < 0:
        return False
    i = state.runs[a, below(state.words, state.sites[a].length)].order
    time = state.runs[b, below(state.words, state.sites[b].length)].start
    most = min(state.sites.size, state.orders[i].batches)
    wanted = 1
    if uniform(state.words) < 0.1:
        wanted = 1 + below(state.words, most)
    else:
        while wanted < most and uniform(state.words) < 0.5:
            wanted += 1
    take_order(state, i)
    for k in range(wanted):
        choose_site(state, k, k + below(state.words, state.sites.size - k))
        l = state.sites[k].pool
        slot = touch(state, l)
        place = position_at(state, l, time) + below(state.words, 3) - 1
        state.sites[k].place = min(max(place, 0), state.sites[slot].new_length)
    return lay_out(state, i, wanted)


@inlined
def follow_order(state: State) -> bool:
    """Lay one order out right before, or right behind, another one on the Sites of that other one."""
    a, b = random_site(state), random_site(state)
    if a < 0 or b < 0:
        return False
    i = state.runs[a, below(state.words, state.sites[a].length)].order
    j = state.runs[b, below(state.words, state.sites[b].length)].order
    if i == j:
        return False
    behind = 1 if uniform(state.words) < 0.5 else 0
    wanted = min(state.orders[j].parts, state.orders[i].batches)
    take_order(state, i)
    for k in range(wanted):
        l = state.parts[state.orders[j].offset + k].site
        slot = touch(state, l)
        at = k
        while state.sites[at].pool != l:
            at += 1
        choose_site(state, k, at)
        state.sites[k].place = find(state, slot, j) + behind
    return lay_out(state, i, wanted)


@inlined
def draft_move(state: State) -> bool:
    """Draft a random move; ``state.shares`` are the cumulated frequencies of the kinds below, in their order."""
    clear_draft(state)
    kind = uniform(state.words)
    if kind < state.shares[0]:
        return move_run(state, 1)
    if kind < state.shares[1]:
        return swap_runs(state)
    if kind < state.shares[2]:
        return move_run(state, 2)
    if kind < state.shares[3]:
        return move_batches(state)
    if kind < state.shares[4]:
        return level_parts(state)
    if kind < state.shares[5]:
        return exchange_tails(state)
    if kind < state.shares[6]:
        return spread_order(state)
    return follow_order(state)
