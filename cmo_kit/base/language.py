"""The kit in another language: a gettext catalogue, looked up where words leave the kit.

Sentences stand in the sources in English. An entry of a catalogue is such a sentence, with ``{0}``, ``{1}``, ... for
what an f-string puts into it; so a sentence is known by its fixed words, and what it quotes is translated in its turn.
What a catalogue does not have stays English.
"""

import ast
import os
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from cmo_kit.base.errors import InputError

FOLDER = Path(__file__).resolve().parents[1] / "locale"
ENGLISH = "en"
#: The variables that gettext asks for a language, the first that is set.
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
ENTRY = re.compile(r'^msgid (".*"(?:\n".*")*)\nmsgstr (".*"(?:\n".*")*)', re.MULTILINE)
PLACE = re.compile(r"\{(\d)\}")
#: What an f-string puts in: part of one sentence.
QUOTED = r"((?:(?!\. [A-Z]).)*?\.?)"
#: The name of a file in front of what is said of it.
OF_FILE = re.compile(r"([^:]+\.\w+: )(.+)", re.DOTALL)
#: Between sentences, lines, and the parts of a key.
BETWEEN = re.compile(r"((?<=[.?!]) +(?=[A-Z0-9(])|\n|  ·  )")
#: Entries with fewer letters, such as "{0} by {1}", match much: they count only where what they join is translated.
FEWEST_LETTERS = 3
SENTENCE = re.compile("[A-Za-z]{2} [A-Za-z]{2}")
#: A Korean particle whose form follows from the sound before it, and what ends in a consonant besides (in ㄹ).
PARTICLE = re.compile(r"([가-힣0-9A-Za-z])(?:(이|은|을|과)\((가|는|를|와)\)|\((으)\)로)")
CLOSED, IN_L = "013678LMNlmn", "178Ll"

_now = [ENGLISH]


def languages() -> list[str]:
    """English, and every language that there is a catalogue for."""
    return [ENGLISH, *sorted(path.name for path in FOLDER.iterdir() if path.is_dir())]


def speak(language: str) -> None:
    """Let pictures, explorers and messages use this language from now on.

    Parameters
    ----------
    language : str
        ``en`` or ``ko``.

    Raises
    ------
    InputError
        For a language that there is no catalogue for.

    Examples
    --------
    >>> from cmo_kit.views import alt_text_load
    >>> speak("ko")
    >>> print(trace_decode(load_instance("tiny-one-site"), [0.4, 0.9, 0.1, 0.5, 0.3]).steps[0].sentence)
    유전자 5개를 키의 오름차순으로 정렬한다. 해석은 Site 1에서 시작한다.
    >>> speak("en")
    """
    if language not in languages():
        raise InputError(f"the language is {language!r}; it must be one of {', '.join(languages())}")
    _now[0] = language


def speaking() -> str:
    """The language of now."""
    return _now[0]


def language_of_surroundings() -> str:
    """What the locale asks for if there is a catalogue, else English."""
    asked = next(filter(None, map(os.environ.get, VARIABLES)), "")
    language = re.split(r"[_.:@]", asked)[0]
    return language if language in languages() else ENGLISH


def spoken(text: str) -> str:
    """A text of the kit in the language of now; in English it is the text itself."""
    return text if _now[0] == ENGLISH else _translated(text, _now[0])


@cache
def catalogue(language: str, domain: str = "cmo_kit") -> dict[str, str]:
    """What is translated, from English; an entry marked ``fuzzy`` waits for somebody to look at it, and is left out."""
    text = (FOLDER / language / "LC_MESSAGES" / f"{domain}.po").read_text(encoding="utf-8")
    entries = (ENTRY.search(block) for block in text.split("\n\n")[1:] if "#, fuzzy" not in block)
    return {_joined(entry[1]): _joined(entry[2]) for entry in entries if entry and entry[2] != '""'}


def _joined(quoted: str) -> str:
    return "".join(map(ast.literal_eval, quoted.splitlines()))


class _Lookup(NamedTuple):
    """A catalogue by kind: whole texts; and patterns, those with most letters first, and those with too few."""

    known: dict[str, str]
    strict: Sequence[tuple[re.Pattern[str], str]]
    loose: Sequence[tuple[re.Pattern[str], str]]


@cache
def _lookup(language: str) -> _Lookup:
    entries = catalogue(language)
    bare = {entry.strip(" "): translation.strip(" ") for entry, translation in entries.items()}
    found = []
    for entry, translation in bare.items():
        fixed = PLACE.split(entry)[::2]
        if len(fixed) > 1:
            letters = sum(map(str.isalpha, "".join(fixed)))
            found.append((letters, re.compile(QUOTED.join(map(re.escape, fixed))), translation))
    found.sort(key=lambda one: (-one[0], -len(one[1].pattern)))
    patterns = [(pattern, translation) for _, pattern, translation in found]
    strict = sum(letters >= FEWEST_LETTERS for letters, _, _ in found)
    return _Lookup(bare | entries, patterns[:strict], patterns[strict:])


@lru_cache(20_000)
def _translated(text: str, language: str) -> str:
    entries, core = _lookup(language), text.strip(" ")
    if text in entries.known or not re.search("[A-Za-z]", text):
        return entries.known.get(text, text)
    if core != text:
        return text.replace(core, _translated(core, language))
    told = [("", text)]
    if place := OF_FILE.fullmatch(text):  # a sentence may have its file in front, whether its entry knows it or not
        if place[2] in entries.known:
            return place[1] + entries.known[place[2]]
        told.append((place[1], place[2]))
    for pattern, translation in entries.strict:
        for before, sentence in told:
            if match := pattern.fullmatch(sentence):
                return before + _filled(translation, [_translated(part, language) for part in match.groups()])
    if len(pieces := BETWEEN.split(text)) > 1:
        return "".join(_translated(piece, language) for piece in pieces)
    for pattern, translation in entries.loose:
        if match := pattern.fullmatch(text):
            parts = [_translated(part, language) for part in match.groups()]
            changed = parts != list(match.groups()) or not text.isascii()
            if changed and not any(map(SENTENCE.search, parts)):
                return _filled(translation, parts)
    return text


def _filled(translation: str, parts: Sequence[str]) -> str:
    return PARTICLE.sub(_with_particle, translation.format(*parts))


def _with_particle(match: re.Match[str]) -> str:
    before, closed, open_, direction = match.groups()
    final = (ord(before) - ord("가")) % 28 if before > "z" else 8 if before in IN_L else int(before in CLOSED)
    if direction:
        return f"{before}{'으' if final not in (0, 8) else ''}로"
    return f"{before}{closed if final else open_}"
