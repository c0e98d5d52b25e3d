"""Bad input: one line that names field, value and rule, exit code 2, and nothing written."""

import copy
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from cmo_kit import Result, load_instance
from cmo_kit.base import jsonfile
from cmo_kit.cli import main
from tests.helpers.refused import refused

ABSENT = object()
Refuses = Callable[..., None]
INSTANCE = load_instance("tiny-initial-setups").to_dict() | {
    "name": "good",
    "start_date": "2027-01-04",
    "generator": {"parameters": {"set": "small"}, "seed": 1},
}
CLEANING = load_instance("tiny-pipeline").to_dict() | {"name": "good"}
SCHEDULE: dict[str, Any] = {
    "format": "cmo-schedule/1",
    "instance": "good",
    "method": "ga",
    "seed": 1,
    "total_tardiness": 0,
    "sites": [[{"order": "1", "batches": 2}, {"order": "2", "batches": 2}], [{"order": "3", "batches": 1}]],
}
KEYS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
PLAN = 'name = "own"\n[instances]\nnames = ["fig3"]\n[[runs]]\nmethod = "expert"\n'


def changed(base: dict[str, Any], path: str, value: object) -> str:
    """``base`` as JSON with one value replaced, added or taken away; the path is like ``orders.0.id``."""
    document = copy.deepcopy(base)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = document
    for part in way:
        place = place[part]
    if value is ABSENT:
        del place[last]
    else:
        place[last] = value
    return json.dumps(document)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, content in (("good", INSTANCE), ("schedule", SCHEDULE), ("keys", KEYS), ("out", "earlier")):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    return tmp_path


def state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def refuses(folder: Path, capsys: pytest.CaptureFixture[str]) -> Refuses:
    """Assert that a command ends with code 2 and one line that has the words, and that all files stay as they are."""

    def refused(arguments: list[str], words: str, content: str | bytes | None = None) -> None:
        if content is not None:
            data = content if isinstance(content, bytes) else content.encode("utf-8", errors="surrogatepass")
            (folder / "bad.json").write_bytes(data)
        before = state(folder)
        capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as exit_of_argparse:
            code = exit_of_argparse.code
        printed = capsys.readouterr()
        assert (code, printed.out) == (2, ""), printed.err
        (line,) = printed.err.splitlines()
        assert line.startswith("cmo-kit")
        assert words in line
        assert len(line) < 400
        assert state(folder) == before

    return refused


# Instance files, field by field.

