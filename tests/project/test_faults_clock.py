"""A clock that is set while a command works changes no limit and no waiting."""

import ast
import itertools
import re
import time
from pathlib import Path

import pytest

from cmo_kit import load_instance, solve

ROOT = Path(__file__).resolve().parents[2]
TIME_OF_DAY = re.compile(r"(^|\.)(datetime|date)\.(now|today|utcnow|fromtimestamp)$|^time\.(time|time_ns|localtime)$")
#: Modules that write down the day, or the moment, of a measurement; nothing is decided by it.
DATED = {"cmo_kit/study/execute/record.py", "benchmarks/runner.py"}


def test_nothing_is_decided_by_the_time_of_day() -> None:
    """Durations come from a monotonic clock; the time of day is only written down, where results are dated."""
    assert time.get_clock_info("perf_counter").monotonic
    found = set()
    for path in [*(ROOT / "cmo_kit").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and TIME_OF_DAY.search(ast.unparse(node)):
                found.add(str(path.relative_to(ROOT)))
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                assert {alias.name for alias in node.names}.isdisjoint({"time", "time_ns", "localtime"}), path
    assert found == DATED


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0], ids=["back", "forward"])
@pytest.mark.parametrize("method", ["ga", "brkga", "search"])
def test_a_clock_that_is_set_does_not_change_the_limit(
    method: str, jump: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every question for the time of day is answered a day away from the one before; 0.2 s stay 0.2 s."""
    real, calls = time.time, itertools.count()
    monkeypatch.setattr(time, "time", lambda: real() + jump * next(calls))
    result = solve(load_instance("small-1"), method, seconds=0.2, **({} if method == "search" else {"patience": None}))
    assert result.status == "feasible"
    assert 0.2 <= result.seconds < 20
