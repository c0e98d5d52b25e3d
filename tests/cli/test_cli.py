"""The command line: every command, its exit codes, and Ctrl-C."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cmo_kit import Instance, Result, Schedule, __version__, check_schedule, decode, generate_instance, load_instance
from cmo_kit.base.jsonfile import read_json
from cmo_kit.cli.parser import build_parser, main
from cmo_kit.library import notebooks_folder
from cmo_kit.views import FIGURE_3_KEYS
from tests.helpers.commands import cmo_kit, commands_of, interrupted


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# solve


@pytest.mark.parametrize("method", ["expert", "expert_orders", "ga", "milp"])
def test_solve_writes_what_it_prints(method: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", "tiny-one-site", "--method", method, "--seed", "7", "--out", "out.json"]) == 0
    printed = capsys.readouterr().out
    document = read_json(here / "out.json")
    assert f"tiny-one-site, {method}, seed 7: total tardiness {document['total_tardiness']} days" in printed
    assert (document["method"], document["seed"]) == (method, 7)
    assert check_schedule(load_instance("tiny-one-site"), document) == []
    assert ("proved optimal" in printed) == (method == "milp")


def test_solve_prints_the_result_as_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", "tiny-weights", "--evaluations", "250", "--set", "population_size=20", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert "schedule" not in document
    result = Result.from_dict(document)
    assert (result.instance, result.method, result.seed, result.evaluations) == ("tiny-weights", "ga", 1, 250)
    assert result.parameters["population_size"] == 20
    assert result.parameters["evaluations"] == 250
    assert result.parameters["w"] == 1
    assert list(here.iterdir()) == []


def test_solve_accepts_a_path_and_parameters(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load_instance("tiny-ties").save(here / "own.json")
    command = ["solve", "own.json", "--set", "patience=null", "--set", "generations=3", "--set", "elitism=none"]
    assert main([*command, "--set", "population_size=6", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["evaluations"] == 4 * 6
    assert document["parameters"]["elitism"] == "none"
    assert document["parameters"]["patience"] is None


def test_solve_draws_a_gantt_chart(here: Path) -> None:
    assert main(["solve", "fig1", "--method", "expert", "--gantt", "chart.png", "--out", "out.json"]) == 0
    assert (here / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_solve_ends_with_1_when_no_schedule_was_found(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", "large-1", "--method", "milp", "--out", "out.json"]) == 1
    assert "too large" in capsys.readouterr().out
    assert main(["solve", "fig3", "--method", "milp", "--seconds", "0", "--out", "out.json", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["status"] == "no_solution"
    assert list(here.iterdir()) == []


def test_remarks_on_an_instance_are_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", "tiny-split-opening", "--method", "expert"]) == 0
    assert "note: One run per order and Site may not be enough" in capsys.readouterr().err


# check


def test_check_accepts_and_counts(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["solve", "tiny-halves", "--method", "expert", "--out", "out.json"])
    capsys.readouterr()
    assert main(["check", "tiny-halves", "out.json"]) == 0
    assert capsys.readouterr().out.startswith("feasible: total tardiness ")


def test_check_lists_every_violation_on_a_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = {
        "format": "cmo-schedule/1",
        "instance": "tiny-ties",
        "total_tardiness": 1,
        "sites": [[{"order": "1", "batches": 3}, {"order": "new\u2028line", "batches": 1}]],
    }
    (here / "wrong.json").write_text(json.dumps(document), encoding="utf-8")
    assert main(["check", "tiny-ties", "wrong.json"]) == 1
    lines = capsys.readouterr().out.splitlines()
    violations = check_schedule(load_instance("tiny-ties"), document)
    assert lines == [violation.message for violation in violations]
    assert [violation.rule for violation in violations] == [
        "sites", "order", "batches", "batches", "batches", "objective",
    ]  # fmt: skip


# decode


def test_decode_prints_figure_3(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "keys.json").write_text(json.dumps(FIGURE_3_KEYS), encoding="utf-8")
    assert main(["decode", "fig3", "--keys", "keys.json", "--out", "out.json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["Site 1: 2 x1", "Site 2: 3 x1, 1 x1, 2 x2, 4 x1", "Site 3: 1 x2, 3 x2, 4 x1"]
    schedule = decode(load_instance("fig3"), FIGURE_3_KEYS)
    assert lines[3] == f"total tardiness {schedule.total_tardiness:g} days"
    assert Schedule.load(here / "out.json", load_instance("fig3")) == schedule
    assert main(["decode", "fig3", "--keys", "keys.json", "--explain"]) == 0
    explained = capsys.readouterr().out.splitlines()
    assert len(explained) == 14 + 4
    assert explained[1] == "  1  Key 0.11 is order 2, batch 1: it opens run 1 of Site 1."
    assert main(["decode", "fig3", "--keys", "keys.json", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["steps"]) == 14


def test_decode_names_empty_sites(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "keys.json").write_text("[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]", encoding="utf-8")
    assert main(["decode", "fig3", "--keys", "keys.json"]) == 0
    assert capsys.readouterr().out.splitlines()[1:3] == ["Site 2: empty", "Site 3: empty"]


# generate


def test_generate_writes_the_committed_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "medium", "--seed", "3", "--out", "drawn.json"]) == 0
    load_instance("medium-3").save(here / "shipped.json")
    assert (here / "drawn.json").read_bytes() == (here / "shipped.json").read_bytes()
    batches = load_instance("medium-3").total_batches
    assert capsys.readouterr().out == f"drawn.json: medium-3, 50 orders, {batches} batches, 5 Sites\n"


def test_generate_takes_other_parameters(here: Path) -> None:
    command = ["generate", "small", "--seed", "1", "--out", "own.json", "--set", "orders=3", "--set", "name=own"]
    assert main([*command, "--set", "batches=[2, 2]"]) == 0
    expected = generate_instance("small", 1, orders=3, name="own", batches=[2, 2])
    assert Instance.load(here / "own.json").digest == expected.digest


# All commands


@pytest.mark.parametrize("above", ["", "course"])
def test_help_names_every_command(above: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([*above.split(), "--help"])
    printed = capsys.readouterr().out
    assert printed.startswith(f"usage: cmo-kit {above}".rstrip() + " [-h]")
    named = re.findall(r"^    (\w+)(?: |$)", printed, re.MULTILINE)
    commands = commands_of(build_parser())
    assert named == list(commands_of(commands[above]) if above else commands)


def test_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert (caught.value.code, capsys.readouterr().out) == (0, f"cmo-kit {__version__}\n")


# In processes of their own


def test_both_names_of_the_command_work() -> None:
    script = Path(sys.executable).parent / "cmo-kit"
    arguments = ["solve", "tiny-ties", "--method", "expert", "--json"]
    first = cmo_kit(*arguments)
    second = subprocess.run([script, *arguments], capture_output=True, text=True)
    assert first.returncode == second.returncode == 0
    first_result, second_result = json.loads(first.stdout), json.loads(second.stdout)
    assert {**first_result, "seconds": 0} == {**second_result, "seconds": 0}


def test_bad_input_in_a_process_is_code_2_and_one_line(here: Path) -> None:
    finished = cmo_kit("solve", "absent")
    assert (finished.returncode, finished.stdout) == (2, "")
    assert len(finished.stderr.splitlines()) == 1


def test_a_reader_that_leaves_is_no_error(here: Path) -> None:
    keys = json.dumps(np.linspace(0, 1, load_instance("large-1").key_count).tolist())
    command = f"{sys.executable} -m cmo_kit decode large-1 --keys /dev/stdin --explain"
    program = f"({command}; echo $? >code) | head -1"
    finished = subprocess.run(["sh", "-c", program], input=keys, capture_output=True, text=True, timeout=60)
    assert ((here / "code").read_text(), finished.stderr) == ("0\n", "")
    assert len(finished.stdout.splitlines()) == 1


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM], ids=lambda signum: signum.name)
def test_a_signal_ends_solve_with_the_best_written(signum: int, here: Path) -> None:
    endless = ["solve", "medium-1", "--set", "patience=null", "--seconds", "300", "--out", "best.json", "--json"]
    code, out, err = interrupted(endless, signum, sign="best ")
    assert code == 128 + signum, err
    assert "Traceback" not in err
    result = Result.from_dict(json.loads(out))
    assert result.status == "stopped"
    document = read_json(here / "best.json")
    assert document["total_tardiness"] == result.total_tardiness
    assert check_schedule(load_instance("medium-1"), document) == []
    assert [path.name for path in here.iterdir()] == ["best.json"]


def test_a_signal_before_anything_is_found_leaves_what_was_there(here: Path) -> None:
    (here / "best.json").write_text("earlier", encoding="utf-8")
    command = ["solve", "small-1", "--method", "milp", "--seconds", "300", "--out", "best.json"]
    code, _, err = interrupted(command, signal.SIGINT, sign="ready", after=1)
    assert code == 130
    assert "Traceback" not in err
    assert (here / "best.json").read_text(encoding="utf-8") == "earlier"


# Methods of one's own.


def test_solve_runs_a_method_of_a_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["solve", "fig3", "--method", f"{notebooks_folder() / 'my_methods.py'}:tabu", "--set", "tries=7"]
    assert main([*asked, "--evaluations", "40", "--out", "out.json"]) == 0
    assert "fig3, my_methods.py:tabu, seed 1: total tardiness" in capsys.readouterr().out
    assert read_json(here / "out.json")["method"] == "my_methods.py:tabu"
    assert main([*asked, "--set", "kicks=1"]) == 2
    words = "cmo-kit: method my_methods.py:tabu has no parameter 'kicks'; they are tenure, tries\n"
    assert capsys.readouterr().err == words


def test_what_a_method_prints_does_not_spoil_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nor what its file prints; without ``--json`` both stand where prints are expected."""
    text = "print('file')\ndef go(budget, rng):\n    print('run', budget.total_tardiness([0.5] * 13))\n"
    (here / "mine.py").write_text(text, encoding="utf-8")
    assert main(["solve", "fig3", "--method", "mine.py:go", "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["evaluations"] == 1
    assert printed.err.startswith("file\nrun ")
    assert main(["solve", "fig3", "--method", "mine.py:go"]) == 0
    assert capsys.readouterr().out.startswith("file\nrun ")


def test_a_method_that_fails_is_one_line_and_what_it_found_is_written(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "mine.py").write_text("def go(budget, rng):\n    budget.total_tardiness([0.5] * 13)\n    1 / 0\n")
    assert main(["solve", "fig3", "--method", "mine.py:go", "--out", "out.json"]) == 2
    words = "mine.py:go raised ZeroDivisionError in line 3 of go: division by zero\n"
    printed = capsys.readouterr()
    assert printed.err == "cmo-kit: " + words
    assert printed.out.endswith(words)
    assert check_schedule(load_instance("fig3"), read_json(here / "out.json")) == []
