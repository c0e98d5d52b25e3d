"""Questions about a run: the words of each are followed step by step, by another arithmetic than the answer's."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from cmo_kit import InputError, Schedule, load_instance, solve
from cmo_kit.course.quiz import Question, written
from cmo_kit.course.run_questions import KINDS, Facts, more_time, questions_about

Runs = list[list[tuple[str, int]]]


def total(schedule: Schedule, sites: Runs) -> float:
    """Without some orders the rest of the total is the same: a missing order is never tardy."""
    return Schedule(schedule.instance, sites).total_tardiness


def found(pattern: str, question: Question) -> list[str]:
    match = re.search(pattern, question.text)
    assert match, question.text
    return [group for group in match.groups() if group is not None]


def follow_move(question: Question, schedule: Schedule, sites: Runs) -> float:
    whole = re.search(r"Move run (\d+) of Site (\d+), (\d+) batch", question.text)
    part = re.search(r"Move (\d+) batch\w* of run (\d+) of Site (\d+)", question.text)
    run, site, count = whole.groups() if whole else (part[2], part[3], part[1])
    k, l, q, to = int(run) - 1, int(site) - 1, int(count), int(found(r"end of Site (\d+)", question)[0]) - 1
    order, batches = sites[l].pop(k)
    if batches > q:
        sites[l].insert(k, (order, batches - q))
    sites[to].append((order, q))
    return total(schedule, sites)


def follow_swap(question: Question, schedule: Schedule, sites: Runs) -> float:
    l, k = (int(text) - 1 for text in found(r"On Site (\d+), runs (\d+)", question))
    sites[l][k : k + 2] = sites[l][k : k + 2][::-1]
    return total(schedule, sites)


def follow_without(question: Question, schedule: Schedule, sites: Runs) -> float:
    (gone,) = found(r"order (\S+) cancels", question)
    return total(schedule, [[run for run in site if run[0] != gone] for site in sites])


def follow_latest(question: Question, schedule: Schedule, sites: Runs) -> str:
    return schedule.instance.orders[int(schedule.tardiness.argmax())].id


def follow_more_time(question: Question, schedule: Schedule, sites: Runs) -> float:
    order, days = found(r"order (\S+) gives (\d+)", question)
    i = schedule.instance.order_index[order]
    return schedule.total_tardiness - min(float(days), schedule.tardiness[i]) * schedule.instance.w[i]


def follow_late_site(question: Question, schedule: Schedule, sites: Runs) -> float:
    site, days = (int(text) for text in found(r"Site (\d+) can only begin (\d+)", question))
    late = np.zeros(len(schedule.instance.orders))
    for l, (ends, orders) in enumerate(zip(schedule.completions, schedule.batch_orders, strict=True), start=1):
        for end, i in zip(ends, orders, strict=True):
            late[i] = max(late[i], end + (days if l == site else 0) - schedule.instance.D[i])
    return float((late * schedule.instance.w).sum())


def follow_changes(question: Question, schedule: Schedule, sites: Runs) -> int:
    return sum(int((np.diff(orders) != 0).sum()) for orders in schedule.batch_orders)


def follow_spare(question: Question, schedule: Schedule, sites: Runs) -> float:
    i = schedule.instance.order_index[found(r"order (\S+) be due", question)[0]]
    return schedule.instance.D[i] - schedule.order_completions[i]


FOLLOWED: dict[str, Callable[[Question, Schedule, Runs], float | str]] = {
    name: globals()[f"follow_{name.replace(' ', '_')}"] for name in KINDS
}


@pytest.mark.parametrize("name", ["fig1", "fig3", "small-1", "tiny-weights", "tiny-split-opening"])
def test_an_answer_is_what_following_its_words_gives(name: str) -> None:
    schedule = solve(load_instance(name), "ga", seed=3, evaluations=400).schedule
    asked = questions_about(schedule, np.random.default_rng(5), 24)
    for question in asked:
        follow = FOLLOWED[question.name.rpartition("-")[0]]
        sites = [[tuple(run) for run in site] for site in schedule.sites]
        assert question.answer == written(follow(question, schedule, sites)), question
        assert question.judge(question.answer) == ""
        assert question.wrong
        assert all(question.judge(value) == why for value, why in question.wrong)
    if name == "small-1":
        assert {question.name.rpartition("-")[0] for question in asked} == set(KINDS)


def test_a_seed_gives_the_same_questions_and_another_seed_others() -> None:
    schedule = solve(load_instance("fig3"), "expert").schedule
    first, again, other = (questions_about(schedule, np.random.default_rng(seed), 5) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert len({question.text for question in first}) == 5


@pytest.mark.parametrize(
    ("name", "sites", "absent"),
    [
        ("tiny-one-batch", [[("1", 1)]], set(KINDS) - {"changes", "more time"}),
        ("tiny-on-time", [[("3", 1), ("1", 2)], [("2", 2)]], {"without", "latest", "more time"}),
        ("fig1", [[("A", 1), ("B", 3), ("A", 2)], [("C", 2)]], {"swap"}),
    ],
)
def test_what_a_schedule_has_nothing_of_is_not_asked(name: str, sites: Runs, absent: set[str]) -> None:
    """One run has no rival, without tardy orders none is latest, and runs of one order never come to be neighbours."""
    asked = questions_about(Schedule(load_instance(name), sites), np.random.default_rng(1), 24)
    assert {question.name.rpartition("-")[0] for question in asked} == set(KINDS) - absent


def test_a_schedule_that_is_not_feasible_has_no_questions() -> None:
    short = Schedule(load_instance("fig1"), [[("A", 1)], []])
    with pytest.raises(InputError, match="not feasible: Order A has 1 batches"):
        questions_about(short, np.random.default_rng(1))


def test_one_day_is_no_days() -> None:
    now = Facts(load_instance("tiny-one-site"), [[("2", 1), ("3", 2), ("1", 2)]])
    texts = [more_time(now, np.random.default_rng(seed)).text for seed in range(60)]
    assert any("gives 1 more day;" in text for text in texts)
    assert all("gives 1 more days" not in text for text in texts)


RIGHT, WRONG = ("23", " 23.00 ", "23,0"), ("23.01", "23,01", "2,3,0", "nan")


@pytest.mark.parametrize(("given", "right"), [*((text, True) for text in RIGHT), *((text, False) for text in WRONG)])
def test_numbers_are_taken_as_people_round_them(given: str, right: bool) -> None:
    assert (Question("one", "How many?", "23").judge(given) == "") == right
