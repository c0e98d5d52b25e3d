"""Grading believes nothing: whatever is tried gives one sentence and no points, and the others are graded."""

import gzip
import lzma
import os
import re
import socket
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import numpy as np
import psutil
import pytest

from cmo_kit.base.csvfile import read_csv
from cmo_kit.bounds import lower_bound
from cmo_kit.cli import main
from cmo_kit.course.classroom import guest, referee
from cmo_kit.course.classroom.grade import Graded, answers_part, grade_class, grade_student
from cmo_kit.course.classroom.gradebook import save_grades
from cmo_kit.course.classroom.problem import SEEDS, SHAPE, load_problem
from cmo_kit.course.classroom.terms import Terms
from cmo_kit.course.classroom.tournament import MOST_BATCHES, MOST_ORDERS, MOST_SITES
from cmo_kit.course.classroom.walls import HOLDS, NOTHING_PROTECTS, Walls, build_walls
from cmo_kit.course.classroom.wire import Wire
from tests.helpers.refused import refused
from tests.helpers.small_class import ANSWERS, hand_in, make_class, optimum
from tests.helpers.submissions import CHEATS, HEAD, HONEST, LOOP, NUMPY, RETURNED, SLEEP, WALLED, WRONG

WITHOUT = "bubblewrap does not work here"


