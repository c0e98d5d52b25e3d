"""Copies of notebooks with five planted errors: changed sentences and numbers, and a key that is kept apart.

What can be changed is written down in ``planted.toml`` with what refutes it, so that each error can be found in the
notebook itself. Only text is changed: the cells of code are those of the notebook, so it runs as before.
"""

import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown
from cmo_kit.course.copies import chapter_notebook

#: How many errors a copy has.
ERRORS = 5


@dataclass(frozen=True)
class Place:
    """Where an error can be planted: ``original`` stands once in the cell, and ``shows`` says what refutes a change."""

    cell: str
    original: str
    shows: str
    changed: tuple[str, ...] = ()
    number: str = ""
    name: str = ""

    def drawn(self, rng: np.random.Generator) -> str:
        """Another text for this place; another number differs by a fifth to a half, as written with its decimals."""
        if not self.number:
            return self.changed[int(rng.integers(len(self.changed)))]
        decimals, value = len(self.number.partition(".")[2]), float(self.number)
        step = 10.0**-decimals
        size = max(step, abs(value) * rng.uniform(0.2, 0.5))
        other = value + (size if rng.random() < 0.5 else -size)
        return self.original.replace(self.number, f"{max(step, round(other / step) * step):.{decimals}f}")


@dataclass(frozen=True)
class Planted:
    """An entry of the key."""

    cell: str
    original: str
    changed: str
    shows: str


@cache
def places() -> dict[str, tuple[Place, ...]]:
    """By chapter, such as ``01``, where errors can be planted."""
    chapters = tomllib.loads(Path(__file__).with_name("planted.toml").read_text(encoding="utf-8"))["chapter"]
    return {
        chapter: tuple(Place(**{**entry, "changed": tuple(entry.get("changed", ()))}) for entry in entries)
        for chapter, entries in chapters.items()
    }


def plant(chapter: str, rng: np.random.Generator) -> tuple[Any, list[Planted]]:
    """A copy of a chapter's notebook with :data:`ERRORS` errors, no two of them in one cell, and the key.

    Raises
    ------
    InputError
        For a chapter for which nothing is written down.
    """
    if chapter not in places():
        raise InputError(f"the chapter is {shown(chapter)}; it must be one of {', '.join(places())}")
    notebook, key = chapter_notebook(chapter), dict[str, Planted]()
    cells = {cell.id: cell for cell in notebook.cells if cell.cell_type == "markdown"}
    for k in rng.permutation(len(places()[chapter])):
        place = places()[chapter][k]
        if place.cell in key or len(key) == ERRORS:
            continue
        before = cells[place.cell].source
        assert before.count(place.original) == 1, place  # a test holds every place against the notebooks
        changed = place.drawn(rng)
        cells[place.cell].source = before.replace(place.original, changed)
        key[place.cell] = Planted(place.cell, place.original, changed, place.shows)
    return notebook, [key[cell] for cell in cells if cell in key]


def key_document(chapter: str, key: list[Planted]) -> dict[str, Any]:
    """The key as its file holds it."""
    return {"chapter": chapter, "errors": [asdict(planted) for planted in key]}
