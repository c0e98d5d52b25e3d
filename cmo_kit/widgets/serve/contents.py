"""Notebooks as ``make lab`` serves them: an opened one that nobody touched does not count as changed."""

from __future__ import annotations

from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelspec import get_kernel_dict
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager


class Notebooks(AsyncLargeFileManager):
    """Names the kernel that is here, with its version, in every notebook that is read.

    JupyterLab writes both into a notebook as soon as its kernel runs; where the notebook names another version, as
    one from another machine does, that is a change, and closing it asks whether to save.
    """

    async def get(self, *place: Any, **options: Any) -> Any:
        """The file or folder as the browser gets it."""
        model = await super().get(*place, **options)  # type: ignore[no-untyped-call]
        if model["type"] == "notebook" and model["content"]:
            metadata, kernel = model["content"]["metadata"], get_kernel_dict()
            if metadata.get("kernelspec", {}).get("name") == "python3":
                metadata["kernelspec"] |= {name: kernel[name] for name in ("display_name", "language")}
                metadata["language_info"] = IPythonKernel.language_info
        return model
