"""The decode explorer: every button, key and handle, and a picture that agrees with the decoder."""

import re
import time
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from cmo_kit import InputError, decode, load_instance
from cmo_kit.views import FIGURE_3_KEYS
from cmo_kit.views.layout import CHOSEN
from cmo_kit.widgets import Event, decode_explorer
from cmo_kit.widgets.decode.picture import decoder_lines, lit_line, render
from cmo_kit.widgets.decode.state import DecodeState, at_step, step, with_key
from cmo_kit.widgets.drawing.markup import NARROW, WIDE

FIG3 = load_instance("fig3")
START = DecodeState(FIG3, FIGURE_3_KEYS, FIGURE_3_KEYS)
END = at_step(START, 13)


def after(state: DecodeState, *events: Event) -> DecodeState:
    for event in events:
        state = step(state, event)
    return state


def click(target: str) -> Event:
    return Event("click", target)


def key(name: str, target: str = "") -> Event:
    return Event("key", target, name)


@pytest.mark.parametrize(
    ("begin", "event", "expected"),
    [
        (0, click("next"), 1),
        (13, click("next"), 13),
        (5, click("back"), 4),
        (0, click("back"), 0),
        (5, click("first"), 0),
        (5, click("last"), 13),
        (0, Event("set", "step", 7), 7),
        (0, Event("set", "step", 99), 13),
        (0, Event("set", "step", -1), 0),
        (5, key("ArrowRight"), 6),
        (5, key("ArrowLeft"), 4),
        (5, key("Home"), 0),
        (5, key("End"), 13),
        (5, key("z"), 5),
        (5, click("elsewhere"), 5),
        (0, click("gene-4"), 7),
        (0, click("sorted-4"), 7),
        (0, click("bar-4"), 7),
        (0, click("place-4"), 7),
        (0, click("key-4"), 7),
        (0, click("gene-99"), 0),
    ],
)
def test_steps(begin: int, event: Event, expected: int) -> None:
    """Buttons, slider, keys and everything that stands for a gene lead to their step, within 0..13."""
    assert step(at_step(START, begin), event).step == expected


def test_playing_walks_to_the_end_and_stops() -> None:
    """Each tick is a step; the last one ends the play; playing from the end begins anew."""
    state = after(START, click("play"))
    assert state.playing
    for number in range(1, 14):
        state = step(state, Event("tick"))
        assert state.step == number
    assert not state.playing
    again = step(state, key("Space"))
    assert (again.step, again.playing) == (0, True)
    assert not step(again, click("play")).playing
    assert not step(replace(again, step=4), click("next")).playing


def test_a_dragged_key_is_decoded_anew_and_stays_chosen() -> None:
    """The step follows the gene to its new place among the sorted ones."""
    state = step(START, Event("drag", "key-1", 0.0512))
    keys = np.array(FIGURE_3_KEYS)
    keys[1] = 0.05
    assert state.keys == tuple(keys)
    assert state.gene == 1
    assert state.step == 1
    assert state.trace.schedule == decode(FIG3, keys)
    assert state.trace.schedule.total_tardiness == 21
    assert START.keys == FIGURE_3_KEYS


@pytest.mark.parametrize(
    ("event", "value"),
    [
        (key("ArrowUp"), 0.45),
        (key("ArrowDown"), 0.43),
        (key("PageUp"), 0.54),
        (key("PageDown"), 0.34),
        (key("ArrowRight", "key-4"), 0.45),
        (key("ArrowLeft", "key-4"), 0.43),
        (key("Home", "key-4"), 0.0),
        (key("End", "key-4"), 1.0),
        (Event("set", "key", 0.7), 0.7),
        (Event("drop", "key-4", 1.0), 1.0),
    ],
)
def test_ways_to_change_the_chosen_key(event: Event, value: float) -> None:
    """Slider, handle and keyboard change the same key."""
    state = step(step(START, click("gene-4")), event)
    assert state.keys[4] == value
    assert state.gene == 4


def test_keys_stay_between_0_and_1() -> None:
    """At the ends of the line a key stops."""
    state = after(START, click("gene-10"), *[key("PageUp")] * 3)
    assert state.keys[10] == 1.0
    assert after(START, click("gene-3"), *[key("PageDown")] * 3).keys[3] == 0.0


def test_without_a_chosen_gene_nothing_is_changed() -> None:
    """At the sort no gene is chosen."""
    assert after(START, key("ArrowUp"), Event("set", "key", 0.5)) == START


def test_first_keys_come_back() -> None:
    """The way back after any edits."""
    assert after(START, Event("drag", "key-1", 0.5), click("reset")) == START


def test_a_slider_without_a_number_is_refused() -> None:
    """The sentence names control, value and rule."""
    with pytest.raises(InputError, match="step is 'x'; it must be a number"):
        step(START, Event("set", "step", "x"))


