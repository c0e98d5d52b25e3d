"""The Gantt charts of the pictures: words are not covered, and nothing stands outside."""

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray

from cmo_kit import Instance, Schedule, load_instance, solve
from cmo_kit.views.layout import latest_end
from cmo_kit.views.words import columns
from cmo_kit.widgets import Event, decode_explorer
from cmo_kit.widgets.drawing.gantt import Look, axis, background, chart_of, draw_gantt, foreground
from cmo_kit.widgets.drawing.markup import WIDE, picture

NAMES = ("fig1", "fig3", "tiny-pipeline", "tiny-weights", "tiny-one-batch")


def gantt(schedule: Schedule) -> ElementTree.Element:
    """A chart whose batches are named by Site and position."""
    return ElementTree.fromstring(draw_gantt(schedule, lambda b: Look({"data_touch": f"bar-{b.site}-{b.position}"})))


def expert(name: str) -> Schedule:
    schedule = solve(load_instance(name), "expert").schedule
    assert schedule is not None
    return schedule


@pytest.mark.parametrize("name", NAMES)
def test_days_late_are_drawn_after_all_bars(name: str) -> None:
    """A later bar in the lane would cover them; they take no click from it."""
    nodes = list(gantt(expert(name)).iter())
    bars = [number for number, node in enumerate(nodes) if node.get("data-touch")]
    late = [number for number, node in enumerate(nodes) if (node.text or "").startswith("+")]
    assert len(late) >= (expert(name).tardiness > 0).sum()
    assert all(number > max(bars) for number in late)
    assert all(nodes[number].get("pointer-events") == "none" for number in late)


@pytest.mark.parametrize("name", NAMES)
def test_the_words_of_due_dates_stand_inside(name: str) -> None:
    """The last due date has room for its words, at 7.2 pixels a letter."""
    for text in gantt(expert(name)).iter("{http://www.w3.org/2000/svg}text"):
        if " due " in (text.text or ""):
            assert float(text.get("x", 0)) + 7.2 * len(str(text.text)) <= WIDE


def in_hangul(name: str) -> Instance:
    """An instance whose orders have names of wide letters, the last of them due last of all."""
    orders = load_instance(name).orders
    renamed = [replace(order, id=f"가나다라마{order.id}", due_date=20.0 + k) for k, order in enumerate(orders)]
    return replace(load_instance(name), orders=tuple(renamed))


def test_names_of_wide_letters_stand_inside() -> None:
    """Due dates inside the picture, names of batches inside their bars, where they have as much room as they need."""
    chart = gantt(solve(in_hangul("tiny-pipeline"), "expert").schedule)
    texts = [text for text in chart.iter("{http://www.w3.org/2000/svg}text") if "가" in (text.text or "")]
    assert [text for text in texts if " due " in str(text.text)]
    for text in texts:
        if " due " in str(text.text):
            assert float(text.get("x", 0)) + 7.2 * columns(str(text.text)) <= WIDE
    keys = np.linspace(0.1, 0.9, in_hangul("fig3").key_count)
    for drawn in (*chart.iter("{http://www.w3.org/2000/svg}g"), *sites_of(keys)):
        boxes, names = drawn.findall("{*}rect"), drawn.findall("{*}text")
        if boxes and any("가" in str(name.text) for name in names):
            assert float(boxes[0].get("width", 0)) >= 7.2 * columns(str(names[-1].text))


def sites_of(keys: NDArray[np.float64]) -> list[ElementTree.Element]:
    """The batches on the Sites of the decode explorer, at its last step."""
    stage = decode_explorer(in_hangul("fig3"), keys)
    stage.send_event(Event("click", "last"))
    parts = re.findall(r'<g data-touch="place-.*?</g>', stage.frame)
    assert parts
    return [ElementTree.fromstring(part) for part in parts]


@pytest.mark.parametrize("name", NAMES)
def test_two_charts_of_the_same_times_have_the_same_axis(name: str) -> None:
    """Whichever is told of the other's last time, and with lanes of any height."""
    first, second = expert(name), solve(load_instance(name), "expert_orders").schedule
    assert second is not None
    one, two = chart_of(first, latest_end(second)), chart_of(second, latest_end(first), lanes=3, band=4, between=4)
    assert one.last == two.last >= max(latest_end(first), latest_end(second))
    ElementTree.fromstring(picture(WIDE, two.height, "t", "d", *background(two), *foreground(two)))


@pytest.mark.parametrize("end", [0.003, 0.7, 1.0, 11.9, 12.0, 27.0, 1234.5, 2e7])
@pytest.mark.parametrize("most", [12, 16])
def test_an_axis_has_few_ticks_at_round_times(end: float, most: int) -> None:
    """At most as many as asked for and the one at 0, all before the end, the first number a 0."""
    texts = ElementTree.fromstring(f"<g>{axis(end, 0, 'time', most=most)}</g>").iter("text")
    numbers = [float(str(text.text)) for text in texts if text.text != "time"]
    assert numbers[0] == 0
    assert 2 <= len(numbers) <= most + 1
    assert numbers == sorted(numbers)
    assert numbers[-1] < end * (1 + 1e-6)


def test_long_numbers_of_an_axis_lie_apart() -> None:
    *numbers, _ = ElementTree.fromstring(f"<g>{axis(650_000, 0, 'time', 0, 450, most=16)}</g>").iter("text")
    places = [(float(text.get("x", 0)), 3.6 * len(str(text.text))) for text in numbers]
    assert len(places) >= 4
    assert all(x + half <= y - other for (x, half), (y, other) in pairwise(places))


def test_no_number_of_an_axis_lies_under_a_name_of_wide_letters() -> None:
    unit = "time in 가나다라마바사"
    *numbers, name = ElementTree.fromstring(f"<g>{axis(99, 0, unit, 0, 400)}</g>").iter("text")
    assert name.text == unit
    assert max(float(number.get("x", 0)) for number in numbers) < 400 - 7.2 * columns(unit)


def test_a_schedule_without_batches_has_an_axis() -> None:
    """All Sites are empty and say so."""
    instance = load_instance("fig1")
    drawn = draw_gantt(Schedule(instance, [[]] * instance.sites), lambda _: Look({}))
    assert drawn.count(">empty<") == instance.sites
