"""The table of the best schedules known, every row with its proof: ``python -m benchmarks.best_known``.

``instances/best_known.csv`` names for each instance a schedule file and, where a lower bound was proved by
other means than enumeration, a certificate. Without options every row is verified: the checker
recomputes the schedule, and the bound is recomputed from its certificate. With ``--improve SECONDS`` a search and a
proof, each of so many seconds, try to better the rows first; a row changes only for the better.
"""

import argparse
import gzip
import io
import json
import sys
import time
import zlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.environment import today
from benchmarks.runner import Record, command, run_missing
from cmo_kit.base.csvfile import write_csv
from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import MAXIMUM_BYTES, parse_json, read_bytes, read_json
from cmo_kit.base.values import plain, shown
from cmo_kit.bounds import lower_bound, verify
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.library import instance_names, instances_folder, load_instance
from cmo_kit.methods.registry import solve
from cmo_kit.study.results.gaps import BEST_KNOWN, COLUMNS, read_best_known

ENUMERATION = "enumeration"


def write_table(folder: Path, rows: dict[str, dict[str, str]]) -> None:
    """Write ``best_known.csv``, whole or not at all."""
    write_csv(folder / BEST_KNOWN, COLUMNS, list(rows.values()))


def read_certificate(path: Path) -> Any:
    """A certificate as it was stored; raises :class:`InputError` when it cannot be read or is over 32 MB."""
    try:
        with gzip.open(io.BytesIO(read_bytes(path))) as file:
            raw = file.read(MAXIMUM_BYTES + 1)
        if len(raw) > MAXIMUM_BYTES:
            raise InputError(f"it has over {MAXIMUM_BYTES} bytes")
        return parse_json(raw.decode("utf-8"))
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: the certificate cannot be read ({error})") from None


def write_certificate(path: Path, certificate: dict[str, Any]) -> None:
    """Store a certificate, compressed; the same certificate gives the same bytes."""
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(".partial")
    temporary.write_bytes(gzip.compress(json.dumps(certificate, separators=(",", ":")).encode(), mtime=0))
    temporary.replace(path)


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
    best, bound = float(row["best"] or "inf"), float(row["lower_bound"] or 0)
    if bound >= best:
        return news
    result = solve(instance, "search", seed=seed, seconds=seconds)
    if result.schedule is not None and result.schedule.total_tardiness < best:
        news += take_schedule(folder, row, result.schedule, result.seconds)
        best = result.schedule.total_tardiness
    began = time.perf_counter()
    proof = lower_bound(instance, seconds, best)
    if proof.lower_bound > bound:
        news += take_bound(folder, row, proof.lower_bound, proof.certificate, time.perf_counter() - began)
    return news


def take_schedule(folder: Path, row: dict[str, str], schedule: Schedule, seconds: float) -> list[str]:
    """Enter a better schedule."""
    row["schedule"] = f"schedules/{row['instance']}.json"
    schedule.save(folder / row["schedule"])
    row["best"] = str(plain(schedule.total_tardiness))
    row["method"] = schedule.method or "unknown"
    row["seconds"] = f"{seconds:.0f}"
    _date(row)
    return [f"best is now {row['best']}"]


def take_bound(
    folder: Path, row: dict[str, str], bound: float, certificate: dict[str, Any], seconds: float
) -> list[str]:
    """Enter a better bound with its certificate."""
    row["certificate"] = f"certificates/{row['instance']}.json.gz"
    write_certificate(folder / row["certificate"], certificate)
    row["lower_bound"] = str(plain(bound))
    _date(row)
    return [f"lower bound is now {row['lower_bound']} ({seconds:.0f} s)"]


def _date(row: dict[str, str]) -> None:
    row["status"] = "optimal" if float(row["lower_bound"] or 0) >= float(row["best"]) else "feasible"
    row["date"] = today()


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify, or improve and verify; exit code 1 where a row is not what it claims."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.best_known", description=__doc__)
    parser.add_argument("instances", nargs="*", help="only these")
    parser.add_argument("--improve", type=float, metavar="SECONDS", help="search and prove for so long, each")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    return command("best_known", partial(_go_through, instances_folder(), options))


def _go_through(folder: Path, options: argparse.Namespace) -> int:
    """Improve and verify the rows that are asked for; the exit code."""
    for name in options.instances:
        if name not in instance_names():
            raise InputError(f"the instance is {shown(name)}; it must be one that comes with the kit")
    if options.improve is not None:
        names = options.instances or list(read_best_known(folder))
        runs = {name: partial(_improved, folder, name, options.improve, options.seed) for name in names}
        # another process may have bettered other rows meanwhile
        run_missing(
            "best_known", runs, (), lambda name, row: write_table(folder, read_best_known(folder) | {name: row})
        )
    rows = read_best_known(folder)
    wrong = 0
    for name in options.instances or list(rows):
        row = rows.get(name) or _empty_row(name)
        found = faults(folder, row)
        wrong += bool(found)
        print(
            f"{name}: {row['best']}, at least {row['lower_bound']}, {row['status']}: {'; '.join(found) or 'verified'}"
        )
    return 1 if wrong else 0


def _empty_row(name: str) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {"instance": name, "lower_bound": "0"}


def _improved(folder: Path, name: str, seconds: float, seed: int, progress: object) -> Record:
    """An instance's row after :func:`improve`, which says what is new."""
    row = read_best_known(folder).get(name) or _empty_row(name)
    for news in improve(folder, row, load_instance(name), seconds, seed):
        print(f"{name}: {news}", flush=True)
    return dict(row)


if __name__ == "__main__":
    sys.exit(main())
