"""Work for every compiled kernel on problems of a few batches, to be done with the compiler and without it.

``NUMBA_DISABLE_JIT=1 python -m tests.helpers.kernel_jobs`` prints what the kernels return as plain Python. Vectors
exist only in compiled code, so there the rows of a numpy array stand in for them, operation by operation.
"""

import ctypes
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from itertools import product
from typing import Any
from unittest.mock import patch

import numba
import numpy as np
import pytest
from numpy.typing import NDArray

from cmo_kit import Instance, Order, generate_instance
from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Limits
from cmo_kit.bounds import lower_bound, prover
from cmo_kit.bounds.ascent import ascend, first_multipliers, price
from cmo_kit.bounds.branch import refute
from cmo_kit.bounds.grid import to_grid
from cmo_kit.bounds.relaxation import Domain, relax
from cmo_kit.codings.kernels import evaluate_lists, list_schedule_fast, recode
from cmo_kit.codings.sequences import DECODINGS, ENCODINGS, Sequences
from cmo_kit.core.expert import dispatch
from cmo_kit.fast import FastDecoder, decoder, draws, lanes, operators, tables
from cmo_kit.fast.tables import LANES
from cmo_kit.search import search
from cmo_kit.search.lists import ListChain
from cmo_kit.search.runs import RunChain
from cmo_kit.search.state import runs_of
from tests.helpers.strategies import tiny_instance
from tests.helpers.thorough import THOROUGH, sample

#: Tiny problems that a job takes, of every kind: the kinds take turns.
TINY = range(25 if THOROUGH else 10)
Keys = NDArray[np.float64]


def put(array: NDArray[Any], row: int, lane: int, value: float) -> None:
    """One lane of a row; the other names of the module of vectors are expressions."""
    array[row, lane] = value


def store(array: NDArray[Any], row: int, value: NDArray[Any]) -> None:
    array[row] = value


