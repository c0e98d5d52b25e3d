"""Evaluate random schedules in every way the kit has: ``python -m tools.differential COUNT [SEED]``.

Behind ``make differential``; in the test run the solvers see fewer schedules.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from functools import cache

from benchmarks.runner import run_program
from tests.helpers.differential_cases import Case, random_case
from tests.helpers.differential_ways import CHEAP, SOLVERS, SPLIT, missing, schedule_of

#: Beside so many schedules with one run per order and Site stands one with a split order.
SPLIT_SHARE = 4
#: These add the same numbers in the same order; others round elsewhere, and solvers have tolerances.
EXACT = ("readable decoder", "compiled decoder", "Schedule", "search's evaluation")
TOLERANCE = 1e-6
#: All ways are tried on the same schedules.
drawn = cache(random_case)


def cases(name: str, seed: int, count: int) -> Iterator[Case]:
    """The schedules of a seed for a way: those with one run per order and Site, then those with split orders."""
    yield from (drawn(seed, number) for number in range(count))
    if name in SPLIT:
        yield from (drawn(seed, number, split=True) for number in range(count // SPLIT_SHARE))


def difference(name: str, case: Case) -> float:
    """How far a way is from the schedule's own arithmetic; raises ``AssertionError`` where that is too far."""
    right = CHEAP["Schedule"](case)
    found = (CHEAP | SOLVERS)[name](case)
    wrong = abs(found - right)
    if wrong > (0.0 if name in EXACT else TOLERANCE * max(1.0, right)):
        told = [json.dumps(document) for document in (case.instance.to_dict(), schedule_of(case).to_dict())]
        raise AssertionError(f"{name} says {found!r}, Schedule says {right!r} of {' '.join(told)}")
    return wrong


def main() -> int:
    """All ways on so many schedules and on a quarter as many with split orders; prints a table."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.differential", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    given = parser.parse_args()
    count, seed, failed = given.count, given.seed, 0
    print(f"{'way':26}{'schedules':>10}{'split':>7}{'greatest difference':>21}{'seconds':>9}")
    for name in (name for name in CHEAP | SOLVERS if name != "Schedule"):
        if reason := missing(name):
            print(f"{name:26}skipped: {reason}")
            continue
        split = count // SPLIT_SHARE if name in SPLIT else 0
        began, differences, wrong = time.perf_counter(), [0.0], 0
        for case in cases(name, seed, count):
            try:
                differences.append(difference(name, case))
            except AssertionError as error:
                wrong += 1
                print(f"{name}: {error}")
        failed += wrong
        seconds = time.perf_counter() - began
        said = f"{max(differences):.2g}" if not wrong else f"{wrong} disagree"
        print(f"{name:26}{count:10,}{split:7,}{said:>21}{seconds:9.1f}", flush=True)
    print(f"All agree with Schedule within {TOLERANCE:g} max(1, x)." if not failed else f"{failed} do not agree.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run_program("differential", main))
