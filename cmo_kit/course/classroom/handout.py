"""What a student gets: the instance, a run, the task, a notebook and a method to begin with."""

from pathlib import Path
from typing import Any

from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import write_bytes, write_json, write_text
from cmo_kit.course.classroom.problem import Problem
from cmo_kit.course.classroom.terms import Student, Terms
from cmo_kit.course.copies import code_cell, text_cell, with_cells, written

METHOD = '''"""My method: change what stands below, and keep the name ``method``."""

import numpy as np

from cmo_kit import Budget


def method(budget: Budget, rng: np.random.Generator) -> None:
    """Draw random keys, a hundred chromosomes at a time, until the budget is spent."""
    while True:
        budget.total_tardiness(rng.random((100, budget.instance.key_count)))
'''
TASK = """# {name}: a problem of your own

Your instance, `instance.json`, is yours alone: {size}. Its optimum is proved, and your instructor knows it.
The paper's genetic algorithm misses it by {low:.0%} to {high:.0%} of the total tardiness that it reaches, on your
instance as on everybody else's. Begin with `notebook.ipynb`: it runs your method, and writes `schedule.json`.

## What to hand in

A folder `{folder}` with

| file | what it is | points |
|---|---|---:|
| `method.py` | your method, a function `method(budget, rng)` | {method:g} |
| `answers.json` | your answers to the questions below | {answers:g} |
| `schedule.json` | the best schedule of your instance that you have found | {schedule:g} |
| `certificate.json` | a proof of a lower bound (`cmo-kit bound --certificate`) | {certificate:g} |

What a file says of itself is not believed: everything is recomputed. What is missing has no points and harms nothing.
A schedule alone shows nothing, for the kit's `search` finds one in seconds; points are for what you have thought of.

## Your method

It is run on {hidden} problems that nobody has seen, as hard as yours, each with {evaluations:,} evaluations of its
budget. On each it scores *proved optimum / your total tardiness*, at most 1. The mean score earns

| mean score from | share of the points |
|---:|---:|
{thresholds}

A run has no points when the method raises an error, goes on after `BudgetSpent`, or needs more than {seconds:g} seconds
of processor time or 2 GB of memory. It runs alone: Python's standard library, numpy, and of the kit what describes
problems and schedules (`Instance`, `Schedule`, `decode`, `Budget`, `cmo_kit.core.expert`). The kit's solvers cannot be
imported, there is no network, no other process, and no file to read or write. Let chance come from `rng` only: the
same method is then graded the same way every time.

## Questions

`run.json` is a schedule of your instance: the genetic algorithm's with seed 1. Write each answer into `answers.json`,
as a number or a word. Where a question asks what becomes of the total tardiness, give the new total, not its change.

{questions}
"""


def write_handout(folder: Path, student: Student, problem: Problem, terms: Terms) -> None:
    """Write, or write again, what ``student`` gets; equal terms give equal bytes."""
    make_folder(folder)
    problem.instance.save(folder / "instance.json")
    problem.run.save(folder / "run.json")
    write_text(folder / "method.py", METHOD)
    answers = {question.name: None for question in problem.questions}
    write_json(folder / "answers.json", {"format": "cmo-answers/1", "answers": answers})
    write_text(folder / "task.md", task_sheet(student, problem, terms))
    write_bytes(folder / "notebook.ipynb", written(_notebook(student, terms)))


def task_sheet(student: Student, problem: Problem, terms: Terms) -> str:
    """The task in Markdown."""
    rows = "\n".join(f"| {score:g} | {share:.0%} |" for score, share in terms.thresholds)
    return TASK.format(
        name=student.name, folder=student.folder, size=problem.instance.size, low=terms.band[0], high=terms.band[1],
        hidden=terms.hidden, evaluations=terms.evaluations, seconds=terms.seconds, thresholds=rows,
        questions="\n".join(f"- **{one.name}**: {one.text}" for one in problem.questions), **terms.points,
    )  # fmt: skip


def _notebook(student: Student, terms: Terms) -> Any:
    """A notebook that loads the instance and runs the method on it."""
    cells = [
        (text_cell, f"# {student.name}: a problem of your own\n\n[The task](task.md) says what to hand in."),
        (code_cell, "from cmo_kit import check_schedule, load_instance, solve\n\n"
                    'instance = load_instance("instance.json")\ninstance'),
        (text_cell, "The paper's genetic algorithm, and your method with the evaluations that it will be given:"),
        (code_cell, 'solve(instance, "ga", seed=1)'),
        (code_cell, f'result = solve(instance, "method.py:method", seed=1, evaluations={terms.evaluations})\nresult'),
        (code_cell, 'assert check_schedule(instance, result.schedule) == []\nresult.schedule.save("schedule.json")'),
    ]  # fmt: skip
    return with_cells([cell(f"cell-{k}", source) for k, (cell, source) in enumerate(cells)])
