"""The compiled operators against the readable ones: the same results and draws, to the last bit."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmo_kit import generate_instance, load_instance, solve
from cmo_kit.core import operators as readable
from cmo_kit.fast import compiled_evaluation, operators
from cmo_kit.fast.operators import compiled_operators
from cmo_kit.methods.genetic import genetic_algorithm
from cmo_kit.methods.registry import prepared

GENERATORS = (np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64)


@st.composite
def states(draw: st.DrawFn) -> tuple[np.random.Generator, np.random.Generator]:
    """Two generators in one state, be it in the middle of a 64-bit word."""
    kind, seed = draw(st.sampled_from(GENERATORS)), draw(st.integers(0, 2**32))
    pair = np.random.Generator(kind(seed)), np.random.Generator(kind(seed))
    for rng in pair[: 2 * draw(st.booleans())]:
        rng.integers(10)
    return pair


def state_of(rng: np.random.Generator) -> str:
    return json.dumps(rng.bit_generator.state, default=np.ndarray.tolist)


sizes = st.one_of(st.integers(1, 9), st.integers(1, 70))
probabilities = st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0])


@given(states(), sizes, sizes, probabilities)
def test_crossover_and_mutation_are_core_s(
    pair: tuple[np.random.Generator, np.random.Generator], e: int, n: int, probability: float
) -> None:
    """Twice in turn, so that each begins where the other has left the generator."""
    populations = [rng.random((e, n)) for rng in pair]
    for _ in range(2):
        for k, (module, rng) in enumerate(zip((readable, operators), pair, strict=True)):
            populations[k] = module.uniform_crossover(populations[k], probability, rng)
            module.one_gene_mutation(populations[k], probability, rng)
        assert populations[0].tobytes() == populations[1].tobytes()
        assert state_of(pair[0]) == state_of(pair[1])


@given(
    states(),
    st.lists(st.one_of(st.sampled_from([0.0, 7.0, 1e17]), st.floats(0, 1e6)), min_size=1, max_size=40),
    st.integers(1, 50),
    st.sampled_from([1, 1e-9, 0.1, 1e6]),
)
def test_the_wheel_is_core_s(
    pair: tuple[np.random.Generator, np.random.Generator], tardiness: list[float], spins: int, w: float
) -> None:
    hits = [
        module.roulette_selection(np.array(tardiness), spins, rng, w)
        for module, rng in zip((readable, operators), pair, strict=True)
    ]
    np.testing.assert_array_equal(*hits)
    assert state_of(pair[0]) == state_of(pair[1])


@pytest.mark.parametrize("test_set", ["small", "medium", "large"])
def test_a_run_on_a_set_of_the_paper_has_the_same_bytes(test_set: str) -> None:
    instance = generate_instance(test_set, seed=2)
    evaluate = compiled_evaluation(instance)
    found = [
        genetic_algorithm(
            instance, np.random.default_rng(8), evaluations=3333, evaluate=evaluate, compiled_operators=compiled
        )
        for compiled in ({}, compiled_operators())
    ]
    assert len({outcome.details["keys"].tobytes() for outcome in found}) == 1
    assert len({outcome.history.mean.tobytes() for outcome in found}) == 1
    assert found[0].schedule == found[1].schedule


def test_solve_uses_them_and_parts_of_one_s_own_still_count(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []

    def noted(name: str) -> Any:
        function = getattr(operators, name)
        monkeypatch.setattr(operators, name, lambda *given, **more: called.append(name) or function(*given, **more))

    names = ("roulette_selection", "uniform_crossover", "one_gene_mutation")
    for name in names:
        noted(name)
    fig3 = load_instance("fig3")
    prepared("ga", fig3)  # warms them up
    for parameters, used in (
        ({}, names),
        ({"crossover": readable.uniform_crossover, "selection": "rank"}, names[1:]),
        ({"crossover": lambda parents, probability, rng: parents, "mutation": "exchange"}, names[:1]),
    ):
        called.clear()
        solve(fig3, "ga", 3, evaluations=100, population_size=20, target=0, **parameters)
        assert set(called[3:]) == set(used)
