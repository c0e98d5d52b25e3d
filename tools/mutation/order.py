"""Which test files to run first, so that a change is caught soon: those that speak of the changed code."""

import ast
import re
from pathlib import Path

from tools.mutation.changes import Change


def modules_named(path: Path, package: Path) -> set[Path]:
    """The files of ``package`` that the file at ``path`` imports anywhere, also inside functions."""
    root, found = package.parent, set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = path.relative_to(root).parts[: -node.level] if node.level else ()
            start = ".".join([*above, *([node.module] if node.module else [])])
            names = [start, *(f"{start}.{alias.name}" for alias in node.names)]
        for name in names:
            place = root / name.replace(".", "/")
            found |= {each for each in (place.with_suffix(".py"), place / "__init__.py") if each.exists()}
    return found


def distances(target: Path, package: Path) -> dict[Path, int]:
    """By how many imports each file of the package leads to ``target``."""
    imports = {path: modules_named(path, package) for path in package.rglob("*.py")}
    known, edge = {target: 0}, {target}
    while edge:
        edge = {path for path in imports if path not in known and imports[path] & edge}
        known |= {path: max(known.values()) + 1 for path in edge}
    return known


def ordered(change: Change, copy: Path) -> list[str]:
    """All test files but those that need a browser, the most closely related to the change first."""
    target, package = copy / change.path, copy / "cmo_kit"
    away = distances(target, package)
    defined = {node.name for node in ast.walk(ast.parse(target.read_bytes())) if getattr(node, "name", None)}

    def rank(path: Path) -> tuple[int, int, str]:
        words = set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
        near = min((away.get(module, 99) for module in modules_named(path, package)), default=99)
        related = 2 * (change.inside in words) + 3 * (target.stem in path.stem) + 3 * (near == 0)
        related += 2 * (target.parent.name in path.stem) + bool(defined & words)
        return -related, near, path.name

    files = [path for path in (copy / "tests").rglob("test_*.py") if "ui" not in path.parts]
    return [path.relative_to(copy).as_posix() for path in sorted(files, key=rank)]
