"""The board of a tournament: one page that loads nothing, and the standings as a table."""

import html
import os
from pathlib import Path
from typing import TYPE_CHECKING

from cmo_kit.base.csvfile import csv_text
from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import write_text
from cmo_kit.base.text import number, table_html
from cmo_kit.base.values import storable
from cmo_kit.course.classroom.tournament import Board, Bot
from cmo_kit.planning.export import MARK
from cmo_kit.study.report.report import report_page
from cmo_kit.views.words import enumeration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("place", "bot", "mean_score", "evaluations", "trouble")
RULES = (
    "A bot's score on a problem is the proved optimum over its total tardiness: 1 is optimal. Standings go by the mean "
    "score over the hidden problems; of equal means the one with fewer evaluations until its last improvements leads; "
    "who is equal in both shares a place, and stands by name. A run that broke a rule scores 0. Submitted problems do "
    "not count for the standings."
)


def save_board(board: Board, out: str | os.PathLike[str], title: str) -> list[Path]:
    """Write ``index.html`` and ``standings.csv`` into a folder; equal boards give equal bytes."""
    place = make_folder(out)
    rows = [
        (bot.place, bot.name, round(float(bot.mean(board.optima)), 6), bot.effort(board.hidden), len(bot.trouble) > 0)
        for bot in board.bots
    ]
    write_text(place / "standings.csv", MARK + csv_text(COLUMNS, rows))
    write_text(place / "index.html", storable(page(board, title)))  # the name of a file may hold what UTF-8 cannot
    return [place / "index.html", place / "standings.csv"]


def page(board: Board, title: str) -> str:
    """The whole board as HTML: standings, problems, and how each bot's best fell."""
    from cmo_kit.views.display import picture_html

    terms = board.terms
    effort = f"{len(board.bots)} bots, {board.hidden} hidden problems, {terms.evaluations:,} evaluations each."
    body = [f"<p>{html.escape(f'{effort} {RULES}')}</p>", standings(board), problems(board)]
    if board.refused:
        body.append(table_html(("problem by", "why not"), [*board.refused.items()], "Problems that were not accepted"))
    for bot in board.bots:
        body.append(f"<h2>{html.escape(f'{bot.place}. {bot.name}')}</h2>")
        if bot.trouble:
            body.append(f"<p>{html.escape(bot.trouble)}</p>")
        if any(not run.trouble for run in bot.runs):
            body.append(picture_html(plot_scores(board, bot), alt_text_scores(board, bot)))
    return report_page(title, "\n".join(body))


def standings(board: Board) -> str:
    """The table of places, with the score on every problem."""
    names = [problem.instance.name for problem in board.problems]
    lines = [
        (f"{bot.place}. {bot.name}", number(float(bot.mean(board.optima)), 4), f"{bot.effort(board.hidden):,}",
         *(number(run.score(p.optimum), 4) for p, run in zip(board.problems, bot.runs, strict=True)))
        for bot in board.bots
    ]  # fmt: skip
    return table_html(("bot", "mean score", "evaluations", *names), lines, "Standings")


def problems(board: Board) -> str:
    """The table of problems: size, proved optimum, how hard they are for the genetic algorithm and for the bots."""
    lines = []
    for k, problem in enumerate(board.problems):
        scores = [bot.runs[k].score(problem.optimum) for bot in board.bots]
        first = [bot.name for bot, score in zip(board.bots, scores, strict=True) if score == max(scores) > 0]
        gap, mean = f"{problem.gap:.1%}", number(sum(scores) / len(scores), 4)
        lines.append(
            (problem.instance.name, problem.instance.size, f"{problem.optimum:.10g}", gap, mean, ", ".join(first))
        )
    heads = ("problem", "size", "proved optimum", "gap of the genetic algorithm", "bots' mean score", "best")
    return table_html(heads, lines, "Problems, each with its proved optimum")


def plot_scores(board: Board, bot: Bot, ax: "Axes | None" = None) -> "Axes":
    """Draw how the best score so far rose with evaluations, a line for each problem."""
    from cmo_kit.views.layout import SERIES_COLOURS
    from cmo_kit.views.style import LINE_STYLES, finish, new_axes

    ax = new_axes(ax, 2.8)
    end, lowest = board.terms.evaluations, 0.5
    for k, (problem, run) in enumerate(zip(board.problems, bot.runs, strict=True)):
        if run.trouble:
            continue
        at, totals = [*(step[0] for step in run.history), end], [*(step[1] for step in run.history), run.total]
        scores = [problem.optimum / total for total in totals]
        lowest = min(lowest, scores[0])
        ax.step(at, scores, where="post", color=SERIES_COLOURS[k % len(SERIES_COLOURS)], linewidth=2,
                linestyle=LINE_STYLES[k % len(LINE_STYLES)], label=problem.instance.name)  # fmt: skip
    ax.axhline(1, color="0.4", linewidth=1)
    ax.set_xlim(0, end)
    ax.set_ylim(0 if lowest < 0.5 else 0.5, 1.05)
    ax.set_xlabel("evaluated schedules")
    ax.set_ylabel("proved optimum / best so far")
    ax.grid(axis="y", color="0.9")
    ax.legend(frameon=False, handlelength=4, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return finish(ax, "right", "top", title=f"{bot.name}: 1 is the proved optimum")


def alt_text_scores(board: Board, bot: Bot) -> str:
    """The picture in words: first and last score on every problem, and after how many evaluations."""
    parts = []
    for problem, run in zip(board.problems, bot.runs, strict=True):
        if not run.trouble:
            first, (at, last) = run.history[0][1], run.history[-1]
            parts.append(
                f"on {problem.instance.name} from {problem.optimum / first:.2f} to {problem.optimum / last:.2f}, "
                f"reached after {at} evaluations"
            )
    return f"{bot.name}'s score, proved optimum over best so far, rises {enumeration(parts)}."
