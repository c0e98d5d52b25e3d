"""Runs of submitted methods: started behind walls, their evaluations made and counted here, ended whatever they do."""

import contextlib
import ctypes
import json
import math
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil

from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import parse_json, read_json, read_text, write_json
from cmo_kit.base.process import OVERTIME, PINNED, Preparation, run_process
from cmo_kit.base.values import check_integer, check_list, check_text
from cmo_kit.check import check_schedule
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.course.classroom.jobs import told
from cmo_kit.course.classroom.terms import Terms
from cmo_kit.course.classroom.walls import Walls
from cmo_kit.course.classroom.wire import ENDED, KEYS, LOOK_SECONDS, NOTHING, ORDER, READY, RUNS, TOTALS, Wire
from cmo_kit.methods.budget import Budget, BudgetSpent, Runaway

#: Every method is run with this seed.
SEED = 1
#: Of a method's file.
MAXIMUM_BYTES = 1024 * 1024
#: After so many runs of a method that ended in the same trouble the others are taken to end in it too.
MOST_FAILURES = 2
#: By the clock a run may take so many times its processor time, and so many seconds more: others are at work as well.
CLOCK_FACTOR, CLOCK_SECONDS = 5, 30
#: And what the run may take besides, for compiling on a first use and for its end.
LOAD_SECONDS = 300.0
#: How long the end of a process is waited for, when it has been killed.
END_SECONDS = 20.0
#: Linux: what is orphaned below this process becomes its child, and can be found.
PR_SET_CHILD_SUBREAPER = 36


class Order(NamedTuple):
    """What is run: the source of a method and the name of its file, on an instance, with its limits and a seed."""

    source: str
    file: str
    instance: Mapping[str, Any]
    evaluations: int
    seconds: int
    seed: int


class Played(NamedTuple):
    """What became of a run: ``trouble`` is a sentence where it counts for nothing.

    ``history`` holds (evaluations, total tardiness) at every improvement; ``total`` is infinite without a schedule.
    """

    total: float
    evaluations: int
    history: tuple[tuple[int, float], ...]
    trouble: str

    def score(self, optimum: float) -> float:
        """The proved optimum, above 0, over what was reached; 0 without a schedule."""
        return optimum / self.total


class Foul(Exception):  # noqa: N818
    """Why a run was ended."""


def play_all(
    method: Path, instances: Sequence[Instance], terms: Terms, walls: Walls, work: Path,
    stop: threading.Event | None = None,
) -> list[Played]:  # fmt: skip
    """Run the method of a file on every instance, one after the other."""
    runs = list[Played]()
    try:
        source = read_text(method, MAXIMUM_BYTES)
    except InputError as error:
        said = str(error).replace(str(method), method.name)
        return [Played(math.inf, 0, (), said)] * len(instances)
    for instance in instances:
        if len(runs) >= MOST_FAILURES and len(troubles(runs)) == 1 and all(run.trouble for run in runs):
            runs.append(runs[-1])
            continue
        order = Order(source, method.name, instance.to_dict(), terms.evaluations, terms.seconds, SEED)
        runs.append(play(order, walls, work, stop))
    return runs


def troubles(runs: Sequence[Played]) -> list[str]:
    """What was wrong with runs, each sentence once."""
    return list(dict.fromkeys(run.trouble for run in runs if run.trouble))


def play(order: Order, walls: Walls, work: Path, stop: threading.Event | None = None) -> Played:
    """Run a method in a process of its own, which a second process watches; neither is left behind.

    ``work`` is a folder for what passes between the processes, where submitted code cannot reach it.
    """
    folder = Path(tempfile.mkdtemp(dir=make_folder(work).resolve()))
    limit = CLOCK_FACTOR * order.seconds + CLOCK_SECONDS
    ending = run_process(
        watch, (order, walls, str(folder / "played.json"), limit), folder / "log", limit=limit + LOAD_SECONDS,
        stop=stop, preparation=Preparation(PINNED, f"{__name__}:load"),
    )  # fmt: skip
    try:
        found = read_json(folder / "played.json")
    except InputError:
        if ending.killed == OVERTIME:
            return Played(math.inf, 0, (), f"method took more than {limit:g} s by the clock")
        return Played(math.inf, 0, (), f"the run could not be watched ({told(ending, folder / 'log')})")
    total = math.inf if found["total"] is None else found["total"]
    return Played(total, found["evaluations"], tuple((at, best) for at, best in found["history"]), found["trouble"])


def load() -> None:
    """Load and compile what evaluates, before processes are forked."""
    budget = Budget(generate_instance("small", 0, orders=2, sites=1, due_date=(1, 2)))  # late: a total of 0 ends it
    for size in (1, 2, 50, 500):  # each size has a kernel of its own
        budget.total_tardiness(np.full((size, budget.instance.key_count), 0.5))