INSTANCE_FIELDS: list[tuple[str, object, str]] = [
    ("format", ABSENT, "the instance has no 'format'; it is required"),
    ("format", "cmo-instance/2", "format is 'cmo-instance/2'; it must be 'cmo-instance/1'"),
    ("format", 1, "format is 1"),
    ("name", ABSENT, "no 'name'"),
    ("name", "", "name is ''; it must be a non-empty string"),
    ("name", 5, "name is 5"),
    ("name", "a\ud800", "name is 'a\\ud800'"),
    ("time_unit", "", "time_unit is ''"),
    ("sites", ABSENT, "no 'sites'"),
    ("sites", 0, "sites is 0; it must be at least 1"),
    ("sites", 2.0, "sites is 2.0; it must be an integer"),
    ("sites", True, "sites is True; it must be an integer"),
    ("operations", [], "operations is []; there must be at least one operation"),
    ("operations", "mix", "operations is 'mix'; it must be a list"),
    ("operations", ["x", "y", 3], "operations[2] is 3"),
    ("operations", ["x", "y"], "orders[0].processing_times has 3 entries; it must have 2, one for each operation"),
    ("orders", ABSENT, "no 'orders'"),
    ("orders", [], "orders is []; there must be at least one order"),
    ("orders", {}, "orders is {}; it must be a list"),
    ("orders", [7], "orders[0] is 7; it must be an object"),
    ("orders.1.id", ABSENT, "orders[1] has no 'id'"),
    ("orders.1.id", "1", "orders[1].id is '1'; orders[0] has it already, and ids must be unique"),
    ("orders.1.id", 2, "orders[1].id is 2; it must be a non-empty string"),
    ("orders.0.batches", ABSENT, "orders[0] has no 'batches'"),
    ("orders.0.batches", 0, "orders[0].batches is 0; it must be at least 1"),
    ("orders.0.batches", 1.5, "orders[0].batches is 1.5; it must be an integer"),
    ("orders.2.due_date", ABSENT, "orders[2] has no 'due_date'"),
    ("orders.2.due_date", -1e16, "orders[2].due_date is -1e+16; it must be at least -9.0072e+15"),
    ("orders.2.due_date", -1e-13, "orders[2].due_date is -1e-13; it must be 0 or at least 1e-12 away from it"),
    ("orders.2.due_date", "soon", "orders[2].due_date is 'soon'; it must be a number"),
    ("orders.0.weight", -0.5, "orders[0].weight is -0.5"),
    ("orders.0.wieght", 2, "orders[0] has the unknown key 'wieght'"),
    ("orders.0.processing_times", ABSENT, "orders[0] has no 'processing_times'"),
    ("orders.0.processing_times", 5, "orders[0].processing_times is 5; it must be a list"),
    ("orders.0.processing_times", [1, 2], "orders[0].processing_times has 2 entries; it must have 3"),
    ("orders.0.processing_times.1", -2, "orders[0].processing_times[1] is -2"),
    ("orders.0.processing_times.1", 1e308, "overflows"),
    ("setup_times", ABSENT, "exactly one of setup_times and cleaning_times"),
    ("setup_times", [[0, 1, 2], [1, 0, 2]], "setup_times has 2 entries; it must have 3, one row for each order"),
    ("setup_times.1", [1, 0], "setup_times[1] has 2 entries; it must have 3, one for each order"),
    ("setup_times.2.0", -1, "setup_times[2][0] is -1"),
    ("cleaning_times", {}, "exactly one of setup_times and cleaning_times"),
    ("initial_setup_times", [1, 2], "initial_setup_times has 2 entries; it must have 3, one for each order"),
    ("initial_setup_times", 0, "initial_setup_times is 0; it must be a list"),
    ("initial_setup_times.1", -1, "initial_setup_times[1] is -1"),
    ("start_date", "04.01.2027", "start_date is '04.01.2027'; it must be a date such as '2027-01-04'"),
    ("start_date", "2027-02-30", "start_date is '2027-02-30'"),
    ("start_date", 20270104, "start_date is 20270104"),
    ("source", "", "source is ''"),
    ("generator", 5, "generator is 5; it must be an object"),
    ("generator", {"seed": 1}, "generator has no 'parameters'"),
    ("generator.parameters", 5, "generator.parameters is 5"),
    ("generator.seed", -1, "generator.seed is -1"),
    ("generator.more", 1, "generator has the unknown key 'more'"),
    ("extra", 1, "the instance has the unknown key 'extra'"),
]
CLEANING_FIELDS: list[tuple[str, object, str]] = [
    ("setup_times", [[0] * 3] * 3, "exactly one of setup_times and cleaning_times"),
    ("cleaning_times", [], "cleaning_times is []; it must be an object"),
    ("cleaning_times.change", ABSENT, "cleaning_times has no 'change'"),
    ("cleaning_times.both", [], "cleaning_times has the unknown key 'both'"),
    ("cleaning_times.same_order", [[0, 1, 0]], "cleaning_times.same_order has 1 entries; it must have 3"),
    ("cleaning_times.same_order.1", [0, 1], "cleaning_times.same_order[1] has 2 entries; it must have 3"),
    ("cleaning_times.change.2.1", -7, "cleaning_times.change[2][1] is -7"),
]


@pytest.mark.parametrize(("path", "value", "words"), INSTANCE_FIELDS)
def test_every_field_of_an_instance_is_checked(path: str, value: object, words: str, refuses: Refuses) -> None:
    content = changed(INSTANCE, path, value)
    refuses(["solve", "bad.json", "--method", "expert", "--out", "out.json"], words, content)
    refuses(["check", "bad.json", "schedule.json"], "bad.json: ")


