"""Copies of the notebooks for students and instructors, made of one source; two builds are equal to the byte.

``student/`` has no outputs and no solutions, and a place for a prediction behind every Predict; ``instructor/`` has
everything run and shown, with minutes, what to say and which wrong answers to expect; ``solutions/`` the references.
"""

import ast
import contextlib
import io
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from cmo_kit.base.errors import InputError
from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import write_bytes
from cmo_kit.base.language import ENGLISH
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.signals import signals_wait
from cmo_kit.course.predicting import names
from cmo_kit.course.sources import exercises, exercises_folder, tags
from cmo_kit.course.translated import has_translation, run, translated
from cmo_kit.library import notebooks_folder

#: What does not stand beside the copies of notebooks: everything else in the folder does.
APART = ("exercises", "sanitize.cfg")
FOLDED = "folded away: unfold it when you have tried"
GOALS = re.compile(r"^- (.+?)[,;.]?$", re.MULTILINE)
INTO_THE_PROJECT = re.compile(r"\[([^\]]+)\]\(\.\./((?:cmo_kit|instances)/[^)]*)\)")
Files = dict[str, bytes]  # from a path inside the folder to what the file holds
Made = Iterator[tuple[str, bytes]]  # the same, one after the other


def walkthroughs() -> list[Path]:
    """The notebooks that explain, in the sequence of their numbers."""
    return sorted(notebooks_folder().glob("[0-9][0-9]*.ipynb"))


def chapter_notebook(chapter: str) -> Any:
    """The notebook of a chapter, such as ``02``."""
    (path,) = (path for path in walkthroughs() if path.name.startswith(f"{chapter}_"))
    return read(path)


def goals(chapter: str) -> list[str]:
    """What the notebooks of a chapter, such as ``02``, promise that one will be able to do."""
    first = [read(path).cells[0].source for path in walkthroughs() if path.name.startswith(chapter)]
    return [goal for text in first for goal in GOALS.findall(text.partition("**Before this:**")[0])]


def student_walkthrough(path: Path) -> Any:
    """A notebook to work through: no outputs, no answers, a cell for each prediction, and at the end what came."""
    kept, behind_answer = [], False
    cells = read(path).cells
    for cell, prediction in zip(cells, _predictions(path, cells), strict=True):
        if "answer" in tags(cell):
            behind_answer = True
            continue
        behind_answer &= cell.cell_type == "markdown" and not cell.source.startswith("## ")
        if not behind_answer and FOLDED not in cell.source:
            kept += [_bare(cell, keep=("parameters",)), *prediction]
    came = code_cell("predictions", "predictions()  # what you predicted, and what came")
    return with_cells([*kept[:-1], came, kept[-1]])


def student_exercises(path: Path) -> Any:
    """Questions, hints, stubs and checks."""
    kept, cells = [], read(path).cells
    for cell, prediction in zip(cells, _predictions(path, cells), strict=True):
        if not {"solution", "say"} & set(tags(cell)):
            kept += [_bare(cell), *prediction]
    return with_cells(kept)


def _predictions(path: Path, cells: list[Any]) -> list[list[dict[str, Any]]]:
    """Behind each cell that asks a place for a prediction, which is noted; the first one imports what notes it."""
    asked, places = names(path.name, cells), [list[dict[str, Any]]() for _ in cells]
    imported = "from cmo_kit.course.ledger import predict, predictions\n\n"
    for place, name in asked.items():
        source = f'{imported}my_prediction = None  # yours, before you go on\npredict("{name}", my_prediction)'
        places[place].append(code_cell(f"{cells[place].id}-prediction", source))
        imported = ""
    return places


def with_answers(notebook: Any, answers: dict[str, str]) -> Any:
    """A student's copy as if these answers, by exercise, had been written into the stubs; others stay as they are."""
    cells = []
    for cell in notebook.cells:
        changed = dict(cell)
        if cell.id.startswith("stub-"):
            changed["source"] = answers.get(cell.id[5:].replace("-", "."), cell.source)
        cells.append(changed)
    return with_cells(cells)


def solutions(notebook: Any) -> Any:
    """Reference solutions alone, each under its title and before its check."""
    cells = []
    for cell in notebook.cells:
        title = "question" in tags(cell) or cell is notebook.cells[0]
        if title or not {"stub", "hints", "say"} & set(tags(cell)):
            bare = _bare(cell)
            bare["source"] = cell.source.splitlines()[0] if title else cell.source
            cells.append(bare)
    return with_cells(cells)


