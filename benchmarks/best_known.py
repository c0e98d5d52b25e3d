"""The table of the best schedules known, every row with its proof: ``python -m benchmarks.best_known``.

``instances/best_known.csv`` names for each instance a schedule file and, where a lower bound was proved by
other means than enumeration, a certificate. Without options every row is verified: the checker
recomputes the schedule, and the bound is recomputed from its certificate. With ``--improve SECONDS`` a search and a
proof, each of so many seconds, try to better the rows first; a row changes only for the better.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.runner import Record, run_missing, run_program, today
from cmo_kit.base.csvfile import write_csv
from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import read_json, write_bytes
from cmo_kit.base.values import plain, shown
from cmo_kit.bounds import lower_bound, verify
from cmo_kit.bounds.certificate import packed, read_certificate
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import Instance
from cmo_kit.library import instance_names, instances_folder, load_instance
from cmo_kit.methods.registry import solve
from cmo_kit.study.results.gaps import BEST_KNOWN, COLUMNS, read_best_known

ENUMERATION = "enumeration"


def faults(folder: Path, row: dict[str, str]) -> list[str]:
    """Everything that is wrong with a row, one sentence each; empty for a row that is what it claims.

    Bounds by enumeration are proved anew by the tests, not here.
    """
    instance = load_instance(row["instance"])
    document = read_json(folder / row["schedule"])
    found = [violation.message for violation in check_schedule(instance, document)]
    best, bound = float(row["best"] or "inf"), float(row["lower_bound"] or 0)
    if document.get("total_tardiness") != best:
        found.append(f"best is {best:g}; its schedule has {shown(document.get('total_tardiness'))}")
    if row["certificate"]:
        proved, _ = verify(instance, read_certificate(folder / row["certificate"]))
        if proved < bound:
            found.append(f"lower_bound is {bound:g}; its certificate proves {proved:g}")
    elif bound > 0 and row["method"] != ENUMERATION:
        found.append(f"lower_bound is {bound:g}; there is no certificate")
    if (row["status"] == "optimal") != (bound >= best):
        found.append(f"status is {shown(row['status'])} with best {best:g} and lower_bound {bound:g}")
    return found


def improve(folder: Path, row: dict[str, str], instance: Instance, seconds: float, seed: int) -> list[str]:
    """Search and prove for ``seconds`` each; change the row where it becomes better and say how."""
    news: list[str] = []
    name, best, bound = row["instance"], float(row["best"] or "inf"), float(row["lower_bound"] or 0)
    if bound >= best:
        return news
    result = solve(instance, "search", seed=seed, seconds=seconds)
    if result.status == "stopped":
        raise KeyboardInterrupt
    if result.schedule is not None and result.schedule.total_tardiness < best:
        best = result.schedule.total_tardiness
        row |= {"schedule": f"schedules/{name}.json", "best": str(plain(best)), "seconds": f"{result.seconds:.0f}"}
        row["method"] = result.schedule.method or "unknown"
        result.schedule.save(folder / row["schedule"])
        news.append(f"best is now {row['best']}")
    began = time.perf_counter()
    proof = lower_bound(instance, seconds, best)
    if proof.stopped:
        raise KeyboardInterrupt
    if proof.lower_bound > bound:
        bound = proof.lower_bound
        row |= {"certificate": f"certificates/{name}.json.xz", "lower_bound": str(plain(bound))}
        place = make_folder(folder / "certificates") / f"{name}.json.xz"
        write_bytes(place, packed(proof.certificate))
        news.append(f"lower bound is now {row['lower_bound']} ({time.perf_counter() - began:.0f} s)")
    if news:
        row |= {"status": "optimal" if bound >= best else "feasible", "date": today()}
    return news


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify, or improve and verify; exit code 1 where a row is not what it claims."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.best_known", description=__doc__)
    parser.add_argument("instances", nargs="*", help="only these")
    parser.add_argument("--improve", type=float, metavar="SECONDS", help="search and prove for so long, each")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    return run_program("best_known", partial(_go_through, instances_folder(), options))


def _go_through(folder: Path, options: argparse.Namespace) -> int:
    """Improve and verify the rows that are asked for; the exit code."""
    for name in options.instances:
        if name not in instance_names():
            raise InputError(f"the instance is {shown(name)}; it must be one that comes with the kit")

    def row_of(name: str) -> dict[str, str]:
        empty = dict.fromkeys(COLUMNS, "") | {"instance": name, "lower_bound": "0"}
        return read_best_known(folder).get(name) or empty

    def improved(name: str, progress: object) -> Record:
        row = row_of(name)
        for news in improve(folder, row, load_instance(name), options.improve, options.seed):
            print(f"{name}: {news}", flush=True)
        return dict(row)

    def keep(name: str, row: Record) -> None:  # another process may have bettered other rows meanwhile
        write_csv(folder / BEST_KNOWN, COLUMNS, list((read_best_known(folder) | {name: row}).values()))

    names = options.instances or list(read_best_known(folder))
    if options.improve is not None:
        run_missing("best_known", {name: partial(improved, name) for name in names}, keep=keep)
    wrong = 0
    for name in names:
        row = row_of(name)
        found = faults(folder, row)
        wrong += bool(found)
        words = "; ".join(found) or "verified"
        print(f"{name}: {row['best']}, at least {row['lower_bound']}, {row['status']}: {words}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
