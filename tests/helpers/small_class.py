"""A class of a tiny problem, which nobody has to wait for, and what its students hand in."""

import json
from functools import cache
from pathlib import Path

from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.course.classroom.problem import Problem, save_problem
from cmo_kit.course.classroom.terms import Student, Terms
from cmo_kit.course.quiz import Question
from cmo_kit.library import instances_folder, load_instance

QUESTIONS = (
    Question("how-many", "How many?", "12", (("13", "that is one too many"),)),
    Question("which", "Which?", "a"),
)
ANSWERS = {"format": "cmo-answers/1", "answers": {"how-many": 12.0, "which": " A"}}


@cache
def optimum() -> Schedule:
    """Of the tiny problem that is everybody's here, under names of their own."""
    found = Schedule.load(instances_folder() / "schedules/fig3.json", load_instance("fig3"))
    assert found.total_tardiness == 4
    return found


def make_class(place: Path, names: list[str], hidden: int = 1) -> Path:
    """A class as the command makes it, but of a tiny problem."""
    students = tuple(Student(name, name.capitalize(), section="A") for name in names)
    place.mkdir(parents=True)
    Terms("k", hidden=hidden, evaluations=200, seconds=1, students=students).save(place)
    for home in (*(f"students/{name}" for name in names), *(f"hidden/{k + 1}" for k in range(hidden))):
        name = f"class-{home.partition('/')[2]}"
        own = Instance.from_dict({**optimum().instance.to_dict(), "name": name})
        best = Schedule(own, optimum().sites)
        save_problem(Problem(own, best, best, {}, 0.1, (5.0,) * 3, 0, QUESTIONS), place / "instructor" / home)
    return place


def hand_in(place: Path, name: str, **contents: object) -> Path:
    """Write files of a student; ``method`` is Python, the rest JSON."""
    folder = place / name
    folder.mkdir(parents=True, exist_ok=True)
    for kind, content in contents.items():
        path = folder / f"{kind}.{'py' if kind == 'method' else 'json'}"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return folder
