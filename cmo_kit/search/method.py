"""The kit's best method: simulated annealing on runs, on all cores, that can be stopped at any moment."""

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Progress, usable_cores
from cmo_kit.base.values import check_integer, check_list, check_number
from cmo_kit.core.expert import dispatch
from cmo_kit.core.instance import Instance, Order
from cmo_kit.core.outcome import Outcome
from cmo_kit.core.schedule import from_indices

if TYPE_CHECKING:
    from cmo_kit.search import team

#: Wall clock where no limit is given.
SECONDS = 10.0
#: With a limit in evaluations: numbers that do not depend on the machine, as the result must not. A chain shorter than
#: so many moves for each order would end before it is cold enough to be of use.
CHAINS, MOVES_PER_ORDER = 4, 2000
#: How often each kind of move is tried: run, swap, block, split, level, tails, spread, follow.
BLOCK = 2
FREQUENCIES = (0.30, 0.25, 0.05, 0.15, 0.10, 0.05, 0.07, 0.03)
#: No start needs to be hotter; an infinite temperature only measures.
HOTTEST = 1e6


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
    another place, swapped, in blocks, split, levelled between the parts of an order, the tails of two Sites
    exchanged, an order spread over several Sites or laid out beside another one. Only what a move changes is
    evaluated. Where one run per order and Site may not be enough (see :mod:`cmo_kit.formats.conditions`)
    an order may get several runs on a Site.

    The instance's shape sets the rest, by rules that name no problem:

    * Temperatures are in units of a measured rise. From the schedule that the first stage leaves, 2000 moves are tried
      (of a limit in evaluations at most a twentieth) and none made; a twentieth of those that make the schedule worse
      do so by less than the unit.
    * Where every order has one batch nothing is split, levelled, spread or laid out, and one Site has no tails to
      exchange. The shares of such moves go to blocks: nearly half of all moves on one Site with an order a batch.
    * A block has 2 runs, or up to 10 where they are at most a quarter of a Site's mean number of runs.
    * Four places in five are near in time to where a run comes from: half of these are next to it, a quarter one run
      further, and so on. Not on a single Site whose setups differ, where the right neighbours of a run may stand
      anywhere.
    * Where the setup before an order does not depend on that order, as where there are none, an annealing soon ends in
      one of several valleys that differ in which orders are late, and a hotter one ends in the same. There both stages
      are iterated local searches: after a short annealing the best schedule gets a kick of 6 random moves, and then
      100 moves for each order on lists, 600 on runs, at the last temperature. Lists have half of the seconds or a fifth
      of the moves, else a tenth or 3 in 100, and begin at a third of their temperature.
    * A limit in evaluations is not shared by more chains than can use it (see ``chains``).

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
        Annealings at the same time; one a worker by default. With a limit in evaluations as many as get 2000 moves for
        each order, from 1 to 4.
    workers : int, optional
        Threads; the processor's cores by default.
    rounds : int
        After each round but the last, every chain goes on from the best schedule of all, less hot.
    list_temperature : float
        Where the first stage begins, in units of a mean order's time on a Site, setup included, times the
        mean weight.
    start_temperature, end_temperature : float
        Where the first round begins and where all end, in a unit that every chain measures.
    frequencies : sequence of 8 numbers
        How often each kind of move is tried, in the order above; they need not add up to 1. What the instance has no
        use for goes to blocks.

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
    >>> outcome = search(load_instance("fig3"), np.random.default_rng(1), evaluations=20_000)
    >>> outcome.schedule.total_tardiness, outcome.schedule.sites[2]
    (4.0, (Run(order='1', batches=3), Run(order='2', batches=1)))
    """
    if seconds is None and evaluations is None:
        seconds = SECONDS
    if seconds is not None:
        check_number(seconds, "seconds")
    if evaluations is not None:
        check_integer(evaluations, "evaluations", 1)
    workers = check_integer(usable_cores() if workers is None else workers, "workers", 1)
    enough = MOVES_PER_ORDER * len(instance.orders)
    fitting = workers if evaluations is None else min(CHAINS, max(1, evaluations // enough))
    chains = check_integer(fitting if chains is None else chains, "chains", 1)
    check_integer(rounds, "rounds", 1)
    shares = _shares(frequencies, instance)
    named = (list_temperature, start_temperature, end_temperature)
    for name, value in zip(("list_temperature", "start_temperature", "end_temperature"), named, strict=True):
        if check_number(value, name, maximum=HOTTEST) <= 0:
            raise InputError(f"{name} is {value}; it must be above 0")

    status = "feasible"
    runs = dispatch(instance, whole_orders=True)  # for the case that the user stops before anything is loaded
    working: team.Team | None = None
    try:
        from cmo_kit.search.state import setups_differ
        from cmo_kit.search.team import Team, stages

        warm_up()
        told = progress and (lambda best, moves, spent: progress(best / instance.per_unit, moves, spent))  # in ticks
        working = Team(instance.whole, rng, chains, workers, shares, told)
        plan = stages(rounds, *named, kicks=not setups_differ(instance))
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


def _shares(frequencies: Any, instance: Instance) -> NDArray[np.float64]:
    """Shares of the kinds of moves, adding up to 1; what the instance has no use for goes to blocks."""
    values = [check_number(value, "frequencies") for value in check_list(frequencies, "frequencies", 8, "one a move")]
    if not 0 < sum(values) < math.inf:
        raise InputError("frequencies must have a finite sum above 0; some move must be tried")
    shares = np.array(values) / sum(values)
    several_sites, several_batches = instance.sites > 1, int(instance.Q.max()) > 1
    again = instance.one_run_failure is not None  # an order may have several runs on a Site
    both = several_sites and several_batches
    useful = np.array([True, True, True, several_batches and (several_sites or again), both, several_sites, both, both])
    shares[BLOCK] += shares[~useful].sum()
    shares[~useful] = 0.0
    return shares
