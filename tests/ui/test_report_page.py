"""The report in Chromium: wide tables scroll below a column that stays, and nothing keeps a reader out."""

import pytest
from playwright.sync_api import Page

from tests.helpers.servers import ROOT
from tests.ui.ui_help import expect_accessible


@pytest.mark.parametrize("width", [390, 820, 1366])
def test_the_report_can_be_read_at_every_width(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    page.set_content((ROOT / "notebooks" / "data" / "table4" / "report.html").read_text(encoding="utf-8"))
    assert page.evaluate("document.documentElement.scrollWidth") == width, "the page itself scrolls sideways"
    table = page.locator(".cmo-table").first
    first, last = table.locator("tbody tr").first.locator("th, td").first, table.locator("thead th").last
    left = first.bounding_box()["x"]
    table.evaluate("table => { table.scrollLeft = 10_000 }")
    assert first.bounding_box()["x"] == left
    edge = last.bounding_box()
    assert edge["x"] + edge["width"] <= width, "the last column comes into sight"
    expect_accessible(page)
