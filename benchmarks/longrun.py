"""Long searches again and again, keeping the best schedule of each instance in a folder.

``python -m benchmarks.longrun FOLDER small-1 large-3 mine.json --seconds 60 --times 5`` writes
``FOLDER/small-1.json`` and so on, each only when it is better than the file that is there. A name such as
``small-1`` that is no file stands for the generator's problem of that set and seed.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.check import check_schedule
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.search.method import search


def find_instance(name: str) -> Instance:
    """The instance in a file, or the generated one that ``set-seed`` names; raises :class:`InputError`."""
    if name.endswith(".json"):
        return Instance.load(name)
    test_set, _, seed = name.rpartition("-")
    if not seed.isdigit():
        raise InputError(f"{name} is neither a .json file nor a set and a seed, such as small-1")
    return generate_instance(test_set, int(seed))


def keep_if_better(schedule: Schedule, path: Path) -> bool:
    """Write ``schedule`` to ``path`` unless a right one that is as good stands there; whether it was written."""
    if path.exists():
        try:
            kept = Schedule.load(path, schedule.instance)
        except InputError:  # of another problem with this name
            kept = None
        if kept and not check_schedule(schedule.instance, kept) and kept.total_tardiness <= schedule.total_tardiness:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    schedule.save(path)
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; exit code 0, 2 for bad input, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.longrun", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the schedules are kept")
    parser.add_argument("instances", nargs="+", help="a .json file, or a set and a seed such as small-1")
    parser.add_argument("--seconds", type=float, default=60.0, help="for one search")
    parser.add_argument("--times", type=int, default=1, help="searches of each instance")
    parser.add_argument("--seed", type=int, default=1, help="of the first search; each further one adds 1")
    parser.add_argument("--workers", type=int, help="threads; all cores by default")
    options = parser.parse_args(arguments)
    try:
        instances = [find_instance(name) for name in options.instances]
        for seed in range(options.seed, options.seed + options.times):
            for instance in instances:
                rng = np.random.default_rng(seed)
                outcome = search(instance, rng, seconds=options.seconds, workers=options.workers)
                assert outcome.schedule is not None
                outcome.schedule.method, outcome.schedule.seed = "search", seed
                better = keep_if_better(outcome.schedule, options.folder / f"{instance.name}.json")
                total = outcome.schedule.total_tardiness
                print(f"{instance.name} seed {seed}: {total:.10g}{' (better)' if better else ''}", flush=True)
                if outcome.status == "stopped":
                    return 130
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
