"""Notebooks as they are committed: still frames in place of live pictures, and nothing that differs by chance.

What gives the answer to a question away is folded.
"""

from __future__ import annotations

from typing import Any

from nbconvert.preprocessors import Preprocessor

from cmo_kit.course.predicting import fold
from cmo_kit.widgets.stage.still import VIEW


class StillPictures(Preprocessor):
    """Drop the live view behind a still frame, whose model is gone with its kernel; the widgets' state as well.

    Running the cell brings the live picture back. What a cell prints in several pieces, as happens on a busy
    machine, becomes one piece.
    """

    enabled = True

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook as it is committed."""
        nb.metadata.pop("widgets", None)
        nb.metadata["language_info"] = {"name": "python"}
        for cell in nb.cells:
            if "outputs" in cell:
                cell["outputs"] = joined(without_views(cell["outputs"]))
        fold(nb)
        return nb, resources


def without_views(outputs: list[Any]) -> list[Any]:
    """Outputs without the live views that stand behind their still frames."""
    html = ["", *(str(output.get("data", {}).get("text/html", "")) for output in outputs)]
    return [
        output
        for before, output in zip(html, outputs, strict=False)
        if VIEW not in output.get("data", {}) or "cmo-still" not in before
    ]


def joined(outputs: list[Any]) -> list[Any]:
    """Outputs with neighbouring pieces of one stream put together."""
    result: list[Any] = []
    for output in outputs:
        if result and output.get("name") and output.get("name") == result[-1].get("name"):
            result[-1]["text"] += output["text"]
        else:
            result.append(output)
    return result
