"""A class: problems that follow from key and student, proved optima, and what is handed out."""

import json
import re
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from cmo_kit import InputError, check_schedule, load_instance, verify
from cmo_kit.base.sheet import Layout
from cmo_kit.bounds.certificate import read_certificate
from cmo_kit.cli import main
from cmo_kit.core.generate import generate_instance
from cmo_kit.course.classroom.build import build_class
from cmo_kit.course.classroom.jobs import in_parallel
from cmo_kit.course.classroom.key import derived, fingerprint, read_key
from cmo_kit.course.classroom.problem import SHAPE, draw, load_problem, measured
from cmo_kit.course.classroom.terms import Student, Terms, read_roster
from cmo_kit.course.run_questions import questions_about
from tests.helpers.refused import refused
from tests.helpers.small_class import make_class

KEY = "5" * 64
ROSTER = "id;name;email\n17;김민준;k@x.kr\n2-b;Zoë Ågren;z@x.se\n"


def files(folder: Path) -> dict[str, bytes]:
    """Everything below a folder but its lock, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a roster, a key, and the class of two that the command makes of them."""
    home = tmp_path_factory.mktemp("class")
    (home / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (home / "key").write_text(KEY)
    command = ["course", "class", home / "roster.csv", "--key", home / "key", "--out", home / "class"]
    assert main([*map(str, command), "--band", "0", "1", "--hidden", "1"]) == 0
    return home


def test_every_problem_is_proved_optimal_by_its_own_files(made: Path) -> None:
    """The verifier and the checker recompute what the instructor keeps, and what is handed out tells nothing of it."""
    for home in [*(made / "class/instructor/students").iterdir(), made / "class/instructor/hidden/1"]:
        problem = load_problem(home)
        proved = verify(problem.instance, read_certificate(home / "certificate.json.gz"))
        assert proved.lower_bound == problem.optimum > 0
        assert 0 <= problem.gap == pytest.approx(sum(1 - problem.optimum / total for total in problem.ga) / 3)
    handed = {"answers.json", "instance.json", "method.py", "notebook.ipynb", "run.json", "task.md"}
    assert {path.name for path in (made / "class/handout/17").iterdir()} == handed
    assert load_instance(str(made / "class/handout/17/instance.json")).name == "class-17"
    assert "# 김민준: a problem of your own" in (made / "class/handout/17/task.md").read_text(encoding="utf-8")
    assert not any(KEY.encode() in content for content in files(made / "class").values())


def test_questions_on_the_task_are_about_the_run_and_their_answers_recomputed(made: Path) -> None:
    """The task sheet has the questions that the key draws about the run, and tells no answer."""
    problem = load_problem(made / "class/instructor/students/17")
    rng = np.random.default_rng(derived(bytes.fromhex(KEY), "student", "17", "questions"))
    assert problem.questions == tuple(questions_about(problem.run, rng, 5))
    sheet = (made / "class/handout/17/task.md").read_text(encoding="utf-8")
    assert all(question.text in sheet for question in problem.questions)
    given = json.loads((made / "class/handout/17/answers.json").read_text())["answers"]
    assert given == {question.name: None for question in problem.questions}


def test_the_notebook_of_a_handout_runs(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs the genetic algorithm and the method to begin with, and writes a schedule to hand in."""
    shutil.copytree(made / "class/handout/17", tmp_path / "mine")
    monkeypatch.chdir(tmp_path / "mine")
    names: dict[str, object] = {}
    for cell in json.loads(Path("notebook.ipynb").read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            short = re.sub(r"(\bseed=1)(, evaluations=10000)?", r"\1, evaluations=200", "".join(cell["source"]))
            exec(short, names)
    instance = load_instance("instance.json")
    assert check_schedule(instance, json.loads(Path("schedule.json").read_text())) == []


def test_a_problem_follows_from_key_and_student_alone(made: Path) -> None:
    """Whoever has the key can make it again; another key, or another id, gives another problem."""
    key, owner = bytes.fromhex(KEY), ("student", "2-b")
    stored = load_problem(made / "class/instructor/students/2-b")
    again = generate_instance("small", derived(key, *owner, stored.candidate), name="class-2-b", **SHAPE)
    assert again.to_dict() == stored.instance.to_dict()
    seeds = {
        derived(key, *owner, 0),
        derived(key, *owner, 1),
        derived(key, "student", "2-c", 0),
        derived(b"x", *owner, 0),
    }
    assert len(seeds) == 4


def test_a_late_student_changes_nobody_elses_files(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is there is kept to the byte, what an interrupt left is swept up, and who has left is named."""
    place = made / "class"
    before = files(place)
    (place / "instructor/.work/half").mkdir(parents=True)
    (made / "later.csv").write_text("name,id\nNew,0\nZoë Ågren,2-b\n", encoding="utf-8")
    assert main(["course", "class", str(made / "later.csv"), "--key", str(made / "key"), "--out", str(place)]) == 0
    out, err = capsys.readouterr()
    assert "2 students, 1 problems new, 2 kept" in out
    assert "note: 17 is not on the roster any more; the folders are kept" in err
    after = files(place)
    del before["class.json"], after["class.json"]
    assert before.items() <= after.items()
    assert {Path(path).parts[-2] for path in after.keys() - before.keys()} == {"0"}


def test_a_class_is_not_mixed_with_another(made: Path, tmp_path: Path) -> None:
    """Another key, another band, and a folder of something else are refused before anything is written."""
    students, place = (Student("1", "One"),), made / "class"
    other = tmp_path / "other"
    with refused("the class was made with another key"):
        build_class(students, other, place)
    assert oct(other.stat().st_mode)[-3:] == "600" and len(read_key(other)) == 32
    with refused("the class was made with the band", "it cannot be changed"):
        build_class(students, made / "key", place, band=(0.0, 0.5))
    with refused("the folder holds 'class'"):
        build_class(students, made / "key", made)
    with refused("it has no class.json"):
        Terms.load(tmp_path)
    with refused("the key cannot be written (No such file or directory)"):
        read_key(tmp_path / "absent" / "key")
    other.write_text("secret")
    with refused("the key must be 64 hexadecimal digits"):
        read_key(other)
    assert fingerprint(bytes.fromhex(KEY)) in (place / "class.json").read_text()


def test_a_problem_without_its_own_file_is_named_before_anything_is_drawn(made: Path, tmp_path: Path) -> None:
    place = tmp_path / "class"
    shutil.copytree(made / "class", place)
    (place / "instructor/hidden/1/problem.json").unlink()
    students = Terms.load(place).students
    with refused("hidden/1: the folder lacks its problem.json; remove it"):
        build_class(students, made / "key", place)


@pytest.mark.parametrize(
    ("content", "layout"),
    [
        ("sep=;\nID;Name;Section\n007;Müller;A\n".encode("cp1252"), Layout(encoding="cp1252")),
        ("\ufeffid,name,Section\n007,Müller,A\n".encode(), Layout()),
        ("번호\t이름\tsection\n007\tMüller\tA\n".encode("utf-16"), Layout(headers={"id": "번호", "name": "이름"})),
    ],
    ids=["Germany", "America", "Korea"],
)
def test_rosters_of_three_countries(tmp_path: Path, content: bytes, layout: Layout) -> None:
    """Delimiters, marks and encodings as spreadsheets leave them; zeros in front stay."""
    (tmp_path / "roster").write_bytes(content)
    assert read_roster(tmp_path / "roster", layout) == (Student("007", "Müller", section="A"),)


def test_all_that_is_wrong_with_a_roster_is_said_at_once(tmp_path: Path) -> None:
    """Ids that would share a folder, no name, a formula."""
    (tmp_path / "r.csv").write_text("id,name\na/b,One\nA_B,Two\n3,\n4,=1+1\n")
    with pytest.raises(InputError) as caught:
        read_roster(tmp_path / "r.csv")
    said = [line.partition(": ")[2].split(" is ")[0] for line in str(caught.value).split("\n")]
    assert said == ["line 3: column 'id'", "line 4: column 'name'", "line 5: column 'name'"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"band": (0.3, 0.2)}, "band[1]"),
        ({"hidden": 0}, "hidden is 0"),
        ({"points": {"method": 1}}, "points has no 'answers'"),
        ({"thresholds": ((1, 2),)}, "thresholds[0]"),
        ({"seconds": 0}, "seconds is 0"),
    ],
)
def test_terms_keep_their_rules(changes: dict[str, object], rule: str) -> None:
    with refused(rule):
        Terms("k", **changes)  # type: ignore[arg-type]


