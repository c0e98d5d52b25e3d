"""The compiled decoder against the readable one: the same numbers, to the last bit."""

import errno
import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock, patch

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from cmo_kit.base.errors import InputError
from cmo_kit.core.chromosome import decode, decode_sites
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance, Order
from cmo_kit.fast import FastDecoder, explained, tables, total_tardiness
from cmo_kit.fast.compiled import SealedFile, compiled

MAXIMUM_ORDERS = 6


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """Small problems with every corner: one Site, one batch, weights, initial setups, fractions of days."""
    orders = draw(st.integers(1, MAXIMUM_ORDERS))
    if draw(st.booleans()):
        time: st.SearchStrategy[float] = st.integers(0, 20)
    else:
        time = st.one_of(st.just(0.0), st.floats(1e-9, 30), st.sampled_from([0.1, 0.2, 0.3, 1 / 3]))
    operations = draw(st.integers(1, 3))

    def times(count: int) -> tuple[float, ...]:
        return tuple(draw(st.lists(time, min_size=count, max_size=count)))

    def order(index: int) -> Order:
        weight = draw(st.sampled_from([1, 1, 2, 0, 0.1, 1.7]))
        return Order(str(index), draw(st.integers(1, 5)), draw(time), times(operations), weight)

    return Instance(
        name="drawn",
        sites=draw(st.integers(1, 5)),
        orders=tuple(order(index) for index in range(orders)),
        setup=tuple(times(orders) for _ in range(orders)),
        operations=tuple(f"operation {o}" for o in range(operations)),
        initial_setup_times=times(orders) if draw(st.booleans()) else None,
    )


@st.composite
def problems(draw: st.DrawFn) -> tuple[Instance, np.ndarray]:
    """An instance and a population whose keys tie often, or never, or lie next to each other."""
    instance = draw(instances())
    e = draw(st.sampled_from([1, 2, 3, 15, 16, 17, 33]))
    shape = (e, instance.key_count)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(["uniform", "uniform", "quantised", "corners", "neighbours", "mixed", "clusters"]))
    keys = rng.random(shape)
    if kind == "quantised":
        keys = rng.integers(0, 5, shape) / 4
    elif kind == "corners":
        keys = rng.choice([0.0, -0.0, 1.0, 5e-324, np.nextafter(1, 0)], shape)
    elif kind == "neighbours":
        keys = 0.5 + rng.integers(0, 4, shape) * 2.0**-53
    elif kind == "mixed":
        keys = np.where(rng.random(shape) < 0.1, rng.choice([0.0, 0.5, 1.0], shape), keys)
    elif kind == "clusters":  # batches tie as whole numbers of 31 bits but not as keys; Site changes lie apart
        batches = (slice(None), slice(0, instance.total_batches))
        keys[batches] = rng.integers(0, 3, keys[batches].shape) / 4 + keys[batches] * 2.0**-40
    return instance, keys


def relabelled(instance: Instance, keys: np.ndarray) -> tuple[object, ...]:
    """The decoded schedule without the numbering of its Sites."""
    return tuple(sorted(decode(instance, keys).sites))


@settings(deadline=None, max_examples=30)
@given(problems())
def test_total_tardiness_is_core_s_to_the_last_bit(problem: tuple[Instance, np.ndarray]) -> None:
    instance, population = problem
    expected = [decode(instance, keys).total_tardiness for keys in population]
    np.testing.assert_array_equal(FastDecoder(instance).total_tardiness(population), expected)


@settings(deadline=None, max_examples=30)
@given(problems(), st.integers(1, 12))
def test_blocks_of_sites_change_nothing(problem: tuple[Instance, np.ndarray], cells: int) -> None:
    instance, population = problem
    expected = FastDecoder(instance).evaluate(population)
    with patch.object(tables, "CELLS_IN_CACHE", cells):
        decoder = FastDecoder(instance)
    population = np.tile(population, (3, 1))
    for found, once in zip(decoder.evaluate(population), expected, strict=True):
        np.testing.assert_array_equal(found, np.tile(once, 3))


