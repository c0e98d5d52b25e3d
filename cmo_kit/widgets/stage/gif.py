"""A picture that plays, as an animated GIF: frames drawn by a browser of this machine without a window."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import write_bytes
from cmo_kit.base.output import check_place
from cmo_kit.base.progress import ProgressLine
from cmo_kit.base.values import check_integer, shown
from cmo_kit.widgets.drawing.markup import NARROW, WIDE
from cmo_kit.widgets.stage.film import frames_of
from cmo_kit.widgets.stage.stage import LEAST_WIDE, Stage
from cmo_kit.widgets.stage.still import STYLE_SHEET

if TYPE_CHECKING:
    from PIL.Image import Image

#: Programs that draw, all of them Chromium; elsewhere than on the path where systems have their own places.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
            "msedge", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            r"C:\Program Files\Google\Chrome\Application\chrome.exe",
            r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe")  # fmt: skip
COLUMNS, AT_A_TIME = 3, 12  # frames beside one another on a sheet, and on a sheet
EDGE = 200  # pixels that a window may have beside its page
LIMIT = 120  # seconds for a sheet
LAST = 3000  # milliseconds of the last frame
#: Nothing can be pressed in a film; what stands beside a slider stays, for it says which step is shown.
STYLE = """body { margin: 0; background: #fff; display: grid; grid-auto-rows: 1fr; }
.cmo-stage { border: 0; } button, input, select, .cmo-hint, .cmo-row ~ .cmo-row { display: none !important; }"""


def save_gif(stage: Stage, path: str | Path, width: int = 1000) -> None:
    """Write an animated GIF of the picture as it plays, for slides and chats; :func:`save_html` can be walked through.

    Chromium, Chrome or Edge draws the frames, without a window; a line tells how far it is.

    Parameters
    ----------
    stage : Stage
        A picture with steps to play, such as :func:`~cmo_kit.widgets.decode_explorer`.
    path : str or Path
        The file, with the ending ``.gif``; one that is there is replaced, by the whole film or not at all.
    width : int
        Pixels, 300 to 2000.

    Raises
    ------
    InputError
        For a picture that has no steps to play, a machine without such a browser, or a file that cannot be written.

    Examples
    --------
    >>> from cmo_kit.widgets import decode_explorer
    >>> save_gif(decode_explorer(), "decoding.mp4")
    Traceback (most recent call last):
        ...
    cmo_kit.base.errors.InputError: the film is 'decoding.mp4'; it must end with .gif
    """
    target = Path(path).absolute()
    if target.suffix.lower() != ".gif":
        raise InputError(f"the film is {shown(str(path))}; it must end with .gif")
    check_integer(width, "width", 300, 2000)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise InputError("no Chromium, Chrome or Edge was found, which draws the frames of a GIF; save_html needs none")
    check_place(str(target))
    frames = frames_of(stage, WIDE if width >= LEAST_WIDE else NARROW)
    drawn: list[Image] = []
    with tempfile.TemporaryDirectory(prefix="film-", dir=target.parent) as folder, ProgressLine("film") as line:
        for first in range(0, len(frames), AT_A_TIME):
            drawn += _draw(browser, Path(folder), frames[first : first + AT_A_TIME], width)
            line.say(f"{target.name}: {len(drawn)} of {len(frames)} frames")
    every = re.search(r'data-every="(\d+)"', frames[0])
    write_bytes(target, _gif(drawn, int(every.group(1)) if every else LAST, stage.label))


def _draw(browser: str, folder: Path, frames: Sequence[str], width: int) -> list[Image]:
    """Have some frames drawn on one sheet, and cut it."""
    from PIL import Image

    columns, page, picture = min(COLUMNS, len(frames)), folder / "sheet.html", folder / "sheet.png"
    cells = "".join(f'<div class="cmo-stage"><div class="cmo-frame">{frame}</div></div>' for frame in frames)
    style = STYLE_SHEET.read_text(encoding="utf-8") + STYLE
    style += f"body {{ width: {columns * width}px; grid-template-columns: repeat({columns}, {width}px); }}"
    script = "document.body.dataset.high = document.body.scrollHeight"
    text = f"<!doctype html><meta charset='utf-8'><style>{style}</style><body>{cells}<script>{script}</script></body>"
    page.write_text(text, encoding="utf-8")
    picture.unlink(missing_ok=True)
    told, rows, high = _run(browser, folder, page, columns * width, 1000, "--dump-dom"), -(-len(frames) // columns), 0
    if found := re.search(r'data-high="(\d+)"', told):
        high = int(found.group(1)) // rows
        told = _run(browser, folder, page, columns * width, high * rows, f"--screenshot={picture}")
    if not picture.exists():
        reason = (told.strip().splitlines() or ["it said nothing"])[-1]
        raise InputError(f"{browser} has drawn no frame ({reason[:200]})")
    with Image.open(picture) as sheet:
        whole = sheet.convert("RGB")
    places = [(k % columns * width, k // columns * high) for k in range(len(frames))]
    return [whole.crop((x, y, x + width, y + high)) for x, y in places]


def _run(browser: str, folder: Path, page: Path, width: int, height: int, wish: str) -> str:
    """What the browser says when it has done its work; an interrupt ends it too."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium refuses to guard itself as root, as in a container
    command = [browser, "--headless", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1",
               "--no-first-run", *(["--no-sandbox"] if root else []), f"--user-data-dir={folder / 'browser'}",
               f"--window-size={width + EDGE},{height + EDGE}", wish, page.as_uri()]  # fmt: skip
    try:
        ended = subprocess.run(command, capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"{browser} cannot draw the frames ({error})") from None
    return (ended.stdout or ended.stderr).decode("utf-8", "replace")


def _gif(drawn: Sequence[Image], milliseconds: int, comment: str) -> bytes:
    """Frames as a GIF of one palette, so that no colour flickers; all as high as the highest."""
    from PIL import Image

    size = drawn[0].width, max(frame.height for frame in drawn)
    some = [drawn[0], drawn[len(drawn) // 2], drawn[-1]]
    sample = Image.new("RGB", (size[0], 3 * size[1]), "white")
    whole = []
    for k, frame in enumerate(some):
        sample.paste(frame, (0, k * size[1]))
    palette = sample.quantize(255)
    for frame in drawn:
        paper = Image.new("RGB", size, "white")
        paper.paste(frame)
        whole.append(paper.quantize(palette=palette, dither=Image.Dither.NONE))
    buffer = io.BytesIO()
    times = [milliseconds] * (len(whole) - 1) + [LAST]
    whole[0].save(buffer, "GIF", save_all=True, append_images=whole[1:], duration=times, loop=0,
                  comment=comment.encode("ascii", "replace"))  # fmt: skip
    return buffer.getvalue()
