"""The notebooks keep the conventions that readers and tests rely on."""

import ast
import json
import re
from copy import deepcopy
from functools import cache
from html import unescape
from pathlib import Path
from statistics import median
from typing import Any

import nbformat
import papermill
import pytest
from nbconvert import HTMLExporter

from cmo_kit import InputError
from cmo_kit.course.predicting import asks, fold, revealing
from tests.helpers.run_here import run_here
from tests.helpers.thorough import THOROUGH

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
#: Other parameters than the committed ones, with which each notebook must run too; studies and reports, which run
#: notebooks 06 and 07, are tested with others in ``tests/study/test_report.py``.
OTHER_PARAMETERS: dict[str, dict[str, Any]] = {
    "00_start_here.ipynb": {"instance_name": "tiny-ties", "seed": 2},
    "01_the_problem.ipynb": {"instance_name": "tiny-pipeline"},
    "02_decoding_a_chromosome.ipynb": {"instance_name": "tiny-ties"},
    "03_the_model.ipynb": {"instance_name": "tiny-one-batch", "big_values": [1e5]},
    "04_the_genetic_algorithm.ipynb": {"instance_name": "tiny-ties", "run_on": "fig1", "evaluations": 1000},
    "05_expert_and_calibration.ipynb": {"instance_name": "fig1", "problems": 3, "ga_problems": 2},
    "08_beyond.ipynb": {"instance_name": "tiny-ties", "tiny_name": "tiny-more-sites", "pairs": 20, "evaluations": 500},
    "08b_ideas_compared.ipynb": {"instance_name": "tiny-ties", "evaluations": 500, "results": "measured"},
    "08c_runs_and_proofs.ipynb": {"split_name": "tiny-split-opening", "gap_name": "tiny-weights"},
    "09_your_own_orders.ipynb": {"sites": 4, "new_batches": 2, "wanted": "2027-04-01", "moves": 5000, "seconds": 2},
    "11_explorers.ipynb": {"decoding_name": "tiny-ties", "model_name": "tiny-one-site", "seed": 8},
    "12_neighbourhoods_by_hand.ipynb": {"instance_name": "tiny-ties", "run_on": "fig3", "starts_on": "fig1"},
    "13_annealing_in_forty_lines.ipynb": {"instance_name": "tiny-ties", "evaluations": 200, "seeds": 2},
    "14_your_own_method.ipynb": {"instance_name": "tiny-ties", "problems": ["fig1", "fig3"], "evaluations": 200},
    "15_other_factories.ipynb": {"parts_name": "tiny-five-operations", "jobs_name": "fig3", "problems": 3},
    "16_laboratory.ipynb": {"instance_name": "fig3", "seed": 30},
    "17_table_3.ipynb": {"studies": 10, "seed": 2},
}
COLUMNS = "order,batches,due_date,seed_culture,main_culture,purification,c1,c2,c3"
OWN = {"headers": {"change_seed_culture": "c1", "change_main_culture": "c2", "change_purification": "c3"}}
#: Order lists as others have them.
LISTS = {
    "2028.csv": f"{COLUMNS}\nNordlicht,1,2028-05-18,1,3,1,0,10,12\nB,8,2028-04-14,3,3,1,0,11,12\n",
    "semicolons.csv": f"{COLUMNS}\nMüller,6,26.02.2027,3~5,5,3,2,9~5,8\n".replace(",", ";").replace("~", ","),
    "late.csv": f"{COLUMNS}\nA,6,2026-02-26,3.5,5.25,3,2,9,8.1\nB,3,2026-02-12,2.333,6.1,2,2,10.7,7\n",
    "empty.csv": f"{COLUMNS}\n",
}
IN_2028 = {"orders_file": "2028.csv", "layout": OWN, "start": "2028-01-03"}
#: What others try, and what they are told in one sentence; nothing where the notebook runs to its end.
TRIED: list[tuple[str, dict[str, Any], str]] = [
    ("02", {"keys_file": "short.json"}, "keys has 3 entries; 'fig3' needs 13"),
    ("02", {"keys_file": 7}, "the path is 7; it must be a text"),
    ("02", {"instance_name": "tiny-ties", "seed": -1}, "seed is -1; it must be at least 0"),
    ("02", {"step": "x"}, "step is 'x'; it must be an integer"),
    ("02", {"instance_name": "large-1"}, ""),
    ("02", {"keys_file": "equal.json", "step": 1000}, ""),
    ("06", {"problem": 9}, "the instance is 'small-9'"),
    ("06", {"limits": {"ga": {"generations": 5}}}, "limits.ga has the unknown key 'generations'"),
    ("06", {"settings": {"ga": {"elitism": "some"}}}, "elitism is 'some'; it must be one of"),
    (
        "06",
        {"test_set": "medium", "problem": 2, "methods": "search", "seeds": 4, "limits": {"search": {"seconds": 0}}},
        "",
    ),
    ("06", {"instance_name": "tiny-halves", "methods": ["milp", "run_milp", "brkga"]}, ""),
    ("09", {"orders_file": "2028.csv"}, "change_purification are missing, and 'c1', 'c2', 'c3' unknown"),
    ("09", {"orders_file": "semicolons.csv", "layout": OWN}, "must be a date such as 2027-03-31"),
    ("09", {"orders_file": "empty.csv", "layout": OWN}, "there is no order below the header"),
    ("09", {"layout": {"dates": "dmy"}}, "layout has the unknown key 'dates'"),
    ("09", IN_2028, "client is 'Nordlicht'; it must be another name"),
    ("09", IN_2028 | {"client": "C"}, "today is 2027-03-01; it must not be before start, 2028-01-03"),
    ("09", {"wanted": "soon"}, "wanted is 'soon'; it must be a date"),
    ("09", IN_2028 | {"client": "C", "today": "2028-02-01", "wanted": "2028-08-01", "moves": 5000}, ""),
    ("09", {"orders_file": "semicolons.csv", "layout": OWN | {"date_format": "dmy"}, "moves": 5000, "seconds": 1}, ""),
    ("09", {"orders_file": "late.csv", "layout": OWN, "sites": 1, "moves": 5000}, ""),
]
#: Where a reader writes moves, an annealing and methods.
CODE_IS_TAUGHT = ("12", "13", "14")
#: An explanation of one picture has nothing to vary.
WITHOUT_PARAMETERS = {"10_how_the_fast_decoder_works"}


