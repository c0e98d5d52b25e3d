"""Look at every page of the built site in Chromium: ``python -m tools.site_check [SITE]``, behind ``make site-check``.

At each width, light and dark: nothing is asked of another host or missing, nothing is wider than the window, the
console has no error, every link within the site leads somewhere, and axe has no serious finding.
"""

import argparse
import os
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

from benchmarks.runner import run_program
from cmo_kit.base.errors import need

LOOKS = ((390, "dark"), (820, "light"), (1366, "dark"), (1920, "light"))
SERIOUS = ("serious", "critical")


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, *ignored: object) -> None:
        """Say nothing."""


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
    paths = sorted(site.rglob("*.html"))
    pages = [path.relative_to(site).as_posix() for path in paths if "_static" not in path.parts]
    found: set[str] = set()
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        for width, scheme in LOOKS:
            page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
            name = ""

            def note(text: str, look: str = f"{width} {scheme}") -> None:
                if (line := f"{name} at {look}: {text}") not in found:  # noqa: B023 (the page that is open)
                    print(line, flush=True)
                found.add(line)

            page.on(
                "request",
                lambda request, note=note: request.url.startswith((base, "data:", "blob:")) or note(request.url),
            )
            page.on("response", lambda answer, note=note: answer.status < 400 or note(f"{answer.status} {answer.url}"))
            page.on("console", lambda message, note=note: message.type != "error" or note(message.text))
            for name in pages:
                page.goto(base + name, wait_until="load")
                if (wider := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
                    note(f"{wider} px wider than the window")
                if width in (390, 1366):
                    for finding in axe.run(page).response["violations"]:
                        if finding["impact"] in SERIOUS:
                            note(f"{finding['id']}: {finding['nodes'][0]['target']}")
                for link in page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)") if width == 390 else ():
                    place = unquote(urldefrag(urljoin(base + name, link))[0])
                    if place.startswith(base) and not (site / (place[len(base) :] or "index.html")).exists():
                        note(f"leads to {place[len(base) :]}, which is not there")
    server.shutdown()
    print(f"{len(pages)} pages, {len(LOOKS)} looks: {len(found) or 'nothing'} found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(run_program("site_check", main))
