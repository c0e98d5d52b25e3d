"""The bank's answers about comparing methods, neighbourhoods, annealing, planning, and one's own methods."""

import datetime
from collections.abc import Sequence
from math import comb, exp, factorial, log, prod
from statistics import fmean, stdev

import numpy as np

from cmo_kit.core.schedule import Schedule
from cmo_kit.course.dispatching import by_rule
from cmo_kit.course.neighbourhoods import moves, splits, swaps
from cmo_kit.course.pack.computed import Computed, computes, numbers, runs_in_words
from cmo_kit.course.redundancy import key_orders_of_schedule
from cmo_kit.course.run_questions import Facts, draw
from cmo_kit.fast.explained import network
from cmo_kit.library import instances_folder, load_instance
from cmo_kit.planning.calendar import Calendar
from cmo_kit.study.results.gaps import read_best_known
from cmo_kit.study.results.published import relative_deviation_index
from cmo_kit.study.results.statistics import STUDENT, summary


@computes
def relative_delay(values: Sequence[float], k: int) -> Computed:
    T, best, worst = values[k - 1], min(values), max(values)
    mistakes = {"of the worst": T / worst, "above the best": T / best - 1, "turned round": (worst - T) / (worst - best)}
    return Computed(relative_deviation_index(values)[k - 1] or 0.0, mistakes, {"values": numbers(values), "k": k})


@computes
def without_the_worst(values: Sequence[float], k: int) -> Computed:
    kept = [value for value in values if value != max(values)]
    right = relative_deviation_index(kept)[kept.index(values[k - 1])] or 0.0
    before = relative_deviation_index(values)[k - 1] or 0.0
    return Computed(right, {"as before": before, "best": 0.0, "worst": 1.0}, {"values": numbers(values), "k": k})


@computes
def interval(differences: Sequence[float]) -> Computed:
    n, deviation = len(differences), stdev(differences)
    half, t = summary(differences).high - fmean(differences), STUDENT[n - 2]
    mistakes = {"normal": 1.96 * deviation / n**0.5, "no root": t * deviation, "no t": deviation / n**0.5}
    return Computed(half, mistakes, {"values": numbers(differences), "t": t}).rounded(1)


@computes
def concluded(differences: Sequence[float]) -> Computed:
    found = summary(differences)
    words = {"first": "the first is better on average", "second": "the second is better on average",
             "open": "these runs do not tell", "equal": "the two are equally good"}  # fmt: skip
    right = "open" if found.low <= 0 <= found.high else "first" if found.high < 0 else "second"
    said = {"low": f"{found.low:+.1f}", "high": f"{found.high:+.1f}", "problems": len(differences)}
    return Computed(words[right], {name: text for name, text in words.items() if name != right}, said)


@computes
def gap_to_bound(instance: str, rule: str) -> Computed:
    known = read_best_known(instances_folder())[instance]
    T, bound = by_rule(load_instance(instance), rule).total_tardiness, float(known["lower_bound"])
    mistakes = {"of the bound": 100 * (T / bound - 1), "days": T - bound, "share": 100 * bound / T}
    said = {"T": f"{T:g}", "bound": f"{bound:g}"}
    return Computed(100 * (1 - bound / T), mistakes, said).rounded(1)


@computes
def codes_of(instance: str, sites: Sequence[Sequence[tuple[str, int]]]) -> Computed:
    schedule = Schedule(load_instance(instance), sites)
    Q, L = schedule.instance.Q.tolist(), schedule.instance.sites
    names = prod(map(factorial, Q))
    words = key_orders_of_schedule(schedule) // (names * factorial(L - 1))
    mistakes = {"names": names * factorial(L - 1), "words": words, "no changes": names * words if L > 2 else names,
                "all": factorial(schedule.instance.key_count)}  # fmt: skip
    said = {"runs": runs_in_words(schedule.sites), "batches": sum(Q), "sites": L}
    return Computed(key_orders_of_schedule(schedule), mistakes, said)


