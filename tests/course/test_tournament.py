"""A tournament: equal evaluations, the same order on another day, ties by a stated rule, submitted problems proved."""

import html
import math
import re
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from cmo_kit.base.csvfile import read_csv
from cmo_kit.cli import main
from cmo_kit.core.generate import generate_instance
from cmo_kit.course.classroom.board import RULES, page, save_board
from cmo_kit.course.classroom.referee import Played
from cmo_kit.course.classroom.tournament import Board, Bot, hold_tournament, placed
from cmo_kit.library import load_instance
from tests.helpers.refused import refused
from tests.helpers.small_class import make_class
from tests.helpers.submissions import CHEATS, HEAD, HONEST

BETTER = (
    HEAD
    + "    from cmo_kit.core.expert import dispatch\n    from cmo_kit.core.schedule import from_indices\n"
    + (
        "    budget.evaluate(from_indices(budget.instance, dispatch(budget.instance, whole_orders=True)))\n"
        "    while True: budget.total_tardiness(rng.random((50, budget.instance.key_count)))\n"
    )
)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Board]:
    """Three methods, two of which are the same, one that breaks a rule, three submitted problems, and links."""
    home = tmp_path_factory.mktemp("tournament")
    make_class(home / "class", ["a"])
    (home / "bots" / "twin").mkdir(parents=True)
    shutil.copyfile(home / "class/instructor/students/a/instance.json", home / "bots" / "a.json")
    for name, source in (
        ("random", HONEST),
        ("twin/method", HONEST),
        ("<b>expert", BETTER),
        ("rogue", HEAD + "    1 / 0\n"),
        ("silent", CHEATS["silent"][0]),
    ):
        (home / "bots" / f"{name}.py").write_text(source)
    load_instance("tiny-one-batch").save(home / "bots" / "twin" / "instance.json")
    generate_instance("small", 1).save(home / "bots" / "large.json")
    (home / "bots" / "odd.json").write_text("{}")
    (home / "bots" / "thief").mkdir()
    (home / "bots" / "thief" / "method.py").symlink_to("../random.py")
    (home / "bots" / "copy.json").symlink_to(home / "class" / "instructor" / "hidden" / "1" / "instance.json")
    (home / "bots" / "lost.py").symlink_to(home / "nothing.py")
    return home, hold_tournament(home / "bots", home / "class")


def test_standings_go_by_the_mean_score_over_hidden_problems(held: tuple[Path, Board]) -> None:
    """Equal methods share a place and stand by name; who breaks a rule comes last, and says which."""
    board = held[1]
    assert [bot.trouble for bot in board.bots[:3]] == ["", "", ""]
    last = [(4, name) for name in ("lost", "rogue", "silent", "thief")]
    assert [(bot.place, bot.name) for bot in board.bots][1:] == [(2, "random"), (2, "twin"), *last]
    assert board.bots[0].mean(board.optima) >= board.bots[1].mean(board.optima) == board.bots[2].mean(board.optima) > 0
    assert board.bots[4].trouble == "method raised ZeroDivisionError in line 4 of method: division by zero"
    assert {run.evaluations for bot in board.bots[:3] for run in bot.runs[:1]} == {200}


def test_submitted_problems_are_proved_or_refused(held: tuple[Path, Board]) -> None:
    """The class's own problem of student a is neither."""
    board = held[1]
    assert len(board.problems) == 2
    assert (board.problems[-1].instance.name, board.problems[-1].optimum) == ("by twin", 2)
    assert board.refused["large"] == "it has 30 orders; a submitted problem may have at most 20"
    assert board.refused["odd"] == "the instance has no 'format'; it is required" and len(board.refused) == 3