@pytest.mark.parametrize(("path", "value", "words"), CLEANING_FIELDS)
def test_every_field_of_cleaning_times_is_checked(path: str, value: object, words: str, refuses: Refuses) -> None:
    refuses(["decode", "bad.json", "--keys", "keys.json"], words, changed(CLEANING, path, value))


# What is no file of ours at all; every command that reads one says so.

CONTENTS: list[tuple[str | bytes, str]] = [
    ("", "bad.json: not JSON: Expecting value at line 1, column 1"),
    ('{"a": 1}}', "bad.json: not JSON: Extra data at line 1, column 9"),
    ('{"sites": 1, "sites": 2}', "the key 'sites' stands twice"),
    ('{"sites": NaN}', "NaN is not a number that JSON allows"),
    ('{"sites": -Infinity}', "-Infinity is not a number"),
    ('{"sites": 1e999}', "the number 1e999 is too large; numbers must be finite"),
    ('{"sites": ' + "9" * 5000 + "}", "bad.json: not JSON that the kit reads"),
    ("[" * 100_000, "nested too deeply"),
    (b"\xff{}", "bad.json: byte 0 is not UTF-8"),
    (b"\xff\xfe{", "is not UTF-16"),
    (b"\xef\xbb\xbf{", "bad.json: not JSON"),
]
READERS = [
    ["solve", "bad.json", "--out", "out.json"],
    ["check", "good.json", "bad.json"],
    ["decode", "good.json", "--keys", "bad.json", "--out", "out.json"],
]


