"""``cmo-kit course class``: a folder with a problem for each student of a roster.

::

    CLASS/class.json                    what the class was made with, its rules, its students
    CLASS/handout/ID/                   to hand out: instance, run, task.md, notebook.ipynb, method.py, answers.json
    CLASS/instructor/students/ID/       to keep: instance, optimum, certificate, run, questions, problem.json
    CLASS/instructor/hidden/NUMBER/     the same of the problems on which methods are graded

Problems follow from the key and the student's id alone: a student who joins later changes nobody else's. What is there
is kept, so that an interrupted command goes on where it was.
"""

import os
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import locked, make_folder, refuse_links
from cmo_kit.base.process import run_process
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.signals import signals_wait
from cmo_kit.base.values import check_integer, shown
from cmo_kit.course.classroom.handout import write_handout
from cmo_kit.course.classroom.jobs import in_parallel, told
from cmo_kit.course.classroom.key import fingerprint, read_key
from cmo_kit.course.classroom.problem import LOADED, Problem, load_problem, make_problem
from cmo_kit.course.classroom.terms import CLASS_FILE, Student, Terms, hidden_home, student_home


@dataclass(frozen=True)
class Built:
    """What became of a class: how many problems are new, how many were there, who is on the roster no more."""

    new: int
    kept: int
    gone: tuple[str, ...]


def build_class(
    students: Sequence[Student],
    key_file: str | os.PathLike[str],
    out: str | os.PathLike[str],
    workers: int = 2,
    **changes: Any,
) -> Built:
    """Make the problems that are missing and everybody's handout.

    Parameters
    ----------
    students : sequence of Student
    key_file : path
        The instructor's secret; made if it is not there.
    out : path
    workers : int
        Problems at once, each in a process of its own.
    **changes
        Fields of :class:`Terms`. Of a class that is there, ``band`` cannot be changed.

    Raises
    ------
    InputError
        For a value that breaks a rule, a folder or a key of another class, a problem that could not be made.
    """
    place, key = Path(out), read_key(key_file)
    check_integer(workers, "workers", 1, 1000)
    refuse_links(make_folder(place))
    with locked(place):
        terms, gone = _terms(place, fingerprint(key), students, changes)
        terms.save(place)
        os.chmod(make_folder(place / "instructor"), 0o700)
        homes = {folder: ("student", student.id) for student in terms.students for folder in [student_home(student)]}
        homes |= {hidden_home(number): ("hidden", str(number)) for number in range(1, terms.hidden + 1)}
        missing = {home: owner for home, owner in homes.items() if not (place / home / "problem.json").is_file()}
        for home in missing:
            if os.path.lexists(place / home):  # they appear whole: nobody knows what is right in such a one
                raise InputError(
                    f"{place / home}: the folder lacks its problem.json; remove it, and the same command makes it again"
                )
        _make(place, key, terms, missing, workers)
        for student in terms.students:
            write_handout(
                place / "handout" / student.folder, student, load_problem(place / student_home(student)), terms
            )
    return Built(len(missing), len(homes) - len(missing), gone)


def hidden_problems(place: Path, terms: Terms) -> list[Problem]:
    """The problems on which methods are graded."""
    return [load_problem(place / hidden_home(number)) for number in range(1, terms.hidden + 1)]


def _terms(
    place: Path, key: str, students: Sequence[Student], changes: Mapping[str, Any]
) -> tuple[Terms, tuple[str, ...]]:
    """The terms of the class from now on, and who is on its roster no more."""
    if not (place / CLASS_FILE).exists():
        others = sorted(path.name for path in place.iterdir() if not path.name.startswith("."))
        if others:
            raise InputError(f"{place}: the folder holds {others[0]!r}; it must be new, empty or a class's")
        return Terms(key, students=tuple(students), **changes), ()
    before = Terms.load(place)
    if before.key != key:
        raise InputError(f"{place}: the class was made with another key; all its problems would be others")
    if "band" in changes and tuple(changes["band"]) != before.band:
        raise InputError(f"{place}: the class was made with the band {shown(before.band)}; it cannot be changed")
    here = {student.id for student in students}
    gone = tuple(student.id for student in before.students if student.id not in here)
    return replace(before, students=tuple(students), **changes), gone


def _make(place: Path, key: bytes, terms: Terms, missing: Mapping[str, tuple[str, str]], workers: int) -> None:
    """Draw and prove what is missing; each problem's folder appears whole."""
    work = place / "instructor" / ".work"
    shutil.rmtree(work, ignore_errors=True)  # what an interrupted command left
    names = {home: f"class-{home.rpartition('/')[2]}" for home in missing}
    names |= {home: f"hidden-{owner[1]}" for home, owner in missing.items() if owner[0] == "hidden"}

    def job(home: str, stop: threading.Event) -> str:
        folder = Path(tempfile.mkdtemp(dir=make_folder(work).resolve()))
        arguments = (key.hex(), missing[home], names[home], terms.band, str(folder / "problem"))
        ending = run_process(make_problem, arguments, folder / "log", stop=stop, preparation=LOADED)
        if ending.code != 0:
            return told(ending, folder / "log")
        make_folder((place / home).parent)
        (folder / "problem").replace(place / home)
        return ""

    count = 0

    def done(home: str, trouble: str) -> None:
        nonlocal count
        if trouble:
            raise InputError(f"{names[home]}: its problem could not be made ({trouble})")
        count += 1
        line.say(f"class: {count} of {len(missing)} problems proved")

    with ProgressLine("class") as line:
        try:
            in_parallel({home: partial(job, home) for home in missing}, workers, done)
        finally:
            with signals_wait():
                shutil.rmtree(work, ignore_errors=True)
        line.finish(f"class: {count} of {len(missing)} problems proved")