@pytest.fixture(scope="module", autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where this module's walls stand: their processes are known by it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("walls")))
        patched.setattr(referee, "CLOCK_SECONDS", 150)  # other tests may need the machine
        yield


def left_running() -> list[psutil.Process]:
    """Processes of submitted code."""
    every = psutil.process_iter(["cmdline"])
    return [process for process in every if tempfile.gettempdir() in " ".join(process.info["cmdline"] or ())]


@pytest.fixture(scope="module")
def walled(tmp_path_factory: pytest.TempPathFactory) -> bool:
    """Whether bubblewrap works here: in some containers it is installed and may not do anything."""
    return build_walls(tmp_path_factory.mktemp("asked")).kind == "bubblewrap"


@pytest.fixture(scope="module")
def cheated(walled: bool, tmp_path_factory: pytest.TempPathFactory) -> tuple[Graded, list[psutil.Process]]:
    """Everything that is tried, with an honest method among it."""
    home, tried = tmp_path_factory.mktemp("cheats"), CHEATS | (WALLED if walled else {})
    place = make_class(home / "class", ["honest", *tried])
    hand_in(home / "in", "honest", method=HONEST)
    with socket.create_server(("127.0.0.1", 0)) as server:
        for name, (source, _) in tried.items():
            port = str(server.getsockname()[1])
            hand_in(home / "in", name, method=source.replace("{home!r}", repr(str(home))).replace("{port}", port))
        return grade_class(home / "in", place), left_running()


@pytest.mark.parametrize("name", [*CHEATS, *WALLED])
def test_what_is_tried_gives_one_sentence_and_no_points(
    name: str, cheated: tuple[Graded, list[psutil.Process]], walled: bool
) -> None:
    """Loops, memory, processes, solvers, forged counts, messages: all end, say why, and earn nothing."""
    if name in WALLED and not walled:
        pytest.skip(WITHOUT)
    grade = next(grade for grade in cheated[0].grades if grade.student.id == name)
    said = {**CHEATS, **WALLED}[name][1]
    assert re.search(said, grade.parts["method"].sentence), grade.parts["method"].sentence
    assert "\n" not in grade.parts["method"].sentence
    assert name == "reads" or grade.points(cheated[0].terms) == 0


def test_the_others_are_graded_and_nothing_is_left_running(cheated: tuple[Graded, list[psutil.Process]]) -> None:
    """An honest method has what it would have alone."""
    graded, running = cheated
    honest = graded.grades[0].parts["method"]
    assert honest.share == graded.terms.share(honest_score := float(honest.rows[1][3])) and honest_score > 0.2
    assert honest.rows[1][4:] == ("200", "")
    assert running == []


def test_a_walled_method_sees_nothing_of_the_class(cheated: tuple[Graded, list[psutil.Process]], walled: bool) -> None:
    """No folder of the class, of other students or of the system's users; it then goes on like an honest one."""
    if not walled:
        pytest.skip(WITHOUT)
    grades = {grade.student.id: grade.parts["method"].rows[1][1:] for grade in cheated[0].grades}
    assert grades["reads"] == grades["honest"]


def test_without_bubblewrap_what_is_changed_is_found_and_the_rest_still_ends(tmp_path: Path) -> None:
    """Files cannot be written to; one that is emptied costs the points; processes and time end as ever."""
    names = ["empties", "writes", "forks", "loops", "honest"]
    place = make_class(tmp_path / "class", names)
    hand_in(
        tmp_path / "in", "empties", method=HEAD + f"    open({str(tmp_path / 'in/honest/method.py')!r}, 'w')\n" + LOOP
    )
    hand_in(tmp_path / "in", "writes", method=HEAD + f"    print('x' * 9, file=open({str(tmp_path / 'w')!r}, 'w'))\n")
    hand_in(tmp_path / "in", "forks", method=CHEATS["fork"][0])
    hand_in(tmp_path / "in", "loops", method=CHEATS["endless"][0])
    hand_in(tmp_path / "in", "honest", method=HONEST)
    (tmp_path / "in" / "honest" / "extra").write_text("kept")
    graded = grade_class(tmp_path / "in", place, isolation="limits")
    said = {grade.student.id: grade.parts["method"].sentence for grade in graded.grades}
    assert graded.walls == "limits"
    assert f"files were changed while the method ran, {tmp_path}/in/honest/method.py for one" in said["empties"]
    assert "OSError" in said["writes"] or "has evaluated nothing" in said["writes"]
    assert not (tmp_path / "w").exists() or (tmp_path / "w").stat().st_size == 0
    assert re.search(CHEATS["fork"][1], said["forks"]) and "processor time" in said["loops"]
    assert graded.grades[0].points(graded.terms) == 0
    assert left_running() == []


class Outside:
    """The other end of a wire: every schedule has a total tardiness of 1000, and a learner's own may be better."""

    def send(self, kind: bytes, content: bytes = b"") -> None:
        self.count = len(content) // (8 * optimum().instance.key_count)

    def receive(self) -> tuple[bytes, bytes]:
        return b"t", np.full(self.count, 1000.0).tobytes()


def performed(source: str) -> str:
    """What is said of a method inside the walls."""
    instance = optimum().instance.to_dict()
    order = {"source": source, "file": "method.py", "instance": instance, "evaluations": 200, "seed": 1}
    return guest.perform(order, Outside())  # type: ignore[arg-type]


def test_a_population_that_no_message_holds_is_sent_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """In their sequence, and none twice: each piece says how many it has."""
    instance, sent = optimum().instance, []

    class Counting(Outside):
        def send(self, kind: bytes, content: bytes = b"") -> None:
            sent.append(np.frombuffer(content).reshape(-1, instance.key_count))

        def receive(self) -> tuple[bytes, bytes]:
            return b"t", sent[-1][:, 0].tobytes()

    monkeypatch.setattr(guest, "MAXIMUM_BYTES", 8 * instance.key_count * 30 + 7)
    population = np.random.default_rng(1).random((95, instance.key_count))
    budget = guest.AskedBudget(instance, 200, Counting())  # type: ignore[arg-type]
    np.testing.assert_array_equal(budget.total_tardiness(population), population[:, 0])
    assert [len(piece) for piece in sent] == [30, 30, 30, 5]
    assert budget.spent == 95


@pytest.mark.parametrize("name", WRONG)
def test_what_a_method_does_wrong_is_one_sentence(name: str) -> None:
    """Errors, also in the last move, a budget that is not heard, and methods that are none."""
    source, said = WRONG[name]
    assert re.search(said, performed(source))


@pytest.mark.parametrize("name", RETURNED)
def test_what_a_method_returns_costs_nothing(name: str) -> None:
    """As in a rehearsal with ``solve``: best keys, others, populations, totals, a schedule without batches."""
    assert performed(RETURNED[name]) == ""


def test_the_batches_of_a_run_may_be_numpys_integers() -> None:
    """As in a rehearsal with ``solve``, which writes no message about them."""
    assert performed(NUMPY) == ""


def test_who_sleeps_is_woken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that uses no processor time ends by the clock."""
    monkeypatch.setattr(referee, "CLOCK_SECONDS", -3)
    place = make_class(tmp_path / "class", ["sleeper"], hidden=1)
    hand_in(tmp_path / "in", "sleeper", method=SLEEP)
    grade = grade_class(tmp_path / "in", place).grades[0]
    assert grade.parts["method"].sentence.endswith("method took more than 2 s by the clock")
    assert left_running() == []


def test_nobody_waits_for_one_who_does_not_read_or_ends_in_the_middle() -> None:
    """What is sent to a pipe that is full looks at the clock; half a message, or one that is too long, is an error."""
    reading, writing = os.pipe()
    looks = iter(range(2))
    with pytest.raises(StopIteration):
        Wire(reading, writing, lambda: next(looks) and None).send(b"t", bytes(1 << 20))
    for content, error in ((b"k\xff\xff\xff\xff", ValueError), (b"k\0\0", EOFError)):
        reading, writing = os.pipe()
        os.write(writing, content)
        os.close(writing)
        with pytest.raises(error):
            Wire(reading, 1).receive()


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class whose students hand in files without methods, true and forged ones."""
    home = tmp_path_factory.mktemp("documents")
    place = make_class(home / "class", ["true", "other", "forged", "odd", "packed", "link", "absent"])
    mine, other = (load_problem(place / "instructor/students" / name) for name in ("true", "other"))
    schedule = mine.schedule.to_dict()
    bound = lower_bound(mine.instance, 20, mine.optimum).certificate
    hand_in(home / "in", "true", schedule=schedule, certificate=bound, answers=ANSWERS)
    hand_in(
        home / "in", "other", schedule=schedule, certificate=bound, answers={**ANSWERS, "answers": {"how-many": "13"}}
    )
    forged = {**schedule, "instance": "class-forged", "total_tardiness": 1}
    certificate = {
        **bound,
        "instance": "class-forged",
        "digest": load_problem(place / "instructor/students/forged").instance.digest,
    }
    hand_in(
        home / "in",
        "forged",
        schedule=forged,
        certificate={**certificate, "lower_bound": 9.0},
        answers={"format": "x", "answers": {}},
    )
    odd = hand_in(home / "in", "odd", schedule='{"format": NaN}', answers="[" * 9999, method="x" * (1024 * 1024 + 1))
    (odd / "certificate.json.gz").write_bytes(gzip.compress(b" " * 40_000_000))
    (hand_in(home / "in", "packed") / "certificate.json.xz").write_bytes(lzma.compress(b" " * 40_000_000))
    hand_in(home / "in", "link").joinpath("schedule.json").symlink_to(home / "in/true/schedule.json")
    hand_in(home / "in", "nobody")
    assert other.instance.digest != mine.instance.digest
    return home


def grades_of(home: Path, out: Path) -> dict[str, dict[str, str]]:
    """Remarks by student and part, from the table that the command writes."""
    assert main(["course", "grade", str(home / "in"), "--class", str(home / "class"), "--out", str(out)]) == 0
    rows = read_csv(out, texts=("id", "name", "remarks"))
    return {row["id"]: dict(part.split(": ", 1) for part in row["remarks"].split(" | ")) for row in rows}


def test_documents_are_recomputed(documents: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another student's instance, forged totals and certificates, files of any kind: one sentence each."""
    said = grades_of(documents, tmp_path / "g.csv")
    out, err = capsys.readouterr()
    assert "nobody: nobody on the roster has this folder" in err
    assert "Nothing protects against a method that computes total tardiness by itself" in out
    assert said["true"] == {
        "method": "not handed in",
        "answers": "2 of 2 right",
        "schedule": "total tardiness 4, the optimum is 4: score 1.0000",
        "certificate": "it proves 4; the optimum is 4: 1.0000 of it",
    }
    assert said["other"]["answers"] == "0 of 2 right"
    assert said["other"]["schedule"] == "The schedule is for instance 'class-true', not for 'class-other'."
    assert said["other"]["certificate"] == "it proves nothing: the certificate is for another instance"
    assert said["forged"]["schedule"] == "The stated total tardiness is 1; it must be 4."
    assert "lower_bound 9 is claimed, but only 4 is proved" in said["forged"]["certificate"]
    assert "format is 'x'" in said["forged"]["answers"]
    assert "NaN" in said["odd"]["schedule"] and "nested too deeply" in said["odd"]["answers"]
    assert "at most 1048576 are read" in said["odd"]["method"]
    assert all("it has over 33554432 bytes" in said[who]["certificate"] for who in ("odd", "packed"))
    assert all("a link that leads out" in sentence for sentence in said["link"].values())
    assert set(said["absent"].values()) == {"not handed in"}
    assert str(documents) not in str(said)  # where submissions lie on the instructor's machine
    page = (tmp_path / "g-feedback" / "other.html").read_text(encoding="utf-8")
    assert "that is one too many" in page and "no answer" in page


def test_once_stopped_nothing_more_is_verified(documents: Path, tmp_path: Path) -> None:
    """Who interrupts does not wait for proofs that nobody will read."""
    terms, stop = Terms.load(documents / "class"), threading.Event()
    stop.set()
    problem = load_problem(documents / "class/instructor/students/true")
    walls = Walls("limits", (), "")
    grade = grade_student(terms.students[0], problem, documents / "in/true", terms, [], walls, tmp_path, stop)
    assert (grade.parts["answers"].share, grade.parts["certificate"].share) == (1, 0)


def test_graded_twice_gives_equal_bytes(tmp_path: Path) -> None:
    """Table, imports and pages, of two hidden problems."""
    place = make_class(tmp_path / "class", ["honest"], hidden=2)
    hand_in(tmp_path / "in", "honest", method=HONEST, answers=ANSWERS)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        save_grades(grade_class(tmp_path / "in", place), tmp_path / name / "g.csv", "Task")
    contents = [
        {str(p.relative_to(tmp_path / name)): p.read_bytes() for p in (tmp_path / name).rglob("*") if p.is_file()}
        for name in ("one", "two")
    ]
    assert contents[0] == contents[1]
    assert len(contents[0]) == 4
    assert b"over 2 hidden problems" in contents[0]["g.csv"]


def test_folders_are_known_in_any_unicode_form_and_what_lies_too_deep_is_told(tmp_path: Path) -> None:
    """A Mac may send names in decomposed letters; who unpacks archives makes folders in folders."""
    place = make_class(tmp_path / "class", ["김-1", "deep", "capital", "absent"])
    hand_in(tmp_path / "in", normalize("NFD", "김-1"), answers=ANSWERS)
    hand_in(tmp_path / "in" / "deep", "deep", answers=ANSWERS)
    hand_in(tmp_path / "in", "capital").joinpath("Method.py").write_text(HONEST)
    graded = grade_class(tmp_path / "in", place)
    assert [grade.parts["answers"].share for grade in graded.grades] == [1, 0, 0, 0]
    files = "method.py, answers.json, schedule.json, certificate.json"
    told = [
        f"{tmp_path}/in/{name}: it holds none of {files}, and so nothing of it is graded"
        for name in ("deep", "capital")
    ]
    assert graded.notes == told


def test_an_answer_may_have_a_decimal_comma_and_is_no_boolean(tmp_path: Path) -> None:
    answers = {"how-many": "12,0", "which": True}
    path = hand_in(tmp_path, "me", answers={**ANSWERS, "answers": answers}) / "answers.json"
    part = answers_part(path, load_problem(make_class(tmp_path / "class", ["me"]) / "instructor/students/me"))
    assert [row[1:3] for row in part.rows[1:]] == [("12,0", "right"), ("no number or word", "that is not the answer")]


def test_what_utf8_cannot_hold_loses_nobodys_grades(tmp_path: Path) -> None:
    """Half of a surrogate pair in an answer, and the name of a file in a sentence, become question marks."""
    place = make_class(tmp_path / "class", ["half", "whole"])
    hand_in(tmp_path / "in", "half", answers={**ANSWERS, "answers": {"which": "\ud800"}})
    hand_in(tmp_path / "in", "whole", answers=ANSWERS)
    graded = grade_class(tmp_path / "in", place)
    link = replace(graded.grades[0].parts["schedule"], sentence="nothing is read: \udcff: it is a link")
    graded.grades[0] = replace(graded.grades[0], parts={**graded.grades[0].parts, "schedule": link})
    save_grades(graded, tmp_path / "g.csv", "Task")
    rows = read_csv(tmp_path / "g.csv", texts=("id", "name", "remarks"))
    assert "answers: 0 of 2 right | schedule: nothing is read: ?: it is a link" in rows[0]["remarks"]
    assert "2 of 2 right" in rows[1]["remarks"]
    assert ">?</td>" in (tmp_path / "g-feedback" / "half.html").read_text("utf-8")


def test_what_a_method_says_is_text_everywhere(cheated: tuple[Graded, list[psutil.Process]], tmp_path: Path) -> None:
    """Formulas for spreadsheets and scripts for browsers stay what was typed; others import the tables as they are."""
    save_grades(cheated[0], tmp_path / "g.csv", "Task")
    assert b"<script>" not in (tmp_path / "g-feedback" / "formula.html").read_bytes()
    (row,) = (line for line in (tmp_path / "g.csv").read_text("utf-8").splitlines() if line.startswith("formula,"))
    assert "see the page of feedback" in row and "cmd" not in row
    canvas, moodle = ((tmp_path / f"g-{name}.csv").read_text("utf-8").splitlines() for name in ("canvas", "moodle"))
    assert canvas[0] == "Student,ID,SIS User ID,SIS Login ID,Section,Task"
    assert canvas[1] == "    Points Possible,,,,,100" and "Formula,,formula,,A,0" in canvas
    assert moodle[0] == "ID number,Full name,Email address,Task" and "formula,Formula,,0" in moodle


def test_folders_and_options_keep_their_rules(tmp_path: Path) -> None:
    place = make_class(tmp_path / "class", ["a"])
    with refused("it must be a folder with a folder for each student"):
        grade_class(tmp_path / "absent", place)
    with refused("--isolation is 'glass'; it must be one of bubblewrap, limits"):
        grade_class(tmp_path, place, isolation="glass")


def test_the_page_on_classes_says_what_the_command_says() -> None:
    """One honest paragraph, in the same words; and the numbers that the code has."""
    page = " ".join((Path(__file__).parents[2] / "docs" / "class.md").read_text(encoding="utf-8").split())
    assert all(text in page for text in (*HOLDS.values(), NOTHING_PROTECTS))
    low, high = (round(100 * end) for end in Terms("0").band)
    assert f"gets {SHAPE['orders']} orders on {SHAPE['sites']} Sites" in page
    assert f"by {low} to {high} % of what it reaches (mean of three seeds;" in page and len(SEEDS) == 3
    assert f"at most {MOST_ORDERS} orders, {MOST_BATCHES} batches and {MOST_SITES} Sites" in page