def test_every_bar_belongs_to_one_gene_of_its_order() -> None:
    """All batches have a gene, each its own, of the right order, also where runs merge."""
    genes = END.bar_genes()
    assert sorted(genes.values()) == list(range(11))
    for (l, t), gene in genes.items():
        assert END.trace.schedule.batch_orders[l][t] == FIG3.gene_orders[gene]


@pytest.mark.parametrize(
    ("number", "line"), [(0, "for gene in sort_genes"), (1, "sites[l][i]"), (2, "l += 1"), (7, "sites[l][i]")]
)
def test_the_lit_line_does_what_the_rule_says(number: int, line: str) -> None:
    """Sort, open a run, change the Site, join a run."""
    assert decoder_lines()[lit_line(at_step(START, number))].strip().startswith(line)


def test_one_gene_is_lit_everywhere() -> None:
    """At step 7, in encoding, sorted row, Site and chart: thick edges on gene 4 and nowhere else."""
    frame = render(at_step(START, 7))
    for part in ("key", "gene", "sorted", "place", "bar"):
        lit = [name for name in groups(frame, part) if f'stroke="{CHOSEN}" stroke-width="3' in name]
        assert len(lit) == 1, part
        assert f'data-touch="{part}-4"' in lit[0]
    assert frame.count("cmo-lit") == 1
    assert "Key 0.44 is order 2, batch 2: order 2 is on Site 2 already" in frame


def groups(frame: str, part: str) -> list[str]:
    """The innermost groups of a frame that hold one kind of part."""
    found = re.findall(r"<g [^>]*>(?:(?!</?g).)*</g>", frame)
    return [group for group in found if f'data-touch="{part}-' in group]


def test_the_frame_says_what_the_schedule_says() -> None:
    """Total tardiness, tardy orders, and pale bars for what is not placed yet."""
    frame = render(at_step(START, 5))
    assert "Total tardiness 32 days." in frame
    assert "4 by 17 days and 3 by 15 days" in frame
    assert "Pale bars" in frame
    assert "Pale bars" not in render(END)
    assert frame.count('stroke-dasharray="3 3"') == 7  # 11 batches, four of them placed


def test_pictures_are_well_formed_and_described() -> None:
    """Still frames are made of them: XML with title, description and the patterns that they use."""
    pictures = re.findall(r"<svg.*?</svg>", render(END), re.DOTALL)
    assert len(pictures) == 3
    for text in pictures:
        root = ElementTree.fromstring(text)
        assert root[0].tag.endswith("title")
        assert root[1].tag.endswith("desc")
        for used in set(re.findall(r"url\(#([^)]+)\)", text)):
            assert f'id="{used}"' in text


@pytest.mark.parametrize("name", ["tiny-one-batch", "tiny-one-site", "tiny-empty-site", "tiny-halves", "small-1"])
def test_any_small_instance_is_drawn_at_every_step(name: str) -> None:
    """One batch, one Site, empty Sites, halves, and a problem of the paper's size."""
    stage = decode_explorer(load_instance(name))
    for number in {0, 1, len(stage.state.keys) // 2, len(stage.state.keys)}:
        frame = render(at_step(stage.state, number))
        assert not re.search(r'(width|height)="-', frame)


def test_a_frame_is_quick() -> None:
    """A step is drawn in a small part of the 100 ms in which everything must follow."""
    events = [Event("drag", "key-1", k / 100) for k in range(20)]
    begin = time.process_time()
    for event in events:
        render(step(START, event))
    assert (time.process_time() - begin) / len(events) < 0.05


def test_wrong_keys_and_large_problems_are_refused() -> None:
    """The sentences of the decoder, and one about size."""
    with pytest.raises(InputError, match="needs 13"):
        decode_explorer(FIG3, [0.5])
    with pytest.raises(InputError, match="shape"):
        decode_explorer(FIG3, [[0.5] * 13])
    with pytest.raises(InputError, match="at most 300"):
        decode_explorer(load_instance("large-1"))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_long_chromosome_has_all_genes_as_stripes_and_a_few_handles(width: float) -> None:
    """A problem of the paper's own size: nothing is missing, and the pictures are no higher than a screen."""
    state = decode_explorer(load_instance("small-1")).state
    frame = render(at_step(state, 40), width)
    for part in ("gene", "sorted"):
        assert {f"{part}-{gene}" for gene in range(96)} <= set(re.findall(r'data-touch="([^"]+)"', frame))
    assert f'data-drag="key-{int(state.trace.sorted_genes[39])}"' in frame
    assert frame.count("data-drag=") == 9
    assert sum(map(float, re.findall(r'viewBox="0 0 \S+ ([^"]+)"', frame))) < 530


def test_steps_are_walked_on_one_decoding() -> None:
    """Only a changed key is decoded anew."""
    assert at_step(START, 5).trace is START.trace
    assert step(START, Event("click", "next")).trace is START.trace
    assert with_key(START, 1, 0.05).trace is not START.trace
