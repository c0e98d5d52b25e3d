"""What a course reads: rosters, a class's folder, what students hand in, their methods, and what they predicted."""

import contextlib
import io
import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from cmo_kit import check_schedule, load_instance, solve
from cmo_kit.base.csvfile import read_csv
from cmo_kit.course.classroom.build import hidden_problems
from cmo_kit.course.classroom.grade import MISSING, Grade, Graded, Part, answers_part, schedule_part
from cmo_kit.course.classroom.gradebook import save_grades
from cmo_kit.course.classroom.guest import perform
from cmo_kit.course.classroom.handout import write_handout
from cmo_kit.course.classroom.problem import Problem, load_problem
from cmo_kit.course.classroom.terms import PARTS, Terms, read_roster, student_home
from cmo_kit.course.ledger import FOLDER, predictions
from cmo_kit.course.pack.predicted import class_predictions
from cmo_kit.views.predictions import alt_text_predictions, plot_predictions
from cmo_kit.views.style import figure_of, save_figure
from tests.helpers.small_class import ANSWERS, make_class, optimum

ROSTER = "id,name,email,login,section\n007,Zoë Ågren,z@x.se,z,A\n2-b,김민준,k@x.kr,k,B\n"
#: Without a loop, which damage could make endless.
METHOD = b"""import numpy as np


def method(budget, rng, spread=0.1):
    keys = rng.random((20, budget.instance.key_count))
    best = keys[int(np.argmin(budget.total_tardiness(keys)))]
    budget.total_tardiness(np.clip(best + spread * rng.standard_normal((30, len(best))), 0, 1))
    return best
"""
PREDICTED: tuple[dict[str, Any], ...] = (
    {"name": "02-1", "predicted": "12 days."}, {"name": "02-1", "came": "13"}, {"name": "02-1", "predicted": 13.5},
    {"name": "02-2", "predicted": [1, 2.5]}, {"name": "02-3", "predicted": True},
    {"name": "02.3", "predicted": "$x_1$"},
)  # fmt: skip


def roster(path: Path) -> None:
    """A list of students, who become those of a class."""
    terms = Terms("k", students=read_roster(path))
    terms.save(path.parent)
    assert Terms.load(path.parent) == terms


@cache
def class_of(place: Path) -> tuple[Path, Problem]:
    """A class of one student below ``place``, made once, and the student's problem."""
    folder = make_class(place / "class", ["one"])
    return folder, load_problem(folder / "instructor/students/one")


def class_folder(place: Path, path: Path) -> None:
    """A class's folder in which one file, named by the case, is damaged: it can be handed out."""
    folder = path.parent / "class"
    shutil.copytree(class_of(place)[0], folder)
    shutil.copyfile(path, folder / path.name.replace("+", "/"))
    terms = Terms.load(folder)
    hidden_problems(folder, terms)
    for student in terms.students:
        problem = load_problem(folder / student_home(student))
        assert all(question.judge(question.answer) == "" for question in problem.questions)
        write_handout(path.parent / "handout" / student.folder, student, problem, terms)


def submission(place: Path, path: Path) -> None:
    """Answers or a schedule that a student hands in: a grade, and a gradebook that can be read."""
    folder, problem = class_of(place)
    terms = Terms.load(folder)
    part = answers_part(path, problem) if path.name == "answers.json" else schedule_part(path, problem)
    assert 0 <= part.share <= 1 and part.sentence.isprintable(), part
    grade = Grade(terms.students[0], {**dict.fromkeys(PARTS, Part(0.0, MISSING)), path.stem: part})
    grades, *_ = save_grades(Graded(terms, [grade], "limits", []), path.parent / "g.csv", "Task")
    assert [row["id"] for row in read_csv(grades, texts=("id", "remarks"), numbers=("points",))] == ["one"]


class Deaf:
    """The other end of a method's wire: whatever is asked has a total tardiness of 1."""

    def send(self, kind: bytes, content: bytes = b"") -> None:
        """Take a question."""
        self.count = max(1, len(content) // 8 // load_instance("fig3").key_count)

    def receive(self) -> tuple[bytes, bytes]:
        """Answer it."""
        return b"t", np.ones(self.count).tobytes()


def method(path: Path) -> None:
    """A method from a file: what ends in a result ends in a schedule; behind walls a sentence says what was wrong."""
    problem = load_instance("fig3")
    order = {"source": path.read_text("utf-8", "replace"), "file": path.name, "instance": problem.to_dict()}
    said = perform({**order, "evaluations": 60, "seed": 1}, Deaf())  # type: ignore[arg-type]
    assert said.isprintable(), said
    schedule = solve(problem, f"{path}:method", evaluations=60).schedule
    assert schedule is None or check_schedule(problem, schedule) == []


def ledger(path: Path) -> None:
    """What a student predicted: their own table, and the class's picture with its words."""
    folder = path.parent / "one" / FOLDER
    folder.mkdir(parents=True)
    shutil.copyfile(path, folder / path.name)
    with contextlib.redirect_stdout(io.StringIO()):
        predictions(folder.parent)
    answers = class_predictions(path.parent, "02")
    assert alt_text_predictions(answers).isprintable()
    save_figure(figure_of(plot_predictions(answers)), path.with_suffix(".png"))


def handed_in(place: Path) -> list[tuple[str, bytes]]:
    """Good answers and a good schedule."""
    _, problem = class_of(place)
    schedule = {**optimum().to_dict(), "instance": problem.instance.name}
    return [("answers.json", json.dumps(ANSWERS).encode()), ("schedule.json", json.dumps(schedule).encode())]


def ledgers() -> list[tuple[str, bytes]]:
    """A ledger of many lines, and one of a line."""
    lines = [json.dumps(line) for line in PREDICTED]
    return [("02.jsonl", "\n".join(lines).encode()), ("short.jsonl", lines[0].encode())]
