"""The bank's answers about the paper: the problem, decoding, the model, the genetic algorithm, experts."""

from collections.abc import Sequence
from functools import cache
from statistics import fmean, stdev

import numpy as np

from cmo_kit.base.cbc import TOLERANCE
from cmo_kit.core.chromosome import decode
from cmo_kit.core.generate import SETS
from cmo_kit.core.genetic import default_population_size
from cmo_kit.core.instance import CleaningTimes, Instance
from cmo_kit.core.model import ModelP
from cmo_kit.core.operators import fitness
from cmo_kit.core.schedule import Schedule
from cmo_kit.course.dispatching import RULES, batches_before, by_rule, fit_slack, printed_tardiness, rule_totals
from cmo_kit.course.model_by_hand import expected_gammas, without
from cmo_kit.course.pack.computed import Computed, computes, numbers, runs_in_words, site_in_words, times_in_words
from cmo_kit.fast.explained import cuts, site_of
from cmo_kit.library import load_instance
from cmo_kit.methods.registry import method_parameters
from cmo_kit.views.layout import wheel_shares
from cmo_kit.views.operations import operation_gaps
from cmo_kit.views.paper import FIGURE_3_KEYS


def pair(first: str, second: str) -> tuple[Instance, int, int, dict[str, object]]:
    """Two orders of ``fig1``, and their data in words."""
    problem = load_instance("fig1")
    i, j = (problem.order_index[name] for name in (first, second))
    assert isinstance(problem.setup, CleaningTimes)
    cleaned = problem.setup.same_order[i] if i == j else problem.setup.change[i]
    data = times_in_words(problem.orders[k] for k in dict.fromkeys((i, j)))
    return problem, i, j, {"data": data, "cleaning": " + ".join(f"{time:g}" for time in cleaned)}


@computes
def gap(first: str, second: str) -> Computed:
    problem, i, j, said = pair(first, second)
    parts = operation_gaps(problem, first, second)
    needs = [part.gap for part in parts]
    mistakes = {"setup": problem.b[i, j], "wait": parts[-1].free, "least": min(needs), "sum": sum(needs)}
    return Computed(problem.g[i, j], mistakes, said)


@computes
def setup(first: str, second: str) -> Computed:
    problem, i, j, said = pair(first, second)
    g = problem.g[i, j]
    mistakes = {"gap": g, "other": g - problem.p[j, 0], "back": problem.b[j, i]}
    return Computed(problem.b[i, j], mistakes, said | {"gap": f"{g:g}"})


@computes
def decides(first: str, second: str) -> Computed:
    problem, _, _, said = pair(first, second)
    parts = sorted(operation_gaps(problem, first, second), key=lambda part: -part.gap)
    others = {f"spare{k}": part.operation for k, part in enumerate(parts[1:], start=1)}
    return Computed(parts[0].operation, others, said)


@computes
def longer_cleaning(first: str, second: str, operation: str) -> Computed:
    problem, i, j, said = pair(first, second)
    (part,) = (part for part in operation_gaps(problem, first, second) if part.operation == operation)
    g = problem.g[i, j]
    return Computed(g - part.gap, {"whole": g, "needs": part.gap, "free": part.free}, said | {"gap": f"{g:g}"})


@computes
def last_completion(order: str, batches: int) -> Computed:
    problem, i, _, said = pair(order, order)
    g, tail = problem.g[i, i], problem.tails[i]
    sites = [[(order, batches)], *([] for _ in range(problem.sites - 1))]
    said |= {"gap": f"{g:g}"}
    mistakes = {"wait": batches * tail, "starts": batches * g, "one gap more": batches * g + tail}
    return Computed(Schedule(problem, sites).completions[0][-1], mistakes, said)


@computes
def total(rule: str) -> Computed:
    schedule = by_rule(load_instance("fig1"), rule)
    late = schedule.order_completions - schedule.instance.D
    said = {"runs": runs_in_words(schedule.sites), "complete": numbers(schedule.order_completions),
            "due": numbers(schedule.instance.D)}  # fmt: skip
    mistakes = {"early": late.sum(), "count": (late > 0).sum(), "both": abs(late).sum()}
    return Computed(schedule.total_tardiness, mistakes, said)


@computes
def changes_of_order(instance: str) -> Computed:
    problem = load_instance(instance)
    schedule = by_rule(problem, "whole orders")
    count = sum(len(site) - 1 for site in schedule.sites)
    orders, batches = len(problem.orders), problem.total_batches
    mistakes = {"runs": orders, "one site": orders - 1, "steps": batches - problem.sites}
    return Computed(count, mistakes, {"orders": orders, "sites": problem.sites})


@computes
def not_enough(instances: Sequence[str]) -> Computed:
    (broken,) = (name for name in instances if load_instance(name).one_run_failure)
    kept = [name for name in instances if name != broken]
    return Computed(broken, {f"kept{k}": name for k, name in enumerate(kept, start=1)})