def test_a_link_disqualifies_whoever_sent_it_and_nobody_else(held: tuple[Path, Board]) -> None:
    """To another bot's method, to a hidden problem, or to nothing: one sentence, without the instructor's folders."""
    said = {bot.name: bot.trouble for bot in held[1].bots} | dict(held[1].refused)
    out = "it is a link that leads out of the folder; remove it first"
    assert said["thief"] == f"nothing is read: thief/method.py: {out}"
    none = "it is a link or no file at all; what is sent must be a file or a folder"
    assert [said["lost"], said["copy"]] == [f"nothing is read: {name}: {none}" for name in ("lost.py", "copy.json")]


def test_the_board_is_the_same_on_another_day(held: tuple[Path, Board], capsys: pytest.CaptureFixture[str]) -> None:
    """The command gives the page that the first tournament would have written, and one table."""
    home, board = held
    command = ["course", "tournament", str(home / "bots"), "--class", str(home / "class"), "--out", str(home / "board")]
    assert main([*command, "--title", "Cup", "--workers", "1"]) == 0
    err = capsys.readouterr().err
    text = (home / "board" / "index.html").read_text(encoding="utf-8")
    assert text == page(board, "Cup")
    assert (
        "the problem by large is not accepted: it has 30 orders" in err
        and "rogue: method raised ZeroDivisionError" in err
    )
    rows = read_csv(home / "board" / "standings.csv", texts=("bot",), numbers=("place", "mean_score", "evaluations"))
    assert [row["place"] for row in rows] == [1, 2, 2, 4, 4, 4, 4]
    assert html.escape(RULES) in text and "<b>expert" not in text and "&lt;b&gt;expert" in text
    assert not re.search(r"(src|href)=\"(?!data:)", text) and str(home) not in text
    assert len(re.findall(r'<img alt="[^"]{40,}"', text)) == 3


def test_the_name_of_a_file_that_utf8_cannot_hold_loses_no_board(held: tuple[Path, Board], tmp_path: Path) -> None:
    save_board(replace(held[1], refused={"thief": "nothing is read: \udcff: it is a link"}), tmp_path, "Cup")
    assert "nothing is read: ?: it is a link" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_ties_follow_the_rule() -> None:
    """Exact means first, then evaluations to the last improvement; what is left shares a place."""

    def bot(name: str, totals: list[float], effort: int) -> Bot:
        return Bot(
            name, tuple(Played(total, 9, ((effort, total),), "" if total < math.inf else "x") for total in totals)
        )

    thirds = [
        bot("d", [3, 3, 3], 5),
        bot("c", [3, 3, 3], 4),
        bot("b", [3, 3, 3], 5),
        bot("a", [1, math.inf, math.inf], 9),
    ]
    assert {one.mean([1, 1, 1]) for one in thirds} == {Fraction(1, 3)}
    assert [(one.place, one.name) for one in placed(thirds, [1, 1, 1])] == [(1, "a"), (2, "c"), (3, "b"), (3, "d")]


def test_a_board_without_a_place_is_refused_before_the_first_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "board").touch()
    command = ["course", "tournament", "absent", "--class", "absent", "--out", str(tmp_path / "board")]
    assert main(command) == 2
    assert "board: the folder cannot be used" in capsys.readouterr().err


def test_folders_of_bots_keep_their_rules(tmp_path: Path) -> None:
    place = make_class(tmp_path / "class", ["a"])
    (tmp_path / "bots" / "one").mkdir(parents=True)
    with refused("it has no method, NAME.py or NAME/method.py"):
        hold_tournament(tmp_path / "bots", place)
    for path in ("one.py", "one/method.py"):
        (tmp_path / "bots" / path).write_text(HONEST)
    with refused("there are two files method.py of 'one'"):
        hold_tournament(tmp_path / "bots", place)
    (tmp_path / "bots" / "one.py").rename(tmp_path / "bots" / "\n.py")
    with refused("must be printable"):
        hold_tournament(tmp_path / "bots", place)
    with refused("it must be a folder with a file for each method"):
        hold_tournament(tmp_path / "none", place)