def test_terms_are_read_as_they_were_written(tmp_path: Path) -> None:
    terms = Terms("k", students=(Student("1", "One"),))
    terms.save(tmp_path)
    assert Terms.load(tmp_path) == terms
    assert [terms.share(score) for score in (0.0, 0.5, 0.959, 0.96, 1.0)] == [0.0, 0.1, 0.85, 1.0, 1.0]
    document = json.loads((tmp_path / "class.json").read_text())
    (tmp_path / "class.json").write_text(json.dumps(document | {"more": 1}))
    with refused("class.json", "unknown key 'more'"):
        Terms.load(tmp_path)


@pytest.mark.parametrize(
    ("file", "change", "rule"),
    [
        ("class.json", {"students": [{"id": 7, "name": "One", "email": "", "login": "", "section": ""}]}, "id is 7"),
        ("problem.json", {"ga": 5}, "ga is 5; it must be a list"),
        ("problem.json", {"candidate": "x"}, "candidate is 'x'"),
        ("problem.json", {"optimum": 3}, "the optimum is 3; its schedule has 4"),
        ("questions.json", {"name": {}}, "name is {}"),
        ("questions.json", {"wrong": [True]}, "wrong is True; it must be a list"),
    ],
)
def test_what_a_class_keeps_is_read_with_its_rules(
    file: str, change: dict[str, object], rule: str, tmp_path: Path
) -> None:
    """An edited file is refused in a sentence that names it."""
    place = make_class(tmp_path / "class", ["one"])
    home = place / "instructor/students/one"
    path = (place if file == "class.json" else home) / file
    document = json.loads(path.read_text())
    path.write_text(json.dumps([document[0] | change] if isinstance(document, list) else document | change))
    with refused(str(path), rule):
        Terms.load(place)
        load_problem(home)