@pytest.mark.parametrize("arguments", READERS, ids=lambda arguments: arguments[0])
@pytest.mark.parametrize(("content", "words"), CONTENTS, ids=lambda value: str(value)[:20])
def test_what_is_not_strict_json_is_refused_everywhere(
    content: str | bytes, words: str, arguments: list[str], refuses: Refuses
) -> None:
    refuses(arguments, words, content)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_read_if_somebody_writes_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody; somebody who opens it while it is read; and somebody who has opened it, and takes longer than that."""
    os.mkfifo(pipe := tmp_path / "pipe")
    with monkeypatch.context() as impatient:
        impatient.setattr(jsonfile, "PATIENCE", 0.1)
        assert main(["check", "tiny-on-time", str(pipe)]) == 2
        assert capsys.readouterr().err == f"cmo-kit: {pipe}: it is a pipe that nobody writes to\n"
    assert written_later(lambda: os.open(pipe, os.O_WRONLY), pipe) == [0.5]
    monkeypatch.setattr(jsonfile, "PATIENCE", 0.01)
    opened = os.open(pipe, os.O_RDWR)  # unlike O_WRONLY it waits for no reader
    assert written_later(lambda: opened, pipe) == [0.5]


def written_later(opened: Callable[[], int], pipe: Path) -> object:
    """What is read of a pipe into which another thread writes a moment later."""

    def write() -> None:
        time.sleep(0.05)
        with open(opened(), "w", encoding="utf-8") as file:
            file.write("[0.5]")

    threading.Thread(target=write, daemon=True).start()  # a failed test does not wait for it
    return jsonfile.read_json(pipe)


def test_a_file_that_is_not_there_is_named(refuses: Refuses) -> None:
    for arguments in READERS:
        refuses(arguments, "bad.json: the file cannot be read (No such file or directory)")


# Schedules.

SCHEDULE_FIELDS: list[tuple[str, object, str]] = [
    ("format", ABSENT, "the schedule has no 'format'"),
    ("format", "cmo-instance/1", "format is 'cmo-instance/1'; it must be 'cmo-schedule/1'"),
    ("instance", ABSENT, "the schedule has no 'instance'"),
    ("instance", 5, "instance is 5"),
    ("method", 5, "method is 5"),
    ("seed", -1, "seed is -1"),
    ("total_tardiness", "0", "total_tardiness is '0'"),
    ("sites", ABSENT, "the schedule has no 'sites'"),
    ("sites", 2, "sites is 2; it must be a list"),
    ("sites.1", {}, "sites[1] is {}; it must be a list"),
    ("sites.0.1", "2", "sites[0][1] is '2'; it must be an object"),
    ("sites.0.1.order", ABSENT, "sites[0][1] has no 'order'"),
    ("sites.0.1.order", 2, "sites[0][1].order is 2"),
    ("sites.0.1.batches", 0, "sites[0][1].batches is 0; it must be at least 1"),
    ("sites.0.1.batches", 10**8, "sites[0][1].batches is 100000000; it must be at most"),
    ("sites.0.1.start", 4, "sites[0][1] has the unknown key 'start'"),
    ("seconds", 4, "the schedule has the unknown key 'seconds'"),
]


@pytest.mark.parametrize(("path", "value", "words"), SCHEDULE_FIELDS)
def test_every_field_of_a_schedule_is_checked(path: str, value: object, words: str, refuses: Refuses) -> None:
    refuses(["check", "good.json", "bad.json"], f"bad.json: {words}", changed(SCHEDULE, path, value))


# Keys.


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("{}", "keys is {}; it must be a list of numbers"),
        ("5", "keys is 5"),
        ("[]", "keys has 0 entries; 'good' needs 6"),
        ("[0.1, 0.2, 0.3, 0.4, 0.5, 1.01]", "keys[5] is 1.01; a key must be a finite number from 0 to 1"),
        ('[0.1, "a", 0.3, 0.4, 0.5, 1]', "it must be a list of numbers from 0 to 1"),
        ("[[0.1, 0.2, 0.3, 0.4, 0.5, 1]]", "it must be a list of numbers from 0 to 1"),
        ("[0.1, 0.2, 0.3, 0.4, 0.5, 1" + "0" * 40 + "]", "keys[5] is 1000000000"),
    ],
)
def test_wrong_keys_are_refused(keys: str, words: str, refuses: Refuses) -> None:
    refuses(["decode", "good.json", "--keys", "bad.json", "--out", "out.json"], words, keys)


# Commands and options.

SOLVE = ["solve", "good.json", "--out", "out.json"]
GENERATE = ["generate", "small", "--seed", "1", "--out", "out.json"]
OPTIONS: list[tuple[list[str], str]] = [
    ([], "the following arguments are required: COMMAND"),
    (["paint"], "invalid choice: 'paint'"),
    (["solve"], "required: INSTANCE"),
    (["solve", "absent"], "the instance is 'absent'; it must be a path or one of the names"),
    ([*SOLVE, "--colour", "red"], "unrecognized arguments: --colour red"),
    ([*SOLVE, "--method", "magic"], "the method is 'magic'; it must be one of expert, expert_orders, ga, milp"),
    ([*SOLVE, "--seed", "x"], "--seed is 'x'; it must be an integer"),
    ([*SOLVE, "--seed", "-1"], "seed is -1; it must be at least 0"),
    ([*SOLVE, "--seconds", "x"], "--seconds is 'x'; it must be a number"),
    ([*SOLVE, "--seconds", "-1"], "seconds is -1.0; it must be at least 0"),
    ([*SOLVE, "--seconds", "nan"], "seconds is nan; it must be finite"),
    ([*SOLVE, "--method", "expert", "--seconds", "-1"], "seconds is -1.0"),
    ([*SOLVE, "--evaluations", "0"], "evaluations is 0; it must be at least 1"),
    ([*SOLVE, "--evaluations", "1e3"], "--evaluations is '1e3'; it must be an integer"),
    ([*SOLVE, "--method", "milp", "--evaluations", "5"], "method milp counts none"),
    ([*SOLVE, "--set", "w"], "--set is 'w'; it must be NAME=VALUE"),
    ([*SOLVE, "--set", "w=1", "--set", "w=2"], "--set names 'w' twice"),
    ([*SOLVE, "--set", "speed=1"], "method ga has no parameter 'speed'; they are"),
    ([*SOLVE, "--set", "rng=1"], "method ga has no parameter 'rng'"),
    ([*SOLVE, "--set", "seed=1"], "--set names 'seed'; it has an option of its own"),
    ([*SOLVE, "--method", "expert", "--set", "w=1"], "method expert has no parameter 'w'; it has none"),
    ([*SOLVE, "--set", "w=0"], "w is 0; it must be above 0"),
    ([*SOLVE, "--set", "w=NaN"], "w is 'NaN'; it must be a number"),
    ([*SOLVE, "--set", "initial=[0.5]"], "keys has 1 entries; 'good' needs 6"),
    ([*SOLVE, "--method", "milp", "--set", "memory_limit=much"], "memory_limit is 'much'; it must be a number"),
    ([*SOLVE, "--method", "milp", "--set", "big_v=1"], "big_v is 1; it must be at least"),
    (["solve", "good.json", "--out", ""], "the output file is ''"),
    (["solve", "good.json", "--out", "."], "the output file is '.'; it must not be a folder or a device"),
    (["solve", "good.json", "--out", "/dev/null"], "the output file is '/dev/null'; it must not be a folder"),
    (["solve", "good.json", "--out", "no/out.json"], "'no/out.json'; its folder must exist and be writable"),
    ([*SOLVE, "--gantt", "chart.doc"], "--gantt is 'chart.doc'; it must end with .png, .svg or .pdf"),
    ([*SOLVE, "--gantt", "no/chart.png"], "'no/chart.png'; its folder must exist"),
    (["check", "good.json"], "required: SCHEDULE"),
    (["check", "good.json", "keys.json"], "keys.json: the schedule is [0.1, 0.2"),
    (["check", "good.json", "good.json"], "good.json: the schedule has the unknown key"),
    (["check", "schedule.json", "schedule.json"], "schedule.json: the instance has the unknown key"),
    (["decode", "good.json"], "required: --keys"),
    (["decode", "good.json", "--keys", "keys.json", "--out", "no/out.json"], "'no/out.json'; its folder must exist"),
    (["generate"], "required: test_set, --seed, --out"),
    (["generate", "huge", "--seed", "1", "--out", "out.json"], "invalid choice: 'huge'"),
    (["generate", "small", "--seed", "one", "--out", "out.json"], "--seed is 'one'; it must be an integer"),
    (["generate", "small", "--seed", "1", "--out", "no/out.json"], "'no/out.json'; its folder must exist"),
    ([*GENERATE, "--set", "colour=1"], "'colour' is no parameter of the generator; they are orders, sites"),
    ([*GENERATE, "--set", "seed=2"], "--set names 'seed'"),
    ([*GENERATE, "--set", "orders=1000000"], "orders is 1000000; it must be at most"),
    ([*GENERATE, "--set", "change=[[1, 2]]"], "change has 1 entries; it must have 3, one for each operation"),
    ([*GENERATE, "--set", "same_order=[[0, 0], [0, 0], [0]]"], "same_order[2] has 1 entries; it must have 2"),
    (["bound", "nowhere"], "'nowhere'"),
    (["bound", "tiny-ties", "--seconds", "0"], "seconds is 0"),
    (["bound", "tiny-ties", "--seconds", "soon"], "--seconds is 'soon'"),
    (["bound", "tiny-ties", "--upper-bound", "-1"], "upper_bound is -1"),
    (["bound", "tiny-ties", "--certificate", "no/such/folder/proof.json"], "its folder must exist"),
    (["run"], "required: PLAN"),
    (["run", "absent.toml"], "absent.toml: the file cannot be read"),
    (["run", "plan.toml", "--workers", "many"], "--workers is 'many'; it must be an integer"),
    (["run", "plan.toml", "--workers", "0"], "workers is 0"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"), OPTIONS, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_every_option_of_every_command_is_checked(arguments: list[str], words: str, refuses: Refuses) -> None:
    refuses(arguments, words)


@pytest.mark.parametrize("parameter", ["w=0", "population_size=0", "elitism=best"])
def test_a_complaint_stands_alone_where_the_instance_has_remarks(parameter: str, refuses: Refuses) -> None:
    assert load_instance("tiny-split-opening").remarks()
    refuses(["solve", "tiny-split-opening", "--set", parameter], parameter.split("=")[0])


def test_a_problem_beyond_memory_is_one_line(refuses: Refuses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cmo_kit.cli.commands.solve", Mock(side_effect=MemoryError))
    refuses(SOLVE, "does not fit into this machine's memory")


# Plans.

PLANS: list[tuple[str, str]] = [
    ("", "the plan has no 'name'"),
    (PLAN.replace('"own"', '""'), "name is ''"),
    (PLAN.replace('"own"', '"../own"'), "name is '../own'"),
    ("colour = 1\n" + PLAN, "the plan has the unknown key 'colour'"),
    ("kind = 'magic'\n" + PLAN, "kind is 'magic'"),
    ("limit = 0\n" + PLAN, "limit is 0"),
    ("report = 1\n" + PLAN, "report is 1; it must be true or false"),
    (PLAN.replace('"fig3"', '"nothing-*"'), "instances.names[0] is 'nothing-*'"),
    (PLAN.replace('names = ["fig3"]', 'files = ["absent.json"]'), "absent.json"),
    (PLAN.replace('names = ["fig3"]', 'generate = [{ set = "huge", seeds = [1] }]'), "huge"),
    (PLAN.replace('"expert"', '"magic"'), "the method is 'magic'"),
    (PLAN.replace('method = "expert"', "seeds = 1"), "runs[0] has no 'method'"),
    (PLAN + "seeds = 0\n", "runs[0].seeds"),
    (PLAN + "seconds = -1\n", "seconds is -1"),
    (PLAN + "parameters = { speed = 1 }\n", "speed"),
    (PLAN + "colour = 1\n", "runs[0] has the unknown key 'colour'"),
    (PLAN + "instances = ['nothing']\n", "runs[0].instances[0] is 'nothing'"),
    ("name = [", "not TOML"),
]


@pytest.mark.parametrize(("plan", "words"), PLANS)
def test_every_field_of_a_plan_is_checked(plan: str, words: str, refuses: Refuses) -> None:
    refuses(["run", "bad.json", "--out", "study"], words, plan)


# Result files (read by the package, not by a command).

RESULT: dict[str, Any] = {
    "format": "cmo-result/1", "instance": "good", "method": "ga", "seed": 1, "parameters": {}, "total_tardiness": 3,
    "lower_bound": 0, "one_run_lower_bound": None, "status": "feasible", "seconds": 0.5, "evaluations": 10,
    "schedule": SCHEDULE,
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("format", "x", "format is 'x'"), ("instance", "", "instance is ''"), ("method", None, "method is None"),
        ("seed", -1, "seed is -1"), ("parameters", 5, "parameters is 5"), ("parameters", [1], "parameters is"),
        ("total_tardiness", -1, "total_tardiness is -1"), ("lower_bound", None, "lower_bound is None"),
        ("one_run_lower_bound", "a", "one_run_lower_bound is 'a'"), ("status", "fine", "status is 'fine'"),
        ("status", [], "status is"), ("seconds", -1, "seconds is -1"), ("evaluations", 1.5, "evaluations is 1.5"),
        ("schedule", 5, "the schedule is 5"), ("schedule.sites.0.0.batches", 0, "batches is 0"),
        ("extra", 1, "unknown key 'extra'"), ("seed", ABSENT, "has no 'seed'"),
    ],
)  # fmt: skip
def test_every_field_of_a_result_is_checked(path: str, value: object, words: str, tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(changed(RESULT, path, value), encoding="utf-8")
    with refused("result.json: ", words):
        Result.load(tmp_path / "result.json")


def test_the_good_files_are_good(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the cases above spoil is itself accepted: the complaints are about the spoiled value."""
    assert main(["solve", "good.json", "--method", "expert", "--out", "out.json"]) == 0
    assert main(["check", "good.json", "out.json"]) == 0
    assert main(["check", "good.json", "schedule.json"]) == 1
    assert main(["decode", "good.json", "--keys", "keys.json"]) == 0
    assert Result.from_dict(RESULT).total_tardiness == 3
    capsys.readouterr()
