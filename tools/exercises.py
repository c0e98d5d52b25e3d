"""Prove the exercises: all answers, changed references, and copies worked through in kernels.

``python -m tools.exercises [answers] [changes] [copies]`` does the parts that are named, by default all.
"""

import argparse
import contextlib
import io
import itertools
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.runner import run_program
from cmo_kit.course import copies
from cmo_kit.course.exercises import verdict
from cmo_kit.course.sources import Exercise, exercises, exercises_folder, prepared
from tests.helpers.copies import worked_through
from tools.mutation.changes import Change, applied, possible, written

#: Of a check, in seconds of this process; and of an answer with its check, where a changed loop may never end.
MOST_SECONDS, PATIENCE = 0.5, 10.0
#: The share of changed references that must be told to be wrong.
REJECTED = 0.95
#: What a learner may choose freely; another choice is another right answer.
FREE = "# your choice"


class Endless(BaseException):
    """An answer took too long."""


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Give up after ``seconds``, and print nothing."""

    def give_up(*_: object) -> None:
        raise Endless

    signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def timed(one: Exercise, code: str, start: dict[str, Any], most: float = 600) -> tuple[verdict.Verdict, float, Any]:
    """The verdict, the seconds of this process that the check itself took, and what it was asked about."""
    one.answer(one.parts["stub"], start)  # loads the checks
    check, spent, given = verdict.CHECKS[one.name], 0.0, None

    def watched(answer: Any) -> str:
        nonlocal spent, given
        began, given = time.process_time(), answer
        try:
            return check(answer)
        finally:
            spent = time.process_time() - began

    verdict.CHECKS[one.name] = watched
    try:
        with limited(most):
            return one.answer(code, start), spent, given
    finally:
        verdict.CHECKS[one.name] = check


def all_answers(found: dict[str, Exercise]) -> list[str]:
    """Complaints about answers whose verdict is not the one expected, or comes too late."""
    complaints, slowest, count = [], 0.0, 0
    for name, one in found.items():
        start = setup(one)
        expected = [("", code) for code in (one.parts["solution"], *one.right)] + list(one.wrong)
        for reason, code in expected:
            said, seconds, _ = timed(one, code, start)
            count, slowest = count + 1, max(slowest, seconds)
            if seconds > MOST_SECONDS:
                said, seconds, _ = timed(one, code, start)  # the first one loads and compiles
            good = said.status == "wrong" and reason in said.text if reason else said.right
            if not good or seconds > MOST_SECONDS:
                complaints.append(f"{name}, {reason or 'right'}: {said} ({seconds:.2f} s)")
    print(f"{len(found)} exercises, {count} answers, the slowest check {slowest:.2f} s, {len(complaints)} complaints")
    return complaints


def setup(one: Exercise) -> dict[str, Any]:
    """The names in front of an exercise, without what is printed on the way."""
    with contextlib.redirect_stdout(io.StringIO()):
        return prepared(one.setup)


def changed_references(found: dict[str, Exercise]) -> list[str]:
    """References with one small change that are still called right, of chapters where they are too many.

    A change that gives the reference's very answer, such as 4001 evaluations where generations have 100, is none.
    """
    complaints, all_told = [], Counter[str]()
    for chapter, group in itertools.groupby(found.values(), lambda one: one.name[:2]):
        told, survivors = Counter[str](), []
        for one in group:
            start = setup(one)
            answer = timed(one, one.parts["solution"], start)[2]
            for change, code in changes(one.parts["solution"].encode()):
                given = None
                try:
                    said, _, given = timed(one, code, start, PATIENCE)
                    status = said.status
                except Endless:
                    status = "endless"
                except Exception:
                    status = "stopped"
                if status == "right" and not callable(given) and verdict.same(answer, given):
                    status = "the same answer"
                told[status] += 1
                if status == "right":
                    survivors.append(f"{one.name}, line {change.line}: {change.before} -> {change.after}")
        complaints += survivors if rejected(told) < REJECTED else []
        all_told += told
        print(f"{chapter}: {rejected(told):.1%} told to be wrong;", *describe(told), flush=True)
        print(*(f"  {line}" for line in survivors), sep="\n", end="\n" if survivors else "", flush=True)
    print(f"all: {rejected(all_told):.1%} of the changed references told to be wrong;", *describe(all_told))
    return complaints


def changes(source: bytes) -> Iterator[tuple[Change, str]]:
    """The small changes of a reference, and the code with each of them."""
    for line, choices in sorted(possible(source).items()):
        if FREE not in source.decode().splitlines()[line - 1]:
            for choice in choices:
                change = written("", source, choice)
                yield change, applied(change, source).decode()


def rejected(told: Counter[str]) -> float:
    """The share of changes that are told to be wrong, or have no end."""
    count = told.total() - told["the same answer"]
    return 1 - told["right"] / max(1, count)


def describe(told: Counter[str]) -> list[str]:
    """How many changes met which end."""
    return [f"{count} {status}" for status, count in sorted(told.items())]


def worked_copies(found: dict[str, Exercise]) -> list[str]:
    """Complaints about copies: two builds, students' notebooks in kernels, instructors' under nbval."""
    complaints = []
    with tempfile.TemporaryDirectory() as place:
        first, second = Path(place) / "first", Path(place) / "second"
        print(copies.build_course(first), copies.build_course(second), flush=True)
        if subprocess.run(["diff", "-r", first, second], check=False).returncode:
            complaints.append("two builds differ")
        for path in sorted(exercises_folder().glob("*.ipynb")):
            own = {name: one for name, one in found.items() if name.startswith(path.name[:2])}
            cases: dict[str, list[dict[str, str]]] = {
                "not attempted yet": [{}],
                "right": [{name: one.parts["solution"] for name, one in own.items()}],
                "wrong": [{name: one.wrong[k][1] for name, one in own.items()} for k in (0, -1)],
            }
            for status, pasted in cases.items():
                for k, answers in zip((0, -1), pasted, strict=False):
                    copy = copies.with_answers(copies.read(first / "student" / "exercises" / path.name), answers)
                    said = worked_through(copy, first / "student" / "exercises")
                    count = sum(f" {status}" in text for text in said.values())
                    print(f"exercises/{path.name}: {count} {status}", flush=True)
                    for name, one in own.items():
                        text, reason = said.get(name, "nothing"), one.wrong[k][0] if status == "wrong" else ""
                        if not text.startswith(f"{name} {status}") or reason not in text:
                            complaints.append(f"{name} in a kernel: {text}; expected: {status}")
        for path in sorted((first / "student").glob("*.ipynb")):
            try:
                worked_through(copies.read(path), path.parent)
                print(f"student/{path.name} runs to the end", flush=True)
            except Exception as error:
                complaints.append(f"student/{path.name}: {error}")
        options = ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", "sanitize.cfg", "-q"]
        options += ["-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", "-n", os.environ.get("JOBS", "2"), "--dist", "loadscope", *options]
        if subprocess.run([*command, "."], cwd=first / "instructor", check=False).returncode:
            complaints.append("instructor/ does not pass nbval")
    print(f"copies: {len(complaints)} complaints")
    return complaints


PARTS = {"answers": all_answers, "changes": changed_references, "copies": worked_copies}


def main() -> int:
    """Do the parts; exit code 1 with a line for each complaint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="answers, changes, copies (default: all)")
    parser.add_argument("--only", default="", help="exercises whose numbers begin so")
    options = parser.parse_args()
    found = {name: one for name, one in exercises().items() if name.startswith(options.only)}
    complaints = [line for name, part in PARTS.items() if name in (options.parts or PARTS) for line in part(found)]
    print(*complaints, sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(run_program("exercises", main))
