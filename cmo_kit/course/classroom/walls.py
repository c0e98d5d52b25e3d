"""Walls around a process that runs what students have written.

With bubblewrap the process has namespaces of its own: no network, no other process to see, and of all files only Python
and a part of the kit without its solvers, read-only. Without it there are the limits that every system has.
"""

import compileall
import os
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

import cmo_kit
from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import make_folder
from cmo_kit.base.process import PINNED
from cmo_kit.base.values import check_choice
from cmo_kit.course.classroom.wire import READY, Wire

KINDS = ("bubblewrap", "limits")
#: Of the kit, what describes problems and schedules; and what a run itself needs.
PARTS = (
    "__init__.py", "check.py", "base/*.py", "formats/*.py", "core/*.py", "methods/__init__.py", "methods/budget.py",
    "course/__init__.py", "course/classroom/__init__.py", "course/classroom/guest.py", "course/classroom/wire.py",
)  # fmt: skip
SOLVERS = ("core/genetic.py", "core/model.py", "base/cbc.py", "base/process.py")
#: What Python needs of a system, where it has it.
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/nix/store")
PROGRAM = "import sys; sys.path.insert(0, {!r}); from cmo_kit.course.classroom.guest import main; main()"
INSIDE = "/kit"
#: Honest words, for the output, the task and the documentation.
HOLDS = {
    "bubblewrap": (
        "Submitted code ran inside bubblewrap: no network, no files but Python's and a part of the kit, read-only, "
        "no other process; its processor time, memory and output were limited, and its evaluations counted outside."
    ),
    "limits": (
        "Submitted code ran WITHOUT bubblewrap: processor time, memory, evaluations and the end of all it had started "
        "were enforced, and it could write nothing into files; but it could read every file that you can read (the "
        "class's answers among them), empty or delete files, use the network and end your processes. What changed in "
        "the folders of the class and of the submissions is found and said. Install bubblewrap, or grade in a virtual "
        "machine or as a user who owns nothing."
    ),
}
NOTHING_PROTECTS = (
    "Nothing protects against a method that computes total tardiness by itself instead of asking its budget (that is "
    "bounded by processor time only), one that somebody else has written, or a flaw of the operating system."
)


class Walls(NamedTuple):
    """How a process is started that must not harm: the kind of walls and the command."""

    kind: str
    command: tuple[str, ...]
    folder: str

    def start(self, log: int | None = None) -> "subprocess.Popen[bytes]":
        """Start the process; standard input and output are its wire."""
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", **PINNED}
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log}
        return subprocess.Popen(self.command, cwd=self.folder, env=environment, start_new_session=True, **streams)  # type: ignore[call-overload,no-any-return]


def build_walls(place: Path, kind: str | None = None, hidden: Sequence[Path] = ()) -> Walls:
    """Make ready what the walls need in the empty folder ``place``, and try them.

    Parameters
    ----------
    place : Path
    kind : {"bubblewrap", "limits"}, optional
        Without it bubblewrap where it works, else limits.
    hidden : sequence of Path
        Folders that must not be seen, wherever they lie.

    Raises
    ------
    InputError
        When a kind is asked for that does not work here.
    """
    if kind is not None:
        check_choice(kind, "--isolation", KINDS)
    kit = make_folder(place / "kit").resolve()
    package, site = Path(cmo_kit.__file__).resolve().parent, Path(np.__file__).resolve().parent.parent
    for part in (path.relative_to(package) for pattern in PARTS for path in package.glob(pattern)):
        if part.as_posix() not in SOLVERS:
            make_folder((kit / "cmo_kit" / part).parent)
            shutil.copyfile(package / part, kit / "cmo_kit" / part)
    compileall.compile_dir(kit, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    arrays = [site / name for name in ("numpy", "numpy.libs") if (site / name).is_dir()]
    tried = "bubblewrap is not installed"
    if kind != "limits" and (program := shutil.which("bwrap")):
        for path in arrays:
            make_folder(kit / path.name)
        empty = make_folder(place / "empty").resolve()
        walls = Walls("bubblewrap", (program, *_bubblewrap(kit, arrays, empty, [package, *hidden])), str(kit))
        tried = _tried(walls)
        if not tried:
            return walls
        for path in arrays:
            (kit / path.name).rmdir()
    if kind == "bubblewrap":
        raise InputError(f"--isolation is 'bubblewrap', which does not work here: {tried}")
    for path in arrays:
        (kit / path.name).symlink_to(path)
    walls = Walls("limits", _python(str(kit)), str(make_folder(place / "work").resolve()))
    if tried := _tried(walls):
        raise InputError(f"submitted code cannot be run here: {tried}")
    return walls


def _python(kit: str) -> tuple[str, ...]:
    program = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    return program, "-I", "-S", "-B", "-c", PROGRAM.format(kit)


def _bubblewrap(kit: Path, arrays: Sequence[Path], empty: Path, hidden: Sequence[Path]) -> list[str]:
    """The arguments of ``bwrap``: mounts in their sequence, then the program."""
    prefix = Path(sys.base_prefix).resolve()
    shown = [*map(Path, SYSTEM), prefix]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    libraries = [prefix / "lib" / version, Path("/usr/lib/python3"), Path("/usr/local/lib") / version]
    packages = [place / name for place in libraries for name in ("site-packages", "dist-packages")]
    masked = [path for path in [*packages, *hidden] if path.is_dir() and any(map(path.is_relative_to, shown))]
    arguments = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    for path in shown:
        arguments += ["--ro-bind-try", str(path), str(path)]
    for path in masked:
        arguments += ["--ro-bind", str(empty), str(path)]
    arguments += ["--ro-bind", str(kit), INSIDE]
    for path in arrays:
        arguments += ["--ro-bind", str(path), f"{INSIDE}/{path.name}"]
    for device in ("/dev/null", "/dev/urandom"):
        arguments += ["--dev-bind", device, device]
    return [*arguments, "--remount-ro", "/", "--chdir", INSIDE, "--", *_python(INSIDE)]


def _tried(walls: Walls) -> str:
    """Nothing where a process behind the walls gets ready, else why not."""
    with walls.start(subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        try:
            if Wire(process.stdout.fileno(), process.stdin.fileno()).receive()[0] == READY:
                return ""
        except (EOFError, ValueError):
            pass
        finally:
            process.kill()
        said = process.stderr.read(2000).decode("utf-8", "replace").strip().splitlines()
    return " ".join(said[-1].split())[:200] if said else "its process ended without a word"
