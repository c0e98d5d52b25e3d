"""The slides in Chromium: nothing leaves a slide, nothing is smaller than 18 points; the page asks no other machine."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from cmo_kit.course.pack.slides import decks

#: 18 points, in the pixels of a page.
LEAST = 24
#: Each slide with all its fragments shown: how far its words and pictures reach, and its smallest letters.
MEASURED = """() => {
  const found = [];
  for (let k = 0; k < Reveal.getTotalSlides(); k++) {
    Reveal.slide(k, 0, 99);
    const slide = Reveal.getCurrentSlide();
    const boxes = [...slide.querySelectorAll("img")].map(image => image.getBoundingClientRect());
    let letters = 1000;
    const texts = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const range = document.createRange(), words = texts.currentNode;
      range.selectNodeContents(words);
      const rects = words.textContent.trim() ? [...range.getClientRects()].filter(box => box.width) : [];
      boxes.push(...rects);
      if (rects.length) letters = Math.min(letters, parseFloat(getComputedStyle(words.parentNode).fontSize));
    }
    found.push({right: Math.max(...boxes.map(b => b.right)), bottom: Math.max(...boxes.map(b => b.bottom)),
      left: Math.min(...boxes.map(b => b.left)), top: Math.min(...boxes.map(b => b.top)), letters});
  }
  return found;
}"""


def fits(slide: dict[str, float]) -> bool:
    inside = min(slide["left"], slide["top"]) >= 0 and slide["right"] <= 1280 and slide["bottom"] <= 700
    return inside and slide["letters"] >= LEAST


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("slides")
    for path, content in decks().items():
        (place / path).parent.mkdir(exist_ok=True)
        (place / path).write_bytes(content)
    return place


def test_slides_fit_and_can_be_read_from_the_back_row(page: Page, folder: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    wrong = []
    for path in sorted(folder.glob("*.html")):
        page.goto(path.as_uri())
        page.wait_for_function("Reveal.isReady()")
        slides = page.evaluate(MEASURED)
        wrong += [(path.name, number, slide) for number, slide in enumerate(slides, start=1) if not fits(slide)]
    assert wrong == []


def test_a_slide_that_is_too_full_is_noticed(page: Page, folder: Path) -> None:
    page.goto((folder / "01_the_problem.html").as_uri())
    page.set_viewport_size({"width": 1280, "height": 720})
    page.wait_for_function("Reveal.isReady()")
    words = "words and words " * 300 + "<b style='font-size: 12px'>fine</b>"
    page.evaluate("words => { document.querySelector('.slides p').innerHTML = words }", words)
    first = page.evaluate(MEASURED)[0]
    assert first["bottom"] > 720
    assert first["letters"] < LEAST
