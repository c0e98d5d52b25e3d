"""``cmo-kit course grade``: what each submission is worth; nothing that a file says is believed, all is recomputed."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unicodedata import normalize

from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import refuse_links, temporary_folder
from cmo_kit.base.jsonfile import parse_json, read_json, read_text, write_json
from cmo_kit.base.process import OVER_MEMORY, OVERTIME, last_line, run_process
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.text import number
from cmo_kit.base.values import check_integer, check_keys, check_object
from cmo_kit.bounds.certificate import read_certificate
from cmo_kit.bounds.verify import verify
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.course.classroom.build import hidden_problems
from cmo_kit.course.classroom.jobs import in_parallel
from cmo_kit.course.classroom.problem import Problem, load_problem
from cmo_kit.course.classroom.referee import MAXIMUM_BYTES, play_all, troubles
from cmo_kit.course.classroom.terms import PARTS, Student, Terms, student_home
from cmo_kit.course.classroom.walls import Walls, build_walls
from cmo_kit.formats.document import check_format

#: What the verifier may take for a certificate, which may be anything: those of a class take a second and 0.2 GB.
VERIFY_SECONDS, VERIFY_BYTES = 60.0, 2 * 1024**3
MISSING = "not handed in"
FILES = ("method.py", "answers.json", "schedule.json", "certificate.json")


@dataclass(frozen=True)
class Part:
    """What a part of a submission is worth: its share of the points, from 0 to 1, a sentence, and a table if any."""

    share: float
    sentence: str
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Grade:
    """A student's parts, by name."""

    student: Student
    parts: Mapping[str, Part]

    def points(self, terms: Terms, part: str | None = None) -> float:
        """The points of a part, or of all, to two decimals."""
        if part is not None:
            return round(self.parts[part].share * terms.points[part], 2)
        return round(sum(self.points(terms, part) for part in PARTS), 2)


@dataclass(frozen=True)
class Graded:
    """All grades in the roster's sequence, the kind of walls, and what has to be told about the submissions."""

    terms: Terms
    grades: list[Grade]
    walls: str
    notes: list[str]


def grade_class(
    submissions: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    workers: int = 2,
    isolation: str | None = None,
) -> Graded:
    """Grade what lies in ``submissions``, a folder for each student, named as in the class's ``handout``.

    Parameters
    ----------
    submissions, folder : path
        The submissions, and the class.
    workers : int
        Methods run at once; without bubblewrap one at a time.
    isolation : {"bubblewrap", "limits"}, optional
        See :func:`~cmo_kit.course.classroom.walls.build_walls`.

    Raises
    ------
    InputError
        When a folder cannot be used; never for what a submission holds.
    """
    check_integer(workers, "--workers", 1, 1000)
    here, place, terms = Path(submissions), Path(folder), Terms.load(folder)
    if not here.is_dir():
        raise InputError(f"{here}: it must be a folder with a folder for each student")
    hidden = hidden_problems(place, terms)  # all is read before the first method runs
    own = {student.folder: load_problem(place / student_home(student)) for student in terms.students}
    found = {normalize("NFC", path.name): path for path in sorted(here.iterdir()) if not path.name.startswith(".")}
    folders = {
        student: found.pop(normalize("NFC", student.folder), here / student.folder) for student in terms.students
    }
    notes = [f"{path}: nobody on the roster has this folder" for path in found.values()]
    grades: dict[str, Grade] = {}
    with temporary_folder() as temporary, ProgressLine("grade") as line:
        walls = build_walls(temporary / "walls", isolation, [here.resolve(), place.resolve()])
        work = temporary / "work"
        watched = [here, place] if walls.kind == "limits" else []

        def job(student: Student, stop: threading.Event) -> Grade:
            before = _state(watched)
            grade = grade_student(student, own[student.folder], folders[student], terms, hidden, walls, work, stop)
            changed = sorted(before.items() ^ _state(watched).items())
            if not changed:
                return grade
            foul = Part(0.0, f"files were changed while the method ran, {changed[0][0]} for one: no points for it")
            return Grade(student, {**grade.parts, "method": foul})

        def done(name: str, grade: Grade) -> None:
            grades[name] = grade
            line.say(f"grade: {len(grades)} of {len(terms.students)} students")

        jobs = {student.id: partial(job, student) for student in terms.students}
        in_parallel(jobs, workers if walls.kind == "bubblewrap" else 1, done)
    for student, folder in folders.items():
        missing = all(part.sentence == MISSING for part in grades[student.id].parts.values())
        if missing and folder.is_dir():
            notes.append(f"{folder}: it holds none of {', '.join(FILES)}, and so nothing of it is graded")
    return Graded(terms, [grades[student.id] for student in terms.students], walls.kind, notes)


def grade_student(
    student: Student, problem: Problem, folder: Path, terms: Terms, hidden: Sequence[Problem], walls: Walls, work: Path,
    stop: threading.Event | None = None,
) -> Grade:  # fmt: skip
    """Grade one submission, whatever it holds."""
    if not folder.is_dir() or folder.is_symlink():
        return Grade(student, dict.fromkeys(PARTS, Part(0.0, MISSING)))
    try:
        refuse_links(folder)
    except InputError as error:
        return Grade(student, dict.fromkeys(PARTS, Part(0.0, f"nothing is read: {_said(error, folder)}")))
    parts: dict[str, Callable[[], Part]] = {
        "method": lambda: method_part(folder / "method.py", terms, hidden, walls, work, stop),
        "answers": lambda: answers_part(folder / "answers.json", problem),
        "schedule": lambda: schedule_part(folder / "schedule.json", problem),
        "certificate": lambda: certificate_part(folder, problem, stop),
    }
    return Grade(student, {name: _guarded(parts[name], folder) for name in PARTS})


