"""The site's pages in another language: the notebooks that have a translation, made and run anew."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cmo_kit.course.copies import read, walkthroughs, written
from cmo_kit.course.translated import has_translation, run, translated

#: Where links of a notebook lead that has no translation, and to pictures and files: one folder further up.
UP = re.compile(r"\]\((?=\.\./|pictures/|(\d\d\w?_\w+\.ipynb))")


def lay_out_notebooks(target: Path, language: str, as_page: Callable[[dict[str, Any], str], dict[str, Any]]) -> None:
    """Write into ``target/LANGUAGE`` every notebook that is translated, run, as ``as_page`` shows it."""
    place = target / language
    place.mkdir()
    for path in walkthroughs():
        notebook = read(path)
        if has_translation(notebook, language):
            page = as_page(json.loads(written(run(translated(notebook, language)))), f"../../_static/films/{language}-")
            (place / path.name).write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
    names = {path.name for path in place.iterdir()}
    for path in place.iterdir():
        page = json.loads(path.read_text(encoding="utf-8"))
        for cell in page["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = UP.sub(lambda link: link[0] if link[1] in names else "](../", "".join(cell["source"]))
        path.write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
