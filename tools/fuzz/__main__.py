"""Attack every reader with damaged files: ``python -m tools.fuzz COUNT [SEED]``; ``--case NUMBER [SEED]`` repeats one.

A process reads some hundred of them, with a limit on its memory; when it dies or takes too long, that is a bug of the
case at hand, and another one goes on behind it. Every bug's file is kept, and its number repeats it. Then the verifier
is attacked with forged certificates, a fortieth of COUNT of each kind.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.runner import run_program
from cmo_kit.base.process import last_line, run_process
from cmo_kit.base.progress import ProgressLine
from tools.fuzz.cases import judge, judge_cases, make_case
from tools.fuzz.forged import forge_many
from tools.fuzz.readers import readers

KEPT = Path(__file__).resolve().parents[2] / "results" / "fuzz"
#: Cases of a process, and the seconds that it has.
AT_ONCE, MOST_SECONDS = 500, 300


def attack(seed: int, count: int) -> list[int]:
    """Judge all cases and print what was found; the numbers of those that are bugs."""
    counts: Counter[str] = Counter()
    bugs, following = list[int](), 0

    def take(number: int, reader: str, outcome: str, words: str) -> None:
        counts[f"{reader}: {outcome}"] += 1
        if outcome == "bug":
            bugs.append(number)
            print(f"case {number} of seed {seed}, {reader}: {words}", flush=True)

    with tempfile.TemporaryDirectory(prefix="cmo-kit-") as name, ProgressLine("fuzz") as line:
        log = Path(name) / "log"
        while following < count:
            line.say(f"fuzz: {following} of {count} files, {len(bugs)} bugs")
            last = min(count, following + AT_ONCE)
            ending = run_process(judge_cases, (seed, following, last), log, limit=MOST_SECONDS, temporary=Path(name))
            begun, *verdicts = log.read_text(encoding="utf-8").split("\nverdict ")
            if not begun.startswith("begun"):
                raise RuntimeError(f"the fuzzer itself cannot begin: {last_line(log)}")
            for verdict in verdicts:
                take(*json.loads(verdict.partition("\n")[0]))
            following += len(verdicts)
            if following < last:
                take(following, "?", "bug", f"the process ended or hung ({ending.killed or ending.code})")
                following += 1
    for what, number in sorted(counts.items()):
        print(f"{what} {number}")
    print(f"bugs: {len(bugs)}")
    return bugs


def repeat(number: int, seed: int, keep: bool) -> None:
    """Judge one case here and say what it is; or only keep its file."""
    with tempfile.TemporaryDirectory() as place:
        reader, name, data = make_case(readers(Path(place)), seed, number)
        KEPT.mkdir(parents=True, exist_ok=True)
        path = KEPT / f"{seed}-{number}-{name}"
        path.write_bytes(data)
        print(f"{reader.name}: {len(data)} bytes in {path}: {data[:200]!r}", flush=True)
        if not keep:
            print(*judge(reader, name, data), sep=": ")


def main() -> int:
    """Exit code 1 where there was a bug."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("count", type=int, help="how many files; with --case the number of one")
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--case", action="store_true", help="repeat one case, with its file and what becomes of it")
    options = parser.parse_args()
    if options.case:
        repeat(options.count, options.seed, False)
        return 0
    bugs = attack(options.seed, options.count)
    for number in bugs[:20]:
        repeat(number, options.seed, True)
    with ProgressLine("forged") as line:
        found = forge_many(options.count // 40, options.seed, line.say)
    print(", ".join(f"{what.replace('_', ' ')} {number}" for what, number in sorted(found.items())))
    print(f"{sum(found.values())} forged certificates, seed {options.seed}: none proves more than is true")
    return 1 if bugs else 0


if __name__ == "__main__":
    sys.exit(run_program("fuzz", main))
