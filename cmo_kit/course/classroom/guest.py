"""Inside the walls: a submitted method runs on a budget whose evaluations are made and counted outside.

Nothing here is trusted: whoever calls other functions, or writes to the pipe, gets what the other end gives anybody.
"""

import json
import math
import os
import resource
import sys
import time
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.arrays import Keys
from cmo_kit.base.errors import InputError, raised
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.course.classroom.wire import ENDED, KEYS, MAXIMUM_BYTES, NOTHING, READY, RUNS, Wire
from cmo_kit.methods.budget import DEAF, Budget, BudgetSpent, Runaway, take_returned

MEMORY_BYTES = 2 * 1024**3
ABSENT = "graded runs have Python's standard library, numpy, and of the kit what describes problems and schedules"


class AskedBudget(Budget):
    """A budget that asks the other end of a wire for every evaluation; that end's count is the one that holds."""

    def __init__(self, instance: Instance, evaluations: int, wire: Wire) -> None:
        self._wire = wire
        super().__init__(instance, evaluations, evaluate=self._asked)

    def _asked(self, population: Keys) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
        count = MAXIMUM_BYTES // population[0].nbytes  # that a message holds
        pieces = (population[k : k + count].tobytes() for k in range(0, len(population), count))
        totals = np.concatenate([self._answer(KEYS, piece) for piece in pieces])
        return totals, np.arange(len(totals), dtype=np.uint64)

    def evaluate(self, schedule: Schedule) -> float:
        """Equation (1) of a schedule, asked for outside."""
        total = super().evaluate(schedule)
        runs = [[(str(order), int(batches)) for order, batches in site] for site in schedule.sites]  # or numpy's
        self._answer(RUNS, json.dumps(runs).encode())
        return total

    def _end_process(self) -> None:
        self._wire.send(ENDED, DEAF.encode())
        os._exit(0)

    def _answer(self, kind: bytes, content: bytes) -> NDArray[np.float64]:
        self._wire.send(kind, content)
        return np.frombuffer(self._wire.receive()[1], dtype=np.float64).copy()


def perform(order: dict[str, Any], wire: Wire) -> str:
    """Run the method of an order; what was wrong with it in one sentence, or nothing."""
    file = order["file"]
    budget = AskedBudget(Instance.from_dict(order["instance"]), order["evaluations"], wire)
    module = ModuleType("submission")
    sys.modules[module.__name__] = module
    what, trouble = file, ""
    try:
        exec(compile(order["source"], file, "exec"), vars(module))
        method = vars(module).get("method")
        if not callable(method):
            return f"{file} has no function method(budget, rng)"
        what = "method"
        trouble = take_returned(method(budget, np.random.default_rng(order["seed"])), budget, what)
    except (BudgetSpent, Runaway):
        pass
    except (ModuleNotFoundError, ImportError) as error:
        return f"{raised(what, error)}; {ABSENT}"
    except BaseException as error:  # whatever it is, a sentence says it
        return raised(what, error)
    if budget.refused > 1:
        return f"method went on when its budget was spent; {budget.refused - 1} more evaluations were refused"
    return "" if budget.spent else trouble or NOTHING  # what is returned costs nothing of what was evaluated


def limit(seconds: int) -> None:
    """Give up for good what a method does not need: other processes, writing, memory and time without end."""
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_AS, MEMORY_BYTES),
    ):
        resource.setrlimit(kind, (most, most))
    seconds += math.ceil(time.process_time())  # what loading took is not the method's
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def main() -> None:
    """Be the process of a run: the order comes from standard input, messages go to standard output."""
    wire = Wire(os.dup(0), os.dup(1))
    nothing = os.open(os.devnull, os.O_RDWR)
    wire.send(READY)
    order = json.loads(wire.receive()[1])
    limit(order["seconds"])
    for number in range(3):
        os.dup2(nothing, number)
    try:
        trouble = perform(order, wire)
    except InputError as error:
        trouble = str(error)
    wire.send(ENDED, trouble[:2000].encode("utf-8", "replace"))
    os._exit(0)  # nothing that the method left behind has a say in how it ends
