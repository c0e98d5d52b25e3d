"""The report, rendered in a process of its own: ``python -m cmo_kit.study.report.render_process FOLDER TITLE``.

A kernel and the loops around it do not like to be interrupted; a process can be ended at any moment.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from cmo_kit.base.errors import InputError
from cmo_kit.base.lifeline import end_when, kill_tree
from cmo_kit.base.signals import signals_wait
from cmo_kit.study.execute.record import LOG, TEMPORARY
from cmo_kit.study.execute.supervise import last_line
from cmo_kit.study.report.report import PAGE_NAME, PARTIAL, render_report


def render_apart(place: Path, title: str) -> Path:
    """Have :func:`render_report` done; an interrupt, as any error, leaves nothing half-done behind.

    Raises
    ------
    InputError
        With the last words of the process when there is no report.
    """
    folder = place.resolve() / TEMPORARY
    process: subprocess.Popen[bytes] | None = None
    try:
        with signals_wait():
            folder.mkdir(exist_ok=True)
            with open(folder / LOG, "wb") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "cmo_kit.study.report.render_process", str(place), title],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    env=os.environ | {"TMPDIR": str(folder)},
                    start_new_session=True,  # Ctrl-C is for the process that the user started
                )
        code = process.wait()
        if code:
            raise InputError(f"the report could not be rendered ({last_line(folder / LOG) or f'code {code}'})")
    except OSError as error:
        raise InputError(f"{place}: the report cannot be rendered there ({error.strerror or error})") from None
    finally:
        with signals_wait():
            if process is not None:
                kill_tree(process.pid)
                process.communicate()
            shutil.rmtree(folder, ignore_errors=True)
            (place / PARTIAL).unlink(missing_ok=True)
    return place / PAGE_NAME


def main(folder: str, title: str) -> int:
    """Render the report of a folder, or end with the process that asked for it; returns the exit code."""
    end_when(lambda: os.read(0, 1))
    try:
        render_report(folder, title)
    except Exception as error:  # its last line is what the user sees
        print(" ".join(str(error).split()) or type(error).__name__, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
