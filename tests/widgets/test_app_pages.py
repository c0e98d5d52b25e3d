"""The pages of the app: one picture each, whose code needs nothing of the others."""

import ast
import builtins
import json
import subprocess
import sys

import pytest

from cmo_kit.widgets.serve.app import app_pages, main

PAGES = app_pages()


def test_every_explorer_has_a_page_of_its_own() -> None:
    made = {title: [name for cell in page.cells if cell.cell_type == "code" for name in called(cell.source)]
            for title, page in PAGES.items()}  # fmt: skip
    assert list(made) == [
        "1. From keys to a schedule", "2. Where the gap comes from", "3. A genetic algorithm, replayed", "4. Beat it",
        "5. Break a constraint", "6. The laboratory",
    ]  # fmt: skip
    explorers = ["decode_explorer", "gap_explorer", "ga_explorer", "beat_the_ga", "break_a_constraint", "laboratory"]
    for title, own in zip(made, explorers, strict=True):
        assert [name for name in made[title] if name in explorers] == [own]


@pytest.mark.parametrize("port", ["99999", "0", "x"])
def test_a_port_that_cannot_be_is_refused_in_one_line(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--port", port])
    assert capsys.readouterr().err.count("\n") == 1


def test_a_page_needs_no_code_and_no_file_of_another() -> None:
    """Every name is defined in the page itself, and no prose links to what is not served."""
    for page in PAGES.values():
        nodes = [node for cell in page.cells if cell.cell_type == "code" for node in ast.walk(ast.parse(cell.source))]
        names = [node for node in nodes if isinstance(node, ast.Name)]
        known = {node.id for node in names if isinstance(node.ctx, ast.Store)} | set(dir(builtins))
        known |= {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
        assert {node.id for node in names} <= known
        prose = [cell.source for cell in page.cells if cell.cell_type == "markdown"]
        assert prose[0].startswith("# ") and not any("](" in text for text in prose)
        assert not any(cell.get("outputs") for cell in page.cells)


def test_no_page_loads_plots_or_compiled_code_before_its_picture() -> None:
    """They take seconds, on a new machine half a minute; the laboratory compiles when its first run begins."""
    code = "import json, sys\nfrom cmo_kit import widgets\nseen = {}\n"
    for name in ("decode_explorer", "gap_explorer", "ga_explorer", "beat_the_ga", "laboratory"):
        code += f"widgets.{name}(); seen[{name!r}] = [m for m in ('matplotlib', 'numba', 'pulp') if m in sys.modules]\n"
    told = subprocess.run([sys.executable, "-c", code + "print(json.dumps(seen))"], stdout=subprocess.PIPE, check=True)
    assert {name: heavy for name, heavy in json.loads(told.stdout).items() if heavy} == {}


def called(source: str) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call.func.id for call in calls if isinstance(call.func, ast.Name)]
