"""Notebooks as they are committed: with still frames in place of live pictures."""

from __future__ import annotations

from typing import Any

from nbconvert.preprocessors import Preprocessor

VIEW = "application/vnd.jupyter.widget-view+json"


class StillPictures(Preprocessor):
    """Drop the live view where an output has a still frame, and the widgets' state.

    JupyterLab would otherwise look for the live picture's model, which is gone with its kernel, and
    show an error in place of the frame. Running the cell brings the live picture back.
    """

    enabled = True

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook without live views."""
        nb.metadata.pop("widgets", None)
        for cell in nb.cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                if VIEW in data and "text/html" in data:
                    del data[VIEW]
        return nb, resources
