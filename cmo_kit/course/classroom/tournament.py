"""``cmo-kit course tournament``: methods of a class on hidden problems with equal evaluations, and submitted problems.

Score of a bot on a problem: proved optimum over total tardiness. Standings: the mean score over the hidden problems; of
equal means the one with fewer evaluations until its last improvements, all hidden problems together; who is equal in
both shares a place and stands by name. Submitted problems do not count, so nobody gains by a problem of one's own.
"""

import math
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import make_folder, refuse_links, temporary_folder
from cmo_kit.base.process import OVERTIME, last_line, run_process
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.values import check_integer, shown
from cmo_kit.core.instance import Instance
from cmo_kit.course.classroom.build import hidden_problems
from cmo_kit.course.classroom.jobs import in_parallel
from cmo_kit.course.classroom.problem import LOADED, PROOF_SECONDS, Problem, load_problem, measured, save_problem
from cmo_kit.course.classroom.referee import Played, play_all, troubles
from cmo_kit.course.classroom.terms import Terms, student_home
from cmo_kit.course.classroom.walls import build_walls

#: Of a submitted problem: beyond that its optimum is hardly ever proved in time.
MOST_ORDERS, MOST_BATCHES, MOST_SITES = 20, 80, 5
MOST_NAME = 60


@dataclass(frozen=True)
class Bot:
    """A method's name, its runs, one a problem in the sequence of :class:`Board`, and its place in the standings."""

    name: str
    runs: tuple[Played, ...]
    place: int = 0

    def mean(self, optima: Sequence[float]) -> Fraction:
        """The exact mean score over the first problems, those with these optima."""
        scores = [
            Fraction(0) if run.trouble else Fraction(optimum) / Fraction(run.total)
            for optimum, run in zip(optima, self.runs, strict=False)
        ]
        return sum(scores, Fraction(0)) / len(scores)

    def effort(self, count: int) -> int:
        """Evaluations until the last improvement, over the first ``count`` problems."""
        return sum(run.history[-1][0] for run in self.runs[:count] if run.history and not run.trouble)

    @property
    def trouble(self) -> str:
        """What was wrong with its runs."""
        return "; ".join(troubles(self.runs))


@dataclass(frozen=True)
class Board:
    """What a tournament gave: problems, the hidden ones first, bots in their places, and what was not accepted."""

    problems: tuple[Problem, ...]
    hidden: int
    bots: tuple[Bot, ...]
    refused: Mapping[str, str]
    terms: Terms
    walls: str

    @property
    def optima(self) -> list[float]:
        """Of the hidden problems."""
        return [problem.optimum for problem in self.problems[: self.hidden]]


def hold_tournament(
    bots: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    workers: int = 2,
    isolation: str | None = None,
) -> Board:
    """Run every bot on every problem.

    Parameters
    ----------
    bots : path
        A folder with ``NAME.py`` or ``NAME/method.py`` for each bot, and with ``NAME.json`` or ``NAME/instance.json``
        for each problem that somebody submits; what the class handed out to a student is none.
    folder : path
        The class.
    workers, isolation : optional
        As for :func:`~cmo_kit.course.classroom.grade.grade_class`.

    Raises
    ------
    InputError
        When a folder cannot be used, or has no bot; never for what a bot does.
    """
    check_integer(workers, "--workers", 1, 1000)
    place, here, terms = Path(folder), Path(bots), Terms.load(folder)
    if not here.is_dir():
        raise InputError(f"{here}: it must be a folder with a file for each method")
    methods, instances = _found(here, ".py", "method.py"), _found(here, ".json", "instance.json")
    if not methods:
        raise InputError(f"{here}: it has no method, NAME.py or NAME/method.py")
    hidden = hidden_problems(place, terms)
    own = tuple(load_problem(place / student_home(student)).instance.digest for student in terms.students)
    with temporary_folder() as home, ProgressLine("tournament") as line:
        walls = build_walls(home / "walls", isolation, [here.resolve(), place.resolve()])
        submitted, refused = _proved(instances, own, here, home / "problems", workers, line)
        problems = (*hidden, *submitted)
        played = dict[str, list[Played]]()

        def job(name: str, stop: threading.Event) -> list[Played]:
            every = [problem.instance for problem in problems]
            if trouble := _not_of_its_own(methods[name], here):
                return [Played(math.inf, 0, (), trouble)] * len(every)
            return play_all(methods[name], every, terms, walls, home / "work", stop)

        def done(name: str, runs: list[Played]) -> None:
            played[name] = runs
            line.say(f"tournament: {len(played)} of {len(methods)} methods")

        jobs = {name: partial(job, name) for name in methods}
        in_parallel(jobs, workers if walls.kind == "bubblewrap" else 1, done)
    entered = [Bot(name, tuple(played[name])) for name in methods]
    standing = placed(entered, [problem.optimum for problem in hidden])
    return Board(problems, len(hidden), standing, refused, terms, walls.kind)


