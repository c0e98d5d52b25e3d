"""Working through a copy of the exercises in a kernel."""

import re
from pathlib import Path
from typing import Any

import nbclient


def worked_through(notebook: Any, folder: Path) -> dict[str, str]:
    """Run all cells in a kernel, from ``folder``; what each check said, by exercise. A cell that raises ends it."""
    nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}
    ).execute()
    said = [
        output.data["text/plain"] for cell in notebook.cells if cell.id.startswith("check-") for output in cell.outputs
    ]
    return {re.match(r"\d\d\.\d+", text)[0]: text for text in said}
