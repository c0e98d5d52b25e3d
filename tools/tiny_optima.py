"""Prove the optima of ``instances/tiny-*.json`` by listing all schedules: ``python -m tools.tiny_optima``.

For after a change of those files, or a new one: writes their optimal schedules and their rows of
``instances/best_known.csv``; rows of other instances are left as they are.
"""

from benchmarks.runner import today
from cmo_kit import Instance, Schedule
from cmo_kit.base.csvfile import write_csv
from cmo_kit.library import instances_folder
from cmo_kit.study.results.gaps import BEST_KNOWN, COLUMNS, read_best_known
from tests.helpers.enumeration import optimum, runs


def main() -> None:
    """Prove, write, and say what was found."""
    folder = instances_folder()
    rows = read_best_known(folder)
    for path in sorted(folder.glob("tiny-*.json")):
        instance = Instance.load(path)
        value, winners = optimum(instance)
        sites = [[(instance.orders[i].id, batches) for i, batches in runs(site)] for site in min(winners)]
        schedule = Schedule(instance, sites, method="enumeration")
        schedule.save(folder / "schedules" / path.name)
        best = str(schedule.to_dict()["total_tardiness"])
        row = {"instance": instance.name, "best": best, "lower_bound": best, "status": "optimal"}
        row |= {"method": "enumeration", "schedule": f"schedules/{path.name}"}
        if row.items() - rows.get(instance.name, {}).items():
            rows[instance.name] = row | {"date": today()}
        merged, distinct = optimum(instance, merge=True).value, len({tuple(sorted(sites)) for sites in winners})
        print(f"{instance.name}: {value:g} ({merged:g} with merged runs), {distinct} optima")
    write_csv(folder / BEST_KNOWN, COLUMNS, list(rows.values()))


if __name__ == "__main__":
    main()
