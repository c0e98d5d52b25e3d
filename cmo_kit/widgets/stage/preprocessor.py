"""Notebooks as they are committed: still frames in place of live pictures, and nothing that differs by chance."""

from __future__ import annotations

from typing import Any

from nbconvert.preprocessors import Preprocessor

VIEW = "application/vnd.jupyter.widget-view+json"


class StillPictures(Preprocessor):
    """Drop the live view where an output has a still frame, the widgets' state and the kernel's version.

    JupyterLab would otherwise look for the live picture's model, which is gone with its kernel, and
    show an error in place of the frame. Running the cell brings the live picture back. What a cell prints in
    several pieces, as happens on a busy machine, becomes one piece.
    """

    enabled = True

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook as it is committed."""
        nb.metadata.pop("widgets", None)
        nb.metadata["language_info"] = {"name": "python"}
        for cell in nb.cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                if VIEW in data and "text/html" in data:
                    del data[VIEW]
            if "outputs" in cell:
                cell["outputs"] = joined(cell["outputs"])
        return nb, resources


def joined(outputs: list[Any]) -> list[Any]:
    """Outputs with neighbouring pieces of one stream put together."""
    result: list[Any] = []
    for output in outputs:
        if result and output.get("name") and output.get("name") == result[-1].get("name"):
            result[-1]["text"] += output["text"]
        else:
            result.append(output)
    return result
