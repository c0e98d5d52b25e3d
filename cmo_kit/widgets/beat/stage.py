"""Build a schedule by hand and beat the genetic algorithm."""

from __future__ import annotations

from cmo_kit.base.errors import InputError
from cmo_kit.core.instance import Instance
from cmo_kit.library import load_instance
from cmo_kit.widgets.beat.picture import render
from cmo_kit.widgets.beat.rivals import rivals_for
from cmo_kit.widgets.beat.state import new_game
from cmo_kit.widgets.beat.step import step
from cmo_kit.widgets.stage.stage import Stage

MOST_BATCHES = 160  # that have room on one screen


def beat_the_ga(instance: Instance | None = None, seed: int = 1, evaluations: int = 2000) -> Stage:
    """Let the reader build a schedule, scored live beside the experts', the genetic algorithm's and the best known.

    Parameters
    ----------
    instance : Instance, optional
        With at most 160 batches; Figure 3's orders by default.
    seed, evaluations : int
        Of the genetic algorithm. All rivals run when the picture is made, in a few seconds, most of them for
        loading compiled code.

    Returns
    -------
    Stage
        ``stage.state`` is a :class:`~cmo_kit.widgets.beat.state.Game`; its ``schedule`` is what stands on the Sites.

    Raises
    ------
    InputError
        For a seed or a number of evaluations that breaks its rule, or an instance with too many batches.
    """
    chosen = load_instance("fig3") if instance is None else instance
    if chosen.total_batches > MOST_BATCHES:
        raise InputError(
            f"{chosen.name!r} has {chosen.total_batches} batches; by hand problems of at most {MOST_BATCHES} are built"
        )
    game = new_game(chosen, rivals_for(chosen, seed, evaluations))
    return Stage(game, step, render, f"Beat the genetic algorithm: build a schedule for {chosen.name} by hand")
