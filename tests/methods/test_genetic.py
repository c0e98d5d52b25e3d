"""The genetic algorithm: reproducible, never worse, and it stops when it should."""

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmo_kit import InputError, Instance, Schedule, check_schedule, decode, load_instance, solve
from cmo_kit.base.limits import Limits
from cmo_kit.codings.operators import exchange_mutation, one_point_crossover, random_child, tournament_selection
from cmo_kit.core.genetic import Generation, default_population_size, readable_evaluation
from cmo_kit.core.operators import nothing
from cmo_kit.core.outcome import Outcome
from cmo_kit.fast import compiled_evaluation
from cmo_kit.formats.history import History
from cmo_kit.methods.genetic import genetic_algorithm
from tests.helpers.enumeration import optimum
from tests.helpers.strategies import instances

SMALL = load_instance("small-1")
FIG3 = load_instance("fig3")
#: No random schedule of it is without tardiness, so a run is ended by nothing but its limits.
HARD = load_instance("tiny-one-site")


def run(instance: Instance = FIG3, seed: int = 1, **parameters: Any) -> Outcome:
    return genetic_algorithm(
        instance, np.random.default_rng(seed), **({"population_size": 10, "seconds": 30} | parameters)
    )


def bytes_of(outcome: Outcome) -> bytes:
    history = outcome.history.to_dict()
    del history["seconds"]
    keys = outcome.details["keys"].tolist()
    return json.dumps([history, outcome.schedule.to_dict(), keys, outcome.evaluations, outcome.status]).encode()


# Reproducible.


@pytest.mark.parametrize("elitism", ["replace_worst", "replace_random", "none"])
@pytest.mark.parametrize("mutation", ["one_gene", "each_gene"])
def test_the_same_seed_gives_the_same_bytes(elitism: str, mutation: str) -> None:
    first, second, other = (
        bytes_of(run(HARD, seed, generations=30, elitism=elitism, mutation=mutation)) for seed in (4, 4, 5)
    )
    assert first == second
    assert first != other


def test_watching_a_run_does_not_change_it() -> None:
    seen: list[tuple[float, int, float]] = []
    watched = run(generations=20, target=0, progress=lambda *state: seen.append(state))
    assert bytes_of(watched) == bytes_of(run(generations=20, target=0))
    history = watched.history
    assert [best for best, _, _ in seen] == history.best.tolist()
    assert [evaluations for _, evaluations, _ in seen] == history.evaluations.tolist()
    assert all(before[2] <= after[2] for before, after in pairwise(seen))


@pytest.mark.parametrize(("instance", "parameters"), [
    (SMALL, {"generations": 15, "population_size": 20}),
    (SMALL, {"generations": 15, "population_size": 21, "elitism": "none", "mutation": "each_gene"}),
    (FIG3, {"generations": 40, "elitism": "replace_random"}),
    (load_instance("tiny-halves"), {"evaluations": 333}),
])  # fmt: skip
def test_readable_and_compiled_evaluation_run_alike(instance: Instance, parameters: dict[str, Any]) -> None:
    readable = run(instance, evaluate=readable_evaluation(instance), **parameters)
    assert bytes_of(readable) == bytes_of(run(instance, evaluate=compiled_evaluation(instance), **parameters))


def test_solve_with_a_seed_is_the_same_run() -> None:
    result = solve(FIG3, "ga", seed=7, generations=12, population_size=10)
    outcome = run(seed=7, generations=12)
    assert result.schedule == outcome.schedule
    np.testing.assert_array_equal(result.history.best, outcome.history.best)
    assert (result.evaluations, result.status) == (outcome.evaluations, outcome.status)
    assert result.parameters["population_size"] == 10


# The history and the incumbent.


@settings(max_examples=40)
@given(instances(), st.integers(0, 1000), st.sampled_from(["replace_worst", "replace_random", "none"]))
def test_the_incumbent_never_gets_worse(instance: Instance, seed: int, elitism: str) -> None:
    outcome = run(instance, seed, generations=15, population_size=7, elitism=elitism)
    history, schedule = outcome.history, outcome.schedule
    assert (np.diff(history.best) <= 0).all()
    assert (history.best <= history.mean * (1 + 1e-12) + 1e-9).all()
    assert (history.mean <= history.worst * (1 + 1e-12) + 1e-9).all()
    assert schedule.total_tardiness == history.best[-1]
    assert schedule == decode(instance, outcome.details["keys"])
    assert check_schedule(instance, schedule) == []
    assert (history.evaluations == 7 * np.arange(1, len(history.best) + 1)).all()
    assert ((history.distinct >= 1) & (history.distinct <= 7)).all()
    assert (np.diff(history.seconds) >= 0).all()


