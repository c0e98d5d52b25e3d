"""Notebooks run by papermill: strict about parameters, quiet about kernels."""

import tempfile
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError


def execute(source: Path, target: Path, parameters: dict[str, Any]) -> None:
    """Run a notebook; an unknown parameter, of which papermill itself only warns, or an error in a cell raises.

    The kernel has a profile of its own and says nothing on standard error; what cells write is not touched.
    """
    import papermill

    known = papermill.inspect_notebook(str(source))
    for key in parameters:
        if key not in known:
            raise InputError(f"{source.name} has no parameter {key!r}; it has {', '.join(known)}")
    with tempfile.TemporaryDirectory(prefix="cmo-kit-") as profile:
        papermill.execute_notebook(
            str(source),
            str(target),
            parameters=parameters,
            progress_bar=False,
            kernel_name="python3",
            extra_arguments=["--log-level=40", f"--ipython-dir={profile}"],
        )
