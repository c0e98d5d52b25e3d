"""One run of a method in a process of its own, whose time and memory are measured and limited.

A solver that needs more memory than there is takes others down with it, and a model that is never built has no limit
of its own. The process, with all that it starts, is looked at twenty times a second and killed past either limit.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.pyjobshop_model import pyjobshop
from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_json, write_json
from cmo_kit.base.process import OVER_MEMORY, OVERTIME, last_line, run_process
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.methods.registry import solve

INSTANCE, REQUEST, ANSWER, ERRORS = "instance.json", "request.json", "answer.json", "errors.txt"


class Watched(NamedTuple):
    """How a run ended: its schedule or the reason why there is none, and what it took."""

    schedule: Schedule | None
    reason: str
    seconds: float
    peak_bytes: int


def run_watched(
    instance: Instance, method: str, seed: int, seconds: float, limit: float, memory: float, **parameters: Any
) -> Watched:
    """Run a method, or ``pyjobshop``, and check its schedule.

    Parameters
    ----------
    instance : Instance
    method : str
    seed : int
    seconds : float
        What the method itself is given.
    limit : float
        Seconds of wall clock after which the process is killed, loading and building included.
    memory : float
        Bytes, of the process and all that it has started, above which it is killed.
    **parameters
        The method's own.

    Returns
    -------
    Watched
        ``seconds`` are the method's where it ended by itself, otherwise those of the process; ``peak_bytes`` is the
        greatest resident memory seen.
    """
    request = {"method": method, "seed": seed, "seconds": seconds, "parameters": parameters}
    with tempfile.TemporaryDirectory(prefix="cmo-kit-") as name:
        folder = Path(name)
        instance.save(folder / INSTANCE)
        write_json(folder / REQUEST, request)
        ending = run_process(perform, (name,), folder / ERRORS, limit=limit, memory=memory)
        reason = {OVER_MEMORY: f"it took over {memory / 2**30:g} GiB", OVERTIME: f"it ran past {limit:g} s"}.get(
            ending.killed, ""
        )
        if not reason and ending.code != 0:
            reason = last_line(folder / ERRORS) or f"its process ended with code {ending.code}"
        if reason:
            return Watched(None, reason, ending.seconds, ending.peak_bytes)
        answer = read_json(folder / ANSWER)
    if answer["schedule"] is None:
        return Watched(None, f"it ended with none ({answer['status']})", answer["seconds"], ending.peak_bytes)
    schedule = Schedule.from_dict(answer["schedule"], instance)
    wrong = check_schedule(instance, schedule)
    if wrong:
        return Watched(None, f"its schedule is wrong: {wrong[0].message}", answer["seconds"], ending.peak_bytes)
    return Watched(schedule, "", answer["seconds"], ending.peak_bytes)


def perform(place: str) -> int:
    """The process's own part: do what the request asks for and leave the answer; returns the exit code."""
    folder = Path(place)
    request, instance = read_json(folder / REQUEST), Instance.load(folder / INSTANCE)
    seed, seconds = request["seed"], request["seconds"]
    began = time.perf_counter()
    try:
        if request["method"] == "pyjobshop":
            outcome = pyjobshop(instance, np.random.default_rng(seed), seconds=seconds, **request["parameters"])
            schedule, status, elapsed = outcome.schedule, outcome.status, time.perf_counter() - began
        else:
            result = solve(instance, request["method"], seed, seconds, **request["parameters"])
            schedule, status, elapsed = result.schedule, result.status, result.seconds
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    document = None if schedule is None else schedule.to_dict()
    write_json(folder / ANSWER, {"status": status, "seconds": elapsed, "schedule": document})
    return 0
