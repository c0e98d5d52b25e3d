"""The kit's best method: simulated annealing on runs, on all cores, that can be stopped at any moment."""

import os
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Progress
from cmo_kit.base.values import check_integer, check_list, check_number
from cmo_kit.core.expert import dispatch
from cmo_kit.core.instance import Instance, Order
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import from_indices

if TYPE_CHECKING:
    from cmo_kit.search import team

#: Wall clock where no limit is given.
SECONDS = 10.0
#: With a limit in evaluations: a number that does not depend on the machine, as the result must not.
CHAINS = 4
#: How often each kind of move is tried: run, swap, block, split, level, tails, spread, follow.
FREQUENCIES = (0.30, 0.25, 0.05, 0.15, 0.10, 0.05, 0.07, 0.03)


def search(
    instance: Instance,
    rng: np.random.Generator,
    *,
    seconds: float | None = None,
    evaluations: int | None = None,
    progress: Progress | None = None,
    chains: int | None = None,
    workers: int | None = None,
    rounds: int = 2,
    list_temperature: float = 0.3,
    start_temperature: float = 0.4,
    end_temperature: float = 0.02,
    frequencies: Sequence[float] = FREQUENCIES,
) -> Outcome:
    """Anneal several schedules at the same time and keep the best.

    A first stage anneals list schedules: a sequence of the orders and on how many Sites each may run (see
    :mod:`cmo_kit.search.lists`). Then come rounds on runs. A schedule is changed by moves of runs: to
    another place, swapped, two at a time, split, levelled between the parts of an order, the tails of two Sites
    exchanged, an order spread over several Sites or laid out beside another one. Only the Sites that a move
    touches are evaluated. Where one run per order and Site may not be enough (see :mod:`cmo_kit.core.conditions`)
    an order may get several runs on a Site.

    Parameters
    ----------
    instance : Instance
    rng : numpy.random.Generator
    seconds : float, optional
        Wall clock, counted after the compiled code is loaded; 10 when neither limit is given. How many moves
        fit into it, and so the result, depends on the machine, whatever the generator.
    evaluations : int, optional
        Moves tried, over all chains. Then the result depends on the generator alone, whatever the workers,
        as long as ``seconds`` does not end the run.
    progress : callable, optional
        Called with (best, evaluations, seconds) a few times a second.
    chains : int, optional
        Annealings at the same time; one a worker by default, 4 with a limit in evaluations.
    workers : int, optional
        Threads; the processor's cores by default.
    rounds : int
        After each round but the last, every chain goes on from the best schedule of all, less hot.
    list_temperature : float
        Where the first stage begins, in units of a mean order's time on a Site, setup included, times the
        mean weight.
    start_temperature, end_temperature : float
        Where the first round begins and where all end, in units of the mean gap between two orders, times the
        mean weight.
    frequencies : sequence of 8 numbers
        How often each kind of move is tried, in the order above; they need not add up to 1.

    Returns
    -------
    Outcome
        ``optimal`` at zero tardiness, ``stopped`` after a keyboard interrupt, else ``feasible``.

    Raises
    ------
    InputError
        For a parameter that breaks a rule.

    Examples
    --------
    >>> outcome = search(load_instance("fig3"), np.random.default_rng(1), evaluations=5000)
    >>> outcome.schedule.total_tardiness, outcome.schedule.sites[2]
    (4.0, (Run(order='3', batches=2), Run(order='4', batches=1), Run(order='2', batches=1)))
    """
    if seconds is None and evaluations is None:
        seconds = SECONDS
    if seconds is not None:
        check_number(seconds, "seconds")
    if evaluations is not None:
        check_integer(evaluations, "evaluations", 1)
    workers = check_integer(usable_cores() if workers is None else workers, "workers", 1)
    fitting = workers if evaluations is None else min(CHAINS, evaluations)
    chains = check_integer(fitting if chains is None else chains, "chains", 1)
    check_integer(rounds, "rounds", 1)
    shares = _shares(frequencies)
    named = (list_temperature, start_temperature, end_temperature)
    for name, value in zip(("list_temperature", "start_temperature", "end_temperature"), named, strict=True):
        if check_number(value, name) <= 0:
            raise InputError(f"{name} is {value}; it must be above 0")

    status = "feasible"
    runs = dispatch(instance, whole_orders=True)  # for the case that the user stops before anything is loaded
    working: team.Team | None = None
    try:
        from cmo_kit.search.team import Team, stages

        warm_up()
        told = progress and (lambda best, moves, spent: progress(best / instance.per_unit, moves, spent))  # in ticks
        working = Team(instance.whole, rng, chains, workers, shares, told)
        plan = stages(instance.whole, rounds, *named)
        if evaluations is None:
            assert seconds is not None
            working.run_seconds(seconds, plan)
        else:
            working.run_moves(evaluations, plan, seconds)
    except KeyboardInterrupt:
        status = "stopped"
    moves = 0
    if working is not None:
        runs, moves = working.best.best_runs(), working.moves
    schedule = from_indices(instance, runs + [[] for _ in range(instance.sites - len(runs))])
    if schedule.total_tardiness == 0:
        status = "optimal"
    return Outcome(schedule, status, evaluations=moves, details={"chains": chains, "workers": workers})


def usable_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def warm_up() -> None:
    """Load, or compile, all that :func:`search` needs, so that no clock has to count it.

    Examples
    --------
    >>> warm_up()
    >>> solve(load_instance("tiny-one-site"), "search", evaluations=1000).total_tardiness
    11.0
    """
    from cmo_kit.search.team import Stage, Team

    instance = Instance("warm", 1, (Order("1", 1, 0, (1,)),), ((0,),), operations=("one",))
    team = Team(instance, np.random.default_rng(0), 1, 1, np.full(8, 1 / 8))
    team.run_moves(2, [Stage(0.5, 0.5, 1.0, 1.0, lists=True), Stage(0.5, 0.5, 1.0, 1.0)])


def _shares(frequencies: Any) -> NDArray[np.float64]:
    values = [check_number(value, "frequencies") for value in check_list(frequencies, "frequencies", 8, "one a move")]
    if not sum(values) > 0:
        raise InputError("frequencies is all zeros; some move must be tried")
    return np.array(values) / sum(values)
