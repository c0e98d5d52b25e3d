"""Fingers, in real touch events: values follow, and what the browser takes over for scrolling keeps the last one."""

import pytest
from playwright.sync_api import Page, expect

from cmo_kit.widgets import decode_explorer, ga_explorer, gap_explorer
from tests.ui.stand import stand
from tests.ui.ui_help import total_after


@pytest.fixture
def tablet(watched):
    """A page that is touched, as on a tablet held upright."""
    context = watched.page.context.browser.new_context(viewport={"width": 820, "height": 1180}, has_touch=True)
    yield context.new_page()
    context.close()


def fingers(page: Page):
    """Send a touch of Chromium's own protocol: ``touchStart``, ``touchMove``, ``touchEnd`` or ``touchCancel``."""
    session = page.context.new_cdp_session(page)
    return lambda kind, *points: session.send(
        "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
    )


def middle(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize(
    ("made", "handle", "grip", "distance", "wanted"),
    [
        (decode_explorer, "key-4", "circle", 100, lambda stage: stage.state.keys[4]),
        (gap_explorer, "clean-2", "rect >> nth=-1", 60, lambda stage: stage.state.cleaning[2]),
        (ga_explorer, "generation", "path", 200, lambda stage: stage.state.generation),
    ],
)
def test_a_finger_drags_every_handle(tablet: Page, made, handle, grip, distance, wanted) -> None:
    """To the right, a little up and down: the value grows and stays when the finger is lifted or called off."""
    stage = made()
    sent = stand(tablet, [stage])
    touch, before = fingers(tablet), wanted(stage)
    for end in ("touchEnd", "touchCancel"):
        x, y = middle(tablet, f'[data-drag="{handle}"] >> {grip}')
        touch("touchStart", (x, y))
        for k in range(1, 11):
            touch("touchMove", (x + distance * k / 20, y + 2 * k))
            tablet.wait_for_timeout(20)
        touch(end)
        tablet.wait_for_function("() => !document.querySelector('.cmo-dragging')")
        tablet.wait_for_timeout(100)
        assert sent[-1]["kind"] == "drop"
        assert wanted(stage) > before
        assert tablet.evaluate("() => scrollY") == 0
        before = wanted(stage)


def test_two_pictures_keep_their_colours_when_one_is_hidden(tablet: Page) -> None:
    """Every reference of every view is to a pattern of its own SVG."""
    stand(tablet, [decode_explorer(), decode_explorer()])
    expect(tablet.locator(".cmo-total").nth(1)).to_have_text(total_after({}))
    foreign = tablet.evaluate("""() => [...document.querySelectorAll("svg [fill^='url(#']")].filter((node) => {
        const [, id, colour] = node.getAttribute("fill").match(/^url\\(#(.*)\\) (#[0-9A-F]{6})$/i);
        return document.getElementById(id)?.closest("svg") !== node.closest("svg") || !colour;
    }).length""")
    assert foreign == 0


def test_a_picture_without_answer_says_so_and_goes_on_when_one_comes(tablet: Page) -> None:
    """After three seconds; what is clicked meanwhile is not done later."""
    stage = decode_explorer()
    stand(tablet, [stage])
    tablet.evaluate("() => { window.kept = window.kernel; window.kernel = (...all) => new Promise((done) => { "
                    "window.answer = async () => done(await window.kept(...all)); }); }")  # fmt: skip
    following, notice = tablet.get_by_role("button", name="Next"), tablet.locator(".cmo-stage > .cmo-error")
    following.click()
    tablet.wait_for_timeout(1500)
    expect(notice).to_be_empty()
    expect(notice).to_have_text("No answer: run the cell again.", timeout=4000)
    following.click()
    tablet.evaluate("() => { window.kernel = window.kept; window.answer(); }")
    expect(notice).to_be_empty()
    assert stage.state.step == 1
    following.click()
    expect(tablet.locator("label", has_text="step")).to_contain_text("step 2 of 13")
