"""The notebooks keep the conventions that readers and tests rely on."""

import re
from functools import cache
from html import unescape
from pathlib import Path
from statistics import median
from typing import Any

import nbformat
import papermill
import pytest
from nbconvert import HTMLExporter

from cmo_kit.study.execute.notebook import execute

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
#: Other parameters than the committed ones, with which each notebook must run too; studies and reports, which run
#: notebooks 06 and 07, are tested with others in ``tests/study/test_report.py``.
OTHER_PARAMETERS: dict[str, dict[str, Any]] = {
    "00_start_here.ipynb": {"instance_name": "tiny-ties", "seed": 2},
    "01_the_problem.ipynb": {"instance_name": "small-1"},
    "02_decoding_a_chromosome.ipynb": {"instance_name": "tiny-ties"},
    "03_the_model.ipynb": {"instance_name": "tiny-one-site", "big_values": [1e5]},
    "04_the_genetic_algorithm.ipynb": {"instance_name": "tiny-ties", "run_on": "fig1", "evaluations": 1000},
    "05_expert_and_calibration.ipynb": {"instance_name": "fig1", "problems": 3, "ga_problems": 2},
    "08_beyond.ipynb": {
        "instance_name": "tiny-ties",
        "tiny_name": "tiny-more-sites",
        "split_name": "tiny-split-opening",
        "gap_name": "tiny-weights",
        "pairs": 20,
        "evaluations": 500,
    },
    "09_your_own_orders.ipynb": {"sites": 4, "new_batches": 2, "wanted": "2027-04-01", "moves": 20000},
    "11_explorers.ipynb": {"decoding_name": "tiny-ties", "model_name": "tiny-one-site", "seed": 8},
}
#: An explanation of one picture has nothing to vary.
WITHOUT_PARAMETERS = {"10_how_the_fast_decoder_works"}


read = cache(nbformat.read)


def cells(path: Path, kind: str) -> list[Any]:
    return [cell for cell in read(path, 4).cells if cell.cell_type == kind and cell.source.strip()]


def outputs(path: Path) -> list[Any]:
    return [output for cell in cells(path, "code") for output in cell.outputs]


every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 4


@every_notebook
def test_was_run_from_top_to_bottom(path: Path) -> None:
    """Execution counts are 1..n: no cell was skipped or run out of order, which comparison would not notice."""
    counts = [cell.execution_count for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1))


@every_notebook
def test_holds_no_error_and_no_warning(path: Path) -> None:
    for output in outputs(path):
        assert output.output_type != "error"
        assert output.get("name") != "stderr", output.text


@every_notebook
def test_names_no_local_path(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/(home|root|Users|work|tmp)/|[A-Z]:\\\\Users", text)


@every_notebook
def test_every_figure_has_alternative_text(path: Path) -> None:
    for output in outputs(path):
        data = output.get("data", {})
        if "image/png" in data or "image/svg+xml" in data:
            (alt,) = re.findall(r'<img alt="([^"]+)" src="data:image/png;base64,[^"]+">', data.get("text/html", ""))
            assert unescape(alt) == data["text/plain"] and len(alt) > 40, "a picture without a telling alt text"


def test_exported_pages_have_the_alternative_texts() -> None:
    path = FOLDER / "00_start_here.ipynb"
    page, _ = HTMLExporter().from_filename(str(path))
    texts = [output.data["text/plain"] for output in outputs(path) if "image/png" in output.get("data", {})]
    assert [unescape(alt) for alt in re.findall(r'<img alt="([^"]*)"', page)] == texts != []
    assert page.count("<img") == len(texts)


@every_notebook
def test_begins_with_title_aims_needs_and_time(path: Path) -> None:
    first = cells(path, "markdown")[0].source
    assert first.startswith("# ")
    for words in ("**You will be able to**", "**Before this:**", "**Time:**"):
        assert words in first, words


def test_the_way_through_the_course_names_the_minutes_that_each_takes() -> None:
    table = "\n".join(cell.source for cell in cells(FOLDER / "00_start_here.ipynb", "markdown"))
    told = dict(re.findall(r"^\| \[[^]]+\]\((\S+)\) \|.*\| (\d+) \|$", table, re.MULTILINE))
    theirs = {path.name: cells(path, "markdown")[0].source for path in NOTEBOOKS[1:]}
    assert told == {name: re.search(r"\*\*Time:\*\* (\d+) minutes", first)[1] for name, first in theirs.items()}


@every_notebook
def test_has_one_parameters_cell_with_explained_literals(path: Path) -> None:
    tagged = [cell for cell in cells(path, "code") if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == (0 if path.stem in WITHOUT_PARAMETERS else 1)
    for line in "\n".join(cell.source for cell in tagged).splitlines():
        assert re.match(r"\w+(: \w+)? = .+  # .+", line), line


def test_the_experiment_takes_set_problem_methods_seeds_and_limits() -> None:
    known = papermill.inspect_notebook(str(FOLDER / "06_experiment.ipynb"))
    wanted = {"test_set", "problem", "instance_name", "methods", "seeds", "limits", "settings", "results"}
    assert set(known) == wanted


@every_notebook
def test_asks_before_it_reveals_and_closes_with_a_summary(path: Path) -> None:
    prose = [cell.source for cell in cells(path, "markdown")]
    assert any("?" in text and re.search(r"[Bb]efore you (run|look)|[Pp]redict", text) for text in prose)
    assert "In this notebook we" in prose[-1]


@every_notebook
def test_code_cells_are_short(path: Path) -> None:
    lengths = [len(cell.source.splitlines()) for cell in cells(path, "code")]
    assert median(lengths) <= 8
    assert max(lengths) <= 15


@every_notebook
def test_links_lead_somewhere(path: Path) -> None:
    for cell in cells(path, "markdown"):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", cell.source):
            if "://" not in target:
                assert (path.parent / target).exists(), target


@pytest.mark.parametrize("name", OTHER_PARAMETERS)
def test_runs_with_other_parameters(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From another folder, to the end; parameters that a notebook does not have are refused."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    execute(FOLDER / name, tmp_path / "executed.ipynb", OTHER_PARAMETERS[name])
    assert all(output.output_type != "error" for output in outputs(tmp_path / "executed.ipynb"))


def test_every_notebook_runs_with_other_parameters() -> None:
    with_parameters = {path.name for path in NOTEBOOKS if path.stem not in WITHOUT_PARAMETERS}
    assert with_parameters == {*OTHER_PARAMETERS, "06_experiment.ipynb", "07_report.ipynb"}
