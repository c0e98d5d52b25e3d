"""The explorers as pages without code, one a picture: Voila serves them to this machine only."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cmo_kit.base.output import Parser
from cmo_kit.library import notebooks_folder

FOLDER = Path(__file__).resolve().parent
NOTEBOOK = "11_explorers.ipynb"
LABORATORY = "16_laboratory.ipynb"
LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")


def explorer_pages(notebook: Any, first_number: int = 1) -> dict[str, Any]:
    """The notebook of the explorers as one notebook a picture, by title: its section, and before it the parameters.

    Nothing else is served, so what links to other notebooks is only words here.
    """
    sections: list[tuple[str, list[Any]]] = []
    for cell in notebook.cells:
        parts = re.split(r"(?m)^## (.*)\n", LINK.sub(r"\1", cell.source)) if cell.cell_type == "markdown" else []
        if parts and sections:
            sections[-1][1].append(_markdown(parts[0]))
        for title, text in zip(parts[1::2], parts[2::2], strict=True):
            sections.append((title, [_markdown(f"# {title}\n{text}")]))
        if cell.cell_type == "code" and sections:
            sections[-1][1].append(_without_outputs(cell))
    first = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())]
    pages = [(title, cells) for title, cells in sections if any(cell.cell_type == "code" for cell in cells)]
    return {
        f"{number}. {title}": type(notebook)(notebook | {"cells": [*map(_without_outputs, first), *cells]})
        for number, (title, cells) in enumerate(pages, start=first_number)
    }


def app_pages() -> dict[str, Any]:
    """All pages by title: those of the explorers, and the first section of the laboratory's notebook."""
    import nbformat

    explorers, laboratory = (nbformat.read(notebooks_folder() / name, 4) for name in (NOTEBOOK, LABORATORY))  # type: ignore[no-untyped-call]
    pages = explorer_pages(explorers)
    title, page = next(iter(explorer_pages(laboratory, len(pages) + 1).items()))
    return pages | {title: page}


def _markdown(text: str) -> Any:
    from nbformat.v4 import new_markdown_cell

    return new_markdown_cell(text)  # type: ignore[no-untyped-call]


def _without_outputs(cell: Any) -> Any:
    return type(cell)(cell | {"outputs": [], "execution_count": None})


def voila_arguments(folder: Path, port: int) -> list[str]:
    """The command line for Voila: this machine only, a token that is asked for, own template, no sources, no files."""
    return [
        str(folder),
        "--Voila.ip=127.0.0.1",
        f"--port={port}",
        "--token",
        "--template=cmo",
        "--classic-tree",  # the page that lists the others is of the template too
        r"--VoilaConfiguration.file_allowlist=\b\B",  # matches nothing: the pages need no file beside them
        "--no-browser",  # Voila would open the address without its token
        *(() if os.name == "nt" else ("--KernelManager.transport=ipc",)),  # no other user can listen
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the explorers until Ctrl-C; Voila prints the address with its token. Exit code 2 without Voila.

    Every start has another token. With the variable ``JUPYTER_TOKEN`` set that one is asked for, and not printed.
    """
    parser = Parser(prog="python -m cmo_kit.widgets.serve.app", description=__doc__)
    parser.add_argument("--port", type=int, default=8866, help="port on 127.0.0.1 (8866, or the next free one)")
    chosen = parser.parse_args(arguments)
    if not 1 <= chosen.port <= 65535:
        parser.error(f"--port is {chosen.port}; it must be from 1 to 65535")
    # Voila finds templates in the folders of JUPYTER_PATH, each with a folder `voila/templates`.
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(FOLDER), os.environ.get("JUPYTER_PATH")]))
    try:
        import nbformat
        from nbformat.sign import NotebookNotary
        from voila.app import Voila
    except ImportError:
        print("Voila is not installed; it comes with the extra 'app': pip install 'cmo-kit[app]'", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="cmo-kit-") as folder:
        signing = {"db_file": f"{folder}/.signatures", "secret_file": f"{folder}/.secret"}
        notary: Any = NotebookNotary(**signing)  # type: ignore[no-untyped-call]  # Voila warns of unsigned notebooks
        for title, page in app_pages().items():
            nbformat.write(page, Path(folder) / f"{title}.ipynb")  # type: ignore[no-untyped-call]
            notary.sign(page)
        own = [f"--NotebookNotary.{name}={value}" for name, value in signing.items()]
        settings = {"ws_ping_timeout": 30_000}  # Voila's own is longer than tornado allows, which warns of it
        Voila.launch_instance([*voila_arguments(Path(folder), chosen.port), *own], tornado_settings=settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
