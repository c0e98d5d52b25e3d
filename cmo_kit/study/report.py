"""Render notebook 07 on a study's collected tables, and export it to HTML."""

import os
from pathlib import Path
from typing import Any

from cmo_kit.core.errors import InputError
from cmo_kit.core.jsonfile import write_text
from cmo_kit.library import notebooks_folder
from cmo_kit.study.child import execute

REPORT = "07_report.ipynb"


def render_report(out: str | os.PathLike[str], title: str) -> Path:
    """Run the report notebook on the study in ``out``; returns the HTML file beside the executed notebook.

    Raises
    ------
    InputError
        When the notebook cannot be found or does not have the parameters.
    """
    source = notebooks_folder() / REPORT
    if not source.is_file():
        raise InputError(f"{source}: the report notebook is not there; reports need the notebooks of the project")
    place = Path(out)
    executed = place / "report.ipynb"
    partial = place / ".report.partial.ipynb"
    execute(source, partial, {"results": str(place.resolve()), "title": title})
    partial.replace(executed)
    html = place / "report.html"
    write_text(html, export_html(executed, title))
    return html


def export_html(notebook: Path, title: str) -> str:
    """An executed notebook as one HTML page that loads nothing from elsewhere."""
    from nbconvert import HTMLExporter

    exporter: Any = HTMLExporter(exclude_input_prompt=True, exclude_output_prompt=True)  # type: ignore[no-untyped-call]
    exporter.mathjax_url = exporter.require_js_url = exporter.jquery_url = exporter.mermaid_js_url = ""
    page, _ = exporter.from_filename(str(notebook), resources={"metadata": {"name": title}})
    return str(page)