def _guarded(part: Callable[[], Part], folder: Path) -> Part:
    try:
        return part()
    except InputError as error:
        return Part(0.0, _said(error, folder))


def _said(error: InputError, folder: Path) -> str:
    """What is wrong with a file of ``folder``, on one line; where it lies is the instructor's own affair."""
    text = " ".join(str(error).split())
    return text.replace(os.path.join(folder, ""), "").replace(os.path.join(folder.resolve(), ""), "")


def method_part(
    path: Path, terms: Terms, hidden: Sequence[Problem], walls: Walls, work: Path, stop: threading.Event | None = None
) -> Part:
    """Run a method on every hidden problem; what it earns by its mean score."""
    if not path.exists():
        return Part(0.0, MISSING)
    runs = play_all(path, [problem.instance for problem in hidden], terms, walls, work, stop)
    scores = [run.score(problem.optimum) for problem, run in zip(hidden, runs, strict=True)]
    mean = sum(scores) / len(scores)
    rows = [("hidden problem", "optimum", "your total", "score", "evaluations", "remark")]
    for k, (problem, run, value) in enumerate(zip(hidden, runs, scores, strict=True), start=1):
        nothing = (number(None), number(0, 4), "")
        reached = nothing if run.trouble else (f"{run.total:.10g}", number(value, 4), f"{run.evaluations}")
        rows.append((str(k), f"{problem.optimum:.10g}", *reached, run.trouble))
    text = f"mean score {mean:.4f} over {len(hidden)} hidden problems" + "".join(f"; {said}" for said in troubles(runs))
    return Part(terms.share(mean), text, tuple(rows))


def answers_part(path: Path, problem: Problem) -> Part:
    """Judge every answer."""
    if not path.exists():
        return Part(0.0, MISSING)
    document = check_keys(parse_json(read_text(path, MAXIMUM_BYTES)), path.name, ("format", "answers"))
    check_format(document, "cmo-answers/1")
    given = check_object(document["answers"], "answers")
    rows, right = [("question", "your answer", "verdict", "what was asked")], 0
    for question in problem.questions:
        mine = given.get(question.name)
        fitting = isinstance(mine, str | int | float) and not isinstance(mine, bool)
        text = "" if mine is None else str(mine)[:100] if fitting else "no number or word"
        wrong = question.judge(text) if text else "no answer"
        right += not wrong
        rows.append((question.name, text, wrong or "right", question.text))
    return Part(right / max(1, len(problem.questions)), f"{right} of {len(problem.questions)} right", tuple(rows))


def schedule_part(path: Path, problem: Problem) -> Part:
    """Recompute a schedule of the student's own instance."""
    if not path.exists():
        return Part(0.0, MISSING)
    document = parse_json(read_text(path, MAXIMUM_BYTES))
    if violations := check_schedule(problem.instance, document):
        return Part(0.0, violations[0].message)
    total = Schedule.from_dict(document, problem.instance).total_tardiness
    value = problem.optimum / total
    return Part(value, f"total tardiness {total:.10g}, the optimum is {problem.optimum:.10g}: score {value:.4f}")


def certificate_part(folder: Path, problem: Problem, stop: threading.Event | None = None) -> Part:
    """Have a certificate verified, in a process with limits: it may be anything."""
    path = next(filter(Path.exists, (folder / f"certificate.json{packed}" for packed in ("", ".gz", ".xz"))), None)
    if path is None:
        return Part(0.0, MISSING)
    with temporary_folder() as place:
        write_json(place / "instance.json", problem.instance.to_dict())
        arguments = str(path), str(place / "instance.json"), str(place / "proved.json")
        log, limit, memory = place / "log", VERIFY_SECONDS, VERIFY_BYTES
        ending = run_process(prove, arguments, log, limit=limit, memory=memory, stop=stop)
        if ending.killed in (OVERTIME, OVER_MEMORY):
            return Part(0.0, f"the verifier did not come to an end with it ({ending.killed})")
        if ending.code != 0:
            said = last_line(log).removeprefix(f"{path}: ") or "it cannot be verified"
            return Part(0.0, f"it proves nothing: {said}")
        bound = float(read_json(place / "proved.json"))
    value = min(1.0, bound / problem.optimum)
    return Part(value, f"it proves {bound:.10g}; the optimum is {problem.optimum:.10g}: {value:.4f} of it")


def prove(certificate: str, instance: str, record: str) -> None:
    """Verify a certificate and write the bound that it proves."""
    problem: Any = Instance.load(instance)
    write_json(record, verify(problem, read_certificate(certificate)).lower_bound)


def _state(folders: Sequence[Path]) -> dict[str, tuple[int, int]]:
    """Size and time of every file below folders, but for temporary ones."""
    found = {}
    for path in (path for folder in folders for path in folder.rglob("*")):
        facts = path.lstat()
        found[str(path)] = (facts.st_size, facts.st_mtime_ns)
    return found