def watch(order: Order, walls: Walls, record: str, limit: float) -> None:
    """Watch a run to its end and write what became of it; the process that does it ends with it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    load()  # before the clock begins; the server that forked this process may have been another's
    instance = Instance.from_dict(order.instance)
    budget = Budget(instance, order.evaluations)
    process = walls.start()
    try:
        trouble = _watched(process, order, budget, limit)
    finally:
        _end(process)
    best = budget.best
    if best is None:
        trouble = trouble or NOTHING  # whatever the other end says of its run
    elif not trouble and check_schedule(instance, best):
        trouble = "the checker objects to its best schedule"  # the kit's fault
    rows = budget.history
    steps = [(int(at), float(total)) for at, total in zip(rows.evaluations, rows.best, strict=True)]
    kept = [step for k, step in enumerate(steps) if k == 0 or step[1] < steps[k - 1][1]]
    total = None if best is None or trouble else best.total_tardiness
    found = {"total": total, "evaluations": budget.spent, "history": kept, "trouble": trouble}
    write_json(record, found)


def _watched(process: "subprocess.Popen[bytes]", order: Order, budget: Budget, limit: float) -> str:
    """Serve a run; why it counts for nothing, or nothing."""
    assert process.stdin is not None and process.stdout is not None
    began, looked, usual = time.monotonic(), time.monotonic(), math.inf

    def look() -> None:
        nonlocal looked  # what evaluations take is added to ``began``: it is not the method's
        now = time.monotonic()
        if now - began > limit:
            raise Foul(f"method took more than {limit:g} s by the clock")
        if now - looked > LOOK_SECONDS:
            looked = now
            if len(psutil.Process().children(recursive=True)) > usual:
                raise Foul("method started another process")

    wire = Wire(process.stdout.fileno(), process.stdin.fileno(), look)
    try:
        if wire.receive()[0] != READY:
            raise Foul("the walls do not stand")
        usual = len(psutil.Process().children(recursive=True))
        wire.send(ORDER, json.dumps(order._asdict()).encode())
        while (message := wire.receive())[0] != ENDED:
            asked = time.monotonic()
            answer = _answer(budget, *message)
            began += time.monotonic() - asked
            wire.send(*answer)
        if len(psutil.Process().children(recursive=True)) > usual:
            return "method started another process"
        text = message[1].decode("utf-8", "replace")
        return "".join(c for c in " ".join(text.split()) if c.isprintable())[:400]
    except Foul as foul:
        return str(foul)
    except (EOFError, BrokenPipeError):
        return _how_it_ended(process, order)
    except (ValueError, Runaway):
        return "method sent what is no message"


def _answer(budget: Budget, kind: bytes, content: bytes) -> tuple[bytes, bytes]:
    """Make the evaluations that are asked for: no more than the budget has, whatever the other end believes."""
    try:
        if kind == KEYS:
            totals = budget.total_tardiness(np.frombuffer(content, np.float64).reshape(-1, budget.instance.key_count))
        elif kind == RUNS:
            totals = budget.evaluate(_schedule(budget.instance, content))
        else:
            raise Foul("method sent what is no message")
    except BudgetSpent:
        raise Foul(f"method asked for more evaluations than the {budget.spent:,} of its budget") from None
    except (InputError, TypeError) as error:
        raise Foul(f"method asked for the evaluation of what is no schedule ({error})") from None
    return TOTALS, np.atleast_1d(np.asarray(totals, dtype=np.float64)).tobytes()


def _schedule(instance: Instance, content: bytes) -> Schedule:
    """The schedule of a message, whose batches are counted before anything is made of them."""
    sites = check_list(parse_json(content.decode("utf-8", "replace")), "sites", instance.sites)
    runs = [[tuple(check_list(run, "run", 2)) for run in check_list(site, "site")] for site in sites]
    batches = [
        check_integer(count, f"batches of {check_text(name, 'order')}", 1) for site in runs for name, count in site
    ]
    if sum(batches) != instance.total_batches:
        raise InputError(f"it has {sum(batches)} batches; the instance has {instance.total_batches}")
    return Schedule(instance, runs)


def _how_it_ended(process: "subprocess.Popen[bytes]", order: Order) -> str:
    """Why a run ended without a word."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(END_SECONDS)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if used.ru_utime + used.ru_stime >= order.seconds or abs(process.returncode or 0) % 128 == signal.SIGXCPU:
        return f"method needed more than {order.seconds} s of processor time"
    code = process.returncode
    number = -code if code is not None and code < 0 else (code or 0) - 128
    with contextlib.suppress(ValueError):
        return f"method's process was ended by {signal.Signals(number).name}"
    return f"method ended its own process (code {code})"


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill what the run has started, orphans too, until nothing is left."""
    until = time.monotonic() + END_SECONDS
    while victims := psutil.Process().children(recursive=True):
        for victim in victims:
            with contextlib.suppress(psutil.Error):
                victim.kill()
        process.poll()
        with contextlib.suppress(OSError):
            while os.waitpid(-1, os.WNOHANG)[0]:  # orphans that are dead by now
                pass
        if time.monotonic() > until:
            break
        time.sleep(0.002)
