"""The exercises as they are written: notebooks with tagged cells, and beside them right and wrong answers.

In ``notebooks/exercises/NN_name.ipynb`` the cells of an exercise name it in their metadata (``exercise``) and its part
in their tags: ``question`` (with ``kind``, ``goals``, ``minutes``), ``hints``, ``stub``, ``solution``, ``check``,
``say`` (for instructors). Cells without a name are for everybody. ``answers/NN.py`` holds other answers, each under a
line ``# %% 02.3 right`` or ``# %% 02.3 wrong: a part of what the check says``; instead of its code an answer may say
what is other than in the solution, in lines ``# the solution, but: OLD => NEW``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from cmo_kit.course.exercises.verdict import Verdict
from cmo_kit.library import notebooks_folder

BUT = re.compile(r"^# the solution, but: (.+?) => (.+)$", re.MULTILINE)
ANSWER = re.compile(r"^# %% (\d\d\.\d+) (right|wrong: .+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Exercise:
    """One exercise: its number, what kind it is (``hand``, ``code``, ``experiment``), and the text of its parts.

    ``goals`` are the numbers, from 1, of the goals of its chapter that it belongs to; ``right`` are other right
    answers than the solution, ``wrong`` pairs of what the check says and a wrong answer.
    """

    name: str
    kind: str
    goals: tuple[int, ...]
    minutes: int
    parts: Mapping[str, str]
    setup: str
    right: tuple[str, ...]
    wrong: tuple[tuple[str, str], ...]

    def answer(self, code: str, start: Mapping[str, Any] | None = None) -> Verdict:
        """What the check says to an answer, run as in a notebook behind the cells for everybody, or from ``start``."""
        names = dict(start) if start is not None else prepared(self.setup)
        exec(compile(code, f"<{self.name}>", "exec"), names)  # the project's own answers, or a learner's notebook
        verdict = eval(compile(self.parts["check"], f"<{self.name}>", "eval"), names)
        assert isinstance(verdict, Verdict)
        return verdict


def prepared(setup: str) -> dict[str, Any]:
    """The names that cells for everybody define."""
    names: dict[str, Any] = {"__name__": "exercises"}
    exec(compile(setup, "<setup>", "exec"), names)
    return names


def exercises_folder() -> Path:
    """Where the exercises are written."""
    return notebooks_folder() / "exercises"


def tags(cell: Mapping[str, Any]) -> list[str]:
    """The tags of a cell."""
    return list(cell["metadata"].get("tags", []))


@cache
def exercises() -> dict[str, Exercise]:
    """All exercises by number, in their order."""
    found = {}
    for path in sorted(exercises_folder().glob("*.ipynb")):
        blocks = ANSWER.split((path.parent / "answers" / f"{path.name[:2]}.py").read_text(encoding="utf-8"))[1:]
        answers = [(blocks[k], blocks[k + 1], blocks[k + 2].strip() + "\n") for k in range(0, len(blocks), 3)]
        setup, about, parts = "", dict[str, Any](), dict[str, dict[str, str]]()
        for cell in import_module("nbformat").read(path, as_version=4).cells:
            name = cell.metadata.get("exercise")
            if name is None:
                setup += cell.source + "\n" if cell.cell_type == "code" else ""
                continue
            about.setdefault(name, (cell.metadata, setup))
            parts.setdefault(name, {})[tags(cell)[0]] = cell.source
        for name, (metadata, before) in about.items():
            own = [
                (kind, _written_out(code, parts[name]["solution"])) for owner, kind, code in answers if owner == name
            ]
            found[name] = Exercise(
                name, metadata["kind"], tuple(metadata["goals"]), metadata["minutes"], parts[name], before,
                tuple(code for kind, code in own if kind == "right"),
                tuple((kind[7:], code) for kind, code in own if kind != "right"),
            )  # fmt: skip
    return found


def _written_out(code: str, solution: str) -> str:
    """An answer's code, also where it says only what is other than in the solution."""
    changes = BUT.findall(code)
    for old, new in changes:
        assert solution.count(old) == 1, f"{old!r} must stand once in the solution"
        solution = solution.replace(old, new)
    return solution + "\n" if changes else code
