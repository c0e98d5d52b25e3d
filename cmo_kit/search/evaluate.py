"""Total tardiness after a move, from the touched Sites alone.

The numbers are those of :class:`cmo_kit.core.schedule.Schedule`, added in the same order: a run of
``q`` batches of order ``i`` that starts at ``s`` starts its last batch at ``s + (q - 1) g_ii``, and the
next run, of ``j``, starts ``g_ij`` after that.
"""

import numpy as np

from cmo_kit.fast.compiled import compiled
from cmo_kit.search.state import Integers, Records, Times


@compiled
def note_part(orders: Records, parts: Records, i: int, l: int, end: float) -> None:
    """Order ``i`` starts its last batch on Site ``l`` at ``end``; calls for one Site come in processing order."""
    offset = orders[i].offset
    for k in range(offset, offset + orders[i].parts):
        if parts[k].site == l:
            parts[k].end = end
            return
    k = offset + orders[i].parts
    parts[k].site = l
    parts[k].end = end
    orders[i].parts += 1


@compiled
def add_up(orders: Records, now: Records) -> None:
    """Set the total to the sum of the orders' costs, in the order of the instance."""
    total = 0.0
    for i in range(orders.size):
        total += orders[i].cost
    now[0].total = total


@compiled
def evaluate_all(gap: Times, orders: Records, sites: Records, parts: Records, runs: Records, now: Records) -> None:
    """Times, parts, costs and total of a whole state from its runs alone."""
    for i in range(orders.size):
        orders[i].parts = 0
    for l in range(sites.size):
        before, time = -1, 0.0
        for k in range(sites[l].length):
            i = runs[l, k].order
            start = orders[i].opening if before < 0 else time + gap[before, i]
            time = start + (runs[l, k].count - 1) * gap[i, i]
            runs[l, k].start = start
            runs[l, k].end = time
            note_part(orders, parts, i, l, time)
            before = i
    for i in range(orders.size):
        latest = -np.inf
        for k in range(orders[i].offset, orders[i].offset + orders[i].parts):
            latest = max(latest, parts[k].end)
        orders[i].cost = orders[i].weight * max(0.0, latest + orders[i].tail - orders[i].due)
    add_up(orders, now)


@compiled
def latest_elsewhere(orders: Records, sites: Records, parts: Records, runs: Records, i: int) -> float:
    """Latest start of order ``i`` among the runs that the drafted move leaves as they are."""
    latest = -np.inf
    for k in range(orders[i].offset, orders[i].offset + orders[i].parts):
        l = parts[k].site
        slot = sites[l].slot
        if slot < 0:
            latest = max(latest, parts[k].end)
        else:
            for position in range(sites[slot].first - 1, -1, -1):
                if runs[l, position].order == i:
                    latest = max(latest, runs[l, position].end)
                    break
    return latest


@compiled
def evaluate_draft(
    gap: Times, orders: Records, sites: Records, parts: Records, runs: Records, drafts: Records, now: Records
) -> float:
    """By how much the drafted move would change total tardiness; the state stays as it is."""
    now[0].stamp += 1
    stamp = now[0].stamp
    affected = 0
    for slot in range(now[0].touched):
        l, first = sites[slot].touched, sites[slot].first
        before, time = -1, 0.0
        if first > 0:
            before, time = runs[l, first - 1].order, runs[l, first - 1].end
        for k in range(first, sites[slot].new_length):
            i = drafts[slot, k].order
            start = orders[i].opening if before < 0 else time + gap[before, i]
            time = start + (drafts[slot, k].count - 1) * gap[i, i]
            drafts[slot, k].start = start
            drafts[slot, k].end = time
            before = i
            if orders[i].mark != stamp:
                orders[i].mark = stamp
                orders[affected].affected = i
                affected += 1
                if orders[i].parts == 1 and now[0].repeats == 0:
                    orders[i].latest = time
                else:
                    orders[i].latest = max(time, latest_elsewhere(orders, sites, parts, runs, i))
            elif time > orders[i].latest:
                orders[i].latest = time
    now[0].affected = affected
    change = 0.0
    for k in range(affected):
        i = orders[k].affected
        cost = orders[i].weight * max(0.0, orders[i].latest + orders[i].tail - orders[i].due)
        orders[i].new_cost = cost
        change += cost - orders[i].cost
    return change


@compiled
def accept_draft(
    orders: Records, sites: Records, parts: Records, runs: Records, drafts: Records, now: Records, change: float
) -> None:
    """Make the drafted move, already evaluated, the state."""
    stamp = now[0].stamp
    for k in range(now[0].affected):
        i = orders[k].affected
        orders[i].cost = orders[i].new_cost
        offset, kept = orders[i].offset, 0
        for part in range(offset, offset + orders[i].parts):
            if sites[parts[part].site].slot < 0:
                parts[offset + kept] = parts[part]
                kept += 1
        orders[i].parts = kept
    for slot in range(now[0].touched):
        l = sites[slot].touched
        length = sites[slot].new_length
        for k in range(sites[slot].first, length):
            runs[l, k] = drafts[slot, k]
        sites[l].length = length
        for k in range(length):
            i = runs[l, k].order
            if orders[i].mark == stamp:
                note_part(orders, parts, i, l, runs[l, k].end)
    now[0].total += change


@compiled
def keep_best(sites: Records, runs: Records, now: Records, best_runs: Records, best_length: Integers) -> None:
    """Copy the runs of the state as the best so far, if they are better by more than rounding."""
    if now[0].total >= now[0].best - 1e-9 * (1.0 + abs(now[0].best)):
        return
    for l in range(sites.size):
        best_length[l] = sites[l].length
        for k in range(sites[l].length):
            best_runs[l, k] = runs[l, k]
    now[0].best = now[0].total
