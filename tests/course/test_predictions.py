"""Questions are found and what answers them is folded; the ledger keeps what was predicted and what came."""

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cmo_kit import InputError
from cmo_kit.course.copies import walkthroughs
from cmo_kit.course.ledger import Prediction, predict, predictions, read_ledger
from cmo_kit.course.predicting import asks, names, question, questions, revealing
from tests.helpers.copies import worked_through


def test_cells_up_to_the_next_text_reveal_and_texts_before_them_do_not_end_the_question() -> None:
    text, code = new_markdown_cell("said"), new_code_cell("1")
    for words in ("**Predict:** what?", "**Before you run** the next cell: what?", "Before you look: what?"):
        asked = new_markdown_cell(f"Seen. {words}\n\nMore.")
        assert revealing([code, asked, code, code, text, code]) == [2, 3]
        assert revealing([asked, text, code, text, code]) == [2]
        assert question(asked) == "what?"
    assert not asks(new_markdown_cell("One can predict: much")) and not asks(new_code_cell("# Predict: x"))


def test_every_question_has_a_name_of_its_own() -> None:
    asked = [names(path.name, nbformat.read(path, 4).cells) for path in walkthroughs()]
    found = [name for each in asked for name in each.values()]
    assert len(set(found)) == len(found) > 100
    assert set(found) < set(questions())
    assert questions()["02-1"] == "which gene comes first, and which one last?"


def test_the_ledger_has_what_was_predicted_first_and_what_came_first(tmp_path: Path) -> None:
    """In a kernel: cells that show nothing or fail are passed over, and what is seen is seen all the same."""
    first = "from cmo_kit.course.ledger import predict, predictions\nimport numpy as np"
    cells = [
        f"{first}\npredict('02-1', np.arange(2))\n3", "x = 1", "print(x)\n1 / 0", "print('it is', x)\nx + 1",
        "print('later')", "predict('02-1', 'anew')", "x",
        "predict('02.3', None)", "x", "predict('02-2', {1, 2})", "predict('02-3', 0.5)",
        "from IPython.display import display\ndisplay({'text/plain': 'a picture'}, raw=True)", "predictions()",
    ]  # fmt: skip
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    notebook.cells[2].metadata["tags"] = ["raises-exception"]
    worked_through(notebook, tmp_path)
    assert [output.get("text") for output in notebook.cells[3].outputs] == ["it is 1\n", None]
    assert read_ledger(tmp_path) == [
        Prediction("02-1", [0, 1], "it is 1\n2", 1),
        Prediction("02-2", "{1, 2}"),
        Prediction("02-3", 0.5, "a picture"),
    ]
    shown = notebook.cells[-1].outputs[0].data["text/html"]
    for words in ("<caption>What you predicted, and what came<", "which gene comes first", "[0, 1]", "not seen yet"):
        assert words in shown


def test_nothing_in_the_ledger_is_lost_and_damaged_lines_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    predictions()
    predict("14-2", None)
    assert capsys.readouterr().out.startswith("no predictions yet\nnot predicted yet")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "predictions").mkdir()
    path = tmp_path / "predictions" / "14.jsonl"
    damaged = b'{"name": "14-1", "came": 3}\n[1]\n7\n\xff{"name": {}, "predicted": 1}\n{"name": "14-1", "pre'
    path.write_bytes(damaged)
    predict("14-2", float("nan"))
    assert path.read_bytes() == damaged + f"\n{json.dumps({'name': '14-2', 'predicted': 'nan'})}\n".encode()
    assert read_ledger() == [Prediction("14-2", "nan")]
    for name in ("../1-1", "2-1", 3, "02"):
        with pytest.raises(InputError, match="must be a question's, such as '02-1'"):
            predict(name, 1)  # type: ignore[arg-type]
