"""What the commands of ``cmo-kit course`` do beside making copies; each returns its exit code."""

import argparse
from pathlib import Path

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import write_bytes, write_json
from cmo_kit.base.output import check_place, say
from cmo_kit.base.values import check_integer
from cmo_kit.core.schedule import Schedule
from cmo_kit.library import load_instance


def print_questions(options: argparse.Namespace) -> int:
    """Print questions about a schedule; their answers go to a file of their own."""
    from cmo_kit.course.run_questions import questions_about

    check_integer(options.seed, "--seed", 0)
    check_integer(options.count, "--count", 1)
    check_place(options.answers)
    schedule = Schedule.load(options.schedule, load_instance(options.instance))
    asked = questions_about(schedule, np.random.default_rng(options.seed), options.count)
    if options.answers:
        answers = [{"name": q.name, "text": q.text, "answer": q.answer, "wrong": dict(q.wrong)} for q in asked]
        write_json(options.answers, {"instance": schedule.instance.name, "seed": options.seed, "questions": answers})
    for number, question in enumerate(asked, start=1):
        say(f"{number}. {question.text}")
    return 0


def plant_errors(options: argparse.Namespace) -> int:
    """Write a notebook with planted errors, and their key into another folder."""
    from cmo_kit.course.copies import written
    from cmo_kit.course.pack.planted import key_document, plant

    check_integer(options.seed, "--seed", 0)
    check_place(options.out)
    check_place(options.key)
    if Path(options.key).resolve().parent == Path(options.out).resolve().parent:
        raise InputError(f"--key is {options.key}; it must be in another folder than the notebook, which students get")
    notebook, key = plant(options.chapter, np.random.default_rng(options.seed))
    write_bytes(options.out, written(notebook))
    write_json(options.key, key_document(options.chapter, key))
    say(f"{options.out}: {len(key)} errors planted; {options.key} says where")
    return 0


def build_instructors_pack(options: argparse.Namespace) -> int:
    """Make the pack and say how many files it has."""
    from cmo_kit.course.pack.build import build_pack

    check_integer(options.seed, "--seed", 0)
    say(f"{options.out}: {build_pack(options.out, options.seed)} files; begin with guide.html")
    return 0


def draw_predictions(options: argparse.Namespace) -> int:
    """Draw what a class predicted, and say it in words."""
    from cmo_kit.course.pack.predicted import class_predictions
    from cmo_kit.views.predictions import alt_text_predictions, plot_predictions
    from cmo_kit.views.style import figure_of, save_figure

    check_place(options.out)
    answers = class_predictions(options.folder, options.chapter)
    save_figure(figure_of(plot_predictions(answers)), options.out)
    say(alt_text_predictions(answers))
    return 0
