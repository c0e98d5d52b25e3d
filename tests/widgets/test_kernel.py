"""The pictures in a notebook of their own: shown, touched by events, and stored, by a real kernel."""

import base64
import re
import xml.etree.ElementTree as ElementTree

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbconvert import HTMLExporter

CELLS = {
    "ga_explorer": """
from cmo_kit.widgets import Event, ga_explorer
stage = ga_explorer(seed=7)
stage.send_event(Event("click", "play"))
for _ in range(5):
    stage.send_event(Event("tick"))
stage.send_event(Event("drag", "generation", 0.5))
print(stage.state.generation, stage.state.playing, "generation 15 of 30" in stage.frame)
""",
    "beat_the_ga": """
from cmo_kit import check_schedule
from cmo_kit.widgets import Event, beat_the_ga
stage = beat_the_ga(evaluations=200)
for name in ("order-2", "gap-0-0", "order-0", "gap-1-0", "order-3", "gap-2-0", "order-1", "gap-2-1"):
    stage.send_event(Event("click", name))
schedule = stage.state.schedule
words = check_schedule(schedule.instance, schedule)
print(schedule.total_tardiness, words, "Checker: nothing is wrong." in stage.frame)
""",
    "break_a_constraint": """
from cmo_kit import load_instance
from cmo_kit.widgets import Event, break_a_constraint
stage = break_a_constraint(load_instance("tiny-one-batch"))
stage.send_event(Event("key", "", "3"))
stage.send_event(Event("key", "", "ArrowDown"))
print(stage.state.dropped, stage.state.chosen, "1 too few." in stage.frame)
""",
}
EXPECTED = {
    "ga_explorer": "15 False True",
    "beat_the_ga": "9.0 [] True",
    "break_a_constraint": "3 0 True",
}


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """One notebook with a cell that plays and a cell that shows, for each picture."""
    cells = [nbformat.v4.new_code_cell(text) for source in CELLS.values() for text in (source.strip(), "stage")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    folder = tmp_path_factory.mktemp("kernel")
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


@pytest.mark.parametrize("name", list(CELLS))
def test_events_move_the_picture_in_a_kernel(executed: nbformat.NotebookNode, name: str) -> None:
    """What the reader does changes the state and the frame that the browser gets."""
    cell = executed.cells[2 * list(CELLS).index(name)]
    assert "".join(output.text for output in cell.outputs if output.output_type == "stream").strip() == EXPECTED[name]


@pytest.mark.parametrize("name", list(CELLS))
def test_the_picture_is_shown_alive_and_still(executed: nbformat.NotebookNode, name: str) -> None:
    """A live view for a kernel, and for readers without one HTML without script that holds the frame."""
    still, live = executed.cells[2 * list(CELLS).index(name) + 1].outputs
    assert "application/vnd.jupyter.widget-view+json" in live.data
    html = still.data["text/html"]
    assert "<script" not in html
    assert "<svg" not in html  # JupyterLab would drop it from a notebook that it does not trust
    pictures = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    assert pictures
    for picture in pictures:
        ElementTree.fromstring(base64.b64decode(picture))


def test_a_page_made_from_an_executed_notebook_shows_every_picture(executed: nbformat.NotebookNode) -> None:
    """Also with the widgets' state in the notebook, where the live view alone would be an empty place."""
    assert executed.metadata["widgets"]
    html, _ = HTMLExporter().from_notebook_node(executed)
    assert html.count('class="cmo-stage cmo-still"') == len(CELLS)


#: A run that never ends, and news of it without end; the kernel takes as long to end as on a busy machine.
DRAWING = """
import atexit, threading, time
from cmo_kit.widgets import laboratory
from cmo_kit.widgets.trials import page, session

def draw(*_):
    drawn.append(None)
    return f"{len(drawn)} {100_000 * 'x'}"

def news():
    while True:
        opened.session.go_on()

atexit.register(time.sleep, 0.3)
page.BETWEEN, page.draw_runs, drawn = 0.001, draw, []
session.Setup.solve = lambda *_: time.sleep(60)
opened = laboratory("fig3")
opened.run()
threading.Thread(target=news, daemon=True).start()
while len(drawn) < 9:
    time.sleep(0.01)
"""


def test_a_kernel_that_ends_while_a_laboratory_draws_cuts_no_message() -> None:
    """JupyterLab would say of two messages in one that they are not valid JSON."""
    manager = KernelManager()
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    lengths = []
    with manager.connect_iopub() as socket:
        client.execute_interactive(DRAWING, timeout=60, output_hook=lambda _: None)
        client.shutdown()
        while socket.poll(100) or manager.is_alive():
            if socket.poll(100):
                parts = socket.recv_multipart()
                lengths.append(len(parts) - parts.index(b"<IDS|MSG>"))
    client.stop_channels()
    manager.shutdown_kernel()
    assert set(lengths) == {6} and len(lengths) > 20
