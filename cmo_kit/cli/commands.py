"""What the commands of ``cmo-kit`` do; each returns its exit code."""

import argparse
import contextlib
import re
import sys
import time
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmo_kit.base.errors import InputError, about
from cmo_kit.base.jsonfile import parse_json, read_json, write_json
from cmo_kit.base.language import ENGLISH, spoken
from cmo_kit.base.output import check_place, print_json, say, tell, told_if_slow
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.signals import INTERRUPTED, signals_interrupt
from cmo_kit.base.values import check_integer, check_number, shown
from cmo_kit.check import Violation, check_schedule
from cmo_kit.cli.options import layout_of
from cmo_kit.core.chromosome import decode
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.core.trace import trace_decode
from cmo_kit.library import load_instance
from cmo_kit.methods.registry import METHODS, method_function, prepared, solve

if TYPE_CHECKING:
    from cmo_kit.bounds import Bound
    from cmo_kit.methods.result import Result

#: How long ``bound`` searches for a schedule first, at most, and never over a fifth of its time.
SEARCH_SECONDS = 5.0
LEAST_SECONDS = 0.1
#: What somebody is told who waits for a first run; numba keeps what it compiles.
COMPILING = "compiling; only the first run of a method waits for that ..."


def _settings(entries: Sequence[str], taken: Collection[str], elsewhere: str) -> dict[str, Any]:
    """The parameters of ``--set``; names that are ``taken`` have their place ``elsewhere``."""
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
    for name in sorted(found.keys() & set(taken)):
        raise InputError(f"--set names {name!r}; it has {elsewhere}")
    return found


def solve_instance(options: argparse.Namespace) -> int:
    """Run a method, say what it found, and write it."""
    instance = load_instance(options.instance)
    taken = ("instance", "method", "seed", "seconds", "evaluations", "progress")
    settings = _settings(options.set, taken, "an option of its own")
    own_words = contextlib.redirect_stdout(sys.stderr if options.json else sys.stdout)  # of a file, and of its method
    with own_words:
        method = options.method if options.method in METHODS else method_function(options.method)
    for path in (options.out, options.gantt):
        check_place(path)
    if options.gantt is not None and Path(options.gantt).suffix.lower() not in (".png", ".svg", ".pdf"):
        raise InputError(f"--gantt is {shown(options.gantt)}; it must end with .png, .svg or .pdf")
    frozen_until = _frozen_until(options, instance)
    plan = None if options.plan is None else Schedule.load(options.plan, instance)
    with told_if_slow(COMPILING):
        prepared(method, instance)  # loads and compiles: a signal until here finds nothing to lose
    with (
        ProgressLine(f"{options.method} on {instance.name}", options.seconds) as line,
        signals_interrupt(),
        warnings.catch_warnings(),
        own_words,
    ):
        warnings.simplefilter("ignore")  # trouble is told behind the run, on a line of its own
        asked = (method, options.seed, options.seconds, options.evaluations, line)
        notes: list[str] = []
        if plan is None:
            result = solve(instance, *asked, **settings)
        else:
            result, notes = _replanned(plan, frozen_until, instance.time_unit, *asked, **settings)
    trouble = result.details.get("trouble")
    for remark in [*instance.remarks(), *notes]:  # behind the run: a complaint about its parameters stands alone
        tell(f"note: {remark}")
    try:
        if result.schedule is not None and options.out is not None:
            result.schedule.save(options.out)
        if result.schedule is not None and options.gantt is not None:
            from cmo_kit.views.gantt import save_gantt

            save_gantt(result.schedule, options.gantt)
    finally:  # whatever becomes of the files, and they of a reader who has left
        if options.json:
            print_json(result.to_dict(schedule=False))
        else:
            say(result.summary(instance.time_unit))
    if trouble is not None:
        raise InputError(trouble)
    if result.status == "stopped":
        return INTERRUPTED
    return 0 if result.schedule is not None else 1


def _frozen_until(options: argparse.Namespace, instance: Instance) -> float:
    """Until when the present plan stays: a number of time units, or a date of an instance that has a start date."""
    text = options.frozen_until
    if text is None:
        return 0
    if options.plan is None:
        raise InputError("--frozen-until needs --from, the present plan")
    number = None
    if instance.start_date is None or not re.fullmatch(r"\d{8}", text):  # 20270301 is a date, as it is for --start
        with contextlib.suppress(ValueError):
            number = float(text)
    if number is not None:
        return check_number(number, "--frozen-until")
    from cmo_kit.planning.calendar import Calendar, parse_date

    try:
        date = parse_date(text, "--frozen-until")
    except InputError:
        unit = instance.time_unit
        raise InputError(
            f"--frozen-until is {shown(text)}; it must be a number of {unit}s or a date such as 2027-03-01"
        ) from None
    return check_number(Calendar.of(instance).day(date), f"--frozen-until, in {instance.time_unit}s after the start,")


