"""Pictures by themselves: fingers, widths, heights, keys, names, and a kernel that does not answer."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from cmo_kit import load_instance
from cmo_kit.widgets import (
    Event,
    Stage,
    beat_the_ga,
    break_a_constraint,
    decode_explorer,
    ga_explorer,
    gap_explorer,
    save_gif,
    save_html,
)
from tests.ui.stand import stand
from tests.ui.ui_help import drag, total_after

Opened = Callable[..., Page]
MAKERS: dict[str, Callable[[], Stage]] = {
    "decode": decode_explorer,
    "gap": gap_explorer,
    "ga": ga_explorer,
    "beat": lambda: beat_the_ga(evaluations=50),
    "constraint": lambda: break_a_constraint(load_instance("tiny-one-batch")),
}
#: What is clicked in each picture before it is looked at, so that every page and every part is seen.
LOOKS = [("decode", "next"), ("gap",), ("ga", "next"), ("ga", "next", "page-crossing"), ("ga", "page-best"),
         ("ga", "page-ancestry"), ("beat", "order-2", "gap-0-0", "order-0"), ("constraint", "without-3")]  # fmt: skip


@pytest.fixture(scope="module")
def made() -> dict[str, Stage]:
    """Every picture once."""
    return {name: make() for name, make in MAKERS.items()}


@pytest.fixture
def opened(watched) -> Iterator[Opened]:
    """Opens an empty page, as wide as a tablet held upright unless told, that can be touched."""
    contexts = []

    def open_page(width: int = 820, height: int = 1180) -> Page:
        browser = watched.page.context.browser
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, has_touch=True))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
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


def slide(page: Page, begin: tuple[float, float], end: tuple[float, float], last: str = "touchEnd") -> None:
    """A finger goes from a point to another in ten moves, and is lifted or called off."""
    touch = fingers(page)
    touch("touchStart", begin)
    for k in range(1, 11):
        touch("touchMove", tuple(a + (b - a) * k / 10 for a, b in zip(begin, end, strict=True)))
        page.wait_for_timeout(20)
    touch(last)
    page.wait_for_function("() => !document.querySelector('.cmo-dragging')")
    page.wait_for_timeout(100)


@pytest.mark.parametrize(
    ("name", "handle", "grip", "distance", "wanted"),
    [
        ("decode", "key-4", "circle", 50, lambda stage: stage.state.keys[4]),
        ("gap", "clean-2", "rect >> nth=-1", 30, lambda stage: stage.state.cleaning[2]),
        ("ga", "generation", "path", 100, lambda stage: stage.state.generation),
    ],
)
def test_a_finger_drags_every_handle(opened: Opened, name: str, handle, grip, distance, wanted) -> None:
    """To the right, a little up and down: the value grows and stays when the finger is lifted or called off."""
    page, stage = opened(), MAKERS[name]()
    sent = stand(page, [stage])
    before = wanted(stage)
    for end in ("touchEnd", "touchCancel"):
        x, y = middle(page, f'[data-drag="{handle}"] >> {grip}')
        slide(page, (x, y), (x + distance, y + 20), end)
        assert sent[-1]["kind"] == "drop"
        assert wanted(stage) > before
        assert page.evaluate("() => scrollY") == 0
        before = wanted(stage)


def test_a_schedule_is_built_by_carrying(opened: Opened) -> None:
    """An order is carried to a Site with a finger, and a run to another with the mouse; let go outside it stays."""
    page, stage = opened(), MAKERS["beat"]()
    stand(page, [stage])

    def sites() -> list[list[str]]:
        return [[f"{run.order}x{run.batches}" for run in site] for site in stage.state.sites]

    board = page.locator("svg[role=group]").nth(1).bounding_box()
    lane = lambda l: (board["x"] + 300, board["y"] + 90 + l * 73 * board["width"] / 560)  # noqa: E731
    slide(page, middle(page, '[data-touch="order-2"]'), lane(0))
    assert sites() == [["3x3"], [], []]
    page.mouse.move(*middle(page, '[data-touch="run-0-0"] rect >> nth=0'))
    page.mouse.down()
    page.mouse.move(*lane(1), steps=5)
    expect(page.locator(".cmo-mark")).to_have_text("3 of o3")
    page.mouse.up()
    expect(page.locator(".cmo-mark")).to_have_count(0)
    expect(page.locator('[data-touch="run-1-0"]')).to_be_visible()
    assert sites() == [[], ["3x3"], []]
    slide(page, middle(page, '[data-touch="run-1-0"] rect >> nth=0'), (400, 1100))
    assert sites() == [[], ["3x3"], []]
    slide(page, middle(page, '[data-touch="run-1-0"] rect >> nth=0'), middle(page, '[data-touch="tray"]'))
    assert sites() == [[], [], []]
    expect(page.get_by_text("Checker")).to_have_count(0)


def test_two_pictures_keep_their_colours_when_one_is_hidden(opened: Opened) -> None:
    """Every reference of every view is to a pattern of its own SVG, and has a plain colour to fall back on."""
    page = opened()
    stand(page, [decode_explorer(), decode_explorer()])
    expect(page.locator(".cmo-total").nth(1)).to_have_text(total_after({}))
    foreign = page.evaluate("""() => [...document.querySelectorAll("svg [fill^='url(#']")].filter((node) => {
        const [, id, colour] = node.getAttribute("fill").match(/^url\\(#(.*)\\) (#[0-9A-F]{6})$/i);
        return document.getElementById(id)?.closest("svg") !== node.closest("svg") || !colour;
    }).length""")
    assert foreign == 0


def test_a_picture_without_answer_says_so_and_goes_on_when_one_comes(opened: Opened) -> None:
    """After three seconds; what is clicked meanwhile is not done later."""
    page, stage = opened(), decode_explorer()
    stand(page, [stage])
    page.evaluate("() => { window.kept = window.kernel; window.kernel = (...all) => new Promise((done) => { "
                  "window.answer = async () => done(await window.kept(...all)); }); }")  # fmt: skip
    following, notice = page.get_by_role("button", name="Next"), page.locator(".cmo-stage > .cmo-error")
    following.click()
    page.wait_for_timeout(1500)
    expect(notice).to_be_empty()
    expect(notice).to_have_text("No answer: run the cell again.", timeout=4000)
    following.click()
    page.evaluate("() => { window.kernel = window.kept; window.answer(); }")
    expect(notice).to_be_empty()
    assert stage.state.step == 1
    following.click()
    expect(page.locator("label", has_text="step")).to_contain_text("step 2 of 13")


#: The least size of letters on the screen, and whether anything stands outside the stage.
MEASURE = """() => {
    const stage = document.querySelector(".cmo-stage"), box = stage.getBoundingClientRect(), sizes = [];
    for (const text of stage.querySelectorAll("svg[role=group] text")) {
        sizes.push(parseFloat(text.getAttribute("font-size")) * text.getScreenCTM().a);
    }
    for (const node of stage.querySelectorAll("button, label, p, li, code")) {
        sizes.push(parseFloat(getComputedStyle(node).fontSize));
    }
    const frame = stage.querySelector(".cmo-frame");
    const cut = [...stage.querySelectorAll("svg[role=group] text")].filter((text) => {
        const [here, room] = [text, text.ownerSVGElement].map((node) => node.getBoundingClientRect());
        return here.left < room.left - 3 || here.right > room.right + 3;
    }).map((text) => text.textContent);
    return { cut, least: Math.min(...sizes), height: box.height, scrolls: frame.scrollWidth > frame.clientWidth + 1 };
}"""


@pytest.mark.parametrize(("width", "least"), [(1460, 16), (934, 12), (700, 12), (570, 11.4), (390, 11)])
def test_letters_are_as_large_as_the_room_allows(opened: Opened, made: dict[str, Stage], width: int, least) -> None:
    """A lecture hall, JupyterLab at 1366 and at 1024 with and without a side bar, a telephone, which scrolls."""
    page = opened(width, 1080)
    for name, *clicks in LOOKS:
        for target in clicks:
            made[name].send_event(Event("click", target))
        stand(page, [made[name]])
        found = page.evaluate(MEASURE)
        assert found["least"] >= least, name
        assert found["scrolls"] == (width < 570), name
        assert found["cut"] == [], name


@pytest.mark.parametrize(("width", "height", "room"), [(934, 645, 660), (1366, 768, 768), (1920, 950, 950)])
def test_what_moves_together_has_room_on_one_screen(opened: Opened, width: int, height: int, room: int) -> None:
    """JupyterLab at 1366 x 768 leaves 934 x 645, the app all of it; a problem of the paper's own size fits as well."""
    page = opened(width, height)
    stages = [decode_explorer(), decode_explorer(load_instance("small-1")), ga_explorer()]
    stand(page, stages)
    for k, last in enumerate(("pre", "svg >> nth=-1", "svg >> nth=-1")):
        stage = page.locator(".cmo-stage").nth(k)
        box = stage.locator(last).bounding_box()
        assert box["y"] + box["height"] - stage.bounding_box()["y"] <= room


def test_nothing_jumps_while_a_picture_is_dragged_or_plays(opened: Opened) -> None:
    """Where a picture stands and how high it is stays the same, and nothing is read aloud while it plays."""
    page, stage = opened(934, 645), decode_explorer()
    stand(page, [stage])
    page.evaluate("""() => {
        window.seen = new Set();
        new MutationObserver(() => seen.add([...document.querySelectorAll("svg[role=group]")].slice(0, 2)
            .map((svg) => Math.round(svg.getBoundingClientRect().y + svg.getBoundingClientRect().height)).join()))
            .observe(document.querySelector(".cmo-frame"), { subtree: true, childList: true, attributes: true });
    }""")
    for place in (0.3, 0.31, 0.99):
        drag(page, page.locator(".cmo-stage"), "key-4", place)
    page.get_by_role("button", name="First", exact=True).click()
    page.get_by_role("button", name="Play").click()
    expect(page.locator("label", has_text="step")).to_contain_text("step 2 of 13")
    assert page.locator('[aria-live="polite"]').count() == 0
    page.get_by_role("button", name="Pause").click()
    expect(page.locator('[aria-live="polite"]').first).to_be_attached()
    assert len(page.evaluate("() => [...window.seen]")) == 1


#: Controls that a rule of accessibility forbids: without a name, out of the keyboard's reach, or too small a target.
FORBIDDEN = """() => {
    const stage = document.querySelector(".cmo-stage"), wrong = [];
    const roles = "[role=button], [role=slider], button, input, select, textarea, [tabindex]";
    for (const node of stage.querySelectorAll(roles)) {
        const name = node.getAttribute("aria-label") || node.closest("label")?.textContent || node.textContent;
        if (!name.trim()) wrong.push(`no name: ${node.outerHTML.slice(0, 90)}`);
        if (node.tabIndex < 0 && node.getAttribute("role") !== "slider") wrong.push(`no tab stop: ${name}`);
        const { width, height } = node.getBoundingClientRect();
        const least = node.matches("[type=range]") ? 16 : 24;
        if (Math.min(width, height) < least) wrong.push(`small: ${name} ${width} ${height}`);
    }
    for (const id of [...stage.querySelectorAll("[id]")].map((node) => node.id)) {
        if (document.querySelectorAll(`[id="${id}"]`).length > 1) wrong.push(`twice: ${id}`);
    }
    for (const node of stage.querySelectorAll("[role=img]")) {
        if (!node.getAttribute("aria-label")) wrong.push("a part without a name");
    }
    const light = (colour) => {
        const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
        const [r, g, b] = parts.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (const text of stage.querySelectorAll("svg text, p, strong, span, label, code")) {
        if (text.closest("[opacity], button") || !text.textContent.trim()) continue;
        const style = getComputedStyle(text);
        const colour = light(text.closest("svg") ? style.fill : style.color);
        const inside = style.fill === "rgb(255, 255, 255)"; // on a dark ground of its own
        if (1.05 / (colour + 0.05) < 4.5 && !inside) wrong.push(`pale: ${text.textContent}`);
    }
    return wrong;
}"""


def test_every_control_can_be_found_named_and_hit(opened: Opened, made: dict[str, Stage]) -> None:
    """In every look of every picture, at the width of a tablet."""
    page = opened()
    for name, *clicks in LOOKS:
        for target in clicks:
            made[name].send_event(Event("click", target))
        stand(page, [made[name]])
        assert page.evaluate(FORBIDDEN) == [], (name, clicks)


def test_keys_reach_a_picture_by_its_pad_and_large_fills_the_screen(opened: Opened) -> None:
    """The pad has the role in which screen readers hand keys on, and is the first tab stop."""
    page, stage = opened(934, 645), decode_explorer()
    stand(page, [stage])
    page.keyboard.press("Tab")
    pad = page.get_by_role("application", name="Decode explorer of fig3. Click anything")
    expect(pad).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("label", has_text="step")).to_contain_text("step 1 of 13")
    large = page.get_by_role("button", name="Large")
    large.click()
    expect(large).to_have_attribute("aria-pressed", "true")
    large.click()
    expect(large).to_have_attribute("aria-pressed", "false")
    assert stage.state.step == 1


def test_a_film_plays_without_a_kernel(opened: Opened, tmp_path: Path) -> None:
    """One file: it plays to its end, and buttons, slider and keys of the player walk through it."""
    save_html(decode_explorer(), tmp_path / "film.html")
    page, errors = opened(934, 645), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "film.html").as_uri())
    step = page.locator("label", has_text="step")
    expect(step).to_contain_text("step 0 of 13")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("application").press("ArrowRight")
    expect(step).to_contain_text("step 2 of 13")
    page.locator('input[data-touch="step"]').fill("12")
    expect(page.locator(".cmo-said")).to_contain_text("Key 0.98 is order 1, batch 3")
    page.locator('[data-drag="key-8"]').press("ArrowUp")
    drag(page, page.locator(".cmo-stage"), "key-8", 0.2)
    page.locator('input[data-touch="step"]').press("ArrowRight")
    expect(step).to_contain_text("step 13 of 13")
    page.locator('input[data-touch="step"]').fill("12")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(step).to_contain_text("step 13 of 13")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert errors == []


def test_a_film_is_a_gif_with_every_step(tmp_path: Path) -> None:
    """Two steps, both drawn as a browser shows them, the last for longer; nothing else is left in the folder."""
    instance = load_instance("tiny-one-batch")
    stage = decode_explorer(instance)
    save_gif(stage, tmp_path / "film.gif", 600)
    assert [file.name for file in tmp_path.iterdir()] == ["film.gif"]
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == instance.key_count + 1
        frames = [(film.seek(k), film.convert("RGB"), film.info["duration"])[1:] for k in range(film.n_frames)]
    assert frames[0][0].width == 600
    assert [duration for _, duration in frames] == [900] * instance.key_count + [3000]
    assert len({frame.tobytes() for frame, _ in frames}) == len(frames)
    assert (86, 180, 233) in {colour for _, colour in frames[-1][0].getcolors(99_999)}  # the first order's