def instructor_walkthrough(notebook: Any) -> Any:
    """A notebook as it is stored, run, with nothing folded."""
    for cell in notebook.cells:
        cell.metadata.pop("jupyter", None)
    return with_cells(notebook.cells)


def instructor_exercises(notebook: Any) -> Any:
    """Questions, hints, solutions run and checked, and what an instructor needs to know about each."""
    cells = []
    for cell in notebook.cells:
        if not {"stub", "say"} & set(tags(cell)):
            cells.append(_bare(cell))
        elif "say" in tags(cell):
            cells.append(text_cell(f"note-{cell.id}", _note(cell.metadata["exercise"])))
    return _ran(with_cells(cells))


def _note(name: str) -> str:
    """What an instructor needs to know about an exercise."""
    one = exercises()[name]
    promised = goals(name[:2])
    lines = [f"**For the instructor.** {one.kind.capitalize()}, {one.minutes} minutes. {one.parts['say']}", ""]
    lines += [f"- Goal: {promised[goal - 1]}." for goal in one.goals if goal <= len(promised)]
    lines += ["", "**Wrong answers to expect**, with a part of what the check says:", ""]
    for reason, code in one.wrong:
        lines += [f"... *{reason}* ...", f"```python\n{code.strip()}\n```"]
    return "\n".join(lines)


def _ran(notebook: Any) -> Any:
    """A notebook with what its cells print and what their last lines give, as a kernel would show it."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for count, cell in enumerate((cell for cell in notebook.cells if cell["cell_type"] == "code"), start=1):
        tree = ast.parse(cell["source"])
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(tree, "<cell>", "exec"), names)
            result = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last else None
        outputs: list[dict[str, Any]] = []
        if printed.getvalue():
            outputs.append({"output_type": "stream", "name": "stdout", "text": printed.getvalue()})
        if result is not None:
            data = {"text/plain": repr(result)}
            outputs.append({"output_type": "execute_result", "execution_count": count, "data": data, "metadata": {}})
        cell["execution_count"], cell["outputs"] = count, outputs
    return with_cells(notebook.cells)


def _bare(cell: Any, keep: Iterable[str] = ()) -> dict[str, Any]:
    """A cell without outputs and without what is for the build only; links to sources become names of files."""
    kept = [tag for tag in tags(cell) if tag in keep]
    if cell.cell_type == "code":
        return code_cell(cell.id, cell.source) | {"metadata": {"tags": kept} if kept else {}}
    return text_cell(cell.id, INTO_THE_PROJECT.sub(r"\1 (`\2`)", cell.source))


def code_cell(name: str, source: str) -> dict[str, Any]:
    """A cell of code, not run."""
    return {"cell_type": "code", "id": name, "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def text_cell(name: str, source: str) -> dict[str, Any]:
    """A cell of Markdown."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def read(path: Path) -> Any:
    """A notebook."""
    return import_module("nbformat").read(path, as_version=4)


def with_cells(cells: list[dict[str, Any]]) -> Any:
    """A notebook of these cells."""
    plain = {"name": "python3", "display_name": "Python 3", "language": "python"}
    about = {"kernelspec": plain, "language_info": {"name": "python"}}
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": about, "cells": cells}
    return import_module("nbformat").from_dict(document)


def written(notebook: Any) -> bytes:
    """A notebook as a file holds it."""
    text: str = import_module("nbformat").writes(notebook)
    return text.encode() + b"\n"


def _companions() -> Files:
    """What the notebooks link to and read, by path."""
    home = notebooks_folder()
    paths = [path.relative_to(home) for path in sorted(home.rglob("*")) if path.is_file()]
    kept = [path for path in paths if path.parts[0] not in APART and path.suffix not in (".ipynb", ".pyc")]
    return {str(path): (home / path).read_bytes() for path in kept if not any(p.startswith(".") for p in path.parts)}


def student_files(language: str = ENGLISH) -> Made:
    """Everything of ``student/``: each walkthrough ends with the way to its exercises."""
    yield from _companions().items()
    sources = {path.name[:2]: path for path in sorted(exercises_folder().glob("*.ipynb"))}
    for path in walkthroughs():
        notebook = student_walkthrough(path)
        if own := sources.get(path.name[:2]):
            notebook.cells[-1].source += f"\n\n**Exercises:** [what you can do now](exercises/{own.name})"
        yield path.name, written(translated(notebook, language))
    yield from ((f"exercises/{path.name}", written(student_exercises(path))) for path in sources.values())