def _replanned(
    plan: Schedule, frozen_until: float, unit: str, *asked: Any, **settings: Any
) -> "tuple[Result, list[str]]":
    """The present plan's open part solved again, and what to tell about it."""
    from cmo_kit.planning.replan import replan

    found = replan(plan, frozen_until, *asked, **settings)
    notes = [f"{found.kept} batches have begun and stay; the present plan has {plan.total_tardiness:.10g} {unit}s"]
    if found.best_of_open and found.result.status != "optimal":
        notes.append("no plan that keeps them is better")
    if found.early:
        notes.append(
            f"batches drawn before {unit} {frozen_until:g}, where a Site is free, that begin then: {found.early}; "
            "the total counts that, the schedule's file, its picture and dates exported from it do not"
        )
    return found.result, notes


def check_file(options: argparse.Namespace) -> int:
    """Print one line a violation."""
    instance = load_instance(options.instance)
    found = _checked(instance, options.schedule)
    if isinstance(found, Schedule):
        say(f"feasible: total tardiness {found.total_tardiness:.10g} {instance.time_unit}s")
        return 0
    for violation in found:
        say(violation.message)
    return 1


def _checked(instance: Instance, path: str) -> Schedule | list[Violation]:
    """The schedule of a file, or its violations."""
    document = read_json(path)
    with about(path):
        return check_schedule(instance, document) or Schedule.from_dict(document, instance)


def verify_files(options: argparse.Namespace) -> int:
    """Say in one line what a schedule and a certificate prove together."""
    from cmo_kit.bounds.certificate import read_certificate
    from cmo_kit.bounds.verify import UnprovedError, verify

    instance = load_instance(options.instance)
    schedule = _checked(instance, options.schedule)
    certificate = read_certificate(options.certificate)
    try:
        proved = verify(instance, certificate)
    except UnprovedError as error:
        say(f"{instance.name}: not proved: {error}")
        return 1
    except InputError as error:
        raise InputError(f"{options.certificate}: {error}") from None
    if not isinstance(schedule, Schedule):
        say(f"{instance.name}: not proved: the schedule breaks a rule: {schedule[0].message}")
        return 1
    total, least, unit = schedule.total_tardiness, proved.lower_bound, f"{instance.time_unit}s"
    if total <= least:
        say(f"{instance.name}: the schedule is optimal: it has {total:.10g} {unit}, and no schedule has less")
    else:
        say(
            f"{instance.name}: the schedule has {total:.10g} {unit}, and no schedule has less than {least:.10g}: "
            f"it is within {total - least:.10g} of optimal"
        )
    return 0


def decode_keys(options: argparse.Namespace) -> int:
    """Decode the keys of a file."""
    instance = load_instance(options.instance)
    check_place(options.out)
    keys = read_json(options.keys)
    if not isinstance(keys, list) or not all(isinstance(k, int | float) and not isinstance(k, bool) for k in keys):
        raise InputError(f"{options.keys}: keys is {shown(keys)}; it must be a list of numbers from 0 to 1")
    with about(options.keys):
        trace = trace_decode(instance, keys) if options.explain or options.json else None  # every step holds all runs
        schedule = trace.schedule if trace is not None else decode(instance, keys)
    if options.out is not None:
        schedule.save(options.out)
    if trace is not None and options.json:
        print_json(trace.to_dict())
        return 0
    for step in trace.steps if trace is not None else ():
        say(f"{step.number:>3}  {step.sentence}")
    for l, site in enumerate(schedule.sites, start=1):
        runs = ", ".join(f"{run.order} x{run.batches}" for run in site) or spoken("empty")
        say(f"Site {l}: {runs}")
    say(f"total tardiness {schedule.total_tardiness:.10g} {instance.time_unit}s")
    return 0


def generate_file(options: argparse.Namespace) -> int:
    """Draw a random problem and write it."""
    check_place(options.out)
    settings = _settings(options.set, ("test_set", "seed"), "a place of its own on the command line")
    instance = generate_instance(options.test_set, options.seed, **settings)
    instance.save(options.out)
    say(f"{options.out}: {instance.name}, {instance.size}")
    return 0


