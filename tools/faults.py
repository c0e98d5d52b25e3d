"""Signals at random moments: every command ends cleanly, and what it writes is whole at any time.

``python -m tools.faults --count 200 --seed 1 [--command solve|run|bound]``, behind ``make faults``. Each trial starts
the command, waits for the line that says it has begun, and sends SIGINT or SIGTERM at a moment drawn between that
line and past its usual end; every third trial sends a second signal soon after the first. A reader looks at the output
files all the while. What is wrong stands in one line a trial; the end is a table of exit codes.
"""

import argparse
import contextlib
import faulthandler
import gc
import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path

import psutil

import cmo_kit.cli
from benchmarks.runner import run_program
from cmo_kit import Instance, check_schedule, load_instance, solve
from cmo_kit.base.csvfile import read_csv
from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_json
from cmo_kit.bounds import verify
from cmo_kit.bounds.bound import warm_up
from cmo_kit.methods.registry import prepared
from cmo_kit.study.execute.record import RESULT, TASK, TEMPORARY, read_run
from cmo_kit.study.plan.task import Task
from cmo_kit.study.results.collect import TABLE

PLAN = """name = "faults"
report = {report}
[instances]
names = ["fig3"]
[[runs]]
method = "expert"
seeds = 3
[[runs]]
method = "milp"
label = "short"
seconds = 0.3
[[runs]]
method = "{method}"
label = "other"
"""
#: Command -> its variants: arguments after the command's name.
VARIANTS: dict[str, list[list[str]]] = {
    "solve": [
        ["small-1", "--method", "ga", "--set", "patience=null", "--seconds", "0.3", "--out", "out.json"],
        ["small-1", "--method", "search", "--seconds", "0.3", "--set", "workers=1", "--out", "out.json"],
        ["medium-1", "--method", "search", "--seconds", "0.3", "--set", "workers=2", "--out", "out.json"],
        ["fig3", "--method", "milp", "--seconds", "2", "--out", "out.json"],
        ["small-1", "--method", "brkga", "--seconds", "0.3", "--out", "out.json", "--json"],
        ["medium-1", "--method", "atcs", "--out", "out.json"],
        ["tiny-ties", "--method", "expert", "--out", "out.json", "--gantt", "out.png"],
    ],
    "run": [
        ["plan.toml", "--out", "study", "--workers", "1"],
        ["plan.toml", "--out", "study", "--workers", "2"],
    ],
    "bound": [
        ["small-1", "--seconds", "0.5", "--certificate", "out.json"],
        ["small-3", "--seconds", "0.5", "--json", "--certificate", "out.json"],
        ["small-2", "--seconds", "0.5", "--upper-bound", "400"],
    ],
}
#: Seconds by which a command has nearly always ended on an idle machine.
LASTS = {"solve": 0.8, "run": 2.5, "bound": 1.0}
#: The runs of the plan above; in every so many trials it has compiled methods, and renders its report: both take time.
RUNS, COMPILED_EVERY, REPORT_EVERY = 5, 10, 40
PATIENCE_SECONDS = 60.0
MARK, SERVE = "CMO_KIT_FAULT_TRIAL", "serve"
KINDS = (signal.SIGINT, signal.SIGTERM)
PNG_BEGIN, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"


class BrokenFileError(Exception):
    """A file that nobody should ever see."""


@cache
def instance_of(name: str) -> Instance:
    """Each instance is read once."""
    return load_instance(name)


def read_output(path: Path, command: str, instance: str, thorough: bool = True) -> bool:
    """Whether a file is there; a picture must have its end, a schedule be feasible, a certificate prove its bound."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return False
    try:
        if path.suffix == ".png":
            if not (raw.startswith(PNG_BEGIN) and raw.endswith(PNG_END)):
                raise ValueError("it is no whole picture")
        elif command != "bound":
            if violations := check_schedule(instance_of(instance), json.loads(raw)):
                raise ValueError(violations[0].message)
        elif (document := json.loads(raw)) and thorough:
            verify(instance_of(instance), document)
    except ValueError as error:
        raise BrokenFileError(f"{path.name} has {len(raw)} bytes: {error}") from None
    return True


def read_study(place: Path, finished: bool) -> None:
    """A study's folder: each result is that of its task, tables are whole, nothing temporary is left."""
    study = place / "study"
    files = [
        path for path in study.rglob("*") if path.name == TEMPORARY or path.suffix == ".tmp" or ".partial" in path.name
    ]
    if files:
        raise BrokenFileError(f"left in the study's folder: {[str(path.relative_to(study)) for path in files]}")
    done = [path.parent for path in study.glob(f"runs/*/{RESULT}")]
    try:
        for folder in done:
            read_run(folder, Task(**read_json(folder / TASK)).hash)
        rows = read_csv(study / TABLE) if (study / TABLE).exists() else []
    except InputError as error:
        raise BrokenFileError(str(error)) from None
    if len(rows) != len(done):
        raise BrokenFileError(f"{TABLE} has {len(rows)} rows where {len(done)} runs are done")
    if finished and len(done) != RUNS:
        raise BrokenFileError(f"{len(done)} of {RUNS} runs are done although the code is 0")


