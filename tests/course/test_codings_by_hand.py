"""Codes of one schedule, key orders counted, split runs: against enumeration written anew here."""

from collections import Counter
from itertools import permutations
from math import comb, factorial, log10

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cmo_kit import InputError, Instance, Schedule, decode, load_instance, solve
from cmo_kit.core.expert import dispatch
from cmo_kit.core.schedule import from_indices
from cmo_kit.course.codings_by_hand import (
    WAYS,
    children_of,
    common_keys,
    inheritance_table,
    near_twins,
    random_code,
    run_with,
    site_word,
)
from cmo_kit.course.one_run_by_hand import (
    best_of_all,
    count_splits,
    cut,
    failure_sentence,
    merged,
    random_pipelines,
    share_with_condition,
)
from cmo_kit.course.redundancy import (
    count_schedules,
    enumerate_key_orders,
    estimate_schedules,
    key_orders_of,
    key_orders_of_schedule,
    log10_key_orders,
)
from tests.helpers.enumeration import in_order, numbers, optimum, tardiness_of
from tests.helpers.enumeration import merged as merged_sites
from tests.helpers.strategies import instances

TIES = load_instance("tiny-ties")
SMALL = load_instance("small-5")


def edd(instance: Instance) -> Schedule:
    return from_indices(instance, dispatch(instance, whole_orders=True))


class TestCodes:
    @given(instance=instances(maximum_orders=5, maximum_batches=20), seed=st.integers(0, 1000), renumber=st.booleans())
    @settings(max_examples=60)
    def test_a_random_code_decodes_to_its_schedule(self, instance: Instance, seed: int, renumber: bool) -> None:
        rng = np.random.default_rng(seed)
        schedule = decode(instance, rng.random(instance.key_count))
        found = decode(instance, random_code(schedule, rng, renumber))
        assert found == schedule or (renumber and sorted(found.sites) == sorted(schedule.sites))

    def test_all_words_of_a_site_are_equally_likely(self) -> None:
        """Two runs of 3 and 2 batches have C(4, 2) = 6 words, each of which comes about as often."""
        rng = np.random.default_rng(1)
        found = Counter(tuple(site_word([(7, 3), (4, 2)], rng)) for _ in range(6000))
        assert len(found) == 6
        assert all(merged(word) == (7, 7, 7, 4, 4) for word in found)
        assert all(850 < count < 1150 for count in found.values())

    def test_crossover_spoils_random_codes_and_spares_canonical_ones(self) -> None:
        """Children of canonical codes are their parents; with renumbered Sites only if the Sites are sorted."""
        children = {way: children_of(edd(SMALL), way, 40, 1) for way in WAYS}
        best = edd(SMALL).total_tardiness
        for way in ("their canonical codes", "their canonical codes, Sites sorted"):
            assert children[way].same.all()
            assert (children[way].tardiness == best).all()
        for way in ("two random codes", "two random codes, Sites renumbered"):
            assert children[way].same.mean() < 0.05
            assert children[way].tardiness.mean() > 1.5 * best
        assert 0.02 < children["their canonical codes, Sites renumbered"].same.mean() < 0.6
        assert "100.0 % are the same schedule" in children["their canonical codes"].sentence

    def test_one_new_key_is_inherited_only_without_rewriting(self) -> None:
        """A child of parents that differ in one key is one of them; canonical codes differ in more keys."""
        plain, rewritten = (near_twins(edd(SMALL), rewrite, 60, 1) for rewrite in (False, True))
        assert plain.same == 1
        assert plain.children == plain.parents
        assert rewritten.same < 0.9
        assert (rewritten.pairs, rewritten.parents) == (plain.pairs, plain.parents)
        with pytest.raises(InputError, match="no new key"):
            near_twins(edd(load_instance("tiny-one-batch")), False, 5, 1)

    def test_codes_of_one_plan_may_number_its_sites_otherwise(self) -> None:
        instance = load_instance("fig3")
        rng = np.random.default_rng(1)
        found = [decode(instance, random_code(edd(instance), rng, renumber=True)).sites for _ in range(8)]
        assert len({tuple(sorted(sites)) for sites in found}) == 1
        assert len(set(found)) > 1