read = cache(nbformat.read)


def cells(path: Path, kind: str) -> list[Any]:
    return [cell for cell in read(path, 4).cells if cell.cell_type == kind and cell.source.strip()]


def outputs(path: Path) -> list[Any]:
    return [output for cell in cells(path, "code") for output in cell.outputs]


every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
every_run = pytest.mark.parametrize(
    "path", [*NOTEBOOKS, *sorted(FOLDER.glob("exercises/*.ipynb"))], ids=lambda path: f"{path.parent.name}/{path.stem}"
)


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 4


@every_run
def test_was_run_from_top_to_bottom(path: Path) -> None:
    """Execution counts are 1..n: no cell was skipped or run out of order, which comparison would not notice."""
    counts = [cell.execution_count for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1))


@every_run
def test_holds_no_error_and_no_warning(path: Path) -> None:
    for output in outputs(path):
        assert output.output_type != "error"
        assert output.get("name") != "stderr", output.text


@every_run
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


@every_notebook
def test_what_a_picture_says_is_not_printed_below_it(path: Path) -> None:
    for cell in cells(path, "code"):
        printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                assert output.data["text/plain"] not in printed


def test_exported_pages_have_the_alternative_texts() -> None:
    path = FOLDER / "00_start_here.ipynb"
    page, _ = HTMLExporter().from_filename(str(path))
    texts = re.findall(r"!\[([^\]]+)\]\(", "".join(cell.source for cell in cells(path, "markdown")))
    texts += [output.data["text/plain"] for output in outputs(path) if "image/png" in output.get("data", {})]
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
def test_the_minutes_are_those_of_its_words_and_cells(path: Path) -> None:
    """200 words a minute and a minute for each cell of code, to five minutes; what is played with takes longer."""
    words = sum(len(cell.source.split()) for cell in cells(path, "markdown"))
    expected = words / 200 + len(cells(path, "code"))
    told, how = re.findall(r"\*\*Time:\*\* (\d+) minutes to (\w+)", cells(path, "markdown")[0].source)[0]
    assert int(told) > expected - 5
    assert how == "play" or int(told) < expected + 7


