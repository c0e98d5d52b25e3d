"""Letters that matplotlib's own font does not have, such as Hangul: drawn with a font found on the machine, or told."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, findSystemFonts, fontManager, get_font
from matplotlib.text import Text

from cmo_kit.base.language import ENGLISH, speaking, spoken

#: Fonts that draw boxes for everything, or pictures that matplotlib cannot draw.
UNUSABLE = ("Last Resort", "Emoji")
NOTE = "This machine has no font for some letters of the names: they are drawn as ?."


def use_fonts(figure: Figure) -> None:
    """Let all text of a figure be in the language of now, and drawn with fonts that have its letters.

    Letters that no font has become ``?``. Then a note below the figure says so: a box for each letter, and a warning,
    would say nothing.
    """
    if speaking() != ENGLISH and can_draw(spoken(NOTE)):
        _change(figure, spoken)
    missing = _missing("".join(text.get_text() for text in figure.findobj(Text)))
    if not missing:
        return
    families, without = _fallbacks(missing)
    if without:
        table = dict.fromkeys(map(ord, without), "?")
        _change(figure, lambda text: text.translate(table))
        figure.supxlabel(spoken(NOTE), fontsize=8)
    for text in figure.findobj(Text):
        text.set_fontfamily([*text.get_fontfamily(), *families])


def _change(figure: Figure, change: Callable[[str], str]) -> None:
    """Change all text; an axis writes its labels anew whenever it is drawn, and so has to be given them."""
    for axis in (axis for ax in figure.findobj(Axes) for axis in (ax.xaxis, ax.yaxis)):
        labels = [label.get_text() for label in axis.get_majorticklabels()]
        if any(change(label) != label for label in labels):
            axis.set_ticks(axis.get_majorticklocs(), labels=[*map(change, labels)])
    for text in figure.findobj(Text):
        text.set_text(change(text.get_text()))


def can_draw(text: str) -> bool:
    """Whether there are fonts on this machine for all letters of ``text``."""
    return not _fallbacks(_missing(text))[1]


@cache
def _letters(path: str) -> frozenset[int]:
    return frozenset(get_font(path).get_charmap())


def _missing(text: str) -> frozenset[str]:
    """The letters of ``text`` that the usual font does not have."""
    if text.isascii():
        return frozenset()
    usual = _letters(findfont(FontProperties()))
    return frozenset(letter for letter in text if ord(letter) not in usual and letter.isprintable())


@cache
def _fallbacks(missing: frozenset[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Families that have these letters, as few as need be; and the letters that none has."""
    families: list[str] = []
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in missing}
    language = "KR" if "HANGUL" in scripts else "JP" if scripts & {"HIRAGANA", "KATAKANA"} else "SC"
    for find in (_known_fonts, _new_fonts):
        if not missing:
            break
        fonts = sorted(find(), key=lambda font: (_serif(font[0]), not font[0].endswith(language), font))
        while missing and fonts:
            family, path = max(fonts, key=lambda font: len(_drawn(font[1], missing)))  # the first of equals
            if not (drawn := _drawn(path, missing)):
                break
            families.append(family)
            missing -= drawn
    return tuple(families), missing


def _drawn(path: str, letters: Iterable[str]) -> frozenset[str]:
    try:
        return frozenset(letter for letter in letters if ord(letter) in _letters(path))
    except (OSError, RuntimeError):  # a file that is no font, or not one that can be scaled
        return frozenset()


def _known_fonts() -> list[tuple[str, str]]:
    """Family and file of the upright fonts that matplotlib knows."""
    return [
        (font.name, str(font.fname))
        for font in fontManager.ttflist
        if font.style == "normal" and not any(word in font.name for word in UNUSABLE)
    ]


@cache
def _new_fonts() -> list[tuple[str, str]]:
    """Those that were installed after matplotlib made its list."""
    known = {str(font.fname) for font in fontManager.ttflist}
    for path in findSystemFonts():
        if path not in known:
            try:
                fontManager.addfont(path)
            except (OSError, RuntimeError):
                continue
    return [font for font in _known_fonts() if font[1] not in known]


def _serif(family: str) -> bool:
    """Whether a family looks unlike the usual one."""
    return "Sans" not in family or "Mono" in family