@computes
def site_of_key(key: float) -> Computed:
    changes, sites = FIGURE_3_KEYS[-2:], load_instance("fig3").sites
    below = [change for change in changes if change < key]
    named = 2 + changes.index(max(below)) if below else 1  # the number of the change met last, plus one
    behind = 1 + sum(change <= key for change in changes)
    mistakes = {"number": named, "above": sites - len(below), "all": sites, "behind": behind}
    right = 1 + site_of(key, cuts(load_instance("fig3"), FIGURE_3_KEYS))
    return Computed(right, mistakes, {"changes": numbers(changes), "key": f"{key:g}"})


@computes
def decoded(seed: int, site: int) -> Computed:
    """Keys of ``fig1`` in words; the misreadings are those of the exercises."""
    from cmo_kit.course.exercises.decoding import walk

    problem = load_instance("fig1")
    keys = np.random.default_rng(seed).permutation(np.arange(1, problem.key_count + 1) * 10) / 100
    options: dict[str, dict[str, object]] = {
        "no merge": {"merge": "none"}, "last": {"sequence": "last"}, "number": {"sequence": "number"},
        "late": {"late": True}, "descending": {"descending": True},
    }  # fmt: skip
    names = [f"{order.id}{k}" for order in problem.orders for k in range(1, order.batches + 1)] + ["Site change"]
    return Computed(
        site_in_words(decode(problem, keys).sites, site),
        {name: site_in_words(walk(problem, keys, **option), site) for name, option in options.items()},  # type: ignore[arg-type]
        {"keys": ", ".join(f"{name} {key:g}" for name, key in zip(names, keys, strict=True))},
    )


@computes
def key_count(instance: str) -> Computed:
    problem = load_instance(instance)
    I, L, T = len(problem.orders), problem.sites, problem.total_batches
    mistakes = {"batches": T, "sites": T + L, "orders": I + L - 1}
    return Computed(problem.key_count, mistakes, {"orders": I, "sites": L, "batches": T})


def empty_of(keys: Sequence[float]) -> str:
    """Which Sites of ``fig3`` are empty, from 1."""
    return ", ".join(str(l) for l, site in enumerate(decode(load_instance("fig3"), keys).sites, start=1) if not site)


@computes
def empty_sites(key: float) -> Computed:
    keys = [*FIGURE_3_KEYS[:-2], key, key]
    others = {f"at {other:g}": empty_of([*keys[:-2], other, other]) for other in (0, 0.5, 1)}
    return Computed(empty_of(keys), {**others, "none": "none"}, {"key": f"{key:g}"})


@computes
def same_schedule(change: str) -> Computed:
    problem, keys = load_instance("fig3"), np.array(FIGURE_3_KEYS)
    traded = keys.copy()
    traded[[0, 1]] = keys[[1, 0]]
    other = {"squared": keys**2, "taken from 1": 1 - keys, "halved": keys / 2, "traded": traded}[change]
    words = {True: "the same schedule", False: "another schedule"}
    same = decode(problem, other) == decode(problem, keys)
    return Computed(words[same], {"wrong": words[not same]})


@computes
def gammas(instance: str) -> Computed:
    problem = load_instance(instance)
    I, L, T = len(problem.orders), problem.sites, problem.total_batches
    mistakes = {"all positions": I * I * L * T, "not pairs": I * L * (T - 1), "sites": I * L * L * (T - 1)}
    return Computed(I * I * L * (T - 1), mistakes, {"orders": I, "sites": L, "batches": T})


@computes
def z_count(instance: str) -> Computed:
    problem = load_instance(instance)
    I, L, T = len(problem.orders), problem.sites, problem.total_batches
    mistakes = {"no dummy": I * L * T, "one site": (I + 1) * T, "pairs": (I + 1) * L * (T - 1)}
    return Computed(len(ModelP(problem).z), mistakes, {"orders": I, "sites": L, "batches": T})


@cache
def claimed(*equations: int) -> float:
    """What CBC claims on ``tiny-pipeline`` without these equations."""
    return float(without(load_instance("tiny-pipeline"), *equations).claimed or 0)


@computes
def claim(without: int) -> Computed:
    return Computed(claimed(without), {"optimum": claimed(), "nothing": 0.0, "early": claimed(13)})


@computes
def not_needed(equations: Sequence[int]) -> Computed:
    (free,) = (number for number in equations if claimed(number) == claimed())
    needed = [number for number in equations if number != free]
    return Computed(f"({free})", {f"needed{number}": f"({number})" for number in needed})


@computes
def forgiven(V: float) -> Computed:
    right = V * TOLERANCE
    mistakes = {"more": 10 * right, "less": right / 10, "nothing": 0}
    return Computed(right, mistakes, {"V": f"{V:,.0f}", "tolerance": "10^-7"})


