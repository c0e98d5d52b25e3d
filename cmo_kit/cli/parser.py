"""The command line, ``cmo-kit``.

Exit codes: 0; 1 for violations or when no schedule was found; 2 for bad input, with one line on
standard error; 130 after Ctrl-C and 143 after ``kill``, with the best so far written.
"""

import argparse
import re
import shlex
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from cmo_kit import __version__
from cmo_kit.base.errors import InputError
from cmo_kit.base.language import language_of_surroundings, speak, speaking, spoken
from cmo_kit.base.output import Parser, give_up_output, prepare_streams, tell
from cmo_kit.base.signals import INTERRUPTED, exit_code, signals_handled
from cmo_kit.base.values import shown

#: What the help says of an order list; :mod:`cmo_kit.planning.orders_csv`, which reads it, is imported when it is used.
ORDER_COLUMNS = (
    "order, batches, due_date (2027-03-31), seed_culture, main_culture, purification (days), and change_seed_culture, "
    "... (cleaning before another order, days); optional: same_seed_culture, ... (before the same order), weight"
)
#: It is looked for before anything is parsed, and so may stand before the command or behind it.
LANG = "language of messages, help and pictures: en or ko (default: as the locale says)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``cmo-kit``; returns the exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process, which is then taken to end with the command.
    """
    own = arguments is None
    if own:
        prepare_streams()
    before = speaking()
    with signals_handled(own):
        try:
            speak(_language(sys.argv[1:] if arguments is None else arguments, own))
            code = _perform(arguments)
        except InputError as error:
            code = _refuse(*getattr(error, "sentences", (str(error),)))
        except MemoryError:
            code = _refuse("the problem does not fit into this machine's memory")
        except KeyboardInterrupt:
            _refuse("stopped before there was anything to write")
            code = INTERRUPTED
        except BrokenPipeError:  # the reader of our output has left
            code = 0
        except OSError as error:
            code = _refuse(f"{error.filename or 'standard output'}: it cannot be used ({error.strerror or error})")
        finally:
            give_up_output()
            speak(before)
        return exit_code() if code == INTERRUPTED else code


def _language(arguments: Sequence[str], own: bool) -> str:
    """What ``--lang`` says, wherever it stands, else the locale; also complaints about other options follow it.

    What ``course`` writes for a class is English, whatever the locale of the machine, and so is what it says of it.
    """
    given = re.findall(r"(?:^|\0)--la(?:ng?)?(?:=|\0)([^\0]*)", "\0".join(arguments))
    by_locale = own and arguments[:1] != ["course"]
    return given[-1] if given else language_of_surroundings() if by_locale else speaking()


def _perform(arguments: Sequence[str] | None) -> int:
    try:
        options = build_parser().parse_args(arguments)
        command: Callable[[argparse.Namespace], int] = options.command
        code = command(options)
    except SystemExit:  # help was asked for
        sys.stdout.flush()
        raise
    sys.stdout.flush()
    return code


def _refuse(*sentences: str) -> int:
    for sentence in sentences:
        tell(f"cmo-kit: {spoken(' '.join(sentence.split()))}")
    return 2


def build_parser() -> Parser:
    """All commands and their options."""
    # Imported here: it takes its time, and signals are to be answered from the first moment on.
    from cmo_kit.cli import class_commands, commands, course_commands
    from cmo_kit.core.generate import SETS
    from cmo_kit.library import instances_folder, notebooks_folder
    from cmo_kit.methods.registry import METHODS

    parser = Parser(
        prog="cmo-kit",
        description="Schedule client orders on identical Sites to minimise total tardiness.",
        epilog="cmo-kit COMMAND --help explains a command and shows an example.",
    )
    parser.add_argument("--lang", metavar="L", help=LANG)
    parser.add_argument("--version", action="version", version=f"cmo-kit {__version__}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    folders = {"instances": instances_folder(), "notebooks": notebooks_folder()}

    def typed_here(path: re.Match[str]) -> str:  # outside a checkout, the package's own
        return path[0] if Path(path[0]).exists() else shlex.quote(str(folders[path[1]] / path[2]))

    def command(name: str, function: Callable[..., int], text: str, example: str) -> Callable[..., argparse.Action]:
        form = argparse.RawDescriptionHelpFormatter
        example = f"example: {re.sub(r'(instances|notebooks)/([^ ]+)', typed_here, example)}"
        added = subparsers.add_parser(name, help=text, description=text, epilog=example, formatter_class=form)
        added.set_defaults(command=function)
        added.add_argument("--lang", metavar="L", help=LANG)
        return added.add_argument

    example = "cmo-kit solve small-1 --method ga --seed 7 --out best.json --gantt best.png"
    add = command("solve", commands.solve_instance, "Find a schedule.", example)
    names = "fig1, fig3, small-1 to small-5, medium-..., large-..., tiny-..."
    add("instance", metavar="INSTANCE", help=f"a name ({names}), or the path of an instance file")
    add("--method", default="ga", metavar="M", help=f"one of {', '.join(METHODS)}, or FILE.py:FUNCTION (default: ga)")
    add("--seed", type=_integer("--seed"), default=1, metavar="N", help="seed of all chance (default: 1)")
    text = "limit in wall-clock seconds; a run that they end depends on the machine, not on the seed alone"
    add("--seconds", type=_number("--seconds"), metavar="S", help=text)
    add("--evaluations", type=_integer("--evaluations"), metavar="N", help="limit in evaluated schedules")
    text = "a parameter of the method; a wrong name lists them"
    add("--set", action="append", default=[], metavar="NAME=VALUE", help=text)
    text = "start from this schedule, the present plan; the result is never worse"
    add("--from", dest="plan", metavar="PLAN", help=text)
    text = "a date or a time: what the plan starts before it keeps Site and place, and nothing else starts before it"
    add("--frozen-until", metavar="DATE", help=text)
    add("--out", metavar="FILE", help="write the schedule as JSON")
    add("--json", action="store_true", help="print the result as JSON, without the schedule")
    add("--gantt", metavar="FILE.png", help="draw the schedule: .png, .svg or .pdf")

    example = "cmo-kit check small-1 best.json"
    add = command("check", commands.check_file, "List every violation of a schedule.", example)
    add("instance", metavar="INSTANCE", help="a name or a path")
    add("schedule", metavar="SCHEDULE", help="a schedule file")

    example = "cmo-kit decode fig3 --keys notebooks/data/keys/fig3.json --explain"
    add = command("decode", commands.decode_keys, "Decode one chromosome.", example)
    add("instance", metavar="INSTANCE", help="a name or a path")
    add("--keys", required=True, metavar="FILE", help="a JSON array with one key per batch and Site change")
    add("--explain", action="store_true", help="print every step as a sentence")
    add("--json", action="store_true", help="print every step and the schedule as JSON")
    add("--out", metavar="FILE", help="write the schedule as JSON")

    example = "cmo-kit generate medium --seed 6 --out medium-6.json"
    add = command("generate", commands.generate_file, "Draw a random problem of one of Table 2's sizes.", example)
    add("test_set", choices=tuple(SETS), help="a row of Table 2")
    add("--seed", type=_integer("--seed"), required=True, metavar="N", help="seed of all chance")
    add("--out", required=True, metavar="FILE", help="where to write the instance")
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="another value for a parameter")

    example = "cmo-kit import notebooks/data/orders/orders.csv --sites 3 --start 2027-01-04 --out orders.json"
    add = command("import", commands.import_orders, "Make an instance of an order list, CSV or a workbook.", example)
    add("orders", metavar="FILE", help=f"one line an order, .csv or .xlsx; columns: {ORDER_COLUMNS}")
    add("--sites", type=_integer("--sites"), required=True, metavar="N", help="how many Sites there are")
    add("--start", required=True, metavar="DATE", help="day 0, such as 2027-01-04")
    add("--name", metavar="NAME", help="the instance's name (default: the file's)")
    add("--out", required=True, metavar="FILE", help="where to write the instance")
    _layout_options(subparsers.choices["import"])

    example = "cmo-kit export orders.json plan.json --out plan"
    text = "Write a schedule with calendar dates as CSV, JSON, a workbook."
    add = command("export", commands.export_schedule, text, example)
    add("instance", metavar="INSTANCE", help="a name or a path; it must have a start date")
    add("schedule", metavar="SCHEDULE", help="a schedule file")
    add("--out", required=True, metavar="DIR", help="the folder for the files")
    text = "of the CSV files: comma, or semicolon with decimal commas (default: comma)"
    add("--dialect", default="comma", metavar="D", help=text)
    text = "write plan.xlsx too, where names like 00123 stay text (extra 'excel')"
    add("--workbook", action="store_true", help=text)

    example = "cmo-kit bound small-1 --seconds 30"
    add = command("bound", commands.bound_instance, "Prove a lower bound on total tardiness.", example)
    add("instance", metavar="INSTANCE", help="a name or a path")
    add("--seconds", type=_number("--seconds"), metavar="S", help="go on proving for so long")
    text = "a total tardiness that is known; given it and no --seconds, the proof is the same every time"
    add("--upper-bound", type=_number("--upper-bound"), metavar="T", help=text)
    add("--certificate", metavar="FILE", help="write what somebody else needs to verify the bound")
    text = "where a better schedule is written, should the proof meet one (default: NAME-TOTAL.json)"
    add("--schedule", metavar="FILE", help=text)
    add("--json", action="store_true", help="print the bound as JSON")

    example = "cmo-kit verify small-1 instances/schedules/small-1.json instances/certificates/small-1.json.xz"
    text = "Recompute what a schedule and a certificate prove, trusting nobody."
    add = command("verify", commands.verify_files, text, example)
    add("instance", metavar="INSTANCE", help="a name or a path")
    add("schedule", metavar="SCHEDULE", help="a schedule file")
    text = (
        "what bound --certificate wrote, also packed with gzip or xz; exit code 1 when it does not prove what it claims"
    )
    add("certificate", metavar="CERTIFICATE", help=text)

    example = "cmo-kit run notebooks/studies/quick.toml --workers 2"
    add = command("run", commands.run_plan, "Run a study and render its report; what is done is not repeated.", example)
    add("plan", metavar="PLAN", help="a plan in TOML; python -m pydoc cmo_kit.study.plan.plan_file lists its keys")
    where = subparsers.choices["run"].add_mutually_exclusive_group()
    text = "how many runs at once, on this machine"
    where.add_argument("--workers", type=_integer("--workers"), metavar="N", help=text)
    where.add_argument("--dask", metavar="ADDRESS", help="run on the Dask cluster with this scheduler")
    add("--out", metavar="DIR", help="the study's folder (default: results/NAME)")
    add("--dry-run", action="store_true", help="list the runs and about how long they take; run nothing")
    add("--retry-failed", action="store_true", help="run again what failed before")

    example = "cmo-kit lab my-course"
    text = "Copy the notebooks of the course into a folder of your own and open JupyterLab there, on this machine only."
    add = command("lab", commands.open_lab, text, example)
    text = "where to; what is there already is kept as it is (default: cmo-kit-course)"
    add("folder", nargs="?", default="cmo-kit-course", metavar="FOLDER", help=text)
    add("--port", type=_integer("--port"), default=8888, metavar="N", help="or the next free one (default: 8888)")
    add("--no-browser", action="store_true", help="only print the address, which carries a token")
    add("--only-copy", action="store_true", help="copy, and open nothing")

    parts = subparsers.add_parser("course", help="Everything for a course.", description="Everything for a course.")
    subparsers = parts.add_subparsers(required=True, metavar="WHAT")  # command() adds to these from here on
    example = "cmo-kit course build --out dist"
    text = "Make copies of all notebooks for students (no outputs, no solutions) and instructors, and the solutions."
    add = command("build", commands.build_course_copies, text, example)
    add("--out", required=True, metavar="DIR", help="a folder, new, empty or of an earlier build, which is replaced")

    example = "cmo-kit course pack --out pack"
    text = "Make the instructor's pack: guide, slides, question bank, rubric, capstones, notebooks with planted errors."
    add = command("pack", course_commands.build_instructors_pack, text, example)
    add("--out", required=True, metavar="DIR", help="a folder, new, empty or of an earlier pack, which is replaced")
    add("--seed", type=_integer("--seed"), default=1, metavar="N", help="which errors, and choices (default: 1)")

    example = "cmo-kit course predictions handed-in --chapter 02 --out predictions.png"
    text = "Draw what a class predicted in a notebook, without names, from the students' folders."
    add = command("predictions", course_commands.draw_predictions, text, example)
    add("folder", metavar="FOLDER", help="holds the students' folders, each with a folder predictions somewhere in it")
    add("--chapter", required=True, metavar="CHAPTER", help="the notebook's number, such as 02")
    add("--out", required=True, metavar="FILE.png", help="where to draw it")

    example = "cmo-kit course questions small-1 best.json --seed 3 --answers answers.json"
    text = (
        "Print questions about a schedule: what would become of the total if a run moved, an order was cancelled, ..."
    )
    add = command("questions", course_commands.print_questions, text, example)
    add("instance", metavar="INSTANCE", help="a name or a path")
    add("schedule", metavar="SCHEDULE", help="a schedule file, feasible")
    add("--seed", type=_integer("--seed"), default=1, metavar="N", help="which questions (default: 1)")
    add("--count", type=_integer("--count"), default=5, metavar="N", help="how many (default: 5)")
    text = "write the answers there, with the answers that known mistakes give"
    add("--answers", metavar="FILE", help=text)

    example = "cmo-kit course plant 03 --seed 8 --out hunt_03.ipynb --key ../key_03.json"
    text = "Copy a notebook with five planted errors: find them. Its code is as it was, and its key is kept apart."
    add = command("plant", course_commands.plant_errors, text, example)
    add("chapter", metavar="CHAPTER", help="the notebook's number, 01 to 09")
    add("--seed", type=_integer("--seed"), required=True, metavar="N", help="which errors")
    add("--out", required=True, metavar="FILE", help="the notebook for students")
    add("--key", required=True, metavar="FILE", help="the key, in another folder")

    example = "cmo-kit course class roster.csv --key class.key --out class"
    text = "Make a problem for each student of a roster, as hard as the others', with its proved optimum."
    add = command("class", class_commands.make_class, text, example)
    text = "one line a student, .csv or .xlsx; columns: id, name; optional: email, login, section"
    add("roster", metavar="ROSTER", help=text)
    text = "your secret, from which all problems follow; made if it is not there"
    add("--key", required=True, metavar="FILE", help=text)
    add("--out", required=True, metavar="CLASS", help="the class's folder; what is there already is kept")
    text = "least and greatest gap of the paper's genetic algorithm (default: 0.10 0.15)"
    add("--band", type=_number("--band"), nargs=2, metavar=("LOW", "HIGH"), help=text)
    add("--hidden", type=_integer("--hidden"), metavar="N", help="how many problems methods are graded on (default: 5)")
    text = "evaluations of a graded run (default: 10000)"
    add("--evaluations", type=_integer("--evaluations"), metavar="N", help=text)
    text = "processor time of a graded run, in seconds (default: 20)"
    add("--seconds", type=_integer("--seconds"), metavar="S", help=text)
    add("--workers", type=_integer("--workers"), metavar="N", help="how many problems at once (default: all cores)")
    _layout_options(subparsers.choices["class"])

    example = "cmo-kit course grade submissions --class class --out grades.csv"
    text = "Grade methods, answers, schedules and certificates; everything that they say is recomputed."
    add = command("grade", class_commands.grade_class, text, example)
    add("submissions", metavar="SUBMISSIONS", help="a folder with a folder for each student, named as in CLASS/handout")
    add("--class", dest="folder", required=True, metavar="CLASS", help="what cmo-kit course class made")
    text = "the table; for Canvas, for Moodle, and pages of feedback lie beside it"
    add("--out", required=True, metavar="FILE.csv", help=text)
    text = "what the column is called in Canvas and Moodle (default: A problem of your own)"
    add("--title", default="A problem of your own", metavar="T", help=text)
    _graded_options(add)

    example = "cmo-kit course tournament bots --class class --out board"
    text = "Run methods on hidden problems with equal evaluations, and on problems that students submit; write a board."
    add = command("tournament", class_commands.hold_tournament, text, example)
    text = "NAME.py or NAME/method.py for each method, NAME.json or NAME/instance.json for each submitted problem"
    add("bots", metavar="BOTS", help=text)
    add("--class", dest="folder", required=True, metavar="CLASS", help="what cmo-kit course class made")
    add("--out", required=True, metavar="BOARD", help="the folder for index.html and standings.csv")
    add("--title", default="Tournament", metavar="T", help="of the page (default: Tournament)")
    _graded_options(add)
    return parser


def _graded_options(add: Callable[..., argparse.Action]) -> None:
    """How submitted code is run."""
    add("--workers", type=_integer("--workers"), metavar="N", help="how many runs at once (default: all cores)")
    text = "bubblewrap, or limits alone (default: bubblewrap where it works); the output says what each holds"
    add("--isolation", metavar="I", help=text)


def _layout_options(command: argparse.ArgumentParser) -> None:
    """How a list that people keep is written."""
    group = command.add_argument_group("how the list is written, where it does not say so itself")
    group.add_argument("--delimiter", metavar="C", help="between columns: comma, semicolon, tab, bar, or a character")
    text = "the decimal mark, . or , (default: the one that is not doubtful)"
    group.add_argument("--decimal", metavar="C", help=text)
    group.add_argument("--encoding", metavar="E", help="such as cp1252, cp949, utf-16 (default: UTF-8, or as marked)")
    text = "dmy, mdy, ymd, excel (day numbers), day (days after the start), or a pattern such as %%d.%%m.%%y"
    group.add_argument("--date-format", metavar="F", help=f"{text} (default: dates with the year first)")
    group.add_argument("--sheet", metavar="S", help="of a workbook, where more than one could be the list")
    text = "COLUMN stands under HEADER in the list; more of them may follow"
    group.add_argument("--map", action="extend", nargs="+", default=[], metavar="COLUMN=HEADER", help=text)
    group.add_argument("--ignore-other", action="store_true", help="leave other columns out")


def _value(kind: type[int] | type[float], name: str) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            return kind(text)
        except ValueError:
            what = "an integer" if kind is int else "a number"
            raise argparse.ArgumentTypeError(f"{name} is {shown(text)}; it must be {what}") from None

    return parse


_integer, _number = partial(_value, int), partial(_value, float)