def bound_instance(options: argparse.Namespace) -> int:
    """Prove a lower bound; the best schedule known, or a short search, gives the proof something to meet."""
    instance = load_instance(options.instance)
    check_place(options.certificate)
    check_place(options.schedule)
    if options.seconds is not None:
        check_number(options.seconds, "seconds", LEAST_SECONDS)
    if options.upper_bound is not None:
        check_number(options.upper_bound, "upper_bound")
    from cmo_kit.bounds import Bound, lower_bound
    from cmo_kit.bounds.bound import warm_up
    from cmo_kit.study.plan.task import file_name
    from cmo_kit.study.results.gaps import known_of

    upper, stopped, whose = options.upper_bound, False, "any schedule"
    if upper is None and (known := known_of(instance)) is not None:
        upper, whose = float(known["best"]), "the best schedule known"
    with told_if_slow(COMPILING):
        if upper is None:
            prepared("search", instance)
        warm_up()  # all is loaded and compiled: a signal until here finds nothing to lose
    began = time.perf_counter()
    with ProgressLine(f"bound on {instance.name}", options.seconds) as line:
        if upper is None:
            share = SEARCH_SECONDS if options.seconds is None else min(SEARCH_SECONDS, options.seconds / 5)
            with signals_interrupt():
                searched = solve(instance, "search", seconds=share)
            upper, stopped, whose = searched.total_tardiness, searched.status == "stopped", "a schedule"
        left = None if options.seconds is None else max(LEAST_SECONDS, options.seconds - (time.perf_counter() - began))
        if stopped:
            left = LEAST_SECONDS

        def progress(bound: Bound) -> None:
            cases = f", {bound.how}" if "cases" in bound.how else ""
            line.say(f"bound on {instance.name}: at least {bound.lower_bound:.10g}, {bound.seconds:.1f} s{cases}")

        with signals_interrupt():
            found = lower_bound(instance, left, upper, progress, close_gap=True)
    better, where = found.schedule, ""
    if better is not None:
        upper, whose = better.total_tardiness, "a schedule that the proof met"
        where = options.schedule or f"{file_name(f'{instance.name}-{upper:.10g}')}.json"
    try:
        if better is not None:  # nobody may have asked for it, and it took the whole proof
            better.save(where)
        if options.certificate is not None:
            write_json(options.certificate, found.certificate)
    finally:  # whatever becomes of the files
        if options.json:
            proved = {"lower_bound": found.lower_bound, "one_run_lower_bound": found.one_run_lower_bound}
            more = {"upper_bound": upper, "seconds": found.seconds, "how": found.how, "schedule": where or None}
            print_json({"instance": instance.name} | proved | more)
        else:
            _print_bound(found, upper, whose, instance)
            if where:
                say(f"it is written to {where}")
    return INTERRUPTED if found.stopped or stopped else 0


def _print_bound(found: "Bound", upper: float, whose: str, instance: Instance) -> None:
    """Say what is proved, and what that means for a schedule of total tardiness ``upper``."""
    unit = f"{instance.time_unit}s"
    say(f"{instance.name}: total tardiness is at least {found.lower_bound:.10g} {unit} ({found.how})")
    if found.one_run_lower_bound > found.lower_bound:
        say(f"with one run per order and Site at least {found.one_run_lower_bound:.10g} {unit}")
    gap = upper - found.lower_bound
    if gap < 0:  # as stated, for no schedule is below a bound
        say(f"no schedule has as little as {upper:.10g} {unit}")
    else:
        meets = "is proved optimal" if gap == 0 else f"is within {gap:.10g} of optimal"
        say(f"{whose} with {upper:.10g} {unit} {meets}")


def import_orders(options: argparse.Namespace) -> int:
    """Read an order list, write the instance, and say what it holds."""
    from cmo_kit.planning.calendar import Calendar
    from cmo_kit.planning.orders_csv import read_orders

    check_integer(options.sites, "--sites", 1)
    layout, notes = layout_of(options), list[str]()
    instance = read_orders(options.orders, options.sites, options.start, options.name, layout=layout, note=notes.append)
    instance.save(options.out)
    for sentence in notes:  # behind the reading: a complaint stands alone
        tell(f"note: {options.orders}: {sentence}")
    latest = Calendar.of(instance).ready(float(instance.D.max()))
    say(f"{options.out}: {instance.name}, {instance.size}, from {instance.start_date}, the last due on {latest}")
    return 0


def export_schedule(options: argparse.Namespace) -> int:
    """Write a plan with calendar dates into a folder and name the files."""
    from cmo_kit.planning.export import export_plan

    schedule = Schedule.load(options.schedule, load_instance(options.instance))
    paths = export_plan(schedule, options.out, options.dialect, options.workbook)
    say(f"{Path(options.out)}: {', '.join(path.name for path in paths)}")
    return 0


def run_plan(options: argparse.Namespace) -> int:
    """Run a study."""
    from cmo_kit.cli.run_command import run_command

    return run_command(options)


def open_lab(options: argparse.Namespace) -> int:
    """Copy the course into a folder, and serve it there until Ctrl-C."""
    from cmo_kit.course.copies import copy_for_work
    from cmo_kit.widgets.serve.course import serve_lab

    check_integer(options.port, "--port", 1, 65535)
    written, kept = copy_for_work(options.folder, options.lang or ENGLISH)
    say(f"{options.folder}: {written} files copied, {kept} that were there are kept; begin with student/")
    return 0 if options.only_copy else serve_lab(Path(options.folder).resolve(), options.port, not options.no_browser)


def build_course_copies(options: argparse.Namespace) -> int:
    """Make the copies and say how many."""
    from cmo_kit.course.copies import build_course

    made = build_course(options.out, language=options.lang or ENGLISH)
    counts = (spoken(f"{count} notebooks in {name}/") for name, count in made.items())
    say(f"{options.out}: {', '.join(counts)}")
    return 0
