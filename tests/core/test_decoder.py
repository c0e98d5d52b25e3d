"""Section 4.1: Figure 3 to the last cell, and what holds for any keys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cmo_kit import InputError, Instance, check_schedule, decode, load_instance, trace_decode
from cmo_kit.core.chromosome import check_keys_of, gene_name, random_keys, sort_genes
from tests.helpers.enumeration import cut, merged, numbers, runs, tardiness_of
from tests.helpers.strategies import instances, keys_for, problems, with_times

FIGURE_3_KEYS = [0.29, 0.62, 0.98, 0.11, 0.44, 0.30, 0.78, 0.84, 0.23, 0.38, 0.99, 0.59, 0.17]
#: The sorted list of Figure 3: key, and the order of the batch or ``site``.
FIGURE_3_SORTED = [
    (0.11, "2"), (0.17, "site"), (0.23, "3"), (0.29, "1"), (0.30, "2"), (0.38, "4"), (0.44, "2"),
    (0.59, "site"), (0.62, "1"), (0.78, "3"), (0.84, "3"), (0.98, "1"), (0.99, "4"),
]  # fmt: skip
FIGURE_3_SITES = (
    (("2", 1),),
    (("3", 1), ("1", 1), ("2", 2), ("4", 1)),
    (("1", 2), ("3", 2), ("4", 1)),
)
Problem = tuple[Instance, NDArray[np.float64]]


# Figure 3.


def test_figure_3_has_the_genes_of_the_paper() -> None:
    """Eleven batches and two Site changes: thirteen keys, orders in their order and Site changes last."""
    fig3 = load_instance("fig3")
    assert (fig3.key_count, fig3.total_batches, fig3.sites) == (13, 11, 3)
    assert fig3.gene_orders.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, -1, -1]
    assert [order.id for order in fig3.orders] == ["1", "2", "3", "4"]
    assert [gene_name(fig3, gene) for gene in (0, 2, 3, 10, 11, 12)] == [
        "order 1, batch 1", "order 1, batch 3", "order 2, batch 1", "order 4, batch 2",
        "Site change 1", "Site change 2",
    ]  # fmt: skip


def test_figure_3_sorts_as_printed() -> None:
    trace = trace_decode(load_instance("fig3"), FIGURE_3_KEYS)
    assert [(step.key, step.order or "site") for step in trace.steps[1:]] == FIGURE_3_SORTED
    assert trace.sorted_genes.tolist() == [3, 12, 8, 0, 5, 9, 4, 11, 1, 6, 7, 2, 10]


def test_figure_3_decodes_as_printed() -> None:
    schedule = decode(load_instance("fig3"), FIGURE_3_KEYS)
    assert schedule.sites == FIGURE_3_SITES
    assert check_schedule(schedule.instance, schedule) == []


def test_figure_3_is_traced_rule_by_rule() -> None:
    trace = trace_decode(load_instance("fig3"), FIGURE_3_KEYS)
    assert [(step.rule, step.site, step.run) for step in trace.steps] == [
        ("sort", 0, None), ("open run", 0, 0),
        ("site change", 1, None), ("open run", 1, 0), ("open run", 1, 1), ("open run", 1, 2), ("open run", 1, 3),
        ("join run", 1, 2),
        ("site change", 2, None), ("open run", 2, 0), ("open run", 2, 1), ("join run", 2, 1), ("join run", 2, 0),
        ("open run", 2, 2),
    ]  # fmt: skip
    assert trace.steps[2].sentence == "Key 0.17 is Site change 2: what follows goes to Site 2."
    assert "joins its run, now 2 batches" in trace.steps[7].sentence
    assert "opens run 3 of Site 3" in trace.steps[13].sentence
    assert trace.steps[-1].sites == FIGURE_3_SITES
    assert trace.schedule.sites == FIGURE_3_SITES


def test_figure_3_as_json_says_the_same() -> None:
    document = trace_decode(load_instance("fig3"), FIGURE_3_KEYS).to_dict()
    assert len(document["steps"]) == 14
    assert [step["site"] for step in document["steps"]] == [1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3]
    assert document["schedule"]["sites"][0] == [{"order": "2", "batches": 1}]


# Any keys.


@given(problems())
def test_any_keys_decode_to_a_feasible_schedule(problem: Problem) -> None:
    instance, keys = problem
    schedule = decode(instance, keys)
    assert check_schedule(instance, schedule) == []
    assert check_schedule(instance, schedule.to_dict()) == []
    counts = {order.id: 0 for order in instance.orders}
    for site in schedule.sites:
        assert len({run.order for run in site}) == len(site)
        for run in site:
            counts[run.order] += run.batches
    assert counts == {order.id: order.batches for order in instance.orders}


@given(problems())
def test_decoding_agrees_with_plain_arithmetic(problem: Problem) -> None:
    """Sites and total tardiness are those of a sort, a cut, a merge and a sum written down independently."""
    instance, keys = problem
    order_of_gene = [i for i, order in enumerate(instance.orders) for _ in range(order.batches)]
    order_of_gene += [-1] * (instance.sites - 1)
    genes = sorted(range(len(keys)), key=lambda gene: (keys[gene], gene))
    sites = merged(cut([order_of_gene[gene] for gene in genes]))
    schedule = decode(instance, keys)
    assert [[(int(run.order[1:]), run.batches) for run in site] for site in schedule.sites] == [
        runs(site) for site in sites
    ]
    assert schedule.total_tardiness == pytest.approx(tardiness_of(numbers(instance), sites), rel=1e-12, abs=1e-9)


@given(problems())
def test_the_trace_agrees_with_decode_step_by_step(problem: Problem) -> None:
    """Each step adds one batch to one run of one Site or moves to the next Site, and the last state is the schedule."""
    instance, keys = problem
    trace = trace_decode(instance, keys)
    assert trace.schedule == decode(instance, keys)
    assert [step.number for step in trace.steps] == list(range(instance.key_count + 1))
    assert [step.gene for step in trace.steps[1:]] == trace.sorted_genes.tolist() == sort_genes(keys).tolist()
    for before, step in zip(trace.steps, trace.steps[1:], strict=False):
        assert len(step.sites) == instance.sites
        assert step.key == keys[step.gene]
        previous, now = [dict(site) for site in before.sites], [dict(site) for site in step.sites]
        if step.rule == "site change":
            assert (now, step.site, step.order) == (previous, before.site + 1, None)
        else:
            assert step.site == before.site
            assert step.rule == ("join run" if step.order in previous[step.site] else "open run")
            previous[step.site][step.order] = previous[step.site].get(step.order, 0) + 1
            assert now == previous
            assert list(now[step.site])[step.run] == step.order
    assert trace.steps[-1].sites == trace.schedule.sites


@given(instances(), st.sampled_from([0.0, 0.25, 1.0]))
def test_equal_keys_keep_gene_order(instance: Instance, key: float) -> None:
    """Where all keys are equal, orders stand as in the instance on Site 1 and every Site change comes behind them."""
    schedule = decode(instance, np.full(instance.key_count, key))
    assert schedule.sites[0] == tuple((order.id, order.batches) for order in instance.orders)
    assert all(site == () for site in schedule.sites[1:])


def test_a_batch_comes_before_an_equal_site_change() -> None:
    fig3 = load_instance("fig3")
    keys = np.array([0.1, 0.1, 0.1, 0.5, 0.5, 0.5, 0.9, 0.9, 0.9, 0.9, 0.9, 0.1, 0.5])
    assert decode(fig3, keys).sites == ((("1", 3),), (("2", 3),), (("3", 3), ("4", 2)))


@given(st.data(), instances())
def test_leading_and_trailing_site_changes_leave_sites_empty(data: st.DataObject, instance: Instance) -> None:
    """With k Site changes in front of all batches the first k Sites are empty; the others behind empty the last."""
    keys = np.array(data.draw(keys_for(instance)))
    batches, changes = instance.total_batches, instance.sites - 1
    k = data.draw(st.integers(0, changes))
    keys[:batches] = 0.25 + keys[:batches] / 2
    keys[batches : batches + k], keys[batches + k :] = 0.0, 1.0
    sites = decode(instance, keys).sites
    assert [bool(site) for site in sites] == [False] * k + [True] + [False] * (changes - k)


@given(problems(maximum_sites=1))
def test_one_site_takes_everything_in_order_of_least_keys(problem: Problem) -> None:
    """With L = 1 each order is one run, and the runs stand by the least key of their order."""
    instance, keys = problem
    (site,) = decode(instance, keys).sites
    least = {order.id: (keys[instance.gene_orders == i].min(), i) for i, order in enumerate(instance.orders)}
    assert [run.order for run in site] == sorted(least, key=lambda order: least[order])
    assert all(run.batches == instance.orders[instance.order_index[run.order]].batches for run in site)


@given(problems())
def test_only_the_order_of_keys_matters(problem: Problem) -> None:
    instance, keys = problem
    ranks = np.empty(len(keys))
    ranks[sort_genes(keys)] = np.arange(len(keys)) / max(1, len(keys) - 1)
    assert decode(instance, ranks) == decode(instance, keys)


# Relations between instances.


def permuted(instance: Instance, order: list[int]) -> Instance:
    document = instance.to_dict()
    document["orders"] = [document["orders"][i] for i in order]
    if "setup_times" in document:
        document["setup_times"] = [[document["setup_times"][i][j] for j in order] for i in order]
    else:
        document["cleaning_times"] = {key: [rows[i] for i in order] for key, rows in document["cleaning_times"].items()}
    if "initial_setup_times" in document:
        document["initial_setup_times"] = [document["initial_setup_times"][i] for i in order]
    return Instance.from_dict(document)


@given(st.data(), instances())
def test_relabelling_orders_changes_nothing(data: st.DataObject, instance: Instance) -> None:
    keys = np.random.default_rng(data.draw(st.integers(0, 2**32))).random(instance.key_count)
    order = data.draw(st.permutations(range(len(instance.orders))))
    other = permuted(instance, order)
    moved = np.concatenate([keys[instance.gene_orders == i] for i in order] + [keys[instance.total_batches :]])
    first, second = decode(instance, keys), decode(other, moved)
    assert first.sites == second.sites
    assert second.total_tardiness == pytest.approx(first.total_tardiness, rel=1e-12, abs=1e-9)
    np.testing.assert_allclose(second.tardiness, first.tardiness[list(order)])


@given(st.data(), problems())
def test_renumbering_sites_changes_nothing(data: st.DataObject, problem: Problem) -> None:
    instance, keys = problem
    schedule = decode(instance, keys)
    sites = data.draw(st.permutations(schedule.sites))
    other = type(schedule)(instance, sites)
    np.testing.assert_array_equal(other.tardiness, schedule.tardiness)
    assert other.total_tardiness == schedule.total_tardiness
    assert check_schedule(instance, other) == []


@given(st.data(), problems())
def test_later_due_dates_never_raise_tardiness(data: st.DataObject, problem: Problem) -> None:
    instance, keys = problem
    delays = data.draw(st.lists(st.integers(0, 30), min_size=len(instance.orders), max_size=len(instance.orders)))
    document = instance.to_dict()
    for order, delay in zip(document["orders"], delays, strict=True):
        order["due_date"] += delay
    before, after = decode(instance, keys), decode(Instance.from_dict(document), keys)
    assert (after.tardiness <= before.tardiness).all()
    assert (before.tardiness - after.tardiness <= np.array(delays)).all()
    assert after.total_tardiness <= before.total_tardiness


@given(problems(), st.sampled_from([2, 3, 10]))
def test_scaling_times_scales_tardiness(problem: Problem, factor: int) -> None:
    instance, keys = problem
    first, other = decode(instance, keys), decode(with_times(instance, lambda time: factor * time), keys)
    assert other.sites == first.sites
    np.testing.assert_allclose(other.tardiness, factor * first.tardiness)
    assert other.total_tardiness == pytest.approx(factor * first.total_tardiness)


@given(st.data(), instances(kinds=("pipeline",)))
def test_derived_and_given_setup_times_decode_alike(data: st.DataObject, instance: Instance) -> None:
    keys = data.draw(keys_for(instance))
    document = instance.to_dict()
    del document["cleaning_times"]
    document["setup_times"] = instance.b.tolist()
    other = Instance.from_dict(document)
    np.testing.assert_allclose(decode(other, keys).tardiness, decode(instance, keys).tardiness, atol=1e-9)


# What the decoder refuses.


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([0.5] * 12, "12 entries.*'fig3' needs 13"),
        ([0.5] * 14, "14 entries"),
        ([], "0 entries"),
        ([0.5] * 12 + [1.5], r"keys\[12\] is 1.5"),
        ([-0.5] + [0.5] * 12, r"keys\[0\] is -0.5"),
        ([0.5] * 5 + [float("nan")] + [0.5] * 7, r"keys\[5\] is nan"),
        ([float("inf")] + [0.5] * 12, r"keys\[0\] is inf"),
        ([[0.5] * 13], "takes one chromosome"),
        ([[0.5] * 13, [0.5] * 12], "ragged"),
        (["0.5"] * 13, "must hold numbers"),
        ([True] * 13, "must hold numbers"),
        (0.5, "must hold numbers"),
        (None, "must hold numbers"),
    ],
)
def test_wrong_keys_are_refused_in_one_sentence(keys: object, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        decode(load_instance("fig3"), keys)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_a_population_names_the_row_of_a_wrong_key() -> None:
    population = np.full((3, 13), 0.5)
    population[2, 4] = 7
    with pytest.raises(InputError, match=r"keys\[2\]\[4\] is 7"):
        check_keys_of(load_instance("fig3"), population)


def test_the_ends_of_the_interval_are_keys() -> None:
    fig3 = load_instance("fig3")
    assert decode(fig3, [0, 1] * 6 + [1]) == decode(fig3, [0.0, 1.0] * 6 + [1.0])


def test_random_keys_fill_the_unit_interval() -> None:
    fig3 = load_instance("fig3")
    keys = random_keys(fig3, 1000, np.random.default_rng(3))
    assert keys.shape == (1000, 13)
    assert keys.min() >= 0
    assert keys.max() < 1
    assert np.abs(keys.mean(axis=0) - 0.5).max() < 5 * (1 / 12 / 1000) ** 0.5
    np.testing.assert_array_equal(keys, random_keys(fig3, 1000, np.random.default_rng(3)))
