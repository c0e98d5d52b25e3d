"""What the reader can do with batches in hand; every function returns the next game."""

from __future__ import annotations

from dataclasses import replace

from cmo_kit.widgets.beat.edits import Place, Sites, add, merge, move, remove, run_at, split
from cmo_kit.widgets.beat.state import Game, Hand, edited, within


def take_order(game: Game, order: str) -> Game:
    """Take all batches of an order that are left to place."""
    if not game.left[order]:
        return replace(game, hand=None, said=f"Order {order} has no batch left to place.")
    held = Hand(order, game.left[order], None)
    return replace(game, hand=held, said=f"In hand: {batches_of(held)}, to place on a Site.")


def take_run(game: Game, place: Place) -> Game:
    """Take a run up; it stays where it is until it is put elsewhere."""
    held = Hand(*run_at(game.sites, place), place)
    where = f"run {place.position + 1} of Site {place.site + 1}"
    return replace(game, hand=held, said=f"In hand: {where}, {batches_of(held)}.")


def take_so_many(game: Game, batches: int) -> Game:
    """Hold so many batches, as near as can be; the others stay where they are."""
    if game.hand is None:
        return replace(game, said="Nothing is in hand: choose an order or a run first.")
    held = game.hand._replace(batches=min(max(batches, 1), game.most_in_hand))
    return replace(game, hand=held, said=f"In hand: {batches_of(held)} of {game.most_in_hand}.")


def let_go(game: Game) -> Game:
    """Hold nothing; nothing is changed."""
    return within(replace(game, hand=None, said="Nothing is in hand."))


def put(game: Game, gap: Place) -> Game:
    """Put what is held into a gap."""
    if game.hand is None:
        return replace(game, said="Nothing is in hand: choose an order or a run first.")
    held, said = game.hand, f"{batches_of(game.hand)} put on Site {gap.site + 1}."
    if held.source is None:
        return edited(game, add(game.instance, game.sites, gap, held.order, held.batches), said, gap)
    sites, source, gap = lifted(game, gap)
    sites = move(sites, source, gap)
    if sites == game.sites:
        return let_go(game)
    return edited(game, sites, said, gap)


def join(game: Game, target: Place) -> Game:
    """Let what is held join a run of the same order."""
    held = game.hand
    assert held is not None
    said = f"{batches_of(held)} joined run {target.position + 1} of Site {target.site + 1}."
    if held.source is None:
        sites = add(game.instance, game.sites, target, held.order, held.batches)
        return edited(game, merge(sites, target, Place(target.site, target.position + 1)), said, target)
    sites, source, target = lifted(game, target)
    return edited(game, merge(sites, source, target), said, target)


def put_back(game: Game) -> Game:
    """Take what is held off its Site."""
    if game.hand is None or game.hand.source is None:
        return let_go(game)
    sites, source, _ = lifted(game, game.hand.source)
    return edited(game, remove(sites, source), f"{batches_of(game.hand)} taken off the Site.")


def split_held(game: Game) -> Game:
    """Cut the run in hand: the batches in hand first, the others behind them; in the middle if all are in hand."""
    if game.hand is None or game.hand.source is None:
        return replace(game, said="Choose a run first; then split it.")
    run, first = run_at(game.sites, game.hand.source), game.hand.batches
    first = run.batches // 2 if first == run.batches and first > 1 else first
    sites = split(game.sites, game.hand.source, first)
    return edited(game, sites, f"The run is now two: {first} and {run.batches - first} batches.")


def merge_held(game: Game) -> Game:
    """Let the next other run of the same order on the same Site join the run in hand."""
    if game.hand is None or game.hand.source is None:
        return replace(game, said="Choose a run first; then merge another run of its order on its Site with it.")
    place, order = game.hand.source, game.hand.order
    others = [k for k, run in enumerate(game.sites[place.site]) if run.order == order and k != place.position]
    if not others:
        return replace(game, said=f"Site {place.site + 1} has no other run of order {order} to merge.")
    nearest = min(others, key=lambda k: (k < place.position, k))
    return edited(game, merge(game.sites, Place(place.site, nearest), place), f"Two runs of order {order} are now one.")


def lifted(game: Game, place: Place) -> tuple[Sites, Place, Place]:
    """Cut what is held off its run, if it is a part of one.

    Returns
    -------
    sites, source, place
        The Sites with what is held as a run of its own; where that stands; and ``place`` as it is counted then.
    """
    assert game.hand is not None
    assert game.hand.source is not None
    source = game.hand.source
    if game.hand.batches == game.most_in_hand:
        return game.sites, source, place
    behind = place.site == source.site and place.position > source.position
    return split(game.sites, source, game.hand.batches), source, Place(place.site, place.position + behind)


def batches_of(held: Hand) -> str:
    """``2 batches of order A``."""
    return f"{held.batches} batch{'es' if held.batches > 1 else ''} of order {held.order}"
