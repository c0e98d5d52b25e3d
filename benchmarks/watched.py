"""One run of a method in a process of its own, whose time and memory are measured and limited.

A solver that needs more memory than there is takes others down with it, and a model that is never built has no limit
of its own. The process, with all that it starts, is looked at twenty times a second and killed past either limit.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pyjobshop_model import pyjobshop
from benchmarks.runner import Record
from cmo_kit.base.jsonfile import read_json, write_json
from cmo_kit.base.process import OVER_MEMORY, OVERTIME, last_line, run_process
from cmo_kit.base.values import plain
from cmo_kit.check import check_schedule
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.methods.registry import solve

INSTANCE, REQUEST, ANSWER, ERRORS = "instance.json", "request.json", "answer.json", "errors.txt"
SEED = 1


def run_watched(
    instance: Instance, method: str, seconds: float, limit: float, memory: float, **parameters: Any
) -> Record:
    """Run a method, or ``pyjobshop``, and check its schedule.

    Parameters
    ----------
    instance : Instance
    method : str
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
    dict
        ``total_tardiness``, or None and the ``reason``; ``seconds`` are the method's where it ended by itself,
        otherwise those of the process; ``peak_bytes`` is the greatest resident memory seen.
    """
    with tempfile.TemporaryDirectory(prefix="cmo-kit-") as name:
        folder = Path(name)
        instance.save(folder / INSTANCE)
        write_json(folder / REQUEST, {"method": method, "seconds": seconds, "parameters": parameters})
        ending = run_process(perform, (name,), folder / ERRORS, limit=limit, memory=memory)
        killed = {OVER_MEMORY: f"it took over {memory / 2**30:g} GiB", OVERTIME: f"it ran past {limit:g} s"}
        reason = killed.get(ending.killed, "")
        if not reason and ending.code != 0:
            reason = last_line(folder / ERRORS) or f"its process ended with code {ending.code}"
        answer: Record = {"schedule": None, "seconds": ending.seconds} if reason else read_json(folder / ANSWER)
    total = None
    if answer["schedule"] is not None:
        schedule = Schedule.from_dict(answer["schedule"], instance)
        if wrong := check_schedule(instance, schedule):
            reason = f"its schedule is wrong: {wrong[0].message}"
        else:
            total = plain(schedule.total_tardiness)
    elif not reason:
        reason = f"it ended with none ({answer['status']})"
    return {
        "total_tardiness": total,
        "reason": reason,
        "seconds": answer["seconds"],
        "peak_bytes": ending.peak_bytes,
    }


def perform(place: str) -> None:
    """The process's own part: do what the request asks for and leave the answer."""
    folder = Path(place)
    request, instance = read_json(folder / REQUEST), Instance.load(folder / INSTANCE)
    method, seconds, parameters = request["method"], request["seconds"], request["parameters"]
    began = time.perf_counter()
    if method == "pyjobshop":
        found: Any = pyjobshop(instance, np.random.default_rng(SEED), seconds=seconds, **parameters)
    else:
        found = solve(instance, method, SEED, seconds, **parameters)
    elapsed = getattr(found, "seconds", time.perf_counter() - began)
    document = None if found.schedule is None else found.schedule.to_dict()
    write_json(folder / ANSWER, {"status": found.status, "seconds": elapsed, "schedule": document})
