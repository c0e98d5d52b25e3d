"""A frame that stands still: for saved notebooks without a kernel, and for pages made from them."""

import base64
import re
from html import escape, unescape
from pathlib import Path

from cmo_kit.base.language import spoken

STYLE_SHEET = Path(__file__).with_name("stage.css")
VIEW = "application/vnd.jupyter.widget-view+json"  # what a live picture is in an output
CONTROLS = re.compile(r"<(button|input|select)(?=[\s>])")
PICTURES = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
HIDDEN = re.compile(r'<svg\b[^>]* aria-hidden="true"')
TITLE = re.compile(r"<title\b[^>]*>(.*?)</title>", re.DOTALL)
WIDTH = re.compile(r'viewBox="\S+ \S+ (\S+) ')


def still_frame(frame: str, label: str) -> str:
    """``frame`` as self-contained HTML without script, with the stage's style.

    JupyterLab drops every SVG from notebooks that it does not trust yet, but keeps images. So each SVG
    becomes an image; it must hold all that it refers to, and its title becomes the alternative text.

    Parameters
    ----------
    frame : str
        HTML with any number of SVG pictures, not nested.
    label : str
        Alternative text of a picture without title, already plain text.
    """
    pieces, end = [], 0
    for match in PICTURES.finditer(frame):
        pieces += [CONTROLS.sub(r"<\1 disabled", frame[end : match.start()]), _image(match.group(), label)]
        end = match.end()
    pieces.append(CONTROLS.sub(r"<\1 disabled", frame[end:]))
    hint = f'<p class="cmo-hint">{spoken("This picture stands still. Run its cell to touch it.")}</p>'
    # Where JupyterLab does not trust a notebook it drops styles.
    look = "background:#fff;color:#262626;padding:4px 12px"
    inside = f'<div class="cmo-frame">{"".join(pieces)}{hint}</div>'
    style = STYLE_SHEET.read_text(encoding="utf-8")
    return f'<style>{style}</style><div class="cmo-stage cmo-still" style="{look}">{inside}</div>'


def _image(svg: str, label: str) -> str:
    if "xmlns=" not in svg:
        svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    title, width = TITLE.search(svg), WIDTH.search(svg)
    told = unescape(title.group(1)) if title else label
    alt = "" if HIDDEN.match(svg) else escape(told)  # text may have quotes that an attribute may not
    size = f' width="{width.group(1)}"' if width else ""
    code = base64.b64encode(svg.encode()).decode()
    return f'<img{size} style="max-width:100%" alt="{alt}" src="data:image/svg+xml;base64,{code}">'
