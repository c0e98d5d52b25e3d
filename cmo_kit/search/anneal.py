"""Simulated annealing over the moves, in pieces that can be stopped between any two."""

import numpy as np

from cmo_kit.fast.compiled import compiled
from cmo_kit.search.edit import clear_draft
from cmo_kit.search.evaluate import accept_draft, add_up, evaluate_draft, keep_best
from cmo_kit.search.metropolis import accepts
from cmo_kit.search.moves import exchange_tails, level_parts, move_batches, move_run, swap_runs
from cmo_kit.search.order_moves import follow_order, spread_order
from cmo_kit.search.randomness import Words, uniform
from cmo_kit.search.state import Integers, Records, Times

STEP = 64  # the temperature falls in steps of so many moves
REFRESH = 4096  # the running total is added up anew after so many moves, against rounding


@compiled
def draft_move(
    gap: Times,
    orders: Records,
    sites: Records,
    parts: Records,
    runs: Records,
    drafts: Records,
    now: Records,
    words: Words,
    shares: Times,
) -> bool:
    """Draft a random move; ``shares`` (8,) are the cumulated frequencies of the kinds below, in their order."""
    clear_draft(sites, now)
    kind = uniform(words)
    if kind < shares[0]:
        return move_run(sites, runs, drafts, now, words, 1)
    if kind < shares[1]:
        return swap_runs(sites, runs, drafts, now, words)
    if kind < shares[2]:
        return move_run(sites, runs, drafts, now, words, 2)
    if kind < shares[3]:
        return move_batches(sites, runs, drafts, now, words)
    if kind < shares[4]:
        return level_parts(gap, orders, sites, parts, runs, drafts, now, words)
    if kind < shares[5]:
        return exchange_tails(sites, runs, drafts, now, words)
    if kind < shares[6]:
        return spread_order(gap, orders, sites, parts, runs, drafts, now, words)
    return follow_order(gap, orders, sites, parts, runs, drafts, now, words)


@compiled
def anneal(
    gap: Times,
    orders: Records,
    sites: Records,
    parts: Records,
    runs: Records,
    drafts: Records,
    now: Records,
    best_runs: Records,
    best_length: Integers,
    words: Words,
    shares: Times,
    moves: int,
    done: int,
    first: float,
    rate: float,
) -> None:
    """Try ``moves`` moves; the temperature after ``n`` moves is ``first exp(rate n)``, ``done`` moves lie behind.

    When the last state is the best so far, it is not yet copied.
    """
    temperature = first
    for move in range(done, done + moves):
        if move == done or move % STEP == 0:
            temperature = first * np.exp(rate * (move - move % STEP))
        now[0].moves += 1
        if now[0].moves % REFRESH == 0:
            add_up(orders, now)
        if not draft_move(gap, orders, sites, parts, runs, drafts, now, words, shares):
            continue
        change = evaluate_draft(gap, orders, sites, parts, runs, drafts, now)
        if not accepts(change, temperature, words):
            continue
        if change > 0.0 and now[0].total < now[0].best:  # the best is copied when it is left, not on the way down
            keep_best(sites, runs, now, best_runs, best_length)
        accept_draft(orders, sites, parts, runs, drafts, now, change)
        if now[0].total <= 1e-9:
            add_up(orders, now)
            if now[0].total <= 0.0:
                keep_best(sites, runs, now, best_runs, best_length)
                return
