"""A notebook in another language: made of the English one and a catalogue of its texts, and run anew.

An entry is a paragraph as it stands, or what stands between quotation marks or behind ``#`` in a cell of code.
"""

import re
from importlib import import_module
from typing import Any

from cmo_kit.base.language import ENGLISH, catalogue
from cmo_kit.library import notebooks_folder

IN_CODE = re.compile(r'"((?:[^"\\\n]|\\.)*)"|(?<=# )(.+)$', re.MULTILINE)
FORMULA = re.compile(r"\$\$.*?\$\$", re.DOTALL)
PUT_IN = re.compile(r"\{[^{}]*\}")
#: The cell by which pictures and messages follow; it stands behind the title.
SPEAKS = 'from cmo_kit import speak\n\nspeak("{language}")'


def texts_of(cell: Any) -> list[str]:
    """The texts of a cell that a reader reads: paragraphs; in code comments, and texts of several words."""
    if cell["cell_type"] == "markdown":
        return [text for text in cell["source"].split("\n\n") if re.search("[A-Za-z]", FORMULA.sub("", text))]
    return [match[1] or match[2] for match in IN_CODE.finditer(cell["source"]) if match[2] or _is_said(match[1])]


def _is_said(quoted: str) -> bool:
    words = PUT_IN.sub("", quoted)
    return re.search("[A-Za-z]{2}", words) is not None and re.search("[ :]", words) is not None


def has_translation(notebook: Any, language: str) -> bool:
    """Whether a notebook's title is in the language's catalogue."""
    return language != ENGLISH and notebook["cells"][0]["source"].split("\n\n")[0] in _known(language)


def translated(notebook: Any, language: str) -> Any:
    """The notebook in this language, not run; one that has no translation as it is.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    language : str
        Such as ``ko``.

    Returns
    -------
    nbformat.NotebookNode
        With a cell behind the title that lets the package speak the language.
    """
    if not has_translation(notebook, language):
        return notebook
    known, cells = _known(language), []
    for cell in notebook["cells"]:
        changed = {**cell, "source": _in(cell, known)}
        cells.append(changed | ({"outputs": [], "execution_count": None} if "outputs" in cell else {}))
    speaks = {**notebook["cells"][1], "id": f"speaks-{language}", "metadata": {}, "outputs": []}
    speaks["source"], speaks["execution_count"] = SPEAKS.format(language=language), None
    return import_module("nbformat").from_dict({**notebook, "cells": [cells[0], speaks, *cells[1:]]})


def _known(language: str) -> dict[str, str]:
    return catalogue(language, "notebooks")


def _in(cell: Any, known: dict[str, str]) -> str:
    source: str = cell["source"]
    if cell["cell_type"] == "markdown":
        return "\n\n".join(known.get(text, text) for text in source.split("\n\n"))
    texts = set(texts_of(cell))

    def replaced(match: re.Match[str]) -> str:
        text = match[1] or match[2]
        return match[0].replace(text, known.get(text, text)) if text in texts else match[0]

    return IN_CODE.sub(replaced, source)


def run(notebook: Any) -> Any:
    """The notebook with what its cells show, run in the notebooks' folder; pictures stand still in it."""
    config = import_module("traitlets.config").Config({
        "ExecutePreprocessor": {"enabled": True, "record_timing": False, "store_widget_state": False},
        "NotebookExporter": {"preprocessors": ["cmo_kit.widgets.stage.preprocessor.StillPictures"]},
    })  # fmt: skip
    exporter, folder = import_module("nbconvert").NotebookExporter(config=config), str(notebooks_folder())
    text, _ = exporter.from_notebook_node(notebook, {"metadata": {"path": folder}})
    done = import_module("nbformat").reads(text, as_version=4)
    for cell, given in zip(done.cells, notebook.cells, strict=True):
        cell.metadata = given.metadata
    return done