def test_the_first_row_is_the_initial_population() -> None:
    outcome = run(SMALL, generations=0, population_size=25)
    keys = np.random.default_rng(1).random((25, SMALL.key_count))
    expected = np.array([decode(SMALL, row).total_tardiness for row in keys])
    history = outcome.history
    assert (len(history.best), outcome.evaluations) == (1, 25)
    assert history.best[0] == expected.min()
    assert history.mean[0] == pytest.approx(expected.mean())
    assert history.worst[0] == expected.max()
    assert history.distinct[0] == 25


def test_a_history_from_rows_counts_in_integers_and_may_be_empty() -> None:
    history = History.from_rows([(9, 9.5, 10, 20, 0.25, 7), (8, 9, 10, 40, 0.5, 6)])
    assert history.to_dict() == {
        "best": [9, 8],
        "mean": [9.5, 9],
        "worst": [10, 10],
        "evaluations": [20, 40],
        "seconds": [0.25, 0.5],
        "distinct": [7, 6],
    }
    kinds = [getattr(history, name).dtype.kind for name in history.to_dict()]
    assert kinds == ["f", "f", "f", "i", "f", "i"]
    empty = History.from_rows([])
    assert {name: len(values) for name, values in empty.to_dict().items()} == dict.fromkeys(history.to_dict(), 0)
    assert empty.evaluations.dtype == history.evaluations.dtype


def test_a_clock_that_has_run_out_raises_and_none_never_does() -> None:
    with pytest.raises(TimeoutError):
        Limits(seconds=0).tick()
    Limits(seconds=1000).tick()
    Limits().tick()
    assert 0 < Limits(seconds=1000).seconds_left <= 1000 < Limits().seconds_left


def test_distinct_counts_schedules_up_to_the_numbering_of_sites() -> None:
    first = [0.1, 0.2, 0.3, 0.6, 0.7, 0.8, 0.4, 0.45, 0.46, 0.9, 0.91, 0.5, 0.95]
    mirrored = [0.7, 0.8, 0.9, 0.1, 0.2, 0.3, 0.91, 0.92, 0.93, 0.4, 0.41, 0.5, 0.6]  # the Sites exchanged
    population = np.array([first, np.array(first) / 2, mirrored, np.linspace(0, 1, 13)])
    assert len({tuple(decode(FIG3, keys).sites) for keys in population}) == 3
    for evaluate in (readable_evaluation(FIG3), compiled_evaluation(FIG3)):
        assert len(np.unique(evaluate(population)[1])) == 2


