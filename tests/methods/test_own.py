"""Methods of one's own: their budget, where they may come from, and what is said of those that break a rule."""

import contextlib
import runpy
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmo_kit import (
    InputError,
    Instance,
    Result,
    Schedule,
    check_schedule,
    decode,
    load_instance,
    solve,
    total_tardiness,
)
from cmo_kit.base.limits import Limits
from cmo_kit.core.expert import dispatch
from cmo_kit.core.operators import one_gene_mutation, roulette_selection, uniform_crossover
from cmo_kit.core.schedule import Run, from_indices
from cmo_kit.library import notebooks_folder
from cmo_kit.methods.budget import DEAF, Budget, BudgetSpent
from cmo_kit.methods.registry import method_parameters
from tests.helpers.commands import cmo_kit
from tests.helpers.strategies import instances

SMALL = load_instance("small-1")
FIG3 = load_instance("fig3")
HARD = load_instance("tiny-one-site")
RULE = from_indices(SMALL, dispatch(SMALL, whole_orders=False))


def keys_of(instance: Instance, count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random((count, instance.key_count))


def random_search(budget: Budget, rng: np.random.Generator, size: int = 10) -> None:
    while True:
        budget.total_tardiness(rng.random((size, budget.instance.key_count)))


def warned(function: Any, words: str, instance: Instance = SMALL, **arguments: Any) -> Result:
    """The result of a method that breaks a rule, and with it the certainty that it is told in one sentence."""
    with pytest.warns(UserWarning, match=words) as caught:
        result = solve(instance, function, **({"evaluations": 50} | arguments))
    (warning,) = caught
    assert str(warning.message) == result.details["trouble"]
    assert "\n" not in str(warning.message)
    assert check_schedule(load_instance(result.instance), result.schedule) == []
    return result


# The budget.


def test_every_way_to_ask_counts_and_the_best_is_kept() -> None:
    budget, keys = Budget(SMALL, evaluations=20), keys_of(SMALL, 10)
    expected = total_tardiness(SMALL, keys)
    np.testing.assert_array_equal(budget.total_tardiness(keys), expected)
    assert budget.total_tardiness(keys[0]) == expected[0]
    assert (budget.spent, budget.left, budget.best_tardiness) == (11, 9, expected.min())
    assert budget.best == decode(SMALL, keys[expected.argmin()])
    np.testing.assert_array_equal(budget.best_keys, keys[expected.argmin()])
    assert budget.evaluate(RULE) == RULE.total_tardiness == budget.best_tardiness
    assert budget.best is RULE
    assert budget.best_keys is None
    swapped = budget.change(RULE, {0: RULE.sites[1], 1: RULE.sites[0]})
    assert swapped.total_tardiness == RULE.total_tardiness
    assert budget.spent == 13
    history = budget.history
    assert history.evaluations.tolist() == [10, 12, 13]
    assert history.best.tolist() == [expected.min(), RULE.total_tardiness, RULE.total_tardiness]


@pytest.mark.parametrize("ask", ["keys", "schedule", "change"])
def test_the_evaluation_too_many_raises(ask: str) -> None:
    budget, keys = Budget(SMALL, evaluations=3), keys_of(SMALL, 1)[0]

    def once() -> None:
        if ask == "keys":
            budget.total_tardiness(keys)
        elif ask == "schedule":
            budget.evaluate(RULE)
        else:
            budget.change(RULE, {0: RULE.sites[0]})

    for _ in range(3):
        once()
    for _ in range(2):
        with pytest.raises(BudgetSpent, match="the budget is spent \\(3 evaluations"):
            once()
    assert budget.spent == 3


def test_a_population_that_is_too_large_is_evaluated_as_far_as_the_budget_goes() -> None:
    budget, keys = Budget(SMALL, evaluations=7), keys_of(SMALL, 10)
    with pytest.raises(BudgetSpent):
        budget.total_tardiness(keys)
    assert budget.spent == 7
    assert budget.best_tardiness == total_tardiness(SMALL, keys[:7]).min()


def test_a_population_without_a_chromosome_is_refused() -> None:
    """A method whose breeding ends in nothing would otherwise go on for ever, as nothing is spent."""
    with pytest.raises(InputError, match="the population has no chromosome; it must have at least one"):
        Budget(load_instance("fig3"), evaluations=3).total_tardiness(np.zeros((0, 13)))


def test_the_share_of_a_budget_that_is_used() -> None:
    """Of evaluations and seconds the one nearer its end counts."""
    budget = Budget(SMALL, evaluations=20)
    assert budget.used == 0
    for share in (0.5, 1):
        budget.total_tardiness(keys_of(SMALL, 10))
        assert budget.used == share
    assert Limits(seconds=1000, evaluations=20).used(10) == 0.5
    assert Limits(seconds=1e-9, evaluations=20).used(1) == 1


def test_seconds_end_a_budget_but_never_before_its_first_evaluation() -> None:
    budget = Budget(SMALL, seconds=0)
    budget.evaluate(RULE)
    with pytest.raises(BudgetSpent):
        budget.evaluate(RULE)
    began = time.perf_counter()
    result = solve(SMALL, random_search, seconds=0.2)
    assert 0.2 <= result.seconds < time.perf_counter() - began
    assert result.evaluations > 20


def test_nothing_is_left_to_gain_at_zero() -> None:
    result = solve(load_instance("tiny-on-time"), random_search, evaluations=10**6)
    assert (result.total_tardiness, result.status) == (0, "optimal")
    assert result.evaluations < 10**4


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (Schedule(SMALL, [[]] * SMALL.sites), "batches less of order"),
        (Schedule(SMALL, [*RULE.sites[:-1], [*RULE.sites[-1], (SMALL.orders[0].id, 1)]]), "1 batches more of order"),
        (from_indices(FIG3, dispatch(FIG3, True)), "the schedule is one of fig3; it must be one of small-1"),
        (5, "the schedule is 5; it must be a Schedule"),
    ],
)
def test_a_budget_evaluates_schedules_of_its_instance_only(schedule: Any, words: str) -> None:
    budget = Budget(SMALL)
    with pytest.raises(InputError, match=words):
        budget.evaluate(schedule)
    assert budget.spent == 0


