"""What a reader predicted and what came: a file for each notebook in the folder ``predictions`` beside the notebooks.

A file such as ``predictions/02.jsonl`` has one JSON object a line, in the sequence in which things happened:
``{"name": "02-1", "predicted": ...}`` for a prediction, as a JSON value where it is one (numbers, texts, lists), else
as Python shows it; ``{"name": "02-1", "came": "..."}`` for what the next cell that showed something showed, as text (of
a picture its alternative text). ``02-1`` is the first question of notebook 2, a question of exercise 02.3 has the
exercise's number. Lines are added, never removed; the first prediction counts, with what came first behind it.
"""

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import parse_json, read_bytes, write_bytes
from cmo_kit.base.values import shown
from cmo_kit.course.exercises.verdict import untouched
from cmo_kit.course.predicting import questions
from cmo_kit.course.shown_next import ShownNext

FOLDER = "predictions"
NAME = re.compile(r"(\d\d[a-z]?)[-.]\d{1,3}")
#: How much of what came is kept, in characters, and how much of it a table shows.
MOST_KEPT, MOST_SHOWN = 4000, 300


@dataclass(frozen=True)
class Prediction:
    """What somebody predicted before they saw, and what came: ``came`` is None where they have not gone on.

    ``changes`` counts how often they predicted anew, which does not count.
    """

    name: str
    predicted: Any
    came: str | None = None
    changes: int = 0


def predict(name: str, prediction: object) -> None:
    """Note a prediction at once, and wait for what the next cell shows.

    Parameters
    ----------
    name : str
        The question, such as ``"02-1"``.
    prediction : object
        A number, a text, a list, or whatever else; None is no prediction yet, and nothing is noted.

    Raises
    ------
    InputError
        For a name that no question has, and where the file cannot be written.
    """
    notebook = NAME.fullmatch(name) if isinstance(name, str) else None
    if notebook is None:
        raise InputError(f"the name is {shown(name)}; it must be a question's, such as '02-1'")
    ShownNext.end()
    if untouched(prediction) or (isinstance(prediction, str) and not prediction.strip()):
        print("not predicted yet: write what you expect in place of None")
        return
    path = Path(FOLDER) / f"{notebook[1]}.jsonl"
    _add(path, {"name": name, "predicted": _plain(prediction)})
    ShownNext.watch(lambda came: _add(path, {"name": name, "came": came[:MOST_KEPT]}))
    print(f"noted in {path}")


def _plain(value: object) -> Any:
    """A value as JSON keeps it: arrays as lists, what has no form as Python shows it."""
    value = value.tolist() if hasattr(value, "tolist") else value
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        return shown(value)


def _add(path: Path, line: dict[str, Any]) -> None:
    make_folder(path.parent)
    before = read_bytes(path) if path.exists() else b""
    separator = b"" if before.endswith(b"\n") or not before else b"\n"
    write_bytes(path, before + separator + json.dumps(line, ensure_ascii=True).encode() + b"\n")


def read_ledger(folder: str | os.PathLike[str] = ".") -> list[Prediction]:
    """What was predicted in the notebooks of a folder, by notebook, in the sequence of the first predictions.

    Lines that are damaged are passed over.
    """
    found: dict[str, Prediction] = {}
    for path in sorted((Path(folder) / FOLDER).glob("*.jsonl")):
        for line in read_bytes(path).decode("utf-8", "replace").splitlines():
            with suppress(InputError, KeyError, TypeError):
                _take(found, parse_json(line))
    return list(found.values())


def _take(found: dict[str, Prediction], line: dict[str, Any]) -> None:
    name, one = str(line["name"]), found.get(line["name"])
    if "predicted" in line:
        first = Prediction(name, line["predicted"])
        found[name] = replace(one, changes=one.changes + (one.predicted != line["predicted"])) if one else first
    elif one and one.came is None:
        found[name] = replace(one, came=str(line["came"]))


def predictions(folder: str | os.PathLike[str] = ".") -> None:
    """Show as a table what was predicted in the notebooks of a folder, and what came."""
    asked = questions()
    lines = [[one.name, asked.get(one.name, ""), _shortened(one.predicted), _shortened(one.came or "not seen yet")]
             for one in read_ledger(folder)]  # fmt: skip
    if not lines:
        print("no predictions yet")
        return
    from cmo_kit.views.display import show_table

    show_table(["Question", "Asked", "You predicted", "What came"], lines, "What you predicted, and what came")


def _shortened(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 3] + "..."
