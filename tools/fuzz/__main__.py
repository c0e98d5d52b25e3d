"""Attack every reader with damaged files: ``python -m tools.fuzz COUNT [SEED]``; ``--case NUMBER [SEED]`` repeats one.

A child process reads, with a limit on its memory; when it dies or is silent for too long, that is a bug of the
case at hand, and another child goes on behind it. Every bug's file is kept, and its number repeats it.
"""

import argparse
import collections
import multiprocessing
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from benchmarks.runner import run_program
from cmo_kit import InputError
from tools.fuzz.damage import damaged, damaged_line
from tools.fuzz.readers import Reader, readers

KEPT = Path(__file__).resolve().parents[2] / "results" / "fuzz"
#: Bytes that the child may ask for beyond what it has when it begins, and seconds of silence.
MOST_MEMORY, MOST_SILENCE = 1 << 30, 60
#: Seconds of processor time that a reader may take, and characters of a refusal.
MOST_SECONDS, MOST_WORDS = 2.0, 800


class Verdict(NamedTuple):
    """What a case showed: ``accepted``, ``refused`` or ``bug``, the time it took, and the refusal or the traceback."""

    reader: str
    outcome: str
    seconds: float
    words: str


def make_case(found: list[Reader], seed: int, number: int) -> tuple[Reader, str, bytes]:
    """The reader, the file's name and its bytes; the same for the same seed and number."""
    rng = random.Random(f"{seed} {number}")
    reader = rng.choices(found, [reader.share for reader in found])[0]
    name, data = rng.choice(reader.seeds)
    if reader.name == "arguments":
        return reader, name, damaged_line(data, rng)
    return reader, name, damaged(data, rng, [other for _, other in reader.seeds])


def judge(reader: Reader, name: str, data: bytes) -> Verdict:
    """Let the reader read the file, and say how that went; a second time if it took long, with all code loaded."""
    verdict = read(reader, name, data)
    if verdict.seconds > MOST_SECONDS and verdict.outcome != "bug":
        verdict = read(reader, name, data)
    if verdict.seconds > MOST_SECONDS and verdict.outcome != "bug":
        words = f"{verdict.seconds:.1f} s of processor time ({verdict.outcome}: {verdict.words[:300]})"
        return verdict._replace(outcome="bug", words=words)
    return verdict


def read(reader: Reader, name: str, data: bytes) -> Verdict:
    """Let the reader read the file in a new folder, however long it takes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        began = time.process_time()
        try:
            reader.read(path)
            outcome, words = "accepted", ""
        except InputError as error:
            outcome, words = "refused", str(error).replace(folder, "")
            most = MOST_WORDS + (len(data) if reader.name == "arguments" else 0)  # what was typed is told in full
            lines = words.splitlines()
            if len(lines) != len(getattr(error, "sentences", (words,))) or max(map(len, lines), default=0) > most:
                outcome, words = "bug", f"a refusal of {len(words)} characters: {words!r:.2000}"
        except Exception:
            outcome, words = "bug", traceback.format_exc()
        seconds = time.process_time() - began
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir()  # for the context to remove
    return Verdict(reader.name, outcome, seconds, words)


def child(place: Path, seed: int, numbers: range, answers: Connection) -> None:
    """Judge cases; send the number of one before it is judged, and verdict and peak of memory in kB behind it."""
    found = readers(place)
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + MOST_MEMORY, resource.RLIM_INFINITY))
    for number in numbers:
        answers.send((number, None, 0))
        verdict = judge(*make_case(found, seed, number))
        answers.send((number, verdict, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


class Run:
    """A run of the fuzzer and its counts."""

    def __init__(self, seed: int, count: int) -> None:
        self.seed, self.count, self.next, self.peak = seed, count, 0, 0
        self.counts: collections.Counter[tuple[str, str]] = collections.Counter()
        self.slowest: dict[str, tuple[float, int]] = {}
        self.bugs: list[int] = []

    def go(self) -> None:
        """Until all cases are judged; each child takes up where the last one ended."""
        fork = multiprocessing.get_context("fork")
        while self.next < self.count:
            with tempfile.TemporaryDirectory() as place:
                ours, theirs = fork.Pipe(duplex=False)
                numbers = range(self.next, self.count)
                process = fork.Process(target=child, args=(Path(place), self.seed, numbers, theirs))
                process.start()
                theirs.close()
                begun = self.listen(ours)
                process.kill()
                process.join()
            if begun is None:
                sys.exit("the fuzzer itself cannot begin")
            if self.next < self.count:
                self.take(begun, Verdict("?", "bug", 0.0, f"the process ended or hung (code {process.exitcode})"))

    def listen(self, answers: Connection) -> int | None:
        """Take in what the child says until it is silent or gone; the case that it was at."""
        begun = None
        try:
            while answers.poll(MOST_SILENCE):
                begun, verdict, peak = answers.recv()
                self.peak = max(self.peak, peak)
                if verdict is not None:
                    self.take(begun, verdict)
        except EOFError:
            pass
        return begun

    def take(self, number: int, verdict: Verdict) -> None:
        """Count a verdict; tell a bug."""
        self.next = number + 1
        self.counts[verdict.reader, verdict.outcome] += 1
        self.slowest[verdict.reader] = max(self.slowest.get(verdict.reader, (0.0, 0)), (verdict.seconds, number))
        if verdict.outcome == "bug":
            self.bugs.append(number)
            print(f"case {number} of seed {self.seed}, {verdict.reader}: {verdict.words}", flush=True)
        if self.next % 1000 == 0:
            print(f"{self.next} cases, {len(self.bugs)} bugs", flush=True)

    def report(self) -> None:
        """The counts, a line a reader."""
        for reader, (seconds, number) in sorted(self.slowest.items()):
            accepted, refused = (self.counts[reader, outcome] for outcome in ("accepted", "refused"))
            print(f"{reader}: {accepted} accepted, {refused} refused, slowest {seconds:.2f} s (case {number})")
        for outcome in ("accepted", "refused"):
            print(f"{outcome}: {sum(count for (_, kind), count in self.counts.items() if kind == outcome)}")
        print(f"bugs: {len(self.bugs)}, peak memory {self.peak / 1024:.0f} MB")


def repeat(number: int, seed: int, keep: bool) -> None:
    """Judge one case here and say what it is; or only keep its file."""
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
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__)
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
    sys.exit(run_program("fuzz", main))
