"""The laboratory in JupyterLab and in the app: every control by mouse and keyboard, and what must follow."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from cmo_kit import load_instance, solve
from tests.helpers.servers import ROOT
from tests.ui.ui_help import SECONDS, expect_accessible, unfold

NOTEBOOK = "16_laboratory.ipynb"


@pytest.fixture(scope="module", autouse=True)
def notebook(watched, lab_url: str) -> None:
    """The notebook as it lies in the project, on a small screen."""
    watched.page.set_viewport_size({"width": 1024, "height": 768})
    watched.page.goto(lab_url.format(name=NOTEBOOK))
    watched.page.locator(".jp-Notebook-cell").first.wait_for()


def choose(page: Page, menu: str, entry: str) -> None:
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{menu}$")).click()
    page.get_by_text(entry, exact=True).click()


def room(page: Page) -> Locator:
    """The laboratory that is alive."""
    return page.locator(".widget-vbox.cmo-live", has=page.locator("textarea")).first


def button(page: Page, name: str) -> Locator:
    return room(page).get_by_role("button", name=name, exact=True)


def field(page: Page, name: str, number: int = 0) -> Locator:
    """A control by the words in front of it; of side B the second."""
    row = room(page).locator(".widget-inline-hbox", has=page.get_by_text(name, exact=True)).nth(number)
    return row.locator("select, input, textarea").first


def expect_said(page: Page, text: str | re.Pattern[str]) -> None:
    expect(room(page).get_by_role("status")).to_contain_text(text, timeout=2 * SECONDS)


def expect_code_repeats(page: Page, run: int) -> None:
    """The line that the page shows, executed here, has the total tardiness that the page shows."""
    space: dict[str, object] = {}
    code = field(page, "as code").input_value().split("\n\nfrom ")[0]
    exec(code.replace("\nsolve(", "\nresult = solve("), space)
    expect(room(page).locator("svg").first).to_contain_text(f"{run}: {space['result'].total_tardiness:.6g}")


def test_a_saved_notebook_shows_a_run(page: Page) -> None:
    """Folded, for it answers a question; running the cell opens it too."""
    expect(page.locator(".cmo-still:visible")).to_have_count(0)
    unfold(page, "laboratory(")
    still = page.locator(".cmo-still").first
    still.scroll_into_view_if_needed()
    assert all(image.evaluate("image => image.decode().then(() => true)") for image in still.locator("img").all())
    assert still.locator("img").count() == 3
    expect(still).to_contain_text("Ready. run 1: generation 99")
    expect(still).to_contain_text('solve(instance, "ga", seed=7')


def test_runs_begin_pause_step_and_stop_by_mouse(page: Page) -> None:
    page.get_by_text("| Idle").wait_for()
    choose(page, "Run", "Run All Cells")
    room(page).wait_for(timeout=4 * SECONDS)
    expect(page.locator(".cmo-still").first).to_be_hidden()
    room(page).scroll_into_view_if_needed()
    field(page, "at most").select_option("generations")
    field(page, "number").fill("100000")
    field(page, "patience").fill("0")
    field(page, "patience").press("Tab")
    button(page, "Run").click()
    expect_said(page, re.compile(r"Running. run 2: generation \d\d"))
    button(page, "Pause").click()
    expect_said(page, re.compile(r"Paused. run 2: generation \d+, best \d+"))
    before = int(re.search(r"generation (\d+)", room(page).get_by_role("status").inner_text())[1])
    button(page, "Step").click()
    expect_said(page, f"Paused. run 2: generation {before + 1}, best")
    expect_code_repeats(page, 2)
    button(page, "Go on").click()
    expect_said(page, re.compile(rf"Running. run 2: generation (?!{before + 1},)"))
    button(page, "Stop").click()
    expect_said(page, "Ready. run 2")
    expect(room(page).locator("table")).to_contain_text("stopped")
    expect_code_repeats(page, 2)
    expect_accessible(page, ".widget-vbox.cmo-live:has(textarea)")


def test_two_runs_are_set_up_and_compared_by_keyboard_alone(page: Page) -> None:
    """Letters choose in a menu, arrows in a number; nothing of it reaches the notebook."""
    cells = page.locator(".jp-Notebook-cell").count()
    field(page, "problem").focus()
    page.keyboard.type("fig3")
    for value in ("11", "12", "generations", "6", "3"):  # seed, population, limit, its number, patience
        page.keyboard.press("Tab")
        page.keyboard.press("ControlOrMeta+a") if value.isdigit() else None
        page.keyboard.type(value)
    room(page).get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    expect(field(page, "selection", 1)).to_be_visible(timeout=SECONDS)
    field(page, "selection", 1).focus()
    for value in ("tournament", "one", "exchange", "none", "0.5", "0.25", "2", "atcs"):
        page.keyboard.press("ControlOrMeta+a") if value[0].isdigit() else None
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    expect(field(page, "w", 1)).to_have_value("2")
    button(page, "Run").press("Enter")
    expect_said(page, re.compile(r"Ready. run 3: generation [3-6], best .* and run 4: generation [3-6]"))
    table = room(page).locator("tbody tr").first
    expect(table).to_contain_text(
        "population size 12, patience 3, selection tournament, crossover one point, mutation exchange, elitism none, "
        "crossover 0.5, mutation 0.25, w 2.0, begins with atcs"
    )
    expect_code_repeats(page, 3)
    result = solve(load_instance("fig3"), "ga", 11, generations=6, patience=3, population_size=12)
    expect(room(page).locator("svg").first).to_contain_text(f"3: {result.total_tardiness:.6g}")
    expect(room(page).locator("svg")).to_have_count(4)  # curves, population, two schedules
    field(page, "show run").focus()
    page.keyboard.press("ArrowDown")
    expect_said(page, "Ready. run 1")
    button(page, "Forget").press("Space")
    expect_said(page, "Ready. Choose")
    assert page.locator(".jp-Notebook-cell").count() == cells


def test_a_cell_of_ones_own_follows_its_controls(page: Page) -> None:
    cell = page.locator(".widget-vbox.cmo-live", has=page.locator(".widget-interact"))
    cell.scroll_into_view_if_needed()
    before = cell.locator("img").get_attribute("src")
    cell.locator("select").select_option("two_point")
    page.wait_for_function("([cell, before]) => cell.querySelector('img')?.src !== before",
                           arg=[cell.element_handle(), before])  # fmt: skip


@pytest.mark.parametrize("width", [1024, 1366])
def test_fits_a_small_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    button(page, "Run").click()
    expect_said(page, "Ready. run")
    room(page).scroll_into_view_if_needed()
    wide = """room => [...room.children].filter(child => child.scrollWidth > room.clientWidth).map(c => c.outerHTML)"""
    assert room(page).evaluate(wide) == []
    room(page).screenshot(path=ROOT / "results" / "ui" / f"laboratory-{width}.png")


def test_interrupt_and_restart_leave_a_page_that_works(page: Page) -> None:
    """The kernel is interrupted while a run is under way, which goes on; after a restart the cell runs again."""
    field(page, "problem").select_option("large-1")
    field(page, "number").fill("100000")
    field(page, "patience").fill("0")
    field(page, "patience").press("Tab")
    button(page, "Run").click()
    expect_said(page, re.compile(r"Running. run \d"))
    choose(page, "Kernel", "Interrupt Kernel")
    expect_said(page, re.compile(r"Running. run \d: generation [1-9]"))
    button(page, "Pause").click()
    expect(field(page, "as code")).to_have_value(re.compile("patience=None"), timeout=SECONDS)
    choose(page, "Kernel", "Restart Kernel and Run All Cells…")
    page.get_by_role("dialog").get_by_role("button", name="Confirm Kernel Restart").click()
    expect_said(page, "Ready. run 1: generation 99")
    button(page, "Step").click()
    expect_said(page, "Paused. run 2: generation 0")


def test_the_app_shows_the_same_without_code(page: Page, voila_url: str) -> None:
    page.goto(voila_url)
    page.get_by_role("link", name="The laboratory").click()
    room(page).wait_for(timeout=120_000)
    button(page, "Step").click()
    expect_said(page, "Paused. run 2: generation 0")
    button(page, "Stop").click()
    expect_said(page, "Ready. run 2: generation 0")
    page.screenshot(path=ROOT / "results" / "ui" / "laboratory-voila.png")
    page.goto("about:blank")