def scripted(tardiness: list[list[float]]) -> Any:
    """An evaluation that hands out prepared numbers, with its decoder, and remembers the populations that it saw."""
    left, seen, known = list(tardiness), [], {}

    def evaluate(population: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        seen.append(population.copy())
        values = np.array(left.pop(0), dtype=float)
        known.update({keys.tobytes(): value for keys, value in zip(population, values, strict=True)})
        return values, np.arange(len(values), dtype=np.uint64) + 10 * len(seen)

    def decode_as_told(instance: Instance, keys: np.ndarray) -> Schedule:
        schedule = decode(instance, keys)
        schedule.__dict__["total_tardiness"] = known[keys.tobytes()]
        return schedule

    evaluate.seen, evaluate.decode = seen, decode_as_told  # type: ignore[attr-defined]
    return evaluate


@pytest.mark.parametrize(
    ("elitism", "worst", "mean"),
    [("replace_worst", [4, 8], [3, (3 + 6 + 8 + 2) / 4]), ("none", [4, 9], [3, (6 + 9 + 8 + 3) / 4])],
)
def test_elitism_puts_the_best_in_place_of_the_worst_child(elitism: str, worst: list[float], mean: list[float]) -> None:
    """The best chromosome so far takes the worst child's place; without elitism the children stay as they are."""
    evaluate = scripted([[4, 2, 3, 3], [6, 9, 8, 3]])
    outcome = run(HARD, population_size=4, generations=1, elitism=elitism, evaluate=evaluate, decode=evaluate.decode)
    history = outcome.history
    assert history.best.tolist() == [2, 2]
    assert history.worst.tolist() == worst
    assert history.mean.tolist() == mean
    np.testing.assert_array_equal(outcome.details["keys"], evaluate.seen[0][1])


def test_the_new_children_are_counted_before_the_best_is_put_back() -> None:
    evaluate = scripted([[4, 2, 3, 3], [6, 1, 8, 3]])
    outcome = run(HARD, population_size=4, generations=1, evaluate=evaluate, decode=evaluate.decode)
    assert outcome.history.mean[1] == (6 + 1 + 1 + 3) / 4
    np.testing.assert_array_equal(outcome.details["keys"], evaluate.seen[1][1])


def test_replacing_a_random_child_keeps_the_best_alive() -> None:
    """With replace_random some child gives way, so the population's least tardiness is the incumbent's."""
    means = set()
    for seed in range(20):
        evaluate = scripted([[4, 2, 3, 3], [10, 20, 30, 40]])
        outcome = run(
            HARD,
            seed,
            population_size=4,
            generations=1,
            elitism="replace_random",
            evaluate=evaluate,
            decode=evaluate.decode,
        )
        means.add(outcome.history.mean[1] * 4)
    assert means == {92, 82, 72, 62}


@pytest.mark.parametrize(("w", "least", "most"), [(1, 7, 10), (1e9, 0, 4)])
def test_children_come_from_the_wheel_which_w_flattens(w: float, least: int, most: int) -> None:
    """The last chromosome's fitness is 100 + w, that of the others is w."""
    evaluate = scripted([[101] * 9 + [1], [50] * 10])
    unchanged = {"crossover_probability": 0, "mutation_probability": 0, "w": w}
    run(HARD, generations=1, evaluate=evaluate, decode=evaluate.decode, **unchanged)
    parents, children = evaluate.seen
    assert least <= sum((child == parents[9]).all() for child in children) <= most


# Ends.


@pytest.mark.parametrize("evaluations", [1, 3, 9, 10, 11, 57, 100])
def test_the_evaluation_limit_is_used_up_and_never_exceeded(evaluations: int) -> None:
    counted = []
    inner = readable_evaluation(HARD)

    def evaluate(population: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        counted.append(len(population))
        return inner(population)

    outcome = run(HARD, evaluations=evaluations, evaluate=evaluate)
    assert sum(counted) == outcome.evaluations == evaluations
    assert counted == [10] * (evaluations // 10) + [evaluations % 10] * (evaluations % 10 > 0)
    assert outcome.history.evaluations[-1] == evaluations
    assert outcome.status == "feasible"


@pytest.mark.parametrize("patience", [1, 5, 20])
def test_patience_counts_generations_without_improvement(patience: int) -> None:
    outcome = run(HARD, patience=patience)
    best = outcome.history.best
    assert (best[-patience - 1 :] == best[-1]).all()
    since, longest = 0, 0
    for before, after in pairwise(best[:-1]):
        since = 0 if after < before else since + 1
        longest = max(longest, since)
    assert longest < patience


def test_patience_is_100_by_default() -> None:
    """Table 3's constant for the stopping criterion."""
    outcome = run(HARD)
    best = outcome.history.best
    assert (best[-101:] == best[-1]).all()
    assert len(best) >= 101


def test_a_target_ends_the_run_when_it_is_reached() -> None:
    free = run(SMALL, generations=30, population_size=20)
    target = float(free.history.best[10])
    outcome = run(SMALL, target=target, population_size=20)
    assert outcome.history.best[-1] <= target
    assert (outcome.history.best[:-1] > target).all()
    assert outcome.status == "feasible"


def test_zero_tardiness_is_optimal_and_ends_the_run() -> None:
    outcome = run(load_instance("tiny-on-time"), patience=None)
    assert outcome.status == "optimal"
    assert outcome.schedule.total_tardiness == 0


@pytest.mark.parametrize("generations", [0, 1, 17])
def test_generations_are_counted_after_the_initial_population(generations: int) -> None:
    outcome = run(HARD, generations=generations, patience=None)
    assert len(outcome.history.best) == generations + 1


def test_seconds_end_the_run() -> None:
    outcome = run(HARD, seconds=0.2, patience=None)
    seconds = outcome.history.seconds
    assert seconds[-1] >= 0.19  # read a moment before the limit is
    assert (seconds[:-1] < 0.2).all()
    assert run(HARD, seconds=0).evaluations == 10  # the initial population is always evaluated


# Ctrl-C.


def test_an_interrupt_from_the_progress_callback_returns_the_best_so_far() -> None:
    def interrupt(best: float, evaluations: int, seconds: float) -> None:
        if evaluations >= 50:
            raise KeyboardInterrupt

    outcome, free = run(HARD, progress=interrupt), run(HARD, generations=4)
    assert outcome.status == "stopped"
    assert outcome.history.best.tolist() == free.history.best.tolist()
    assert outcome.schedule == free.schedule
    assert outcome.evaluations == 50


@pytest.mark.parametrize("call", [1, 2, 5])
def test_an_interrupt_inside_the_evaluation_returns_the_best_so_far(call: int) -> None:
    """Ctrl-C while a population is decoded: it does not count, what stood before does, even if nothing did."""
    inner, calls = readable_evaluation(HARD), []

    def evaluate(population: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        calls.append(len(population))
        if len(calls) == call:
            raise KeyboardInterrupt
        return inner(population)

    outcome = run(HARD, evaluate=evaluate)
    assert outcome.status == "stopped"
    assert outcome.evaluations == 10 * (call - 1)
    assert check_schedule(HARD, outcome.schedule) == []
    assert len(outcome.history.best) == call - 1
    if call > 1:
        assert outcome.schedule.total_tardiness == outcome.history.best[-1]


# Parameters.


def test_initial_chromosomes_come_first() -> None:
    keys = np.random.default_rng(9).random((12, HARD.key_count))
    for given_keys, count in ((keys[0], 1), (keys[:3], 3), (keys, 10), (keys[:3].tolist(), 3)):
        evaluate = scripted([[5.0] * 10])
        run(HARD, generations=0, initial=given_keys, evaluate=evaluate, decode=evaluate.decode)
        np.testing.assert_array_equal(evaluate.seen[0][:count], keys[:count])
        assert len(evaluate.seen[0]) == 10
    np.testing.assert_array_equal(keys, np.random.default_rng(9).random((12, HARD.key_count)))


def test_a_good_initial_chromosome_is_never_lost() -> None:
    best = optimum(HARD).value
    keys = min(np.random.default_rng(0).random((500, HARD.key_count)), key=lambda k: decode(HARD, k).total_tardiness)
    assert decode(HARD, keys).total_tardiness == best
    outcome = run(HARD, initial=keys, generations=5, population_size=2, elitism="none")
    assert outcome.schedule.total_tardiness == best


@pytest.mark.parametrize(("name", "size"), [("small-1", 100), ("medium-1", 200), ("large-1", 300), ("fig3", 100)])
def test_population_sizes_are_table_3_s(name: str, size: int) -> None:
    assert default_population_size(load_instance(name)) == size


@pytest.mark.parametrize(("keys", "size"), [(152, 100), (153, 200), (504, 200), (505, 300)])
def test_population_sizes_follow_the_chromosome(keys: int, size: int) -> None:
    data = HARD.to_dict()
    data["orders"][0]["batches"] += keys - HARD.key_count
    instance = Instance.from_dict(data)
    assert instance.key_count == keys
    assert default_population_size(instance) == size


@pytest.mark.parametrize("size", [1, 2, 3])
def test_smallest_populations_run(size: int) -> None:
    outcome = run(HARD, population_size=size, generations=5)
    assert outcome.evaluations == 6 * size


@pytest.mark.parametrize(
    "parameters",
    [
        {"population_size": 0}, {"population_size": 2.0}, {"population_size": True}, {"population_size": 10**7},
        {"crossover_probability": -0.1}, {"crossover_probability": 1.1}, {"crossover_probability": "a"},
        {"mutation_probability": float("nan")}, {"mutation_probability": None}, {"mutation": "two"},
        {"mutation": 1}, {"elitism": "best"}, {"elitism": None}, {"w": 0}, {"w": -1}, {"w": float("inf")},
        {"patience": 0}, {"patience": 1.5}, {"generations": -1}, {"target": -1}, {"seconds": -1},
        {"evaluations": 0}, {"initial": [0.5]}, {"initial": [[0.5] * 5, [2.0] * 5]},
    ],
    ids=str,
)  # fmt: skip
def test_parameters_that_break_a_rule_are_refused(parameters: dict[str, Any]) -> None:
    (name,) = parameters
    with pytest.raises(InputError, match="keys" if name == "initial" else name):
        run(HARD, **parameters)


# Parts of one's own.


def test_a_callback_sees_every_generation_and_changes_nothing() -> None:
    seen: list[Generation] = []
    watched = run(SMALL, generations=12, on_generation=seen.append)
    assert bytes_of(watched) == bytes_of(run(SMALL, generations=12))
    assert [generation.number for generation in seen] == list(range(13))
    assert [generation.best_tardiness for generation in seen] == watched.history.best.tolist()
    assert seen[0].parents is None
    assert seen[0].replaced is None
    for before, after in pairwise(seen):
        assert after.parents is not None
        assert after.replaced is not None
        inherited = np.isin(after.population, before.population[after.parents])
        assert inherited[np.arange(10) != after.replaced].mean() > 0.9  # all but the mutated genes
        np.testing.assert_array_equal(after.population[after.replaced], after.best)
        assert after.tardiness[after.replaced] == after.best_tardiness


def test_a_callback_ends_the_run_by_returning_true() -> None:
    outcome = run(HARD, generations=50, on_generation=lambda generation: generation.number == 3)
    assert (outcome.status, len(outcome.history.best)) == ("stopped", 4)


def test_operators_of_ones_own_are_used() -> None:
    """Selection that takes the first, crossover and mutation that touch nothing, and repair: all children alike."""
    populations = []

    def repair(population: Any) -> None:
        population[:, 0] = 0.25
        populations.append(population.copy())

    run(
        HARD,
        generations=2,
        selection=lambda tardiness, spins, rng: np.zeros(spins, dtype=np.int64),
        crossover=lambda parents, probability, rng: parents,
        mutation=lambda children, probability, rng: None,
        elitism=lambda tardiness, rng: 9,
        repair=repair,
    )
    for population in populations[1:]:
        np.testing.assert_array_equal(population, np.tile(populations[0][0], (10, 1)))
    assert (populations[0][:, 0] == 0.25).all()


#: A function of one's own for a part, and what is said when it is used first.
BROKEN: list[tuple[str, Any, str]] = [
    ("selection", lambda tardiness, count, rng: tardiness, "selection gave an array of shape (10,) of float64"),
    ("selection", lambda tardiness, count, rng: np.arange(count) + 1, "10 integers from 0 to 9, the parents"),
    ("selection", lambda tardiness, count, rng: np.arange(3), "selection gave an array of shape (3,) of int64"),
    ("selection", lambda tardiness, count, rng: tardiness.sort(), "selection changed the array that it was handed"),
    ("selection", lambda tardiness, count: [], "selection raised TypeError: "),
    ("crossover", lambda parents, p, rng: parents[:-1], "crossover gave an array of shape (9, 13) of float64"),
    ("crossover", lambda parents, p, rng: parents + 1, "an array of shape (10, 13) of keys from 0 to 1, the children"),
    ("crossover", lambda parents, p, rng: None, "crossover gave None; it must give an array of shape (10, 13)"),
    ("mutation", lambda children, p, rng: children, "mutation gave an array of shape (10, 13) of float64; it"),
    ("mutation", lambda children, p, rng: children.fill(np.nan), "mutation left something else than keys; every key"),
    ("repair", lambda population: population.fill(2), "repair left something else than keys; every key must be from"),
    ("elitism", lambda tardiness, rng: 10, "elitism gave 10; it must give an integer from 0 to 9, the child that"),
    ("elitism", lambda tardiness, rng: tardiness.fill(0), "elitism changed the array that it was handed"),
    ("decode", lambda instance, keys: keys, "decode gave an array of shape (13,) of float64; it must give a Schedule"),
    ("decode", lambda instance, keys: Schedule(instance, [[]] * 3), "a Schedule with all batches of every order"),
    ("decode", lambda instance, keys: keys.sort(), "decode changed the array that it was handed"),
    ("evaluate", lambda population: population[:, 0], "it must give two arrays of shape (10,): total tardiness as"),
    ("evaluate", lambda population: (np.zeros(10), np.arange(10)), "evaluate gives 0 for a chromosome whose schedule"),
    ("evaluate", lambda population: 1 / 0, "evaluate raised ZeroDivisionError in line "),
]  # fmt: skip


@pytest.mark.parametrize(("field", "function", "words"), BROKEN)
def test_a_part_that_breaks_its_rule_is_one_sentence(field: str, function: Any, words: str) -> None:
    with pytest.raises(InputError) as caught:
        run(FIG3, generations=3, **{field: function})
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("field", ["selection", "crossover", "mutation", "elitism", "repair", "evaluate", "decode"])
def test_a_part_that_fails_later_loses_nothing(field: str) -> None:
    own = {
        "selection": tournament_selection, "crossover": one_point_crossover, "mutation": exchange_mutation,
        "elitism": random_child, "repair": nothing, "evaluate": readable_evaluation(HARD), "decode": decode,
    }[field]  # fmt: skip
    calls = []

    def failing(*arguments: Any) -> Any:
        calls.append(0)
        if len(calls) == 45:
            raise ValueError("enough\nof it")
        return own(*arguments)

    outcome = run(HARD, evaluations=800, patience=None, **{field: failing})
    assert outcome.status == "stopped"
    assert 30 <= outcome.evaluations < 800
    assert outcome.details["trouble"].startswith(f"{field} raised ValueError in line ")
    assert outcome.details["trouble"].endswith(" of failing: enough of it")
    assert outcome.schedule.total_tardiness == outcome.history.best[-1]
    assert check_schedule(HARD, outcome.schedule) == []


@pytest.mark.parametrize("field", ["progress", "on_generation"])
@pytest.mark.parametrize("call", [1, 4])
def test_an_onlooker_that_fails_loses_nothing(field: str, call: int) -> None:
    calls = []

    def failing(*arguments: Any) -> None:
        calls.append(0)
        if len(calls) == call:
            raise RuntimeError

    outcome, free = run(HARD, **{field: failing}), run(HARD, generations=call - 1)
    assert outcome.status == "stopped"
    assert outcome.schedule == free.schedule
    assert outcome.history.best.tolist() == free.history.best.tolist()
    assert outcome.details["trouble"].startswith(f"{field} raised RuntimeError in line ")
    calls.clear()
    with pytest.warns(UserWarning, match=f"{field} raised RuntimeError"):
        result = solve(HARD, "ga", **{field: failing})
    assert result.summary().endswith(result.details["trouble"])


@pytest.mark.parametrize("method", ["atcs", "brkga", "search"])
def test_a_progress_that_fails_loses_nothing_of_any_method(method: str) -> None:
    def failing(best: float, evaluations: int, seconds: float) -> None:
        raise OSError("the pipe is gone")

    with pytest.warns(UserWarning, match="the pipe is gone"):
        result = solve(load_instance("medium-1"), method, seconds=20, progress=failing)
    assert result.status == "stopped"
    assert result.seconds < 10
    assert "progress raised OSError" in result.summary()


def test_an_onlooker_cannot_change_the_run() -> None:
    def meddle(generation: Generation) -> None:
        generation.population.fill(0.5)

    assert "read-only" in run(on_generation=meddle).details["trouble"]


def backwards(instance: Instance, keys: np.ndarray) -> Schedule:
    """A decoder of one's own."""
    return decode(instance, 1 - keys)


def test_the_schedule_of_an_own_decoder_is_the_one_that_was_evaluated() -> None:
    result = solve(SMALL, "ga", 3, evaluations=400, population_size=20, decode=backwards)
    assert result.schedule == backwards(SMALL, result.details["keys"])
    assert result.schedule.total_tardiness == result.history.best[-1]
    assert "trouble" not in result.details
    assert result.parameters["decode"] == "backwards"


def test_an_own_evaluation_with_another_decoder_s_schedule_is_noticed_at_the_end_too() -> None:
    """One that is right at first and wrong later keeps what it found, and the sentence says that it is another."""
    honest, calls = readable_evaluation(HARD), []

    def optimistic(population: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        calls.append(0)
        tardiness, schedules = honest(population)
        return tardiness - (len(calls) > 1) * 0.5, schedules

    outcome = run(HARD, generations=3, evaluate=optimistic)
    assert "evaluate and decode must belong together" in outcome.details["trouble"]


@pytest.mark.parametrize("field", ["selection", "crossover", "decode", "repair", "on_generation"])
def test_a_part_that_is_no_function_is_refused(field: str) -> None:
    with pytest.raises(InputError, match=f"{field} is 5; it must be (a function|one of)"):
        run(**{field: 5})