@computes
def growth() -> Computed:
    small, large = SETS["small"], SETS["large"]
    orders, sites = large.orders / small.orders, large.sites / small.sites
    batches = orders * fmean(large.batches) / fmean(small.batches)
    mistakes = {"orders once": orders * sites * batches, "batches": batches, "squares": orders**2}
    return Computed(expected_gammas("large") / expected_gammas("small"), mistakes).rounded()


@computes
def fitness_of(tardiness: Sequence[float], k: int, w: float) -> Computed:
    T = np.array(tardiness, dtype=float)
    F = fitness(T, w)[k - 1]
    mistakes = {"no w": F - w, "least": w + T[k - 1] - T.min(), "itself": T[k - 1]}
    return Computed(F, mistakes, {"values": numbers(T), "k": k, "w": f"{w:g}"})


@computes
def share(tardiness: Sequence[float], k: int, w: float) -> Computed:
    T = np.array(tardiness, dtype=float)
    no_w = 100 * wheel_shares(T, 1e-12)[k - 1]
    mistakes = {"equal": 100 / len(T), "tardiness": 100 * T[k - 1] / T.sum(), "no w": no_w}
    said = {"values": numbers(T), "k": k, "w": f"{w:g}"}
    return Computed(100 * wheel_shares(T, w)[k - 1], mistakes, said).rounded(1)


@computes
def ratio(tardiness: Sequence[float], times: int) -> Computed:
    T = np.array(tardiness, dtype=float)
    span = T.max() - T.min()
    mistakes = {"span": span if times != 2 else T.max(), "half": span / times, "times": span * times, "most": T.max()}
    return Computed(span / (times - 1), mistakes, {"values": numbers(T), "times": times})


@computes
def bad_chromosome(tardiness: Sequence[float], more: float) -> Computed:
    T = np.array(tardiness, dtype=float)
    before, after = (100 * wheel_shares(values).max() for values in (T, np.append(T, more)))
    mistakes, said = {"before": before, "equal": 100 / (len(T) + 1)}, {"values": numbers(T), "more": f"{more:g}"}
    return Computed(after, mistakes, said).rounded(1)


@computes
def child_gene(gene: int, kept: bool) -> Computed:
    one, other = np.array(FIGURE_3_KEYS)[gene - 1], 1 - np.array(FIGURE_3_KEYS)[gene - 1]
    first, second = (one, other) if kept else (other, one)
    said = {"one": f"{one:g}", "other": f"{other:g}", "gene": gene, "coin": "keep" if kept else "exchange"}
    return Computed(second, {"first child": first, "mean": (one + other) / 2}, said)


@computes
def new_keys(instance: str, reading: str) -> Computed:
    problem, size = load_instance(instance), default_population_size(load_instance(instance))
    p = float(method_parameters("ga")["mutation_probability"])
    values = {"one_gene": p * size, "each_gene": p * size * problem.key_count}
    (other,) = (value for name, value in values.items() if name != reading)
    said = {"size": size, "genes": problem.key_count, "p": f"{p:g}"}
    return Computed(values[reading], {"other reading": other, "every": float(size)}, said)


@computes
def half_before(test_set: str) -> Computed:
    row = SETS[test_set]
    T, L = row.orders * fmean(row.batches), row.sites
    mistakes = {"whole": T / L, "one site": T / 2, "orders": row.orders / L / 2}
    said = {"orders": row.orders, "least": min(row.batches), "most": max(row.batches), "sites": L}
    return Computed(batches_before(test_set), mistakes, said)


@computes
def on_the_line(orders: int, most: int, sites: int) -> Computed:
    printed = printed_tardiness()
    fit = fit_slack([batches_before(name) for name in printed], list(printed.values()))
    x = orders * (1 + most) / 2 / sites / 2
    said = {"orders": orders, "most": most, "sites": sites, "gap": f"{fit.gap:.2f}", "slack": f"{fit.slack:.1f}"}
    mistakes = {"no slack": fit.gap * x, "whole": fit.tardiness(2 * x), "slack added": fit.gap * x + fit.slack}
    return Computed(fit.tardiness(x), mistakes, said).rounded()


@computes
def standard_error(problems: int) -> Computed:
    deviation = stdev(rule_totals("small", 25)["batch by batch"])
    mistakes = {"deviation": deviation, "no root": deviation / problems, "one less": deviation / (problems - 1)}
    said = {"deviation": f"{deviation:.0f}", "problems": problems}
    return Computed(deviation / problems**0.5, mistakes, said).rounded()


@computes
def better_rule(instance: str) -> Computed:
    problem = load_instance(instance)
    totals = {rule: by_rule(problem, rule).total_tardiness for rule in RULES}
    best = min(totals, key=totals.__getitem__)
    (other,) = set(totals) - {best}
    return Computed(best, {"other": other}, {"orders": len(problem.orders)})
