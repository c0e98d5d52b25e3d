"""The schedules to beat: both experts', a short genetic algorithm's, and the best known."""

from __future__ import annotations

from typing import NamedTuple

from cmo_kit.check import check_schedule
from cmo_kit.core.instance import Instance
from cmo_kit.core.jsonfile import read_json
from cmo_kit.core.schedule import Schedule
from cmo_kit.library import instances_folder
from cmo_kit.methods import solve
from cmo_kit.study.best_known import read_table


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
    """Run the experts and the genetic algorithm, and look up the best known schedule.

    Parameters
    ----------
    instance : Instance
    seed, evaluations : int
        Of the genetic algorithm.
    """
    limits = {"expert": {}, "expert_orders": {}, "ga": {"evaluations": evaluations}}
    names = {
        "expert": "expert, batch by batch",
        "expert_orders": "expert, whole orders",
        "ga": "genetic algorithm",
    }
    found = []
    for method, name in names.items():
        result = solve(instance, method, seed=seed, **limits[method])
        assert result.schedule is not None  # these methods always find one
        found.append(Rival(name, result.schedule, result.status == "optimal"))
    best = best_known(instance)
    return (*found, best) if best is not None else tuple(found)


def best_known(instance: Instance) -> Rival | None:
    """The best known schedule that comes with the kit, or None without one for exactly this problem."""
    folder = instances_folder()
    if not (folder / "best_known.csv").is_file():
        return None
    row = read_table(folder).get(instance.name)
    if row is None:
        return None
    document = read_json(folder / row["schedule"])
    if check_schedule(instance, document):  # another problem of the same name
        return None
    return Rival("best known", Schedule.from_dict(document, instance), row["status"] == "optimal")
