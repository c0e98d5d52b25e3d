"""A class under attack: what a trial finds in its folder, and what is held against a command that nobody interrupts."""

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from cmo_kit.bounds import lower_bound
from cmo_kit.course.classroom.problem import load_problem
from cmo_kit.library import load_instance
from tests.helpers.small_class import ANSWERS, hand_in, make_class, optimum
from tests.helpers.submissions import HEAD, HONEST, LOOP

#: A command, what is known by its name, and what it reads.
INPUTS = {"grade": ("class", "in"), "tournament": ("class", "bots"), "class": ("roster.csv", "key")}
STUDENTS = ("honest", "detached", "absent")
#: What an earlier command left in every file, in one trial of so many.
EARLIER, EARLIER_EVERY = b"what an earlier command left here\n", 3
PAGES = tuple(f"grades-feedback/{name}.html" for name in STUDENTS)
GRADES = ("grades.csv", "grades-canvas.csv", "grades-moodle.csv", *PAGES)
BOARD = ("board/index.html", "board/standings.csv")
#: A method that leaves a process in a session of its own behind, where it can.
DETACHED = (
    HEAD + "    try:\n        if os.fork() == 0:\n            os.setsid()\n"
    "            if os.fork() == 0: time.sleep(300)\n            os._exit(0)\n"
    "    except OSError: pass\n    time.sleep(0.5)\n" + LOOP
)  # fmt: skip


@cache
def template() -> Path:
    """A folder with a class, with what is handed in and sent, and with roster and key for another one."""
    home = Path(tempfile.mkdtemp(prefix="cmo-kit-faults-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    make_class(home / "class", list(STUDENTS))
    problem = load_problem(home / "class/instructor/students/honest")
    certificate = lower_bound(problem.instance, upper_bound=problem.optimum).certificate
    schedule = {**optimum().to_dict(), "instance": problem.instance.name}
    hand_in(home / "in", "honest", method=HONEST, answers=ANSWERS, schedule=schedule, certificate=certificate)
    hand_in(home / "in", "detached", method=DETACHED)
    for name, method in (("honest", HONEST), ("detached", DETACHED)):
        hand_in(home / "bots", name, method=method)
    load_instance("tiny-one-batch").save(home / "bots" / "honest" / "instance.json")
    (home / "bots" / "odd.json").write_text("{}", encoding="utf-8")
    (home / "roster.csv").write_text("id,name\none,One\n", encoding="utf-8")
    (home / "key").write_text("5" * 64, encoding="utf-8")
    return home


def copy(names: tuple[str, ...], source: Path, place: Path) -> None:
    """Copy files and folders with all that is in them."""
    for name in names:
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (source / name).is_dir() else shutil.copyfile)(source / name, target)


@cache
def undisturbed(what: str, *arguments: str) -> Path:
    """The folder that ``cmo-kit course WHAT`` leaves when nobody interrupts it."""
    home = Path(tempfile.mkdtemp(prefix="cmo-kit-faults-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    copy(INPUTS[what], template(), home)
    command = [sys.executable, "-m", "cmo_kit", "course", what, *arguments]
    subprocess.run(command, cwd=home, check=True, capture_output=True)
    return home


def given(what: str, files: tuple[str, ...], place: Path, arguments: list[str], number: int) -> None:
    """What a command reads; in some trials all ``files`` are those of an earlier one."""
    copy(INPUTS[what], template(), place)
    if number % EARLIER_EVERY == 0:
        for name in files:
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_bytes(EARLIER)


def class_given(place: Path, arguments: list[str], number: int) -> None:
    """Roster and key; in some trials a command was interrupted before, when it had made a problem."""
    copy(INPUTS["class"], template(), place)
    if number % EARLIER_EVERY == 0:
        copy(("class/class.json", "class/instructor/hidden"), undisturbed("class", *arguments), place)


def old_or_new(what: str, name: str, content: bytes, arguments: list[str]) -> None:
    """A file is the earlier one, or that of a command which nobody interrupts."""
    if content != EARLIER:
        right = undisturbed(what, *arguments) / name
        if not right.is_file() or right.read_bytes() != content:
            raise ValueError("it is neither the earlier one nor the new one")


def all_or_none(files: tuple[str, ...], place: Path, arguments: list[str], code: int) -> None:
    """All files are new with code 0, none with any other."""
    new = [(place / name).is_file() and (place / name).read_bytes() != EARLIER for name in files]
    if new != [code == 0] * len(files):
        raise ValueError(f"the code is {code}, and of {files} are new: {new}")


def class_ended(place: Path, arguments: list[str], code: int) -> None:
    """With code 0 nothing is missing."""
    right = undisturbed("class", *arguments) if code == 0 else place
    missing = sorted(str(path.relative_to(right)) for path in right.rglob("*"))
    if missing := [name for name in missing if not (place / name).exists()]:
        raise ValueError(f"the code is 0, and these are not there: {missing[:5]}")
