"""The app in a browser: without its token the page is the login, with it the pictures live."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.ui.ui_help import open_explorer


def test_without_the_token_there_is_the_login_only(page: Page, voila_url: str) -> None:
    """Nothing of the notebook is shown, and no kernel is started."""
    place = urlsplit(voila_url)
    page.goto(f"http://{place.netloc}/")
    expect(page).to_have_url(f"http://{place.netloc}/login?next=%2F")
    assert page.locator(".cmo-stage").count() == 0
    assert "Explorers" not in page.content()


def test_the_printed_address_opens_the_pictures(page: Page, voila_url: str) -> None:
    """With the token the websocket to the kernel is open too: a click is answered."""
    stage = open_explorer(page, voila_url, "Decode explorer")
    stage.get_by_role("button", name="Next").click()
    expect(stage.locator("label", has_text="step")).to_contain_text("step 1 of 13", timeout=20_000)
