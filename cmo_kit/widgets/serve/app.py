"""The explorers as a page of their own: Voila serves their notebook to this machine only."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cmo_kit.library import notebooks_folder

FOLDER = Path(__file__).resolve().parent
NOTEBOOK = "11_explorers.ipynb"


def voila_arguments(port: int) -> list[str]:
    """The command line for Voila: this machine only, a token that is asked for, own template, no sources, no files."""
    return [
        str(notebooks_folder() / NOTEBOOK),
        "--Voila.ip=127.0.0.1",
        f"--port={port}",
        "--token",
        "--template=cmo",
        "--VoilaConfiguration.file_allowlist=(?!)",  # matches nothing: the page needs no file beside it
        "--no-browser",  # Voila would open the address without its token
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the explorers until Ctrl-C; Voila prints the address with its token. Exit code 2 without Voila.

    Every start has another token. With the variable ``JUPYTER_TOKEN`` set that one is asked for, and not printed.
    """
    parser = argparse.ArgumentParser(prog="python -m cmo_kit.widgets.serve.app", description=__doc__)
    parser.add_argument("--port", type=int, default=8866, help="port on 127.0.0.1 (8866, or the next free one)")
    chosen = parser.parse_args(arguments)
    # Voila finds templates in the folders of JUPYTER_PATH, each with a folder `voila/templates`.
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(FOLDER), os.environ.get("JUPYTER_PATH")]))
    try:
        from voila.app import Voila
    except ImportError:
        print("Voila is not installed; it comes with the extra 'app': pip install 'cmo-kit[app]'", file=sys.stderr)
        return 2
    Voila.launch_instance(voila_arguments(chosen.port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
