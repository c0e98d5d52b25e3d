"""What the commands of ``cmo-kit course`` do beside making copies; each returns its exit code."""

import argparse

import numpy as np

from cmo_kit.base.jsonfile import write_json
from cmo_kit.base.output import check_place
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
        print(f"{number}. {question.text}")
    return 0
