"""Every way of evaluating a schedule gives the same total tardiness, on random schedules of random problems.

``make differential`` does it for all ways on 1,000 schedules; here the solvers see fewer.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from cmo_kit.models.deadlines import latest_starts
from tests.helpers.differential_cases import Case, random_case
from tests.helpers.differential_ways import CHEAP, SOLVERS, SPLIT, last_starts, missing, schedule_of

#: Schedules in a test run for the cheap ways, and for the solvers.
COUNT, SOLVED = 1000, 60
#: Beside so many schedules with one run per order and Site stands one with a split order.
SPLIT_SHARE = 4
#: These add the same numbers in the same order; others round elsewhere, and solvers have tolerances.
EXACT = ("readable decoder", "compiled decoder", "Schedule", "search's evaluation")
TOLERANCE = 1e-6


def cases(seed: int, count: int, split: bool = False) -> Iterator[Case]:
    """The schedules of a seed, one after another."""
    return (random_case(seed, number, split) for number in range(count))


def difference(name: str, case: Case) -> float:
    """How far a way is from the schedule's own arithmetic; raises ``AssertionError`` where that is too far."""
    right = CHEAP["Schedule"](case)
    found = (CHEAP | SOLVERS)[name](case)
    wrong = abs(found - right)
    if wrong > (0.0 if name in EXACT else TOLERANCE * max(1.0, right)):
        told = [json.dumps(document) for document in (case.instance.to_dict(), schedule_of(case).to_dict())]
        raise AssertionError(f"{name} says {found!r}, Schedule says {right!r} of {' '.join(told)}")
    return wrong


@pytest.mark.parametrize("name", [name for name in CHEAP if name != "Schedule"])
def test_all_cheap_ways_agree(name: str) -> None:
    """A thousand schedules with one run per order and Site, and 250 with split orders where the way can tell them."""
    for case in cases(1, COUNT):
        difference(name, case)
    if name in SPLIT:
        for case in cases(1, COUNT // SPLIT_SHARE, split=True):
            difference(name, case)


@pytest.mark.parametrize("name", SOLVERS)
def test_models_agree_when_the_schedule_is_fixed(name: str) -> None:
    """What a solver makes of a model with the schedule fixed in it is the schedule's total tardiness."""
    if reason := missing(name):
        pytest.skip(reason)
    for case in cases(2, SOLVED):
        difference(name, case)
    if name in SPLIT:
        for case in cases(2, SOLVED // SPLIT_SHARE, split=True):
            difference(name, case)


def test_the_sample_has_schedules_of_every_kind() -> None:
    """Each trait stands in at least one of a hundred schedules, and most schedules are late."""
    sample = list(cases(1, COUNT))
    found = Counter(trait for case in sample for trait in case.traits)
    assert len(found) == 14
    assert min(found.values()) >= COUNT / 100, found
    assert sum(CHEAP["Schedule"](case) > 0 for case in sample) > COUNT / 2
    assert all(case.keys is None for case in cases(1, 20, split=True))
    excluded = sum(bool((last_starts(case) > latest_starts(case.instance) + 1e-9).any()) for case in sample)
    assert COUNT / 20 < excluded < COUNT / 2, (
        "the run-level models must meet schedules within their deadlines and beyond"
    )


def main(count: int, seed: int) -> int:
    """All ways on ``count`` schedules and on a quarter as many with split orders; prints a table."""
    failed = 0
    print(f"{'way':26}{'schedules':>10}{'split':>7}{'greatest difference':>21}{'seconds':>9}")
    for name in (name for name in CHEAP | SOLVERS if name != "Schedule"):
        if reason := missing(name):
            print(f"{name:26}skipped: {reason}")
            continue
        split = count // SPLIT_SHARE if name in SPLIT else 0
        began, differences, wrong = time.perf_counter(), [0.0], 0
        for case in (*cases(seed, count), *cases(seed, split, split=True)):
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
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT, int(sys.argv[2]) if len(sys.argv) > 2 else 1))
