"""A problem of a class: drawn from the key, as hard as those of the others, its optimum proved.

Difficulty is the gap of the paper's genetic algorithm to the proved optimum: the mean over three seeds of
``(total tardiness - optimum) / total tardiness``. Candidates are drawn until the gap lies in the class's band.
"""

import gzip
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError, about
from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import read_json, write_bytes, write_json
from cmo_kit.base.process import PINNED, Preparation
from cmo_kit.base.values import check_integer, check_keys, check_list, check_number, check_text
from cmo_kit.check import check_schedule
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.course.classroom.key import derived
from cmo_kit.course.quiz import Question
from cmo_kit.course.run_questions import questions_about
from cmo_kit.methods.registry import solve

#: Small enough to be proved optimal in seconds, large enough to be missed by the genetic algorithm; an optimum above 0.
SHAPE: Mapping[str, Any] = {"orders": 12, "sites": 2, "due_date": (15, 100)}
SEEDS = (1, 2, 3)
SEARCH_EVALUATIONS = 200_000
#: A proof takes some seconds. What is not proved by then is left out, and another candidate is drawn; so much time that
#: a machine with other work still takes the same candidates.
PROOF_SECONDS = 300.0
#: About one candidate in four fits the usual band. Beyond so many the band is one that hardly any problem has.
MOST_CANDIDATES = 300
QUESTIONS = 5
FACTS = ("optimum", "gap", "ga", "candidate")
#: For processes that draw or prove problems.
LOADED = Preparation(PINNED, f"{__name__}:load_methods")


@dataclass(frozen=True)
class Problem:
    """An instance, its proved optimum, and what was measured on the way there.

    ``schedule`` has the optimum as its total tardiness, ``run`` is that of the genetic algorithm with seed 1; ``ga``
    holds the algorithm's total tardiness for :data:`SEEDS`, ``gap`` the mean gap, ``candidate`` which of those drawn
    it is, from 0. ``questions`` are about ``run``.
    """

    instance: Instance
    schedule: Schedule
    run: Schedule
    certificate: Mapping[str, Any]
    gap: float
    ga: tuple[float, ...]
    candidate: int
    questions: tuple[Question, ...] = ()

    @property
    def optimum(self) -> float:
        """The least total tardiness."""
        return self.schedule.total_tardiness


def draw(key: bytes, owner: tuple[str, str], name: str, band: tuple[float, float]) -> Problem:
    """The problem that follows from ``key`` for its ``owner``, such as ``("student", "2024-17")``.

    Raises
    ------
    InputError
        When none of the candidates fits the band.
    """
    for candidate in range(MOST_CANDIDATES):
        instance = generate_instance("small", derived(key, *owner, candidate), name=name, **SHAPE)
        found = measured(instance, candidate, band)
        if found is not None:
            rng = np.random.default_rng(derived(key, *owner, "questions"))
            return replace(found, questions=tuple(questions_about(found.run, rng, QUESTIONS)))
    low, high = band
    raise InputError(f"none of {MOST_CANDIDATES} candidates has a gap from {low:g} to {high:g}; choose a wider band")


def measured(instance: Instance, candidate: int = 0, band: tuple[float, float] = (0.0, 1.0)) -> Problem | None:
    """The instance with its optimum proved; None where that is 0, is not proved, or the gap is outside ``band``."""
    from cmo_kit.bounds import lower_bound, verify

    best = solve(instance, "search", evaluations=SEARCH_EVALUATIONS, workers=1).schedule
    assert best is not None
    if best.total_tardiness == 0:
        return None
    runs = [solve(instance, "ga", seed).schedule for seed in SEEDS]
    totals = tuple(run.total_tardiness for run in runs if run is not None)
    gap = sum((total - best.total_tardiness) / total for total in totals) / len(totals)
    if not band[0] <= gap <= band[1]:
        return None
    bound = lower_bound(instance, PROOF_SECONDS, best.total_tardiness)
    if bound.lower_bound < best.total_tardiness:
        return None
    proved = verify(instance, json.loads(json.dumps(bound.certificate))).lower_bound  # as somebody else would read it
    if proved != best.total_tardiness or check_schedule(instance, best):
        raise InputError(f"{instance.name}: the verifier proves {proved:.10g}, not {best.total_tardiness:.10g}")
    assert runs[0] is not None
    return Problem(instance, best, runs[0], bound.certificate, gap, totals, candidate)


def save_problem(problem: Problem, folder: Path) -> None:
    """Write a problem's files; ``problem.json``, the last one, says that all are there."""
    make_folder(folder)
    problem.instance.save(folder / "instance.json")
    problem.schedule.save(folder / "optimum.json")
    problem.run.save(folder / "run.json")
    packed = gzip.compress(json.dumps(problem.certificate, separators=(",", ":")).encode(), mtime=0)
    write_bytes(folder / "certificate.json.gz", packed)
    write_json(folder / "questions.json", [asdict(question) for question in problem.questions])
    facts = problem.optimum, problem.gap, list(problem.ga), problem.candidate
    write_json(folder / "problem.json", dict(zip(FACTS, facts, strict=True)))


def load_problem(folder: str | os.PathLike[str]) -> Problem:
    """Read a problem again, without its certificate.

    Raises
    ------
    InputError
        When a file is missing or not what it should be.
    """
    place = Path(folder)
    with about(place / "problem.json"):
        facts = check_keys(read_json(place / "problem.json"), "the problem", FACTS)
        gap, optimum = check_number(facts["gap"], "gap"), check_number(facts["optimum"], "optimum")
        totals = tuple(check_number(total, "ga") for total in check_list(facts["ga"], "ga"))
        candidate = check_integer(facts["candidate"], "candidate", 0)
    instance = Instance.load(place / "instance.json")
    schedule, run = (Schedule.load(place / name, instance) for name in ("optimum.json", "run.json"))
    if schedule.total_tardiness != optimum:
        raise InputError(
            f"{place / 'problem.json'}: the optimum is {optimum:.10g}; its schedule has {schedule.total_tardiness:.10g}"
        )
    with about(place / "questions.json"):
        questions = tuple(map(_question, check_list(read_json(place / "questions.json"), "list")))
    return Problem(instance, schedule, run, {}, gap, totals, candidate, questions)


def _question(entry: Any) -> Question:
    """A question as :func:`save_problem` wrote it."""
    found = check_keys(entry, "a question", tuple(field.name for field in fields(Question)))
    name, text, answer = (check_text(found[key], key) for key in ("name", "text", "answer"))
    pairs = [check_list(pair, "wrong", 2, "an answer and why") for pair in check_list(found["wrong"], "wrong")]
    wrong = ((check_text(given, "wrong"), check_text(why, "wrong")) for given, why in pairs)
    return Question(name, text, answer, tuple(wrong))


def make_problem(key: str, owner: tuple[str, str], name: str, band: tuple[float, float], folder: str) -> None:
    """Draw a problem and write it, in a process of its own; the key stands in hexadecimal digits."""
    save_problem(draw(bytes.fromhex(key), owner, name, band), Path(folder))


def load_methods() -> None:
    """Load and compile what :func:`make_problem` needs, before processes are forked."""
    from cmo_kit.bounds.bound import warm_up

    warm_up()
    for method in ("search", "ga"):
        solve(generate_instance("small", 0, orders=2), method, evaluations=10)
