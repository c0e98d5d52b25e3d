"""What a class predicted: for each question the answers that were given, the commonest first."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from cmo_kit.views.labels import wrapped
from cmo_kit.views.layout import SERIES_COLOURS
from cmo_kit.views.style import drawable, finish, new_axes
from cmo_kit.views.words import shortened

#: Answers to a question that have a bar of their own; all others share one.
MOST_BARS = 5
#: Columns of a question in a line, and of an answer.
QUESTION_WIDTH, ANSWER_WIDTH = 78, 34

Answers = Mapping[str, Mapping[str, int]]


def bars(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The commonest answers with their counts, and how many gave another one."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(count for _, count in ranked[MOST_BARS:])
    return ranked[:MOST_BARS] + ([("another answer", rest)] if rest else [])


@drawable
def plot_predictions(answers: Answers, ax: Axes | None = None) -> Axes:
    """Draw a bar for every common answer, question by question.

    Parameters
    ----------
    answers : mapping from a question to a mapping from an answer to how many gave it
    ax : matplotlib.axes.Axes, optional
    """
    rows: list[tuple[str, int]] = []
    places, y = [], 0.0
    texts = []
    for question, counts in answers.items():
        lines = wrapped(f"{question} ({sum(counts.values())} answers)", QUESTION_WIDTH)
        y += 0.45 + 0.55 * len(lines)
        texts.append((y - 0.65, "\n".join(lines)))
        for entry in bars(counts):
            rows.append(entry)
            places.append(y)
            y += 0.85
    ax = new_axes(ax, 1.2 + 0.33 * y)
    ax.barh(places, [count for _, count in rows], height=0.7, color=SERIES_COLOURS[0])
    for place, (_, count) in zip(places, rows, strict=True):
        ax.text(count, place, f" {count}", va="center", fontsize=10)
    for place, text in texts:
        ax.text(0, place, text, transform=ax.get_yaxis_transform(), va="bottom", fontsize=10, fontweight="bold")
    ax.set_yticks(places, [shortened(answer, ANSWER_WIDTH) for answer, _ in rows])
    ax.set_ylim(y, -0.2)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("how many predicted it")
    return finish(ax, "left", "right", "top", title="What the class predicted")


def alt_text_predictions(answers: Answers) -> str:
    """The picture in words."""
    parts = (
        f"{question} {', '.join(f'{answer}: {count}' for answer, count in bars(counts))}"
        for question, counts in answers.items()
    )
    return f"What the class predicted. {'. '.join(parts)}."
