"""Notebooks run by papermill: strict about parameters, quiet about kernels."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError


def execute(source: Path, target: Path, parameters: dict[str, Any]) -> None:
    """Run a notebook; an unknown parameter, of which papermill itself only warns, or an error in a cell raises."""
    import papermill

    known = papermill.inspect_notebook(str(source))
    for key in parameters:
        if key not in known:
            raise InputError(f"{source.name} has no parameter {key!r}; it has {', '.join(known)}")
    with quiet_kernels():
        papermill.execute_notebook(
            str(source), str(target), parameters=parameters, progress_bar=False, kernel_name="python3", log_output=False
        )


@contextlib.contextmanager
def quiet_kernels() -> Iterator[None]:
    """Kernels that say nothing of their own on standard error; what cells write is not touched."""
    with tempfile.TemporaryDirectory(prefix="cmo-kit-") as folder:
        profile = Path(folder) / "profile_default"
        profile.mkdir()
        (profile / "ipython_kernel_config.py").write_text("get_config().IPKernelApp.log_level = 40\n", encoding="utf-8")
        before = os.environ.get("IPYTHONDIR")
        os.environ["IPYTHONDIR"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["IPYTHONDIR"]
            else:
                os.environ["IPYTHONDIR"] = before