#: By notebook: what its exercise gets from cells above, answers that are wrong, and the right one.
ANSWERS: dict[str, tuple[str, list[str], str]] = {
    "02": (
        "import numpy as np; from cmo_kit import decode, load_instance; from cmo_kit.views import FIGURE_3_KEYS\n"
        "instance = load_instance('fig3'); keys = np.array(FIGURE_3_KEYS); batches = 11",
        ["[0.0, 0.0]", "[0.2, 0.9]", "[0.5, 0.5]", "[0.0, 0.3]"],
        "[0.44, 0.0]",
    ),
    "03": (
        "from cmo_kit import load_instance; from cmo_kit.course.model_by_hand import without\n"
        "instance = load_instance('tiny-pipeline'); seconds = 60.0; complete = without(instance, seconds=seconds)",
        ["()", "(4,)", "(7, 7)", "(5, 7)"],
        "(7, 4)",
    ),
    "04": (
        "import numpy as np; from cmo_kit.views.layout import wheel_shares; T = np.array([32.0, 50, 73])",
        ["1.0", "32", "73", "1e9"],
        "41",
    ),
    "05": (
        "problems = 1; mean_totals = lambda *_, **changes: {'batch by batch': 60 * 225.2}",
        ["295", "0", "180"],
        "212",
    ),
    "08": ("", ["(2, 19)", "(4, 3)", "(3, 2)", "(1, 2, 3)", "(2, 3, 1)", "()"], "(3, 2, 1)"),
    "15": ("", ["1", "5", "7", "-6"], "6"),
    "09": (
        "from datetime import date as parsed; from types import SimpleNamespace as Some\n"
        "parse_date = lambda text, _: parsed.fromisoformat(text)\n"
        "with_order = Order = lambda *_, **changes: None; promise = lambda *_, **changes: Some(day=159)\n"
        "calendar = Some(ready=lambda _: parsed(2027, 6, 12))\n"
        "new_batches, instance, client, plan, due, day, seconds = 6, *'abcdef'",
        ["'2027-06-07'", "'2027-06-17'", "'2027-05-28'"],
        "'2027-06-11'",
    ),
}


