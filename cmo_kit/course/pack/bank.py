"""The question bank: texts and mistakes from ``bank.toml``, answers computed when they are asked for."""

import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path

from cmo_kit.course.pack.computed import ANSWERS
from cmo_kit.course.quiz import Question

#: Keys of a case that are words of the text and no arguments.
WORDS = ("what", "how")


@cache
def bank() -> dict[str, tuple[Question, ...]]:
    """All questions by chapter, such as ``01``, in the sequence of ``bank.toml``."""
    for module in ("answers", "answers_beyond"):
        import_module(f"cmo_kit.course.pack.{module}")
    entries = tomllib.loads(Path(__file__).with_name("bank.toml").read_text(encoding="utf-8"))
    found: dict[str, list[Question]] = {}
    for name, entry in entries.items():
        function, sentences = ANSWERS[name], entry.get("mistakes", {})
        for number, case in enumerate(entry["cases"], start=1):
            given = {key: value for key, value in case.items() if key not in WORDS}
            computed = function(**given)
            text = entry["text"].format(**{**case, **computed.said})
            mistakes = [(sentences.get(mistake, mistake), value) for mistake, value in computed.mistakes.items()]
            question = Question.asked(
                f"{entry['chapter']}-{name}-{number}".replace("_", "-"), text, computed.answer, mistakes
            )
            found.setdefault(entry["chapter"], []).append(question)
    return {chapter: tuple(questions) for chapter, questions in found.items()}
