"""Look at every page of the built site in Chromium: ``python -m tools.site_check [SITE]``, behind ``make site-check``.

A page is loaded once. Dark and light, from 390 to 1920 wide: nothing is asked of another host or missing, nothing is
wider than the window, the console has no error, axe has no serious finding; every link within the site, its fragment
included, leads somewhere. At last the site is searched, from the files alone.
"""

import argparse
import os
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

from benchmarks.runner import run_program
from cmo_kit.base.errors import need

WIDTHS = (390, 820, 1366, 1920)
SERIOUS = ("serious", "critical")
AXE: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
#: What a theme decides; all else is the same in both.
COLOURS = AXE | {"runOnly": ["color-contrast", "link-in-text-block"]}
#: Leaves it has seen the likes of make axe slow (a listing has thousands): one of each kind is left.
THIN_OUT = """() => {
  const seen = new Set();
  for (const leaf of document.querySelectorAll(".highlight span, .sig span, .sig em, svg *")) {
    if (leaf.childElementCount || leaf.closest("a")) continue;
    const box = leaf.closest(".cell_input, .cell_output, .sig, figure, .highlight");
    const look = ["class", "style", "fill"].map(name => leaf.getAttribute(name));
    const kind = [box && box.className, leaf.tagName, ...look].join();
    seen.has(kind) ? leaf.remove() : seen.add(kind);
  }
}"""
PLACES = """() => [[...document.querySelectorAll("a[href]")].map(a => a.href),
                   [...document.querySelectorAll("[id]")].map(e => e.id)]"""
SEARCHED = "tardiness"


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, *ignored: object) -> None:
        """Say nothing."""


def looks(page: Any, axe: Any) -> Iterator[str]:
    """What is wrong with the page that is open, at all widths and in both themes."""
    page.evaluate("document.querySelectorAll('details').forEach(folded => { folded.open = true })")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if (wider := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
            yield f"{wider} px wider than a window of {width}"
    page.evaluate(THIN_OUT)
    for scheme, options in (("dark", AXE), ("light", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        for finding in axe.run(page, options=options).response["violations"]:
            if finding["impact"] in SERIOUS:
                yield f"{scheme}: {finding['id']}: {finding['nodes'][0]['target']}"


def astray(base: str, places: dict[str, tuple[list[str], list[str]]], site: Path) -> Iterator[str]:
    """Links within the site that lead nowhere; ``places`` are the links and the ids of each page."""
    for name, (links, _) in places.items():
        for link in sorted({link for link in links if link.startswith(base)}):
            address, fragment = (unquote(part) for part in urldefrag(link))
            target = address[len(base) :] or "index.html"
            if not (site / target).exists():
                yield f"{name} leads to {target}, which is not there"
            elif fragment and target in places and fragment not in places[target][1]:
                yield f"{name} leads to {target}#{fragment}, a place that is not there"


def search(page: Any, site: Path) -> Iterator[str]:
    """What is wrong with searching where there is no server, only files."""
    page.goto(f"{(site / 'search.html').as_uri()}?q={SEARCHED}")
    try:
        page.wait_for_selector("#search-results li a", timeout=20_000)
    except need("playwright.sync_api", "").TimeoutError:
        yield f"the search from files finds no {SEARCHED}"


def main() -> int:
    """Check every page; the exit code is 1 for any finding."""
    parser = argparse.ArgumentParser(prog="python -m tools.site_check")
    parser.add_argument("site", nargs="?", type=Path, default=Path("results/site"))
    site = parser.parse_args().site.resolve()
    playwright = need("playwright.sync_api", "site-check needs playwright, which is not installed")
    axe = need("axe_playwright_python.sync_playwright", "site-check needs axe-playwright-python").Axe()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    pages.remove("index.html")  # it only leads on
    found: list[str] = []
    name = ""

    def note(text: str) -> bool:
        if (line := f"{name}: {text}") not in found:
            found.append(line)
            print(line, flush=True)
        return True

    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        own = (base, site.as_uri(), "data:", "blob:", "about:")
        page.on("request", lambda request: request.url.startswith(own) or note(f"asks for {request.url}"))
        page.on("response", lambda answer: answer.status < 400 or note(f"{answer.status} {answer.url}"))
        page.on(
            "console", lambda message: message.type != "error" or "Failed to load" in message.text or note(message.text)
        )
        page.on("pageerror", lambda error: note(str(error)))
        places = {}
        for name in pages:
            page.emulate_media(color_scheme="dark")
            page.goto(base + name, wait_until="load")
            places[name] = page.evaluate(PLACES)
            for finding in looks(page, axe):
                note(finding)
        name = "links"
        for finding in astray(base, places, site):
            note(finding)
        name = "search"
        for finding in search(page, site):
            note(finding)
    server.shutdown()
    print(f"{len(pages)} pages, {len(WIDTHS)} widths, dark and light: {len(found) or 'nothing'} found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(run_program("site_check", main))