@pytest.mark.parametrize("number", ANSWERS)
def test_an_exercise_says_not_yet_to_wrong_answers(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Its cell run with other answers in the first line."""
    (path,) = FOLDER.glob(f"{number}_*.ipynb")
    (source,) = (cell.source for cell in cells(path, "code") if cell.source.startswith("my_"))
    name, rest = source.split(" = ")[0], source.split("\n", 1)[1]
    before, wrong, right = ANSWERS[number]
    space: dict[str, Any] = {}
    exec(before, space)
    for answer in (*wrong, right):
        exec(f"{name} = {answer}\n{rest}", space)
        assert capsys.readouterr().out.rstrip().endswith("right" if answer == right else "not yet"), answer


@every_notebook
def test_answers_are_folded_away_as_they_say(path: Path) -> None:
    every = read(path, 4).cells
    said = [k + 1 for k, cell in enumerate(every) if "folded away" in cell.source]
    assert said == [k for k, cell in enumerate(every) if "answer" in cell.metadata.get("tags", [])]
    assert all(every[k].metadata.jupyter == {"outputs_hidden": True, "source_hidden": True} for k in said)


@every_notebook
def test_what_gives_a_prediction_away_is_folded(path: Path) -> None:
    """``make notebooks`` folds it; without a rerun, ``nbconvert`` with the same preprocessor does."""
    folded = deepcopy(read(path, 4))
    fold(folded)
    assert folded == read(path, 4)
    hidden = [k for k, cell in enumerate(folded.cells) if cell.metadata.get("jupyter") == {"outputs_hidden": True}]
    assert hidden == [k for k in revealing(folded.cells) if folded.cells[k].outputs]
    assert len(hidden) >= sum(map(asks, folded.cells)) > 0


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
def test_is_no_longer_than_a_lesson(path: Path) -> None:
    """In cells, in words beside displayed equations, in lines of imports (a screen of them), and in what is printed."""
    prose = "\n".join(cell.source for cell in cells(path, "markdown"))
    statements = [statement for cell in cells(path, "code") for statement in ast.parse(cell.source).body]
    imports = [lines_of(each) for each in statements if isinstance(each, ast.Import | ast.ImportFrom)]
    printed = "".join(output.get("text", "") for output in outputs(path)).splitlines()
    assert len(read(path, 4).cells) <= 45
    assert len(re.sub(r"\$\$.*?\$\$", "", prose, flags=re.DOTALL).split()) <= 1300
    assert sum(imports) <= 30
    assert max(map(len, printed), default=0) <= 240


@every_notebook
def test_logic_of_more_than_five_lines_lives_in_the_package(path: Path) -> None:
    """But where the code itself is what is learned."""
    blocks = ast.FunctionDef | ast.ClassDef | ast.For | ast.While | ast.If | ast.With | ast.Try
    statements = [statement for cell in cells(path, "code") for statement in ast.parse(cell.source).body]
    longest = max((lines_of(each) for each in statements if isinstance(each, blocks)), default=0)
    assert longest <= (10 if path.stem[:2] in CODE_IS_TAUGHT else 5)


def lines_of(statement: ast.stmt) -> int:
    return (statement.end_lineno or 0) - statement.lineno + 1


@every_notebook
def test_links_lead_somewhere(path: Path) -> None:
    for cell in cells(path, "markdown"):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", cell.source):
            if "://" not in target:
                assert (path.parent / target).exists(), target


@pytest.mark.parametrize("name", OTHER_PARAMETERS)
def test_runs_with_other_parameters(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From another folder, to the end; ``measured`` holds the stored runs on a single problem."""
    monkeypatch.chdir(tmp_path)
    head, *rows = (FOLDER / "data" / "beyond" / "runs.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "measured").mkdir()
    measured = "\n".join([head, *(row for row in rows if "small-1" in row)])
    (tmp_path / "measured" / "runs.csv").write_text(measured, encoding="utf-8")
    run_here(FOLDER / name, OTHER_PARAMETERS[name])


def test_every_notebook_runs_with_other_parameters() -> None:
    with_parameters = {path.name for path in NOTEBOOKS if path.stem not in WITHOUT_PARAMETERS}
    assert with_parameters == {*OTHER_PARAMETERS, "06_experiment.ipynb", "07_report.ipynb"}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with the files that :data:`TRIED` names."""
    keys = {"short": [0.1] * 3, "equal": [0.5] * 13}
    for name, values in keys.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(values))
    for name, text in LISTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("number", "parameters", "words"), [entry for entry in TRIED if entry[2]])
def test_what_is_wrong_with_parameters_is_told_before_the_first_run(
    number: str, parameters: dict[str, Any], words: str, files: Path
) -> None:
    """In the first cell that computes, or, of methods, where all of them would run."""
    (path,) = FOLDER.glob(f"{number}_*.ipynb")
    assert set(parameters) <= set(papermill.inspect_notebook(str(path)))
    space: dict[str, Any] = {}
    settings, *others = (cell.source for cell in cells(path, "code")[: 3 if number == "06" else 2])
    exec(settings, space)
    space |= parameters
    with pytest.raises(InputError, match=words):
        for source in others:
            exec(source, space)


@pytest.mark.skipif(not THOROUGH, reason="a notebook takes many seconds")
@pytest.mark.parametrize(("number", "parameters"), [entry[:2] for entry in TRIED if not entry[2]])
def test_runs_with_what_others_try(number: str, parameters: dict[str, Any], files: Path) -> None:
    (path,) = FOLDER.glob(f"{number}_*.ipynb")
    run_here(path, parameters)