@given(instances(), st.integers(0, 10**6))
def test_a_changed_schedule_is_the_schedule(instance: Instance, seed: int) -> None:
    """Computed anew on some Sites only, everything is as if the whole schedule were made anew."""
    rng = np.random.default_rng(seed)
    first, second = (decode(instance, keys) for keys in rng.random((2, instance.key_count)))
    sites = {l: second.sites[l] for l in range(instance.sites) if rng.random() < 0.5}
    changed = first.changed(sites)
    plain = Schedule(instance, [sites.get(l, site) for l, site in enumerate(first.sites)])
    assert changed == plain
    assert changed.total_tardiness == plain.total_tardiness
    assert changed.lacking == plain.lacking
    np.testing.assert_array_equal(changed.order_completions, plain.order_completions)


STAYING = RULE.sites[0]


@pytest.mark.parametrize(
    "sites",
    [
        {9: []}, {-1: []}, {0: [("nobody", 1)]}, {0: [(SMALL.orders[0].id, 0)]}, {0: []},
        {0: [*STAYING, ("nobody", 1)]}, {0: [*STAYING[1:], Run(STAYING[0].order, 0)]}, {0: [*STAYING, STAYING[0]]},
        {0: [Run(STAYING[0].order, float(STAYING[0].batches)), *STAYING[1:]]},
    ],
)  # fmt: skip
def test_a_change_that_is_none_is_refused(sites: Any) -> None:
    with pytest.raises(InputError):
        Budget(SMALL).change(RULE, sites)


# The paper's algorithm as a method of one's own.


def by_hand(budget: Budget, rng: np.random.Generator, size: int = 20, w: float = 1) -> None:
    """Sections 4.2 and 4.3 with Table 3's probabilities, until the budget is spent."""
    population = rng.random((size, budget.instance.key_count))
    best, least = population[0], np.inf
    for generation in range(10**9):
        tardiness = budget.total_tardiness(population)
        if tardiness.min() < least:
            best, least = population[tardiness.argmin()].copy(), tardiness.min()
        if generation:
            worst = tardiness.argmax()
            population[worst], tardiness[worst] = best, least
        parents = roulette_selection(tardiness, size, rng, w)
        population = uniform_crossover(population[parents], 0.9, rng)
        one_gene_mutation(population, 0.5, rng)


@pytest.mark.parametrize(("seed", "evaluations"), [(1, 2000), (2, 1999), (3, 20), (4, 7)])
def test_the_genetic_algorithm_by_hand_is_the_genetic_algorithm(seed: int, evaluations: int) -> None:
    mine = solve(SMALL, by_hand, seed, evaluations=evaluations)
    kit = solve(SMALL, "ga", seed, evaluations=evaluations, population_size=20, patience=None)
    assert mine.schedule == kit.schedule
    assert mine.evaluations == kit.evaluations == evaluations
    np.testing.assert_array_equal(mine.history.best, kit.history.best)
    np.testing.assert_array_equal(mine.details["keys"], kit.details["keys"])
    assert mine.parameters == {"size": 20, "w": 1, "evaluations": evaluations}


