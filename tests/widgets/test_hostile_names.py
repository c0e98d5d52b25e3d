"""Names that are scripts stand as text wherever they are shown: pictures, stills, SVG files, reports, exports.

The same problem with harmless names of the same lengths must give the same elements with the same attributes.
"""

import base64
import csv
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from cmo_kit import InputError, Instance, Schedule, solve
from cmo_kit.planning import export_plan
from cmo_kit.study.report.report import export_html
from cmo_kit.views import alt_text_gantt, save_gantt
from cmo_kit.widgets import Event, Stage, beat_the_ga, break_a_constraint, decode_explorer, ga_explorer, gap_explorer
from tests.helpers.hostile import HARMLESS, HOSTILE, SCRIPTS

Structure = list[tuple[str, tuple[str, ...]]]
Picture = Callable[[Instance], Stage]
PICTURES: dict[str, tuple[Picture, list[tuple[str, str]]]] = {
    "decode": (decode_explorer, [("click", "gene-1"), ("click", "last"), ("click", "gene-4")]),
    "gap": (gap_explorer, [("click", "bar-1")]),
    "ga": (
        lambda instance: ga_explorer(instance, population_size=4, generations=2),
        [("click", "gene-1"), ("click", "page-crossing"), ("click", "page-best"), ("click", "page-ancestry")],
    ),
    "beat": (
        lambda instance: beat_the_ga(instance, evaluations=50),
        [("click", "order-0"), ("click", "gap-0-0"), ("click", "order-1"), ("click", "gap-1-0"), ("click", "order-1"),
         ("click", "text"), ("key", "ArrowDown"), ("key", "ArrowDown"), ("click", "nothing")],
    ),
    "constraint": (break_a_constraint, [("click", "without-3"), ("click", "word-0"), ("click", "without-9")]),
}  # fmt: skip


@cache
def frames_of(name: str, hostile: bool) -> list[str]:
    """A picture at first and after every one of some events, and its still form at the end."""
    make, events = PICTURES[name]
    stage = make(HOSTILE if hostile else HARMLESS)
    frames = [stage.frame]
    for kind, what in events:
        stage.send_event(Event(kind, what) if kind == "click" else Event(kind, "", what))
        frames.append(stage.frame)
    return [*frames, stage.still]


class Elements(HTMLParser):
    """Every element of a page with the names of its attributes, and the text that is shown or read out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: Structure = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note an element; the text of attributes counts as shown."""
        self.found.append((tag, tuple(key for key, _ in attributes)))
        self.text += "".join(f" {value} " for key, value in attributes if key in ("aria-label", "alt", "value"))

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


@pytest.mark.parametrize("name", list(PICTURES))
def test_every_frame_has_the_elements_of_harmless_names(name: str) -> None:
    """No name opens an element or an attribute, in no state, live or still; all orders' names are to be read."""
    hostile, harmless = frames_of(name, True), frames_of(name, False)
    shown = ""
    for ours, plain in zip(hostile, harmless, strict=True):
        page = Elements(ours)
        assert page.found == Elements(plain).found
        assert not any(key.startswith("on") or tag == "script" for tag, keys in page.found for key in keys)
        shown += page.text
    for order in SCRIPTS[: 2 if name == "gap" else 3]:
        assert order in shown


@pytest.mark.parametrize("name", list(PICTURES))
def test_every_still_svg_has_the_elements_of_harmless_names(name: str) -> None:
    """The images of saved notebooks are well-formed files of their own."""
    trees: list[list[list[tuple[str, tuple[str, ...]]]]] = []
    for hostile in (True, False):
        coded = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', frames_of(name, hostile)[-1])
        assert coded
        found = [ElementTree.fromstring(base64.b64decode(code)) for code in coded]
        trees.append([[(node.tag, tuple(node.keys())) for node in tree.iter()] for tree in found])
    assert trees[0] == trees[1]


def test_an_error_about_a_hostile_name_is_text() -> None:
    """What a browser sends is no markup either, in the sentence that refuses it."""
    stage = gap_explorer(HOSTILE)
    stage.send_event(Event("set", "first", SCRIPTS[0] + "?"))
    assert "&lt;img src=x onerror=window.ran=1&gt;?" in stage.frame
    assert "<img" not in stage.frame


def test_a_saved_gantt_chart_has_the_elements_of_harmless_names(tmp_path: Path) -> None:
    """Matplotlib's SVG: names are paths, and the comments that hold them do not end early."""
    trees = []
    for number, instance in enumerate((HOSTILE, HARMLESS)):
        schedule = solve(instance, "expert").schedule
        assert schedule is not None
        path = tmp_path / f"{number}.svg"
        save_gantt(schedule, path)
        tree = ElementTree.parse(path)
        trees.append({(node.tag, tuple(sorted(node.keys()))) for node in tree.iter()})
    assert trees[0] == trees[1]


def test_a_report_shows_hostile_names_as_text(tmp_path: Path) -> None:
    """Titles, printed tables, alternative texts of pictures: nbconvert's page has none of the scripts."""
    schedule = solve(HOSTILE, "expert").schedule
    assert schedule is not None
    alt, table = alt_text_gantt(schedule), "\n".join(SCRIPTS)
    pixel = base64.b64encode(b"\x89PNG").decode()
    outputs = [
        new_output("stream", name="stdout", text=table),
        new_output("display_data", {"image/png": pixel, "text/plain": alt}, metadata={"image/png": {"alt": alt}}),
        new_output("execute_result", {"text/plain": table}, execution_count=1),
    ]
    path = tmp_path / "report.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("", outputs=outputs)]), path)
    page = Elements(export_html(path, SCRIPTS[1], ()))
    tags = [tag for tag, _ in page.found]
    assert "script" not in tags
    assert "svg" not in tags
    assert tags.count("img") == 1
    assert not any(key.startswith("on") for _, keys in page.found for key in keys)
    assert all(name in page.text for name in SCRIPTS)


def test_exported_files_hold_hostile_names_as_they_are(tmp_path: Path) -> None:
    """CSV and JSON come back with the very same names."""
    instance = replace(HOSTILE, time_unit="day", start_date="2027-01-04")
    schedule = solve(instance, "expert").schedule
    assert schedule is not None
    paths = export_plan(schedule, tmp_path)
    with open(paths[1], encoding="utf-8-sig", newline="") as file:
        assert {row["order"] for row in csv.DictReader(file)} == set(SCRIPTS[:3])
    again = Instance.load(paths[2])
    assert Schedule.load(paths[3], again) == schedule


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@x", "  =1", "＝1", "－1", "\u3000＠x", "A;=1", "A, =1", 'A;"=1', "\u200b=1"]
)
def test_an_order_that_a_spreadsheet_takes_for_a_formula_is_not_exported(name: str, tmp_path: Path) -> None:
    """An order list with such a name is not read, and an instance with one is not written as CSV."""
    orders = (replace(HOSTILE.orders[0], id=name), *HOSTILE.orders[1:])
    instance = replace(HOSTILE, orders=orders, time_unit="day", start_date="2027-01-04")
    schedule = solve(instance, "expert").schedule
    assert schedule is not None
    with pytest.raises(InputError, match="spreadsheets take it for a formula"):
        export_plan(schedule, tmp_path / "plan")
    assert not (tmp_path / "plan").exists()
