"""The moves: each drafts a random change of one, two or several Sites and says whether there is one to evaluate."""

import math

from cmo_kit.fast.compiled import kernel_part
from cmo_kit.search.drafts import clear_draft, cut_off, find, grow, order_at, put, rotate, take_out, touch, window
from cmo_kit.search.glance import least_by_coming, least_by_leaving, least_by_shift
from cmo_kit.search.randomness import below, uniform
from cmo_kit.search.state import State

#: The share of places that are drawn from a whole Site.
ANYWHERE = 0.2
#: The most runs that move together.
LONGEST = 10


# Where to move.


@kernel_part
def random_site(state: State) -> int:
    """A Site that has a run, or -1 when several tries found none."""
    for _ in range(8):
        l = below(state.words, state.sites.size)
        if state.sites[l].length > 0:
            return l
    return -1


@kernel_part
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


@kernel_part
def random_place(state: State, l: int, time: float, last: int, own: bool) -> int:
    """A position in 0..last on Site ``l``, mostly one near ``time`` unless it may be anywhere.

    Half of those near are the next to ``time``, before or behind, a quarter are one run further, and so on. With
    ``own`` a run of the Site itself starts at ``time``, and its own place is none of them.
    """
    if state.now[0].anywhere != 0 or uniform(state.words) < ANYWHERE:
        return below(state.words, last + 1)
    side = 2.0 * uniform(state.words) - 1.0
    away = -math.frexp(abs(side))[1]  # 0 for one half of all numbers, 1 for a quarter, 2 for an eighth
    place = position_at(state, l, time)
    place += away + (1 if own else 0) if side > 0.0 else -1 - away
    return min(max(place, 0), last)


# Moves of runs and of batches.


@kernel_part
def move_runs(state: State, block: int) -> bool:
    """Move ``block`` consecutive runs to another place on the same Site or on another one."""
    a = random_site(state)
    if a < 0 or state.sites[a].length < block:
        return False
    b = below(state.words, state.sites.size)
    position = below(state.words, state.sites[a].length - block + 1)
    last = state.sites[b].length - (block if a == b else 0)
    target = random_place(state, b, state.runs[a, position].start, last, a == b)
    if a == b and target == position:
        return False
    i, batches = int(state.runs[a, position].order), int(state.runs[a, position].count)
    if block == 1 and a != b and state.now[0].repeats == 0 and not runs_on(state, i, b):
        least = least_by_leaving(state, a, position) + least_by_coming(state, b, target, target, i, batches)
        if least - state.orders[i].cost > state.now[0].limit:
            return False
    slot_a = touch(state, a)
    slot_b = touch(state, b)
    if a == b and state.now[0].repeats == 0:
        for _ in range(block):  # as many draws as below, so that a seed means the same either way
            uniform(state.words)
        rotate(state, slot_a, position, block, target)
        return True
    take_out(state, slot_a, position, block)
    if a == b and state.sites[slot_a].new_length != state.sites[a].length - block:
        return False  # neighbours of one order have met, and the target has moved
    for k in range(block - 1, -1, -1):
        i, batches = state.runs[a, position + k].order, state.runs[a, position + k].count
        if not put(state, slot_b, target, i, batches, uniform(state.words) < 0.5):
            return False
    return True


