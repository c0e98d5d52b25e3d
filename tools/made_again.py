"""Stored runs made again: ``python -m tools.made_again WHY SET ...`` keeps what is stale only in name.

Any change of the code below a set makes it stale, also one that refuses more, or mends what no stored problem meets;
hours of measuring would show nothing then. This makes a sample of the stored runs again, of those that no clock ends
(studies, the ideas of notebook 8b, models with a proof). Where every total is the stored one, it enters with each set
that is named how far it was held, how many runs that took, and why. Of some sets a clock ends all runs, and it measures
no times: whoever names a set says that the change can have touched nothing in it.
"""

import csv
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

from benchmarks.quality import MODELS, tightened
from benchmarks.runner import finished, installed, run_program
from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_json
from cmo_kit.base.output import Parser
from cmo_kit.base.progress import ProgressLine
from cmo_kit.core.instance import Instance
from cmo_kit.library import load_instance
from cmo_kit.methods.ideas import run_idea
from cmo_kit.methods.registry import solve
from cmo_kit.study.plan.plan_file import make_plan
from cmo_kit.study.results.ideas import read_runs
from tools import stale
from tools.stale import DATA, ROOT

#: Studies with runs that no clock ends, and how many runs of each are made again.
STUDIES, RUNS = ("table3", "operators", "table4"), 8
PROBLEMS = 3  # of five orders, for every model that is installed
Entry = TypeVar("Entry")


class Stored(NamedTuple):
    """A stored run: its name, what makes it again and gives total tardiness, and the total that is stored."""

    name: str
    again: Callable[[], float | None]
    total: float


def spread(entries: Sequence[Entry], count: int) -> Sequence[Entry]:
    """At most ``count`` of the entries, from the first on at equal distances."""
    return entries[:: max(1, -(-len(entries) // count))]


def total_of(instance: Instance, method: str, seed: int, parameters: Mapping[str, Any], seconds: float | None = None,
             evaluations: int | None = None) -> float | None:  # fmt: skip
    """Total tardiness of a run."""
    return solve(instance, method, seed, seconds, evaluations, **parameters).total_tardiness


def of_study(name: str) -> Iterator[Stored]:
    """Runs of a study, from its plan and its table."""
    with (DATA / name / "table.csv").open(encoding="utf-8", newline="") as table:
        totals = {row["hash"]: row["total_tardiness"] for row in csv.DictReader(table)}
    plan = make_plan(tomllib.loads((ROOT / f"notebooks/studies/{name}.toml").read_text(encoding="utf-8")), ROOT)
    for task in spread([task for task in plan.tasks if task.seconds is None], RUNS):
        again = partial(total_of, load_instance(task.instance), task.method, task.seed, task.parameters,
                        evaluations=task.evaluations)  # fmt: skip
        yield Stored(f"{name}, {task.method} on {task.instance}", again, float(totals[task.hash]))


def of_ideas() -> Iterator[Stored]:
    """The first seed of every idea on every problem, on equal evaluations."""

    def again(idea: str, problem: str, evaluations: int) -> float:
        instance = load_instance(problem)
        return finished(instance, run_idea(idea, instance, 1, evaluations=evaluations)).total_tardiness

    for row in read_runs(DATA / "beyond/runs.csv"):
        if (row["budget"], row["seed"]) == ("evaluations", 1):
            idea, problem = row["idea"], row["instance"]
            name = f"beyond, {idea} on {problem}"
            yield Stored(name, partial(again, idea, problem, int(row["limit"])), row["total_tardiness"])


def of_models() -> Iterator[Stored]:
    """Models that end with a proof; [P] takes minutes."""
    document = read_json(DATA / "beyond/models-5-orders.json")
    for problem in document["problems"][:PROBLEMS]:
        instance, _ = tightened(problem["seed"], document["orders"])
        for name, run in problem["runs"].items():
            module, method, parameters = MODELS[name]
            if method != "milp" and run["status"] == "optimal" and installed(module):
                again = partial(total_of, instance, method, problem["seed"], parameters, document["limit_seconds"])
                yield Stored(f"{instance.name}, {name}", again, run["total_tardiness"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the sample again and enter that it came out alike; 2 where a run did not."""
    parser = Parser(prog="python -m tools.made_again", description=__doc__)
    parser.add_argument("why", help="one sentence: what changed, and why no stored result and no time can")
    stored = tuple(read_json(stale.MADE))
    parser.add_argument("sets", nargs="+", choices=stored, metavar="SET", help=f"what is held: {', '.join(stored)}")
    options = parser.parse_args(arguments)

    def work() -> None:
        count = 0
        with ProgressLine("made again") as line:
            for part in (*map(of_study, STUDIES), of_ideas(), of_models()):
                for stored in part:
                    line.say(stored.name)
                    if (total := stored.again()) != stored.total:
                        raise InputError(f"{stored.name}: total tardiness is {total}; {stored.total:g} is stored")
                    count += 1
        for name in stale.keep(options.sets, options.why, count):
            print(f"{name}: {count} stored runs came out alike")

    return run_program("made_again", work)


if __name__ == "__main__":
    sys.exit(main())