def instructor_files(language: str = ENGLISH) -> Made:
    """Everything of ``instructor/``; the settings with which nbval compares come along."""
    yield from _companions().items()
    yield "sanitize.cfg", (notebooks_folder() / "sanitize.cfg").read_bytes()
    for path in walkthroughs():
        notebook = read(path)
        shown = run(translated(notebook, language)) if has_translation(notebook, language) else notebook
        yield path.name, written(instructor_walkthrough(shown))
    sources = sorted(exercises_folder().glob("*.ipynb"))
    yield from ((f"exercises/{path.name}", written(instructor_exercises(read(path)))) for path in sources)


def solution_files(language: str = ENGLISH) -> Made:
    """Everything of ``solutions/``, which is English."""
    yield from ((path.name, written(solutions(read(path)))) for path in sorted(exercises_folder().glob("*.ipynb")))


#: Folder -> what makes its files.
COPIES: dict[str, Callable[[str], Made]] = {
    "student": student_files, "instructor": instructor_files, "solutions": solution_files,
}  # fmt: skip


def build_course(out: str | os.PathLike[str], stream: TextIO | None = None, language: str = ENGLISH) -> dict[str, int]:
    """Make the three folders of copies anew: student, instructor and solutions.

    Parameters
    ----------
    out : path
        The folder that gets them; new, empty or an earlier build's.
    stream : text file, optional
        Where a line for each notebook goes, by default standard error.
    language : str, optional
        Of the notebooks that are translated into it, 00 to 04 into ``ko``; the instructor's are run for it.

    Returns
    -------
    dict of str to int
        How many notebooks each folder has.

    Raises
    ------
    InputError
        When ``out`` cannot be used, or holds something else than an earlier build.

    Examples
    --------
    >>> from pathlib import Path
    >>> Path("notes").mkdir()
    >>> Path("notes", "mine.txt").touch()
    >>> build_course("notes")  # nobody's files are overwritten
    Traceback (most recent call last):
        ...
    cmo_kit.base.errors.InputError: notes: the folder holds 'mine.txt'; it must be new, empty or an earlier ...
    """

    def made() -> Files:
        files = Files()
        with ProgressLine("course", stream=stream) as line:
            copies = ((f"{name}/{path}", text) for name, make in COPIES.items() for path, text in make(language))
            for path, content in copies:
                files[path] = content
                if path.endswith(".ipynb"):
                    line.write(f"course: {path}")
        return files

    files = write_anew(out, COPIES, made)
    return {name: sum(path.startswith(f"{name}/") and path.endswith(".ipynb") for path in files) for name in COPIES}


def write_anew(out: str | os.PathLike[str], names: Collection[str], make: Callable[[], Files]) -> Files:
    """Write files into a folder in which nothing stands but these names, which are replaced; what was written.

    A link of such a name is taken away, and what it leads to stays as it is.

    Raises
    ------
    InputError
        When ``out`` cannot be used, or holds something else than an earlier build.
    """
    target = make_folder(out)
    foreign = sorted(path.name for path in target.iterdir() if path.name not in names)
    if foreign:
        raise InputError(f"{target}: the folder holds {foreign[0]!r}; it must be new, empty or an earlier build's")
    files = make()
    with signals_wait():
        for path in (target / name for name in names):
            if path.is_symlink():  # what it leads to is not of this folder
                path.unlink()
            shutil.rmtree(path, ignore_errors=True)
        _write(target, files)
    return files


def copy_for_work(folder: str | os.PathLike[str], language: str = ENGLISH) -> tuple[int, int]:
    """Copy the walkthroughs, as they are stored, and the student's copies; what is there already is kept.

    Parameters
    ----------
    folder : path
    language : str, optional
        As in :func:`build_course`; what is translated is not run yet.

    Returns
    -------
    written, kept : int
        How many files are new, and how many were there already, whatever they hold by now.

    Raises
    ------
    InputError
        When the folder cannot be used.

    Examples
    --------
    >>> written, kept = copy_for_work("work")
    >>> copy_for_work("work")[0]
    0
    """
    files = {f"walkthroughs/{path}": content for path, content in _companions().items()}
    for path in walkthroughs():
        notebook = read(path)
        own = written(translated(notebook, language)) if has_translation(notebook, language) else path.read_bytes()
        files[f"walkthroughs/{path.name}"] = own
    files |= {f"student/{path}": content for path, content in student_files(language)}
    target = make_folder(folder)
    new = {path: content for path, content in files.items() if not os.path.lexists(target / path)}
    _write(target, new)
    return len(new), len(files) - len(new)


def _write(target: Path, files: Files) -> None:
    for path, content in files.items():
        make_folder((target / path).parent)
        write_bytes(target / path, content)
