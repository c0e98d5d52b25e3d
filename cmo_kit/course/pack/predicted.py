"""The predictions of a class before a lecture, without names, from the ledgers in the students' folders."""

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown
from cmo_kit.course.ledger import FOLDER, read_ledger
from cmo_kit.course.predicting import questions


def class_predictions(place: str | os.PathLike[str], chapter: str) -> dict[str, Counter[str]]:
    """What was predicted in the folders below ``place``: by question of a chapter, in its sequence, answers and counts.

    Each folder with a ledger is one voice, and its first prediction counts.

    Raises
    ------
    InputError
        For what is no folder, and where there is no ledger or none has a prediction for the chapter.
    """
    if not os.path.isdir(place):
        raise InputError(f"{place}: it is no folder")
    ledgers = sorted({path.parent for path in Path(place).rglob(f"{FOLDER}/*.jsonl")})
    asked = {name: text for name, text in questions().items() if name.startswith((f"{chapter}-", f"{chapter}."))}
    found = {name: Counter[str]() for name in asked}
    for ledger in ledgers:
        for one in read_ledger(ledger.parent):
            if one.name in found:
                found[one.name][normal(one.predicted)] += 1
    answers = {f"{name}  {plain(asked[name])}": counts for name, counts in found.items() if counts}
    if not answers:
        raise InputError(f"{place}: none of {len(ledgers)} ledgers has a prediction for chapter {shown(chapter)}")
    return answers


def normal(value: Any) -> str:
    """An answer as others may have written it as well: without capitals, spaces around, and a full stop."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "".join(c for c in " ".join(str(value).split()) if c.isprintable()).casefold().rstrip(".!")
    try:
        return f"{float(text):.6g}"
    except ValueError:
        return {"true": "yes", "false": "no"}.get(text, text)


def plain(markdown: str) -> str:
    """A question without Markdown's marks and dollar signs."""
    return re.sub(r"[*$`]|\[([^\]]+)\]\([^)]*\)", r"\1", markdown)