@dataclass
class Trial:
    """One command in a folder of its own, and what came of it."""

    command: str
    arguments: list[str]
    signals: list[tuple[float, int]]  # seconds after the first line, or after the signal before; which
    folder: Path
    code: int | None = None
    sent: int = 0
    out: str = ""
    err: str = ""
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """All that is needed to see it again."""
        told = ", ".join(f"{signal.Signals(number).name} after {after:.3f} s" for after, number in self.signals)
        return f"{self.command} {' '.join(self.arguments)}: {told}: code {self.code}: {'; '.join(self.wrong)}"


class Starter:
    """Starts commands again and again from one process, :func:`serve`, that has loaded all they need."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([sys.executable, "-m", "tools.faults", SERVE], stdin=pipe, stdout=pipe)
        assert self.process.stdin is not None and self.process.stdout is not None
        self.requests, self.answers = self.process.stdin, self.process.stdout

    def start(self, trial: Trial, place: Path, environment: dict[str, str]) -> int:
        """Start the command of a trial; returns its process id once it has begun."""
        out, err = str(trial.folder / "out"), str(trial.folder / "err")
        request = {"arguments": [trial.command, *trial.arguments], "folder": str(place), "out": out, "err": err}
        self.requests.write(json.dumps(request | {"environment": environment}).encode() + b"\n")
        self.requests.flush()
        pid = int(self.answers.readline())
        while not Path(err).exists() or not Path(err).read_bytes().startswith(b"begun\n"):
            time.sleep(0.001)
        return pid

    def ended(self, seconds: float) -> bool:
        """Whether the command ends within so many seconds."""
        return bool(select.select([self.answers], [], [], seconds)[0])

    def close(self) -> None:
        """End the starter."""
        self.requests.close()
        self.process.wait()


def serve() -> None:
    """Fork a command for every line of JSON with its arguments, folder, environment, and files for output and errors.

    The answers are the process id, and in the end the exit code, negative for a signal. Returns in the command, which
    says "begun" on its standard error, has the streams, session and environment of a command just started, and
    ends as any process does: it leaves by its last line.
    """
    import_module("matplotlib.backends.backend_agg")
    for name in ("pulp", "cmo_kit.cli.run_command", "cmo_kit.views.gantt"):
        import_module(name)
    for method in ("ga", "search", "brkga", "atcs"):
        prepared(method, load_instance("fig3"))
    warm_up()
    gc.freeze()  # the memory stays shared between the commands
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        if (pid := os.fork()) == 0:
            os.setsid()
            os.chdir(request["folder"])
            os.environ.update(request["environment"])
            tempfile.tempdir = None
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            for number, name in ((1, "out"), (2, "err")):
                os.dup2(os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), number)
            faulthandler.enable()
            signal.signal(signal.SIGINT, signal.default_int_handler)
            sys.argv = ["cmo-kit", *request["arguments"]]
            print("begun", file=sys.stderr, flush=True)
            return
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
    raise SystemExit(0)


def perform(starter: Starter, trial: Trial, plan: str, earlier: bool) -> Trial:
    """Start the command, send its signals, and judge what it leaves."""
    place, temporary = trial.folder / "here", trial.folder / "tmp"
    place.mkdir(parents=True)
    temporary.mkdir()
    (place / "plan.toml").write_text(plan, encoding="utf-8")
    if earlier and trial.command == "solve":
        schedule = solve(instance_of(trial.arguments[0]), "expert").schedule
        assert schedule is not None
        schedule.save(place / "out.json")
    with watching(place, trial):
        pid = starter.start(trial, place, {MARK: trial.folder.name, "TMPDIR": str(temporary)})
        for after, number in trial.signals:
            if not starter.ended(after):
                os.kill(pid, number)
                trial.sent += 1
        if not starter.ended(PATIENCE_SECONDS):
            trial.wrong.append(f"it had not ended {PATIENCE_SECONDS:g} s after the last signal")
            os.kill(pid, signal.SIGABRT)  # the fault handler says where it was
        trial.code = int(starter.answers.readline())
        no_children(trial)
    trial.out, trial.err = ((trial.folder / name).read_text("utf-8", "replace") for name in ("out", "err"))
    judge(trial, place, temporary)
    return trial


def no_children(trial: Trial) -> None:
    """Nothing that carries the trial's mark lives on, whatever session it is in."""
    end = time.perf_counter() + 10
    while left := [process for process in psutil.process_iter() if marked(process, trial.folder.name)]:
        if time.perf_counter() > end:
            trial.wrong.append(f"left alive: {[' '.join(process.cmdline())[:80] for process in left]}")
            for process in left:
                process.kill()
            return
        time.sleep(0.05)


