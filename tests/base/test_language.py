"""Another language: catalogues hold what the sources say today, and English stays what it was."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from cmo_kit import InputError, load_instance, solve
from cmo_kit.base import language
from cmo_kit.base.language import FOLDER, catalogue, language_of_surroundings, speak, speaking, spoken
from cmo_kit.cli import main
from cmo_kit.library import instances_folder
from cmo_kit.views import alt_text_gantt
from cmo_kit.widgets import gap_explorer
from tools.catalogue import sources


@pytest.fixture
def korean():
    speak("ko")
    yield
    speak("en")


def test_every_entry_stands_in_todays_sources_with_the_same_places() -> None:
    """A changed English sentence makes its translation fail until somebody has looked at it."""
    said = sources()
    stale = [entry for entry in catalogue("ko") if entry not in said]
    assert stale == [], "look at their translations, and write the sentence of now as msgid"
    for entry, translation in catalogue("ko").items():
        assert set(re.findall(r"{\d}", translation)) <= set(re.findall(r"{\d}", entry)), entry


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.po")), ids=lambda path: path.stem)
def test_a_catalogue_is_read_as_gettexts_tools_read_it(path: Path) -> None:
    with path.open("rb") as file:
        entries = {entry.id: entry.string for entry in read_po(file, abort_invalid=True) if entry.id}
    assert entries == catalogue(path.parts[-3], path.stem)
    assert "#, fuzzy" not in path.read_text(encoding="utf-8")


def test_an_entry_that_waits_to_be_looked_at_is_left_out(tmp_path: Path, monkeypatch) -> None:
    place = tmp_path / "xx" / "LC_MESSAGES" / "cmo_kit.po"
    place.parent.mkdir(parents=True)
    place.write_text('msgid ""\nmsgstr ""\n\n#, fuzzy\nmsgid "a"\nmsgstr "b"\n\nmsgid "c "\n"d"\nmsgstr "e"\n')
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    assert catalogue("xx") == {"c d": "e"}


def test_english_is_the_text_itself_and_unknown_text_stays(korean) -> None:
    assert spoken("Nobody wrote this sentence of many words.") == "Nobody wrote this sentence of many words."
    speak("en")
    text = "No order is tardy."
    assert spoken(text) is text


def test_particles_follow_the_sound_before_them(korean) -> None:
    assert spoken("main culture decides") == "본 배양이 결정한다"
    sentences = [spoken(f"Order {number} has no batch left to place.") for number in (1, 2)]
    assert sentences == ["주문 1은 남은 배치가 없다.", "주문 2는 남은 배치가 없다."]
    assert "룰렛" in spoken("Roulette wheel of generation 3: one sector each, as wide as its fitness")


def test_pictures_and_explorers_speak_it(korean) -> None:
    instance = load_instance("fig1")
    told = spoken(alt_text_gantt(solve(instance, "expert").schedule))
    assert "납기에 늦은 주문(3개 중 1개): B 3 일" in told
    frame = gap_explorer(instance, "A", "B").frame
    assert "작업 준비시간 7 일" in frame
    assert 'aria-label="정제 후 세척"' in frame
    assert not re.search(r">[^<]*\b(setup|cleaning|order)\b", frame)


def test_the_command_line_speaks_what_is_asked_for_and_then_no_more(capsys, monkeypatch, tmp_path) -> None:
    assert main(["solve", "nowhere", "--lang", "ko"]) == 2
    assert capsys.readouterr().err.startswith("cmo-kit: 문제가 'nowhere'이다. ")
    schedule = str(instances_folder() / "schedules" / "fig3.json")
    assert main(["--lang=ko", "check", "fig3", schedule]) == 0
    assert capsys.readouterr().out.startswith("실행 가능: 총 납기 지연 ")
    Path(list_of := str(tmp_path / "orders.csv")).write_text("order,batches\nA,six\n", encoding="utf-8")
    assert main(["import", list_of, "--sites", "2", "--start", "2027-01-04", "--out", "x", "--lang", "ko"]) == 2
    assert f"{list_of}: 1행: 열 'due_date'" in capsys.readouterr().err  # the file in front hides no sentence
    speak("ko")
    told = spoken("two words.csv: line 1: the sheet is empty; it must begin with a header line")
    speak("en")
    assert told.startswith("two words.csv: 1행: ") and "sheet" not in told
    assert main(["--la", "ko", "check", "fig3", schedule]) == 0  # as far as it is plain
    assert capsys.readouterr().out.startswith("실행 가능: 총 납기 지연 ")
    assert speaking() == "en"
    assert main(["solve", "fig1", "--lang", "fr"]) == 2
    assert capsys.readouterr().err == "cmo-kit: the language is 'fr'; it must be one of en, ko\n"
    with pytest.raises(InputError, match="the language is"):
        speak("fr")
    monkeypatch.delenv("LANGUAGE")
    for asked, found in (("ko_KR.UTF-8", "ko"), ("de_DE", "en"), ("C", "en")):
        monkeypatch.setenv("LC_ALL", asked)
        assert language_of_surroundings() == found


def test_help_is_translated(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["solve", "--help", "--lang", "ko"])
    out = capsys.readouterr().out
    assert "일정계획을 찾는다." in out
    assert "이 도움말을 보인다" in out
