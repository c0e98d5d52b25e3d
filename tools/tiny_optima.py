"""Prove the optima of ``instances/tiny-*.json`` by listing all schedules: ``python -m tools.tiny_optima``.

For after a change of those files, or a new one: writes their optimal schedules and their rows of
``instances/best_known.csv``; rows of other instances are left as they are.
"""

import csv
import datetime
from pathlib import Path

from cmo_kit import Instance, Schedule
from tests.helpers.enumeration import optimum, runs

FOLDER = Path(__file__).resolve().parents[1] / "instances"
TABLE = FOLDER / "best_known.csv"


def main() -> None:
    """Prove, write, and say what was found."""
    with open(TABLE, encoding="utf-8", newline="") as file:
        rows = {row["instance"]: row for row in csv.DictReader(file)}
    for path in sorted(FOLDER.glob("tiny-*.json")):
        instance = Instance.load(path)
        value, winners = optimum(instance)
        sites = [[(instance.orders[i].id, batches) for i, batches in runs(site)] for site in min(winners)]
        schedule = Schedule(instance, sites, method="enumeration")
        schedule.save(FOLDER / "schedules" / path.name)
        best = str(schedule.to_dict()["total_tardiness"])
        row = {"instance": instance.name, "best": best, "lower_bound": best, "status": "optimal"}
        row |= {"method": "enumeration", "schedule": f"schedules/{path.name}"}
        if row.items() - rows.get(instance.name, {}).items():
            rows[instance.name] = row | {"date": datetime.date.today().isoformat()}
        merged, distinct = optimum(instance, merge=True).value, len({tuple(sorted(sites)) for sites in winners})
        print(f"{instance.name}: {value:g} ({merged:g} with merged runs), {distinct} optima")
    with open(TABLE, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, next(iter(rows.values())), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.values())


if __name__ == "__main__":
    main()
