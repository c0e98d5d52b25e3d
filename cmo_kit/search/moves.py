"""Moves on one or two Sites: each drafts a random move and says whether there is one to evaluate."""

from cmo_kit.fast.compiled import compiled
from cmo_kit.search.edit import find, grow, note_first, put, take_batches, take_out, touch
from cmo_kit.search.randomness import Words, below, uniform
from cmo_kit.search.state import Records, Times

#: From this many runs on, places near in time are preferred: those up to NEAR places away, which are half of all
#: places on the shortest of such Sites. On shorter ones every place is met soon by chance. Not tuned.
LONG_SITE, NEAR = 16, 4


@compiled
def random_site(sites: Records, words: Words) -> int:
    """A Site that has a run, or -1 when several tries found none."""
    for _ in range(8):
        l = below(words, sites.size)
        if sites[l].length > 0:
            return l
    return -1


@compiled
def position_at(sites: Records, runs: Records, l: int, time: float) -> int:
    """How many runs of Site ``l`` start before ``time``."""
    low, high = 0, sites[l].length
    while low < high:
        middle = (low + high) // 2
        if runs[l, middle].start < time:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def random_place(sites: Records, runs: Records, words: Words, l: int, time: float, last: int) -> int:
    """A position in 0..last on Site ``l``, on a long Site mostly one near ``time``."""
    if last >= LONG_SITE and uniform(words) < 0.8:
        place = position_at(sites, runs, l, time) + below(words, 2 * NEAR + 1) - NEAR
        return min(max(place, 0), last)
    return below(words, last + 1)


@compiled
def move_run(sites: Records, runs: Records, drafts: Records, now: Records, words: Words, block: int) -> bool:
    """Move ``block`` consecutive runs to another place on the same Site or on another one."""
    a = random_site(sites, words)
    if a < 0 or sites[a].length < block:
        return False
    b = below(words, sites.size)
    position = below(words, sites[a].length - block + 1)
    target = random_place(sites, runs, words, b, runs[a, position].start, sites[b].length - (block if a == b else 0))
    if a == b and target == position:
        return False
    slot_a = touch(sites, runs, drafts, now, a)
    slot_b = touch(sites, runs, drafts, now, b)
    take_out(sites, drafts, slot_a, position, block)
    if a == b and sites[slot_a].new_length != sites[a].length - block:
        return False  # neighbours of one order have met, and the target has moved
    for k in range(block - 1, -1, -1):
        i, batches = runs[a, position + k].order, runs[a, position + k].count
        if not put(sites, drafts, now, slot_b, target, i, batches, uniform(words) < 0.5):
            return False
    return True


@compiled
def swap_runs(sites: Records, runs: Records, drafts: Records, now: Records, words: Words) -> bool:
    """Exchange two runs of different orders."""
    a, b = random_site(sites, words), random_site(sites, words)
    if a < 0 or b < 0:
        return False
    at_a = below(words, sites[a].length)
    at_b = random_place(sites, runs, words, b, runs[a, at_a].start, sites[b].length - 1)
    i, j = runs[a, at_a].order, runs[b, at_b].order
    if i == j:
        return False
    slot_a = touch(sites, runs, drafts, now, a)
    slot_b = touch(sites, runs, drafts, now, b)
    if now[0].repeats == 0 and a != b and (find(sites, drafts, slot_b, i) >= 0 or find(sites, drafts, slot_a, j) >= 0):
        return False
    drafts[slot_a, at_a].order = j
    drafts[slot_a, at_a].count = runs[b, at_b].count
    drafts[slot_b, at_b].order = i
    drafts[slot_b, at_b].count = runs[a, at_a].count
    note_first(sites, slot_a, at_a)
    note_first(sites, slot_b, at_b)
    return True


@compiled
def move_batches(sites: Records, runs: Records, drafts: Records, now: Records, words: Words) -> bool:
    """Split batches off a run: to another Site or, with repeats, to another place of the same one."""
    a = random_site(sites, words)
    if a < 0:
        return False
    position = below(words, sites[a].length)
    i, count = runs[a, position].order, runs[a, position].count
    b = below(words, sites.size)
    if count < 2 or (a == b and now[0].repeats == 0):
        return False
    kind = uniform(words)
    batches = 1
    if kind > 0.6:
        batches = 1 + below(words, count - 1)
    elif kind > 0.4:
        batches = count // 2
    slot_a = touch(sites, runs, drafts, now, a)
    slot_b = touch(sites, runs, drafts, now, b)
    target = random_place(sites, runs, words, b, runs[a, position].start, sites[b].length)
    take_batches(sites, drafts, slot_a, position, batches)
    return put(sites, drafts, now, slot_b, target, i, batches, a != b and uniform(words) < 0.5)


@compiled
def level_parts(
    gap: Times,
    orders: Records,
    sites: Records,
    parts: Records,
    runs: Records,
    drafts: Records,
    now: Records,
    words: Words,
) -> bool:
    """Move batches between two parts of one order, most often so that both end together."""
    a = random_site(sites, words)
    if a < 0:
        return False
    position = below(words, sites[a].length)
    i, count = runs[a, position].order, runs[a, position].count
    if orders[i].parts < 2:
        return False
    b = parts[orders[i].offset + below(words, orders[i].parts)].site
    if a == b:
        return False
    slot_a = touch(sites, runs, drafts, now, a)
    slot_b = touch(sites, runs, drafts, now, b)
    there = find(sites, drafts, slot_b, i)
    later = runs[a, position].end - runs[b, there].end
    batches = 1
    kind = uniform(words)
    if kind < 0.5 and later > 0.0 and gap[i, i] > 0.0:
        batches = int(min(float(count), max(1.0, later / (2.0 * gap[i, i]) + uniform(words))))
    elif kind < 0.8:
        batches = 1 + below(words, count)
    take_batches(sites, drafts, slot_a, position, batches)
    grow(sites, drafts, slot_b, there, batches)
    return True


@compiled
def exchange_tails(sites: Records, runs: Records, drafts: Records, now: Records, words: Words) -> bool:
    """Cut two Sites and exchange what follows the cuts."""
    a, b = random_site(sites, words), random_site(sites, words)
    if a < 0 or b < 0 or a == b:
        return False
    length_a, length_b = sites[a].length, sites[b].length
    cut_a = below(words, length_a)
    cut_b = min(max(position_at(sites, runs, b, runs[a, cut_a].start) + below(words, 5) - 2, 0), length_b)
    slot_a = touch(sites, runs, drafts, now, a)
    slot_b = touch(sites, runs, drafts, now, b)
    sites[slot_a].new_length = cut_a
    sites[slot_b].new_length = cut_b
    note_first(sites, slot_a, cut_a)
    note_first(sites, slot_b, cut_b)
    for k in range(cut_b, length_b):
        end = sites[slot_a].new_length
        if not put(sites, drafts, now, slot_a, end, runs[b, k].order, runs[b, k].count, False):
            return False
    for k in range(cut_a, length_a):
        end = sites[slot_b].new_length
        if not put(sites, drafts, now, slot_b, end, runs[a, k].order, runs[a, k].count, False):
            return False
    return True
