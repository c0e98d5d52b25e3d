"""What the browser tests share: finding a picture, touching it, and what Python says that it must show."""

import numpy as np
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from cmo_kit import decode, load_instance
from cmo_kit.views import FIGURE_3_KEYS

SECONDS = 20_000  # milliseconds until a picture must have followed, on a machine that does other things too


#: The label of a picture -> the link to its page in the app.
PAGES = {
    "Decode explorer": "From keys to a schedule",
    "Gap explorer": "Where the gap comes from",
    "Genetic algorithm explorer": "A genetic algorithm, replayed",
    "Beat the genetic algorithm": "Beat it",
    "Break a constraint": "Break a constraint",
}


def live(page: Page, label: str) -> Locator:
    """The live picture whose label begins so."""
    return page.locator(f'.cmo-stage:not(.cmo-still)[aria-label^="{label}"]').first


def open_explorer(page: Page, address: str, label: str) -> Locator:
    """A live picture in view, on its page of the app; opened from the list of all where another page is shown."""
    stage = live(page, label)
    if not stage.count():
        page.goto(address)
        page.get_by_role("link", name=PAGES[label]).click()
        stage.wait_for(timeout=120_000)
    stage.scroll_into_view_if_needed()
    return stage


def run_all(page: Page) -> None:
    """Run > Run All Cells to its end, once the kernel is there; before, JupyterLab would only clear the outputs."""
    page.get_by_text("| Idle").wait_for()
    page.get_by_text("Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    indicator = page.locator(".jp-NotebookPanel:visible .jp-Notebook-ExecutionIndicator")  # not idle between two cells
    expect(indicator).to_have_attribute("data-status", "busy")
    expect(indicator).to_have_attribute("data-status", "idle", timeout=15 * SECONDS)


def total_after(changes: dict[int, float]) -> str:
    """What the decode explorer must say when these keys of Figure 3 are changed, by the decoder itself."""
    keys = np.array(FIGURE_3_KEYS)
    for gene, key in changes.items():
        keys[gene] = key
    return f"Total tardiness {decode(load_instance('fig3'), keys).total_tardiness:g} days."


def expect_text(stage: Locator, selector: str, text: str) -> None:
    expect(stage.locator(selector)).to_have_text(text, timeout=SECONDS)


def drag(page: Page, stage: Locator, name: str, fraction: float) -> None:
    """Drag a handle with the mouse to a place on its rail, in many small moves."""
    handle = stage.locator(f'[data-drag="{name}"]')
    handle.scroll_into_view_if_needed()
    knob, rail = handle.locator("circle, rect").last.bounding_box(), stage.locator("[data-rail]").first.bounding_box()
    y = knob["y"] + knob["height"] / 2
    page.mouse.move(knob["x"] + knob["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(rail["x"] + rail["width"] * fraction, y, steps=15)
    page.mouse.up()


def expect_accessible(page: Page, *parts: str) -> None:
    """What axe finds serious or worse in the page, or in these parts of it: names, roles, contrast, tab stops."""
    found = Axe().run(page, context={"include": [[part] for part in parts]} if parts else None)
    serious = [entry for entry in found.response["violations"] if entry["impact"] in ("serious", "critical")]
    assert [(entry["id"], [node["html"] for node in entry["nodes"]]) for entry in serious] == []


def unfold(page: Page, code: str) -> None:
    """Open what the cell with this code shows, folded behind a question, as a reader does."""
    folded = page.locator(".jp-CodeCell", has_text=code).first.locator(".jp-OutputPlaceholder")
    folded.scroll_into_view_if_needed()
    expect(folded.locator(".jp-PlaceholderText")).to_be_hidden()  # the output's first line, which may be the answer
    folded.locator(".jp-MoreHorizIcon").click()
