"""The instructor's pack: minutes add up, cells and exercises are there, and pages ask no other machine for anything."""

import re
from pathlib import Path

import pytest

from cmo_kit.cli.parser import main
from cmo_kit.course.copies import read, walkthroughs, write_anew
from cmo_kit.course.pack.bank import bank
from cmo_kit.course.pack.build import NAMES, build_pack
from cmo_kit.course.pack.guide import MINUTES, WORDS, Session, cell_names, guide, guide_text
from cmo_kit.course.pack.slides import SHOWN, slide_type
from cmo_kit.course.sources import exercises

every_session = pytest.mark.parametrize("session", guide(), ids=lambda session: session.title)


def test_there_are_eight_sessions_of_ninety_minutes() -> None:
    assert [sum(step.minutes for step in session.steps) for session in guide()] == [MINUTES] * 8


@every_session
def test_a_session_goes_through_its_notebooks_from_end_to_end(session: Session) -> None:
    steps = [step for step in session.steps if step.cells]
    for chapter in dict.fromkeys(step.chapter for step in steps):
        names = cell_names(chapter)
        covered = []
        for first, last in (step.ends for step in steps if step.chapter == chapter):
            covered += names[names.index(first) : names.index(last) + 1]
        assert covered == list(names)


@every_session
def test_every_step_says_what_to_do(session: Session) -> None:
    for step in session.steps:
        assert step.do in WORDS
        assert step.say.endswith((".", "?"))
        assert bool(step.wrong) == (step.do == "ask"), step
        assert all(re.fullmatch(r"[^:]+: .+\.", wrong) for wrong in step.wrong), step
        assert step.do != "work" or not step.cells
        assert not step.exercise or step.exercise in exercises()
        assert step.minutes > 0 or step.do == "skip"
        assert step.minutes >= (exercises()[step.exercise].minutes if step.exercise else 0)
    assert "ask" in {step.do for step in session.steps}


@every_session
def test_slides_are_for_what_is_shown_or_asked(session: Session) -> None:
    for chapter in dict.fromkeys(step.chapter for step in session.steps if step.cells):
        names, spoken = cell_names(chapter), set()
        for step in session.steps:
            if step.chapter == chapter and step.do in ("show", "ask"):
                spoken |= set(names[names.index(step.ends[0]) : names.index(step.ends[1]) + 1])
        (path,) = (path for path in walkthroughs() if path.name.startswith(f"{chapter}_"))
        slides = {cell.id for cell in read(path).cells if slide_type(cell) in SHOWN}
        assert slides <= spoken, (chapter, slides - spoken)


def test_the_guide_names_exercises_and_places() -> None:
    text = guide_text()
    assert "| 0 to 4 | **Show** | notebook 0, cells 1 to 7 |" in text
    assert "exercise 01.3 A function for the gap" in text
    assert "give `cmo-kit course pack` a `--seed` of your own" in text  # else everybody has the keys of its hunts
    assert text.count("*Expect:*") == sum(len(step.wrong) for session in guide() for step in session.steps)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack as the command makes it."""
    folder = tmp_path_factory.mktemp("course") / "pack"
    assert main(["course", "pack", "--out", str(folder)]) == 0
    return folder


def test_pages_ask_no_other_machine_and_the_printed_bank_keeps_its_answers(pack: Path) -> None:
    made = contents(pack)
    for path, content in made.items():
        if path.endswith(".html") and not path.startswith("slides/"):  # those have reveal.js beside them
            assert not re.findall(r"""(?:src|href)=["'](?!data:|#)""", content.decode()), path
    open_page, answers = (made[f"questions/{name}.html"].decode() for name in ("questions", "answers"))
    assert open_page.count("<li><p>") == answers.count("<li><p>") == sum(map(len, bank().values()))
    assert "that is the setup time" in answers
    assert "that is the setup time" not in open_page


def test_the_command_makes_the_folder_twice_the_same(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = contents(pack)
    assert build_pack(pack, 1) == len(first)
    assert contents(pack) == first
    assert {path.name for path in pack.iterdir()} == set(NAMES)
    assert (pack / "slides" / "reveal" / "LICENSE").exists()
    (pack / "mine.txt").write_text("notes")
    assert main(["course", "pack", "--out", str(pack)]) == 2
    assert "holds 'mine.txt'" in capsys.readouterr().err


def test_nothing_is_written_through_a_link_of_an_earlier_build(tmp_path: Path) -> None:
    """What a link leads to is somebody else's: the link goes, and a file or a folder of the build takes its place."""
    theirs, out = tmp_path / "theirs", tmp_path / "out"
    theirs.mkdir()
    (theirs / "a.txt").write_text("theirs")
    out.mkdir()
    (out / "folder").symlink_to(theirs)
    (out / "a.txt").symlink_to(theirs / "a.txt")
    write_anew(out, ("folder", "a.txt"), lambda: {"folder/a.txt": b"new", "a.txt": b"new"})
    assert (theirs / "a.txt").read_text() == "theirs"
    assert not (out / "folder").is_symlink() and not (out / "a.txt").is_symlink()
    assert (out / "folder" / "a.txt").read_bytes() == (out / "a.txt").read_bytes() == b"new"
