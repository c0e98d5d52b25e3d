"""``python -m tools.faults --count 200 --seed 1 [--command solve|run|...]``, behind ``make faults``.

Each trial starts a command, waits for the line that says it has begun, and sends SIGINT or SIGTERM at a moment drawn
between that line and past its usual end; every third trial sends a second signal soon after the first. A reader looks
at the output files all the while. What is wrong stands in one line a trial; the end is a table of exit codes.
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cmo_kit.cli
from benchmarks.runner import run_program
from cmo_kit.base.progress import ProgressLine
from tools.faults.commands import COMMANDS
from tools.faults.start import SERVE, Starter, serve
from tools.faults.trial import Trial, perform

KINDS = (signal.SIGINT, signal.SIGTERM)


def trials(starter: Starter, name: str, count: int, seed: int, slower: float = 1.0) -> Iterator[Trial]:
    """Draw and perform so many trials of a command; the folder of one with something wrong stays."""
    rng, command = random.Random(f"{name}-{seed}"), COMMANDS[name]
    for number in range(count):
        turn, variant = divmod(number, len(command.variants))
        signals = [(slower * rng.uniform(0, command.lasts), int(KINDS[turn % 2]))]
        if rng.random() < 1 / 3:
            signals.append((rng.uniform(0, 0.4), int(rng.choice(KINDS))))
        trial = Trial(command, command.variants[variant], signals, Path(tempfile.mkdtemp(prefix="cmo-kit-faults-")))
        perform(starter, trial, number)
        yield trial
        if not trial.wrong:
            shutil.rmtree(trial.folder)


def main() -> int:
    """Perform, count, and say what is wrong; 1 if anything is."""
    parser = argparse.ArgumentParser(prog="python -m tools.faults", description=__doc__.partition("\n\n")[2])
    parser.add_argument("--count", type=int, default=200, help="trials of each command (200)")
    parser.add_argument("--seed", type=int, default=1, help="seed of variants and moments (1)")
    parser.add_argument("--slower", type=float, default=1.0, help="how many times as long as usual commands take (1)")
    parser.add_argument("--command", choices=tuple(COMMANDS), help="one command only")
    chosen = parser.parse_args()
    wrong, starter = 0, Starter()
    for name in [chosen.command] if chosen.command else COMMANDS:
        codes: Counter[str] = Counter()
        slowest, line = 0.0, ProgressLine("faults")
        for trial in trials(starter, name, chosen.count, chosen.seed, chosen.slower):
            line.say(f"faults: {name}, {codes.total()} of {chosen.count} trials")
            kind = signal.Signals(trial.signals[0][1]).name if trial.sent else "too late"
            codes[f"{kind}: code {trial.code}{', two signals' if trial.sent > 1 else ''}"] += 1
            slowest = max(slowest, trial.seconds if trial.code else 0.0)
            if trial.wrong:
                wrong += 1
                print(f"{trial.line()}\n  {trial.folder}\n{trial.err}", flush=True)
        table = "; ".join(f"{key} x{count}" for key, count in sorted(codes.items()))
        print(f"{name}: {table}; ended at most {slowest:.1f} s after a signal that came in time", flush=True)
    starter.close()
    print(f"{wrong} trials with something wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1:] == [SERVE]:
        serve()
        sys.exit(cmo_kit.cli.main())
    sys.exit(run_program("faults", main))
