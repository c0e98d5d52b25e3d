"""What ``cmo-kit course class``, ``grade`` and ``tournament`` do; each returns its exit code."""

import argparse
import os

from cmo_kit.base.folder import make_folder
from cmo_kit.base.output import check_place, say, tell
from cmo_kit.base.signals import INTERRUPTED, signals_interrupt
from cmo_kit.cli.options import layout_of, workers_of


def make_class(options: argparse.Namespace) -> int:
    """Make the problems of a class that are missing, and say where everything is."""
    from cmo_kit.course.classroom.build import build_class
    from cmo_kit.course.classroom.terms import read_roster

    notes: list[str] = []
    students = read_roster(options.roster, layout_of(options), notes.append)
    for sentence in notes:
        tell(f"note: {options.roster}: {sentence}")
    given = {name: getattr(options, name) for name in ("band", "hidden", "evaluations", "seconds")}
    changes = {name: value for name, value in given.items() if value is not None}
    try:
        with signals_interrupt():
            built = build_class(students, options.key, options.out, workers_of(options), **changes)
    except KeyboardInterrupt:
        tell("stopped; the problems that are proved are kept, and the same command goes on from here")
        return INTERRUPTED
    for student in built.gone:
        tell(f"note: {student} is not on the roster any more; the folders are kept")
    handout, own = (os.path.join(options.out, name) for name in ("handout", "instructor"))
    say(f"{options.out}: {len(students)} students, {built.new} problems new, {built.kept} kept, every optimum proved")
    say(f"hand out {handout}; keep {own} and {options.key} to yourself")
    return 0


def grade_class(options: argparse.Namespace) -> int:
    """Grade submissions, and say what kept submitted code in and what did not."""
    from cmo_kit.course.classroom import grade, gradebook
    from cmo_kit.course.classroom.walls import HOLDS, NOTHING_PROTECTS

    check_place(options.out)
    with signals_interrupt():
        graded = grade.grade_class(options.submissions, options.folder, workers_of(options), options.isolation)
    paths = gradebook.save_grades(graded, options.out, options.title)
    for sentence in graded.notes:
        tell(f"note: {sentence}")
    points = [one.points(graded.terms) for one in graded.grades]
    most = sum(graded.terms.points.values())
    say(f"{len(points)} students graded, {sum(points) / max(1, len(points)):.1f} of {most:g} points on average")
    say(", ".join(str(path) for path in paths))
    say(f"{HOLDS[graded.walls]} {NOTHING_PROTECTS}")
    return 0


def hold_tournament(options: argparse.Namespace) -> int:
    """Hold a tournament, write its board, and print the standings."""
    from cmo_kit.base.text import number, text_table
    from cmo_kit.course.classroom import board, tournament
    from cmo_kit.course.classroom.walls import HOLDS, NOTHING_PROTECTS

    check_place(str(make_folder(options.out) / "index.html"))
    with signals_interrupt():
        held = tournament.hold_tournament(options.bots, options.folder, workers_of(options), options.isolation)
    paths = board.save_board(held, options.out, options.title)
    for name, why in held.refused.items():
        tell(f"note: the problem by {name} is not accepted: {why}")
    for bot in held.bots:
        if bot.trouble:
            tell(f"note: {bot.name}: {bot.trouble}")
    lines = [
        (bot.name, str(bot.place), number(float(bot.mean(held.optima)), 4), str(bot.effort(held.hidden)))
        for bot in held.bots
    ]
    say(text_table(("bot", "place", "mean score", "evaluations"), lines))
    say(", ".join(str(path) for path in paths))
    say(f"{HOLDS[held.walls]} {NOTHING_PROTECTS}")
    return 0
