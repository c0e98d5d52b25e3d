"""``python -m benchmarks``: the compiled decoder against its rivals, and how its cost grows with the problem."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.decoder_rivals import CDecoder, NumpyDecoder, compiler
from benchmarks.environment import interleaved_medians, keep_document, stamp, use_one_processor
from benchmarks.runner import Record, command, run_missing
from cmo_kit.core.chromosome import decode
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance
from cmo_kit.fast import FastDecoder
from cmo_kit.study.results.speed import decoder_table, growth_table

#: Table 3's populations.
POPULATIONS = {"small": 100, "medium": 200, "large": 300}
#: 1, 3 and 10 times Large: orders, Sites.
GROWTH = {"1x": (100, 10), "3x": (300, 20), "10x": (1000, 50)}
GROWTH_POPULATION = 96
C_OPTIONS = {"C -O3": (), "C -O3 -march=native": ("-march=native",)}
READABLE_SAMPLE = 10

Decoder = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def c_decoders(instance: Instance) -> dict[str, CDecoder]:
    """The C program, compiled with each set of options; none without a compiler."""
    return {name: CDecoder(instance, options) for name, options in C_OPTIONS.items()} if compiler() else {}


def certain_population(
    instance: Instance, size: int, decoders: Iterable[FastDecoder | CDecoder]
) -> NDArray[np.float64]:
    """Random chromosomes without the rare ties of rounded keys, so that every rival can decode all."""
    population = np.random.default_rng(1).random((2 * size, instance.key_count))
    for decoder in decoders:
        population = population[~decoder.doubtful(population)]
    return np.ascontiguousarray(population[:size])


def measure_set(test_set: str, repeats: int) -> dict[str, Any]:
    """Microseconds per chromosome of every rival on one of Table 2's sets; all numbers are compared first."""
    instance, e = generate_instance(test_set, seed=1), POPULATIONS[test_set]
    fast, in_c = FastDecoder(instance), c_decoders(instance)
    population = certain_population(instance, e, [fast, *in_c.values()])
    sample = population[:READABLE_SAMPLE]
    expected = np.array([decode(instance, keys).total_tardiness for keys in sample])
    decoders: dict[str, Decoder] = {
        "compiled": fast.total_tardiness,
        "numpy": NumpyDecoder(instance).total_tardiness,
        **{name: decoder.total_tardiness for name, decoder in in_c.items()},
    }
    reference = decoders["compiled"](population)
    np.testing.assert_array_equal(reference[:READABLE_SAMPLE], expected)
    for decoder in decoders.values():
        np.testing.assert_array_equal(decoder(population), reference)
    calls: dict[str, Callable[[], object]] = {"argsort": partial(np.argsort, population, axis=1)}
    calls |= {name: partial(decoder, population) for name, decoder in decoders.items()}
    calls["compiled with fingerprints"] = partial(fast.evaluate, population)
    seconds = interleaved_medians(calls, repeats)
    read = interleaved_medians(
        {"readable": lambda: [decode(instance, keys).total_tardiness for keys in sample]}, max(3, repeats // 5)
    )
    microseconds = {name: 1e6 * value / e for name, value in seconds.items()}
    microseconds["readable"] = 1e6 * read["readable"] / READABLE_SAMPLE
    return {
        "keys": instance.key_count,
        "population": e,
        "microseconds": microseconds,
        "ratios": {
            "compiled / argsort": microseconds["compiled"] / microseconds["argsort"],
            **{
                f"compiled / {name}": microseconds["compiled"] / microseconds[name]
                for name in C_OPTIONS
                if name in decoders
            },
            "numpy / compiled": microseconds["numpy"] / microseconds["compiled"],
            "readable / compiled": microseconds["readable"] / microseconds["compiled"],
        },
    }


def measure_growth(repeats: int) -> dict[str, Any]:
    """Cost per chromosome and per key for problems of 1, 3 and 10 times Large's length."""
    instances = {
        name: generate_instance("large", seed=1, orders=orders, sites=sites) for name, (orders, sites) in GROWTH.items()
    }
    populations = {
        name: np.random.default_rng(1).random((GROWTH_POPULATION, instance.key_count))
        for name, instance in instances.items()
    }
    calls: dict[str, Callable[[], object]] = {}
    for name, instance in instances.items():
        decoder, population = FastDecoder(instance), populations[name]
        calls[name] = partial(decoder.total_tardiness, population)
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
        sets: dict[str, Record] = {}
        runs = {test_set: lambda _, name=test_set: measure_set(name, options.repeats) for test_set in POPULATIONS}
        run_missing("bench", runs, (), sets.__setitem__)
        measured = stamp() | {"sets": sets, "growth": measure_growth(max(3, options.repeats // 4))}
        print(decoder_table(measured), growth_table(measured), sep="\n\n")
        keep_document(options.out, measured)
        print(f"written to {options.out}")

    return command("bench", work)


if __name__ == "__main__":
    sys.exit(main())
