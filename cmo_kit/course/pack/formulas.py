"""Formulas in Markdown as pictures: a page that is opened without a network has no MathJax."""

import base64
import io
import re
from functools import cache
from html import escape

MATH = re.compile(r"(?<!\\)\$\$(.+?)\$\$|(?<!\\)\$(?! )([^$]+?)(?<! )\$", re.DOTALL)
#: What matplotlib's mathtext writes otherwise.
OTHERWISE = {
    r"\Bigl": "", r"\Bigr": "", r"\bigl": "", r"\bigr": "", r"\tfrac12": r"\frac{1}{2}", r"\tfrac": r"\frac",
    r"\text": r"\mathrm", r"\qquad": r"\quad\quad", r"\dots": r"\ldots", r"\le": r"\leq", r"\ge": r"\geq",
    r"\sqrt n": r"\sqrt{n}",
}  # fmt: skip
POINTS = 20.0


def with_pictures(markdown: str) -> str:
    """Markdown whose formulas between dollar signs are pictures that grow with the text around them."""
    return MATH.sub(lambda found: picture(found[1] or found[2], bool(found[1])), markdown)


@cache
def picture(formula: str, alone: bool) -> str:
    """A formula as HTML; its LaTeX is the alternative text.

    Raises
    ------
    ValueError
        For what mathtext cannot set.
    """
    import matplotlib
    from matplotlib.mathtext import math_to_image

    text = " ".join(formula.split())
    for before, after in OTHERWISE.items():
        text = re.sub(re.escape(before) + r"(?![a-zA-Z])", after.replace("\\", r"\\"), text)
    drawn = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "formula", "mathtext.fontset": "stix", "font.size": POINTS}):
        depth = math_to_image(f"${text}$", drawn, format="svg", dpi=72)
    svg = re.sub(r"<metadata>.*?</metadata>|<\?xml.*?\?>|<!DOCTYPE.*?>", "", drawn.getvalue(), flags=re.DOTALL)
    height = float(re.search(r'height="([\d.]+)pt"', svg)[1])  # type: ignore[index]
    look = f"height: {height / POINTS:.2f}em; vertical-align: {-depth / POINTS:.2f}em"
    source = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    image = f'<img class="formula" style="{look}" alt="{escape(" ".join(formula.split()))}" src="{source}">'
    return f"\n\n{image}\n\n" if alone else image
