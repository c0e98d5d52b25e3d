"""Questions whose answers are computed, never stored, and whose wrong answers each have a known reason."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

Answer = float | int | str | Fraction
#: How far a number may be from the answer: people round to two decimals.
TOLERANCE = 0.005 + 1e-9


def written(value: Answer) -> str:
    """An answer as people write it, numbers with two decimals at most."""
    return value if isinstance(value, str) else f"{round(float(value), 2):.12g}"


@dataclass(frozen=True)
class Question:
    """One question, its answer, and the answers that known mistakes give, each with what is wrong about it.

    ``name`` is unique among the questions that stand together; ``text`` is Markdown.
    """

    name: str
    text: str
    answer: str
    wrong: tuple[tuple[str, str], ...] = ()

    @classmethod
    def asked(cls, name: str, text: str, answer: Answer, mistakes: Iterable[tuple[str, Answer]] = ()) -> "Question":
        """A question of computed values; a mistake that gives the right answer, or that of another one, is left out."""
        right, wrong = written(answer), dict[str, str]()
        for why, value in mistakes:
            if written(value) != right:
                wrong.setdefault(written(value), why)
        return cls(name, " ".join(text.split()), right, tuple(wrong.items()))

    @property
    def is_number(self) -> bool:
        """Whether the answer is a number, and so are those that mistakes give."""
        return all(
            re.fullmatch(r"-?\d+(\.\d+)?", value) for value in (self.answer, *(value for value, _ in self.wrong))
        )

    def judge(self, given: str) -> str:
        """Nothing for the right answer, else one sentence: the mistake that gives this answer, or that it is wrong."""
        if _same(given, self.answer):
            return ""
        reasons = (why for value, why in self.wrong if _same(given, value))
        return next(reasons, "that is not the answer")

    def choices(self, rng: np.random.Generator) -> list[tuple[str, str]]:
        """The answer and the wrong ones in random sequence, each with its reason, which is empty for the answer."""
        every = [(self.answer, ""), *self.wrong]
        return [every[k] for k in rng.permutation(len(every))]


def _same(given: str, value: str) -> bool:
    """Whether two answers are equal as numbers, also with a decimal comma, or as words but for capitals and spaces."""
    try:
        numbers = float(given.replace(",", ".")), float(value)  # with two of them it is no number
    except ValueError:
        return " ".join(given.split()).casefold() == value.casefold()
    return all(map(math.isfinite, numbers)) and abs(numbers[0] - numbers[1]) <= TOLERANCE
