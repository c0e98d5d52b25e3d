"""Questions to predict before one sees: which cells ask, what they ask, and which outputs give the answer away."""

import json
import re
from collections.abc import Sequence
from typing import Any

from cmo_kit.library import notebooks_folder

PREDICT = re.compile(r"\b(Predict|Before you look|Before you run)(\*\*)?( the next cell)?:|^## Predict$", re.MULTILINE)


def asks(cell: Any) -> bool:
    """Whether a cell asks for a prediction."""
    return cell["cell_type"] == "markdown" and PREDICT.search(cell["source"]) is not None


def question(cell: Any) -> str:
    """What a cell asks, on one line: the paragraph behind the word."""
    found = PREDICT.search(cell["source"])
    behind = cell["source"][found.end() :] if found else ""
    return " ".join(behind.strip("* \n").partition("\n\n")[0].split())


def names(notebook: str, cells: Sequence[Any]) -> dict[int, str]:
    """The name of every question, by place: ``02-1`` is notebook 2's first; one of an exercise has its number."""
    places = [place for place, cell in enumerate(cells) if asks(cell)]
    own = (cells[place]["metadata"].get("exercise") for place in places)
    return {
        place: name or f"{notebook.split('_')[0]}-{k}"
        for k, (place, name) in enumerate(zip(places, own, strict=True), 1)
    }


def questions() -> dict[str, str]:
    """What every question asks, by name."""
    found: dict[str, str] = {}
    for path in [*sorted(notebooks_folder().glob("[0-9]*.ipynb")), *(notebooks_folder() / "exercises").glob("*.ipynb")]:
        cells = json.loads(path.read_bytes())["cells"]
        for cell in cells:
            cell["source"] = "".join(cell["source"])
        found |= {name: question(cells[place]) for place, name in names(path.name, cells).items()}
    return found


def revealing(cells: Sequence[Any]) -> list[int]:
    """Places of the cells that give an answer away: those of code behind a question, up to the next text."""
    places, awaited, met = [], False, False
    for place, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            met = awaited
            places += [place] if awaited else []
        else:
            awaited, met = asks(cell) or (awaited and not met), False
    return places


def fold(notebook: Any) -> None:
    """Fold the outputs behind questions, until the reader opens them or runs the cell, and no others.

    Answers to exercises, whose code is folded as well, stay as they are.
    """
    places = set(revealing(notebook["cells"]))
    for place, cell in enumerate(notebook["cells"]):
        own = cell["metadata"].pop("jupyter", {})
        if cell["cell_type"] == "code" and not own.get("source_hidden"):
            own.pop("outputs_hidden", None)
            own |= {"outputs_hidden": True} if place in places and cell["outputs"] else {}
        if own:
            cell["metadata"]["jupyter"] = own
