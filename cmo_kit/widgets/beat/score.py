"""The score of a schedule that is built by hand, beside those of its rivals."""

from __future__ import annotations

from cmo_kit.views.style import BLUE, SKY, duration
from cmo_kit.widgets.beat.state import Game
from cmo_kit.widgets.drawing.svg import INK, label, picture, tag, words

WIDTH, ROW = 940.0, 24.0
NAMES = 190.0  # pixels for the names


def standing(game: Game) -> str:
    """One sentence: how the reader stands against the rivals."""
    unit, score = game.instance.time_unit, game.schedule.total_tardiness
    if not game.complete:
        left = sum(game.left.values())
        return f"{left} batch{'es' if left > 1 else ''} left to place; so far {duration(score, unit)} of tardiness."
    parts = []
    for rival in game.rivals:
        ahead = rival.total_tardiness - score
        verb = "better than" if ahead > 0 else "worse than" if ahead < 0 else "as good as"
        parts.append(f"{duration(abs(ahead), unit) + ' ' if ahead else ''}{verb} {rival.name}")
    proved = any(rival.optimal and rival.total_tardiness == score for rival in game.rivals) or score == 0
    return f"{duration(score, unit)}: {'; '.join(parts)}." + (
        " No schedule is better: that is proved." if proved else ""
    )


def score_board(game: Game) -> str:
    """The reader and the rivals as bars of total tardiness, the least above."""
    score, complete = game.schedule.total_tardiness, game.complete
    rows = sorted((rival.total_tardiness, 1, rival.name, rival.optimal) for rival in game.rivals)
    rows = [(score, 0, "you" if complete else "you, so far", False), *rows]
    if complete:
        rows.sort(key=lambda row: row[:2])
    most = max(max(row[0] for row in rows), 1e-9)
    parts = []
    for k, (value, other, name, optimal) in enumerate(rows):
        y = 4 + k * ROW
        length = (WIDTH - NAMES - 190) * value / most
        text = duration(value, game.instance.time_unit) + (" (proved optimal)" if optimal else "")
        look = {"fill": SKY if other else BLUE, "fill_opacity": 1 if other or complete else 0.35}
        parts.append(tag("rect", x=NAMES, y=y + 3, width=max(length, 1.0), height=ROW - 6, stroke=INK, **look))
        parts.append(label(NAMES - 8, y + ROW / 2, name, 13, "end", font_weight=None if other else "bold"))
        parts.append(label(NAMES + length + 8, y + ROW / 2, text, 13, "start", font_weight=None if other else "bold"))
    title = "Total tardiness of your schedule and of those to beat"
    told = "; ".join(f"{name} {duration(value, game.instance.time_unit)}" for value, _, name, _ in rows)
    sentence = tag("p", tag("strong", words(standing(game))), style=None if complete else "color:#a03000")
    return picture(WIDTH, 8 + ROW * len(rows), title, told, *parts) + sentence
