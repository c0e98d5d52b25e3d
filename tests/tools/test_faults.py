"""A few signals at random moments, and two commands at once; ``make faults`` sends hundreds."""

import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.faults.__main__ import trials
from tools.faults.classes import BOARD, EARLIER, all_or_none
from tools.faults.commands import COMMANDS, whole_schedule
from tools.faults.start import Starter
from tools.faults.trial import Trial, judge_files, judge_words

#: Where ``python -m cmo_kit`` is its own business: before that, a signal meets Python.
EARLY = "import signal, sys, cmo_kit.cli; print('begun', flush=True); sys.exit(cmo_kit.cli.main())"


@pytest.fixture(scope="module")
def starter() -> Iterator[Starter]:
    made = Starter()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("command", "count"), [("solve", 7), ("bound", 3), ("run", 2), ("grade", 2), ("tournament", 2)]
)
def test_a_signal_at_any_moment_leaves_nothing_half_done(command: str, count: int, starter: Starter) -> None:
    assert len(COMMANDS[command].variants) == count
    assert [trial.line() for trial in trials(starter, command, count, 1) if trial.wrong] == []


def test_what_should_not_be_there_is_told(tmp_path: Path) -> None:
    """Words, another code, temporary files, half a file, and a gradebook that is half new."""
    place, temporary = tmp_path / "here", tmp_path / "tmp"
    for path in (place / "out.json", place / ".out.json.0.tmp", temporary / "left"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("{")
    trial = Trial(COMMANDS["bound"], COMMANDS["bound"].variants[0], [(0.0, 2)], tmp_path, code=1, err="Traceback")
    judge_words(trial)
    judge_files(trial, place, temporary, set(), defaultdict(set))
    assert [said.split(":")[0] for said in trial.wrong] == [
        "the code is 1", "'Traceback' in what it printed", "left in the folder", "left in TMPDIR",
        "out.json was read with 1 bytes",
    ]  # fmt: skip
    for name in BOARD:
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_bytes(EARLIER)
    all_or_none(BOARD, place, [], 130)
    (place / BOARD[0]).write_text("new")
    for code in (0, 130):
        with pytest.raises(ValueError, match=r"are new: \[True, False\]"):
            all_or_none(BOARD, place, [], code)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM], ids=lambda signum: signum.name)
def test_a_signal_while_the_command_loads_ends_it_at_once(signum: int, tmp_path: Path) -> None:
    command = [sys.executable, "-c", EARLY, "solve", "large-1", "--seconds", "100", "--out", "out.json"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.readline()
    time.sleep(0.05)
    process.send_signal(signum)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + signum
    assert errors == "cmo-kit: stopped before there was anything to write\n"
    assert list(tmp_path.iterdir()) == []


def test_compiled_code_is_loaded_before_a_run_begins() -> None:
    """An interrupt while numba loads a function leaves numba broken, so nothing is left to load."""
    program = (
        "import gc, cmo_kit\n"
        "from cmo_kit.bounds.bound import lower_bound, warm_up\n"
        "from cmo_kit.methods.registry import prepared\n"
        "from numba.core.dispatcher import Dispatcher\n"
        "def loaded():\n"
        "    found = (x for x in gc.get_objects() if isinstance(x, Dispatcher))\n"
        "    return {(x.py_func.__module__, x.py_func.__name__, s) for x in found for s in x.signatures}\n"
        "instance = cmo_kit.load_instance('small-3')\n"
        "for method in ('ga', 'search', 'brkga'):\n"
        "    prepared(method, instance)\n"
        "    before = loaded()\n"
        "    cmo_kit.solve(instance, method, seconds=0.1)\n"
        "    print(loaded() - before)\n"
        "warm_up()\n"
        "before = loaded()\n"
        "lower_bound(instance, 0.5, 400.0)\n"
        "print(loaded() - before)\n"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=240)
    assert finished.stdout.split("\n") == ["set()"] * 4 + [""], finished.stderr


def test_two_searches_with_one_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cmo_kit", "solve", "fig3", "--out", "out.json", "--method"]
    processes = [
        subprocess.Popen([*command, method], cwd=tmp_path, stdout=subprocess.DEVNULL)
        for method in ("expert", "expert_orders")
    ]
    while any(process.poll() is None for process in processes):
        if (tmp_path / "out.json").exists():
            whole_schedule("out.json", (tmp_path / "out.json").read_bytes(), ["fig3"])
        time.sleep(0.01)
    assert [process.returncode for process in processes] == [0, 0]
    whole_schedule("out.json", (tmp_path / "out.json").read_bytes(), ["fig3"])
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]
