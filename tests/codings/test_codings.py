"""Initial schedules, the inverse of the decoder, the compact chromosome, and the biased random-key algorithm."""

from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cmo_kit import Instance, Order, Schedule, check_schedule, decode, generate_instance
from cmo_kit.base.errors import InputError
from cmo_kit.codings.brkga import brkga, next_generation
from cmo_kit.codings.compact import check_compact, decode_compact, list_schedule, parts_keys, parts_of
from cmo_kit.codings.encode import canonical, encode, encode_runs
from cmo_kit.codings.initial import (
    atcs,
    atcs_sequence,
    initial_compact_keys,
    initial_keys,
    initial_schedules,
    sites_grid,
)
from cmo_kit.codings.kernels import evaluate_compact, evaluate_lists, list_schedule_fast
from cmo_kit.core.schedule import from_indices
from tests.helpers.strategies import instances, keys_for, problems


@st.composite
def lists(draw: st.DrawFn) -> tuple[Instance, NDArray[np.int64], NDArray[np.int64]]:
    """An instance with a sequence of its orders and numbers of Sites for them."""
    instance = draw(instances(maximum_orders=7, maximum_batches=60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = len(instance.orders)
    return instance, rng.permutation(count), rng.integers(1, instance.sites + 2, count)


class Reports:
    """A progress callback that notes the best values and presses Ctrl-C with the last one."""

    def __init__(self, last: int) -> None:
        self.last, self.best = last, list[float]()

    def __call__(self, best: float, evaluations: int, seconds: float) -> None:
        self.best.append(best)
        if len(self.best) == self.last:
            raise KeyboardInterrupt


class TestEncoding:
    @given(problem=problems())
    def test_a_decoded_schedule_is_decoded_from_its_own_code(
        self, problem: tuple[Instance, NDArray[np.float64]]
    ) -> None:
        instance, keys = problem
        schedule = decode(instance, keys)
        code = encode(schedule)
        assert ((code > 0) & (code < 1)).all()
        assert decode(instance, code) == schedule

    @given(problem=problems())
    def test_the_canonical_code_depends_on_the_schedule_alone(
        self, problem: tuple[Instance, NDArray[np.float64]]
    ) -> None:
        instance, keys = problem
        code = canonical(instance, keys)
        assert (code == canonical(instance, code)).all()
        assert (code == encode(decode(instance, keys))).all()

    @given(problem=problems(), seed=st.integers(0, 2**32 - 1))
    @settings(max_examples=40)
    def test_numbering_of_sites_can_be_taken_out(
        self, problem: tuple[Instance, NDArray[np.float64]], seed: int
    ) -> None:
        """With sorted Sites, a schedule and its copy with shuffled Sites have one code of equal tardiness."""
        instance, keys = problem
        schedule = decode(instance, keys)
        order = np.random.default_rng(seed).permutation(instance.sites)
        shuffled = Schedule(instance, [schedule.sites[l] for l in order])
        codes = [canonical(instance, encode(either), sort_sites=True) for either in (schedule, shuffled)]
        for code in codes:
            assert decode(instance, code).total_tardiness == schedule.total_tardiness
        first = [site[0].order for site in schedule.sites if site]
        if len(set(first)) == len(first):
            assert (codes[0] == codes[1]).all()

    @given(data=st.data())
    def test_populations_are_rewritten_row_by_row(self, data: st.DataObject) -> None:
        instance = data.draw(instances())
        rows = np.array([data.draw(keys_for(instance)) for _ in range(3)])
        assert (canonical(instance, rows) == [canonical(instance, row) for row in rows]).all()

    def test_what_the_decoder_never_makes_has_no_code(self) -> None:
        orders = (Order("a", 2, 0, (1,)), Order("b", 1, 0, (1,)))
        instance = Instance("two", 1, orders, ((0, 0), (0, 0)), operations=("one",))
        with pytest.raises(InputError, match="order a has two runs on Site 1"):
            encode(Schedule(instance, [[("a", 1), ("b", 1), ("a", 1)]]))
        with pytest.raises(InputError, match="order a has 1 batches; it must have 2"):
            encode(Schedule(instance, [[("a", 1), ("b", 1)]]))
        with pytest.raises(InputError, match="the schedule has 2 Sites; 'two' has 1"):
            encode_runs(instance, [[(0, 2), (1, 1)], []])


class TestCompact:
    @given(problem=lists())
    def test_compiled_and_readable_list_schedules_are_equal(
        self, problem: tuple[Instance, NDArray[np.int64], NDArray[np.int64]]
    ) -> None:
        instance, sequence, parts = problem
        runs = list_schedule(instance, sequence, parts)
        assert list_schedule_fast(instance, sequence, parts) == runs
        schedule = from_indices(instance, runs)
        assert check_schedule(instance, schedule) == []
        assert evaluate_lists(instance, sequence[None], parts[None])[0][0] == schedule.total_tardiness

    def test_many_batches_are_shared_as_one_by_one(self) -> None:
        rng = np.random.default_rng(5)
        for gap in (0.1, 1 / 3, 1.0, 0.0):
            orders = tuple(Order(str(i), int(q), 0, (gap,)) for i, q in enumerate(rng.integers(200, 3000, 6)))
            setups = tuple(tuple(0 if i == j else time for j, time in enumerate(row)) for i, row in enumerate(rng.random((6, 6)).tolist()))  # fmt: skip  # noqa: E501
            instance = Instance("many", 7, orders, setups, operations=("one",))
            for parts in (2, 3, 7):
                sequence, wanted = rng.permutation(6), np.full(6, parts)
                assert list_schedule_fast(instance, sequence, wanted) == list_schedule(instance, sequence, wanted)

    @given(instance=instances(), seed=st.integers(0, 2**32 - 1))
    def test_a_population_is_evaluated_as_its_chromosomes(self, instance: Instance, seed: int) -> None:
        population = np.random.default_rng(seed).random((6, 2 * len(instance.orders)))
        population[1] = population[0]
        totals, fingerprints = evaluate_compact(instance, population)
        schedules = [decode_compact(instance, keys) for keys in population]
        assert totals.tolist() == [schedule.total_tardiness for schedule in schedules]
        distinct = {repr(sorted(schedule.sites)) for schedule in schedules}
        assert len(np.unique(fingerprints)) == len(distinct)

    def test_every_number_of_sites_has_a_key(self) -> None:
        """The key of a number of Sites means that number; half of all keys mean few Sites."""
        instance = generate_instance("large", 1)
        for parts in range(1, instance.sites + 1):
            wanted = np.minimum(np.full(len(instance.orders), parts), instance.Q)
            assert (parts_of(instance, parts_keys(instance, wanted)) == wanted).all()
        assert (parts_of(instance, np.ones(len(instance.orders))) == np.minimum(instance.Q, instance.sites)).all()
        assert np.median(parts_of(instance, np.random.default_rng(1).random(len(instance.orders)))) <= 2

    @pytest.mark.parametrize("keys", [np.zeros(3), np.full(60, 1.5), np.full(60, np.nan)])
    def test_bad_keys_are_refused(self, keys: NDArray[np.float64]) -> None:
        with pytest.raises(InputError, match="keys"):
            check_compact(generate_instance("small", 1), keys)

    def test_a_schedule_belongs_to_one_chromosome(self) -> None:
        with pytest.raises(InputError, match=r"keys has shape \(3, 60\)"):
            decode_compact(generate_instance("small", 1), np.zeros((3, 60)))


class TestInitial:
    @given(instance=instances())
    @settings(max_examples=50)
    def test_all_are_feasible_and_have_codes(self, instance: Instance) -> None:
        schedules = initial_schedules(instance)
        assert set(schedules) == {"edd_batches", "edd_orders", "atcs"}
        assert all(check_schedule(instance, schedule) == [] for schedule in schedules.values())
        totals = [decode(instance, keys).total_tardiness for keys in initial_keys(instance)]
        assert totals == sorted(schedule.total_tardiness for schedule in schedules.values())

    @pytest.mark.parametrize("name", ["small", "medium", "large"])
    def test_atcs_is_better_than_the_expert(self, name: str) -> None:
        schedules = initial_schedules(generate_instance(name, 2))
        assert schedules["atcs"].total_tardiness < schedules["edd_orders"].total_tardiness
        assert schedules["atcs"].total_tardiness < schedules["edd_batches"].total_tardiness

    def test_the_index_prefers_urgent_short_and_heavy_orders(self) -> None:
        """With one Site and no setups the weighted shortest late order comes first."""
        orders = (Order("slow", 1, 0, (9,)), Order("quick", 1, 0, (1,)), Order("heavy", 1, 0, (9,), 20))
        instance = Instance("three", 1, orders, ((0,) * 3,) * 3, operations=("one",))
        assert atcs_sequence(instance, 2, 1, 1).tolist() == [2, 1, 0]

    def test_the_grid_ends_at_the_useful_number_of_sites(self) -> None:
        instance = generate_instance("large", 1)
        assert sites_grid(instance) == [1, 2, 4, 8, 10]
        assert sites_grid(generate_instance("small", 1, batches=(1, 1))) == [1]

    def test_the_budget_is_kept(self) -> None:
        instance, rng = generate_instance("small", 1), np.random.default_rng(1)
        assert atcs(instance, rng, evaluations=7).evaluations == 7
        assert atcs(instance, rng, seconds=0).schedule is not None

    def test_an_interrupt_keeps_the_best(self, monkeypatch: pytest.MonkeyPatch) -> None:
        instance, rng = generate_instance("small", 1), np.random.default_rng(1)
        reports = Reports(5)
        outcome = atcs(instance, rng, progress=reports)
        assert (outcome.status, outcome.evaluations) == ("stopped", 5)
        assert outcome.schedule.total_tardiness == reports.best[-1] == min(reports.best)

        monkeypatch.setattr("cmo_kit.codings.initial.atcs_runs", Mock(side_effect=KeyboardInterrupt))
        assert atcs(instance, rng).schedule is None
        with pytest.raises(KeyboardInterrupt):
            initial_schedules(instance)
        outcome = brkga(instance, rng, coding="batches", seeded=True)
        assert (outcome.status, outcome.evaluations) == ("stopped", 0)


class TestBrkga:
    @pytest.mark.parametrize("options", [{}, {"coding": "batches", "canonical_elite": True}])
    def test_an_interrupt_keeps_the_best(self, options: dict[str, object]) -> None:
        reports = Reports(3)
        outcome = brkga(generate_instance("small", 1), np.random.default_rng(1), progress=reports, **options)  # type: ignore[arg-type]
        assert outcome.status == "stopped"
        assert outcome.history.best.tolist() == reports.best
        assert outcome.schedule.total_tardiness == reports.best[-1]

    @pytest.mark.parametrize("coding", ["compact", "batches"])
    @pytest.mark.parametrize("evaluations", [1, 99, 100, 101, 777])
    def test_the_budget_is_kept(self, coding: str, evaluations: int) -> None:
        outcome = brkga(generate_instance("small", 1), np.random.default_rng(1), coding=coding, evaluations=evaluations)
        assert outcome.evaluations == evaluations
        assert outcome.schedule.total_tardiness == outcome.history.best[-1]
        assert outcome.history.evaluations[-1] == evaluations

    def test_the_elite_never_gets_worse(self) -> None:
        outcome = brkga(generate_instance("medium", 1), np.random.default_rng(1), generations=30)
        assert (np.diff(outcome.history.best) <= 0).all()
        assert len(outcome.history.best) == 31

    def test_seeding_begins_where_the_heuristics_end(self) -> None:
        instance = generate_instance("medium", 2)
        best = min(schedule.total_tardiness for schedule in initial_schedules(instance).values())
        seeded = brkga(instance, np.random.default_rng(1), coding="batches", seeded=True, generations=0)
        assert seeded.schedule.total_tardiness == best
        compact = brkga(instance, np.random.default_rng(1), seeded=True, generations=0)
        assert compact.schedule.total_tardiness <= evaluate_compact(instance, initial_compact_keys(instance))[0].min()

    @pytest.mark.parametrize("rewritten", [True, False])
    def test_canonical_elites_keep_their_schedules(self, rewritten: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        """Children have parents whose keys are the codes of their schedules; else the keys that were drawn."""
        instance, canonical_ones = generate_instance("small", 1), list[bool]()

        def watched(ranked: NDArray[np.float64], elite: int, *rest: Any) -> NDArray[np.float64]:
            canonical_ones.extend((canonical(instance, ranked[:elite]) == ranked[:elite]).all(axis=1).tolist())
            return next_generation(ranked, elite, *rest)

        monkeypatch.setattr("cmo_kit.codings.brkga.next_generation", watched)
        outcome = brkga(
            instance,
            np.random.default_rng(1),
            coding="batches",
            canonical_elite=rewritten,
            evaluations=2000,
        )
        assert outcome.schedule.total_tardiness == outcome.history.best[-1]
        assert set(canonical_ones) == {rewritten}

    def test_children_take_keys_from_an_elite_and_another_parent(self) -> None:
        """Each key of a child is that of one of its parents, seven in ten of the elite one."""
        rng = np.random.default_rng(2)
        ranked = np.repeat(np.arange(10)[:, None], 1000, axis=1).astype(float)
        following = next_generation(ranked, 2, 3, 0.7, rng)
        assert following.shape == (8, 1000)
        assert ((following[:3] > 0) & (following[:3] < 1)).all()
        for child in following[3:]:
            values, counts = np.unique(child, return_counts=True)
            assert len(values) == 2
            assert values[0] < 2 <= values[1]
            assert counts[0] == pytest.approx(700, abs=60)

    def test_the_compact_coding_is_far_better_at_equal_evaluations(self) -> None:
        instance = generate_instance("medium", 3)
        totals = [
            brkga(instance, np.random.default_rng(1), coding=coding, evaluations=20_000).schedule.total_tardiness  # type: ignore[union-attr]
            for coding in ("compact", "batches")
        ]
        assert totals[0] < 0.6 * totals[1]

    @pytest.mark.parametrize(
        "arguments",
        [
            {"coding": "other"},
            {"population_size": 3},
            {"elite": 2},
            {"mutants": -1},
            {"bias": 0.4},
            {"generations": -1},
            {"canonical_elite": True},
            {"seeded": 1},
        ],
    )
    def test_bad_parameters_are_refused(self, arguments: dict[str, object]) -> None:
        with pytest.raises(InputError, match=next(iter(arguments))):
            brkga(generate_instance("small", 1), np.random.default_rng(1), **arguments)  # type: ignore[arg-type]
