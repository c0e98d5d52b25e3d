"""JupyterLab: a notebook from a clone shows still pictures; run, they can be touched."""

import re
from io import BytesIO

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image
from playwright.sync_api import Page, expect

from tests.ui.ui_help import SECONDS, drag, expect_accessible, expect_text, live, run_all, total_after, unfold


def expect_described_pictures(page: Page) -> None:
    """The still PNG pictures that the page has now are there, and say what they show."""
    pictures = page.locator('.jp-OutputArea-output img[src^="data:image/png"]')
    expect(pictures.first).to_be_attached()
    for picture in pictures.all():
        assert re.match("Decoding fig3, step|Gantt chart of fig3", picture.get_attribute("alt") or "")
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 100)")


@pytest.fixture(scope="module", autouse=True)
def notebook(watched, lab_url: str) -> None:
    """Notebook 02, as it lies in the project."""
    watched.page.goto(lab_url.format(name="02_decoding_a_chromosome.ipynb"))
    watched.page.locator(".jp-Notebook-cell").first.wait_for()


def test_a_saved_notebook_shows_the_first_frame(page: Page) -> None:
    """Before anything is run, a picture, once unfolded, stands still, with images that are there and words for them."""
    page.get_by_text("| Idle").wait_for()
    page.wait_for_timeout(1000)
    expect(page.locator(".lm-TabBar-tab.jp-mod-current")).not_to_have_class(re.compile("jp-mod-dirty"))
    unfold(page, "decode_explorer(")
    still = page.locator(".cmo-still").first
    still.wait_for(state="attached")
    still.scroll_into_view_if_needed()
    images = still.locator("img")
    assert images.count() == 3
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 100") for image in images.all())
    assert images.first.get_attribute("alt").startswith("The chromosome of fig3")
    expect(still).to_contain_text("Total tardiness 32 days.")
    assert still.locator("button:not([disabled])").count() == 0
    assert page.get_by_text("official Jupyter news").count() == 0
    # JupyterLab drops styles from what it does not trust; in a dark theme black letters would stand on black.
    assert still.evaluate("still => getComputedStyle(still).backgroundColor") == "rgb(255, 255, 255)"
    expect_described_pictures(page)  # the notebook is not trusted yet


def test_a_dragged_key_changes_the_schedule(page: Page) -> None:
    """After Run All the same picture takes a drag, and the schedule is the one that the decoder gives."""
    run_all(page)
    stage = live(page, "Decode explorer")
    stage.wait_for(state="attached")
    running = page.locator(".jp-InputPrompt", has_text="[*]")
    expect(running).to_have_count(0, timeout=6 * SECONDS)  # until then folded outputs open and move what is below
    assert not page.locator(".cmo-still").first.is_visible()
    expect_described_pictures(page)
    stage.scroll_into_view_if_needed()
    drag(page, stage, "key-1", 0.05)
    expect_text(stage, ".cmo-total", total_after({1: 0.05}))


def test_keys_are_for_the_picture_and_not_for_the_notebook(page: Page) -> None:
    """Letters would insert and delete cells in command mode; arrows would leave the cell."""
    stage = live(page, "Decode explorer")
    stage.scroll_into_view_if_needed()
    count = page.locator(".jp-Notebook-cell").count()
    stage.focus()
    for key in ("b", "a", "d", "d", "x", "Home", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    expect_text(stage, ".cmo-total", total_after({1: 0.04}))
    assert page.locator(".jp-Notebook-cell").count() == count
    stage.get_by_role("button", name="Play").press("Space")
    expect(stage.get_by_role("button", name="Pause")).to_be_focused(timeout=SECONDS)
    stage.get_by_role("button", name="Pause").press("Space")
    expect(stage.get_by_role("button", name="Play")).to_be_focused(timeout=SECONDS)


def test_all_explorers_live_on_one_page(page: Page, lab_url: str) -> None:
    """Notebook 11 runs, and its pictures are independent of one another."""
    page.goto(lab_url.format(name="11_explorers.ipynb"))
    page.locator(".jp-Notebook-cell").first.wait_for()
    run_all(page)
    decoder, gap = live(page, "Decode explorer"), live(page, "Gap explorer")
    gap.wait_for(state="attached")
    gap.scroll_into_view_if_needed()
    gap.locator('[data-drag="clean-1"]').press("ArrowRight")
    expect_text(gap, ".cmo-gap", "Gap 11 days, setup time 8 days")
    expect_text(decoder, ".cmo-total", total_after({}))
    for theme in ("Dark", "Light"):
        page.get_by_text("Settings", exact=True).click()
        page.get_by_text("Theme", exact=True).hover()
        page.get_by_text(f"JupyterLab {theme}", exact=True).click()
        page.locator(f'body[data-jp-theme-name="JupyterLab {theme}"]').wait_for(state="attached")
        gap.scroll_into_view_if_needed()
        expect_accessible(page, ".cmo-stage:not(.cmo-still)")


def test_pictures_of_two_notebooks_and_of_a_kernel_that_is_gone(page: Page, watched, lab_folder, lab_url: str) -> None:
    """Colours beside notebook 11; a dead kernel is told; saved and opened again the picture stands still."""
    cell = new_code_cell("from cmo_kit.widgets import decode_explorer\ndecode_explorer()")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=[cell], metadata=kernel), lab_folder / "notebooks" / "two.ipynb")
    live(page, "Gap explorer").wait_for(state="attached")
    page.locator(".jp-DirListing-item", has_text="two.ipynb").dblclick()
    second = page.locator(".jp-NotebookPanel:visible", has=page.locator(".jp-Notebook"))
    expect(page.locator(".lm-TabBar-tab.jp-mod-current")).to_contain_text("two.ipynb")
    run_all(page)
    stage = second.locator(".cmo-stage:not(.cmo-still)")
    stage.wait_for(timeout=3 * SECONDS)
    box = stage.locator('[data-touch="gene-0"] rect').first
    box.scroll_into_view_if_needed()
    picture = Image.open(BytesIO(box.screenshot())).convert("RGB")
    assert (86, 180, 233) in {colour for _, colour in picture.getcolors(99_999)}  # the sky blue of the first order
    page.keyboard.press("Control+s")
    page.get_by_text("Kernel", exact=True).click()
    page.get_by_text("Shut Down Kernel", exact=True).click()
    second.get_by_text("No Kernel").first.wait_for()
    stage.get_by_role("button", name="Next").click()
    expect(stage.locator(".cmo-error").last).to_have_text("No answer: run the cell again.")
    page.goto(lab_url.format(name="two.ipynb"))
    still = page.locator(".cmo-still")
    expect(still).to_be_visible(timeout=SECONDS)
    page.get_by_text("| Idle").wait_for()
    expect(page.get_by_text("model not found")).to_be_hidden()
    told = ("model not found", "Cannot send")  # of JupyterLab, of the kernel that was shut down
    watched.errors[:] = [error for error in watched.errors if not any(text in error for text in told)]
