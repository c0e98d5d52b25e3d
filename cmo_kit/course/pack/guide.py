"""The guide: eight sessions of 90 minutes, cell by cell, from ``guide.toml``."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cmo_kit.course.copies import chapter_notebook
from cmo_kit.course.sources import exercises

MINUTES = 90
WORDS = {"show": "Show", "ask": "Ask", "skip": "Skip", "work": "They work"}


@dataclass(frozen=True)
class Step:
    """A part of a session: cells of a notebook from the first to the last, or an exercise, or what ``say`` tells."""

    do: str
    minutes: int
    say: str
    cells: str = ""
    exercise: str = ""
    wrong: tuple[str, ...] = ()

    @property
    def chapter(self) -> str:
        """The notebook of its cells, such as ``01``; empty without cells."""
        return self.cells.partition(":")[0]

    @property
    def ends(self) -> tuple[str, str]:
        """Its first and its last cell."""
        first, _, last = self.cells.partition(":")[2].partition("..")
        return first, last


@dataclass(frozen=True)
class Session:
    """Ninety minutes."""

    title: str
    aim: str
    before: str
    steps: tuple[Step, ...]


@cache
def guide() -> tuple[Session, ...]:
    """All sessions."""
    entries = tomllib.loads(Path(__file__).with_name("guide.toml").read_text(encoding="utf-8"))["session"]
    return tuple(
        Session(
            entry["title"], entry["aim"], entry["before"],
            tuple(Step(**{**step, "wrong": tuple(step.get("wrong", ()))}) for step in entry["step"]),
        )
        for entry in entries
    )  # fmt: skip


def guide_text() -> str:
    """The guide as Markdown."""
    lines = [
        "# Instructor's guide", "",
        f"Eight sessions of {MINUTES} minutes. *Show* is on the screen, *ask* is answered before the output opens, "
        "*skip* is for reading at home. Answers to expect stand below each question, with what is wrong about them. "
        "What a check or a schedule decides, nobody argues about: run it.", "",
        Path(__file__).with_name("guide_before.md").read_text(encoding="utf-8"),
    ]  # fmt: skip
    for number, session in enumerate(guide(), start=1):
        lines += [f"## {number}. {session.title}", "", f"**Aim.** {session.aim}", ""]
        lines += [f"**Before.** {session.before}", "", "| minutes | | where | |", "|---:|---|---|---|"]
        lines += [*_rows(session.steps), ""]
    return "\n".join(lines)


def _rows(steps: Sequence[Step]) -> list[str]:
    rows, clock = [], 0
    for step in steps:
        wrong = "".join(f"<br>*Expect:* {answer}" for answer in step.wrong)
        rows.append(
            f"| {clock} to {clock + step.minutes} | **{WORDS[step.do]}** | {_where(step)} | {step.say}{wrong} |"
        )
        clock += step.minutes
    return rows


def _where(step: Step) -> str:
    """The heading and the places of the cells in the notebook, from 1, or the exercise."""
    if step.exercise:
        return f"exercise {exercises()[step.exercise].parts['question'].splitlines()[0].removeprefix('## ')}"
    if not step.cells:
        return ""
    names = cell_names(step.chapter)
    first, last = (names.index(name) + 1 for name in step.ends)
    places = f"cells {first} to {last}" if last > first else f"cell {first}"
    texts = (cell.source for cell in _cells(step.chapter)[:first] if cell.cell_type == "markdown")
    headings = re.findall(r"^## (.+)$", "\n".join(texts), re.MULTILINE)
    return ", ".join([f"notebook {int(step.chapter)}", *(f"*{heading}*" for heading in headings[-1:]), places])


@cache
def cell_names(chapter: str) -> tuple[str, ...]:
    """The ids of all cells of a chapter's notebook, in their sequence."""
    return tuple(cell.id for cell in _cells(chapter))


@cache
def _cells(chapter: str) -> tuple[Any, ...]:
    return tuple(chapter_notebook(chapter).cells)