def placed(bots: Sequence[Bot], optima: Sequence[float]) -> tuple[Bot, ...]:
    """Bots in their places: by mean score, by evaluations, and by name within a shared place."""
    keys = {bot.name: (-bot.mean(optima), bot.effort(len(optima))) for bot in bots}
    ranks = sorted(keys.values())
    standing = sorted(bots, key=lambda bot: (keys[bot.name], bot.name))
    return tuple(replace(bot, place=1 + ranks.index(keys[bot.name])) for bot in standing)


def _found(here: Path, ending: str, inside: str) -> dict[str, Path]:
    """Files by the names of those who sent them, whatever they are."""
    found = dict[str, Path]()
    for own in sorted(here.iterdir()):
        path, name = (own / inside, own.name) if own.is_dir() else (own, own.stem)
        if path.suffix != ending or not os.path.lexists(path):
            continue
        if name in found:
            raise InputError(f"{here}: there are two files {inside} of {shown(name)}; one must go")
        if len(name) > MOST_NAME or not name.isprintable():
            raise InputError(f"{here}: the name {shown(name)} must be printable and have at most {MOST_NAME} letters")
        found[name] = path
    return dict(sorted(found.items()))


def _not_of_its_own(path: Path, here: Path) -> str:
    """Why nothing is read of whoever sent a file: a link may lead to the class, or to somebody else's work."""
    own = here / path.relative_to(here).parts[0]
    try:
        if own.is_symlink() or not (own.is_file() or own.is_dir()):
            raise InputError(f"{own.name}: it is a link or no file at all; what is sent must be a file or a folder")
        refuse_links(own)
    except InputError as error:
        return f"nothing is read: {str(error).removeprefix(os.path.join(os.path.realpath(here), ''))}"
    return ""


def _proved(
    files: Mapping[str, Path], own: tuple[str, ...], here: Path, home: Path, workers: int, line: ProgressLine
) -> tuple[list[Problem], dict[str, str]]:
    """The submitted problems whose optimum is proved, and a sentence for each of the others."""
    said = dict[str, str]()

    def job(name: str, stop: threading.Event) -> str:
        if trouble := _not_of_its_own(files[name], here):
            return trouble
        folder = make_folder(home / name).resolve()
        arguments = (name, str(files[name].resolve()), str(folder / "problem"), own)
        log, limit = folder / "log", 3 * PROOF_SECONDS
        ending = run_process(judge_instance, arguments, log, limit=limit, stop=stop, preparation=LOADED)
        if ending.killed == OVERTIME:
            return "its proof did not come to an end"
        return "" if ending.code == 0 else last_line(log).removeprefix(f"{arguments[1]}: ") or "it cannot be read"

    def done(name: str, trouble: str) -> None:
        said[name] = trouble
        line.say(f"tournament: {len(said)} of {len(files)} submitted problems judged")

    in_parallel({name: partial(job, name) for name in files}, workers, done)
    places = (home / name / "problem" for name in files if not said[name])
    proved = [load_problem(place) for place in places if place.exists()]
    return proved, {name: said[name] for name in files if said[name]}


def judge_instance(name: str, path: str, folder: str, own: tuple[str, ...]) -> None:
    """Prove the optimum of a submitted instance, and write the problem; nothing for one with a digest of ``own``.

    Raises InputError for one that will not do.
    """
    instance = Instance.load(path)
    if instance.digest in own:  # it lies in the folder that a student works in, and is submitted along with it
        return
    for what, count, most in (
        ("orders", len(instance.orders), MOST_ORDERS),
        ("batches", instance.total_batches, MOST_BATCHES),
        ("Sites", instance.sites, MOST_SITES),
    ):
        if count > most:
            raise InputError(f"it has {count} {what}; a submitted problem may have at most {most}")
    problem = measured(Instance.from_dict({**instance.to_dict(), "name": f"by {name}"}))
    if problem is None:
        raise InputError(f"its optimum is 0, or is not proved within {PROOF_SECONDS:g} s")
    save_problem(problem, Path(folder))
