"""Names that are scripts, in a real browser: live pictures, stills, report and JupyterLab show them and run none."""

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Page, expect

from cmo_kit.cli import main
from cmo_kit.study.report.report import REPORT, export_html
from tests.helpers.hostile import HOSTILE, SCRIPTS
from tests.helpers.run_here import run_here
from tests.helpers.servers import ROOT
from tests.ui.ui_help import run_all
from tests.widgets.test_hostile_names import PICTURES, frames_of

#: The browser's half of the pictures with a stand-in for the kernel, one below the other for each frame.
SHOW = """async ([source, frames]) => {
    const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    for (const frame of frames) {
        const model = { get: (name) => (name === "frame" ? frame : "a label"), on() {}, off() {}, send() {} };
        module.default.render({ model, el: document.body.appendChild(document.createElement("div")) });
    }
}"""
#: What JupyterLab itself does with names it does alike for all pictures.
CALLS = ("decode_explorer(instance)", "beat_the_ga(instance, evaluations=50)")


@pytest.fixture
def blank(watched) -> Iterator[Page]:
    """A page of its own, on which names that are scripts may run if a picture lets them."""
    page = watched.page.context.new_page()
    yield page
    page.close()


def has_run(page: Page) -> bool:
    """Whether any name has run, after all that a page does when it is loaded."""
    page.wait_for_timeout(300)
    return bool(page.evaluate("() => window.ran === 1"))


def test_these_names_do_run_where_they_are_markup(blank: Page) -> None:
    """Otherwise the tests below would prove nothing."""
    blank.set_content(f"<p>{SCRIPTS[0]}</p>")
    assert has_run(blank)
    blank.set_content(f'<input value="{SCRIPTS[1]}">')
    assert has_run(blank)


@pytest.mark.parametrize("name", list(PICTURES))
def test_a_live_picture_runs_no_name(blank: Page, name: str) -> None:
    """Every frame, shown as the stage shows it; and every still form."""
    source = (ROOT / "cmo_kit" / "widgets" / "stage" / "stage.js").read_text(encoding="utf-8")
    *frames, still = frames_of(name, True)
    blank.set_content("<main></main>")
    blank.evaluate(SHOW, [source, frames])
    stages = blank.locator(".cmo-stage")
    assert stages.count() == stages.filter(has=blank.locator("svg")).count() == len(frames)
    assert not has_run(blank)
    assert SCRIPTS[0] in stages.last.inner_html().replace("&lt;", "<").replace("&gt;", ">")
    blank.set_content(still)
    assert blank.locator(".cmo-still img").count() >= 1
    assert not has_run(blank)


def test_a_report_runs_no_name(
    blank: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A study of that problem, with a title and labels of the same kind: all that notebook 07 shows and prints."""
    HOSTILE.save(tmp_path / "hostile.json")
    runs = (
        f'[[runs]]\nmethod = "expert"\nlabel = {json.dumps(SCRIPTS[1])}\n[[runs]]\nmethod = "ga"\nevaluations = 200\n'
    )
    plan, out = tmp_path / "plan.toml", tmp_path / "out"
    plan.write_text(f'name = "own"\nreport = false\n[instances]\nfiles = ["hostile.json"]\n{runs}', encoding="utf-8")
    assert main(["run", str(plan), "--out", str(out), "--workers", "1"]) == 0
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append({"text/html": data["text/html"]}))
    capsys.readouterr()
    run_here(ROOT / "notebooks" / REPORT, {"results": str(out), "title": SCRIPTS[0]})
    outputs = [new_output("display_data", data) for data in shown]
    outputs.append(new_output("stream", text=capsys.readouterr().out))
    nbformat.write(new_notebook(cells=[new_code_cell(outputs=outputs)]), tmp_path / "report.ipynb")
    blank.set_content(export_html(tmp_path / "report.ipynb", SCRIPTS[0], ()))
    assert blank.locator("img").count() >= 1
    text = blank.inner_text("body")
    assert SCRIPTS[0] in text and SCRIPTS[1] in text
    assert not has_run(blank)


def test_jupyterlab_runs_no_name(page: Page, lab_folder: Path, lab_url: str) -> None:
    """Pictures of that problem, alive in a notebook."""
    HOSTILE.save(lab_folder / "notebooks" / "hostile.json")
    shown = "".join(f"display(widgets.{call})\n" for call in CALLS)
    head = "from cmo_kit import load_instance, widgets\ninstance = load_instance('hostile.json')\n"
    cells = [new_code_cell(head + shown)]  # one cell, for JupyterLab draws only cells near to what is seen
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), lab_folder / "notebooks" / "hostile.ipynb")
    page.goto(lab_url.format(name="hostile.ipynb"))
    run_all(page)
    stages = page.locator(".cmo-stage:not(.cmo-still)")
    expect(stages).to_have_count(len(CALLS))
    for stage in stages.all():
        stage.scroll_into_view_if_needed()
        assert stage.locator("svg").count() >= 1
        assert not has_run(page)
    assert SCRIPTS[0] in "".join(stages.all_text_contents())
