"""The site's pages that follow from the package: every public name, every command, every method measured."""

from importlib import import_module

import pytest

from tools.site import REFERENCE, as_page, command_page, methods_page

ROOMS = (
    "cmo_kit",
    "cmo_kit.planning",
    "cmo_kit.views",
    "cmo_kit.widgets",
    "cmo_kit.bounds",
    "cmo_kit.search",
    "cmo_kit.fast",
)


@pytest.mark.parametrize("room", ROOMS)
def test_the_reference_has_every_public_name_once(room: str) -> None:
    shown = [getattr(import_module(name.rpartition(".")[0]), name.rpartition(".")[2])
             for _, names in REFERENCE.values() for name in names]  # fmt: skip
    for name in import_module(room).__all__:
        thing = getattr(import_module(room), name)
        assert sum(thing is one for one in shown) == 1, f"{room}.{name}"


def test_the_command_page_explains_every_command() -> None:
    page = command_page()
    for name in (
        "solve",
        "check",
        "bound",
        "verify",
        "decode",
        "generate",
        "import",
        "export",
        "run",
        "lab",
        "course build",
    ):
        assert f"## cmo-kit {name}\n" in page


def test_the_methods_page_tells_the_stored_means() -> None:
    page = methods_page()
    assert "| Expert, batch by batch | small | 1,402.6 |" in page  # as the paper's table beside it in the README
    assert "| no schedule | | |" in page  # [P] has none


def test_a_notebook_page_folds_and_plays() -> None:
    still = {"output_type": "display_data", "data": {"text/html": "still"}}
    folded = {"jupyter": {"outputs_hidden": True}}
    cell = {"cell_type": "code", "source": ["decode_explorer(x)"], "metadata": folded, "outputs": [still]}
    (page,) = as_page({"cells": [cell]})["cells"]
    assert page["metadata"]["tags"] == ["hide-output"]
    assert "films/decode.html" in page["outputs"][0]["data"]["text/html"]