class TestCounts:
    @pytest.mark.parametrize("name", ["tiny-ties", "tiny-pipeline", "tiny-more-sites", "tiny-one-site", "tiny-weights"])
    def test_the_theorem_holds_for_every_schedule(self, name: str) -> None:
        instance = load_instance(name)
        found = enumerate_key_orders(instance)
        assert sum(found.values()) == factorial(instance.key_count)
        assert all(key_orders_of(instance, sites) == number for sites, number in found.items())
        assert count_schedules(instance) == len(found)

    def test_enumeration_agrees_with_merging_written_elsewhere(self) -> None:
        genes = TIES.gene_orders.tolist()
        seen = {merged_sites(tuple(cut(word))) for word in set(permutations(genes))}
        assert len(seen) == count_schedules(TIES)

    def test_figure_3_by_hand(self) -> None:
        """Site 1: 2x1. Site 2: 3x1, 1x1, 2x2, 4x1, so C(2, 1) words. Site 3: 1x2, 3x2, 4x1: C(4, 1) C(2, 1) words."""
        instance = load_instance("fig3")
        sites = [[("2", 1)], [("3", 1), ("1", 1), ("2", 2), ("4", 1)], [("1", 2), ("3", 2), ("4", 1)]]
        schedule = Schedule(instance, sites)
        words = comb(2, 1) * comb(4, 1) * comb(2, 1)
        assert key_orders_of_schedule(schedule) == words * 6**3 * 2 * 2

    @pytest.mark.parametrize("name", ["fig1", "fig3", "small-5"])
    def test_the_estimate_is_close_to_the_count(self, name: str) -> None:
        instance = load_instance(name)
        estimate = estimate_schedules(instance, 20_000, 3)
        assert estimate.error < 0.005
        assert abs(estimate.log10 - log10(count_schedules(instance))) < 5 * estimate.error

    def test_what_is_too_large_is_refused(self) -> None:
        with pytest.raises(InputError, match="at most 9"):
            enumerate_key_orders(load_instance("fig3"))
        with pytest.raises(InputError, match="too many"):
            count_schedules(load_instance("medium-1"))
        assert_allclose(log10_key_orders(TIES), log10(5040))


class TestSplitRuns:
    @pytest.mark.parametrize(
        "name", ["tiny-split-washing", "tiny-split-pipeline", "tiny-split-opening", "tiny-weights"]
    )
    def test_the_best_schedules_are_those_of_the_enumeration(self, name: str) -> None:
        instance = load_instance(name)
        for rule, merge in ((merged, True), (None, False)):
            schedule = best_of_all(instance, rule) if rule else best_of_all(instance)
            assert schedule.total_tardiness == optimum(instance, merge).value
            assert tardiness_of(numbers(instance), in_order(schedule)) == schedule.total_tardiness
        split = best_of_all(instance).total_tardiness < best_of_all(instance, merged).total_tardiness
        assert split == name.startswith("tiny-split")
        assert ("fails" in failure_sentence(instance)) == split

    def test_the_sentence_shows_the_numbers(self) -> None:
        assert "10 + 0 is above 0 + 0" in failure_sentence(load_instance("tiny-split-washing"))
        assert "20 + 0 is above 3" in failure_sentence(load_instance("tiny-split-opening"))
        assert "is enough" in failure_sentence(SMALL)

    def test_too_large_is_refused(self) -> None:
        with pytest.raises(InputError, match="at most 9"):
            best_of_all(load_instance("fig3"))

    def test_dear_changes_make_the_condition_hold(self) -> None:
        assert [share_with_condition(change, 10) for change in (0, 13)] == [0, 1]

    def test_splits_pay_only_where_the_condition_fails(self) -> None:
        """Breaking it is common, paying for it rare; a gain without breaking it would refute the theorem."""
        problems = list(random_pipelines(60, 2))
        gains = [optimum(instance, merge=True).value - optimum(instance).value for instance in problems]
        broken = [instance.one_run_failure is not None for instance in problems]
        assert all(fails for gain, fails in zip(gains, broken, strict=True) if gain > 0)
        found = count_splits(60, 2)
        assert (found.problems, found.broken, found.better) == (60, sum(broken), sum(gain > 0 for gain in gains))
        assert 0 < found.better < found.broken < 60
        assert found.most == max(gains)


class TestInheritance:
    def test_members_share_keys_unless_these_are_rewritten(self) -> None:
        plain, rewritten = (run_with(SMALL, codes, 0.9, 10_000, [1, 2]) for codes in ("as they are", "canonical"))
        assert plain.common > 0.5
        assert rewritten.common < 0.5 * plain.common
        assert plain.totals[0] == solve(SMALL, "ga", 1, evaluations=10_000, patience=None).total_tardiness

    def test_common_keys_by_hand(self) -> None:
        assert common_keys(np.array([[1.0, 2, 3], [1, 2, 4], [1, 5, 6]])) == 0.5
        assert common_keys(np.array([[1.0, 2]])) == 1

    def test_the_table_has_four_lines(self) -> None:
        table = inheritance_table(TIES, 300, [1]).splitlines()
        assert [line.split("  ")[0] for line in table[2:]] == ["as they are"] * 2 + ["canonical"] * 2
