"""Replay a recorded run of the paper's genetic algorithm."""

from __future__ import annotations

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_integer
from cmo_kit.core.instance import Instance
from cmo_kit.library import load_instance
from cmo_kit.widgets.ga.picture import render
from cmo_kit.widgets.ga.recording import ancestry, record
from cmo_kit.widgets.ga.state import Replay, step
from cmo_kit.widgets.stage.stage import Stage

MOST_GENES, MOST_CHROMOSOMES = 300, 60  # as many as can be seen on one screen


def ga_explorer(
    instance: Instance | None = None, seed: int = 7, population_size: int = 20, generations: int = 30
) -> Stage:
    """Record a run and replay it: population, wheel, crossings, mutations, best schedule, origin of its genes.

    Parameters
    ----------
    instance : Instance, optional
        With at most 300 keys; Figure 3's problem by default. Above about 40 the genes of a crossing have no names.
    seed : int
        As in :func:`cmo_kit.solve`.
    population_size : int
        ``e``, 2 to 60; the paper has 100 and more, too many to be seen one by one.
    generations : int
        At least 1; the run is recorded when the picture is made, in well under a second by default.

    Returns
    -------
    Stage
        ``stage.state`` is the replay: the recorded generations and what is looked at.

    Raises
    ------
    InputError
        For a parameter that breaks its rule, or an instance with too many keys.

    Examples
    --------
    >>> from cmo_kit.widgets import Event
    >>> stage = ga_explorer(load_instance("tiny-one-site"), population_size=6, generations=3)
    >>> stage.send_event(Event("click", "last"))
    >>> stage.state.generation
    3
    """
    chosen = load_instance("fig3") if instance is None else instance
    if chosen.key_count > MOST_GENES:
        raise InputError(
            f"{chosen.name!r} has {chosen.key_count} keys; the explorer shows problems of at most {MOST_GENES}"
        )
    check_integer(population_size, "population_size", 2, MOST_CHROMOSOMES)
    recording = record(chosen, seed, population_size, generations)
    state = Replay(recording, ancestry(recording))
    return Stage(state, step, render, f"Genetic algorithm explorer of {chosen.name}")
