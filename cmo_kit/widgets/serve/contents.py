"""Notebooks as ``make lab`` serves them: an untouched one does not count as changed, a folded answer stays unread."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelspec import get_kernel_dict
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager


class Notebooks(AsyncLargeFileManager):
    """Names the kernel that is here, with its version, in every notebook that is read.

    JupyterLab writes both into a notebook as soon as its kernel runs; where the notebook names another version, as
    one from another machine does, that is a change, and closing it asks whether to save.
    """

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        # The server has no option for the folder of its style sheet, and asks for it only after this.
        own = str(Path(__file__).resolve().parent / "lab_style")
        if self.parent is not None and hasattr(self.parent, "static_custom_path"):
            self.parent.static_custom_path = [own, *self.parent.static_custom_path]

    async def get(self, *place: Any, **options: Any) -> Any:
        """The file or folder as the browser gets it."""
        model = await super().get(*place, **options)  # type: ignore[no-untyped-call]
        if model["type"] == "notebook" and model["content"]:
            metadata, kernel = model["content"]["metadata"], get_kernel_dict()
            if metadata.get("kernelspec", {}).get("name") == "python3":
                metadata["kernelspec"] |= {name: kernel[name] for name in ("display_name", "language")}
                metadata["language_info"] = IPythonKernel.language_info
        return model