@settings(deadline=None, max_examples=50)
@given(problems())
def test_fingerprints_are_equal_exactly_for_equal_schedules(problem: tuple[Instance, np.ndarray]) -> None:
    instance, population = problem
    fingerprints = FastDecoder(instance).evaluate(population)[1]
    schedules = [relabelled(instance, keys) for keys in population]
    by_schedule: dict[object, int] = {}
    for schedule, fingerprint in zip(schedules, fingerprints.tolist(), strict=True):
        assert by_schedule.setdefault(schedule, fingerprint) == fingerprint
    assert len(set(by_schedule.values())) == len(by_schedule)


@pytest.mark.parametrize("test_set", ["small", "medium", "large"])
def test_a_set_of_the_paper_agrees_with_core(test_set: str) -> None:
    """On Table 2's sizes, where every step of the fast path has work to do, the numbers are core's."""
    instance = generate_instance(test_set, seed=3)
    population = np.random.default_rng(3).random((35, instance.key_count))
    decoder = FastDecoder(instance)
    assert not decoder.doubtful(population).any()
    expected = [decode(instance, keys).total_tardiness for keys in population]
    np.testing.assert_array_equal(decoder.total_tardiness(population), expected)


def test_a_gap_table_of_fractions_agrees_with_core() -> None:
    """Times that fit no small whole number take the wide table and still agree."""
    instance = replace(
        generate_instance("small", seed=4), setup=tuple((0.1 * k + 300.7,) * 30 for k in range(30)), generator=None
    )
    population = np.random.default_rng(4).random((20, instance.key_count))
    expected = [decode(instance, keys).total_tardiness for keys in population]
    np.testing.assert_array_equal(FastDecoder(instance).total_tardiness(population), expected)


@settings(deadline=None, max_examples=60)
@given(instances(), st.integers(0, 2**32 - 1))
def test_keys_that_differ_only_in_the_lowest_bits(instance: Instance, seed: int) -> None:
    rng = np.random.default_rng(seed)
    keys = rng.integers(0, 65, (20, instance.key_count)) / 64
    for _ in range(2):
        keys = np.where(rng.random(keys.shape) < 0.5, np.nextafter(keys, rng.integers(0, 2, keys.shape)), keys)
    expected = [decode(instance, row).total_tardiness for row in keys]
    np.testing.assert_array_equal(FastDecoder(instance).total_tardiness(keys), expected)


def test_a_thousand_orders_agree_with_core() -> None:
    """Ten times Large is decoded in many blocks of Sites; keys that lie together, or tie, are no exception."""
    instance = generate_instance("large", seed=5, orders=1000, sites=50)
    population = np.random.default_rng(5).random((6, instance.key_count))
    population[3:5] = 0.4 + population[3:5] * 0.001
    population[5] = np.round(population[5], 4)
    expected = [decode(instance, keys).total_tardiness for keys in population]
    np.testing.assert_array_equal(FastDecoder(instance).total_tardiness(population), expected)


@pytest.mark.parametrize("wrong", [-1e-300, 1.0000000000000002, np.nan, np.inf])
@pytest.mark.parametrize("size", [1, 5, 40])
def test_a_wrong_key_is_named(wrong: float, size: int) -> None:
    instance = generate_instance("small", seed=1)
    population = np.random.default_rng(1).random((size, instance.key_count))
    population[size - 1, -1] = wrong
    with pytest.raises(InputError, match=rf"keys\[{size - 1}\]\[{instance.key_count - 1}\]"):
        FastDecoder(instance).total_tardiness(population)


