"""The site's pages in another language: the notebooks that have a translation, made and run anew."""

import json
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from cmo_kit.course.copies import read, walkthroughs, written
from cmo_kit.course.translated import has_translation, run, translated

#: Links of a notebook to another one (whose name it is), to pictures, and to files above.
LINK = re.compile(r"\]\((?=\.\./|pictures/|(\d\d\w?_\w+\.ipynb))")


def lay_out_notebooks(target: Path, language: str, as_page: Callable[[dict[str, Any], str], dict[str, Any]]) -> None:
    """Write into ``target/LANGUAGE`` every notebook that is translated, run, as ``as_page`` shows it."""
    (target / language).mkdir()
    found = {path.name: notebook for path in walkthroughs() if has_translation(notebook := read(path), language)}
    for name, notebook in found.items():
        page = as_page(json.loads(written(run(translated(notebook, language)))), f"../../_static/films/{language}-")
        text = json.dumps(with_links(page, found), ensure_ascii=False)
        (target / language / name).write_text(text, encoding="utf-8")


def with_links(page: dict[str, Any], beside: Collection[str]) -> dict[str, Any]:
    """The page, from a folder further down: only the notebooks that stand ``beside`` it are found as before."""
    for cell in page["cells"]:
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            cell["source"] = LINK.sub(lambda link: link[0] if link[1] in beside else "](../", text)
    return page
