"""The instructor's pack as a folder of pages that are opened without a network."""

import json
import os
from functools import cache
from html import escape
from importlib import import_module
from pathlib import Path

import numpy as np

from cmo_kit.base.text import page_html
from cmo_kit.course.copies import Files, chapter_notebook, write_anew, written
from cmo_kit.course.pack.bank import bank
from cmo_kit.course.pack.formulas import with_pictures
from cmo_kit.course.pack.gift import gift
from cmo_kit.course.pack.guide import guide_text
from cmo_kit.course.pack.planted import key_document, places, plant
from cmo_kit.course.pack.slides import decks
from cmo_kit.course.quiz import Question

HERE = Path(__file__).parent


def page(title: str, body: str) -> bytes:
    """A page with its look in it."""
    look = (HERE / "pages" / "page.css").read_text(encoding="utf-8")
    return page_html(title, look, body).encode()


def text_page(markdown: str) -> bytes:
    """A page of Markdown that begins with its title."""
    title = markdown.partition("\n")[0].removeprefix("# ")
    return page(title, marked_up(markdown))


def marked_up(markdown: str) -> str:
    """HTML of Markdown, formulas as pictures."""
    return str(import_module("nbconvert.filters").markdown2html(with_pictures(markdown)))


def questions_page(answers: bool, seed: int) -> bytes:
    """The bank to print, with room for answers, or with answers and the mistakes behind wrong ones."""
    rng = np.random.default_rng(seed)
    title = "Question bank: answers" if answers else "Question bank"
    lines = [f"<h1>{title}</h1>"]
    for chapter, questions in bank().items():
        lines += [f"<h2>{escape(heading(chapter))}</h2>", '<ol class="questions">']
        for question in questions:
            choices = [] if question.is_number else question.choices(rng)
            shown = answered(question, choices) if answers else asked(choices)
            lines.append(f"<li>{marked_up(question.text)}{shown}</li>")
        lines.append("</ol>")
    return page(title, "\n".join(lines))


def asked(choices: list[tuple[str, str]]) -> str:
    """Room for a number, or what there is to choose."""
    items = "".join(f"<li>{escape(value)}</li>" for value, _ in choices)
    return f'<ol class="choices">{items}</ol>' if choices else '<span class="line"></span>'


def answered(question: Question, choices: list[tuple[str, str]]) -> str:
    """The answer, by its letter where there are choices, and what is wrong about others."""
    letter = next((f"{chr(65 + k)}: " for k, (_, why) in enumerate(choices) if not why), "")
    wrong = "".join(f"<li>{escape(value)}: {escape(why)}</li>" for value, why in question.wrong)
    return f'<p><strong>{letter}{escape(question.answer)}</strong></p><ul class="reasons">{wrong}</ul>'


@cache
def heading(chapter: str) -> str:
    """The title of a chapter's notebook, such as ``1. The problem``."""
    return str(chapter_notebook(chapter).cells[0].source).partition("\n")[0].removeprefix("# ")


def pages(seed: int) -> Files:
    """Guide, rubric, capstones and the bank."""
    files = {"guide.html": text_page(guide_text())}
    for path in (HERE / "rubric.md", *sorted((HERE / "capstones").glob("*.md"))):
        files[path.relative_to(HERE).with_suffix(".html").as_posix()] = text_page(path.read_text(encoding="utf-8"))
    files |= {f"questions/{name}.html": questions_page(name == "answers", seed) for name in ("questions", "answers")}
    return files | {"questions/bank.gift": gift(bank(), seed).encode()}


def hunts(seed: int) -> Files:
    """A notebook with planted errors for each chapter that has some, and the keys in a folder of their own."""
    files = {}
    for number, chapter in enumerate(places()):
        notebook, key = plant(chapter, np.random.default_rng([seed, number]))
        files[f"hunt/{chapter}.ipynb"] = written(notebook)
        text = json.dumps(key_document(chapter, key), indent=1, ensure_ascii=False)
        files[f"hunt-keys/{chapter}.json"] = text.encode()
    return files


#: What stands in the folder.
NAMES = ("guide.html", "rubric.html", "capstones", "questions", "hunt", "hunt-keys", "slides")


def build_pack(out: str | os.PathLike[str], seed: int) -> int:
    """Make the pack anew in a folder that holds nothing else; how many files it has.

    Raises
    ------
    InputError
        When ``out`` cannot be used, or holds something else than an earlier pack.
    """

    def made() -> Files:
        return pages(seed) | hunts(seed) | {f"slides/{path}": content for path, content in decks().items()}

    return len(write_anew(out, NAMES, made))
