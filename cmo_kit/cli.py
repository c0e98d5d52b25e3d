"""The command line, ``cmo-kit``.

Exit codes: 0; 1 for violations or when no schedule was found; 2 for bad input, with one line on
standard error; 130 after Ctrl-C, with the best so far written.
"""

import argparse
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from cmo_kit.check import check_schedule
from cmo_kit.core.chromosome import trace_decode
from cmo_kit.core.errors import InputError
from cmo_kit.core.generate import SETS, generate_instance
from cmo_kit.core.jsonfile import parse_json, read_json, shown
from cmo_kit.core.schedule import Schedule
from cmo_kit.library import load_instance
from cmo_kit.methods import METHODS, method_parameters, solve
from cmo_kit.progress import ProgressLine

INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Print one line and leave."""
        self.exit(2, f"{self.prog}: {' '.join(message.split())}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``cmo-kit`` with ``arguments`` (those of the process by default); returns the exit code."""
    with contextlib.suppress(ValueError):  # only the main thread may set a handler
        signal.signal(signal.SIGTERM, _terminate)
    parser = build_parser()
    try:
        options = parser.parse_args(arguments)
        command: Callable[[argparse.Namespace], int] = options.command
        code = command(options)
        sys.stdout.flush()
    except InputError as error:
        print(f"cmo-kit: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except MemoryError:
        print("cmo-kit: the problem does not fit into this machine's memory", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("cmo-kit: stopped before there was anything to write", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _terminate(signum: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def build_parser() -> Parser:
    """All commands and their options."""
    parser = Parser(
        prog="cmo-kit", description="Schedule client orders on identical Sites to minimise total tardiness."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, function: Callable[..., int], text: str, example: str) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name,
            help=text,
            description=text,
            epilog=f"example: {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.set_defaults(command=function)
        return added

    add = command("solve", _solve, "Find a schedule.", "cmo-kit solve small-1 --method ga --seed 7 --out best.json")
    add.add_argument("instance", metavar="INSTANCE", help="a name such as fig3, or the path of an instance file")
    add.add_argument("--method", default="ga", metavar="M", help=f"one of {', '.join(METHODS)} (default: ga)")
    add.add_argument("--seed", type=_integer("--seed"), default=1, metavar="N", help="seed of all chance (default: 1)")
    add.add_argument("--seconds", type=_number("--seconds"), metavar="S", help="limit in wall-clock seconds")
    add.add_argument("--evaluations", type=_integer("--evaluations"), metavar="N", help="limit in evaluated schedules")
    add.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the method")
    add.add_argument("--out", metavar="FILE", help="write the schedule as JSON")
    add.add_argument("--json", action="store_true", help="print the result as JSON, without the schedule")
    add.add_argument("--gantt", metavar="FILE.png", help="draw the schedule")

    add = command("check", _check, "List every violation of a schedule.", "cmo-kit check small-1 best.json")
    add.add_argument("instance", metavar="INSTANCE", help="a name or a path")
    add.add_argument("schedule", metavar="SCHEDULE", help="a schedule file")

    add = command("decode", _decode, "Decode one chromosome.", "cmo-kit decode fig3 --keys keys.json --explain")
    add.add_argument("instance", metavar="INSTANCE", help="a name or a path")
    add.add_argument(
        "--keys", required=True, metavar="FILE", help="a JSON array with one key per batch and Site change"
    )
    add.add_argument("--explain", action="store_true", help="print every step as a sentence")
    add.add_argument("--json", action="store_true", help="print every step and the schedule as JSON")
    add.add_argument("--out", metavar="FILE", help="write the schedule as JSON")

    example = "cmo-kit generate medium --seed 6 --out medium-6.json"
    add = command("generate", _generate, "Draw a random problem of one of Table 2's sizes.", example)
    add.add_argument("test_set", choices=tuple(SETS), help="a row of Table 2")
    add.add_argument("--seed", type=_integer("--seed"), required=True, metavar="N", help="seed of all chance")
    add.add_argument("--out", required=True, metavar="FILE", help="where to write the instance")
    add.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="another value for a parameter")

    example = "cmo-kit run notebooks/studies/quick.toml --workers 2"
    add = command("run", _run, "Run a study and render its report; what is done is not repeated.", example)
    add.add_argument("plan", metavar="PLAN", help="a plan in TOML; see cmo_kit/study/plan.py for its keys")
    where = add.add_mutually_exclusive_group()
    where.add_argument(
        "--workers", type=_integer("--workers"), metavar="N", help="how many runs at once, on this machine"
    )
    where.add_argument("--dask", metavar="ADDRESS", help="run on the Dask cluster with this scheduler")
    add.add_argument("--out", metavar="DIR", help="the study's folder (default: results/NAME)")
    add.add_argument("--dry-run", action="store_true", help="list the runs and about how long they take; run nothing")
    add.add_argument("--retry-failed", action="store_true", help="run again what failed before")
    return parser


def _integer(name: str) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{name} is {shown(text)}; it must be an integer") from None

    return parse


def _number(name: str) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            return float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{name} is {shown(text)}; it must be a number") from None

    return parse


def _settings(entries: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in entries:
        name, equals, text = entry.partition("=")
        if not equals or not name:
            raise InputError(f"--set is {shown(entry)}; it must be NAME=VALUE")
        if name in found:
            raise InputError(f"--set names {name!r} twice; it may stand once")
        try:
            found[name] = parse_json(text)
        except InputError:
            found[name] = text
    return found


def _writable(path: str | None) -> None:
    """Refuse an output path before the work, not after it."""
    if path is None:
        return
    target = Path(path)
    if not path or (target.exists() and not target.is_file()):
        raise InputError(f"the output file is {shown(path)}; it must not be a folder or a device")
    folder = target.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise InputError(f"the output file is {shown(path)}; its folder must exist and be writable")


def _solve(options: argparse.Namespace) -> int:
    instance = load_instance(options.instance)
    settings = _settings(options.set)
    taken = sorted({"instance", "method", "seed", "seconds", "evaluations", "progress"} & settings.keys())
    if taken:
        raise InputError(f"--set names {taken[0]!r}; it has an option of its own")
    method_parameters(options.method)
    for path in (options.out, options.gantt):
        _writable(path)
    if options.gantt is not None and Path(options.gantt).suffix.lower() not in (".png", ".svg", ".pdf"):
        raise InputError(f"--gantt is {shown(options.gantt)}; it must end with .png, .svg or .pdf")
    with ProgressLine(f"{options.method} on {instance.name}", options.seconds) as line:
        result = solve(
            instance, options.method, options.seed, options.seconds, options.evaluations, progress=line, **settings
        )
    for remark in instance.remarks():  # behind the run: a complaint about its parameters stands alone
        print(f"note: {remark}", file=sys.stderr)
    if result.schedule is not None:
        if options.out is not None:
            result.schedule.save(options.out)
        if options.gantt is not None:
            from cmo_kit.views.gantt import save_gantt

            save_gantt(result.schedule, options.gantt)
    if options.json:
        print(json.dumps(result.to_dict(schedule=False), ensure_ascii=False))
    else:
        print(result.summary(instance.time_unit))
    if result.status == "stopped":
        return INTERRUPTED
    return 0 if result.schedule is not None else 1


def _check(options: argparse.Namespace) -> int:
    instance = load_instance(options.instance)
    document = read_json(options.schedule)
    try:
        violations = check_schedule(instance, document)
    except InputError as error:
        raise InputError(f"{options.schedule}: {error}") from None
    for violation in violations:
        print(violation.message)
    if violations:
        return 1
    total = Schedule.from_dict(document, instance).total_tardiness
    print(f"feasible: total tardiness {total:.10g} {instance.time_unit}s")
    return 0


def _decode(options: argparse.Namespace) -> int:
    instance = load_instance(options.instance)
    _writable(options.out)
    keys = read_json(options.keys)
    if not isinstance(keys, list) or not all(isinstance(k, int | float) and not isinstance(k, bool) for k in keys):
        raise InputError(f"{options.keys}: keys is {shown(keys)}; it must be a list of numbers from 0 to 1")
    try:
        trace = trace_decode(instance, keys)
    except InputError as error:
        raise InputError(f"{options.keys}: {error}") from None
    if options.out is not None:
        trace.schedule.save(options.out)
    if options.json:
        print(json.dumps(trace.to_dict(), ensure_ascii=False))
        return 0
    if options.explain:
        for step in trace.steps:
            print(f"{step.number:>3}  {step.sentence}")
    for l, site in enumerate(trace.schedule.sites, start=1):
        runs = ", ".join(f"{run.order} x{run.batches}" for run in site) or "empty"
        print(f"Site {l}: {runs}")
    print(f"total tardiness {trace.schedule.total_tardiness:.10g} {instance.time_unit}s")
    return 0


def _generate(options: argparse.Namespace) -> int:
    _writable(options.out)
    settings = _settings(options.set)
    taken = sorted({"test_set", "seed"} & settings.keys())
    if taken:
        raise InputError(f"--set names {taken[0]!r}; it has a place of its own on the command line")
    instance = generate_instance(options.test_set, options.seed, **settings)
    instance.save(options.out)
    size = f"{len(instance.orders)} orders, {instance.total_batches} batches, {instance.sites} Sites"
    print(f"{options.out}: {instance.name}, {size}")
    return 0


def _run(options: argparse.Namespace) -> int:
    from cmo_kit.study.command import run_command

    return run_command(options.plan, options.out, options.workers, options.dask, options.retry_failed, options.dry_run)
