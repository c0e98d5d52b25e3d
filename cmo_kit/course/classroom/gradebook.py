"""Grades as files: a table, the same for Canvas and for Moodle, and a page of feedback for each student."""

import os
from pathlib import Path

from cmo_kit.base.csvfile import csv_text, is_formula
from cmo_kit.base.folder import make_folder
from cmo_kit.base.jsonfile import write_text
from cmo_kit.base.text import table_html
from cmo_kit.base.values import plain, storable
from cmo_kit.course.classroom.grade import Grade, Graded
from cmo_kit.course.classroom.terms import PARTS, Terms
from cmo_kit.planning.export import MARK
from cmo_kit.study.report.report import report_page

COLUMNS = ("id", "name", "email", "section", "points", "maximum", *PARTS, "remarks")
#: The columns by which Canvas finds students; Moodle asks which column is what.
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
CAPTIONS = {"method": "Your method on the hidden problems", "answers": "Your answers"}
MOODLE = ("ID number", "Full name", "Email address")


def save_grades(graded: Graded, out: str | os.PathLike[str], title: str) -> list[Path]:
    """Write ``out``, and beside it ``-canvas.csv``, ``-moodle.csv`` and the folder ``-feedback``; returns the four.

    Equal grades give equal bytes.
    """
    path, terms = Path(out), graded.terms
    beside = {kind: path.with_name(f"{path.stem}-{kind}") for kind in ("canvas.csv", "moodle.csv", "feedback")}
    most = plain(sum(terms.points.values()))
    rows, canvas, moodle, texts = [], [("    Points Possible", "", "", "", "", most)], [], dict[Path, str]()
    for grade in graded.grades:
        who, points = grade.student, plain(grade.points(terms))
        each = [plain(grade.points(terms, part)) for part in PARTS]
        rows.append((who.id, who.name, who.email, who.section, points, most, *each, _remarks(grade)))
        canvas.append((who.name, "", who.id, who.login, who.section, points))
        moodle.append((who.id, who.name, who.email, points))
        texts[beside["feedback"] / f"{who.folder}.html"] = feedback(grade, terms)
    texts[path] = MARK + csv_text(COLUMNS, rows)  # the mark is for spreadsheets
    texts[beside["canvas.csv"]] = csv_text((*CANVAS, title), canvas)
    texts[beside["moodle.csv"]] = csv_text((*MOODLE, title), moodle)
    make_folder(beside["feedback"])
    for file, text in texts.items():
        write_text(file, storable(text))  # an answer, or the name of a file, may hold what UTF-8 cannot
    return [path, *beside.values()]


def _remarks(grade: Grade) -> str:
    """A sentence for each part; what a spreadsheet would take for a formula stands on the page only."""
    said = " | ".join(f"{name}: {part.sentence}" for name, part in grade.parts.items())
    return "see the page of feedback" if is_formula(said) else said


def feedback(grade: Grade, terms: Terms) -> str:
    """A page that says what each part earned and why; all that comes from a submission is shown as text."""
    lines = [
        (name, f"{grade.points(terms, name):g}", f"{terms.points[name]:g}", part.sentence)
        for name, part in grade.parts.items()
    ]
    lines.append(("together", f"{grade.points(terms):g}", f"{sum(terms.points.values()):g}", ""))
    body = [table_html(("part", "points", "of", "why"), lines, "Points")]
    for name, part in grade.parts.items():
        if part.rows:
            body.append(table_html(part.rows[0], part.rows[1:], CAPTIONS[name]))
    earned = ", ".join(f"{least:g}: {share:.0%}" for least, share in terms.thresholds)
    body.append(
        f"<p>A method's score on a problem is the proved optimum over its total tardiness. The mean score earns, from "
        f"each threshold on, so much of the points: {earned}.</p>"
    )
    return report_page(f"{grade.student.name}: feedback", "\n".join(body))
