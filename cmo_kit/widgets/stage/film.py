"""A picture that plays, as one HTML file that needs neither a kernel nor anything else."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import write_text
from cmo_kit.base.language import speaking
from cmo_kit.widgets.stage.event import Event
from cmo_kit.widgets.stage.stage import FOLDER, Stage

MOST_FRAMES = 1000
#: What only a kernel could answer is not offered: all but the player and its slider.
STYLE = """body { margin: 0 auto; max-width: 1320px; }
.cmo-hint, .cmo-row ~ .cmo-row, button[data-touch]:not([data-touch=first], [data-touch=back], [data-touch=play],
[data-touch=next], [data-touch=last]) { display: none !important; }
[data-drag]:not([data-drag=PLAYER]) { pointer-events: none; }"""
#: The slider of the player, which stands before all others.
SLIDER = re.compile(r'type="range" data-touch="([^"]+)"')


def frames_of(stage: Stage, width: float | None = None) -> list[str]:
    """Every frame from the first step to the last, as the picture plays; the stage itself stays as it is.

    Pictures are of this width, or as wide as they are on the stage.

    Raises
    ------
    InputError
        For a picture that has no steps to play, or more than a thousand.
    """
    state, frames = stage.state, list[str]()
    for event in (Event("click", "first"), Event("click", "play")):
        state = stage._step(state, event)
    while True:
        frames.append(stage._render(state, width or stage.width))
        if "data-every=" not in frames[-1]:
            break
        if len(frames) == MOST_FRAMES:
            raise InputError(f"{stage.label} has more than {MOST_FRAMES} steps; a film may have so many")
        state = stage._step(state, Event("tick"))
    if len(frames) == 1:
        raise InputError(f"{stage.label} has no steps that could be played")
    return frames


def save_html(stage: Stage, path: str | Path) -> None:
    """Write a page on which the picture plays: for slides, course pages and readers without Python.

    What the player and the slider do works as in a notebook; keys, bars and everything else that would be computed
    anew stands still.

    Parameters
    ----------
    stage : Stage
        A picture with steps to play, such as :func:`~cmo_kit.widgets.decode_explorer`.
    path : str or Path
        The file; one that is there is replaced.

    Raises
    ------
    InputError
        For a picture that has no steps to play, or a file that cannot be written.

    Examples
    --------
    >>> from cmo_kit.widgets import decode_explorer
    >>> save_html(decode_explorer(), "decoding.html")
    """
    script, film, style = ((FOLDER / name).read_text(encoding="utf-8") for name in ("stage.js", "film.js", "stage.css"))
    frames = frames_of(stage)
    player = found[1] if (found := SLIDER.search(frames[0])) else "none"
    # Wherever they stand in a frame, `</script` and `<!--` would be read as markup of the page.
    data = json.dumps([frames, stage.label, stage.words, player], ensure_ascii=False)
    data = data.replace("</", "<\\/").replace("<!", "<\\!")
    label = escape(stage.label)
    page = f"""<!doctype html>
<html lang="{speaking()}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{label}</title>
<style>{style}
{STYLE.replace("PLAYER", player)}</style>
<main><h1 style="font: bold 1.2em system-ui, sans-serif; margin: .4em">{label}</h1></main>
<script type="module">
{script.replace("export default { render };", "")}
{film.replace("export function", "function")}
render({{ model: film(...{data}), el: document.querySelector("main") }});
</script>
</html>
"""
    write_text(Path(path), page)
