"""Check the tests themselves: they must notice small changes of the code (a mutation check).

``python tests/mutation draw --seed 2026 --count 60 > list.jsonl`` draws the changes: a line, each as likely as
any other that admits a change, then a kind of change possible there, then one of that kind.
``python tests/mutation run list.jsonl`` makes them one at a time in a copy of the last commit, runs the tests until
one fails, and says which changes no test noticed. What is done is kept beside the list, so a run can be resumed.
"""

import argparse
import json
import random
import sys
from dataclasses import asdict
from pathlib import Path

from tools.mutation.changes import Change, possible, written
from tools.mutation.run import Plan, run

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("core", "check.py", "fast", "beyond", "study")


def draw(seed: int, count: int) -> list[Change]:
    """``count`` changes on different lines of the parts of the package that compute."""
    files = [path for part in PARTS for path in sorted((ROOT / "cmo_kit").glob(f"{part}/**/*.py"))]
    files += [ROOT / "cmo_kit" / part for part in PARTS if part.endswith(".py")]
    sources = {path: path.read_bytes() for path in files}
    found = {path: possible(source) for path, source in sources.items()}
    lines = [(path, line) for path in files for line in sorted(found[path])]
    dice = random.Random(seed)
    drawn = []
    for path, line in sorted(dice.sample(lines, count)):
        choices = found[path][line]
        kind = dice.choice(sorted({choice[0] for choice in choices}))
        choice = dice.choice([choice for choice in choices if choice[0] == kind])
        drawn.append(written(path.relative_to(ROOT).as_posix(), sources[path], choice))
    return drawn


def main() -> int:
    """Draw or run, as the command line says."""
    parser = argparse.ArgumentParser(prog="tests/mutation", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw", help="print the changes, one JSON object a line")
    drawing.add_argument("--seed", type=int, required=True)
    drawing.add_argument("--count", type=int, default=60)
    running = commands.add_parser("run", help="make each change and run the tests; exit code 1 when one survives")
    running.add_argument("list", type=Path)
    running.add_argument("--commit", default="HEAD", help="the state of the repository in which the list was drawn")
    running.add_argument("--only", type=int, nargs="+", default=[], help="numbers of changes to try anew")
    running.add_argument("--near", type=int, default=5, help="test files that every change meets in the first round")
    running.add_argument("--near-only", action="store_true", help="no second round with all other test files")
    running.add_argument("--tests", type=Path, help="JSON: what pytest is to run first, by the number of the change")
    running.add_argument("--minutes", type=float, default=8, help="the longest time for one change in one round")
    options = parser.parse_args()
    if options.command == "draw":
        print("\n".join(json.dumps(asdict(change), ensure_ascii=False) for change in draw(options.seed, options.count)))
        return 0
    changes = [Change(**json.loads(line)) for line in options.list.read_text(encoding="utf-8").splitlines()]
    tests = json.loads(options.tests.read_text(encoding="utf-8")) if options.tests else {}
    plan = Plan(options.commit, options.only, tests, options.near, not options.near_only, 60 * options.minutes)
    return run(ROOT, changes, options.list.with_suffix(""), plan)


if __name__ == "__main__":
    sys.exit(main())
