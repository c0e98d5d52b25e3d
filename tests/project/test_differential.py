"""Every way of evaluating a schedule gives the same total tardiness, on random schedules of random problems.

``make differential`` does it for all ways on 1,000 schedules; here the solvers see fewer.
"""

from collections import Counter

import pytest

from tests.helpers.differential_cases import random_case
from tests.helpers.differential_ways import CHEAP, SOLVERS, missing, within_deadlines
from tests.helpers.thorough import THOROUGH
from tools.differential import cases, difference

#: Schedules in a test run for the cheap ways, and for the solvers.
COUNT, SOLVED = (1000, 60) if THOROUGH else (200, 15)


@pytest.mark.parametrize("name", [name for name in CHEAP if name != "Schedule"])
def test_all_cheap_ways_agree(name: str) -> None:
    """Schedules with one run per order and Site, and with split orders where the way can tell them."""
    for case in cases(name, 1, COUNT):
        difference(name, case)


@pytest.mark.parametrize("name", SOLVERS)
def test_models_agree_when_the_schedule_is_fixed(name: str) -> None:
    if reason := missing(name):
        pytest.skip(reason)
    for case in cases(name, 2, SOLVED):
        difference(name, case)


def test_the_sample_has_schedules_of_every_kind() -> None:
    """Each trait stands in at least one of a hundred schedules, and most schedules are late."""
    sample = [random_case(1, number) for number in range(COUNT)]
    found = Counter(trait for case in sample for trait in case.traits)
    assert len(found) == 14
    assert min(found.values()) >= COUNT / 100, found
    assert sum(CHEAP["Schedule"](case) > 0 for case in sample) > COUNT / 2
    assert all(case.keys is None for case in (random_case(1, number, split=True) for number in range(20)))
    excluded = sum(not within_deadlines(case) for case in sample)
    assert COUNT / 20 < excluded < COUNT / 2, (
        "the run-level models must meet schedules within their deadlines and beyond"
    )
