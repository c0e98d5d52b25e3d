"""The app: every picture touched in Chromium, and the schedule that must follow."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.ui.ui_help import PAGES, SECONDS, drag, expect_accessible, expect_text, total_after


@pytest.fixture
def decoder(page: Page, explorer):
    """The decode explorer as it was at first."""
    stage = explorer("Decode explorer")
    again = stage.get_by_role("button", name="First keys again")
    if again.get_attribute("aria-disabled") is None:
        again.click()
    stage.focus()
    page.keyboard.press("Home")
    expect(stage.locator(".cmo-said")).to_contain_text("Sort the 13 genes", timeout=SECONDS)
    expect_text(stage, ".cmo-total", "Total tardiness 32 days.")
    return stage


def test_without_the_token_there_is_the_login_only(watched, voila_url: str) -> None:
    """Nothing of the notebook is shown, and no kernel is started."""
    place = urlsplit(voila_url)
    page = watched.page.context.browser.new_page()  # a stranger's, without cookies
    page.goto(f"http://{place.netloc}/")
    expect(page).to_have_url(f"http://{place.netloc}/login?next=%2F")
    assert page.locator(".cmo-stage").count() == 0
    assert "Explorers" not in page.content()
    page.close()


def test_a_page_has_one_picture_its_title_no_code_and_no_dead_link(page: Page, explorer, voila_url: str) -> None:
    """The app is for readers: the list of all is one link away, notebooks that are not served are none."""
    page.goto(voila_url)
    expect(page).to_have_title("Explorers of cmo_kit")
    assert [re.sub(r"^\d\. ", "", text) for text in page.locator("li a").all_inner_texts()] == [
        *PAGES.values(),
        "The laboratory",
    ]
    expect_accessible(page)
    explorer("Decode explorer")
    expect(page).to_have_title("1. From keys to a schedule")
    expect(page.locator("h1")).to_contain_text("From keys to a schedule")
    assert page.locator(".cmo-stage:visible").count() == 1
    assert page.locator(".jp-InputArea-editor:visible").count() == 0
    assert [link.get_attribute("href") for link in page.locator("a:visible").all()] == ["/"]
    expect_accessible(page)


def test_play_walks_and_pause_stops(page: Page, decoder) -> None:
    """Playing goes on by itself; a second press stops it."""
    decoder.get_by_role("button", name="Play").click()
    expect(decoder.locator("label", has_text="step")).to_contain_text(re.compile(r"step [3-9] of 13"), timeout=SECONDS)
    decoder.get_by_role("button", name="Pause").click()
    expect(decoder.get_by_role("button", name="Play")).to_be_visible(timeout=SECONDS)
    assert decoder.locator("[data-every]").count() == 0


def test_a_dragged_key_gives_the_schedule_that_the_decoder_gives(page: Page, decoder) -> None:
    """Batch 2 of order 1 moves to key 0.05: tardiness, sentence, slider and lit line follow."""
    drag(page, decoder, "key-1", 0.05)
    expect_text(decoder, ".cmo-total", total_after({1: 0.05}))
    assert total_after({1: 0.05}) != total_after({})
    expect_text(decoder, "output", "0.05")
    expect(decoder.locator(".cmo-said")).to_contain_text("Key 0.05 is order 1, batch 2")
    expect(decoder.locator(".cmo-lit")).to_contain_text("sites[l][i] =")


def test_the_slider_moves_the_chosen_key(page: Page, decoder) -> None:
    """The slider is the same key as the handle."""
    decoder.locator('[data-touch="gene-12"]').click()
    slider = decoder.locator('input[data-touch="key"]')
    expect(slider).to_have_value("0.17", timeout=SECONDS)
    slider.fill("0.6")
    expect_text(decoder, ".cmo-total", total_after({12: 0.6}))
    expect(decoder.locator(".cmo-lit")).to_have_text(re.compile(r"l \+= 1"), timeout=SECONDS)


def test_a_picked_bar_shows_its_gene(page: Page, decoder) -> None:
    """The other way round: from the bar to its key, rule and step."""
    decoder.locator('[data-touch="bar-4"]').click()
    expect(decoder.locator(".cmo-said")).to_contain_text("Key 0.44 is order 2, batch 2", timeout=SECONDS)
    expect(decoder.locator("label", has_text="step")).to_contain_text("step 7 of 13")


def test_the_keyboard_is_enough(page: Page, decoder) -> None:
    """Step with Right, change the key with Up and Page Up, play with Space; Tab leads out again."""
    decoder.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(decoder.locator(".cmo-said")).to_contain_text("Key 0.17 is Site change 2", timeout=SECONDS)
    for _ in range(4):
        page.keyboard.press("PageUp")
    page.keyboard.press("ArrowUp")
    expect_text(decoder, "output", "0.58")
    expect_text(decoder, ".cmo-total", total_after({12: 0.58}))
    page.keyboard.press("Space")
    expect(decoder.get_by_role("button", name="Pause")).to_be_visible(timeout=SECONDS)
    page.keyboard.press("Space")
    expect(decoder.get_by_role("button", name="Play")).to_be_visible(timeout=SECONDS)
    for _ in range(20):
        page.keyboard.press("Tab")
        if not decoder.evaluate("stage => stage.contains(document.activeElement)"):
            return
    raise AssertionError("Tab does not lead out")


def test_focus_stays_on_a_button_that_becomes_useless(page: Page, decoder) -> None:
    """At the last step Next cannot go on, but the keyboard keeps its place."""
    decoder.get_by_role("button", name="Last").press("Enter")
    expect(decoder.locator("label", has_text="step")).to_contain_text("step 13 of 13", timeout=SECONDS)
    expect(decoder.get_by_role("button", name="Last")).to_be_focused()


def test_a_dragged_cleaning_time_moves_the_gap(page: Page, explorer) -> None:
    """Purification is cleaned for 7 days in place of 5: it decides, and the gap is 11."""
    stage = explorer("Gap explorer")
    drag(page, stage, "clean-2", 17 / 27)
    expect_text(stage, ".cmo-gap", "Gap 11 days, setup time 8 days")
    stage.locator('[data-drag="clean-2"]').press("ArrowRight")
    expect_text(stage, ".cmo-gap", "Gap 12 days, setup time 9 days")
    stage.get_by_role("button", name="Cleaning as given").click()
    expect_text(stage, ".cmo-gap", "Gap 10 days, setup time 7 days")
    stage.locator("select").nth(1).select_option("A")
    expect_text(stage, ".cmo-gap", "Gap 6 days, setup time 3 days")
