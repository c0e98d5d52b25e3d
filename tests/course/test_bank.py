"""The question bank: every answer is computed anew from its question's words, and GIFT reads as it was written."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import permutations
from math import ceil, exp, isclose, log
from statistics import mean, stdev

import numpy as np
import pytest

from cmo_kit import Schedule, check_schedule, load_instance, solve
from cmo_kit.check import recompute
from cmo_kit.core.model import ModelP
from cmo_kit.course.exercises.decoding import walk
from cmo_kit.course.model_by_hand import without
from cmo_kit.course.pack.bank import bank
from cmo_kit.course.pack.gift import gift
from cmo_kit.course.quiz import Question, written
from cmo_kit.views import FIGURE_3_KEYS
from tests.course.test_run_questions import FOLLOWED
from tests.helpers.gift import read_gift

COUNT = 80


@cache
def every() -> list[Question]:
    """Not computed where tests are only collected."""
    return [question for questions in bank().values() for question in questions]


@pytest.fixture(params=range(COUNT))
def question(request: pytest.FixtureRequest) -> Question:
    return every()[request.param]


def numbers(text: str) -> list[float]:
    """All numbers in a text."""
    return [float(value.replace(",", "")) for value in re.findall(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?<!,)", text)]


def row(text: str, before: str) -> list[float]:
    """The numbers of a list that stands behind some words."""
    found = re.search(rf"{before}((?: -?\d+(?:\.\d+)?,?)+)", text)[1]
    return [float(value) for value in found.replace(",", " ").split()]


def pipeline(text: str) -> tuple[list[float], list[float], list[float]]:
    """Times of the batch in front, cleaning, times of the batch behind."""
    times = [[float(t) for t in part.split(" + ")] for part in re.findall(r"takes (\d+ \+ \d+ \+ \d+)", text)]
    cleaning = times.pop() if "Cleaning" in text else []
    return times[0], cleaning, times[-1]


def needs(text: str) -> list[float]:
    """Step a batch behind forward, half a day at a time, until each equipment is clean when it gets there."""
    p, clean, q = pipeline(text)
    found = []
    for o in range(3):
        start = 0.0
        while start + sum(q[:o]) < sum(p[: o + 1]) + clean[o]:
            start += 0.5
        found.append(start)
    return found


def line(gap: float, slack: float, orders: float, least: float, most: float, sites: float) -> int:
    return round(gap * orders * (least + most) / 2 / sites / 2 - slack)


def wheel(T: list[float], k: int, w: float) -> float:
    F = [Fraction(w) + Fraction(max(T)) - Fraction(t) for t in T]
    return round(float(100 * F[k - 1] / sum(F)), 1)


def tried_w(T: list[float], times: float) -> float:
    return next(w for w in range(1, 200) if isclose((w + max(T) - min(T)) / w, times))


def index(T: list[float], k: int) -> float:
    ordered = sorted(T)
    return float(Fraction(T[k - 1] - ordered[0]) / Fraction(ordered[-1] - ordered[0]))


def from_words(text: str) -> Schedule:
    """The schedule that a text describes, for fig1 or fig3."""
    sites = [re.findall(r"(\w+) x(\d+)", part) for part in re.findall(r"Site \d: ([^;.]+)", text)]
    instance = load_instance("fig1" if len(sites) == 2 else "fig3")
    schedule = Schedule(instance, [[(order, int(q)) for order, q in site] for site in sites])
    assert check_schedule(instance, schedule) == []
    return schedule


def about_a_run(question: Question) -> float | str:
    schedule = from_words(question.text)
    instance = schedule.instance
    due = re.findall(r"(\w+) (\d+) (\d+)[,.]", question.text)
    assert due == [(o.id, f"{o.due_date:g}", f"{sum(o.processing_times):g}") for o in instance.orders]
    gaps = [float(value) for value in re.findall(r"\w-\w (\d+)", question.text)]
    assert gaps == instance.g.ravel().tolist()
    assert f"total tardiness is {schedule.total_tardiness:g} days" in question.text
    kinds = {
        "Move": "move", "change places": "swap", "cancels": "without", "latest": "latest", "more days": "more time",
        "only begin": "late site", "due earlier": "spare",
    }  # fmt: skip
    (kind,) = (kind for words, kind in kinds.items() if words in question.text)
    return FOLLOWED[kind](question, schedule, [[tuple(run) for run in site] for site in schedule.sites])


def counted_codes(question: Question) -> int:
    """Words of order names are enumerated and decoded; each stands for the genes that can trade places."""
    schedule = Schedule(load_instance("fig1" if "A x3" in question.text else "tiny-ties"), from_sites(question.text))
    instance, found = schedule.instance, 0
    runs = [[(run.order, run.batches) for run in site] for site in schedule.sites]
    for words in set(permutations([o.id for o in instance.orders for _ in range(o.batches)])):
        for cut in range(len(words) + 1):
            found += [grouped(words[:cut]), grouped(words[cut:])] == runs
    return found * int(np.prod([np.prod(range(1, order.batches + 1)) for order in instance.orders]))


def from_sites(text: str) -> list[list[tuple[str, int]]]:
    parts = (re.findall(r"(\w+) x(\d+)", part) for part in re.findall(r"Site \d: ([^;.]+)", text))
    return [[(order, int(q)) for order, q in site] for site in parts]


def grouped(word: tuple[str, ...]) -> list[tuple[str, int]]:
    return [(order, word.count(order)) for order in dict.fromkeys(word)]


def moved(text: str) -> int:
    n, L = map(int, numbers(text)[:2])
    if "exchange" in text:
        return sum(1 for a in range(n) for b in range(a))
    return sum(n - 1 + L - 1 for _ in range(n))


def claimed(text: str) -> float:
    number = int(re.search(r"equation \((\d+)\)", text)[1])
    return float(without(load_instance("tiny-pipeline"), number).claimed)


def unneeded(text: str) -> str:
    return next(f"({k})" for k in (2, 4, 5, 10) if without(load_instance("tiny-pipeline"), k).words == [])


def decoded(text: str) -> str:
    keys = [float(key) for key in re.findall(r"(?:[ABC]\d|change) (\d\.\d+)", text)]
    site = walk(load_instance("fig1"), keys)[int(text[-2]) - 1]
    return ", ".join(f"{order} x{batches}" for order, batches in site)


def empty(text: str) -> str:
    key = row(text, "get the key")[0]
    sites = walk(load_instance("fig3"), [*FIGURE_3_KEYS[:-2], key, key])
    return ", ".join(str(l) for l, site in enumerate(sites, start=1) if not site)


def same(text: str) -> str:
    instance, keys = load_instance("fig3"), np.array(FIGURE_3_KEYS)
    other = keys**3 if "squared" in text else 1 - keys if "1 - k" in text else keys[[1, 0, *range(2, len(keys))]]
    return "the same schedule" if walk(instance, other) == walk(instance, keys) else "another schedule"


def site_of(text: str) -> int:
    """Order 1 has one batch before it is decoded: that of the key."""
    changes, key = row(text, "have the keys"), row(text, "with the key")[0]
    instance = load_instance("fig3")
    keys = [key, *[0.99] * (instance.total_batches - 1), *changes]
    return next(l for l, site in enumerate(walk(instance, keys), start=1) if ("1", 1) in site or ("1", 3) in site)


SECOND: dict[str, Callable[[str], float | str]] = {
    "gap": lambda text: max(needs(text)),
    "setup": lambda text: row(text, "is")[0] - pipeline(text)[0][0],
    "decides": lambda text: load_instance("fig1").operations[int(np.argmax(needs(text)))],
    "longer-cleaning": lambda text: max(needs(text)) - needs(text)[load_instance("fig1").operations.index(
        re.search(r"after (\w+ culture|purification) become", text)[1])],
    "last-completion": lambda text: float(recompute(load_instance("fig1"), [[("A", 3)], []])[0][0]["A"]),
    "total": lambda text: sum(
        max(0, c - d) for c, d in zip(row(text, "complete on days"), row(text, "due on days"), strict=True)),
    "changes-of-order": lambda text: numbers(text)[0] - numbers(text)[1],
    "not-enough": lambda text: next(name for name in ("fig1", "fig3", "tiny-pipeline", "tiny-split-washing")
                                    if load_instance(name).remarks()),
    "site-of-key": site_of,
    "decoded": decoded,
    "key-count": lambda text: numbers(text)[1] + numbers(text)[2] - 1,
    "empty-sites": empty,
    "same-schedule": same,
    "gammas": lambda text: numbers(text)[0] ** 2 * numbers(text)[1] * (numbers(text)[2] - 1),
    "z-count": lambda text: len(ModelP(load_instance("tiny-pipeline")).z),
    "claim": claimed,
    "not-needed": unneeded,
    "forgiven": lambda text: numbers(text)[-1] / 10**7,
    "growth": lambda text: round(100**2 * 10 * (100 * 10.5 - 1) / (30**2 * 3 * (30 * 3 - 1))),
    "fitness-of": lambda text: row(text, "w =")[0] + max(row(text, "tardiness")) - row(text, "tardiness")[
        int(numbers(text)[-1]) - 1],
    "share": lambda text: wheel(row(text, "tardiness"), int(numbers(text)[-1]), row(text, "w =")[0]),
    "ratio": lambda text: tried_w(row(text, "tardiness"), numbers(text)[-1]),
    "bad-chromosome": lambda text: wheel([*row(text, "tardiness"), row(text, "One with")[0]], 1, 1),
    "child-gene": lambda text: row(text, "has the key")[0] if "exchange" in text else row(text, "parent and")[0],
    "new-keys": lambda text: row(text, "generation has")[0] * row(text, "mutation is")[0] * (
        row(text, "children of")[0] if "each gene" in text else 1),
    "half-before": lambda text: numbers(text)[0] * (numbers(text)[1] + numbers(text)[2]) / 2 / numbers(text)[3] / 2,
    "on-the-line": lambda text: line(*numbers(text)),
    "standard-error": lambda text: round(numbers(text)[0] / numbers(text)[1] ** 0.5),
    "better-rule": lambda text: min((solve(load_instance("small-2"), method).total_tardiness, rule) for method, rule in
                                    (("expert", "batch by batch"), ("expert_orders", "whole orders")))[1],
    "relative-delay": lambda text: index(row(text, "tardiness"), int(row(text, "of number")[0])),
    "without-the-worst": lambda text: index([t for t in row(text, "tardiness") if t < max(row(text, "tardiness"))],
                                            int(row(text, "of number")[0]) - 1),
    "interval": lambda text: round(row(text, "freedom is")[0] * stdev(row(text, "differ by")) / 5**0.5, 1),
    "concluded": lambda text: "these runs do not tell" if "interval -" in text else "the second is better on average",
    "gap-to-bound": lambda text: round(100 - 100 * numbers(text)[1] / numbers(text)[0], 1),
    "same-numbers": lambda text: round(100 * mean(p == (0, 1, 2) for p in permutations(range(3))), 1),
    "ready-on": lambda text: str(date(2027, 1, 4) + timedelta(ceil(row(text, "at day")[0]))),
    "comparisons": lambda text: 5,
    "neighbours": moved,
    "accepted": lambda text: round(100 * exp(-numbers(text)[1] / numbers(text)[0]), 1),
    "temperature-at": lambda text: (row(text, "from")[0] * row(text, r"\d+ to")[0]) ** 0.5,
    "temperature-for": lambda text: round(-numbers(text)[0] / log(numbers(text)[1] / 100), 1),
    "runs-again": lambda text: numbers(text)[1] * numbers(text)[2] * numbers(text)[3],
}  # fmt: skip


def test_there_are_eighty_questions_with_names_of_their_own() -> None:
    assert len({question.name for question in every()}) == len({question.text for question in every()}) == COUNT
    assert len(every()) == COUNT
    assert not any("{" in question.text or "}" in question.text for question in every())


def test_an_answer_is_what_its_words_give(question: Question) -> None:
    kind = question.name[3:].rpartition("-")[0]
    if kind == "about-a-run":
        second = about_a_run(question)
    elif kind == "codes-of":
        second = counted_codes(question)
    else:
        second = SECOND[kind](question.text)
    assert question.answer == written(second)


def test_a_mistake_has_a_sentence_and_another_answer(question: Question) -> None:
    assert len(question.wrong) >= (1 if question.is_number or re.search("schedule|rule", question.name) else 2)
    for value, why in question.wrong:
        assert question.judge(value) == why
        assert len(why.split()) >= 3
    assert len({value for value, _ in question.wrong} | {question.answer}) == len(question.wrong) + 1


def test_gift_reads_as_it_was_written() -> None:
    text = gift(bank())
    found = read_gift(text)
    assert text == gift(bank())
    assert [(q.name, q.text, q.right, q.wrong) for q in found] == [
        (q.name, q.text, [q.answer], dict(q.wrong)) for q in every()
    ]
    assert [(q.category, q.kind == "number") for q in found] == [
        (f"cmo_kit/{chapter}", q.is_number) for chapter, questions in bank().items() for q in questions
    ]


@pytest.mark.parametrize("broken", ["{\\n=1\\n", "{\\n=1=2\\n}", "{#\\n=x:0.1\\n}"])
def test_the_reader_of_gift_refuses_what_it_does_not_know(broken: str) -> None:
    with pytest.raises(AssertionError):
        read_gift(f"::a::[markdown]b {broken}")


@pytest.mark.parametrize("text", ["a = b", "c: {d} # ~e \\\\ f", "2 ~ 3"])
def test_special_characters_survive(text: str) -> None:
    asked = Question("n:1", text, text, ((f"not {text}", f"why {text}"),))
    (found,) = read_gift(gift({"x": [asked]}))
    assert (found.name, found.text, found.right, found.wrong) == ("n:1", text, [text], {f"not {text}": f"why {text}"})
