"""Notebooks 00 to 04 in Korean: everything is translated, nothing of it has changed since, and they run."""

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from cmo_kit import speak
from cmo_kit.base.language import catalogue
from cmo_kit.course.copies import student_walkthrough, walkthroughs
from cmo_kit.course.sources import exercises_folder
from cmo_kit.course.translated import has_translation, texts_of, translated
from tests.helpers.run_here import run_here

SPINE = [path for path in walkthroughs() if path.name[:2] in ("00", "01", "02", "03", "04")]
#: What stands as it is in every language: formulas, names in code, where links lead, what an f-string puts in.
KEPT = re.compile(r"\$[^$]+\$|`[^`]+`|\]\([^)]*\)|\{[^{}]*\}")


def english(path: Path) -> list[Any]:
    """The notebook and its copy for students, which has texts of its own."""
    return [nbformat.read(path, 4), student_walkthrough(path)]


def texts(path: Path) -> set[str]:
    return {text for notebook in english(path) for cell in notebook.cells for text in texts_of(cell)}


@pytest.mark.parametrize("path", SPINE, ids=lambda path: path.stem)
def test_every_text_of_the_spine_is_translated_as_it_stands_today(path: Path) -> None:
    assert has_translation(nbformat.read(path, 4), "ko")
    assert sorted(texts(path) - catalogue("ko", "notebooks").keys()) == []


def test_every_translation_is_of_a_text_that_stands_in_the_spine_today() -> None:
    """A changed English sentence makes its translation fail until somebody has looked at it."""
    today = set().union(*map(texts, SPINE))
    files = (path.name for path in exercises_folder().glob("*.ipynb"))
    today |= {f"**Exercises:** [what you can do now](exercises/{name})" for name in files}
    assert catalogue("ko", "notebooks").keys() - today == set()
    for text, translation in catalogue("ko", "notebooks").items():
        assert sorted(KEPT.findall(text)) == sorted(KEPT.findall(translation)) or "{'" in text, text
        assert text.count("**") == translation.count("**"), text


@pytest.mark.parametrize("path", SPINE, ids=lambda path: path.stem)
def test_code_does_the_same_in_korean(path: Path) -> None:
    first = nbformat.read(path, 4)
    second = translated(first, "ko")
    nbformat.validate(second)
    kinds = [cell.cell_type for cell in first.cells]
    assert [cell.cell_type for cell in second.cells] == [kinds[0], "code", *kinds[1:]]
    for one, other in zip(first.cells[1:], second.cells[2:], strict=True):
        assert other.metadata == one.metadata
        if one.cell_type == "code":
            assert not other.outputs
            names = [[node.id for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)]
                     for cell in (one, other)]  # fmt: skip
            assert sorted(names[0]) == sorted(names[1])


def test_what_has_no_translation_stays_as_it_is() -> None:
    notebook = nbformat.read(next(path for path in walkthroughs() if path.name.startswith("06")), 4)
    assert translated(notebook, "ko") is notebook
    spine = nbformat.read(SPINE[0], 4)
    assert translated(spine, "en") is spine


def test_the_first_notebook_runs_in_korean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / SPINE[0].name
    nbformat.write(translated(nbformat.read(SPINE[0], 4), "ko"), path)
    try:
        run_here(path, {"seed": 2})
    finally:
        speak("en")
    assert "CBC 솔버" in capsys.readouterr().out
