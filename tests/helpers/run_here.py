"""Notebooks run in this process: what their cells do, without what a kernel takes to begin."""

import ast
import linecache
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
from IPython.core.formatters import DisplayFormatter


def run_here(path: Path, parameters: dict[str, Any]) -> None:
    """Run a notebook's cells of code one after the other, with parameters in place of its own, and format its results.

    Whatever a cell raises is raised; a parameter that the notebook does not have is an error, too.
    """
    show = DisplayFormatter().format
    space: dict[str, Any] = {"__name__": "__main__", "display": lambda *values: [show(value) for value in values]}
    for number, cell in enumerate(cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"):
        name, tree = f"{path.name}, cell {number}", ast.parse(cell.source)
        linecache.cache[name] = (len(cell.source), None, cell.source.splitlines(keepends=True), name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), space)
        if last is not None:
            show(eval(compile(ast.Expression(last.value), name, "eval"), space))
        if "parameters" in cell.metadata.get("tags", []):
            assert parameters.keys() <= space.keys()
            space |= parameters
    plt.close("all")
