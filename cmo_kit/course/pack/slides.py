"""Slides of the notebooks' cells that have a slide type, shown by reveal.js without any other machine.

JupyterLab's property inspector sets the type: *Slide* begins a slide, *Fragment* goes on and appears when it is asked
for; cells without a type are not shown. Of a cell that shows something the code is left out.
"""

from copy import deepcopy
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from cmo_kit.course.copies import Files, read, walkthroughs
from cmo_kit.course.pack.formulas import with_pictures

HERE = Path(__file__).parent
SHOWN = ("slide", "fragment")


def slide_type(cell: Any) -> str:
    """What JupyterLab calls the slide type of a cell; empty without one."""
    return str(cell.metadata.get("slideshow", {}).get("slide_type", ""))


@cache
def decks() -> Files:
    """A page for each notebook that has slides, by path, and what the pages need beside them."""
    files = {f"reveal/{path.name}": path.read_bytes() for path in sorted((HERE / "reveal").iterdir())}
    files["reveal/slides.css"] = (HERE / "pages" / "slides.css").read_bytes()
    for path in walkthroughs():
        notebook = read(path)
        if any(slide_type(cell) in SHOWN for cell in notebook.cells):
            files[f"{path.stem}.html"] = deck(notebook, path.stem).encode()
    return files


def deck(notebook: Any, name: str) -> str:
    """The slides of one notebook as a page."""
    notebook = deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if slide_type(cell) in SHOWN]
    for cell in notebook.cells:
        cell.attachments = {}
        if cell.cell_type == "markdown":
            cell.source = with_pictures(cell.source)
        elif cell.outputs:
            cell.metadata["transient"] = {"remove_source": True}
    exporter = import_module("nbconvert").SlidesExporter(template_file=str(HERE / "pages" / "slides.html.j2"))
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": name}})
    return str(page)
