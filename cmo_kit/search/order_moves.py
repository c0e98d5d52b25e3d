"""Moves of a whole order: gather all its batches and lay them out anew on several Sites."""

from cmo_kit.fast.compiled import compiled
from cmo_kit.search.edit import find, put, take_out, touch
from cmo_kit.search.moves import position_at, random_site
from cmo_kit.search.randomness import Words, below, uniform
from cmo_kit.search.state import Records, Times


@compiled
def take_order(
    orders: Records, sites: Records, parts: Records, runs: Records, drafts: Records, now: Records, i: int
) -> None:
    """Remove every run of order ``i`` from the draft."""
    for k in range(orders[i].offset, orders[i].offset + orders[i].parts):
        slot = touch(sites, runs, drafts, now, parts[k].site)
        position = find(sites, drafts, slot, i)
        while position >= 0:
            take_out(sites, drafts, slot, position, 1)
            position = find(sites, drafts, slot, i)


@compiled
def share_level(sites: Records, chosen: int, batches: int, gap: float) -> None:
    """Share ``batches`` among the chosen places so that the last batches start about together.

    A share may be 0. The level is found by bisection: at level ``x`` a place that begins at ``s`` has room
    for ``floor((x - s) / gap) + 1`` batches.
    """
    if gap <= 0.0:
        for k in range(chosen):
            sites[k].share = batches // chosen + (1 if k < batches % chosen else 0)
        return
    low = sites[0].begin
    for k in range(chosen):
        low = min(low, sites[k].begin)
    high = low + batches * gap
    while high - low > 0.25 * gap:
        level = 0.5 * (low + high)
        if level <= low or level >= high:
            break
        room = 0
        for k in range(chosen):
            if level >= sites[k].begin:
                room += int((level - sites[k].begin) / gap) + 1
        if room >= batches:
            high = level
        else:
            low = level
    left = batches
    for k in range(chosen):
        share = 0
        if high >= sites[k].begin:
            share = min(left, int((high - sites[k].begin) / gap) + 1)
        sites[k].share = share
        left -= share
    sites[0].share += left


@compiled
def lay_out(
    gap: Times, orders: Records, sites: Records, runs: Records, drafts: Records, now: Records, i: int, chosen: int
) -> bool:
    """Put order ``i``, taken out before, at the chosen places with level ends."""
    for k in range(chosen):
        l, place = sites[k].pool, sites[k].place
        begin = orders[i].opening
        if place > 0:
            j = drafts[sites[l].slot, place - 1].order
            behind = place - 1 if runs[l, place - 1].order == j else place
            begin = runs[l, min(behind, sites[l].length - 1)].end + gap[j, i]
        sites[k].begin = begin
    share_level(sites, chosen, orders[i].batches, gap[i, i])
    for k in range(chosen):
        slot = sites[sites[k].pool].slot
        if sites[k].share > 0 and not put(sites, drafts, now, slot, sites[k].place, i, sites[k].share, False):
            return False
    return True


@compiled
def choose_site(sites: Records, k: int, at: int) -> None:
    """Make the pool's entry at ``at`` its ``k``-th one, by exchanging the two."""
    l = sites[at].pool
    sites[at].pool = sites[k].pool
    sites[k].pool = l


@compiled
def spread_order(
    gap: Times,
    orders: Records,
    sites: Records,
    parts: Records,
    runs: Records,
    drafts: Records,
    now: Records,
    words: Words,
) -> bool:
    """Lay one order out on random Sites, everywhere near one point in time; one Site gathers it."""
    a, b = random_site(sites, words), random_site(sites, words)
    if a < 0 or b < 0:
        return False
    i = runs[a, below(words, sites[a].length)].order
    time = runs[b, below(words, sites[b].length)].start
    most = min(sites.size, orders[i].batches)
    wanted = 1
    if uniform(words) < 0.1:
        wanted = 1 + below(words, most)
    else:
        while wanted < most and uniform(words) < 0.5:
            wanted += 1
    take_order(orders, sites, parts, runs, drafts, now, i)
    for k in range(wanted):
        choose_site(sites, k, k + below(words, sites.size - k))
        l = sites[k].pool
        slot = touch(sites, runs, drafts, now, l)
        place = position_at(sites, runs, l, time) + below(words, 3) - 1
        sites[k].place = min(max(place, 0), sites[slot].new_length)
    return lay_out(gap, orders, sites, runs, drafts, now, i, wanted)


@compiled
def follow_order(
    gap: Times,
    orders: Records,
    sites: Records,
    parts: Records,
    runs: Records,
    drafts: Records,
    now: Records,
    words: Words,
) -> bool:
    """Lay one order out right before, or right behind, another one on the Sites of that other one."""
    a, b = random_site(sites, words), random_site(sites, words)
    if a < 0 or b < 0:
        return False
    i = runs[a, below(words, sites[a].length)].order
    j = runs[b, below(words, sites[b].length)].order
    if i == j:
        return False
    behind = 1 if uniform(words) < 0.5 else 0
    wanted = min(orders[j].parts, orders[i].batches)
    take_order(orders, sites, parts, runs, drafts, now, i)
    for k in range(wanted):
        l = parts[orders[j].offset + k].site
        slot = touch(sites, runs, drafts, now, l)
        at = k
        while sites[at].pool != l:
            at += 1
        choose_site(sites, k, at)
        sites[k].place = find(sites, drafts, slot, j) + behind
    return lay_out(gap, orders, sites, runs, drafts, now, i, wanted)
