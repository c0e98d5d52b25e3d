"""Build a schedule by hand and beat the genetic algorithm."""

from __future__ import annotations

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_integer
from cmo_kit.bounds import lower_bound
from cmo_kit.core.genetic import genetic_algorithm
from cmo_kit.core.instance import Instance
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import Schedule
from cmo_kit.library import instances_folder, load_instance
from cmo_kit.methods.registry import solve
from cmo_kit.methods.result import Result
from cmo_kit.study.results.gaps import known_of
from cmo_kit.widgets.beat.picture import render
from cmo_kit.widgets.beat.state import Rival, new_game, step
from cmo_kit.widgets.stage.stage import Stage

#: Method -> its name among the rivals.
METHODS = {"expert": "expert, batch by batch", "expert_orders": "expert, whole orders", "ga": "genetic algorithm",
           "search": "search on runs"}  # fmt: skip
SEARCH_MOVES = 50_000  # of the search, which stands in where no best schedule is known
FEW_DECODED = 100_000  # batches, which are decoded sooner than compiled code is loaded; both give the same numbers
MOST_BATCHES = 160  # that have room on one screen


def beat_the_ga(instance: Instance | None = None, seed: int = 1, evaluations: int = 2000) -> Stage:
    """Let the reader build a schedule, scored live beside the experts', the genetic algorithm's and the best known.

    Parameters
    ----------
    instance : Instance, optional
        With at most 160 batches; Figure 3's orders by default.
    seed, evaluations : int
        Of the genetic algorithm. All rivals run when the picture is made: for few orders in less than a
        second, else in a few seconds, most of them for loading compiled code.

    Returns
    -------
    Stage
        ``stage.state`` is a :class:`~cmo_kit.widgets.beat.state.Game`; its ``schedule`` is what stands on the Sites.

    Raises
    ------
    InputError
        For a seed or a number of evaluations that breaks its rule, or an instance with too many batches.

    Examples
    --------
    >>> game = beat_the_ga(load_instance("tiny-one-site"), evaluations=200).state
    >>> [(rival.name, rival.total_tardiness) for rival in game.rivals[2:]]
    [('genetic algorithm', 11.0), ('best known', 11.0)]
    """
    chosen = load_instance("fig3") if instance is None else instance
    if chosen.total_batches > MOST_BATCHES:
        raise InputError(
            f"{chosen.name!r} has {chosen.total_batches} batches; by hand problems of at most {MOST_BATCHES} are built"
        )
    game = new_game(chosen, rivals_for(chosen, seed, evaluations))
    return Stage(game, step, render, f"Beat the genetic algorithm: build a schedule for {chosen.name} by hand")


def rivals_for(instance: Instance, seed: int, evaluations: int) -> tuple[Rival, ...]:
    """Run the experts and the genetic algorithm; look up the best known schedule, or search one, with its bound.

    Parameters
    ----------
    instance : Instance
    seed, evaluations : int
        Of the genetic algorithm; the search takes the same seed.
    """
    best = best_known(instance)
    limits = {"ga": evaluations, "search": SEARCH_MOVES}
    found = []
    for method, name in METHODS.items():
        if method == "search" and best is not None:
            continue
        result: Result | Outcome
        if method == "ga" and check_integer(evaluations, "evaluations", 1) * instance.total_batches <= FEW_DECODED:
            result = genetic_algorithm(instance, np.random.default_rng(seed), evaluations=evaluations)
        else:
            result = solve(instance, method, seed=seed, evaluations=limits.get(method))
        assert result.schedule is not None  # these methods always find one
        found.append(Rival(name, result.schedule, result.lower_bound or 0.0))
    if best is None:  # without a limit in seconds the bound is the same every time
        proved = lower_bound(instance, upper_bound=min(rival.total_tardiness for rival in found)).lower_bound
        best = found.pop()._replace(bound=proved)
    return (*found, best)


def best_known(instance: Instance) -> Rival | None:
    """The best known schedule that comes with the kit, or None without one for exactly this problem."""
    row = known_of(instance)
    if row is None:
        return None
    schedule = Schedule.load(instances_folder() / row["schedule"], instance)
    return Rival("best known", schedule, float(row["lower_bound"] or 0))
