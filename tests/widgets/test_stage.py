"""The ground of all pictures that can be touched: events, frames, errors, what is left without a kernel."""

import base64
import re
import shutil
import sys
import threading
from pathlib import Path
from queue import Empty
from xml.etree import ElementTree

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbconvert import HTMLExporter

from cmo_kit import InputError
from cmo_kit.widgets import Event, Stage, beat_the_ga, decode_explorer, ga_explorer, save_gif, save_html
from cmo_kit.widgets.drawing.markup import order_patterns, picture, tag
from cmo_kit.widgets.stage.preprocessor import VIEW, StillPictures
from cmo_kit.widgets.stage.still import still_frame

ROOT = Path(__file__).resolve().parents[2]
TOUCHABLE = ("01_the_problem", "02_decoding_a_chromosome", "11_explorers")


def count(state: int, event: Event) -> int:
    """A picture that counts clicks and refuses the fourth."""
    if state == 3 and event.kind == "click":
        raise InputError("the count is 3; it must stay <= 3")
    return state + (event.kind == "click")


def counter() -> Stage:
    return Stage(0, count, lambda state, width: f'<button data-touch="more">{state}</button>', "Counter")


def test_only_a_picture_with_steps_can_be_kept_as_a_film(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Counter has no steps that could be played"):
        save_html(counter(), tmp_path / "film.html")
    with pytest.raises(InputError, match=r"must end with \.gif"):
        save_gif(counter(), tmp_path / "film.html")


@pytest.mark.parametrize(("make", "player"), [(decode_explorer, "step"), (ga_explorer, "generation")])
def test_only_the_player_of_a_film_can_be_dragged(make, player: str, tmp_path: Path) -> None:
    """Keys of genes stand still, whose places are no steps; the handle on the curve of generations is the player's."""
    save_html(make(), tmp_path / "film.html")
    page = (tmp_path / "film.html").read_text(encoding="utf-8")
    assert f"[data-drag]:not([data-drag={player}]) {{ pointer-events: none; }}" in page
    assert f', "{player}"]), el: document' in page


def test_without_a_browser_one_sentence_says_what_draws_a_film(tmp_path: Path, monkeypatch) -> None:
    """A browser that fails is one sentence too; either way nothing is left behind."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(InputError, match="no Chromium, Chrome or Edge was found"):
        save_gif(decode_explorer(), tmp_path / "film.gif")
    monkeypatch.setattr(shutil, "which", lambda name: sys.executable)
    with pytest.raises(InputError, match="has drawn no frame"):
        save_gif(decode_explorer(), tmp_path / "film.gif")
    assert list(tmp_path.iterdir()) == []


def test_an_event_replaces_the_state_and_draws_it() -> None:
    """One click, one more; other events leave state and frame alone."""
    stage = counter()
    stage.send_event(Event("click", "more"))
    assert stage.state == 1
    assert stage.frame == '<button data-touch="more">1</button>'
    stage.send_event(Event("tick"))
    assert stage.state == 1


def test_of_two_views_one_lets_the_picture_play(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that the reader used last, or that is left; the others are answered, or they would call it silent."""
    stage, answers = Stage(0, lambda n, event: n + (event.kind == "tick"), lambda n, width: str(n), "Clock"), []
    monkeypatch.setattr(stage, "send", answers.append)
    for view, kind, state in (
        ("b", "room", 0), ("a", "click", 0), ("a", "tick", 1), ("b", "tick", 1), ("a", "tick", 2), ("b", "tick", 2),
        ("b", "click", 2), ("a", "tick", 2), ("b", "tick", 3), ("a", "tick", 3), ("a", "tick", 4),
    ):  # fmt: skip
        stage._receive(stage, {"kind": kind, "target": "", "value": 900, "number": view, "view": view}, None)
        assert stage.state == state
        assert answers.pop() == {"answered": view, "view": view}


def test_bad_input_is_a_sentence_in_the_picture_and_goes_away() -> None:
    """The state stays, the sentence is escaped and announced, and the next event that works removes it."""
    stage = counter()
    for _ in range(4):
        stage.send_event(Event("click"))
    assert stage.state == 3
    assert 'role="alert">the count is 3; it must stay &lt;= 3</p>' in stage.frame
    stage.send_event(Event("tick"))
    assert stage.frame == '<button data-touch="more">3</button>'


def test_a_state_that_is_set_is_drawn() -> None:
    """Controls outside the picture set the state."""
    stage = counter()
    stage.state = 7
    assert ">7<" in stage.frame


def test_events_of_many_threads_are_done_one_after_another() -> None:
    """No click is lost, whichever thread brings it."""
    stage = Stage(0, lambda state, event: state + 1, lambda state, width: str(state), "Counter")
    threads = [threading.Thread(target=lambda: [stage.send_event(Event("click")) for _ in range(200)]) for _ in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stage.state == 800


def test_what_a_saved_notebook_holds_of_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """The still frame as an output of its own, the same in every run, and behind it the live picture."""
    outputs: list[dict[str, object]] = []
    monkeypatch.setattr("cmo_kit.widgets.stage.stage.display", lambda data, raw: outputs.append(data))
    for stage in (counter(), counter()):
        stage._ipython_display_()
    still, live, again, other = outputs
    assert still == again
    assert still["text/plain"] == "Stage('Counter')"
    assert "cmo-still" in str(still["text/html"])
    assert [list(output) for output in (live, other)] == [[VIEW], [VIEW]]
    assert live != other


def test_a_still_frame_has_images_and_dead_controls() -> None:
    """Each SVG becomes an image with its title as alternative text; no script, nothing to press."""
    svg = picture(100, 50, "A <title>", "words", order_patterns([0, 1]), tag("rect", width=3, height=1.23456))
    html = still_frame(f'<p>x</p>{svg}<button data-touch="a">b</button><input type="range">{svg}', "label")
    sources = re.findall(r'<img width="100"[^>]* alt="A &lt;title&gt;" src="data:image/svg\+xml;base64,([^"]+)">', html)
    assert len(sources) == 2
    root = ElementTree.fromstring(base64.b64decode(sources[0]))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert 'width="3" height="1.23"' in base64.b64decode(sources[0]).decode()
    assert "<svg" not in html
    assert "<script" not in html
    assert "<button disabled" in html
    assert "<input disabled" in html


def test_a_swatch_in_a_button_stays_small_and_silent() -> None:
    """It is beside the name that it belongs to; only pictures are as wide as the page."""
    still = beat_the_ga(evaluations=20).still
    assert re.search(r'<button[^>]*order-0[^>]*><img width="20" style="max-width:100%" alt="" src="data:image', still)
    assert ".cmo-still button img { display: inline-block; width: auto;" in still


def test_the_alternative_text_of_a_still_frame_stays_in_its_attribute() -> None:
    """Quotes in a title are harmless as text; as alternative text they would end it and begin another attribute."""
    html = still_frame(picture(9, 9, '" onerror="window.ran=1 &amp;', "words"), "label")
    (image,) = re.findall(r"<img[^>]*>", html)
    assert 'alt="&quot; onerror=&quot;window.ran=1 &amp;amp;"' in image


def test_attributes_are_escaped() -> None:
    """A name with quotes and tags cannot leave its attribute."""
    assert tag("g", data_touch='"><script>') == '<g data-touch="&quot;&gt;&lt;script&gt;"/>'


def test_the_browser_half_fetches_nothing() -> None:
    """One local file: no address, no import, no evaluation of text."""
    source = (ROOT / "cmo_kit" / "widgets" / "stage" / "stage.js").read_text(encoding="utf-8")
    assert not re.search(r"https?:|\bimport\b|\beval\b|new Function|fetch\(", source)


def test_what_the_pictures_need_beside_python_is_package_data() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for name in ("widgets/stage/*.js", "widgets/stage/stage.css", "widgets/serve/voila/templates/cmo/*"):
        assert f'"{name}"' in project
        assert list((ROOT / "cmo_kit").glob(name))


@pytest.mark.parametrize("name", TOUCHABLE)
def test_committed_notebooks_hold_still_frames_only(name: str) -> None:
    """A live view without its kernel would be an error message in place of the picture."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    outputs = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("cmo-still" in data.get("text/html", "") for data in outputs)
    assert not any(VIEW in data for data in outputs)
    assert "widgets" not in notebook.metadata


def test_live_views_are_dropped_only_where_a_still_frame_stands() -> None:
    """The preprocessor of ``make notebooks`` keeps what has no other form."""
    forms = {"text/html": '<div class="cmo-still">'}, {VIEW: {"model_id": "a"}}, {VIEW: {"model_id": "b"}}
    outputs = [nbformat.v4.new_output("display_data", data) for data in forms]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=outputs)])
    assert StillPictures().preprocess(notebook, {})[0].cells[0].outputs == [outputs[0], outputs[2]]


def test_a_committed_notebook_has_whole_prints_and_no_version():
    """What was printed in pieces is one piece, other outputs stay apart, and the kernel's version is gone."""
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    pieces = [new_output("stream", name="stdout", text=text) for text in ("a\n", "b\n")]
    outputs = [*pieces, new_output("display_data", {"text/plain": "x"}), new_output("stream", name="stdout", text="c")]
    notebook = new_notebook(cells=[new_code_cell("", outputs=outputs)])
    notebook.metadata["language_info"] = {"name": "python", "version": "3"}
    committed = StillPictures().preprocess(notebook, {})[0]
    assert [output.get("text") for output in committed.cells[0].outputs] == ["a\nb\n", None, "c"]
    assert committed.metadata["language_info"] == {"name": "python"}


def test_a_page_made_from_a_notebook_shows_the_still_frame() -> None:
    """Nbconvert's HTML has the image and the sentence."""
    html, _ = HTMLExporter().from_filename(str(ROOT / "notebooks" / "11_explorers.ipynb"))
    assert 'alt="The chromosome of fig3" src="data:image/svg+xml;base64,' in html
    assert "Total tardiness 32 days." in html


def test_a_running_kernel_takes_the_messages_of_a_browser() -> None:
    """A click that arrives as the browser sends it changes the state, and is answered."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        code = "from cmo_kit.widgets import decode_explorer\nstage = decode_explorer()\nprint(stage.model_id)"
        model = stream(client, code).strip()
        content = {"kind": "click", "target": "next", "value": None, "number": 1, "view": "v"}
        data = {"method": "custom", "content": content}
        client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": model, "data": data}))
        found = stream(client, "print(stage.state.step)")
        assert found == "1\n"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def stream(client, code: str) -> str:
    """What a cell prints."""
    wanted, text = client.execute(code), ""
    while True:
        try:
            message = client.get_iopub_msg(timeout=60)
        except Empty:
            pytest.fail("the kernel is silent")
        if message["parent_header"].get("msg_id") != wanted:
            continue
        if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
            text += message["content"]["text"]
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return text