def marked(process: psutil.Process, name: str) -> bool:
    """Whether a process lives and carries the mark of a trial."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARK) == name)
    except psutil.Error:
        return False


@contextlib.contextmanager
def watching(place: Path, trial: Trial) -> Iterator[None]:
    """Read the output files again and again: each is whole, or not there."""
    over = threading.Event()

    def look() -> None:
        seen: dict[Path, int] = {}
        while not over.wait(0.005):
            for path in (place / "out.json", place / "out.png"):
                changed = path.stat().st_mtime_ns if path.exists() else 0
                if seen.get(path) == changed:
                    continue
                seen[path] = changed
                try:
                    read_output(path, trial.command, trial.arguments[0], thorough=False)
                except BrokenFileError as error:
                    trial.wrong.append(f"seen by the reader: {error}")
                    return

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def judge(trial: Trial, place: Path, temporary: Path) -> None:
    """Exit code, words, files."""
    told = {128 + number for _, number in trial.signals[: trial.sent]}
    told |= {1} if "no schedule" in trial.out else {0}
    if trial.code not in told:
        trial.wrong.append(f"the code is {trial.code}")
    for word in ("Traceback", "Exception ignored", "Error", "Warning", "Task was destroyed", "resource_tracker"):
        if word in trial.err + trial.out:
            trial.wrong.append(f"{word!r} in what it printed")
    expected = {"plan.toml", "study"} if trial.command == "run" else {"plan.toml", "out.json", "out.png"}
    if odd := sorted({path.name for path in place.iterdir()} - expected):
        trial.wrong.append(f"left in the folder: {odd}")
    if left := sorted(path.name for path in temporary.iterdir()):
        trial.wrong.append(f"left in TMPDIR: {left}")
    try:
        for name in ("out.json", "out.png"):
            there = read_output(place / name, trial.command, trial.arguments[0])
            if trial.code == 0 and name in trial.arguments and not there:
                trial.wrong.append(f"{name} is not there although the code is 0")
        if trial.command == "run":
            read_study(place, finished=trial.code == 0)
    except BrokenFileError as error:
        trial.wrong.append(str(error))
    if trial.code == 0 and not trial.out.strip():
        trial.wrong.append("the code is 0 and nothing was printed")


def trials(starter: Starter, command: str, count: int, seed: int) -> Iterator[Trial]:
    """Draw and perform so many trials of a command; the folder of one with something wrong stays."""
    rng = random.Random(f"{command}-{seed}")
    for number in range(count):
        method = "ga" if number % COMPILED_EVERY == 0 else "atcs"
        plan = PLAN.format(report=str((number + 1) % REPORT_EVERY == 0).lower(), method=method)
        arguments = VARIANTS[command][number % len(VARIANTS[command])]
        signals = [(rng.uniform(0, LASTS[command]), int(KINDS[(number // len(VARIANTS[command])) % 2]))]
        if rng.random() < 1 / 3:
            signals.append((rng.uniform(0, 0.4), int(rng.choice(KINDS))))
        folder = Path(tempfile.mkdtemp(prefix="cmo-kit-faults-"))
        trial = perform(starter, Trial(command, arguments, signals, folder), plan, earlier=number % 3 == 0)
        yield trial
        if not trial.wrong:
            shutil.rmtree(folder)


def main() -> int:
    """Perform, count, and say what is wrong; 1 if anything is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="trials of each command (200)")
    parser.add_argument("--seed", type=int, default=1, help="seed of variants and moments (1)")
    parser.add_argument("--command", choices=tuple(VARIANTS), help="one command only")
    chosen = parser.parse_args()
    wrong, starter = 0, Starter()
    for command in [chosen.command] if chosen.command else VARIANTS:
        codes: Counter[str] = Counter()
        for trial in trials(starter, command, chosen.count, chosen.seed):
            kind = signal.Signals(trial.signals[0][1]).name if trial.sent else "too late"
            codes[f"{kind}: code {trial.code}{', two signals' if trial.sent > 1 else ''}"] += 1
            if trial.wrong:
                wrong += 1
                print(f"{trial.line()}\n  {trial.folder}\n{trial.err}", flush=True)
        print(f"{command}: " + "; ".join(f"{key} x{count}" for key, count in sorted(codes.items())), flush=True)
    starter.close()
    print(f"{wrong} trials with something wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1:] == [SERVE]:
        serve()
        sys.exit(cmo_kit.cli.main())
    sys.exit(run_program("faults", main))
