"""What the browser tests share: finding a picture, touching it, and what Python says that it must show."""

import numpy as np
from playwright.sync_api import Locator, Page, expect

from cmo_kit import decode, load_instance
from cmo_kit.views import FIGURE_3_KEYS

SECONDS = 20_000  # milliseconds until a picture must have followed, on a machine that does other things too


def live(page: Page, label: str) -> Locator:
    """The live picture whose label begins so."""
    return page.locator(f'.cmo-stage:not(.cmo-still)[aria-label^="{label}"]').first


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
