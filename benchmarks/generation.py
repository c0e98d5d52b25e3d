"""What an evaluation of the genetic algorithm costs beside its decoding: ``python -m benchmarks.generation``.

Runs of a hundred generations, from the first draw to the schedule of the best chromosome, take turns with the decoder
alone. It gets one population after another: the processor foresees the branches of one that it has just decoded, and is
a fifth faster than in any run. Exit code 1 when an evaluation costs more than :data:`MOST` times its decoding.
"""

import sys
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.__main__ import interleaved_medians
from benchmarks.runner import run_program, stamp, use_one_processor
from cmo_kit.base.text import text_table
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.genetic import default_population_size
from cmo_kit.fast import FastDecoder
from cmo_kit.methods.registry import prepared

MOST = {"small": 2.5, "medium": 2.0, "large": 2.0}
GENERATIONS, REPEATS, DECODED = 100, 15, 10


def measure(test_set: str) -> dict[str, float]:
    """Microseconds of an evaluation: decoding alone, the algorithm with compiled and with readable operators."""
    instance = generate_instance(test_set, seed=1)
    e = default_population_size(instance)
    populations = np.random.default_rng(1).random((DECODED, e, instance.key_count))
    decoder, method = FastDecoder(instance), prepared("ga", instance)

    def decoding() -> None:
        for population in populations:
            decoder.total_tardiness(population)

    def run(**parts: object) -> None:
        method(instance, np.random.default_rng(1), evaluations=GENERATIONS * e, patience=None, **parts)

    calls: dict[str, Callable[[], object]] = {
        "decoding": decoding,
        "compiled": run,
        "readable": partial(run, compiled_operators={}),
    }
    seconds = interleaved_medians(calls, REPEATS)
    generations = {"decoding": DECODED, "compiled": GENERATIONS, "readable": GENERATIONS}
    return {name: 1e6 * value / generations[name] / e for name, value in seconds.items()}


def main() -> int:
    """Measure and print; 1 when a set costs more than it may."""
    use_one_processor()
    environment = stamp()["environment"]
    print(f"{environment['processor']} ({environment['compiled_for']}); microseconds of an evaluation, one processor")
    rows, over = [], False
    for test_set, most in MOST.items():
        us = measure(test_set)
        ratio = us["compiled"] / us["decoding"]
        over = over or ratio > most
        rows.append([test_set, *(f"{value:.2f}" for value in us.values()), f"{ratio:.2f}x", f"{most}x"])
    head = ["set", "decoding", "genetic algorithm", "with readable operators", "of decoding", "at most"]
    print(text_table(head, rows))
    return int(over)


if __name__ == "__main__":
    sys.exit(run_program("generation", main))
