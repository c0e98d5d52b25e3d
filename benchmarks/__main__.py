"""``python -m benchmarks``: the compiled decoder against its rivals, and how its cost grows with the problem."""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.decoder_rivals import CDecoder, NumpyDecoder, compiler
from benchmarks.runner import keep_document, run_missing, run_program, stamp, use_one_processor
from cmo_kit.core.chromosome import decode
from cmo_kit.core.generate import SETS, generate_instance
from cmo_kit.core.genetic import default_population_size
from cmo_kit.core.instance import Instance
from cmo_kit.fast import FastDecoder
from cmo_kit.study.results.speed import decoder_table, growth_table

#: 1, 3 and 10 times Large: orders, Sites.
GROWTH = {"1x": (100, 10), "3x": (300, 20), "10x": (1000, 50)}
GROWTH_POPULATION = 96
C_OPTIONS = {"C -O3": (), "C -O3 -march=native": ("-march=native",)}
READABLE_SAMPLE = 10
SHORTEST_SAMPLE = 0.002


def interleaved_medians(rivals: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median seconds of one call of each rival: processor time of the thread that works, not of waiting for others.

    Every round times each rival once, in turn, so that whatever else the machine does hits all of them alike; a sample
    repeats a short call until the clock can be trusted. The first call, which compiles and fills caches, is not timed.
    """

    def seconds(rival: Callable[[], object], calls: int) -> float:
        began = time.thread_time()
        for _ in range(calls):
            rival()
        return (time.thread_time() - began) / calls

    for rival in rivals.values():
        rival()
    calls = {name: max(1, round(SHORTEST_SAMPLE / max(seconds(rival, 1), 1e-9))) for name, rival in rivals.items()}
    rounds = [{name: seconds(rival, calls[name]) for name, rival in rivals.items()} for _ in range(repeats)]
    return {name: statistics.median(times[name] for times in rounds) for name in rivals}


def certain_population(
    instance: Instance, size: int, decoders: Iterable[FastDecoder | CDecoder]
) -> NDArray[np.float64]:
    """Random chromosomes without the rare ties of rounded keys, so that every rival can decode all."""
    population = np.random.default_rng(1).random((2 * size, instance.key_count))
    for decoder in decoders:
        population = population[~decoder.doubtful(population)]
    return np.ascontiguousarray(population[:size])


def measure_set(test_set: str, repeats: int, progress: object) -> dict[str, Any]:
    """Microseconds per chromosome of every rival on one of Table 2's sets; all numbers are compared first."""
    instance = generate_instance(test_set, seed=1)
    e = default_population_size(instance)
    fast = FastDecoder(instance)
    in_c = {name: CDecoder(instance, options) for name, options in C_OPTIONS.items()} if compiler() else {}
    population = certain_population(instance, e, [fast, *in_c.values()])
    sample = population[:READABLE_SAMPLE]

    def readable() -> list[float]:
        return [decode(instance, keys).total_tardiness for keys in sample]

    reference = fast.total_tardiness(population)
    np.testing.assert_array_equal(reference[:READABLE_SAMPLE], readable())
    calls: dict[str, Callable[[], object]] = {"argsort": partial(np.argsort, population, axis=1)}
    rivals: dict[str, FastDecoder | NumpyDecoder | CDecoder] = {"compiled": fast, "numpy": NumpyDecoder(instance)}
    for name, decoder in (rivals | in_c).items():
        np.testing.assert_array_equal(decoder.total_tardiness(population), reference)
        calls[name] = partial(decoder.total_tardiness, population)
    calls["compiled with fingerprints"] = partial(fast.evaluate, population)
    us = {name: 1e6 * value / e for name, value in interleaved_medians(calls, repeats).items()}
    read = interleaved_medians({"readable": readable}, max(3, repeats // 5))
    us["readable"] = 1e6 * read["readable"] / READABLE_SAMPLE
    pairs = [("compiled", "argsort"), *(("compiled", name) for name in in_c), ("numpy", "compiled")]
    ratios = {f"{one} / {other}": us[one] / us[other] for one, other in [*pairs, ("readable", "compiled")]}
    return {"keys": instance.key_count, "population": e, "microseconds": us, "ratios": ratios}


def measure_growth(repeats: int) -> dict[str, Any]:
    """Cost per chromosome and per key for problems of 1, 3 and 10 times Large's length."""
    instances = {
        name: generate_instance("large", seed=1, orders=orders, sites=sites) for name, (orders, sites) in GROWTH.items()
    }
    calls: dict[str, Callable[[], object]] = {}
    for name, instance in instances.items():
        population = np.random.default_rng(1).random((GROWTH_POPULATION, instance.key_count))
        calls[name] = partial(FastDecoder(instance).total_tardiness, population)
        calls[f"argsort {name}"] = partial(np.argsort, population, axis=1)
    seconds = interleaved_medians(calls, repeats)
    return {
        name: {
            "orders": len(instance.orders),
            "sites": instance.sites,
            "keys": instance.key_count,
            "microseconds": 1e6 * seconds[name] / GROWTH_POPULATION,
            "nanoseconds_per_key": 1e9 * seconds[name] / GROWTH_POPULATION / instance.key_count,
            "argsort_nanoseconds_per_key": 1e9 * seconds[f"argsort {name}"] / GROWTH_POPULATION / instance.key_count,
        }
        for name, instance in instances.items()
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table, keep the numbers as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--out", default="results/bench.json", help="where the numbers go")
    parser.add_argument("--repeats", type=int, default=41, help="samples of each rival; the median counts")
    options = parser.parse_args(arguments)

    def work() -> None:
        use_one_processor()
        sets = run_missing("bench", {name: partial(measure_set, name, options.repeats) for name in SETS})
        measured = stamp() | {"sets": sets, "growth": measure_growth(max(3, options.repeats // 4))}
        print(decoder_table(measured), growth_table(measured), sep="\n\n")
        keep_document(options.out, measured)
        print(f"written to {options.out}")

    return run_program("bench", work)


if __name__ == "__main__":
    sys.exit(main())