def test_the_public_function_takes_one_chromosome_or_many() -> None:
    instance = generate_instance("small", seed=1)
    population = np.random.default_rng(1).random((18, instance.key_count))
    many = total_tardiness(instance, population)
    assert isinstance(many, np.ndarray) and many.shape == (18,)
    assert total_tardiness(instance, population[0]) == many[0] == decode(instance, population[0]).total_tardiness
    with pytest.raises(InputError, match="entries"):
        total_tardiness(instance, population[:, 1:])


@settings(deadline=None, max_examples=60)
@given(problems())
def test_the_explained_steps_are_the_decoder_s(problem: tuple[Instance, np.ndarray]) -> None:
    instance, population = problem
    for keys in population[:3]:
        assert explained.runs(instance, keys) == decode_sites(instance, keys)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 7, 16, 30, 50, 100])
def test_the_network_sorts_every_column(length: int) -> None:
    """One fixed list of comparisons sorts whatever stands in the lanes, zeros and ones above all."""
    numbers = np.random.default_rng(length).integers(0, 3, (length, 40))
    np.testing.assert_array_equal(explained.apply_network(numbers), np.sort(numbers, axis=0))


def test_stored_code_follows_the_files_that_it_is_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit of a part in another file is never missed, and one of a file without a part costs no compiling."""
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "rooms"
    package.mkdir()
    parts = {
        "__init__": "",
        "words": "def greet():\n    return 'hello'\n",
        "limits": "from typing import NamedTuple\nclass Limits(NamedTuple):\n    low: int\n    high: int\nSTEP = 1\n",
        "part": "from cmo_kit.fast.compiled import inlined\n@inlined\ndef part(x):\n    return 2 * x\n",
        "whole": "from cmo_kit.fast.compiled import compiled\nfrom rooms import limits, words\n"
        "from rooms.limits import STEP, Limits\n"
        "@compiled\ndef whole(limits: Limits):\n    return part(limits.low) + STEP\nfrom rooms.part import part\n",
    }

    def computed(**changes: str) -> tuple[int, bool]:
        for name, text in (parts | changes).items():
            (package / f"{name}.py").write_text(text, encoding="utf-8")
            monkeypatch.delitem(sys.modules, "rooms" if name == "__init__" else f"rooms.{name}", raising=False)
        importlib.invalidate_caches()
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        whole = importlib.import_module("rooms.whole")
        return whole.whole(whole.Limits(5, 7)), bool(whole.whole.stats.cache_hits)

    assert computed() == (11, False)
    assert computed() == (11, True)
    assert computed(words=parts["words"].replace("hello", "good day")) == (11, True)
    assert len(list((tmp_path / "cache").rglob("*.nbi"))) == 1
    assert computed(part=parts["part"].replace("2", "3")) == (16, False)
    assert computed(limits=parts["limits"].replace("STEP = 1", "STEP = 2")) == (12, False)
    assert computed(limits=parts["limits"].replace("low", "x").replace("high", "low")) == (15, False)


def tripled(number: int) -> int:
    return 3 * number


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def in_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize(
    "damage",
    [flip, Path.unlink, in_a_folder, lambda path: path.write_bytes(b""), lambda path: os.truncate(path, 100)],
    ids=["flipped", "lost", "folder", "empty", "short"],
)
def test_damaged_stored_code_is_made_anew(
    suffix: str, damage: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever has happened to a file of stored code: the next call gives the right number, the one after it loads."""
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path))
    assert compiled(tripled)(2) == 6
    (stored,) = tmp_path.rglob(f"*.{suffix}")
    damage(stored)
    again = compiled(tripled)
    assert again(2) == 6
    assert not again.stats.cache_hits
    if not stored.is_dir():
        third = compiled(tripled)
        assert third(2) == 6
        assert third.stats.cache_hits


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), PermissionError("no"), MemoryError()])
def test_stored_code_needs_no_room(error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(SealedFile, "_save_data", Mock(side_effect=error))
    assert compiled(tripled)(2) == 6
    assert not list(tmp_path.rglob("*.nb[ic]"))