@computes
def same_numbers(sites: int) -> Computed:
    mistakes = {"sites": 100 / sites, "pairs": 100 / comb(sites, 2) if sites > 2 else 100.0, "never": 0.0}
    return Computed(100 / factorial(sites), mistakes, {"sites": sites}).rounded(1)


@computes
def ready_on(start: str, day: float) -> Computed:
    calendar = Calendar(datetime.date.fromisoformat(start))
    shift = datetime.timedelta(days=1)
    right = calendar.ready(day)
    mistakes = {"one more": str(right + shift), "one less": str(right - shift)}
    return Computed(str(right), mistakes, {"start": start, "day": f"{day:g}"})


@computes
def neighbours(kind: str, instance: str) -> Computed:
    schedule = by_rule(load_instance(instance), "whole orders")
    n, L = sum(map(len, schedule.sites)), schedule.instance.sites
    count = sum(1 for _ in {"moves": moves, "swaps": swaps, "splits": splits}[kind](schedule))
    mistakes = {"ordered": n * (n - 1), "with itself": n * (n + L - 1), "own site": n * n, "twice": 2 * count}
    return Computed(count, mistakes, {"n": n, "L": L})


@computes
def about_a_run(instance: str, rule: str, kind: str, seed: int) -> Computed:
    """A question about a schedule, as :func:`draw` draws them."""
    schedule = by_rule(load_instance(instance), rule)
    now = Facts(schedule.instance, [list(site) for site in schedule.sites])
    question = draw(kind, now, np.random.default_rng(seed))
    assert question, (kind, instance)
    orders, g = schedule.instance.orders, schedule.instance.g
    said = {
        "data": ", ".join(f"{o.id} {o.due_date:g} {sum(o.processing_times):g}" for o in orders),
        "gaps": ", ".join(f"{i.id}-{j.id} {g[a, b]:g}" for a, i in enumerate(orders) for b, j in enumerate(orders)),
        "runs": runs_in_words(schedule.sites), "total": f"{schedule.total_tardiness:g}", "question": question.text,
    }  # fmt: skip
    return Computed(question.answer, {why: value for value, why in question.wrong}, said)


@computes
def accepted(worse: float, temperature: float) -> Computed:
    right = 100 * exp(-worse / temperature)
    turned, straight = 100 * exp(-temperature / worse), 100 * max(0.0, 1 - worse / temperature)
    mistakes = {"rejected": 100 - right, "turned round": turned, "straight": straight}
    return Computed(right, mistakes, {"worse": f"{worse:g}", "temperature": f"{temperature:g}"}).rounded(1)


@computes
def temperature_at(hot: float, cold: float, used: float) -> Computed:
    right = hot * (cold / hot) ** used
    straight, turned = hot + (cold - hot) * used, cold * (hot / cold) ** used
    mistakes = {"straight": straight, "share": hot * (1 - used), "turned round": turned}
    return Computed(right, mistakes, {"hot": f"{hot:g}", "cold": f"{cold:g}", "used": f"{100 * used:g}"})


@computes
def temperature_for(worse: float, percent: float) -> Computed:
    right = worse / log(100 / percent)
    product, quotient, with_log = worse * percent / 100, 100 * worse / percent, worse * log(100 / percent)
    mistakes = {"product": product, "quotient": quotient, "log of per cent": with_log}
    return Computed(right, mistakes, {"worse": f"{worse:g}", "percent": f"{percent:g}"}).rounded(1)


@computes
def runs_again(methods: int, own: int, problems: int, seeds: int) -> Computed:
    runs = problems * seeds
    mistakes = {"one method": runs, "all": methods * runs, "none": 0, "problems": own * problems}
    said = {"methods": methods, "own": own, "problems": problems, "seeds": seeds}
    return Computed(own * runs, mistakes, said)


@computes
def comparisons(length: int) -> Computed:
    mistakes = {"pairs": comb(length, 2), "one less": length - 1, "squares": length**2}
    return Computed(len(network(length)), mistakes, {"length": length})