def test_a_problem_outside_the_band_or_without_tardiness_is_left_out() -> None:
    """An optimum of 0 makes no score, and what the genetic algorithm always solves has no gap."""
    easy = load_instance("tiny-one-batch")
    assert measured(load_instance("tiny-on-time")) is None
    assert measured(easy, band=(0.1, 1)) is None
    found = measured(easy)
    assert found is not None and (found.gap, found.optimum, found.ga) == (0, 2, (2, 2, 2))


def test_a_band_that_no_candidate_fits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cmo_kit.course.classroom.problem.MOST_CANDIDATES", 2)
    monkeypatch.setattr("cmo_kit.course.classroom.problem.measured", lambda *_: None)
    with refused("none of 2 candidates has a gap from 0.9 to 0.95; choose a wider band"):
        draw(b"key", ("student", "1"), "class-1", (0.9, 0.95))


def test_an_interrupt_ends_all_jobs() -> None:
    """Jobs hear of it by their event, and the interrupt goes on."""
    begun, ended = threading.Event(), []

    def job(stop: threading.Event) -> str:
        begun.set()
        ended.append(stop.wait(20))
        return ""

    def interrupt(name: str, found: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_parallel({"quick": lambda stop: str(begun.wait(20)), "slow": job}, 2, interrupt)
    assert ended == [True]
    with pytest.raises(InputError):
        in_parallel({"wrong": lambda stop: read_key("/")}, 1, lambda name, found: None)
