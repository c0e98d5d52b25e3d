"""Checks of the environment that the course needs, each with one plain line, and one line for a bug report."""

import importlib
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from cmo_kit.base.language import spoken

#: What a bug report should name, by distribution.
REPORTED = ("cmo-kit", "numpy", "numba", "pulp", "matplotlib", "ipywidgets", "ipykernel", "jupyterlab", "papermill")


@dataclass(frozen=True)
class Check:
    """One part of the environment: ``problem`` is empty when it works, else one line with what to do."""

    name: str
    problem: str

    @property
    def line(self) -> str:
        """``OK`` or ``missing`` with the name and the remedy."""
        return spoken(f"missing  {self.name}: {self.problem}" if self.problem else f"OK       {self.name}")


def check_python() -> str:
    """The version that the kit asks for."""
    return "" if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed"


def check_kernel() -> str:
    """Whether cells run in a Jupyter kernel."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return "" if hasattr(shell, "kernel") else "open this notebook in JupyterLab: make lab"


def check_decoder() -> str:
    """Whether the compiled decoder gives the number that the readable one gives."""
    from cmo_kit import decode, load_instance, total_tardiness
    from cmo_kit.views import FIGURE_3_KEYS

    instance = load_instance("fig3")
    same = total_tardiness(instance, np.array(FIGURE_3_KEYS)) == decode(instance, FIGURE_3_KEYS).total_tardiness
    return "" if same else "the compiled decoder disagrees with the readable one: please report this"


def check_solver() -> str:
    """Whether CBC is found and solves the smallest problem."""
    from cmo_kit import load_instance, solve

    status = solve(load_instance("tiny-one-batch"), "milp", seconds=30).status
    return "" if status == "optimal" else f"CBC was found, but answered {status} to the smallest problem"


def check_pictures() -> str:
    """Whether a figure can be drawn."""
    from cmo_kit import load_instance, solve
    from cmo_kit.views import plot_gantt
    from cmo_kit.views.style import figure_of, png_bytes

    schedule = solve(load_instance("fig1"), "expert").schedule
    assert schedule is not None
    return "" if png_bytes(figure_of(plot_gantt(schedule))) else "no picture was drawn"


def check_widgets() -> str:
    """Whether the package for widgets can be imported and makes a slider."""
    slider = importlib.import_module("ipywidgets").IntSlider(value=1)
    return "" if slider.value == 1 else "a slider lost its value"


def check_writing() -> str:
    """Whether the current folder takes files; results are written there."""
    with tempfile.NamedTemporaryFile(dir=Path.cwd()) as file:
        file.write(b"1")
    return ""


CHECKS: dict[str, Callable[[], str]] = {
    "Python": check_python,
    "Jupyter kernel": check_kernel,
    "compiled decoder (numba)": check_decoder,
    "solver CBC": check_solver,
    "pictures": check_pictures,
    "widgets": check_widgets,
    "write access to this folder": check_writing,
}


def check_environment() -> Iterator[Check]:
    """Run every check; what goes wrong in one becomes its line and does not end the others."""
    for name, check in CHECKS.items():
        try:
            problem = check()
        except Exception as error:  # whatever it is, the reader wants to see the other lines too
            problem = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        yield Check(name, problem)


def installed(distribution: str) -> str:
    """The version of an installed distribution, ``none`` without it."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "none"


def facts() -> str:
    """One line about this machine for a bug report: versions and kind of machine, no names and no paths."""
    parts = [f"{name} {installed(name)}" for name in REPORTED]
    python = f"Python {platform.python_version()}"
    return " | ".join([*parts, python, f"{platform.system()} {platform.machine()}", f"{os.cpu_count()} cores"])
