"""``python -m benchmarks.quality``: how good `search` is, on a quiet machine.

Parts: ``above`` the best known, on the fifteen problems; ``ratio`` to the paper's genetic algorithm, on generated
ones; ``huge``, a problem of a thousand orders; ``rivals``, CP-SAT and PyJobShop. Every run is stored when it ends:
what is done is not done again with the same settings, and Ctrl-C loses one run at most.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.quality_runs import RIVALS, above_part, huge_part, installed_rivals, ratio_part, rivals_part
from benchmarks.quality_store import Part, Store, measure
from cmo_kit.base.errors import InputError
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.values import check_integer, check_number
from cmo_kit.core.generate import SETS
from cmo_kit.study.results.quality_tables import tables

PARTS = ("above", "ratio", "huge", "rivals")
PROBLEMS = [f"{test_set}-{seed}" for test_set in SETS for seed in range(1, 6)]


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    made.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all but rivals)")
    made.add_argument("--show", action="store_true", help="measure nothing, print what is stored")
    made.add_argument("--out", type=Path, default=Path("results/search-quality.json"), help="where the numbers go")
    made.add_argument("--workers", type=int, default=2, help="of search and of each rival (default: 2)")
    made.add_argument("--seconds", type=float, nargs="+", default=[10.0, 2.0], help="above: limits (default: 10 2)")
    made.add_argument("--seeds", type=int, default=10, help="above: seeds, from 1 on (default: 10)")
    made.add_argument("--instances", nargs="+", default=PROBLEMS, help="above and rivals (default: the fifteen)")
    made.add_argument("--ratio-seconds", type=float, default=2.0, help="ratio: limit of search (default: 2)")
    made.add_argument("--problems", type=int, nargs=3, default=[50, 50, 20], help="ratio: Small, Medium, Large")
    made.add_argument("--huge-seconds", type=float, default=60.0, help="huge: limit of search (default: 60)")
    made.add_argument("--huge-size", type=int, nargs=2, default=[1000, 50], metavar=("ORDERS", "SITES"))
    made.add_argument(
        "--rivals", nargs="+", choices=RIVALS, metavar="NAME", help=f"of {', '.join(RIVALS)} (default: all)"
    )
    made.add_argument("--rival-seconds", type=float, default=60.0, help="rivals: limit of each (default: 60)")
    made.add_argument("--building", type=float, default=300.0, help="rivals: seconds besides, to build a model")
    made.add_argument("--memory", type=float, default=8.0, help="huge and rivals: GiB, then given up (default: 8)")
    return made


def part_of(name: str, options: argparse.Namespace) -> Part:
    """A part with the settings that the command line names."""
    workers, memory = options.workers, options.memory * 2**30
    if name == "above":
        better = options.out.parent / "better"
        return above_part(options.instances, options.seconds, options.seeds, workers, better)
    if name == "ratio":
        return ratio_part(dict(zip(SETS, options.problems, strict=True)), options.ratio_seconds, workers)
    if name == "huge":
        orders, sites = options.huge_size
        return huge_part(orders, sites, options.huge_seconds, workers, memory)
    rivals = [name for name in installed_rivals() if name in (options.rivals or RIVALS)]
    return rivals_part(options.instances, rivals, options.rival_seconds, workers, memory, options.building)


def check(options: argparse.Namespace) -> None:
    """Refuse what no run could use; raises :class:`InputError`."""
    for name in options.parts:
        if name not in PARTS:
            raise InputError(f"the part is {name!r}; it must be one of {', '.join(PARTS)}")
    check_integer(options.workers, "--workers", 1)
    check_integer(options.seeds, "--seeds", 1)
    for field in ("seconds", "problems"):
        for value in getattr(options, field):
            check_number(value, f"--{field}")
    for field in ("ratio_seconds", "huge_seconds", "rival_seconds", "building", "memory"):
        check_number(getattr(options, field), f"--{field.replace('_', '-')}")
    if "rivals" in options.parts and not installed_rivals():
        modules = ", ".join(sorted({module for module, *_ in RIVALS.values()}))
        raise InputError(f"none of {modules} is installed; they come with the extras 'cpsat' and 'peers'")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 2 for bad input, 130 after Ctrl-C, with what is done so far printed."""
    options = parser().parse_args(arguments)
    code = 0
    try:
        check(options)
        store = Store(options.out)
        with ProgressLine("quality") as line:
            for name in [] if options.show else options.parts or PARTS[:-1]:
                measure(store, part_of(name, options), line)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        code = 130
    print(tables(store.document))
    return code


if __name__ == "__main__":
    sys.exit(main())
