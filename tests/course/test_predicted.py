"""A class's predictions are counted question by question, without names, and drawn."""

import json
from pathlib import Path

import pytest

from cmo_kit.cli.parser import main
from cmo_kit.course.pack.predicted import class_predictions, normal
from cmo_kit.views.predictions import MOST_BARS, alt_text_predictions, bars, plot_predictions


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """Four students; Ada changed her mind, which does not count, and Edith has written nothing that can be read."""
    lines = {
        "Ada": [("02-1", "Yes."), ("02-1", "no"), ("02-2", 3)],
        "Bob/student": [("02-1", True), ("02-2", 3.0)],
        "Chien": [("02-1", " YES "), ("02-2", "4"), ("01-1", "early")],
    }
    for name, given in lines.items():
        ledger = tmp_path / name / "predictions" / "02.jsonl"
        ledger.parent.mkdir(parents=True)
        ledger.write_text("\n".join(json.dumps({"name": key, "predicted": value}) for key, value in given))
    (tmp_path / "Edith" / "predictions").mkdir(parents=True)
    (tmp_path / "Edith" / "predictions" / "02.jsonl").write_text("{broken\n[]\n")
    return tmp_path


def test_first_predictions_are_counted_as_others_write_them(handed_in: Path) -> None:
    answers = class_predictions(handed_in, "02")
    assert {question.split("  ")[0]: dict(counts) for question, counts in answers.items()} == {
        "02-1": {"yes": 3}, "02-2": {"3": 2, "4": 1},
    }  # fmt: skip
    assert all("*" not in question and "$" not in question for question in answers)
    assert "Ada" not in alt_text_predictions(answers)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("Site 2.", "site 2"),
        (2.50, "2.5"),
        ("1e1", "10"),
        (False, "no"),
        ([1, 2], "[1, 2]"),
        (10**400, "inf"),
        ("\x1b[31mSite 2", "[31msite 2"),  # a terminal would obey
    ],
)
def test_answers_are_read_alike(given: object, read: str) -> None:
    assert normal(given) == read


def test_rare_answers_share_a_bar_and_the_picture_has_all_bars() -> None:
    answers = {"02-1  Where?": {str(k): 10 - k for k in range(9)}, "02-2  Why?": {"because": 1}}
    assert bars(answers["02-1  Where?"])[MOST_BARS:] == [("another answer", sum(10 - k for k in range(MOST_BARS, 9)))]
    ax = plot_predictions(answers)
    assert [patch.get_width() for patch in ax.patches] == [10, 9, 8, 7, 6, 14, 1]
    assert "02-2  Why? because: 1" in alt_text_predictions(answers)


def test_the_command_draws_and_says_it(handed_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = handed_in / "class.png"
    assert main(["course", "predictions", str(handed_in), "--chapter", "02", "--out", str(picture)]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "yes: 3" in capsys.readouterr().out
    assert main(["course", "predictions", str(handed_in), "--chapter", "09", "--out", str(picture)]) == 2
    assert "none of 4 ledgers has a prediction for chapter '09'" in capsys.readouterr().err
    assert main(["course", "predictions", str(handed_in / "no"), "--chapter", "02", "--out", str(picture)]) == 2
    assert "it is no folder" in capsys.readouterr().err