def test_the_genetic_algorithm_by_hand_with_another_w_is_another() -> None:
    mine = solve(SMALL, by_hand, evaluations=2000, w=1e6)
    kit = solve(SMALL, "ga", evaluations=2000, population_size=20, patience=None)
    assert mine.history.best.tolist() != kit.history.best.tolist()


# What a method of one's own may do and may not.


def test_a_seed_gives_the_same_run_and_without_a_limit_it_has_10000_evaluations() -> None:
    first, second = (solve(HARD, random_search, 5) for _ in range(2))
    assert first.schedule == second.schedule
    assert first.evaluations == second.evaluations == 10_000
    assert first.parameters == {"size": 10, "evaluations": 10_000}
    assert (first.method, first.schedule.method, first.seed) == ("random_search", "random_search", 5)
    assert solve(HARD, lambda budget, rng: keys_of(HARD, 1)[0]).method == "<lambda>"


def test_a_method_may_return_a_schedule_or_its_keys() -> None:
    assert solve(SMALL, lambda budget, rng: RULE).schedule == RULE
    keys = keys_of(SMALL, 1)[0]
    assert solve(SMALL, lambda budget, rng: budget.evaluate(RULE)).total_tardiness == RULE.total_tardiness
    result = solve(SMALL, lambda budget, rng: keys)
    assert (result.schedule, result.evaluations) == (decode(SMALL, keys), 1)


@pytest.mark.parametrize("returned", [np.full((2, SMALL.key_count), 0.5), np.full(SMALL.key_count, 3), RULE.tardiness])
def test_an_array_that_is_no_chromosome_counts_as_nothing_returned(returned: np.ndarray) -> None:
    """A method need not return anything, and what happens to be its last value may be an array of totals."""

    def method(budget: Budget, rng: np.random.Generator) -> np.ndarray:
        budget.evaluate(RULE)
        return returned

    result = solve(SMALL, method)
    assert (result.evaluations, result.status, result.details) == (1, "feasible", {})


def raises(budget: Budget, rng: np.random.Generator) -> None:
    budget.evaluate(RULE)
    raise ZeroDivisionError


def infeasible(budget: Budget, rng: np.random.Generator) -> Schedule:
    budget.evaluate(RULE)
    return Schedule(SMALL, [[]] * SMALL.sites)


def evaluates_an_infeasible_one(budget: Budget, rng: np.random.Generator) -> None:
    budget.evaluate(RULE)
    budget.evaluate(Schedule(SMALL, [[]] * SMALL.sites))


def goes_on(budget: Budget, rng: np.random.Generator) -> None:
    while True:
        with contextlib.suppress(Exception):
            budget.evaluate(RULE)


def smuggles(budget: Budget, rng: np.random.Generator) -> Schedule:
    budget.total_tardiness(keys_of(SMALL, 50))
    return RULE


def leaves(budget: Budget, rng: np.random.Generator) -> None:
    budget.evaluate(RULE)
    raise SystemExit("for good")


