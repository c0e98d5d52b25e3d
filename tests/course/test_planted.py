"""Planted errors: each place is in its notebook, a changed number is false, and nothing but text is changed."""

import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from cmo_kit import load_instance
from cmo_kit.base.cbc import TOLERANCE
from cmo_kit.cli.parser import main
from cmo_kit.course.copies import read
from cmo_kit.course.dispatching import by_rule, printed_tardiness, rule_totals
from cmo_kit.course.model_by_hand import without
from cmo_kit.course.pack.planted import ERRORS, Place, places, plant
from cmo_kit.study.results.published import TABLE_4
from tests.project.test_notebooks import FOLDER

EVERY = [(chapter, place) for chapter, entries in places().items() for place in entries]
every_place = pytest.mark.parametrize(("chapter", "place"), EVERY, ids=lambda value: getattr(value, "cell", value))


def orders_on(*numbers: int) -> int:
    """How many orders stand on so many Sites, batch by batch."""
    sites = by_rule(load_instance("small-1"), "batch by batch").sites
    counts = Counter(order for site in sites for order in {run.order for run in site})
    return sum(count in numbers for count in counts.values())


def changes() -> int:
    return sum(len(site) - 1 for site in by_rule(load_instance("small-1"), "batch by batch").sites)


#: What each number that can be changed says, computed: any other number is false.
NUMBERS: dict[str, Callable[[], float]] = {
    "02.keys": lambda: len(np.arange(101)),
    "03.subtracted": lambda: without(load_instance("tiny-pipeline"), 13).schedule.tardiness[0],
    "03.tolerance": lambda: round(-np.log10(TOLERANCE)),
    "03.bytes": lambda: np.dtype(np.float64).itemsize + np.dtype(np.int32).itemsize,
    "05.split": lambda: orders_on(2, 3),
    "05.changes": changes,
    "05.largest": lambda: round(printed_tardiness()["large"]),
    "05.error": lambda: round(np.std(rule_totals("large", 25)["batch by batch"], ddof=1) / 5**0.5 / 100),
    "06.two": lambda: orders_on(2),
    "07.seconds": lambda: round(np.mean([row.ga_seconds for name, row in TABLE_4.items() if name.startswith("small")])),
    "08.genes": lambda: load_instance("small-1").key_count,
}


def text_of(chapter: str, cell: str) -> str:
    (source,) = (one.source for one in original(chapter).cells if one.id == cell and one.cell_type == "markdown")
    return source


@cache
def original(chapter: str) -> object:
    (path,) = FOLDER.glob(f"{chapter}_*.ipynb")
    return read(path)


@every_place
def test_a_place_is_in_its_notebook_and_becomes_something_else(chapter: str, place: Place) -> None:
    assert text_of(chapter, place.cell).count(place.original) == 1
    assert bool(place.changed) != bool(place.number)
    assert place.shows
    drawn = {place.drawn(np.random.default_rng(seed)) for seed in range(30)}
    assert place.original not in drawn
    assert not any(changed in text_of(chapter, place.cell) for changed in drawn)
    assert all(float(number) < 1 for text in drawn for number in re.findall(r"probability (\d+\.\d+)", text))


@pytest.mark.parametrize("place", [place for _, place in EVERY if place.number], ids=lambda place: place.name)
def test_a_number_that_is_changed_was_true(place: Place) -> None:
    assert place.original.count(place.number) == 1
    assert NUMBERS[place.name]() == pytest.approx(float(place.number))


@pytest.mark.parametrize("chapter", places())
def test_a_copy_has_five_errors_in_its_text_and_the_same_code(chapter: str) -> None:
    notebook, key = plant(chapter, np.random.default_rng(2))
    before = {cell.id: cell for cell in original(chapter).cells}
    changed = [cell.id for cell in notebook.cells if cell != before[cell.id]]
    assert changed == [planted.cell for planted in key]
    assert len(key) == ERRORS
    for planted in key:
        cell = next(cell for cell in notebook.cells if cell.id == planted.cell)
        assert cell.cell_type == "markdown"
        assert cell.source == before[planted.cell].source.replace(planted.original, planted.changed)


def test_the_command_keeps_the_key_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("hunt", "keys", "again"):
        (tmp_path / folder).mkdir()
    hunt, again = tmp_path / "hunt" / "03.ipynb", tmp_path / "again" / "03.ipynb"
    for out in (hunt, again):
        assert (
            main(["course", "plant", "03", "--seed", "8", "--out", str(out), "--key", str(tmp_path / "keys/03")]) == 0
        )
    assert hunt.read_bytes() == again.read_bytes()
    errors = json.loads((tmp_path / "keys" / "03").read_text())["errors"]
    assert all(error["changed"] in "".join(text_of_copy(hunt)) for error in errors)
    assert main(["course", "plant", "03", "--seed", "8", "--out", str(hunt), "--key", f"{hunt}.key"]) == 2
    assert main(["course", "plant", "99", "--seed", "8", "--out", str(hunt), "--key", str(tmp_path / "k")]) == 2
    said = capsys.readouterr().err
    assert "must be in another folder" in said
    assert "it must be one of 01, 02" in said


def text_of_copy(path: Path) -> list[str]:
    return [cell.source for cell in read(path).cells]