def whole_keys(population: Keys, row: int, gene: int, scale: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """A gene of sixteen chromosomes as whole numbers, and where it is a number from 0 to 1."""
    keys = population[row : row + LANES, gene]
    valid = (keys >= 0) & (keys <= 1)
    return (np.where(valid, keys, 0.0) * scale).astype(np.uint32), valid.astype(np.uint32)


VECTORS: dict[str, Callable[..., Any]] = {
    "load": lambda array, row: array[row].copy(),
    "store": store,
    "get": lambda array, row, lane: array[row, lane],
    "put": put,
    "spread": lambda value: np.full(LANES, value),
    "where_zero": lambda test, yes, no: np.where(test == 0, yes, no),
    "to_float": lambda value: value.astype(np.float64),
    "whole_keys": whole_keys,
    "least": np.minimum,
    "most": np.maximum,
}


@contextmanager
def rows_as_vectors() -> Iterator[None]:
    """Without the compiler, let the decoder use the kernels that work on vectors, and rows stand in for these."""
    with ExitStack() as changes:
        if numba.config.DISABLE_JIT:
            changes.enter_context(patch.object(decoder, "COMPILING", True))
            changes.enter_context(patch.multiple(lanes, **VECTORS))
        yield


def called(result: type, number: type) -> Callable[[int, int], Any]:
    """What calls a bit generator's C function by its address from Python."""
    kind = ctypes.CFUNCTYPE(result, ctypes.c_void_p)
    return lambda function, state: number(kind(int(function))(int(state)))


CALLS = {
    "call_for_bits": called(ctypes.c_uint32, np.uint32),
    "call_for_number": called(ctypes.c_double, float),
}


def orders_alike(count: int, batches: int, sites: int, **order: float) -> Instance:
    made = tuple(
        Order(str(i), batches, order.get("due_date", 3 * i), (1,), order.get("weight", 1)) for i in range(count)
    )
    setup = tuple(tuple(0 if i == j else 2 for j in range(count)) for i in range(count))
    return Instance("alike", sites, made, setup, operations=("one",))


def runs_in_turn(orders: int, batches: int, sites: int) -> Instance:
    """Orders between which a change costs less than going on: many runs of one order pay on a Site."""
    made = tuple(Order(str(i), batches, 0, (1,)) for i in range(orders))
    setup = tuple(tuple(5 if i == j else 0 for j in range(orders)) for i in range(orders))
    return Instance("in turn", sites, made, setup, operations=("one",))


def populations(instance: Instance) -> Iterator[Keys]:
    """Keys without ties, with many, so close that rounding makes them tie, and all the same."""
    rng = np.random.default_rng(instance.key_count)
    keys = rng.random((LANES + 3, instance.key_count))
    yield keys
    yield rng.integers(0, 5, keys.shape) / 4
    batches = slice(0, instance.total_batches)
    close = keys.copy()
    close[:, batches] = rng.integers(0, 3, close[:, batches].shape) / 4 + close[:, batches] * 2.0**-40
    yield close
    yield np.full_like(keys, 0.5)


def decoded() -> list[Any]:
    """Total tardiness, fingerprints and doubts, all Sites at once and in blocks of Sites."""
    found = []
    for instance in [*map(tiny_instance, range(8)), orders_alike(3, 25, 2)]:
        wrong = np.random.default_rng(1).random((LANES, instance.key_count))
        wrong[LANES - 1, 0] = np.nan
        for in_cache in (1200, 3):
            with patch.object(tables, "CELLS_IN_CACHE", in_cache):
                fast = FastDecoder(instance)
            with rows_as_vectors():
                for keys in populations(instance):
                    totals, fingerprints = fast.evaluate(keys)
                    assert (fast.total_tardiness(keys) == totals).all()
                    found.append([totals.tolist(), fingerprints.tolist(), fast.doubtful(keys).tolist()])
                with pytest.raises(InputError, match=r"keys\[15\]\[0\]"):
                    fast.evaluate(wrong)
    return found


def decoded_as_it_comes() -> list[Any]:
    """Total tardiness and fingerprints by whatever way the decoder takes: without vectors one at a time."""
    found = []
    for instance in (tiny_instance(3), generate_instance("small", seed=1)):
        fast = FastDecoder(instance)
        for keys in populations(instance):
            found += [part.tolist() for part in (*fast.evaluate(keys), *fast.evaluate(keys[0]))]
    return found


def bred() -> list[Any]:
    """Parents, children and new keys by the compiled operators, and where they leave the generator."""
    found: list[Any] = []
    with patch.multiple(draws, **CALLS) if numba.config.DISABLE_JIT else nullcontext():
        for e, n, probability in ((1, 1, 1.0), (6, 3, 0.5), (7, 20, 0.9), (8, 33, 1.0)):
            rng = np.random.default_rng(e)
            population = rng.random((e, n))
            parents = operators.roulette_selection(population[:, 0] * 50, e, rng, 0.1)
            children = operators.uniform_crossover(population[parents], probability, rng)
            operators.one_gene_mutation(children, probability, rng)
            found += [parents.tolist(), children.tolist(), rng.random()]
    return found


def recoded() -> list[Any]:
    found = []
    for instance in map(tiny_instance, range(6)):
        for keys in populations(instance):
            recode(instance, keys)
            found.append(keys.tolist())
    return found


def listed() -> list[Any]:
    found = []
    for instance in [*map(tiny_instance, range(8)), orders_alike(3, 90, 2), orders_alike(3, 90, 4)]:
        rng, count = np.random.default_rng(7), len(instance.orders)
        for parts in rng.integers(1, instance.sites + 2, (4, count)):
            sequence = rng.permutation(count)
            totals, fingerprints = evaluate_lists(instance, sequence[None], parts[None])
            found.append([list_schedule_fast(instance, sequence, parts), totals.tolist(), fingerprints.tolist()])
    return found


def placed() -> list[Any]:
    """Total tardiness and schedules of sequences, by every coding."""
    found: list[Any] = []
    for instance, encoding, decoding in product(map(tiny_instance, range(6)), ENCODINGS, DECODINGS):
        coding = Sequences(instance, encoding, decoding, 2)
        sequence = np.random.default_rng(3).permutation(coding.length)
        found.append([coding.total_tardiness(sequence), coding.schedule(sequence).sites])
    return found


def searched() -> list[Any]:
    found = []
    for seed in TINY:
        instance = tiny_instance(seed)
        outcome = search(instance, np.random.default_rng(seed), evaluations=150, chains=1, workers=1)
        found.append([outcome.schedule.sites, outcome.schedule.total_tardiness, outcome.evaluations])
    return found


def annealed() -> list[Any]:
    """Where hot annealing on runs ends: a long Site, costs next to nothing, times that addition hardly sees."""
    tiny = Order("1", 8, 0, (1.5e-7,))
    problems = [
        orders_alike(20, 2, 1),
        orders_alike(5, 6, 3),
        runs_in_turn(2, 9, 1),
        runs_in_turn(2, 4, 3),
        orders_alike(3, 3, 2, weight=1e-11, due_date=2),
        orders_alike(2, 2, 4, due_date=4),
        Instance("hardly seen", 2, (tiny,), ((0,),), operations=("one",), initial_setup_times=(1e9,)),
    ]
    found = []
    for instance in problems:
        runs = dispatch(instance, whole_orders=True)[: instance.total_batches]
        chain = RunChain(instance, runs, np.random.SeedSequence(3), np.full(8, 1 / 8))
        chain.state.now["moves"] = 4000  # so that the total is soon added up anew
        chain.anneal_moves(0, sample(400), -1e-2, 30.0, lambda: False)
        found.append([runs_of(chain.state.runs, chain.state.sites["length"]), chain.best_runs(), chain.best])
    return found


def annealed_again() -> list[Any]:
    """Where a few moves lead from Sites that have no room for another run, and from a single one that is not empty."""
    crowded = [[(0, 1), (1, 1), (0, 1), (1, 1), (0, 1)], [(1, 1), (0, 1), (1, 1), (0, 1), (1, 1)]]
    found = []
    for instance, start in (
        (runs_in_turn(2, 5, 2), crowded),
        (runs_in_turn(3, 4, 2), [[(0, 1), (1, 1), (0, 1), (1, 1), (0, 1), (1, 1), (0, 1)], [(2, 4), (1, 1)]]),
        (orders_alike(1, 12, 12), [[(0, 12)], *([] for _ in range(11))]),
    ):
        chain = RunChain(instance, start, np.random.SeedSequence(4), np.full(8, 1 / 8))
        for _ in range(100 if THOROUGH else 40):
            chain.restart(start)
            chain.anneal_moves(0, 3, 0.0, 30.0, lambda: False)
            found.append([runs_of(chain.state.runs, chain.state.sites["length"]), chain.best])
    return found


def annealed_lists() -> list[Any]:
    """Where annealing on list schedules ends, with few orders and with many, the last of them without tardiness."""
    found = []
    for instance in (
        orders_alike(20, 2, 2),
        orders_alike(2, 9, 3),
        orders_alike(1, 9, 3),
        orders_alike(1, 9, 3, due_date=3),
    ):
        sequence, parts = np.arange(len(instance.orders)), np.ones(len(instance.orders), dtype=np.int64)
        total = float(evaluate_lists(instance, sequence[None], parts[None])[0][0])
        chain = ListChain(instance, sequence, parts, total, instance.sites, np.random.SeedSequence(5))
        chain.anneal_moves(0, 120, -1e-2, 30.0, lambda: False)
        found.append([chain.best_runs(), chain.lists.tolist(), chain.best])
    return found


def bounded() -> list[Any]:
    """Both lower bounds, from prices that have not climbed to the top; the last problem has several price curves."""
    problems = [
        *map(tiny_instance, TINY),
        orders_alike(3, 5, 3),
        orders_alike(3, 4, 2, weight=10007, due_date=2),
        generate_instance("small", 1, orders=5, sites=2),
    ]
    with patch.object(prover, "ASCENT_ROUNDS", 40):
        bounds = [lower_bound(instance) for instance in problems]
    return [[bound.lower_bound, bound.one_run_lower_bound] for bound in bounds]


def refuted() -> list[Any]:
    """Whether "the optimum is at most" some number is refuted, in how many cases, and what an impossible case costs."""
    found: list[Any] = []
    rounds = sample(30)
    for seed in range(0, 25, 6):
        instance = tiny_instance(seed)
        for one_run in (True, False):
            relaxation = relax(to_grid(instance), one_run)
            domain, start = Domain.all_of(relaxation), first_multipliers(relaxation)
            climbed = ascend(relaxation, start, domain, None, np.inf, Limits(), rounds, 5)
            for beat in (0.0, float(np.floor(climbed.bound))):
                tree = refute(relaxation, climbed.best, beat, Limits(), most_nodes=6)
                found.append([climbed.bound, None if tree is None else len(tree.nodes)])
            domain.whole[0] = domain.parts[0] = False
            found.append(price(relaxation.pricing, start, domain)[0])
            found.append(ascend(relaxation, start, domain, None, np.inf, Limits(), rounds, 5).bound)
    return found


DECODING = (decoded, decoded_as_it_comes, bred, recoded, listed, placed)
ANNEALING = (searched, annealed, annealed_again, annealed_lists)
JOBS: dict[str, Callable[[], list[Any]]] = {job.__name__: job for job in (*DECODING, *ANNEALING, bounded, refuted)}


if __name__ == "__main__":
    json.dump({name: job() for name, job in JOBS.items()}, sys.stdout)
