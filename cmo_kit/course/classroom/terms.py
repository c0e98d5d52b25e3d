"""What a class was made with, the rules by which it is graded, and its students."""

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from cmo_kit.base.errors import InputError, ListError, about
from cmo_kit.base.jsonfile import read_json, write_json
from cmo_kit.base.listfile import Complaints, read_list
from cmo_kit.base.sheet import AS_THE_FILE_SAYS, Layout
from cmo_kit.base.values import check_integer, check_keys, check_list, check_number, check_text
from cmo_kit.formats.document import check_format

FORMAT, CLASS_FILE = "cmo-class/1", "class.json"
COLUMNS, OPTIONAL_COLUMNS = ("id", "name"), ("email", "login", "section")
MOST_STUDENTS = 2_000
#: What a submission is graded by. A schedule alone shows nothing: the kit's search finds it in seconds.
PARTS = ("method", "answers", "schedule", "certificate")
POINTS = {"method": 60, "answers": 40, "schedule": 0, "certificate": 0}
#: Mean score from which so much of a method's points is given. The planners' rule has about 0.85, the paper's genetic
#: algorithm 0.87, an annealing of forty lines 0.94.
THRESHOLDS = ((0.5, 0.1), (0.8, 0.3), (0.86, 0.5), (0.9, 0.7), (0.93, 0.85), (0.96, 1.0))


@dataclass(frozen=True)
class Student:
    """A line of the roster; ``folder`` is what the student's files are called by."""

    id: str
    name: str
    email: str = ""
    login: str = ""
    section: str = ""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value != "" or name in COLUMNS:
                check_text(value, name)

    @property
    def folder(self) -> str:
        """The id as a folder's name: nothing in it that a path could mean."""
        return "".join(c if c.isalnum() or c in "-_" else "_" for c in self.id)[:60]


@dataclass(frozen=True)
class Terms:
    """What a class was made with, and the rules by which it is graded, which may be edited until it is announced.

    ``band`` holds the least and the greatest gap of the genetic algorithm; ``hidden`` is how many problems methods are
    graded on, each with ``evaluations`` and ``seconds`` of processor time.
    """

    key: str
    band: tuple[float, float] = (0.10, 0.15)
    hidden: int = 5
    evaluations: int = 10_000
    seconds: int = 20
    points: Mapping[str, float] = field(default_factory=lambda: dict(POINTS))
    thresholds: tuple[tuple[float, float], ...] = THRESHOLDS
    students: tuple[Student, ...] = ()

    def __post_init__(self) -> None:
        check_text(self.key, "key")
        low, high = check_list(self.band, "band", 2, "the least and the greatest gap")
        check_number(low, "band[0]", 0, 1)
        check_number(high, "band[1]", low, 1)
        check_integer(self.hidden, "hidden", 1, 100)
        check_integer(self.evaluations, "evaluations", 1, 10_000_000)
        check_integer(self.seconds, "seconds", 1, 3600)
        for part, points in check_keys(self.points, "points", PARTS).items():
            check_number(points, f"points.{part}")
        for k, pair in enumerate(self.thresholds):
            for value in check_list(pair, f"thresholds[{k}]", 2, "a score and a share of the points"):
                check_number(value, f"thresholds[{k}]", 0, 1)

    def share(self, score: float) -> float:
        """The share of a method's points that a mean score earns."""
        return max((share for least, share in self.thresholds if score >= least), default=0.0)

    def save(self, folder: Path) -> None:
        """Write ``class.json``."""
        write_json(folder / CLASS_FILE, {"format": FORMAT, **asdict(self)})

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> "Terms":
        """The terms of a class's folder.

        Raises
        ------
        InputError
            When there is no ``class.json``, or it breaks a rule.
        """
        path = Path(folder) / CLASS_FILE
        if not path.is_file():
            raise InputError(f"{folder}: it has no {CLASS_FILE}; cmo-kit course class makes a class")
        with about(path):
            document = dict(check_keys(read_json(path), "the class", ("format", *(f.name for f in fields(cls)))))
            check_format(document, FORMAT)
            del document["format"]
            names = tuple(f.name for f in fields(Student))
            entries = check_list(document["students"], "students")
            document["students"] = tuple(Student(**check_keys(entry, "a student", names)) for entry in entries)
            document["band"] = tuple(check_list(document["band"], "band"))
            pairs = enumerate(check_list(document["thresholds"], "thresholds"))
            document["thresholds"] = tuple(tuple(check_list(pair, f"thresholds[{k}]")) for k, pair in pairs)
            return cls(**document)


def read_roster(
    path: str | os.PathLike[str], layout: Layout = AS_THE_FILE_SAYS, note: Callable[[str], None] = lambda sentence: None
) -> tuple[Student, ...]:
    """The students of a list, CSV or a workbook: ``id`` and ``name``; if known ``email``, ``login``, ``section``.

    Raises
    ------
    InputError
        All that is wrong with the list, one sentence a line.
    """
    complaints, folders = Complaints(), dict[str, int]()
    try:
        students = []
        for row in read_list(path, COLUMNS, OPTIONAL_COLUMNS, "student", MOST_STUDENTS, layout, note):
            cells = {name: complaints.hear(row.text, name) for name in COLUMNS}
            cells |= {name: complaints.hear(row.text, name) for name in OPTIONAL_COLUMNS if row.has(name)}
            if None in cells.values():
                continue
            student = Student(**cells)
            first = folders.setdefault(student.folder.casefold(), row.line)
            if first != row.line:
                rule = (
                    f"must be unique, also as the name of a folder ({student.folder}), and line {first} has it already"
                )
                complaints.sentences.append(str(row.wrong("id", rule)))
            students.append(student)
        complaints.end()
    except InputError as error:
        sentences = getattr(error, "sentences", (str(error),))
        raise ListError([f"{path}: {sentence.removeprefix(f'{path}: ')}" for sentence in sentences]) from None
    return tuple(students)


def student_home(student: Student) -> str:
    """Where the instructor's part of a student's problem lies, inside the class."""
    return f"instructor/students/{student.folder}"


def hidden_home(number: int) -> str:
    """Where a hidden problem lies, inside the class."""
    return f"instructor/hidden/{number}"