@kernel_part
def block_length(state: State) -> int:
    """How many runs to move: two, up to a quarter of a Site's mean number of runs, but no more than LONGEST."""
    runs = 0
    for l in range(state.sites.size):
        runs += state.sites[l].length
    longest = min(LONGEST, runs // (4 * state.sites.size))
    return 2 + below(state.words, max(1, longest - 1))


@kernel_part
def runs_on(state: State, i: int, l: int) -> bool:
    """Whether order ``i`` has a run on Site ``l``."""
    for k in range(state.orders[i].offset, state.orders[i].offset + state.orders[i].parts):
        if state.parts[k].site == l:
            return True
    return False


@kernel_part
def swap_runs(state: State) -> bool:
    """Exchange two runs of different orders."""
    a, b = random_site(state), random_site(state)
    if a < 0 or b < 0:
        return False
    at_a = below(state.words, state.sites[a].length)
    at_b = random_place(state, b, state.runs[a, at_a].start, state.sites[b].length - 1, a == b)
    i, j = int(state.runs[a, at_a].order), int(state.runs[b, at_b].order)
    if i == j:
        return False
    if state.now[0].repeats == 0 and a != b:
        if runs_on(state, i, b) or runs_on(state, j, a):
            return False
        least = least_by_coming(state, a, at_a, at_a + 1, j, int(state.runs[b, at_b].count))
        least += least_by_coming(state, b, at_b, at_b + 1, i, int(state.runs[a, at_a].count))
        if least - state.orders[i].cost - state.orders[j].cost > state.now[0].limit:
            return False
    slot_a = touch(state, a)
    slot_b = touch(state, b)
    window(state, slot_a, at_a, at_a + 1)
    window(state, slot_b, at_b, at_b + 1)
    state.drafts[slot_a, at_a] = state.runs[b, at_b]
    state.drafts[slot_b, at_b] = state.runs[a, at_a]
    return True


@kernel_part
def take_batches(state: State, slot: int, l: int, position: int, batches: int) -> None:
    """Remove batches of the run at ``position`` of Site ``l``, or the whole run; the draft is still as the Site."""
    if batches >= state.runs[l, position].count:
        take_out(state, slot, position, 1)
    else:
        grow(state, slot, position, -batches)


@kernel_part
def move_batches(state: State) -> bool:
    """Split batches off a run: to another Site or, with repeats, to another place of the same one."""
    a = random_site(state)
    if a < 0:
        return False
    position = below(state.words, state.sites[a].length)
    i, count = int(state.runs[a, position].order), int(state.runs[a, position].count)
    b = below(state.words, state.sites.size)
    if count < 2 or (a == b and state.now[0].repeats == 0):
        return False
    kind = uniform(state.words)
    batches = 1
    if kind > 0.6:
        batches = 1 + below(state.words, count - 1)
    elif kind > 0.4:
        batches = count // 2
    target = random_place(state, b, state.runs[a, position].start, state.sites[b].length, a == b)
    if state.now[0].repeats == 0 and not runs_on(state, i, b):
        least = least_by_shift(state, a, position + 1, -batches * state.gap[i, i])
        least += least_by_coming(state, b, target, target, i, batches)
        if least - state.orders[i].cost > state.now[0].limit:
            return False
    slot_a = touch(state, a)
    slot_b = touch(state, b)
    take_batches(state, slot_a, a, position, batches)
    return put(state, slot_b, target, i, batches, a != b and uniform(state.words) < 0.5)


@kernel_part
def level_parts(state: State) -> bool:
    """Move batches between two parts of one order, most often so that both end together."""
    a = random_site(state)
    if a < 0:
        return False
    position = below(state.words, state.sites[a].length)
    i, count = state.runs[a, position].order, state.runs[a, position].count
    if state.orders[i].parts < 2:
        return False
    part = state.parts[state.orders[i].offset + below(state.words, state.orders[i].parts)]
    b, there = part.site, part.position
    if a == b:
        return False
    later = state.runs[a, position].end - state.runs[b, there].end
    batches = 1
    kind = uniform(state.words)
    if kind < 0.5 and later > 0.0 and state.gap[i, i] > 0.0:
        batches = int(min(float(count), max(1.0, later / (2.0 * state.gap[i, i]) + uniform(state.words))))
    elif kind < 0.8:
        batches = 1 + below(state.words, count)
    slot_a = touch(state, a)
    slot_b = touch(state, b)
    take_batches(state, slot_a, a, position, batches)
    grow(state, slot_b, there, batches)
    return True


@kernel_part
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
    cut_off(state, slot_a, cut_a)
    cut_off(state, slot_b, cut_b)
    for side in range(2):
        slot, l, cut = (slot_a, b, cut_b) if side == 0 else (slot_b, a, cut_a)
        for k in range(cut, state.sites[l].length):
            run = state.runs[l, k]
            if not put(state, slot, int(state.sites[slot].new_length), int(run.order), int(run.count), False):
                return False
    return True


# Moves of a whole order: gather all its batches and lay them out anew on several Sites.


@kernel_part
def take_order(state: State, i: int) -> None:
    """Remove every run of order ``i`` from the draft."""
    for k in range(state.orders[i].offset, state.orders[i].offset + state.orders[i].parts):
        slot = touch(state, state.parts[k].site)
        position = find(state, slot, i)
        while position >= 0:
            take_out(state, slot, position, 1)
            position = find(state, slot, i) if state.now[0].repeats != 0 else -1


@kernel_part
def share_level(state: State, chosen: int, batches: int, gap: float) -> None:
    """Share ``batches`` among the chosen places so that the last batches start about together.

    A share may be 0. The level is found by bisection: at level ``x`` a place that begins at ``s`` has room
    for ``floor((x - s) / gap) + 1`` batches.
    """
    if gap <= 0.0 or chosen == 1:
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


@kernel_part
def lay_out(state: State, i: int, chosen: int) -> bool:
    """Put order ``i``, taken out before, at the chosen places with level ends."""
    for k in range(chosen):
        l, place = state.sites[k].pool, state.sites[k].place
        begin = state.orders[i].opening
        if place > 0:
            j = order_at(state, int(state.sites[l].slot), place - 1)
            behind = place - 1 if state.runs[l, place - 1].order == j else place
            begin = state.runs[l, min(behind, state.sites[l].length - 1)].end + state.gap[j, i]
        state.sites[k].begin = begin
    share_level(state, chosen, state.orders[i].batches, state.gap[i, i])
    for k in range(chosen):
        slot = state.sites[state.sites[k].pool].slot
        if state.sites[k].share > 0 and not put(state, slot, state.sites[k].place, i, state.sites[k].share, False):
            return False
    return True


@kernel_part
def choose_site(state: State, k: int, at: int) -> None:
    """Make the pool's entry at ``at`` its ``k``-th one, by exchanging the two."""
    l = state.sites[at].pool
    state.sites[at].pool = state.sites[k].pool
    state.sites[k].pool = l


@kernel_part
def spread_order(state: State) -> bool:
    """Lay one order out on random Sites, everywhere near one point in time; one Site gathers it."""
    a, b = random_site(state), random_site(state)
    if a < 0 or b < 0:
        return False
    at_a = below(state.words, state.sites[a].length)
    i = state.runs[a, at_a].order
    at_b = random_place(state, b, state.runs[a, at_a].start, state.sites[b].length - 1, False)
    time = state.runs[b, at_b].start
    most = min(state.sites.size, state.orders[i].batches)
    wanted = 1
    if uniform(state.words) < 0.1:
        wanted = 1 + below(state.words, most)
    else:
        while wanted < most and uniform(state.words) < 0.5:
            wanted += 1
    if wanted == 1 and state.orders[i].parts == 1 and state.now[0].repeats == 0:
        return False  # a run that moves
    take_order(state, i)
    for k in range(wanted):
        choose_site(state, k, k + below(state.words, state.sites.size - k))
        l = state.sites[k].pool
        slot = touch(state, l)
        place = position_at(state, l, time) + below(state.words, 3) - 1
        state.sites[k].place = min(max(place, 0), state.sites[slot].new_length)
    return lay_out(state, i, wanted)


@kernel_part
def follow_order(state: State) -> bool:
    """Lay one order out right before, or right behind, another one on the Sites of that other one."""
    a, b = random_site(state), random_site(state)
    if a < 0 or b < 0:
        return False
    at_a = below(state.words, state.sites[a].length)
    at_b = random_place(state, b, state.runs[a, at_a].start, state.sites[b].length - 1, False)
    i, j = state.runs[a, at_a].order, state.runs[b, at_b].order
    if i == j:
        return False
    behind = 1 if uniform(state.words) < 0.5 else 0
    wanted = min(state.orders[j].parts, state.orders[i].batches)
    if wanted == 1 and state.orders[i].parts == 1 and state.now[0].repeats == 0:
        return False  # a run that moves
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


@kernel_part
def draft_move(state: State) -> bool:
    """Draft a random move; ``state.shares`` are the cumulated frequencies of the kinds below, in their order."""
    clear_draft(state)
    kind = uniform(state.words)
    if kind < state.shares[0] or state.shares[1] <= kind < state.shares[2]:
        return move_runs(state, 1 if kind < state.shares[0] else block_length(state))
    if kind < state.shares[1]:
        return swap_runs(state)
    if kind < state.shares[3]:
        return move_batches(state)
    if kind < state.shares[4]:
        return level_parts(state)
    if kind < state.shares[5]:
        return exchange_tails(state)
    if kind < state.shares[6]:
        return spread_order(state)
    return follow_order(state)
