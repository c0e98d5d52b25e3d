"""Questions in Moodle's GIFT format: a number is asked for as such, words are chosen among; mistakes get their reason.

The format is that of https://docs.moodle.org/en/GIFT_format.
"""

import re
from collections.abc import Iterable, Mapping

import numpy as np

from cmo_kit.course.quiz import TOLERANCE, Question

SPECIAL = re.compile(r"([~=#{}:\\])")


def escaped(text: str) -> str:
    """Text with GIFT's own characters marked, in one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def gift(chapters: Mapping[str, Iterable[Question]], seed: int = 1) -> str:
    """Questions by category as one file; choices stand in a sequence that the seed draws."""
    rng = np.random.default_rng(seed)
    blocks = []
    for chapter, questions in chapters.items():
        blocks.append(f"$CATEGORY: cmo_kit/{chapter}")
        blocks += [f"::{escaped(q.name)}::[markdown]{escaped(q.text)} {{{answers_of(q, rng)}}}" for q in questions]
    return "\n\n".join(blocks) + "\n"


def answers_of(question: Question, rng: np.random.Generator) -> str:
    """What stands in the braces."""
    if question.is_number:
        wrong = [f"=%0%{value}:{TOLERANCE:.3f}#{escaped(why)}" for value, why in question.wrong]
        return "\n".join(["#", f"={question.answer}:{TOLERANCE:.3f}", *wrong, ""])
    every = question.choices(rng)
    return "\n".join(["", *(f"~{escaped(v)}#{escaped(why)}" if why else f"={escaped(v)}" for v, why in every), ""])
