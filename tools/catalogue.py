"""What a catalogue is held against: ``python -m tools.catalogue [LANGUAGE [FOLDER]]``.

It lists entries whose English stands in no source any more, and sentences of a folder, such as ``widgets``, that have
no translation. An entry is looked at anew by writing its ``msgid`` as the source has it now.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.runner import run_program
from cmo_kit.base.language import catalogue

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "cmo_kit"
SENTENCE = re.compile(r"[A-Za-z]{2,}.* ")


def entries_of(source: str) -> Iterator[str]:
    """Every text of a Python source as an entry has it; docstrings are none."""
    tree = ast.parse(source)
    within = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    within |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) not in within:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                yield _entry(node)


def _entry(node: ast.JoinedStr) -> str:
    places = iter(range(len(node.values)))
    return "".join(str(p.value) if isinstance(p, ast.Constant) else f"{{{next(places)}}}" for p in node.values)


def sources(folder: str = "") -> dict[str, str]:
    """What the package says, from each entry to a file that has it."""
    paths = sorted((PACKAGE / folder).rglob("*.py"))
    found = {entry: str(path.relative_to(ROOT)) for path in paths for entry in entries_of(path.read_text("utf-8"))}
    return found | dict.fromkeys(ARGPARSE, "argparse")


#: What :mod:`argparse` says in messages and help.
ARGPARSE = (
    "argument {0}: {1}",
    "the following arguments are required: {0}",
    "unrecognized arguments: {0}",
    "expected one argument",
    "invalid choice: {0} (choose from {1})",
    "positional arguments",
    "options",
    "show this help message and exit",
    "show program's version number and exit",
    "not allowed with argument {0}",
)


def main() -> int:
    """List what is to be looked at; 1 if any entry is stale."""
    parser = argparse.ArgumentParser(prog="python -m tools.catalogue", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("language", nargs="?", default="ko")
    parser.add_argument("folder", nargs="?", default="")
    options = parser.parse_args()
    known, said, everything = catalogue(options.language), sources(options.folder), sources()
    stale = [entry for entry in known if entry not in everything]
    for entry in stale:
        print(f"in no source: {entry!r}")
    for entry, path in said.items():
        if entry not in known and SENTENCE.search(entry):
            print(f"{path}: {entry!r}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(run_program("catalogue", main))