@pytest.mark.parametrize(
    ("method", "words", "status"),
    [
        (raises, r"raises raised ZeroDivisionError in line \d+ of raises$", "stopped"),
        (infeasible, "infeasible returned a schedule that breaks a rule: ", "feasible"),
        (
            evaluates_an_infeasible_one,
            "evaluates_an_infeasible_one: the schedule has .* batches less of order",
            "stopped",
        ),
        (goes_on, "goes_on went on when its budget was spent; 1000 more evaluations were refused", "stopped"),
        (smuggles, "smuggles returned a schedule that it had not evaluated, and its budget is spent", "feasible"),
        (leaves, r"leaves raised SystemExit in line \d+ of leaves: for good$", "stopped"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_breaks_a_rule_is_one_sentence_and_loses_nothing(method: Any, words: str, status: str) -> None:
    result = warned(method, words)
    assert result.status == status
    assert result.evaluations <= 50
    if method is not smuggles:
        assert result.total_tardiness == RULE.total_tardiness


def test_a_method_that_nothing_ends_is_ended_with_its_process(tmp_path: Path) -> None:
    """A bare except holds every exception, and so would go on for ever."""
    ask = "try: budget.total_tardiness([0.5] * budget.instance.key_count)"
    text = f"def go(budget, rng):\n    while True:\n        {ask}\n        except: pass\n"
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    ended = cmo_kit("solve", "small-1", "--method", f"{tmp_path / 'mine.py'}:go", "--evaluations", "5")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"cmo-kit: {DEAF}\n"


@pytest.mark.parametrize("name", ["Q", "g", "due"])
def test_a_method_that_changes_the_instance_is_told_and_gains_nothing(name: str) -> None:
    instance = load_instance("small-1")

    def meddles(budget: Budget, rng: np.random.Generator) -> None:
        budget.evaluate(from_indices(instance, dispatch(instance, whole_orders=False)))
        if name == "due":
            object.__setattr__(instance.orders[0], "due_date", 10**6)
        else:
            array = getattr(instance, name)
            array.flags.writeable = True
            array[0] = 0

    result = warned(meddles, "meddles changed the instance that it was handed; load it anew", instance)
    assert result.total_tardiness == RULE.total_tardiness


def yields(budget: Budget, rng: np.random.Generator) -> Iterator[float]:
    yield budget.evaluate(RULE)


async def waits(budget: Budget, rng: np.random.Generator) -> None:
    budget.evaluate(RULE)


@pytest.mark.parametrize(
    ("method", "words"),
    [
        (lambda budget, rng: None, "<lambda> has evaluated nothing"),
        (yields, "yields has evaluated nothing: a function with yield or async is a generator, and none of it has run"),
        (waits, "waits has evaluated nothing: a function with yield or async is a generator, and none of it has run"),
        (lambda budget, rng: 1 / 0, r"<lambda> raised ZeroDivisionError in line \d+ of <lambda>: division by zero"),
        (
            lambda budget: None,
            r"method <lambda> must be a function of a budget and a generator: <lambda>\(budget, rng, ",
        ),
        ("nobody", "the method is 'nobody'; it must be one of expert, .*, FILE.py:FUNCTION, or a function"),
        (5, "the method is 5; it must be one of"),
        ("absent.py:tabu", "absent.py"),
    ],
)
def test_a_method_that_finds_nothing_is_one_sentence(method: Any, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        solve(SMALL, method, evaluations=10)
    assert "\n" not in str(caught.value)


def test_an_own_method_has_the_parameters_of_its_function() -> None:
    assert method_parameters(random_search) == {"size": 10}
    assert solve(SMALL, random_search, evaluations=10, size=5).parameters == {"size": 5, "evaluations": 10}
    with pytest.raises(InputError, match="method random_search has no parameter 'length'; they are size"):
        solve(SMALL, random_search, length=5)


@pytest.mark.parametrize("value", [{1}, 1j, float("nan"), np.array([np.inf]), [np.int64(3)], b"x"])
def test_a_parameter_that_json_does_not_know_is_saved_as_python_writes_it(value: Any, tmp_path: Path) -> None:
    result = solve(SMALL, lambda budget, rng, of=None: random_search(budget, rng), evaluations=10, of=value)
    result.save(tmp_path / "result.json")
    written = value.tolist() if isinstance(value, np.ndarray) else value
    assert Result.load(tmp_path / "result.json").parameters["of"] == repr(written)


def test_a_method_may_take_whatever_it_is_given() -> None:
    """As one does that a decorator has made."""

    def wrapper(*args: Any, size: int = 3, **kwargs: Any) -> None:
        random_search(*args, size=size, **kwargs)

    assert solve(SMALL, lambda *args, **kwargs: random_search(*args, **kwargs), evaluations=20).evaluations == 20
    assert solve(SMALL, wrapper, evaluations=20).parameters == {"size": 3, "evaluations": 20}


def test_progress_is_told_of_an_own_method_and_may_fail() -> None:
    seen = []
    solve(HARD, random_search, evaluations=30, progress=lambda *state: seen.append(state[:2]))
    assert [evaluations for _, evaluations in seen] == [10, 20, 30]

    def failing(best: float, evaluations: int, seconds: float) -> None:
        if evaluations == 20:
            raise OSError

    result = warned(random_search, "progress raised OSError", HARD, progress=failing)
    assert (result.evaluations, result.status) == (20, "stopped")


# Where methods come from.


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Any]:
    """Writes a file with a method, and gives its path with the function's name."""

    def write(body: str) -> str:
        path = tmp_path / "mine.py"
        path.write_text(f"def go(budget, rng, n=2):\n    {body}\n", encoding="utf-8")
        return f"{path}:go"

    yield write


def test_a_method_of_a_file_is_read_anew_each_time(written: Any) -> None:
    ask = "budget.total_tardiness(rng.random((n, budget.instance.key_count)))"
    result = solve(SMALL, written(ask), n=4)
    assert (result.method, result.evaluations) == ("mine.py:go", 4)
    assert solve(SMALL, written(ask + "; budget.total_tardiness([0.5] * budget.instance.key_count)")).evaluations == 3


@pytest.mark.parametrize(
    ("body", "function", "words"),
    [
        ("pass", "gone", r"mine.py has no function 'gone'; it has go"),
        ("pass\n1 / 0", "go", r"mine.py raised ZeroDivisionError in line 3 of <module>: division by zero"),
        ("1 +", "go", "mine.py raised SyntaxError"),
        ("pass\nraise SystemExit(0)", "go", "mine.py raised SystemExit in line 3"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(written: Any, body: str, function: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        solve(SMALL, written(body).replace(":go", f":{function}"))


@pytest.mark.parametrize("line", ["import helpers", "from helpers.sizes import SIZE", "from . import helpers"])
@pytest.mark.parametrize("beside", ["helpers.py", "helpers/sizes.py"])
def test_a_method_is_one_file(line: str, beside: str, tmp_path: Path, written: Any) -> None:
    """Whether a neighbour is found depends on where it is run, and a study would not notice that one is edited."""
    (tmp_path / "helpers").mkdir()
    (tmp_path / beside).write_text("SIZE = 1\n")
    with pytest.raises(InputError, match=f"mine.py: it imports helpers, which lies in {tmp_path}; a method is one"):
        solve(SMALL, written(f"{line}\n    budget.evaluate(1)"))


def test_a_file_beside_a_method_that_python_would_not_take_harms_nothing(tmp_path: Path, written: Any) -> None:
    """The kit's own folder, and names of the standard library."""
    (tmp_path / "json.py").write_text("1 / 0\n")
    (tmp_path / "cmo_kit.py").write_text("1 / 0\n")
    body = "import json, cmo_kit\n    budget.total_tardiness(rng.random(budget.instance.key_count))"
    assert solve(SMALL, written(body)).evaluations == 1


def test_a_package_brings_methods(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "brought.py").write_text(
        "def walk(budget, rng):\n    budget.total_tardiness(rng.random(budget.instance.key_count))\n"
    )
    info = tmp_path / "brought-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: brought\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[cmo_kit.methods]\nwalk = brought:walk\ngone = brought:gone\nfails = fails:go\n"
    )
    (tmp_path / "fails.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    result = solve(SMALL, "walk", 3)
    assert (result.method, result.evaluations) == ("walk", 1)
    with pytest.raises(InputError, match="method gone, which a package brings, raised AttributeError"):
        solve(SMALL, "gone")
    with pytest.raises(InputError, match="method fails, which a package brings, raised ZeroDivisionError"):
        solve(SMALL, "fails")
    with pytest.raises(InputError, match=r"cpsat, walk, gone, fails, FILE\.py"):
        solve(SMALL, "run")


# The samples that ship.

SAMPLES = notebooks_folder() / "my_methods.py"


@pytest.mark.parametrize("name", ["local_search", "annealing", "tabu", "iterated_local_search"])
def test_the_samples_that_move_runs_improve_the_planners_rule(name: str) -> None:
    first, second = (solve(SMALL, f"{SAMPLES}:{name}", seed, evaluations=700) for seed in (1, 1))
    assert first.schedule == second.schedule
    assert first.evaluations == 700
    assert "trouble" not in first.details
    rule = solve(SMALL, "expert_orders").total_tardiness
    assert first.history.best[0] == rule > first.total_tardiness
    assert check_schedule(SMALL, first.schedule) == []


@pytest.mark.parametrize(("name", "parts"), [("ga_blocks", ["crossover"]), ("ga_due_dates", ["decode"])])
def test_the_samples_of_parts_are_the_genetic_algorithm_with_them(name: str, parts: list[str]) -> None:
    """On a budget and as a parameter of the kit's algorithm they give the same."""
    module = runpy.run_path(str(SAMPLES))
    own = {"crossover": module["block_crossover"], "decode": module["by_due_date"]}
    mine = solve(SMALL, f"{SAMPLES}:{name}", 2, evaluations=450)
    kit = solve(SMALL, "ga", 2, evaluations=450, patience=None, **{part: own[part] for part in parts})
    assert mine.schedule == kit.schedule
    assert (mine.evaluations, mine.history.best[-1]) == (450, kit.history.best[-1])
    assert mine.total_tardiness != solve(SMALL, "ga", 2, evaluations=450, patience=None).total_tardiness
