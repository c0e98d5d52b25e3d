"""Render notebook 07 on a study's collected tables, and export it to HTML."""

import os
import re
import shutil
from collections.abc import Collection
from html import escape
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import write_text
from cmo_kit.base.process import last_line, run_process
from cmo_kit.base.signals import signals_wait
from cmo_kit.base.text import page_html
from cmo_kit.library import notebooks_folder
from cmo_kit.study.execute.notebook import execute
from cmo_kit.study.execute.record import LOG, TEMPORARY
from cmo_kit.study.results.collect import Study, load_study
from cmo_kit.study.results.tables import of_the_paper

REPORT = "07_report.ipynb"
EXECUTED, PARTIAL, PAGE_NAME = "report.ipynb", ".report.partial.ipynb", "report.html"
LOOK = """\
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222;
  background: #fff; }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
img { max-width: 100%; }
img, .cmo-table { margin: .8rem 0; }
table { border-collapse: collapse; font-size: 14px; }
caption { text-align: left; font-weight: bold; padding: .4rem 0; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid #ccc; vertical-align: top; overflow-wrap: break-word; }
th { min-width: 6em; max-width: 22em; }
@media print { /* paper cannot be scrolled */
  @page { margin: 14mm; }
  body { max-width: none; margin: 0; padding: 0; font-size: 11pt; }
  .cmo-table { overflow: visible !important; }
  table { font-size: 8pt; }
  th, td { position: static !important; padding: .1rem .25rem; min-width: 0; }
  tr, img { break-inside: avoid; }
  h2, caption { break-after: avoid; }
}
"""


def render_in_process(place: Path, title: str) -> Path:
    """Have :func:`render_report` done; an interrupt, as any error, leaves nothing half-done behind.

    A kernel and the loops around it do not like to be interrupted; a process can be ended at any moment.

    Raises
    ------
    InputError
        With the last words of the process when there is no report.
    """
    folder = place.resolve() / TEMPORARY
    try:
        folder.mkdir(exist_ok=True)
        ending = run_process(render_report, (str(place), title), folder / LOG, temporary=folder)
        if ending.code != 0:
            raise InputError(f"the report could not be rendered ({last_line(folder / LOG) or f'code {ending.code}'})")
    except OSError as error:
        raise InputError(f"{place}: the report cannot be rendered there ({error.strerror or error})") from None
    finally:
        with signals_wait():
            shutil.rmtree(folder, ignore_errors=True)
            (place / PARTIAL).unlink(missing_ok=True)
    return place / PAGE_NAME


def render_report(out: str | os.PathLike[str], title: str) -> None:
    """Run the report notebook on the study in ``out``, and make an HTML file beside the executed notebook.

    Raises
    ------
    InputError
        When the notebook cannot be found or does not have the parameters, or a file cannot be written.
    """
    source = notebooks_folder() / REPORT
    if not source.is_file():
        raise InputError(f"{source}: the report notebook is not there; reports need the notebooks of the project")
    place = Path(out)
    executed, partial = place / EXECUTED, place / PARTIAL
    try:
        execute(source, partial, {"results": str(place.resolve()), "title": title})
        partial.replace(executed)
    except OSError as error:
        raise InputError(f"{place}: the report cannot be written ({error.strerror or error})") from None
    write_text(place / PAGE_NAME, export_html(executed, title, left_out(load_study(place))))


def left_out(study: Study) -> set[str]:
    """The tags of cells that are not for the study's page: of the course, and of what the study does not have."""
    absent = {"paper": not any(map(of_the_paper, study.rows)), "grid": not study.grids}
    return {"course"} | {tag for tag, without in absent.items() if without}


def export_html(notebook: Path, title: str, without: Collection[str]) -> str:
    """An executed notebook's prose and outputs, but for cells with some tags, as one page that loads nothing."""
    import nbformat
    from nbconvert import HTMLExporter

    exporter: Any = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic", exclude_input=True, exclude_input_prompt=True, exclude_output_prompt=True
    )
    exporter.exclude_anchor_links = True
    document: Any = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    document.cells = [cell for cell in document.cells if not set(cell.metadata.get("tags", ())).intersection(without)]
    body, _ = exporter.from_notebook_node(document)
    body = re.sub(r'<a href="[^"#:]*">(.*?)</a>', r"\1", body)  # other notebooks do not lie beside the page
    return report_page(title, body)


def report_page(title: str, body: str) -> str:
    """A page in the look of reports, with its title on top; ``body`` is HTML."""
    return page_html(title, LOOK, f"<h1>{escape(title)}</h1>\n{body}")
