"""Attack every reader with damaged files: ``python -m fuzz COUNT [SEED]``; ``python -m fuzz --case NUMBER [SEED]``.

A child process reads, with a limit on its memory; when it dies or is silent for too long, that is a bug of the
case at hand, and another child goes on behind it. Every bug's file is kept, and its number repeats it.
"""

import argparse
import collections
import json
import os
import resource
import select
import signal
import sys
import tempfile
import traceback
from pathlib import Path

KEPT = Path(__file__).resolve().parents[2] / "results" / "fuzz"
#: Bytes that the child may ask for beyond what it has when it begins, and seconds of silence.
MOST_MEMORY, MOST_SILENCE = 1 << 30, 60


def child(place: Path, seed: int, numbers: range, answers: int) -> None:
    """Judge cases, and write one line before and one behind each."""
    from tools.fuzz.cases import judge, make_case
    from tools.fuzz.readers import readers

    found = readers(place)
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + MOST_MEMORY, resource.RLIM_INFINITY))
    with open(answers, "w", encoding="utf-8") as out:
        for number in numbers:
            print(json.dumps([number]), file=out, flush=True)
            verdict = judge(*make_case(found, seed, number))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            line = [number, verdict.reader, verdict.outcome, verdict.seconds, verdict.words, peak]
            print(json.dumps(line), file=out, flush=True)


class Run:
    """A run of the fuzzer and its counts."""

    def __init__(self, seed: int, count: int) -> None:
        self.seed, self.count, self.next = seed, count, 0
        self.counts: collections.Counter[tuple[str, str]] = collections.Counter()
        self.slowest: dict[str, tuple[float, int]] = {}
        self.peak, self.bugs = 0, list[int]()

    def go(self) -> None:
        """Until all cases are judged; each child takes up where the last one ended."""
        while self.next < self.count:
            with tempfile.TemporaryDirectory() as place:
                ours, theirs = os.pipe()
                pid = os.fork()
                if pid == 0:
                    os.close(ours)
                    code = 1
                    try:
                        child(Path(place), self.seed, range(self.next, self.count), theirs)
                        code = 0
                    except BaseException:
                        traceback.print_exc()
                    finally:
                        os._exit(code)
                os.close(theirs)
                self.listen(ours, pid)

    def listen(self, answers: int, pid: int) -> None:
        """Take in what the child says until it is silent or gone."""
        begun = None
        with open(answers, "rb", buffering=0) as file:
            rest = b""
            while select.select([file], [], [], MOST_SILENCE)[0] and (piece := file.read(1 << 16)):
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    answer = json.loads(line)
                    begun = answer[0]
                    if len(answer) > 1:
                        self.take(*answer)
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if self.next < self.count:
            if begun is None:
                sys.exit("the fuzzer itself cannot begin")
            self.take(begun, "?", "bug", 0.0, f"the process ended or hung (status {status})", 0)

    def take(self, number: int, reader: str, outcome: str, seconds: float, words: str, peak: int) -> None:
        """Count a verdict; tell a bug and keep its file."""
        self.next = number + 1
        self.counts[reader, outcome] += 1
        self.slowest[reader] = max(self.slowest.get(reader, (0.0, 0)), (seconds, number))
        self.peak = max(self.peak, peak)
        if outcome == "bug":
            self.bugs.append(number)
            print(f"case {number} of seed {self.seed}, {reader}: {words}", flush=True)
        if self.next % 1000 == 0:
            print(f"{self.next} cases, {len(self.bugs)} bugs", flush=True)

    def report(self) -> None:
        """The counts, a line a reader."""
        for reader in sorted(self.slowest):
            accepted, refused = (self.counts[reader, outcome] for outcome in ("accepted", "refused"))
            seconds, number = self.slowest[reader]
            print(f"{reader}: {accepted} accepted, {refused} refused, slowest {seconds:.2f} s (case {number})")
        for outcome in ("accepted", "refused"):
            print(f"{outcome}: {sum(count for (_, kind), count in self.counts.items() if kind == outcome)}")
        print(f"bugs: {len(self.bugs)}, peak memory {self.peak / 1024:.0f} MB")


def repeat(number: int, seed: int, keep: bool) -> None:
    """Judge one case here and say what it is; or only keep its file."""
    from tools.fuzz.cases import judge, make_case
    from tools.fuzz.readers import readers

    with tempfile.TemporaryDirectory() as place:
        reader, name, data = make_case(readers(Path(place)), seed, number)
        KEPT.mkdir(parents=True, exist_ok=True)
        path = KEPT / f"{seed}-{number}-{name}"
        path.write_bytes(data)
        print(f"{reader.name}: {len(data)} bytes in {path}: {data[:200]!r}", flush=True)
        if not keep:
            verdict = judge(reader, name, data)
            print(f"{verdict.outcome} after {verdict.seconds:.2f} s: {verdict.words}")


def main() -> int:
    """Exit code 1 where there was a bug."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("count", type=int, help="how many files; with --case the number of one")
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--case", action="store_true", help="repeat one case, with its file and what becomes of it")
    options = parser.parse_args()
    if options.case:
        repeat(options.count, options.seed, False)
        return 0
    run = Run(options.seed, options.count)
    run.go()
    run.report()
    for number in run.bugs[:20]:
        repeat(number, options.seed, True)
    return 1 if run.bugs else 0


if __name__ == "__main__":
    sys.exit(main())
