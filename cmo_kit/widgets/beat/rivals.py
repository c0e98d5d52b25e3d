"""The schedules to beat: both experts', a short genetic algorithm's, and the best known or what a search finds."""

from __future__ import annotations

from typing import NamedTuple

from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.library import instances_folder, load_instance
from cmo_kit.methods.registry import solve
from cmo_kit.study.results.gaps import read_best_known

#: Method -> its name among the rivals.
METHODS = {"expert": "expert, batch by batch", "expert_orders": "expert, whole orders", "ga": "genetic algorithm",
           "search": "search on runs"}  # fmt: skip
SEARCH_MOVES = 50_000  # of the search, which stands in where no best schedule is known


class Rival(NamedTuple):
    """A schedule to beat; ``optimal`` where it is proved that no schedule is better."""

    name: str
    schedule: Schedule
    optimal: bool = False

    @property
    def total_tardiness(self) -> float:
        """By the same evaluator that scores the reader."""
        return self.schedule.total_tardiness


def rivals_for(instance: Instance, seed: int, evaluations: int) -> tuple[Rival, ...]:
    """Run the experts and the genetic algorithm, and look up the best known schedule; search where there is none.

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
        result = solve(instance, method, seed=seed, evaluations=limits.get(method))
        assert result.schedule is not None  # these methods always find one
        found.append(Rival(name, result.schedule, result.status == "optimal"))
    return (*found, best) if best is not None else tuple(found)


def best_known(instance: Instance) -> Rival | None:
    """The best known schedule that comes with the kit, or None without one for exactly this problem."""
    folder = instances_folder()
    row = read_best_known(folder).get(instance.name)
    if row is None or load_instance(row["instance"]).digest != instance.digest:
        return None
    schedule = Schedule.load(folder / row["schedule"], instance)
    return Rival("best known", schedule, row["status"] == "optimal")
