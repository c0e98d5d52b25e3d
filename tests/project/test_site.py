"""The site's pages that follow from the package: every public name, every command, every method measured."""

import csv
import re
from importlib import import_module

import pytest

from cmo_kit.cli.parser import build_parser
from cmo_kit.methods.parts import NAMED
from cmo_kit.methods.registry import METHODS, method_function
from tests.helpers.commands import commands_of
from tests.project.test_package import ROOT
from tools.site import REFERENCE, as_page, command_page, methods_page, with_links

SHOWN = [getattr(import_module(name.rpartition(".")[0]), name.rpartition(".")[2])
         for _, names in REFERENCE.values() for name in names]  # fmt: skip
ROOMS = [".".join(path.relative_to(ROOT).parts[:-1]) for path in (ROOT / "cmo_kit").rglob("__init__.py")]
#: No name for users: the entry of the command line.
NO_USERS = {"cmo_kit.cli.main"}


@pytest.mark.parametrize("room", [room for room in ROOMS if hasattr(import_module(room), "__all__")])
def test_the_reference_has_every_public_name_once(room: str) -> None:
    for name in set(import_module(room).__all__):
        if f"{room}.{name}" not in NO_USERS:
            assert [thing is getattr(import_module(room), name) for thing in SHOWN].count(True) == 1, f"{room}.{name}"


def test_the_reference_has_every_method_and_every_operator_that_has_a_name() -> None:
    named = [method_function(name) for name in METHODS]
    named += [operator for kinds in NAMED.values() for operator in kinds.values() if operator is not None]
    assert [thing.__name__ for thing in named if thing not in SHOWN] == []


def test_the_command_page_explains_every_command() -> None:
    commands = commands_of(build_parser())
    named = [name for name in commands if name != "course"] + [
        f"course {name}" for name in commands_of(commands["course"])
    ]
    assert re.findall("^### cmo-kit (.*)\n", command_page(), re.MULTILINE) == named
    assert len(named) > 15


def test_the_methods_page_tells_the_stored_means_and_its_advice_follows_from_them() -> None:
    sets = re.split("^### ", methods_page(), flags=re.MULTILINE)[1:]
    assert "| Expert, batch by batch | 1,402.6 |" in sets[0]  # as in the README
    page = (ROOT / "docs" / "which_method.md").read_text(encoding="utf-8")
    assert "With two seconds it has the least mean on each set" in page and "within a hundredth of a second" in page
    assert len(sets) == 3
    for table in sets:
        rows = dict(re.findall(r"^\| ([^|]+) \|.*\| ([^|]+) \|$", table, re.MULTILINE))
        assert [*rows][1] == "search, 2 s" and [*rows][-1] == "[P] with CBC"  # behind the head; has no schedule
        assert rows["Expert, whole orders"] in ("below 0.01", "0.01")


def test_a_notebook_page_folds_and_plays() -> None:
    still = {"output_type": "display_data", "data": {"text/html": "still"}}
    folded = {"jupyter": {"outputs_hidden": True}}
    cell = {"cell_type": "code", "source": ["decode_explorer(x)"], "metadata": folded, "outputs": [still]}
    (page,) = as_page({"cells": [cell]})["cells"]
    assert page["metadata"]["tags"] == ["hide-output"]
    assert "films/decode.html" in page["outputs"][0]["data"]["text/html"]


def test_links_of_a_translated_notebook_lead_to_translated_ones_and_else_a_folder_up() -> None:
    text = "[1](01_a.ipynb) [5](05_b.ipynb) ![x](pictures/x.svg) [s](../cmo_kit/s.py) [w](https://w.org/)"
    page = {"cells": [{"cell_type": "markdown", "source": [text]}]}
    (cell,) = with_links(page, ["01_a.ipynb"])["cells"]
    up = "[1](01_a.ipynb) [5](../05_b.ipynb) ![x](../pictures/x.svg) [s](../../cmo_kit/s.py) [w](https://w.org/)"
    assert cell["source"] == up


def test_the_glossary_has_the_papers_words_with_their_sections() -> None:
    sections = {"abstract", "I", "II", "III", "IV", "4.1", "4.2", "4.3", "V", "VI", "Figure 3"}
    terms = list(csv.DictReader((ROOT / "docs" / "glossary.csv").open(encoding="utf-8")))
    original = [term for term in terms if term["in the original"]]
    assert len(original) >= 70
    assert {term["section"] for term in original} <= sections
    assert all(term["meaning"] and term["뜻"] and (term["in the original"] or term["in textbooks"]) for term in terms)
    assert len({term["term"] for term in terms}) == len(terms)
