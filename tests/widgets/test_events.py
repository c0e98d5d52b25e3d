"""Whatever a browser sends to a picture: nothing raises, and the state stays one that the picture can have."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cmo_kit import Schedule, load_instance
from cmo_kit.widgets import Event, Stage, beat_the_ga, break_a_constraint, decode_explorer, ga_explorer, gap_explorer
from cmo_kit.widgets.beat.state import TRAY
from cmo_kit.widgets.stage.event import KINDS, answer_to, event_from
from tests.helpers.thorough import THOROUGH

RANDOM_EVENTS = 10_000 if THOROUGH else 4_000  # in all
PICTURES: dict[str, Callable[[], Stage]] = {
    "decode": decode_explorer,
    "gap": gap_explorer,
    "ga": lambda: ga_explorer(generations=3, population_size=5),
    "beat": lambda: beat_the_ga(evaluations=50),
    "constraint": lambda: break_a_constraint(load_instance("tiny-one-batch")),
}


@pytest.fixture(scope="module")
def stages() -> dict[str, Stage]:
    """Every picture once; what is sent to it is kept in place of going to a browser."""
    return {name: make() for name, make in PICTURES.items()}


def sound(name: str, state: Any) -> bool:
    """Whether a state is one that the reader of the picture could have reached."""
    if name == "decode":
        keys = len(state.keys) == len(state.first_keys) and all(0 <= key <= 1 for key in state.keys)
        return keys and 0 <= state.step <= len(state.keys) and type(state.step) is int
    if name == "gap":
        orders = len(state.instance.orders)
        times = all(0 <= time <= state.most and time == round(time) for time in state.cleaning)
        return times and {state.first, state.second} <= set(range(orders)) and 0 <= state.chosen < len(state.cleaning)
    if name == "ga":
        gene = state.gene is None or 0 <= state.gene < len(state.ancestors)
        return gene and 0 <= state.generation <= state.last and 0 <= state.pair < state.pairs
    if name == "beat":
        placed = dict.fromkeys(state.left, 0)
        for site in state.sites:
            for run in site:
                assert run.batches >= 1
                placed[run.order] += run.batches
        whole = all(placed[order.id] + state.left[order.id] == order.batches for order in state.instance.orders)
        cursor = state.cursor is None or TRAY <= state.cursor.site < len(state.sites)
        return whole and min(state.left.values()) >= 0 and cursor
    return state.dropped in state.answers and (state.chosen is None or 0 <= state.chosen < len(state.violations))


@pytest.mark.parametrize(
    "message",
    [
        *(None, 3, "click", ["click"], {}),
        {"kind": "eval", "target": "x"},
        {"kind": "click", "target": 3},
        {"kind": "set", "target": "x", "value": [1]},
        {"kind": "drag", "target": "x", "value": 1.01},
        {"kind": "drop", "target": "x", "value": None},
    ],
)
def test_what_is_no_event_is_none(message: object) -> None:
    """Other kinds and types, and places beyond the end of a track."""
    assert event_from(message) is None


def test_messages_become_events_and_are_answered() -> None:
    """Kind, target and value, and nothing else; of several views each knows its own answers."""
    assert event_from({"kind": "drag", "target": "key-1", "value": 0, "number": 4}) == Event("drag", "key-1", 0)
    assert event_from({"kind": "key", "target": "", "value": "a"}) == Event("key", "", "a")
    assert answer_to({"number": 4, "view": "1-1", "kind": "eval"}) == {"answered": 4, "view": "1-1"}
    assert answer_to({"view": "1-1"}) is None


@pytest.mark.parametrize("name", ["decode", "ga"])
def test_a_tick_that_comes_late_moves_nothing(stages: dict[str, Stage], name: str) -> None:
    """Time passes only while the picture plays; a second view may send a tick after the first one was paused."""
    stages[name].send_event(Event("key", "", "Home"))
    before = stages[name].state
    stages[name].send_event(Event("tick", "play"))
    assert stages[name].state is before


def test_a_browser_cannot_write_a_picture(stages: dict[str, Stage]) -> None:
    """The message that sets traits changes neither frame nor label nor state."""
    stage = stages["decode"]
    before = (stage.frame, stage.label, stage.state)
    written = {"frame": "<script>", "label": "x", "state": 3, "_esm": "alert(1)", "unknown": 1}
    stage._handle_msg({"content": {"data": {"method": "update", "state": written}}, "buffers": []})
    assert (stage.frame, stage.label, stage.state) == before
    assert "alert" not in stage._esm


# Anything at all.


def names_in(frame: str) -> list[str]:
    """What can be touched and dragged in a frame."""
    nodes = ElementTree.fromstring(f"<div>{frame}</div>").iter()
    return sorted({name for node in nodes for key in ("data-touch", "data-drag") if (name := node.get(key))})


KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "Enter", "Space", "Escape", "Delete",
        "PageUp", "PageDown", *"0123456789smzySM+-="]  # fmt: skip
ODD = ["", "key-", "key--1", "run-0", "run-9-9", "gap-0-0-0", "order-²", "word-٣", "page-", "gene-99", "\x00", "-",
       "chromosome-" + "9" * 40, "<script>"]  # fmt: skip
VALUES: list[Any] = [None, 0, 1, 0.5, -1, 1e300, -1e300, True, "", "1", "A", "x" * 9000, [], {"a": 1}]


def any_message(chance: random.Random, names: list[str]) -> Any:
    """A message as a careless page might send it, most of them near to what is right."""
    if chance.random() < 0.02:
        return chance.choice(VALUES)
    kind = chance.choice([*KINDS, *KINDS, "eval", None, 1])
    target = chance.choice(names) if names and chance.random() < 0.8 else chance.choice([*ODD, *VALUES])
    value = chance.choice([*VALUES, *KEYS]) if chance.random() < 0.7 else chance.random()
    if kind == "key" and chance.random() < 0.8:
        value = chance.choice(KEYS)
    return {"kind": kind, "target": target, "value": value, "number": chance.choice([1, None, [2]]), "view": "v"}


@pytest.mark.parametrize("name", list(PICTURES))
def test_random_messages_leave_a_sound_state(stages: dict[str, Stage], name: str) -> None:
    """Sent as a browser sends them; the picture is drawn for each, and is well-formed at the end."""
    stage, chance = stages[name], random.Random(name)
    names = names_in(stage.frame)
    for number in range(RANDOM_EVENTS // len(PICTURES)):
        stage._receive(None, any_message(chance, names), [])
        assert sound(name, stage.state)
        if number % 100 == 0:
            names = names_in(stage.frame)
    assert names_in(stage.frame)


def test_a_schedule_built_by_any_messages_can_be_saved(stages: dict[str, Stage], tmp_path: Path) -> None:
    """What stands on the Sites after the random messages is a schedule, complete or not."""
    schedule: Schedule = stages["beat"].state.schedule
    schedule.save(tmp_path / "schedule.json")
    assert json.loads((tmp_path / "schedule.json").read_text())["instance"] == "fig3"
