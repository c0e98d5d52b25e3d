"""Damaged files by the hundred: every reader accepts or refuses in one line (``make fuzz`` has more of them)."""

import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from cmo_kit import InputError
from tools.fuzz.cases import judge, make_case
from tools.fuzz.readers import Reader, readers

CASES, SEED = 120, 2026
#: What plans name that is not beside them.
MISSING = {"all.toml": "absent.json", "own.toml": "my_methods.py"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Reader]:
    return readers(tmp_path_factory.mktemp("template"))


def test_no_damaged_file_does_more_than_be_refused() -> None:
    here = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tools.fuzz", str(CASES), str(SEED)]
    finished = subprocess.run(command, cwd=here, capture_output=True, text=True, timeout=400)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "bugs: 0" in finished.stdout


def test_every_good_file_is_accepted(found: list[Reader]) -> None:
    for reader in found:
        for name, data in reader.seeds:
            outcome, words = judge(reader, name, data)
            if name in MISSING:
                assert (outcome, MISSING[name] in words) == ("refused", True)
            else:
                assert outcome == "accepted", f"{reader.name}, {name}: {words}"


def test_a_seed_gives_the_same_files_again(found: list[Reader]) -> None:
    first = [make_case(found, 1, number)[1:] for number in range(50)]
    assert first == [make_case(found, 1, number)[1:] for number in range(50)]
    assert len({*first}) > 45
    assert len({*first, *(make_case(found, 2, number)[1:] for number in range(50))}) > 90


@pytest.mark.parametrize("failure", [ValueError("x"), RecursionError(), MemoryError(), AssertionError(), KeyError(1)])
def test_whatever_is_no_refusal_is_a_bug(failure: Exception) -> None:
    for error in (failure, InputError("x" * 1000), InputError("one\ntwo")):
        assert judge(Reader("x", Mock(side_effect=error), 1), "x.json", b"")[0] == "bug"


@pytest.mark.parametrize(("times", "outcome"), [([2.1, 0], "accepted"), ([2.1, 2.1], "bug"), ([0], "accepted")])
def test_what_is_slow_twice_is_a_bug(times: list[float], outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code is loaded and compiled once; a reader whose file takes it that long again is slow."""
    left, clock = list(times), [0.0]

    def slow(path: Path) -> None:
        clock[0] += left.pop(0)

    monkeypatch.setattr("tools.fuzz.cases.time.process_time", lambda: clock[0])
    assert judge(Reader("x", slow, 1), "x.json", b"")[0] == outcome
    assert not left
