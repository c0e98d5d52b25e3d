"""The ideas beyond the paper as methods: equal limits, and one thing exchanged in each."""

import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from cmo_kit import InputError, Instance, check_schedule, decode, load_instance, solve
from cmo_kit.codings.encode import canonical
from cmo_kit.codings.kernels import recode
from cmo_kit.methods.ideas import IDEAS, run_idea
from tests.helpers.strategies import problems

TINY = load_instance("tiny-weights")


class TestRecoding:
    @given(problem=problems())
    def test_it_is_the_canonical_code(self, problem: tuple[Instance, NDArray[np.float64]]) -> None:
        instance, keys = problem
        population = np.array([keys, keys[::-1], np.round(keys, 1)])
        expected = canonical(instance, population)
        recode(instance, population)
        assert_array_equal(population, expected)

    def test_ties_and_empty_sites(self) -> None:
        instance = load_instance("tiny-more-sites")
        population = np.array([[0.5] * 7, [0.5] * 3 + [0.0] * 4, [0.9, 0.1, 0.5] + [1.0] * 4])
        expected = canonical(instance, population)
        recode(instance, population)
        assert_array_equal(population, expected)


class TestIdeas:
    @pytest.mark.parametrize("idea", IDEAS)
    @pytest.mark.parametrize("evaluations", [1, 37, 450])
    def test_evaluations_are_never_exceeded_and_a_seed_repeats(self, idea: str, evaluations: int) -> None:
        """The budget holds (initial schedules need theirs first), and the same seed gives the same schedule."""
        first, second = (run_idea(idea, TINY, 3, evaluations=evaluations) for _ in range(2))
        assert first.schedule == second.schedule
        least = 43 if idea == "GA, initial solutions" else 0  # 40 of ATCS on 1 and 2 Sites, 2 rules, 1 chromosome
        assert first.evaluations <= max(evaluations, least)
        if first.status == "feasible":
            assert first.evaluations == max(evaluations, least)
        assert check_schedule(TINY, first.schedule) == []

    @pytest.mark.parametrize("idea", IDEAS)
    def test_seconds_end_it(self, idea: str) -> None:
        outcome = run_idea(idea, load_instance("small-5"), 1, seconds=0.0)
        assert outcome.schedule is not None
        assert outcome.evaluations < 5000

    def test_the_paper_is_the_paper(self) -> None:
        instance = load_instance("small-5")
        ours = run_idea("paper's GA", instance, 7, evaluations=3000)
        assert ours.schedule == solve(instance, "ga", 7, evaluations=3000, patience=None).schedule

    def test_initial_solutions_are_not_lost(self) -> None:
        instance = load_instance("small-5")
        edd = solve(instance, "expert_orders").total_tardiness
        for idea in ("GA, initial solutions", "GA, compact, initial solutions", "BRKGA, compact, initial solutions"):
            found = run_idea(idea, instance, 1, evaluations=300).schedule
            assert found.total_tardiness <= edd

    def test_canonical_codes_change_the_run(self) -> None:
        instance = load_instance("small-5")
        plain, rewritten = (run_idea(i, instance, 1, evaluations=3000) for i in ("paper's GA", "GA, canonical codes"))
        assert plain.history.best[0] == rewritten.history.best[0]  # the same first population
        assert plain.schedule != rewritten.schedule
        keys = rewritten.details["keys"]
        assert_array_equal(keys, canonical(instance, keys))
        assert rewritten.schedule == decode(instance, keys)

    @pytest.mark.parametrize(("idea", "limits"), [("nothing", {"seconds": 1}), ("search", {})])
    def test_bad_input_is_refused(self, idea: str, limits: dict[str, float]) -> None:
        with pytest.raises(InputError, match=r"must be one of|must have a limit"):
            run_idea(idea, TINY, 1, **limits)
