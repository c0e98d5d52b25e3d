"""``cmo-kit bound``: what it prints, what it refuses, how it stops."""

import json
import signal
from pathlib import Path

import pytest

from cmo_kit import load_instance
from cmo_kit.bounds import verify
from cmo_kit.cli import main
from tests.helpers.commands import interrupted


def test_the_bound_of_a_tiny_instance_is_its_optimum(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bound", "tiny-ties", "--seconds", "5"]) == 0
    text = capsys.readouterr().out
    assert "total tardiness is at least 7 days" in text
    assert "the best schedule known with 7 days is proved optimal" in text


def test_a_proof_that_ends_before_its_time_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """Of three orders: prices for times are too coarse there, and other methods prove the optimum at once."""
    assert main(["bound", "fig1", "--seconds", "60", "--upper-bound", "2"]) == 0
    assert "; more time proves no more, but with a handful of orders run_milp or cpsat may)" in capsys.readouterr().out
    assert main(["bound", "tiny-ties", "--seconds", "5"]) == 0
    assert "more time" not in capsys.readouterr().out


def test_a_problem_of_ones_own_is_searched_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = load_instance("tiny-ties").to_dict() | {"name": "mine"}
    (tmp_path / "mine.json").write_text(json.dumps(document), encoding="utf-8")
    assert main(["bound", str(tmp_path / "mine.json"), "--seconds", "2"]) == 0
    assert "a schedule with 7 days is proved optimal" in capsys.readouterr().out


def test_json_has_the_documented_fields_and_the_certificate_proves_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "proof.json"
    assert main(["bound", "tiny-ties", "--seconds", "5", "--json", "--certificate", str(file)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"lower_bound", "one_run_lower_bound", "seconds", "how"} <= set(document)
    proved = verify(load_instance("tiny-ties"), json.loads(file.read_text(encoding="utf-8")))
    assert proved == (document["lower_bound"], document["one_run_lower_bound"])


def test_a_given_upper_bound_is_not_called_a_schedule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bound", "fig1", "--upper-bound", "9"]) == 0
    assert "any schedule with 9 days is within 8 of optimal" in capsys.readouterr().out
    assert main(["bound", "fig1", "--upper-bound", "0"]) == 0  # where the least is above 0
    assert capsys.readouterr().out.endswith("no schedule has as little as 0 days\n")


@pytest.mark.parametrize("name", [None, "better.json"])
def test_a_better_schedule_that_the_proof_meets_is_written(
    name: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("highspy")
    monkeypatch.chdir(tmp_path)
    words = ["bound", "tiny-ties", "--upper-bound", "9", *(["--schedule", name] if name else [])]
    assert main(words) == 0
    file = Path(name or "tiny-ties-7.json")
    said = f"a schedule that the proof met with 7 days is proved optimal\nit is written to {file}\n"
    assert capsys.readouterr().out.endswith(said)
    assert main(["check", "tiny-ties", str(file)]) == 0
    assert main([*words, "--json"]) == 0 and [*tmp_path.iterdir()] == [tmp_path / file]
    assert json.loads(capsys.readouterr().out.partition("\n")[2])["schedule"] == str(file)


def test_an_interrupt_ends_with_the_best_bound_and_code_130() -> None:
    words = ["bound", "medium-3", "--seconds", "300", "--upper-bound", "782", "--json"]
    code, out, shown = interrupted(words, signal.SIGINT, sign="bound on medium-3", after=0.5)
    assert code == 130, shown
    assert 0 < json.loads(out)["lower_bound"] <= 782
